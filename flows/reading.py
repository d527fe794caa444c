"""
Reading a release, or what `zhengben clean` wrote: an Arrow dataset and what people ask of it.

    release = open_release("data/releases/latest")
    whole = release.canonical().whole().where("signals.han_share >= 0.6")
    whole.count(), whole.table("id", "text")
    print(release.evidence(whole.ids()[0]))

Filters can be chained and read nothing; what reads, reads the columns that are asked for. One
document is found by the column `id` alone, and then its row group is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from cleaners.clean import rebuild
from cleaners.document import Document, Rejected
from cleaners.errors import DatasetError, UsageError
from cleaners.show import show
from flows import commit
from flows.columns import SCHEMA, SCHEMA_VERSION
from flows.commit import Manifest
from flows.releases import LATEST, RELEASES
from flows.rows import Row, document
from flows.stored import DOCUMENTS, read_rejects, readable, rows_of
from flows.where import Expression, condition

pc: Any = pyarrow.compute  # its functions are made at run time

ROWS_PER_BATCH = 1_000


class Piece(NamedTuple):
    """A stretch of a document's original: kept, or cut by a rule."""

    text: str
    rule: str  # empty for what was kept

    @property
    def kept(self) -> bool:
        return not self.rule


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was done to one document. Printed, it looks as `zhengben explain` shows a page."""

    document: Document

    def pieces(self) -> list[Piece]:
        """The original in order, in pieces that were kept or cut; joined they are all of it."""
        base = self.document.segment.start
        cuts = {cut.start: cut for cut in self.document.removals}
        spans = sorted([*self.document.kept(), *((c.start, c.end) for c in cuts.values())])
        return [
            Piece(
                self.document.original[start - base : end - base],
                cuts[start].rule if start in cuts else "",
            )
            for start, end in spans
        ]

    def original(self) -> str:
        """The page's text, put together again from what was kept and what was cut."""
        return "".join(piece.text for piece in self.pieces())

    def text(self) -> str:
        """
        The clean text, made again from original, cuts, repairs and the steps of normalisation.

        Equal to `document.text`, or the row was not made by this version of the steps.
        FormError: its steps were taken by other versions.
        """
        return rebuild(self.document)

    def __str__(self) -> str:
        return show([self.document])


@dataclass(frozen=True, slots=True)
class Release:
    """
    The documents of a dataset folder, or those of them that were asked for.

    dataset     an Arrow dataset of all of them: DuckDB, Polars and pandas read it as well
    conditions  which of them are meant; each call of a filter adds one
    """

    folder: Path
    manifest: Manifest
    dataset: Any  # pyarrow.dataset.Dataset
    conditions: tuple[Expression, ...] = ()

    # ------------------------------------------------------------ which documents

    def where(self, asked: str | Expression) -> Release:
        """
        Those that meet a condition: SQL as `zhengben release --where` takes, or Arrow's own.

        UsageError: a column that there is not, a comparison of unlike things.
        """
        if isinstance(asked, str):
            asked = condition(asked, self.dataset.schema, said_by="where")
        return replace(self, conditions=(*self.conditions, asked))

    def current(self) -> Release:
        """All: a release holds what was current when it was made, and a folder what was cleaned."""
        return self

    def canonical(self) -> Release:
        """One document of each cluster of copies; all, where nobody looked for copies."""
        return self.where("canonical IS NOT FALSE")

    def whole(self) -> Release:
        """Not truncated."""
        return self.where("NOT truncated")

    def of_medium(self, *names: str) -> Release:
        """Those that say to be from one of these media or offices (`source_name`)."""
        self._needs("source_name")
        return self.where(pc.field("source_name").isin(names))

    def of_host(self, *hosts: str) -> Release:
        """Those whose page came from one of these hosts: "news.example"."""
        self._needs("source")
        host = pc.replace_substring_regex(
            pc.field("source"), r"(?i)^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*).*$", r"\1"
        )
        return self.where(pc.utf8_lower(host).isin([host.lower() for host in hosts]))

    def published(self, since: str = "", before: str = "") -> Release:
        """
        Those that say to have been published from `since` on, and before `before`.

        Both are dates as exact as you like: published("2023", "2024-07") is one year and a
        half. Documents without a date are in neither.
        """
        self._needs("published")
        made = self
        if since:
            made = made.where(pc.field("published") >= since)
        if before:
            made = made.where(pc.field("published") < before)
        return made

    def part(self, name: str) -> Release:
        """Those of one part: train, test. UsageError: the release has no such part."""
        parts = {e["name"]: e["part"] for e in self.manifest["files"] if "part" in e}
        files = [self.folder / file for file, part in parts.items() if part == name]
        if not files:
            raise UsageError(
                str(self.folder),
                f"has no part {name}",
                do=f"there are {', '.join(dict.fromkeys(parts.values()))}" if parts else "",
            )
        return replace(self, dataset=_dataset(files))

    # ------------------------------------------------------------ what is in them

    def count(self) -> int:
        """How many."""
        with readable(self.folder):
            return self.dataset.count_rows(filter=self._condition)

    def table(self, *columns: str) -> pa.Table:
        """These columns, or all, as an Arrow table."""
        with readable(self.folder):
            return self.dataset.to_table(columns=self._names(columns), filter=self._condition)

    def batches(self, *columns: str) -> Iterator[pa.RecordBatch]:
        """The same, a thousand rows at a time."""
        with readable(self.folder):
            yield from self.dataset.to_batches(
                columns=self._names(columns), filter=self._condition, batch_size=ROWS_PER_BATCH
            )

    def rows(self, *columns: str) -> Iterator[Row]:
        """The same, a row at a time: dictionaries, moments in UTC."""
        for batch in self.batches(*columns):
            yield from rows_of(batch)

    def ids(self) -> list[str]:
        return self.table("id")["id"].to_pylist()

    def documents(self) -> Iterator[Document]:
        """The values that were written. DatasetError: not all columns are there."""
        self._needs_all()
        return map(document, self.rows())

    def rejects(self) -> Iterator[Rejected]:
        """The pages that gave no document."""
        return read_rejects(self.folder)

    # ------------------------------------------------------------ one of them

    def row(self, name: str) -> Row:
        """
        The row with this id, wherever it is in the folder.

        UsageError: there is none.
        """
        for fragment in self.dataset.get_fragments():
            with (
                readable(Path(fragment.path)),
                pq.ParquetFile(fragment.path, page_checksum_verification=True) as file,
            ):
                for group in range(file.num_row_groups):
                    ids = file.read_row_group(group, columns=["id"])["id"]
                    at = pc.index(ids, name).as_py()
                    if at >= 0:
                        return rows_of(file.read_row_group(group).slice(at, 1))[0]
        raise UsageError(str(self.folder), f"has no document {name}", do="take an id of it")

    def document(self, name: str) -> Document:
        """The document with this id. DatasetError: not all columns are there."""
        self._needs_all()
        return document(self.row(name))

    def evidence(self, name: str) -> Evidence:
        """What was done to the document with this id; the same errors."""
        return Evidence(self.document(name))

    def copies(self, name: str) -> Release:
        """The copies of a document, itself among them; itself alone where nobody looked."""
        self._needs("cluster")
        cluster = self.row(name)["cluster"]
        return self.where(pc.field("cluster") == cluster if cluster else pc.field("id") == name)

    @property
    def _condition(self) -> Expression | None:
        return reduce(and_, self.conditions) if self.conditions else None

    def _names(self, columns: tuple[str, ...]) -> list[str] | None:
        for column in columns:
            self._needs(column)
        return list(columns) or None

    def _needs(self, column: str) -> None:
        if column not in self.dataset.schema.names:
            raise UsageError(
                str(self.folder),
                f"has no column {column}",
                do=f"there are {', '.join(self.dataset.schema.names)}",
            )

    def _needs_all(self) -> None:
        missing = [name for name in SCHEMA.names if name not in self.dataset.schema.names]
        if missing or not self.dataset.schema.equals(SCHEMA):
            raise DatasetError(
                str(self.folder),
                f"does not have the columns of schema version {SCHEMA_VERSION}",
                saw=f"without {', '.join(missing)}" if missing else "other types",
                do="read its columns with `table` or `rows`, or make a release with all columns",
            )


