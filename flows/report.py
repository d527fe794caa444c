"""
What a run did, counted, and shown as one HTML file that opens anywhere.

The file loads nothing and runs nothing, and says so to the browser (a
Content-Security-Policy of 'none'). Everything that comes from a page is
escaped, and characters that cannot be seen or that turn the line around are
written out: ‹U+200B›.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from cleaners.document import Document, Rejected, Removal
from flows.commit import disk_errors, write_durably

CONTEXT = 30  # characters shown on either side of a cut
CUTS_PER_RULE = 3
LARGEST = 10
REJECTS_PER_RULE = 5
COUNTERS = ("truncations", "encodings", "extractors", "repairs", "flags")
_HEAD, _TAIL = 140, 40  # characters shown of a long cut
_LONGEST = 300  # characters shown of a source or a reason

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """One removal as the report shows it: shortened, between what stood around it."""

    rule: str
    kind: str
    source: str
    start: int
    length: int  # characters
    before: str
    head: str
    tail: str  # empty unless the middle is left out
    after: str

    @property
    def left_out(self) -> int:
        """Characters of the cut that are not shown."""
        return self.length - len(self.head) - len(self.tail)

    @property
    def size_order(self) -> tuple[int, str, int, str]:
        """Largest first, and the same order whatever was counted first."""
        return -self.length, self.source, self.start, self.rule


@dataclass(slots=True)
class RuleTally:
    """What one rule cut, with the first few cuts."""

    kind: str
    cuts: int = 0
    characters: int = 0
    first: list[Cut] = field(default_factory=list)


@dataclass(slots=True)
class RejectTally:
    """How many pages one rule turned away, and the first few: (why, source)."""

    pages: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """
    Counts and a few examples of what a run did. Small whatever the run's size.

    Tallies of shards, merged in order, are the tally of the whole.
    """

    pages: int = 0
    documents: int = 0
    rejected: int = 0
    characters: int = 0  # of all originals
    removed: int = 0  # of these, cut
    clean: int = 0  # of all clean texts, after normalisation
    rules: dict[str, RuleTally] = field(default_factory=dict)
    kinds: dict[str, RuleTally] = field(default_factory=dict)  # without examples
    rejects: dict[str, RejectTally] = field(default_factory=dict)
    truncations: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    largest: list[Cut] = field(default_factory=list)

    @property
    def truncated(self) -> int:
        """Documents of which text is missing."""
        return self.truncations.total() - self.truncations["notice_only"]

    def add(self, results: Iterable[Document | Rejected]) -> None:
        """Count what became of a page, or of many."""
        for result in results:
            if isinstance(result, Rejected):
                self._add_reject(result)
            else:
                self._add_document(result)

    def merge(self, other: Tally) -> None:
        """Add what `other` counted after this one."""
        for name in ("pages", "documents", "rejected", "characters", "removed", "clean"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for mine, theirs in ((self.rules, other.rules), (self.kinds, other.kinds)):
            for name, more in theirs.items():
                have = mine.setdefault(name, RuleTally(more.kind))
                have.cuts += more.cuts
                have.characters += more.characters
                have.first = (have.first + more.first)[:CUTS_PER_RULE]
        for name, turned_away in other.rejects.items():
            known = self.rejects.setdefault(name, RejectTally())
            known.pages += turned_away.pages
            known.first = (known.first + turned_away.first)[:REJECTS_PER_RULE]
        self.largest = _largest(self.largest + other.largest)

    def state(self) -> dict[str, Any]:
        """All of it as JSON can hold it; see `tally_of`."""
        state: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        for name in COUNTERS:
            state[name] = dict(state[name])
        for name in ("rules", "kinds", "rejects"):
            state[name] = {key: asdict(value) for key, value in state[name].items()}
        return state | {"largest": [asdict(cut) for cut in self.largest]}

    def _add_reject(self, page: Rejected) -> None:
        self.pages += 1
        self.rejected += 1
        known = self.rejects.setdefault(page.rule, RejectTally())
        known.pages += 1
        if len(known.first) < REJECTS_PER_RULE:
            known.first.append((page.why[:_LONGEST], page.provenance.source[:_LONGEST]))

    def _add_document(self, document: Document) -> None:
        self.pages += document.segment.index == 0
        self.documents += 1
        self.characters += len(document.original)
        self.clean += len(document.text)
        if document.truncation is not None:
            self.truncations[document.truncation.kind] += 1
        self.encodings[document.provenance.encoding] += 1
        self.extractors[document.provenance.extractor] += 1
        self.repairs.update(edit.rule for edit in document.repairs)
        self.flags.update(flag.rule for flag in document.flags)
        for removal in document.removals:
            self._add_removal(removal, document)

    def _add_removal(self, removal: Removal, document: Document) -> None:
        length = removal.end - removal.start
        rule = self.rules.setdefault(removal.rule, RuleTally(removal.kind))
        for count in (rule, self.kinds.setdefault(removal.kind, RuleTally(removal.kind))):
            count.cuts += 1
            count.characters += length
        self.removed += length
        if len(rule.first) < CUTS_PER_RULE:
            rule.first.append(_shown(removal, document))
        if len(self.largest) < LARGEST or length >= self.largest[-1].length:
            self.largest = _largest([*self.largest, _shown(removal, document)])


def tally_of(state: Mapping[str, Any]) -> Tally:
    """The tally that had this `state`."""
    made: dict[str, Any] = dict(state)
    for name in COUNTERS:
        made[name] = Counter(made[name])
    for name in ("rules", "kinds"):
        made[name] = {
            key: RuleTally(**rule | {"first": [Cut(**cut) for cut in rule["first"]]})
            for key, rule in made[name].items()
        }
    made["rejects"] = {
        key: RejectTally(known["pages"], [(why, source) for why, source in known["first"]])
        for key, known in made["rejects"].items()
    }
    made["largest"] = [Cut(**cut) for cut in made["largest"]]
    return Tally(**made)


def write_report(path: Path, tally: Tally, *, title: str) -> None:
    """
    Write the report, completely or not at all.

    DatasetError: the disk refuses.
    """
    page = _template().render(tally=tally, title=title, **_tables(tally))
    with disk_errors(path):
        write_durably(path, page)


def visible(text: str) -> str:
    """
    The text with everything written out that a reader could not see.

    >>> visible("第一行\\n第\\u200b二行\\t")
    '第一行⏎\\n第‹U+200B›二行⇥'
    """
    return _UNSEEN.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return {"\n": "⏎\n", "\t": "⇥"}.get(found[0]) or f"‹U+{ord(found[0]):04X}›"


def _shown(removal: Removal, document: Document) -> Cut:
    page, offset = document.original, document.segment.start
    start, end = removal.start - offset, removal.end - offset
    long = end - start > _HEAD + _TAIL
    return Cut(
        rule=removal.rule,
        kind=removal.kind,
        source=document.provenance.source[:_LONGEST],
        start=removal.start,
        length=end - start,
        before=page[max(0, start - CONTEXT) : start],
        head=page[start : start + _HEAD] if long else page[start:end],
        tail=page[end - _TAIL : end] if long else "",
        after=page[end : end + CONTEXT],
    )


def _largest(cuts: list[Cut]) -> list[Cut]:
    return sorted(cuts, key=lambda cut: cut.size_order)[:LARGEST]


def _tables(tally: Tally) -> dict[str, object]:
    """The rows of each table: most first, and by name where numbers are the same."""
    return {
        "kinds": _by_characters(tally.kinds),
        "rules": _by_characters(tally.rules),
        "rejects": sorted(tally.rejects.items(), key=lambda item: (-item[1].pages, item[0])),
        "facts": [
            (name, counts)
            for name, counts in (
                ("Encodings", _by_count(tally.encodings)),
                ("Extractors", _by_count(tally.extractors)),
                ("Missing text", _by_count(tally.truncations)),
                ("Repairs", _by_count(tally.repairs)),
                ("Flags", _by_count(tally.flags)),
            )
            if counts
        ],
    }


def _by_characters(tallies: dict[str, RuleTally]) -> list[tuple[str, RuleTally]]:
    return sorted(tallies.items(), key=lambda item: (-item[1].characters, item[0]))


def _by_count(counts: Counter[str]) -> Sequence[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _template() -> Template:
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    filters: dict[str, Callable[..., str]] = {
        "visible": visible,
        "percent": _percent,
        "number": _number,
    }
    environment.filters.update(filters)
    source = Path(__file__).with_name("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def _number(value: int) -> str:
    return f"{value:,}"


def _percent(part: int, whole: int) -> str:
    """A share to read: never 0.0 % for what is there, never 100.0 % for what is not all."""
    if not part:
        return "0\u202f%"
    if part == whole:
        return "100\u202f%"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f}\u202f%"
