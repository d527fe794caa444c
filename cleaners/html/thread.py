"""
Forum threads, questions and answers: which blocks are posts, and which of them are replies.

Posts are repeated siblings that each have a date or a floor. They are the text when nothing
longer stands between the headline and them, or when the page calls them answers; under an
article they are comments, and no concern of this module. In each post the message is told from
the rows around it (author, rank, time, buttons) by what the other posts have in its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cleaners.html.page import Block, Page
from cleaners.html.weigh import Weights

ROW = 40  # characters of the longest row with a date or a floor
SHARE = 0.25  # of the page's prose that posts have
SENTENCE = 12.0  # units of prose that make a text
TITLE = 9.0  # units of a link that is a title and no author's name
MOSTLY_LINK = 0.8
HALF = 0.5

_DATE = re.compile(
    r"\d{4}[-/.年] ?\d{1,2}[-/.月]|\d{1,2}月\d{1,2}日|\d{1,2}[-/]\d{1,2} {1,2}\d{1,2}:\d\d|\b\d{1,2}:\d\d\b"
    r"|\d+ ?(?:天|个?小时|分钟|秒|个?月|年|周)[之以]?前|昨天|前天|刚刚|\bago\b"
)
_DIGIT = re.compile(r"\d")
_NO_DIGITS = frozenset(("昨天", "前天", "刚刚", "楼主", "沙发", "板凳", "地板"))
_FLOOR = re.compile(r"^#?\d{1,5}(?:楼|层|樓|#|F\b)|^#\d{1,5}$|^(?:楼主|沙发|板凳|地板)$")
_ROW = re.compile(
    r"^\W*(?:发表于|发表時間|发布于|回复于|回答于|编辑于|来自|来源|楼主|只看|显示全部|看该作者|回复|回覆|举报|赞同?|支持|反对|"
    r"评论|评分|收藏|引用|编辑|点赞|采纳|分享|积分|帖子|主题|精华|等级|级别|注册|在线|威望|金钱|吧龄|关注|"
    r"私信|IP|Lv|LV|倒序|最佳答案|提问者|擅长|更多|展开|收起|踩|打赏|感谢|查看|TA|reply|quote|report|like)"
    r"[^，。！？；]{0,24}$"
)
_SAID = re.compile(
    r"楼主|沙发|只看该作者|\d楼$|回帖|跟帖|(?:个|条)回答|全部回答|采纳|最佳答案|其他回答|\banswers?$"
)
_ANSWER = re.compile(
    r"answer|huida|wenda|\bda\b|\bqa\b|reply|post|thread|topic|floor|bbs|forum", re.IGNORECASE
)
_ANSWERS = re.compile(r"answer|huida|post|floor", re.IGNORECASE)
_WHICH = re.compile(
    r"odd|even|first|last|active|current|on|clearfix|clear|cf|cl|fl|row|line|left|hide"
)
_ADVERT = re.compile(r"(?:广告|推广)$")
_NUMBER = re.compile(r"[\d_-]+")


@dataclass(frozen=True, slots=True)
class Thread:
    """The blocks of a thread's text in order, and those of them that are replies."""

    kept: tuple[int, ...]
    replies: frozenset[int]


_Span = tuple[int, int, int]  # first block, the one after the last, the element
_Kind = tuple[str, str]  # of an element: its tag and the main word of its name


def find_thread(page: Page, weights: Weights, headline: int) -> Thread | None:
    """
    The thread that a page is, or None.

    `headline` is the block with the page's title, or -1. Kept are the headline, the question
    if it stands apart from the answers, and of every post its message.
    """
    posts = _posts(page, weights)
    if not posts:
        return None
    rows = [_is_row(block) for block in page.blocks]
    spans = _spans(page, posts)
    first = spans[0][0]
    question = _question(page, weights, rows, headline, first)
    apart = sum(weights.prose[i] for i in question) >= SENTENCE
    if apart and not _called_so(page, posts[0]):
        return None
    kind = _message_kind(page, weights, rows, spans)
    messages = [_message(page, weights, rows, span, kind) for span in spans]
    opening = [headline] if 0 <= headline < first else []
    opening += question
    replies = messages if question else messages[1:]
    kept = [*opening, *(i for message in messages for i in message)]
    if headline >= first:
        kept = sorted({headline, *kept})
    return Thread(tuple(kept), frozenset(i for message in replies for i in message))


def _question(
    page: Page, weights: Weights, rows: Sequence[bool], headline: int, first: int
) -> list[int]:
    """What stands between the headline and the posts: prose, and what is beside it."""
    if headline < 0:
        return []
    between = range(headline + 1, first)
    prose = {
        i
        for i in between
        if weights.prose[i]
        and weights.weight[i] > 0
        and not any(_ADVERT.search(page.blocks[n].text) for n in range(max(i - 2, 0), i) if rows[n])
    }
    home = {page.blocks[i].at for i in prose}
    beside = home | {page.parent[at] for at in home if page.tag[at] != "div"}
    return [
        i
        for i in between
        if i in prose
        or (
            not rows[i]
            and not weights.prose[i]
            and (page.blocks[i].at in home or page.parent[page.blocks[i].at] in beside)
        )
    ]


def _is_row(block: Block) -> bool:
    """Whether a line is about a post: its author, its date, its floor, a button."""
    text = block.text
    if block.link * 2 > len(text):
        return True
    if len(text) > ROW:
        return False
    return bool(_FLOOR.match(text) or _ROW.match(text) or _is_dated(text))


def _is_dated(text: str) -> bool:
    """Whether a short line has a date or a floor, and no sentence but behind the date."""
    if text not in _NO_DIGITS and (text.isalpha() or not _DIGIT.search(text)):
        return False
    if "，" in text or "。" in text or "！" in text or "？" in text:
        return _DATE.match(text) is not None
    return _DATE.search(text) is not None or _FLOOR.match(text) is not None


