"""Containers for the tests, made by the tests."""

import gzip
import io
import json
import tarfile
import zipfile

from backports import zstd
from fastwarc.warc import WarcRecord, WarcRecordType

TEXT = "昨天夜里，长江大桥亮灯，岸边站满了看灯的人。\n孩子们数着一盏一盏的灯，数到第{}盏。\n"


def text(number, encoding="utf-8"):
    return TEXT.format(number).encode(encoding)


def zipped(members, flags=0):
    """A zip of name → bytes, packed. Names of bytes stand in it as they are, unannounced."""
    out = io.BytesIO()
    raw = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, body) in enumerate(members.items()):
            if isinstance(name, bytes):
                raw[f"{number:0{len(name)}}"] = name
                name = f"{number:0{len(name)}}"  # noqa: PLW2901
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    packed = out.getvalue()
    for placeholder, name in raw.items():
        packed = packed.replace(placeholder.encode(), name)
    if flags:
        packed = _flagged(packed, flags)
    return packed


def _flagged(packed, flags):
    body = bytearray(packed)
    at = -1
    while (at := body.find(b"PK\x01\x02", at + 1)) >= 0:
        body[at + 8] |= flags
    return bytes(body)


def tarred(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return out.getvalue()


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def packed(body, codec):
    return gzip.compress(body) if codec == "gz" else zstd.compress(body)


def record(kind, target, body, http=None, content_type="text/plain"):
    """One WARC record; `http` are header lines of a response."""
    made = WarcRecord()
    made.init_headers(getattr(WarcRecordType, kind))
    made.headers["WARC-Target-URI"] = target
    made.headers["WARC-Date"] = "2024-05-06T07:08:09Z"
    if http is None:
        made.headers["Content-Type"] = content_type
        made.set_bytes_content(body)
    else:
        made.headers["Content-Type"] = "application/http; msgtype=response"
        made.set_bytes_content("\r\n".join([*http, "", ""]).encode() + body)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def response(target, body, *headers, status="200 OK"):
    return record("response", target, body, [f"HTTP/1.1 {status}", *headers])
