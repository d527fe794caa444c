"""
Asking many patterns at once, line by line.

The words that patterns need are found in one pass over a block of text; a pattern is run
on the lines that have all it needs (`cleaners.needs`). What fires is a `Hit`, with
offsets into the text that the view was made from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import inf
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from cleaners.fold import Folded
from cleaners.needs import CLAUSES, TELLING, Need, Words, ends_lines, needs
from cleaners.patterns import CUT, MARKUP, Match, Pattern, anchored, compile_source

if TYPE_CHECKING:
    from cleaners.rules import Rule

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
BLOCK = 1 << 16  # characters of a view whose words are found together
BLOCKS = 4  # that are remembered
# What a line may be longer in the view than in the page: blanks around it, ⑩ for 10.
INDENT = 20  # characters
BEHIND = " *"  # what may stand behind a line that a rule takes whole


class Hit(NamedTuple):
    """A pattern fired at start:end of the original; `groups` are stretches of it by name."""

    rule: Rule
    start: int
    end: int
    groups: tuple[tuple[str, int, int], ...] = ()


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
        need = needs(self.text, whole=self.rule.whole_line)
        if not self.rule.whole_line:
            last = need.last if ends_lines(self.text) else None
            return need._replace(first=None, last=last, most=inf, lacks=frozenset())
        return need._replace(
            most=min(need.most, self.rule.longest + INDENT if self.rule.longest else inf)
        )

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        return tuple(self.regex.groupindex.items())

    def hits(self, line: str, body: bytes, at: int, view: Folded) -> Sequence[Hit]:
        """The hits in `line`, the line of the view that begins at `at`; `body` is it in UTF-8."""
        if self.rule.whole_line:  # nothing is left for a second one
            m = self.regex.search(body)
            return (self._hit(m, body, at, 0, at + len(line), view),) if m else ()
        hits: list[Hit] = []
        seen = 0  # bytes
        for m in self.regex.finditer(body):
            begin, end = m.span()
            at += _length(body[seen:begin])
            seen = begin
            hits.append(self._hit(m, body, at, begin, at + _length(body[begin:end]), view))
        return hits

    def _hit(self, m: Match, body: bytes, at: int, begin: int, end: int, view: Folded) -> Hit:
        """A match from the byte `begin` of a line on; in the view, from `at` to `end`."""
        whole = view.origin(at, end)
        groups: list[tuple[str, int, int]] = []
        for name, index in self._groups:
            a, b = m.span(index)
            if a < b:
                start = at + _length(body[begin:a])
                place = view.origin(start, start + _length(body[a:b]))
                if name == CUT:
                    whole = place
                else:
                    groups.append((name, *place))
        return Hit(self.rule, *whole, tuple(groups))


class Matcher:
    """
    Many patterns, and which of them a line has all that they need for.

    A set of patterns is a number with a bit for each. A pattern that needs a word from
    each of several sets of words has a bit in as many columns.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.patterns = tuple(pattern for rule in rules for pattern in rule.patterns)
        every = [pattern.need for pattern in self.patterns]
        self.characters = tuple(need.characters for need in every)  # one of each set, by pattern
        self._all = (1 << len(every)) - 1
        self._anywhere = _bits(p.rule.where == "anywhere" for p in self.patterns)
        self._first = _Ends(need.first for need in every)
        # What a pattern takes of the marks behind a line may be its own last character.
        self._last = _Ends(
            None if need.last and not need.last.isdisjoint(BEHIND) else need.last for need in every
        )
        # Which patterns a line with one of these characters leaves.
        self._beside = tuple((c, _bits(c not in need.lacks for need in every)) for c in TELLING)
        self._least = _Steps(need.least for need in every)
        self._most = _Steps(-need.most for need in every)
        words: dict[str, int] = {}
        self._given = 0  # in these columns a pattern asks for nothing
        for i, need in enumerate(every):
            for column in range(CLAUSES):
                bit = 1 << (i + column * len(every))
                if column >= len(need.words):
                    self._given |= bit
                for word in need.words[column] if column < len(need.words) else ():
                    words[word] = words.get(word, 0) | bit
        self._bits = tuple(_shared(words).values())
        self.longest_word = max(map(len, words), default=0)
        self._automaton = AhoCorasick(list(words), implementation=Implementation.ContiguousNFA)

    def words_in(self, text: str) -> list[tuple[int, int, int]]:
        """Every word of any pattern in `text`: (which, start, end), those that end first first."""
        try:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # half a character of UTF-16, from a broken escape
            return self.words_in(LONE_SURROGATE.sub("\ufffd", text))

    def likely(self, line: str, words: Iterable[tuple[int, int, int]], *, edge: bool) -> int:
        """
        The patterns that can match in a line that has these words, as bits.

        At an edge all are asked, elsewhere only those of rules for anywhere.
        """
        columns, bits = self._given, self._bits
        for word, _, _ in words:
            columns |= bits[word]
        likely = columns & columns >> len(self.patterns) & (self._all if edge else self._anywhere)
        first = line[0]
        if first not in MARKUP:  # a pattern may begin with the mark, or with what follows
            likely &= self._first.of(first)
        elif first == " " and (behind := line.lstrip(" ")[0]) not in MARKUP:
            likely &= self._first.of(behind) | self._first.of(" ")
        if likely:
            for character, beside in self._beside:
                if character in line:
                    likely &= beside
        if likely:
            likely &= self._least.up_to(len(line)) & self._most.up_to(-len(line.strip(MARKUP)))
        return likely and likely & self._last.of(line.rstrip(BEHIND)[-1:])


