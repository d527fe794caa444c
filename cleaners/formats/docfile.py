"""
The binary form of a .doc ([MS-DOC]): text in pieces, and the formatting that hides some of it.

    FIB ─▶ lengths of the stories, places of the tables ─▶ pieces (CP → FC)
        ─▶ runs that are deleted or hidden, paragraphs with their properties

CP counts characters of all stories in one row, FC counts bytes of the stream.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cleaners.formats.problem import FormatProblem

WORD_97 = 0x00C1  # nFib of the first version that is written so
ENCRYPTED, FIRST_TABLE = 0x0100, 0x0200
LENGTHS = 0x4C  # ccpText, and after it those of the other stories
STORIES = ("text", "notes", "headers", "macros", "comments", "endnotes", "boxes", "header boxes")
POINTERS = 0x9A  # pairs of offset and length into the table stream
NOTE_REFERENCES, HEADERS, CHARACTERS, PARAGRAPHS = 2, 11, 12, 13
CLX, ENDNOTE_REFERENCES, DRAWINGS, LISTS, LIST_OVERRIDES = 33, 46, 50, 73, 74
MAX_PIECES = 2_000_000
PAGE = 512  # bytes of a page of formatting
DELETED, HIDDEN = 0x0800, 0x083C
IN_TABLE, ROW_END, LEVEL, LIST, OUTLINE = 0x2416, 0x2417, 0x260A, 0x460B, 0x2640
OPERAND = (1, 1, 2, 4, 2, 2, 0, 3)  # bytes, by the upper three bits of a modifier; 0: it says it
LONG_OPERAND = 0xD608
# What stands between 0x80 and 0x9F in a piece of one byte a character.
WESTERN = {code: bytes((code,)).decode("cp1252", "replace") for code in range(0x80, 0xA0)}


class Piece(NamedTuple):
    cp: int
    end: int
    fc: int
    wide: bool  # two bytes a character


class Paragraph(NamedTuple):
    """What is known of a paragraph: its style and what differs from it."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    list_number: int = 0
    list_level: int = 0
    outline: int = 9


@dataclass(frozen=True, slots=True)
class DocFile:
    """A .doc taken apart: all its text with NULs for what is hidden, and where to look things up."""

    text: str
    stories: dict[str, tuple[int, int]]
    table: bytes
    pointers: tuple[tuple[int, int], ...]
    pieces: tuple[Piece, ...]
    _paragraph_starts: tuple[int, ...]
    _paragraphs: tuple[Paragraph, ...]

    def part(self, number: int) -> bytes:
        """One part of the table stream."""
        if number >= len(self.pointers):
            return b""
        start, length = self.pointers[number]
        return self.table[start : start + length]

    def positions(self, number: int, *, of: int = 0) -> tuple[int, ...]:
        """The CPs of a part that is a list of them, each but the last with `of` bytes of data."""
        part = self.part(number)
        count = (len(part) + of) // (4 + of)
        return struct.unpack_from(f"<{count}i", part) if count > 0 else ()

    def paragraph(self, cp: int) -> Paragraph:
        """The properties of the paragraph that the mark at `cp` ends."""
        at = bisect_right(self.pieces, (cp, 1 << 62)) - 1
        if at < 0 or not self._paragraphs:
            return Paragraph()
        piece = self.pieces[at]
        fc = piece.fc + (cp - piece.cp) * (2 if piece.wide else 1)
        found = bisect_right(self._paragraph_starts, fc) - 1
        return self._paragraphs[found] if found >= 0 else Paragraph()


def opened(main: bytes, tables: tuple[bytes, bytes]) -> DocFile:
    """
    A .doc from its streams: WordDocument, 0Table and 1Table.

    FormatProblem: damaged-file, password-protected, or unsupported-format for Word 95 and older.
    """
    try:
        return _opened(main, tables)
    except (struct.error, IndexError) as error:
        raise _damaged() from error


def _damaged() -> FormatProblem:
    return FormatProblem(
        "damaged-file", "its structure is damaged; open it and save it as .docx, or get it again"
    )


def _opened(main: bytes, tables: tuple[bytes, bytes]) -> DocFile:
    magic, version = struct.unpack_from("<HH", main)
    (flags,) = struct.unpack_from("<H", main, 0x0A)
    if magic != 0xA5EC or version < WORD_97:  # noqa: PLR2004 - the format's own number
        raise FormatProblem(
            "unsupported-format", "this was written by Word 95 or an older one; save it as .docx"
        )
    if flags & ENCRYPTED:
        raise FormatProblem(
            "password-protected", "it asks for a password; open it and save it without one"
        )
    lengths = struct.unpack_from(f"<{len(STORIES)}i", main, LENGTHS)
    (count,) = struct.unpack_from("<H", main, POINTERS - 2)
    numbers = struct.unpack_from(f"<{2 * count}I", main, POINTERS)
    pointers = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    table = tables[bool(flags & FIRST_TABLE)]
    stories: dict[str, tuple[int, int]] = {}
    at = 0
    for name, length in zip(STORIES, lengths, strict=True):
        if length < 0:
            raise _damaged()
        stories[name] = (at, at + length)
        at += length
    start, length = pointers[CLX]
    pieces = tuple(_pieces(table[start : start + length]))
    if not pieces or pieces[-1].end < stories["text"][1]:
        raise _damaged()
    paragraphs = sorted(_paragraphs(main, table, pointers))
    return DocFile(
        _text(main, pieces, sorted(_hidden(main, table, pointers))), stories, table, pointers, pieces,
        tuple(start for start, _ in paragraphs), tuple(found for _, found in paragraphs),
    )  # fmt: skip


