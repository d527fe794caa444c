"""Tables as an ingest would leave them, made of the samples without a network, and a release of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from exchanges import BEGAN
from shards import PLACE, a_reject, a_shard

from cleaners.clean import clean
from cleaners.document import Copy, Document, RawPage, Rejected
from cleaners.packs import default
from flows.rows import copy_row, document_id
from flows.tables import Tables, table_of

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
HOSTS = {".html": "news.example", ".txt": "wen.example", ".md": "notes.example"}
TYPES = {".html": "text/html", ".txt": "text/plain", ".md": "text/markdown"}
WHOLE = "watermarked-speech.txt"


@cache
def cleaned_samples() -> list[tuple[str, list[Document | Rejected]]]:
    """Of each sample the URL that it is said to come from, and what it gives."""
    found: list[tuple[str, list[Document | Rejected]]] = []
    for number, path in enumerate(sorted(SAMPLES.rglob("*"))):
        if path.suffix in TYPES and path.stat().st_size and not path.name.startswith("."):
            url = f"https://{HOSTS[path.suffix]}/{number}/{path.stem}"
            page = RawPage(url, path.read_bytes(), TYPES[path.suffix], BEGAN + timedelta(number))
            found.append((url, [_archived(result) for result in clean(page, default())]))
            if path.name == WHOLE:  # the same text on a site that copies
                copied = replace(page, source="https://copies.example/speech")
                found.append((copied.source, [_archived(r) for r in clean(copied, default())]))
    found.append(("https://news.example/gone", [a_reject("https://news.example/gone")]))
    return found


def tables_of_samples(data: Path, *, compared: bool = True) -> Tables:
    """Tables below `data`, with what a comparison of all documents would have found."""
    tables = Tables(data)
    pages = cleaned_samples()
    tables.commit(a_shard(*((url, *results) for url, results in pages)))
    if compared:
        tables.replace("clusters", table_of("clusters", _clusters(pages)))
    return tables


def _archived(result: Document | Rejected) -> Document | Rejected:
    where = {"archive_file": PLACE.file, "archive_offset": PLACE.offset}
    return replace(result, provenance=replace(result.provenance, **where))


def _clusters(pages: list[tuple[str, list[Document | Rejected]]]) -> list[dict[str, object]]:
    found = {
        url: [result for result in results if isinstance(result, Document)]
        for url, results in pages
    }
    [whole] = next(some for url, some in found.items() if Path(WHOLE).stem in url)
    its_id = document_id(whole)
    rows: list[dict[str, object]] = []
    for url, some in found.items():
        for one in some:
            name = document_id(one)
            copy = Copy(name, canonical=True)
            if "copies.example" in url:
                copy = Copy(its_id, canonical=False, duplicate_of=its_id, overlap=1.0)
            rows.append({"id": name} | copy_row(copy))
    return rows
