"""
The folded view: what rules look at, with offsets back to the text it was made from.

Noise is spelled in many ways (ＱＱ１２３, qq①②③, 轉載請註明, 微信 with invisible
characters inside); in the folded view each has one spelling. The view is for
matching only; nothing of it gets into a document.

* width, case, circled and styled letters and digits, digits of other scripts: ASCII
* punctuation: the ASCII mark where there is one (：is `:`, 【 is `[`, “ is `"`)
* every kind of blank: one space for one blank; invisible characters: gone
* Traditional characters: Simplified (`cleaners.variants`)
* characters split into their parts to hide a word (立占 for 站): joined
* line breaks of every kind: a line feed, so that lines are lines in both texts
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from heapq import merge
from operator import itemgetter
from typing import NamedTuple

from cleaners.document import Edit
from cleaners.variants import SIMPLIFIED, TRADITIONAL

BLANKS = "\t\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
LINE_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"
INVISIBLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)

PUNCTUATION = {
    ":": "︰﹕∶",
    ",": "﹐",
    ";": "﹔",
    "?": "﹖",
    "!": "﹗",
    "|": "丨┃│┊┆︱",
    "-": "—–―‐‑‒−﹣－─━",
    "[": "【〔〖［",
    "]": "】〕〗］",
    '"': "“”„‟〝〞",
    "'": "‘’‚‛",
    "·": "•・‧∙⋅･",
    "~": "〜～∼",
}

# Parts written side by side so that a filter does not see the character. Only
# pairs that real text hardly contains; they are joined in the view, not in the text.
SPLIT = {"立占": "站", "君羊": "群", "氵朝": "潮", "亻言": "信", "木又": "权", "讠兑": "说"}

# What spammers put between the characters of a word or a number.
SEPARATORS = " _-~·.,、。|/\\*#^`'\"()[]{}<>+=:;★☆♂♀◆◇■□●○◎※→←↑↓↗↘↙↖ˊˋ°♥❤"


def _one_to_one() -> dict[int, str]:
    """Characters that fold to exactly one character. Kept in one dict for str.translate."""
    # Entries that change nothing keep str.translate off its slow path for unknown characters.
    unchanged = (*range(0x80), *range(0x3001, 0x3030), *range(0x4E00, 0xA000))
    table = {code: chr(code) for code in unchanged}
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    for code in _styled():
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(plain) == 1 and plain.isascii():
            table[code] = plain
    for code in (*range(0x2776, 0x2780), *range(0x2780, 0x2794), *range(0x24EA, 0x2500)):
        value = unicodedata.numeric(chr(code), -1)  # ❶ ➀ ➊: NFKC leaves these alone
        if value in range(10):
            table[code] = str(int(value))
    for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50):  # Arabic, Persian, Devanagari, Bengali, Thai
        table |= {zero + n: str(n) for n in range(10)}
    table |= {ord(c): mark for mark, cs in PUNCTUATION.items() for c in cs}
    table |= {ord(c): " " for c in BLANKS}
    table |= {ord(c): "\n" for c in LINE_BREAKS}
    table |= {ord(a): b for a, b in zip(TRADITIONAL, SIMPLIFIED, strict=True)}
    return table


def _styled() -> Iterator[int]:
    """Code points of letters and digits in other widths and styles."""
    yield from range(0xB2, 0xBA)  # ² ³ ¹
    yield from range(0x2070, 0x209D)  # superscripts and subscripts
    yield from range(0x2460, 0x24EA)  # ① ⓐ
    yield from range(0xFF01, 0xFF5F)  # full width
    yield from range(0x1D400, 0x1D800)  # mathematical alphabets
    yield from range(0x1F130, 0x1F18A)  # 🄰


def _several() -> dict[str, str]:
    """Pieces that fold to another number of characters: joined parts, ⑩ to ⑳."""
    pieces = dict(SPLIT)
    for code in range(0x2469, 0x2474):
        pieces[chr(code)] = unicodedata.normalize("NFKC", chr(code))
    return pieces


ONE_TO_ONE = _one_to_one()
SEVERAL = _several()
IRREGULAR = re.compile(f"[{INVISIBLE}]+|{'|'.join(map(re.escape, SEVERAL))}")
VANISHING = re.compile(f"[{INVISIBLE}]")
RARE = re.compile(f"[{INVISIBLE}\u2469-\u2473]")  # and the parts of a split character:
PARTS = re.compile(f"[{''.join(parts[0] for parts in SPLIT)}]")
# str.translate looks every character up. The marks that all texts have are replaced one by
# one, and what is left is asked for by its class: in a character class `re` has a table for
# the characters below U+10000 and walks the ranges above one by one, so there is one of them.
EVERYDAY = tuple((mark, ONE_TO_ONE[ord(mark)]) for mark in "，：；？！（）“”—\u3000")
_EVEN = "".join(
    chr(code)
    for code, folded in ONE_TO_ONE.items()
    if code < 0x10000 and folded != chr(code) and chr(code) not in dict(EVERYDAY)  # noqa: PLR2004
)
EVEN = re.compile(f"[{re.escape(_EVEN)}\U0001d400-\U0001f189]+")
CHANGED = re.compile(f"[{re.escape(_EVEN)}\u2469-\u2473{INVISIBLE}\U0001d400-\U0001f189]")
SEPARATED = re.compile(f"[{re.escape(SEPARATORS)}]+")
_GAP = re.escape(SEPARATORS)
# Two characters, each between separators (加★微★信). Without them there is nothing to tighten.
SPELLED_OUT = re.compile(f"[{_GAP}][^{_GAP}\n][{_GAP}][^{_GAP}\n][{_GAP}]")


class Folded(NamedTuple):
    """
    A folded text and, where it is not one character for one, the way back.

    `runs` are (offset in `text`, offset in the original, solid), sorted. Inside a
    run offsets move in step; a solid run stands as a whole for a whole piece. A view
    of a view leads back through the one `under` it.
    """

    text: str
    length: int  # of what it was made from, in characters
    runs: tuple[tuple[int, int, bool], ...] = ()
    under: Folded | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """
        Where text[start:end] comes from: offsets into the original, end exclusive.

        Characters that vanished inside the stretch belong to it; those at its edges
        do not. An empty stretch comes from an empty stretch.

        >>> view = fold("加微\\u200b信１２")
        >>> view.text, view.origin(1, 3)
        ('加微信12', (1, 4))
        """
        if self.runs:
            if start < end:
                start, end = self._piece(start)[0], self._piece(end - 1)[1]
            else:
                start = end = self._piece(start)[0]
        return self.under.origin(start, end) if self.under else (start, end)

    def towards(self, offsets: Sequence[int]) -> Sequence[int]:
        """
        The other way: where offsets into the original, in order, come out in `text`.

        One inside a piece that became something else comes out behind it.
        """
        if not self.runs:
            return offsets
        out: list[int] = []
        ends = (*(here for here, _, _ in self.runs[1:]), len(self.text))
        run = -1
        for offset in offsets:
            while run + 1 < len(self.runs) and self.runs[run + 1][1] <= offset:
                run += 1
            if run < 0:
                out.append(0)
                continue
            here, below, solid = self.runs[run]
            step = ends[run] - here if solid and offset > below else offset - below
            out.append(min(here + step, ends[run]))
        return out

    def stretch(self, start: int, end: int) -> tuple[int, int] | None:
        """
        Where the original's start:end stands in `text`, as it would be folded alone.

        None: an edge may be inside of a piece that became something else. Of edits that were
        made this knows nothing.

        >>> fold("加微\\u200b信群君羊").stretch(1, 4), fold("君羊").stretch(1, 2)
        ((1, 3), None)
        """
        first, last = self._edge(start), self._edge(end)
        return None if first is None or last is None else (first, last)

    def _edge(self, offset: int) -> int | None:
        """Where an offset into the original comes out in `text`; None where that is not certain."""
        run = bisect_right(self.runs, offset, key=itemgetter(1)) - 1
        if run < 0:
            return 0
        here, below, solid = self.runs[run]
        if solid and offset > below:
            return None
        end = self.runs[run + 1][0] if run + 1 < len(self.runs) else len(self.text)
        return min(here + offset - below, end)

    def _piece(self, at: int) -> tuple[int, int]:
        """The piece of what is below that the character at `at` stands for."""
        if at >= len(self.text):
            return self.length, self.length
        i = bisect_right(self.runs, at, key=itemgetter(0)) - 1
        here, below, solid = self.runs[i]
        if not solid:
            return below + at - here, below + at - here + 1
        return below, self.runs[i + 1][1] if i + 1 < len(self.runs) else self.length


def fold(text: str, edits: Collection[Edit] = ()) -> Folded:
    """
    The folded view of `text` with `edits` (sorted, disjoint repairs) made first.

    >>> fold("ＱＱ：①②③ 轉載").text
    'qq:123 转载'
    """
    regular = _everyday(text)
    changed = CHANGED.search(regular)
    uneven = (changed and RARE.search(regular)) or (
        PARTS.search(regular) and any(parts in regular for parts in SPLIT)
    )
    if not uneven and not edits:
        return Folded(_even(regular) if changed else regular, len(text))
    pieces = [(e.start, e.end, _regular(e.after)) for e in edits]
    if uneven:
        irregular = ((*m.span(), _irregular(m)) for m in IRREGULAR.finditer(text))
        pieces = list(_disjoint(merge(pieces, irregular)))
    return _replace(regular, pieces, _even)


def _everyday(text: str) -> str:
    """Text with the marks folded that all texts have."""
    for mark, folded in EVERYDAY:
        text = text.replace(mark, folded)
    return text


def _even(text: str) -> str:
    """Such a text with everything folded that is one character for one."""
    return EVEN.sub(_translated, text)


def _translated(m: re.Match[str]) -> str:
    return m[0].translate(ONE_TO_ONE)


def _irregular(m: re.Match[str]) -> str:
    return SEVERAL.get(m[0], "")


def _regular(text: str) -> str:
    """A few characters in the spelling of the view, without a way back."""
    return IRREGULAR.sub(_irregular, text).translate(ONE_TO_ONE)


def tighten(view: Folded) -> Folded:
    """
    The same view without blanks and separators; line feeds stay.

    >>> tighten(fold("加 微★信 1-2-3")).text
    '加微信123'
    """
    gone = [(*m.span(), "") for m in SEPARATED.finditer(view.text)]
    return _replace(view.text, gone, str)._replace(under=view)


def _disjoint(pieces: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Sorted pieces without those that overlap an earlier one."""
    at = 0
    for piece in pieces:
        if piece[0] >= at:
            yield piece
            at = piece[1]


def _replace(
    text: str, pieces: Sequence[tuple[int, int, str]], regular: Callable[[str], str]
) -> Folded:
    """`text` with the pieces replaced and `regular` (same length) applied between them."""
    if not pieces:
        return Folded(regular(text), len(text))
    out: list[str] = []
    runs: list[tuple[int, int, bool]] = []
    here = below = 0
    for start, end, after in pieces:
        if below < start:
            runs.append((here, below, False))
            out.append(regular(text[below:start]))
            here += start - below
        if after:
            runs.append((here, start, True))
            out.append(after)
            here += len(after)
        below = end
    if below < len(text):
        runs.append((here, below, False))
        out.append(regular(text[below:]))
    # A vanished tail leaves no run; the way back still ends where the last run does.
    return Folded("".join(out), len(text), tuple(runs))
