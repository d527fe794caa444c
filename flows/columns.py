"""
The columns of a dataset and what each means.

The tables below are the only place where a column is described: `SCHEMA`,
`REJECTS_SCHEMA` and the tables of docs/dataset.md are made of them. There is
no map type in it: Hugging Face `datasets` cannot read maps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from flows.examples import EXAMPLES

SCHEMA_VERSION = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column, or a field of a struct: its name, its Arrow type, and one sentence."""

    name: str
    type: pa.DataType
    doc: str
    fields: tuple[Column, ...] = ()  # of the struct, or of the structs in the list
    repeats: bool = False  # few different values: worth a dictionary in Parquet

    @property
    def field(self) -> pa.Field:
        return pa.field(self.name, self.type)


def _text(name: str, doc: str, *, repeats: bool = False) -> Column:
    return Column(name, pa.string(), doc, repeats=repeats)


def _texts(name: str, doc: str) -> Column:
    return Column(name, pa.list_(pa.string()), doc, repeats=True)


def _number(name: str, doc: str) -> Column:
    return Column(name, pa.int64(), doc)


def _real(name: str, doc: str) -> Column:
    return Column(name, pa.float64(), doc)


def _struct(name: str, doc: str, *fields: Column) -> Column:
    return Column(name, pa.struct([column.field for column in fields]), doc, fields)


def _structs(name: str, doc: str, *fields: Column) -> Column:
    return Column(name, pa.list_(pa.struct([column.field for column in fields])), doc, fields)


_RULE = _text("rule", "Id of the rule; `zhengben rules ID` prints its page.", repeats=True)
_KIND = _text("kind", "What sort of text it is, in the rule's words.", repeats=True)
_START = _number("start", "Offset of the first character, counted from the page's beginning.")
_END = _number("end", "Offset after the last character, counted from the page's beginning.")

PROVENANCE: tuple[Column, ...] = (
    _text("source", "Where the page came from: a URL, or a `file:` URI."),
    _text("raw_sha256", "SHA-256 of the page's raw bytes, lower-case hex."),
    Column("retrieved_at", pa.timestamp("us", "UTC"), "When it was fetched; null for local files."),
    _text("encoding", "The encoding that the bytes were read in.", repeats=True),
    _text("encoding_witness", "Who named that encoding.", repeats=True),
    _number("unreadable", "Characters that could not be decoded."),
    _text("extractor", "What took the main text out of the page, name@version.", repeats=True),
    _texts("packs", "Rule packs, name@digest, in the order in which they were applied."),
    _texts("steps", "Normalisation steps, name@version, in their order."),
    _text("code_version", "Version of the code that cleaned the page.", repeats=True),
    _text("archive_file", "WARC file that holds the raw bytes; null when not archived."),
    _number("archive_offset", "Where in that file, in bytes."),
)

SIGNALS: tuple[Column, ...] = (
    _real("chars", "Characters of `text`."),
    _real("lines", "Lines of `text`, which are its paragraphs, headings, items and rows."),
    _real("han_share", "Han characters / characters of `text`."),
    _real(
        "hant_share",
        "Of the characters that only one script has (国 or 國, but not 里, 后 or 台) the share that is "
        "Traditional; null when there are none.",
    ),
    _text(
        "script",
        "Of Chinese texts: Hans for `hant_share` up to 0.1, Hant from 0.9, mixed between them; null "
        "when there is no such character.",
        repeats=True,
    ),
    _text(
        "language",
        "What the text is written in, by its letters: zh, ja, ko, or en, which is known by its "
        "commonest words; null for every other language, and without letters.",
        repeats=True,
    ),
    _real(
        "sentence_end_share",
        "Lines that end like a sentence (。！？… or .!?, and what closes quotes or brackets) / lines. "
        "After C4's terminal punctuation (Raffel et al. 2020).",
    ),
    _real(
        "mean_sentence_chars",
        "Characters of `text` without line feeds / sentences; a sentence ends at 。！？…, at !? or a "
        "full stop before a blank, and at the line's end.",
    ),
    _real("punctuation_share", "Punctuation marks, ASCII and full-width / characters of `text`."),
    _real(
        "duplicate_line_share",
        "Characters of lines that equal an earlier line / characters of all lines. Gopher's "
        "duplicate line character fraction (Rae et al. 2021, table A1).",
    ),
    _real(
        "duplicate_ngram_share",
        "Characters in runs of 10 that stood in the text before / characters, both without line "
        "feeds, of the first 100,000. Gopher's duplicate n-gram character fraction, with "
        "characters for words.",
    ),
    _real(
        "unreadable_share",
        "U+FFFD, where characters are lost / characters of `text`; `unreadable` counts those of "
        "the whole page.",
    ),
    _real("removed_share", "Characters that were cut / characters of `original`."),
    _real(
        "extraction_confidence",
        "How far the block that was taken for the main text stands out from the next best on its "
        "page, 0 to 1; 1 for what is no web page.",
    ),
)

