"""
Asking the rules, and finding where the head of a document ends and its tail begins.

The same words are noise above the first paragraph or below the last one and text
between them, so most rules look at the edges only. The edges are found by prose, not by
counting lines: a head goes on until some running text has come that no rule speaks
against. Rules for edges are asked line by line on the way in from both ends. What lies
between them sees them only where a line has several words of sites (`mark` then asks that
it take hardly anything else), and most of a long text is done with quickly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cleaners.fold import SPELLED_OUT, Folded, tighten
from cleaners.matching import Hit, moved, place
from cleaners.page import Page, Part
from cleaners.rules import Rules

PROSE_AT_EDGE = 2  # lines of prose that a head or tail may reach over
NOISE_FOR_PROSE = 10  # lines of noise in it, for one more: a long foot has ads that nobody knows
LONGEST_TIGHT = 300  # characters of a line that spells out an account
FEWEST_WORDS = 2  # of sites, for rules for edges to be asked about a line between them
GOOD_PART = 0.25  # of a line that hits take: it does not count as prose


@dataclass(frozen=True, slots=True)
class Scanned:
    """Every hit on a page, the parts with their edges, and the lines that are not prose."""

    hits: tuple[Hit, ...]  # in order of the text
    parts: tuple[Part, ...]
    noisy: frozenset[int]
    families: frozenset[str] = frozenset()  # the kinds of sites that the page can be of
    within: tuple[Hit, ...] = ()  # in the stretches of lines that were asked for, as if lines


def scan(
    page: Page, parts: Iterable[Part], rules: Rules, stretches: Sequence[tuple[int, int]] = ()
) -> Scanned:
    """
    Ask all rules at the edges of every part, and those for anywhere about what is between, and
    those for edges about what speaks as a site there; all again about some stretches of lines.
    """
    ask = _Asker(page, rules)
    taken: dict[int, int] = {}  # line → characters that hits take of it
    hits: dict[int, list[Hit]] = {}  # line → what was found; the lines that were asked about
    found = [_edges(page, part, ask, taken, hits) for part in parts]
    for number in range(len(page.lines)):
        if number not in hits and (between := ask.hits(number, edge=ask.hears_sites(number))):
            hits[number] = between
            _count(page, number, between, taken)
    noisy = frozenset(n for n in taken if is_noisy(page, n, taken))
    hit_lines = sorted([number for number, of_line in hits.items() if of_line])
    every = [hit for number in hit_lines for hit in sorted(hits[number], key=place)]
    families = rules.families_of(every)
    # On other pages a bold rule is no neighbour either.
    seen = tuple(hit for hit in every if not hit.rule.family or hit.rule.family in families)
    within = sorted(ask.within(stretches), key=place)
    asked = tuple([hit for hit in within if not hit.rule.family or hit.rule.family in families])
    return Scanned(seen, tuple(found), noisy, families, asked)


def is_noisy(page: Page, number: int, taken: Mapping[int, int]) -> bool:
    """Whether hits take a good part of a line; `taken` are characters by line."""
    return number in taken and taken[number] >= GOOD_PART * len(page.text(number))


def _count(page: Page, number: int, hits: Iterable[Hit], taken: dict[int, int]) -> None:
    """Add to `taken` how much of its line each hit takes."""
    text = page.texts[number]
    hits = tuple(hits)
    if any(hit.rule.severity == "keep" for hit in hits):
        return  # somebody has said that this is text
    for hit in hits:
        # Whether the page is of a rule's family is not known before the end.
        if (hit.rule.severity == "cut" or hit.rule.truncates) and not hit.rule.family:
            whole = hit.rule.whole_line
            size = len(text) or 1 if whole else hit.end - hit.start
            taken[number] = taken.get(number, 0) + size


def _edges(
    page: Page, part: Part, ask: _Asker, taken: dict[int, int], hits: dict[int, list[Hit]]
) -> Part:
    """The part with its `head_end` and `tail_start`; what was found on the way goes into the rest."""
    numbers = page.lines_between(part.start, part.end)

    def inwards(way: Sequence[int]) -> int | None:
        prose = noise = 0
        for number in way:
            if number not in hits:
                at_edge = hits[number] = ask.hits(number, edge=True)
                if at_edge:
                    _count(page, number, at_edge, taken)
            if is_noisy(page, number, taken):
                noise += 1
            elif page.is_prose(number):
                prose += 1
                if prose >= PROSE_AT_EDGE + noise // NOISE_FOR_PROSE:
                    return number
        return None

    last = inwards(numbers)
    first = inwards(numbers[::-1])
    return part._replace(
        head_end=part.end if last is None else page.lines[last].end,
        tail_start=part.start if first is None else page.lines[first].start,
    )


class _Asker:
    """The rules, ready to be asked about the lines of one page by their numbers."""

    def __init__(self, page: Page, rules: Rules) -> None:
        self._rules = rules
        self._view, self._spoken = page.view, page.spoken
        self._reading = rules.reading(page.view)
        self._starts = page.view.towards([line.start for line in page.lines])
        self._ends = page.view.towards([line.end for line in page.lines])
        self._tight = rules.reads("tight") and bool(SPELLED_OUT.search(page.view.text))

    def hits(self, number: int, *, edge: bool) -> list[Hit]:
        """The hits on one line; at an edge of all rules, elsewhere of those for anywhere."""
        start, end = self._starts[number], self._ends[number]
        hits = self._reading.hits(start, end, edge=edge)
        if self._tight and end - start <= LONGEST_TIGHT:
            hits += self._tight_hits(start, end, edge=edge)
        return hits

    def within(self, stretches: Sequence[tuple[int, int]]) -> list[Hit]:
        """The hits of all rules on stretches of the original, in order, as if each were a line."""
        starts = self._view.towards([start for start, _ in stretches])
        ends = self._view.towards([end for _, end in stretches])
        found = [self._reading.hits(*of, edge=True) for of in zip(starts, ends, strict=True)]
        # Those that take blocks would take the text around a stretch.
        return [hit for hits in found for hit in hits if hit.rule.reach not in ("head", "tail")]

    def hears_sites(self, number: int) -> bool:
        """Whether a line has so many words of sites that rules for edges are asked about it."""
        return self._spoken.different(self._starts[number], self._ends[number]) >= FEWEST_WORDS

    def _tight_hits(self, start: int, end: int, *, edge: bool) -> Iterator[Hit]:
        """The hits on one line without its separators, when it has words that are spelled out."""
        line = self._view.text[start:end]
        if SPELLED_OUT.search(line):
            view = tighten(Folded(line, len(line)))
            for hit in self._rules.reading(view, "tight").hits(0, len(view.text), edge=edge):
                yield moved(hit, start, self._view)
