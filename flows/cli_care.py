"""The commands for the care of what was gathered: `tables`, `verify`, `reclean` and `diff`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from cleaners.errors import UsageError
from flows.cli_data import DATA, Data
from flows.cli_files import PackFiles

if TYPE_CHECKING:
    from flows.verify import Report

KEEP_HOURS = 168
DONE, AT_FAULT = 0, 1
LINE_SECONDS = 5.0
FINDINGS = 20  # that are printed
MIB = 1 << 20
MANY_SMALL = 16  # files that are worth a hint

Action = Literal["show", "check", "compact", "vacuum", "rebuild", "restore"]
Table = Literal["pages", "documents", "rejects", "captures", "runs", "sketches", "clusters"]
Places = Annotated[tuple[Path, ...], Parameter(name="--from", negative=(), show_default=False)]
Names = Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)]
Json = Annotated[bool, Parameter(name="--json", negative=(), show_default=False)]


def register(app: App) -> None:
    """Add the commands of this module to the command line."""
    app.command(
        tables,
        usage="Usage: zhengben tables [show|check|compact|vacuum|rebuild|restore] [OPTIONS]",
        help_epilogue="Example:\n    $ zhengben tables show --data data",
    )
    app.command(
        verify,
        usage="Usage: zhengben verify [OPTIONS] [DATASET]",
        help_epilogue="Example:\n    $ zhengben verify data/releases/samples",
    )
    app.command(
        reclean,
        usage="Usage: zhengben reclean [OPTIONS]",
        help_epilogue="Example:\n    $ zhengben reclean --data data --rules mine.toml",
    )
    app.command(
        diff,
        usage="Usage: zhengben diff [OPTIONS] BEFORE AFTER",
        help_epilogue="Example:\n    $ zhengben diff data@41 data",
    )


def tables(
    action: Action = "show",
    /,
    *,
    data: Data = DATA,
    keep_hours: int = KEEP_HOURS,
    rules: PackFiles = (),
    table: Annotated[Table | None, Parameter(show_default=False)] = None,
    version: Annotated[int | None, Parameter(show_default=False)] = None,
    at: Annotated[str, Parameter(show_default=False)] = "",
    workers: int = 0,
    as_json: Json = False,
) -> int:
    """
    Show the tables of an ingest, look whether they are whole, tidy them up, or mend them.

    show: rows, files, size and version of each table, and what is to be done. check: read all
    of it, compare checksums, and what the tables say of each other; status 1 when something is
    damaged. compact: many small files become few. vacuum: files go that no version of the last
    days needs, and what killed runs have left. rebuild: what is damaged is made again from the
    archive. restore: go back to an older version. Ingests may run meanwhile, but for rebuild.

    Parameters
    ----------
    action
        show, check, compact, vacuum, rebuild or restore.
    data
        The folder that `zhengben ingest` writes into.
    keep_hours
        vacuum leaves what was current within so many hours; at least 24.
    rules
        rebuild cleans with these packs beside the shipped ones. May be given again.
    table
        restore only this table; `pages` is the one that says what is current.
    version
        restore this version of the table.
    at
        restore all tables to this moment (2026-11-27T08:00+08:00; UTC unless it says).
    workers
        Worker processes of rebuild; 0 is one for each processor.
    as_json
        show and check: JSON on standard output.
    """
    from flows.tables import FOLDER, Tables  # noqa: PLC0415  pyarrow and deltalake: 0.5 s

    if not (data / FOLDER).is_dir() or not any((data / FOLDER).iterdir()):
        raise UsageError(
            str(data), "has no tables", do="check --data, or run: zhengben ingest sources.toml"
        )
    match action:
        case "show":
            return _show(data, as_json=as_json)
        case "check":
            return _check(data, as_json=as_json)
        case "compact":
            for name, (before, after) in Tables(data).compact().items():
                print(f"{name}: {before:,} files, now {after:,}")
        case "vacuum":
            print(f"{Tables(data).vacuum(keep_hours):,} files removed")
        case "rebuild":
            return _rebuild(data, rules, workers)
        case "restore":
            return _restore(data, table, version, at)
    return DONE


def verify(
    dataset: Annotated[str, Parameter(name="DATASET", show_default=False)] = "",
    /,
    *,
    data: Data = DATA,
    row: Annotated[str, Parameter(show_default=False)] = "",
    sample: int = 0,
    rules: PackFiles = (),
    places: Places = (),
    workers: int = 0,
    as_json: Json = False,
) -> int:
    """
    Prove a dataset: its files by their checksums, its rows by making them again.

    Each row is cleaned again from the raw bytes, in the archive or in the files that it came
    from, with the packs and the steps that it names, and compared byte for byte. What differs
    is named with its reason: other code, other packs, missing archive, changed bytes. Without
    a dataset, what is current in the tables is proved. Status 1 when something differs.

    Parameters
    ----------
    dataset
        A folder, a release by its name, or `latest`; the tables of --data unless given.
    data
        The folder with the archive.
    row
        Only the row with this id.
    sample
        Only so many rows, evenly spread; the files are all compared.
    rules
        A rule pack that the rows were made with, beside the shipped ones. May be given again.
    places
        Of a dataset of local files: what `zhengben clean` was given. It is looked for here and
        beside the dataset unless given. May be given again.
    workers
        Worker processes; 0 is one for each processor.
    as_json
        The report as JSON on standard output.
    """
    from flows.places import TablesAt, archive_of  # noqa: PLC0415  pyarrow, deltalake
    from flows.places import dataset as meant  # noqa: PLC0415
    from flows.progress import shown  # noqa: PLC0415
    from flows.verify import as_json as json_of  # noqa: PLC0415
    from flows.verify import verify as prove  # noqa: PLC0415

    if sample < 0 or workers < 0:
        raise UsageError("--sample, --workers", "is less than 0", do="0 is all of them")
    place = meant(dataset, data) if dataset else TablesAt(data)
    folder = None if isinstance(place, TablesAt) else place
    data = place.data if isinstance(place, TablesAt) else archive_of(place, data)
    began = time.monotonic()
    with shown() as watch:
        report = prove(
            folder,
            data=data,
            places=places,
            pack_files=rules,
            row_id=row,
            sample=sample,
            workers=workers,
            watch=watch,
        )
    if as_json:
        sys.stdout.write(json_of(report))
    else:
        _print_report(report, time.monotonic() - began)
    return DONE if report.is_clean else AT_FAULT


def reclean(
    *,
    data: Data = DATA,
    rules: PackFiles = (),
    source: str = "",
    without: Names = (),
    everything: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
    workers: int = 0,
) -> int:
    """
    Clean what is archived again, with today's rules, and fetch nothing.

    Only pages whose rows were made by other packs, steps or code are done. New rows are added and
    `pages` names them; the old ones stay, and `zhengben diff` says what changed. A run that is
    stopped or killed goes on from where it was. Ingests may run meanwhile.

    Parameters
    ----------
    data
        The folder that `zhengben ingest` writes into.
    rules
        A rule pack (TOML) to use beside the shipped ones. May be given again.
    source
        Only what this source has brought.
    without
        A pack that rows were made with and that is left out on purpose. May be given again.
    everything
        Also pages whose rows were made by these very rules and this code.
    workers
        Worker processes; 0 is one for each processor.
    """
    from flows.progress import shown  # noqa: PLC0415
    from flows.reclean import reclean as run  # noqa: PLC0415  pyarrow, deltalake

    if workers < 0:
        raise UsageError("--workers", "is less than 0", saw=str(workers), do="0 is all processors")
    began = time.monotonic()
    with shown() as watch, _telling_that_it_goes_on():
        done = run(
            data,
            pack_files=rules,
            origin=source,
            without=without,
            everything=everything,
            workers=workers,
            watch=watch,
        )
    _say(
        f"{done.pages:,} pages cleaned again, {done.same:,} needed it not: {done.documents:,} new "
        f"documents, {done.rejects:,} new rejects; {time.monotonic() - began:.1f} s"
    )
    if done.documents or done.rejects:
        _say(f"what changed: zhengben diff {data}@{done.before} {data}")
    if done.kept:
        _say(f"zhengben: {done.kept:,} pages keep their old rows, as")
        for why in done.why:
            _say(f"    {why}")
    return AT_FAULT if done.kept else DONE


def diff(
    before: Annotated[str, Parameter(name="BEFORE")],
    after: Annotated[str, Parameter(name="AFTER")],
    /,
    *,
    data: Data = DATA,
    html: Annotated[Path | None, Parameter(show_default=False)] = None,
    as_json: Json = False,
) -> int:
    """
    Say what changed between two datasets: documents, rules, and the largest changes as text.

    Parameters
    ----------
    before
        A folder, a release by its name, `latest`; or a DATA folder, whose tables are taken, and
        `data@41` for what they named when `pages` was at version 41.
    after
        Likewise.
    data
        The folder whose releases are called by their names.
    html
        Write the same as a page into this file.
    as_json
        JSON on standard output.
    """
    from flows.difference_report import as_text, write_page  # noqa: PLC0415  rich, jinja2
    from flows.differences import as_json as json_of  # noqa: PLC0415  pyarrow
    from flows.differences import differences  # noqa: PLC0415
    from flows.places import dataset as meant  # noqa: PLC0415

    found = differences(meant(before, data), meant(after, data), _reading())
    if html is not None:
        write_page(html, found)
        _say(f"{html}")
    if as_json:
        sys.stdout.write(json_of(found))
    else:
        as_text(found)
    return DONE


@contextmanager
def _telling_that_it_goes_on() -> Generator[None]:
    try:
        yield
    except KeyboardInterrupt:
        said = "what is done is kept: the same command goes on from there"
        raise KeyboardInterrupt(said) from None


def _show(data: Path, *, as_json: bool) -> int:
    from flows.care import Damage, Health, shown  # noqa: PLC0415

    found = shown(data)
    whole = [each for each in found if isinstance(each, Health)]
    broken = [each for each in found if isinstance(each, Damage)]
    bad = bool(broken) or any(each.missing for each in whole)
    if as_json:
        said = {"tables": [asdict(each) for each in whole], "damaged": list(map(str, broken))}
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return AT_FAULT if bad else DONE
    for each in whole:
        print(
            f"{each.table:10} {each.rows:>12,} rows {each.files:>6,} files "
            f"{each.bytes / MIB:>10,.1f} MiB  version {each.version}, "
            f"readable back to {each.oldest}"
        )
    for each in broken:
        print(f"damaged: {each}")
    for each in whole:
        for name in each.missing:
            print(f"damaged: {each.table}/{name}: is missing")
    small, left = sum(each.small for each in whole), sum(each.left for each in whole)
    if small > MANY_SMALL:
        print(f"{small:,} small files: zhengben tables compact")
    if left:
        size = sum(each.left_bytes for each in whole) / MIB
        print(
            f"{left:,} files of older versions and killed runs, {size:,.1f} MiB: zhengben tables "
            f"vacuum, which keeps those of the last {KEEP_HOURS // 24} days"
        )
    if bad:
        print("zhengben tables check says all that is damaged, zhengben tables rebuild mends it")
    return AT_FAULT if bad else DONE


def _check(data: Path, *, as_json: bool) -> int:
    from flows.care import damages  # noqa: PLC0415

    found = 0
    lines: list[dict[str, object]] = []
    for damage in damages(data):
        found += 1
        if as_json:
            lines.append(asdict(damage))
        else:
            print(f"damaged: {damage}", flush=True)
    if as_json:
        print(json.dumps({"whole": not found, "damaged": lines}, ensure_ascii=False, indent=1))
    elif found:
        print("zhengben tables rebuild makes it again from the archive: docs/care.md")
    else:
        print("all tables are whole")
    return AT_FAULT if found else DONE


def _rebuild(data: Path, rules: tuple[Path, ...], workers: int) -> int:
    from flows.mend import rebuild  # noqa: PLC0415
    from flows.progress import shown  # noqa: PLC0415

    with shown() as watch:
        done = rebuild(data, pack_files=rules, workers=workers, tell=_say, watch=watch)
    if not done.found:
        print("nothing is damaged")
        return DONE
    again = done.again
    print(
        f"{len(done.found):,} damages; {done.replayed:,} archive files read again, "
        f"{again.pages if again else 0:,} pages cleaned again"
    )
    for why in (*done.unreadable, *(again.why if again else ())):
        print(f"not mended: {why}")
    print("zhengben tables check says what is left")
    return AT_FAULT if done.unreadable or (again and again.kept) else DONE


def _restore(data: Path, table: str | None, version: int | None, at: str) -> int:
    from flows.mend import restore  # noqa: PLC0415

    if (version is None) == (not at):
        raise UsageError(
            "restore",
            "needs a version of one table, or a moment for all",
            do="--table pages --version 41, or --at 2026-11-27T08:00+08:00",
        )
    if version is not None:
        done = restore(data, version, table or "pages")
    else:
        try:
            moment = datetime.fromisoformat(at)
        except ValueError as error:
            raise UsageError("--at", "is no moment", saw=at, do="2026-11-27T08:00+08:00") from error
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        done = restore(data, aware, table or "")
    for name, now in done.items():
        print(f"{name}: version {now}")
    return DONE


def _reading() -> Callable[[str, int], None]:
    """A line every few seconds, of what is read."""
    last = time.monotonic()

    def watch(what: str, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            _say(f"… {what}: {rows:,} documents")

    return watch


def _print_report(report: Report, seconds: float) -> None:
    for finding in report.findings[:FINDINGS]:
        name = f" ({finding.id})" if finding.id else ""
        print(f"{finding.kind}: {finding.where}{name}: {finding.what}")
    if report.kinds.total() > FINDINGS:
        by_kind = ", ".join(f"{kind} {count:,}" for kind, count in report.kinds.most_common())
        print(f"… {report.kinds.total():,} in all: {by_kind}")
    for note in report.notes:
        print(f"note: {note}")
    for why, rows in report.skipped.most_common():
        print(f"not made again: {rows:,} rows: {why}")
    files = f"{report.files:,} files, {report.bytes / MIB:,.1f} MiB; " if report.files else ""
    verdict = f"{report.kinds.total():,} differences"
    if report.is_clean:
        verdict = "clean" if report.same or not report.rows else "nothing differs"
    print(
        f"{report.place}: {verdict}; {files}{report.same:,} of {report.rows:,} rows made again, "
        "byte for byte"
    )
    _say(f"{seconds:.1f} s")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
