"""
The unattended run: a Prefect flow that brings what is new of one source into the dataset.

    python -m flows.ingest sources.toml [--source NAME] [--data DIR]
    python -m flows.ingest sources.toml --serve

It is flows/gather.py in tasks: one for each batch that is fetched, one for each archive
file that is cleaned, wherever the task runner wants, one for each commit. Between them go
names of files, never pages. The tasks need no retries for the network: each page has its
own, and what a task has fetched is in the archive. Cleaning is done again when a worker is
lost, because it may be.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import warnings
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from flows import prefect_settings

prefect_settings.apply()

from prefect import flow, serve, task  # noqa: E402  reads its settings while it is imported
from prefect.artifacts import (  # noqa: E402
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.deployments.runner import RunnerDeployment  # noqa: E402
from prefect.events import emit_event  # noqa: E402
from prefect.exceptions import ObjectNotFound  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402
from prefect.schedules import Cron  # noqa: E402
from prefect.states import Completed, Crashed  # noqa: E402
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner  # noqa: E402
from prefect.types.entrypoint import EntrypointType  # noqa: E402

from cleaners.errors import ArchiveError, BusyError, UsageError, ZhengbenError  # noqa: E402
from flows import gather  # noqa: E402
from flows.artifacts import cuts_table  # noqa: E402
from flows.cli_sources import chosen_sources  # noqa: E402
from flows.gather import Options, Shared, Work  # noqa: E402
from flows.local import usable_processors  # noqa: E402
from flows.run import Run, running, stopped_by_signals  # noqa: E402
from flows.run_report import figures_of, markdown, table, write_page  # noqa: E402
from flows.shards import Recipe, clean_file, load, store  # noqa: E402
from flows.sources import Source, read_sources  # noqa: E402

RETRIES = [2.0, 10.0]  # seconds before a shard is cleaned again whose worker was lost


@flow(name="zhengben-ingest", flow_run_name="{source}", validate_parameters=False)
async def ingest(
    file: Path,
    source: str,
    data: Path = Path("data"),
    limit: int = 0,
    workers: int = 0,
    wait: bool = False,  # noqa: FBT001, FBT002  parameters of a flow have names
    runner: str = "local",
    dask: str = "",
) -> dict[str, int] | State[Any]:
    """续完上次 → 找网址 → 分批抓取存档 → 逐档清洗 → 入库 → 报告；回传各项数目。"""
    [wanted] = chosen_sources(read_sources(Path(file)), source, Path(file))
    try:
        async with working(wanted, Path(data), Options(limit, workers, wait)) as work:
            name = work.run.begun.run
            with task_runner(runner, dask) as cleaners:
                shards = Shards(work, cleaners, workers)
                shards.clean(work.run.journal.files_left())
                await shards.commit()  # what is due is known only then
                batches, lists = await discover(name, limit)
                shards.clean(lists)
                async with progress(len(batches)) as step:
                    for batch in batches:
                        shards.clean(await fetch_batch(name, batch))
                        await shards.commit(done_only=True)
                        await step()
                await shards.commit()
            return await report(name)
    except BusyError as busy:  # the next one on the schedule may find it free
        return Completed(name="Skipped", message=str(busy))


@task(cache_policy=NO_CACHE)
async def discover(run: str, limit: int) -> tuple[list[Path], list[str]]:
    """Lists of URLs to fetch, one a batch, and the archive files of what they were found with."""
    work = gather.at_work(run)
    found, files = await gather.find(work.run, work.fetcher, limit)
    batches: list[Path] = []
    for number, batch in enumerate(gather.batches(found)):
        path = work.scratch / f"{number:05}.urls"
        path.write_text("\n".join(batch), encoding="utf-8")
        batches.append(path)
    return batches, files


@task(cache_policy=NO_CACHE)
async def fetch_batch(run: str, batch: Path) -> list[str]:
    """One list of URLs into archive files."""
    work = gather.at_work(run)
    return await gather.fetch(work.run, work.fetcher, _urls(batch))


def _urls(batch: Path) -> list[str]:
    return batch.read_text(encoding="utf-8").split("\n")


@task(cache_policy=NO_CACHE, retries=len(RETRIES), retry_delay_seconds=RETRIES)
def clean_shard(data: Path, file: str, recipe: Recipe, scratch: Path, workers: int) -> Path:
    """One archive file into a folder of rows, on whatever machine sees the DATA folder."""
    done = scratch / f"{Path(file).name}.shard"
    store(clean_file(data, file, recipe, workers=workers), done)
    return done


@task(cache_policy=NO_CACHE)
def commit_shard(run: str, file: str, shard: Path) -> None:
    """One folder of rows into the tables."""
    gather.commit(gather.at_work(run).run, file, load(shard))


@task(cache_policy=NO_CACHE)
async def report(run: str) -> dict[str, int]:
    """What the run did, as artifacts; its counts."""
    work = gather.at_work(run)
    done = work.run.report()
    await acreate_table_artifact(table(done), key="ingest-counts", description=done.origin)
    page = write_page(work.run)
    await acreate_markdown_artifact(markdown(work.run, done), key="ingest-report")
    if page:
        cuts = cuts_table(figures_of(work.run))
        await acreate_table_artifact(cuts, key="ingest-cuts", description=done.origin)
        await acreate_link_artifact(
            page.absolute().as_uri(), link_text=str(page.absolute()), key="ingest-report-page"
        )
    first = work.run.source.starts[0]
    await acreate_link_artifact(first, link_text=done.origin, key="ingest-source")
    return done.counts


class Shards:
    """Archive files on their way through cleaning into the tables, the oldest first."""

    def __init__(self, work: Work, cleaners: TaskRunner[Any], workers: int) -> None:
        self._work, self._cleaners, self._workers = work, cleaners, workers
        self._pending: deque[tuple[str, Any]] = deque()

    def clean(self, files: Iterable[str]) -> None:
        """Hand archive files to the task runner."""
        run = self._work.run
        for file in files:
            parameters = {
                "data": run.data.absolute(),
                "file": file,
                "recipe": run.recipe,
                "scratch": self._work.scratch.absolute(),
                "workers": self._workers,
            }
            self._pending.append((file, self._cleaners.submit(clean_shard, parameters)))

    async def commit(self, *, done_only: bool = False) -> None:
        """Commit what is cleaned; wait for the rest, unless only what is done is asked for."""
        while self._pending and not (done_only and not self._pending[0][1].state.is_final()):
            file, future = self._pending.popleft()
            try:
                shard = await asyncio.to_thread(future.result)
            except ArchiveError as error:
                gather.give_up(self._work.run, file, error)
            else:
                commit_shard(self._work.run.begun.run, file, shard)


@asynccontextmanager
async def working(source: Source, data: Path, options: Options) -> AsyncGenerator[Work]:
    """The run of a source; dead flow runs of it are told so, and failures are events."""
    shared = Shared()
    try:
        note = str(flow_run.id or "")
        async with running(source, data, wait=options.wait, note=note) as run:
            await sweep(run)
            async with gather.fetcher_of(source, shared) as fetcher:
                work = Work(run, fetcher, run.journal.scratch())
                with gather.put_to_work(work), stopped_by_signals(shared.stop):
                    yield work
                await asyncio.to_thread(shutil.rmtree, work.scratch)
                if shared.stop.is_set():
                    run.state = "stopped"
    except BusyError:
        raise
    except ZhengbenError as error:
        emit_event(
            "zhengben.ingest.failed",
            resource={"prefect.resource.id": f"zhengben.source.{source.name}"},
            payload={"error": str(error)},
        )
        raise


@asynccontextmanager
async def progress(steps: int) -> AsyncGenerator[Callable[[], Awaitable[None]]]:
    """What to call after each of so many steps; a run that is short shows no progress."""
    artifact = await acreate_progress_artifact(0.0, key="ingest-progress") if steps > 1 else None
    done = 0

    async def step() -> None:
        nonlocal done
        done += 1
        if isinstance(artifact, UUID):
            await aupdate_progress_artifact(artifact, 100.0 * done / steps)

    yield step


def task_runner(runner: str, address: str) -> TaskRunner[Any]:
    """
    Who cleans: this machine, a shard at a time in its own worker processes, or Dask.

    address  of a Dask scheduler; without one a cluster is started on this machine

    UsageError: there is no such runner, or prefect-dask is not installed.
    """
    if runner == "local":
        return ThreadPoolTaskRunner(max_workers=1)
    if runner != "dask":
        raise UsageError("--runner", "is neither local nor dask", saw=runner, do="--runner dask")
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UsageError(
            "--runner dask", "needs prefect-dask", do='pip install "zhengben[dask]"'
        ) from error
    logging.getLogger("distributed").setLevel(logging.WARNING)
    if address:
        return DaskTaskRunner(address=address)
    many = usable_processors()
    return DaskTaskRunner(cluster_kwargs={"n_workers": many, "threads_per_worker": 1})


async def sweep(run: Run) -> None:
    """Tell Prefect of flow runs that were killed: it would hold them for running for ever."""
    async with get_client() as client:
        for dead in run.swept:
            if not dead.note:
                continue
            try:
                known = await client.read_flow_run(UUID(dead.note))
            except ObjectNotFound:
                continue
            if known.state is None or not known.state.is_final():
                state = Crashed(message="its process was killed; the next run went on from there")
                await client.set_flow_run_state(known.id, state, force=True)


def deployments(file: Path, data: Path, **parameters: Any) -> list[RunnerDeployment]:  # noqa: ANN401
    """A deployment for each source that has a schedule."""
    return [
        RunnerDeployment.from_flow(
            ingest,
            name=source.name,
            schedules=[Cron(source.schedule.cron, timezone=source.schedule.timezone)],
            parameters={"file": str(file), "source": source.name, "data": str(data), **parameters},
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for source in read_sources(file)
        if source.schedule is not None
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """The unattended run's command line; the exit status as in flows/cli.py."""
    options = argparse.ArgumentParser(prog="python -m flows.ingest", description=__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.add_argument("file", metavar="FILE", type=Path, help="the sources (TOML)")
    options.add_argument("--source", default="", help="only this one")
    options.add_argument("--data", type=Path, default=Path("data"), help="archive and tables")
    options.add_argument(
        "--limit", type=int, default=0, help="pages at most; 0: as the source says"
    )
    options.add_argument("--workers", type=int, default=0, help="processes; 0: all processors")
    options.add_argument("--wait", action="store_true", help="for another run of the source")
    options.add_argument("--runner", choices=("local", "dask"), default="local")
    options.add_argument("--dask", default="", metavar="ADDRESS", help="of a Dask scheduler")
    options.add_argument("--serve", action="store_true", help="run on the sources' schedules")
    given = options.parse_args(arguments)
    how = {"limit": given.limit, "workers": given.workers, "runner": given.runner}
    how |= {"dask": given.dask}
    file, data = given.file.absolute(), given.data.absolute()
    try:
        if given.serve:
            return _serve(file, deployments(file, data, **how))
        status = 0
        for source in chosen_sources(read_sources(file), given.source, file):
            run: Any = ingest  # Prefect's types do not know that this flow is a coroutine
            counts = asyncio.run(run(file, source.name, data, wait=given.wait, **how))
            if counts is None:
                sys.stderr.write(f"{source.name}: another run is working for this source\n")
                status = 2
                continue
            said = ", ".join(f"{name} {number:,}" for name, number in counts.items())
            sys.stderr.write(f"{source.name}: {said}\n")
    except ZhengbenError as error:
        sys.stderr.write(f"zhengben: {error}\n")
        return 2
    return status


def _serve(file: Path, scheduled: Sequence[RunnerDeployment]) -> int:
    if not scheduled:
        raise UsageError(
            str(file),
            "no source has a schedule",
            do='schedule = { cron = "0 6 * * *", timezone = "Asia/Shanghai" }',
        )
    # Prefect leaves by SIGTERM without waiting for what stops it. All it holds is schedules.
    warnings.filterwarnings("ignore", r"coroutine 'Runner\.astop'", RuntimeWarning)
    serve(*scheduled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
