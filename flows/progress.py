"""
How a long run talks while it works, on standard error.

On a terminal a bar with rate and estimate; otherwise a plain line every few
seconds, so that a log stays readable.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.local import Summary

LINE_SECONDS = 5.0
BAR_SECONDS = 0.1
MINUTE, HOUR = 60, 3600  # seconds
STEPS = 10_000  # of a bar that knows bytes only

Watch = Callable[["Summary"], None]


@contextmanager
def shown() -> Generator[Watch]:
    """What to call after each file."""
    if sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield _lines()


def _lines() -> Watch:
    began = last = time.monotonic()

    def watch(summary: Summary) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= LINE_SECONDS:
            last = now
            sys.stderr.write(f"{_line(summary, now - began)}\n")
            sys.stderr.flush()

    return watch


def _line(summary: Summary, seconds: float) -> str:
    """
    >>> from flows.local import Summary
    >>> _line(Summary(files=1500, documents=1490, rejects=10, total=20000), 3.0)
    '1,500 of 20,000 files, 10 rejected, 500 a second, 37 s left'
    >>> _line(Summary(files=1500, bytes=3 << 20, total_bytes=12 << 20), 60.0)
    '1,500 pages, 25 % of 12.0 MB, 0 rejected, 25 a second, 3 min left'
    """
    if summary.total:
        far = f"{summary.files:,} of {summary.total:,} files"
    else:
        share = 100 * _share(summary)
        far = f"{summary.files:,} pages, {share:.0f} % of {summary.total_bytes / (1 << 20):,.1f} MB"
    text = f"{far}, {summary.rejects:,} rejected"
    rate = _rate(summary, seconds)
    if not rate:
        return text
    return f"{text}, {rate:,.0f} a second, {time_left(_left(summary, seconds))} left"


def _rate(summary: Summary, seconds: float) -> float:
    """Pages a second, without those that were done before."""
    return (summary.files - summary.resumed) / seconds if seconds else 0.0


def _share(summary: Summary) -> float:
    """How much of the work is done, 0 to 1; containers say it in bytes."""
    done, total = (
        (summary.files, summary.total) if summary.total else (summary.bytes, summary.total_bytes)
    )
    return min(1.0, done / total) if total else 1.0


def _left(summary: Summary, seconds: float) -> float:
    """Seconds, if it goes on as it went since this run began."""
    before = summary.resumed / summary.files if summary.files else 0.0
    share = _share(summary)
    fresh = share * (1 - before)
    return (1 - share) * seconds / fresh if fresh else 0.0


def time_left(seconds: float) -> str:
    """
    >>> time_left(37), time_left(200), time_left(9000)
    ('37 s', '3 min', '2.5 h')
    """
    if seconds < 2 * MINUTE:
        return f"{seconds:,.0f} s"
    return f"{seconds / MINUTE:,.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:,.1f} h"


@contextmanager
def _bar() -> Generator[Watch]:
    from rich.console import Console  # noqa: PLC0415  only terminals need it
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (BarColumn(), TextColumn("{task.fields[line]}"))
    # No refreshing thread: workers are started while the bar is shown.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, auto_refresh=False
    ) as bar:
        task = bar.add_task("", total=STEPS, line="")
        began = last = time.monotonic()

        def watch(summary: Summary) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= BAR_SECONDS or summary.files in (0, summary.total):
                last = now
                done = round(STEPS * _share(summary)) if summary.files else 0
                bar.update(task, completed=done, line=_line(summary, now - began))
                bar.refresh()

        yield watch
