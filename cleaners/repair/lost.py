"""
Damage that nobody can put right: places where characters are missing or mean nothing.

Flags only. A reader of the dataset learns where a text cannot be trusted; what stands
there stays, for a box may be one to fill in and a question mark a question.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from cleaners.compare import header
from cleaners.page import Mark, Page, Part
from cleaners.rules import Rule

LOST = replace(header(
    "lost-character", "encoding_damage",
    "解码时丢了字，只剩下 �；或者是丢字以后又被误读一次的“锟斤拷”，未初始化内存的“烫烫烫”。",
    "对岸的人进城要绕\ufffd十里山路", "乱码里最常见的是“锟斤拷”。", "讲编码的文章",
), severity="flag")  # fmt: skip
PRIVATE = replace(header(
    "private-use-character", "encoding_damage",
    "私用区的字符离开原来的字体没有意义：造字、图标字体、转换失败的字。",
    "镇上有个姓\ue123的人", "今天天气很好。", "没有私用区的字符",
), severity="flag")  # fmt: skip
BULLET = replace(header(
    "symbol-font-bullet", "conversion_residue",
    "行首的私用区字符是 Word 用符号字体画的项目符号，转换时没有换成圆点。",
    "\uf06c 先把船底的水舀干", "● 先把船底的水舀干", "真正的圆点",
), severity="flag")  # fmt: skip
GLYPH = replace(header(
    "lost-glyph", "encoding_damage",
    "句子中间的 ?、□、〓 站在一个字的位置上：那个字原来的编码或字体里没有。",
    "他是朱?基的同乡，两个人一起读过书。", "你去吗?我不去。", "真的问号",
), severity="flag")  # fmt: skip
STRADDLED = replace(header(
    "straddled-pinyin", "encoding_damage",
    "镜像站按字节给字加拼音，切断了别的字：或?qū)W生，本来是“或學生”。",
    "不管是老師或?qū)W生都可以參加。", "你会读沔(miǎn)吗?", "拼音两边都有括号",
), severity="flag")  # fmt: skip
HANGUL = replace(header(
    "hangul-in-words", "encoding_damage",
    "单个的谚文夹在汉字中间，好几处：替换过的常用字，不知道是哪一个。",
    "他녈船停녋岸边，我们녈人都走了。", "他学会的第一句话是안녕하세요。", "引用的韩文，几个字连在一起",
), severity="flag")  # fmt: skip

RULES = (LOST, PRIVATE, BULLET, GLYPH, STRADDLED, HANGUL)

# One pass says whether there is anything to ask; most texts end here.
SEEN = re.compile("[\ufffd\ue000-\uf8ff锟烫屯□■〓?\uac00-\ud7a3]")
HAN = "\u3400-\u9fff"
OFTEN = 3  # places; a single syllable may be quoted
FEW = 4  # places; a text with more question marks or boxes than this means them

INDENT = 12  # characters before a bullet

_LOST = re.compile("\ufffd+|(?:锟斤拷)+锟?|烫{4,}|屯{4,}")
_PRIVATE = re.compile("[\ue000-\uf8ff]+")
# Patterns begin with the sign itself, for which `re` searches quickly, and look back over it.
_STRADDLED = re.compile(f"\\?(?<=[{HAN}]\\?)[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{{1,6}}\\)")
_SIGNS_OF_LOSS = re.compile("[\ufffd锟烫屯]")
_SIGNS_OF_GLYPHS = re.compile("[?□■〓]")
_SYLLABLE = re.compile("[\uac00-\ud7a3]")
_HANGUL = re.compile(f"[\uac00-\ud7a3](?<=[{HAN}].)(?=[{HAN}，。])")
_GLYPH = re.compile(f"[?□■〓](?<=[{HAN}].)〓{{0,3}}(?=[{HAN}])")
_OF_ENCODINGS = re.compile("(?i)乱码|编码|字符集|gbk|unicode|utf-?8|内存")
_OF_BOXES = re.compile(
    "填|空格|方框|打√|打勾|勾选|选项|划√|□是|是□|□有|□男|缺字|阙文|漫漶|字迹|残损|释文|录文"
)
_ASKS = re.compile("[吗呢吧么啊呀嘛谁啥何哪怎几否]|多少|为什|不是|没有|(.)[不没]\\1")
_CLAUSE = 24  # characters before a question mark in which a question shows itself


def unreadable(page: Page, part: Part) -> Iterator[Mark]:
    """Flags for what repair has left unreadable in one part."""
    text = page.original
    signs = set(SEEN.findall(text, part.start, part.end))
    if not signs:
        return
    for mark in _marks(text, part.start, part.end, "".join(signs)):
        at = bisect_right(page.repairs, mark.start, key=attrgetter("start"))
        if not at or page.repairs[at - 1].end <= mark.start:  # no repair had a hand in it
            yield mark


def _marks(text: str, start: int, end: int, signs: str) -> Iterator[Mark]:
    """The marks for each kind of which the text has signs."""
    if _SIGNS_OF_LOSS.search(signs) and not _OF_ENCODINGS.search(text, start, end):
        yield from (Mark(LOST, *m.span()) for m in _LOST.finditer(text, start, end))
    if _PRIVATE.search(signs):
        yield from _private(text, start, end)
    if "?" in signs:
        yield from (Mark(STRADDLED, *m.span()) for m in _STRADDLED.finditer(text, start, end))
    if _SYLLABLE.search(signs):
        yield from _often(HANGUL, list(_HANGUL.finditer(text, start, end)))
    if _SIGNS_OF_GLYPHS.search(signs):
        yield from _glyphs(text, start, end)


def _private(text: str, start: int, end: int) -> Iterator[Mark]:
    for m in _PRIVATE.finditer(text, start, end):
        above = max(start, m.start() - INDENT)
        before = text[above : m.start()]
        heads = (above == start or "\n" in before) and not before.rpartition("\n")[2].strip()
        yield Mark(BULLET if heads and "\uf000" <= m[0] <= "\uf0ff" else PRIVATE, *m.span())


def _often(rule: Rule, found: list[re.Match[str]]) -> Iterator[Mark]:
    if len(found) >= OFTEN:
        yield from (Mark(rule, *m.span()) for m in found)


def _glyphs(text: str, start: int, end: int) -> Iterator[Mark]:
    """Signs in the place of a character: few of them, and in a text that means none of them."""
    found = list(_GLYPH.finditer(text, start, end))
    signs = [m for m in found if m[0] == "?"]
    # Who asks with ? has his commas in ASCII too, or other question marks.
    asking = (
        len(signs) > FEW
        or text.count("?", start, end) > len(signs)
        or text.count(",", start, end) > text.count("，", start, end)
    )
    boxes = sum(text.count(box, start, end) for box in "□■")
    filled_in = boxes > FEW or (boxes and _OF_BOXES.search(text, start, end))
    for m in found:
        if m[0] == "?":
            clause = re.split("[，。！？；\n]", text[max(start, m.start() - _CLAUSE) : m.start()])[
                -1
            ]
            meant = asking or _ASKS.search(clause)
        else:
            meant = filled_in and m[0] in "□■"
        if not meant:
            yield Mark(GLYPH, *m.span())
