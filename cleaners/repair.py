"""
Damaged characters, put right as edits on the original text.

Only damage that is plain from the characters themselves. Each kind has an id, a
why, examples and look-alikes, as a rule of a pack has; `docs/rules.md` shows them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge

from cleaners.characters import RADICALS
from cleaners.document import Edit
from cleaners.rules import Example


@dataclass(frozen=True, slots=True)
class Repair:
    """One kind of damage: what it looks like and what was meant."""

    id: str
    why: str
    pattern: re.Pattern[str]
    mend: Callable[[re.Match[str]], str | None]  # None: leave it as it is
    examples: tuple[tuple[str, str], ...]  # (damaged, mended)
    counterexamples: tuple[Example, ...] = ()


def _unescape(m: re.Match[str]) -> str | None:
    """What an entity stands for; None for one that the text shows on purpose, as code."""
    if m.string[max(0, m.start() - 1) : m.start()] == "`":
        return None
    meant = html.unescape(f"&{m['number'] or m['name']}")
    if not m[0].startswith("&") and not EXPECTED.fullmatch(meant):
        return None  # without its & sign only what Chinese text has: #1234; is a ticket
    return None if meant.startswith("&") and len(meant) > 1 else meant


def _radicals(m: re.Match[str]) -> str:
    return "".join(RADICALS.get(c) or unicodedata.normalize("NFKC", c) for c in m[0])


HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
WIDE = HAN + "，。、；：？！“”‘’（）《》【】…—"
EXPECTED = re.compile(f"[{HAN}\u2010-\u203b\u3000-\u3020\uff00-\uffef]")

REPAIRS = (
    Repair(
        id="radical-forms",
        why="PDF 转换把部首区的字形当成汉字（⼈⼯ 不是 人工），检索和匹配都找不到它们。",
        pattern=re.compile("[\u2e80-\u2fdf]+"),
        mend=_radicals,
        examples=(("⼈⼯智能", "人工智能"), ("增⻓", "增长")),
    ),
    Repair(
        id="broken-entity",
        why="转义的实体没有还原，或者丢了 & 号，露出来的是代码，不是文字。",
        pattern=re.compile(
            r"(?:&amp;|&)?(?P<number>\#x[0-9a-fA-F]{4,5};|\#[0-9]{4,6};)"
            r"|&(?:amp;)?(?P<name>(?:nbsp|ensp|emsp|thinsp|quot|ldquo|rdquo|lsquo|rsquo|hellip|mdash|middot|lt|gt|amp);)"
        ),
        mend=_unescape,
        examples=(("第一章#xff1a;开始", "第一章：开始"), ("他说&ldquo;好&rdquo;", "他说“好”")),
        counterexamples=(
            Example("色值 #ff1a1a; 用于标题", because="颜色，不是四位的码位"),
            Example("用 `&nbsp;` 表示不换行空格", because="讲 HTML 的文章，反引号里是代码"),
            Example("AT&T 公司与 R&D 投入", because="一个 & 号不是实体"),
            Example("修复了 #1234; 和 #56789; 两个问题", because="编号，不是中文的码位"),
        ),
    ),
    Repair(
        id="carriage-return-token",
        why="从表格或 JSON 里导出的文本把回车写成了 _x000D_ 或 x0dx0a。",
        pattern=re.compile("_x000[dD]_|x0dx0a"),
        mend=lambda _: "\n",
        examples=(("第一行_x000D_第二行", "第一行\n第二行"),),
    ),
    Repair(
        id="literal-line-feed",
        why="换行在导出时变成了反斜杠加 n 两个字符。",
        pattern=re.compile(rf"(?<=[{WIDE}])(?:(?:\\r)?\\n)+(?=[\s\\{WIDE}]|$)"),
        mend=lambda m: "\n" * m[0].count("n"),
        examples=(
            ("第一段。\\n第二段。", "第一段。\n第二段。"),
            ("第一段。\\r\\n\\r\\n第二段。", "第一段。\n\n第二段。"),
        ),
        counterexamples=(Example("路径是 D:\\new\\data", because="反斜杠前面不是汉字"),),
    ),
    Repair(
        id="control-characters",
        why="不可见的控制字符不属于文字，会打断检索，也会弄坏别的软件。",
        pattern=re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ufdd0-\ufdef]+"),
        mend=lambda _: "",
        examples=(("正\x00文", "正文"),),
    ),
    Repair(
        id="lone-surrogates",
        why="半个代理对不是字符，写不进任何文件。",
        pattern=re.compile("[\ud800-\udfff]"),
        mend=lambda _: "\ufffd",
        examples=(("正\ud83d文", "正\ufffd文"),),
    ),
)

# One pass says whether there is anything to do; most texts end here.
DAMAGE = re.compile(
    "[\u2e80-\u2fdf\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff&\\\\#_]|x0d"
)


def repair(original: str) -> tuple[Edit, ...]:
    """
    The edits that put damaged characters right: sorted, disjoint.

    >>> [(e.rule, e.before, e.after) for e in repair("⽅法&nbsp;一")]
    [('radical-forms', '⽅', '方'), ('broken-entity', '&nbsp;', '\\xa0')]
    """
    if not DAMAGE.search(original):
        return ()
    found = merge(*(_edits(kind, original) for kind in REPAIRS), key=lambda edit: edit.start)
    return tuple(_disjoint(found))


def _edits(kind: Repair, original: str) -> Iterator[Edit]:
    for m in kind.pattern.finditer(original):
        after = kind.mend(m)
        if after is not None and after != m[0]:
            yield Edit(kind.id, m.start(), m.end(), m[0], after)


def _disjoint(edits: Iterator[Edit]) -> Iterator[Edit]:
    at = 0
    for edit in edits:
        if edit.start >= at:
            yield edit
            at = edit.end
