"""
Reads a release with the tools that people have, and nothing of ours.

    python tests/readers.py FOLDER

Run as a program of its own, which `zhengben` is not imported into. Prints what each reader
found as one JSON object: its name, how many documents, and the first text.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}


def with_pyarrow(folder: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted(folder.glob("documents-*.parquet"))
    table = pa.concat_tables([pq.read_table(f, page_checksum_verification=True) for f in files])
    table = table.sort_by("source")
    return len(table), table["text"][0].as_py(), table["signals"][0]["han_share"].as_py()


def with_duckdb(folder: Path):
    import duckdb

    [(rows, text, share)] = duckdb.sql(
        f"SELECT count(*), first(text ORDER BY source), first(signals.han_share ORDER BY source) "
        f"FROM '{folder}/documents-*.parquet'"
    ).fetchall()
    return rows, text, share


def with_polars(folder: Path):
    import polars as pl

    frame = pl.scan_parquet(folder / "documents-*.parquet")
    first = frame.sort("source").select("text", pl.col("signals").struct.field("han_share")).first()
    [(text, share)] = first.collect().rows()
    return frame.select(pl.len()).collect().item(), text, share


def with_pandas(folder: Path):
    import pandas as pd

    frame = pd.concat(map(pd.read_parquet, sorted(folder.glob("documents-*.parquet"))))
    first = frame.sort_values("source").iloc[0]
    return len(frame), first["text"], first["signals"]["han_share"]


def with_datasets(folder: Path):
    """The card's front matter says which files are which part: load_dataset needs no more."""
    import datasets

    parts = datasets.load_dataset(str(folder), cache_dir=os.environ["HF_HOME"])
    assert set(parts) == {"train", "test"}, parts
    rejects = datasets.load_dataset(str(folder), "rejects", cache_dir=os.environ["HF_HOME"])
    assert rejects["train"].num_rows == 2, rejects
    rows = [
        row for part in parts.values() for row in part.select_columns(["source", "text", "signals"])
    ]
    first = min(rows, key=lambda row: row["source"])
    return len(rows), first["text"], first["signals"]["han_share"]


def with_mlcroissant(folder: Path):
    import mlcroissant

    described = mlcroissant.Dataset(str(folder / "croissant.json"))
    assert not described.metadata.issues.errors, described.metadata.issues.report()
    records = list(described.records("documents"))
    first = min(records, key=lambda one: one["documents/source"])
    signals = first["documents/signals"]
    return len(records), first["documents/text"].decode(), signals["documents/signals/han_share"]


READERS: tuple[Callable[[Path], tuple[int, str, float]], ...] = (
    with_pyarrow, with_duckdb, with_polars, with_pandas, with_datasets, with_mlcroissant,
)  # fmt: skip


def main() -> None:
    folder = Path(sys.argv[1])
    found = {}
    for reader in READERS:
        began = time.process_time()
        try:
            said = reader(folder)
        except Exception as problem:  # noqa: BLE001  one reader's trouble is what the test shows
            said = repr(problem)
        found[reader.__name__.removeprefix("with_")] = said
        print(f"{reader.__name__} {time.process_time() - began:.2f} s", file=sys.stderr)
    assert not {"flows", "cleaners"} & sys.modules.keys()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
