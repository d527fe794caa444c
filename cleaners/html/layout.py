"""Where a site's own row says that text and facts are, instead of the general method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from cleaners.dates import iso_date
from cleaners.document import Harvested
from cleaners.html.blocks import BLOCK_TAGS
from cleaners.html.page import Page
from cleaners.sites import Site

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_FACT = 300  # characters of a title, a name, a line with a date


@dataclass(frozen=True, slots=True)
class Layout:
    """What a row finds on one page, by node ids."""

    site: Site
    body: frozenset[int]
    excluded: frozenset[int]
    facts: Mapping[str, Harvested]


def faults(selector: str) -> str:
    """Why a text is no CSS selector; nothing if it is one."""
    root = LexborHTMLParser("<p></p>").root
    assert root is not None
    try:
        root.css(selector)
    except (SelectolaxError, UnicodeEncodeError) as error:
        return str(error).lower().rstrip(".")
    return ""


def layout_of(root: LexborNode, sites: Iterable[Site]) -> Layout | None:
    """The first row whose body is on the page."""
    for site in sites:
        body = _first(root, site.body)
        if body:
            excluded = [node for selector in site.exclude for node in root.css(selector)]
            return Layout(
                site,
                frozenset(_block(node).mem_id for node in body),
                frozenset(node.mem_id for node in excluded),
                dict(_facts(root, site)),
            )
    return None


def _first(root: LexborNode, selectors: Iterable[str]) -> list[LexborNode]:
    return next((found for selector in selectors if (found := root.css(selector))), [])


def _block(node: LexborNode) -> LexborNode:
    """The innermost block element that an element is, or stands in."""
    while node.tag not in BLOCK_TAGS and node.parent is not None:
        node = node.parent
    return node


def _facts(root: LexborNode, site: Site) -> Iterable[tuple[str, Harvested]]:
    for name, selectors in site.facts().items():
        for node in _first(root, selectors)[:1]:
            said = " ".join(node.text().split())[:MAX_FACT]
            said = said or node.attributes.get("content") or node.attributes.get("datetime") or ""
            value = iso_date(said) if name == "published" else said.strip()
            if value:
                yield name, Harvested(value, said, f"site:{site.pack}", "high")


def kept_by(layout: Layout, page: Page) -> list[int]:
    """The blocks in the elements of the body, in document order."""
    inside: list[bool] = []
    for node, above in zip(page.node, page.parent, strict=True):
        inside.append((above >= 0 and inside[above]) or node in layout.body)
    return [i for i, block in enumerate(page.blocks) if inside[block.at]]
