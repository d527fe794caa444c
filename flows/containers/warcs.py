"""
WARCs, also packed (.warc.gz, .wet.gz, .warc.zst): pages as they came, with where and when.

Responses, resources and conversions (the texts of WET files) are pages; requests,
revisits and metadata are none, nor are pictures, fonts, styles and scripts. A record
that is cut off, or says a wrong length, is a reject, and reading goes on at the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, cast

from flows.containers.codecs import RefusedError, too_large
from flows.containers.source import TOO_LARGE, Parts, Source
from flows.found import Found, Said, Unreadable

if TYPE_CHECKING:
    from fastwarc.warc import HeaderMap, WarcRecord

HEADER_BYTES = 64 << 10
BROKEN_PLACES = 1_000  # in one file, before we give up on it
_NO_PAGE = re.compile(
    r"(?:image|audio|video|font)/|text/(?:css|dns|javascript)|application/(?:x-)?(?:javascript|font)",
    re.IGNORECASE,
)
_NEXT = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|WARC/[01]\.\d\r?\n")
_STEP = 1 << 20
_GOOD = range(200, 300)


def parts(source: Source) -> Parts:
    """Every record that is a page. `source.stream` can seek, and is the file itself or a copy."""
    begin: int | None = 0
    broken = 0
    while begin is not None:
        reached, given = begin, False
        source.stream.seek(begin)
        try:
            for record in _records(source.stream):
                reached, given = begin + record.stream_pos, False
                found = _part(source, record, reached)
                if found is not None:
                    yield found
                given = True
        except OSError as error:
            said = str(error)
        else:
            return
        broken += 1
        if broken > BROKEN_PLACES:
            raise RefusedError("broken-archive", f"more than {BROKEN_PLACES:,} places are damaged")
        begin = _next_record(source.stream, reached + 1)
        alone = [] if given else _alone(source, reached, begin)
        yield from alone or [_damage(source, reached, said)]


def _alone(source: Source, begin: int, end: int | None) -> list[Found]:
    """A record without what stands behind it, where the damage may be; none if it is in it."""
    source.stream.seek(begin)
    piece = source.stream.read(TOO_LARGE if end is None else min(end - begin, TOO_LARGE))
    try:
        found = [_part(source, record, begin) for record in _records(BytesIO(piece))]
    except OSError:
        return []
    return [each for each in found if each is not None]


def _records(stream: BinaryIO) -> Iterator[WarcRecord]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415  few need it

    wanted = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    yield from ArchiveIterator(
        stream, record_types=wanted, parse_http=False, max_header_len=HEADER_BYTES
    )


def _part(source: Source, record: WarcRecord, offset: int) -> Found | None:
    """A page, a reject, or None for what is no page."""
    step = f"#{offset}"
    headers = record.headers
    target = (headers.get("WARC-Target-URI") or "").strip("<> ")
    length = record.content_length
    if length > TOO_LARGE:
        said = Said(target, archive_offset=offset)
        return source.part(step, problem=too_large(TOO_LARGE), said=said)
    content_type, encoding = headers.get("Content-Type") or "", ""
    if content_type.lower().startswith("application/http"):
        record.parse_http("none", HEADER_BYTES, quirks_mode=True)
        http = cast("HeaderMap | None", record.http_headers)
        if http is None:
            return None
        content_type, status = http.get("Content-Type") or "", http.status_code
        packings = (http.get("Content-Encoding"), http.get("Transfer-Encoding"))
        encoding = ",".join(name for name in packings if name)  # in the order they were applied
    else:
        status = _GOOD.start
        if "charset" not in content_type and headers.get("WARC-Type") == "conversion":
            content_type = "text/plain; charset=utf-8"  # as the WARC standard's users write it
    if _NO_PAGE.match(content_type):
        return None
    said = Said(target, content_type, encoding, _moment(record), archive_offset=offset)
    if status is None or status not in _GOOD:
        problem = Unreadable("http-status", f"the server answered {status}")
        return source.part(step, problem=problem, said=said)
    left = record.content_length
    body = record.reader.read(left) if left else b""
    if len(body) < left:
        why = f"the record is cut off: {left - len(body):,} of its bytes are missing"
        return source.part(step, problem=Unreadable("broken-archive", why), said=said)
    return source.part(step, body=body, size=len(body), said=said)


def _moment(record: WarcRecord) -> datetime | None:
    moment = cast("datetime | None", record.record_date)
    return None if moment is None else moment.astimezone(UTC)


def _damage(source: Source, offset: int, said: str) -> Found:
    why = f"the archive is damaged behind byte {offset:,}: {said[:200]}"
    return source.part(f"#{offset}", problem=Unreadable("broken-archive", why))


def _next_record(stream: BinaryIO, offset: int) -> int | None:
    """The next place at or after `offset` where a record may begin."""
    stream.seek(offset)
    tail = b""
    while chunk := stream.read(_STEP):
        window = tail + chunk
        found = _NEXT.search(window)
        if found:
            return offset - len(tail) + found.start()
        offset += len(chunk)
        tail = window[-16:]
    return None
