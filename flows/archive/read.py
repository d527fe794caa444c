"""Pages and visits out of WARC files, every byte of them proved."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from fastwarc import ArchiveIterator, WarcRecord, WarcRecordType

from cleaners.document import RawPage
from cleaners.errors import ArchiveError
from flows.archive.records import (
    CLOSING,
    FILE_NAME,
    FILE_OFFSET,
    NOT_MODIFIED,
    Location,
    members,
    payload_digest,
)
from flows.fetch import bodies
from flows.fetch.trouble import Trouble

LARGEST_PAGE = 1 << 30  # bytes; what fetching took was in its own bounds
_ANSWERS = WarcRecordType.response | WarcRecordType.revisit | WarcRecordType.resource


@dataclass(frozen=True, slots=True)
class Visit:
    """One URL that was asked for, and how that ended."""

    url: str  # the canonical URL that was wanted
    at: datetime  # when the last request was sent
    status: int = 0  # of the last answer; 0 without one
    answered: str = ""  # the URL of the last answer
    page: RawPage | None = None  # None without one, and for revisits: `read` gives theirs
    etag: str = ""
    last_modified: str = ""
    digest: str = ""  # of the payload as it was sent
    location: Location | None = None  # of the last answer
    refers_to: tuple[str, int] | None = None  # file and offset of the record that has the bytes
    rule: str = ""  # why there is no page
    why: str = ""
    gone: bool = False
    retry_after: float | None = None
    kind: str = "page"  # or what pages are found with: list, sitemap, feed
    part_of: str = ""  # URL of the first part, for a later one of a joined article
    next_part: str = ""  # URL of the part that follows, and stands in the same file

    @property
    def not_modified(self) -> bool:
        return self.status == NOT_MODIFIED and not self.rule


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer in the archive: a row of its index."""

    url: str
    at: datetime
    kind: str  # response, revisit or resource
    status: int
    digest: str
    location: Location


@dataclass(frozen=True, slots=True)
class _Record:
    kind: WarcRecordType
    headers: dict[str, str]
    block: bytes
    start: int
    where: str

    @property
    def url(self) -> str:
        return self.headers.get("WARC-Target-URI", "")

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.headers["WARC-Date"]).astimezone(UTC)

    @property
    def refers_to(self) -> tuple[str, int] | None:
        if FILE_NAME not in self.headers:
            return None
        return self.headers[FILE_NAME], int(self.headers[FILE_OFFSET])


@dataclass(frozen=True, slots=True)
class _Http:
    status: int
    headers: dict[str, str]  # the first of each name, in lower case
    body: bytes
    codings: str = ""  # of all Content-Encoding headers


def read(folder: Path, file: str, offset: int, sha256: str = "") -> RawPage:
    """
    The page of the record at `offset` of a file below the archive's folder.

    sha256  of the page's bytes as the tables know it; compared when given

    A revisit gives the bytes of the record that it names, with its own URL and time.
    ArchiveError: there is no such record, it is torn or changed, or holds no page.
    """
    record = _record_at(folder, file, offset)
    page = _page(folder, record)
    if sha256 and page.sha256 != sha256:
        raise _another(record.where, page.sha256)
    return page


def read_article(folder: Path, file: str, offset: int, sha256: str = "") -> tuple[RawPage, ...]:
    """
    The page at `offset`, and the later parts of its article in their order.

    sha256  of all their bytes, one after the other; compared when given

    ArchiveError: as `read`, or a part is missing.
    """
    first = read(folder, file, offset)
    if sha256 and first.sha256 == sha256:  # all there is, and no other record need be looked at
        return (first,)
    seen = outline(folder, file)
    later = {(visit.part_of, visit.url): visit for visit in seen}
    at = next((v for v in seen if v.location and v.location.offset == offset), None)
    pages = [first]
    url = at.url if at else ""
    while at is not None and at.next_part and len(pages) < len(seen):
        at = later.get((url, at.next_part))
        if at is None or at.location is None:
            raise _damaged(f"{folder / file}, byte {offset:,}", "a part of the article is missing")
        pages.append(read(folder, file, at.location.offset))
    digest = hashlib.sha256(b"".join(page.body for page in pages)).hexdigest()
    if sha256 and digest != sha256:
        raise _another(f"{folder / file}, byte {offset:,}", digest)
    return tuple(pages)


def prove(folder: Path, file: str, offset: int) -> None:
    """ArchiveError: at `offset` there is no record, or not the one that was written."""
    _record_at(folder, file, offset)


def outline(folder: Path, file: str) -> tuple[Visit, ...]:
    """The visits of a file without their pages; remembered, for whoever reads many articles."""
    try:
        state = (folder / file).stat()
    except OSError:
        return tuple(replace(visit, page=None) for visit in visits(folder, file))  # says why
    return _outline(folder, file, (state.st_size, state.st_mtime_ns))


@lru_cache(maxsize=8)
def _outline(folder: Path, file: str, _state: tuple[int, int]) -> tuple[Visit, ...]:
    return tuple(replace(visit, page=None) for visit in visits(folder, file))


def visits(folder: Path, file: str) -> Iterator[Visit]:
    """
    What a file says, visit by visit.

    ArchiveError: a record is torn or changed; what stands before it has been given out.
    """
    answer: tuple[_Record, Location] | None = None
    for record, place in _records(folder, file):
        if record.kind & _ANSWERS:
            answer = record, place
        elif record.kind == WarcRecordType.metadata and record.headers["Content-Type"] == CLOSING:
            yield _visit(folder, record, answer)
            answer = None
    if answer is not None:
        raise _damaged(answer[0].where, "the visit that it belongs to is not complete")


