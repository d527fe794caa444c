"""Lists of other pages: links that are titles, in repeated siblings, and no prose but theirs."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from cleaners.html.page import Block, Page
from cleaners.html.weigh import BAD_FACTOR, Weights, is_legal

TITLE = 7.0  # units of the shortest link that may be a title
MOSTLY_LINK = 0.75  # of a line that is a link and a date at most
FEW_ITEMS = 5  # titles that make a list
MANY_TITLES = 40  # of a portal
LEVELS = 5  # elements between a title and the item that it heads
SENTENCE = 12.0  # units of prose that make a text below a headline
LINES = 30.0  # units of lines below a headline that are no prose, and yet a text
LITTLE_PROSE = 40.0  # units; less is no text where words say that it is a list
PER_TITLE = 10.0  # units of titles for one of prose: a portal's own lines
TEASER, LONG_TEASER = 160.0, 600.0  # units of prose of an item, and of one that ends in 阅读全文
LONG_HEADLINE = 9.0  # units that hardly any column's name has
LONG_TITLES = 9.0  # median units of titles; names of authors are shorter
DATE_LENGTH = 24  # characters beside a title
NEAR = 12  # blocks between a headline and its text
HALF = 0.5

_SITE_VOICE = re.compile(
    r"本[站网]|版权|版權|转载|轉載|侵权|举报|联系我们|不良信息|备案|许可证|收藏|加入|欢迎|"
    r"浏览器|分辨率|[Cc]opyright|客服|友情链接|免责|下载|关注|订阅"
)
_DATE = re.compile(r"\d{1,4}[-/.年月]\d{1,2}|\d{1,2}:\d\d|[前天时分]前|昨天|今天")
_FILE = re.compile(r"\.(?:docx?|pdf|xlsx?|pptx?|zip|rar|wps|ofd|txt)\b|^附[件表]", re.IGNORECASE)
_CHAPTER = re.compile(r"^(?:正文[ 　]*)?第[\d零〇一二三四五六七八九十百千两]{1,7}[章回节卷集]")
_PAGER = re.compile(
    r"^(?:尾页|末页|最后一页|共 ?\d{1,7} ?[页条篇].{0,30}|\d{1,5} ?/ ?\d{1,5} ?页?|Last ?»?|»)$"
)
_COLUMN = re.compile(
    r"列表|栏目|频道|公告$|通知$|新闻$|动态$|资讯$|要闻$|文章$|公开$|专栏$|归档|分类|更多|"
    r"第 ?\d{1,4} ?页|首页|快讯$|版块|论坛$|\b(?:news|archives?|category|blog)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(
    r"标签|標籤|话题[:：]|专题$|\btags?\b|相关的?(?:文章|内容|资讯|新闻)$|[/_-]tags?[/_-]",
    re.IGNORECASE | re.MULTILINE,
)
_SEARCH = re.compile(
    r"搜索结果|查询结果|检索结果|搜尋結果|的搜索|^搜索|^站内搜索|search results?|^search\b",
    re.IGNORECASE | re.MULTILINE,
)
_FOUND = re.compile(
    r"(?:找到|搜索到|检索到|查询到|共有|共).{0,12}\d[\d,]{0,9} ?(?:条|个|篇|项)(?:相关)?的?"
    r"(?:搜索)?(?:结果|记录|内容|信息|文章)|\b[\d,]{1,9} results?\b"
    r"|(?:没有|未|沒有)(?:能?)(?:找到|搜索到|检索到|查询到).{0,40}(?:结果|内容|信息|记录|文章|匹配)"
    r"|抱歉.{0,12}(?:没有|未)(?:找到|搜索到)"
)
_INDEX = re.compile(
    r"首页|网站地图|门户|目录|章节|导航|站点地图|\b(?:index|home|sitemap|contents)\b", re.IGNORECASE
)
_MORE = re.compile(
    r"(?:阅读|查看|点击|展开|继续)(?:全文|更多|详情|原文|阅读)|^(?:详情|详细|more)\W*$|read more|continue reading",
    re.IGNORECASE,
)
_TITLE_PARTS = re.compile(r"\s*(?:[_|｜»–—]|--+| - )\s*|-(?=[^-]{2,20}$)")


@dataclass(frozen=True, slots=True)
class _Items:
    """The titles of other pages, and the repeated siblings in which they stand."""

    titles: list[int]  # blocks, in order
    members: set[int]  # elements
    places: int  # how many lists they are in
    inside: list[bool]  # per element: in one of the members


def listing(page: Page, weights: Weights, headline: int) -> str:
    """The name of the kind of list that a page is, or nothing."""
    words = _said(page, headline)
    if _SEARCH.search(words) and _nothing_found(page, weights) and sum(weights.prose) < TEASER:
        return "search-page"
    items = _items(page, weights)
    if len(items.titles) < FEW_ITEMS or _are_parts(page, items, headline):
        return ""
    own = _own_prose(page, weights, items)
    if not _is_list(page, weights, headline, items, own, words):
        return ""
    if _stay_here(page, items):
        return ""
    return _kind(page, items, words)


def _said(page: Page, headline: int) -> str:
    """What the page calls itself: title, headline and address, a line each."""
    said = [text for tag, _, text in page.facts if tag == "title"][:1]
    parts = [part for text in said for part in _TITLE_PARTS.split(" ".join(text.split()))]
    if headline >= 0:
        parts.append(page.blocks[headline].text)
    return "\n".join(parts)


def _is_title(block: Block, units: float) -> bool:
    """Whether a line is a link and nothing else, or a date at most."""
    if units < TITLE or block.link * 2 < len(block.text):
        return False
    rest = len(block.text) - block.link
    return block.link >= MOSTLY_LINK * len(block.text) or (
        rest <= DATE_LENGTH and _DATE.search(block.text) is not None
    )


def _items(page: Page, weights: Weights) -> _Items:
    """The largest groups of siblings that each hold the title of another page."""
    groups: dict[tuple[int, int, str], set[int]] = defaultdict(set)
    titles = [
        i
        for i, (block, units) in enumerate(zip(page.blocks, weights.units, strict=True))
        if _is_title(block, units) and not is_legal(block.text)
    ]
    for i in titles:
        at = page.blocks[i].at
        for level in range(LEVELS):
            above = page.parent[at]
            if above < 0:
                break
            groups[above, level, page.tag[at]].add(at)
            at = above
    members: set[int] = set()
    places: set[int] = set()
    for (above, _, _), group in groups.items():
        if len(group) >= FEW_ITEMS:
            members |= group
            places.add(above)
    inside = [False] * len(page.tag)
    for at in range(len(page.tag)):
        above = page.parent[at]
        inside[at] = at in members or (above >= 0 and inside[above])
    listed = [i for i in titles if inside[page.blocks[i].at]]
    return _Items(listed, members, len(places), inside)


def _are_parts(page: Page, items: _Items, headline: int) -> bool:
    """Whether the titles are attachments, or meanings of the headline's word."""
    texts = [page.blocks[i].text for i in items.titles]
    files = sum(bool(_FILE.search(text)) for text in texts)
    word = page.blocks[headline].text if headline >= 0 else ""
    meanings = sum(word in text for text in texts) if 1 < len(word) <= LONG_HEADLINE else 0
    return max(files, meanings) >= HALF * len(texts)


