"""
What fetching gives: an exchange, or the reason why there is none.

    URL ──fetch──▶ Exchange | Failure ──archive──▶ WARC ──RawPage──▶ cleaning

Both hold every hop on the way as it went over the wire, so that the archive can keep
it unchanged and a reader can see where a page really came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cleaners.document import RawPage

Headers = tuple[tuple[bytes, bytes], ...]  # as they were sent: order, case and repeats kept

# What a fetch state says of a URL after the last visit.
Outcome = Literal["new", "changed", "unchanged", "gone", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Hop:
    """One request and the answer to it."""

    url: str  # as it was asked for
    status: int
    reason: str  # "" over HTTP/2
    http_version: str  # "HTTP/1.1" or "HTTP/2"
    request_headers: Headers
    headers: Headers
    body: bytes  # as sent: without the transfer coding, with the content coding
    at: datetime  # when the request was sent, UTC
    ip: str  # the address that answered; it is the one that was checked


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last visit left, to ask whether a page has changed. "" is none."""

    etag: str = ""
    last_modified: str = ""
    url: str = ""  # the URL that answered; they are sent to no other. "": to any


@dataclass(frozen=True, slots=True)
class Exchange:
    """A page that was got, or a 304 that says it is the one we have."""

    url: str  # the canonical URL that was wanted
    hops: tuple[Hop, ...]  # at least one; the last is the answer, those before it redirects
    body: bytes  # of the last hop, its content coding undone within bounds

    @property
    def last(self) -> Hop:
        return self.hops[-1]

    @property
    def not_modified(self) -> bool:
        return self.last.status == 304  # noqa: PLR2004  HTTP's own number

    def header(self, name: str) -> str:
        """A header of the answer, "" without one. Bytes that are no ASCII are read as Latin-1."""
        wanted = name.lower().encode("ascii")
        values = [value for key, value in self.last.headers if key.lower() == wanted]
        return values[0].decode("latin-1") if values else ""

    @property
    def validators(self) -> Validators:
        """What to ask with next time; a 304 repeats those it confirms."""
        return Validators(self.header("etag"), self.header("last-modified"), self.last.url)

    def page(self) -> RawPage:
        """What cleaning starts from. Its source is the URL that answered."""
        return RawPage(
            self.last.url, self.body, self.header("content-type"), retrieved_at=self.last.at
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a URL gave no page; becomes a row of rejects and a fetch state."""

    url: str
    rule: str  # e.g. not-found, too-many-redirects, private-address, body-too-large, too-slow
    why: str
    hops: tuple[Hop, ...] = ()  # what was answered before it failed; bodies as far as they came
    gone: bool = False  # 404 and 410: the page is not there any more
    retry_after: float | None = None  # seconds that the server asked for
