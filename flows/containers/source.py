"""A container while it is read: where it is, how to read it, and what its parts are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO

from flows.found import TOO_LARGE, Columns, Found, Member, Said, Slice, Unreadable

__all__ = ["NESTED_BYTES", "TOO_LARGE", "Members", "Nested", "Parts", "Source"]

NESTED_BYTES = 2 << 30  # of a container in a container
NOTHING = Said()
NO_COLUMNS = Columns()


@dataclass(frozen=True, slots=True)
class Nested:
    """A member that is a container itself; its bytes can be read until the next one is asked for."""

    found: Found
    stream: IO[bytes]


Parts = Iterator[Found]
Members = Iterator[Found | Nested]


@dataclass(slots=True)
class Source:
    """
    An open container, at its beginning.

    direct    a worker that opens the file finds the same bytes at the same places;
              else they come out of something packed, and parts carry their bytes
    """

    found: Found
    stream: BinaryIO
    raw: BinaryIO  # what the stream is read from, in the end: it says how far the file is
    direct: bool
    columns: Columns = NO_COLUMNS
    _counted: int = field(default=0, init=False)

    def part(
        self,
        step: str,
        *,
        size: int = 0,
        body: bytes | None = None,
        inside: Slice | Member | None = None,
        problem: Unreadable | None = None,
        kind: str = "",
        columns: Columns = NO_COLUMNS,
        said: Said = NOTHING,
        weight: int | None = None,
    ) -> Found:
        """The part that is one step further in: `!member` or `#row`."""
        return Found(
            self.found.path,
            self.found.key,
            size,
            problem,
            body,
            (*self.found.within, step),
            inside,
            kind,
            columns,
            said,
            self.taken() if weight is None else weight,
        )

    def taken(self) -> int:
        """Bytes of the file that were read since somebody asked the last time."""
        at = self.raw.tell()
        fresh, self._counted = at - self._counted, at
        return max(0, fresh)
