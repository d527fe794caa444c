"""
The dataset on disk: clean documents, rejects and texts, written all or nothing.

    OUT/documents-00000.parquet, …   one row a document, in input order
    OUT/rejects.parquet              one row for each page that is no document
    OUT/texts/…, OUT/texts.sha256    the clean texts as files, when asked for
    OUT/manifest.json                counts, versions, and the checksum of each file

A folder without manifest.json is incomplete. The same results in the same order
give the same bytes, however they were made. What the columns mean is said in
flows/columns.py, how files take each other's place in flows/commit.py.

`python -m flows.dataset [FILE]` prints the columns, or writes them into FILE.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from cleaners.document import Document, Rejected
from cleaners.errors import DatasetError
from flows import commit
from flows.columns import (
    COLUMNS,
    REJECT_COLUMNS,
    REJECTS_SCHEMA,
    SCHEMA,
    SCHEMA_VERSION,
    columns_page,
)
from flows.commit import Manifest, disk_errors
from flows.parts import Parts, file_entry
from flows.rows import Row, document, document_id, reject_row, rejected, row, size, storable
from flows.table_columns import OF_THEIR_OWN
from flows.texts import TextFolder, TextFormat

__all__ = [
    "REJECTS_SCHEMA",
    "SCHEMA",
    "DatasetWriter",
    "check",
    "document",
    "document_id",
    "read_documents",
    "read_rejects",
    "reject_row",
    "rejected",
    "row",
]

ROWS_PER_PART = 200_000
BYTES_PER_PART = 1 << 30  # uncompressed
ROWS_PER_READ = 64
FILES_TO_SYNC_ALONE = 1_000  # more texts than this share one sync of everything

DOCUMENTS = "documents-{:05}.parquet"
REJECTS = "rejects.parquet"
COUNTS = (
    "pages",
    "documents",
    "rejects",
    "truncated",
    "characters_in_original",
    "characters_removed",
    "characters_in_text",
)
SEEN_BEFORE = "seen-before"


class DatasetWriter:
    """
    Writes a dataset into `out`, replacing the one that is there when it is complete.

    >>> with DatasetWriter(Path("out")) as dataset:      # doctest: +SKIP
    ...     dataset.add("sub/a.html", clean(page, rules))

    Leaving the block without an exception commits; an exception leaves `out` as it
    was. Memory is bounded by one row group and the largest document, and about
    200 bytes for each document so far (its id and its text's name are remembered).

    text_format   of the texts that are written as files
    created       a time to put into the manifest; none is put there otherwise
    code_version  zhengben's version, when it is not the installed one

    DatasetError: `out` holds foreign files, another run is writing into it, or the
    disk refuses.
    """

    def __init__(
        self,
        out: Path,
        *,
        texts: bool = True,
        text_format: TextFormat = "text",
        rows_per_part: int = ROWS_PER_PART,
        bytes_per_part: int = BYTES_PER_PART,
        created: str | None = None,
        code_version: str | None = None,
    ) -> None:
        self.out = out
        self._wants_texts = texts
        self._text_format: TextFormat = text_format
        self._limits = (rows_per_part, bytes_per_part)
        self._created = created
        self._version = code_version or _installed_version()
        self._counts: Counter[str] = Counter()
        self._packs: set[str] = set()
        self._steps: set[str] = set()
        self._ids: set[bytes] = set()
        self._extra: list[str] = []

    def __enter__(self) -> Self:
        with ExitStack() as lock:
            lock.enter_context(commit.locked(self.out))
            with disk_errors(self.out):
                self._stage = commit.new_stage(self.out)
                self._texts = (
                    TextFolder(self._stage, commit.LISTING, self._text_format)
                    if self._wants_texts
                    else None
                )
            documents, rejects = (self._stage / name for name in (DOCUMENTS, REJECTS))
            self._documents = Parts(
                documents, _stamped(SCHEMA, self._version), COLUMNS, self._limits
            )
            self._rejects = Parts(rejects, _stamped(REJECTS_SCHEMA, self._version), REJECT_COLUMNS)
            self._lock = lock.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            if kind is not None:
                self._abandon()
                return
            try:
                with disk_errors(self.out):
                    commit.commit(self._stage, self.out, self._complete())
            except BaseException:
                self._abandon()
                raise

    def add(self, key: str, results: Sequence[Document | Rejected]) -> list[Document | Rejected]:
        """
        Add what one input gave, in input order; `key` is its path below the input folder.

        Returns what was stored. It differs from `results` where a document cannot be
        stored (half a character, the same part of the same source again): there a
        `Rejected` says why.
        """
        with disk_errors(self.out):
            return [self._add(key, result) for result in results]

    def extra(self, name: str) -> Path:
        """Where to write one more file (report.html) that is committed with the dataset."""
        self._extra.append(name)
        return self._stage / name

    def _add(self, key: str, result: Document | Rejected) -> Document | Rejected:
        if isinstance(result, Rejected):
            return self._add_reject(result, first=True)
        first = result.segment.index == 0
        stored = storable(result)
        if isinstance(stored, Rejected):
            return self._add_reject(stored, first=first)
        made, bulk = stored
        name = bytes.fromhex(made["id"])
        if name in self._ids:
            return self._add_reject(_seen_before(result), first=first)
        self._ids.add(name)
        self._documents.add(made, bulk)
        if self._texts is not None:
            self._texts.write(key, result)
        self._count(result, first=first)
        return result

    def _add_reject(self, page: Rejected, *, first: bool) -> Rejected:
        made = reject_row(page)
        self._rejects.add(made, size(made))
        self._counts["rejects"] += 1
        self._counts["pages"] += first
        return page

    def _count(self, result: Document, *, first: bool) -> None:
        self._packs.update(result.provenance.packs)
        self._steps.update(result.provenance.steps)
        self._counts.update(
            pages=int(first),
            documents=1,
            truncated=int(result.truncated),
            characters_in_original=len(result.original),
            characters_removed=sum(cut.end - cut.start for cut in result.removals),
            characters_in_text=len(result.text),
        )

    def _complete(self) -> Manifest:
        """Close all files, make them durable, and say what they are."""
        files = self._documents.close() + self._rejects.close()
        if self._texts is not None:
            self._texts.close()
            self._sync_texts()
            files.append(file_entry(self._stage / commit.LISTING))
        for name in self._extra:
            _sync(self._stage / name)
            files.append(file_entry(self._stage / name))
        return {
            "format": commit.FORMAT,
            "format_version": commit.FORMAT_VERSION,
            "schema_version": SCHEMA_VERSION,
            **({} if self._created is None else {"created": self._created}),
            "versions": {
                "zhengben": self._version,
                "pyarrow": pa.__version__,
                "python": platform.python_version(),
            },
            "counts": {name: self._counts[name] for name in COUNTS},
            "packs": sorted(self._packs),
            "steps": sorted(self._steps),
            "files": files,
        }

    def _sync_texts(self) -> None:
        """
        Make the texts durable before they get their final names.

        One by one, 20,000 files take thirty times as long as one sync of all disks
        (6 s against 0.2 s here), which in turn waits for whatever others have written.
        """
        _sync(self._stage / commit.LISTING)
        if self._counts["documents"] > FILES_TO_SYNC_ALONE:
            os.sync()
            return
        for _, name in commit.listed(self._stage / commit.LISTING):
            _sync(self._stage / name)

    def _abandon(self) -> None:
        """Leave no trace, unless the commit has begun: then the next run finishes it."""
        with suppress(OSError):
            self._documents.abandon()
            self._rejects.abandon()
            if self._texts is not None:
                self._texts.close()
        if not (self._stage / commit.MANIFEST).exists():
            shutil.rmtree(self._stage, ignore_errors=True)


def read_documents(out: Path) -> Iterator[Document]:
    """
    The documents of a dataset, in input order.

    Each file is compared with the manifest before its first row is given out.
    DatasetError: the dataset is incomplete, damaged, or of another version.
    """
    return map(document, _read(out, DOCUMENTS.partition("{")[0], SCHEMA))


def read_rejects(out: Path) -> Iterator[Rejected]:
    """The rejects of a dataset, in input order; errors as in `read_documents`."""
    return map(rejected, _read(out, REJECTS, REJECTS_SCHEMA))


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
    files = [entry for entry in commit.load(out)["files"] if entry["name"].startswith(prefix)]
    return (made for entry in files for made in _rows(out, entry, schema))


def _rows(out: Path, entry: Manifest, schema: pa.Schema) -> Iterator[Row]:
    path = out / entry["name"]
    _verify(path, entry["sha256"], entry["bytes"])
    with _readable(path), pq.ParquetFile(path, page_checksum_verification=True) as file:
        if not file.schema_arrow.equals(schema):
            raise DatasetError(
                str(path),
                f"does not have the columns of schema version {SCHEMA_VERSION}",
                do="read it with the zhengben that wrote it, or write the dataset again",
            )
        for batch in file.iter_batches(batch_size=ROWS_PER_READ):
            yield from _without_zone(batch).to_pylist()


def _without_zone(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Moments as plain UTC: Arrow would ask for a time zone database, which small machines lack."""
    at = batch.schema.get_field_index("retrieved_at")
    return batch.set_column(at, "retrieved_at", batch.column(at).view(pa.timestamp("us")))


def _verify(path: Path, sha256: str, length: int | None = None) -> None:
    with _readable(path), path.open("rb") as file:
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
def _readable(path: Path) -> Generator[None]:
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


def _seen_before(result: Document) -> Rejected:
    part = result.segment.index + 1
    why = f"part {part} of the same bytes from the same source is in the dataset already"
    return Rejected(SEEN_BEFORE, why, result.provenance)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _stamped(schema: pa.Schema, code_version: str) -> pa.Schema:
    return schema.with_metadata(schema.metadata | {b"zhengben.version": code_version.encode()})


def _installed_version() -> str:
    try:
        return version("zhengben")
    except PackageNotFoundError:
        return "0+unknown"


def _main(arguments: Sequence[str]) -> None:
    """Print the tables of columns, or write them between the marks of a page."""
    if not arguments:
        sys.stdout.write(columns_page(*OF_THEIR_OWN))
        return
    page = Path(arguments[0])
    page.write_text(with_columns(page.read_text(encoding="utf-8")), encoding="utf-8")


def with_columns(page: str) -> str:
    """The page, with the tables of columns between its two marks."""
    before, begin, rest = page.partition("<!-- columns: made by python -m flows.dataset -->\n")
    _, end, after = rest.partition("<!-- end of columns -->")
    return f"{before}{begin}\n{columns_page(*OF_THEIR_OWN)}\n{end}{after}"


if __name__ == "__main__":
    _main(sys.argv[1:])
