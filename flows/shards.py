"""
One archive file into rows: the piece of cleaning that a worker, or a whole machine, takes.

    WARC ─▶ visits ─▶ new bytes? ─▶ clean (in workers) ─▶ documents, rejects
                                                        └▶ fetch states, captures

It reads the archive and the fetch states before, and writes one folder of Arrow files, so
it can be done again, and anywhere the DATA folder can be reached. The tables are not touched:
that is for `Tables.commit`, by the one that holds the source's lock.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa

from cleaners.clean import CODE_VERSION, clean, clean_parts
from cleaners.document import Document, Provenance, Rejected
from cleaners.normalise import PLAIN, Form
from cleaners.rules import Rules
from flows.archive import Capture, Location, Visit, captures, read, visits
from flows.articles import MOST_PARTS
from flows.commit import disk_errors
from flows.journal import ARCHIVE
from flows.local import PackText, Results, rules_of, usable_processors
from flows.pages import PageState, visited
from flows.rows import Row, as_rows
from flows.tables import Shard, Tables, rows_of, table_of
from flows.workers import Limits, Lost, run_all

PAGE = "page"
PART = "part"  # a later one of an article; visits of other kinds are lists of pages
PART_MISSING = "part-missing"
PAGES_PER_WORKER = 8  # fewer are not worth a process of their own
GROWN = 5  # times that a compressed record is larger in memory
PARTS = ("documents", "rejects", "captures", "pages")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the pages of a source are cleaned, and when they are looked at again."""

    origin: str
    fresh: timedelta
    packs: tuple[PackText, ...] = ()
    form: Form = PLAIN


@dataclass(frozen=True, slots=True)
class Item:
    """A page to clean, or the parts of an article, where they lie in the archive."""

    archive: Path
    locations: tuple[Location, ...]


def clean_file(
    data: Path,
    file: str,
    recipe: Recipe,
    *,
    workers: int = 0,
    limits: Limits = Limits(),  # noqa: B008  frozen
) -> Shard:
    """
    Everything that an archive file brings to the tables.

    workers  processes; 0 is one for each processor that may be used

    ArchiveError: the file is damaged.
    """
    archive = data / ARCHIVE
    seen = [_without_body(archive, visit) for visit in visits(archive, file)]
    known = states_of(Tables(data), recipe.origin, [visit.url for visit, _ in seen])
    later = {(visit.part_of, visit.url): visit for visit, _ in seen if visit.part_of}
    articles = [_article(visit, later) for visit, _ in seen if visit.kind == PAGE]
    digests = {visit.location: sha256 for visit, sha256 in seen}
    todo = [
        Item(archive, tuple(part.location for part in article if part.location))
        for article in articles
        if not article[0].rule
        and any(_is_new(digests[part.location], known.get(part.url)) for part in article)
    ]
    cleaned = _cleaned(todo, recipe, workers, limits)
    whole = {article[0].location or article[0].url: article[0] for article in articles}
    documents: list[Row] = []
    rejects: list[Row] = []
    for raw, sha256 in seen:
        visit = whole.get(raw.location or raw.url, raw)
        results = cleaned.get(visit.location, [])
        made, refused = as_rows(results or _failed(visit))
        known[visit.url] = visited(
            known.get(visit.url),
            visit,
            origin=recipe.origin,
            fresh=recipe.fresh,
            kind=visit.kind,
            raw_sha256=results[0].provenance.raw_sha256 if results else sha256,
            document_ids=[row["id"] for row in made],
            reject_ids=[row["id"] for row in refused],
        )
        documents += made
        rejects += refused
    return Shard(
        table_of("documents", documents),
        table_of("rejects", rejects),
        table_of("captures", map(_capture_row, captures(archive, file))),
        table_of("pages", (known[url].row() for url in dict.fromkeys(v.url for v, _ in seen))),
    )


def _article(first: Visit, later: Mapping[tuple[str, str], Visit]) -> list[Visit]:
    """
    A page and the later parts of its article, in their order.

    Without one of them the first is a failure: half an article is none, and is tried again.
    """
    article = [first]
    while (url := article[-1].next_part) and len(article) <= MOST_PARTS:
        part = later.get((first.url, url))
        if part is None or part.rule:
            why = f"{part.rule}: {part.why}" if part else "the run ended before it was fetched"
            return [replace(first, rule=PART_MISSING, why=f"{url}: {why}")]
        article.append(part)
    return article


def states_of(tables: Tables, origin: str, urls: Sequence[str]) -> dict[str, PageState]:
    """The fetch states of some URLs of a source."""
    found = tables.read("pages", origin=origin, among=("url", pa.array(urls, pa.string())))
    return {row["url"]: PageState.of_row(row) for row in rows_of(found)}


