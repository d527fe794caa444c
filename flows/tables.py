"""
The tables of an ingest, in DATA/tables: Delta tables, each commit whole or not there.

    pages      fetch state by source and URL; the only one that is merged
    documents  append-only: a page that changes gives new rows, its older ones stay
    rejects    likewise
    captures   the index of the archive: URL, time, file, offset
    runs       one row a run
    sketches   what `zhengben duplicates` compares of each document, append-only
    clusters   what it found, replaced by each run of it

Rows of `documents` and `rejects` are keyed by what they are made of (`id`), so that the
same work done twice adds nothing twice. Which of them are current is said in `pages`:
its `document_ids` name the documents that a page has now.

Writers take a lock for the moment in which they look what is there and add what is not
(`flock`; it dies with its process). Delta's own check of conflicts stays below it, for
writers that do not know of the lock; what loses there tries again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute
import stamina
from deltalake import DeltaTable, Schema, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import ArrayType, PrimitiveType, StructType
from deltalake.table import TableMerger

from cleaners.errors import DatasetError, UsageError
from flows.commit import disk_errors
from flows.locks import held
from flows.rows import Row
from flows.stored import rows_of as rows_of  # noqa: PLC0414  said to be ours as well
from flows.table_columns import SCHEMAS

pc: Any = pyarrow.compute  # its functions are made at run time, which no stub knows

FOLDER, LOCK = "tables", ".lock"
KEEP_HOURS = 168  # of files that no current version needs: readers may still be at them
LEAST_HOURS = 24
SMALL_BYTES = 8 << 20  # files below are worth being put together
VERSION = 1  # of the tables' meaning; columns that are added do not change it
KEYS = {
    "documents": "id",
    "rejects": "id",
    "captures": "archive_file",
    "runs": "run",
    "sketches": "id",
}
ATTEMPTS = 8
# So many small files are put together, into files of about this size.
TIDY_FILES, TIDY_BYTES, TIDY_ROWS = 16, 8 << 20, 8_000

_CONFIGURATION = {
    # Whoever opens a table reads the log since its last checkpoint, a thread for each version.
    "delta.checkpointInterval": "10",
    "delta.logRetentionDuration": "interval 30 days",
    "delta.deletedFileRetentionDuration": f"interval {KEEP_HOURS} hours",
}
# Statistics that let a reader skip files; those of long texts and of digests are of no use.
_STATISTICS = {
    "pages": "url,due_at",
    "documents": "source",
    "rejects": "rule,source",
    "captures": "url,at,archive_file",
    "runs": "run,started_at",
    "sketches": "id",
    "clusters": "id",
}

# What a newer state puts in the place of an older one. Of the same bytes the rows that are
# named stay: somebody may have cleaned them again while the page was looked at.
_SAME_BYTES = (
    "s.raw_sha256 = t.raw_sha256 AND s.archive_file = t.archive_file "
    "AND s.archive_offset = t.archive_offset"
)
_NEWER = {name: f"s.{name}" for name in SCHEMAS["pages"].names} | {
    "document_ids": f"CASE WHEN {_SAME_BYTES} THEN t.document_ids ELSE s.document_ids END",
    "reject_ids": f"CASE WHEN {_SAME_BYTES} AND s.rule IS NULL AND t.rule IS NULL "
    "THEN t.reject_ids ELSE s.reject_ids END",
}
_POINTED = {
    "document_ids": "s.document_ids",
    "reject_ids": "CASE WHEN t.rule IS NULL THEN s.reject_ids ELSE t.reject_ids END",
}
_MARK = {**KEYS, "pages": "url", "clusters": "id"}  # columns by which a table is known as ours
# Columns of which a batch of the usual 131,072 rows, read ahead sixteen times, fills a machine.
_HEAVY = frozenset(("text", "original", "removals"))
_GENTLY = {"batch_size": 1_024, "batch_readahead": 1, "fragment_readahead": 1}
_STAMP = "zhengben tables, version "


@dataclass(frozen=True, slots=True)
class Shard:
    """What one archive file gives, as tables with the columns of their names."""

    documents: pa.Table
    rejects: pa.Table
    captures: pa.Table
    pages: pa.Table


class Added(NamedTuple):
    """Rows that were not there before."""

    documents: int
    rejects: int


class Tables:
    """
    The tables below one DATA folder. Opening them costs nothing; they are made when written.

    at  versions of tables to read, by name; without one a table is read as it is now

    Whatever is done with them, DatasetError: a table is damaged, was written by a newer
    zhengben, or is none of ours.
    """

    def __init__(self, data: Path, at: Mapping[str, int] | None = None) -> None:
        self.folder = data / FOLDER
        self._at = dict(at or {})

    def read(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        origin: str = "",
        among: tuple[str, pa.Array] | None = None,
    ) -> pa.Table:
        """
        Columns of a table as it is now; those that an older zhengben did not have are null.

        origin  only the pages of this source
        among   only rows whose value in this column is one of these
        """
        batches = self.scan(name, columns, origin=origin, among=among)
        return pa.Table.from_batches(batches, _part(SCHEMAS[name], columns))

    def scan(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        origin: str = "",
        among: tuple[str, pa.Array] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """`read`, a batch at a time."""
        schema = _part(SCHEMAS[name], columns)
        if not self._exists(name):
            return
        wanted = dict.fromkeys([*schema.names, *([among[0]] if among else [])])
        with _read_errors(self.folder / name):
            known = self._open(name).to_pyarrow_dataset(schema=SCHEMAS[name])
            where = pc.field("origin") == origin if origin else None
            pace = _GENTLY if _HEAVY & wanted.keys() else {}
            for batch in known.to_batches(columns=list(wanted), filter=where, **pace):
                # Not in the filter above: files that a merge has written hold views of strings,
                # and Arrow 26 cannot compare these with strings ("no kernel matching").
                if among is not None:
                    batch = batch.filter(pc.is_in(batch[among[0]], value_set=among[1]))  # noqa: PLW2901
                if batch.num_rows:
                    yield batch.select(schema.names)

    def pick(
        self, name: str, columns: Sequence[str], keys: pa.Array, *, at_once: int = 1024
    ) -> Iterator[pa.RecordBatch]:
        """
        The rows with these keys, in batches. Only their row groups are read, and of the
        others the keys: a table that grows by appends has its new rows in files of their own.
        """
        key = KEYS[name]
        if not self._exists(name) or not len(keys):
            return
        with _delta_errors(self.folder / name):
            known = self._open(name).to_pyarrow_dataset(schema=SCHEMAS[name])
            for file in known.get_fragments():
                for group in file.split_by_row_group():
                    there = group.to_table(schema=known.schema, columns=[key])[key]
                    if not pc.any(pc.is_in(there, value_set=keys)).as_py():
                        continue
                    wanted = list(dict.fromkeys([*columns, key]))
                    for batch in group.to_batches(known.schema, wanted, batch_size=at_once):
                        mine = batch.filter(pc.is_in(batch[key], value_set=keys))
                        if mine.num_rows:
                            yield mine.select(list(columns))

    def append(self, name: str, rows: pa.Table) -> int:
        """
        Add the rows whose key is not there yet; how many these are.

        The key of `captures` is their file: its rows come together or not at all.
        DatasetError: the disk refuses, or the table is damaged.
        """
        key = KEYS[name]
        if not rows.num_rows:
            return 0
        keys = pc.unique(rows[key])
        with self._writing(name):
            there = self.read(name, [key], among=(key, keys))[key]
            fresh = rows.filter(pc.invert(pc.is_in(rows[key], value_set=pc.unique(there))))
            if name != "captures":
                fresh = _first_of_each(fresh, key)
            if fresh.num_rows:
                self._write(name, fresh)
                self._tidy(name)
        return fresh.num_rows

    def replace(self, name: str, rows: pa.Table) -> None:
        """
        Put these rows in the place of all that are there, in one commit.

        DatasetError: as in `append`.
        """
        with self._writing(name):
            self._write(name, rows, mode="overwrite")

    def merge_pages(self, rows: pa.Table) -> None:
        """
        Put fetch states in the place of older ones of the same source and URL.

        A state that is older than the one that is there changes nothing, so states may be
        merged again, in any order. Of several for one URL the newest counts.
        DatasetError: as in `append`.
        """
        rows = _newest_of_each(rows)
        for origin in pc.unique(rows["origin"]).to_pylist():
            some = rows.filter(pc.equal(rows["origin"], origin))
            with self._writing("pages"):
                # A merge holds all rows of the source; those that are new need none.
                there = self.read("pages", ["url"], origin=origin, among=("url", some["url"]))
                known = pc.is_in(some["url"], value_set=there["url"])
                if (fresh := some.filter(pc.invert(known))).num_rows:
                    self._write("pages", fresh)
                if fresh.num_rows < some.num_rows:
                    self._merge(origin, some.filter(known))
                self._tidy("pages", origin)

    def point(self, rows: pa.Table) -> None:
        """
        Let pages name other rows for the bytes that they have: what cleaning them again gave.

        rows  as those of `pages`; of these only the ids are taken, and those of rejects
              only where the last visit did not fail

        A page that has other bytes by now stays as it is.
        """
        for origin in pc.unique(rows["origin"]).to_pylist():
            some = rows.filter(pc.equal(rows["origin"], origin))
            with self._writing("pages"):
                self._point(origin, some)
                self._tidy("pages", origin)

    def commit(self, shard: Shard) -> Added:
        """
        Put what one archive file gave into the tables; how many rows are new.

        The pages come last: until they are there, nothing is current that is not whole. A
        commit that was interrupted is made again from the start, and doubles nothing.
        """
        documents = self.append("documents", shard.documents)
        rejects = self.append("rejects", shard.rejects)
        self.append("captures", shard.captures)
        self.merge_pages(shard.pages)
        pa.default_memory_pool().release_unused()  # else it keeps the most that a commit ever took
        return Added(documents, rejects)

    def compact(self) -> dict[str, tuple[int, int]]:
        """Put small files together: of each table the number of files before and after."""
        return {name: self._compact(name) for name in SCHEMAS if self._exists(name)}

    def vacuum(self, keep_hours: int = KEEP_HOURS) -> int:
        """
        Remove files that no version of the last `keep_hours` needs; how many.

        UsageError: so few hours that a reader may lose the files it is reading.
        """
        if keep_hours < LEAST_HOURS:
            raise UsageError(
                "--keep-hours",
                "is so little that readers may lose the files they are reading",
                saw=str(keep_hours),
                do=f"keep at least {LEAST_HOURS}",
            )
        return sum(self._vacuum(name, keep_hours) for name in SCHEMAS if self._exists(name))

    def shown(self) -> list[dict[str, Any]]:
        """For each table that is there: name, rows, files, bytes, version."""
        return [self._shown(name) for name in SCHEMAS if self._exists(name)]

    def opened(self, name: str) -> DeltaTable | None:
        """A table itself, at the version that was asked for; None when it is not there."""
        if not self._exists(name):
            return None
        with _read_errors(self.folder / name):
            return self._open(name)

    @contextmanager
    def alone(self) -> Generator[None]:
        """Be the only writer of all tables, for what changes more than rows."""
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with held(self.folder / LOCK, wait=True):
                yield

    def _shown(self, name: str) -> dict[str, Any]:
        with _read_errors(self.folder / name):
            table = self._open(name)
            actions = pa.table(table.get_add_actions(flatten=True))
            size = pc.sum(actions["size_bytes"]).as_py() or 0
            rows = pc.sum(actions["num_records"]).as_py() or 0
            version = table.version()
        return {
            "table": name,
            "rows": rows,
            "files": actions.num_rows,
            "bytes": size,
            "version": version,
        }

    def _compact(self, name: str) -> tuple[int, int]:
        with self._writing(name):
            table = self._open(name)
            before = len(table.file_uris())
            for attempt in _attempts():
                with attempt:
                    table = self._open(name)
                    table.optimize.compact(max_concurrent_tasks=1, writer_properties=_properties())
            table.create_checkpoint()
            return before, len(self._open(name).file_uris())

    def _vacuum(self, name: str, keep_hours: int) -> int:
        with self._writing(name):
            table = self._open(name)
            # full: also what killed writers have left, which no version names
            gone = table.vacuum(
                keep_hours, dry_run=False, enforce_retention_duration=False, full=True
            )
            return len(gone)

    def _write(
        self, name: str, rows: pa.Table, mode: Literal["append", "overwrite"] = "append"
    ) -> None:
        for attempt in _attempts():
            with attempt:
                write_deltalake(
                    self._open(name),
                    rows,
                    mode=mode,
                    schema_mode="merge",
                    writer_properties=_properties(),
                )

    def _merge(self, origin: str, rows: pa.Table) -> None:
        for attempt in _attempts():
            with attempt:
                merger = _merger(self._open("pages"), origin, rows)
                merger = merger.when_matched_update(_NEWER, "s.visited_at >= t.visited_at")
                merger.when_not_matched_insert_all().execute()

    def _point(self, origin: str, rows: pa.Table) -> None:
        for attempt in _attempts():
            with attempt:
                merger = _merger(self._open("pages"), origin, rows)
                merger.when_matched_update(_POINTED, _SAME_BYTES).execute()

    def _tidy(self, name: str, origin: str = "") -> None:
        """
        Put the small files together that commits have left, once there are many of them.

        Every commit opens every file, so it would take the longer, and hold the more, the
        more of them there were before it.
        """
        files = pa.table(self._open(name).get_add_actions(flatten=True))
        if origin:
            files = files.filter(pc.equal(files["partition.origin"], origin))
        rows, size = pc.sum(files["num_records"]).as_py(), pc.sum(files["size_bytes"]).as_py()
        target = min(TIDY_BYTES, size * TIDY_ROWS // max(1, rows or 0)) if size else 0
        if pc.sum(pc.less(files["size_bytes"], target // 2)).as_py() < TIDY_FILES:
            return
        for attempt in _attempts():
            with attempt:
                self._open(name).optimize.compact(
                    [("origin", "=", origin)] if origin else None,
                    target_size=target,
                    max_concurrent_tasks=1,
                    writer_properties=_properties(),
                )

    @contextmanager
    def _writing(self, name: str) -> Generator[None]:
        """Be the only writer; the table is there, with every column that we know."""
        with _delta_errors(self.folder / name), ExitStack() as lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.enter_context(held(self.folder / LOCK, wait=True))
            if not self._exists(name):
                self._create(name)
            self._renew(name)
            yield

    def _create(self, name: str) -> None:
        DeltaTable.create(
            self.folder / name,
            Schema.from_arrow(SCHEMAS[name]),
            mode="ignore",
            partition_by=["origin"] if name == "pages" else None,
            description=f"{_STAMP}{VERSION}",
            configuration={
                **_CONFIGURATION,
                "delta.dataSkippingStatsColumns": _STATISTICS[name],
            },
        )

    def _renew(self, name: str) -> None:
        """Add the columns and settings that the table of an older zhengben does not have."""
        table = self._open(name)
        if not _CONFIGURATION.items() <= table.metadata().configuration.items():
            table.alter.set_table_properties(_CONFIGURATION)
        known = {field.name for field in table.schema().fields}
        fields = [f for f in Schema.from_arrow(SCHEMAS[name]).fields if f.name not in known]
        if fields:
            table.alter.add_columns(fields)

    def _exists(self, name: str) -> bool:
        folder = self.folder / name
        if DeltaTable.is_deltatable(str(folder)):
            return True
        if folder.is_dir() and any(folder.iterdir()) and not (folder / "_delta_log").is_dir():
            raise _foreign(folder, "holds files, and is no Delta table")
        return False

    def _open(self, name: str) -> DeltaTable:
        wanted = self._at.get(name)
        try:
            table = DeltaTable(self.folder / name, version=wanted)
        except DeltaError as error:
            if wanted is None or wanted <= DeltaTable(self.folder / name).version():
                raise
            raise DatasetError(
                str(self.folder / name), f"has no version {wanted}", do="zhengben tables show"
            ) from error
        _refuse_strange(table, name, self.folder / name)
        return table


def hold_little() -> None:
    """
    Let Arrow take its memory from the system, for a process that writes tables for hours.

    Its own pool keeps what each of its threads once had: 60 MiB after 100 commits.
    """
    pa.set_memory_pool(pa.system_memory_pool())


def table_of(name: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as a table with the columns of `name`; what a row does not say is null."""
    return pa.Table.from_pylist(list(rows), SCHEMAS[name])


