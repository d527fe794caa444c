"""From marks, which may overlap, to removals, which do not; and from removals to text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import chain, groupby, islice, pairwise
from typing import NamedTuple

from cleaners.document import Edit, Removal
from cleaners.page import Mark, Page, Part

BLOCKS = ("head", "tail")


def resolve(marks: Iterable[Mark]) -> Iterator[Mark]:
    """
    Disjoint marks, sorted, that cover what all marks cover together.

    Where several rules mark a stretch the one whose hit is wider names it, but a
    rule for single lines before one that takes a whole head or tail. The order of
    the marks does not matter.
    """
    last: Mark | None = None
    for piece in chain.from_iterable(map(_named, _heaps(marks))):
        if (
            last is not None
            and last.end == piece.start
            and last.rule is piece.rule
            and last.groups == piece.groups
        ):
            last = Mark(piece.rule, last.start, piece.end, piece.groups, piece.values)
        else:
            if last:
                yield last
            last = piece
    if last:
        yield last


def _heaps(marks: Iterable[Mark]) -> Iterator[list[Mark]]:
    """Sorted marks, those together that overlap each other or one between them."""
    heap: list[Mark] = []
    end = 0
    for m in sorted(marks, key=_start):
        if heap and m.start >= end:
            yield heap
            heap = []
        heap.append(m)
        end = max(end, m.end)
    if heap:
        yield heap


def _start(mark: Mark) -> int:
    return mark.start


def _named(heap: list[Mark]) -> Iterable[Mark]:
    """Overlapping marks as disjoint ones, each named by the mark that ranks first there."""
    if len(heap) == 1:
        return heap
    waiting = sorted(heap, key=lambda m: (m.start, *_rank(m)))
    edges = sorted({edge for m in waiting for edge in (m.start, m.end)})
    active: list[tuple[tuple[bool, int, str, int], int, Mark]] = []
    pieces: list[Mark] = []
    at = 0
    for start, end in pairwise(edges):
        while at < len(waiting) and waiting[at].start <= start:
            heappush(active, (_rank(waiting[at]), at, waiting[at]))
            at += 1
        while active and active[0][2].end <= start:
            heappop(active)
        if active:
            named = active[0][2]
            pieces.append(Mark(named.rule, start, end, named.groups, named.values))
    return pieces


def _rank(mark: Mark) -> tuple[bool, int, str, int]:
    return mark.rule.reach in BLOCKS, mark.start - mark.end, mark.rule.id, mark.start


def covered(marks: Iterable[Mark]) -> Iterator[tuple[int, int]]:
    """The stretches that marks cover together, in order, those that touch each other joined."""
    start = end = -1
    for a, b in sorted((m.start, m.end) for m in marks):
        if a > end:
            if start < end:
                yield start, end
            start, end = a, b
        elif b > end:
            end = b
    if start < end:
        yield start, end


def spared(marks: Sequence[Mark]) -> Sequence[Mark]:
    """
    The marks without what rules of severity `keep` say is text, and without those themselves.

    A mark that reaches over such a stretch is two, one on either side of it. The stretch
    harvests nothing and speaks for no truncation: the mark over it is gone.
    """
    kept = list(covered(m for m in marks if m.rule.severity == "keep"))
    if not kept:
        return marks
    starts = [start for start, _ in kept]
    left: list[Mark] = []
    for m in marks:
        if m.rule.severity == "keep":
            continue
        at = max(0, bisect_right(starts, m.start) - 1)
        begin = m.start
        for start, end in islice(kept, at, bisect_left(starts, m.end)):
            if end <= begin:
                continue
            if begin < start:
                left.append(_moved(m, begin, start))
            begin = end
        if begin == m.start:
            left.append(m)
        elif begin < m.end:
            left.append(_moved(m, begin, m.end))
    return left


def whole_lines(page: Page, marks: Iterable[Mark]) -> frozenset[int]:
    """The numbers of the lines that marks for cutting take whole, but for punctuation."""
    whole: set[int] = set()
    left: set[int] = set()  # lines of which something stays before a cut
    at, done = -1, 0  # the line that was looked at last, and up to where it is cut
    text, lines = page.original, page.lines
    for start, end in covered(m for m in marks if m.rule.severity == "cut"):
        for number in range(page.line_at(start), page.line_at(end - 1) + 1):
            line = lines[number]
            if number != at:
                done = line.start
            if done < start and any(map(str.isalnum, text[done:start])):
                left.add(number)
            at, done = number, min(end, line.end)
            if done < line.end and any(map(str.isalnum, text[done : line.end])):
                whole.discard(number)
            else:
                whole.add(number)
    return frozenset(whole - left)


def removals(page: Page, part: Part, marks: Iterable[Mark]) -> tuple[Removal, ...]:
    """The cuts of one document: disjoint, sorted, inside the part, no stumps of punctuation left."""
    inside = [
        _moved(m, max(m.start, part.start), min(m.end, part.end))
        for m in marks
        if m.start < part.end and m.end > part.start
    ]
    tidy = _without_stumps(page, tuple(_without_blanks(page.original, resolve(inside))))
    return tuple(
        [
            Removal(
                m.rule.id, m.rule.kind, m.start, m.end, page.original[m.start : m.end],
                {name: page.original[a:b].strip() for name, a, b in m.groups} | dict(m.values),
            )
            for m in tidy
        ]
    )  # fmt: skip


def _moved(mark: Mark, start: int, end: int) -> Mark:
    """The same mark at start:end."""
    if mark.start == start and mark.end == end:
        return mark
    return Mark(mark.rule, start, end, mark.groups, mark.values)


def _without_blanks(text: str, marks: Iterable[Mark]) -> Iterator[Mark]:
    """Cuts without the blanks and line breaks at their edges; normalisation sees to those."""
    for m in marks:
        cut = text[m.start : m.end]
        start = m.start + len(cut) - len(cut.lstrip())
        end = m.end - (len(cut) - len(cut.rstrip()))
        if start < end:
            yield _moved(m, start, end)


def _without_stumps(page: Page, marks: Sequence[Mark]) -> Iterator[Mark]:
    """Widen cuts over what is left of a line beside them when that is only punctuation."""
    text = page.original
    done = 0  # end of the cut before, widened
    nothing = 0  # up to where nothing is kept of a line, if it has been cut from its start on
    for i, m in enumerate(marks):
        start, end = m.start, m.end
        first, last = page.lines[page.line_at(start)], page.lines[page.line_at(end - 1)]
        on_no_line = end <= first.start or start >= last.end  # as in cleaners/printed.py
        if on_no_line or (start == first.start and end == last.end):  # whole lines
            yield m
            done = nothing = end
            continue
        left = max(first.start, done)
        right = min(last.end, marks[i + 1].start if i + 1 < len(marks) else len(text))
        if left < start <= first.end and not _has_content(text, left, start):
            start = left
        # A closing mark belongs to the sentence that is kept, unless nothing of it is.
        bare = start <= last.start or start <= nothing
        alone = right < last.end or bare
        if alone and end < right and not _has_content(text, end, right):
            end = right
        elif start <= last.start or text[start - 1] in SENTENCE_MARKS:
            while end < right and text[end] in CLOSING:
                end += 1
        elif text[start - 1] in COMMAS and end < right:
            if text[end] in COMMAS:
                end += 1  # 甲，[cut]，乙 keeps one of them
            elif text[end] in SENTENCE_MARKS and left < start:
                start -= 1  # 甲，[cut]。 keeps the stop
        yield _moved(m, start, end)
        done = end
        nothing = end if bare else 0


SENTENCE_MARKS = "。！？!?；;…"
COMMAS = "，,、"
CLOSING = SENTENCE_MARKS + COMMAS  # with nothing before them in their sentence they close nothing
STUMP = 40  # characters; what is left of a line and longer than this is looked at no further


def _has_content(text: str, start: int, end: int) -> bool:
    if end - start > STUMP:
        return True
    return any(map(str.isalnum, text[start:end]))


class Piece(NamedTuple):
    """A stretch of the kept text: original[at:…] as it stood, or what an edit put at `at`."""

    at: int
    text: str
    rule: str = ""  # of the edit


def pieces(
    original: str, start: int, end: int, cuts: Sequence[Removal], edits: Sequence[Edit]
) -> list[Piece]:
    """original[start:end] without the cuts and with the edits made that no cut took."""
    changes = sorted(
        [(c.start, c.end, "", "") for c in cuts]
        + [(e.start, e.end, e.after, e.rule) for e in edits]
    )
    out: list[Piece] = []
    at = start
    for a, b, after, rule in changes:
        out.append(Piece(at, original[at:a]))
        out.append(Piece(a, after, rule))
        at = b
    out.append(Piece(at, original[at:end]))
    return out


def kept_text(
    original: str, start: int, end: int, cuts: Sequence[Removal], edits: Sequence[Edit]
) -> str:
    """The text of all pieces."""
    return joined(pieces(original, start, end, cuts, edits))


def joined(kept: Iterable[Piece]) -> str:
    """The text of some pieces."""
    return "".join([piece.text for piece in kept])


def outside(edits: Sequence[Edit], part: Part, cuts: Sequence[Removal]) -> tuple[Edit, ...]:
    """The edits of one part that no cut takes away: both sorted, both disjoint."""
    kept: list[Edit] = []
    at = 0
    for edit in edits:
        while at < len(cuts) and cuts[at].end <= edit.start:
            at += 1
        clear = at == len(cuts) or edit.end <= cuts[at].start
        if clear and part.start <= edit.start and edit.end <= part.end:
            kept.append(edit)
    return tuple(kept)


FENCE = "code-fence"


def fences(page: Page, part: Part, cuts: Sequence[Removal]) -> Iterator[Edit]:
    """
    Edits that put ``` around the code of a page, so that its lines and blanks stay as they are.

    Only where a page says what is code (<pre>); each run of code lines that is left.
    """
    if "code" not in page.roles:
        return
    whole = {(cut.start, cut.end) for cut in cuts}
    numbers = page.lines_between(part.start, part.end)
    code = (n for n in numbers if page.lines[n].role == "code" and page.lines[n][:2] not in whole)
    for _, run in groupby(enumerate(code), key=lambda pair: pair[1] - pair[0]):
        lines = [page.lines[n] for _, n in run]
        yield Edit(FENCE, lines[0].start, lines[0].start, "", "```\n")
        yield Edit(FENCE, lines[-1].end, lines[-1].end, "", "\n```")
