"""
The members of a zip that is a document (docx, epub), within bounds.

Nothing is unpacked to a disk, so a name with ../ in it leads nowhere: names are keys.
"""

from __future__ import annotations

import zlib
from functools import cached_property
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from cleaners.formats.problem import FormatProblem

MAX_MEMBERS = 20_000
MAX_MEMBER = 64 << 20  # bytes of one member, unpacked
MAX_TOTAL = 256 << 20  # bytes of all members that are read
CHUNK = 1 << 20
# What `zipfile` raises for damage, besides its own error.
DAMAGE = (
    BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
    KeyError,
    OverflowError,
    IndexError,
)


class Zipped:
    """The members of a zip by name; what is read of them is counted against a bound."""

    def __init__(self, body: bytes) -> None:
        """FormatProblem: damaged-file when there is no directory, zip-bomb for too many members."""
        try:
            self._zip = ZipFile(BytesIO(body))
        except DAMAGE as error:
            raise damaged() from error
        self._left = MAX_TOTAL
        if len(self._zip.filelist) > MAX_MEMBERS:
            raise FormatProblem(
                "zip-bomb", f"more than {MAX_MEMBERS:,} parts inside; no document has so many"
            )

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self._zip.NameToInfo)

    def read(self, name: str) -> bytes:
        """
        One member, unpacked. FormatProblem: missing-part, damaged-file, password-protected
        or zip-bomb.
        """
        info = self._zip.NameToInfo.get(name)
        if info is None:
            raise FormatProblem(
                "missing-part",
                f"the part {name[:80]} is missing; get the file again, or save it anew",
            )
        if info.flag_bits & 1:
            raise FormatProblem(
                "password-protected", "its parts are encrypted; save it without a password"
            )
        out = bytearray()
        most = min(MAX_MEMBER, self._left)
        try:
            with self._zip.open(info) as member:
                while chunk := member.read(CHUNK):
                    out += chunk
                    if len(out) > most:
                        raise FormatProblem(
                            "zip-bomb",
                            f"its parts unpack to more than {most >> 20} MiB; split it first",
                        )
        except DAMAGE as error:
            raise damaged() from error
        self._left -= len(out)
        return bytes(out)


def member_names(body: bytes) -> tuple[str, ...]:
    """The names of a zip's members; none when its directory cannot be read."""
    try:
        return tuple(ZipFile(BytesIO(body)).NameToInfo)
    except DAMAGE:
        return ()


def damaged() -> FormatProblem:
    return FormatProblem(
        "damaged-file", "the file is cut off or damaged; get it again, or open it and save it anew"
    )
