"""
What was fetched, kept as it came: WARC files, the format of the web's own archives.

    visit ──▶ request, response …   a pair for each hop, the last one the page
              metadata              closes the visit: what was wanted, and how it ended

An answer that brings nothing new is a `revisit` record, which names the record that has
the bytes: the 304 of an unchanged page, or a payload that is in the archive already.
Each record is a gzip member of its own, so that any can be read by file and offset, and
carries SHA-256 digests of its block and of its payload.

A file is written by one task, under a temporary name. It gets its final name when it is
complete and on the disk, and nothing is ever appended to it. The closing record comes
last, so of a killed task those visits are kept that are whole (`salvage`). And the
file says all about each of them, so the tables can be brought up to date from it alone
(`visits`), as often as it takes.
"""

from flows.archive.read import Capture, Visit, captures, outline, prove, read, read_article, visits
from flows.archive.records import Location, Original, payload_digest
from flows.archive.write import ArchiveWriter, salvage

__all__ = [
    "ArchiveWriter",
    "Capture",
    "Location",
    "Original",
    "Visit",
    "captures",
    "outline",
    "payload_digest",
    "prove",
    "read",
    "read_article",
    "salvage",
    "visits",
]
