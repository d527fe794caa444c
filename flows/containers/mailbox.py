"""
Mailboxes (mbox): messages one after the other, each behind a line that begins with "From ".

A message's text is its HTML part, or its plain one; subject, sender and date are facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO, cast

from flows.containers.codecs import too_large
from flows.containers.source import TOO_LARGE, Parts, Source
from flows.found import Fact, Slice, Unreadable

LINE_BYTES = 1 << 20


def parts(source: Source) -> Parts:
    """Every message, numbered from 1."""
    keep = not source.direct
    for number, (offset, length, body) in enumerate(_split(source.stream, keep=keep), 1):
        step = f"#{number}"
        weight = None if keep else length
        if length > TOO_LARGE:
            yield source.part(step, problem=too_large(TOO_LARGE), weight=weight)
            continue
        inside = None if keep else Slice(offset, length)
        kept = body if keep else None
        yield source.part(step, size=length, body=kept, inside=inside, kind="mail", weight=weight)


def of_message(raw: bytes) -> tuple[bytes, str, tuple[Fact, ...]] | Unreadable:
    """The part of a message that people read, its content type, and what the headers say."""
    body = raw.replace(b"\n>From ", b"\nFrom ")  # as mailboxes write what would begin a message
    message = message_from_bytes(body)
    texts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    for kind in ("text/html", "text/plain"):
        for part in texts:
            if part.get_content_type() == kind and not part.get_filename():
                text = cast("bytes | None", part.get_payload(decode=True)) or b""
                charset = part.get_param("charset", "")
                said = f"; charset={charset}" if isinstance(charset, str) and charset else ""
                return text, kind + said, tuple(_facts(message))
    return Unreadable("no-text", "the message has no part that is text")


def _facts(message: Message) -> Iterator[Fact]:
    if title := _header(message, "Subject"):
        yield "title", title, "header:Subject"
    if sender := _header(message, "From"):
        name, address = parseaddr(sender)
        yield "author", name or address or sender, "header:From"
    try:
        yield "published", parsedate_to_datetime(message["Date"]).isoformat(), "header:Date"
    except (TypeError, ValueError, IndexError, OverflowError):
        return


def _header(message: Message, name: str) -> str:
    """A header's words, in whatever encoding; as it stands where nobody can read it."""
    said = message[name]
    if said is None:
        return ""
    try:
        said = str(make_header(decode_header(said)))
    except (LookupError, ValueError):  # charsets that nobody knows, and broken ones
        said = str(said)
    return " ".join(said.encode("utf-8", "replace").decode().split())[:1000]


def _split(stream: BinaryIO, *, keep: bool) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, body) of each message, without its "From " line."""
    begin: int | None = None
    body = bytearray()
    at = 0
    blank = fresh = True  # the line before was empty; a line begins here
    while line := stream.readline(LINE_BYTES):
        if fresh and blank and line.startswith(b"From "):
            if begin is not None:
                yield begin, at - begin, bytes(body)
            begin, body = at + len(line), bytearray()
        elif begin is not None and keep and len(body) <= TOO_LARGE:
            body += line
        at += len(line)
        blank = fresh and not line.strip()
        fresh = line.endswith(b"\n")
    if begin is not None:
        yield begin, at - begin, bytes(body)
