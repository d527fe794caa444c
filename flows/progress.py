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
    """
    rate = summary.files / seconds if seconds else 0.0
    text = f"{summary.files:,} of {summary.total:,} files, {summary.rejects:,} rejected"
    if not rate:
        return text
    return f"{text}, {rate:,.0f} a second, {(summary.total - summary.files) / rate:,.0f} s left"


@contextmanager
def _bar() -> Generator[Watch]:
    from rich.console import Console  # noqa: PLC0415  only terminals need it
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files · {task.fields[rate]:,.0f}/s · {task.fields[rejects]:,} rejected ·"),
        TimeRemainingColumn(),
    )
    # No refreshing thread: workers are started while the bar is shown.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, auto_refresh=False
    ) as bar:
        task = bar.add_task("", total=None, rate=0.0, rejects=0)
        began = last = time.monotonic()

        def watch(summary: Summary) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= BAR_SECONDS or summary.files in (0, summary.total):
                last = now
                rate = summary.files / max(now - began, 0.001)
                bar.update(
                    task,
                    completed=summary.files,
                    total=summary.total,
                    rate=rate,
                    rejects=summary.rejects,
                )
                bar.refresh()

        yield watch
