"""
Pieces of a stamp that OCR has read as lines of the text.

A scanned file has its owner's stamp across every page. Recognition reads it whole on one
page and in pieces on the next, with a character wrong here and there: three or four
characters alone on a line. When the whole stamp is known on the same page, because a rule
has marked it, a short line that is a piece of it and of nothing else is one as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaners.characters import HAN
from cleaners.compare import header
from cleaners.fold import fold
from cleaners.page import Mark, Page, Part

FRAGMENT = header(
    "stamp-fragment", "watermark",
    "扫描件的水印被识别成一行一行的碎片：完整的水印在别的页上，这一行只是它的几个字，正文里没有。",
    "河湾题库网⏎……⏎湾题库⏎……⏎题库网⏎……", "木料的价钱⏎木料的价钱年年在涨。", "正文里有这几个字，是小标题",
)  # fmt: skip

RULES = (FRAGMENT,)

LONGEST_STAMP = 30  # characters; a longer line of noise is a sentence, and has common words
MOST_STAMPS = 40  # different lines of noise that are compared
SURE = 3  # characters; two that follow each other in a stamp may be a word of anybody's
ONE_WRONG = 4  # characters of which one may have been misread
MOST_PIECES = 400  # lines that are looked at
PIECE = re.compile(f"[{HAN}]{{2,12}}")


def fragments(page: Page, part: Part, marks: Sequence[Mark]) -> Iterator[Mark]:
    """Short lines of one part that are pieces of the stamps which `marks` have found in it."""
    stamps = {
        run
        for m in marks
        if m.rule.kind == "watermark"
        and m.rule.severity == "cut"
        and m.end - m.start <= LONGEST_STAMP
        for run in PIECE.findall(fold(page.mended(m.start, m.end)).text)
        if len(run) > SURE
    }
    if not stamps or len(stamps) > MOST_STAMPS:
        return
    taken = {page.line_at(m.start) for m in marks}
    lines = [n for n in page.lines_between(part.start, part.end) if n not in taken]
    pieces = {
        n: fold(page.text(n)).text
        for n in lines
        if len(page.text(n)) <= LONGEST_STAMP and page.lines[n].role == "paragraph"
    }
    pieces = {n: text for n, text in pieces.items() if PIECE.fullmatch(text)}
    if not pieces or len(pieces) > MOST_PIECES:
        return
    text = "\n".join(page.text(n) for n in lines if n not in pieces)
    known: dict[str, bool] = {}
    for text_of in pieces.values():
        if text_of not in known:
            known[text_of] = text_of not in text and any(_is_piece(text_of, s) for s in stamps)
    sure = {n for n, said in pieces.items() if known[said] and len(said) >= SURE}
    for n, said in pieces.items():
        # Two characters alone are no proof: others must have been broken out of the stamp.
        if n in sure or (known[said] and sure):
            yield Mark(FRAGMENT, page.lines[n].start, page.lines[n].end)


def _is_piece(said: str, stamp: str) -> bool:
    """
    Whether a line stands in a stamp, with one character in four misread at most.

    >>> _is_piece("湾题厍网", "河湾题库网"), _is_piece("湾网", "河湾题库网")
    (True, False)
    """
    allowed = len(said) // ONE_WRONG
    return any(
        sum(a != b for a, b in zip(said, stamp[at:], strict=False)) <= allowed
        for at in range(len(stamp) - len(said) + 1)
    )
