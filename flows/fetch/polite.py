"""
One queue a host.

A request waits for its turn: until few enough are under way, until the host had its rest
after the last answer, and until a Retry-After is over. A host in trouble gets a pause,
each longer than the one before it, and is then left alone: the rest of its pages fail
without being asked for, and are tried by the next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from flows.fetch.clock import Clock
from flows.fetch.settings import Politeness
from flows.fetch.trouble import Stopped, Trouble


@dataclass(slots=True)
class _Host:
    """What is known of a host. Times are the clock's monotonic seconds."""

    slots: asyncio.Semaphore
    rested_from: float = float("-inf")  # the last request's start or the last answer's end
    took: float = 0.0  # seconds of the last answer
    not_before: float = float("-inf")
    failures: int = 0  # in a row
    pauses: int = 0  # in a row
    left_alone: float = float("-inf")  # until then nothing is asked

    def ready_at(self, polite: Politeness, crawl_delay: float) -> float:
        """When the next request may go."""
        longest = max(polite.longest_delay, polite.delay)
        delay = max(polite.delay, min(longest, max(crawl_delay, polite.factor * self.took)))
        return max(self.rested_from + delay, self.not_before)


@dataclass(slots=True)
class Turn:
    """A request's turn. Who has it says how it went; otherwise it went well."""

    failed: bool = False  # in a way that may pass
    retry_after: float | None = None  # seconds


@dataclass(slots=True)
class Hosts:
    """
    All hosts of a run. Share one between fetchers that may meet at a host.

    Who comes there first says how many may be under way; how long to wait each says for itself.
    """

    clock: Clock = field(default_factory=Clock)
    _hosts: dict[str, _Host] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(
        self,
        name: str,
        politeness: Politeness,
        crawl_delay: float = 0.0,
        stop: asyncio.Event | None = None,
    ) -> AsyncGenerator[Turn]:
        """
        Wait until the host `name` may be asked; the request goes inside of the block.

        Trouble `host-paused`: the host is left alone. Stopped: `stop` was set meanwhile.
        """
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(asyncio.Semaphore(politeness.at_once))
        async with host.slots:
            await self._wait(name, host, politeness, crawl_delay, stop)
            began = host.rested_from = self.clock.monotonic()
            turn = Turn()
            try:
                yield turn
            finally:
                ended = host.rested_from = self.clock.monotonic()
                host.took = ended - began
                self._note(host, politeness, turn, ended)

    async def _wait(
        self,
        name: str,
        host: _Host,
        politeness: Politeness,
        crawl_delay: float,
        stop: asyncio.Event | None,
    ) -> None:
        while True:
            if stop is not None and stop.is_set():
                raise Stopped
            now = self.clock.monotonic()
            if now < host.left_alone:
                why = f"{name} is in trouble or asked for a pause; its next pages come later"
                raise Trouble("host-paused", why, retry_after=host.left_alone - now)
            wait = host.ready_at(politeness, crawl_delay) - now
            if wait <= 0:
                return
            await self._sleep(wait, stop)

    async def _sleep(self, seconds: float, stop: asyncio.Event | None) -> None:
        """Sleep, but no longer than until `stop` is set."""
        if stop is None:
            await self.clock.sleep(seconds)
            return
        tasks = {
            asyncio.ensure_future(self.clock.sleep(seconds)),
            asyncio.ensure_future(stop.wait()),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    @staticmethod
    def _note(host: _Host, polite: Politeness, turn: Turn, now: float) -> None:
        """What a turn means for those after it."""
        if turn.retry_after is not None:
            if turn.retry_after <= polite.longest_wait:
                host.not_before = max(host.not_before, now + turn.retry_after)
            else:
                host.left_alone = max(host.left_alone, now + turn.retry_after)
        if not turn.failed:
            host.failures = host.pauses = 0
            return
        host.failures += 1
        if host.failures < polite.failures:
            return
        pause = polite.pause * 2**host.pauses
        host.pauses += 1
        host.failures -= 1  # after the pause one more failure is enough
        host.not_before = max(host.not_before, now + pause)
        if host.pauses > polite.pauses:
            host.left_alone = max(host.left_alone, now + pause)
