"""Exchanges into a WARC file, and what a killed task has left of one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from fastwarc import GzipWriter, WarcRecord, WarcRecordType

from cleaners.clean import CODE_VERSION
from cleaners.document import RawPage
from flows.archive.records import (
    CLOSING,
    FILE_NAME,
    FILE_OFFSET,
    NOT_MODIFIED,
    Location,
    Original,
    instant,
    members,
    part_of,
    payload_digest,
)
from flows.commit import disk_errors, sync_folder
from flows.fetch.exchange import Exchange, Failure, Headers, Hop

LEVEL = 6  # of gzip: 9 takes 1.7 times as long for the same size

_REVISITS = "http://netpreserve.org/warc/1.1/revisit/"
_PROTOCOLS = {"HTTP/2": "h2", "HTTP/1.0": "http/1.0"}
# Rules of fetching, and how WARC calls what they do to a body.
_CUT_SHORT = {"body-too-large": "length", "too-slow": "time", "incomplete-body": "disconnect"}
# The body lies here without its transfer coding, and readers must not look for one.
_RENAMED = {b"transfer-encoding": b"X-Archive-Orig-Transfer-Encoding"}
_CONTROLS = bytes.maketrans(b"\r\n\0", b"   ")


class ArchiveWriter:
    """
    Writes one WARC file, `name`, below `folder`.

    >>> with ArchiveWriter(Path("archive"), "news/1.warc.gz") as archive:  # doctest: +SKIP
    ...     location = archive.add(exchange)

    Leaving the block, by an exception as well, gives the file its final name, with all
    visits that are complete. A file without one is removed.

    DatasetError: the disk refuses, or another task writes this file.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._name = name
        self._final = folder / name
        self._seen: dict[str, Original] = {}
        self.visits = 0
        self.bytes = 0  # up to the end of the last complete visit

    def __enter__(self) -> Self:
        with disk_errors(self._final):
            self._final.parent.mkdir(parents=True, exist_ok=True)
            self._file = part_of(self._final).open("xb", buffering=0)
            self._gzip = GzipWriter(self._file, LEVEL)
            self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with disk_errors(self._final):
            self._file.close()
            _finish(self._final, self.bytes if self.visits else 0)

    def add(self, exchange: Exchange, before: Original | None = None, **notes: str) -> Location:
        """
        Archive an exchange; where its last answer is.

        before  the record with the bytes that the same URL had at its last visit
        notes   `kind` and `part_of`, which the visit will say
        """
        with disk_errors(self._final):
            for hop in exchange.hops[:-1]:
                self._hop(hop, _response(hop))
            last = exchange.last
            digest = payload_digest(last.body)
            known = _same(last, digest, before) or self._seen.get(digest)
            record = _response(last, digest) if known is None else _revisit(last, known)
            place = self._hop(last, record)
            if known is None and last.body:
                self._seen[digest] = Original(last.url, last.at, digest, place)
            self._close(exchange.url, last.at, notes)
        return place

    def add_failure(self, failure: Failure, at: datetime, **notes: str) -> Location | None:
        """Archive why there is no page, with what was answered; where the last answer is."""
        place = None
        with disk_errors(self._final):
            for hop in failure.hops:
                record = _response(hop)
                if hop is failure.hops[-1] and failure.rule in _CUT_SHORT:
                    record.headers["WARC-Truncated"] = _CUT_SHORT[failure.rule]
                place = self._hop(hop, record)
            said = notes | {
                "rule": failure.rule,
                "why": failure.why,
                "gone": failure.gone,
                "retry_after": failure.retry_after,
            }
            self._close(failure.url, at, said)
        return place

    def add_file(self, page: RawPage, at: datetime) -> Location:
        """Archive a local file as a `resource` record; where it is."""
        record = _record(WarcRecordType.resource, page.source, at)
        record.headers["Content-Type"] = page.content_type or "application/octet-stream"
        record.headers["WARC-Payload-Digest"] = payload_digest(page.body)
        with disk_errors(self._final):
            place = self._write(record, page.body)
            self._close(page.source, at, {})
        return place

    def _begin(self) -> None:
        record = _record(WarcRecordType.warcinfo, "", datetime.now(UTC))
        record.headers["Content-Type"] = "application/warc-fields"
        record.headers["WARC-Filename"] = self._final.name
        said = (
            f"software: zhengben/{CODE_VERSION}\r\n"
            "format: WARC File Format 1.1\r\n"
            f"isPartOf: {self._final.parent.name}\r\n"
        )
        self._write(record, said.encode())

    def _hop(self, hop: Hop, answer: WarcRecord) -> Location:
        """One request and the record of its answer; where the answer is."""
        asked = _record(WarcRecordType.request, hop.url, hop.at)
        asked.headers["Content-Type"] = "application/http; msgtype=request"
        asked.headers["WARC-Concurrent-To"] = answer.record_id or ""
        answer.headers["Content-Type"] = "application/http; msgtype=response"
        for record in (asked, answer):
            if hop.ip:
                record.headers["WARC-IP-Address"] = hop.ip
            record.headers["WARC-Protocol"] = _PROTOCOLS.get(hop.http_version, "http/1.1")
        self._write(asked, _head(_request_line(hop.url), hop.request_headers))
        body = b"" if answer.record_type == WarcRecordType.revisit else hop.body
        status = f"HTTP/1.1 {hop.status} {hop.reason}".encode("latin-1", "replace")
        return self._write(answer, _head(status, hop.headers) + body)

    def _close(self, url: str, at: datetime, said: Mapping[str, Any]) -> None:
        record = _record(WarcRecordType.metadata, url, at)
        record.headers["Content-Type"] = CLOSING
        self._write(record, json.dumps({"url": url, **said}).encode())
        self.bytes = self._file.tell()
        self.visits += 1

    def _write(self, record: WarcRecord, block: bytes) -> Location:
        start = self._file.tell()
        record.headers["WARC-Block-Digest"] = payload_digest(block)
        record.set_bytes_content(block)
        record.write(self._gzip)
        self._gzip.finish()
        return Location(self._name, start, self._file.tell() - start)


