"""
What robots.txt allows, as RFC 9309 says.

    200          its rules, for a day
    4xx          everything is allowed
    5xx, 429     nothing is, for a while; an older copy is followed meanwhile
    no answer    likewise
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from protego import Protego

from flows.fetch.clock import Clock
from flows.fetch.settings import PRODUCT
from flows.fetch.trouble import Trouble

LARGEST = 500 << 10  # bytes that are read of a file, the least that RFC 9309 asks for
GOOD_FOR = 24 * 3600.0  # seconds
BAD_FOR = 600.0  # seconds until robots.txt is asked for again when it could not be had
TOO_MANY = 429

Ask = Callable[[str], Awaitable[tuple[int, bytes]]]  # URL → status and decoded body, or Trouble


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin allows."""

    parsed: Protego | None = None  # None: all, or nothing when there is a problem
    problem: Trouble | None = None
    expires: float = 0.0  # the clock's monotonic seconds

    def allows(self, url: str) -> bool:
        if self.problem is not None:
            return False
        return self.parsed is None or self.parsed.can_fetch(url, PRODUCT)

    @property
    def delay(self) -> float:
        """Seconds between two requests, 0.0 when nothing is said."""
        if self.parsed is None:
            return 0.0
        rate = self.parsed.request_rate(PRODUCT)
        return max(
            self.parsed.crawl_delay(PRODUCT) or 0.0, rate.seconds / rate.requests if rate else 0.0
        )

    @property
    def sitemaps(self) -> tuple[str, ...]:
        return tuple(self.parsed.sitemaps) if self.parsed is not None else ()


def parse(body: bytes) -> Protego:
    """
    The rules of a file: the first 500 KiB of it, less the last line if it was cut.

    >>> parse(b"\\xef\\xbb\\xbfUser-agent: *\\nDisallow: /a").can_fetch("http://x.cn/a/b", "any")
    False
    """
    if len(body) > LARGEST:
        body = body[:LARGEST].rpartition(b"\n")[0]
    # The mark is removed first: behind it the first line would be no User-agent.
    return Protego.parse(body.decode("utf-8-sig", "replace"))


@dataclass(slots=True)
class Robots:
    """robots.txt of each origin, asked for once until it expires."""

    clock: Clock = field(default_factory=Clock)
    _known: dict[str, Rules] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def rules(self, origin: str, ask: Ask) -> Rules:
        """The rules of an origin, e.g. "http://example.cn"."""
        if (known := self._fresh(origin)) is not None:
            return known
        async with self._asking.setdefault(origin, asyncio.Lock()):
            if (known := self._fresh(origin)) is not None:
                return known
            rules = self._known[origin] = await self._asked(origin, ask)
            return rules

    def _fresh(self, origin: str) -> Rules | None:
        known = self._known.get(origin)
        return known if known is not None and self.clock.monotonic() < known.expires else None

    async def _asked(self, origin: str, ask: Ask) -> Rules:
        try:
            status, body = await ask(f"{origin}/robots.txt")
        except Trouble as trouble:
            return self._unreachable(origin, trouble)
        now = self.clock.monotonic()
        if 200 <= status < 300:  # noqa: PLR2004
            return Rules(parse(body), expires=now + GOOD_FOR)
        if status == TOO_MANY or status >= 500:  # noqa: PLR2004
            return self._unreachable(origin, Trouble("robots-unreachable", f"status {status}"))
        return Rules(expires=now + GOOD_FOR)

    def _unreachable(self, origin: str, trouble: Trouble) -> Rules:
        """An older copy if there is one; otherwise nothing is allowed, and why."""
        expires = self.clock.monotonic() + BAD_FOR
        old = self._known.get(origin)
        if old is not None and old.problem is None:
            return Rules(old.parsed, expires=expires)
        return Rules(problem=trouble, expires=expires)
