"""
Unpacking within bounds: nothing here ever holds, or goes on making, more than it was allowed.

`unpack` and `inflate` give whole bodies, `unpacked` a stream that many gigabytes
may run through. A stream that swells out of all proportion is a bomb and ends.
"""

from __future__ import annotations

import gzip
import io
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol

import brotli

from flows.found import Member, Unreadable

SWELL_BYTES = 1 << 30  # a stream may always grow to this size …
SWELL_RATIO = 200  # … and beyond it to so many times its packed size; text reaches about 20
HEADER_BYTES = 30  # of a zip's local header, without the name
METHODS = STORED, DEFLATED, BZIP2 = 0, 8, 12  # of zip members
_CHUNK = 1 << 16
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1024})?\r\n")
_WINDOW_LOG = 27  # of zstd: 128 MiB


class RefusedError(Exception):
    """What is read turns out to be nothing that we read; carries the reject's rule and reason."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(why)
        self.problem = Unreadable(rule, why)


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def read1(self, size: int, /) -> bytes: ...


class Swelling(io.RawIOBase):
    """A packed stream, unpacked; ends as a bomb when it grows out of proportion."""

    def __init__(self, raw: BinaryIO, codec: str) -> None:
        self._raw = raw
        self._start = raw.tell()
        self._inner = opener(codec)(raw)
        self._made = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  a writable buffer has no name in 3.11
        view = memoryview(buffer)
        with refusing("broken-archive"):
            part = self._inner.read1(len(view))  # what comes before damage is not lost
        view[: len(part)] = part
        self._made += len(part)
        if self._made > SWELL_BYTES and self._made > SWELL_RATIO * self._taken():
            raise RefusedError(
                "archive-bomb", f"it unpacks to more than {SWELL_RATIO} times its size"
            )
        return len(part)

    def _taken(self) -> int:
        return max(1, self._raw.tell() - self._start)


def unpacked(raw: BinaryIO, codec: str) -> BinaryIO:
    """`raw` through its codec: gz, zst, or none for `""`."""
    return io.BufferedReader(Swelling(raw, codec), 1 << 18) if codec else raw


def opener(codec: str) -> Callable[[BinaryIO], _Reader]:
    """What makes a reader of packed bytes."""
    if codec == "gz":
        return lambda raw: gzip.GzipFile(fileobj=raw, mode="rb")
    from backports import zstd  # noqa: PLC0415  few need it

    window: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return lambda raw: zstd.ZstdFile(raw, options=window)


def unpack(raw: BinaryIO, codec: str, most: int) -> bytes | Unreadable:
    """All of a packed stream, unless that is more than `most` bytes or broken."""
    try:
        with refusing("broken-archive"):
            body = opener(codec)(raw).read(most + 1)
    except RefusedError as refused:
        return refused.problem
    return too_large(most) if len(body) > most else body


def decoded(body: bytes, encoding: str, most: int) -> bytes | Unreadable:
    """
    An HTTP body without its content encoding.

    Archives often keep the header of a body that was unpacked before it was stored, so
    a body that does not begin like one is taken as it is.
    """
    for name in reversed([name.strip().lower() for name in encoding.split(",") if name.strip()]):
        undo = _ENCODINGS.get(name)
        if undo is None:
            if name in {"identity", "none", "utf-8", "utf8"}:
                continue
            return Unreadable("unknown-encoding", f"its content encoding is {name[:40]!r}")
        result = undo(body, most)
        if isinstance(result, Unreadable):
            return result
        body = result
    return body


def inflate(raw: BinaryIO, member: Member, most: int) -> bytes | Unreadable:
    """The bytes of a zip's member. `raw` can seek; its place is changed."""
    if member.size > most:
        return too_large(most)
    try:
        with refusing("broken-archive"):
            body = _inflate(_after_header(raw, member), member)
    except RefusedError as refused:
        return refused.problem
    if len(body) != member.size:
        return Unreadable("broken-archive", f"it has not the {member.size:,} bytes that it claims")
    if zlib.crc32(body) != member.crc:
        return Unreadable("broken-archive", "its checksum is wrong")
    return body


@contextmanager
def refusing(rule: str) -> Generator[None]:
    """Whatever a codec or an archive reader says against bytes, as one error of ours."""
    try:
        yield
    except _errors() as error:
        text = str(error) or type(error).__name__
        raise RefusedError(rule, f"it is damaged or cut off: {text[:200]}") from error


def too_large(most: int) -> Unreadable:
    return Unreadable("too-large", f"larger than {most >> 20} MiB; split it first")


def _errors() -> tuple[type[Exception], ...]:
    """What codecs and readers raise; one that nobody has loaded has raised nothing."""
    known: tuple[type[Exception], ...] = (
        EOFError,
        OSError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
        brotli.error,
    )
    if zstd := sys.modules.get("backports.zstd"):
        known = (*known, zstd.ZstdError)
    if arrow := sys.modules.get("pyarrow.lib"):
        known = (*known, arrow.ArrowException)
    return known


def _after_header(raw: BinaryIO, member: Member) -> bytes:
    raw.seek(member.offset)
    header = raw.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
        raise EOFError("its place in the archive is empty")
    raw.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    packed = raw.read(member.packed)
    if len(packed) < member.packed:
        raise EOFError("the archive ends before it does")
    return packed


def _inflate(packed: bytes, member: Member) -> bytes:
    """No more than one byte beyond the size that was announced."""
    if member.method == STORED:
        return packed
    if member.method == DEFLATED:
        return zlib.decompressobj(-15).decompress(packed, member.size + 1)
    if member.method == BZIP2:
        import bz2  # noqa: PLC0415

        return bz2.BZ2Decompressor().decompress(packed, member.size + 1)
    raise ValueError(f"zip method {member.method}")


def _gunzip(body: bytes, most: int) -> bytes | Unreadable:
    if not body.startswith(b"\x1f\x8b"):
        return body
    return unpack(io.BytesIO(body), "gz", most)


def _deflate(body: bytes, most: int) -> bytes | Unreadable:
    """With the zlib header that the standard wants, or without it, as many servers send it."""
    for bits in (15, -15):
        machine = zlib.decompressobj(bits)
        try:
            made = machine.decompress(body, most + 1)
        except zlib.error:
            continue
        return too_large(most) if len(made) > most else made
    return body


def _brotli(body: bytes, most: int) -> bytes | Unreadable:
    machine = brotli.Decompressor()
    made = bytearray()
    try:
        made += machine.process(body, output_buffer_limit=_CHUNK)
        while not machine.is_finished() and len(made) <= most:
            more = machine.process(b"", output_buffer_limit=_CHUNK)
            if not more:
                break
            made += more
    except brotli.error:
        return body if not made else Unreadable("broken-archive", "its brotli stream is damaged")
    return too_large(most) if len(made) > most else bytes(made)


def _unchunk(body: bytes, _: int) -> bytes:
    """What chunks hold; a body that has none was put together before it was stored."""
    made = bytearray()
    at = 0
    while chunk := _CHUNK_SIZE.match(body, at):
        length = int(chunk[1], 16)
        made += body[chunk.end() : chunk.end() + length]
        at = chunk.end() + length + 2
        if not length:
            return bytes(made)
    return bytes(made) or body


def _unzstd(body: bytes, most: int) -> bytes | Unreadable:
    if not body.startswith(b"\x28\xb5\x2f\xfd"):
        return body
    return unpack(io.BytesIO(body), "zst", most)


_ENCODINGS: dict[str, Callable[[bytes, int], bytes | Unreadable]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _unzstd,
    "chunked": _unchunk,
}
