"""
The columns of the tables below DATA/tables, beside those of flows/columns.py.

`documents` has the columns of a dataset's documents but those about copies, which are in
`clusters`; `rejects` has those of its rejects with an id in front. Described here and nowhere else: docs/dataset.md is made of it.
"""

from __future__ import annotations

import pyarrow as pa

from flows.columns import COPIES, DOCUMENT_COLUMNS, REJECT_COLUMNS, Column

_MOMENT = pa.timestamp("us", "UTC")


def _text(name: str, doc: str) -> Column:
    return Column(name, pa.string(), doc)


def _number(name: str, doc: str) -> Column:
    return Column(name, pa.int64(), doc)


def _moment(name: str, doc: str) -> Column:
    return Column(name, _MOMENT, doc)


def _ids(name: str, doc: str) -> Column:
    return Column(name, pa.list_(pa.string()), doc)


_ORIGIN = _text("origin", "Name of the source, in the file of sources, that asked for it.")
_FILE = _text("archive_file", "WARC file, below DATA/archive.")
_OFFSET = _number("archive_offset", "Where in that file, in bytes.")
_LENGTH = _number("archive_length", "Bytes of the compressed record.")

PAGES: tuple[Column, ...] = (
    _ORIGIN,
    _text("url", "The canonical URL; with `origin` the key of the table."),
    _text("kind", "page, part (a later one of an article), or list: what pages were found with."),
    _text(
        "outcome",
        "Of the last visit: new, changed, unchanged, gone (404 or 410), failed (it may pass) "
        "or refused (robots.txt, a private address and the like).",
    ),
    _number("status", "HTTP status of the last answer; 0 without one."),
    _text("answered", "The URL that answered, after redirects; `source` of the documents."),
    _text("etag", "As the server said it; asked with at the next visit."),
    _text("last_modified", "Likewise."),
    _text(
        "raw_sha256",
        "SHA-256 of the bytes that the page has now, content coding undone; of an article in "
        "parts of all their bytes, one after the other.",
    ),
    _text("payload_digest", "Digest of these bytes as they were sent, as the archive writes it."),
    _moment("first_seen", "The first visit."),
    _moment("visited_at", "The last visit."),
    _moment("changed_at", "The last visit that brought other bytes."),
    _number("failures", "Visits that failed, one after the other, up to now."),
    _moment("due_at", "Not asked again before this moment."),
    _text("rule", "Why the last visit gave no page; null when it did."),
    _text("why", "The same in words."),
    _ids("document_ids", "The current documents of the page, in the order of the page."),
    _ids("reject_ids", "Its current rejects."),
    _FILE,
    _OFFSET,
    _LENGTH,
    _text("part_of", "URL of the first part, for a later part of a joined article."),
)

CAPTURES: tuple[Column, ...] = (
    _text("url", "What was asked for: of a redirect the URL before it."),
    _moment("at", "When it was asked for."),
    _text("kind", "response, revisit (the bytes are in an older record) or resource (a file)."),
    _number("status", "HTTP status; 0 for a file."),
    _text("digest", "Digest of the payload, as the archive writes it."),
    _FILE,
    _OFFSET,
    _LENGTH,
)

RUNS: tuple[Column, ...] = (
    _text("run", "Name of the run: when it began, and a few random letters."),
    _ORIGIN,
    _moment("started_at", "When it began."),
    _moment("ended_at", "When it ended; null for a run that was killed."),
    _text("state", "completed, stopped (a signal, a limit), failed or killed."),
    _text("note", "What a failed run died of."),
    _number("asked", "URLs that were asked for, those of lists and feeds among them."),
    _number("new", "Pages that were not known before."),
    _number("changed", "Pages with other bytes than at the visit before."),
    _number("unchanged", "Pages with the same bytes, nearly all of them not sent again."),
    _number("gone", "Pages that are not there any more."),
    _number("failed", "Pages that gave nothing, which may pass."),
    _number("refused", "Pages that we may not or will not ask for."),
    _number("documents", "Documents that were added."),
    _number("rejects", "Rejects that were added."),
    _number("bytes", "Size of the run's archive files."),
    _text("code_version", "Version of zhengben."),
    _text("versions", "Of Python and the libraries that decide what is in the tables."),
)

REJECTS: tuple[Column, ...] = (
    _text(
        "id",
        "32 hex digits of a SHA-256 over rule, source and raw_sha256; of a page that was cleaned "
        "again, over all that is in the row.",
    ),
    *REJECT_COLUMNS,
)

SKETCHES: tuple[Column, ...] = (
    _text("id", "The document. A sketch is all that is needed to compare it with others."),
    _text("digest", "Of the text's letters and digits: equal for texts that differ in marks only."),
    _number("size", "Bytes of these letters and digits in UTF-8."),
    Column("grams", pa.binary(), "Four bytes for each piece of the text, with that before it."),
    Column("sizes", pa.binary(), "A byte for each piece: its length in UTF-8, at most 255."),
    Column("numbers", pa.binary(), "Four bytes for each number in the text, sorted."),
    Column("truncated", pa.bool_(), "As in `documents`."),
    _text("source", "As in `documents`."),
    _text("declared_url", "As in `documents`."),
    _text("published", "As in `documents`."),
    _moment("retrieved_at", "As in `documents`."),
    _text("version", "Of the way in which sketches are made; others are made anew."),
)

CLUSTERS: tuple[Column, ...] = (
    _text("id", "The document. One row for each current one that was there at the last run."),
    *COPIES,
)

TABLES: dict[str, tuple[Column, ...]] = {
    "pages": PAGES,
    "documents": DOCUMENT_COLUMNS,
    "rejects": REJECTS,
    "captures": CAPTURES,
    "runs": RUNS,
    "sketches": SKETCHES,
    "clusters": CLUSTERS,
}
OF_THEIR_OWN = [
    (f"tables/{name}", TABLES[name])
    for name in ("pages", "captures", "runs", "sketches", "clusters")
]
SCHEMAS = {name: pa.schema([c.field for c in columns]) for name, columns in TABLES.items()}
