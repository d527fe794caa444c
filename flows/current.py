"""
The current rows of the tables, in an order that does not depend on how these were filled.

    pages (by URL) ─▶ ids, ranked ─▶ buckets of rows on disk ─▶ each sorted ─▶ rows

The order is that of the URLs, and of the page for documents of one page: the same current
rows come in the same order. The rows of a table lie in no order and may be many, so they
are dealt into buckets that fit into memory; nothing is read twice.
"""

from __future__ import annotations

import heapq
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute

from cleaners.errors import DatasetError, UsageError
from flows.commit import disk_errors
from flows.rows import Row
from flows.table_columns import SCHEMAS
from flows.tables import FOLDER, Tables, rows_of

pc: Any = pyarrow.compute  # its functions are made at run time

BUCKET_BYTES = 64 << 20

Kind = Literal["documents", "rejects"]
Prepare = Callable[[pa.RecordBatch], pa.RecordBatch]


class Current(NamedTuple):
    """A row that a page names now."""

    rank: int  # among the rows of its kind
    url: str  # of its page
    kind: Kind
    row: Row


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ids of current rows in their order, and the URL of each."""

    ids: pa.Array
    urls: pa.Array


@dataclass(frozen=True, slots=True)
class Named:
    """What the pages name."""

    documents: Ranks
    rejects: Ranks

    @property
    def pages(self) -> int:
        """Pages that name anything."""
        return len(set(self.documents.urls.to_pylist()) | set(self.rejects.urls.to_pylist()))


def named(tables: Tables, origin: str = "") -> Named:
    """
    The ids of all current rows; of those of one source, if `origin` names it.

    UsageError: there are no tables, or none of this source.
    """
    pages = _pages(tables, origin)
    return Named(_ranks(pages, "document_ids"), _ranks(pages, "reject_ids"))


def current_rows(
    tables: Tables,
    current: Named,
    scratch: Path,
    *,
    prepare: Prepare | None = None,
    schema: pa.Schema = SCHEMAS["documents"],
) -> Iterator[Current]:
    """
    The rows of documents and rejects, by URL; of one page the documents first.

    scratch  a folder for files of up to four times the size of the tables
    prepare  takes documents away or makes columns of them, so that they have `schema`

    DatasetError: a row that a page names is not there.
    """
    kinds: tuple[tuple[Kind, Ranks, pa.Schema, Prepare | None], ...] = (
        ("documents", current.documents, schema, prepare),
        ("rejects", current.rejects, SCHEMAS["rejects"], None),
    )
    return heapq.merge(
        *(_sorted(tables, scratch, *kind) for kind in kinds), key=lambda one: one.url
    )


@contextmanager
def scratch_beside(out: Path) -> Generator[Path]:
    """A folder on the file system of `out` that is gone afterwards."""
    with disk_errors(out):
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-rows-", dir=out.absolute().parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _pages(tables: Tables, origin: str) -> pa.Table:
    """URL and ids of all pages, sorted by URL."""
    names = ["url", "origin", "document_ids", "reject_ids"]
    pages = tables.read("pages", names, origin=origin)
    if not pages.num_rows:
        known = sorted(set(tables.read("pages", ["origin"])["origin"].to_pylist()))
        raise UsageError(
            str(tables.folder.parent / FOLDER),
            f"has no pages of {origin}" if origin else "has no pages",
            do=f"--source {'|'.join(known)}" if known else "zhengben ingest sources.toml",
        )
    return pages.sort_by([("url", "ascending"), ("origin", "ascending")])


def _ranks(pages: pa.Table, column: str) -> Ranks:
    """An id that two pages name, or two sources, has the rank of the first."""
    ids = pages[column].combine_chunks()
    urls = pages["url"].combine_chunks().take(pc.list_parent_indices(ids))
    flat = pc.list_flatten(ids)
    first = pa.table({"id": flat, "at": pa.array(range(len(flat)), pa.int64())})
    places = first.group_by("id").aggregate([("at", "min")]).sort_by("at_min")["at_min"]
    return Ranks(flat.take(places.combine_chunks()), urls.take(places.combine_chunks()))


def _sorted(
    tables: Tables,
    scratch: Path,
    kind: Kind,
    ranks: Ranks,
    schema: pa.Schema,
    prepare: Prepare | None,
) -> Iterator[Current]:
    """The rows of a table that have a rank, in its order."""
    for bucket in _dealt(tables, scratch, kind, ranks, schema, prepare):
        with pa.memory_map(str(bucket)) as mapped:
            rows = pa.ipc.open_stream(mapped).read_all().sort_by("rank")
            for batch in rows.to_batches(max_chunksize=64):
                for row in rows_of(batch):
                    rank = row.pop("rank")
                    yield Current(rank, ranks.urls[rank].as_py(), kind, row)
        bucket.unlink()


def _dealt(
    tables: Tables,
    scratch: Path,
    kind: Kind,
    ranks: Ranks,
    schema: pa.Schema,
    prepare: Prepare | None,
) -> list[Path]:
    """Rows with their ranks, in files that are sorted among each other."""
    sizes = {entry["table"]: entry["bytes"] for entry in tables.shown()}
    count = max(1, sizes.get(kind, 0) * 4 // BUCKET_BYTES)  # texts are compressed to a fourth
    wide = schema.append(pa.field("rank", pa.int64()))
    paths = [scratch / f"{kind}-{number:05}.arrow" for number in range(count)]
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    found = 0
    with disk_errors(scratch), ExitStack() as files:
        writers = [
            files.enter_context(
                pa.ipc.new_stream(files.enter_context(path.open("wb")), wide, options=options)
            )
            for path in paths
        ]
        for batch in tables.scan(kind):
            rank = pc.index_in(batch["id"], value_set=ranks.ids).cast(pa.int64())
            there = pc.is_valid(rank)
            found += pc.sum(there).as_py() or 0
            some = batch.append_column("rank", rank).filter(there)
            if prepare is not None:
                some = prepare(some)
            bucket = pc.divide(pc.multiply(some["rank"], count), max(1, len(ranks.ids)))
            for number in pc.unique(bucket).to_pylist():
                writers[number].write_batch(some.filter(pc.equal(bucket, number)))
    if found != len(ranks.ids):
        raise DatasetError(
            str(tables.folder / kind),
            "does not have all rows that `pages` names",
            saw=f"{found:,} of {len(ranks.ids):,}",
            do="zhengben tables rebuild makes them again from the archive",
        )
    return paths
