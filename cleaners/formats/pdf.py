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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from cleaners.document import Extracted, Harvested
from cleaners.formats.lines import MAX_CHARACTERS, said
from cleaners.formats.pdflayout import Run, Sheet
from cleaners.formats.pdftext import paragraphs
from cleaners.formats.problem import FormatProblem
from cleaners.formats.properties import properties

EXTRACTOR = f"pdf@1+pypdfium2 {pdfium.PYPDFIUM_INFO.version}"
MAX_PAGES = 5000
MAX_PAGE_CHARACTERS = 200_000
UNMAPPED = 0.3  # of the characters have no code: the text is of no use
EOF_WITHIN = 4096  # bytes at the end that hold the way to the table of objects
ODD_TURN = 2  # degrees
LOST = "\ufffd"
HYPHENS = "\x02\ufffe"  # PDFium's signs for a hyphen at the end of a row
ROW = re.compile(f"[^\r\n{HYPHENS}]+[{HYPHENS}]?")
BLANKS = re.compile(r"[ \u00a0]+")
DATE = re.compile(r"D?:?([12][0-9]{3})([01][0-9])([0-3][0-9])(?:([0-2][0-9])([0-5][0-9]))?")
CELL_GAP = 1.5  # of a letter's height: more blank than between words
WORD_GAP = 0.45
NARROW = 0.18  # of its height: the least that letters of a word take, one by the other
SAMPLED = 10  # rows of a page that are asked for wide blanks, about
LATIN = "\u2e80"  # what is beyond is written without blanks
ODD_BLANK = re.compile(f"  |[{LATIN}-\uffff] [{LATIN}-\uffff]")

Box = tuple[float, float, float, float]  # left, bottom, right, top; in points
Piece = tuple[int, int, str]  # its first and last character, and its text


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
        texts = [run.text for run in sheet.runs]
        characters += sum(map(len, texts))
        lost += sum([text.count(LOST) for text in texts])
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
        info = document.get_metadata_dict(skip_empty=True)
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return {}
    facts = {
        "title": info.get("Title"),
        "author": info.get("Author"),
        "keywords": info.get("Keywords"),
        "created": _date(info.get("CreationDate")),
        "modified": _date(info.get("ModDate")),
    }
    return {**properties("pdf", facts), **said("producer", info.get("Producer"), "pdf", "high")}


def _date(written: str | None) -> str | None:
    """
    >>> _date("D:20240105083000+08'00'")
    '2024-01-05T08:30'
    """
    m = DATE.match(written or "")
    if not m:
        return None
    return f"{m[1]}-{m[2]}-{m[3]}" + (f"T{m[4]}:{m[5]}" if m[4] else "")


