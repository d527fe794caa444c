"""
One URL: the page, its redirects, and the reason when there is none.

    canonical ─▶ allowed host? ─▶ robots.txt ─▶ turn ─▶ ask ─▶ page | redirect ─▶ again
                                                 ▲        │
                                                 └─retry──┘ what may pass

    async with Fetcher(Settings(user_agent("https://example.cn/bot"))) as fetcher:
        result = await fetcher.get("https://example.cn/a/1.html")

Bad pages are data: `get` answers `Failure` and raises only for what is our own fault.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from typing import Self

import stamina

from flows.fetch import answers, bodies, urls
from flows.fetch.client import Client, Cookies
from flows.fetch.clock import Clock
from flows.fetch.exchange import Exchange, Failure, Hop, Validators
from flows.fetch.polite import Hosts
from flows.fetch.robots import Robots, Rules
from flows.fetch.settings import Settings
from flows.fetch.trouble import Stopped, Trouble

ROBOTS_HOPS = 5  # redirects of a robots.txt that RFC 9309 wants followed
NONE = Validators()
# What is wrong with a host and not with its robots.txt; its pages fail with the same name.
OF_THE_HOST = frozenset(
    ("private-address", "host-not-found", "cannot-connect", "bad-certificate", "host-paused")
)

# Retries are part of the work and no news; who wants to see them sets a handler of his own.
logging.getLogger("stamina").addHandler(logging.NullHandler())

Result = Exchange | Failure
Wanted = tuple[str, Validators]  # a URL, and what the last visit left


@dataclass(slots=True)
class _Page:
    """One page on its way."""

    known: Validators
    seconds: float  # of answers that are left to it
    largest: int  # bytes of a body, as sent and decoded
    hops: list[Hop] = field(default_factory=list)
    cookies: Cookies = field(default_factory=Cookies)


class Fetcher:
    """
    Gets pages politely, within the bounds of its settings. An async context manager.

    hosts, robots  shared by fetchers whose sources may meet at a host
    stop           once it is set no page is begun; those under way are finished
    clock, client  for tests
    """

    def __init__(
        self,
        settings: Settings,
        *,
        hosts: Hosts | None = None,
        robots: Robots | None = None,
        stop: asyncio.Event | None = None,
        clock: Clock | None = None,
        client: Client | None = None,
    ) -> None:
        self.settings = settings
        self._clock = clock or Clock()
        self._hosts = hosts or Hosts(self._clock)
        self._robots = robots or Robots(self._clock)
        self._stop = stop or asyncio.Event()
        self._client = client or Client(settings, clock=self._clock)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._client.__aexit__(*exception)

    async def get(
        self, url: str, known: Validators = NONE, *, largest: int | None = None
    ) -> Result:
        """
        The page of a URL, or why there is none.

        known    asks only whether the page has changed: `Exchange.not_modified` says it has not
        largest  bytes of the body; as the settings have it unless given

        Stopped: `stop` was set before the page was begun.
        """
        wanted = urls.canonical(url)
        if wanted is None:
            return Failure(url, "bad-url", "is not the URL of a page")
        page = _Page(known, self.settings.page_seconds, largest or self.settings.max_body)
        try:
            await self._follow(wanted, page)
            last = page.hops[-1]
            codings = answers.header(last, b"content-encoding").decode("latin-1")
            body = b"" if last.status == answers.NOT_MODIFIED else last.body
            body = bodies.decode(body, codings, page.largest)
        except Trouble as trouble:
            if trouble.hop is not None:
                page.hops.append(trouble.hop)
            return Failure(
                wanted,
                trouble.rule,
                trouble.why,
                tuple(page.hops),
                gone=trouble.gone,
                retry_after=trouble.retry_after,
            )
        return Exchange(wanted, tuple(page.hops), body)

    async def fetch_all(self, wanted: Iterable[Wanted]) -> AsyncGenerator[Result]:
        """
        Pages as they come, many hosts at once and each host in the order given.

        Not more are got ahead than may be under way: who is slow to take them slows the
        fetching down. With `stop` set, pages that were not begun are left out.
        """
        lanes = self._lanes(wanted)
        results: asyncio.Queue[Result | None] = asyncio.Queue()
        room = asyncio.Semaphore(self._many)
        runner = asyncio.create_task(self._run(lanes, results, room))
        try:
            while (result := await results.get()) is not None:
                room.release()
                yield result
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
            if runner.done() and not runner.cancelled() and (error := runner.exception()):
                raise error

    @property
    def _many(self) -> int:
        """Requests that may be under way, to all hosts together."""
        return self.settings.hosts_at_once * self.settings.politeness.at_once

    async def rules(self, url: str) -> Rules:
        """What robots.txt of the URL's origin says."""
        return await self._robots.rules(urls.origin_of(url), self._ask_robots)

    def _lanes(self, wanted: Iterable[Wanted]) -> deque[deque[Wanted]]:
        """A queue for each host, named as often as it may be asked at once."""
        by_host: dict[str, deque[Wanted]] = {}
        for url, known in wanted:
            form = urls.canonical(url)
            host = urls.host_of(form) if form else ""
            by_host.setdefault(host, deque()).append((url, known))
        lanes = self.settings.politeness.at_once
        return deque(q for q in by_host.values() for _ in range(min(lanes, len(q))))

    async def _run(
        self,
        lanes: deque[deque[Wanted]],
        results: asyncio.Queue[Result | None],
        room: asyncio.Semaphore,
    ) -> None:
        async def worker() -> None:
            while lanes:
                queue = lanes.popleft()
                while queue and not self._stop.is_set():
                    await room.acquire()
                    if not queue:  # another lane of the host took the last one
                        room.release()
                        break
                    try:
                        results.put_nowait(await self.get(*queue.popleft()))
                    except Stopped:
                        room.release()
                        return

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._many, len(lanes))):
                    group.create_task(worker())
        finally:
            results.put_nowait(None)

    async def _follow(self, url: str, page: _Page) -> None:
        """Ask, and go where we are sent, until a page has come. Every hop is checked anew."""
        seen: set[tuple[str, str]] = set()
        while True:
            cookies = page.cookies.header(url)
            step = (url, cookies.get("Cookie", ""))
            if step in seen:
                raise Trouble("redirect-loop", f"leads back to {url}")
            seen.add(step)
            if len(page.hops) > self.settings.redirects:
                raise Trouble("too-many-redirects", f"more than {self.settings.redirects}")
            hop = await self._hop(url, page, cookies)
            page.hops.append(hop)
            page.cookies.keep(hop)
            if hop.status not in answers.REDIRECTS:
                return
            url = answers.target(hop)

    async def _hop(self, url: str, page: _Page, cookies: dict[str, str]) -> Hop:
        """One answer that is a page or a redirect."""
        host = urls.host_of(url)
        allowed = self.settings.allowed_hosts
        if allowed and not urls.is_below(host, allowed):
            raise Trouble("host-not-allowed", f"{host} is none of the source's hosts")
        rules = await self.rules(url)
        if rules.problem is not None:
            raise self._no_rules(rules.problem)
        if not rules.allows(url):
            raise Trouble("robots-forbidden", f"robots.txt of {host} does not allow {url}")
        headers = {**cookies, **_conditions(url, page.known)}
        return await self._tried(url, headers, rules.delay, page)

    async def _tried(
        self, url: str, headers: dict[str, str], crawl_delay: float, page: _Page
    ) -> Hop:
        """Ask again while what went wrong may pass, and the page has time left."""
        settings = self.settings

        def again(error: Exception) -> bool | float:
            if not isinstance(error, Trouble) or not error.passing or self._stop.is_set():
                return False
            if error.retry_after is None:
                return page.seconds > 0
            # The host's queue waits for it; nobody needs to wait twice.
            return 0.0 if error.retry_after <= settings.politeness.longest_wait else False

        async for attempt in stamina.retry_context(
            on=again,
            attempts=settings.attempts,
            timeout=None,
            wait_initial=settings.retry_wait,
            wait_max=settings.retry_longest,
            wait_jitter=settings.retry_wait,
        ):
            with attempt:
                return await self._once(url, headers, crawl_delay, page)
        raise AssertionError("the last attempt returns or raises")

    async def _once(
        self, url: str, headers: dict[str, str], crawl_delay: float, page: _Page
    ) -> Hop:
        """One request in its turn."""
        host, politeness = urls.host_of(url), self.settings.politeness
        async with self._hosts.turn(host, politeness, crawl_delay, self._stop) as turn:
            began = self._clock.monotonic()
            try:
                hop = await self._client.ask(url, headers, page.seconds, page.largest)
                answers.check(hop, conditional=_asks(headers), now=self._clock.now())
            except Trouble as trouble:
                turn.failed, turn.retry_after = trouble.passing, trouble.retry_after
                raise
            finally:
                page.seconds -= self._clock.monotonic() - began
            return hop

    async def _ask_robots(self, url: str) -> tuple[int, bytes]:
        """A robots.txt: wherever it moved to, without robots.txt of its own."""
        page = _Page(NONE, self.settings.page_seconds, self.settings.max_body)
        for _ in range(ROBOTS_HOPS + 1):
            try:
                hop = await self._tried(url, {}, 0.0, page)
            except Trouble as trouble:
                if trouble.hop is not None and trouble.hop.status >= 400:  # noqa: PLR2004
                    return trouble.hop.status, b""
                if trouble.rule != "body-too-large" or trouble.hop is None:
                    raise
                hop = trouble.hop  # its beginning will do
            if hop.status not in answers.REDIRECTS:
                codings = answers.header(hop, b"content-encoding").decode("latin-1")
                return hop.status, bodies.decode(hop.body, codings, page.largest)
            try:
                url = answers.target(hop)
            except Trouble:
                return 404, b""
        return 404, b""  # as RFC 9309 has it: too many redirects are no robots.txt

    @staticmethod
    def _no_rules(problem: Trouble) -> Trouble:
        """Why a page was not asked for when its robots.txt could not be had."""
        if problem.rule in OF_THE_HOST:
            return Trouble(problem.rule, problem.why, retry_after=problem.retry_after)
        why = f"robots.txt could not be had, so nothing is asked for: {problem.rule}, {problem.why}"
        return Trouble("robots-unreachable", why, retry_after=problem.retry_after)


def _asks(headers: dict[str, str]) -> bool:
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def _conditions(url: str, known: Validators) -> dict[str, str]:
    """The headers of a conditional request, to the URL that gave the validators only."""
    if known.url not in {"", url}:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value and value.isprintable()}
