"""
A dataset that is complete, read again: every file is compared with the manifest first.

See flows/dataset.py for what writes it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaners.document import Document, Rejected
from cleaners.errors import DatasetError
from flows import commit
from flows.columns import REJECTS_SCHEMA, SCHEMA, SCHEMA_VERSION
from flows.commit import Manifest
from flows.rows import Row, document, rejected

ROWS_PER_READ = 64
DOCUMENTS = "documents-"  # what names of their files begin with


def read_documents(out: Path) -> Iterator[Document]:
    """
    The documents of a dataset, in input order.

    Each file is compared with the manifest before its first row is given out.
    DatasetError: the dataset is incomplete, damaged, or of another version.
    """
    return map(document, _read(out, DOCUMENTS, SCHEMA))


def read_rejects(out: Path) -> Iterator[Rejected]:
    """The rejects of a dataset, in input order; errors as in `read_documents`."""
    return map(rejected, _read(out, "rejects.", REJECTS_SCHEMA))


def check(out: Path) -> Manifest:
    """Compare every file with its checksum; the manifest. DatasetError: the first that differs."""
    manifest = commit.load(out)
    for entry in manifest["files"]:
        _verify(out / entry["name"], entry["sha256"], entry["bytes"])
        if entry["name"] == commit.LISTING:
            for digest, name in commit.listed(out / entry["name"]):
                _verify(out / name, digest)
    return manifest


def _read(out: Path, prefix: str, schema: pa.Schema) -> Iterator[Row]:
    manifest = commit.load(out)
    if prefix == DOCUMENTS and (columns := manifest.get("release", {}).get("columns")):
        raise DatasetError(
            str(out),
            "holds only some of the columns of documents",
            saw=", ".join(columns),
            do="read them with flows.dataset.open_release, or any reader of Parquet",
        )
    files = [entry for entry in manifest["files"] if entry["name"].startswith(prefix)]
    return (made for entry in files for made in _rows(out, entry, schema))


def _rows(out: Path, entry: Manifest, schema: pa.Schema) -> Iterator[Row]:
    path = out / entry["name"]
    _verify(path, entry["sha256"], entry["bytes"])
    with readable(path), pq.ParquetFile(path, page_checksum_verification=True) as file:
        if not file.schema_arrow.equals(schema):
            raise DatasetError(
                str(path),
                f"does not have the columns of schema version {SCHEMA_VERSION}",
                do="read it with the zhengben that wrote it, or write the dataset again",
            )
        for batch in file.iter_batches(batch_size=ROWS_PER_READ):
            yield from rows_of(batch)


def ids(part: Path) -> Iterator[str]:
    """The ids of the documents in one file of a dataset."""
    if part.suffix == ".jsonl":
        with part.open("rb") as lines:
            yield from (json.loads(line)["id"] for line in lines)
        return
    with pq.ParquetFile(part) as file:
        for batch in file.iter_batches(columns=["id"]):
            yield from batch.column(0).to_pylist()


def rows_of(table: pa.Table | pa.RecordBatch) -> list[Row]:
    """The rows, moments in UTC: Arrow alone would ask for a time zone database."""
    moments = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    for name in moments:
        at = table.schema.get_field_index(name)
        plain = table.column(at).cast(pa.int64()).cast(pa.timestamp("us"))
        table = table.set_column(at, name, plain)
    rows = table.to_pylist()
    for row in rows:
        for name in moments:
            if row[name] is not None:
                row[name] = row[name].replace(tzinfo=UTC)
    return rows


def _verify(path: Path, sha256: str, length: int | None = None) -> None:
    with readable(path), path.open("rb") as file:
        found = os.fstat(file.fileno()).st_size
        same = length is None or found == length
        if same and hashlib.file_digest(file, "sha256").hexdigest() == sha256:
            return
    raise DatasetError(
        str(path),
        "is not the file that was written",
        saw="other bytes" if same else f"{found:,} bytes where the manifest says {length:,}",
        do="copy the dataset again from where it is whole, or write it again",
    )


@contextmanager
def readable(path: Path) -> Generator[None]:
    """Say what to do when a file is missing or damaged."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        missing = isinstance(error, FileNotFoundError)
        raise DatasetError(
            str(path),
            "is missing from the dataset" if missing else "cannot be read",
            saw="" if missing else str(error),
            do="copy the dataset again from where it is whole, or write it again",
        ) from error