def _kind(page: Page, at: int) -> _Kind:
    return page.tag[at], _main_name(page.name[at])


@lru_cache(maxsize=4096)
def _main_name(name: str) -> str:
    """The first word of a name that says what an element is and not which one, without numbers."""
    words = (_NUMBER.sub("", word) for word in name.split())
    return next((word for word in words if word and not _WHICH.fullmatch(word)), "")


def _posts(page: Page, weights: Weights) -> list[int]:
    """The elements of the posts: siblings of one kind that each have a date and no title."""
    seen: set[int] = set()
    for i in page.plain:
        text, at, _, _, _ = page.blocks[i]
        if len(text) <= ROW and _is_dated(text):
            while at > 0 and at not in seen:
                seen.add(at)
                at = page.parent[at]
    siblings: dict[int, list[int]] = defaultdict(list)
    for at in sorted(seen):
        siblings[page.parent[at]].append(at)
    groups: dict[tuple[int, _Kind], list[int]] = defaultdict(list)
    for above, several in siblings.items():
        for at in several if len(several) > 1 else ():
            groups[above, _kind(page, at)].append(at)
    total = sum(weights.prose)
    best: list[int] = []
    most = SENTENCE
    for group in groups.values():
        prose = sum(weights.sub_prose[at] for at in group)
        enough = prose > SHARE * total or _ANSWERS.search(page.name[group[0]])
        if len(group) > 1 and prose > most and enough and not _have_titles(page, weights, group):
            best, most = group, prose
    return best


def _have_titles(page: Page, weights: Weights, posts: Sequence[int]) -> bool:
    """
    Whether most posts have a link that is the title of another page: a list of such. What is
    the same in each is a button.
    """
    seen: set[str] = set()
    titled = 0
    for start, end, _ in _spans(page, posts):
        titles = {
            page.blocks[i].text
            for i in range(start, end)
            if page.blocks[i].link > MOSTLY_LINK * len(page.blocks[i].text)
            and weights.units[i] >= TITLE
        }
        titled += bool(titles - seen)
        seen |= titles
    return titled > HALF * len(posts)


def _spans(page: Page, elements: Sequence[int]) -> list[_Span]:
    """The blocks of each element that has any; elements in order, none in another."""
    spans: list[_Span] = []
    i = 0
    for at in elements:
        end = page.end(at)
        while i < len(page.blocks) and page.blocks[i].at < at:
            i += 1
        start = i
        while i < len(page.blocks) and page.blocks[i].at < end:
            i += 1
        if i > start:
            spans.append((start, i, at))
    return spans


def _called_so(page: Page, post: int) -> bool:
    """Whether names around the posts, or lines of the page, call them answers or replies."""
    at = post
    while at > 0:
        if _ANSWER.search(page.name[at]):
            return True
        at = page.parent[at]
    return any(len(block.text) <= ROW and _SAID.search(block.text) for block in page.blocks)


def _roots(page: Page, rows: Sequence[bool], span: _Span) -> list[int]:
    """
    The outermost elements of a post in which no row stands: its message, and what else it has.
    """
    start, end, post = span
    with_row: set[int] = {post}
    for i in range(start, end):
        at = page.blocks[i].at
        while rows[i] and at > post and at not in with_row:
            with_row.add(at)
            at = page.parent[at]
    root_of: dict[int, int] = {}
    found: dict[int, None] = {}
    for i in range(start, end):
        at = page.blocks[i].at
        path: list[int] = []
        while at > post and at not in with_row and at not in root_of:
            path.append(at)
            at = page.parent[at]
        root = root_of[at] if at in root_of else path[-1] if path else -1
        root_of |= dict.fromkeys(path, root)
        if not rows[i] and root > 0:
            found[root] = None
    return list(found)


def _message_kind(
    page: Page, weights: Weights, rows: Sequence[bool], posts: Sequence[_Span]
) -> _Kind | None:
    """What kind of element holds the prose in most posts."""
    votes: Counter[_Kind] = Counter()
    for span in posts:
        roots = _roots(page, rows, span)
        if roots:
            longest = max(roots, key=lambda at: weights.sub_prose[at])
            if weights.sub_prose[longest]:
                votes[_kind(page, longest)] += 1
    return votes.most_common(1)[0][0] if votes else None


def _message(
    page: Page, weights: Weights, rows: Sequence[bool], posted: _Span, kind: _Kind | None
) -> list[int]:
    """The blocks of one post's message; without an element of that kind, all that are no rows."""
    start, end, post = posted
    roots = sorted(_roots(page, rows, posted))
    named: list[int] = []
    if kind and kind[1]:  # it has a name: what stands there is the message, whatever it looks like
        named = [at for at in range(post + 1, page.end(post)) if _kind(page, at) == kind]
        roots = [max(named, key=lambda at: weights.sub_units[at])] if named else roots
    elif kind:
        roots = [at for at in roots if _kind(page, at) == kind] or roots
    ends = [page.end(at) for at in roots]
    kept: list[int] = []
    for i in range(start, end):
        at = page.blocks[i].at
        nearest = bisect_right(roots, at) - 1
        inside = nearest >= 0 and at < ends[nearest]
        if (inside and (named or not rows[i])) or (at == post and not named and not rows[i]):
            kept.append(i)
    return kept


def with_replies(page: Page, replies: frozenset[int]) -> Page:
    """The page with the role of these blocks said; code in a reply stays code."""
    blocks = [
        block._replace(role="reply") if i in replies and block.role != "code" else block
        for i, block in enumerate(page.blocks)
    ]
    return replace(page, blocks=blocks)
