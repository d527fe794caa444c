"""
Releases: what people read of an ingest, in DATA/releases, and never changed afterwards.

    DATA/releases/ID/manifest.json        what was asked for, of which tables, with which code;
                                          counts; size, SHA-256 and rows of each file
    DATA/releases/ID/documents-*.parquet  by URL; of parts for training and testing
                                          documents-train-*.parquet and the like
    DATA/releases/ID/rejects.parquet
    DATA/releases/ID/README.md            the dataset card
    DATA/releases/ID/croissant.json       the same for machines: croissant 1.0
    DATA/releases/latest                  a file of one line, the ID of the newest

The files are those of a one-off dataset (flows/dataset.py), and are read by the same reader.
A release is written beside its place, under a name that begins with .tmp-, and comes into its
place by one rename; `latest` is replaced after that. So whoever reads sees the old release or
the new one, and a run that dies leaves nothing but such a folder, which the next one removes.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from cleaners.clean import CODE_VERSION
from cleaners.document import Document, Rejected
from cleaners.errors import UsageError
from cleaners.masking import MASKING, mask
from flows import commit
from flows.card import card, croissant
from flows.columns import (
    COLUMNS,
    COPIES,
    REJECT_COLUMNS,
    REJECTS_SCHEMA,
    SCHEMA,
    SCHEMA_VERSION,
    Column,
)
from flows.commit import Manifest, disk_errors
from flows.current import Current, Prepare, current_rows, named
from flows.facts import Facts
from flows.local import Summary
from flows.parts import Parts, file_entry, stamped
from flows.releases import (
    ID_CHARACTERS,
    LATEST,
    RELEASES,
    Released,
    alone,
    left_alone,
    made_before,
    new_stage,
    refuse_foreign,
)
from flows.rows import Row, document, reject_row, rejected, row, size
from flows.split import Split
from flows.tables import Tables
from flows.where import condition, spelled_out

pc: Any = pyarrow.compute  # its functions are made at run time

CARD, CROISSANT = "README.md", "croissant.json"
ROWS_PER_PART = 50_000
BYTES_PER_PART = 256 << 20  # uncompressed

_NAME = re.compile(r"[\w][\w.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a release is to hold.

    source            only what this source has brought; all of them, if it is empty
    where             a condition on the columns of documents: flows/where.py
    columns           of documents; all, if it is empty. `id` is always among them
    split             parts for training, testing and the like
    keep_identifiers  do not mask telephone numbers, accounts and the like in what was cut
    name              what it is called; by its content, if it is empty
    """

    source: str = ""
    where: str = ""
    columns: tuple[str, ...] = ()
    split: Split = field(default_factory=Split)
    keep_identifiers: bool = False
    name: str = ""

    def said(self) -> dict[str, Any]:
        """As the manifest says it."""
        return {
            "source": self.source or None,
            "where": spelled_out(self.where) if self.where else None,
            "columns": [column.name for column in self.chosen()] if self.columns else None,
            "split": self.split.said() or None,
            "masking": None if self.keep_identifiers else MASKING,
        }

    def chosen(self) -> tuple[Column, ...]:
        """The columns, in their usual order. UsageError: one that there is not."""
        names = {column.name for column in COLUMNS}
        if unknown := [name for name in self.columns if name not in names]:
            raise UsageError(
                "--columns",
                f"there is no column {unknown[0]}",
                do=f"there are {', '.join(column.name for column in COLUMNS)}",
            )
        wanted = {"id", *(self.columns or names)}
        return tuple(column for column in COLUMNS if column.name in wanted)


def release(
    data: Path,
    asked: Asked = Asked(),
    *,
    latest: bool = True,
    watch: Callable[[Summary], None] = lambda _: None,
) -> Released:
    """
    Write the current rows of the tables below `data` as a release; the newest from now on.

    latest  let `releases/latest` point at it

    The same tables give the same bytes and the same id. A release that is there already is
    left as it is.

    UsageError: before anything is read: a column, condition, part or name that cannot be, no
    tables, nothing of this source; or no document meets the condition.
    DatasetError: a table cannot be read, the disk refuses, or a folder is in the way.
    """
    _check(asked)
    releases = data / RELEASES
    known = {entry["table"]: entry["version"] for entry in Tables(data).shown()}
    tables = Tables(data, known)
    made_of = {"asked": asked.said(), "tables": known, "versions": _versions()}
    current = named(tables, asked.source)
    with alone(releases):
        refuse_foreign(releases)
        found = made_before(releases, asked.name, made_of)
        if found is None:
            with new_stage(releases) as stage, new_stage(releases) as scratch:
                writing = _Writing(stage, asked, current.pages)
                rows = current_rows(
                    tables,
                    current,
                    scratch,
                    prepare=_prepare(tables, asked.where),
                    schema=SCHEMA,
                )
                found = _write(releases, writing, rows, made_of, watch)
        if latest:
            with disk_errors(releases):
                commit.write_durably(releases / LATEST, f"{found.id}\n")
        return found


def _check(asked: Asked) -> None:
    asked.chosen()
    if asked.where:
        condition(asked.where, SCHEMA)
    if asked.name and (not _NAME.fullmatch(asked.name) or asked.name == LATEST):
        raise UsageError(
            "--name", "is no name of a release", saw=asked.name, do="letters, digits, - . _"
        )


