"""The title of a page: its headline, or what <title> says without the site's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaners.document import Harvested
from cleaners.html.claims import Claim
from cleaners.html.page import Page

LONGEST = 200  # characters of a title
SHORTEST = 5  # letters of one that is no heading
NEAR = 3  # lines between a heading and the line with date and source

# What stands between a title and the name of a site.
ENDS = re.compile(r" *(?:[_|｜»丨]|--+|——| [-–—·] |(?<=[^\s-])-(?=[^-]{2,20}$)) *")
_NOT_WORD = re.compile(r"\W+")
_NO_TITLE = re.compile(
    r"(?:首页|正文|主页|详情|内容|新闻|文章|当前位置.*|您的位置.*|无标题.*|untitled.*|home|index|.{0,4}详[情细]页?)",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """Letters, digits and Han characters only, so that titles can be compared."""
    return text.lower() if text.isalnum() else _NOT_WORD.sub("", text).lower()


def headline(page: Page, said: Sequence[str] = ()) -> int:
    """
    Index of the block that shows the page's own title, or -1. `said` are other titles it claims.

    It is the longest block that also stands in `<title>` or a title `<meta>`; a heading is
    preferred to what is no heading. The name of the site, which stands there too, is none.
    """
    titles = [text for tag, _, text in page.facts if tag == "title"]
    sites = {
        fold(name) for name in (page.meta.get("og:site_name"), page.meta.get("sitename")) if name
    }
    parts = [fold(part) for text in titles for part in ENDS.split(text.strip())[1:]]
    titles += [
        *said,
        *(page.meta[name] for name in ("articletitle", "og:title") if name in page.meta),
    ]
    whole = "".join(titles)
    folded = [fold(text) for text in titles]
    best, found = 0.0, -1
    for i in page.plain:
        text, _, _, role, _ = page.blocks[i]
        if len(text) > LONGEST or text[0] not in whole:
            continue
        if text[:2] not in whole and text[-2:] not in whole:
            continue
        words = fold(text)
        if len(words) < 2 or not any(words in title for title in folded):  # noqa: PLR2004
            continue
        if words in sites or (parts and words != parts[-1] and words in parts[-1]):
            continue
        heading = role == "heading"
        score = len(words) + (3.0 if heading else 0.0)
        if score > best and (heading or len(words) >= SHORTEST):
            best, found = score, i
    return found


def title_of(page: Page, title_at: int, first: int, claims: Sequence[Claim]) -> Harvested | None:
    """The title, judged: the headline; a claim; a heading over the by-line; <title>."""
    titles = [" ".join(text.split()) for tag, _, text in page.facts if tag == "title"]
    titles = [text for text in titles if text]
    if title_at >= 0:
        said = page.blocks[title_at].text
        return Harvested(_whole(page, title_at, titles), said, "headline", "high")
    claimed = [
        claim for claim in claims if claim.name == "title" and not _NO_TITLE.fullmatch(claim.said)
    ]
    for claim in claimed:
        if claim.trust == "high":
            return Harvested(_without_site(claim.said, titles), claim.said, claim.witness, "medium")
    heading = _over_byline(page, first)
    if heading:
        return Harvested(_bare(heading, titles), heading, "heading", "medium")
    if claimed:
        best = claimed[0]
        return Harvested(best.said, best.said, best.witness, best.trust)
    if titles:
        parts = [part for part in ENDS.split(titles[0]) if not _NO_TITLE.fullmatch(part)]
        value = max(parts[:2] or [titles[0]], key=len).strip()
        return Harvested(value, titles[0], "title", "low")
    return None


def _bare(heading: str, titles: Sequence[str]) -> str:
    """A heading without a badge that stands before it: what of <title> is in it."""
    parts = [part.strip() for text in titles for part in ENDS.split(text)[:2]]
    inside = [p for p in parts if len(fold(p)) > SHORTEST and fold(p) in fold(heading)]
    return max(inside, key=len, default=heading)


def site_of(title: str, page: Page) -> str | None:
    """
    The name of the site, which stands behind the title in <title>.

    It is the last of its parts, when the title is the first.
    """
    for text in (text for tag, _, text in page.facts if tag == "title"):
        parts = [part.strip() for part in ENDS.split(" ".join(text.split()))]
        if len(parts) > 1 and fold(title).startswith(fold(parts[0])) and 2 <= len(parts[-1]) <= 20:  # noqa: PLR2004
            return parts[-1]
    return None


def _whole(page: Page, at: int, titles: Sequence[str]) -> str:
    """A headline of several lines: its neighbours, as long as all of it stands in <title>."""
    folded = [fold(text) for text in titles]
    blocks = page.blocks
    text = blocks[at].text

    def belongs(number: int, joined: str) -> bool:
        return (
            page.parent[blocks[number].at] == page.parent[blocks[at].at]
            and blocks[number].link * 2 <= len(blocks[number].text)
            and any(fold(joined) in title for title in folded)
        )

    for after in range(at + 1, min(at + NEAR, len(blocks))):
        if not belongs(after, text + blocks[after].text):
            break
        text += blocks[after].text
    for before in range(at - 1, max(at - NEAR, -1), -1):
        if not belongs(before, blocks[before].text + text):
            break
        text = blocks[before].text + text
    return text


def _without_site(said: str, titles: Sequence[str]) -> str:
    """A claimed title without a name that <title> has behind a mark as well."""
    parts = [part.strip() for part in ENDS.split(said)]
    if len(parts) > 1 and len(fold(parts[0])) >= SHORTEST:
        ends = {fold(ENDS.split(text)[-1]) for text in titles}
        if fold(parts[-1]) in ends:
            return said[: said.rindex(parts[-1])].rstrip(" _|｜»丨-–—·")
    return said


def _over_byline(page: Page, first: int) -> str:
    """The nearest heading above the text that is no link and no name of a column."""
    for i in range(min(first, len(page.blocks)) - 1, max(first - 3 * NEAR, -1), -1):
        block = page.blocks[i]
        if (
            block.role == "heading"
            and block.link == 0
            and SHORTEST < len(fold(block.text)) <= LONGEST // 2
        ):
            return block.text
    return ""
