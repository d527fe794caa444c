"""Lists and art of a .doc: what numbers its paragraphs, and what is written in its shapes."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from cleaners.formats.docfile import DRAWINGS, LIST_OVERRIDES, LISTS, DocFile
from cleaners.formats.numbering import Counter, Level, NumberedList

MAX_LISTS = 5000
FORMS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter",
    10: "ideographDigital", 11: "japaneseCounting", 14: "decimalFullWidth",
    17: "japaneseDigitalTenThousand", 18: "decimalEnclosedCircle", 22: "decimalZero", 23: "bullet",
    26: "decimalEnclosedFullstop", 27: "decimalEnclosedParen", 28: "decimalEnclosedCircleChinese",
    29: "ideographEnclosedCircle", 30: "ideographTraditional", 31: "ideographZodiac",
    33: "taiwaneseCounting", 34: "ideographLegalTraditional", 35: "taiwaneseCountingThousand",
    36: "taiwaneseDigital", 37: "chineseCounting", 38: "chineseLegalSimplified",
    39: "chineseCountingThousand", 255: "none",
}  # fmt: skip
LIST_SIZE, OVERRIDE_SIZE, LEVEL_SIZE = 28, 16, 28
CONTAINER, PROPERTIES = 0xF, 0xF00B
ART_TEXT = 0x00C0  # the property of a shape that is its text as art
COMPLEX = 0x8000
PLACES = {code: f"%{code + 1}" for code in range(9)}


def counter(file: DocFile) -> Counter:
    """The lists of a file; none where their tables are damaged: labels are a loss, not the text."""
    try:
        return Counter(dict(_lists(file)))
    except (struct.error, IndexError):
        return Counter({})


def _lists(file: DocFile) -> Iterator[tuple[str, NumberedList]]:
    part, overrides = file.part(LISTS), file.part(LIST_OVERRIDES)
    if not part or not overrides:
        return
    (count,) = struct.unpack_from("<H", part)
    start, length = file.pointers[LISTS]
    at, levels = start + length, dict[int, dict[int, Level]]()
    for number in range(min(count, MAX_LISTS)):
        (identity,) = struct.unpack_from("<i", part, 2 + LIST_SIZE * number)
        simple = part[2 + LIST_SIZE * number + 26] & 1
        levels[identity] = {}
        for level in range(1 if simple else 9):
            levels[identity][level], at = _level(file.table, at)
    (used,) = struct.unpack_from("<I", overrides)
    used = min(used, MAX_LISTS)
    at = 4 + OVERRIDE_SIZE * used
    for number in range(used):
        (identity,) = struct.unpack_from("<i", overrides, 4 + OVERRIDE_SIZE * number)
        changed = overrides[4 + OVERRIDE_SIZE * number + 12]
        of, restarts = dict(levels.get(identity, {})), dict[int, int]()
        at += 4
        for _ in range(changed):
            first, flags = struct.unpack_from("<iI", overrides, at)
            at += 8
            if flags & 0x20:  # a level of its own follows
                of[flags & 0xF], at = _level(overrides, at)
            elif flags & 0x10:
                restarts[flags & 0xF] = first
        yield str(number + 1), NumberedList(str(identity), of, restarts)


def _level(table: bytes, at: int) -> tuple[Level, int]:
    first, form, flags = struct.unpack_from("<iBB", table, at)
    follow, own, above = table[at + 15], table[at + 24], table[at + 25]
    at += LEVEL_SIZE + own + above
    (length,) = struct.unpack_from("<H", table, at)
    text = table[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace").translate(PLACES)
    glued = follow == 2  # noqa: PLR2004 - nothing follows; 0 is a tab, 1 a blank
    return Level(
        FORMS.get(form, "decimal"), text, first, bool(flags & 4), glued
    ), at + 2 + 2 * length


def art(file: DocFile) -> list[str]:
    """The texts of shapes that are art: in Word's files, its watermarks."""
    try:
        return list(dict.fromkeys(_art(file.part(DRAWINGS))))
    except (struct.error, IndexError):
        return []


def _art(drawings: bytes) -> Iterator[str]:
    at, ends = 0, list[int]()
    while at + 8 <= len(drawings):
        while ends and at >= ends[-1]:
            ends.pop()
        # Each drawing has a byte before it that says whether it is the header's.
        begins = struct.unpack_from("<HHI", drawings, at)
        if not ends and begins[0] & 0xF != CONTAINER:
            at += 1
            continue
        version, kind, size = begins
        if version & 0xF == CONTAINER:
            ends.append(at + 8 + size)
            at += 8
            continue
        if kind == PROPERTIES:
            yield from _texts(drawings[at + 8 : at + 8 + size], version >> 4)
        at += 8 + size


def _texts(properties: bytes, count: int) -> Iterator[str]:
    at = 6 * count
    for number in range(count):
        name, value = struct.unpack_from("<HI", properties, 6 * number)
        if name & COMPLEX:
            if name & 0x3FFF == ART_TEXT:
                text = properties[at : at + value].decode("utf-16-le", "replace").strip("\0 ")
                if text:
                    yield text
            at += value
