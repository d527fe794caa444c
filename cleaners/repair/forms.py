"""Characters that are not what they look like."""

from __future__ import annotations

import re

from cleaners.characters import HAN, INVISIBLE, PLAIN
from cleaners.repair.kind import Repair, each
from cleaners.rules import Example

CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ufdd0-\ufdef"
COMPATIBILITY = "\uf900-\ufa6d\ufa70-\ufad9\U0002f800-\U0002fa1d"


def _plain(m: re.Match[str]) -> str:
    return "".join(PLAIN.get(c, c) for c in m[0])


# Fourteen characters of GBK that Unicode had no place for when the tables were made.
_LATER = dict(zip(
    "\ue816\ue817\ue818\ue81e\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864",
    "\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
    strict=True,
))  # fmt: skip


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
        id="private-use-forms",
        why="GBK 的十四个字早先没有码位，转换时进了私用区；现在有了，放回去。",
        seen="".join(_LATER),
        find=each(re.compile(f"[{''.join(_LATER)}]"), lambda m: _LATER[m[0]]),
        examples=(("\ue81e字旁", "\u9fb4字旁"),),
        counterexamples=(Example("\uf8ff 标志", because="厂商自己的符号，没有对应的字"),),
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
