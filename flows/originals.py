"""
The files that a dataset of local files was made of, found again by what its rows say.

A row says `file:samples/a.zip!b/c.html`: the argument's own name, the way below it, and the
way into containers. Where the argument was is not said, so somebody names it, or it is
looked for: here, beside the dataset, and in the folder above that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote_to_bytes

from flows.containers.expand import expand
from flows.found import Columns, Found, Unreadable
from flows.opening import open_page
from flows.rows import Row

FILE = "file:"


@dataclass(frozen=True, slots=True)
class Originals:
    """
    Where to look.

    places   the arguments that the dataset was made of; none: nobody said
    around   folders to look for them in, when nobody said
    columns  where files of rows keep what
    """

    places: tuple[Path, ...] = ()
    around: tuple[Path, ...] = ()
    columns: Columns = field(default_factory=Columns)

    def path(self, key: str) -> Path | None:
        """The file that a dataset calls by this key; None when it is not there."""
        top, _, below = key.partition("/")
        for place in self._called(top):
            path = place / below if below else place
            if path.is_file():
                return path
        return None

    def pages(self, key: str, path: Path) -> Iterator[tuple[str, Found]]:
        """Every page in a file, with what a row says in `source`, in the order of the dataset."""
        for found in expand([_found(path, key)], self.columns):
            source = found.source
            if found.kind == "json":  # a row may have a name of its own
                opened = open_page(found)
                source = source if isinstance(opened, Unreadable) else opened.page.source
            yield source, found

    def _called(self, top: str) -> Iterator[Path]:
        for place in self.places:
            name = place.name if place.name not in {"", ".."} else os.path.realpath(place)
            if Path(name).name == top:
                yield place
        if not self.places:
            yield from (folder / top for folder in self.around)


def around(out: Path) -> tuple[Path, ...]:
    """Where the arguments of a dataset may be: here, beside it, one folder above."""
    parent = out.absolute().parent
    return (Path(), parent, parent.parent)


def key_of(row: Row) -> str:
    """The file that a row comes from, as a dataset calls it; "" when it is from no file."""
    if row.get("archive_file"):  # a record of a WARC that was cleaned as a file
        return str(row["archive_file"]).partition("!")[0]
    return file_key(str(row["source"]))


@lru_cache(maxsize=1024)
def file_key(source: str) -> str:
    """
    >>> file_key("file:%E6%A0%B7%E6%9C%AC/a%21.zip!b/c.txt"), file_key("https://example.cn/")
    ('样本/a!.zip', '')
    """
    if not source.startswith(FILE):
        return ""
    quoted = source.removeprefix(FILE).partition("!")[0].partition("#")[0]
    return os.fsdecode(unquote_to_bytes(quoted))


def _found(path: Path, key: str) -> Found:
    state = path.stat()
    return Found(path, key, state.st_size, changed=state.st_mtime_ns)
