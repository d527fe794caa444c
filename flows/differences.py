"""
What changed between two datasets: documents, rules, and the largest changes.

    before ─▶ keys, digests ┐
    after  ─▶ unchanged?  ──┴─▶ rows that differ, in buckets on disk ─▶ pairs ─▶ Difference

Rows are paired by source and part, those that are left by the digest of their raw bytes (a
file that was moved). Only rows that differ are held, a bucket at a time; of all others 60 bytes
a side.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import pickle
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from cleaners.difference import Change, Piece, change, pieces
from cleaners.document import Document, Provenance
from cleaners.errors import DatasetError, UsageError
from flows import commit
from flows.digests import Digests
from flows.places import Dataset, TablesAt
from flows.reclean import current_ids
from flows.rows import Row, document
from flows.tables import Tables, rows_of

LARGEST = 10
EXAMPLES = 10
BUCKETS = 64
ROWS_PER_READ = 256
NEEDED = ("source", "segment", "raw_sha256", "text")
# Of the others those that are there are compared.
ALSO = ("title", "metadata", "truncation", "original", "removals", "repairs", "flags")
# What a row says of how it was made, and what a document is not made without.
_EMPTY: Row = {
    "title": None, "metadata": [], "truncation": None, "original": "", "removals": [],
    "repairs": [], "flags": [],
}  # fmt: skip

Watch = Callable[[str, int], None]  # what is done, rows so far


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a rule cut in the documents that are in both datasets."""

    rule: str
    cuts_before: int
    cuts_after: int
    characters_before: int
    characters_after: int

    @property
    def cuts(self) -> int:
        return self.cuts_after - self.cuts_before

    @property
    def characters(self) -> int:
        return self.characters_after - self.characters_before


