"""
Sentences of a site that are glued to a paragraph, as lines of their own.

收藏这一页，下次还来看。 stands behind the last sentence of a text as often as below it. Whoever
weighs lines would have to take the whole paragraph or leave all of it; so a paragraph whose
first or last sentences speak in another voice than the rest is looked at in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import takewhile

from cleaners.document import Line
from cleaners.edges import MUCH
from cleaners.page import SENTENCE_ENDS, Page, Part
from cleaners.shapes import LETTERS, MAYBE_STRONG, OPENING, QUOTED, STRONG_SHAPE
from cleaners.voice import voices

SENTENCE = re.compile(r"[^。！？!?…]*[。！？!?…]+[”」』）)】\]]*|[^。！？!?…]+$")
# ——某某网, 【某某整理】, (某某供图): what is behind the last stop and has none of its own.
APPENDED = re.compile(r"(?:[—–~|｜★☆◆#@]+|[【\[(（〔]).{2,28}(?<![。！？!?…])")
SHORTEST = 15  # characters of the paragraph itself
LEAST = 6  # characters of a sentence of a site
OWN = 0.2  # of the letters of the paragraph may be words of sites
HEAD, TAIL = (
    5,
    6,
)  # lines at either end of a part that are read; others only if something speaks for it


def apart(page: Page, part: Part) -> tuple[Page, Part]:
    """
    The page with such sentences as lines of their own, and the part on that page.

    Offsets stay; numbers of lines below a paragraph that was divided do not.
    """
    numbers = page.lines_between(part.start, part.end)
    edge = {*numbers[:HEAD], *numbers[-TAIL:]}
    cuts = {
        n: at
        for n in numbers
        if page.is_prose(n)
        and (n in edge or page.text(n)[-1] not in SENTENCE_ENDS or _is_strong(page.text(n)))
        and (at := [*_seams(page, page.lines[n])])
    }
    if not cuts:
        return page, part
    lines: list[Line] = []
    heading = part.heading
    for n, line in enumerate(page.lines):
        if n == part.heading:
            heading = len(lines)
        starts = [line.start, *cuts.get(n, ())]
        ends = [*starts[1:], line.end]
        lines += [line._replace(start=a, end=b) for a, b in zip(starts, ends, strict=True)]
    return replace(page, lines=tuple(lines)), part._replace(heading=heading)


def _seams(page: Page, line: Line) -> Iterator[int]:
    """Where the sentences of a site end at the head of a line, and where they begin at its foot."""
    sentences = [m.span() for m in SENTENCE.finditer(page.original, line.start, line.end)]
    if len(sentences) < 2:  # noqa: PLR2004
        return
    # From either end up to the first sentence that is the paragraph's own; none between is asked.
    head = sum(1 for _ in takewhile(partial(_is_foreign, page), sentences))
    if head == len(sentences):
        return
    foot = sum(1 for _ in takewhile(partial(_is_foreign, page), reversed(sentences)))
    if not head and not foot:
        return
    start, end = sentences[head][0], sentences[-1 - foot][1]
    own = page.original[start:end]
    if end - start < SHORTEST or own.count("“") != own.count("”"):
        return
    if _share(page.folded(start, end)) >= OWN:
        return
    if head:
        yield start
    if foot:
        yield end


def _is_strong(text: str) -> bool:
    return bool(MAYBE_STRONG.search(text)) and bool(STRONG_SHAPE.search(text))


def _is_foreign(page: Page, sentence: tuple[int, int]) -> bool:
    """Whether a sentence has hardly another word than sites have, or is set off and ends nowhere."""
    said = page.original[slice(*sentence)].strip()
    if APPENDED.fullmatch(said):
        return True
    return len(said) >= LEAST and _share(page.folded(*sentence)) >= MUCH


def _share(said: str) -> float:
    """How much of the letters of a folded text are words of sites; quoted words are not its own."""
    said = QUOTED.sub('""', said) if OPENING.search(said) else said
    letters = sum(map(len, LETTERS.findall(said)))
    return voices(said).characters / letters if letters else 0.0
