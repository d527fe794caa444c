"""
Which files are read, and which of them are containers: by content where it can say so, else by name.

Archives, WARCs and Parquet begin with their mark, whatever they are called. Rows of
text do not: a page may look like CSV, or begin with a brace. So JSONL, CSV and
mailboxes are known by their names, and JSONL also where a name says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Literal

from flows.found import PACKED, unpacked_name

Kind = Literal["", "zip", "tar", "gz", "zst", "warc", "jsonl", "csv", "tsv", "parquet", "mbox"]

HEAD_BYTES = 1 << 12
CODECS: frozenset[Kind] = frozenset(("gz", "zst"))
ROWS: frozenset[Kind] = frozenset(("jsonl", "csv", "tsv", "parquet"))
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"PAR1", "parquet"),
    (b"WARC/", "warc"),
)
_BY_SUFFIX: Mapping[str, Kind] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jsonlines": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".mbox": "mbox",
    ".parquet": "parquet",
    ".zip": "zip",
    ".tar": "tar",
    ".warc": "warc",
    ".wet": "warc",
}
SUFFIXES = frozenset((*_BY_SUFFIX, ".tgz", ".tzst"))
_TEXT_SUFFIXES = frozenset((".html", ".htm", ".xhtml", ".txt", ".text", ".md"))
DOCUMENT_SUFFIXES = frozenset((".doc", ".docx", ".epub", ".mht", ".mhtml", ".pdf", ".rtf", ".wps"))
PAGE_SUFFIXES = _TEXT_SUFFIXES | DOCUMENT_SUFFIXES


def kind_of(head: bytes, name: str) -> Kind:
    r"""
    What a file is that begins with `head`; "" is a page.

    >>> kind_of(b"PK\x03\x04...", "a.txt"), kind_of(b"id,text\n", "a.csv"), kind_of(b"{}", "a.txt")
    ('zip', 'csv', '')
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    suffix = PurePosixPath(name.lower()).suffix
    if (known := _BY_SUFFIX.get(suffix, "")) in {"jsonl", "csv", "tsv", "mbox"}:
        return known
    if suffix not in _TEXT_SUFFIXES and _begins_with_json(head):
        return "jsonl"
    return ""


def is_wanted(name: str) -> bool:
    """
    Whether a folder's or an archive's file is read, by its name.

    >>> is_wanted("a/b.HTML"), is_wanted("c.jsonl.gz"), is_wanted("__MACOSX/._a.txt")
    (True, True, False)
    """
    *folders, last = name.split("/")
    if last.startswith(".") or any(map(is_hidden, folders)):
        return False
    return is_page_name(unpacked_name(last)) or is_container_name(last)


def is_hidden(name: str) -> bool:
    """Whether a folder of this name is passed over."""
    return (name.startswith(".") and name not in {".", ".."}) or name == "__MACOSX"


def is_page_name(name: str) -> bool:
    """Whether a name is that of a page or a document."""
    return PurePosixPath(name.lower()).suffix in PAGE_SUFFIXES


def is_container_name(name: str) -> bool:
    """Whether a folder's file is taken for a container by its name alone."""
    suffix = PurePosixPath(unpacked_name(name).lower()).suffix
    return suffix in SUFFIXES


def is_nested_name(name: str) -> bool:
    """Whether a member of an archive is opened itself: a container, or a file that is packed."""
    return is_container_name(name) or name.lower().endswith(PACKED)


def _begins_with_json(head: bytes) -> bool:
    """A first line that is one whole object, and a second one that begins like it."""
    line, feed, rest = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not (feed and line.startswith(b"{") and rest.lstrip()[:1] in {b"{", b""}):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