class _Block:
    """The words in one stretch of a view, those that end first first."""

    def __init__(self, at: int, found: list[tuple[int, int, int]]) -> None:
        self._at, self._found = at, found
        self._ends = [end for _, _, end in found]

    def between(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """The words of one line: none has a line feed in it, so none begins before the line."""
        ends = self._ends
        first = bisect_right(ends, start - self._at)
        return self._found[first : bisect_right(ends, end - self._at, first)]


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


class _Ends:
    """For each character, which patterns can begin (or end) with it, as bits."""

    def __init__(self, every: Iterable[Words | None]) -> None:
        every = tuple(every)
        self._of_any = _bits(ends is None or "" in ends for ends in every)
        found: dict[str, int] = {}
        for i, ends in enumerate(every):
            for c in ends or ():
                found[c] = found.get(c, self._of_any) | 1 << i
        self._of = _shared(found)

    def of(self, character: str) -> int:
        return self._of.get(character, self._of_any)


def _shared(bits: Mapping[str, int]) -> dict[str, int]:
    """The same, with one object for equal numbers: most are equal, and a few stay in the cache."""
    same = {number: number for number in bits.values()}
    return {name: same[number] for name, number in bits.items()}


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << i for i, true in enumerate(truths) if true)


class Reading:
    """
    One view while it is being asked about: which patterns can match which line.

    The words of all patterns are found block by block, when the first line of a block is
    asked about; a line is a slice of its block's words.
    """

    def __init__(self, view: Folded, matcher: Matcher) -> None:
        self._view, self._matcher = view, matcher
        self._blocks: dict[int, _Block] = {}

    def hits(self, start: int, end: int, *, edge: bool) -> list[Hit]:
        """
        The hits on view.text[start:end], one line or a few, in no order.

        At an edge all rules are asked, elsewhere only those for anywhere.
        """
        hits: list[Hit] = []
        if not self._matcher.patterns:
            return hits
        words = self._words(start, end)
        for at, line in lines_of(self._view.text[start:end]):
            if likely := self._matcher.likely(line, words, edge=edge):
                self._ask(likely, line, start + at, hits)
        return hits

    def _ask(self, likely: int, line: str, at: int, hits: list[Hit]) -> None:
        """Run the patterns of these bits over a line that begins at `at`."""
        patterns, characters = self._matcher.patterns, self._matcher.characters
        lacks = frozenset(line).isdisjoint
        body = b""
        while likely:
            lowest = likely & -likely
            likely ^= lowest
            number = lowest.bit_length() - 1
            if not any(map(lacks, characters[number])):
                pattern = patterns[number]
                body = body or line.encode("utf-8", "surrogatepass")
                hits += pattern.hits(line, body, at, self._view)

    def _words(self, start: int, end: int) -> Collection[tuple[int, int, int]]:
        """The words that stand in view.text[start:end]."""
        first, last = start // BLOCK, max(start, end - 1) // BLOCK
        if first == last:
            return self._block(first).between(start, end)
        found = (
            word for n in range(first, last + 1) for word in self._block(n).between(start, end)
        )
        return {which: (which, start, end) for which, start, end in found}.values()

    def _block(self, number: int) -> _Block:
        known = self._blocks.get(number)
        if known is None:
            if len(self._blocks) >= BLOCKS:  # a text of any size takes as much memory as a few
                self._blocks.clear()
            at = number * BLOCK
            text = self._view.text[at : at + BLOCK + self._matcher.longest_word]
            known = self._blocks[number] = _Block(at, self._matcher.words_in(text))
        return known

    def all_hits(self) -> list[Hit]:
        """The hits of all patterns, in order of the text."""
        text = self._view.text
        hits = [
            hit for at, line in lines_of(text) for hit in self.hits(at, at + len(line), edge=True)
        ]
        return sorted(hits, key=place)


def lines_of(text: str) -> Iterable[tuple[int, str]]:
    """The lines of a view that have something in them, with their offsets."""
    if "\n" in text:
        return _several_lines(text)
    return ((0, text),) if text and not text.isspace() else ()


def _several_lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            yield at, line
        at += len(line) + 1


def moved(hit: Hit, by: int, view: Folded) -> Hit:
    """A hit in a piece of a view that begins at `by`, counted in what the view was made from."""
    groups = ((name, *view.origin(by + a, by + b)) for name, a, b in hit.groups)
    return Hit(hit.rule, *view.origin(by + hit.start, by + hit.end), tuple(groups))


def place(hit: Hit) -> tuple[int, int]:
    """Where a hit stands, to sort by."""
    return hit.start, hit.end


def _length(body: bytes) -> int:
    return len(body.decode("utf-8", "surrogatepass"))
