"""What a page says about its text: title, dates, source, author, each with its witness."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from cleaners.document import Harvested, Trust
from cleaners.html.blocks import Block, Page

MAX_JSON = 200_000  # characters of one JSON-LD script
MAX_JSON_VALUES = 2_000  # values of it that are looked at
HEAD_BLOCKS = 12  # lines above the text in which its date and source are looked for
MAX_FACT_LINE = 200  # characters of such a line

# Names of <meta> elements, in the order in which they are believed.
META: Mapping[str, tuple[str, ...]] = {
    "title": ("articletitle", "og:title", "twitter:title", "dc.title"),
    "author": ("author", "article:author", "dc.creator", "og:article:author"),
    "source": ("contentsource", "source", "article:source", "mediaid", "og:article:source"),
    "published": (
        "article:published_time",
        "datepublished",
        "weibo: article:create_at",
        "og:published_time",
        "og:release_date",
        "og:time",
        "publish_time",
        "publishtime",
        "publishdate",
        "publish-date",
        "firstpublishedtime",
        "dc.date.issued",
        "dc.date",
    ),
    "published late": ("pubdate", "releasedate", "date", "dateupdate"),  # often when it was built
    "modified": (
        "article:modified_time",
        "datemodified",
        "og:updated_time",
        "weibo: article:update_at",
        "lastmodified",
    ),
    "site_name": ("og:site_name", "sitename", "application-name"),
    "canonical_url": ("og:url",),
    "keywords": ("keywords", "news_keywords"),
}
_LINKED_DATA: Mapping[str, tuple[str, Trust]] = {
    "headline": ("title", "high"),
    "datePublished": ("published", "high"),
    "pubDate": ("published", "high"),
    "dateModified": ("modified", "high"),
    "upDate": ("modified", "medium"),
}
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d) {0,2}[-/.年] {0,2}(\d{1,2}) {0,2}[-/.月] {0,2}(\d{1,2})(?!\d{3})"
    r"[日号]?(?:[T\s\u00a0]{0,4}(\d{1,2})[:：](\d\d)(?:[:：](\d\d))?)?"
    r"(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?"
)
_GAP = r"[ \u3000\u00a0]{0,4}"
_STOP = (
    r"(?=[\s\u3000\u00a0|｜,，;；。（(\[【\])）】]|作者|编辑|編輯|责任|责编|记者|时间|日期|发布|发表|浏览|阅读|点击"
    r"|字号|字体|来源|來源|出处|分享|评论|打印|\d{4}[-年/.]|$)"
)
_SOURCE = re.compile(
    r"(?:(?:文章|信息|稿件|新闻|本文|内容|消息|资料)?(?:来源|來源|稿源|出处)|转自|摘自)"
    rf"{_GAP}[:：|｜丨]{_GAP}([^\s:：，。；]{{2,30}}?){_STOP}"
)
_AUTHOR = re.compile(
    r"(?:(?<=[|\s])作者(?=[\u4e00-\u9fff]{2,4}$)|(?:作者|撰文|撰稿|文(?=[/／])|记者|執筆|执笔)"
    rf"{_GAP}[:：|｜丨/／ \u3000]{_GAP})([\w·•]{{2,20}}?){_STOP}"
)
_MEDIUM_AND_DATE = re.compile(
    r"^(?:原创[ \u3000])?([^\s:：,，、|]{2,20})[\s\u00a0]{1,4}(?:19|20)\d\d[-/.年]"
    r"\d{1,2}[-/.月]\d{1,2}日?[\s\u00a0]{0,4}[\d:：]{0,8}$"
)
_STAMP = re.compile(
    r"^(?:发布时间|发布于|发表于|时间)?[:： ]{0,2}(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"[\s\u00a0]{1,4}\d{1,2}[:：]\d\d(?:[:：]\d\d)?$"
)
_NO_MEDIUM = ("时间", "日期", "发布", "发表", "于", "更新", "收藏")
_NO_AUTHOR = ("链接", "来自", "网络", "整理", "@", "编辑", "本文", "转载", "声明", "所有", "个人")
_WORTHLESS = frozenset(
    ("网络", "互联网", "網絡", "本站", "原创", "未知", "不详", "转载", "佚名", "admin")
)
_TITLE_ENDS = re.compile(r" *(?:[_|｜»]|--+|——| [-–—·] |-(?=[^-]{2,20}$)) *")
_NOT_WORD = re.compile(r"\W+")


def fold(text: str) -> str:
    """Letters, digits and Han characters only, so that titles can be compared."""
    return _NOT_WORD.sub("", text).lower()


def headline(page: Page) -> int:
    """
    Index of the block that shows the page's own title, or -1.

    It is the longest block that also stands in `<title>` or a title `<meta>`; a heading is
    preferred to what is no heading.
    """
    said = [text for tag, _, text in page.facts if tag == "title"]
    said += [value for _, value in _metas(page, META["title"])]
    whole = "".join(said)
    folded = [fold(text) for text in said]
    best, found = 0.0, -1
    for i, block in enumerate(page.blocks):
        text = block.text
        if len(text) > MAX_FACT_LINE or block.link * 2 > len(text) or text[:1] not in whole:
            continue
        if text[:2] not in whole and text[-2:] not in whole:
            continue
        words = fold(text)
        if len(words) < 2 or not any(words in title for title in folded):  # noqa: PLR2004
            continue
        heading = block.role == "heading"
        score = len(words) + (3.0 if heading else 0.0)
        if score > best and (heading or len(words) >= 5):  # noqa: PLR2004
            best, found = score, i
    return found


def harvest(page: Page, title_at: int, kept: Sequence[int], first: int) -> dict[str, Harvested]:
    """
    All that the page says: JSON-LD and `<meta>` first, then the lines between title and text.

    `title_at` is the headline's block or -1, `kept` the blocks of the main text, `first` the
    first of them that is prose. Nothing is taken from prose, lists or links.
    """
    found: dict[str, Harvested] = {}
    for name, fact in _linked_data(page):
        found.setdefault(name, fact)
    for name in ("published", "modified", "site_name", "canonical_url", "keywords"):
        _put_metas(found, page, name, META[name], "high")
    for value in (a.get("href") or "" for a in page.of("link") if a.get("rel") == "canonical"):
        _put(found, "canonical_url", value, "link[canonical]", "high")
    lines = _fact_lines(page, title_at, kept, first)
    for block in lines:
        _put_line(found, block.text)
    for block in lines:
        _put(found, "published", block.text, "line date", "medium")
    _put_metas(found, page, "published", META["published late"], "low")
    for attributes in page.of("time"):
        _put(found, "published", attributes.get("datetime") or "", "time[datetime]", "low")
    for name in ("source", "author"):
        _put_metas(found, page, name, META[name], "low")
    title = _title(page, title_at, found.get("title"))
    if title:
        found["title"] = title
    return found


def _put_line(found: dict[str, Harvested], text: str) -> None:
    """The source and the author that one line names."""
    hit = _SOURCE.search(text)
    if hit:
        _put(found, "source", hit.group(1), f"line {hit.group()[:2]}", "medium", said=hit.group())
    hit = _AUTHOR.search(text)
    if hit and _is_name(hit.group(1)):
        _put(found, "author", hit.group(1), f"line {hit.group()[:2]}", "medium", said=hit.group())
    hit = _MEDIUM_AND_DATE.match(text)
    if hit and not hit.group(1).endswith(_NO_MEDIUM):
        _put(found, "source", hit.group(1), "line with date", "low", said=hit.group())


def _put_metas(
    found: dict[str, Harvested], page: Page, name: str, metas: Sequence[str], trust: Trust
) -> None:
    for witness, value in _metas(page, metas):
        if name in ("source", "author") and "/" in value:
            continue  # an address
        if name != "author" or (_is_name(value) and not _is_site(page, value)):
            _put(found, name, value, f"meta[{witness}]", trust)


def date_of(text: str) -> str | None:
    """
    The first date in a text as ISO 8601, with its time where one is given; None without one.

    A time without a zone is read as China's.

    >>> date_of("发布时间：2024年3月5日 08:07"), date_of("2019-10-20T12:38:15.000Z")
    ('2024-03-05T08:07:00+08:00', '2019-10-20T12:38:15+00:00')
    >>> date_of("2024-13-45") is None
    True
    """
    for hit in _DATE.finditer(text):
        year, month, day, hour, minute, second, zone = hit.groups()
        try:
            said = date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
        if hour is None or int(hour) > 23 or int(minute) > 59:  # noqa: PLR2004
            return said
        zone = "+00:00" if zone == "Z" else zone or "+08:00"
        zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
        return f"{said}T{int(hour):02d}:{minute}:{second or '00'}{zone}"
    return None


def _is_name(text: str) -> bool:
    return not text.isdigit() and not any(word in text for word in _NO_AUTHOR)


def _is_site(page: Page, value: str) -> bool:
    """Whether an "author" is the site: it stands in the page's <title> or is its og:site_name."""
    said = [text for tag, _, text in page.facts if tag == "title"]
    said += [name for _, name in _metas(page, META["site_name"])]
    return any(fold(value) in fold(text) for text in said)


