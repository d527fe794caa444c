"""
What became of a document when it was cleaned again: which characters went or came back.

    before, after ─▶ Change          how much changed, and in which columns
                  └▶ pieces          the places, with what stands around them

Where both were made of the same visible text, a change is a set of characters that is cut now
and was not before, or the other way round, each under its rule. Otherwise lines are compared.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cleaners.document import Document, Removal

CONTEXT = 24  # characters shown on either side
HEAD, TAIL = 160, 40  # of a long piece
MOST_PIECES = 12  # shown of one document
MOST_LINES = 3_000  # of a text, to compare line by line; more are not shown

Kind = Literal["bytes", "text", "evidence", "facts"]
Did = Literal["gone", "back"]  # cut now, or not any more


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that went or came back, shortened in the middle."""

    did: Did
    text: str
    left_out: int  # characters that are not shown
    rule: str  # which cuts it now, or did; "" where lines were compared
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """
    How a document changed.

    kind        bytes: the page itself; else text: the clean text; else evidence: the same text,
                otherwise explained; else facts: title, metadata, truncation
    columns     that differ
    size        characters that went or came back
    """

    kind: Kind
    columns: tuple[str, ...]
    size: int


def change(before: Document, after: Document) -> Change | None:
    """
    How a document changed; None when it did not. Where it came from, and with which rules and
    code it was made, is no change.
    """
    columns = tuple(_differing(before, after))
    if not columns:
        return None
    kind: Kind = "facts"
    if before.provenance.raw_sha256 != after.provenance.raw_sha256:
        kind = "bytes"
    elif "text" in columns:
        kind = "text"
    elif {"removals", "repairs", "flags"} & {*columns}:
        kind = "evidence"
    return Change(kind, columns, _size(before, after) if "text" in columns else 0)


def pieces(before: Document, after: Document) -> tuple[Piece, ...]:
    """The places in which the text changed, in its order; the first few of many."""
    if before.text == after.text:
        return ()
    if _same_page(before, after) and (found := list(_cut_pieces(before, after))):
        return tuple(found[:MOST_PIECES])
    return tuple(_line_pieces(before.text, after.text))[:MOST_PIECES]


def _differing(before: Document, after: Document) -> Iterator[str]:
    if before.provenance.raw_sha256 != after.provenance.raw_sha256:
        yield "raw_sha256"
    for name in ("text", "title", "metadata", "truncation", "removals", "repairs", "flags"):
        had, has = getattr(before, name), getattr(after, name)
        if name == "removals":  # what was cut follows from where, and may be masked
            had, has = _places(had), _places(has)
        if had != has:
            yield name


def _places(cuts: Iterable[Removal]) -> list[tuple[str, int, int]]:
    return [(cut.rule, cut.start, cut.end) for cut in cuts]


def _same_page(before: Document, after: Document) -> bool:
    return before.original == after.original and before.segment.start == after.segment.start


def _size(before: Document, after: Document) -> int:
    if _same_page(before, after):
        spans = [_spans(each.removals) for each in (before, after)]
        size = sum(
            end - start for one in (0, 1) for start, end in _minus(spans[one], spans[1 - one])
        )
        if size:
            return size
    had, has = (Counter(each.text.split("\n")) for each in (before, after))
    return sum(len(line) * count for line, count in ((had - has) + (has - had)).items())


def _spans(cuts: Iterable[Removal]) -> list[tuple[int, int]]:
    return [(cut.start, cut.end) for cut in cuts]


def _minus(
    spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """
    The parts of `spans` that none of `others` has; both sorted and disjoint.

    >>> list(_minus([(0, 10), (12, 14)], [(2, 4), (9, 13)]))
    [(0, 2), (4, 9), (13, 14)]
    """
    at = 0
    for span in spans:
        start, end = span
        while at < len(others) and others[at][1] <= start:
            at += 1
        here = at
        while here < len(others) and others[here][0] < end:
            if start < others[here][0]:
                yield start, others[here][0]
            start = max(start, others[here][1])
            here += 1
        if start < end:
            yield start, end


def _cut_pieces(before: Document, after: Document) -> Iterator[Piece]:
    """Where both have one page: what is cut in one of them only."""
    had, has = _spans(before.removals), _spans(after.removals)
    now, then = {*_minus(has, had)}, {*_minus(had, has)}
    base, page = before.segment.start, before.original
    for start, end in sorted(now | then):
        did: Did = "gone" if (start, end) in now else "back"
        cutter = after if did == "gone" else before
        a, b = start - base, end - base
        if page[a:b].strip():
            yield _piece(
                did,
                page[a:b],
                _rule_at(cutter.removals, start),
                page[max(0, a - CONTEXT) : a],
                page[b : b + CONTEXT],
            )


def _rule_at(cuts: Iterable[Removal], place: int) -> str:
    return next((cut.rule for cut in cuts if cut.start <= place < cut.end), "")


def _line_pieces(before: str, after: str) -> Iterator[Piece]:
    had, has = before.split("\n"), after.split("\n")
    if max(len(had), len(has)) > MOST_LINES:
        return
    matcher = difflib.SequenceMatcher(None, had, has, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        if b - a == d - c:
            for old, new in zip(had[a:b], has[c:d], strict=True):
                yield from _within_line(old, new)
            continue
        around = had[a - 1] if a else "", had[b] if b < len(had) else ""
        context = around[0][-CONTEXT:], around[1][:CONTEXT]
        if a < b:
            yield _piece("gone", "\n".join(had[a:b]), "", *context)
        if c < d:
            yield _piece("back", "\n".join(has[c:d]), "", *context)


def _within_line(old: str, new: str) -> Iterator[Piece]:
    """What stands between the beginning and the end that two lines have in common."""
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    end = next((i for i in range(most - start) if old[-1 - i] != new[-1 - i]), most - start)
    context = old[max(0, start - CONTEXT) : start], old[len(old) - end :][:CONTEXT]
    sides: tuple[tuple[Did, str], ...] = (("gone", old), ("back", new))
    for did, line in sides:
        if between := line[start : len(line) - end]:
            yield _piece(did, between, "", *context)


def _piece(did: Did, text: str, rule: str, before: str, after: str) -> Piece:
    left_out = max(0, len(text) - HEAD - TAIL)
    shown = f"{text[:HEAD]} … {text[-TAIL:]}" if left_out else text
    return Piece(did, shown, left_out, rule, before, after)
