"""
Copies of one text: what is a copy of what, and which of them stands for all.

Documents are ranked: the fullest first, then the most trusted, then the earliest. In that
order each becomes a copy of the ranked one that it shares most with (cleaners/overlap.py
says when two texts are copies), or stands for itself. So every copy was compared with its
canonical document itself, and nothing chains: that A is like B, and B like C, says nothing
about A and C. The result depends on the set of documents alone, not on their order or on
when each came.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from cleaners.document import Copy
from cleaners.overlap import Overlap, compare
from cleaners.sketch import Sketch

MORE = 60  # bytes that a text must have to complete a truncated one
LACKING = 0.1  # of a text: an end that only it has, and the other is taken to be cut
TRUNCATED = 0.8  # how much a truncated text counts for, when the fullest is looked for
STEP = 0.05  # texts that differ less in size are about equally full


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
    ends = host.rsplit(".", 2)[-2:]
    return 0 if "gov" in ends or "mil" in ends else 1


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
