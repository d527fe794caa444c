"""
A page as runs: PDFium's rows, cut where more is blank than between words.

Where a run begins and ends is asked of its first and its last character. How wide a blank
is takes two questions more, so most rows are asked about none.
"""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import compress
from operator import or_
from struct import iter_unpack

from cleaners.formats.pdflayout import Run
from cleaners.formats.pdfpage import PageText, whole

HYPHENS = "\x02\ufffe"  # PDFium's signs for a hyphen at the end of a row
LATIN = "\u2e80"  # what is beyond is written without blanks
ROW = re.compile(f"[^\r\n{HYPHENS}]+[{HYPHENS}]?")
ROW_END = re.compile(f"[\r\n{HYPHENS}]")
BLANK = re.compile(" ")
BLANKS = re.compile(r"[ \u00a0]+")
# It begins with a letter of its own, so that what is between blanks is skipped quickly.
ODD_BLANK = re.compile(f" (?: |(?<=[{LATIN}-\uffff] )[{LATIN}-\uffff])")
ODD_TURN = 2  # degrees
STEEP = 30  # times as long as it rises: a run of a lesser angle
CELL_GAP = 1.5  # of a letter's height: more blank than between words
WORD_GAP = 0.45
NARROW = 0.18  # of its height: the least that letters of a word take, one by the other
SAMPLED = 10  # rows of a page that are asked for wide blanks, about

Span = tuple[int, int]  # from a character to before another one
Piece = tuple[int, int, str]  # its first and last character, and its text
Joint = tuple[int, int, bool]  # a blank, and whether it is wide


def runs(page: PageText, number: int) -> list[Run]:
    """The pieces of a page's rows, and where they stand."""
    pieces = _pieces(page, _rows(page.text))
    if page.has_halves():
        pieces = [(a, b, whole(text)) for a, b, text in pieces]
    ends = page.boxes([at for a, b, _ in pieces for at in (a, b)])
    found: list[Run] = []
    for (a, _, text), box in zip(pieces, iter_unpack("8f", ends), strict=True):
        x0, y1, x1, y0, left, top, right, bottom = box
        if top == y1 and bottom == y0 and x0 < left and x1 < right:  # letters of one size and level
            found.append(Run(text, number, x0, right, y0, y1, y1 - y0))
        else:
            low, high = min(y0, bottom), max(y1, top)
            level = STEEP * abs(bottom - y0) < left - x0
            size, angle = (y1 - y0, 0.0) if level else _turned(page, a, box)
            found.append(Run(text, number, min(x0, left), max(x1, right), low, high, size, angle))
    return found


def _turned(page: PageText, first: int, box: Sequence[float]) -> tuple[float, float]:
    """The size and the angle of letters that may stand sideways."""
    x0, y1, x1, y0 = box[:4]
    angle = page.angle(first)
    if ODD_TURN <= angle <= 360 - ODD_TURN:
        return math.hypot(x1 - x0, y1 - y0) / math.sqrt(2), angle
    return y1 - y0, angle


def _rows(text: str) -> list[Span]:
    """The rows of a page's text, without the blanks around them."""
    rows: list[Span] = []
    for m in ROW.finditer(text):
        begin, end = m.span()
        if text[begin].isspace() or text[end - 1].isspace():
            row = m[0].lstrip()
            begin = end - len(row)
            end = begin + len(row.rstrip())
        rows.append((begin, end))
    return rows