def _are_chapters(page: Page, items: _Items) -> bool:
    chapters = sum(bool(_CHAPTER.match(page.blocks[i].text)) for i in items.titles)
    return chapters >= HALF * len(items.titles)


def _own_prose(page: Page, weights: Weights, items: _Items) -> list[int]:
    """The blocks of prose outside the items, and not in the site's own voice below them."""
    last = items.titles[-1]
    return [
        i
        for i, prose in enumerate(weights.prose)
        if prose
        and weights.weight[i] > BAD_FACTOR * prose
        and not items.inside[page.blocks[i].at]
        and not (_SITE_VOICE.search(page.blocks[i].text) and (prose < LITTLE_PROSE or i > last))
    ]


def _is_list(
    page: Page, weights: Weights, headline: int, items: _Items, own: list[int], words: str
) -> bool:
    prose = sum(weights.prose[i] for i in own)
    titles = sum(weights.units[i] for i in items.titles)
    teasers = _teasers(page, weights, items)
    if teasers is None:  # prose in the items that is more than teasers: they are the text
        return False
    if _are_chapters(page, items) and prose * 2 < titles:
        return True
    called = bool(_COLUMN.search(words) or _TAG.search(words) or _SEARCH.search(words))
    called = called or any(_PAGER.match(block.text) for block in page.blocks)
    may_be_text = prose >= LITTLE_PROSE or not called
    may_be_text = may_be_text or weights.units[max(headline, 0)] >= LONG_HEADLINE
    if may_be_text and _has_text_below(page, headline, own):
        return False
    if _lines_below(page, weights, headline, items) >= LINES:
        return False
    if prose < LITTLE_PROSE:
        return prose < SENTENCE or called or teasers > prose or titles > PER_TITLE * prose
    return prose * PER_TITLE < titles and (called or len(items.titles) >= MANY_TITLES)


