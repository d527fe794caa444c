"""
Tags of HTML that were left in sentences when a page was turned into text: 船来了<br/><br />他站起来.

A text about HTML prints tags as well, and says so; a formula has `<b>` between Latin letters.
So tags go where Chinese stands on both sides of them and the text has no word for what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.characters import HAN
from cleaners.compare import header
from cleaners.page import Mark, Page, Part

TAGS_IN_SENTENCES = header(
    "tags-in-sentences", "conversion_residue",
    "句子里剩下的 HTML 标签，网页变成文字时没有去掉；标签之间的字留下。",
    "船来了，<br/><br />他站起来。", "换行用<br/>标签，段落用<p>标签。", "文章在讲 HTML",
)  # fmt: skip
RULES = (TAGS_IN_SENTENCES,)

_NAMES = "p|br|div|span|font|strong|em|b|i|u|a|img|section|li|ul|ol|td|tr|table|tbody|center|h[1-6]|script|input|o:p"
_ATTRIBUTES = r"(?:\s{1,9}[a-zA-Z:-]{1,30}(?:\s?=\s?(?:\"[^\"<>\n]{0,200}\"|'[^'<>\n]{0,200}'|[^\s\"'<>]{1,100}))?){0,12}"
TAGS = re.compile(f"(?:</?(?:{_NAMES}){_ATTRIBUTES}\\s?/?>\\s?)+", re.IGNORECASE)
STYLE = re.compile("</?(?:i|b|u|em|strong|font)(?: [a-z]{1,9}=[^<>]{1,40})?>", re.IGNORECASE)
# What a text says that is about them.
TALK = re.compile(
    r"标签|標籤|元素|属性|html|代码|前端|浏览器|css|javascript|正则|<!--|```|爬虫|模板|function|\{\{|\$\{",
    re.IGNORECASE,
)
CHINESE = re.compile(f"[{HAN}]")
BESIDE = re.compile(f"[{HAN}，。：；！？、“”‘’（）《》…—\u3000]")


def leftovers(page: Page, part: Part, taken: frozenset[int]) -> Iterator[Mark]:
    """The marks of tags in sentences of a part; lines that are `taken` are not looked at."""
    text = page.original
    if text.find("<", part.start, part.end) < 0 or TALK.search(text, part.start, part.end):
        return
    for number in page.lines_between(part.start, part.end):
        line = page.lines[number]
        if number in taken or number in page.code:
            continue
        if not CHINESE.search(text, line.start, line.end):
            continue
        known = TAGS if page.is_prose(number) else STYLE  # other lines may be a program's
        for tags in known.finditer(text, line.start, line.end):
            start, end = tags.span()
            before = start == line.start or BESIDE.match(text, start - 1)
            behind = end == line.end or BESIDE.match(text, end)
            if before and behind and end - start < line.end - line.start:
                yield Mark(TAGS_IN_SENTENCES, start, end)