def _pieces(clx: bytes) -> Iterator[Piece]:
    at = 0
    while at < len(clx) and clx[at] == 1:  # formatting of pieces that were saved quickly
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:  # noqa: PLR2004 - the format's own number
        return
    (length,) = struct.unpack_from("<I", clx, at + 1)
    count = (min(length, len(clx) - at - 5) - 4) // 12
    if count > MAX_PIECES:
        raise _damaged()
    cps = struct.unpack_from(f"<{count + 1}i", clx, at + 5)
    before = 0
    for number in range(count):
        (fc,) = struct.unpack_from("<I", clx, at + 5 + 4 * (count + 1) + 8 * number + 2)
        cp, end = cps[number], cps[number + 1]
        if not before <= cp <= end:
            raise _damaged()
        before = end
        small = fc & 0x40000000
        yield Piece(cp, end, (fc & 0x3FFFFFFF) // (2 if small else 1), not small)


def _text(main: bytes, pieces: tuple[Piece, ...], hidden: list[tuple[int, int]]) -> str:
    """All characters, one for each CP, NULs where they are hidden."""
    out: list[str] = []
    at = 0
    for piece in pieces:
        width = 2 if piece.wide else 1
        size = (piece.end - piece.cp) * width
        if piece.fc + size > len(main):
            raise _damaged()
        raw = main[piece.fc : piece.fc + size]
        text = _units(raw) if piece.wide else raw.decode("latin-1").translate(WESTERN)
        while at > 0 and hidden[at - 1][1] > piece.fc:  # pieces need not be in order
            at -= 1
        while at < len(hidden) and hidden[at][1] <= piece.fc:
            at += 1
        number, gone = at, list[str]()
        done = 0
        while number < len(hidden) and hidden[number][0] < piece.fc + size:
            start = max(0, hidden[number][0] - piece.fc) // width
            end = min(size, hidden[number][1] - piece.fc) // width
            gone += [text[done:start], _blanked(text[start:end])]
            done = max(end, done)
            number += 1
        out.append("".join([*gone, text[done:]]) if gone else text)
    return "".join(out)


def _units(raw: bytes) -> str:
    """UTF-16 with its surrogates left apart, so that characters can be counted."""
    text = raw.decode("utf-16-le", "surrogatepass")
    if len(text) * 2 == len(raw):
        return text
    return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw)))


def _blanked(text: str) -> str:
    """Hidden text as NULs; cells and fields stay, or the rest could not be read."""
    return "".join(c if c in "\x07\x13\x14\x15" else "\0" for c in text)


# ------------------------------------------------------------------------- formatting


def _formatted(
    main: bytes, table: bytes, pointer: tuple[int, int], entry: int
) -> Iterator[tuple[int, int, bytes, int]]:
    """The runs of all pages of formatting: from FC, to FC, the page, where its entry begins."""
    bins = table[pointer[0] : pointer[0] + pointer[1]]
    count = (len(bins) - 4) // 8
    for number in range(count):
        (page,) = struct.unpack_from("<I", bins, 4 * (count + 1) + 4 * number)
        at = (page & 0x3FFFFF) * PAGE
        content = main[at : at + PAGE]
        if len(content) < PAGE:
            continue
        runs = content[-1]
        if 4 * (runs + 1) + entry * runs > PAGE:
            continue
        fcs = struct.unpack_from(f"<{runs + 1}I", content)
        for run in range(runs):
            offset = content[4 * (runs + 1) + entry * run] * 2
            yield fcs[run], fcs[run + 1], content, offset


def _hidden(
    main: bytes, table: bytes, pointers: tuple[tuple[int, int], ...]
) -> Iterator[tuple[int, int]]:
    """Where text is deleted (and the deletion tracked) or formatted as hidden: FCs."""
    for start, end, page, offset in _formatted(main, table, pointers[CHARACTERS], 1):
        if offset and start < end:
            size = page[offset]
            modifiers = dict(_modifiers(page[offset + 1 : offset + 1 + size]))
            if modifiers.get(DELETED, 0) == 1 or modifiers.get(HIDDEN, 0) == 1:
                yield start, end


def _paragraphs(
    main: bytes, table: bytes, pointers: tuple[tuple[int, int], ...]
) -> Iterator[tuple[int, Paragraph]]:
    for start, _, page, offset in _formatted(main, table, pointers[PARAGRAPHS], 13):
        if not offset or offset + 2 > PAGE:
            yield start, Paragraph()
            continue
        words = page[offset]
        at, size = (offset + 1, 2 * words - 1) if words else (offset + 2, 2 * page[offset + 1])
        content = page[at : at + size]
        style = int.from_bytes(content[:2], "little")
        found = dict(_modifiers(content[2:]))
        yield start, Paragraph(
            style, bool(found.get(IN_TABLE)), bool(found.get(ROW_END)),
            found.get(LIST, 0), found.get(LEVEL, 0), found.get(OUTLINE, 9),
        )  # fmt: skip


def _modifiers(content: bytes) -> Iterator[tuple[int, int]]:
    """The modifiers of a run or a paragraph, with their operands as numbers."""
    at = 0
    while at + 2 < len(content):
        (name,) = struct.unpack_from("<H", content, at)
        at += 2
        size = OPERAND[name >> 13]
        if not size:
            size = 1 + (
                int.from_bytes(content[at : at + 2], "little")
                if name == LONG_OPERAND
                else content[at]
            )
        yield name, int.from_bytes(content[at : at + min(size, 4)], "little")
        at += size
