"""
Rules as values, and how all of them are asked at once.

A `Rule` is a row of a pack (`cleaners.parse` reads and proves them) or the header of a
rule that is written in Python (`cleaners.compare`). Patterns are matched against the
folded view of a text (`cleaners.fold`); what fires is a `Hit`, with offsets into the
text that the view was made from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from math import inf
from operator import or_
from typing import Literal, NamedTuple, get_args

from ahocorasick_rs import AhoCorasick, Implementation

from cleaners.errors import RulePackError
from cleaners.fold import Folded, fold, tighten
from cleaners.needs import CLAUSES, Need, needs
from cleaners.patterns import CUT, MARKUP, Match, Pattern, anchored, compile_source, spelled

Reach = Literal["line", "sentence", "clause", "span", "head", "tail", "page"]
Severity = Literal["cut", "flag"]
Where = Literal["anywhere", "head", "tail", "edge"]
View = Literal["folded", "tight"]
Truncates = Literal["", "tail", "middle", "notice"]

KINDS = (
    "watermark",
    "trial_cutoff",
    "contact_spam",
    "site_promo",
    "copyright_disclaimer",
    "navigation",
    "related_links",
    "byline_metadata",
    "seo_filler",
    "download_prompt",
    "conversion_residue",
    "encoding_damage",
    "anti_copy_injection",
    "pagination",
    "comment_ui",
    "duplicate_title",
    "collection_heading",
    "other",
    "page",
)

HARVESTABLE = (
    "title", "author", "source", "editor", "reporter", "published", "updated", "declared_url",
    "account", "declared_chars", "shown_chars", "hidden_chars", "page_count", "pages_left",
    "file_name", "book_title", "chapter_no", "part_index", "part_count", "item_count",
    "doc_number", "issuer", "licence", "site_name", "keywords",
)  # fmt: skip


LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# What a line may be longer in the view than in the page: blanks around it, ⑩ for 10.
INDENT = 20  # characters


@dataclass(frozen=True, slots=True)
class Example:
    """A line as a page prints it, and what becomes of it."""

    text: str
    harvest: Mapping[str, str] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True)
class Rule:
    """One row of a rule pack. Field order is the order on its page."""

    id: str
    kind: str
    why: str
    pattern: tuple[str, ...]  # alternatives, as written
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]
    reach: Reach = "line"
    severity: Severity = "cut"
    where: Where = "anywhere"
    near: tuple[str, ...] = ()  # kinds or ids of which one must have a hit close by
    within: int = 3  # lines that count as close by
    longest: int = 0  # the line at most this long, in characters; 0 is any length
    repeats: int = 1  # the same line or span at least so often in the document
    quoted: bool = False  # hits inside quotation marks count too
    view: View = "folded"
    family: str = ""  # only on pages of this kind of site
    truncates: Truncates = ""  # what a hit says about missing text
    since: str = ""
    pack: str = ""

    @property
    def whole_line(self) -> bool:
        """Whether a pattern has to match a line from its first character to its last."""
        return self.reach not in ("sentence", "clause", "span")

    @cached_property
    def patterns(self) -> tuple[LinePattern, ...]:
        """The patterns as they are run, anchored by reach."""
        # Not joined with "|": RE2 takes two groups of one name and fills only the first.
        return tuple(LinePattern(self, spelled(p)) for p in self.pattern)

    def find(self, text: str) -> list[Hit]:
        """Where the rule's patterns fire in `text`, without its conditions on the place."""
        view = fold(text)
        view = tighten(view) if self.view == "tight" else view
        found = (
            hit
            for start, line in lines_of(view.text)
            for pattern in self.patterns
            for hit in pattern.hits(line.encode("utf-8", "surrogatepass"), start, view)
        )
        return sorted(found, key=lambda hit: (hit.start, -hit.end))


class Hit(NamedTuple):
    """A pattern fired at start:end of the original; `groups` are stretches of it by name."""

    rule: Rule
    start: int
    end: int
    groups: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class Family:
    """A kind of site, known by its own furniture: several different rules must have a hit."""

    name: str
    why: str
    signs: tuple[str, ...]  # ids of rules
    least: int = 2  # how many of them


