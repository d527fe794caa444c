"""Code that shows where text should be: entities, escapes, tags."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from cleaners.repair.kind import Found, Repair, each
from cleaners.rules import Example

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
WIDE = HAN + "，。、；：？！“”‘’（）《》【】…—"
EXPECTED = re.compile(f"[{HAN}\u2010-\u203b\u3000-\u3020\uff00-\uffef]")


def _unescape(m: re.Match[str]) -> str | None:
    """What an entity stands for; None for one that the text shows on purpose, as code."""
    if m.string[max(0, m.start() - 1) : m.start()] == "`":
        return None
    if m["bare"]:
        return " "
    meant = html.unescape(f"&{m['number'] or m['name']}")
    if not m[0].startswith("&") and not EXPECTED.fullmatch(meant):
        return None  # without its & sign only what Chinese text has: #1234; is a ticket
    return None if meant.startswith("&") and len(meant) > 1 else meant


_ENTITY = re.compile(
    r"(?:&amp;|&)?(?P<number>\#x[0-9a-fA-F]{4,5};|\#[0-9]{4,6};)"
    r"|&(?:amp;)?(?P<name>(?:nbsp|ensp|emsp|thinsp|quot|ldquo|rdquo|lsquo|rsquo|hellip|mdash|middot|lt|gt|amp);)"
    rf"|(?P<bare>(?:(?<=[{WIDE};\n])nbsp;)+(?=[{WIDE}\n]|nbsp;))"
)
_CARRIAGE_RETURN = re.compile("_x000[dD]_|x0dx0a")


def _entities(text: str) -> Iterator[Found]:
    if ";" in text and ("&" in text or "#" in text or "nbsp;" in text):
        yield from each(_ENTITY, _unescape)(text)


def _carriage_returns(text: str) -> Iterator[Found]:
    if "x0" in text:
        yield from each(_CARRIAGE_RETURN, lambda _: "\n")(text)


# ------------------------------------------------------------------------------ tags
_TAG = re.compile(
    r"</?(?P<name>p|br|div|span|font|strong|em|b|i|u|h[1-6]|center|nobr)(?P<rest>\s[^<>\n]{0,200}|)/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile("p|br|div|h[1-6]|center", re.IGNORECASE)
# A text that speaks of markup shows it on purpose.
_ABOUT_MARKUP = re.compile(
    r"(?i)```|<(?:html|head|body|script|style|!doctype)\b|html|标签|元素|网页代码|源代码|源码|语法"
)
_OFTEN = 3  # tags in a text
_STOP = "。！？!?…”"


def _tags(text: str) -> Iterator[Found]:
    """
    Tags in a text that has several and is not about them.

    Closing tags behind a full stop are for a rule (`closing-tag-behind`): it cuts them.
    """
    tags = list(_TAG.finditer(text))
    if len(tags) < _OFTEN or _ABOUT_MARKUP.search(text):
        return
    for m in tags:
        before, after = text[max(0, m.start() - 1) : m.start()], text[m.end() : m.end() + 1]
        if m[0].startswith("</") and before and before in _STOP:
            continue
        edge = not before.strip() or not after.strip()
        block = _BLOCK.fullmatch(m["name"]) is not None
        yield *m.span(), "\n" if block and not edge else ""


_ANGLE = re.compile(r"^[ \t\xa0\u3000]{0,8}[0-9]{1,2}[.、](>)(?=[^\s>=0-9])", re.MULTILINE)


def _angles(text: str) -> Iterator[Found]:
    return ((*m.span(1), "") for m in _ANGLE.finditer(text))


# ------------------------------------------------------- a link's text, printed twice
_BEHIND_QUOTE = re.compile(f'"([{HAN}]{{2,8}})')


def _twice(text: str) -> Iterator[Found]:
    done = 0
    for m in _BEHIND_QUOTE.finditer(text):
        for length in range(len(m[1]), 1, -1):
            start = m.start() - length
            word = m[1][:length]
            if start >= done and text.startswith(word, start) and '"' not in (
                text[start - 1 : start], text[m.start() + 1 + length : m.start() + 2 + length],
            ):  # fmt: skip
                done = m.start() + 1 + length
                yield m.start(), done, ""
                break


REPAIRS = (
    Repair(
        id="broken-entity",
        why="转义的实体没有还原，或者丢了 & 号，露出来的是代码，不是文字。",
        seen="",
        find=_entities,
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
        seen="",
        find=_carriage_returns,
        examples=(("第一行_x000D_第二行", "第一行\n第二行"),),
    ),
    Repair(
        id="literal-line-feed",
        why="换行在导出时变成了反斜杠加 n 两个字符。",
        seen="\\\\",
        find=each(
            re.compile(rf"(?<=[{WIDE}])(?:(?:\\r)?\\n)+(?=[\s\\{WIDE}]|$)"),
            lambda m: "\n" * m[0].count("n"),
        ),
        examples=(
            ("第一段。\\n第二段。", "第一段。\n第二段。"),
            ("第一段。\\r\\n\\r\\n第二段。", "第一段。\n\n第二段。"),
        ),
        counterexamples=(Example("路径是 D:\\new\\data", because="反斜杠前面不是汉字"),),
    ),
    Repair(
        id="literal-blank",
        why="空格在导出时变成了 \\u3000 这样的转义。",
        seen="\\\\",
        find=each(
            re.compile(rf"(?<![`A-Za-z])(?:\\u3000|\\u00a0|\\xa0)+(?=[{WIDE}])", re.IGNORECASE),
            lambda _: " ",
        ),
        examples=(("\\u3000\\u3000河水退了。", " 河水退了。"),),
        counterexamples=(Example("全角空格写作 `\\u3000`。", because="讲编码的文章"),),
    ),
    Repair(
        id="left-over-tag",
        why="富文本的标签没有去掉，夹在文章里；讲网页的文章除外。",
        seen="<",
        find=_tags,
        examples=(
            ("雨停了<br>天晴了，这是<strong>重点</strong>句", "雨停了\n天晴了，这是重点句"),
            ("<p>雨停了</p>\n<p>天晴了</p>", "雨停了\n天晴了"),
        ),
        counterexamples=(
            Example("段落写在<p>和</p>标签里，换行用<br>", because="讲 HTML 的文章"),
            Example("换行写作 <br>，段落写作 <p>", because="只有两处"),
            Example("当a<b时，i>j不成立", because="比较，不是标签"),
        ),
    ),
    Repair(
        id="stray-angle",
        why="列表序号后面剩下一个 > 号，是标签的残余。",
        seen=">",
        find=_angles,
        examples=(("2.>检查电源", "2.检查电源"),),
        counterexamples=(Example("若 x>3 则停", because="比较"),),
    ),
    Repair(
        id="text-printed-twice",
        why='链接的文字印了两遍，中间剩一个引号：要求"要求。',
        seen='"',
        find=_twice,
        examples=(('按照大会的要求"要求，认真落实', "按照大会的要求，认真落实"),),
        counterexamples=(
            Example('他喊"加油"加油声四起', because="引语后面恰好是同一个词，引号成对"),
        ),
    ),
)
