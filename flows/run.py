"""One run of a source from its beginning to its row in the table `runs`."""

from __future__ import annotations

import asyncio
import platform
import signal
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from cleaners.clean import CODE_VERSION
from cleaners.errors import BusyError, ZhengbenError
from cleaners.normalise import PLAIN, Form
from flows.journal import Begun, Journal, opened
from flows.local import read_packs
from flows.rows import Row
from flows.shards import Recipe
from flows.sources import Source
from flows.tables import Tables, hold_little, table_of
from flows.tally import Tally

WAIT_SECONDS = 1.0
OUTCOMES = ("new", "changed", "unchanged", "gone", "failed", "refused")
COUNTS = ("asked", *OUTCOMES, "documents", "rejects", "bytes")
SIGNALS = (signal.SIGTERM, signal.SIGINT)
LIBRARIES = ("pyarrow", "deltalake", "fastwarc", "selectolax", "httpx")


@dataclass(frozen=True, slots=True)
class Report:
    """How a run is, or how it ended."""

    run: str
    origin: str
    state: str
    note: str
    counts: dict[str, int]
    seconds: float


@dataclass(slots=True)
class Run:
    """A run under way: its source, its notes, and what it has done so far."""

    source: Source
    data: Path
    journal: Journal
    begun: Begun
    recipe: Recipe
    tables: Tables
    counts: Counter[str] = field(default_factory=Counter)
    state: str = "completed"
    note: str = ""
    files: int = 0
    failing: dict[str, str] = field(default_factory=dict)  # lists that could not be had, and why
    swept: tuple[Begun, ...] = ()  # runs that were killed
    due: int = 0  # pages to ask for, once that is known
    tally: Tally = field(default_factory=Tally)  # of what was cleaned

    def next_file(self) -> str:
        """The name of the next archive file, which is noted first."""
        self.files += 1
        return self.journal.begin_file(self.begun.run, self.files)

    def report(self) -> Report:
        """What has been done up to now."""
        seconds = (datetime.now(UTC) - self.begun.started_at).total_seconds()
        counts = {name: self.counts[name] for name in COUNTS}
        return Report(self.begun.run, self.source.name, self.state, self.note, counts, seconds)

    def row(self) -> Row:
        """The run as a row of `runs`."""
        versions = [f"{name} {version(name)}" for name in LIBRARIES]
        return {
            "run": self.begun.run,
            "origin": self.source.name,
            "started_at": self.begun.started_at,
            "ended_at": datetime.now(UTC),
            "state": self.state,
            "note": self.note or None,
            **{name: self.counts[name] for name in COUNTS},
            "code_version": CODE_VERSION,
            "versions": ", ".join([f"python {platform.python_version()}", *versions]),
        }


@asynccontextmanager
async def running(
    source: Source,
    data: Path,
    *,
    wait: bool = False,
    form: Form = PLAIN,
    note: str = "",
    stop: asyncio.Event | None = None,
) -> AsyncGenerator[Run]:
    """
    One run of a source: nobody else works for it, and in the end there is a row in `runs`.

    wait  until another run of the source is done, or `stop` is set
    note  what Prefect calls the run

    Runs that were killed get their rows first.
    BusyError: another run works for this source. RulePackError: one of its packs is wrong.
    """
    hold_little()
    recipe = Recipe(source.name, source.fresh, read_packs(source.rules), form)
    with ExitStack() as lock:
        while True:
            try:
                journal = lock.enter_context(opened(data, source.name))
                break
            except BusyError:
                if not wait or (stop is not None and stop.is_set()):
                    raise
            await asyncio.sleep(WAIT_SECONDS)
        run = Run(source, data, journal, journal.begin_run(note), recipe, Tables(data))
        with _ended(run):
            yield run


@contextmanager
def _ended(run: Run) -> Generator[None]:
    """Rows for the runs that were killed before, and in the end one for this."""
    run.swept = tuple(dead for dead in run.journal.runs_left() if dead != run.begun)
    for dead in run.swept:
        row = {"run": dead.run, "origin": run.source.name, "state": "killed"}
        _end(run, row | {"started_at": dead.started_at})
    try:
        yield
    except BaseException as error:
        run.state = "failed" if isinstance(error, Exception) else "stopped"
        run.note = str(error) or type(error).__name__
        with suppress(ZhengbenError):  # a full disk takes no row; the next run knows of this one
            _end(run, run.row())
        raise
    _end(run, run.row())


def _end(run: Run, row: Row) -> None:
    run.tables.append("runs", table_of("runs", [row]))
    run.journal.end_run(row["run"])


@contextmanager
def stopped_by_signals(stop: asyncio.Event) -> Generator[None]:
    """SIGTERM and Ctrl-C set `stop`; the second one of them ends the process at once."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def leave() -> None:
        stop.set()
        for number in SIGNALS:
            loop.remove_signal_handler(number)

    for number in SIGNALS:
        loop.add_signal_handler(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
