"""
Word's .docx: the text with its numbering, and apart from it what is printed on every page.

    [package] ─▶ document.xml ─walk─▶ lines with roles, text boxes, stamps
              ─▶ headers, footers, notes, numbering, styles, properties

What the author sees is read: inserted text and results of fields, not what is deleted,
hidden or commented, nor instructions of fields. Headers, footers and watermarks are lines
with these roles; notes stand below the text with their number, where Word's HTML has them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from cleaners.document import Extracted, Harvested, Role
from cleaners.formats.docxwalk import REL, Styles, W, Walk, styles_of
from cleaners.formats.lines import Lines
from cleaners.formats.numbering import Counter, counter
from cleaners.formats.problem import FormatProblem
from cleaners.formats.properties import properties
from cleaners.formats.xmlpart import parse
from cleaners.formats.zipped import Zipped

EXTRACTOR = "docx@1"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
TEXT_PARTS = frozenset(("header", "footer", "footnotes", "endnotes", "styles", "numbering"))
CORE = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
    "keywords": (
        "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}keywords"
    ),
    "created": "{http://purl.org/dc/terms/}created",
    "modified": "{http://purl.org/dc/terms/}modified",
}


@dataclass(frozen=True, slots=True)
class _Package:
    """The parts of a file: where the text is, and what it refers to, by kind and by id."""

    zipped: Zipped
    main: str
    by_kind: Mapping[str, str] = field(default_factory=dict)
    by_id: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # id → kind, part

    def root(self, kind: str) -> Element | None:
        part = self.by_kind.get(kind)
        return None if part is None else parse(self.zipped.read(part), part)


def read(body: bytes) -> Extracted:
    """
    The text of a .docx (also .docm, .dotx, and .wps that is one inside).

    FormatProblem: damaged-file, missing-part, password-protected, zip-bomb, entity-bomb,
    nested-too-deep.
    """
    package = _package(Zipped(body))
    document = parse(package.zipped.read(package.main), package.main)
    content = document.find(f"{W}body")
    if content is None:
        raise FormatProblem("damaged-file", "document.xml has no body; save the file anew")
    styles = styles_of(package.root("styles"))
    walk = Walk(styles, counter(package.root("numbering")))
    walk.blocks(content)
    out = Lines()
    around = [
        (role, list(_around(parse(package.zipped.read(part), part), role, styles)))
        for role, part in _printed_parts(document, package)
    ]
    for role, lines in around:
        if role == "header":
            out.extend(lines)
    out.extend([(text, "watermark") for text in walk.stamps])
    out.extend(walk.out)
    out.extend(_notes(walk, package, styles))
    for role, lines in around:
        if role == "footer":
            out.extend(lines)
    return out.extracted("docx", EXTRACTOR, _core(package.zipped))


def _package(zipped: Zipped) -> _Package:
    main = next(
        (part for kind, part in _relations(zipped, "").values() if kind == "officeDocument"),
        "word/document.xml",
    )
    by_id = _relations(zipped, main)
    by_kind = {kind: part for kind, part in by_id.values() if kind in TEXT_PARTS}
    return _Package(zipped, main, by_kind, by_id)


def _relations(zipped: Zipped, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to inside the package: id → (kind, part)."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in zipped.names:
        return {}
    return {
        each.get("Id", ""): (
            each.get("Type", "").rsplit("/", 1)[-1],
            _target(folder, each.get("Target", "")),
        )
        for each in parse(zipped.read(path), path).iter(RELATIONSHIPS)
        if each.get("TargetMode") != "External"
    }


def _target(folder: str, target: str) -> str:
    """A name inside the package; one that leads out of it is the name of no member."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _printed_parts(document: Element, package: _Package) -> Iterator[tuple[Role, str]]:
    """The headers and footers that sections refer to, each once, in their order."""
    seen: set[str] = set()
    for section in document.iter(f"{W}sectPr"):
        for reference in section:
            role: Role = "header" if reference.tag == f"{W}headerReference" else "footer"
            if reference.tag not in (f"{W}headerReference", f"{W}footerReference"):
                continue
            _, part = package.by_id.get(reference.get(f"{REL}id", ""), ("", "header or footer"))
            if part not in seen:
                seen.add(part)
                yield role, part


def _around(root: Element, role: Role, styles: Styles) -> Iterator[tuple[str, Role]]:
    """The lines of a header or footer, and the stamps that hang on it."""
    walk = Walk(styles, Counter({}), printed=True)
    walk.blocks(root)
    for text, _ in walk.out:
        yield text, role
    for text in walk.stamps:
        yield text, "watermark"


def _notes(walk: Walk, package: _Package, styles: Styles) -> Iterator[tuple[str, Role]]:
    """The notes that the text refers to, in order, each with the label that stands in the text."""
    roots = {kind: package.root(kind) for kind in ("footnotes", "endnotes")}
    found = {
        (kind, note.get(f"{W}id", "")): note
        for kind, root in roots.items()
        if root is not None
        for note in root
    }
    for label, kind, number in walk.notes:
        note = found.get((kind, number))
        if note is not None:
            inside = Walk(styles, Counter({}))
            inside.blocks(note)
            said = " ".join(text.strip() for text, _ in inside.out)
            yield f"{label} {said}" if label else said, "note"


def _core(zipped: Zipped) -> dict[str, Harvested]:
    core = next(
        (part for kind, part in _relations(zipped, "").values() if kind == "core-properties"),
        "docProps/core.xml",
    )
    if core not in zipped.names:
        return {}
    root = parse(zipped.read(core), core)
    return properties("core.xml", {name: root.findtext(tag) for name, tag in CORE.items()})
