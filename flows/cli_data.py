"""The commands for what lies in a DATA folder: `export` and `release`. Its care: cli_care.py."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

DATA = Path("data")
EXPORT = Path("zhengben-out")

Data = Annotated[Path, Parameter(name="--data")]


def register(app: App) -> None:
    """Add the commands of this module to the command line."""
    app.command(
        export,
        usage="Usage: zhengben export [OPTIONS]",
        help_epilogue="Example:\n    $ zhengben export --data data --out all-documents",
    )
    app.command(
        release,
        usage="Usage: zhengben release [OPTIONS]",
        help_epilogue="Example:\n    $ zhengben release --data data --where 'NOT truncated'",
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


def release(
    *,
    data: Data = DATA,
    where: str = "",
    columns: str = "",
    split: str = "",
    source: str = "",
    name: str = "",
    keep_identifiers: Annotated[bool, Parameter(negative=())] = False,
    latest: bool = True,
) -> int:
    """
    Publish what is current in the tables of an ingest, as files that are never changed again.

    DATA/releases/ID holds Parquet, a dataset card, Croissant metadata and a manifest with
    checksums; the file DATA/releases/latest has the newest ID. The same tables give the same
    bytes and the same ID. The ID is printed.

    Parameters
    ----------
    data
        The folder that `zhengben ingest` writes into.
    where
        Only documents that meet this condition on the columns, as in SQL: "signals.han_share >=
        0.5 AND NOT truncated", "source_name IN ('新华网')", "@strict"; see docs/dataset.md.
    columns
        Only these, separated by commas; `id` is always there.
    split
        Parts for training and testing with their shares, train=0.98,test=0.02. Copies of one
        text are in one part.
    source
        Only what this source has brought.
    name
        The ID; without it a digest of what is in it.
    keep_identifiers
        Do not mask telephone numbers, accounts, mail addresses and ID numbers in what was cut.
    latest
        Make it the newest.
    """
    from flows.progress import shown  # noqa: PLC0415
    from flows.release import Asked  # noqa: PLC0415  pyarrow, deltalake and jinja2: 0.6 s
    from flows.release import release as publish  # noqa: PLC0415
    from flows.split import Split  # noqa: PLC0415

    began = time.monotonic()
    wanted = tuple(filter(None, (column.strip() for column in columns.split(","))))
    asked = Asked(source, where.strip(), wanted, Split.parsed(split), keep_identifiers, name)
    with shown() as watch:
        made = publish(data, asked, latest=latest, watch=watch)
    counts = made.manifest["counts"]
    _say(
        f"{counts['documents']:,} documents ({counts['truncated']:,} truncated), "
        f"{counts['rejects']:,} rejected; {time.monotonic() - began:.1f} s; {made.folder}"
        + ("" if made.is_new else " (was there already)")
    )
    print(made.id)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
