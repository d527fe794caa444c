"""
A file in, its parts out; a page comes out as it is.

Only the beginning of a file is read to know what it is. Parts come in the order in
which they stand. A container that is damaged gives what stands before the damage and
one reject for the rest. Containers in containers are opened once, not deeper.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from io import BufferedReader
from typing import IO, BinaryIO, cast

from flows.containers import lines, mailbox, rows, tables, tars, warcs, zips
from flows.containers.codecs import RefusedError, refusing, too_large, unpacked
from flows.containers.kinds import CODECS, HEAD_BYTES, Kind, is_nested_name, is_wanted, kind_of
from flows.containers.source import NESTED_BYTES, NO_COLUMNS, TOO_LARGE, Members, Nested, Source
from flows.found import Columns, Found, Packed, Unreadable, unpacked_name
from flows.regular import open_regular

IN_MEMORY = 8 << 20  # of a container in a container; more of it waits in a temporary file
_COPY = 1 << 18


@dataclass(slots=True)
class Opened:
    """A file, or a copy of a member, and what it is as far as its beginning tells."""

    found: Found
    raw: BinaryIO
    nested: bool = False
    codec: str = ""
    kind: Kind = ""

    def look(self) -> None:
        """Set what it is. RefusedError: it is packed, and the packing is broken, or packed again."""
        name = self.found.within[-1] if self.nested else self.found.key
        self.kind = kind_of(self.raw.read(HEAD_BYTES), name)
        if self.kind in CODECS:
            self.codec = self.kind
            head = cast("BufferedReader", self.stream()).read1(HEAD_BYTES)  # not beyond damage
            self.kind = kind_of(head, unpacked_name(name))
        if self.codec and self.kind in {*CODECS, "zip", "parquet"}:
            raise RefusedError(
                "nested-archive", f"a {self.kind} file is packed in it; unpack it once"
            )

    def stream(self) -> BinaryIO:
        """What is in it, from the beginning."""
        self.raw.seek(0)
        return unpacked(self.raw, self.codec)

    def source(self, columns: Columns = NO_COLUMNS) -> Source:
        return Source(self.found, self.stream(), self.raw, not (self.nested or self.codec), columns)

    def names(self) -> list[str]:
        """The columns of its rows."""
        if self.kind == "parquet":
            return tables.parquet_names(self.raw)
        if self.kind == "jsonl":
            return lines.names(self.stream())
        return tables.csv_names(self.sample(), self.kind)

    def sample(self) -> bytes:
        """As much of its beginning as tells the encoding of rows, and what is between them."""
        return self.stream().read(tables.SAMPLE_BYTES)


def expand(files: Iterable[Found], columns: Columns = NO_COLUMNS) -> Iterator[Found]:
    """Every page in the files, those in containers among them."""
    for file in files:
        if file.problem is not None or file.body is not None:
            yield file
        else:
            yield from _expanded(file, columns)


def _expanded(file: Found, columns: Columns) -> Iterator[Found]:
    try:
        raw = open_regular(file.path)
    except OSError:
        raw = Unreadable("", "")
    if isinstance(raw, Unreadable):  # who wants to read it will say why
        yield file
        return
    with raw:
        yield from _parts(Opened(file, raw), columns)


def _parts(opened: Opened, columns: Columns) -> Iterator[Found]:
    try:
        opened.look()
        yield from _members(opened, columns)
    except RefusedError as refused:
        yield replace(opened.found, problem=refused.problem, weight=0)


def _members(opened: Opened, columns: Columns) -> Iterator[Found]:
    match opened.kind:
        case "":
            yield _page(opened)
        case "zip":
            with zips.archive_of(opened.raw) as archive:
                if zips.is_document(archive):
                    yield _page(opened)
                else:
                    found = zips.members(opened.source(), archive, is_wanted, is_nested_name)
                    yield from _unnested(found, opened, columns)
        case "tar":
            found = tars.members(opened.source(), is_wanted, is_nested_name)
            yield from _unnested(found, opened, columns)
        case "warc":
            yield from warcs.parts(Source(opened.found, opened.raw, opened.raw, direct=False))
        case "mbox":
            yield from mailbox.parts(opened.source())
        case _:
            yield from _rows(opened, columns)


def _rows(opened: Opened, columns: Columns) -> Iterator[Found]:
    names = opened.names()
    chosen = rows.choose(columns, names) if names else columns
    if isinstance(chosen, str):
        yield replace(opened.found, problem=rows.no_column(chosen, names))
    elif opened.kind == "parquet":
        opened.raw.seek(0)
        yield from tables.parquet_parts(opened.source(), chosen)
    elif opened.kind == "jsonl":
        yield from lines.parts(opened.source(), chosen)
    else:
        sample = opened.sample()
        yield from tables.csv_parts(opened.source(), chosen, opened.kind, sample)


def _page(opened: Opened) -> Found:
    """A page for a worker; with its bytes when no worker can get at them."""
    if not opened.nested:
        inside = Packed(opened.codec) if opened.codec else None
        return replace(opened.found, inside=inside)
    with refusing("broken-archive"):
        body = opened.stream().read(TOO_LARGE + 1)
    if len(body) > TOO_LARGE:
        return replace(opened.found, problem=too_large(TOO_LARGE))
    return replace(opened.found, body=body, size=len(body))


def _unnested(members: Members, above: Opened, columns: Columns) -> Iterator[Found]:
    """Members as they are, and the parts of those that are containers."""
    for member in members:
        if not isinstance(member, Nested):
            yield member
        elif above.nested:
            why = "a container in a container in a container; unpack it once"
            yield replace(member.found, problem=Unreadable("nested-archive", why))
        else:
            with closing(tempfile.SpooledTemporaryFile(IN_MEMORY)) as copy:
                yield from _nested(member, cast("BinaryIO", copy), columns)


def _nested(member: Nested, copy: BinaryIO, columns: Columns) -> Iterator[Found]:
    try:
        with refusing("broken-archive"):
            _copy(member.stream, copy)
    except RefusedError as refused:
        yield replace(member.found, problem=refused.problem)
        return
    size = copy.tell()
    copy.seek(0)
    yield from _parts(
        Opened(replace(member.found, size=size, weight=0), copy, nested=True), columns
    )


def _copy(stream: IO[bytes], copy: BinaryIO) -> None:
    """RefusedError: it is larger than it may be, whatever it was said to be."""
    left = NESTED_BYTES
    while chunk := stream.read(_COPY):
        left -= len(chunk)
        if left < 0:
            raise RefusedError(
                "too-large", f"larger than {NESTED_BYTES >> 20} MiB; unpack it first"
            )
        copy.write(chunk)
