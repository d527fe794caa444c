"""The content coding of an archived body, undone."""

from __future__ import annotations

import zlib

import brotli
from backports import zstd


def undone(body: bytes, coding: str) -> bytes:
    for name in reversed(coding.lower().replace(" ", "").split(",")):
        if name in ("gzip", "x-gzip"):
            body = zlib.decompress(body, zlib.MAX_WBITS | 16)
        elif name == "deflate":
            try:
                body = zlib.decompress(body)
            except zlib.error:
                body = zlib.decompress(body, -zlib.MAX_WBITS)
        elif name == "br":
            body = brotli.decompress(body)
        elif name == "zstd":
            body = zstd.decompress(body)
    return body
