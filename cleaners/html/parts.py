"""
Articles in several parts: which part a page is, of how many, and where the next one is.

    上一页 1 [2] 3 下一页        余下全文（2/3）        <link rel=next>

The next *part* is told from the next article, chapter or page of a list by its address: parts
of one article share it but for a number (a.html, a_2.html, a.html?page=3). A word alone proves
nothing: some sites say 下一页 and mean the next chapter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from cleaners.html.address import Address
from cleaners.html.page import Page

MOST_PARTS = 60  # a larger number is that of an article
LONG_PAGER = 160  # characters of a line that pages
ABOVE = 12  # lines above the text that may page
LONG_ANCHOR = 12
MAX_ANCHORS = 400  # in such lines that are looked at
PROSE = 30  # characters of a sentence that no list has

_NEXT = re.compile(
    r"(?:阅读|继续|查看|点击)?下一?[页頁](?:阅读|继续)?|后一?[页頁]|(?:阅读)?(?:余下|剩余)全文|next(?: ?page)?|[>»›→]{1,2}",
    re.IGNORECASE,
)
_REST = re.compile("余下|剩余")
_NUMBER = re.compile(r"[\[【(（]?(?:第 ?)?(\d{1,3})(?: ?[页頁])?[\])）】]?")
_PAGER = re.compile(
    r"下一?[页頁]|后一?[页頁]|(?:余下|剩余)全文|[第共总總] ?\d{1,3} ?[页頁]|上一?[页頁]|\bnext\b",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\s\[\]【】()（）|·.…\d<>«»‹›→]{1,60}")
_SAID = re.compile(
    r"第 ?(?P<index>\d{1,2}) ?[页頁][ ,，/|]{0,3}[共总總] ?(?P<count>\d{1,2}) ?[页頁]"
    r"|[共总總] ?(?P<count2>\d{1,2}) ?[页頁][^\d]{0,8}第 ?(?P<index2>\d{1,2}) ?[页頁]"
    r"|(?<![\d/])(?P<index3>\d{1,2}) ?/ ?(?P<count3>\d{1,2})(?![\d/])(?: ?[页頁])?"
    r"|[共总總] ?(?P<only>\d{1,2}) ?[页頁]"
)
_OF_A_LIST = re.compile("[共总總] ?[0-9,]{1,9} ?[条條篇个個]|记录|條記錄|每页")
_LIST_NAME = re.compile(
    r"/(?:index|list|default|more|category|tag|search|news)?(?:\.\w{2,5})?$", re.IGNORECASE
)
_OTHER_NAMES = re.compile("comment|pinglun|reply|replies|related|recommend", re.IGNORECASE)
_PARAMETERS = frozenset(
    [
        "page",
        "p",
        "pn",
        "pageno",
        "page_no",
        "pagenum",
        "pageindex",
        "page_index",
        "currentpage",
        "pg",
        "cpage",
        "paged",
    ]
)
_DIGITS = re.compile("[0-9]{1,3}")
_SUFFIX = re.compile(
    r"(?P<stem>.*?[^/])(?:[_-]p?|(?:\.s?html?)?/(?:p|page[_/-]?)?)(?P<number>[0-9]{1,3})(?P<end>\.\w{2,5})?/?"
)


# The end of an address that is an article's by itself: it has a number, and that is no date.
_ARTICLE = re.compile(r"(?!.*/(?:19|20)\d\d(?:[/-]?\d\d?){0,2}$)(?:.*\d{2}[^/]*|.*\.s?html?)$")


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a page stands among the parts of its article; None where nothing is said."""

    next: str | None = None  # URL of the next part
    index: int | None = None  # from 1
    count: int | None = None


