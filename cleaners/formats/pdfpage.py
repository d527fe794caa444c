"""
What PDFium says: a page's text, where its characters stand, and what a file says of itself.

A question from Python takes longer than its answer. So those about characters are asked
many at a time, without a loop of Python's, by functions that take addresses as numbers:
that is half the time of pypdfium2's.
"""

from __future__ import annotations

import ctypes
import math
import re
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium_c

MAX_PAGE_CHARACTERS = 200_000
LOST = "\ufffd"  # what has no code
SELDOM = 32  # characters for one without a code: else each is asked for its own
BEYOND_ASCII = re.compile("[^\x01-\x7f]")

BOX = 16  # bytes of a place
PROPERTY_BYTES = 1024


def _plain(function: object, *arguments: type, gives: type | None = ctypes.c_int) -> Callable[..., Any]:  # fmt: skip
    """A function of PDFium's that takes addresses as numbers and keeps the interpreter's lock."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # pyright: ignore[reportArgumentType]
    return ctypes.PYFUNCTYPE(gives, *arguments)(address or 0)


_PAGE, _NUMBER, _PLACE = ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
_count = _plain(pdfium_c.FPDFText_CountChars, _PAGE)
_text = _plain(pdfium_c.FPDFText_GetText, _PAGE, _NUMBER, _NUMBER, _PLACE)
_box = _plain(pdfium_c.FPDFText_GetLooseCharBox, _PAGE, _NUMBER, _PLACE, gives=None)
_code = _plain(pdfium_c.FPDFText_GetUnicode, _PAGE, _NUMBER, gives=ctypes.c_uint)
_character_of = _plain(pdfium_c.FPDFText_GetCharIndexFromTextIndex, _PAGE, _NUMBER)
_angle = _plain(pdfium_c.FPDFText_GetCharAngle, _PAGE, _NUMBER, gives=ctypes.c_float)
_is_unmapped = _plain(pdfium_c.FPDFText_HasUnicodeMapError, _PAGE, _NUMBER)
_is_generated = _plain(pdfium_c.FPDFText_IsGenerated, _PAGE, _NUMBER)


class PageText:
    """
    The text of a page that PDFium has open, one character of it for each of PDFium's.

    PDFium has two for a character beyond the first plane (𠮷): `whole` makes one of them.
    """

    def __init__(self, raw: object) -> None:
        self._page = ctypes.cast(raw, ctypes.c_void_p).value  # pyright: ignore[reportArgumentType]
        self.text = self._whole()

    def boxes(self, numbers: Sequence[int]) -> array[float]:
        """Where these characters stand: left, top, right and bottom of each, in points."""
        places = array("f", bytes(BOX * len(numbers)))
        first, _ = places.buffer_info()
        each = range(first, first + BOX * len(numbers), BOX)
        deque(map(_box, repeat(self._page), numbers, each), maxlen=0)
        return places

    def angle(self, number: int) -> float:
        """In degrees, counterclockwise."""
        return -math.degrees(_angle(self._page, number)) % 360

    def is_made_up(self, number: int) -> bool:
        """Whether it is a blank that PDFium has put where there was a gap."""
        return _is_generated(self._page, number) == 1

    def has_halves(self) -> bool:
        """Whether there are such halves; that they cannot be encoded is found sooner than they."""
        try:
            self.text.encode()
        except UnicodeEncodeError:
            return True
        return False

    def _whole(self) -> str:
        count = min(_count(self._page), MAX_PAGE_CHARACTERS)
        if count <= 0:
            return ""
        codes = array("H", bytes(2 * (2 * count + 1)))  # at most two for a character
        first, _ = codes.buffer_info()
        length = max(_text(self._page, 0, count, first) - 1, 0)  # it ends with a zero
        text = str(memoryview(codes)[:length], "utf-16-le", "surrogatepass")
        if len(text) < length:
            text = "".join(map(chr, codes[:length]))
        text = text.replace("\ufffe", "\x02")  # PDFium has two signs for a hyphen that ends a row
        if len(text) == count and LOST not in text:
            return text
        if len(text) < count <= len(text) + count // SELDOM:
            text = self._filled(text, count)
        if len(text) != count:
            text = "".join(map(self._character, range(count)))
        return BEYOND_ASCII.sub(lambda m: self._mapped(m.start(), m[0]), text)

    def _filled(self, text: str, count: int) -> str:
        """`text` with the characters that PDFium leaves out, as those without a code."""

        def skipped(at: int) -> int:
            return _character_of(self._page, at) - at

        out: list[str] = []
        begin = left_out = 0
        while begin < len(text):
            before = skipped(begin)
            end = bisect_right(range(len(text)), before, begin, key=skipped)
            out += map(self._character, range(begin + left_out, begin + before))
            out.append(text[begin:end])
            begin, left_out = end, before
        out += map(self._character, range(begin + left_out, count))
        return "".join(out)

    def _character(self, number: int) -> str:
        code = _code(self._page, number)
        return chr(code) if 0 < code < 0x110000 else LOST  # noqa: PLR2004

    def _mapped(self, number: int, character: str) -> str:
        lost = character == "\0" or _is_unmapped(self._page, number) == 1
        return LOST if lost else character


def said_of_itself(document: object, name: str) -> str:
    """What the file says of itself under this name; mostly short, so that one question does."""
    said = ctypes.create_string_buffer(PROPERTY_BYTES)
    length: int = pdfium_c.FPDF_GetMetaText(document, name.encode(), said, PROPERTY_BYTES)
    if length > PROPERTY_BYTES:  # then nothing is said
        said = ctypes.create_string_buffer(length)
        pdfium_c.FPDF_GetMetaText(document, name.encode(), said, length)
    return said.raw[: max(length - 2, 0)].decode("utf-16-le")


def whole(text: str) -> str:
    r"""
    A text with one character for two halves, and U+FFFD for a half that is alone.

    >>> whole("\ud842\udfb7野家\ud842")
    '𠮷野家�'
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
