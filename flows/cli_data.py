"""The commands for what lies in a DATA folder: `zhengben export` and `zhengben tables`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from cleaners.errors import UsageError

DATA = Path("data")
EXPORT = Path("zhengben-out")
KEEP_HOURS = 168

Data = Annotated[Path, Parameter(name="--data")]


def register(app: App) -> None:
    """Add the commands of this module to the command line."""
    app.command(
        export,
        usage="Usage: zhengben export [OPTIONS]",
        help_epilogue="Example:\n    $ zhengben export --data data --out data/releases/all",
    )
    app.command(
        tables,
        usage="Usage: zhengben tables [show|compact|vacuum] [OPTIONS]",
        help_epilogue="Example:\n    $ zhengben tables show --data data",
    )


def export(
    *,
    data: Data = DATA,
    out: Path = EXPORT,
    source: str = "",
    text: bool = True,
) -> int:
    """
    Write what is current in the tables of an ingest as a dataset that needs no library.

    The same files as `zhengben clean` writes, in the order of the URLs.

    Parameters
    ----------
    data
        The folder that `zhengben ingest` writes into.
    out
        Folder of the dataset. A dataset in it is replaced.
    source
        Only what this source has brought.
    text
        Write the clean texts as files too.
    """
    from flows.export import export as write  # noqa: PLC0415  pyarrow and deltalake: 0.5 s
    from flows.progress import shown  # noqa: PLC0415

    began = time.monotonic()
    with shown() as watch:
        summary = write(data, out, origin=source, texts=text, watch=watch)
    _say(
        f"{summary.files:,} pages: {summary.documents:,} documents "
        f"({summary.truncated:,} truncated), {summary.rejects:,} rejected; "
        f"{time.monotonic() - began:.1f} s; {out}/report.html"
    )
    return 0


def tables(
    action: Literal["show", "compact", "vacuum"] = "show",
    /,
    *,
    data: Data = DATA,
    keep_hours: int = KEEP_HOURS,
) -> int:
    """
    Show the tables of an ingest, or tidy them up; ingests may run meanwhile.

    show: rows, files, size and version of each table. compact: many small files become few.
    vacuum: files go that no version of the last days needs, and what killed runs have left.

    Parameters
    ----------
    action
        show, compact or vacuum.
    data
        The folder that `zhengben ingest` writes into.
    keep_hours
        vacuum leaves what was current within so many hours; at least 24.
    """
    from flows.tables import Tables  # noqa: PLC0415  pyarrow and deltalake: 0.5 s

    found = Tables(data)
    if not found.shown():
        raise UsageError(
            str(data), "has no tables", do="check --data, or run: zhengben ingest sources.toml"
        )
    if action == "compact":
        for name, (before, after) in found.compact().items():
            print(f"{name}: {before:,} files, now {after:,}")
    elif action == "vacuum":
        print(f"{found.vacuum(keep_hours):,} files removed")
    else:
        for table in found.shown():
            print(
                f"{table['table']:10} {table['rows']:>12,} rows {table['files']:>6,} files "
                f"{table['bytes'] / (1 << 20):>10,.1f} MiB  version {table['version']}"
            )
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
