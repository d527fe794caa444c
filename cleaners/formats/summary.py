"""
The properties of an OLE file: its SummaryInformation ([MS-OLEPS]).

olefile reads them as well, but follows counts that a damaged file names into billions.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from cleaners.document import Harvested
from cleaners.formats.properties import properties

NAMES = {2: "title", 4: "author", 5: "keywords", 12: "created", 13: "modified"}
CODE_PAGE = 1
CODECS = {936: "gb18030", 950: "big5hkscs", 65001: "utf-8", 1200: "utf-16-le"}
SHORT, TEXT, WIDE, TIME = 2, 30, 31, 64  # types of values
SECTION = 44  # where the place of the only section stands
MOST = 100  # properties
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def summary(stream: bytes) -> dict[str, Harvested]:
    """Title, author, keywords and dates; what is damaged of them is left out."""
    facts: dict[str, str | None] = {}
    try:
        (start,) = struct.unpack_from("<I", stream, SECTION)
        (count,) = struct.unpack_from("<I", stream, start + 4)
        places = dict(
            struct.unpack_from("<II", stream, start + 8 + 8 * number)
            for number in range(min(count, MOST))
        )
        codec = _codec(stream, start + places[CODE_PAGE]) if CODE_PAGE in places else "cp1252"
        for number, name in NAMES.items():
            if number in places:
                facts[name] = _value(stream, start + places[number], codec)
    except (struct.error, OverflowError):
        pass
    return properties("SummaryInformation", facts)


def _codec(stream: bytes, at: int) -> str:
    kind, page = struct.unpack_from("<IH", stream, at)
    return CODECS.get(page, "cp1252") if kind == SHORT else "cp1252"


def _value(stream: bytes, at: int, codec: str) -> str | None:
    kind, size = struct.unpack_from("<II", stream, at)
    if kind == TEXT:
        return stream[at + 8 : at + 8 + size].decode(codec, "replace").split("\0")[0]
    if kind == WIDE:
        return stream[at + 8 : at + 8 + 2 * size].decode("utf-16-le", "replace").split("\0")[0]
    if kind == TIME:
        (ticks,) = struct.unpack_from("<Q", stream, at + 4)
        return (EPOCH + timedelta(microseconds=ticks // 10)).isoformat()
    return None
