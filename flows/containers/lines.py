"""
JSONL: a row a line. Lines of a plain file go to workers as places, unread.

Numbers count lines from 1, the empty ones as well: `sed -n 12p` shows row 12.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from flows.containers.codecs import too_large
from flows.containers.source import Parts, Source
from flows.found import Columns, Slice

LINE_BYTES = 64 << 20
FIRST_LINES = 16
FIRST_BYTES = 4 << 20  # what is read at most to learn the names of columns
_SKIP_BYTES = 1 << 20


class Line(NamedTuple):
    """One line without its line feed; of one that is too long, the beginning."""

    number: int
    offset: int
    length: int
    body: bytes


def parts(source: Source, columns: Columns) -> Parts:
    """Every line that is not blank, as a row."""
    for number, offset, length, body in split(source.stream):
        step = f"#{number}"
        weight = length + 1 if source.direct else None
        if length > LINE_BYTES:
            yield source.part(step, problem=too_large(LINE_BYTES), weight=weight)
        elif not body.isspace() and body:
            yield source.part(
                step,
                size=length,
                body=None if source.direct else body,
                inside=Slice(offset, length) if source.direct else None,
                kind="json",
                columns=columns,
                weight=weight,
            )


def split(stream: BinaryIO) -> Iterator[Line]:
    """All lines. No more is held than one line, and of that no more than is read."""
    offset = number = 0
    while body := stream.readline(LINE_BYTES + 1):
        number += 1
        length = len(body)
        ended = body.endswith(b"\n")
        while not ended and length > LINE_BYTES and (more := stream.readline(_SKIP_BYTES)):
            length += len(more)
            ended = more.endswith(b"\n")
        yield Line(number, offset, length - ended, body[:-1] if ended else body)
        offset += length


def names(stream: BinaryIO) -> list[str]:
    """The columns of the first rows, in their order; none when no row can be read."""
    found: dict[str, None] = {}
    for line in stream.read(FIRST_BYTES).split(b"\n", FIRST_LINES)[:FIRST_LINES]:
        try:
            row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            found.update(dict.fromkeys(map(str, row)))
    return list(found)
