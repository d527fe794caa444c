"""
Where the head of a document ends and its tail begins.

The same words are noise above the first paragraph or below the last one and text
between them. The edges are found by prose, not by counting lines: the head goes on
until some running text has come that no rule speaks against.
"""

from __future__ import annotations

from dataclasses import replace

from cleaners.page import Page, Part

PROSE_AT_EDGE = 2  # lines of prose that a head or tail may reach over


def zones(page: Page, part: Part, noisy: frozenset[int]) -> Part:
    """The part with its `head_end` and `tail_start` (offsets into the original) found."""
    numbers = page.lines_between(part.start, part.end)
    head_end = _edge(page, list(numbers), noisy)
    tail_start = _edge(page, list(reversed(numbers)), noisy)
    return replace(
        part,
        head_end=part.end if head_end is None else page.lines[head_end].end,
        tail_start=part.start if tail_start is None else page.lines[tail_start].start,
    )


def _edge(page: Page, numbers: list[int], noisy: frozenset[int]) -> int | None:
    """The line at which enough prose has come, from one end; None when it never does."""
    prose = 0
    for number in numbers:
        if number not in noisy and page.is_prose(number):
            prose += 1
            if prose == PROSE_AT_EDGE:
                return number
    return None
