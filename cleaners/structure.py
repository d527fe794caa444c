"""
Which line of the clean text is what: the roles that lines had on their page, carried over.

Cuts take lines away, edits put lines in and join others, normalisation drops empty ones. So
each line of the clean text is followed back to the character that it begins with, and has
the role of the line in which that character stood.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from cleaners.characters import VISIBLE
from cleaners.cut import FENCE as FENCE_EDIT
from cleaners.cut import Piece, joined
from cleaners.document import Link, TextBlock
from cleaners.normalise import FENCE, PLAIN, Form, line_sources
from cleaners.page import Page, Part


def text_blocks(
    page: Page, part: Part, kept: Sequence[Piece], text: str, form: Form = PLAIN
) -> tuple[TextBlock, ...]:
    """
    The lines of one document that are no plain paragraphs, in order.

    `kept` are the pieces that its text was made of, `text` is what `form` made of them.
    Offsets count characters of `text`.
    """
    if page.roles <= {"paragraph"}:
        return ()
    numbers = page.lines_between(part.start, part.end)
    if all(line.role == "paragraph" for line in page.lines[numbers.start : numbers.stop]):
        return ()
    raw = joined(kept)
    starts = list(accumulate((len(piece.text) for piece in kept), initial=0))
    blocks: list[TextBlock] = []
    at = 0
    for said, (start, end) in zip(text.split("\n"), line_sources(raw, form), strict=True):
        first = VISIBLE.search(raw, start, end)
        found = first.start() if first else start
        number = max(bisect_right(starts, found) - 1, 0)
        piece = kept[min(number, len(kept) - 1)]
        line = page.lines[page.line_at(piece.at + (0 if piece.rule else found - starts[number]))]
        if line.role != "paragraph":
            mark = FENCE if piece.rule == FENCE_EDIT else line.mark
            blocks.append(TextBlock(at, at + len(said), line.role, line.level, mark, line.unit))
        at += len(said) + 1
    return tuple(blocks)


def text_links(
    links: Sequence[Link], kept: Sequence[Piece], text: str, form: Form = PLAIN
) -> tuple[Link, ...]:
    """
    The links of a page that stand in one document, with offsets into its `text`.

    Of a link that was cut in part what is left stays. A link is found again by the number of
    visible characters before it in its line, which no step of normalisation changes; only a
    conversion of the script could, and a link behind such a place is left out.
    """
    if not links:
        return ()
    starts = list(accumulate((len(piece.text) for piece in kept), initial=0))
    raw = joined(kept)
    ranges = [(*_kept_range(link, kept, starts), link.target) for link in links]
    waiting = [found for found in ranges if found[0] < found[1]]
    return tuple(_placed(waiting, raw, text, form))


def _kept_range(link: Link, kept: Sequence[Piece], starts: Sequence[int]) -> tuple[int, int]:
    """Where in the kept text the first and the last stretch of a link lie that stood in the page."""
    first = bisect_right(kept, link.start, key=lambda piece: piece.at) - 1
    start, end = -1, -1
    for number in range(max(first, 0), len(kept)):
        piece = kept[number]
        if piece.at >= link.end:
            break
        begin = max(link.start - piece.at, 0)
        stop = min(link.end - piece.at, len(piece.text))
        if not piece.rule and begin < stop:
            start = starts[number] + begin if start < 0 else start
            end = starts[number] + stop
    return start, end


def _placed(
    waiting: Sequence[tuple[int, int, str]], raw: str, text: str, form: Form
) -> Iterator[Link]:
    """Ranges of the kept text as links in the clean text."""
    at = here = 0
    for said, (start, end) in zip(text.split("\n"), line_sources(raw, form), strict=True):
        before: list[int] = []
        after: list[int] = []
        while here < len(waiting) and waiting[here][0] < end:
            begin, stop, target = waiting[here]
            here += 1
            if begin < start:
                continue  # in a line that became nothing
            if not before:
                before = [found.start() for found in VISIBLE.finditer(raw, start, end)]
                after = [found.start() for found in VISIBLE.finditer(said)]
            first, last = bisect_left(before, begin), bisect_left(before, min(stop, end)) - 1
            if len(before) == len(after) and first <= last:
                yield Link(at + after[first], at + after[last] + 1, target)
        at += len(said) + 1