@dataclass(frozen=True)
class RulePack:
    """The rules of one TOML text. `hosts` empty: for every page."""

    name: str
    rules: tuple[Rule, ...]
    digest: str  # SHA-256 of the text, hex
    hosts: tuple[str, ...] = ()
    off: tuple[str, ...] = ()  # ids of rules that are wrong for these hosts
    about: str = ""
    families: tuple[Family, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}@{self.digest[:8]}"


@dataclass(frozen=True)
class Rules:
    """The packs that are in force, with what it takes to ask them all at once."""

    packs: tuple[RulePack, ...]

    @cached_property
    def active(self) -> tuple[Rule, ...]:
        off = {rule_id for pack in self.packs for rule_id in pack.off}
        return tuple(r for pack in self.packs for r in pack.rules if r.id not in off)

    def families_of(self, hits: Iterable[Hit]) -> frozenset[str]:
        """The kinds of sites that a page with these hits can be of."""
        seen = {hit.rule.id for hit in hits}
        return frozenset(
            family.name
            for pack in self.packs
            for family in pack.families
            if sum(sign in seen for sign in family.signs) >= family.least
        )

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.active}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What provenance records: name@digest of each pack, in order."""
        return tuple(map(str, self.packs))

    def for_host(self, host: str) -> Rules:
        """The packs for one host: those for every page, and its own."""
        mine = tuple(p for p in self.packs if not p.hosts or host_matches(host, p.hosts))
        return self if len(mine) == len(self.packs) else Rules(mine)

    def reads(self, kind: View) -> bool:
        """Whether any rule looks at views of this kind."""
        return bool(self._matcher(kind).patterns)

    def reading(self, view: Folded, kind: View = "folded") -> Reading:
        """A view with the words of all patterns found in it, ready to be asked line by line."""
        return Reading(view, self._matcher(kind))

    def scan(self, view: Folded, kind: View = "folded") -> list[Hit]:
        """Every hit of every rule for views of this kind, in order of the text."""
        return self.reading(view, kind).all_hits()

    def _matcher(self, kind: View) -> Matcher:
        return self._matchers[kind]

    @cached_property
    def _matchers(self) -> Mapping[View, Matcher]:
        return {
            kind: Matcher([rule for rule in self.active if rule.view == kind])
            for kind in get_args(View)
        }


@dataclass(frozen=True)
class LinePattern:
    """One pattern of one rule, run over one line of a view at a time."""

    rule: Rule
    text: str  # in the spelling of the folded view

    @cached_property
    def regex(self) -> Pattern:
        return compile_source(anchored(self.text) if self.rule.whole_line else self.text)

    @cached_property
    def need(self) -> Need:
        """What a line needs for this pattern to match in it."""
        need = needs(self.text)
        if not self.rule.whole_line:
            return need._replace(first=None, most=inf)
        return need._replace(
            most=min(need.most, self.rule.longest + INDENT if self.rule.longest else inf)
        )

    def hits(self, line: bytes, at: int, view: Folded) -> Iterator[Hit]:
        """The hits in `line`, the line of the view that begins at `at`, in UTF-8."""
        seen_bytes, seen_chars = 0, at
        for m in self.regex.finditer(line):
            seen_chars += _length(line[seen_bytes : m.start()])
            seen_bytes = m.start()
            yield _hit(self.rule, m, seen_chars, view)


class Matcher:
    """
    Many patterns, and which of them a line has all that they need for.

    A set of patterns is a number with a bit for each. A pattern that needs a word from
    each of several sets of words has a bit in as many columns.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.patterns = tuple(pattern for rule in rules for pattern in rule.patterns)
        every = [pattern.need for pattern in self.patterns]
        self.anywhere = _bits(p.rule.where == "anywhere" for p in self.patterns)
        self._free = _bits(need.first is None or "" in need.first for need in every)
        firsts = {c for need in every for c in need.first or ()}
        self._begin = {c: _bits(c in (need.first or ()) for need in every) for c in firsts}
        self._least = _Steps(need.least for need in every)
        self._most = _Steps(-need.most for need in every)
        self._column = (1 << len(every)) - 1
        words: dict[str, int] = {}
        self._given = 0  # columns in which a pattern asks for nothing
        for i, need in enumerate(every):
            for column in range(CLAUSES):
                bit = 1 << (i + column * len(every))
                if column >= len(need.words):
                    self._given |= bit
                for word in need.words[column] if column < len(need.words) else ():
                    words[word] = words.get(word, 0) | bit
        self._bits = tuple(words.values())
        self._automaton = AhoCorasick(list(words), implementation=Implementation.ContiguousNFA)

    def words_in(self, text: str) -> list[tuple[int, int, int]]:
        """Every word of any pattern in `text`: (which, start, end), those that end first first."""
        try:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # half a character of UTF-16, from a broken escape
            return self.words_in(LONE_SURROGATE.sub("\ufffd", text))

    def likely(self, line: str, words: Iterable[int]) -> int:
        """The patterns that can match in a line that has these words, as bits."""
        columns = self._given
        for word in words:
            columns |= self._bits[word]
        width = len(self.patterns)
        likely = columns & (columns >> width) & (columns >> 2 * width) & self._column
        if likely:
            likely &= self._fitting(line)
        return likely

    def _fitting(self, line: str) -> int:
        """The patterns that can match in a line of this length that begins like this."""
        fitting = self._least.up_to(len(line)) & self._most.up_to(-len(line.strip(MARKUP)))
        begin = line[0]
        if begin == " ":
            begin = line.lstrip(" ")[0]
            allowed = self._begin.get(" ", 0)
        else:
            allowed = 0
        if begin in MARKUP:
            return fitting  # a pattern may begin with the mark, or with what follows
        return fitting & (allowed | self._begin.get(begin, 0) | self._free)


