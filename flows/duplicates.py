"""
Copies among the current documents of the tables: what `zhengben duplicates` finds.

    pages ─▶ ids ─▶ documents without a sketch ─▶ sketches ─▶ candidates ─▶ stars ─▶ clusters
                    (only their texts are read)

A text is read once, when its document is new; from then on its sketch is compared. The
clusters are made anew of all sketches each time, so they are what one run over everything
would have found, whenever the documents came. Superseded rows are not looked at.

A run that is killed leaves sketches, which the next one takes up, and the clusters of the
last run that came to an end: they are replaced in one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from cleaners.document import Copy
from cleaners.errors import DatasetError, UsageError
from cleaners.similarity import Known, Rank, rank, stars
from cleaners.sketch import SKETCH_VERSION, Sketch, sketch
from flows.candidates import candidates
from flows.columns import COPIES
from flows.table_columns import SCHEMAS
from flows.tables import FOLDER, Tables

pc: Any = pyarrow.compute  # its functions are made at run time

ROWS_PER_COMMIT = 20_000  # sketches of about 800 bytes
AT_HAND = 512  # sketches that are compared: a canonical one often
COPIED = ("id", "truncated", "source", "declared_url", "published", "retrieved_at")
_FACTS = ("digest", "size", *COPIED)


@dataclass(frozen=True, slots=True)
class Found:
    """What a run has looked at, and found."""

    documents: int = 0  # current ones
    to_read: int = 0  # of these the ones without a sketch
    read: int = 0
    clusters: int = 0  # of two documents and more
    duplicates: int = 0
    completed: int = 0  # truncated or partial copies whose whole text is there


def find_duplicates(data: Path, watch: Callable[[Found], None] = lambda _: None) -> Found:
    """
    Compare the current documents below `data`, and write the table `clusters`.

    UsageError: there are no tables.
    DatasetError: a table cannot be read or written, or lacks what `pages` names.
    """
    tables = Tables(data)
    current = _current(tables, data)
    found = _sketch_new(tables, current, watch)
    clusters = _clusters(tables, current)
    tables.replace("clusters", clusters)
    copies = clusters.filter(pc.invert(clusters["canonical"]))
    return replace(
        found,
        clusters=pc.count_distinct(copies["cluster"]).as_py(),
        duplicates=copies.num_rows,
        completed=copies.num_rows - copies["completed_by"].null_count,
    )


def _current(tables: Tables, data: Path) -> pa.Array:
    pages = tables.read("pages", ["document_ids"])
    if not pages.num_rows:
        raise UsageError(
            str(data / FOLDER),
            "has no pages",
            do="check --data, or run: zhengben ingest sources.toml",
        )
    return pc.unique(pc.list_flatten(pages["document_ids"].combine_chunks()))


def _sketch_new(tables: Tables, current: pa.Array, watch: Callable[[Found], None]) -> Found:
    known = tables.read("sketches", ["id", "version"])
    if not pc.all(pc.equal(known["version"], SKETCH_VERSION), min_count=0).as_py():
        tables.replace("sketches", SCHEMAS["sketches"].empty_table())
        known = known.slice(0, 0)
    fresh = current.filter(pc.invert(pc.is_in(current, value_set=known["id"].combine_chunks())))
    found = Found(documents=len(current), to_read=len(fresh))
    watch(found)
    columns = (*COPIED, "text")
    waiting: list[pa.RecordBatch] = []
    for batch in tables.pick("documents", columns, fresh):
        waiting.append(_sketched(batch))
        found = replace(found, read=found.read + batch.num_rows)
        if sum(each.num_rows for each in waiting) >= ROWS_PER_COMMIT:
            tables.append("sketches", pa.Table.from_batches(waiting))
            waiting.clear()
        watch(found)
    if waiting:
        tables.append("sketches", pa.Table.from_batches(waiting))
    return found


def _sketched(batch: pa.RecordBatch) -> pa.RecordBatch:
    made = [sketch(text.as_py()) for text in batch["text"]]
    columns = {name: batch[name] for name in COPIED}
    columns |= {
        name: pa.array([getattr(each, name) for each in made], SCHEMAS["sketches"].field(name).type)
        for name in Sketch.__slots__
    }
    columns["version"] = pa.array([SKETCH_VERSION] * len(made), pa.string())
    return pa.RecordBatch.from_arrays(
        [columns[name] for name in SCHEMAS["sketches"].names], schema=SCHEMAS["sketches"]
    )


def _clusters(tables: Tables, current: pa.Array) -> pa.Table:
    sketches = tables.read("sketches", among=("id", current))
    if sketches.num_rows < len(current):
        raise DatasetError(
            str(tables.folder / "documents"),
            "does not have all rows that `pages` names",
            saw=f"{sketches.num_rows:,} of {len(current):,}",
            do="restore the tables from a copy",
        )
    return clusters_of(sketches)


def clusters_of(sketches: pa.Table) -> pa.Table:
    """
    The rows of `clusters`, sorted by id, for rows of `sketches` in any order.

    One row a document; an id that comes twice is an error of the caller.
    """
    groups = _groups(sketches)
    places = pa.array([group[0].place for group in groups], pa.int64())
    texts = {  # large: of millions of texts they are more than an Arrow array of bytes holds
        name: sketches[name].cast(pa.large_binary()).combine_chunks().take(places)
        for name in ("grams", "sizes", "numbers")
    }

    @lru_cache(AT_HAND)
    def known(number: int) -> Known:
        first = groups[number][0].known
        grams, sizes, numbers = (values[number].as_py() for values in texts.values())
        kept = Sketch(first.sketch.digest, first.sketch.size, grams, sizes, numbers)
        return Known(first.id, kept, first.truncated)

    copies = {number: copy for number, _, copy in stars(candidates(texts["grams"]), known)}
    return _rows(groups, copies)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A document, without what of its sketch is large, and where that is."""

    rank: Rank
    place: int
    known: Known