def parts_of(tables: Tables, origin: str, urls: Sequence[str]) -> dict[str, list[PageState]]:
    """Of articles the states of their later parts, in their order."""
    found = tables.read("pages", origin=origin, among=("part_of", pa.array(urls, pa.string())))
    parts: dict[str, list[PageState]] = {}
    for state in sorted(map(PageState.of_row, rows_of(found)), key=lambda state: state.first_seen):
        parts.setdefault(state.part_of or "", []).append(state)
    return parts


def store(shard: Shard, folder: Path) -> None:
    """Write a shard into a folder of its own, complete or not at all."""
    with disk_errors(folder):
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for name in PARTS:
            table: pa.Table = getattr(shard, name)
            with pa.ipc.new_file(str(part / name), table.schema) as writer:
                writer.write_table(table)
        shutil.rmtree(folder, ignore_errors=True)  # of a task that is run again
        part.replace(folder)


def load(folder: Path) -> Shard:
    """A shard that `store` has written; its tables lie in the files until they are used."""
    tables = {}
    for name in PARTS:
        with pa.memory_map(str(folder / name)) as source:
            tables[name] = pa.ipc.open_file(source).read_all()
    return Shard(**tables)


def _without_body(archive: Path, visit: Visit) -> tuple[Visit, str]:
    """A visit and the SHA-256 of its page; "" without one, as for a 304."""
    if visit.page is not None:
        return replace(visit, page=None), visit.page.sha256
    if visit.rule or visit.not_modified or visit.location is None:
        return visit, ""
    page = read(archive, visit.location.file, visit.location.offset)  # the bytes of another record
    return visit, page.sha256


def _is_new(sha256: str, state: PageState | None) -> bool:
    return bool(sha256) and (state is None or state.raw_sha256 != sha256)


def _cleaned(
    items: Sequence[Item], recipe: Recipe, workers: int, limits: Limits
) -> dict[Location | None, Results]:
    """What each page gave, in worker processes: one that crashes or hangs is a reject."""
    if not items:
        return {}
    many = min(workers or usable_processors(), -(-len(items) // PAGES_PER_WORKER))
    pool = run_all(
        items,
        partial(_make_work, recipe),
        workers=many,
        on_lost=_lost,
        limits=limits,
        size=_size,
    )
    with closing(pool):
        return {item.locations[0]: results for item, results in pool}


def _make_work(recipe: Recipe) -> Callable[[Item], Results]:
    """What a worker gets ready once."""
    return partial(_clean_one, rules_of(recipe.packs), recipe.form)


def _clean_one(rules: Rules, form: Form, item: Item) -> Results:
    pages = [read(item.archive, place.file, place.offset) for place in item.locations]
    if len(pages) == 1:
        results = clean(pages[0], rules, form=form)
    else:
        results = clean_parts(pages, rules, form=form)
    return [_placed(result, item.locations[0]) for result in results]


def _placed(result: Document | Rejected, place: Location) -> Document | Rejected:
    known = replace(result.provenance, archive_file=place.file, archive_offset=place.offset)
    return replace(result, provenance=known)


def _lost(item: Item, lost: Lost) -> Results:
    """The reject of a page that no worker could clean."""
    if lost.trace:
        sys.stderr.write(f"zhengben: internal error at {item.locations[0]}\n{lost.trace}")
    pages = [read(item.archive, place.file, place.offset) for place in item.locations]
    digest = hashlib.sha256(b"".join(page.body for page in pages)).hexdigest()
    known = _nothing_known(pages[0].source, pages[0].retrieved_at, digest)
    return [_placed(Rejected(lost.rule, lost.why, known), item.locations[0])]


def _failed(visit: Visit) -> Results:
    """The reject of a visit that gave no page."""
    if not visit.rule or visit.kind != PAGE:
        return []
    known = _nothing_known(visit.url, visit.at)
    rejected = Rejected(visit.rule, visit.why, known)
    return [_placed(rejected, visit.location) if visit.location else rejected]


def _nothing_known(source: str, at: datetime | None, sha256: str = "") -> Provenance:
    return Provenance(
        source=source,
        raw_sha256=sha256,
        retrieved_at=at,
        encoding="",
        encoding_witness="",
        extractor="",
        packs=(),
        steps=(),
        code_version=CODE_VERSION,
    )


def _capture_row(capture: Capture) -> Row:
    place = capture.location
    return {
        "url": capture.url,
        "at": capture.at,
        "kind": capture.kind,
        "status": capture.status,
        "digest": capture.digest,
        "archive_file": place.file,
        "archive_offset": place.offset,
        "archive_length": place.length,
    }


def _size(item: Item) -> int:
    return sum(place.length for place in item.locations) * GROWN
