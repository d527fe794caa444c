"""
Is a dataset what was written, and can its rows be made again from the raw bytes?

    manifest ─▶ files, texts ─▶ every row ─▶ its page, cleaned again ─▶ Report
    tables ────────────────────▶

Checksums find what changed on the disk; making the rows again finds all else, and says why a
row is another now. Rows stream through the worker processes that cleaning uses, so memory is
bounded, but for 60 bytes a row, and it takes about as long as cleaning does.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute

from cleaners.errors import ArchiveError, DatasetError, UsageError
from cleaners.masking import MASKING
from flows import commit
from flows.archive import captures
from flows.commit import Manifest
from flows.digests import Digests
from flows.journal import ARCHIVE
from flows.local import Summary, read_packs, usable_processors
from flows.originals import Originals, around, key_of
from flows.proof import Asked, Finding, Item, Outcome, Place, make_work
from flows.read_back import Choice, References, Stored, reference_faults
from flows.reclean import current_ids
from flows.rows import Row
from flows.survey import columns_of
from flows.tables import FOLDER, Tables, rows_of
from flows.workers import Limits, Lost, run_all

pc: Any = pyarrow.compute

SHOWN = 100  # findings that are kept; all are counted
ROWS_IN_PROCESS = 8  # fewer are not worth worker processes


@dataclass(slots=True)
class Report:
    """
    What verifying found. `rows` were looked at, `same` of them were made again, byte for byte;
    `skipped` says why others prove nothing, `notes` what a reader should know.
    """

    place: str
    files: int = 0
    bytes: int = 0
    rows: int = 0
    same: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.kinds

    def add(self, finding: Finding) -> None:
        """Count it, and keep the first of them."""
        self.kinds[finding.kind] += 1
        if len(self.findings) < SHOWN:
            self.findings.append(finding)

    def state(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            **{name: getattr(self, name) for name in ("place", "files", "bytes", "rows", "same")},
            "clean": self.is_clean,
            "kinds": dict(self.kinds),
            "findings": [asdict(finding) for finding in self.findings],
            "skipped": dict(self.skipped),
            "notes": self.notes,
        }


def verify(
    release: Path | None,
    *,
    data: Path,
    places: Sequence[Path] = (),
    pack_files: Sequence[Path] = (),
    row_id: str = "",
    sample: int = 0,
    workers: int = 0,
    limits: Limits = Limits(),  # noqa: B008  frozen
    watch: Callable[[Summary], None] = lambda _: None,
) -> Report:
    """
    Prove a release or a dataset folder; without one what is current in the tables below `data`.

    data        the folder with the archive
    places      of a dataset of local files: the files and folders that it was made of
    pack_files  rule packs beside the shipped ones
    row_id      only this row
    sample      only so many rows, evenly spread; 0 for all

    UsageError: there is no such folder, row or pack.
    """
    choice = Choice(row_id, sample)
    pack_texts = read_packs(pack_files)
    asked = Asked(data / ARCHIVE, pack_texts)
    if release is None:
        report = Report(str(data / FOLDER))
        if choice.is_all:
            _archive(data / ARCHIVE, report)
        stored: _Rows = _Tables(Tables(data), choice)
        finder = Originals()
    else:
        report = Report(str(release))
        manifest = _manifest(release, report)
        if manifest is None:
            return report
        if not row_id:
            _files(release, manifest, report)
        options = manifest.get("options", {})
        columns = columns_of(*(options.get("columns", {}).get(n, "") for n in _COLUMN_NAMES))
        finder = Originals(tuple(places), around(release), columns)
        asked = Asked(
            asked.archive,
            pack_texts,
            links=bool(options.get("links")),
            chapters=bool(options.get("chapters")),
            masked=_masked(manifest, report),
        )
        stored = Stored(release, manifest, choice, report.add)
    _prove(stored, finder, asked, report, workers, limits, watch)
    if row_id and not report.rows:
        raise UsageError(
            row_id, f"is no row of {report.place}", do="the column id has them: 32 hex digits"
        )
    return report


_COLUMN_NAMES = ("text", "html", "id")


class _Rows(Protocol):
    """Where stored rows come from."""

    total: int

    @property
    def references(self) -> References: ...
    def rows(self, of: str) -> Iterator[Row]: ...
    def lacking(self, of: str) -> frozenset[str]: ...


class _Tables:
    """The current rows of the tables."""

    def __init__(self, tables: Tables, choice: Choice) -> None:
        self._tables, self._choice = tables, choice
        if not tables.folder.is_dir():
            raise UsageError(
                str(tables.folder.parent),
                "has no tables",
                do="check --data, or name a dataset: zhengben verify FOLDER",
            )
        self._current = current_ids(tables)
        self._all = len(self._current)
        self.total = 1 if choice.id else min(self._all, choice.sample or self._all)
        self._at = 0
        self.references: References = ()

    def rows(self, of: str) -> Iterator[Row]:
        wanted = ("id", pa.array([self._choice.id])) if self._choice.id else None
        for batch in self._tables.scan(of, among=wanted):
            ids = batch["id"].to_pylist()
            here = [bool(wanted) or bytes.fromhex(one) in self._current for one in ids]
            for row in rows_of(batch.filter(pa.array(here, pa.bool_()))):
                if self._choice.takes(self._at, self._all):
                    yield row
                self._at += 1

    def lacking(self, of: str) -> frozenset[str]:  # noqa: ARG002  tables have all columns
        return frozenset()


def _manifest(out: Path, report: Report) -> Manifest | None:
    """The manifest when it is whole; what is wrong with it is a finding."""
    path = out / commit.MANIFEST
    if not path.is_file():
        commit.load(out)  # raises: it is no complete dataset
    try:
        manifest = commit.load(out)
    except DatasetError as error:
        report.add(Finding("manifest", commit.MANIFEST, f"{error.what} {error.saw}".strip()))
        return None
    if commit.SEAL not in manifest:
        report.add(Finding("manifest", commit.MANIFEST, "has no checksum of itself"))
    elif manifest[commit.SEAL] != commit.seal_of(manifest) or (
        path.read_text(encoding="utf-8") != commit.manifest_text(manifest)
    ):
        report.add(Finding("manifest", commit.MANIFEST, "is not what was written: other bytes"))
    if not _has_form(manifest):
        if report.is_clean:
            report.add(Finding("manifest", commit.MANIFEST, "does not say what a manifest says"))
        return None
    made, here = manifest["versions"], _versions()
    report.notes += [
        f"made with {name} {made[name]}, this is {version}"
        for name, version in here.items()
        if made.get(name, version) != version
    ]
    return manifest


def _has_form(manifest: Manifest) -> bool:
    """Whether it says all that is read of it; after damage it may say anything."""
    kinds = {"files": list, "counts": dict, "versions": dict, "options": dict, "release": dict}
    optional = {"options", "release"}
    return all(
        isinstance(manifest.get(name), kind) or (name in optional and name not in manifest)
        for name, kind in kinds.items()
    ) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("sha256"), str)
        and isinstance(entry.get("rows", 0), int)
        for entry in manifest["files"]
    )


def _versions() -> dict[str, str]:
    return {"pyarrow": pa.__version__, "python": platform.python_version()}


def _masked(manifest: Manifest, report: Report) -> bool:
    said = manifest.get("release", {}).get("masking")
    if said is None:
        return False
    if said != MASKING:
        what = f"identifiers were masked by {said}, here is {MASKING}"
        report.add(Finding("code", commit.MANIFEST, what))
    return True


def _files(out: Path, manifest: Manifest, report: Report) -> None:
    """Every file against its checksum, the texts among them."""
    for entry in manifest["files"]:
        _file(out, entry["name"], entry["sha256"], entry.get("bytes"), report)
        listing = out / entry["name"]
        if entry["name"] == commit.LISTING and listing.is_file():
            for sha256, name in _listed(listing, report):
                _file(out, name, sha256, None, report)


def _listed(listing: Path, report: Report) -> Iterator[tuple[str, str]]:
    try:
        yield from commit.listed(listing)
    except UnicodeDecodeError as error:
        report.add(Finding("file", listing.name, f"cannot be read: {error}"))


def _archive(archive: Path, report: Report) -> None:
    """Every record of every archive file against its digests, those that no row names among them."""
    for path in sorted(archive.rglob("*.warc.gz")):
        file = path.relative_to(archive).as_posix()
        report.files += 1
        report.bytes += path.stat().st_size
        try:
            for _ in captures(archive, file):
                pass
        except ArchiveError as error:
            report.add(Finding("archive", error.where, f"{error.what}: {error.saw}"))


def _file(out: Path, name: str, sha256: str, size: int | None, report: Report) -> None:
    path = out / name
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            length = file.tell()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        report.add(Finding("file", name, "is missing" if missing else f"cannot be read: {error}"))
        return
    report.files += 1
    report.bytes += length
    if size is not None and length != size:
        what = f"has {length:,} bytes where the manifest says {size:,}"
        report.add(Finding("file", name, what))
    elif found != sha256:
        report.add(Finding("file", name, "is not the file that was written: other bytes"))


def _prove(
    stored: _Rows,
    finder: Originals,
    asked: Asked,
    report: Report,
    workers: int,
    limits: Limits,
    watch: Callable[[Summary], None],
) -> None:
    """Make every row again."""
    summary = Summary(total=stored.total)
    watch(summary)
    seen = Digests()
    items = _items(stored, finder, asked.archive, report, seen)
    with closing(_outcomes(items, asked, stored.total, workers, limits)) as outcomes:
        for item, outcome in outcomes:
            report.rows += len(item.rows)
            report.same += outcome.same
            report.skipped.update(outcome.skipped)
            for finding in outcome.findings:
                report.add(finding)
            summary = Summary(
                files=report.rows,
                rejects=report.kinds.total(),
                total=max(stored.total, report.rows),
            )
            watch(summary)
    for finding in reference_faults(stored.references, seen):
        report.add(finding)


def _outcomes(
    items: Iterator[Item], asked: Asked, total: int, workers: int, limits: Limits
) -> Generator[tuple[Item, Outcome]]:
    if total and total < ROWS_IN_PROCESS:
        work = make_work(asked)
        yield from ((item, work(item)) for item in items)
        return
    pool = run_all(
        items,
        partial(make_work, asked),
        workers=workers or usable_processors(),
        on_lost=_lost,
        limits=limits,
        size=_size,
    )
    with closing(pool):
        yield from pool


def _items(
    stored: _Rows, finder: Originals, archive: Path, report: Report, seen: Digests
) -> Iterator[Item]:
    """The stored rows, those of one page together, with the place of its bytes."""
    for of in ("documents", "rejects"):
        lacking = stored.lacking(of)
        rows = _Ahead(_counted(stored.rows(of), of, seen, report))
        if lacking and rows.head is not None:
            report.notes.append(
                f"rows of {of} cannot be made again: the dataset lacks {', '.join(sorted(lacking))}"
            )
            for row in rows:
                report.rows += 1
                report.skipped["columns are missing"] += 1
                del row
            continue
        while rows.head is not None:
            yield from _of_one_file(rows, of, finder, archive)


def _counted(rows: Iterator[Row], of: str, seen: Digests, report: Report) -> Iterator[Row]:
    for row in rows:
        if of == "documents" and "id" in row and not seen.add(bytes.fromhex(row["id"])):
            report.add(Finding("id", str(row.get("source", "")), "is there twice", row["id"]))
        yield row


def _of_one_file(rows: _Ahead, of: str, finder: Originals, archive: Path) -> Iterator[Item]:
    head = rows.head
    assert head is not None
    file = head["archive_file"]
    key = key_of(head)
    path = finder.path(key) if key else None
    if file and ((archive / file).is_file() or (path is None and archive.is_dir())):
        place = Place(file, head["archive_offset"], head["raw_sha256"])
        yield Item(rows.while_same(_place), of, place)
    elif path is None:
        yield Item(rows.while_same(lambda row: row["source"]), of, None)
    else:
        yield from _of_local_file(rows, of, finder, key, path)


def _of_local_file(
    rows: _Ahead, of: str, finder: Originals, key: str, path: Path
) -> Iterator[Item]:
    """A file and the rows that came from it; both in the order of the dataset."""
    for source, found in finder.pages(key, path):
        if rows.head is not None and rows.head["source"] == source and key_of(rows.head) == key:
            yield Item(rows.while_same(lambda row: row["source"]), of, found)
        if rows.head is None or key_of(rows.head) != key:
            return
    while rows.head is not None and key_of(rows.head) == key:
        yield Item(rows.while_same(lambda row: row["source"]), of, None, gone=True)


class _Ahead:
    """Rows of which the next can be looked at."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self.head = next(rows, None)

    def __iter__(self) -> Iterator[Row]:
        while self.head is not None:
            row, self.head = self.head, next(self._rows, None)
            yield row

    def while_same(self, value: Callable[[Row], Any]) -> tuple[Row, ...]:
        """The rows from here on that have the same value as the next."""
        assert self.head is not None
        first = value(self.head)
        some: list[Row] = []
        while self.head is not None and value(self.head) == first:
            some.append(self.head)
            self.head = next(self._rows, None)
        return tuple(some)


def _place(row: Row) -> tuple[str, int, str, tuple[str, ...]]:
    how = (*(row["steps"] or ()), *(row["packs"] or ()), row["code_version"])
    return row["archive_file"], row["archive_offset"], row["raw_sha256"], how


def _lost(item: Item, lost: Lost) -> Outcome:
    out = Outcome()
    for row in item.rows:
        what = f"could not be made again: {lost.why}"
        out.findings.append(Finding("row", str(row["source"]), what, str(row.get("id") or "")))
    return out


def _size(item: Item) -> int:
    """About the bytes of the rows that travel."""
    return sum(
        len(row.get("text") or "") * 3 + len(row.get("original") or "") * 3 for row in item.rows
    )


def as_json(report: Report) -> str:
    """The report as one JSON object."""
    return json.dumps(report.state(), ensure_ascii=False, indent=1) + "\n"
