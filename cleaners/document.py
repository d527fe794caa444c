"""
What travels between the stages. Everything here is frozen: a stage returns a
new value, and the value it was given is still there to compare with.

    RawPage ──decode, extract──▶ Extracted ──mark, split, cut──▶ Document | Rejected

Offsets, everywhere, count characters (Python `str` indices) in
`Extracted.original`: the whole visible text of the page before anything was
repaired or cut. Field names are the dataset's column names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

Role = Literal[
    "paragraph", "heading", "list", "table", "code", "caption", "reply", "note",
    # what the paper or the reading program carries: not text, see cleaners/printed.py
    "header", "footer", "page_number", "watermark", "contents", "cover",
    "repeat",  # what an article in several parts prints on each of them: cleaners/joined.py
]  # fmt: skip
TruncationKind = Literal["tail_cut", "middle_hole", "notice_only"]
Trust = Literal["high", "medium", "low", "none"]

EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page or file, exactly as its bytes came."""

    source: str  # a URL, or a file: URI
    body: bytes
    content_type: str = ""  # as a server said it, e.g. "text/html; charset=gbk"
    retrieved_at: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    sha256: str = ""  # of `body`, lower-case hex; computed when not given

    def __post_init__(self) -> None:
        if not self.sha256:
            object.__setattr__(self, "sha256", hashlib.sha256(self.body).hexdigest())


class Line(NamedTuple):
    """
    One block of the visible text: `original[start:end]`, without its line break.

    `level`, `mark` and `unit` say what a page's markup says and its text does not:

    level  of a heading 1 to 6; of a list's item how deep it is nested, from 1
    mark   of a list's item "-" or its number, "3."; of code its language, when known; of a
           row of a table one letter a column: h head, c cell, - empty
    unit   a number that the lines of one item, table or code block share, from 1
    """

    start: int
    end: int
    role: Role = "paragraph"
    link_density: float = 0.0  # share of the line's characters that are link text, 0 to 1
    level: int = 0
    mark: str = ""
    unit: int = 0


class Link(NamedTuple):
    """A stretch of a text that is a link, and where it leads: absolute if the page's URL is known."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class Harvested:
    """A fact that the page states about its text."""

    value: str | int | None  # None: the page says something worthless (来源：网络)
    said: str  # as it is printed
    witness: str  # the rule, <meta> name or heading that said it
    trust: Trust = "medium"


class Refusal(NamedTuple):
    """Why a page is no document: the name of the reason, and the reason in a sentence."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The visible main text of one page, and what the page says about it."""

    original: str
    lines: tuple[Line, ...]
    metadata: Mapping[str, Harvested] = field(default_factory=dict)
    format: str = "text"  # "text", "html", "docx", ...
    confidence: float = 1.0  # 0 to 1: how far the chosen block stands out from the next best
    extractor: str = ""  # name@version, with that of the library behind it
    encoding: str = ""  # of a file that is no page: what its text was written in
    unreadable: int = 0  # characters of such a file that could not be read
    links: tuple[Link, ...] = ()  # in `original`; found only when asked for
    chapters: tuple[int, ...] = ()  # where the chapters of a book begin
    refusal: Refusal | None = None  # the page is a list, a login, an error …, and no document
    next_part: str | None = None  # URL of the next part of the same article
    part_index: int | None = None  # which part this is, from 1
    part_count: int | None = None

    @property
    def text(self) -> str:
        """The lines, joined by line feeds."""
        return "\n".join(self.original[line.start : line.end] for line in self.lines)

    @property
    def title(self) -> str | None:
        return self._said("title")

    @property
    def author(self) -> str | None:
        return self._said("author")

    @property
    def published(self) -> str | None:
        """ISO date, or date and time, as far as it is known: "2024-10-03"."""
        return self._said("published")

    @property
    def source(self) -> str | None:
        """The medium or office that the page names as its source."""
        return self._said("source")

    def _said(self, name: str) -> str | None:
        found = self.metadata.get(name)
        return None if found is None or found.value is None else str(found.value)


@dataclass(frozen=True, slots=True)
class Removal:
    """One cut: which rule, where, and every character it took."""

    rule: str
    kind: str
    start: int
    end: int
    text: str
    harvest: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """One repair of damaged characters: `before` stood at start:end, `after` is meant."""

    rule: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a reader should know about; nothing was changed."""

    rule: str
    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that speaks for a truncation."""

    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Truncation:
    """What is known about missing text. `notice_only`: a notice, but the text ends well."""

    kind: TruncationKind
    evidence: tuple[Evidence, ...]
    declared_chars: int | None = None
    shown_chars: int | None = None
    hidden_chars: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Which part of its page a document is. A page's segments follow on each other without gaps."""

    index: int  # from 0
    count: int
    start: int
    end: int
    parent_title: str | None = None  # the collection's own title


class TextBlock(NamedTuple):
    """
    A line of the clean text that is no plain paragraph: `text[start:end]`.

    `level`, `mark` and `unit` are those of `Line`. Code stands between two lines of ```,
    which are code as well and have the mark "```".
    """

    start: int
    end: int
    role: Role
    level: int = 0
    mark: str = ""
    unit: int = 0


@dataclass(frozen=True, slots=True)
class Provenance:
    """Enough to make the same document again from the raw bytes."""

    source: str
    raw_sha256: str
    retrieved_at: datetime | None
    encoding: str
    encoding_witness: str
    extractor: str  # name@version
    packs: tuple[str, ...]  # name@digest, in the order they were applied
    steps: tuple[str, ...]  # normalisation steps, name@version
    code_version: str
    unreadable: int = 0  # characters that could not be decoded
    archive_file: str | None = None
    archive_offset: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class Document:
    """
    A clean text with its proof.

    `text` is computed from `original`, `repairs` and `removals` and then
    normalised by the steps that `provenance` names; see `cleaners.clean.rebuild`.
    `original` is this document's part of the page, `segment.start` is the offset
    of its first character, and all other offsets count from the page's beginning.
    """

    text: str
    title: str | None
    metadata: Mapping[str, Harvested]
    truncation: Truncation | None
    segment: Segment
    original: str
    removals: tuple[Removal, ...]  # sorted, never overlapping
    repairs: tuple[Edit, ...]  # sorted, never overlapping, and outside every removal
    flags: tuple[Flag, ...]
    signals: Mapping[str, float | str]  # by name; what cannot be said of this text is left out
    provenance: Provenance
    blocks: tuple[TextBlock, ...] = ()  # in order; every other line of `text` is a paragraph
    links: tuple[Link, ...] = ()  # in `text`, in order, never overlapping; only when asked for

    @property
    def truncated(self) -> bool:
        """True when text is missing; a notice on a text that ends well is not enough."""
        return self.truncation is not None and self.truncation.kind != "notice_only"

    def kept(self) -> Iterator[tuple[int, int]]:
        """The stretches of the page that were not cut, as (start, end)."""
        at = self.segment.start
        for cut in self.removals:
            if at < cut.start:
                yield at, cut.start
            at = cut.end
        if at < self.segment.end:
            yield at, self.segment.end


@dataclass(frozen=True, slots=True)
class Copy:
    """What a document is among its copies, by ids: see cleaners/similarity.py."""

    cluster: str  # of the canonical document; the document's own when it has no copies
    canonical: bool
    duplicate_of: str | None = None  # the canonical document, when that is another
    completed_by: str | None = None  # a copy that has what this one lacks
    overlap: float | None = None  # share of this one's letters that stand in `duplicate_of`


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page that is no document, and why."""

    rule: str
    why: str
    provenance: Provenance