def _part(schema: pa.Schema, columns: Sequence[str] | None) -> pa.Schema:
    return schema if columns is None else pa.schema([schema.field(name) for name in columns])


def _first_of_each(rows: pa.Table, key: str) -> pa.Table:
    if pc.count_distinct(rows[key]).as_py() == rows.num_rows:
        return rows
    seen: set[str] = set()
    first = [not (value in seen or seen.add(value)) for value in rows[key].to_pylist()]
    return rows.filter(pa.array(first))


def _newest_of_each(rows: pa.Table) -> pa.Table:
    """A MERGE with two new rows of one key would insert both."""
    at = rows["visited_at"].cast(pa.int64())
    order = pc.sort_indices(pa.table({"at": at}), [("at", "descending")])
    rows = rows.take(order)
    seen: set[tuple[str, str]] = set()
    keys = zip(rows["origin"].to_pylist(), rows["url"].to_pylist(), strict=True)
    return rows.filter(pa.array([not (key in seen or seen.add(key)) for key in keys], pa.bool_()))


def _merger(pages: DeltaTable, origin: str, rows: pa.Table) -> TableMerger:
    quoted = origin.replace("'", "''")
    return pages.merge(
        rows,
        # The literal lets all other sources' files alone.
        f"t.origin = '{quoted}' AND s.origin = t.origin AND s.url = t.url",
        source_alias="s",
        target_alias="t",
        writer_properties=_properties(),
    )


