"""One Document, one row of the dataset: the way there and back. See flows/columns.py."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cleaners.document import (
    Copy,
    Document,
    Edit,
    Evidence,
    Flag,
    Harvested,
    Link,
    Provenance,
    Rejected,
    Removal,
    Segment,
    TextBlock,
    Truncation,
)
from flows.columns import COPIES, PROVENANCE, SIGNALS

Row = dict[str, Any]

BIGGEST_ROW = 1 << 30  # bytes; Arrow's offsets are 32 bits
NOT_STORABLE = "not-storable"

_SURROGATES = re.compile(
    "[\ud800-\udfff]"
)  # half characters: UTF-8 and Arrow have no place for them
_BIGGEST = 2**63  # of an int64, and one more


def document_id(document: Document) -> str:
    """32 hex digits that name the document, whatever the run, its order and its rules."""
    origin = document.provenance
    key = f"{origin.raw_sha256}\n{document.segment.index}\n{origin.source}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def reject_id(page: Rejected) -> str:
    """32 hex digits that name the reject: the same page for the same rule is the same reject."""
    origin = page.provenance
    key = f"{origin.raw_sha256}\n{page.rule}\n{origin.source}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def storable(document: Document) -> tuple[Row, int] | Rejected:
    """The row and about its size in bytes, or why no dataset can hold the document."""
    try:
        made = row(document)
        bulk = size(made)
    except (UnicodeEncodeError, OverflowError, ValueError) as problem:
        return _unstorable(document, str(problem))
    if bulk > BIGGEST_ROW:
        return _unstorable(document, f"a row of {bulk:,} bytes")
    return made, bulk


def row(document: Document, copy: Copy | None = None) -> Row:
    """
    The document as a row of `SCHEMA`. Equal documents give equal rows.

    copy  what a comparison with all other documents has found; without it these columns are null

    ValueError: a signal that has no column.
    """
    said = document.metadata
    return {
        "id": document_id(document),
        "text": document.text,
        "title": document.title,
        "author": _value(said, "author"),
        "published": _value(said, "published"),
        "source_name": _value(said, "source"),
        "declared_url": _value(said, "declared_url"),
        "metadata": [
            _fields(fact, ("said", "witness", "trust"), name=name)
            | {"value": _value(said, name), "integer": isinstance(fact.value, int)}
            for name, fact in sorted(said.items())
        ],
        "truncated": document.truncated,
        "truncation": _truncation_row(document.truncation),
        "segment": _fields(document.segment, ("index", "count", "start", "end", "parent_title")),
        "original": document.original,
        "removals": [
            _fields(cut, ("rule", "kind", "start", "end", "text"))
            | {"harvest": _pairs(cut.harvest)}
            for cut in document.removals
        ],
        "repairs": _all(document.repairs, ("rule", "start", "end", "before", "after")),
        "flags": _all(document.flags, ("rule", "kind", "start", "end", "text")),
        "blocks": _all(document.blocks, TextBlock._fields),
        "links": _all(document.links, Link._fields),
        "signals": _signals_row(document.signals),
        **_provenance_row(document.provenance),
        **copy_row(copy),
    }


def document(row: Row) -> Document:
    """
    The document that `row` was made of. `id`, the flat metadata columns and those about copies
    are not read.
    """
    return Document(
        text=row["text"],
        title=row["title"],
        metadata={fact["name"]: _harvested(fact) for fact in row["metadata"]},
        truncation=_truncation(row["truncation"]),
        segment=Segment(**row["segment"]),
        original=row["original"],
        removals=tuple(
            Removal(**cut | {"harvest": _mapping(cut["harvest"])}) for cut in row["removals"]
        ),
        repairs=tuple(Edit(**edit) for edit in row["repairs"]),
        flags=tuple(Flag(**flag) for flag in row["flags"]),
        signals={name: value for name, value in row["signals"].items() if value is not None},
        provenance=_provenance(row),
        blocks=tuple(TextBlock(**block) for block in row["blocks"]),
        links=tuple(Link(**link) for link in row["links"]),
    )


def copy_row(copy: Copy | None) -> Row:
    """The columns about copies; null when nobody looked for them."""
    return {column.name: copy and getattr(copy, column.name) for column in COPIES}


def reject_row(page: Rejected) -> Row:
    """The reject as a row of `REJECTS_SCHEMA`, with U+FFFD for lone surrogates: it always fits."""
    said = {"rule": page.rule, "why": page.why, **_provenance_row(page.provenance)}
    return {name: _storable(value) for name, value in said.items()}


def rejected(row: Row) -> Rejected:
    """The reject that `row` was made of."""
    return Rejected(row["rule"], row["why"], _provenance(row))


def as_rows(
    results: Iterable[Document | Rejected],
) -> tuple[list[Row], list[Row]]:
    """Results as rows of the tables `documents` and `rejects`."""
    made: list[Row] = []
    refused: list[Row] = []
    for result in results:
        stored = result if isinstance(result, Rejected) else storable(result)
        if isinstance(stored, Rejected):
            refused.append({"id": reject_id(stored)} | reject_row(stored))
        else:
            made.append(stored[0])
    return made, refused


def size(value: object) -> int:
    """
    About how many bytes a row takes, uncompressed.

    UnicodeEncodeError, OverflowError: it holds what Arrow cannot: half a
    surrogate pair, or a number of more than 64 bits.
    """
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    if isinstance(value, list):
        return 8 + sum(map(size, value))
    if isinstance(value, int) and not -_BIGGEST <= value < _BIGGEST:
        raise OverflowError(f"{value:.3g} does not fit into 64 bits")
    return 8


def _unstorable(document: Document, problem: str) -> Rejected:
    return Rejected(NOT_STORABLE, f"the dataset cannot hold it: {problem}", document.provenance)


def _fields(value: object, names: Sequence[str], **more: object) -> Row:
    return more | {name: getattr(value, name) for name in names}


def _all(values: Iterable[object], names: Sequence[str]) -> list[Row]:
    return [_fields(value, names) for value in values]


def _pairs(values: Mapping[str, Any]) -> list[Row]:
    return [{"name": name, "value": value} for name, value in sorted(values.items())]


def _mapping(pairs: Iterable[Row]) -> dict[str, Any]:
    return {pair["name"]: pair["value"] for pair in pairs}


def _signals_row(signals: Mapping[str, float | str]) -> Row:
    made = {column.name: signals.get(column.name) for column in SIGNALS}
    if unknown := signals.keys() - made.keys():
        raise ValueError(f"no column for the signals {', '.join(sorted(unknown))}")
    return made


def _value(said: Mapping[str, Harvested], name: str) -> str | None:
    fact = said.get(name)
    return None if fact is None or fact.value is None else str(fact.value)


def _harvested(row: Row) -> Harvested:
    value = int(row["value"]) if row["integer"] else row["value"]
    return Harvested(value, row["said"], row["witness"], row["trust"])


def _truncation_row(truncation: Truncation | None) -> Row | None:
    if truncation is None:
        return None
    evidence = _all(truncation.evidence, ("rule", "start", "end"))
    chars = ("kind", "declared_chars", "shown_chars", "hidden_chars")
    return _fields(truncation, chars, evidence=evidence)


def _truncation(row: Row | None) -> Truncation | None:
    if row is None:
        return None
    evidence = tuple(Evidence(**place) for place in row["evidence"])
    numbers = (row["declared_chars"], row["shown_chars"], row["hidden_chars"])
    return Truncation(row["kind"], evidence, *numbers)


def _provenance_row(provenance: Provenance) -> Row:
    made = _fields(provenance, [column.name for column in PROVENANCE])
    made["retrieved_at"] = _utc(provenance.retrieved_at)
    made["packs"], made["steps"] = list(provenance.packs), list(provenance.steps)
    return made


def _provenance(row: Row) -> Provenance:
    made = {column.name: row[column.name] for column in PROVENANCE}
    made["retrieved_at"] = _utc(made["retrieved_at"])
    made["packs"], made["steps"] = tuple(made["packs"]), tuple(made["steps"])
    return Provenance(**made)


def _utc(moment: datetime | None) -> datetime | None:
    """The same moment in UTC; a moment without a zone is taken to be UTC already."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _storable(value: object) -> object:
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