COPIES: tuple[Column, ...] = (
    _text(
        "cluster",
        "The `id` of the canonical document of the copies that this document is one of; its own "
        "when it has none. Null, as the four that follow, where nobody looked for duplicates.",
    ),
    Column(
        "canonical",
        pa.bool_(),
        "True for the one document of each cluster that stands for it: the fullest, then the most "
        "trusted, then the earliest.",
    ),
    _text("duplicate_of", "The `id` of that document; null when it is this one."),
    _text(
        "completed_by",
        "The `id` of a copy that has what this one lacks; null when nothing is known to be missing.",
    ),
    _real(
        "overlap",
        "Share of this document's letters and digits that stand in the one it is a duplicate of, "
        "in runs; null when it is the canonical one.",
    ),
)

DOCUMENT_COLUMNS: tuple[Column, ...] = (
    _text(
        "id",
        "32 hex digits of a SHA-256 over raw_sha256, segment.index and source: the same in every "
        "run, unique within a dataset. In tables and releases, a document that was cleaned again "
        "(`zhengben reclean`) is another row, with a digest of all that is in it.",
    ),
    _text("text", "The clean text; lines end in a line feed, the last one has none."),
    _text("title", "The document's own title, which is not in `text`; null when unknown."),
    _text("author", "The value of the metadata named `author`."),
    _text(
        "published",
        "The value of the metadata named `published`: ISO 8601, as exact as it is known "
        "(2024, 2024-03, 2024-03-05, 2024-03-05T10:30+08:00); a time has its zone.",
    ),
    _text("source_name", "The value of the metadata named `source`: a medium or an office."),
    _text(
        "declared_url",
        "The value of the metadata named `declared_url`: where the page says it is from.",
    ),
    _structs(
        "metadata",
        "What the page says about its text, sorted by name.",
        _text("name", "What is said: author, published, source and the like.", repeats=True),
        _text("value", "The fact; null when what the page says is worthless (来源：网络)."),
        Column("integer", pa.bool_(), "True when `value` is a whole number, written in digits."),
        _text("said", "The fact as it is printed on the page."),
        _text("witness", "The rule, <meta> name or heading that said it.", repeats=True),
        _text("trust", "high, medium, low or none.", repeats=True),
    ),
    Column("truncated", pa.bool_(), "True when text is missing; a notice alone is not enough."),
    _struct(
        "truncation",
        "What is known about missing text; null when nothing speaks for any.",
        _text("kind", "tail_cut, middle_hole, or notice_only: a notice on a text that ends well."),
        _structs("evidence", "The places that speak for it.", _RULE, _START, _END),
        _number("declared_chars", "Length of the whole text as the page states it, in characters."),
        _number("shown_chars", "Length of what is shown as the page states it, in characters."),
        _number("hidden_chars", "Length of what is hidden as the page states it, in characters."),
    ),
    _struct(
        "segment",
        "Which part of its page the document is; parts follow on each other without gaps.",
        _number("index", "From 0."),
        _number("count", "Documents on the page; 1 for nearly every page."),
        _START,
        _END,
        _text("parent_title", "Title of the collection that the document stands in."),
    ),
    _text(
        "original",
        "This document's part of the page's visible text, before anything was repaired or cut: "
        "`text` can be computed again from it, from `repairs`, `removals` and `steps`.",
    ),
    _structs(
        "removals",
        "Every cut, sorted, never overlapping.",
        _RULE,
        _KIND,
        _START,
        _END,
        _text("text", "Every character that was cut."),
        _structs(
            "harvest",
            "Facts found in the cut, sorted by name.",
            _text("name", "Name of the pattern's group.", repeats=True),
            _text("value", "What it matched."),
        ),
    ),
    _structs(
        "repairs",
        "Damaged characters that were put right, sorted, outside every cut.",
        _RULE,
        _START,
        _END,
        _text("before", "What stood there."),
        _text("after", "What is meant."),
    ),
    _structs(
        "flags",
        "What a reader should know about; nothing was changed.",
        _RULE,
        _KIND,
        _START,
        _END,
        _text("text", "The text that the flag is about."),
    ),
    _structs(
        "blocks",
        "The lines of `text` that are no plain paragraphs, in order: what Markdown is made of.",
        _number("start", "Offset of the line's first character in `text`."),
        _number("end", "Offset after its last character in `text`."),
        _text("role", "heading, list, table, code, caption or reply.", repeats=True),
        _number("level", "1 to 6 of a heading; of a list's item how deep it is nested, from 1."),
        _text(
            "mark",
            "Of a list's item - or its number, 3.; of code its language, and ``` for its fences; "
            "of a table's row a letter a column: h head, c cell, - empty.",
            repeats=True,
        ),
        _number("unit", "A number that the lines of one item, table or code block share."),
    ),
    _structs(
        "links",
        "The links in `text`, in order; empty unless they were asked for.",
        _number("start", "Offset of the link's first character in `text`."),
        _number("end", "Offset after its last character in `text`."),
        _text("target", "Where it leads, absolute if the page's URL is known."),
    ),
    _struct(
        "signals", "Measures of quality; they decide nothing. Shares are from 0 to 1.", *SIGNALS
    ),
    *PROVENANCE,
)