def _title(page: Page, title_at: int, linked: Harvested | None) -> Harvested | None:
    if title_at >= 0:
        return _fact(page.blocks[title_at].text, "headline", "high")
    if linked:
        return linked
    for witness, value in _metas(page, META["title"]):
        return _fact(value, f"meta[{witness}]", "medium")
    for text in (text for tag, _, text in page.facts if tag == "title" and text.strip()):
        parts = _TITLE_ENDS.split(" ".join(text.split()))
        return Harvested(max(parts[:2], key=len).strip(), text.strip(), "title", "low")
    return None


def _fact_lines(page: Page, title_at: int, kept: Sequence[int], first: int) -> list[Block]:
    """The short lines below the headline, above it, at the text's end, and right after it."""
    start = title_at if 0 <= title_at < first else first
    order = [
        *range(start + 1, min(first, start + 2 * HEAD_BLOCKS)),
        *range(start - 1, max(start - HEAD_BLOCKS, 0) - 1, -1),
        *kept[-6:],
    ]
    found = [page.blocks[i] for i in order if _states_facts(page.blocks[i])]
    if kept:
        after = page.blocks[kept[-1] + 1 : kept[-1] + 4]
        found += [block for block in after if _STAMP.match(block.text)]
    return found


def _states_facts(block: Block) -> bool:
    text = block.text
    return (
        len(text) <= MAX_FACT_LINE
        and block.link <= 0.6 * len(text)  # else another page's
        and not any(mark in text for mark in "。，？！")
        and "星期" not in text  # the day on which the page is read
    )