class _Steps:
    """For each number, which patterns have a value that is no greater, as bits."""

    def __init__(self, values: Iterable[float]) -> None:
        bits: dict[float, int] = {}
        for i, value in enumerate(values):
            bits[value] = bits.get(value, 0) | 1 << i
        self._values = sorted(bits)
        self._bits = tuple(accumulate((bits[value] for value in self._values), or_, initial=0))

    def up_to(self, number: float) -> int:
        return self._bits[bisect_right(self._values, number)]


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << i for i, true in enumerate(truths) if true)


class Reading:
    """
    One view while it is being asked about: which patterns can match which line.

    The words of all patterns are found in one pass over the whole view when it is made.
    """

    def __init__(self, view: Folded, matcher: Matcher) -> None:
        self._view, self._matcher = view, matcher
        self._words = matcher.words_in(view.text) if matcher.patterns else []
        self._ends = [end for _, _, end in self._words]

    def hits(self, start: int, end: int, *, edge: bool) -> list[Hit]:
        """
        The hits on view.text[start:end], one line or a few, in no order.

        At an edge all rules are asked, elsewhere only those for anywhere.
        """
        first, last = bisect_right(self._ends, start), bisect_right(self._ends, end)
        words = [word for word, _, _ in self._words[first:last]]
        hits: list[Hit] = []
        for at, line in lines_of(self._view.text[start:end]):
            likely = self._matcher.likely(line, words)
            if not edge:
                likely &= self._matcher.anywhere
            if likely:
                body = line.encode("utf-8", "surrogatepass")
                for pattern in self._patterns(likely):
                    hits += pattern.hits(body, start + at, self._view)
        return hits

    def all_hits(self) -> list[Hit]:
        """The hits of all patterns, in order of the text."""
        text = self._view.text
        hits = [
            hit for at, line in lines_of(text) for hit in self.hits(at, at + len(line), edge=True)
        ]
        return sorted(hits, key=place)

    def _patterns(self, bits: int) -> Iterator[LinePattern]:
        while bits:
            lowest = bits & -bits
            yield self._matcher.patterns[lowest.bit_length() - 1]
            bits ^= lowest


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a view that have something in them, with their offsets."""
    at = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            yield at, line
        at += len(line) + 1


def place(hit: Hit) -> tuple[int, int]:
    """Where a hit stands, to sort by."""
    return hit.start, hit.end


def _hit(rule: Rule, m: Match, start: int, view: Folded) -> Hit:
    """A match that begins at `start` of the view as a hit, counted in what the view was made from."""
    groups: list[tuple[str, int, int]] = []
    whole = view.origin(start, start + _length(m[0]))
    for name, index in m.re.groupindex.items():
        a, b = m.span(index)
        if a < b:
            a = start + _length(m.string[m.start() : a])
            b = a + _length(m[index])
            if name == CUT:
                whole = view.origin(a, b)
            else:
                groups.append((name, *view.origin(a, b)))
    return Hit(rule, *whole, tuple(groups))


def _length(body: bytes) -> int:
    return len(body.decode("utf-8", "surrogatepass"))


def make_rules(packs: Iterable[RulePack]) -> Rules:
    """
    The rules of all packs, the first to be named first.

    Raises RulePackError when two packs, or two rules, have one name, and when a `near`,
    a family or an [[off]] names something that no pack has.
    """
    packs = tuple(packs)
    families = frozenset(family.name for pack in packs for family in pack.families)
    for before, pack in enumerate(packs):
        if pack.name in (other.name for other in packs[:before]):
            raise RulePackError(
                pack.name,
                "there is a pack of this name already",
                do='give it a name of its own:  pack = "…"',
            )
    ids = unique_ids(packs)
    for pack in packs:
        _names_exist(pack, ids, families)
    return Rules(packs)


def unique_ids(packs: Iterable[RulePack]) -> frozenset[str]:
    """The ids of all rules. Raises RulePackError when two rules have one."""
    seen: dict[str, str] = {}
    for pack in packs:
        for rule in pack.rules:
            if rule.id in seen:
                raise RulePackError(
                    f"{pack.name}: {rule.id}",
                    f"there is a rule of this name in {seen[rule.id]} already",
                    do="give it an id of its own; to replace the other one, switch it off in [[off]]",
                )
            seen[rule.id] = pack.name
    return frozenset(seen)


def _names_exist(pack: RulePack, rule_ids: frozenset[str], families: frozenset[str]) -> None:
    for family in pack.families:
        for sign in family.signs:
            if sign not in rule_ids:
                raise RulePackError(
                    f"{pack.name}: [[family]] {family.name}",
                    f"there is no rule {sign!r} to know it by",
                    do="`zhengben rules` lists the rules",
                )
    for rule in pack.rules:
        if rule.family and rule.family not in families:
            raise RulePackError(
                f"{pack.name}: {rule.id}",
                f"there is no family {rule.family!r}",
                do=f"name one of {', '.join(sorted(families)) or 'your own [[family]]'}",
            )
        for name in rule.near:
            if name not in KINDS and name not in rule_ids:
                raise RulePackError(
                    f"{pack.name}: {rule.id}",
                    f"near names {name!r}, which is no kind and no rule",
                    do=f"name a rule's id, or one of {', '.join(KINDS)}",
                )
    for rule_id in pack.off:
        if rule_id not in rule_ids:
            raise RulePackError(
                f"{pack.name}: [[off]]",
                f"there is no rule {rule_id!r} to switch off",
                do="`zhengben rules` lists the rules",
            )


def host_matches(host: str, patterns: Iterable[str]) -> bool:
    """`example.cn` is itself; `.example.cn` is itself and everything below it."""
    return any(
        host == p.removeprefix(".") or (p.startswith(".") and host.endswith(p)) for p in patterns
    )


def harvest_of(hit: Hit, text: str) -> dict[str, str]:
    """What a hit harvests, as it stands in `text`, without blanks around it."""
    found: dict[str, str] = {}
    for name, start, end in hit.groups:
        found.setdefault(name, text[start:end].strip(" \t\u3000\xa0"))
    return found