def _sheet(document: pdfium.PdfDocument, number: int) -> Sheet:
    """One page as runs; a page that PDFium cannot load has none."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return Sheet(number, 1.0, 1.0, ())
    try:
        width, height = page.get_size()
        if not (0 < width < math.inf and 0 < height < math.inf):
            return Sheet(number, 1.0, 1.0, ())
        textpage = page.get_textpage()
        try:
            runs = tuple(_runs(textpage, number))
        finally:
            textpage.close()
        return _upright(Sheet(number, width, height, runs))
    except pdfium.PdfiumError:
        return Sheet(number, 1.0, 1.0, ())
    finally:
        page.close()


def _runs(textpage: pdfium.PdfTextPage, page: int) -> Iterator[Run]:
    count = min(textpage.count_chars(), MAX_PAGE_CHARACTERS)
    if count <= 0:
        return
    text = textpage.get_text_range(0, count)
    raw = textpage.raw
    if len(text) != count or LOST in text:
        text = _by_character(raw, count)
    box, angle_of = _boxes(raw), pdfium_c.FPDFText_GetCharAngle
    for a, b, piece in _pieces(raw, box, [(m.start(), m[0]) for m in ROW.finditer(text)]):
        x0, y0, x1, y1 = box(a)
        left, bottom, right, top = (x0, y0, x1, y1) if a == b else box(b)
        angle, size = 0.0, y1 - y0
        if bottom != y0 or left <= x0:  # else it begins and ends on one level: it is upright
            angle = -math.degrees(angle_of(raw, a)) % 360  # it counts clockwise
            if ODD_TURN <= angle <= 360 - ODD_TURN:
                size = math.hypot(x1 - x0, y1 - y0) / math.sqrt(2)
        yield Run(
            piece,
            page,
            min(x0, left),
            max(x1, right),
            min(y0, bottom),
            max(y1, top),
            size,
            angle,
        )


def _boxes(raw: object) -> Callable[[int], Box]:
    """Where a character stands, by its number: left, bottom, right and top."""
    place, ask = pdfium_c.FS_RECTF(), pdfium_c.FPDFText_GetLooseCharBox
    values = memoryview(place).cast("B").cast("f")

    def box(number: int) -> Box:
        ask(raw, number, place)
        left, top, right, bottom = values
        return left, bottom, right, top

    return box


def _pieces(
    raw: object, box: Callable[[int], Box], rows: Sequence[tuple[int, str]]
) -> Iterator[Piece]:
    """
    The rows of a page at their wide blanks.

    Columns and tables are many rows. So a sample is asked: where several of its rows have a
    wide blank, it is sought in all rows; one row speaks for those beside it, and so do the
    first and the last, which may head or foot the page.
    """
    step = max(1, len(rows) // SAMPLED)
    sample = [_parted(raw, box, at, row) for at, row in rows[::step]]
    wide = [len(found) > 1 for found in sample]
    wide = [True] * (len(wide) + 1) if sum(wide[1:-1]) > 1 else [*wide, *wide[-1:]]
    for number, (at, row) in enumerate(rows):
        part, after = divmod(number, step)
        if not after:
            yield from sample[part]
        elif wide[part] or wide[part + 1] or ODD_BLANK.search(row):
            yield from _parted(raw, box, at, row, every=wide[part] or wide[part + 1])
        elif text := row.strip():
            begin = at + len(row) - len(row.lstrip())
            yield begin, begin + len(text) - 1, text


def _parted(
    raw: object,
    box: Callable[[int], Box],
    start: int,
    row: str,
    *,
    every: bool = True,
) -> list[Piece]:
    """
    A row of PDFium's at its wide blanks.

    Blanks that it made up between Chinese characters are left out. `every`: how wide
    the other blanks are is asked as well.
    """
    begin = len(row) - len(row.lstrip())
    end = len(row.rstrip())
    pieces: list[Piece] = []
    if begin >= end:
        return pieces
    out, at = "", begin
    known, word = -1, (0.0, 0.0, 0.0, 0.0)  # where the word before a blank begins, and its box
    for blank in BLANKS.finditer(row, begin, end):
        a, b = blank.span()
        chinese = row[a - 1] > LATIN < row[b]
        if not every and not chinese and b - a == 1:
            continue
        before, word = word, box(start + b)
        if known >= 0 and not chinese:
            # What its letters take at least often leaves no room for a wide blank.
            height = before[3] - before[1]
            room = word[0] - before[0] - NARROW * height * (a - known)
            if 0 <= room <= CELL_GAP * height:
                known = b
                continue
        known = b
        left_of, bottom, right, top = box(start + a - 1)
        left, height = word[0], top - bottom
        gap = left - right
        if left < left_of or gap > CELL_GAP * max(height, 1):
            pieces.append((start + begin, start + a - 1, out + row[at:a]))
            begin, at, out = b, b, ""
        elif chinese and gap < WORD_GAP * height:
            made_up = pdfium_c.FPDFText_IsGenerated(raw, start + a) == 1
            out += row[at:a] + ("" if made_up else blank[0])
            at = b
    pieces.append((start + begin, start + end - 1, out + row[at:end]))
    return pieces


def _by_character(raw: object, count: int) -> str:
    """The text of a page in which some characters have no code, or two: one each, U+FFFD for none."""
    unicode_of, is_unmapped = pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_HasUnicodeMapError
    out: list[str] = []
    for number in range(count):
        code = unicode_of(raw, number)
        known = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000  # noqa: PLR2004
        if not known or (code > 0x7F and is_unmapped(raw, number) == 1):  # noqa: PLR2004
            out.append(LOST)
        else:
            out.append(chr(code))
    return "".join(out)


def _upright(sheet: Sheet) -> Sheet:
    """A page whose text mostly stands sideways, turned so that it can be read."""
    if not any(ODD_TURN < run.angle < 360 - ODD_TURN for run in sheet.runs):
        return sheet
    turns = [round(run.angle / 90) % 4 for run in sheet.runs for _ in range(len(run.text) // 8 + 1)]
    turn = max(set(turns), key=turns.count, default=0)
    if turn == 0:
        return sheet
    return sheet.turned(turn)
