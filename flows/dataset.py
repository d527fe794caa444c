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

import os
import platform
import shutil
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Self

import pyarrow as pa

from cleaners.document import Document, Rejected
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
from flows.digests import Digests
from flows.filters import presets_page
from flows.json_parts import JsonParts
from flows.parts import Parts, file_entry, stamped
from flows.resume import Entry, Journal, Run, State, is_resumable, reject_line, reject_of
from flows.rows import document, document_id, reject_row, rejected, row, size, storable
from flows.stored import check, ids, read_documents, read_rejects
from flows.table_columns import OF_THEIR_OWN
from flows.texts import TextFolder, TextFormat

if TYPE_CHECKING:
    from flows.reading import Release

__all__ = [
    "REJECTS_SCHEMA",
    "SCHEMA",
    "DatasetWriter",
    "check",
    "document",
    "document_id",
    "open_release",
    "read_documents",
    "read_rejects",
    "reject_row",
    "rejected",
    "row",
    "seen_before",
]

TableFormat = Literal["parquet", "jsonl"]

ROWS_PER_PART = 50_000
BYTES_PER_PART = 256 << 20  # uncompressed; a third of it or less on the disk
FILES_TO_SYNC_ALONE = 1_000  # more texts than this share one sync of everything

DOCUMENTS: dict[TableFormat, str] = {
    "parquet": "documents-{:05}.parquet",
    "jsonl": "documents-{:05}.jsonl",
}
REJECTS: dict[TableFormat, str] = {"parquet": "rejects.parquet", "jsonl": "rejects.jsonl"}
REJECTS_LOG = "rejects.log"  # in a stage: what a run that goes on writes again
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
    60 bytes for each document so far (its id and its text's name are remembered).

    texts         write the clean texts as files, too
    text_format   what these are written as
    table         what documents and rejects are written as
    created       a time to put into the manifest; none is put there otherwise
    options       what was asked for that decides what is in the rows, for the manifest
    code_version  zhengben's version, when it is not the installed one
    run           what the run was asked to do: with it, a run that is stopped can be gone
                  on with. What is added has to be noted before (`note`).
    resume        go on with such a run, if there is one: `journal.state` says how far it
                  came, and what `journal.entries()` gives has to be added again

    UsageError: the run to go on with was asked for something else.
    DatasetError: `out` holds foreign files, another run is writing into it, or the
    disk refuses.
    """

    def __init__(
        self,
        out: Path,
        *,
        texts: bool = True,
        text_format: TextFormat = "text",
        table: TableFormat = "parquet",
        rows_per_part: int = 0,
        bytes_per_part: int = 0,
        created: str | None = None,
        options: Mapping[str, Any] | None = None,
        code_version: str | None = None,
        run: Run | None = None,
        resume: bool = False,
    ) -> None:
        self.out = out
        self.journal: Journal | None = None
        self.items = 0  # how often something was added
        self.settled = False  # the last addition has ended a file of documents
        self._wants_texts = texts
        self._text_format: TextFormat = text_format
        self._table: TableFormat = table
        self._limits = (rows_per_part or ROWS_PER_PART, bytes_per_part or BYTES_PER_PART)
        self._created = created
        self._options = dict(options or {})
        self._version = code_version or _installed_version()
        self._run = run
        self._resume = resume
        self._counts: Counter[str] = Counter()
        self._packs: set[str] = set()
        self._steps: set[str] = set()
        self._ids = Digests()
        self._extra: list[str] = []
        self._said: Manifest = {}
        self._rejects_log: BinaryIO | None = None

    def __enter__(self) -> Self:
        with ExitStack() as lock:
            left = lock.enter_context(commit.locked(self.out, self._may_go_on))
            with disk_errors(self.out):
                self._begin(left)
            self._lock = lock.pop_all()
        return self

    def _may_go_on(self, stage: Path) -> bool:
        return self._resume and is_resumable(stage)

    def _begin(self, left: Path | None) -> None:
        """Open all files; those of a run that goes on at its last checkpoint."""
        self._stage = left or commit.new_stage(self.out)
        if self._run is not None:
            begin = Journal.begin if left is None else Journal.resume
            self.journal = begin(self._stage, self._run)
        state = (self.journal.state if self.journal else None) or {}
        parts = state.get("parts", [])
        if left is not None:
            _drop_unfinished(left, {part["name"] for part in parts})
        self._texts = (
            TextFolder(self._stage, commit.LISTING, self._text_format, state.get("listing", 0))
            if self._wants_texts
            else None
        )
        documents, rejects = (
            self._stage / DOCUMENTS[self._table],
            self._stage / REJECTS[self._table],
        )
        if self._table == "jsonl":
            self._documents = JsonParts(documents, self._limits, parts)
            self._rejects = JsonParts(rejects)
        else:
            schema = stamped(SCHEMA, self._version)
            self._documents = Parts(documents, schema, COLUMNS, self._limits, parts)
            self._rejects = Parts(rejects, stamped(REJECTS_SCHEMA, self._version), REJECT_COLUMNS)
        if self.journal is not None:
            self._restore(state)

    def _restore(self, state: State) -> None:
        self.items = state.get("items", 0)
        self._counts.update(state.get("counts", {}))
        self._packs.update(state.get("packs", ()))
        self._steps.update(state.get("steps", ()))
        for part in self._documents.done:
            for name in ids(self._stage / part["name"]):
                self._ids.add(bytes.fromhex(name))
        log = self._stage / REJECTS_LOG
        if size := state.get("rejects_log", 0):
            os.truncate(log, size)
            with log.open("rb") as lines:
                for line in lines:
                    self._store_reject(reject_of(line))
        self._rejects_log = log.open("ab" if size else "wb")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            if kind is not None:
                stopped = not issubclass(kind, Exception)  # Ctrl-C, SIGTERM: no fault of ours
                self._abandon(keep=stopped and self.is_resumable)
                return
            try:
                with disk_errors(self.out):
                    commit.commit(self._stage, self.out, self._complete())
            except BaseException:
                self._abandon()
                raise

    def add(
        self, key: str | None, results: Sequence[Document | Rejected]
    ) -> list[Document | Rejected]:
        """
        Add what one input gave, in input order; `key` is its path below the input folder,
        or None: then its texts are not written as files.

        Returns what was stored. It differs from `results` where a document cannot be
        stored (half a character, the same part of the same source again): there a
        `Rejected` says why.
        """
        with disk_errors(self.out):
            stored = [self._add(key, result) for result in results]
            self.items += 1
            self.settled = self._documents.settle()
            return stored

    def note(self, key: str | None, done: int, results: list[Document | Rejected]) -> None:
        """Write down what is going to be added, in case the run is stopped."""
        if self.journal is not None:
            with disk_errors(self.out):
                self.journal.note(Entry(key, done, results))

    def checkpoint(self, more: State) -> None:
        """
        What was added until now need not be done again if the run is stopped. To be called
        when `settled`; `more` is what the caller wants to know when he goes on.
        """
        assert self.journal is not None
        with disk_errors(self.out):
            if self._rejects_log is not None:
                self._rejects_log.flush()
                os.fsync(self._rejects_log.fileno())
            listing = 0
            if self._texts is not None:
                listing = self._texts.sync()
                os.sync()
            self.journal.checkpoint(
                {
                    "items": self.items,
                    "counts": dict(self._counts),
                    "packs": sorted(self._packs),
                    "steps": sorted(self._steps),
                    "parts": self._documents.done,
                    "rejects_log": self._rejects_log.tell() if self._rejects_log else 0,
                    "listing": listing,
                    "more": more,
                }
            )

    @property
    def is_resumable(self) -> bool:
        """Whether a run that stops now can be gone on with."""
        return self.journal is not None and self.items > 0

    def extra(self, name: str) -> Path:
        """Where to write one more file (report.html) that is committed with the dataset."""
        self._extra.append(name)
        return self._stage / name

    def says(self, more: Manifest) -> None:
        """What else the manifest says: counts that depend on the pages, rules and code alone."""
        self._said = more

    def _add(self, key: str | None, result: Document | Rejected) -> Document | Rejected:
        if isinstance(result, Rejected):
            return self._add_reject(result, first=True)
        first = result.segment.index == 0
        stored = storable(result)
        if isinstance(stored, Rejected):
            return self._add_reject(stored, first=first)
        made, bulk = stored
        if not self._ids.add(bytes.fromhex(made["id"])):
            return self._add_reject(seen_before(result), first=first)
        self._documents.add(made, bulk)
        if self._texts is not None and key is not None:
            self._texts.write(key, result)
        self._count(result, first=first)
        return result

    def _add_reject(self, page: Rejected, *, first: bool) -> Rejected:
        if self._rejects_log is not None:
            self._rejects_log.write(reject_line(page))
        self._store_reject(page)
        self._counts["rejects"] += 1
        self._counts["pages"] += first
        return page

    def _store_reject(self, page: Rejected) -> None:
        made = reject_row(page)
        self._rejects.add(made, size(made))

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
        for file in (self.journal, self._rejects_log):
            if file is not None:
                file.close()
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
            **({"options": self._options} if self._options else {}),
            "versions": {
                "zhengben": self._version,
                "pyarrow": pa.__version__,
                "python": platform.python_version(),
            },
            "counts": {name: self._counts[name] for name in COUNTS},
            **self._said,
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

    def _abandon(self, *, keep: bool = False) -> None:
        """
        Leave no trace, unless somebody may go on, or the commit has begun: then the next
        run finishes it.
        """
        with suppress(OSError):
            self._documents.abandon()
            self._rejects.abandon()
            for file in (self._texts, self.journal, self._rejects_log):
                if file is not None:
                    file.close()
        if not keep and not (self._stage / commit.MANIFEST).exists():
            shutil.rmtree(self._stage, ignore_errors=True)


def _drop_unfinished(stage: Path, finished: Collection[str]) -> None:
    """Files of documents that were being written when a run was stopped."""
    for path in (*stage.glob("documents-*"), *stage.glob("rejects.parquet")):
        if path.name not in finished:
            path.unlink()


def seen_before(result: Document) -> Rejected:
    """The reject of a document that is in the dataset already."""
    part = result.segment.index + 1
    why = f"part {part} of the same bytes from the same source is in the dataset already"
    return Rejected(SEEN_BEFORE, why, result.provenance)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def open_release(place: str | Path) -> Release:
    """
    Open a release, or a folder that `zhengben clean` or `export` wrote: `flows.reading.open_release`.

    place  the folder; or DATA/releases/latest, DATA/releases or DATA for the newest release

    DatasetError: the folder is incomplete, was written by a newer zhengben, or holds JSONL.
    """
    from flows import reading  # noqa: PLC0415  pyarrow.compute: who writes does not wait for it

    return reading.open_release(place)


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
    """The page, with the tables of columns and the named filters between their marks."""
    page = _between(page, "columns", "end of columns", columns_page(*OF_THEIR_OWN))
    return _between(page, "presets", "end of presets", presets_page())


def _between(page: str, mark: str, end: str, made: str) -> str:
    before, begin, rest = page.partition(f"<!-- {mark}: made by python -m flows.dataset -->\n")
    _, end, after = rest.partition(f"<!-- {end} -->")
    return f"{before}{begin}\n{made}\n{end}{after}"


if __name__ == "__main__":
    _main(sys.argv[1:])