def salvage(folder: Path, file: str) -> bool:
    """
    Give what a killed task has left its final name, cut behind the last complete visit.

    True when there is a file now. Whoever calls knows that no task is writing it.
    DatasetError: the disk refuses.
    """
    final = folder / file
    with disk_errors(final):
        part = part_of(final)
        if part.exists():
            with part.open("rb") as stream:
                ends = [end for end, closes in members(stream) if closes]
            _finish(final, max(ends, default=0))
        return final.exists()


def _finish(final: Path, length: int) -> None:
    """Cut the temporary file to its complete visits, make it durable, give it its name."""
    part = part_of(final)
    if not length:
        part.unlink()
        return
    with part.open("r+b") as file:
        file.truncate(length)
        os.fsync(file.fileno())
    part.replace(final)
    sync_folder(final.parent)


def _same(hop: Hop, digest: str, before: Original | None) -> Original | None:
    """The record of the last visit, when this answer brings the same bytes, or none."""
    same = before is not None and (hop.status == NOT_MODIFIED or before.digest == digest)
    return before if same else None


def _response(hop: Hop, digest: str = "") -> WarcRecord:
    record = _record(WarcRecordType.response, hop.url, hop.at)
    record.headers["WARC-Payload-Digest"] = digest or payload_digest(hop.body)
    return record


def _revisit(hop: Hop, known: Original) -> WarcRecord:
    record = _record(WarcRecordType.revisit, hop.url, hop.at)
    unchanged = hop.status == NOT_MODIFIED
    profile = "server-not-modified" if unchanged else "identical-payload-digest"
    record.headers["WARC-Profile"] = _REVISITS + profile
    record.headers["WARC-Payload-Digest"] = known.digest
    record.headers["WARC-Refers-To-Target-URI"] = known.url
    record.headers["WARC-Refers-To-Date"] = instant(known.at)
    record.headers[FILE_NAME] = known.location.file
    record.headers[FILE_OFFSET] = str(known.location.offset)
    return record


def _record(kind: WarcRecordType, url: str, at: datetime) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(kind)
    record.headers["WARC-Date"] = instant(at)
    if url:
        record.headers["WARC-Target-URI"] = url
    return record


def _request_line(url: str) -> bytes:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return f"GET {target} HTTP/1.1".encode()


def _head(first: bytes, headers: Headers) -> bytes:
    """The first line and the headers, each one line whatever stands in it."""
    lines = [first.translate(_CONTROLS)]
    for name, value in headers:
        kept = _RENAMED.get(name.lower(), name)
        lines.append(b"%s: %s" % (kept.translate(_CONTROLS), value.translate(_CONTROLS)))
    return b"\r\n".join((*lines, b"", b""))
