"""The rows of a dataset as JSONL: the same fields under the same names, one object a line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flows.commit import Manifest
from flows.parts import file_entry
from flows.rows import Row


class JsonParts:
    """JSONL files that follow on each other; the same methods as `flows.parts.Parts`."""

    def __init__(
        self,
        pattern: Path,
        limits: tuple[int, int] = (sys.maxsize, sys.maxsize),
        done: Iterable[Manifest] = (),
    ) -> None:
        self._pattern = pattern
        self._most_rows, self._most_bytes = limits
        self._part_rows = self._part_bytes = 0
        self._file: BinaryIO | None = None
        self.done: list[Manifest] = [*done]

    def add(self, made: Row, bulk: int) -> None:
        file = self._file or self._begin_part()
        line = json.dumps(made, ensure_ascii=False, default=_written)
        file.write(line.encode() + b"\n")
        self._part_rows += 1
        self._part_bytes += bulk

    def settle(self) -> bool:
        """End the file if it is full; whether it was."""
        full = self._part_rows >= self._most_rows or self._part_bytes >= self._most_bytes
        if full:
            self._end_part()
        return full

    def close(self) -> list[Manifest]:
        """The manifest's entries of all files. There is always one file."""
        if self._file is None and not self.done:
            self._begin_part()
        self._end_part()
        return self.done

    def abandon(self) -> None:
        if self._file is not None:
            self._file.close()

    def _begin_part(self) -> BinaryIO:
        path = Path(str(self._pattern).format(len(self.done)))
        self._file = path.open("wb")
        return self._file

    def _end_part(self) -> None:
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.done.append(file_entry(Path(self._file.name), rows=self._part_rows))
        self._file = None
        self._part_rows = self._part_bytes = 0


def _written(value: object) -> str:
    """Moments as ISO 8601 in UTC."""
    assert isinstance(value, datetime)
    return value.isoformat().replace("+00:00", "Z")
