"""What goes from inside the chosen element: page furniture only. Prose is never cut."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleaners.html.page import Block, Page
from cleaners.html.weigh import WIDE_SHARE, Weights, is_comments

FEW_ITEMS = 3
SHORT_LABEL, LONG_TITLE, LONG_LINK = 12, 30, 60  # units of a button, a heading, a link's text
LINK_ONLY = 0.8  # share of link text in a line that is nothing else
SMALL_TAIL = 0.15  # share of the prose that may stand under a heading like 相关阅读
MANY_LINKS = 0.2  # share of link lines in a list of other pages
DATE_LINE = 24  # characters of a line that is only a date, or little more
LONG_ITEM = 120  # Han characters of prose that no teaser has

_OTHER_PAGES = (
    r"(?:(?:相关|延伸|推荐|更多|精彩|热门|最新|往期|热点)"
    r"(?:阅读|新闻|链接|推荐|文章|报道|专题|资讯|内容|评论|图片|视频|回答|问题)"
    r"|猜[你您]喜欢|[为给][你您]推荐|[你您]可能.{0,8}|大家都在.{0,4}|上一[篇页条章].*|下一[篇页条章].*"
    r"|(?:全部|网友|用户|发表|参与|我要|最[新热])?评论)"
)
_TAIL_HEAD = re.compile(rf"^\W*{_OTHER_PAGES}[\W\d]*$")
_LOOSE_TAIL_HEAD = re.compile(
    r"^\W*(?:相关|延伸|推荐|更多|精彩|热门|最新|往期|猜|[你您]可能|大家)[^，。！？；]{0,10}$"
)
_BUTTON = re.compile(
    rf"^\W*(?:{_OTHER_PAGES}|分享(?:[到至].{{0,6}})?|已?收藏(?:本[文页])?|点赞|打印(?:本[文页])?"
    r"|关闭(?:窗口|本页)?|返回(?:顶部|首页|列表)?|字[体号].{0,8}|扫一扫.{0,8}|举报|展开(?:全[文部])?"
    r"|收起|点?击?查看更多|阅读原文|复制链接|关注|标签)[\W\d]*$"
)


class _Subtree(NamedTuple):
    """An element, the index after those that stand in it, and its blocks."""

    at: int
    end: int
    blocks: range


def trim(page: Page, weights: Weights, chosen: int, headline: int) -> list[int]:
    """Indices of the blocks to keep, in document order."""
    end = page.end(chosen)
    inside = [i for i, (_, at, _, _, _) in enumerate(page.blocks) if chosen <= at < end]
    subtree = _Subtree(chosen, end, range(inside[0], inside[-1] + 1) if inside else range(0))
    dropped = _dropped(page, weights, subtree, headline)
    kept = [i for i in inside if not dropped[page.blocks[i].at - chosen]]
    home = _home(page, weights, kept)
    kept = _after_headline(page, weights, kept, headline, home)
    kept = _ends(page.blocks, weights, kept)
    return _tail(page, weights, kept, home)


def _home(page: Page, weights: Weights, kept: list[int]) -> set[int]:
    """The elements in which prose, tables and code stand, and those right around them."""
    home: set[int] = set()
    for i in kept:
        block = page.blocks[i]
        if weights.prose[i] or block.role in ("table", "code") or i in weights.files:
            home.add(block.at)
            home.add(page.parent[block.at])
    return home


def _at_home(page: Page, block: Block, home: set[int]) -> bool:
    at = block.at
    if at in home or page.parent[at] in home:
        return True
    return page.tag[at] in ("li", "dd", "dt") and page.parent[page.parent[at]] in home


def _tail(page: Page, weights: Weights, kept: list[int], home: set[int]) -> list[int]:
    """After the last prose only what stands beside it stays, and credits wherever they are."""
    last = max(
        (n for n, i in enumerate(kept) if weights.prose[i] or i in weights.files), default=len(kept)
    )
    return [
        i
        for n, i in enumerate(kept)
        if n <= last or _at_home(page, page.blocks[i], home) or _CREDIT.match(page.blocks[i].text)
    ]


_CREDIT = re.compile(
    r"^[\s\W]{0,4}(?:本文|文章|稿件|新闻|信息)?(?:责任编辑|责编|编辑|作者|记者|来源|出处|摄影|校对|审核|监制|"
    r"原标题|转载|声明|免责|版权|发布|时间|日期|撰文|文)"
)


def _dropped(page: Page, weights: Weights, subtree: _Subtree, headline: int) -> list[bool]:
    """Per element of the chosen subtree: it, or what is around it, is furniture."""
    chosen = subtree.at
    wide = weights.sub_prose[chosen] * WIDE_SHARE
    listed = _listed(page, weights, subtree, headline)
    text = _text_under(page, weights, headline) if headline >= 0 else len(page.tag)
    title_at = page.blocks[headline].at if headline >= 0 else -1
    dropped: list[bool] = []
    for at in range(chosen, subtree.end):
        above = page.parent[at]
        if at == chosen:
            dropped.append(False)
            continue
        verdict = dropped[above - chosen]
        if not verdict:
            prose = weights.sub_prose[at]
            units = weights.sub_units[at]
            named = weights.said[at] < 0
            links = weights.sub_link[at]
            verdict = (
                at in listed
                or (named and at > text and at > title_at and is_comments(page.name[at]))
                or (named and (prose <= wide or links > 0.2 * units))
                or (units > 0 and links > 0.6 * units and prose < 0.3 * units)
            )
        dropped.append(verdict)
    return dropped


_DATE = re.compile(r"\d{1,4}[-/.年月]\d{1,2}|\d{1,2}:\d\d|[前天时分]前|昨天|今天")


def _listed(page: Page, weights: Weights, subtree: _Subtree, headline: int) -> set[int]:
    """
    Repeated siblings of one signature that are a list of other pages: each has a label (a link,
    a heading, a date) and little prose. Forum posts are longer, or are most of the text.
    """
    chosen = subtree.at
    labelled: set[int] = set()
    for i in subtree.blocks:
        text, inner, link, role, _ = page.blocks[i]
        if chosen < inner and (
            link * 2 > len(text)
            or role == "heading"
            or (len(text) < DATE_LINE and _DATE.search(text))
        ):
            at = inner
            while at > chosen and at not in labelled:
                labelled.add(at)
                at = page.parent[at]
    groups: dict[tuple[int, str], list[int]] = {}
    for at in sorted(labelled):
        if page.name[at] and weights.sub_prose[at] < LONG_ITEM:
            groups.setdefault((page.parent[at], page.name[at]), []).append(at)
    half = weights.sub_prose[chosen] * 0.5
    text = _text_under(page, weights, headline)
    found: set[int] = set()
    for group in groups.values():
        if len(group) >= FEW_ITEMS and (
            sum(weights.sub_prose[at] for at in group) < half
            or (headline >= 0 and _are_comments(page, weights, group[0], headline, text))
        ):
            found.update(group)
    return found


def _are_comments(page: Page, weights: Weights, item: int, headline: int, text: int) -> bool:
    """
    Whether repeated items are comments, even if longer than the text: a name around them says
    so, and between the headline and them stands a text (`text`: the element where it begins).
    """
    above = item
    while above >= 0 and weights.said[above] >= 0:
        above = page.parent[above]
    if above < 0 or page.is_in(page.blocks[headline].at, above):
        return False
    return text < above


def _text_under(page: Page, weights: Weights, headline: int) -> int:
    """The element of the first prose below the headline; past the last one if there is none."""
    below = range(headline + 1, len(page.blocks))
    return next((page.blocks[i].at for i in below if weights.prose[i]), len(page.tag))


def _after_headline(
    page: Page, weights: Weights, kept: list[int], headline: int, home: set[int]
) -> list[int]:
    if headline < 0:
        return kept
    before = sum(weights.prose[i] for i in kept if i < headline)
    if before > 0.2 * sum(weights.prose[i] for i in kept):
        return kept
    return [
        i
        for i in kept
        if i >= headline
        or page.blocks[i].at in home
        or (page.tag[page.blocks[i].at] == "p" and _at_home(page, page.blocks[i], home))
    ]


def _links_after(blocks: list[Block], start: int, stop: int) -> float:
    after = blocks[start + 1 : stop + 1]
    linked = sum(block.link * 2 > len(block.text) for block in after)
    return linked / len(after) if after else 0.0


def _ends(blocks: list[Block], weights: Weights, kept: list[int]) -> list[int]:
    """Cut what a heading like 相关阅读 opens at the end, and link-only or button-like lines."""
    total = sum(weights.prose[i] for i in kept)
    after = 0.0
    cut = len(kept)
    for place in range(len(kept) - 1, -1, -1):
        i = kept[place]
        text = blocks[i].text
        if len(text) < LONG_TITLE and (
            (after <= SMALL_TAIL * total and _TAIL_HEAD.match(text))
            or (_LOOSE_TAIL_HEAD.match(text) and _links_after(blocks, i, kept[-1]) > MANY_LINKS)
        ):
            cut = place
        after += weights.prose[i]
    return [
        i
        for i in kept[:cut]
        if i in weights.files or not _is_button(blocks[i], weights.units[i], weights.prose[i])
    ]


def _is_button(block: Block, units: float, prose: float) -> bool:
    if block.link > LINK_ONLY * len(block.text):
        return not prose and units < LONG_LINK
    return not prose and units < SHORT_LABEL and _BUTTON.match(block.text) is not None
