"""
E-books: the chapters in the order of reading, with the cover and the contents told apart.

    container.xml ─▶ package (OPF): metadata, manifest, spine ─▶ each chapter's blocks

A chapter is nothing but text: all its blocks are read, none is weighed as on a page of
the web. `Extracted.chapters` says where each begins, for who wants them one by one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from cleaners.document import Extracted, Harvested, Line, Role
from cleaners.encoding import decode
from cleaners.formats.lines import Lines, said
from cleaners.formats.problem import FormatProblem
from cleaners.formats.xmlpart import parse
from cleaners.formats.zipped import Zipped
from cleaners.html.address import Address
from cleaners.html.blocks import walk
from cleaners.html.bounds import bounded
from cleaners.html.lines import lines_of
from cleaners.html.page import Page

EXTRACTOR = "epub@1"
MAX_CHAPTERS = 10_000
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
ROOTFILE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
CONTAINER, ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
CIPHERED = "{http://www.w3.org/2001/04/xmlenc#}CipherReference"
FACTS = {
    "title": "title", "creator": "author", "publisher": "publisher", "language": "language",
}  # fmt: skip
DATE = re.compile("[12][0-9]{3}(?:-[01][0-9](?:-[0-3][0-9])?)?")
TEXT = re.compile("xhtml|html|xml|dtbook", re.IGNORECASE)
# In XHTML <title/> is closed; a parser of HTML takes the rest of the book for the title.
CLOSED = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    r"([A-Za-z][\w:.-]{0,30})((?:\s[^<>]{0,2000})?)/>",
    re.IGNORECASE,
)
KIND = re.compile(r"""epub:type\s{0,4}=\s{0,4}["']([\w\s-]{1,80})["']""")
NOTES = frozenset(("footnotes", "endnotes", "rearnotes"))
ASIDE = frozenset(("footnote", "endnote", "rearnote", "note"))


@dataclass(frozen=True, slots=True)
class _Item:
    """A file of the book: its name, and what the package says it is."""

    name: str
    media: str
    kinds: frozenset[str]  # nav, cover, toc


def read(body: bytes) -> Extracted:
    """
    The text of an EPUB 2 or 3.

    FormatProblem: damaged-file, missing-part, password-protected, zip-bomb, entity-bomb.
    """
    zipped = Zipped(body)
    package, folder = _package(zipped)
    spine = list(_spine(package, folder))
    _refuse_locked(zipped, {item.name for item in spine})
    out, starts, units = Lines(), list[int](), 0
    for item in spine:
        before = out.length
        written = len(out)
        for line, text in _chapter(zipped, item):
            unit = line.unit + units if line.unit else 0
            out.add(text, line.role, line.level, line.mark, unit)
        units = out.units  # those of the next chapter are counted on
        if len(out) > written and not item.kinds:
            starts.append(before)
    extracted = out.extracted("epub", EXTRACTOR, _facts(package))
    return replace(extracted, chapters=tuple(starts))


def _package(zipped: Zipped) -> tuple[Element, str]:
    """The package of the book, and the folder that its names count from."""
    for rootfile in parse(zipped.read(CONTAINER), CONTAINER).iter(ROOTFILE):
        path = posixpath.normpath(rootfile.get("full-path", ""))
        return parse(zipped.read(path), path, doctype=True), posixpath.dirname(path)
    raise FormatProblem("damaged-file", "container.xml names no package; get the book again")


def _spine(package: Element, folder: str) -> Iterator[_Item]:
    guide = {
        _named(folder, each.get("href", "")): each.get("type", "").lower()
        for each in package.iter(f"{OPF}reference")
    }
    manifest = {each.get("id", ""): each for each in package.iter(f"{OPF}item")}
    for count, reference in enumerate(package.iter(f"{OPF}itemref")):
        item = manifest.get(reference.get("idref", ""))
        if item is None:
            raise FormatProblem(
                "missing-part", "its package names a chapter that it does not have; get it again"
            )
        if count >= MAX_CHAPTERS:
            raise FormatProblem("too-large", f"more than {MAX_CHAPTERS:,} chapters; split it first")
        name = _named(folder, item.get("href", ""))
        kinds = {*item.get("properties", "").split(), guide.get(name, "")} & {"nav", "toc", "cover"}
        if TEXT.search(item.get("media-type", "")):
            yield _Item(name, item.get("media-type", ""), frozenset(kinds))


def _named(folder: str, href: str) -> str:
    """The member that an address means; ../ leads to a name that no member has."""
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _refuse_locked(zipped: Zipped, chapters: set[str]) -> None:
    """Fonts may be obscured; a book whose chapters are encrypted cannot be read."""
    if ENCRYPTION in zipped.names:
        root = parse(zipped.read(ENCRYPTION), ENCRYPTION)
        if any(unquote(each.get("URI", "")) in chapters for each in root.iter(CIPHERED)):
            raise FormatProblem(
                "password-protected", "the book is locked to a reader (DRM); get a copy without"
            )


def _chapter(zipped: Zipped, item: _Item) -> Iterator[tuple[Line, str]]:
    """The lines of one file; those of a cover or of contents are no text, and have their role."""
    source = decode(zipped.read(item.name), markup=True).text
    source, over = bounded(CLOSED.sub(r"<\1\2></\1>", source))
    if over:
        raise FormatProblem("nested-too-deep", f"{item.name[:80]} is nested too deep; save it anew")
    root = LexborHTMLParser(source).root
    if root is None:
        return
    page = walk(root)
    kinds = [set(each.split()) for each in KIND.findall(source)]
    role: Role | None = None
    if item.kinds & {"nav", "toc"}:
        role = "contents"
    elif "cover" in item.kinds or (kinds and "cover" in kinds[0]):
        role = "cover"
    elif kinds and kinds[0] & NOTES:
        role = "note"
    aside = any(each & ASIDE for each in kinds)
    for blocks, own in _told_apart(page, aside=aside):
        text, lines, _ = lines_of(page, blocks, Address())
        for line in lines:
            yield line._replace(role=role or own or line.role), text[line.start : line.end]


def _told_apart(page: Page, *, aside: bool) -> Iterator[tuple[list[int], Role | None]]:
    """The blocks of a chapter; those of its notes apart, at its end."""
    numbers = range(len(page.blocks))
    notes = {n for n in numbers if aside and _within(page, page.blocks[n].at, "aside")}
    yield [n for n in numbers if n not in notes], None
    yield sorted(notes), "note"


def _within(page: Page, at: int, tag: str) -> bool:
    while at >= 0 and page.tag[at] != tag:
        at = page.parent[at]
    return at >= 0


def _facts(package: Element) -> dict[str, Harvested]:
    """What the package says of the book. People read its title and author, so they are right."""
    facts: dict[str, Harvested] = {}
    for tag, name in FACTS.items():
        words = [each.text or "" for each in package.iter(DC + tag)]
        written = "、".join(filter(None, words)) if name == "author" else next(iter(words), "")
        facts |= said(name, written, f"opf:{tag}", "high")
    for each in package.iter(f"{DC}date"):
        date = DATE.match((each.text or "").strip())
        if date and "published" not in facts:
            facts["published"] = Harvested(date[0], (each.text or "")[:40], "opf:date", "medium")
    return facts
