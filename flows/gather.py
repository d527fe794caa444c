"""
One run of one source, without Prefect: what `zhengben ingest` and the flow share.

    finish what a killed run left ─▶ discover ─▶ due ─▶ batches ─▶ fetch ─▶ WARC
                                                                     └─▶ clean ─▶ commit

Each step is a function with paths, names and counts in and out, so that a flow can make
tasks of them. While a batch is fetched, the one before is cleaned and committed. Whatever
moment a run is killed at, the next one goes on from the archive files it has left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from cleaners.errors import ArchiveError, ZhengbenError
from cleaners.normalise import PLAIN, Form
from flows.archive import ArchiveWriter, read
from flows.articles import Article, get_part
from flows.discover import Found, discover
from flows.fetch import urls
from flows.fetch.clock import Clock
from flows.fetch.exchange import Exchange, Failure
from flows.fetch.fetch import Fetcher, Result
from flows.fetch.polite import Hosts
from flows.fetch.robots import Robots, Rules
from flows.fetch.trouble import Stopped
from flows.pages import PageState, validators
from flows.rows import document, rejected
from flows.run import Report, Run, running, stopped_by_signals
from flows.run_report import write_page
from flows.shards import PAGE, PART, clean_file, parts_of, states_of
from flows.sources import Source
from flows.tables import Shard, rows_of

PER_HOST = 100  # URLs of one host in a batch: at a second each a task of two minutes
BATCH = 1_000  # URLs in a batch
SOURCES_AT_ONCE = 8
FILE_BYTES = 64 << 20  # of an archive file, about: a shard has to fit into memory
LIST = "list"
ROWS_AT_ONCE = 64  # that are counted for the report


Watch = Callable[[Run], None]


@dataclass(frozen=True, slots=True)
class Options:
    """
    How a run is made.

    limit    pages at most, beside the source's own limit; 0 for none
    workers  processes for cleaning; 0 is one for each processor
    wait     for another run of the source, instead of an error
    form     of the clean texts
    """

    limit: int = 0
    workers: int = 0
    wait: bool = False
    form: Form = PLAIN


@dataclass(frozen=True, slots=True)
class Shared:
    """What the runs of several sources have in common while they work side by side."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    hosts: Hosts = field(default_factory=lambda: Hosts(Clock()))
    robots: Robots = field(default_factory=lambda: Robots(Clock()))
    # One shard at a time: it has all processors through its own worker processes.
    cleaning: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))


@dataclass(frozen=True, slots=True)
class Work:
    """What the tasks of one run of the flow share. They get its name; this never travels."""

    run: Run
    fetcher: Fetcher
    scratch: Path


_at_work: dict[str, Work] = {}


@contextmanager
def put_to_work(work: Work) -> Generator[Work]:
    """Let `at_work` know it. (Not in flows/ingest.py: Dask takes what a flow's module holds along.)"""
    _at_work[work.run.begun.run] = work
    try:
        yield work
    finally:
        del _at_work[work.run.begun.run]


def at_work(run: str) -> Work:
    """The work of a run that is under way in this process, by the name of the run."""
    return _at_work[run]


async def gather_all(
    sources: Sequence[Source],
    data: Path,
    options: Options = Options(),
    watch: Watch = lambda _: None,
) -> list[Report | ZhengbenError]:
    """
    `gather` for several sources side by side: of each its report, or the error that ended it.

    SIGTERM and Ctrl-C finish the pages under way, commit them, and end all runs.
    """
    shared = Shared()
    room = asyncio.Semaphore(SOURCES_AT_ONCE)

    async def one(source: Source) -> Report | ZhengbenError:
        async with room:
            try:
                return await gather(source, data, options, shared, watch)
            except ZhengbenError as error:
                return error

    with stopped_by_signals(shared.stop):
        return await asyncio.gather(*map(one, sources))


