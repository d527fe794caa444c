"""The rows of a dataset on disk, read again for verifying: what cannot be read is told, not raised."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.commit import Manifest
from flows.digests import Digests
from flows.proof import NEEDED, Finding
from flows.rows import Row
from flows.tables import rows_of

ROWS_PER_READ = 64
REFERENCES = ("duplicate_of", "completed_by")  # columns that name other rows
PREFIXES = {"documents": "documents-", "rejects": "rejects."}

References = tuple[Path, ...]  # files with rows that name other rows

_UNREADABLE = (OSError, pa.ArrowException, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows: one by its id, so many evenly spread, or all."""

    id: str = ""
    sample: int = 0

    @property
    def is_all(self) -> bool:
        return not (self.id or self.sample)

    def takes(self, at: int, total: int) -> bool:
        """
        Whether the sample has the row at this place.

        >>> [at for at in range(10) if Choice(sample=3).takes(at, 10)]
        [0, 4, 7]
        """
        if not self.sample or self.sample >= total:
            return True
        return at == 0 or at * self.sample // total != (at - 1) * self.sample // total


class Stored:
    """
    The rows of a dataset folder.

    tell  is called with what cannot be read
    """

    def __init__(
        self, out: Path, manifest: Manifest, choice: Choice, tell: Callable[[Finding], None]
    ) -> None:
        self._out, self._choice, self._tell = out, choice, tell
        self._told = 0
        self._entries = {
            of: [each for each in manifest["files"] if each["name"].startswith(prefix)]
            for of, prefix in PREFIXES.items()
        }
        rows = {of: sum(e.get("rows", 0) for e in each) for of, each in self._entries.items()}
        self._rows = rows
        self.total = (
            1 if choice.id else min(sum(rows.values()), choice.sample or sum(rows.values()))
        )
        self._is_part = bool(manifest.get("release", {}).get("where"))
        counts = manifest.get("counts", {})
        for of, said in rows.items():
            if of in counts and counts[of] != said:
                what = f"says {counts[of]:,} {of} and files with {said:,}"
                tell(Finding("manifest", "manifest.json", what))

    @property
    def references(self) -> References:
        """The files in which one row may name another, when all rows are looked at and there."""
        if not self._choice.is_all or self._is_part:
            return ()
        names = (entry["name"] for entry in self._entries["documents"])
        return tuple(self._out / name for name in names)

    def lacking(self, of: str) -> frozenset[str]:
        """The columns that verifying needs and that some file of these rows does not have."""
        lacking: frozenset[str] = frozenset()
        for entry in self._entries[of]:
            path = self._out / entry["name"]
            try:
                if path.suffix != ".jsonl":
                    lacking |= NEEDED.difference(pq.read_schema(path).names)
                elif entry.get("rows"):
                    with path.open("rb") as lines:
                        lacking |= NEEDED.difference(json.loads(next(lines)))
            except (*_UNREADABLE, ValueError):
                continue  # reading the rows says so
        return lacking

    def rows(self, of: str) -> Iterator[Row]:
        """The chosen rows, in their order."""
        if self._choice.id and of == "rejects":
            return
        at = 0
        for entry in self._entries[of]:
            path = self._out / entry["name"]
            if not path.is_file():
                continue  # comparing checksums has said so
            read = _lines if path.suffix == ".jsonl" else _groups
            count = 0
            told = self._told
            for row in read(path, self._wanted(of, at), self._say):
                count += 1
                if row is not None:
                    yield row
            at += entry.get("rows", 0)
            if self._choice.is_all and told == self._told and count != entry.get("rows", count):
                what = (
                    f"has {count:,} rows that can be read where the manifest says {entry['rows']:,}"
                )
                self._say(entry["name"], what)

    def _wanted(self, of: str, begin: int) -> Callable[[int, str], bool]:
        if self._choice.id:
            return lambda _, name: name == self._choice.id
        total = self._rows[of]
        share = Choice(sample=self._share(of))
        return lambda at, _: share.takes(begin + at, total)

    def _share(self, of: str) -> int:
        """How many of a sample are of these rows."""
        everything = sum(self._rows.values())
        if not self._choice.sample or not everything:
            return 0
        return max(1, self._choice.sample * self._rows[of] // everything)

    def _say(self, name: str, what: str) -> None:
        self._told += 1
        self._tell(Finding("parquet" if name.endswith(".parquet") else "file", name, what))


_Wanted = Callable[[int, str], bool]
_Say = Callable[[str, str], None]


def _groups(path: Path, wanted: _Wanted, say: _Say) -> Iterator[Row | None]:
    """Rows of a Parquet file; None for one that is not wanted. Groups without one are not read."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            begin = 0
            for number in range(file.num_row_groups):
                rows = file.metadata.row_group(number).num_rows
                try:
                    yield from _group(file, number, begin, wanted)
                except _UNREADABLE as error:
                    say(path.name, _unreadable(file, number, begin, rows, error))
                begin += rows
    except _UNREADABLE as error:
        say(path.name, f"cannot be read: {_short(error)}")


def _group(file: pq.ParquetFile, number: int, begin: int, wanted: _Wanted) -> Iterator[Row | None]:
    names = file.schema_arrow.names
    count = file.metadata.row_group(number).num_rows
    ids = [""] * count
    if "id" in names:
        ids = file.read_row_group(number, columns=["id"])["id"].to_pylist()
    take = [wanted(begin + at, one) for at, one in enumerate(ids)]
    if not any(take):
        yield from (None for _ in take)
        return
    at = 0
    for batch in file.iter_batches(batch_size=ROWS_PER_READ, row_groups=[number]):
        for row in rows_of(batch):
            yield row if take[at] else None
            at += 1


def _unreadable(file: pq.ParquetFile, number: int, begin: int, rows: int, error: Exception) -> str:
    """Which rows, and which of their columns, a page is damaged for."""
    bad: list[str] = []
    for name in file.schema_arrow.names:
        try:
            file.read_row_group(number, columns=[name])
        except _UNREADABLE:
            bad.append(name)
    columns = f" in {', '.join(bad)}" if bad else ""
    return f"rows {begin + 1:,} to {begin + rows:,}: damaged{columns}: {_short(error)}"


def _lines(path: Path, wanted: _Wanted, say: _Say) -> Iterator[Row | None]:
    with path.open("rb") as lines:
        for at, line in enumerate(lines):
            try:
                row: Row = json.loads(line)
                if row.get("retrieved_at"):
                    row["retrieved_at"] = datetime.fromisoformat(row["retrieved_at"])
            except ValueError as error:
                say(path.name, f"line {at + 1:,}: {error}")
                continue
            yield row if wanted(at, row.get("id", "")) else None


def reference_faults(files: References, ids: Digests) -> Iterator[Finding]:
    """Rows that name a row as the one they are a copy of, which is not there."""
    for path in files:
        if path.suffix != ".parquet" or not path.is_file():
            continue
        try:
            with pq.ParquetFile(path) as file:
                columns = [name for name in REFERENCES if name in file.schema_arrow.names]
                if not columns or "id" not in file.schema_arrow.names:
                    continue
                for batch in file.iter_batches(columns=["id", "source", *columns]):
                    yield from _faults(batch, columns, ids)
        except _UNREADABLE:
            continue  # reading the rows has said so


def _faults(batch: pa.RecordBatch, columns: list[str], ids: Digests) -> Iterator[Finding]:
    for row in batch.to_pylist():
        for name in columns:
            if row[name] and bytes.fromhex(row[name]) not in ids:
                what = f"names {row[name]}, which is not in the dataset"
                yield Finding("copies", row["source"], what, row["id"], (name,))


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0]
