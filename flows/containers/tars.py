"""Tars, from front to back: no member is looked for, so a stream will do."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from typing import Any, cast

from flows.containers.codecs import RefusedError, refusing, too_large
from flows.containers.source import NESTED_BYTES, TOO_LARGE, Members, Nested, Source
from flows.containers.zips import decoded_name
from flows.found import Found, Slice

MEMBERS = 5_000_000


def members(
    source: Source, wanted: Callable[[str], bool], is_nested: Callable[[str], bool]
) -> Members:
    """Every file whose name is wanted. RefusedError: the rest of the archive cannot be read."""
    try:
        with refusing("broken-archive"), _opened(source) as archive:
            for number, info in enumerate(archive):
                if number >= MEMBERS:
                    raise RefusedError("archive-bomb", f"it has more than {MEMBERS:,} members")
                name = decoded_name(info.name.encode("utf-8", "surrogateescape"))
                if info.isreg() and wanted(name):
                    nested = is_nested(name)
                    yield _member(source, archive, info, "!" + name, nested=nested)
                cast("Any", archive).members.clear()  # or it remembers them all
    except tarfile.TarError as error:
        raise RefusedError("broken-archive", f"it is damaged or cut off: {error}") from error


def _opened(source: Source) -> tarfile.TarFile:
    if source.direct:
        return tarfile.open(fileobj=source.stream, mode="r:", encoding="utf-8")
    return tarfile.open(fileobj=source.stream, mode="r|", encoding="utf-8")


def _member(
    source: Source, archive: tarfile.TarFile, info: tarfile.TarInfo, step: str, *, nested: bool
) -> Found | Nested:
    most = NESTED_BYTES if nested else TOO_LARGE
    if info.size > most:
        return source.part(step, problem=too_large(most))
    if source.direct and not nested and not info.issparse():
        return source.part(step, inside=Slice(info.offset_data, info.size), size=info.size)
    file = archive.extractfile(info)
    assert file is not None  # of a regular file there is one
    if nested:
        return Nested(source.part(step, size=info.size), file)
    body = file.read()
    return source.part(step, body=body, size=len(body))
