"""Characters that are not what they look like, and bytes that were read in the wrong encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.characters import HAN, INVISIBLE, PLAIN
from cleaners.encoding import GB_LEVEL_1, PUNCTUATION
from cleaners.repair.kind import Found, Repair, each
from cleaners.rules import Example

CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ufdd0-\ufdef"
COMPATIBILITY = "\uf900-\ufa6d\ufa70-\ufad9\U0002f800-\U0002fa1d"


def _plain(m: re.Match[str]) -> str:
    return "".join(PLAIN.get(c, c) for c in m[0])


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
_COMMON = GB_LEVEL_1 | PUNCTUATION


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
        lost = said.count("\ufffd")
        if lost <= max(1, len(said) * _LOST) and _fit(said) > max(0.8, _fit(m[0]) + 0.2):
            yield *m.span(), said


def _fit(text: str) -> float:
    """The share of its characters that are common in Chinese."""
    return sum(c in _COMMON for c in text) / len(text)


def _unseen(m: re.Match[str]) -> str | None:
    """Invisible characters go from between two Han characters."""
    text = m.string
    inside = m.start() > 0 and m.end() < len(text)
    return "" if inside and _HAN.match(text[m.start() - 1]) and _HAN.match(text[m.end()]) else None


_HAN = re.compile(f"[{HAN}]")

REPAIRS = (
    Repair(
        id="radical-forms",
        why="PDF 转换把部首区的字形当成汉字（⼈⼯ 不是 人工），检索和匹配都找不到它们。",
        seen="\u2e80-\u2fdf",
        find=each(re.compile("[\u2e80-\u2fdf]+"), _plain),
        examples=(("⼈⼯智能", "人工智能"), ("增⻓", "增长")),
    ),
    Repair(
        id="compatibility-forms",
        why="兼容区里的字和常用字同形不同码，检索找不到；真正统一的十二个字不动。",
        seen=COMPATIBILITY,
        find=each(re.compile(f"[{COMPATIBILITY}]+"), _plain),
        examples=(("\uf914器与\uf9d3地", "樂器与陸地"),),
        counterexamples=(Example("宮﨑先生", because="﨑 是十二个统一汉字之一"),),
    ),
    Repair(
        id="invisible-characters",
        why="夹在汉字中间的零宽字符是防复制的暗记，会把词切断。",
        seen=INVISIBLE + "\u200d",
        find=each(re.compile(f"[{INVISIBLE}\u200d]+"), _unseen),
        examples=(("防\u200b复\u2060制", "防复制"),),
        counterexamples=(
            Example("一家\U0001f468\u200d\U0001f469\u200d\U0001f467", because="表情"),
        ),
    ),
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
        id="control-characters",
        why="不可见的控制字符不属于文字，会打断检索，也会弄坏别的软件。",
        seen=CONTROLS,
        find=each(re.compile(f"[{CONTROLS}]+"), lambda _: ""),
        examples=(("正\x00文", "正文"),),
    ),
    Repair(
        id="lone-surrogates",
        why="半个代理对不是字符，写不进任何文件。",
        seen="\ud800-\udfff",
        find=each(re.compile("[\ud800-\udfff]"), lambda _: "\ufffd"),
        examples=(("正\ud83d文", "正\ufffd文"),),
    ),
)
