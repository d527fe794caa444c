"""
The current rows of the tables as a dataset folder: what `zhengben export` writes.

    pages (by URL) ─▶ ids, ranked ─▶ buckets of rows on disk ─▶ each sorted ─▶ dataset

The order is that of the URLs, and of the page for documents of one page. It does not
depend on how the tables were filled: the same current rows give the same bytes. The
rows of a table lie in no order and may be many, so they are dealt into buckets that fit
into memory; nothing is read twice.
"""

from __future__ import annotations

import heapq
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from cleaners.document import Document, Rejected
from cleaners.errors import DatasetError, UsageError
from flows.commit import disk_errors
from flows.found import Found
from flows.local import Cleaned, Output, Summary, write
from flows.rows import document, rejected
from flows.table_columns import SCHEMAS
from flows.tables import FOLDER, Tables, rows_of

pc: Any = pyarrow.compute  # its functions are made at run time

BUCKET_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class _Ranks:
    """The ids of current rows in the order of the export, and the URL of each."""

    ids: pa.Array
    urls: pa.Array


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
    pages = _pages(tables, data, origin)
    documents = _ranks(pages, "document_ids")
    rejects = _ranks(pages, "reject_ids")
    summary = Summary(total=len(set(documents.urls.to_pylist()) | set(rejects.urls.to_pylist())))
    watch(summary)
    with _scratch(out) as scratch:
        rows = _merged(
            _sorted(tables, "documents", documents, scratch, document),
            _sorted(tables, "rejects", rejects, scratch, rejected),
        )
        return write(_by_page(rows), out, summary, output=Output(texts), watch=watch)


def _pages(tables: Tables, data: Path, origin: str) -> pa.Table:
    """URL and ids of all pages, sorted by URL."""
    names = ["url", "origin", "document_ids", "reject_ids"]
    pages = tables.read("pages", names, origin=origin)
    if not pages.num_rows:
        known = sorted(set(tables.read("pages", ["origin"])["origin"].to_pylist()))
        raise UsageError(
            str(data / FOLDER),
            f"has no pages of {origin}" if origin else "has no pages",
            do=f"--source {'|'.join(known)}" if known else "zhengben ingest sources.toml",
        )
    return pages.sort_by([("url", "ascending"), ("origin", "ascending")])


def _ranks(pages: pa.Table, column: str) -> _Ranks:
    """An id that two pages name, or two sources, has the rank of the first."""
    ids = pages[column].combine_chunks()
    urls = pages["url"].combine_chunks().take(pc.list_parent_indices(ids))
    flat = pc.list_flatten(ids)
    first = pa.table({"id": flat, "at": pa.array(range(len(flat)), pa.int64())})
    places = first.group_by("id").aggregate([("at", "min")]).sort_by("at_min")["at_min"]
    return _Ranks(flat.take(places.combine_chunks()), urls.take(places.combine_chunks()))


_Ranked = tuple[int, str, Document | Rejected]  # place on its page, its URL


def _sorted(
    tables: Tables,
    name: str,
    ranks: _Ranks,
    scratch: Path,
    value: Callable[[dict[str, Any]], Document | Rejected],
) -> Iterator[_Ranked]:
    """
    The rows of a table that have a rank, in its order.

    DatasetError: one that a page names is not there.
    """
    found = 0
    for bucket in _dealt(tables, name, ranks, scratch):
        with pa.memory_map(str(bucket)) as mapped:
            rows = pa.ipc.open_stream(mapped).read_all().sort_by("rank")
            for batch in rows.to_batches(max_chunksize=64):
                for row in rows_of(batch):
                    rank = row.pop("rank")
                    found += 1
                    yield rank, ranks.urls[rank].as_py(), value(row)
        bucket.unlink()
    if found != len(ranks.ids):
        raise DatasetError(
            str(tables.folder / name),
            "does not have all rows that `pages` names",
            saw=f"{found:,} of {len(ranks.ids):,}",
            do="restore the tables from a copy",
        )


def _dealt(tables: Tables, name: str, ranks: _Ranks, scratch: Path) -> list[Path]:
    """Rows with their ranks, in files that are sorted among each other."""
    sizes = {entry["table"]: entry["bytes"] for entry in tables.shown()}
    count = max(1, sizes.get(name, 0) * 4 // BUCKET_BYTES)  # texts are compressed to a fourth
    schema = SCHEMAS[name].append(pa.field("rank", pa.int64()))
    paths = [scratch / f"{name}-{number:05}.arrow" for number in range(count)]
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with disk_errors(scratch), ExitStack() as files:
        writers = [
            files.enter_context(
                pa.ipc.new_stream(files.enter_context(path.open("wb")), schema, options=options)
            )
            for path in paths
        ]
        for batch in tables.scan(name):
            rank = pc.index_in(batch["id"], value_set=ranks.ids).cast(pa.int64())
            ranked = batch.append_column("rank", rank).filter(pc.is_valid(rank))
            bucket = pc.divide(pc.multiply(ranked["rank"], count), max(1, len(ranks.ids)))
            for number in pc.unique(bucket).to_pylist():
                writers[number].write_batch(ranked.filter(pc.equal(bucket, number)))
    return paths


def _merged(documents: Iterator[_Ranked], rejects: Iterator[_Ranked]) -> Iterator[_Ranked]:
    """Both in the order of the URLs; of one page the documents first."""
    return heapq.merge(documents, rejects, key=lambda ranked: ranked[1])


def _by_page(rows: Iterator[_Ranked]) -> Iterator[Cleaned]:
    for url, some in groupby(rows, key=lambda ranked: ranked[1]):
        _, _, bare = url.partition("://")
        path, _, query = bare.partition("?")
        key = f"{path}?{query}" if query else path
        yield (
            Found(Path(url), f"{key}index.html" if key.endswith("/") else key),
            [result for _, _, result in some],
        )


@contextmanager
def _scratch(out: Path) -> Generator[Path]:
    with disk_errors(out):
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-export-", dir=out.absolute().parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
