"""How much each block speaks for being the text, and what the names around it say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleaners.html.blocks import Block, Page

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
    "toc catalog gutter lineno linenos"
)
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+(?![a-z])")
_GOOD_WORDS, _BAD_WORDS = frozenset(_GOOD.split()), frozenset(_BAD.split())

WIDE_SHARE = 0.3
BAD_FACTOR = 0.15
WIDE_FACTOR = 0.4  # for a badly named subtree with more than WIDE_SHARE of the prose
SHORT_PROSE = 6  # units of the shortest sentence
LONG_LABEL = 30  # units; a longer line is no label
LINKED, FEW_LINKS = 0.5, 0.2  # share of link text
MAX_LEGAL = 300  # characters


@dataclass(frozen=True, slots=True)
class Weights:
    """Per block its weight, size and prose; per element what the subtree sums to."""

    units: list[float]  # size of each block: Han characters, Latin letters counting a third
    prose: list[float]  # of it, what reads like sentences
    weight: list[float]
    end: list[int]  # per element: index after its subtree
    said: list[int]  # per element: what its own name says, -1 to 1
    sub_units: list[float]
    sub_prose: list[float]
    sub_link: list[float]  # units inside links


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
    *("網站地圖", "主办单位", "技术支持", "备案"),
)


def is_legal(text: str) -> bool:
    """
    Whether a line is the legal notice at a page's foot: two of its words.

    >>> is_legal("版权所有 © 某某网 京ICP备00000000号"), is_legal("他说，许可证已经发下来了。")
    (True, False)
    """
    if len(text) > MAX_LEGAL:
        return False
    return sum([word in text for word in _LEGAL]) > 1


def sentences(text: str) -> int:
    """Punctuation that sentences have and labels have not."""
    count = text.count
    found = count("，") + count("。") + count("！") + count("？") + count("；") + count("…") // 2
    if not found or text.isascii():
        found += count(", ") + count(". ") + text.endswith((".", "!", "?", '."'))
    return found


def weigh(page: Page, headline: int = -1) -> Weights:
    """Weights for all blocks and sums for all elements; linear in both."""
    total = len(page.tag)
    units: list[float] = []
    prose: list[float] = []
    sub_units, sub_prose, sub_link = [0.0] * total, [0.0] * total, [0.0] * total
    for block in page.blocks:
        length = size(block.text)
        density = block.link / len(block.text)
        is_prose = _is_prose(block, length, density)
        units.append(length)
        prose.append(length * (1 - density) if is_prose else 0.0)
        sub_units[block.at] += length
        sub_prose[block.at] += prose[-1]
        sub_link[block.at] += length * density
    end = list(range(1, total + 1))
    parent = page.parent
    for at in range(total - 1, 0, -1):
        above = parent[at]
        sub_units[above] += sub_units[at]
        sub_prose[above] += sub_prose[at]
        sub_link[above] += sub_link[at]
        if end[at] > end[above]:  # noqa: PLR1730 - max() costs a call per element
            end[above] = end[at]
    said, bad, good = _named(page, sub_prose, end, headline)
    weight = [
        _weight(
            block,
            units[i],
            prose[i],
            bad[block.at],
            written=page.tag[block.at] == "p" or (good[block.at] and bad[block.at] == 1),
        )
        for i, block in enumerate(page.blocks)
    ]
    return Weights(units, prose, weight, end, said, sub_units, sub_prose, sub_link)


def _named(
    page: Page, sub_prose: list[float], end: list[int], headline: int
) -> tuple[list[int], list[float], list[bool]]:
    """
    Per element: what its own name says, the factor that bad names in it or above leave of its
    weight, and whether a good name is near.
    """
    verdicts: dict[str, int] = {}
    wide = sub_prose[0] * WIDE_SHARE if sub_prose else 0.0
    title_at = page.blocks[headline].at if headline >= 0 else -1
    own: list[int] = []
    factors: list[float] = []
    good: list[bool] = []
    for at, name in enumerate(page.name):
        above = page.parent[at]
        factor, near = (factors[above], good[above]) if above >= 0 else (1.0, False)
        said = 0
        if name:
            found = verdicts.get(name)
            if found is None:
                found = verdicts[name] = name_verdict(name)
            said = found
        if page.tag[at] in _BAD_TAGS:
            said = -1
        if said < 0 and sub_prose[at] > wide and (at <= title_at < end[at] or at == 0):
            said = 0  # a wrapper of the headline and of much prose is no furniture
        if said < 0:
            factor = min(factor, BAD_FACTOR if sub_prose[at] <= wide else WIDE_FACTOR)
        own.append(said)
        factors.append(factor)
        good.append(said > 0 or (near and said == 0))
    return own, factors, good


_BAD_TAGS = frozenset(("nav", "footer", "aside", "menu"))


def _is_prose(block: Block, units: float, density: float) -> bool:
    """Sentences, or a line too long for a label; not what is mostly link or a legal notice."""
    if density >= LINKED or block.role == "heading":
        return False
    if units >= SHORT_PROSE and sentences(block.text) > 0:
        return not is_legal(block.text)
    return units >= LONG_LABEL and density < FEW_LINKS and not is_legal(block.text)


def _weight(block: Block, units: float, prose: float, bad: float, *, written: bool) -> float:
    """`written`: in a `<p>` or under a good name, so that even a label is likely to be text."""
    if prose:
        return prose * bad
    if block.link > LINKED * len(block.text):
        return -2 - min(units, 30) * 0.4
    if block.role == "code":
        return units * bad
    if block.role == "table":
        return -0.2
    if written:
        return min(units, 20) * 0.3 * bad
    return -1.5 if units < LONG_LABEL else -0.5
