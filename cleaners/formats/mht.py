"""
MIME messages: pages that a browser saved as one file (.mht), and mail (.eml, mbox).

The root part is read, with the charset of its own headers; pictures and scripts beside
it are not looked at. A page goes the way of all HTML from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from cleaners import html
from cleaners.document import Extracted, Harvested
from cleaners.encoding import decode
from cleaners.formats.lines import said
from cleaners.formats.problem import FormatProblem
from cleaners.page import split_lines

EXTRACTOR = f"mht@1+{html.EXTRACTOR}"
MAX_BOUNDARIES = 100  # of multiparts; the parser calls itself for each that lies in another
MAX_PARTS = 10_000
CONTAINED = ("text/html", "application/xhtml+xml", "text/plain")  # the sooner the better
URLS = ("Snapshot-Content-Location", "Content-Location")


def read(body: bytes) -> Extracted:
    """
    The text of a message's root part.

    FormatProblem: nested-too-deep, or no-text-part when there is nothing to read in it.
    """
    if body.lower().count(b"boundary=") > MAX_BOUNDARIES:
        raise FormatProblem(
            "nested-too-deep", f"more than {MAX_BOUNDARIES} messages in each other; save them apart"
        )
    message = message_from_bytes(body.removeprefix(b"\xef\xbb\xbf").lstrip())
    root = _root(message)
    if root is None:
        raise FormatProblem(
            "no-text-part", "no part of the message is text or HTML; save the page again as HTML"
        )
    payload = root.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    kind, charset = root.get_content_type(), root.get_param("charset")
    decoded = decode(content, f"{kind}; charset={charset or ''}", markup="html" in kind)
    if "html" in kind or html.looks_like_html(decoded.text):
        extracted = html.extract(decoded.text)
    else:
        extracted = Extracted(decoded.text, split_lines(decoded.text))
    return replace(
        extracted,
        metadata={**_facts(message), **extracted.metadata},
        format="mht",
        extractor=EXTRACTOR,
        encoding=decoded.encoding,
        unreadable=decoded.unreadable,
    )


def _root(message: Message) -> Message | None:
    """The part that shows the others: the one that is named, else the first of the best kind."""
    parts = [part for part, _ in zip(message.walk(), range(MAX_PARTS), strict=False)]
    named = message.get_param("start")
    if isinstance(named, str):
        for part in parts:
            if str(part.get("Content-ID", "")).strip() == named.strip() and not part.is_multipart():
                return part
    return next((part for kind in CONTAINED for part in parts if _is(part, kind)), None)


def _is(part: Message, kind: str) -> bool:
    attached = str(part.get("Content-Disposition", "")).lower().startswith("attachment")
    return part.get_content_type() == kind and not part.is_multipart() and not attached


def _facts(message: Message) -> dict[str, Harvested]:
    """Where a page was saved from and its title; who wrote a mail, and when."""
    url = next((str(message[name]) for name in URLS if message[name]), "")
    facts = {
        **said("title", _text(message, "Subject"), "message:Subject", "medium"),
        **said("canonical_url", url if "://" in url else "", "message:Content-Location", "medium"),
    }
    author, address = parseaddr(_text(message, "From"))
    if url or "@" not in address:
        return facts
    return {
        **facts,
        **said("author", author or address, "message:From", "medium"),
        **_sent(message),
    }


def _sent(message: Message) -> dict[str, Harvested]:
    written = str(message.get("Date", ""))
    try:
        date = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return {}
    value = date.strftime("%Y-%m-%dT%H:%M")
    return {"published": Harvested(value, written[:80], "message:Date", "medium")}


def _text(message: Message, name: str) -> str:
    """A header in words: =?gb2312?B?…?= is decoded, raw bytes are guessed."""
    return "".join(_pieces(str(message.get(name, ""))))


def _pieces(header: str) -> Iterator[str]:
    try:
        pieces = decode_header(header)
    except (HeaderParseError, ValueError):
        pieces = [(header, None)]
    for piece, charset in pieces:
        if isinstance(piece, bytes):
            yield decode(piece, f"text/plain; charset={charset or ''}").text
        else:
            yield decode(piece.encode("utf-8", "surrogateescape")).text
