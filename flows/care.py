"""
How the tables of a DATA folder are: their sizes and versions, and what is damaged.

`shown` looks at names and sizes only. `damages` reads every file that a table has now, and
compares what the tables say of each other and of the archive. Parquet as Delta writes it
has no checksums, so the first look at a file notes its SHA-256 beside the tables
(`tables/checksums.sha256`, for `sha256sum -c` too), and every later one compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from deltalake import DeltaTable

from cleaners.errors import DatasetError
from flows.commit import disk_errors, listed, write_durably
from flows.digests import Digests
from flows.journal import ARCHIVE
from flows.table_columns import SCHEMAS
from flows.tables import SMALL_BYTES, Tables

pc: Any = pyarrow.compute  # its functions are made at run time

CHECKSUMS = "checksums.sha256"
REBUILDING = "rebuilding"  # a note, beside the tables
ROWS_PER_READ = 256
SHOWN = 3  # examples of what is missing
NAMED = {"documents": "document_ids", "rejects": "reject_ids"}

Watch = Callable[[str, int, int], None]  # table, files done, files in all


@dataclass(frozen=True, slots=True)
class Health:
    """A table as it stands; sizes in bytes."""

    table: str
    rows: int
    files: int
    bytes: int
    version: int
    oldest: int  # the oldest version that can still be read
    small: int  # files that compacting would put together
    left: int  # files that this version does not need: of older ones, or of killed runs
    left_bytes: int
    missing: tuple[str, ...] = ()  # files that it needs and that are not there


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written. `file` is empty where a whole table is meant."""

    table: str
    file: str
    what: str
    rows: int = 0  # that cannot be read, as far as they are known

    def __str__(self) -> str:
        where = f"{self.table}/{self.file}" if self.file else self.table
        return f"{where}: {self.what}" + (f" ({self.rows:,} rows)" if self.rows else "")


@dataclass(frozen=True, slots=True)
class File:
    """A Parquet file that a table has now, as the log says."""

    path: Path
    name: str  # below the table's folder
    bytes: int
    rows: int


@dataclass(slots=True)
class _Sums:
    """The checksums that are known, and those that will be."""

    known: dict[str, str]
    now: dict[str, str] = field(default_factory=dict)


def shown(data: Path) -> list[Health | Damage]:
    """Each table that is there, or why it cannot be opened. Nothing in the files is read."""
    tables = Tables(data)
    found = (_shown(tables, name) for name in SCHEMAS)
    return [each for each in found if each is not None]


def damages(data: Path, watch: Watch = lambda _table, _done, _all: None) -> Iterator[Damage]:
    """
    Read all that the tables have now, and say what is damaged; ingests may run meanwhile.

    DatasetError: the disk takes no note of the checksums.
    """
    tables = Tables(data)
    sums = _Sums(_known_sums(tables.folder))
    whole: set[str] = set()
    for name in SCHEMAS:
        damaged = list(_damaged(tables, name, sums, watch))
        yield from damaged
        if not damaged:
            whole.add(name)
    _note(tables.folder, sums)
    for name in begun(tables.folder):
        whole.discard(name)
        yield Damage(name, "", "a rebuild of it was begun and did not end")
    if "pages" in whole:
        for name, column in NAMED.items():
            if name in whole:
                yield from _unnamed(tables, name, column)
        yield from _without_archive(tables, data)


def begun(folder: Path) -> list[str]:
    """Tables that a rebuild has taken damaged files from and has not made whole again."""
    note = folder / REBUILDING
    return note.read_text(encoding="utf-8").split() if note.is_file() else []


def files_of(table: DeltaTable, folder: Path) -> list[File]:
    """The files of a table at its version."""
    actions = pa.table(table.get_add_actions(flatten=True)).select(
        ["path", "size_bytes", "num_records"]
    )
    files: list[File] = []
    for row in actions.to_pylist():
        path = folder / row["path"]
        if not path.exists():  # names of partitions are quoted once more in the log
            path = folder / unquote(row["path"])
        name = path.relative_to(folder).as_posix()
        files.append(File(path, name, row["size_bytes"], row["num_records"] or 0))
    return sorted(files, key=lambda file: file.name)


def missing_rows(tables: Tables, name: str) -> Iterator[tuple[str, str]]:
    """Ids that `pages` names and a table does not have, each with the URL of its page."""
    column = NAMED[name]
    named = Digests()
    pages = list(tables.scan("pages", ["url", column]))  # read first: rows come before their page
    there = Digests()
    for batch in tables.scan(name, ["id"]):
        for one in batch["id"].to_pylist():
            there.add(bytes.fromhex(one))
    for batch in pages:
        urls = batch["url"].to_pylist()
        for url, ids in zip(urls, batch[column].to_pylist(), strict=True):
            for one in ids or ():
                digest = bytes.fromhex(one)
                if digest not in there and named.add(digest):
                    yield one, url


