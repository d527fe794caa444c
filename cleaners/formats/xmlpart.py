"""XML inside of documents: one parse, and no document type, so no entities to blow up."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, fromstring

from cleaners.formats.problem import FormatProblem

# Expat reads UTF-8, UTF-16 and encodings that have ASCII's letters in ASCII's places.
DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")
STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(officeDocument|wordprocessingml)/")
LOOSE = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/",
    b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
)
MAX_DEPTH = 80  # of what is walked by recursion


def parse(body: bytes, part: str, *, doctype: bool = False) -> Element:
    """
    The root of a part. A document type is refused: no Word file has one, and bombs need it.

    `doctype` lets a plain one pass (OPF files may have it), but no declarations inside.
    FormatProblem: entity-bomb or damaged-file.
    """
    found = DOCTYPE.search(body)
    if found and not (doctype and b"<!ENTITY" not in body and b"\0" not in body):
        raise FormatProblem(
            "entity-bomb",
            f"{part[:80]} declares entities, which no such file needs; do not open it",
        )
    try:
        return fromstring(STRICT.sub(_loose, body) if STRICT.search(body) else body)  # noqa: S314
    except (ParseError, ValueError, LookupError) as error:
        raise FormatProblem(
            "damaged-file", f"{part[:80]} is no XML; get the file again, or save it anew"
        ) from error


def _loose(strict: re.Match[bytes]) -> bytes:
    """Strict and transitional Open XML differ in their namespaces only, for all we read."""
    return LOOSE[strict[1] == b"wordprocessingml"]


def too_deep() -> FormatProblem:
    return FormatProblem(
        "nested-too-deep", f"its parts are nested more than {MAX_DEPTH} deep; save it anew"
    )
