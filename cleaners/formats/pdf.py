"""
PDF: marks on paper back to paragraphs.

    pages ─▶ runs (pieces of a line, with their place) ─▶ what comes again on each page
          ─▶ columns ─▶ rows ─▶ paragraphs

A PDF has no lines of text, only places. So `original` has paragraphs, one a line, as the
geometry shows them; where a row of the paper ended is layout and not kept. What pages
carry besides (headers, page numbers, stamps) are lines of their own, with their role,
after the paragraph that runs over the edge of the page.

PDFium is not thread-safe: one file at a time in a process. It is asked about rows, not
about characters: a question costs as much as reading a character.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from cleaners.document import Extracted, Harvested
from cleaners.formats.lines import MAX_CHARACTERS, said
from cleaners.formats.pdflayout import Sheet
from cleaners.formats.pdfpage import LOST, PageText, said_of_itself
from cleaners.formats.pdfruns import ODD_TURN, runs
from cleaners.formats.pdftext import paragraphs
from cleaners.formats.problem import FormatProblem
from cleaners.formats.properties import properties

EXTRACTOR = f"pdf@1+pypdfium2 {pdfium.PYPDFIUM_INFO.version}"
MAX_PAGES = 5000
UNMAPPED = 0.3  # of the characters have no code: the text is of no use
EOF_WITHIN = 4096  # bytes at the end that hold the way to the table of objects
PROPERTIES = ("Title", "Author", "Keywords", "CreationDate", "ModDate", "Producer")
DATE = re.compile(r"D?:?([12][0-9]{3})([01][0-9])([0-3][0-9])(?:([0-2][0-9])([0-5][0-9]))?")


def read(body: bytes) -> Extracted:
    """
    The text of a PDF.

    FormatProblem: damaged-file, password-protected, too-many-pages, too-large,
    no-text-layer (pictures of pages only) or unmapped-glyphs.
    """
    if b"startxref" not in body[-EOF_WITHIN:] and b"%%EOF" not in body[-EOF_WITHIN:]:
        raise FormatProblem("damaged-file", "the file is cut off: its end is missing; get it again")
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        raise _unopened(error) from error
    try:
        if len(document) > MAX_PAGES:
            raise FormatProblem(
                "too-many-pages", f"it has more than {MAX_PAGES:,} pages; split it first"
            )
        return _extracted(document)
    finally:
        document.close()


def _unopened(error: pdfium.PdfiumError) -> FormatProblem:
    code = getattr(error, "err_code", None)
    if code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
        return FormatProblem(
            "password-protected", "it asks for a password; print it to a PDF without one"
        )
    return FormatProblem("damaged-file", "PDFium cannot open it; get it again, or print it anew")


def _extracted(document: pdfium.PdfDocument) -> Extracted:
    sheets: list[Sheet] = []
    characters = lost = 0
    for number in range(len(document)):
        sheet = _sheet(document, number)
        text = "".join([run.text for run in sheet.runs])
        characters += len(text)
        lost += text.count(LOST)
        if characters > MAX_CHARACTERS:
            raise FormatProblem(
                "too-large", f"more than {MAX_CHARACTERS:,} characters; split it first"
            )
        sheets.append(sheet)
    if lost > UNMAPPED * characters:
        raise FormatProblem(
            "unmapped-glyphs",
            "its fonts do not say which characters they show; get it as .docx, or read it by OCR",
        )
    lines = paragraphs(sheets)
    found = lines.extracted("pdf", EXTRACTOR, _facts(document), encoding="pdf", unreadable=lost)
    if all(line.role in ("header", "footer", "page_number", "watermark") for line in found.lines):
        raise FormatProblem(
            "no-text-layer", "its pages are pictures without text; read it by OCR first"
        )
    bare = sum(not sheet.runs for sheet in sheets)
    return replace(found, metadata={**found.metadata, **_bare(bare, len(sheets))})


def _bare(pages: int, of: int) -> dict[str, Harvested]:
    """How many pages have no text: they are pictures, or blank."""
    if not pages:
        return {}
    return {"pages_without_text": Harvested(pages, f"{pages} of {of}", "pdf:pages", "high")}


def _facts(document: pdfium.PdfDocument) -> dict[str, Harvested]:
    try:
        info = {key: said_of_itself(document, key) for key in PROPERTIES}
    except UnicodeDecodeError:
        return {}
    facts = {
        "title": info["Title"],
        "author": info["Author"],
        "keywords": info["Keywords"],
        "created": _date(info["CreationDate"]),
        "modified": _date(info["ModDate"]),
    }
    return {**properties("pdf", facts), **said("producer", info["Producer"], "pdf", "high")}


def _date(written: str) -> str | None:
    """
    >>> _date("D:20240105083000+08'00'")
    '2024-01-05T08:30'
    """
    m = DATE.match(written)
    if not m:
        return None
    return f"{m[1]}-{m[2]}-{m[3]}" + (f"T{m[4]}:{m[5]}" if m[4] else "")


def _sheet(document: pdfium.PdfDocument, number: int) -> Sheet:
    """One page as runs; a page that PDFium cannot load has none."""
    empty = Sheet(number, 1.0, 1.0, ())
    page = pdfium_c.FPDF_LoadPage(document, number)
    if not page:
        return empty
    try:
        width, height = pdfium_c.FPDF_GetPageWidthF(page), pdfium_c.FPDF_GetPageHeightF(page)
        if not (0 < width < math.inf and 0 < height < math.inf):
            return empty
        text = pdfium_c.FPDFText_LoadPage(page)
        if not text:
            return empty
        try:
            found = runs(PageText(text), number)
        finally:
            pdfium_c.FPDFText_ClosePage(text)
        return _upright(Sheet(number, width, height, tuple(found)))
    finally:
        pdfium_c.FPDF_ClosePage(page)


def _upright(sheet: Sheet) -> Sheet:
    """A page whose text mostly stands sideways, turned so that it can be read."""
    turned = [run for run in sheet.runs if run.angle]
    if not any(ODD_TURN < run.angle < 360 - ODD_TURN for run in turned):
        return sheet
    turns = Counter({0: sum([len(run.text) // 8 + 1 for run in sheet.runs if not run.angle])})
    for run in turned:
        turns[round(run.angle / 90) % 4] += len(run.text) // 8 + 1
    return sheet.turned(max(sorted(turns), key=lambda turn: turns[turn]))
