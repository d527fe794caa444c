"""
What a run did, counted while it goes by: one pass, and small whatever the run's size.

Tallies of shards, merged in order, are the tally of the whole. `flows.figures` makes of a
tally what people are shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from cleaners.document import Copy, Document, Rejected, Removal
from cleaners.weights import THRESHOLDS

CONTEXT = 30  # characters shown on either side of a cut
CUTS_PER_RULE = 3
LARGEST = 10
CLOSEST = 10
REJECTS_PER_RULE = 5
UNFINISHED = 8
LAST_WORDS = 60  # characters shown of where a text breaks off
COUNTERS = (
    "truncations",
    "incomplete",
    "encodings",
    "extractors",
    "repairs",
    "flags",
    "facts",
    "media",
    "labels",
)
NUMBERS = (
    "pages",
    "documents",
    "rejected",
    "collections",
    "collected",
    "characters",
    "removed",
    "clean",
    "compared",
    "copies",
    "completed",
)
_HEAD, _TAIL = 140, 40  # characters shown of a long cut
_LONGEST = 300  # characters shown of a source or a reason
_LONGEST_NAME = 40  # characters of a medium's name

BINS = 20  # of a share
BINS_A_DECADE = 8  # of a number that may be any


@dataclass(frozen=True, slots=True)
class Cut:
    """One removal as people are shown it: shortened, between what stood around it."""

    rule: str
    kind: str
    source: str
    start: int
    length: int  # characters
    before: str
    head: str
    tail: str  # empty unless the middle is left out
    after: str
    margin: float | None = None  # how far beyond doubt, in log odds; of cuts that are weighed
    because: str = ""  # the signs that weighed most

    @property
    def left_out(self) -> int:
        """Characters of the cut that are not shown."""
        return self.length - len(self.head) - len(self.tail)

    @property
    def place(self) -> tuple[str, int, str]:
        """The same order whatever was counted first."""
        return self.source, self.start, self.rule


@dataclass(slots=True)
class RuleTally:
    """What one rule cut, with the first few cuts."""

    kind: str
    cuts: int = 0
    characters: int = 0
    documents: int = 0  # with a cut of it
    first: list[Cut] = field(default_factory=list)


@dataclass(slots=True)
class RejectTally:
    """How many pages one rule turned away, and the first few: (why, source)."""

    pages: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class HostTally:
    """What one site, or folder, has given."""

    documents: int = 0
    rejected: int = 0
    truncated: int = 0
    characters: int = 0
    removed: int = 0


@dataclass(slots=True)
class SignalTally:
    """How the values of one signal are spread: how many fall into each bin."""

    least: float
    most: float
    zeros: int = 0  # values that are exactly 0, which the first bin has too
    bins: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """Counts and a few examples of what a run did."""

    pages: int = 0
    documents: int = 0
    rejected: int = 0
    collections: int = 0  # pages with more than one document
    collected: int = 0  # documents on those
    characters: int = 0  # of all originals
    removed: int = 0  # of these, cut
    clean: int = 0  # of all clean texts, after normalisation
    compared: int = 0  # documents that were looked for among all others
    copies: int = 0  # of these, those that are a copy of a fuller one
    completed: int = 0  # of those that lack text, those of which a copy has it
    rules: dict[str, RuleTally] = field(default_factory=dict)
    kinds: dict[str, RuleTally] = field(default_factory=dict)  # without examples
    rejects: dict[str, RejectTally] = field(default_factory=dict)
    hosts: dict[str, HostTally] = field(default_factory=dict)
    signals: dict[str, SignalTally] = field(default_factory=dict)
    truncations: Counter[str] = field(default_factory=Counter)  # by kind
    incomplete: Counter[str] = field(default_factory=Counter)  # documents, by rule that says so
    encodings: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)  # documents, by what is known of them
    media: Counter[str] = field(default_factory=Counter)  # documents, by the source they name
    labels: Counter[str] = field(default_factory=Counter)  # signals that are words: language zh
    witnesses: set[str] = field(default_factory=set)  # rules that left any other trace
    unfinished: list[tuple[str, str, str]] = field(default_factory=list)  # kind, end, source
    largest: list[Cut] = field(default_factory=list)
    closest: list[Cut] = field(default_factory=list)  # of those that are weighed, the least sure

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

    def add_copy(self, copy: Copy, *, truncated: bool) -> None:
        """Count what a comparison with all others has found of a document."""
        self.compared += 1
        self.copies += copy.duplicate_of is not None
        self.completed += truncated and copy.completed_by is not None

    def merge(self, other: Tally) -> None:
        """Add what `other` counted after this one."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for mine, theirs in ((self.rules, other.rules), (self.kinds, other.kinds)):
            for name, more in theirs.items():
                have = mine.setdefault(name, RuleTally(more.kind))
                have.cuts += more.cuts
                have.characters += more.characters
                have.documents += more.documents
                have.first = (have.first + more.first)[:CUTS_PER_RULE]
        for name, turned_away in other.rejects.items():
            known = self.rejects.setdefault(name, RejectTally())
            known.pages += turned_away.pages
            known.first = (known.first + turned_away.first)[:REJECTS_PER_RULE]
        for name, host in other.hosts.items():
            mine = self.hosts.setdefault(name, HostTally())
            for count, number in asdict(host).items():
                setattr(mine, count, getattr(mine, count) + number)
        for name, signal in other.signals.items():
            mine = self.signals.setdefault(name, SignalTally(signal.least, signal.most))
            mine.least, mine.most = min(mine.least, signal.least), max(mine.most, signal.most)
            mine.zeros += signal.zeros
            for at, number in signal.bins.items():
                mine.bins[at] = mine.bins.get(at, 0) + number
        self.witnesses |= other.witnesses
        self.unfinished = (self.unfinished + other.unfinished)[:UNFINISHED]
        self.largest = _largest(self.largest + other.largest)
        self.closest = _closest(self.closest + other.closest)

    def state(self) -> dict[str, Any]:
        """All of it as JSON can hold it; see `tally_of`."""
        state: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        for name in COUNTERS:
            state[name] = dict(state[name])
        for name in ("rules", "kinds", "rejects", "hosts", "signals"):
            state[name] = {key: asdict(value) for key, value in state[name].items()}
        for name in ("largest", "closest"):
            state[name] = [asdict(cut) for cut in state[name]]
        return state | {"witnesses": sorted(self.witnesses)}

    def _add_reject(self, page: Rejected) -> None:
        self.pages += 1
        self.rejected += 1
        known = self.rejects.setdefault(page.rule, RejectTally())
        known.pages += 1
        self._host(page.provenance.source).rejected += 1
        if len(known.first) < REJECTS_PER_RULE:
            known.first.append((page.why[:_LONGEST], page.provenance.source[:_LONGEST]))

    def _add_document(self, document: Document) -> None:
        first = document.segment.index == 0
        self.pages += first
        self.documents += 1
        if document.segment.count > 1:
            self.collections += first
            self.collected += 1
        self.characters += len(document.original)
        self.clean += len(document.text)
        self.encodings[document.provenance.encoding] += 1
        self.extractors[document.provenance.extractor] += 1
        self.repairs.update(edit.rule for edit in document.repairs)
        self.flags.update(flag.rule for flag in document.flags)
        self._add_facts(document)
        removed = self.removed
        for removal in document.removals:
            self._add_removal(removal, document)
        for name in {removal.rule for removal in document.removals}:
            self.rules[name].documents += 1
        for name in {removal.kind for removal in document.removals}:
            self.kinds[name].documents += 1
        host = self._host(document.provenance.source)
        host.documents += 1
        host.truncated += document.truncated
        host.characters += len(document.original)
        host.removed += self.removed - removed
        for name, value in document.signals.items():
            if isinstance(value, str):
                self.labels[f"{name} {value}"] += 1
            else:
                self._add_signal(name, value)

    def _add_facts(self, document: Document) -> None:
        """What is known of a document: its metadata, and whether text is missing."""
        self.facts["title"] += document.title is not None
        for name, fact in document.metadata.items():
            self.witnesses.add(fact.witness)
            self.facts[name] += fact.value is not None and name != "title"
        medium = document.metadata.get("source")
        if medium and medium.value is not None:
            self.media[str(medium.value)[:_LONGEST_NAME]] += 1
        if document.truncation is None:
            return
        told = {evidence.rule for evidence in document.truncation.evidence}
        self.witnesses |= told
        self.truncations[document.truncation.kind] += 1
        if document.truncated:
            self.incomplete.update(told)
            if len(self.unfinished) < UNFINISHED:
                end = document.text[-LAST_WORDS:]
                source = document.provenance.source[:_LONGEST]
                self.unfinished.append((document.truncation.kind, end, source))

    def _add_removal(self, removal: Removal, document: Document) -> None:
        length = removal.end - removal.start
        rule = self.rules.setdefault(removal.rule, RuleTally(removal.kind))
        for count in (rule, self.kinds.setdefault(removal.kind, RuleTally(removal.kind))):
            count.cuts += 1
            count.characters += length
        self.removed += length
        if len(rule.first) < CUTS_PER_RULE:
            rule.first.append(shown(removal, document))
        if len(self.largest) < LARGEST or length >= self.largest[-1].length:
            self.largest = _largest([*self.largest, shown(removal, document)])
        if margin_of(removal) is not None:
            self.closest = _closest([*self.closest, shown(removal, document)])

    def _add_signal(self, name: str, value: float) -> None:
        known = self.signals.setdefault(name, SignalTally(value, value))
        known.least, known.most = min(known.least, value), max(known.most, value)
        known.zeros += value == 0
        at = bin_of(name, value)
        known.bins[at] = known.bins.get(at, 0) + 1

    def _host(self, source: str) -> HostTally:
        return self.hosts.setdefault(host_of(source), HostTally())


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
    made["hosts"] = {key: HostTally(**host) for key, host in made["hosts"].items()}
    made["signals"] = {
        key: SignalTally(
            signal["least"],
            signal["most"],
            signal["zeros"],
            {int(at): n for at, n in signal["bins"].items()},
        )
        for key, signal in made["signals"].items()
    }
    for name in ("largest", "closest"):
        made[name] = [Cut(**cut) for cut in made[name]]
    made["witnesses"] = set(made["witnesses"])
    made["unfinished"] = [(kind, end, source) for kind, end, source in made["unfinished"]]
    return Tally(**made)


