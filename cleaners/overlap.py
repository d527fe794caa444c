"""
What two texts share, by their sketches (cleaners/sketch.py), and whether that makes them copies.

    near      most of the smaller one stands in the larger one, which is not much larger, or
    partial   it stands in a much larger one, and begins or ends with it, or is known to be
              truncated: an excerpt from the middle, or one item of a collection, is no copy

and the numbers agree: this year's notice differs from last year's in a date and a few figures.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import or_

from cleaners.sketch import Sketch

NEAR = 0.6  # of the smaller one stands in the larger one
MUCH_LARGER = 0.45  # of the larger one, less than this stands in the smaller one
PARTIAL = 0.65  # of a partial copy stands in the larger one
SHORT = 120  # bytes, forty characters: shorter texts are copies only when they are equal
EDGE = (180, 0.03)  # bytes, share of a text: its beginning or end, with a by-line or a note
OTHER_NUMBERS = 0.25  # of the smaller one's numbers lack in the larger one, beside its own text
FEW = 0.25  # of the grams of the text that has fewer: not enough for one of the above
CACHED = 512  # sketches whose pieces are kept at hand: a canonical text is compared often


@dataclass(frozen=True, slots=True)
class Covered:
    """Of one text what stands in another as well, in bytes of its letters."""

    size: int
    shared: int
    before: int  # the first piece that is shared
    behind: int  # the last one

    @property
    def share(self) -> float:
        return self.shared / self.size if self.size else 0.0

    @property
    def edge(self) -> float:
        least, share = EDGE
        return max(least, share * self.size)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share, and the share of the smaller one's numbers that the other lacks."""

    first: Covered
    second: Covered
    other_numbers: float

    @property
    def by_size(self) -> tuple[Covered, Covered]:
        """The smaller one and the larger one."""
        smaller, larger = sorted((self.first, self.second), key=lambda text: text.size)
        return smaller, larger

    @property
    def begin_together(self) -> bool:
        smaller, larger = self.by_size
        return larger.before <= larger.edge + smaller.before

    @property
    def end_together(self) -> bool:
        smaller, larger = self.by_size
        return larger.behind <= larger.edge + smaller.behind

    def are_copies(self, *, truncated: bool) -> bool:
        """Whether the two are one text, or what is left of it; `truncated`: the smaller one is."""
        smaller, larger = self.by_size
        if smaller.size < SHORT or self.other_numbers > OTHER_NUMBERS + 1 - smaller.share:
            return False
        if smaller.share >= NEAR and larger.share >= MUCH_LARGER:
            return True
        known = truncated or self.begin_together or self.end_together
        return smaller.share >= PARTIAL and known


def compare(first: Sketch, second: Sketch) -> Overlap | None:
    """
    What two texts share, in time that grows with their lengths.

    None: less than copies do. Most candidates are told apart by this, which takes a tenth of the time.
    """
    ours, theirs = _grams(first.grams)[1], _grams(second.grams)[1]
    common = ours & theirs
    if len(common) < FEW * min(len(ours), len(theirs)):
        return None
    smaller, larger = (first, second) if first.size <= second.size else (second, first)
    hits = list(map(common.__contains__, _grams(smaller.grams)[0]))
    if _shared(smaller.sizes, hits) < min(NEAR, PARTIAL) * sum(smaller.sizes):
        return None
    return Overlap(
        _covered(first, second, common),
        _covered(second, first, common),
        _other_numbers(smaller, larger),
    )


@lru_cache(CACHED)
def _grams(stored: bytes) -> tuple[array[int], frozenset[int]]:
    grams = array("I", stored)
    return grams, frozenset(grams)


def _covered(sketch: Sketch, other: Sketch, common: AbstractSet[int]) -> Covered:
    """
    What stands once in the other text is shared once: of a phrase that comes again and again
    it is the first that counts, and for where the shared part begins, the last.
    """
    grams, alone = _grams(sketch.grams)
    if len(alone) == len(grams):
        hits = hits_from_behind = list(map(common.__contains__, grams))
    else:
        theirs = Counter(filter(common.__contains__, _grams(other.grams)[0]))
        hits = _hits(grams, theirs.copy())
        hits_from_behind = _hits(reversed(grams), theirs)[::-1]
    sizes = sketch.sizes
    return Covered(
        size=sum(sizes),
        shared=_shared(sizes, hits),
        before=sum(sizes[: max(0, _first(hits_from_behind) - 1)]),
        behind=sum(sizes[len(sizes) - _first(hits[::-1]) :]),
    )


def _shared(sizes: bytes, hits: list[bool]) -> int:
    """Bytes of the pieces whose gram is shared, or that of the piece behind them."""
    return sum(compress(sizes, map(or_, hits, (*hits[1:], False))))


def _hits(grams: Iterable[int], left: Counter[int]) -> list[bool]:
    hits: list[bool] = []
    for gram in grams:
        hit = gram in left and left[gram] > 0
        if hit:
            left[gram] -= 1
        hits.append(hit)
    return hits


def _first(hits: list[bool]) -> int:
    return hits.index(True) if True in hits else len(hits)


def _other_numbers(smaller: Sketch, larger: Sketch) -> float:
    ours = Counter(array("I", smaller.numbers))
    missing = ours - Counter(array("I", larger.numbers))
    return missing.total() / ours.total() if ours else 0.0
