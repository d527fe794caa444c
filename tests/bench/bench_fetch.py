"""
Fetching, and fetching into an archive, beside a bare httpx loop over the same pages.

    python tests/bench/bench_fetch.py [PAGES] [HOSTS] [ROUNDS]

The test site runs in a process of its own on loopback and answers at once; politeness is
set to no delay, so that what is measured is work. Each host has one request under way.
The bare loop has as many under way and does nothing else. All three take turns in each
round; printed are the least seconds of each and their ratios, by the clock and of this
process alone (the site takes its share of the machine), and how much memory the process
holds after a quarter of the pages and at the end.
"""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path

import httpx

from flows.archive import ArchiveWriter
from flows.fetch.exchange import Exchange
from flows.fetch.fetch import NONE, Fetcher
from flows.fetch.settings import Politeness, Settings, user_agent

PAGES, HOSTS, ROUNDS = 1200, 8, 3


def urls(base: str, pages: int, hosts: int) -> list[str]:
    """Every page has a URL of its own; hosts below .localhost are all the same site."""
    port = base.rstrip("/").rpartition(":")[2]
    return [
        f"http://h{number % hosts}.localhost:{port}/a/{number % 300 + 1}.html?n={number}"
        for number in range(pages)
    ]


async def bare(wanted: list[str], hosts: int) -> None:
    """What a script does: the same pages, as many at once, nothing kept or checked."""
    left = iter(wanted)
    async with httpx.AsyncClient() as client:

        async def worker() -> None:
            for url in left:
                answer = await client.get(url.replace(httpx.URL(url).host, "127.0.0.1"))
                assert answer.content

        await asyncio.gather(*(worker() for _ in range(hosts)))


async def ours(wanted: list[str], hosts: int, archive: Path | None = None) -> list[int]:
    """Ours, with or without an archive; resident KiB after a quarter and at the end."""
    settings = Settings(
        user_agent(),
        allow_private=(".localhost",),
        politeness=Politeness(delay=0.0, factor=0.0, longest_delay=0.0),
        hosts_at_once=hosts,
    )
    sizes, count = [], 0
    with ExitStack() as stack:
        writer = stack.enter_context(ArchiveWriter(archive, "1.warc.gz")) if archive else None
        async with Fetcher(settings) as fetcher:
            async for result in fetcher.fetch_all((url, NONE) for url in wanted):
                assert isinstance(result, Exchange), result
                count += 1
                if writer:
                    writer.add(result)
                if count in {len(wanted) // 4, len(wanted)}:
                    sizes.append(resident())
    assert count == len(wanted)
    return sizes


def resident() -> int:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


def timed(
    run: Callable[[], Coroutine[object, object, object]],
) -> tuple[tuple[float, float], object]:
    began = time.perf_counter(), time.process_time()
    result = asyncio.run(run())
    return (time.perf_counter() - began[0], time.process_time() - began[1]), result


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    pages, hosts, rounds = (*given, *(PAGES, HOSTS, ROUNDS)[len(given) :])
    command = [sys.executable, "-m", "tests.testsite", "0", "--quiet"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        base = server.stdout.readline().split(" at ")[1].split(";")[0]
        wanted = urls(base, pages, hosts)
        asyncio.run(bare(wanted[:300], hosts))  # the site makes its pages once
        seconds: dict[str, list[tuple[float, float]]] = {
            "bare": [],
            "fetch": [],
            "fetch + archive": [],
        }
        sizes: object = []
        for _ in range(rounds):
            seconds["bare"].append(timed(lambda: bare(wanted, hosts))[0])
            seconds["fetch"].append(timed(lambda: ours(wanted, hosts))[0])
            with tempfile.TemporaryDirectory() as folder:
                took, sizes = timed(lambda: ours(wanted, hosts, Path(folder)))
                seconds["fetch + archive"].append(took)
        for name, took in seconds.items():
            wall, work = (min(some) for some in zip(*took, strict=True))
            base = [min(some) for some in zip(*seconds["bare"], strict=True)]
            print(
                f"{name:16} {wall:6.2f} s  {pages / wall:6.0f} pages/s  ratio {wall / base[0]:.2f}"
                f"    processor {work:6.2f} s  ratio {work / base[1]:.2f}"
            )
        print(f"resident after a quarter and at the end, KiB: {sizes}")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(10)


if __name__ == "__main__":
    main()