def _versions() -> dict[str, str]:
    return {
        "zhengben": CODE_VERSION,
        "pyarrow": pa.__version__,
        "python": platform.python_version(),
    }


def _prepare(tables: Tables, where: str) -> Prepare:
    """Documents with what is known of their copies, and of these the ones that meet a condition."""
    clusters = tables.read("clusters").combine_chunks()
    wanted = condition(where, SCHEMA) if where else None
    order = [*SCHEMA.names, "rank"]

    def prepare(batch: pa.RecordBatch) -> pa.RecordBatch:
        at = pc.index_in(batch["id"], value_set=clusters["id"])
        for column in COPIES:
            batch = batch.append_column(
                column.field, pc.take(clusters[column.name], at).combine_chunks()
            )
        table = pa.Table.from_batches([batch.select(order)])
        if wanted is not None:
            table = table.filter(wanted)
        return next(iter(table.combine_chunks().to_batches()), batch.select(order).slice(0, 0))

    return prepare


def _write(
    releases: Path,
    writing: _Writing,
    rows: Iterable[Current],
    made_of: dict[str, Any],
    watch: Callable[[Summary], None],
) -> Released:
    """Write all files of a release into a stage, and move it to its place."""
    asked, stage, facts = writing.asked, writing.stage, writing.facts
    with disk_errors(releases):
        try:
            for _, page in groupby(rows, key=lambda one: one.url):
                watch(writing.add(page))
            files = writing.close()
        finally:
            writing.abandon()
        if not facts.documents and asked.where:
            raise UsageError("--where", "no document meets the condition", saw=asked.where)
        manifest = _manifest(asked, made_of, files, facts)
        about = manifest["release"]
        place = releases / about["id"]
        if place.exists():
            return left_alone(place, about["id"], about["content"])
        commit.write_durably(stage / CARD, card(manifest, facts))
        commit.write_durably(stage / CROISSANT, croissant(manifest, asked.chosen(), facts))
        manifest["files"] = [*files, file_entry(stage / CARD), file_entry(stage / CROISSANT)]
        commit.write_durably(stage / commit.MANIFEST, commit.manifest_text(manifest))
        stage.replace(place)
        commit.sync_folder(releases)
        return Released(about["id"], place, manifest, is_new=True)


def _manifest(
    asked: Asked, made_of: dict[str, Any], files: list[Manifest], facts: Facts
) -> Manifest:
    """What a release is; its files are those of rows, until card and Croissant are there."""
    said = asked.said()
    content = hashlib.sha256(json.dumps([files, said], sort_keys=True).encode()).hexdigest()
    name = asked.name or content[:ID_CHARACTERS]
    return {
        "format": commit.FORMAT,
        "format_version": commit.FORMAT_VERSION,
        "schema_version": SCHEMA_VERSION,
        "release": {"id": name, "content": content, **said, "tables": made_of["tables"]},
        "versions": made_of["versions"],
        "counts": facts.counts(),
        "packs": sorted(facts.packs),
        "steps": sorted(facts.steps),
        "code_versions": sorted(facts.code_versions),
        "files": files,
    }


class _Writing:
    """The files of rows, and what is counted while they are written."""

    def __init__(self, stage: Path, asked: Asked, pages: int) -> None:
        self.facts = Facts()
        self.asked = asked
        self.stage = stage
        self._summary = Summary(total=pages)
        columns = asked.chosen()
        schema = pa.schema([column.field for column in columns], metadata=SCHEMA.metadata)
        self._documents = {
            part: Parts(
                stage / f"documents-{f'{part}-' if part else ''}{{:05}}.parquet",
                stamped(schema, CODE_VERSION),
                columns,
                (ROWS_PER_PART, BYTES_PER_PART),
                shared=True,
            )
            for part in asked.split.names
        }
        self._rejects = Parts(
            stage / "rejects.parquet", stamped(REJECTS_SCHEMA, CODE_VERSION), REJECT_COLUMNS
        )

    def add(self, page: Iterable[Current]) -> Summary:
        """What is current of one page."""
        results: list[Document | Rejected] = []
        self.facts.pages += 1
        for one in page:
            if one.kind == "rejects":
                refused = rejected(one.row)
                made = reject_row(refused)
                self._rejects.add(made, size(made))
                self.facts.add_reject(made)
                results.append(refused)
            else:
                results.append(self._add_document(one.row))
        for parts in self._documents.values():
            parts.settle()
        self._summary = self._summary.plus(results)
        return self._summary

    def _add_document(self, made: Row) -> Document:
        found = document(made)
        masked = found if self.asked.keep_identifiers else mask(found)
        if masked is not found:
            # The id is that of the table: columns of other rows name it.
            kept = ("id", *(column.name for column in COPIES))
            made = row(masked) | {name: made[name] for name in kept}
        part = self.asked.split.part_of(made)
        self._documents[part].add(made, size(made))
        self.facts.add(made, part=part, is_masked=masked is not found)
        return masked

    def close(self) -> list[Manifest]:
        """The manifest's entries of all files."""
        files = [
            entry | ({"part": part} if part else {})
            for part, parts in self._documents.items()
            for entry in parts.close()
        ]
        return files + self._rejects.close()

    def abandon(self) -> None:
        """Let go of files that are still open after an error."""
        for parts in (*self._documents.values(), self._rejects):
            parts.abandon()