@dataclass(frozen=True, slots=True)
class Changed:
    """A document that changed much: where it is from, how, and the places."""

    source: str
    part: int
    change: Change
    characters_before: int
    characters_after: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that is said of two datasets. Examples are sources, the first of their order."""

    before: str
    after: str
    documents_before: int
    documents_after: int
    unchanged: int
    changed: Mapping[str, int]  # by kind: bytes, text, evidence, facts
    added: int
    removed: int
    moved: int  # the same bytes from another source; those that changed are in `changed` too
    columns: Mapping[str, int]  # how many changed documents differ in each
    rules: tuple[RuleChange, ...]  # that took more or less; most first
    rejects: Mapping[str, tuple[int, int]]  # by rule: before, after, where these differ
    packs: tuple[tuple[str, ...], tuple[str, ...]]  # only before, only after
    largest: tuple[Changed, ...]
    examples: Mapping[str, tuple[str, ...]]  # of what was added, removed and moved

    @property
    def is_empty(self) -> bool:
        return not (self.changed or self.added or self.removed or self.moved or self.rejects)

    def state(self) -> dict[str, Any]:
        """As JSON holds it."""
        said = asdict(self)
        said["rules"] = [
            asdict(each) | {"cuts": each.cuts, "characters": each.characters} for each in self.rules
        ]
        return said


def differences(
    before: Dataset, after: Dataset, watch: Watch = lambda _what, _rows: None
) -> Difference:
    """
    Compare two datasets.

    UsageError: one of them lacks the columns that are needed. DatasetError: one is damaged.
    """
    first, second = _Side(before), _Side(after)
    watch("reading", 0)
    first.look(watch)
    tally = _Tally()
    with tempfile.TemporaryDirectory(prefix="zhengben-diff-") as scratch, ExitStack() as files:
        buckets = [
            files.enter_context((Path(scratch) / f"{number:03}").open("w+b"))
            for number in range(BUCKETS)
        ]
        for row, key, full in second.rows(watch):
            if full in first.fulls:
                tally.same(row)
            else:
                _deal(buckets, "after", row, key, is_known=key in first.keys)
        for row, key, full in first.rows(watch):
            if full not in second.fulls:
                _deal(buckets, "before", row, key, is_known=key in second.keys)
        for bucket in buckets:
            _pair(bucket, tally)
    return tally.done(first, second)


class _Side:
    """One of the two datasets."""

    def __init__(self, place: Dataset) -> None:
        self.place = place
        self.keys, self.fulls = Digests(), Digests()
        self.documents = 0
        self.packs: set[str] = set()

    def look(self, watch: Watch) -> None:
        """Remember what there is."""
        for _ in self.rows(watch):
            pass

    def rows(self, watch: Watch) -> Iterator[tuple[Row, bytes, bytes]]:
        """Each row with the digest of its source and part, and that of all that counts in it."""
        for count, row in enumerate(_rows(self.place), 1):
            key = _digest([row["source"], row["segment"]["index"]])
            full = _digest([key.hex(), _content(row)])
            self.keys.add(key)
            self.fulls.add(full)
            self.packs.update(row.pop("packs", None) or ())
            self.documents = count
            watch(str(self.place), count)
            yield row, key, full

    def rejects(self) -> Counter[str]:
        return Counter(_reject_rules(self.place))


@dataclass(slots=True)
class _Tally:
    """What is counted while pairs are looked at."""

    unchanged: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    cuts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    largest: list[tuple[int, str, int, int, Changed]] = field(default_factory=list)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def same(self, row: Row) -> None:
        """A row that both have."""
        self.unchanged += 1
        self._cuts(row, before=True)
        self._cuts(row, before=False)

    def pair(self, had: Row, has: Row) -> None:
        """Two rows of one page and part."""
        self._cuts(had, before=True)
        self._cuts(has, before=False)
        before, after = _document(had), _document(has)
        if had["source"] != has["source"]:
            self.one("moved", has)
        found = change(before, after)
        if found is None:
            self.unchanged += had["source"] == has["source"]
            return
        self.kinds[found.kind] += 1
        self.columns.update(found.columns)
        source, part = has["source"], has["segment"]["index"]
        if not found.size or (len(self.largest) == LARGEST and found.size < self.largest[0][0]):
            return
        shown = Changed(
            source, part, found, len(before.text), len(after.text), pieces(before, after)
        )
        # The smallest is at the front; of equal ones those with the later names go first.
        entry = (found.size, _reversed(source), -part, -self.kinds.total(), shown)
        if len(self.largest) < LARGEST:
            heapq.heappush(self.largest, entry)
        else:
            heapq.heappushpop(self.largest, entry)

    def one(self, what: str, row: Row) -> None:
        """A row that was added, removed or moved."""
        self.counts[what] += 1
        kept = self.examples[what]
        kept.append(row["source"])
        kept.sort()
        del kept[EXAMPLES:]

    def done(self, first: _Side, second: _Side) -> Difference:
        rules = [RuleChange(rule, *numbers) for rule, numbers in self.cuts.items()]
        rules = [each for each in rules if each.cuts or each.characters]
        had, has = first.rejects(), second.rejects()
        largest = sorted(self.largest, key=lambda e: (-e[0], e[-1].source, e[-1].part))
        return Difference(
            before=str(first.place),
            after=str(second.place),
            documents_before=first.documents,
            documents_after=second.documents,
            unchanged=self.unchanged,
            changed=dict(self.kinds.most_common()),
            added=self.counts["added"],
            removed=self.counts["removed"],
            moved=self.counts["moved"],
            columns=dict(self.columns.most_common()),
            rules=tuple(sorted(rules, key=lambda r: (-abs(r.characters), -abs(r.cuts), r.rule))),
            rejects={
                rule: (had[rule], has[rule])
                for rule in sorted({*had, *has})
                if had[rule] != has[rule]
            },
            packs=(
                tuple(sorted(first.packs - second.packs)),
                tuple(sorted(second.packs - first.packs)),
            ),
            largest=tuple(entry[-1] for entry in largest),
            examples={what: tuple(sources) for what, sources in self.examples.items()},
        )

    def _cuts(self, row: Row, *, before: bool) -> None:
        for cut in row["removals"]:
            numbers = self.cuts[cut["rule"]]
            numbers[0 if before else 1] += 1
            numbers[2 if before else 3] += cut["end"] - cut["start"]


def as_json(found: Difference) -> str:
    """The difference as one JSON object."""
    return json.dumps(found.state(), ensure_ascii=False, indent=1) + "\n"


def _deal(buckets: Sequence[BinaryIO], side: str, row: Row, key: bytes, *, is_known: bool) -> None:
    """Put a row where the one that it belongs to will be: by its place, or by its bytes."""
    raw, part = row["raw_sha256"], row["segment"]["index"]
    match = ("place", row["source"], part) if is_known else ("bytes", raw, part)
    at = key if is_known else _digest([raw, part])
    pickle.dump((match, side, row), buckets[at[0] % BUCKETS], pickle.HIGHEST_PROTOCOL)


def _pair(bucket: BinaryIO, tally: _Tally) -> None:
    """Bring together what belongs together; of several at one place those with the same bytes."""
    found: dict[tuple[str, str, int], dict[str, list[Row]]] = {}
    end = bucket.tell()
    bucket.seek(0)
    while bucket.tell() < end:
        match, side, row = pickle.load(bucket)  # noqa: S301  our own, from a folder of our own
        found.setdefault(match, {"before": [], "after": []})[side].append(row)
    for sides in found.values():
        had, has = sides["before"], sides["after"]
        for row in list(had):
            twin = next((o for o in has if o["raw_sha256"] == row["raw_sha256"]), None)
            if twin is not None:
                had.remove(row)
                has.remove(twin)
                tally.pair(row, twin)
        for before, after in zip(had, has, strict=False):
            tally.pair(before, after)
        common = min(len(had), len(has))
        for row in had[common:]:
            tally.one("removed", row)
        for row in has[common:]:
            tally.one("added", row)


def _rows(place: Dataset) -> Iterator[Row]:
    """The rows of a dataset, with the columns that are compared."""
    if isinstance(place, TablesAt):
        tables = _tables(place)
        current = current_ids(tables)
        for batch in tables.scan("documents", ["id", *NEEDED, *ALSO, "packs"]):
            here = [bytes.fromhex(one) in current for one in batch["id"].to_pylist()]
            for row in rows_of(batch.filter(pa.array(here, pa.bool_()))):
                del row["id"]
                yield _filled(row)
        return
    for entry in commit.load(place)["files"]:
        if entry["name"].startswith("documents-"):
            yield from map(_filled, _file_rows(place / entry["name"]))


def _tables(place: TablesAt) -> Tables:
    return Tables(place.data, {} if place.version is None else {"pages": place.version})


def _file_rows(path: Path) -> Iterator[Row]:
    wanted = (*NEEDED, *ALSO, "packs")
    try:
        if path.suffix == ".jsonl":
            with path.open("rb") as lines:
                for line in lines:
                    said = json.loads(line)
                    yield {name: said[name] for name in wanted if name in said}
            return
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            names = file.schema_arrow.names
            if lacking := [name for name in NEEDED if name not in names]:
                raise UsageError(
                    str(path),
                    f"lacks the columns {', '.join(lacking)}",
                    do="compare a release with all columns",
                )
            columns = [name for name in wanted if name in names]
            for batch in file.iter_batches(batch_size=ROWS_PER_READ, columns=columns):
                yield from rows_of(batch)
    except (OSError, pa.ArrowException, ValueError) as error:
        raise DatasetError(
            str(path), "cannot be read", saw=str(error), do="zhengben verify says what is damaged"
        ) from error


def _reject_rules(place: Dataset) -> Iterator[str]:
    if isinstance(place, TablesAt):
        tables = _tables(place)
        current = current_ids(tables)
        for batch in tables.scan("rejects", ["id", "rule"]):
            for row in batch.to_pylist():
                if bytes.fromhex(row["id"]) in current:
                    yield row["rule"]
        return
    for entry in commit.load(place)["files"]:
        path = place / entry["name"]
        if entry["name"] == "rejects.parquet":
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(columns=["rule"]):
                    yield from batch["rule"].to_pylist()
        elif entry["name"] == "rejects.jsonl":
            with path.open("rb") as lines:
                yield from (json.loads(line)["rule"] for line in lines)


def _filled(row: Row) -> Row:
    return {**_EMPTY, **{name: value for name, value in row.items() if value is not None}}


def _content(row: Row) -> list[object]:
    """All that counts in a row."""
    return [
        row["raw_sha256"],
        row["text"],
        row["title"],
        row["metadata"],
        row["truncation"],
        [(cut["rule"], cut["start"], cut["end"]) for cut in row["removals"]],
        row["repairs"],
        row["flags"],
    ]


def _document(row: Row) -> Document:
    known = {"source": row["source"], "raw_sha256": row["raw_sha256"]}
    nowhere = Provenance(
        **known, retrieved_at=None, encoding="", encoding_witness="", extractor="", packs=(),
        steps=(), code_version="",
    )  # fmt: skip
    return document(row | _UNUSED | {name: getattr(nowhere, name) for name in nowhere.__slots__})


_UNUSED: Row = {"blocks": [], "links": [], "signals": {}}


def _digest(said: object) -> bytes:
    text = json.dumps(said, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _reversed(source: str) -> str:
    """A name that sorts the other way round."""
    return "".join(chr(0x10FFFF - ord(c)) for c in source)
