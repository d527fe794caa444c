"""
Copies: how many are found, how many of these are right, and what it costs.

    python -m tests.bench.bench_copies FOLDER… [--clean] [--keep DATA]

FOLDER is what `compose.py --format jsonl --bank-share 0` has written: documents that say
which other one they are a copy of (`dup_of`). With --clean the documents are what cleaning
makes of their noisy text, otherwise the clean text that compose.py knows. They are put into
tables as an ingest would have left them, and `find_duplicates` is run three times: on the
first 90 of 100 documents, on all, and with nothing new.

Times are processor time in one process. Three readings of "reading and hashing": id and text
of all rows and one SHA-256 of each; that and the SHA-256 of its letters and digits, which is
what equal texts are known by; that and all hashes of a sketch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from cleaners import clean_text
from cleaners.document import Document
from cleaners.sketch import letters, sketch
from flows.duplicates import find_duplicates
from flows.tables import Tables, table_of

NOW = datetime(2024, 5, 1, tzinfo=UTC)
ROWS = 5_000  # in one append
Row = dict[str, Any]


def records(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("docs-*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def rows_of(record: Row, *, clean: bool) -> list[Row]:
    """The documents of one record: the items of a collection are documents of their own."""
    base = {"id": record["id"], "source": f"https://{record['host']}/{record['id']}.html"}
    if clean:
        made = [d for d in clean_text(record["text"]) if isinstance(d, Document)]
        return [
            base
            | {
                "id": record["id"] + (f"-{place}" if place else ""),
                "text": document.text,
                "truncated": document.truncated,
                "published": _said(document, "published"),
                "declared_url": _said(document, "declared_url"),
            }
            for place, document in enumerate(made)
        ]
    items = record["clean_segments"] or [[0, len(record["clean_text"])]]
    return [
        base
        | {
            "id": record["id"] + (f"-{place}" if place else ""),
            "text": record["clean_text"][start:end],
            "truncated": record["truncated"] and len(items) == 1,
        }
        for place, (start, end, *_) in enumerate(items)
    ]


def _said(document: Document, name: str) -> str | None:
    fact = document.metadata.get(name)
    return None if fact is None or fact.value is None else str(fact.value)


def fill(tables: Tables, rows: list[Row]) -> None:
    for at in range(0, len(rows), ROWS):
        some = rows[at : at + ROWS]
        tables.append("documents", table_of("documents", some))
        pages = [
            {
                "origin": "made-up",
                "url": f"{row['source']}#{row['id']}",
                "visited_at": NOW,
                "document_ids": [row["id"]],
            }
            for row in some
        ]
        tables.merge_pages(table_of("pages", pages))


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    made = act()
    return time.process_time() - began, made


def read_and(tables: Tables, each: Callable[[str], Any]) -> None:
    for batch in tables.scan("documents", ["id", "text"]):
        for text in batch["text"].to_pylist():
            each(text)


def whole_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def letters_hash(text: str) -> str:
    return hashlib.sha256(letters(text)).hexdigest()


def score(known: dict[str, Row], clusters: dict[str, Row], truncated: dict[str, bool]) -> Row:
    """Pairs, canonical documents and completions beside what compose.py says."""
    whose: dict[str, str] = {}
    for name, record in known.items():
        original = record["dup_of"]
        whose[name] = original if original in known else name
    gold, found = defaultdict(set), defaultdict(set)
    for name in clusters:
        gold[whose.get(name, name)].add(name)  # items after the first are nobody's copies
        found[clusters[name]["cluster"]].add(name)
    true, said = _pairs(gold.values()), _pairs(found.values())
    figures = {
        "pairs": len(true),
        "precision": len(true & said) / max(1, len(said)),
        "recall": len(true & said) / max(1, len(true)),
    }
    canonical = completed = cut = with_both = more = 0
    for names in gold.values():
        whole = {n for n in names if n in known and not known[n]["truncated"]}
        short = names - whole
        if whole and short:
            with_both += 1
            canonical += {clusters[n]["cluster"] for n in names} <= whole
        for name in names:
            by = clusters[name]["completed_by"]
            if whole and name in short:
                cut += 1
                completed += by in whole
            else:
                more += by is not None
    return figures | {
        "clusters with a whole and a cut copy": with_both,
        "canonical is whole": canonical / max(1, with_both),
        "cut copies of a whole one": cut,
        "completed_by is whole": completed / max(1, cut),
        "completed without being cut": more,
        "cut, and cleaning says so": sum(
            truncated[n] for n in known if n in truncated and known[n]["truncated"]
        )
        / max(1, sum(known[n]["truncated"] for n in known if n in truncated)),
        "missed": sorted(true - said)[:10],
        "wrong": sorted(said - true)[:10],
    }


def _pairs(groups: Any) -> set[tuple[str, str]]:
    return {pair for names in groups for pair in combinations(sorted(names), 2)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folders", type=Path, nargs="+")
    asked.add_argument("--clean", action="store_true")
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--once", action="store_true", help="all at once, then nothing new")
    asked.add_argument("--first", type=int, default=0, help="only so many records")
    options = asked.parse_args()
    for folder in options.folders:
        known: dict[str, Row] = {}
        rows: list[Row] = []
        for record in records(folder):
            rows += rows_of(record, clean=options.clean)
            known[record["id"]] = {k: record[k] for k in ("dup_of", "truncated", "dup_kind")}
            if len(known) == options.first:
                break
        rows = list({row["id"]: row for row in rows}.values())
        place = nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory()
        with place as data:
            tables = Tables(Path(data))
            most = len(rows) * 9 // 10
            fill(tables, rows[:most])
            first = 0.0
            if not options.once:
                first, _ = timed(lambda d=data: find_duplicates(Path(d)))
            fill(tables, rows[most:])
            truncated = {row["id"]: row["truncated"] for row in rows}
            count = len(rows)
            hashes = (whole_hash, letters_hash, sketch)
            read = [timed(lambda t=tables, h=each: read_and(t, h))[0] for each in hashes]
            more, found = timed(lambda d=data: find_duplicates(Path(d)))
            again, _ = timed(lambda d=data: find_duplicates(Path(d)))
            whole = more
            if not options.once:
                tables.replace("sketches", tables.read("sketches").slice(0, 0))
                whole, _ = timed(lambda d=data: find_duplicates(Path(d)))
            clusters = {row["id"]: row for row in tables.read("clusters").to_pylist()}
        print(f"{folder}: {count:,} documents, {found}")
        print(
            f"  read, and hash the whole {read[0]:.2f} s, the letters {read[1]:.2f} s, the pieces "
            f"{read[2]:.2f} s; all at once {whole:.2f} s, with nothing new {again:.2f} s; first nine "
            f"tenths {first:.2f} s, then the last {more:.2f} s; peak, with what this benchmark "
            f"itself holds, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB"
        )
        for name, value in score(known, clusters, truncated).items():
            print(f"  {name}: {value:.4f}" if isinstance(value, float) else f"  {name}: {value}")


if __name__ == "__main__":
    main()
