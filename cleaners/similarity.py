"""
Copies of one text: what is a copy of what, and which of them stands for all.

Two documents are compared by their sketches (cleaners/sketch.py), which tell what each
shares with the other, in runs, and where. They are copies when

    near      most of the smaller one stands in the larger one, which is not much larger, or
    partial   it stands in a much larger one, and begins or ends with it, or is known to be
              truncated: an excerpt from the middle, or one item of a collection, is no copy

and the numbers agree: this year's notice differs from last year's in a date and a few figures.

Documents are ranked: the fullest first, then the most trusted, then the earliest. In that
order each becomes a copy of the ranked one that it shares most with, or stands for itself.
So every copy was compared with its canonical document itself, and nothing chains: that A is
like B, and B like C, says nothing about A and C. The result depends on the set of documents
alone, not on their order or on when each came.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, groupby
from operator import itemgetter, or_

from cleaners.document import Copy
from cleaners.sketch import Sketch

NEAR = 0.6  # of the smaller one stands in the larger one
MUCH_LARGER = 0.45  # of the larger one, less than this stands in the smaller one
PARTIAL = 0.65  # of a partial copy stands in the larger one
SHORT = 120  # bytes, forty characters: shorter texts are copies only when they are equal
EDGE = (180, 0.03)  # bytes, share of a text: its beginning or end, with a by-line or a note
OTHER_NUMBERS = 0.25  # of the smaller one's numbers lack in the larger one, beside its own text
FEW = 0.25  # of the grams of the text that has fewer: not enough for one of the above
MORE = 60  # bytes that a text must have to complete a truncated one
LACKING = 0.1  # of a text: an end that only it has, and the other is taken to be cut
TRUNCATED = 0.8  # how much a truncated text counts for, when the fullest is looked for
STEP = 0.05  # texts that differ less in size are about equally full
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document when copies are looked for."""

    id: str
    sketch: Sketch
    truncated: bool = False
    source: str = ""
    declared_url: str | None = None
    published: str | None = None  # ISO 8601
    retrieved_at: str | None = None  # likewise


Rank = tuple[int, int, str, str, str]


def rank(known: Known) -> Rank:
    """What documents are sorted by: of copies the one with the least rank stands for all."""
    full = known.sketch.size * (TRUNCATED if known.truncated else 1)
    return (
        -math.floor(math.log(full + 1, 1 + STEP)),
        distrust(known.source, known.declared_url),
        known.published or "~",  # behind every date
        known.retrieved_at or "~",
        known.id,
    )


def distrust(source: str, declared_url: str | None = None) -> int:
    """
    How far a page is from where its text comes from: 0 an office's own, 2 says it is a copy.

    >>> distrust("https://www.example.gov.cn/a.html"), distrust("https://a.example.cn/1")
    (0, 1)
    >>> distrust("https://a.example.cn/1", "https://b.example.cn/7")
    2
    """
    host = _host(source)
    if declared_url and _host(declared_url) not in ("", host):
        return 2
    return 0 if {"gov", "mil"} & set(host.split(".")[-2:]) else 1


def compare(first: Sketch, second: Sketch) -> Overlap | None:
    """What two texts share, in time that grows with their lengths; None: next to nothing."""
    ours, theirs = _grams(first.grams)[1], _grams(second.grams)[1]
    common = ours & theirs
    if len(common) < FEW * min(len(ours), len(theirs)):
        return None
    smaller, larger = sorted((first, second), key=lambda sketch: sketch.size)
    return Overlap(
        _covered(first, second, common),
        _covered(second, first, common),
        _other_numbers(smaller, larger),
    )


def stars(
    pairs: Iterable[tuple[int, int]], known: Callable[[int], Known]
) -> Iterator[tuple[int, int, Copy]]:
    """
    Which texts are copies of which: number, number of the canonical text, and what is known.

    known  the texts by number, in the order of their ranks; no two have equal letters
    pairs  candidates, of each the larger number first; sorted

    Texts that are not named stand for themselves.
    """
    centres: dict[int, int] = {}
    for number, some in groupby(pairs, key=itemgetter(0)):
        text = known(number)
        best: tuple[float, int, Overlap] | None = None
        for other in sorted({centres.get(other, other) for _, other in some}):
            found = compare(text.sketch, known(other).sketch)
            if found is None or not _are_copies(text, known(other), found):
                continue
            if best is None or found.first.share > best[0]:
                best = (found.first.share, other, found)
        if best is not None:
            _, centre, found = best
            centres[number] = centre
            yield number, centre, _copy(text, known(centre), found)


def _copy(text: Known, canonical: Known, found: Overlap) -> Copy:
    return Copy(
        cluster=canonical.id,
        canonical=False,
        duplicate_of=canonical.id,
        completed_by=canonical.id if _completes(canonical, text, found) else None,
        overlap=round(found.first.share, 4),
    )


def _are_copies(text: Known, other: Known, found: Overlap) -> bool:
    smaller = text if found.first.size <= found.second.size else other
    return found.are_copies(truncated=smaller.truncated)


def _completes(canonical: Known, text: Known, found: Overlap) -> bool:
    """
    Whether the canonical text has what is missing.

    Of a text that is not known to be truncated only its end can be missing: sentences that
    lack in its middle may be an editor's work.
    """
    theirs = found.second
    if canonical.truncated or theirs.size - theirs.shared < MORE:
        return False
    return text.truncated or (
        found.begin_together
        and theirs.behind >= LACKING * theirs.size
        and found.first.behind <= found.first.edge
    )


def _host(url: str) -> str:
    _, found, rest = url.partition("://")
    return rest.partition("/")[0].partition(":")[0].lower() if found else ""


@lru_cache(CACHED)
def _grams(stored: bytes) -> tuple[array[int], frozenset[int]]:
    grams = array("I", stored)
    return grams, frozenset(grams)


def _covered(sketch: Sketch, other: Sketch, common: AbstractSet[int]) -> Covered:
    """
    A piece is shared when its gram is, or that of the piece behind it.

    What stands once in the other text is shared once: of a phrase that comes again and again
    it is the first that counts, and for where the shared part begins, the last. The byte that
    a piece was cut at is not in its size.
    """
    grams, alone = _grams(sketch.grams)
    if len(alone) == len(grams):
        hits = hits_from_behind = [gram in common for gram in grams]
    else:
        theirs = Counter(gram for gram in _grams(other.grams)[0] if gram in common)
        hits = _hits(grams, theirs.copy())
        hits_from_behind = _hits(reversed(grams), theirs)[::-1]
    sizes = [size + 1 for size in sketch.sizes]
    pieces = list(map(or_, hits, (*hits[1:], False)))
    return Covered(
        size=sum(sizes),
        shared=sum(compress(sizes, pieces)),
        before=sum(sizes[: max(0, _first(hits_from_behind) - 1)]),
        behind=sum(sizes[len(sizes) - _first(hits[::-1]) :]),
    )


def _hits(grams: Iterable[int], left: Counter[int]) -> list[bool]:
    hits: list[bool] = []
    for gram in grams:
        hit = left[gram] > 0 if gram in left else False
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