async def gather(
    source: Source,
    data: Path,
    options: Options = Options(),
    shared: Shared | None = None,
    watch: Watch = lambda _: None,
) -> Report:
    """
    Fetch what is new or due of a source, archive it, clean it and add it to the tables.

    data    folder of archive, tables and notes; made when it is not there
    shared  with other runs; once its `stop` is set, the run ends with what it has
    watch   is called after each commit

    BusyError: another run works for this source. DatasetError, ArchiveError: as they say.
    """
    shared = shared or Shared()
    wait, form = options.wait, options.form
    async with running(source, data, wait=wait, form=form, stop=shared.stop) as run:

        async def finish_all(files: Iterable[str]) -> None:
            for file in files:
                async with shared.cleaning:
                    await asyncio.to_thread(finish, run, file, options.workers)
                watch(run)

        for file in run.journal.files_left():
            try:
                await finish_all([file])
            except ArchiveError as error:
                give_up(run, file, error)
        async with fetcher_of(source, shared) as fetcher:
            found, files = await find(run, fetcher, options.limit)
            run.due = len(found)
            for batch in batches(found):
                cleaned = asyncio.create_task(finish_all(files))
                try:
                    files = await fetch(run, fetcher, batch)
                finally:
                    await cleaned
            await finish_all(files)
        if shared.stop.is_set():
            run.state = "stopped"
        write_page(run)
        return run.report()


def fetcher_of(source: Source, shared: Shared) -> Fetcher:
    return Fetcher(source.settings, hosts=shared.hosts, robots=shared.robots, stop=shared.stop)


async def find(run: Run, fetcher: Fetcher, limit: int = 0) -> tuple[list[str], list[str]]:
    """
    The URLs to fetch now, those that are new or listed first, and the archive files of the lists.

    A page that no list names any more is looked at again when it is due.
    """
    most = min(filter(None, (limit, run.source.pages)))
    known = known_pages(run, PAGE)
    parts = known_pages(run, PART)
    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    found: dict[str, None] = {}
    with Archive(run, LIST) as archive, suppress(Stopped):
        lists = Lists(run, fetcher, archive)
        looking = discover(
            replace(run.source, pages=most), lists, partial(_is_due, known, parts, now)
        )
        async with aclosing(looking) as items:
            async for item in items:
                if isinstance(item, Found):
                    found[item.url] = None
    for url, due_at in known.items():
        if len(found) >= most:
            break
        if due_at <= now and run.source.wants(url):
            found[url] = None
    return list(found), archive.files


async def fetch(run: Run, fetcher: Fetcher, batch: Sequence[str]) -> list[str]:
    """Get the pages of some URLs, many hosts at once; the archive files that hold them."""
    states = states_of(run.tables, run.recipe.origin, batch)
    known = parts_of(run.tables, run.recipe.origin, batch) if run.source.join_parts else {}
    wanted = [(url, validators(states.get(url))) for url in batch]
    with Archive(run, PAGE) as archive:
        async with aclosing(fetcher.fetch_all(wanted)) as results:
            async for result in results:
                first = result.url
                parts = known.get(first, [])
                await _add_article(run, fetcher, archive, result, states.get(first), parts)
                archive.cut()
    return archive.files


async def _add_article(
    run: Run,
    fetcher: Fetcher,
    archive: Archive,
    result: Result,
    state: PageState | None,
    known: Sequence[PageState],
) -> None:
    """Archive a page, and the later parts of its article one after the other."""
    first = result.url
    if not run.source.join_parts or isinstance(result, Failure):
        archive.add(result, state)
        return
    states = {each.url: each for each in known}
    article = Article(fetcher, first, known)
    step = await article.step(result)
    archive.add(result, state, next_part=step.following)
    while step.following:
        url = step.following
        step = await article.step(await get_part(fetcher, url, states.get(url)))
        notes = {"kind": PART, "part_of": first, "next_part": step.following}
        archive.add(step.result, states.get(url), **notes)


def finish(run: Run, file: str, workers: int = 0) -> None:
    """Clean what an archive file holds and put it into the tables."""
    commit(run, file, clean_file(run.data, file, run.recipe, workers=workers))


def commit(run: Run, file: str, shard: Shard) -> None:
    """Put a shard into the tables; then its archive file is done with."""
    added = run.tables.commit(shard)
    run.journal.end_file(file)
    for table, value in ((shard.documents, document), (shard.rejects, rejected)):
        for batch in table.to_batches(max_chunksize=ROWS_AT_ONCE):
            run.tally.add(map(value, rows_of(batch)))
    pages = rows_of(shard.pages.select(["kind", "outcome", "url", "rule", "why"]))
    lists = [row for row in pages if row["kind"] != PAGE and row["rule"]]
    run.failing |= {row["url"]: f"{row['rule']}: {row['why']}" for row in lists}
    run.counts.update(row["outcome"] for row in pages if row["kind"] == PAGE)
    run.counts.update(
        asked=len(pages),
        documents=added.documents,
        rejects=added.rejects,
        bytes=(run.journal.archive / file).stat().st_size,
    )


