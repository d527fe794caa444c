"""From what was found to a page: bytes, what they are, and what their container says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cleaners.document import Document, Harvested, Provenance, RawPage, Rejected
from flows.containers import mailbox, rows
from flows.found import Fact, Found, Scalar, Unreadable
from flows.read import read


@dataclass(frozen=True, slots=True)
class Opened:
    """A page, and facts about it that do not stand in its bytes."""

    page: RawPage
    facts: Sequence[Fact] = ()


def open_page(found: Found) -> Opened | Unreadable:
    """Read it; a row or a message is taken apart."""
    page = read(found)
    if isinstance(page, Unreadable):
        return page
    if found.kind == "json":
        row = rows.of_json(page.body, found.columns)
        if isinstance(row, Unreadable):
            return row
        body, kind, name, facts = row
        named = replace(found, within=(*found.within[:-1], f"#{name}")) if name else found
        return Opened(RawPage(named.source, body, kind), facts)
    if found.kind == "mail":
        message = mailbox.of_message(page.body)
        if isinstance(message, Unreadable):
            return message
        body, kind, facts = message
        return Opened(RawPage(page.source, body, kind), facts)
    return Opened(page, found.said.facts)


def with_facts(
    result: Document | Rejected, found: Found, facts: Sequence[Fact]
) -> Document | Rejected:
    """
    The result with what its container says: columns and headers among the metadata, where
    they are believed before what the page says, and the record in the archive.
    """
    if found.said.archive_offset is not None:
        result = replace(result, provenance=in_archive(result.provenance, found))
    if not facts or isinstance(result, Rejected):
        return result
    said = {name: _harvested(value, witness) for name, value, witness in facts}
    title = said.get("title")
    if result.title is None and result.segment.count == 1 and title is not None:
        result = replace(result, title=title.said)
    return replace(result, metadata={**result.metadata, **said})


def in_archive(provenance: Provenance, found: Found) -> Provenance:
    """Where the record stands: the file below the argument, and the offset in it."""
    if found.said.archive_offset is None:
        return provenance
    name = replace(found, within=found.within[:-1]).name
    return replace(provenance, archive_file=name, archive_offset=found.said.archive_offset)


def _harvested(value: Scalar, witness: str) -> Harvested:
    said = str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Harvested(value, said, witness, "high")
    return Harvested(said, said, witness, "high")
