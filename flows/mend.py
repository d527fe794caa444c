"""
What to do with tables that are damaged: put back what the archive can give again.

    damages ─▶ bad files aside ─▶ readable rows ─▶ archive, replayed ─▶ missing rows cleaned again

Nothing is thrown away: what is bad goes to `tables/damaged/`. The archive says all about each
visit, so `pages`, `captures` and the rejects of fetching come back by reading it once more,
documents and the other rejects by cleaning. Only the history in `runs`, and rows of bytes that
a page had before, are gone where their files are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from cleaners.errors import ArchiveError, DatasetError, UsageError
from flows.care import REBUILDING, Damage, damages
from flows.commit import disk_errors, write_durably
from flows.journal import ARCHIVE, folder_name, opened
from flows.local import PackText, Summary, read_packs
from flows.reclean import Recleaned, reclean
from flows.shards import Recipe, clean_file
from flows.table_columns import SCHEMAS
from flows.tables import Tables

DAMAGED = "damaged"  # below the tables: what was put aside
MADE_ANEW = ("sketches", "clusters")  # by `zhengben duplicates`
FRESH = timedelta(days=1)  # until the next ingest says what its source wants
ROWS_PER_READ = 1_000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done: the damages that were found, archive files read again, rows made again."""

    found: tuple[Damage, ...] = ()
    replayed: int = 0
    unreadable: tuple[str, ...] = ()  # archive files that are damaged themselves
    again: Recleaned | None = None


def rebuild(
    data: Path,
    *,
    pack_files: Sequence[Path] = (),
    workers: int = 0,
    tell: Tell = lambda _: None,
    watch: Callable[[Summary], None] = lambda _: None,
) -> Mended:
    """
    Find what is damaged below `data`, and make it again from the archive.

    pack_files  rule packs beside the shipped ones, for what is cleaned
    tell        is called with each damage, and with each step

    BusyError: an ingest works for one of the sources. DatasetError: the disk refuses.
    """
    read_packs(pack_files)  # what is wrong with one is told before anything is touched
    found: list[Damage] = []
    for damage in damages(data):
        found.append(damage)
        tell(str(damage))
    if not found:
        return Mended()
    tables = Tables(data)
    sources = _sources(data, tables)
    with _alone(data, sources):
        return _mended(data, tables, found, sources, pack_files, workers, tell, watch)


def _mended(
    data: Path,
    tables: Tables,
    found: Sequence[Damage],
    sources: Mapping[str, str],
    pack_files: Sequence[Path],
    workers: int,
    tell: Tell,
    watch: Callable[[Summary], None],
) -> Mended:
    """`rebuild`, while nobody else works."""
    names = list(dict.fromkeys(damage.table for damage in found if damage.table in SCHEMAS))
    with disk_errors(tables.folder):
        write_durably(tables.folder / REBUILDING, "\n".join(names))
    for name in names:
        _put_aside(tables, name, [damage for damage in found if damage.table == name])
    replayed = 0
    unreadable: list[str] = []
    if {damage.table for damage in found} & {"pages", "rejects", "captures"}:
        for file, error in _replayed(data, sources, read_packs(pack_files), workers):
            replayed += 1
            tell(f"{file}: {error or 'read again'}")
            unreadable += [f"{file}: {error}"] if error else []
    again = None
    if tables.opened("pages") is not None:
        again = reclean(
            data, pack_files=pack_files, missing_only=True, workers=workers, watch=watch
        )
    (tables.folder / REBUILDING).unlink()
    return Mended(tuple(found), replayed, tuple(unreadable), again)


def restore(data: Path, target: int | datetime, name: str = "") -> dict[str, int]:
    """
    Bring tables back to what they were; the new version of each. A version is never lost:
    the one that was current can be restored as well, until vacuum takes its files.

    target  a version of one table, or a moment for all of them
    name    of the table; all of them when it is ""

    UsageError: there is no such table, or no such version any more.
    """
    tables = Tables(data)
    names = [name] if name else [each for each in SCHEMAS if tables.opened(each) is not None]
    done: dict[str, int] = {}
    with tables.alone():
        for each in names:
            table = tables.opened(each)
            if table is None:
                raise UsageError(
                    str(tables.folder / each), "there is no such table", do="zhengben tables show"
                )
            done[each] = _restored(table, target, tables.folder / each)
    return done