# What a document has, and what only a comparison with all others can say: in a folder's files.
COLUMNS: tuple[Column, ...] = (*DOCUMENT_COLUMNS, *COPIES)

REJECT_COLUMNS: tuple[Column, ...] = (
    _text("rule", "Id of the rule, or of the step that gave up.", repeats=True),
    _text("why", "Why there is no document, in words."),
    *PROVENANCE,
)

_VERSIONS = {"zhengben.schema_version": str(SCHEMA_VERSION)}
SCHEMA: pa.Schema = pa.schema([column.field for column in COLUMNS], metadata=_VERSIONS)
REJECTS_SCHEMA: pa.Schema = pa.schema(
    [column.field for column in REJECT_COLUMNS], metadata=_VERSIONS
)


def repeating(columns: Iterable[Column], above: str = "") -> Iterator[str]:
    """Parquet paths of the columns that are worth a dictionary."""
    for column in columns:
        inside = f"{above}{column.name}" + (
            ".list.element" if pa.types.is_list(column.type) else ""
        )
        if column.repeats:
            yield inside
        yield from repeating(column.fields, f"{inside}.")


def columns_page(*more: tuple[str, Iterable[Column]]) -> str:
    """Files and tables with their columns in Markdown, as they stand in docs/dataset.md."""
    parts = [("documents-*.parquet", COLUMNS), ("rejects.parquet", REJECT_COLUMNS), *more]
    return "\n".join(
        f"## {files}\n\n| Column | Type | Example | Meaning |\n| --- | --- | --- | --- |\n"
        + "".join(
            f"| `{name}` | {type_name(column.type)} | {_example(files, name)} | {column.doc} |\n"
            for name, column in leaves_and_branches(columns)
        )
        for files, columns in parts
    )


def leaves_and_branches(columns: Iterable[Column], above: str = "") -> Iterator[tuple[str, Column]]:
    """Every column and every field in it, by its path: `removals[].harvest[].name`."""
    for column in columns:
        many = pa.types.is_list(column.type)
        yield f"{above}{column.name}", column
        yield from leaves_and_branches(
            column.fields, f"{above}{column.name}{'[]' if many else ''}."
        )


def _example(files: str, name: str) -> str:
    """As SQL would show it; empty for what consists of fields that have their own."""
    value = EXAMPLES.get(files, {}).get(name)
    if value is None:
        return ""
    if isinstance(value, datetime):
        said = value.isoformat(sep=" ")
    elif isinstance(value, bytes):
        said = f"0x{value.hex()}"
    elif isinstance(value, str):
        said = value.replace("\n", "⏎").replace("|", "\\|")
    else:
        said = str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
    return f"`{said}`"


def type_name(kind: pa.DataType) -> str:
    """As docs/dataset.md calls it."""
    if pa.types.is_list(kind):
        return f"list of {type_name(kind.value_type)}"
    return "struct" if pa.types.is_struct(kind) else str(kind)