def _metas(page: Page, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(name, content) of the page's <meta> elements of these names, in the order of `names`."""
    return ((name, page.meta[name]) for name in names if name in page.meta)


def _linked_data(page: Page) -> Iterator[tuple[str, Harvested]]:
    """Facts from JSON-LD scripts; broken ones say nothing."""
    for tag, _, text in page.facts:
        if tag != "script" or len(text) > MAX_JSON:
            continue
        try:
            waiting = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(MAX_JSON_VALUES):
            if not waiting:
                break
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                yield from _linked_facts(value)
                waiting.extend(v for v in value.values() if isinstance(v, dict | list))


def _linked_facts(value: Mapping[str, object]) -> Iterator[tuple[str, Harvested]]:
    for key, (name, trust) in _LINKED_DATA.items():
        said = value.get(key)
        if isinstance(said, str) and said.strip():
            read = date_of(said) if name in ("published", "modified") else said.strip()
            if read:
                yield name, Harvested(read, said, f"json-ld:{key}", trust)
    author = value.get("author")
    if isinstance(author, list) and author:
        author = author[0]
    if isinstance(author, dict):
        author = author.get("name")
    if isinstance(author, str) and author.strip():
        yield "author", _fact(author, "json-ld:author", "medium")


def _put(
    found: dict[str, Harvested],
    name: str,
    value: str,
    witness: str,
    trust: Trust,
    *,
    said: str = "",
) -> None:
    """Note a fact, unless one of its name is known already."""
    if name in found and found[name].value is not None:
        return
    if name in ("published", "modified"):
        read = date_of(value)
        if read:
            found[name] = Harvested(read, said or value, witness, trust)
    elif value.strip():
        found[name] = _fact(value, witness, trust, said)


def _fact(value: str, witness: str, trust: Trust, said: str = "") -> Harvested:
    value = value.strip()
    if value.lower() in _WORTHLESS:
        return Harvested(None, said or value, witness, "none")
    return Harvested(value, said or value, witness, trust)
