"""
Asking the rules, and finding where the head of a document ends and its tail begins.

The same words are noise above the first paragraph or below the last one and text
between them, so most rules look at the edges only. The edges are found by prose, not by
counting lines: a head goes on until some running text has come that no rule speaks
against. Rules for edges are asked line by line on the way in from both ends; what lies
between them never sees them, and most of a long text is done with quickly.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cleaners.fold import Folded, fold, tighten
from cleaners.page import Page, Part
from cleaners.rules import Hit, Rules, place

PROSE_AT_EDGE = 2  # lines of prose that a head or tail may reach over
GOOD_PART = 0.25  # of a line that hits take: it does not count as prose


@dataclass(frozen=True, slots=True)
class Scanned:
    """Every hit on a page, the parts with their edges, and the lines that are not prose."""

    hits: tuple[Hit, ...]  # in order of the text
    parts: tuple[Part, ...]
    noisy: frozenset[int]


def scan(page: Page, parts: Iterable[Part], rules: Rules) -> Scanned:
    """Ask all rules at the edges of every part, and those for anywhere about what is between."""
    taken: Counter[int] = Counter()
    asked: set[int] = set()
    hits: list[Hit] = []
    found = [_edges(page, part, rules, taken, asked, hits) for part in parts]
    for run in _runs(n for n in range(len(page.lines)) if n not in asked):
        between = _hits_in(page, run, rules, edge=False)
        _count(page, between, taken)
        hits += between
    noisy = frozenset(n for n in taken if is_noisy(page, n, taken))
    return Scanned(tuple(sorted(hits, key=place)), tuple(found), noisy)


def _runs(numbers: Iterable[int]) -> Iterator[range]:
    """Neighbouring numbers together."""
    first = last = None
    for number in numbers:
        if last is None or first is None or number != last + 1:
            if first is not None and last is not None:
                yield range(first, last + 1)
            first = number
        last = number
    if first is not None and last is not None:
        yield range(first, last + 1)


def is_noisy(page: Page, number: int, taken: Counter[int]) -> bool:
    """Whether hits take a good part of a line; `taken` are characters by line."""
    return number in taken and taken[number] >= GOOD_PART * len(page.text(number))


def _count(page: Page, hits: Iterable[Hit], taken: Counter[int]) -> None:
    """Add to `taken` how much of its line each hit takes."""
    for hit in hits:
        if hit.rule.severity == "cut" or hit.rule.truncates:
            number = page.line_at(hit.start)
            whole = hit.rule.reach in ("line", "head", "tail")
            taken[number] += len(page.text(number)) or 1 if whole else hit.end - hit.start


def _edges(
    page: Page, part: Part, rules: Rules, taken: Counter[int], asked: set[int], hits: list[Hit]
) -> Part:
    """The part with its `head_end` and `tail_start`; what was found on the way goes into the rest."""
    numbers = page.lines_between(part.start, part.end)

    def inwards(way: Sequence[int]) -> int | None:
        prose = 0
        for number in way:
            if number not in asked:
                asked.add(number)
                found = _hits_in(page, range(number, number + 1), rules, edge=True)
                _count(page, found, taken)
                hits.extend(found)
            if page.is_prose(number) and not is_noisy(page, number, taken):
                prose += 1
                if prose == PROSE_AT_EDGE:
                    return number
        return None

    last = inwards(numbers)
    first = inwards(numbers[::-1])
    return part._replace(
        head_end=part.end if last is None else page.lines[last].end,
        tail_start=part.start if first is None else page.lines[first].start,
    )


def _hits_in(page: Page, numbers: range, rules: Rules, *, edge: bool) -> list[Hit]:
    """The hits on neighbouring lines, counted in the page's original."""
    start, end = page.lines[numbers[0]].start, page.lines[numbers[-1]].end
    view = _view(page, start, end)
    hits = rules.ask(view, "folded", edge=edge)
    if rules.has_view("tight"):
        hits += rules.ask(tighten(view), "tight", edge=edge)
    if start == 0:
        return hits
    return [
        Hit(
            h.rule,
            h.start + start,
            h.end + start,
            tuple((n, a + start, b + start) for n, a, b in h.groups),
        )
        for h in hits
    ]


def _view(page: Page, start: int, end: int) -> Folded:
    """What rules see of whole lines; offsets count from the first one's beginning."""
    if not page.view.runs:
        return Folded(page.view.text[start:end], end - start)
    first = bisect_left(page.repairs, start, key=lambda edit: edit.start)
    last = bisect_left(page.repairs, end, key=lambda edit: edit.start)
    moved = (
        replace(e, start=e.start - start, end=e.end - start)
        for e in page.repairs[first:last]
        if e.end <= end
    )
    return fold(page.original[start:end], moved)
