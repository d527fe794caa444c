"""
The archive through today's rules: new rows, named by `pages`, and nothing is fetched.

    pages, documents ─▶ what other rules made ─▶ archive ─▶ clean (in workers) ─▶ rows
                                                                                  └▶ pages

A row is made anew when it was made by other packs, other steps or another version of the code,
or is missing. New rows are keyed by what is in them, so a run that is killed goes on from
where it was, and what it did twice is there once. Old rows stay; `pages` names the new ones,
unless the page has other bytes by then. Ingests may run meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from cleaners import packs as shipped_packs
from cleaners.clean import CODE_VERSION
from cleaners.errors import ArchiveError, BusyError, UsageError
from cleaners.normalise import PLAIN, Form, step_names
from cleaners.rules import Rules
from flows.again import Results, clean_again, form_today, packs_for
from flows.commit import disk_errors
from flows.digests import Digests
from flows.journal import ARCHIVE, WORK
from flows.local import PackText, Summary, read_packs, rules_of, usable_processors
from flows.locks import Busy, held
from flows.pages import PageState
from flows.rows import Row, as_rows, size
from flows.shards import PAGE
from flows.tables import FOLDER, Tables, rows_of, table_of
from flows.workers import Limits, Lost, run_all

LOCK = ".reclean.lock"
PAGES_AT_ONCE = 5_000  # whose states are in memory
ROWS_PER_COMMIT = 1_000
BYTES_PER_COMMIT = 32 << 20
POINT_SECONDS = 60.0  # between two merges of `pages`, each of which writes its files anew
GROWN = 5  # times that a compressed record is larger in memory
# What a row says beside the content that its key is made of.
NOT_CONTENT = frozenset(("id", "archive_file", "archive_offset"))

_COLUMNS = ("id", "source", "packs", "steps", "code_version", "raw_sha256")


@dataclass(frozen=True, slots=True)
class Again:
    """A page to clean once more."""

    state: PageState
    form: Form = PLAIN


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a page keeps the rows that it has."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Recleaned:
    """
    What a run did. `pages` were cleaned again, `same` of all pages needed it not; `kept` have
    their old rows, because cleaning them was not possible: `why` says it of the first few.
    """

    pages: int = 0
    same: int = 0
    documents: int = 0  # rows that are new
    rejects: int = 0
    kept: int = 0
    why: tuple[str, ...] = ()
    before: int | None = None  # the version of `pages` before this run


@dataclass(slots=True)
class _Known:
    """The current rows that are as today's rules would make them, and unusual forms."""

    fresh: Digests = field(default_factory=Digests)
    forms: dict[str, Form] = field(default_factory=dict)  # by id, of the others, if not plain
    missing_only: bool = False
    content: Digests | None = None  # of id and content: asked for with `everything`