def _has_text_below(page: Page, headline: int, own: list[int]) -> bool:
    """Whether prose stands right below the headline, with few links between."""
    first = next((i for i in own if headline < i), -1)
    if headline < 0 or first < 0:
        return False
    between = page.blocks[headline + 1 : first]
    linked = sum(block.link * 2 > len(block.text) for block in between)
    return len(between) <= NEAR and linked <= NEAR // 2


def _lines_below(page: Page, weights: Weights, headline: int, items: _Items) -> float:
    """Units of lines between the headline and the first title: verses, a table, captions."""
    titles = set(items.titles)
    total = 0.0
    for i in range(headline + 1, len(page.blocks)):
        if headline < 0 or i in titles:
            break
        block = page.blocks[i]
        if block.link * 2 <= len(block.text) and not _is_row(block.text):
            total += weights.units[i]
    return total


def _is_row(text: str) -> bool:
    """Whether a line is the site's: a date, a position, a count of pages, its own voice."""
    return len(text) < DATE_LENGTH and bool(
        _DATE.search(text) or _PAGER.match(text) or _SITE_VOICE.search(text) or "：" in text
    )


def _teasers(page: Page, weights: Weights, items: _Items) -> float | None:
    """Units of prose in the items; None if they are posts or articles and not teasers."""
    per_item = [weights.sub_prose[at] for at in items.members if weights.sub_prose[at]]
    inner = [
        i for i, prose in enumerate(weights.prose) if prose and items.inside[page.blocks[i].at]
    ]
    total = sum(weights.prose[i] for i in inner)
    if not total:
        return 0.0
    names = median(weights.units[i] for i in items.titles) < LONG_TITLES
    more = sum(bool(_MORE.search(block.text)) for block in page.blocks) * 2 >= len(items.titles)
    average = total / len(items.titles)
    if names and not more and average > SENTENCE:
        return None
    longest = LONG_TEASER if more else TEASER
    return total if average <= longest and max(per_item, default=0.0) < HALF * total + 1 else None


def _stay_here(page: Page, items: _Items) -> bool:
    """Whether the titles lead to places on this page: a table of contents, questions and answers."""
    wanted = set(items.titles)
    targets = [
        (node.attributes.get("href") or "").strip()
        for node, block in zip(page.anchors, page.anchored, strict=True)
        if block in wanted
    ]
    here = sum(target.startswith("#") or not target for target in targets)
    return bool(targets) and here >= HALF * len(targets)


def _nothing_found(page: Page, weights: Weights) -> bool:
    """Whether one short line says how much was found, or that nothing was."""
    return any(
        units <= LITTLE_PROSE and _FOUND.search(block.text)
        for block, units in zip(page.blocks, weights.units, strict=True)
    )


def _kind(page: Page, items: _Items, words: str) -> str:
    if _SEARCH.search(words) or (
        any(_FOUND.search(b.text) for b in page.blocks if len(b.text) <= LITTLE_PROSE)
    ):
        return "search-page"
    address = page.meta.get("og:url", "") + " ".join(
        attributes.get("href") or ""
        for attributes in page.of("link")
        if attributes.get("rel") == "canonical"
    )
    if _TAG.search(words) or _TAG.search(address):
        return "tag-page"
    if _are_chapters(page, items):
        return "index-page"
    if _INDEX.search(words) and not any(_PAGER.match(b.text) for b in page.blocks):
        return "index-page"
    several = items.places > 3 and len(items.titles) >= MANY_TITLES  # noqa: PLR2004
    return "index-page" if several and not _COLUMN.search(words) else "list-page"