def _groups(sketches: pa.Table) -> list[list[_Entry]]:
    """
    Documents of equal letters together, each group and all groups sorted by rank.

    A text that one page shows to be truncated is it on the others as well.
    """
    equal: dict[str, list[_Entry]] = {}
    for place, facts in enumerate(_facts(sketches)):
        entry = _entry(place, *facts)
        equal.setdefault(entry.known.sketch.digest, []).append(entry)
    groups = list(equal.values())
    for group in groups:
        if len(group) > 1:
            group.sort(key=lambda entry: entry.rank)
            first = group[0]
            if not first.known.truncated and any(entry.known.truncated for entry in group):
                known = replace(first.known, truncated=True)
                group[0] = _Entry(rank(known), first.place, known)
    groups.sort(key=lambda group: group[0].rank)
    return groups


def _facts(sketches: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in sketches.select(_FACTS).to_batches():
        columns = {name: batch[name] for name in _FACTS}
        columns["retrieved_at"] = columns["retrieved_at"].cast(pa.int64())  # no time zones needed
        yield from zip(*(column.to_pylist() for column in columns.values()), strict=True)


def _entry(
    place: int,
    digest: str,
    size: int,
    name: str,
    truncated: bool,  # noqa: FBT001  a row
    source: str,
    declared_url: str | None,
    published: str | None,
    retrieved_at: int | None,
) -> _Entry:
    when = None if retrieved_at is None else f"{retrieved_at:020}"
    bare = Sketch(digest, size, b"", b"", b"")
    known = Known(name, bare, truncated, source, declared_url, published, when)
    return _Entry(rank(known), place, known)


def _rows(groups: list[list[_Entry]], copies: dict[int, Copy]) -> pa.Table:
    rows: list[tuple[str, str, bool, str | None, str | None, float | None]] = []
    for number, group in enumerate(groups):
        first = group[0].known.id
        of_all = copies.get(number)
        if of_all is None:
            rows.append((first, first, True, None, None, None))
            rows += [(entry.known.id, first, False, first, None, 1.0) for entry in group[1:]]
        else:
            said = tuple(getattr(of_all, column.name) for column in COPIES)
            rows += [(entry.known.id, *said) for entry in group]
    rows.sort()
    schema = SCHEMAS["clusters"]
    columns = zip(*rows, strict=True) if rows else [[] for _ in schema]
    return pa.Table.from_arrays(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)],
        schema=schema,
    )