def margin_of(removal: Removal) -> float | None:
    """
    How far a cut that was weighed is beyond what its place asks for, in log odds.

    None for the others: rules with patterns and rules that compare weigh nothing.
    """
    score, where = removal.harvest.get("score"), removal.harvest.get("where")
    if score is None or where is None or where not in THRESHOLDS:
        return None
    return round(float(score) - THRESHOLDS[where], 1)


def host_of(source: str) -> str:
    """
    The site of a page; of a file the folder or the container that was named.

    >>> host_of("https://www.example.com/a"), host_of("file:samples/a.html"), host_of("file:b.zip!c")
    ('www.example.com', 'samples/', 'b.zip')
    """
    if source.startswith("file:"):
        head, slash, _ = source.removeprefix("file:").partition("/")
        return unquote(head.partition("!")[0].partition("#")[0]) + slash
    try:
        host = urlsplit(source).hostname
    except ValueError:
        host = None
    return (host or source.partition(":")[0])[:_LONGEST]


def is_share(signal: str) -> bool:
    """Whether the values of a signal lie between 0 and 1."""
    return signal.endswith(("_share", "_confidence"))


def bin_of(signal: str, value: float) -> int:
    """
    Which bar of its plot a value belongs to: shares in equal steps, other numbers by decades.

    >>> bin_of("han_share", 0.97), bin_of("chars", 0), bin_of("chars", 1000)
    (19, 0, 25)
    """
    if is_share(signal):
        return min(max(int(value * BINS), 0), BINS - 1)
    return 0 if value < 1 else 1 + int(math.log10(value) * BINS_A_DECADE)


def shown(removal: Removal, document: Document) -> Cut:
    """A removal as people are shown it."""
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
        margin=margin_of(removal),
        because=removal.harvest.get("because", ""),
    )


def _largest(cuts: list[Cut]) -> list[Cut]:
    return sorted(cuts, key=lambda cut: (-cut.length, *cut.place))[:LARGEST]


def _closest(cuts: list[Cut]) -> list[Cut]:
    return sorted(cuts, key=lambda cut: (cut.margin or 0.0, *cut.place))[:CLOSEST]
