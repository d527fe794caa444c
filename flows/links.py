"""Links: of a list page by selector and pattern, of a feed by its entries."""

from __future__ import annotations

import calendar
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from selectolax.lexbor import LexborHTMLParser

from cleaners.encoding import decode
from flows.fetch import urls

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MOST = 20_000  # links of one page; entries of one feed
_QUERY_ENCODINGS = {"gb18030": "gbk", "big5hkscs": "big5"}  # as browsers write them


class LinkPage:
    """A page of links, parsed once."""

    def __init__(self, url: str, body: bytes, content_type: str = "") -> None:
        decoded = decode(body, content_type)
        self._tree = LexborHTMLParser(decoded.text)
        self._encoding = _QUERY_ENCODINGS.get(decoded.encoding, "utf-8")
        base = self._tree.css_first("base[href]")
        href = base.attributes.get("href") if base is not None else None
        self._base = (urls.absolute(url, href) if href else None) or url

    def links(self, selector: str) -> Iterator[str]:
        """
        Where the links lead that a CSS selector finds, canonical and each once, as they stand.

        A selector may name what the links stand in.
        """
        seen: set[str] = set()
        for node in self._tree.css(selector)[:MOST]:
            for link in [node] if node.tag == "a" else node.css("a"):
                url = self._target(link)
                if url is not None and url not in seen:
                    seen.add(url)
                    yield url

    def _target(self, link: LexborNode) -> str | None:
        href = link.attributes.get("href")
        url = urls.absolute(self._base, href, self._encoding) if href else None
        return urls.canonical(url) if url else None


def feed_entries(
    url: str, body: bytes, content_type: str = ""
) -> list[tuple[str, datetime | None]]:
    """The entries of an RSS or Atom feed: canonical URLs, and when they were last changed."""
    import feedparser  # noqa: PLC0415  0.2 s

    # As a stream: a text would be opened if it were the name of a file or a URL.
    read = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type or "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    found: dict[str, datetime | None] = {}
    for entry in read.entries[:MOST]:
        link = urls.absolute(url, str(entry.get("link") or entry.get("id") or ""))
        form = urls.canonical(link) if link else None
        if form is not None:
            # Past feedparser's own `get`, which takes the one for the other, with a warning.
            changed = dict.get(entry, "updated_parsed") or dict.get(entry, "published_parsed")
            found.setdefault(form, _date(changed))
    return list(found.items())


def _date(parsed: object) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(cast("time.struct_time", parsed)), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