def give_up(run: Run, file: str, error: ArchiveError) -> None:
    """Forget a damaged archive file: no table knows its pages, so they are fetched again."""
    run.note = str(error)
    run.journal.end_file(file)


def batches(found: Iterable[str]) -> Iterator[list[str]]:
    """
    URLs in batches of about equal length: each host's in its order, many hosts side by side.

    >>> [len(batch) for batch in batches(f"http://a.cn/{n}" for n in range(PER_HOST + 1))]
    [100, 1]
    """
    by_host: dict[str, deque[str]] = {}
    for url in found:
        by_host.setdefault(urls.host_of(url), deque()).append(url)
    while by_host:
        batch: list[str] = []
        for host in list(by_host):
            lane = by_host[host]
            room = min(PER_HOST, BATCH - len(batch), len(lane))
            batch += [lane.popleft() for _ in range(room)]
            if not lane:
                del by_host[host]
        yield batch


def known_pages(run: Run, kind: str) -> dict[str, int]:
    """The pages of a source that are known, and when each is due (µs); the longest due first."""
    only = ("kind", pa.array([kind]))
    pages = run.tables.read("pages", ["url", "due_at"], origin=run.recipe.origin, among=only)
    pages = pages.sort_by("due_at")
    due_at = pages["due_at"].cast(pa.int64()).to_pylist()
    return dict(zip(pages["url"].to_pylist(), due_at, strict=True))


class Archive:
    """The archive files of one task: a new one when the last has grown too large."""

    def __init__(self, run: Run, kind: str) -> None:
        self._run, self._kind = run, kind
        self._writer: ArchiveWriter | None = None
        self._name = ""
        self.files: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def add(self, result: Result, state: PageState | None, **notes: str) -> None:
        """Archive what fetching gave; `state` is what was known of its URL."""
        notes = {"kind": self._kind, **notes}
        if self._writer is None:
            self._name = self._run.next_file()
            self._writer = ArchiveWriter(self._run.journal.archive, self._name).__enter__()
        if isinstance(result, Failure):
            self._writer.add_failure(result, datetime.now(UTC), **notes)
        else:
            before = None if state is None else state.original
            self._writer.add(result, before, **notes)

    def cut(self) -> None:
        """Go on in a new file if this one has grown too large. An article stays in one."""
        if self._writer is not None and self._writer.bytes >= FILE_BYTES:
            self._close()

    def _close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.__exit__(None, None, None)
            self.files.append(self._name)


class Lists:
    """A fetcher for what pages are found with: archived too, and asked whether it changed."""

    def __init__(self, run: Run, fetcher: Fetcher, archive: Archive) -> None:
        self._run, self._fetcher, self._archive = run, fetcher, archive
        only = ("kind", pa.array([LIST]))
        found = run.tables.read("pages", origin=run.recipe.origin, among=only)
        self._states = {row["url"]: PageState.of_row(row) for row in rows_of(found)}

    async def rules(self, url: str) -> Rules:
        """As the fetcher's."""
        return await self._fetcher.rules(url)

    async def get(self, url: str, *, largest: int | None = None) -> Result:
        """As the fetcher's; of a list that did not change the bytes that the archive has."""
        state = self._states.get(url)
        result = await self._fetcher.get(url, validators(state), largest=largest)
        self._archive.add(result, state)
        self._archive.cut()
        if isinstance(result, Failure) or not result.not_modified or state is None:
            return result
        return _as_it_was(result, self._run.journal.archive, state)


def _as_it_was(result: Exchange, archive: Path, state: PageState) -> Exchange:
    """The exchange that a 304 stands for."""
    page = read(
        archive, state.archive_file or "", state.archive_offset or 0, state.raw_sha256 or ""
    )
    headers = ((b"Content-Type", page.content_type.encode("latin-1", "replace")),)
    hop = replace(result.last, status=200, headers=headers)
    return replace(result, hops=(*result.hops[:-1], hop), body=page.body)


def _is_due(known: Mapping[str, int], parts: Mapping[str, int], now: int, found: Found) -> bool:
    """Whether a URL is to be fetched; later parts of articles come with the first."""
    if found.url in parts and found.url not in known:
        return False
    due_at = known.get(found.url)
    return due_at is None or due_at <= now
