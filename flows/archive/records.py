"""What writing and reading an archive share: places, digests, and the form of records."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

SUFFIX = ".warc.gz"
PART = ".part"
CLOSING = "application/json"  # of the metadata record that closes a visit
NOT_MODIFIED = 304
CHUNK = 1 << 16
FILE_NAME, FILE_OFFSET = "WARC-Refers-To-Filename", "WARC-Refers-To-File-Offset"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a record is: a file below the archive's folder, and bytes in it."""

    file: str
    offset: int
    length: int  # of the compressed record


@dataclass(frozen=True, slots=True)
class Original:
    """A record whose payload need not be stored again."""

    url: str
    at: datetime
    digest: str  # of the payload, as `payload_digest` writes it
    location: Location


def payload_digest(body: bytes) -> str:
    """
    A digest as WARC files write it.

    >>> payload_digest(b"")
    'sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ===='
    """
    return "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode()


def part_of(final: Path) -> Path:
    """The temporary name of a file: hidden, and not ending as an archive does."""
    return final.with_name(f".{final.name}{PART}")


def instant(at: datetime) -> str:
    """
    A moment as WARC 1.1 writes it.

    >>> instant(datetime(2024, 10, 3, 8, 0, 0, 1500, tzinfo=UTC))
    '2024-10-03T08:00:00.001500Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def members(stream: BinaryIO) -> Iterator[tuple[int, bool]]:
    """Where each whole gzip member ends, and whether it closes a visit; stops at a torn one."""
    end = 0
    held = b""
    while True:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        head = b""
        while not member.eof:
            held = held or stream.read(CHUNK)
            if not held:
                return
            try:
                text = member.decompress(held)
            except zlib.error:
                return
            head = (head + text)[:CHUNK]
            held = member.unused_data
        end = stream.tell() - len(held)
        yield end, b"\r\nWARC-Type: metadata\r\n" in head.partition(b"\r\n\r\n")[0]
