"""The command that looks for copies among the documents of a DATA folder."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from cyclopts import App

from flows.cli_data import DATA, Data

if TYPE_CHECKING:
    from flows.duplicates import Found

LINE_SECONDS = 5.0


def register(app: App) -> None:
    """Add the command of this module to the command line."""
    app.command(
        duplicates,
        usage="Usage: zhengben duplicates [OPTIONS]",
        help_epilogue="Example:\n    $ zhengben duplicates --data data",
    )


def duplicates(*, data: Data = DATA) -> int:
    """
    Find copies among the current documents of an ingest: equal, near, and partial ones.

    Of each cluster of copies one is canonical: the fullest, then the most trusted, then the
    earliest. A truncated copy names the one that completes it. All of it is in the table
    `clusters` by the documents' ids. Only documents that are new since the last run are read.

    Parameters
    ----------
    data
        The folder that `zhengben ingest` writes into.
    """
    from flows.duplicates import find_duplicates  # noqa: PLC0415  pyarrow and deltalake: 0.5 s

    began = last = time.monotonic()

    def watch(found: Found) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            _say(f"{found.read:,} of {found.to_read:,} new documents")

    found = find_duplicates(data, watch)
    _say(
        f"{found.documents:,} documents ({found.to_read:,} new): {found.duplicates:,} are copies "
        f"of {found.clusters:,} others, {found.completed:,} of them completed by these; "
        f"{time.monotonic() - began:.1f} s; {data}/tables/clusters"
    )
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
