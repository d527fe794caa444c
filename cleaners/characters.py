"""
Characters: what a clean text may hold, and what the others become.

The tables stand here once; `cleaners.repair` and `cleaners.normalise` read them.
Fragments such as `HAN` are written to stand inside the brackets of a pattern:
`re.compile(f"[{HAN}{WIDE}]")`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Marks that only Chinese text has: they show that what stands beside them is Chinese.
WIDE = "，。、；：？！（）《》〈〉「」『』【】〔〕〖〗"
# Marks that English text has as well: they show nothing.
SOFT = "…—～·“”‘’"

# What separates lines and words, beside the line feed and the space themselves.
LINE_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
BLANKS = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Soft hyphen, zero-width space and non-joiner, direction marks, word joiner and
# invisible operators, byte-order mark. Not U+200D, see LONE_JOINER, and not U+2065,
# which is not assigned.
INVISIBLE = "\xad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"

# The others: normalisation may write them in another way, but adds none and drops none, so that
# the n-th of a line stays the n-th.
VISIBLE = re.compile(f"[^\\s{INVISIBLE}\u200d]")


def _members(fragment: str) -> str:
    """
    The characters that a fragment without escapes stands for.

    >>> _members("x0-3")
    'x0123'
    """
    return re.sub(
        "(.)-(.)",
        lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))),
        fragment,
        flags=re.DOTALL,
    )


# The CJK Radicals Supplement, which NFKC leaves alone: each form above the ideograph it
# stands for (Unicode's EquivalentUnifiedIdeograph; where that has none, the plain form).
_SUPPLEMENT = (
    "⺀⺄⺅⺈⺉⺊⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺘⺙⺛⺝⺞⺠⺡⺢⺣⺤⺥⺦⺨",
    "冫乙亻刀刂卜小小兀尣尢尣巳幺彑彐忄扌攵旡月歺民氵氺灬爫爫丬犭",
    "⺩⺫⺬⺭⺮⺯⺰⺱⺲⺶⺹⺺⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏",
    "王罒示礻竹糹纟罓罒羊耂肀月臼艹艹艹虎衤覀西见角讠贝车辶辶辶阝",
    "⻐⻑⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻰⻲⻳",
    "钅長长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐齿龙龟龟",
)

RADICALS: Mapping[str, str] = MappingProxyType(
    {chr(point): unicodedata.normalize("NFKC", chr(point)) for point in range(0x2F00, 0x2FD6)}
    | dict(zip("".join(_SUPPLEMENT[::2]), "".join(_SUPPLEMENT[1::2]), strict=True))
)
"""Kangxi radicals and the CJK Radicals Supplement, each with its ideograph: ⼈ is 人, ⻓ is 长."""


def _compatibility() -> dict[str, str]:
    """Compatibility ideographs; twelve of the block are ordinary ones, which NFC leaves alone."""
    points = (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
    ideographs = {chr(p): unicodedata.normalize("NFC", chr(p)) for p in points}
    return {form: meant for form, meant in ideographs.items() if form != meant}


# What a clean text writes in another way. U+FF0E is not here: that dot is narrow only
# between letters or digits.
PLAIN: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(_members(INVISIBLE), "")
    | dict.fromkeys(LINE_BREAKS, "\n")
    | dict.fromkeys(_members(BLANKS), " ")
    | {wide: chr(ord(wide) - 0xFEE0) for wide in _members("０-９Ａ-Ｚａ-ｚ％")}
    | RADICALS
    | _compatibility()
)

_TRANSLATE = str.maketrans(dict(PLAIN))
# `re` has a table for the characters below U+10000 and walks a list for those above: one range.
_LOW = "".join(character for character in PLAIN if character < "\U00010000")
_NOT_PLAIN = re.compile(f"[{re.escape(_LOW)}\U0002f800-\U0002fa1d]")
_DENSE = 5  # str.translate costs about a fifth of a substitution, but for every character

# A joiner holds two emoji together (👨‍👩‍👧); anywhere else it is invisible ink.
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_LONE_JOINER = re.compile(f"\u200d(?:(?<![{_EMOJI}\ufe0f]\u200d)|(?![{_EMOJI}]))")
_WIDE_DOT = re.compile("．(?<=[0-9A-Za-z]．)(?=[0-9A-Za-z])")


def plain_characters(text: str) -> str:
    """
    `text` with each character in the form that clean text has; what has no other form stays.

    >>> plain_characters("⼈⼯智能\u200b２．０版，增⻓１２％\u3000①㎡")
    '人工智能2.0版，增长12% ①㎡'
    """
    if text.isascii():
        # Of all that is looked for, ASCII has these three.
        return _line_feeds(text)
    if "\u200d" in text:
        text = _LONE_JOINER.sub("", text)
    # Most texts have nothing else to change than the white before their paragraphs.
    text = text.replace("\r\n", "\n").replace("\u3000", " ")
    if _NOT_PLAIN.search(text):
        if len(_NOT_PLAIN.findall(text)) * _DENSE < len(text):
            text = _NOT_PLAIN.sub(_plain, text)
        else:
            text = text.translate(_TRANSLATE)
    return _WIDE_DOT.sub(".", text) if "．" in text else text


def _plain(character: re.Match[str]) -> str:
    return PLAIN.get(character[0], character[0])


def _line_feeds(text: str) -> str:
    for line_break in ("\r\n", "\r", "\x0b", "\x0c"):
        text = text.replace(line_break, "\n")
    return text
