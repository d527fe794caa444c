"""
Parquet files that are written a row at a time, in bounded memory.

zstd level 3, page checksums (a flipped bit is found when a page is read), page
index, and dictionaries only for the columns whose values repeat.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from flows.columns import Column, repeating
from flows.commit import Manifest
from flows.rows import Row

ROWS_PER_GROUP = 1_000
BYTES_PER_GROUP = 32 << 20  # uncompressed; what a writer holds in memory, except for larger rows


class Parts:
    """
    Parquet files that follow on each other.

    Where a row group or a file ends depends on the rows alone, and on where `settle` is
    called: a file never ends between two calls of it.
    """

    def __init__(
        self,
        pattern: Path,
        schema: pa.Schema,
        columns: Iterable[Column],
        limits: tuple[int, int] = (sys.maxsize, sys.maxsize),
        done: Iterable[Manifest] = (),
        *,
        shared: bool = False,
    ) -> None:
        """shared: pages end where contents say, so that most of two versions is the same bytes."""
        self._pattern = pattern
        self._schema = schema
        self._dictionary = list(repeating(columns))
        self._most_rows, self._most_bytes = limits
        self._shared = shared
        self._rows: list[Row] = []
        self._bytes = 0
        self._part_rows = self._part_bytes = 0
        self._file: BinaryIO | None = None
        self._writer: pq.ParquetWriter | None = None
        self.done: list[Manifest] = [*done]

    def add(self, made: Row, bulk: int) -> None:
        if self._rows and self._bytes + bulk > BYTES_PER_GROUP:
            self._flush()
        self._rows.append(made)
        self._bytes += bulk
        if len(self._rows) >= ROWS_PER_GROUP or self._bytes >= BYTES_PER_GROUP:
            self._flush()

    def settle(self) -> bool:
        """End the file if it is full; whether it was, and nothing waits to be written."""
        rows, bulk = self._part_rows + len(self._rows), self._part_bytes + self._bytes
        if rows < self._most_rows and bulk < self._most_bytes:
            return False
        self._flush()
        self._end_part()
        return True

    def close(self) -> list[Manifest]:
        """Write what is left; the manifest's entries of all files. There is always one file."""
        if self._rows or not self.done:
            self._flush()
        self._end_part()
        return self.done

    def abandon(self) -> None:
        if self._file is not None and self._writer is not None:
            self._writer.is_open = False  # or it writes its footer when it is collected
            self._file.close()

    def _flush(self) -> None:
        writer = self._writer or self._begin_part()
        if self._rows:
            array = pa.array(self._rows, pa.struct(list(self._schema)))
            writer.write_batch(pa.RecordBatch.from_struct_array(array))
        self._part_rows += len(self._rows)
        self._part_bytes += self._bytes
        self._rows, self._bytes = [], 0

    def _begin_part(self) -> pq.ParquetWriter:
        path = Path(str(self._pattern).format(len(self.done)))
        self._file = path.open("wb")
        self._writer = pq.ParquetWriter(
            self._file,
            self._schema,
            compression="zstd",
            compression_level=3,
            use_dictionary=cast("bool", self._dictionary),  # or a list of paths, its stub forgets
            write_page_checksum=True,
            write_page_index=True,
            use_content_defined_chunking=self._shared,
        )
        return self._writer

    def _end_part(self) -> None:
        if self._writer is None or self._file is None:
            return
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.done.append(file_entry(Path(self._file.name), rows=self._part_rows))
        self._file = self._writer = None
        self._part_rows = self._part_bytes = 0


def stamped(schema: pa.Schema, code_version: str) -> pa.Schema:
    """The schema as it stands in a file: with the version of zhengben that wrote it."""
    return schema.with_metadata(schema.metadata | {b"zhengben.version": code_version.encode()})


def file_entry(path: Path, *, rows: int | None = None) -> Manifest:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    entry: Manifest = {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}
    return entry if rows is None else entry | {"rows": rows}
