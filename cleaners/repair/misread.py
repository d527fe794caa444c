"""Bytes that were read in the wrong encoding, or out of step, and turned into other characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from cleaners.characters import HAN
from cleaners.encoding import GB_LEVEL_1, PUNCTUATION
from cleaners.repair.kind import Found, Repair, each
from cleaners.repair.masks import EVERYDAY
from cleaners.rules import Example

LOST = "\ufffd"

_COMMON = GB_LEVEL_1 | PUNCTUATION


def _fit(text: str) -> float:
    """The share of its characters that are common in Chinese."""
    return sum(c in _COMMON for c in text) / len(text)


def _everyday(text: str) -> float:
    """The share of its characters that no Chinese sentence does without; by chance, one in ten."""
    return sum(c in EVERYDAY for c in text) / len(text)


# ------------------------------------------------------------- UTF-8 read as cp1252
# Every byte from 0x80 to 0xBF as Windows' code page shows it; the five it has no character
# for stay control characters.
_TAIL = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(0x80, 0xC0))
_BYTE = {c: i for i, c in enumerate(_TAIL, 0x80)} | {chr(b): b for b in range(0xC0, 0x100)}
_T = f"[{re.escape(_TAIL)}\x80-\xbf]"
_MISREAD = re.compile(
    f"(?:[\xc2-\xdf]{_T}|[\xe0-\xef]{_T}{_T})(?:[ -~]{{0,80}}(?:[\xc2-\xdf]{_T}|[\xe0-\xef]{_T}{_T}))+"
)
_CHINESE = re.compile(f"[{HAN}\u2010-\u203b\u3000-\u303f\uff00-\uffef]")
_ENOUGH = 3  # characters; shorter ones come about in French (« é » with its blanks)


def _from_cp1252(m: re.Match[str]) -> str | None:
    """What the bytes meant; read twice in the wrong way they are turned back twice."""
    said = m[0]
    for _ in range(2):
        try:
            said = bytes(_BYTE.get(c, ord(c)) for c in said).decode("utf-8")
        except ValueError:
            return None
        wide = [c for c in said if not c.isascii()]
        if len(wide) >= _ENOUGH and len(_CHINESE.findall(said)) == len(wide):
            return said
    return None


# ---------------------------------------------------------------- UTF-8 read as GBK
_TELLTALE = re.compile("[銆锛鈥鐨]")  # what becomes of 、。「」 ，：；！ “”…— 的
_STRETCH = re.compile("[^\x00-\x7f]+")
_NO_PAIR = re.compile("[€\ufffd]")  # 0x80 alone, in Windows' code page and in others
_LOST = 0.06  # share of characters that may stay unreadable: each stretch loses its odd byte


def _from_gbk(text: str) -> Iterator[Found]:
    if len(_TELLTALE.findall(text)) < 2:  # noqa: PLR2004 - one may be a rare character
        return
    for m in _STRETCH.finditer(text):
        if not _TELLTALE.search(m[0]):
            continue
        try:
            pieces = _NO_PAIR.split(m[0])
            meant = b"\x80".join(piece.encode("gb18030") for piece in pieces)
        except UnicodeError:
            continue
        said = meant.decode("utf-8", "replace")
        lost = said.count(LOST)
        if lost <= max(1, len(said) * _LOST) and _fit(said) > max(0.8, _fit(m[0]) + 0.2):
            yield *m.span(), said


# ---------------------------------------------------------------- GBK read as Korean
_HANGUL = re.compile("[\uac00-\ud7a3]")
_PIECE = re.compile("[^\x00-\x7f\ufffd]+")
# Windows shows the two rows that Korean leaves free, 上 is in one of them, as private use.
_ROWS = {chr(0xE000 + 94 * row + i): bytes((lead, 0xA1 + i)) for row, lead in enumerate((0xC9, 0xFE)) for i in range(94)}  # fmt: skip
_SHORT = 6  # Hangul syllables; with fewer a page shows nothing
_CLEAR = 0.3  # share of everyday characters: Korean that is read as Chinese has next to none


def _from_korean(text: str) -> Iterator[Found]:
    """
    All pieces of a page together show what they are, then each turns back by itself.

    Real Korean turns into common Chinese characters as well, for both tables have theirs in
    the same rows; but not into those that a Chinese text has most of.
    """
    pieces = [
        (*m.span(), said)
        for m in _PIECE.finditer(text)
        if _HANGUL.search(m[0]) and (said := _as_gbk(m[0])) and _fit(said) > 0.8  # noqa: PLR2004
    ]
    together = "".join(said for *_, said in pieces)
    syllables = sum(len(_HANGUL.findall(text, start, end)) for start, end, _ in pieces)
    if syllables >= _SHORT and _everyday(together) >= _CLEAR:
        yield from pieces


def _as_gbk(piece: str) -> str:
    """What a piece meant; behind a lost byte it is out of step, and its last character is gone."""
    try:
        body = b"".join(_ROWS.get(c) or c.encode("cp949") for c in piece)
    except UnicodeError:
        return ""
    said = body.decode("gb18030", "ignore")
    shifted = body[1:-1].decode("gb18030", "ignore")
    return f"{shifted}{LOST}" if shifted and _everyday(shifted) > _everyday(said) + _CLEAR else said


# -------------------------------------------------------------- GBK that lost a byte
# What pairs of shifted halves often are, beside rare characters: the symbol rows of GBK.
_SYMBOLS = "Α-Ωα-ωЁА-яё\u3041-\u3093\u30a1-\u30f6\u3105-\u3129─-╋ā-ǜＡ-Ｚａ-ｚ"
_OUT_OF_STEP = re.compile(f"(?<=[{HAN}])[{_SYMBOLS}](?=[{HAN}])")
_TWO_BYTES = re.compile("[^\x00-\x7f€\ufffd]+")
_WRITTEN = GB_LEVEL_1 | frozenset("，。、；：？！“”‘’（）《》…—")
_FEWEST = 4  # characters that come right; fewer may do so by chance
_CHANCE = 0.15  # share of everyday characters in a stretch that says nothing
_WELL = 0.8  # of the characters before the place are common
_LONGEST = 4000  # characters


def _in_step(text: str) -> Iterator[Found]:
    """
    Stretches that are Chinese again from some place on when one byte more is left out there.

    The character that lost the byte is gone, and the last one, whose second half went with
    what came after it.
    """
    for m in _TWO_BYTES.finditer(text):
        lost = text.startswith(LOST, m.end())  # the odd byte at the end
        if m.end() - m.start() > _LONGEST or not (lost or _OUT_OF_STEP.search(m[0])):
            continue
        found = _shifted(m[0])
        if found:
            at, meant = found
            yield m.start() + at, m.end() + lost, f"{LOST}{meant}{LOST}"


def _reads(character: str) -> int:
    """How much a character speaks for a stretch of Chinese."""
    return (character in _WRITTEN) + (character in EVERYDAY)


def _shifted(stretch: str) -> tuple[int, str] | None:
    """From where on a stretch is out of step, and what it said."""
    body = stretch.encode("gb18030", "replace")
    if len(body) != 2 * len(stretch):
        return None
    pairs = [body[i : i + 2].decode("gb18030", "replace") for i in range(1, len(body) - 1, 2)]
    # At each place: how well reads what is before it as it stands, and behind it in step.
    before = [0, *accumulate(map(_reads, stretch))]
    behind = [0, *accumulate(map(_reads, reversed(pairs)))][::-1]
    values = [a + b for a, b in zip(before, behind, strict=False)]
    best = max(values)
    at = values.index(best)
    last = len(values) - 1 - values[::-1].index(best)  # what lies between may be either: lost
    meant, damaged = "".join(pairs[last:]), stretch[at:]
    proven = (
        len(meant) >= _FEWEST
        and all(map(_reads, meant))
        and _everyday(meant) >= _CLEAR
        and _everyday(damaged) <= _CHANCE
        and sum(map(bool, map(_reads, stretch[:at]))) >= at * _WELL
    )
    return (at, meant) if proven else None


REPAIRS = (
    Repair(
        id="bytes-read-as-western",
        why="UTF-8 的字节当成西文码页来读，汉字变成带音符的字母；能原样转回来的才转。",
        seen="\xc3\xe2-\xe9\xef",
        find=each(_MISREAD, _from_cp1252),
        examples=(("è¯»ä¹¦ã€‚", "读书。"), ("2024å¹´3æœˆèµ·", "2024年3月起")),
        counterexamples=(
            Example("il a dit « liberté » et « égalité »", because="法语"),
            Example("Ã 是一个字母", because="转不回汉字"),
        ),
    ),
    Repair(
        id="bytes-read-as-gbk",
        why="UTF-8 的字节当成 GBK 来读，变成生僻字；能转回来并且更像中文的才转。",
        seen="銆锛鈥鐨",
        find=_from_gbk,
        examples=(
            ("娓″彛鐨勮埞锛屽紑浜嗐€傚ぇ瀹堕兘鏉ヤ簡銆", "渡口的船，开了。大家都来了\ufffd"),
        ),
        counterexamples=(Example("锛与銆是两个生僻字。", because="字典里的字，转不回去"),),
    ),
    Repair(
        id="bytes-read-as-korean",
        why="GBK 的字节当成韩文码页来读，汉字变成谚文；全页一起转回来像中文的才转。",
        seen="\uac00-\ud7a3",
        find=_from_korean,
        examples=(("똔왯돨눋界죄，댕소떼瞳된。", "渡口的船停了，大家都在等。"),),
        counterexamples=(
            Example("겨울에는 배가 다니지 않아서 사람들은 산길로 돌아갔다.", because="真的韩文"),
            Example("他学会的第一句话是안녕하세요，意思是你好。", because="引用的韩文"),
        ),
    ),
    Repair(
        id="byte-out-of-step",
        why="GBK 的文本丢了半个字，后面的字节错位配对，变成生僻字和符号；错回一位能读通的才改，丢掉的字写成 �。",
        seen=_SYMBOLS + LOST,
        find=_in_step,
        examples=(
            (
                "渡口的船停链蠹叶荚诘龋\ufffd今天的天气很好",
                "渡口的船停\ufffd大家都在等\ufffd今天的天气很好",
            ),
        ),
        counterexamples=(
            Example("他在雅典的一家店里买了一个α粒子的模型", because="希腊字母，前后都读得通"),
            Example("这家の店是日本人开的，卖的是面和茶", because="日文的假名"),
        ),
    ),
)