def _refuse_strange(table: DeltaTable, name: str, folder: Path) -> None:
    """DatasetError: it is a newer zhengben's, or nobody's of us."""
    said = table.metadata().description or ""
    version = said.removeprefix(_STAMP)
    if said.startswith(_STAMP) and version.isdigit() and int(version) > VERSION:
        raise DatasetError(
            str(folder),
            "was written by a newer zhengben",
            saw=f"tables of version {version}; this is for {VERSION}",
            do="install that zhengben: nothing was changed",
        )
    if _MARK[name] not in {field.name for field in table.schema().fields}:
        raise _foreign(folder, "is a Delta table, and none of ours")
    ours = {field.name: field.type for field in Schema.from_arrow(SCHEMAS[name]).fields}
    strange = [
        field.name
        for field in table.schema().fields
        if field.name in ours and not _fits(field.type, ours[field.name])
    ]
    if strange:
        raise DatasetError(
            str(folder),
            "was written by a zhengben whose columns were of other types",
            saw=", ".join(strange),
            do="zhengben tables rebuild makes it anew from the archive",
        )


def _fits(had: object, ours: object) -> bool:
    """Whether a column can be read as ours; fields may be missing from it."""
    if isinstance(had, ArrayType) and isinstance(ours, ArrayType):
        return _fits(had.element_type, ours.element_type)
    if isinstance(had, StructType) and isinstance(ours, StructType):
        inside = {field.name: field.type for field in ours.fields}
        return all(_fits(f.type, inside[f.name]) for f in had.fields if f.name in inside)
    return type(had) is type(ours) and (not isinstance(had, PrimitiveType) or had == ours)