def _shown(tables: Tables, name: str) -> Health | Damage | None:
    folder = tables.folder / name
    try:
        table = tables.opened(name)
    except DatasetError as error:
        return Damage(name, "", error.what + (f": {error.saw}" if error.saw else ""))
    if table is None:
        return _without_log(folder, name)
    files = files_of(table, folder)
    here = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.parquet")}
    stray = [
        path for key, path in here.items() if not key.startswith("_delta_log/")
        and key not in {file.name for file in files}
    ]  # fmt: skip
    return Health(
        name,
        sum(file.rows for file in files),
        len(files),
        sum(file.bytes for file in files),
        table.version(),
        _oldest(folder, table.version()),
        _small(files),
        len(stray),
        sum(path.stat().st_size for path in stray),
        tuple(file.name for file in files if file.name not in here),
    )


def _small(files: Sequence[File]) -> int:
    """Files that are small and not alone in their folder: what `compact` would put together."""
    small: dict[str, int] = {}
    for file in files:
        if file.bytes < SMALL_BYTES:
            folder = file.name.rpartition("/")[0]
            small[folder] = small.get(folder, 0) + 1
    return sum(count for count in small.values() if count > 1)


def _oldest(folder: Path, newest: int) -> int:
    """
    The oldest version from which on all can be read: going back, a version needs the files
    that the next one has removed.
    """
    for version in range(newest, 0, -1):
        log = folder / "_delta_log" / f"{version:020}.json"
        try:
            lines = log.read_text(encoding="utf-8").splitlines()
            removed = (json.loads(line).get("remove") for line in lines if line)
            paths = [each["path"] for each in removed if each]
        except (OSError, ValueError, KeyError):  # tidied away, or damaged
            return version
        if not all((folder / path).exists() or (folder / unquote(path)).exists() for path in paths):
            return version
    return 0


def _damaged(tables: Tables, name: str, sums: _Sums, watch: Watch) -> Iterator[Damage]:
    folder = tables.folder / name
    try:
        table = tables.opened(name)
    except DatasetError as error:
        yield Damage(name, "", error.what + (f": {error.saw}" if error.saw else ""))
        return
    if table is None:
        lost = _without_log(folder, name)
        if lost:
            yield lost
        return
    files = files_of(table, folder)
    for number, file in enumerate(files):
        watch(name, number, len(files))
        key = f"{name}/{file.name}"
        what, sha256 = _fault(file, sums.known.get(key, ""))
        if what:
            yield Damage(name, file.name, what, file.rows)
            sha256 = sums.known.get(key, "")
        if sha256:
            sums.now[key] = sha256


def _without_log(folder: Path, name: str) -> Damage | None:
    return Damage(name, "", "its log is empty") if (folder / "_delta_log").is_dir() else None


def _fault(file: File, known: str) -> tuple[str, str]:
    """What is wrong with a file, "" if nothing is, and its SHA-256."""
    try:
        size = file.path.stat().st_size
        if size != file.bytes:
            return f"has {size:,} bytes where the log says {file.bytes:,}", ""
        with file.path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        if known and sha256 != known:
            return "is not the file that was checked before: other bytes", sha256
        with pq.ParquetFile(file.path) as parquet:
            batches = parquet.iter_batches(batch_size=ROWS_PER_READ)
            rows = sum(_decoded(batch) for batch in batches)
    except FileNotFoundError:
        return "is missing", ""
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        return f"cannot be read: {str(error).partition(chr(10))[0]}", ""
    if rows != file.rows:
        return f"has {rows:,} rows where the log says {file.rows:,}", ""
    return "", sha256


def _decoded(batch: pa.RecordBatch) -> int:
    batch.validate(full=True)  # strings are UTF-8, offsets lead somewhere
    return batch.num_rows


def _unnamed(tables: Tables, name: str, column: str) -> Iterator[Damage]:
    lost = list(missing_rows(tables, name))
    if lost:
        urls = list(dict.fromkeys(url for _, url in lost))
        more = " …" if len(urls) > SHOWN else ""
        what = f"has not the rows that pages.{column} names, of {', '.join(urls[:SHOWN])}{more}"
        yield Damage(name, "", what, len(lost))
    seen = Digests()
    twice = sum(
        not seen.add(bytes.fromhex(one))
        for batch in tables.scan(name, ["id"])
        for one in batch["id"].to_pylist()
    )
    if twice:
        yield Damage(name, "", "has rows twice", twice)


def _without_archive(tables: Tables, data: Path) -> Iterator[Damage]:
    named: dict[str, int] = {}
    for batch in tables.scan("pages", ["archive_file"]):
        for entry in pc.value_counts(batch["archive_file"]).to_pylist():
            if entry["values"] is not None:
                named[entry["values"]] = named.get(entry["values"], 0) + entry["counts"]
    for file, pages in sorted(named.items()):
        if not (data / ARCHIVE / file).is_file():
            yield Damage("archive", file, "is missing, and pages name it", pages)


def _known_sums(folder: Path) -> dict[str, str]:
    file = folder / CHECKSUMS
    return {name: sha256 for sha256, name in listed(file)} if file.is_file() else {}


def _note(folder: Path, sums: _Sums) -> None:
    if sums.now:
        lines = (f"{sha256}  {name}\n" for name, sha256 in sorted(sums.now.items()))
        with disk_errors(folder):
            write_durably(folder / CHECKSUMS, "".join(lines))
