"""
What a file is: by its content first, by its name second.

A .doc may be HTML, RTF or a .docx inside, a .txt may be a zip, and a download that
failed is a web page under any name. So the first bytes decide, for zips and OLE files
the names of what is in them; a file's own name is asked only where bytes say little.
"""

from __future__ import annotations

import re
from typing import Literal

from cleaners.encoding import looks_binary
from cleaners.formats.zipped import member_names

Format = Literal[
    # read by cleaners
    "text", "html", "mht", "rtf", "docx", "doc", "pdf", "epub",
    # several files in one, or one that is compressed
    "zip", "tar", "gzip", "bzip2", "xz", "zstd", "7z", "rar", "warc", "parquet",
    # known, and not read
    "xlsx", "pptx", "odt", "xls", "ppt", "ole", "encrypted-office", "binary",
]  # fmt: skip

CONTAINERS = frozenset(
    ("zip", "tar", "gzip", "bzip2", "xz", "zstd", "7z", "rar", "warc", "parquet")
)
MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"WARC/1.", "warc"),
    (b"PAR1", "parquet"),
)
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TAR = (257, b"ustar")
PDF_WITHIN = 1024  # bytes before %PDF- that readers pass over
HEADERS_WITHIN = 16_384  # bytes in which a message has to have its headers
# Members that say what a zip is.
PARTS: tuple[tuple[str, Format], ...] = (
    ("word/", "docx"),
    ("META-INF/container.xml", "epub"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("content.xml", "odt"),
)
# Streams that say what an OLE file is; WPS Office writes the same ones.
STREAMS: tuple[tuple[str, Format], ...] = (
    ("EncryptedPackage", "encrypted-office"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
    ("Book", "xls"),
)
WORD_SUFFIXES = (".doc", ".dot", ".wps")
HEADER = re.compile(rb"([!-9;-~]{1,76}):|[ \t]")
MESSAGES = ("message/rfc822", "multipart/related", "application/x-mimearchive")
MESSAGE_SUFFIXES = (".mht", ".mhtml", ".eml")


def sniff(body: bytes, name: str = "", content_type: str = "") -> Format:
    r"""
    What a file is. `name` is its name or its URL, `content_type` what a server said of it.

    "text" is anything to be decoded; a page of markup is "html" only by its
    `content_type`, else that is told once it is decoded. Nothing is raised.

    >>> sniff(b"%PDF-1.7\n..."), sniff(b"{\\rtf1\\ansi ...}", "a.doc"), sniff(b"PK\5\6", "a.txt")
    ('pdf', 'rtf', 'zip')
    >>> sniff("正文".encode(), "a.docx"), sniff(b"<p>", "", "text/html; charset=gbk")
    ('text', 'html')
    """
    name = name.lower()
    if body.startswith(ZIP):
        return _zipped(body)
    if body.startswith(OLE):
        return _ole(body, name)
    known = _by_magic(body, name)
    if known is None and looks_binary(body):
        return "binary"
    if known is None and _is_message(body, name, content_type):
        return "mht"
    return known or ("html" if "html" in content_type.lower() else "text")


def _by_magic(body: bytes, name: str) -> Format | None:
    head = body[: PDF_WITHIN + 8].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"%PDF-") or (name.endswith(".pdf") and b"%PDF-" in head):
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if body.startswith(TAR[1], TAR[0]):
        return "tar"
    return next((known for magic, known in MAGIC if body.startswith(magic)), None)


def _zipped(body: bytes) -> Format:
    names = member_names(body)
    for part, known in PARTS:
        if any(name == part or (part[-1] == "/" and name.startswith(part)) for name in names):
            return known
    # Without a directory (the file is cut off) its first members still stand at its head.
    if not names:
        for part, known in PARTS[:4]:
            if part.encode() in body:
                return known
    return "zip"


def _ole(body: bytes, name: str) -> Format:
    for stream, known in STREAMS:
        if (stream + "\0").encode("utf-16-le") in body:
            return known
    return "doc" if name.endswith(WORD_SUFFIXES) else "ole"  # what is cut off may lack its names


def _is_message(body: bytes, name: str, content_type: str) -> bool:
    """Whether a body begins with the headers of a MIME message, as a saved .mht does."""
    said = name.endswith(MESSAGE_SUFFIXES) or content_type.lower().startswith(MESSAGES)
    names: set[bytes] = set()
    for line in body[:HEADERS_WITHIN].removeprefix(b"\xef\xbb\xbf").lstrip().splitlines():
        header = HEADER.match(line)
        if not header:
            break
        names.add((header[1] or b"").lower())
    else:
        return False  # nothing but headers
    return b"content-type" in names and (said or b"mime-version" in names)
