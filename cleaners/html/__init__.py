"""
Main text and metadata of a web page: decode, parse once, walk once, weigh, choose, trim.

    bytes ──decode, bounded──▶ source ──walk──▶ blocks ──weigh, choose──▶ element ──trim──▶ lines

The method is a maximum-sum subtree over weighted blocks, without length thresholds; names
of classes are priors on weights and never veto what holds much of the page's prose.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from cleaners.document import Extracted, Harvested, Line, Link
from cleaners.encoding import decode
from cleaners.html.address import Address, address_of
from cleaners.html.blocks import has_password, walk
from cleaners.html.bounds import bounded
from cleaners.html.choose import choose
from cleaners.html.claims import claims_of
from cleaners.html.classes import classify, refusal
from cleaners.html.embedded import embedded
from cleaners.html.layout import Layout, kept_by, layout_of
from cleaners.html.lines import lines_of
from cleaners.html.metadata import harvest, headline
from cleaners.html.page import Page
from cleaners.html.parts import parts_of
from cleaners.html.thread import find_thread, with_replies
from cleaners.html.trim import trim
from cleaners.html.weigh import has_sentence, weigh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from selectolax.lexbor import LexborNode

    from cleaners.sites import Site

__all__ = ["EXTRACTOR", "extract", "looks_like_html"]

EXTRACTOR = "html@2"  # for provenance; count up when the same page gives other text
SHOWN = 200.0  # units of prose; a page that shows less may hold its text in a script
SCRIPTED = 0.5  # confidence in a text that the page does not show
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
    sites: Sequence[Site] = (),
    retrieved_at: datetime | None = None,
) -> Extracted:
    """
    The visible main text of a page, one block a line, and what the page says about it.

    `body` is the page as it came, or decoded already; `content_type` is what a server said
    of it, `url` where it was found: links lead from there, and many have a date in it.
    `retrieved_at` is when: later dates are not believed, and 3小时前 becomes a day. `links`
    asks for the links in the text. `sites` are the rows for the page's host: the first whose
    body is there says where the text is, and no general method is asked. Offsets of the lines
    count characters of `original`.

    Nothing is raised for broken or hostile pages: a page without text gives no lines, one over
    the limits of `bounds` gives the text of its first part with confidence 0. A page that is a
    list, a login, an error … (`classes.WHY`), or over the limits, says so in `refusal`; what
    text it has is there as well.

    >>> page = "<title>涨潮</title><a href=/>首页</a><div><p>夜里，海水涨了。</p></div>"
    >>> extract(page.encode()).title
    '涨潮'
    >>> extract(page.encode()).text
    '夜里，海水涨了。'
    """
    decoded = None if isinstance(body, str) else decode(body, content_type, markup=True)
    source = decoded.text if decoded else str(body)
    text, over = bounded(source)
    # Bytes that are UTF-8 need not be encoded once more for the parser.
    as_came = decoded and decoded.witness == "utf-8 fits" and not over
    root = LexborHTMLParser(body if as_came else text).root
    if root is None:
        return Extracted("", (), {}, "html", 0.0)
    tree = _Tree(root, text, over, url, retrieved_at)
    layout = layout_of(root, sites) if sites else None
    if layout:
        found = _laid_out(layout, tree, links=links)
        if found.lines:
            return found
    page = walk(root, links=links)
    if not page.blocks:  # some pages show their text by script only
        page = walk(root, show_hidden=True, links=links)
    return _extracted(page, tree)


def looks_like_html(text: str) -> bool:
    """
    Whether a text is markup rather than plain text that mentions a tag.

    >>> looks_like_html("<p>甲<br>乙</p>"), looks_like_html("如果 a<b，那么<br>不变。")
    (True, False)
    """
    head = text[:SNIFFED].lstrip("\ufeff \t\r\n")
    tags = len(_TAG.findall(head))
    return (head.startswith("<") and tags >= 1) or tags >= 5  # noqa: PLR2004 - five by chance: no


class _Tree(NamedTuple):
    """A page that is parsed, and what is known of it beside its tree."""

    root: LexborNode
    source: str
    over: str  # which limit the source was over, or nothing
    url: str
    retrieved_at: datetime | None

    def says(self, page: Page) -> Callable[..., dict[str, Harvested]]:
        """`harvest`, with what the markup claims and where and when the page was found."""
        return partial(
            harvest,
            claims=claims_of(page, self.root, self.source),
            address=self.address(page),
            retrieved_at=self.retrieved_at,
        )

    def address(self, page: Page) -> Address:
        return address_of(page, self.url)


def _extracted(page: Page, tree: _Tree) -> Extracted:
    if not page.blocks:
        return _unseen(page, tree)
    address, over = tree.address(page), tree.over or page.over
    title_at = headline(page)
    weights = weigh(page, title_at)
    choice = choose(page, weights, title_at)
    thread = find_thread(page, weights, title_at)
    kept = list(thread.kept) if thread else trim(page, weights, choice.at, title_at)
    first = next(
        (i for i in kept if i > title_at and has_sentence(page.blocks[i].text)),
        kept[0] if kept else len(page.blocks),
    )
    metadata = tree.says(page)(page, title_at, kept, first)
    shown = with_replies(page, thread.replies) if thread else page
    original, lines, links = lines_of(shown, kept, address)
    if over:
        return Extracted(original, lines, metadata, "html", 0.0, links=links, refusal=refusal(over))
    prose = sum(weights.prose[i] for i in kept)
    if prose < SHOWN:
        found = embedded(tree.root, _title(metadata), original, prose, headed=title_at >= 0)
        if found:
            original, lines, links = _text_of(found, address)
            return Extracted(original, lines, metadata, "html", SCRIPTED, links=links)
    parts = parts_of(page, kept, address)
    return Extracted(
        original,
        lines,
        metadata,
        "html",
        choice.confidence,
        links=links,
        refusal=classify(page, weights, title_at, partial(has_password, tree.root)),
        next_part=parts.next,
        part_index=parts.index,
        part_count=parts.count,
    )


def _title(metadata: dict[str, Harvested]) -> str:
    title = metadata.get("title")
    return str(title.value or "") if title else ""


def _unseen(page: Page, tree: _Tree) -> Extracted:
    """A page that shows nothing: what its scripts hold, if anything."""
    over = tree.over or page.over
    metadata = tree.says(page)(page, -1, (), 0)
    if over:
        return Extracted("", (), metadata, "html", 0.0, refusal=refusal(over))
    found = embedded(tree.root, _title(metadata), "", 0.0, headed=False)
    if not found:
        return Extracted("", (), metadata, "html", 0.0)
    original, lines, links = _text_of(found, tree.address(page))
    return Extracted(original, lines, metadata, "html", SCRIPTED, links=links)


def _laid_out(layout: Layout, tree: _Tree, *, links: bool) -> Extracted:
    """The page as its site's own row reads it."""
    page = walk(tree.root, links=links, excluded=layout.excluded)
    kept = kept_by(layout, page)
    if not kept:  # hidden until a script runs
        page = walk(tree.root, show_hidden=True, links=links, excluded=layout.excluded)
        kept = kept_by(layout, page)
    over, address = tree.over or page.over, tree.address(page)
    original, lines, found = lines_of(page, kept, address)
    metadata = tree.says(page)(page, headline(page), kept, kept[0] if kept else 0)
    parts = parts_of(page, kept, address)
    return Extracted(
        original,
        lines,
        metadata | dict(layout.facts),
        "html",
        0.0 if over else 1.0,
        f"{EXTRACTOR}+{layout.site.pack}",
        links=found,
        refusal=refusal(over) if over else None,
        next_part=parts.next,
        part_index=parts.index,
        part_count=parts.count,
    )


def _text_of(page: Page, address: Address) -> tuple[str, tuple[Line, ...], tuple[Link, ...]]:
    """The text of a page that a script would have shown."""
    weights = weigh(page)
    return lines_of(page, trim(page, weights, choose(page, weights).at, -1), address)
