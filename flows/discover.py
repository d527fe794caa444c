"""
What a source offers: its URLs, in an order that depends on the site alone.

    urls ─▶ sitemaps ─▶ feeds ─▶ list pages        each URL once, where it was first found

Everything on the way is fetched politely and bounded: how many sitemaps, how deep, how
many pages of a list, how many URLs. Calendars and filters that link to themselves for
ever end at those bounds.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Literal, Protocol

from flows import sitemaps
from flows.fetch import urls
from flows.fetch.exchange import Exchange, Failure
from flows.fetch.fetch import Result
from flows.fetch.robots import Rules
from flows.fetch.trouble import Trouble
from flows.links import LinkPage, feed_entries
from flows.sources import ListPage, Source, matches

INDEX_DEPTH = 3  # sitemaps in an index in an index
SITEMAPS = 1000  # of one source
LOOKED_AT = 1_000_000  # URLs of one source
QUERIES = 20  # list pages of one path that differ in their query only
REPEATS = 3  # of one name in a path: /a/b/a/b/a/b/ leads nowhere

How = Literal["urls", "sitemap", "feed", "list"]


@dataclass(frozen=True, slots=True)
class Found:
    """A URL that may be fetched."""

    url: str  # canonical
    how: How
    on: str = ""  # the page, sitemap or feed that names it; "": the source itself
    lastmod: datetime | None = None  # UTC, as the site says


@dataclass(frozen=True, slots=True)
class _Further:
    """A sitemap that is still to be read."""

    url: str


class Getter(Protocol):
    """What discovery asks of a fetcher; one that archives what it gets is another."""

    async def get(self, url: str, *, largest: int | None = None) -> Result: ...
    async def rules(self, url: str) -> Rules: ...


async def discover(
    source: Source, fetcher: Getter, wanted: Callable[[Found], bool] = lambda _: True
) -> AsyncGenerator[Found | Failure]:
    """
    The URLs of a source that are its pages, up to `source.pages` of them.

    wanted  whether a URL is to be fetched now. Those that are not do not count, so that a
            run gets on where the last one ended

    Sitemaps, feeds and lists that could not be had come as `Failure`. Stopped: the fetcher
    was told to stop.
    """
    seen: set[bytes] = set()  # digests: there may be a million URLs
    left, looked_at = source.pages, 0
    async with aclosing(_Search(source, fetcher).items()) as items:
        async for item in items:
            if isinstance(item, Failure):
                yield item
                continue
            looked_at += 1
            digest = hashlib.blake2b(item.url.encode(), digest_size=12).digest()
            if digest not in seen and source.wants(item.url) and wanted(item):
                yield item
                left -= 1
            seen.add(digest)
            if left <= 0 or looked_at >= LOOKED_AT:
                return


@dataclass(frozen=True, slots=True)
class _Search:
    """One walk through a source: all that is named somewhere, as often as it is named."""

    source: Source
    fetcher: Getter

    async def items(self) -> AsyncGenerator[Found | Failure]:
        for url in self.source.urls:
            yield Found(url, "urls")
        async for item in self._sitemaps():
            yield item
        for url in self.source.feeds:
            async for item in self._feed(url):
                yield item
        for each in self.source.lists:
            async for item in self._list(each):
                yield item

    async def _sitemaps(self) -> AsyncGenerator[Found | Failure]:
        waiting: deque[tuple[str, int]] = deque()
        async for item in self._named_sitemaps():
            if isinstance(item, Failure):
                yield item
            else:
                waiting.append((item.url, 0))
        seen: set[str] = set()
        while waiting and len(seen) < SITEMAPS:
            url, depth = waiting.popleft()
            if url in seen:
                continue
            seen.add(url)
            async for item in self._sitemap(url):
                if not isinstance(item, _Further):
                    yield item
                elif depth < INDEX_DEPTH:
                    waiting.append((item.url, depth + 1))

    async def _named_sitemaps(self) -> AsyncGenerator[_Further | Failure]:
        """The source's sitemaps; in the place of a robots.txt those that it names."""
        for url in self.source.sitemaps:
            if not url.endswith("/robots.txt"):
                yield _Further(url)
                continue
            rules = await self.fetcher.rules(url)
            if rules.problem is not None:
                yield Failure(url, rules.problem.rule, rules.problem.why)
            elif not rules.sitemaps:
                yield Failure(url, "no-sitemaps", "robots.txt names no sitemap")
            for named in rules.sitemaps:
                if form := urls.canonical(urls.absolute(url, named) or ""):
                    yield _Further(form)

    async def _sitemap(self, url: str) -> AsyncGenerator[Found | Failure | _Further]:
        exchange = await self.fetcher.get(url, largest=sitemaps.LARGEST)
        if isinstance(exchange, Failure):
            yield exchange
            return
        try:
            body = sitemaps.unpacked(exchange.body)
        except Trouble as trouble:
            yield Failure(url, trouble.rule, trouble.why, exchange.hops)
            return
        if sitemaps.is_feed(body):
            for item in _entries(url, exchange, body):
                yield item
            return
        for listed in sitemaps.read_sitemap(body, exchange.header("content-type")):
            form = urls.canonical(urls.absolute(exchange.last.url, listed.url) or "")
            if form is not None:
                further = listed.is_sitemap
                yield _Further(form) if further else Found(form, "sitemap", url, listed.lastmod)

    async def _feed(self, url: str) -> AsyncGenerator[Found | Failure]:
        exchange = await self.fetcher.get(url)
        if isinstance(exchange, Failure):
            yield exchange
            return
        for item in _entries(url, exchange, exchange.body):
            yield item

    async def _list(self, top: ListPage) -> AsyncGenerator[Found | Failure]:
        """The articles of a list, of its further pages, and of lists that it leads to."""
        queue = _Queue(deque([(top.url, 0)]), {top.url})
        for _ in range(top.pages):
            if not queue.waiting:
                return
            url, depth = queue.waiting.popleft()
            exchange = await self.fetcher.get(url)
            if isinstance(exchange, Failure):
                yield exchange
                continue
            page = LinkPage(exchange.last.url, exchange.body, exchange.header("content-type"))
            for link in page.links(top.select):
                if not top.links or matches(top.links, link):
                    yield Found(link, "list", url)
            for link in islice(page.links(top.next) if top.next else (), 1):
                queue.add(link, depth)
            if top.follow and depth < top.depth:
                for link in page.links("a"):
                    if matches(top.follow, link):
                        queue.add(link, depth + 1)


@dataclass(slots=True)
class _Queue:
    """List pages that are still to be looked at. Traps stay out of it."""

    waiting: deque[tuple[str, int]]  # URL, and steps from the first page
    seen: set[str]
    paths: Counter[str] = field(default_factory=Counter)

    def add(self, url: str, depth: int) -> None:
        path = url.partition("?")[0]
        if url in self.seen or repeats_itself(path) or self.paths[path] >= QUERIES:
            return
        self.seen.add(url)
        self.paths[path] += 1
        self.waiting.append((url, depth))


def repeats_itself(path: str) -> bool:
    """
    Whether a URL without its query is one that relative links on a wrong page make.

    >>> repeats_itself("http://a.cn/b/c/b/c/b/c/b/c.html"), repeats_itself("http://a.cn/b/b/1.html")
    (True, False)
    """
    names = Counter(path.split("/")[3:])
    return any(count > REPEATS for name, count in names.items() if name)


def _entries(url: str, exchange: Exchange, body: bytes) -> list[Found]:
    """The entries of a feed."""
    entries = feed_entries(exchange.last.url, body, exchange.header("content-type"))
    return [Found(link, "feed", url, changed) for link, changed in entries]