def _pieces(page: PageText, rows: Sequence[Span]) -> list[Piece]:
    """
    The rows of a page at their wide blanks.

    Columns and tables are many rows. So a sample is asked: where several of its rows have a
    wide blank, it is sought in all rows; one row speaks for those beside it, and so do the
    first and the last, which may head or foot the page. Blanks between Chinese characters,
    and several of them, are asked about in all rows.
    """
    text = page.text
    step = max(1, len(rows) // SAMPLED)
    sample, rest = rows[::step], [row for n, row in enumerate(rows) if n % step]
    joints = _joints(page, _sides(text, sample))
    if cut := [a for a, _, wide in joints if wide]:
        parted = [bisect(cut, begin) < bisect(cut, end) for begin, end in sample]
        every, near = sum(parted[1:-1]) > 1, map(or_, parted, [*parted[1:], parted[-1]])
        beside = [every or one for one in near for _ in range(step - 1)][: len(rest)]
        joints += _joints(page, _sides(text, list(compress(rest, beside))))
        rest = [row for row, asked in zip(rest, beside, strict=True) if not asked]
    if rest and ODD_BLANK.search(text):
        joints += _joints(page, _odd_sides(text, rest))
    if not joints:
        return [(begin, end - 1, text[begin:end]) for begin, end in rows if begin < end]
    return list(_parted(text, rows, joints))


def _sides(text: str, rows: Sequence[Span]) -> list[int]:
    """The characters before and after each blank of some rows."""
    if "  " in text or "\u00a0" in text:
        blanks = [m.span() for row in rows for m in BLANKS.finditer(text, *row)]
        return [at for a, b in blanks for at in (a - 1, b)]
    single = [m.start() for row in rows for m in BLANK.finditer(text, *row)]  # in half the time
    return [at for a in single for at in (a - 1, a + 1)]


def _odd_sides(text: str, rows: Sequence[Span]) -> list[int]:
    """Likewise, but only of blanks between Chinese characters, and of several blanks."""
    sides = _sides(text, [row for row in rows if ODD_BLANK.search(text, *row)])
    pairs = zip(sides[::2], sides[1::2], strict=True)
    return [at for a, b in pairs if b - a > 2 or text[a] > LATIN < text[b] for at in (a, b)]  # noqa: PLR2004


def _joints(page: PageText, sides: Sequence[int]) -> list[Joint]:
    """The blanks that are wide, and those that PDFium made up between Chinese characters."""
    if not sides:
        return []
    text, places = page.text, page.boxes(sides)
    wide = [
        n
        for n, (left_of, top, right, bottom, left) in enumerate(iter_unpack("5f12x", places))
        if left < left_of or (left - right > CELL_GAP * (top - bottom) and left - right > CELL_GAP)
    ]
    joints = [
        (sides[2 * n] + 1, sides[2 * n + 1], True)
        for n in wide
        if not _overlap(page, sides, places, n)
    ]
    if text.isascii():
        return joints
    known = {a for a, _, _ in joints}
    for n, (a, b) in enumerate(zip(sides[::2], sides[1::2], strict=True)):
        if text[a] > LATIN < text[b] and a + 1 not in known:
            top, right, bottom, left = places[8 * n + 1 : 8 * n + 5]
            if left - right < WORD_GAP * (top - bottom) and page.is_made_up(a + 1):
                joints.append((a + 1, b, False))
    return sorted(joints)


def _overlap(page: PageText, sides: Sequence[int], places: Sequence[float], n: int) -> bool:
    """
    Whether what begins left of a word's last letter is behind the word all the same.

    Letters take at least some room, one by the other.
    """
    left = places[8 * n + 4]
    if not n or left >= places[8 * n]:
        return False
    word, last = sides[2 * n - 1 : 2 * n + 1]
    if ROW_END.search(page.text, word, last):
        return False
    x, top, _, bottom = places[8 * n - 4 : 8 * n]
    room = left - x - NARROW * (top - bottom) * (last + 1 - word)
    return 0 <= room <= CELL_GAP * (top - bottom)


def _parted(text: str, rows: Sequence[Span], joints: Sequence[Joint]) -> Iterator[Piece]:
    """The rows at their wide blanks, without the blanks that PDFium made up."""
    begins = [begin for begin, _ in rows]
    joints_of: defaultdict[int, list[Joint]] = defaultdict(list)
    for joint in joints:
        joints_of[bisect(begins, joint[0]) - 1].append(joint)
    for number, (begin, end) in enumerate(rows):
        said, first, at = "", begin, begin
        for a, b, wide in joints_of.get(number, ()):
            said += text[at:a]
            at = b
            if wide:
                yield first, a - 1, said
                first, said = b, ""
        if begin < end:
            yield first, end - 1, said + text[at:end]