def captures(folder: Path, file: str) -> Iterator[Capture]:
    """All answers in a file, redirects and failures among them. ArchiveError: as `visits`."""
    for record, place in _records(folder, file):
        if record.kind & _ANSWERS:
            status = 0 if record.kind == WarcRecordType.resource else _http(record).status
            digest = record.headers.get("WARC-Payload-Digest", "")
            yield Capture(record.url, record.at, str(record.kind), status, digest, place)


def _visit(folder: Path, closing: _Record, answer: tuple[_Record, Location] | None) -> Visit:
    known = {field.name for field in fields(Visit)}
    said = {name: value for name, value in json.loads(closing.block).items() if name in known}
    if answer is None:
        return Visit(at=closing.at, **said)
    record, place = answer
    is_page = "rule" not in said and record.refers_to is None
    http = _Http(0, {}, b"") if record.kind == WarcRecordType.resource else _http(record)
    return Visit(
        at=closing.at,
        status=http.status,
        answered=record.url,
        page=_page(folder, record) if is_page and http.status != NOT_MODIFIED else None,
        etag=http.headers.get("etag", ""),
        last_modified=http.headers.get("last-modified", ""),
        digest=record.headers.get("WARC-Payload-Digest", ""),
        location=place,
        refers_to=record.refers_to,
        **said,
    )


def _page(folder: Path, record: _Record) -> RawPage:
    if record.kind == WarcRecordType.resource:
        return RawPage(record.url, record.block, record.headers["Content-Type"])
    if not record.kind & _ANSWERS:
        raise ArchiveError(record.where, "is no answer but a record of another kind", do="")
    http = _http(record)
    if record.refers_to is None:
        return _as_page(record, http, http.headers.get("content-type", ""))
    original = _record_at(folder, *record.refers_to)
    if original.headers.get("WARC-Payload-Digest") != record.headers["WARC-Payload-Digest"]:
        raise _damaged(original.where, f"it has not the bytes that {record.where} names")
    had = _http(original)
    said = http.headers.get("content-type") or had.headers.get("content-type", "")
    return _as_page(record, had, said)


def _as_page(record: _Record, http: _Http, content_type: str) -> RawPage:
    try:
        body = bodies.decode(http.body, http.codings, LARGEST_PAGE)
    except Trouble as trouble:
        raise ArchiveError(record.where, "holds no page", saw=str(trouble), do="") from trouble
    return RawPage(record.url, body, content_type, retrieved_at=record.at)


def _records(folder: Path, file: str) -> Iterator[tuple[_Record, Location]]:
    """All records of a file with their places. ArchiveError: the first that is not whole."""
    path = folder / file
    with _opened(path) as stream:
        before: _Record | None = None
        try:
            for raw in ArchiveIterator(stream, parse_http=False):
                record = _proved(raw, path)
                if before is not None:
                    yield before, Location(file, before.start, record.start - before.start)
                before = record
        except OSError as error:
            where = f"{path}, behind byte {before.start:,}" if before else str(path)
            raise _damaged(where, str(error)) from error
        if before is None:
            raise _damaged(str(path), "it holds no record")
        # Of a torn record behind it, fastwarc says nothing.
        stream.seek(before.start)
        end = next((end for end, _ in members(stream)), 0)
        if end != os.fstat(stream.fileno()).st_size:
            raise _damaged(before.where, "what follows it is torn")
        yield before, Location(file, before.start, end - before.start)


def _record_at(folder: Path, file: str, offset: int) -> _Record:
    path = folder / file
    with _opened(path, f", byte {offset:,}") as stream:
        stream.seek(offset)
        for raw in ArchiveIterator(stream, parse_http=False):
            if raw.stream_pos == offset:
                return _proved(raw, path)
            break
    raise _damaged(f"{path}, byte {offset:,}", "no whole record begins there")


def _proved(raw: WarcRecord, path: Path) -> _Record:
    """The record in memory, when it is as long as it says and has the digest that it says."""
    where = f"{path}, byte {raw.stream_pos:,}"
    headers = dict(reversed(raw.headers.to_tuples()))  # of repeated ones the first
    length = int(headers.get("Content-Length", -1))
    block = raw.reader.read()
    if len(block) != length:
        raise _damaged(where, f"it has {len(block):,} bytes of {length:,}")
    digest = headers.get("WARC-Block-Digest", "")
    if digest.startswith("sha256:") and payload_digest(block) != digest:
        raise _damaged(where, "its digest is not that of its bytes")
    return _Record(raw.record_type, headers, block, raw.stream_pos, where)


def _http(record: _Record) -> _Http:
    head, _, body = record.block.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    parted = (line.partition(":") for line in lines)
    named = [(name.lower(), value.strip()) for name, _, value in parted]
    codings = ", ".join(value for name, value in named if name == "content-encoding")
    try:
        return _Http(int(first.split(" ")[1]), dict(reversed(named)), body, codings)
    except (IndexError, ValueError):
        raise _damaged(record.where, "it begins with no line of HTTP") from None


@contextmanager
def _opened(path: Path, place: str = "") -> Generator[BinaryIO]:
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        if error.errno is None:  # fastwarc's way to say so
            raise _damaged(f"{path}{place}", str(error)) from error
        raise ArchiveError(
            str(path),
            "cannot be read",
            saw=error.strerror or "",
            do="restore the archive from a copy; other files of it can still be read",
        ) from error


def _another(where: str, sha256: str) -> ArchiveError:
    return ArchiveError(
        where,
        "is not the page that the tables speak of",
        saw=f"SHA-256 {sha256}",
        do="restore the archive from a copy; all other pages can still be read",
    )


def _damaged(where: str, what: str) -> ArchiveError:
    return ArchiveError(
        where,
        "is not the record that was written",
        saw=what,
        do="restore this file from a copy; all other records can still be read",
    )
