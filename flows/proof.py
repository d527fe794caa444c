"""
One stored row beside the row that its page gives now: what differs, and why.

    stored rows of a page ─▶ raw bytes ─▶ clean, as recorded ─▶ the same? ─▶ Outcome

What a row was made with stands in it: packs with their digests, steps with their versions,
the version of the code. Where these are not what is here, that is the reason that is named,
and what differs beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cleaners.clean import CODE_VERSION, clean, rebuild
from cleaners.document import Document, Rejected
from cleaners.errors import ArchiveError
from cleaners.masking import mask
from cleaners.normalise import Form
from cleaners.rules import Rules
from cleaners.script import FormError
from flows.again import Results, can_take, clean_again, form_today, packs_for
from flows.archive import outline, prove
from flows.dataset import seen_before
from flows.found import Found, Unreadable
from flows.local import PackText, rules_of, unreadable
from flows.opening import open_page, with_facts
from flows.reclean import content_id
from flows.rows import Row, as_rows, document, reject_row, row, storable
from flows.shards import PART_MISSING

# Columns without which nothing can be made again.
NEEDED = frozenset((
    "source", "raw_sha256", "packs", "steps", "code_version", "archive_file", "archive_offset",
))  # fmt: skip
HOW = frozenset(("packs", "steps", "code_version"))  # with these a row says how it was made
NOT_OF_ONE_PAGE = frozenset((
    "cluster", "canonical", "duplicate_of", "completed_by", "overlap",
))  # fmt: skip
OF_WORKERS = frozenset((
    "worker-crashed", "worker-timeout", "worker-out-of-memory", "internal-error",
))  # fmt: skip
MOST_RULES = 4  # named in one finding


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    kind: str  # manifest, file, parquet, archive, bytes, row, packs, steps, code, id, copies, gone
    where: str  # a file of the dataset, or the source of a page
    what: str
    id: str = ""  # of the row
    columns: tuple[str, ...] = ()  # that differ


@dataclass(slots=True)
class Outcome:
    """What came of the rows of a page."""

    same: int = 0
    findings: list[Finding] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)  # rows, by why they prove nothing


@dataclass(frozen=True, slots=True)
class Place:
    """Raw bytes in the archive."""

    file: str
    offset: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Item:
    """Stored rows of one page, all documents or all rejects, and where its bytes are."""

    rows: tuple[Row, ...]
    of: str  # documents or rejects
    page: Place | Found | None  # None: nobody knows, and only the row itself can be asked
    gone: bool = False  # there is a file, and the page is not in it


@dataclass(frozen=True, slots=True)
class Asked:
    """How rows are made again. `masked`: identifiers in the evidence are hidden."""

    archive: Path
    pack_texts: tuple[PackText, ...] = ()
    links: bool = False
    chapters: bool = False
    masked: bool = False


def make_work(asked: Asked) -> Callable[[Item], Outcome]:
    """What a worker gets ready once."""
    rules = rules_of(asked.pack_texts)
    return partial(proved, asked, rules, packs_for(rules))


def proved(
    asked: Asked, rules: Rules, expected_packs: Callable[[str], tuple[str, ...]], item: Item
) -> Outcome:
    """Make the rows of a page again, and compare."""
    out = Outcome()
    first = item.rows[0]
    if item.gone:
        out.findings += (_finding("gone", one, "is not in its file any more") for one in item.rows)
        return out
    if item.page is None:
        _by_itself(item, out)
        return out
    if item.of == "rejects" and isinstance(item.page, Place) and not first["raw_sha256"]:
        _of_fetching(asked.archive, item.page, first, out)
        return out
    steps = tuple(first["steps"] or ())
    if item.of == "documents" and (why := can_take(steps)):
        out.findings += (_finding("steps", one, f"its steps {why}") for one in item.rows)
        return out
    try:
        form = form_today(steps)
        results = _made(asked, rules, form, item)
    except ArchiveError as error:
        what = f"{error.where}: {error.what}" + (f": {error.saw}" if error.saw else "")
        out.findings += (_finding("archive", one, what) for one in item.rows)
        return out
    why = _reason(first, expected_packs)
    for one in item.rows:
        _compare(one, item, results, why, asked, out)
    return out


def _made(asked: Asked, rules: Rules, form: Form, item: Item) -> Results:
    """What the page gives now."""
    page = item.page
    if isinstance(page, Place):
        links = asked.links or any(one.get("links") for one in item.rows)
        return clean_again(
            asked.archive, page.file, page.offset, page.sha256, rules, form, links=links
        )
    assert page is not None
    opened = open_page(page)
    if isinstance(opened, Unreadable):
        return [unreadable(page, opened, rules)]
    results = clean(opened.page, rules, form=form, links=asked.links, chapters=asked.chapters)
    return [with_facts(result, page, opened.facts) for result in results]


def _reason(stored: Row, expected_packs: Callable[[str], tuple[str, ...]]) -> tuple[str, str]:
    """Why a row may differ: ("", "") when it was made with the very rules and code of here."""
    if stored["code_version"] != CODE_VERSION:
        return "code", f"was made by zhengben {stored['code_version']}, this is {CODE_VERSION}"
    had, have = tuple(stored["packs"] or ()), expected_packs(stored["source"])
    if had and had != have:
        return "packs", _other_packs(had, have)
    return "", ""


def _other_packs(had: Iterable[str], have: Iterable[str]) -> str:
    then, now = (dict(pack.split("@", 1) for pack in packs) for packs in (had, have))
    said = [
        f"{name}@{digest}, here {name}@{now[name]}" if name in now
        else f"{name}@{digest}, which is not here: give it with --rules"
        for name, digest in then.items() if now.get(name) != digest
    ]  # fmt: skip
    more = f" and {len(said) - MOST_RULES} more" if len(said) > MOST_RULES else ""
    parts = [f"was made with {'; '.join(said[:MOST_RULES])}{more}"] if said else []
    without = [name for name in now if name not in then]
    parts += [f"was made without {', '.join(without)}, which is here"] if without else []
    return "; ".join(parts) or "its packs were applied in another order"


def _compare(
    stored: Row, item: Item, results: Results, why: tuple[str, str], asked: Asked, out: Outcome
) -> None:
    """One row beside what its page gives."""
    kind, reason = why
    candidates = _documents(results, asked) if item.of == "documents" else _rejects(results)
    made = _fitting(stored, candidates, item.of)
    if made is None:
        if stored.get("rule") in OF_WORKERS:
            out.skipped["a worker died on it, which may not happen again"] += 1
            return
        what = f"gives {_described(results)} now"
        out.findings.append(_finding(kind or "row", stored, f"{reason}; {what}".lstrip("; ")))
        return
    differ = tuple(name for name in stored if _differs(name, stored, made))
    # In the tables, rows that were cleaned again are named by all that is in them.
    if "id" in differ and stored["id"] in {content_id(one) for one in _unmasked(results)}:
        differ = tuple(name for name in differ if name != "id")
    if not differ:
        out.same += 1
        return
    if "raw_sha256" in differ:
        what = "its file has other bytes now"
        out.findings.append(_finding("bytes", stored, what, differ))
        return
    beside = tuple(name for name in differ if name not in HOW and not (kind and name == "id"))
    said = [reason, _said(stored, made, beside)]
    out.findings.append(
        _finding(kind or "row", stored, "; ".join(filter(None, said)), beside or differ)
    )


def _differs(name: str, stored: Row, made: Row) -> bool:
    if name not in made or name in NOT_OF_ONE_PAGE:
        return False
    return bool(stored[name] != made[name])


def _documents(results: Results, asked: Asked) -> list[Row]:
    made: list[Row] = []
    for result in results:
        if isinstance(result, Document):
            shown = mask(result) if asked.masked else result
            if not isinstance(storable(shown), Rejected):
                made.append(row(shown))
    return made


def _unmasked(results: Results) -> list[Row]:
    """The rows of the tables."""
    documents, rejects = as_rows(results)
    return documents + rejects


def _rejects(results: Results) -> list[Row]:
    """What a page may be rejected for, by cleaning or by the one who writes."""
    made: list[Row] = []
    for result in results:
        if isinstance(result, Rejected):
            made.append(reject_row(result))
            continue
        made.append(reject_row(seen_before(result)))
        if isinstance(stored := storable(result), Rejected):
            made.append(reject_row(stored))
    return made


def _fitting(stored: Row, candidates: Sequence[Row], of: str) -> Row | None:
    """The row that this one should be."""
    if of == "rejects":
        same = [made for made in candidates if made["rule"] == stored["rule"]]
        exact = (made for made in same if made["why"] == stored.get("why", made["why"]))
        return next(exact, same[0] if same else None)
    part = stored.get("segment")
    if part is None:
        return candidates[0] if len(candidates) == 1 else None
    return next((c for c in candidates if c["segment"]["index"] == part["index"]), None)


def _described(results: Results) -> str:
    documents = sum(isinstance(result, Document) for result in results)
    rules = sorted({result.rule for result in results if isinstance(result, Rejected)})
    said = [f"{documents} documents"] if documents else []
    return " and ".join([*said, *(f"the reject {rule}" for rule in rules)]) or "nothing"


def _said(stored: Row, made: Row, differ: Sequence[str]) -> str:
    """Which columns differ, and of cuts which rules."""
    if not differ:
        return "all else is the same"
    parts = [f"{', '.join(differ)} {'differ' if len(differ) > 1 else 'differs'}"]
    if "removals" in differ:
        then, now = (Counter(_cuts(each["removals"])) for each in (stored, made))
        parts += _rules("cut then only", then - now), _rules("cut now only", now - then)
    return "; ".join(filter(None, parts))


def _cuts(removals: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, int, int]]:
    return ((cut["rule"], cut["start"], cut["end"]) for cut in removals)


def _rules(said: str, cuts: Counter[tuple[str, int, int]]) -> str:
    rules = sorted({rule for rule, _, _ in cuts})
    if not rules:
        return ""
    more = " …" if len(rules) > MOST_RULES else ""
    return f"{said}: {', '.join(rules[:MOST_RULES])}{more}"


def _by_itself(item: Item, out: Outcome) -> None:
    """Without the page: does the text follow from the evidence that stands beside it?"""
    for one in item.rows:
        if item.of == "rejects":
            fetched = bool(one["raw_sha256"]) or str(one["source"]).startswith("file:")
            out.skipped["its page is not here" if fetched else "no page was fetched"] += 1
            continue
        try:
            known = document(one)
            broken = rebuild(known) != known.text or _misplaced(known)
        except (KeyError, TypeError):  # columns that were left out
            broken = False
        except FormError:
            broken = False
        if broken:
            what = "its text does not follow from original, removals, repairs and steps"
            out.findings.append(_finding("row", one, what, ("text",)))
        else:
            out.skipped["its page is not here"] += 1


def _misplaced(known: Document) -> bool:
    base = known.segment.start
    return any(known.original[c.start - base : c.end - base] != c.text for c in known.removals)


def _of_fetching(archive: Path, place: Place, stored: Row, out: Outcome) -> None:
    """A visit that gave no page: is the answer in the archive, and does it say why?"""
    try:
        prove(archive, place.file, place.offset)
        visits = outline(archive, place.file)
    except ArchiveError as error:
        out.findings.append(_finding("archive", stored, f"{error.where}: {error.what}"))
        return
    said = {v.rule for v in visits if v.location and v.location.offset == place.offset}
    if said <= {""} or stored["rule"] in {*said, PART_MISSING}:
        out.same += 1
    else:
        what = f"the archive says {', '.join(sorted(said))}"
        out.findings.append(_finding("row", stored, what, ("rule",)))


def _finding(kind: str, stored: Row, what: str, columns: tuple[str, ...] = ()) -> Finding:
    return Finding(kind, str(stored["source"]), what, str(stored.get("id") or ""), columns)
