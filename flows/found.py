"""
What is to be read: a file, or a part of one, and what is known of it before it is read.

A part of a container says where it lies instead of carrying its bytes, wherever
somebody else can get at them: `Slice` and `Member` go to worker processes, which
open the file themselves. Only what can be read from front to back alone (a packed
stream, a table's rows) travels as `body`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote_from_bytes

TOO_LARGE = 200 << 20  # bytes of one page
PACKED = (".gz", ".zst")  # suffixes that stand behind the suffix of what is packed

Scalar = str | int | float | bool
Fact = tuple[str, Scalar, str]  # name, value, and who says so


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why there are no bytes to clean; what becomes a `Rejected`."""

    rule: str  # unreadable-file, too-large, broken-archive, bad-row, …
    why: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes that stand in the file as they are."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a zip: where its local header begins, and what the central directory says."""

    offset: int
    packed: int  # bytes in the archive
    size: int  # bytes unpacked
    method: int
    crc: int


@dataclass(frozen=True, slots=True)
class Packed:
    """The whole file is one packed stream."""

    codec: str  # gz or zst


@dataclass(frozen=True, slots=True)
class Columns:
    """Where rows keep what we look for. Empty: nobody said."""

    text: str = ""
    html: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a container says about one page in it."""

    source: str = ""  # a URL
    content_type: str = ""
    content_encoding: str = ""  # how the body is still packed, as HTTP says it
    retrieved_at: datetime | None = None
    facts: tuple[Fact, ...] = ()
    archive_offset: int | None = None  # of the record, in the file it stands in


@dataclass(frozen=True, slots=True)
class Found:
    """Something to read. `body` is set for what was read already: standard input."""

    path: Path
    key: str  # path below the argument, with the argument's name in front; never absolute
    size: int = 0  # bytes, as far as they were known while walking
    problem: Unreadable | None = None  # why it cannot be read, when that is known already
    body: bytes | None = None
    within: tuple[str, ...] = ()  # the way into a container: "!member" or "#row", outermost first
    inside: Slice | Member | Packed | None = None
    kind: str = ""  # json: the bytes are a row; mail: a message; else a page
    columns: Columns = Columns()  # of a row
    said: Said = Said()
    weight: int | None = None  # bytes of the file that are done with it; None: its size
    changed: int = 0  # when the file was last changed, in nanoseconds

    @property
    def name(self) -> str:
        """For people: `a.zip!inner/b.txt`, `data.jsonl#12`."""
        return self.key + "".join(self.within)

    @property
    def tree(self) -> str:
        """Where it stands in a tree of texts: containers are folders there."""
        key = self.key
        if isinstance(self.inside, Packed):
            key = unpacked_name(key)
        return "/".join((key, *(part[1:] for part in self.within)))

    @property
    def source(self) -> str:
        """
        >>> Found(Path("/home/li/样本/a 1.html"), "样本/a 1.html").source
        'file:%E6%A0%B7%E6%9C%AC/a%201.html'
        >>> Found(Path("a!.zip"), "a!.zip", within=("!b/c#.txt",)).source
        'file:a%21.zip!b/c%23.txt'
        """
        return self.said.source or "file:" + _quoted(self.key) + "".join(
            part[0] + _quoted(part[1:]) for part in self.within
        )

    @property
    def done(self) -> int:
        """Bytes of the file that need no more reading when this is cleaned."""
        return self.size if self.weight is None else self.weight

    @property
    def is_row(self) -> bool:
        """One of very many: of a table, a list of lines, a WARC, a mailbox."""
        return bool(self.within) and self.within[-1].startswith("#")


def unpacked_name(name: str) -> str:
    """
    The name of what a packed file holds.

    >>> unpacked_name("a.jsonl.gz"), unpacked_name("b.tgz"), unpacked_name("c.txt")
    ('a.jsonl', 'b.tar', 'c.txt')
    """
    lower = name.lower()
    if lower.endswith((".tgz", ".tzst")):
        return name[: name.rindex(".")] + ".tar"
    return name[: name.rindex(".")] if lower.endswith(PACKED) else name


def _quoted(name: str) -> str:
    return quote_from_bytes(os.fsencode(name), safe="/-._~")
