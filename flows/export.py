"""
The current rows of the tables as a dataset folder: what `zhengben export` writes.

The same files as `zhengben clean` writes; flows/current.py gives them their order, so that
the same current rows give the same bytes. What is published is a release: flows/release.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from cleaners.document import Document, Rejected
from flows.current import Current, current_rows, named, scratch_beside
from flows.found import Found
from flows.local import Cleaned, Output, Summary, write
from flows.rows import document, rejected
from flows.tables import Tables


def export(
    data: Path,
    out: Path,
    *,
    origin: str = "",
    texts: bool = True,
    watch: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """
    Write the current documents and rejects below `data` into the dataset folder `out`.

    origin  only those of this source

    UsageError: there are no tables, or none of this source.
    DatasetError: `out` cannot be used, or a table cannot be read.
    """
    tables = Tables(data)
    current = named(tables, origin)
    summary = Summary(total=current.pages)
    watch(summary)
    with scratch_beside(out) as scratch:
        rows = current_rows(tables, current, scratch)
        return write(_by_page(rows), out, summary, output=Output(texts), watch=watch)


def result_of(found: Current) -> Document | Rejected:
    """The value that a row was made of."""
    return document(found.row) if found.kind == "documents" else rejected(found.row)


def _by_page(rows: Iterable[Current]) -> Iterator[Cleaned]:
    for url, some in groupby(rows, key=lambda one: one.url):
        _, _, bare = url.partition("://")
        path, _, query = bare.partition("?")
        key = f"{path}?{query}" if query else path
        yield (
            Found(Path(url), f"{key}index.html" if key.endswith("/") else key),
            [result_of(one) for one in some],
        )