def _restored(table: DeltaTable, target: int | datetime, folder: Path) -> int:
    if isinstance(target, datetime):
        # Delta restores to the version before or at the moment, and refuses one before the first.
        first = min(entry["timestamp"] for entry in table.history())
        if target.timestamp() * 1000 < first:
            raise UsageError(
                str(folder), f"was not there at {target.isoformat()}", do="zhengben tables show"
            )
    if target == table.version():
        return table.version()
    try:
        table.restore(target)
    except (DeltaError, ValueError) as error:
        raise UsageError(
            str(folder),
            f"has no version {target} that could be restored",
            saw=str(error).partition("\n")[0],
            do="`zhengben tables show` says which is the oldest; vacuum removes older ones",
        ) from error
    return DeltaTable(folder).version()


def _sources(data: Path, tables: Tables) -> dict[str, str]:
    """Folders of the archive, and the names of their sources as far as any table can be asked."""
    names: set[str] = set()
    for name in ("runs", "pages"):
        with suppress(DatasetError):
            names.update(tables.read(name, ["origin"])["origin"].to_pylist())
    known = {folder_name(name): name for name in names if name}
    folders = sorted(path.name for path in (data / ARCHIVE).glob("*") if path.is_dir())
    return {folder: known.get(folder, folder) for folder in folders}


@contextmanager
def _alone(data: Path, sources: Mapping[str, str]) -> Generator[None]:
    """BusyError: somebody works for one of the sources."""
    with ExitStack() as locks:
        for origin in sources.values():
            locks.enter_context(opened(data, origin))
        yield


def _put_aside(tables: Tables, name: str, found: Sequence[Damage]) -> None:
    """Take bad files out of a table, or make it anew of the rows that can still be read."""
    folder = tables.folder / name
    files = [damage.file for damage in found if damage.file]
    if name in MADE_ANEW:
        with tables.alone():
            if folder.exists():
                _moved(folder, tables.folder / DAMAGED)
        return
    if any(not damage.file and _is_broken(tables, name) for damage in found):
        aside = _moved(folder, tables.folder / DAMAGED)
        for rows in _readable(aside, name):
            tables.merge_pages(rows) if name == "pages" else tables.append(name, rows)
        return
    if not files:
        return
    with tables.alone(), disk_errors(folder):
        table = tables.opened(name)
        assert table is not None
        for file in files:
            if (folder / file).exists():
                _moved(folder / file, tables.folder / DAMAGED / name)
        table.repair()


def _is_broken(tables: Tables, name: str) -> bool:
    try:
        return tables.opened(name) is None
    except DatasetError:
        return True


def _moved(path: Path, into: Path) -> Path:
    """Put a file or folder aside, beside what was put there before."""
    with disk_errors(into):
        into.mkdir(parents=True, exist_ok=True)
        number = 1
        while (aside := into / f"{path.name}.{number}").exists():
            number += 1
        path.rename(aside)
        return aside


def _readable(folder: Path, name: str) -> Iterator[pa.Table]:
    """The rows of all data files of a table whose log is gone, older ones among them."""
    schema = SCHEMAS[name]
    for path in sorted(folder.rglob("*.parquet"), key=lambda path: path.stat().st_mtime_ns):
        if "_delta_log" in path.parts:
            continue
        with suppress(OSError, pa.ArrowException, UnicodeDecodeError), pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROWS_PER_READ):
                columns = [_column(batch, field, path) for field in schema]
                yield pa.Table.from_arrays(columns, schema=schema)


def _column(batch: pa.RecordBatch, field: pa.Field, path: Path) -> pa.Array:
    """A column of a file; of the one that Delta keeps in the folder's name, its value."""
    at = batch.schema.get_field_index(field.name)
    if at >= 0:
        return batch.column(at).cast(field.type)
    key, is_partition, value = path.parent.name.partition("=")
    said = unquote(value) if is_partition and key == field.name else None
    return pa.array([said] * batch.num_rows, field.type)


def _replayed(
    data: Path, sources: Mapping[str, str], packs: Sequence[PackText], workers: int
) -> Iterator[tuple[str, str]]:
    """Each archive file, put into the tables once more; with what is wrong with it, if anything."""
    tables = Tables(data)
    for folder, origin in sources.items():
        recipe = Recipe(origin, FRESH, tuple(packs))
        for path in sorted((data / ARCHIVE / folder).glob("*.warc.gz")):
            file = f"{folder}/{path.name}"
            try:
                tables.commit(clean_file(data, file, recipe, workers=workers))
            except ArchiveError as error:
                yield file, f"{error.what}: {error.saw}"
            else:
                yield file, ""
