"""What the review page shows of a dataset: documents in pieces, small enough for a browser."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaners.document import Document, Removal
from cleaners.show import place
from flows.figures import KINDS, Known, in_force
from flows.look import manifest_of, rules_named
from flows.report import visible
from flows.rows import document_id
from flows.stored import read_documents
from flows.tally import host_of, margin_of

MOST_DOCUMENTS = 2_000
MOST_CHARACTERS = 12_000_000  # of all texts on a page: some 30 MB
LONG = 8_000  # characters of a document; of a longer one not all that stayed is shown
AROUND = 500  # characters that stayed, on either side of a cut in a long document
ENDS = 3_000  # characters of either end of a long clean text
LONG_CUT = 2_000  # characters of a cut; of a longer one both ends are shown
CUT_ENDS = 600

GAPS = re.compile(r"\n[ \u3000\xa0]*\n(?:[ \u3000\xa0]*\n)+")

Piece = str | int | list[Any]  # text that stayed, characters that are left out, a cut


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents go onto the page."""

    limit: int = MOST_DOCUMENTS
    rule: str = ""  # only those with a cut of this rule


@dataclass(slots=True)
class Page:
    """What is on the page, as its script reads it."""

    name: str
    key: str  # of the dataset: answers in a browser belong to it
    total: int  # documents of the dataset
    known: Mapping[str, Known] = field(default_factory=dict)
    rules: list[dict[str, str]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    characters: int = 0

    def add(self, name: str, document: Document) -> None:
        """One more document; `name` is its id."""
        pieces = list(self._pieces(document))
        clean = _ends(document.text)
        self.characters += sum(_size(piece) for piece in (*pieces, *clean))
        cut_short = document.truncation.kind if document.truncation and document.truncated else None
        self.documents.append(
            {
                "i": name,
                "t": document.title and visible(document.title).replace("⏎\n", " "),
                "s": visible(place(document.provenance.source)),
                "h": _index(self.hosts, visible(host_of(document.provenance.source))),
                "x": cut_short,
                "p": pieces,
                "c": clean,
            }
        )

    def state(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        return {
            "name": self.name,
            "key": self.key,
            "total": self.total,
            "kinds": {rule["kind"]: KINDS.get(rule["kind"], rule["kind"]) for rule in self.rules},
            "rules": self.rules,
            "hosts": self.hosts,
            "documents": self.documents,
        }

    def _pieces(self, document: Document) -> Iterator[Piece]:
        base = document.segment.start
        at = base
        long = len(document.original) > LONG
        for removal in document.removals:
            yield from self._kept(document.original[at - base : removal.start - base], long=long)
            yield self._cut(removal)
            at = removal.end
        yield from self._kept(document.original[at - base :], long=long)

    def _kept(self, text: str, *, long: bool) -> Iterator[Piece]:
        left_out = len(text) - 2 * AROUND
        if long and left_out > AROUND:
            yield shown(text[:AROUND])
            yield left_out
            yield shown(text[-AROUND:])
        elif text:
            yield shown(text)

    def _cut(self, removal: Removal) -> Piece:
        text = removal.text
        if len(text) > LONG_CUT:
            left_out = len(text) - 2 * CUT_ENDS
            text = f"{text[:CUT_ENDS]}\n… {left_out:,} …\n{text[-CUT_ENDS:]}"
        because = removal.harvest.get("because", "")
        length = removal.end - removal.start
        margin = margin_of(removal)
        return [self._rule(removal), shown(text), removal.start, length, margin, because]

    def _rule(self, removal: Removal) -> int:
        for index, rule in enumerate(self.rules):
            if rule["id"] == removal.rule and rule["kind"] == removal.kind:
                return index
        known = self.known.get(removal.rule)
        why = known.why if known else ""
        self.rules.append({"id": removal.rule, "kind": removal.kind, "why": why})
        return len(self.rules) - 1


def page_of(folder: Path, wanted: Wanted = Wanted()) -> Page:
    """
    What the page shows of a dataset: all documents, or as many as fit, spread over all of it.

    DatasetError: it is incomplete, damaged, or of another version.
    """
    manifest = manifest_of(folder)
    rules = rules_named(manifest["packs"])
    total = manifest["counts"]["documents"]
    name = folder.resolve().name
    page = Page(name, key_of(folder), total, in_force(rules) if rules else {})
    for document in _chosen(read_documents(folder), total, wanted):
        page.add(document_id(document), document)
        if page.characters > MOST_CHARACTERS:
            break
    return page


def key_of(folder: Path) -> str:
    """What names a dataset: another one in the same place has another key."""
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()[:16]


def shown(text: str) -> str:
    """
    A text with its lines, and with everything written out that could not be seen.

    >>> shown("第一行\\r\\n\\n\\n\\n第\\u200b二行\\t")
    '第一行\\n\\n第‹U+200B›二行⇥'
    """
    lines = GAPS.sub("\n\n", text.replace("\r\n", "\n")).split("\n")
    return "\n".join(map(visible, lines))


def _chosen(documents: Iterable[Document], total: int, wanted: Wanted) -> Iterator[Document]:
    """All of them, or as many as are wanted, evenly spread."""
    some = 0
    for number, document in enumerate(documents):
        if wanted.rule:
            if any(removal.rule == wanted.rule for removal in document.removals):
                some += 1
                yield document
                if some == wanted.limit:
                    return
        elif total <= wanted.limit or number * wanted.limit // total != (
            (number - 1) * wanted.limit // total
        ):
            yield document


def _ends(text: str) -> list[str | int]:
    if len(text) <= LONG:
        return [shown(text)]
    return [shown(text[:ENDS]), len(text) - 2 * ENDS, shown(text[-ENDS:])]


def _index(names: list[str], name: str) -> int:
    if name not in names:
        names.append(name)
    return names.index(name)


def _size(piece: Piece) -> int:
    return len(piece) if isinstance(piece, str) else len(piece[1]) if isinstance(piece, list) else 0
