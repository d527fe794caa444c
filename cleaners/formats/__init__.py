"""
Files that are no web pages: what a file is, and its visible text.

    bytes ──sniff──▶ format ──its reader──▶ Extracted | FormatProblem

One module a format, each a pure function from bytes to `Extracted`. A reader is imported
when a file needs it: PDFium alone takes as long to load as a hundred pages to clean.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cleaners.document import Extracted
from cleaners.formats.problem import FormatProblem
from cleaners.formats.sniff import CONTAINERS, Format, sniff

__all__ = ["CONTAINERS", "Format", "FormatProblem", "read", "sniff"]

Reader = Callable[[bytes], Extracted]

# Imported by name when they are needed: each is slow to load, and most runs need none.
READERS = frozenset(("doc", "docx", "epub", "mht", "pdf", "rtf"))

WHAT_IT_IS = {
    "xlsx": "a workbook; save its sheets as .csv",
    "xls": "a workbook; save its sheets as .csv",
    "pptx": "slides; save their text as .txt, or the slides as .pdf",
    "ppt": "slides; save their text as .txt, or the slides as .pdf",
    "odt": "an OpenDocument file; save it as .docx",
    "ole": "an OLE file that is no Word document; save it as .docx or .pdf",
}


def read(body: bytes, known: Format) -> Extracted:
    """
    The visible text of a file that is not plain text or HTML, and what it says of itself.

    FormatProblem: the file cannot be read (it is damaged, encrypted, a container, of a
    format without a reader, …), with the reason and what to do about it.
    """
    if known in READERS:
        reader: Reader = import_module(f"cleaners.formats.{known}").read
        return reader(body)
    if known in CONTAINERS:
        raise FormatProblem(
            "container-file",
            f"the bytes are a container ({known}); unpack it, or give it as a file",
        )
    if known == "encrypted-office":
        raise FormatProblem(
            "password-protected", "it asks for a password; open it and save it without one"
        )
    if known in WHAT_IT_IS:
        raise FormatProblem("unsupported-format", f"this is {WHAT_IT_IS[known]}")
    raise FormatProblem(
        "binary-content", "the bytes are no text and no document (a picture, a program, …)"
    )