def open_release(place: str | Path) -> Release:
    """
    Open a release, or a folder that `zhengben clean` or `export` wrote.

    place  the folder; or DATA/releases/latest, DATA/releases or DATA for the newest release

    DatasetError: the folder is incomplete, was written by a newer zhengben, or holds JSONL.
    """
    folder = _followed(Path(place))
    manifest = commit.load(folder)
    if manifest["schema_version"] > SCHEMA_VERSION:
        raise DatasetError(
            str(folder),
            "was written by a newer zhengben",
            saw=f"schema version {manifest['schema_version']}; this is for {SCHEMA_VERSION}",
            do="install that zhengben, or read its Parquet files without",
        )
    files = [entry for entry in manifest["files"] if entry["name"].startswith(DOCUMENTS)]
    if any(entry["name"].endswith(".jsonl") for entry in files):
        raise DatasetError(
            str(folder), "holds JSONL and no Parquet", do="write it again without --format jsonl"
        )
    for entry in files:
        path = folder / entry["name"]
        with readable(path):
            size = path.stat().st_size
        if size != entry["bytes"]:
            raise DatasetError(
                str(path),
                "is not the file that was written",
                saw=f"{size:,} bytes where the manifest says {entry['bytes']:,}",
                do="copy the dataset again from where it is whole",
            )
    return Release(folder, manifest, _dataset([folder / entry["name"] for entry in files]))


def _dataset(files: list[Path]) -> Any:  # noqa: ANN401  a class that only pyarrow.dataset has
    import pyarrow.dataset as ds  # noqa: PLC0415  who only writes does not wait for it

    options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    kind = ds.ParquetFileFormat(default_fragment_scan_options=options)
    with readable(files[0].parent):
        return ds.dataset([str(file) for file in files], format=kind)


def _followed(place: Path) -> Path:
    """The folder that a place stands for. DatasetError: the newest release is not there."""
    if not (place / commit.MANIFEST).exists():
        for pointer in (place, place / LATEST, place / RELEASES / LATEST):
            if pointer.is_file():
                return _pointed_at(pointer)
    return place


def _pointed_at(pointer: Path) -> Path:
    with readable(pointer):
        name = pointer.read_text(encoding="utf-8").strip()
    folder = pointer.parent / name
    if pointer.name != LATEST or not name or folder.parent != pointer.parent:
        raise DatasetError(
            str(pointer), "names no release", saw=name[:80], do="open a folder, or releases/latest"
        )
    if not folder.is_dir():
        raise DatasetError(
            str(pointer), "names a release that is not there", saw=name, do="zhengben release"
        )
    return folder
