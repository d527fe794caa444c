"""How much each block speaks for being the text, and what the names around it say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cleaners.document import Role
from cleaners.html.page import Page

# Words of class and id names, from the vocabulary of common content systems. They are priors:
# a subtree that holds WIDE_SHARE of the page's prose is not touched by any of them.
_GOOD = (
    "article artical content contents maincontent entry post postmessage detail neirong zhengwen "
    "wenzhang trs editor richtext rich story body main text answer bestanswer best message xilan "
    "cont conts markdown para paragraph fulltext newstext"
)
_BAD = (
    "comment comments commentlist pinglun reply replies respond related relate relative "
    "recommend recommends recom rec tuijian xiangguan hot rank ranking paihang footer foot "
    "bottom copyright header nav navi navbar menu side sidebar sidebox aside widget breadcrumb "
    "breadcrumbs crumb crumbs location position share sharebox shares bdsharebuttonbox ad ads "
    "adv advert advertisement gg guanggao banner promo sponsor login register popup pop dialog "
    "modal mask toast tooltip pagination pager pages page_nav prevnext pre_next prev next "
    "tag tags keywords toolbar tools tool btn button qrcode ewm erweima qr weixin wechat "
    "download app links friendlink friendlinks search statement shengming disclaimer jubao "
    "report editor_info zebian subscribe newsletter guess like likes digg vote right author "
    "profile userinfo signature sign pls avatar rate score feedback more read_more extend "
    "toc catalog gutter lineno linenos cmt cmts liuyan huifu guestbook discuss"
)
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+(?![a-z])")
_GOOD_WORDS, _BAD_WORDS = frozenset(_GOOD.split()), frozenset(_BAD.split())

WIDE_SHARE = 0.3
BAD_FACTOR = 0.15
WIDE_FACTOR = 0.4  # for a badly named subtree with more than WIDE_SHARE of the prose
SHORT_PROSE = 6  # units of the shortest sentence
LONG_LABEL = 30  # units; a longer line is no label
LINKED, FEW_LINKS = 0.5, 0.2  # share of link text
MOST_LINK = 30  # units of a link after which it weighs no more
MAX_LEGAL = 300  # characters
MAX_FILES_HEAD = 12  # characters of a line like 附件：


@dataclass(frozen=True, slots=True)
class Weights:
    """Per block its weight, size and prose; per element what the subtree sums to."""

    units: list[float]  # size of each block: Han characters, Latin letters counting a third
    prose: list[float]  # of it, what reads like sentences
    weight: list[float]
    said: list[int]  # per element: what its own name says, -1 to 1
    sub_units: list[float]
    sub_prose: list[float]
    sub_link: list[float]  # units inside links
    files: frozenset[int] = frozenset()  # blocks that are links to attachments


@lru_cache(maxsize=4096)  # they repeat, on a page and on a site
def name_verdict(name: str) -> int:
    """
    What a class or id attribute says: 1 for text, -1 for furniture, 0 for nothing.

    >>> name_verdict("article-content"), name_verdict("relatedNews"), name_verdict("w1000")
    (1, -1, 0)
    """
    words = {word.lower() for word in _WORD.findall(name)}
    if words & _BAD_WORDS:
        return -1
    return 1 if words & _GOOD_WORDS else 0


_COMMENTS = re.compile(r"comment|pinglun|liuyan|guestbook|\bcmts?\b|disqus|gitalk", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_comments(name: str) -> bool:
    """Whether a class or id attribute says that what readers wrote stands there."""
    return _COMMENTS.search(name) is not None


def size(text: str) -> float:
    """
    Length in Han characters; three Latin letters count as one.

    >>> size("正本清源"), size("origin")
    (4.0, 2.0)
    """
    total = len(text)
    if text.isascii():
        return total / 3
    wide = (len(text.encode("utf-8", "replace")) - total) / 2
    return wide + max(total - wide, 0) / 3


_LEGAL = (
    *("版权所有", "版權所有", "Copyright", "copyright", "COPYRIGHT", "©", "ights Reserved"),
    *(
        "ights reserved",
        "RIGHTS RESERVED",
        "ICP备",
        "ICP備",
        "ICP证",
        "公网安备",
        "网安备",
        "举报电话",
    ),
    *(
        "举报热线",
        "举报邮箱",
        "客服电话",
        "客服热线",
        "客服邮箱",
        "服务热线",
        "统一举报",
        "许可证",
        "网站地图",
    ),
    *("網站地圖", "主办单位", "技术支持", "备案", "不良信息", "书面授权", "法律责任"),
)


_ANY_LEGAL = re.compile("|".join(map(re.escape, _LEGAL)))


def is_legal(text: str) -> bool:
    """
    Whether a line is the legal notice at a page's foot: two of its words.

    >>> is_legal("版权所有 © 某某网 京ICP备00000000号"), is_legal("他说，许可证已经发下来了。")
    (True, False)
    """
    if len(text) > MAX_LEGAL or not _ANY_LEGAL.search(text):
        return False
    return sum(word in text for word in _LEGAL) > 1


_SENTENCE = re.compile(r"[，。！？；]|…[^…]*…|[,.] |(?:[.!?]|\.\")\Z")


def has_sentence(text: str) -> bool:
    """
    Whether a line has the punctuation that sentences have and labels have not.

    >>> has_sentence("他说，船来了。"), has_sentence("The ship has come."), has_sentence("船 3.5 元")
    (True, True, False)
    """
    return "，" in text or "。" in text or _SENTENCE.search(text) is not None


def weigh(page: Page, headline: int = -1) -> Weights:
    """Weights for all blocks and sums for all elements; linear in both."""
    files, plain, units, prose, weight, own = _measured(page)
    _sum_up(page.parent, own)
    said, bad, good = _named(page, own, headline)
    for i in plain:
        _, at, _, role, _ = page.blocks[i]
        if prose[i]:
            weight[i] = prose[i] * bad[at]
        else:
            written = page.tag[at] == "p" or (good[at] and bad[at] == 1)
            weight[i] = _weight(role, units[i], bad[at], written=written)
    for i in files:
        if not prose[i]:
            weight[i] = min(units[i], MOST_LINK) * 0.3 * bad[page.blocks[i].at]
    return Weights(units, prose, weight, said, own.units, own.prose, own.link, files)


class _Sums(NamedTuple):
    """Per element: what it holds, first in blocks of its own, then in all below it."""

    units: list[float]
    prose: list[float]
    link: list[float]


class _Measured(NamedTuple):
    """What blocks are by themselves: `Weights` without the names around them."""

    files: frozenset[int]
    plain: list[int]  # the blocks that are no links
    units: list[float]
    prose: list[float]
    weight: list[float]  # of links; that of others depends on names
    own: _Sums


def _measured(page: Page) -> _Measured:
    """Size, prose and files of all blocks, in one turn: the page's links are most of them."""
    many = len(page.tag)
    own = _Sums([0.0] * many, [0.0] * many, [0.0] * many)
    own_units, own_prose, own_link = own
    units: list[float] = []
    prose = [0.0] * len(page.blocks)
    weight = [0.0] * len(page.blocks)
    files: list[int] = []
    plain: list[int] = []
    below = False
    for i, (text, at, link, role, _) in enumerate(page.blocks):
        total = len(text)
        if text.isascii():
            length = total / 3
        else:  # `size`, without the call
            wide = (len(text.encode("utf-8", "replace")) - total) / 2
            length = wide + (total - wide) / 3 if wide < total else wide
        units.append(length)
        own_units[at] += length
        if link * 2 > total:
            own_link[at] += length * (link / total)
            felt = length if length < MOST_LINK else MOST_LINK  # noqa: FURB136 - min() is a call
            weight[i] = -2 - felt * 0.4
            if below or (("." in text or "附" in text) and _is_file(text)):
                files.append(i)
            continue
        plain.append(i)
        below = total <= MAX_FILES_HEAD and _is_files_head(text)
        density = 0.0
        if link:
            density = link / total
            own_link[at] += length * density
        if (
            length >= SHORT_PROSE
            and density < LINKED
            and role != "heading"
            and _is_prose(text, length, density)
        ):
            prose[i] = read = length * (1 - density)
            own_prose[at] += read
    for i in files:
        own_link[page.blocks[i].at] = 0.0  # to be kept as text is
    return _Measured(frozenset(files), plain, units, prose, weight, own)