def parts_of(page: Page, kept: Sequence[int], address: Address) -> Parts:
    """The part that a page is, and the next one. `kept` are the blocks of its text."""
    own = address.url
    if not any(_is_prose(page.blocks[i].text) for i in kept):
        return Parts()
    links, lines = _pager(page, max(kept[0] - ABOVE, 0), address)
    rel = [
        address.of(said.get("href") or "") for said in page.of("link") if said.get("rel") == "next"
    ]
    if not links and not rel:
        return Parts()
    text = " ".join(lines)
    if _OF_A_LIST.search(text):
        return Parts()
    said, count = _said(text)
    numbers = {number: target for label, target in links if (number := _number_of(label))}
    printed = said or _gap(text, numbers)
    index = printed or (numbered(own)[1] if own else None)
    pager = _Pager(own, printed, numbers, [target for _, target in links])
    candidates = [(label, target) for label, target in links if _NEXT.fullmatch(label)]
    candidates += [("", target) for target in rel]
    if own:
        candidates += [
            ("", target) for number, target in numbers.items() if number == (index or 1) + 1
        ]
    for label, target in candidates:
        if pager.leads_on(target, label):
            return _parts(target, index, count, numbers)
    last = index is not None and index == count and _is_last(own, links)
    return Parts(None, index, count) if last else Parts()


def numbered(url: str) -> tuple[str, int]:
    """
    An address without the number of a part, and the number; 1 where it has none.

    >>> numbered("https://a.example/x/17_2.html"), numbered("https://a.example/x/17.html?page=3")
    (('https://a.example/x/17.html', 2), ('https://a.example/x/17.html', 3))
    >>> numbered("https://a.example/x/17.html"), numbered("/x/17/2")
    (('https://a.example/x/17.html', 1), ('/x/17', 2))
    """
    parts = urlsplit(url)
    query = parts.query.split("&")
    for place, piece in enumerate(query):
        name, _, value = piece.partition("=")
        if name.lower() in _PARAMETERS and _DIGITS.fullmatch(value):
            left = "&".join(query[:place] + query[place + 1 :])
            return urlunsplit(parts._replace(query=left)), int(value)
    found = _SUFFIX.fullmatch(parts.path)
    if not found:
        return url, 1
    stem, end = found["stem"], found["end"] or ""
    if parts.path[found.end("stem")] == "/" and not _ARTICLE.match(stem):
        return url, 1  # /2024/17.html is the seventeenth article, not the seventeenth part
    return urlunsplit(parts._replace(path=stem + end)), int(found["number"])


@dataclass(frozen=True, slots=True)
class _Pager:
    """What the lines that page say: our own address and number, and where the others are."""

    own: str
    printed: int | None  # our number, where the page prints it
    numbers: dict[int, str]
    targets: Sequence[str]

    def leads_on(self, target: str, label: str) -> bool:
        """Whether an address is that of the part that follows."""
        stem, number = numbered(target)
        known = 1 <= number <= MOST_PARTS and target != self.own
        if not known or _LIST_NAME.search(urlsplit(stem).path):
            return False
        alike = {numbered(other)[0] for other in self.numbers.values()} == {stem}
        if not self.own:
            said = self.printed or alike or _REST.search(label) or stem != target
            return number == (self.printed or 1) + 1 and bool(said)
        if _bare(stem) == _bare(self.own):  # we are the first; the second is 2, or 1 from 0 on
            return number in (1, 2) and target != stem
        first, own_number = numbered(self.own)
        if _bare(first) == _bare(stem) and number == own_number + 1:
            back = own_number == 2 and any(_bare(t) == _bare(stem) for t in self.targets)  # noqa: PLR2004
            return bool(self.printed) or alike or back
        # Addresses without any form: a pager has to say which is which.
        following = self.numbers.get((self.printed or 0) + 1)
        return (
            bool(self.printed)
            and len(self.numbers) > 1
            and following == target
            and _beside(self.own, target)
        )


def _bare(url: str) -> str:
    """An address without scheme and the end of a name: http://a/1.html and https://a/1 are one."""
    parts = urlsplit(url)
    return f"{parts.netloc}{re.sub(r'/$|[.]s?html?$', '', parts.path)}?{parts.query}"


