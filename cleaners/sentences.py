"""
Sentences of a site that are glued to a paragraph, as lines of their own.

收藏这一页，下次还来看。 stands behind the last sentence of a text as often as below it. Whoever
weighs lines would have to take the whole paragraph or leave all of it; so a paragraph in which
some sentences, or words in square brackets, speak in another voice than the rest is looked at in
pieces, by the rules (`zones`) and by weight (`likeness`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cleaners.document import Line
from cleaners.edges import MUCH
from cleaners.page import SENTENCE_ENDS, Page, Part
from cleaners.shapes import MAYBE_STRONG, STRONG_SHAPE
from cleaners.voice import share

BRACKETED = r"[【〖\[〔][^【〖\[〔】〗\]〕]{4,80}[】〗\]〕](?!\()"  # and no link of Markdown
# What stands in brackets, or a sentence: to its stop, to such brackets, to the end of its line.
PIECE = re.compile(
    rf"{BRACKETED}|(?:(?!{BRACKETED})[^。！？!?…])*[。！？!?…]+[”」』）)】\]]*|(?:(?!{BRACKETED})[^。！？!?…])+"
)
SENTENCE = re.compile(
    "[^。！？!?…]*[。！？!?…]+[”」』）)】\\]]*|[^。！？!?…]+"
)  # the same without brackets
OPENS = re.compile(r"[【〖\[〔]")
LABEL = re.compile(BRACKETED)
# ——某某网, 【某某整理】, (某某供图): what is behind the last stop and has none of its own.
APPENDED = re.compile(r"(?:[—–~|｜★☆◆#@]+|[【\[(（〔])[^。！？!?]{2,28}(?<!…)")
LONGEST = 2000  # characters of a paragraph that is looked at
SHORTEST = 15  # characters of the paragraph itself
LEAST = 6  # characters of a sentence of a site
OWN = 0.2  # of the letters of the paragraph may be words of sites
# Lines at either end of a part that are read; others only if something speaks for it.
HEAD, TAIL = 5, 6


def apart(page: Page, parts: Sequence[Part]) -> tuple[Page, Sequence[Part]]:
    """
    The page with such sentences as lines of their own, and its parts on that page.

    Offsets stay; numbers of lines below a paragraph that was divided do not.
    """
    cuts: dict[int, list[int]] = {}
    for part in parts:
        numbers = page.lines_between(part.start, part.end)
        edge = {*numbers[:HEAD], *numbers[-TAIL:]}
        for n in numbers:
            line = page.lines[n]
            if line.end - line.start > LONGEST:
                continue
            if page.is_prose(n) and (n in edge or _may_have_more(page.text(n))):
                found = [*_seams(page, line)]
                if found:
                    cuts[n] = found
    if not cuts:
        return page, parts
    lines: list[Line] = []
    numbered: list[int] = []
    for n, line in enumerate(page.lines):
        numbered.append(len(lines))
        starts = [line.start, *cuts.get(n, ())]
        ends = [*starts[1:], line.end]
        lines += [line._replace(start=a, end=b) for a, b in zip(starts, ends, strict=True)]
    headed = [
        part if part.heading is None else part._replace(heading=numbered[part.heading])
        for part in parts
    ]
    return page.with_lines(lines), headed


def stretches(page: Page, divided: Page) -> list[tuple[int, int]]:
    """The pieces of lines that are lines only on the divided page: from where to where."""
    if divided is page:
        return []
    whole = {line[:2] for line in page.lines}
    return [line[:2] for line in divided.lines if line[:2] not in whole]


def _seams(page: Page, line: Line) -> Iterator[int]:
    """Where the sentences of a site begin and end in a line that is otherwise the author's."""
    text = page.original[line.start : line.end]
    if text.rstrip()[-1:] in SENTENCE_ENDS and not page.speaks(line.start, line.end):
        return  # most paragraphs
    piece = PIECE if OPENS.search(text) else SENTENCE
    pieces = [m.span() for m in piece.finditer(page.original, line.start, line.end)]
    if len(pieces) < 2:  # noqa: PLR2004
        return
    foreign = [_is_foreign(page, *piece, last=piece is pieces[-1]) for piece in pieces]
    foreign[0] = foreign[0] and not LABEL.match(text)  # 【延伸阅读】 heads what follows it
    if not any(foreign):
        return
    own = "".join(
        [page.folded(*piece) for piece, one in zip(pieces, foreign, strict=True) if not one]
    )
    if len(own) < SHORTEST or share(own) >= OWN:
        return
    for (at, _), (before, one) in zip(pieces[1:], pairwise(foreign), strict=True):
        # No seam inside of quoted words.
        said = text[: at - line.start]
        if before != one and said.count("“") == said.count("”"):
            yield at


def _may_have_more(text: str) -> bool:
    """Whether a paragraph inside of a text has something that a site may have put into it."""
    return text[-1] not in SENTENCE_ENDS or (
        MAYBE_STRONG.search(text) is not None and STRONG_SHAPE.search(text) is not None
    )


def _is_foreign(page: Page, start: int, end: int, *, last: bool) -> bool:
    """Whether a sentence has hardly another word than sites have, or is set off and ends nowhere."""
    if not (last or page.speaks(start, end)):
        return False  # most sentences
    said = page.original[start:end].strip()
    if last and APPENDED.fullmatch(said):
        return True
    return len(said) >= LEAST and page.share(start, end) >= MUCH
