"""
Asking many patterns at once, line by line.

The words that patterns need are found in one pass over a block of text; a pattern is run
on the lines that have all it needs (`cleaners.needs`). What fires is a `Hit`, with
offsets into the text that the view was made from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import inf
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from cleaners.fold import Folded
from cleaners.needs import CLAUSES, Need, needs
from cleaners.patterns import CUT, MARKUP, Match, Pattern, anchored, compile_source

if TYPE_CHECKING:
    from cleaners.rules import Rule

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
BLOCK = 1 << 16  # characters of a view whose words are found together
BLOCKS = 4  # that are remembered
# What a line may be longer in the view than in the page: blanks around it, ⑩ for 10.
INDENT = 20  # characters


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
        need = needs(self.text)
        if not self.rule.whole_line:
            return need._replace(first=None, most=inf)
        return need._replace(
            most=min(need.most, self.rule.longest + INDENT if self.rule.longest else inf)
        )

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        return tuple(self.regex.groupindex.items())

    def hits(self, line: bytes, at: int, view: Folded) -> Sequence[Hit]:
        """The hits in `line`, the line of the view that begins at `at`, in UTF-8."""
        m = self.regex.search(line)
        if m is None:
            return ()
        if self.rule.whole_line:  # nothing is left for a second one
            return (self._hit(m, line, at, 0, view),)
        hits: list[Hit] = []
        seen = 0  # bytes
        for m in self.regex.finditer(line):
            begin = m.start()
            at += _length(line[seen:begin])
            seen = begin
            hits.append(self._hit(m, line, at, begin, view))
        return hits

    def _hit(self, m: Match, line: bytes, at: int, begin: int, view: Folded) -> Hit:
        """A match that begins at the byte `begin` of a line and the character `at` of the view."""
        groups: list[tuple[str, int, int]] = []
        whole = view.origin(at, at + _length(line[begin : m.end()]))
        for name, index in self._groups:
            a, b = m.span(index)
            if a < b:
                start = at + _length(line[begin:a])
                place = view.origin(start, start + _length(line[a:b]))
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
        self.anywhere = _bits(p.rule.where == "anywhere" for p in self.patterns)
        self._free = _bits(need.first is None or "" in need.first for need in every)
        self._begin: dict[str, int] = {}
        for i, need in enumerate(every):
            for c in need.first or ():
                self._begin[c] = self._begin.get(c, 0) | 1 << i
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
        self.longest_word = max(map(len, words), default=0)
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


class _Block:
    """The words in one stretch of a view, those that end first first."""

    def __init__(self, at: int, found: list[tuple[int, int, int]]) -> None:
        self._words = [word for word, _, _ in found]
        self._starts = [at + start for _, start, _ in found]
        self._ends = [at + end for _, _, end in found]

    def between(self, start: int, end: int) -> list[int]:
        first, last = bisect_right(self._ends, start), bisect_right(self._ends, end)
        words = self._words[first:last]
        if last > first and min(self._starts[first:last]) < start:
            return [w for w, at in zip(words, self._starts[first:last], strict=True) if at >= start]
        return words


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
        if not self._matcher.patterns:
            return []
        hits: list[Hit] = []
        words = self._words(start, end)
        for at, line in lines_of(self._view.text[start:end]):
            likely = self._matcher.likely(line, words)
            if not edge:
                likely &= self._matcher.anywhere
            if likely:
                body = line.encode("utf-8", "surrogatepass")
                for pattern in self._patterns(likely):
                    hits += pattern.hits(body, start + at, self._view)
        return hits

    def _words(self, start: int, end: int) -> Collection[int]:
        """The words that stand in view.text[start:end]."""
        first, last = start // BLOCK, max(start, end - 1) // BLOCK
        if first == last:
            return self._block(first).between(start, end)
        return {word for n in range(first, last + 1) for word in self._block(n).between(start, end)}

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


def moved(hit: Hit, by: int, view: Folded) -> Hit:
    """A hit in a piece of a view that begins at `by`, counted in what the view was made from."""
    groups = ((name, *view.origin(by + a, by + b)) for name, a, b in hit.groups)
    return Hit(hit.rule, *view.origin(by + hit.start, by + hit.end), tuple(groups))


def place(hit: Hit) -> tuple[int, int]:
    """Where a hit stands, to sort by."""
    return hit.start, hit.end


def _length(body: bytes) -> int:
    return len(body.decode("utf-8", "surrogatepass"))
