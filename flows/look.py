"""A dataset that is there, counted again: what `zhengben stats` and `zhengben review` begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from cleaners import packs
from cleaners.document import Copy
from cleaners.errors import UsageError
from cleaners.rules import Rules
from flows import commit
from flows.columns import COPIES
from flows.commit import Manifest
from flows.figures import Figures, figures
from flows.stored import read_documents, read_rejects
from flows.tally import Tally


def manifest_of(folder: Path) -> Manifest:
    """
    What a dataset says of itself.

    DatasetError: it is not whole. UsageError: it is one of JSON lines, which nobody reads back.
    """
    if not folder.is_dir():
        raise UsageError(
            str(folder), "is no folder with a dataset", do="zhengben clean PATH --out DIR makes one"
        )
    manifest = commit.load(folder)
    if any(entry["name"].endswith(".jsonl") for entry in manifest["files"]):
        raise UsageError(
            str(folder),
            "holds its documents as JSON lines, and only Parquet is read back",
            do="write it as Parquet: zhengben clean PATH --out DIR, without --format jsonl",
        )
    return manifest


def figures_of(folder: Path) -> Figures:
    """
    The figures of a dataset, in one pass over its documents and rejects.

    DatasetError: it is incomplete, damaged, or of another version.
    """
    manifest = manifest_of(folder)
    tally = Tally()
    tally.add(read_documents(folder))
    tally.add(read_rejects(folder))
    for copy, truncated in _copies(folder, manifest):
        tally.add_copy(copy, truncated=truncated)
    return figures(tally, title=folder.name, rules=rules_named(manifest["packs"]))


def _copies(folder: Path, manifest: Manifest) -> Iterator[tuple[Copy, bool]]:
    """What a comparison with all others has found of each document, where there was one."""
    names = [column.name for column in COPIES]
    for entry in manifest["files"]:
        if not entry["name"].startswith("documents-"):
            continue
        with pq.ParquetFile(folder / entry["name"]) as file:
            for batch in file.iter_batches(columns=[*names, "truncated"]):
                for row in batch.to_pylist():
                    truncated = row.pop("truncated")
                    if row["cluster"] is not None:
                        yield Copy(**row), truncated


def rules_named(names: Iterable[str]) -> Rules | None:
    """The shipped packs among those that a dataset names; None when none is as it was then."""
    wanted = set(names)
    known = tuple(pack for pack in packs.shipped() if str(pack) in wanted)
    return Rules(known) if known else None