def _foreign(folder: Path, what: str) -> DatasetError:
    return DatasetError(str(folder), what, do="check --data, or move it away: nothing was changed")


def _properties() -> WriterProperties:
    return WriterProperties(
        compression="ZSTD",
        compression_level=3,
        # Or each row group's first and last text would stand in its file three times.
        statistics_truncate_length=128,
        max_row_group_size=8_192,  # what a reader decodes at once
    )


def _attempts() -> Iterable[stamina.Attempt]:
    return stamina.retry_context(on=CommitFailedError, attempts=ATTEMPTS, timeout=60)


@contextmanager
def _read_errors(where: Path) -> Generator[None]:
    """What a table that is damaged, or was written by others, gives when it is read."""
    try:
        yield
    except (DeltaError, OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise DatasetError(
            str(where),
            "the table cannot be read",
            saw=str(error).partition("\n")[0],
            do="`zhengben tables check` says what is damaged, docs/care.md how it is mended; "
            "if a newer zhengben wrote it, install that",
        ) from error


@contextmanager
def _delta_errors(where: Path) -> Generator[None]:
    """The errors of Delta as ours: what happened, and what to do."""
    try:
        with disk_errors(where):
            yield
    except DeltaError as error:
        raise DatasetError(
            str(where),
            "the table cannot be read or written",
            saw=str(error),
            do="make room if the disk is full, then run again: what was committed is whole",
        ) from error
