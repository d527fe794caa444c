"""
Brackets inside of a paragraph in which a site speaks: 【更多资料请访问某某网】.

A text has brackets of its own, so the words of a site must be nearly all that is said
in one, or stand beside an address. Nothing is judged that is quoted or told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.compare import header
from cleaners.page import Mark, Page, Part
from cleaners.shapes import ADDRESS, NARRATED
from cleaners.voice import LETTERS, voices

ASIDE = header(
    "aside-of-a-site", "watermark",
    "段落里括号中的话，几乎全是网站的用词，或者带着网址、账号：和正文没有关系的印记。",
    "第一遍水要浇透。【更多资料请关注公众号：某某文库】第二遍水隔三天再浇。",
    "各单位要及时更新网站内容（包括公众号、小程序），不得出错。", "括号里说的是正文谈的事",
)  # fmt: skip

RULES = (ASIDE,)

BRACKETS = re.compile(
    r"\([^()\[\]\n]{4,40}\)|\[[^()\[\]\n]{4,40}\]|\{[^{}\n]{4,40}\}|〖[^〖〗\n]{4,40}〗"
)
HANDLE = re.compile(
    f"{ADDRESS.pattern}|点(?:com|cn|net|cc|la|tv|me|org)|[a-z]{{2,}}[0-9]{{2,}}|[0-9]{{6,}}"
)
OWN = re.compile(
    '["「《]|以下|等$|、|简称|下称|见|包括|如|即|例如|图|表|附件|来源|引用|票|打赏|第 ?[0-9一二三四五六七八九十]'
)
SOURCE = re.compile(
    "[本此]?(?:文章?|资料|内容|作品|篇)(?:来自|源自|出自|转自|摘自|首发|由)[^。]{2,30}"
)
MOST = 0.6  # of the letters in brackets are words of sites
SOME = 0.3  # the same beside an address or an account
FEWEST = 2  # such words


def asides(page: Page, part: Part) -> Iterator[Mark]:
    """Marks for brackets that stand inside of the lines of one part."""
    # No bracket goes beyond its line, so none beyond its part.
    for found in BRACKETS.finditer(page.view.text, *page.view.towards((part.start, part.end))):
        if not of_a_site(found[0][1:-1]):
            continue
        start, end = page.view.origin(*found.span())
        line = page.lines[page.line_at(start)]
        whole = end - start >= len(page.text(page.line_at(start)))
        before = page.original[line.start : start]
        if before.count("“") > before.count("”"):
            continue
        if part.has(start) and not whole and line.role not in ("table", "code"):
            yield Mark(ASIDE, start, end)


def of_a_site(said: str) -> bool:
    """
    Whether words in brackets, in their folded spelling, are a site's.

    >>> of_a_site("更多资料请关注公众号:某某文库"), of_a_site("包括公众号、小程序")
    (True, False)
    """
    if OWN.search(said) or NARRATED.search(said):
        return False
    if SOURCE.fullmatch(said):
        return True
    heard = voices(said)
    letters = sum(map(len, LETTERS.findall(said)))
    share = heard.characters / letters if letters else 0.0
    return len(heard.words) >= FEWEST and share >= (SOME if HANDLE.search(said) else MOST)
