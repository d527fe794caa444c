"""
Sitemaps: what they list, from the bytes of one.

XML, an index of further sitemaps, news, gzip or plain text. Many are not well formed (a
bare & in a URL, a second XML declaration, gb2312 under the name of UTF-8), so tags are
looked for and no document is built: one pass, whatever is in it, no entity is expanded
but those of characters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cleaners.encoding import decode
from flows.fetch.bodies import gunzip

LARGEST = 50 << 20  # bytes, as the protocol has it
_GZIP = b"\x1f\x8b"
_TAG = re.compile(
    r"<(?P<close>/?)(?:[A-Za-z]\w{0,20}:)?(?P<name>url|sitemap|loc|lastmod|publication_date)"
    r"(?:\s[^<>]{0,500})?>(?:\s*<!\[CDATA\[)?(?P<text>[^<]{0,5000})"
)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]")
_HEAD = 4096  # characters that are searched for the root


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry."""

    url: str  # as it is written
    lastmod: datetime | None = None
    is_sitemap: bool = False  # an entry of an index


def unpacked(body: bytes) -> bytes:
    """The sitemap of a .gz file; another body as it is. Trouble: it is too large or damaged."""
    return gunzip(body, LARGEST) if body.startswith(_GZIP) else body


def is_feed(body: bytes) -> bool:
    """Whether it is RSS or Atom: feeds may stand where sitemaps do."""
    return _FEED.search(body[:_HEAD].decode("latin-1")) is not None


def read_sitemap(body: bytes, content_type: str = "") -> Iterator[Listed]:
    """
    The entries, in the order of the file.

    >>> list(read_sitemap(b"<urlset><url><loc>http://a.cn/?a=1&b=2</loc></url></urlset>"))
    [Listed(url='http://a.cn/?a=1&b=2', lastmod=None, is_sitemap=False)]
    """
    text = decode(body, content_type).text
    if "<" not in text[:_HEAD]:
        for line in text.splitlines():
            if line.strip().lower().startswith(("http://", "https://")):
                yield Listed(line.strip())
        return
    url, lastmod, is_sitemap = "", None, False
    for tag in _TAG.finditer(text):
        name, closes = tag["name"], bool(tag["close"])
        if name in {"url", "sitemap"}:
            if url:
                yield Listed(url, lastmod, is_sitemap)
            url, lastmod, is_sitemap = "", None, name == "sitemap"
        elif closes:
            continue
        elif name == "loc":
            url = url or html.unescape(tag["text"].removesuffix("]]>")).strip()
        else:
            lastmod = lastmod or read_date(tag["text"])
    if url:  # the file was cut off
        yield Listed(url, lastmod, is_sitemap)


def read_date(text: str) -> datetime | None:
    """
    A date of a sitemap, in UTC; None: it is none.

    >>> read_date("2024-03-01T08:00:00+08:00"), read_date("2024-03-01"), read_date("yesterday")
    (datetime.datetime(2024, 3, 1, 0, 0, tzinfo=datetime.timezone.utc), \
datetime.datetime(2024, 3, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        read = datetime.fromisoformat(text.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