def _sum_up(parent: list[int], own: _Sums) -> None:
    """Adds to each element what is below it."""
    units, prose, link = own
    for at in range(len(parent) - 1, 0, -1):
        if units[at]:
            above = parent[at]
            units[above] += units[at]
            if prose[at]:
                prose[above] += prose[at]
            if link[at]:
                link[above] += link[at]


_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|xlsx?|pptx?|zip|rar|7z|wps|et|ofd|txt|csv)\W{0,3}(?:$|[(（])|^\W{0,2}附[件表图] ?[\d一二三四五六七八九十：:]",
    re.IGNORECASE,
)
_FILES_HEAD = re.compile(
    r"^\W{0,2}(?:相关)?(?:附件|下载)(?:下载|列表)?[\d一二三四五六七八九十]{0,2}\W{0,2}$"
)


def _is_file(text: str) -> bool:
    """Whether a link is an attachment, by the name of a file or by 附件."""
    return ("." in text[-9:] or "附" in text) and _FILE_NAME.search(text) is not None


def _is_files_head(text: str) -> bool:
    """Whether a line says 附件, so that the links below it are attachments."""
    return ("附件" in text or "下载" in text) and _FILES_HEAD.match(text) is not None


def _named(page: Page, sums: _Sums, headline: int) -> tuple[list[int], list[float], list[bool]]:
    """
    Per element: what its own name says, the factor that bad names in it or above leave of its
    weight, and whether a good name is near.
    """
    sub_units, sub_prose, sub_link = sums
    wide = sub_prose[0] * WIDE_SHARE if sub_prose else 0.0
    around: set[int] = set()  # the headline
    above = page.blocks[headline].at if headline >= 0 else -1
    while above >= 0:
        around.add(above)
        above = page.parent[above]
    total = len(page.tag)
    own, factors, good = [0] * total, [1.0] * total, [False] * total
    tags, parents, names = page.tag, page.parent, page.name
    for at, (units, link) in enumerate(zip(sub_units, sub_link, strict=True)):
        if units <= link:  # nothing or links only: most elements
            continue
        name = names[at]
        said = -1 if tags[at] in _BAD_TAGS else name_verdict(name) if name else 0
        above = parents[at]  # of the root -1, where nothing is known yet
        factor, near = factors[above], good[above]
        if not said:
            factors[at], good[at] = factor, near
            continue
        if said < 0:
            if sub_prose[at] > wide and (at in around or at == 0):
                said = 0  # a wrapper of the headline and of much prose is no furniture
            else:
                named = BAD_FACTOR if sub_prose[at] <= wide else WIDE_FACTOR
                factor = min(factor, named)
                near = False
        own[at], factors[at], good[at] = said, factor, near or said > 0
    return own, factors, good


_BAD_TAGS = frozenset(("nav", "footer", "aside", "menu"))


def _is_prose(text: str, units: float, density: float) -> bool:
    """Sentences, or a line too long for a label; no legal notice."""
    return (has_sentence(text) or (units >= LONG_LABEL and density < FEW_LINKS)) and not is_legal(
        text
    )


def _weight(role: Role, units: float, bad: float, *, written: bool) -> float:
    """
    Of what is neither prose nor a link. `written`: in a `<p>` or under a good name, so that even
    a label is likely to be text.
    """
    if role == "code":
        return units * bad
    if role == "table":
        return -0.2
    if written:
        return min(units, 20) * 0.3 * bad
    return -1.5 if units < LONG_LABEL else -0.5
