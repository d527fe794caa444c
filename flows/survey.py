"""
A look at the input before anything is read: how much there is, and whether its columns are.

A folder is walked twice, once to count it. So progress knows its end, a misspelt column
is told at once and not after an hour, and a run that goes on knows that its input is
what it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass

from cleaners.errors import UsageError
from flows.containers.codecs import RefusedError
from flows.containers.expand import Opened
from flows.containers.kinds import ROWS, is_container_name, is_page_name
from flows.containers.rows import choose, missing
from flows.found import Columns, Found, Unreadable
from flows.regular import open_regular


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to read."""

    files: int
    bytes: int
    containers: int  # files among them that hold many pages, by their names
    digest: str  # of names, sizes and times


def survey(files: Iterable[Found], columns: Columns) -> Survey:
    """
    Look at all files, and into those that hold rows.

    UsageError: a column that was asked for is missing from one of them; or nobody said
    which column is the text, none is it for sure, and the file was named itself. (In a
    folder such a file is one reject: it may be no corpus at all.)
    """
    count = size = containers = 0
    digest = hashlib.sha256()
    for file in files:
        count += 1
        size += file.size
        digest.update(
            f"{file.name}\0{file.size}\0{file.changed}\n".encode("utf-8", "surrogateescape")
        )
        if file.body is not None:
            digest.update(hashlib.sha256(file.body).digest())
        elif is_container_name(file.key) or not is_page_name(file.key):
            containers += is_container_name(file.key)
            _check(file, columns)
    return Survey(count, size, containers, digest.hexdigest())


def _check(file: Found, columns: Columns) -> None:
    try:
        raw = open_regular(file.path)
        if isinstance(raw, Unreadable):
            return
        with raw:
            opened = Opened(file, raw)
            opened.look()
            names = opened.names() if opened.kind in ROWS else []
    except (RefusedError, OSError):  # a reject, when it is read
        return
    chosen = choose(columns, names) if names else columns
    is_named_itself = "/" not in file.key
    if isinstance(chosen, str) and (chosen or is_named_itself):
        raise missing(os.fspath(file.path), chosen, names)


def columns_of(text: str, html: str, name: str) -> Columns:
    """The columns that somebody asked for. UsageError: two texts."""
    if text and html:
        raise UsageError(
            "--html-column", "cannot stand beside --text-column", do="name the one to be cleaned"
        )
    return Columns(text, html, name)
