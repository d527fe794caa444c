"""
Main text and metadata of a web page: decode, parse once, walk once, weigh, choose, trim.

    bytes ──decode, bounded──▶ source ──walk──▶ blocks ──weigh, choose──▶ element ──trim──▶ lines

The method is a maximum-sum subtree over weighted blocks, without length thresholds; names
of classes are priors on weights and never veto what holds much of the page's prose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from cleaners.document import Extracted, Harvested
from cleaners.encoding import decode
from cleaners.html.address import Address, address_of
from cleaners.html.blocks import Page, bounded, walk
from cleaners.html.choose import choose
from cleaners.html.claims import claims_of
from cleaners.html.lines import lines_of
from cleaners.html.metadata import harvest, headline
from cleaners.html.parts import parts_of
from cleaners.html.trim import trim
from cleaners.html.weigh import sentences, weigh

__all__ = ["EXTRACTOR", "extract", "looks_like_html"]

EXTRACTOR = "html@1"  # for provenance; count up when the same page gives other text
SNIFFED = 4096  # characters that `looks_like_html` reads

_TAG = re.compile(
    r"<(?:!doctype html|/?(?:html|head|body|div|p|br|span|table|tr|td|article|section|meta|title|"
    r"script|style|link|a|ul|li|h[1-6])(?=[\s/>]))",
    re.IGNORECASE,
)


def extract(
    body: bytes | str,
    content_type: str = "",
    *,
    url: str = "",
    links: bool = False,
    retrieved_at: datetime | None = None,
) -> Extracted:
    """
    The visible main text of a page, one block a line, and what the page says about it.

    `body` is the page as it came, or decoded already; `content_type` is what a server said
    of it, `url` where it was found: links lead from there, and many have a date in it.
    `retrieved_at` is when: later dates are not believed, and 3小时前 becomes a day. `links` asks
    for the links in the text. Offsets of the lines count characters of `original`. Nothing is raised for broken
    or hostile pages: a page without text gives no lines, one over the limits of `blocks`
    gives the text of its first part with confidence 0.

    >>> page = "<title>涨潮</title><a href=/>首页</a><div><p>夜里，海水涨了。</p></div>"
    >>> extract(page.encode()).title
    '涨潮'
    >>> extract(page.encode()).text
    '夜里，海水涨了。'
    """
    source = body if isinstance(body, str) else decode(body, content_type, markup=True).text
    source, whole = bounded(source)
    root = LexborHTMLParser(source).root
    if root is None:
        return Extracted("", (), {}, "html", 0.0)
    page = walk(root, links=links)
    if not page.blocks:  # some pages show their text by script only
        page = walk(root, show_hidden=True, links=links)
    address = address_of(page, url)
    claims = claims_of(page, root, source)
    says = partial(harvest, claims=claims, address=address, retrieved_at=retrieved_at)
    return _extracted(page, address, says, whole=whole and page.whole)


def looks_like_html(text: str) -> bool:
    """
    Whether a text is markup rather than plain text that mentions a tag.

    >>> looks_like_html("<p>甲<br>乙</p>"), looks_like_html("如果 a<b，那么<br>不变。")
    (True, False)
    """
    head = text[:SNIFFED].lstrip("\ufeff \t\r\n")
    tags = len(_TAG.findall(head))
    return (head.startswith("<") and tags >= 1) or tags >= 5  # noqa: PLR2004 - five by chance: no


def _extracted(
    page: Page, address: Address, says: Callable[..., dict[str, Harvested]], *, whole: bool
) -> Extracted:
    if not page.blocks:
        return Extracted("", (), says(page, -1, (), 0), "html", 0.0)
    title_at = headline(page)
    weights = weigh(page, title_at)
    choice = choose(page, weights, title_at)
    kept = trim(page, weights, choice.at, title_at)
    original, lines, links = lines_of(page, kept, address)
    first = next(
        (i for i in kept if i > title_at and sentences(page.blocks[i].text)),
        kept[0] if kept else len(page.blocks),
    )
    metadata = says(page, title_at, kept, first)
    confidence = choice.confidence if whole else 0.0
    parts = parts_of(page, kept, address)
    return Extracted(
        original,
        lines,
        metadata,
        "html",
        confidence,
        links=links,
        next_part=parts.next,
        part_index=parts.index,
        part_count=parts.count,
    )
