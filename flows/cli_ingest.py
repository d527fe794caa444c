"""The commands that fetch: `zhengben ingest` once, `zhengben serve` on schedules."""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from cleaners.errors import UsageError, ZhengbenError
from flows.cli_data import DATA, Data
from flows.cli_sources import File, Name, chosen_sources

if TYPE_CHECKING:
    from flows.run import Run

LINE_SECONDS = 5.0
STOPPED = 143
FLOW = "flows.ingest"  # imported by name: all else runs without Prefect and its start

Runner = Annotated[Literal["local", "dask"] | None, Parameter(name="--runner", show_default=False)]
Address = Annotated[str, Parameter(name="--dask", show_default=False)]


def register(app: App) -> None:
    """Add the commands of this module to the command line."""
    app.command(
        ingest,
        usage="Usage: zhengben ingest [OPTIONS] FILE",
        help_epilogue="Example:\n    $ zhengben ingest sources.toml --data data",
    )
    app.command(
        serve,
        usage="Usage: zhengben serve [OPTIONS] FILE",
        help_epilogue="Example:\n    $ zhengben serve sources.toml --data data",
    )


def ingest(
    file: File,
    /,
    *,
    data: Data = DATA,
    source: Name = "",
    limit: int = 0,
    workers: int = 0,
    wait: bool = False,
    runner: Runner = None,
    dask: Address = "",
) -> int:
    """
    Fetch what is new, archive it unchanged, clean it, and add it to the dataset.

    A run that was killed is finished first, from what it had archived. SIGTERM and Ctrl-C
    finish the pages under way. With a Prefect server in PREFECT_API_URL, or with --runner,
    each source is a run of the flow zhengben-ingest, and its report an artifact there.

    Parameters
    ----------
    file
        Sources (TOML); docs/sources.md says what stands in it.
    data
        Folder of the archive and the tables. `zhengben export` makes a dataset of them.
    source
        Only this source.
    limit
        Pages at most, beside the limit of each source.
    workers
        Processes for cleaning; 0 is one for each processor.
    wait
        For another run of the same source, instead of leaving.
    runner
        Clean here, or on Dask (needs `zhengben[dask]`).
    dask
        Address of a Dask scheduler; a cluster on this machine unless given.
    """
    for name, number in (("--limit", limit), ("--workers", workers)):
        if number < 0:
            raise UsageError(name, "is less than 0", saw=str(number), do="0 is the default")
    if dask and runner != "dask":
        raise UsageError("--dask", "is an address for another runner", do="--runner dask")
    if runner or os.environ.get("PREFECT_API_URL"):
        return _as_flow(
            [str(file), "--source", source, "--data", str(data), "--limit", str(limit)],
            ["--workers", str(workers), "--runner", runner or "local", "--dask", dask],
            ["--wait"] if wait else [],
        )
    import asyncio  # noqa: PLC0415  no other command waits for it

    from flows.gather import Options, gather_all  # noqa: PLC0415  httpx, deltalake, pyarrow
    from flows.run_report import line  # noqa: PLC0415
    from flows.sources import read_sources  # noqa: PLC0415

    chosen = chosen_sources(read_sources(file), source, file)
    options = Options(limit, workers, wait)
    done = asyncio.run(gather_all(chosen, data, options, _Lines()))
    for outcome in done:
        if isinstance(outcome, ZhengbenError):
            _say(f"zhengben: {outcome}")
            continue
        pages = (data / "reports").glob(f"*/{outcome.run}.html")
        _say("; ".join([line(outcome), *map(str, pages)]))
    if any(isinstance(outcome, ZhengbenError) for outcome in done):
        return 2
    stopped = any(not isinstance(each, ZhengbenError) and each.state == "stopped" for each in done)
    return STOPPED if stopped else 0


def serve(
    file: File,
    /,
    *,
    data: Data = DATA,
    workers: int = 0,
    runner: Runner = None,
    dask: Address = "",
) -> int:
    """
    Ingest each source on its own schedule, until Ctrl-C or SIGTERM.

    Needs a Prefect server, which shows the runs: `prefect server start` and PREFECT_API_URL.

    Parameters
    ----------
    file
        Sources (TOML) with a `schedule`; docs/sources.md says what stands in it.
    data
        Folder of the archive and the tables.
    workers
        Processes for cleaning; 0 is one for each processor.
    runner
        Clean here, or on Dask (needs `zhengben[dask]`).
    dask
        Address of a Dask scheduler; a cluster on this machine unless given.
    """
    from flows.sources import read_sources  # noqa: PLC0415

    read_sources(file)  # what is wrong with it should not take Prefect's start to be told
    if not os.environ.get("PREFECT_API_URL"):
        raise UsageError(
            "serve",
            "needs a Prefect server",
            do="prefect server start; export PREFECT_API_URL=http://127.0.0.1:4200/api",
        )
    return _as_flow(
        [str(file), "--serve", "--data", str(data), "--workers", str(workers)],
        ["--runner", runner or "local", "--dask", dask],
    )


def _as_flow(*arguments: list[str]) -> int:
    status: int = import_module(FLOW).main([word for words in arguments for word in words])
    return status


class _Lines:
    """A line every few seconds while runs work."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, run: Run) -> None:
        from flows.run_report import under_way  # noqa: PLC0415

        if time.monotonic() - self._last >= LINE_SECONDS:
            self._last = time.monotonic()
            _say(f"… {under_way(run)}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
