"""
Content codings undone, within bounds.

A few hundred bytes can ask for gigabytes. So every decoder is asked for a little at a
time, and the sum, the growth and the number of layers are limited. Decoders are fed
slices of the input: what they hold back at its end stays small.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli
from backports import zstd

from flows.fetch.trouble import Trouble

LAYERS = 3  # codings, one over the other
RATIO = 300  # times larger than as sent; text grows ten to forty times
FREE = 1 << 20  # bytes to which anything may grow
MEMBERS = 100  # gzip members or zstd frames in one body
SLICE = 16 << 10  # bytes of input at a time
PIECE = 256 << 10  # bytes of output at a time
ZSTD_WINDOW = 23  # bits: the 8 MiB that RFC 9659 allows over HTTP

MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # of gzip and zstd

# Registered codings that nobody was asked for. Any other label ("utf-8", "none") is a
# mistake of the server's, and its body is as it stands.
FOREIGN = frozenset(("compress", "x-compress", "exi", "pack200-gzip", "aes128gcm", "dcb", "dcz"))


class _Decoder(Protocol):
    """One member of a stream: fed with input, asked for output a piece at a time."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...
    @property
    def done(self) -> bool: ...
    @property
    def rest(self) -> bytes: ...


def decode(body: bytes, codings: str, limit: int) -> bytes:
    """
    `body` without its content codings.

    codings  the Content-Encoding header, e.g. "gzip" or "br, gzip"
    limit    bytes that any layer may grow to

    Trouble: `too-many-codings`, `unknown-coding`, `decompression-bomb`, and `broken-coding`
    for a stream that is damaged or ends too early. Half a page is no page: it would look
    like one that was changed. What came is in the archive.

    >>> decode(zlib.compress("正本".encode()), "deflate", 100).decode()
    '正本'
    """
    names = [name for each in codings.lower().split(",") if (name := each.strip())]
    names = [name for name in names if name in DECODERS or name in FOREIGN]
    if len(names) > LAYERS:
        raise Trouble("too-many-codings", f"{len(names)} content codings, one over the other")
    for name in reversed(names):
        if name in FOREIGN:
            raise Trouble("unknown-coding", f"the content coding {name}, which was not asked for")
        if body:  # of nothing, as servers send it with an empty page, comes nothing
            body = _undone(body, name, limit)
    return body


def gunzip(body: bytes, limit: int) -> bytes:
    """A gzip file as it stands on a server, e.g. a sitemap. Trouble as of `decode`."""
    return _undone(body, "gzip", limit)


def _undone(body: bytes, name: str, limit: int) -> bytes:
    """One layer."""
    bound = min(limit, max(FREE, len(body) * RATIO))
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in _stream(body, DECODERS[name], several=name in SEVERAL):
            size += len(piece)
            if size > bound:
                raise Trouble(
                    "decompression-bomb",
                    f"{len(body):,} bytes of {name} grow to more than {bound:,}",
                )
            pieces.append(piece)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise Trouble("broken-coding", f"the {name} stream is damaged: {error}") from error
    return b"".join(pieces)


def _stream(body: bytes, make: Callable[[bytes], _Decoder], *, several: bool) -> Iterator[bytes]:
    """The output of one member after the other; what follows the last one is ignored."""
    begin = 0
    for _ in range(MEMBERS):
        decoder = make(body[begin : begin + 4])
        while not decoder.done:
            if begin >= len(body):
                raise EOFError("it ends too early")
            data = body[begin : begin + SLICE]
            yield from decoder.feed(data)
            begin += len(data)
        begin -= len(decoder.rest)
        # Servers append line feeds and comments to what their cache has compressed.
        if not several or not body.startswith(MAGIC, begin):
            return
    raise Trouble("decompression-bomb", f"more than {MEMBERS} compressed streams in one body")


class _Zlib:
    """gzip, and deflate with and without zlib's own head."""

    def __init__(self, bits: int) -> None:
        self._decoder = zlib.decompressobj(bits)

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._decoder.decompress(data, PIECE)
        while piece:
            yield piece
            piece = self._decoder.decompress(self._decoder.unconsumed_tail, PIECE)

    @property
    def done(self) -> bool:
        return self._decoder.eof

    @property
    def rest(self) -> bytes:
        return self._decoder.unused_data


class _Brotli:
    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._decoder.process(data, output_buffer_limit=PIECE)
        # It says that it takes more input while there is output left: only nothing is the end.
        while piece or not (self._decoder.can_accept_more_data() or self.done):
            yield piece
            piece = self._decoder.process(b"", output_buffer_limit=PIECE)

    @property
    def done(self) -> bool:
        return self._decoder.is_finished()

    rest = b""


class _Zstd:
    def __init__(self) -> None:
        options = {int(zstd.DecompressionParameter.window_log_max): ZSTD_WINDOW}
        self._decoder = zstd.ZstdDecompressor(options=options)

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self._decoder.decompress(data, PIECE)
        while not self._decoder.needs_input and not self.done:
            yield self._decoder.decompress(b"", PIECE)

    @property
    def done(self) -> bool:
        return self._decoder.eof

    @property
    def rest(self) -> bytes:
        return self._decoder.unused_data


def _gzip(_head: bytes) -> _Decoder:
    return _Zlib(16 + zlib.MAX_WBITS)


def _deflate(head: bytes) -> _Decoder:
    """RFC 9110 means zlib's format, some servers send the bare stream; zlib's head is a check."""
    zlib_head = len(head) > 1 and head[:1] in b"\x08\x18\x28\x38\x48\x58\x68\x78"
    zlib_head = zlib_head and int.from_bytes(head[:2]) % 31 == 0
    return _Zlib(zlib.MAX_WBITS if zlib_head else -zlib.MAX_WBITS)


DECODERS: dict[str, Callable[[bytes], _Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": lambda _: _Brotli(),
    "zstd": lambda _: _Zstd(),
}
SEVERAL = frozenset(("gzip", "x-gzip", "zstd"))
