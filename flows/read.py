"""
From paths to raw pages.

`find` walks files and folders in a fixed order, `read` gets the bytes of one of
them. What cannot be read is no error: `read` answers `Unreadable`, and the reason
lands among the rejects.

A file is called by its path below the argument, with the argument's own name in
front: `zhengben clean data/samples` and `cd data/samples; zhengben clean .` both
read samples/a.html as `file:samples/a.html`. So a dataset does not say where on
its machine it was made, and is the same wherever that was.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cleaners.document import RawPage
from cleaners.errors import UsageError
from flows.containers import codecs
from flows.containers.kinds import is_wanted
from flows.found import TOO_LARGE, Found, Member, Packed, Slice, Unreadable, unpacked_name
from flows.regular import open_regular

__all__ = ["STDIN", "Found", "Unreadable", "check", "find", "read", "standard_input"]

CONTENT_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
}
STDIN = Path("-")
CUT_OFF = ("broken-archive", "it is cut off: the file ends before it does")
_DATASET = frozenset((b"manifest.json", b"rejects.parquet"))  # what each dataset of ours holds

_Identity = tuple[int, int]  # device and inode


def find(places: Sequence[Path], *, skip: Path | None = None) -> Iterator[Found]:
    """
    What is to be read at `places`: in the order of the places, and in a folder by path, bytewise.

    A file that is named itself is read whatever its suffix; in folders those whose name
    `is_wanted`, in any case. Hidden names, the folder `skip` and datasets that
    zhengben wrote are passed over: clean text is never cleaned again. Each real folder
    is walked once, so loops of links end.

    UsageError: a place does not exist, or is inside of `skip`.
    """
    check(places, skip)
    named = _named_files(places)
    seen: set[_Identity] = set()
    taken: set[str] = set()
    for place in dict.fromkeys(places):
        name = _free(_name(place), taken)
        if place.is_dir():
            yield from _walk(place, name, seen, named, skip)
        elif _once(place, named, seen):
            yield _found(place, name)


def read(found: Found) -> RawPage | Unreadable:
    """
    The bytes of one file, or of one part of a container. Pipes, sockets and devices are
    never opened.

    `retrieved_at` stays empty unless a container says it: the time of a local file is that
    of its checkout or copy, and would make the same folder give other bytes on every machine.
    """
    if found.problem is not None:
        return found.problem
    try:
        body = found.body if found.body is not None else _body(found)
    except OSError as error:
        return Unreadable("unreadable-file", error.strerror or type(error).__name__)
    if isinstance(body, bytes) and found.said.content_encoding:
        body = codecs.decoded(body, found.said.content_encoding, TOO_LARGE)
    if isinstance(body, Unreadable):
        return body
    if len(body) > TOO_LARGE:
        return codecs.too_large(TOO_LARGE)
    kind = found.said.content_type or CONTENT_TYPES.get(_suffix(found), "")
    return RawPage(found.source, body, kind, found.said.retrieved_at)


def standard_input(stream: BinaryIO) -> Found:
    """All of standard input, or as much as shows that it is too large."""
    body = stream.read(TOO_LARGE + 1)
    return Found(STDIN, "stdin", len(body), body=body)


def check(places: Iterable[Path], skip: Path | None = None) -> None:
    """UsageError: a place does not exist, or is inside of `skip`."""
    for place in places:
        if not os.path.lexists(place):
            raise UsageError(
                str(place),
                "there is no such file or folder",
                do="check the path; `-` alone is standard input",
            )
        if skip is not None and _inside(place, skip):
            raise UsageError(
                str(place),
                f"is inside of {skip}, where the result is written",
                do="clean the raw files, or choose another --out",
            )


def _walk(
    top: Path, name: str, seen: set[_Identity], named: set[_Identity], skip: Path | None
) -> Iterator[Found]:
    """One folder and all below it. No recursion: folders may be nested deeper than Python."""
    stack: list[Iterator[Found | Path]] = [_listed(top, name, seen, named)]
    keys = [name]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            keys.pop()
        elif isinstance(item, Found):
            yield item
        elif not (skip is not None and item.name == skip.name and _same(item, skip)):
            keys.append(f"{keys[-1]}/{item.name}")
            stack.append(_listed(item, keys[-1], seen, named))


def _listed(
    folder: Path, key: str, seen: set[_Identity], named: set[_Identity]
) -> Iterator[Found | Path]:
    """The files of one folder as `Found`, its folders as paths, in bytewise order of the paths."""
    try:
        identity = _identity(folder.stat())
        if identity in seen:
            return
        seen.add(identity)
        with os.scandir(folder) as entries:
            # A folder sorts as "name/", as it will stand in the paths below it.
            names = [
                os.fsencode(entry.name) + (b"/" if _is_dir(entry) else b"")
                for entry in entries
                if not entry.name.startswith(".")
            ]
    except OSError as error:
        why = f"the folder cannot be listed: {error.strerror}"
        yield Found(folder, key, problem=Unreadable("unreadable-file", why))
        return
    if _DATASET.issubset(names):
        return
    for encoded in sorted(names):
        name = os.fsdecode(encoded.removesuffix(b"/"))
        path = folder / name
        if encoded.endswith(b"/"):
            yield path
        elif is_wanted(name) and not (named and _identity_of(path) in named):
            yield _found(path, f"{key}/{name}")


def _body(found: Found) -> bytes | Unreadable:
    """The bytes, never more than shows that they are too many."""
    file = open_regular(found.path)
    if isinstance(file, Unreadable):
        return file
    with file:
        match found.inside:
            case Slice(offset, length):
                file.seek(offset)
                body = file.read(length)
                return body if len(body) == length else Unreadable(*CUT_OFF)
            case Member() as member:
                return codecs.inflate(file, member, TOO_LARGE)
            case Packed(codec):
                return codecs.unpack(file, codec, TOO_LARGE)
            case None:
                return _whole(file)


def _whole(file: BinaryIO) -> bytes | Unreadable:
    size = os.fstat(file.fileno()).st_size
    if size > TOO_LARGE:
        return codecs.too_large(TOO_LARGE)
    return file.read(TOO_LARGE + 1 if size == 0 else size)


def _suffix(found: Found) -> str:
    """Of the innermost name that is one: a row has none of its own."""
    name = next((step for step in reversed(found.within) if step[0] == "!"), found.key)
    return PurePosixPath(unpacked_name(name).lower()).suffix if not found.is_row else ""


def _once(place: Path, named: set[_Identity], seen: set[_Identity]) -> bool:
    """Whether a file that is named itself was not named before, by whatever path."""
    identity = _identity_of(place)
    if identity is None or identity not in named:
        return True
    first = identity not in seen
    seen.add(identity)
    return first


def _named_files(places: Iterable[Path]) -> set[_Identity]:
    identities = (_identity_of(place) for place in places if not place.is_dir())
    return {identity for identity in identities if identity is not None}


def _name(place: Path) -> str:
    """The argument's own name; that of the folder it means for `.` and `..`."""
    return (
        place.name if place.name not in {"", ".."} else Path(os.path.realpath(place)).name or "root"
    )


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number when an argument before it has the same: a, a-2, a-3."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads into itself
        return False


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _inside(place: Path, folder: Path) -> bool:
    # realpath, because Path.resolve raises on a link that leads into itself
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder))


def _found(path: Path, key: str) -> Found:
    try:
        state = path.stat()
    except OSError:  # whoever reads it will say why
        return Found(path, key)
    return Found(path, key, state.st_size, changed=state.st_mtime_ns)


def _identity_of(path: Path) -> _Identity | None:
    try:
        return _identity(path.stat())
    except OSError:
        return None


def _identity(state: os.stat_result) -> _Identity:
    return state.st_dev, state.st_ino