def _beside(own: str, target: str) -> bool:
    """Whether two addresses are in one folder of one host."""
    a, b = urlsplit(own), urlsplit(target)
    return a.netloc == b.netloc and a.path.rpartition("/")[0] == b.path.rpartition("/")[0]


def _pager(page: Page, first: int, address: Address) -> tuple[list[tuple[str, str]], list[str]]:
    """The links of lines that page, as (label, address), and the text of these lines."""
    lines: dict[int, str] = {}
    for i, (text, at, _, _, _) in enumerate(page.blocks[first:], first):
        if len(text) > LONG_PAGER:
            continue
        # Most lines are known by their last character and a few words not to page.
        words = "页" in text or "頁" in text or "全文" in text or "ext" in text or "EXT" in text
        pages = _PAGER.search(text) if words else text[-1] in _LAST and _SIGNS.fullmatch(text)
        if pages and not _elsewhere(page, at):
            lines[i] = text
    links: list[tuple[str, str]] = []
    if not any(page.blocks[i].link for i in lines):
        return [], []
    for node, i in zip(page.anchors, page.anchored, strict=True):
        if i in lines and len(links) < MAX_ANCHORS:
            label = " ".join(node.text().split())
            target = address.of(_href(node.attributes))
            if target and len(label) <= LONG_ANCHOR:
                links.append((label, target))
    return links, list(lines.values())


_LAST = frozenset("0123456789>»›→])】）|…. ")
_ONCLICK = re.compile(r"""location(?:\.href)?\s{0,3}=\s{0,3}["']([^"'\s]{1,500})["']""")


def _href(attributes: Mapping[str, str | None]) -> str:
    """Where a link leads; some pagers tell it to a script only."""
    href = (attributes.get("href") or "").strip()
    if href and href != "#" and not href.lower().startswith("javascript:"):
        return href
    found = _ONCLICK.search(attributes.get("onclick") or href)
    return found[1] if found else ""


def _elsewhere(page: Page, at: int) -> bool:
    """Whether a line belongs to comments or to other pages."""
    while at >= 0:
        name = page.name[at]
        if name and _is_other(name):
            return True
        at = page.parent[at]
    return False


@lru_cache(maxsize=4096)  # they repeat, on a page and on a site
def _is_other(name: str) -> bool:
    """Whether a class or id attribute says that comments or other pages stand there."""
    return _OTHER_NAMES.search(name) is not None


def _said(text: str) -> tuple[int | None, int | None]:
    """第2页/共5页, 2/5, 共5页."""
    for found in _SAID.finditer(text):
        index = found["index"] or found["index2"] or found["index3"]
        count = int(found["count"] or found["count2"] or found["count3"] or found["only"])
        if 1 < count <= MOST_PARTS and (not index or 1 <= int(index) <= count):
            return int(index) if index else None, count
    return None, None


def _gap(text: str, numbers: dict[int, str]) -> int | None:
    """The number of a pager that is no link: the page that one is on."""
    if not numbers:
        return None
    printed = {int(n) for n in re.findall(r"(?<![\d/.年-])\d{1,2}(?![\d/.年-])", text)}
    own = [n for n in printed - numbers.keys() if n - 1 in numbers or n + 1 in numbers]
    return own[0] if len(own) == 1 else None


def _number_of(label: str) -> int | None:
    found = _NUMBER.fullmatch(label)
    return int(found[1]) if found and 0 < int(found[1]) <= MOST_PARTS else None


def _is_last(own: str, links: Sequence[tuple[str, str]]) -> bool:
    """Whether the pager leads back to parts of the same article."""
    stem = _bare(numbered(own)[0]) if own else ""
    return any(_bare(numbered(target)[0]) == stem for _, target in links)


def _parts(target: str, index: int | None, count: int | None, numbers: dict[int, str]) -> Parts:
    index = index or 1
    most = max([index, *numbers])
    if count is None and numbers and most > 1:
        count = most
    return Parts(target, index, count)


def _is_prose(text: str) -> bool:
    return len(text) >= PROSE and any(mark in text for mark in "，。！？；,.")