def reclean(
    data: Path,
    *,
    pack_files: Sequence[Path] = (),
    origin: str = "",
    without: Sequence[str] = (),
    everything: bool = False,
    missing_only: bool = False,
    workers: int = 0,
    limits: Limits = Limits(),  # noqa: B008  frozen
    watch: Callable[[Summary], None] = lambda _: None,
) -> Recleaned:
    """
    Clean what is archived below `data` again, where today's rules may make other rows of it.

    pack_files    rule packs beside the shipped ones
    origin        only the pages of this source
    without       packs that rows were made with and that are left out on purpose
    everything    also rows of the very same rules and code
    missing_only  only where the rows that `pages` names are not there
    workers       processes; 0 is one for each processor

    UsageError: there are no pages, or rows were made with a pack that is not given.
    BusyError: another run does just this. DatasetError: a table is damaged, or the disk refuses.
    """
    pack_texts = read_packs(pack_files)
    rules = rules_of(pack_texts)
    tables = Tables(data)
    with _alone(data):
        pages = tables.opened("pages")
        known = _known(tables, rules, origin, without, everything=everything, missing=missing_only)
        todo, same = _stale_files(tables, known, origin)
        if pages is None or not (todo or same):
            raise UsageError(
                str(data / FOLDER),
                f"has no pages of {origin}" if origin else "has no pages",
                do="check --data and --source, or run: zhengben ingest sources.toml",
            )
        run = _Run(tables, known, Summary(total=sum(todo.values())), watch)
        watch(run.summary)
        pool = run_all(
            _items(tables, known, origin, todo),
            partial(_make_work, data / ARCHIVE, pack_texts),
            workers=min(workers or usable_processors(), max(1, sum(todo.values()) // 4)),
            on_lost=_lost,
            limits=limits,
            size=_size,
        )
        with closing(pool):
            try:
                for item, results in pool:
                    run.add(item, results)
            except (KeyboardInterrupt, SystemExit):
                run.commit()
                raise
        run.commit()
    return replace(run.done, same=same, before=pages.version())


def content_id(row: Row) -> str:
    """
    The id of a row that was cleaned again: 32 hex digits over all that is in it.

    So the same page cleaned by other rules is another row, and by the same rules the same.
    """
    said = {name: value for name, value in row.items() if name not in NOT_CONTENT}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class _Run:
    """Rows on their way into the tables."""

    def __init__(
        self, tables: Tables, known: _Known, summary: Summary, watch: Callable[[Summary], None]
    ) -> None:
        self.summary = summary
        self.done = Recleaned()
        self._tables, self._known, self._watch = tables, known, watch
        self._rows: dict[str, list[Row]] = {"documents": [], "rejects": []}
        self._bytes = 0
        self._states: list[PageState] = []
        self._pointed = time.monotonic()

    def add(self, item: Again, results: Results | Failed) -> None:
        """Take what a page gave; commit what has become enough."""
        if isinstance(results, Failed):
            self._keep(item, results)
            self.summary = self.summary.plus([])
        else:
            made, refused = as_rows(results)
            documents = [self._keyed(row, item.state.document_ids) for row in made]
            rejects = [self._keyed(row, item.state.reject_ids) for row in refused]
            self._rows["documents"] += documents
            self._rows["rejects"] += rejects
            self._bytes += sum(map(size, made))
            ids = [tuple(row["id"] for row in rows) for rows in (documents, rejects)]
            if ids != [item.state.document_ids, item.state.reject_ids]:
                self._states.append(replace(item.state, document_ids=ids[0], reject_ids=ids[1]))
            self.done = replace(self.done, pages=self.done.pages + 1)
            self.summary = self.summary.plus(results)
        self._watch(self.summary)
        if sum(map(len, self._rows.values())) >= ROWS_PER_COMMIT or self._bytes >= BYTES_PER_COMMIT:
            self._append()
        if time.monotonic() - self._pointed >= POINT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Put all rows into the tables, and let the pages name them."""
        self._append()
        if self._states:
            self._tables.point(table_of("pages", (state.row() for state in self._states)))
            self._states.clear()
        self._pointed = time.monotonic()

    def _append(self) -> None:
        added: Counter[str] = Counter()
        for name, rows in self._rows.items():
            added[name] = self._tables.append(name, table_of(name, rows))
            rows.clear()
        self._bytes = 0
        self.done = replace(
            self.done,
            documents=self.done.documents + added["documents"],
            rejects=self.done.rejects + added["rejects"],
        )

    def _keyed(self, row: Row, before: Sequence[str]) -> Row:
        """The row under its key; what is there just so keeps the one that it has."""
        if self._known.missing_only and row["id"] in before:
            return row  # as it was before it was lost
        key = content_id(row)
        if self._known.content is not None:
            for one in before:
                if _both(one, key) in self._known.content:
                    return row | {"id": one}
        return row | {"id": key}

    def _keep(self, item: Again, failed: Failed) -> None:
        why = self.done.why
        if len(why) < 3:  # noqa: PLR2004  enough to see what is wrong
            why = (*why, f"{item.state.url}: {failed.rule}: {failed.why}")
        self.done = replace(self.done, kept=self.done.kept + 1, why=why)


def _known(
    tables: Tables,
    rules: Rules,
    origin: str,
    without: Sequence[str],
    *,
    everything: bool,
    missing: bool,
) -> _Known:
    """One look at what `pages` names now, and at how these rows were made."""
    known = _Known(missing_only=missing, content=Digests() if everything else None)
    judge = _Judge(rules, known, everything=everything)
    current = current_ids(tables, origin)
    strange: Counter[str] = Counter()
    given = {pack.partition("@")[0] for pack in rules.names} | {*without}
    for name in ("documents", "rejects"):
        for batch in tables.scan(name, None if everything else _COLUMNS):
            here = [bytes.fromhex(one) in current for one in batch["id"].to_pylist()]
            for row in rows_of(batch.filter(pa.array(here, pa.bool_()))):
                strange.update(_own_packs(row["packs"] or ()) - given)
                judge.add(row, is_document=name == "documents")
    if strange and not missing:
        _refuse(strange)
    return known


def current_ids(tables: Tables, origin: str = "") -> Digests:
    """The ids of all rows that pages name now."""
    current = Digests()
    columns = ("document_ids", "reject_ids")
    for batch in tables.scan("pages", columns, origin=origin):
        for column in columns:
            for ids in batch[column].to_pylist():
                for one in ids or ():
                    current.add(bytes.fromhex(one))
    return current


class _Judge:
    """Tells rows that are as today's rules would make them from the others."""

    def __init__(self, rules: Rules, known: _Known, *, everything: bool) -> None:
        self._expected = packs_for(rules)
        self._known, self._everything = known, everything

    def add(self, row: Row, *, is_document: bool) -> None:
        steps = tuple(row["steps"] or ())
        form = form_today(steps) if is_document else PLAIN
        is_fresh = self._is_same(row) and (not is_document or steps == step_names(form))
        asked = self._everything and bool(row["raw_sha256"])
        if self._known.missing_only or (is_fresh and not asked):
            self._known.fresh.add(bytes.fromhex(row["id"]))
        elif form != PLAIN:
            self._known.forms[row["id"]] = form
        if self._known.content is not None:
            self._known.content.add(_both(row["id"], content_id(row)))

    def _is_same(self, row: Row) -> bool:
        packs = tuple(row["packs"] or ())
        # Without packs it was never cleaned: there was no page, or no worker came back.
        return not packs or (
            packs == self._expected(row["source"]) and row["code_version"] == CODE_VERSION
        )


def _refuse(strange: Mapping[str, int]) -> None:
    pack, rows = max(strange.items(), key=lambda item: item[1])
    raise UsageError(
        "--rules",
        f"lacks the pack {pack}, which {rows:,} rows were made with",
        do=f"--rules FILE with the pack {pack}, or --without {pack}",
    )


def _stale_files(tables: Tables, known: _Known, origin: str) -> tuple[dict[str, int], int]:
    """Archive files with the number of pages in them to clean again, and how many need it not."""
    todo: Counter[str] = Counter()
    same = 0
    names = ["kind", "archive_file", "document_ids", "reject_ids", "rule"]
    for batch in tables.scan("pages", names, origin=origin):
        for row in batch.to_pylist():
            if _is_stale(row, known):
                todo[row["archive_file"]] += 1
            elif row["kind"] == PAGE:
                same += 1
    return dict(sorted(todo.items())), same


def _is_stale(row: Mapping[str, Any], known: _Known) -> bool:
    if row["kind"] != PAGE or row["archive_file"] is None:
        return False
    # Where the last visit failed, its reject is named, and says nothing of the page.
    ids = [*(row["document_ids"] or ()), *((row["reject_ids"] or ()) if not row["rule"] else ())]
    if not ids:
        return not row["rule"]
    return any(bytes.fromhex(one) not in known.fresh for one in ids)


def _items(tables: Tables, known: _Known, origin: str, todo: Mapping[str, int]) -> Iterator[Again]:
    """The pages to clean again, in the order of the archive; so many in memory at a time."""
    for files in _groups(todo):
        found = tables.read("pages", origin=origin, among=("archive_file", pa.array(files)))
        states = [PageState.of_row(row) for row in rows_of(found) if _is_stale(row, known)]
        for state in sorted(states, key=lambda s: (s.archive_file or "", s.archive_offset or 0)):
            forms = (known.forms[one] for one in state.document_ids if one in known.forms)
            yield Again(state, next(forms, PLAIN))


def _groups(todo: Mapping[str, int]) -> Iterator[list[str]]:
    files: list[str] = []
    pages = 0
    for file, count in todo.items():
        if files and pages + count > PAGES_AT_ONCE:
            yield files
            files, pages = [], 0
        files.append(file)
        pages += count
    if files:
        yield files


def _make_work(
    archive: Path, pack_texts: Sequence[PackText]
) -> Callable[[Again], Results | Failed]:
    """What a worker gets ready once."""
    return partial(_clean_one, archive, rules_of(pack_texts))


def _clean_one(archive: Path, rules: Rules, item: Again) -> Results | Failed:
    state = item.state
    try:
        return clean_again(
            archive,
            state.archive_file or "",
            state.archive_offset or 0,
            state.raw_sha256 or "",
            rules,
            item.form,
        )
    except ArchiveError as error:
        return Failed("archive", f"{error.where}: {error.what} {error.saw}".strip())


def _lost(item: Again, lost: Lost) -> Failed:  # noqa: ARG001  the signature of a pool
    return Failed(lost.rule, lost.why)


def _size(item: Again) -> int:
    return (item.state.archive_length or 0) * GROWN


def _own_packs(packs: Iterable[str]) -> set[str]:
    shipped = {*shipped_packs.NAMES, "compare"}
    return {pack.partition("@")[0] for pack in packs} - shipped


def _both(one: str, content: str) -> bytes:
    return hashlib.sha256(f"{one}\n{content}".encode()).digest()[:16]


@contextmanager
def _alone(data: Path) -> Generator[None]:
    folder = data / WORK
    with disk_errors(folder):
        if not (data / FOLDER).is_dir():
            raise UsageError(
                str(data), "has no tables", do="check --data, or: zhengben ingest sources.toml"
            )
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with held(folder / LOCK):
            yield
    except Busy:
        raise BusyError(
            str(data), "another run cleans this archive again", do="let it finish"
        ) from None
