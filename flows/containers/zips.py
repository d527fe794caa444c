"""
Zips. Members go to workers as places; what is refused is refused by what the directory says.

A zip's directory may lie: about sizes (whoever unpacks stops at the size that was
announced), and about places (members that overlap make petabytes of a megabyte; such
an archive is refused whole).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, BinaryIO, cast

from flows.containers.codecs import METHODS, RefusedError, inflate, refusing, too_large
from flows.containers.source import NESTED_BYTES, TOO_LARGE, Members, Nested, Source
from flows.found import Found, Member, Unreadable

MEMBERS = 200_000
DIRECTORY_BYTES = 32 << 20  # about 160 bytes a member
TOTAL_BYTES = 4 << 30  # what all members together may always unpack to …
TOTAL_RATIO = 200  # … and beyond it to so many times the archive's size
MEMBER_BYTES = 8 << 20  # the same for one member
MEMBER_RATIO = 500
HEADER_BYTES = 30  # in front of each member
ENCRYPTED, UTF_8 = 0x1, 0x800  # flag bits
# Zips that are documents, by a member that each of them has.
DOCUMENT_MEMBERS = frozenset(("[Content_Types].xml", "META-INF/container.xml", "content.xml"))


class _Bounded(io.RawIOBase):
    """A file that refuses to be read beyond a bound in one go, as zipfile reads directories."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > DIRECTORY_BYTES:
            raise RefusedError("archive-bomb", f"its directory takes {size:,} bytes")
        return self._file.read(size if size >= 0 else DIRECTORY_BYTES)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def archive_of(file: BinaryIO) -> zipfile.ZipFile:
    """The archive in `file`. RefusedError: it has no directory, or that of a bomb."""
    try:
        with refusing("broken-archive"):
            archive = zipfile.ZipFile(cast("IO[bytes]", _Bounded(file)))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise RefusedError("broken-archive", f"it is damaged or cut off: {error}") from error
    if len(archive.infolist()) > MEMBERS:
        raise RefusedError("archive-bomb", f"it has more than {MEMBERS:,} members; split it")
    return archive


def is_document(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is a Word file, a book or the like, which readers read whole."""
    return any(info.filename in DOCUMENT_MEMBERS for info in archive.infolist())


def members(
    source: Source,
    archive: zipfile.ZipFile,
    wanted: Callable[[str], bool],
    is_nested: Callable[[str], bool],
) -> Members:
    """Every file whose name is wanted, in the directory's order. RefusedError: a bomb."""
    infos = archive.infolist()
    _check(infos, source.found.size)
    for info in infos:
        name = member_name(info)
        if name.endswith("/") or not wanted(name):  # a name may be empty: info.is_dir() fails
            continue
        nested = is_nested(name)
        problem = _problem(info, NESTED_BYTES if nested else TOO_LARGE)
        weight = info.compress_size
        if problem is not None:
            yield source.part("!" + name, problem=problem, weight=weight)
        elif nested:
            try:
                stream = _opened(archive, info)
            except RefusedError as refused:
                yield source.part("!" + name, problem=refused.problem, weight=weight)
                continue
            with stream:
                yield Nested(source.part("!" + name, size=info.file_size, weight=weight), stream)
        else:
            yield _page(source, info, "!" + name)


def _page(source: Source, info: zipfile.ZipInfo, step: str) -> Found:
    """A place for a worker; the bytes when no worker can get at them."""
    size, weight = info.file_size, info.compress_size
    place = Member(info.header_offset, info.compress_size, size, info.compress_type, info.CRC)
    if source.direct:
        return source.part(step, inside=place, size=size, weight=weight)
    body = inflate(source.stream, place, TOO_LARGE)
    if isinstance(body, Unreadable):
        return source.part(step, problem=body, weight=weight)
    return source.part(step, body=body, size=size, weight=weight)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        with refusing("broken-archive"):
            return archive.open(info)
    except RuntimeError as error:
        raise RefusedError("broken-archive", f"it is damaged: {error}") from error


def member_name(info: zipfile.ZipInfo) -> str:
    """
    A member's name, in the encoding that its packer used and did not tell.

    >>> member_name(zipfile.ZipInfo("讲话.txt".encode("gbk").decode("cp437")))
    '讲话.txt'
    """
    name = info.orig_filename
    if not info.flag_bits & UTF_8:
        with suppress(UnicodeEncodeError):  # zipfile has found a better name in an extra field
            name = decoded_name(name.encode("cp437"))
    return name.replace("\\", "/").partition("\0")[0] or "_"


def decoded_name(raw: bytes) -> str:
    """A name of bytes: UTF-8 when it is, else GBK, else Big5, else one character a byte."""
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _check(infos: Iterable[zipfile.ZipInfo], size: int) -> None:
    """RefusedError: the archive as a whole is one that was made to do harm."""
    end = total = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise RefusedError("archive-bomb", "its members overlap")
        end = info.header_offset + HEADER_BYTES + info.compress_size
        total += info.file_size
    if total > TOTAL_BYTES and total > TOTAL_RATIO * max(size, 1):
        raise RefusedError("archive-bomb", f"its members unpack to {total:,} bytes")


def _problem(info: zipfile.ZipInfo, most: int) -> Unreadable | None:
    if info.flag_bits & ENCRYPTED:
        return Unreadable("encrypted", "it is encrypted; unpack it with its password first")
    if info.file_size > most:
        return too_large(most)
    if info.file_size > MEMBER_BYTES and info.file_size > MEMBER_RATIO * max(info.compress_size, 1):
        return Unreadable("archive-bomb", f"it unpacks to more than {MEMBER_RATIO} times its size")
    if info.compress_type not in METHODS:
        why = f"zip method {info.compress_type} is not read; pack it again with deflate"
        return Unreadable("broken-archive", why)
    return None
