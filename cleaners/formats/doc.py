"""
Word's old .doc, and the .wps of WPS Office, which is the same.

    OLE file ─▶ WordDocument and its table ─▶ stories ─▶ lines, headers, notes, stamps

Programs that do it (antiword, catdoc) are not there on most systems, lose what is not
Latin, and give one text in which headers cannot be told; here nothing has to be installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import olefile

from cleaners.document import Extracted, Role
from cleaners.formats.docfile import (
    ENDNOTE_REFERENCES,
    HEADERS,
    NOTE_REFERENCES,
    DocFile,
    opened,
)
from cleaners.formats.doclists import art, counter
from cleaners.formats.lines import Lines
from cleaners.formats.numbering import Counter
from cleaners.formats.problem import FormatProblem
from cleaners.formats.summary import summary

EXTRACTOR = f"doc@1+olefile {olefile.__version__}"
PARAGRAPH = re.compile("[^\r\x07\x0c]*[\r\x07\x0c]?")
FIELD = re.compile("[\x13\x14\x15]")
# Marks inside of a text; the others stand for pictures, notes, comments.
MARKS = {
    0x0B: "\n", 0x0E: "\n", 0x1E: "-", 0x1F: None, 0x00: None, 0x01: None, 0x03: None, 0x04: None,
    0x05: None, 0x08: None, 0x15: None, 0x14: None, 0x13: None, 0x28: "(",
}  # fmt: skip
SEPARATORS = 6  # stories before the headers: lines above notes
FOOTERS = frozenset((2, 3, 5))  # of the six of each section
HEADINGS = range(1, 10)  # built-in styles
BODY = 9  # an outline level that is none


def read(body: bytes) -> Extracted:
    """
    The text of a .doc of Word 97 or later, or of a .wps.

    FormatProblem: damaged-file, password-protected or unsupported-format.
    """
    try:
        with cast("olefile.OleFileIO[str]", olefile.OleFileIO(body)) as ole:
            main, *tables = (_stream(ole, name) for name in ("WordDocument", "0Table", "1Table"))
            facts = summary(_stream(ole, "\x05SummaryInformation"))
    except (OSError, ValueError, IndexError, TypeError, OverflowError, MemoryError) as error:
        raise FormatProblem(
            "damaged-file", "the file is cut off or damaged; get it again, or save it as .docx"
        ) from error
    if not main:
        raise FormatProblem(
            "unsupported-format", "there is no Word document in it; save it as .docx or .pdf"
        )
    file = opened(main, (tables[0], tables[1]))
    out = Lines()
    around = list(_around(file))
    out.extend([(text, role) for text, role in around if role == "header"])
    out.extend([(text, "watermark") for text in art(file)])
    out.extend(_Story(file, counter(file), _labels(file)).lines("text"))
    out.extend(_Story(file, Counter({}), {}).lines("boxes"))
    out.extend(_notes(file))
    out.extend([(text, role) for text, role in around if role == "footer"])
    return out.extracted("doc", EXTRACTOR, facts, encoding="utf-16-le")


def _stream(ole: olefile.OleFileIO[str], name: str) -> bytes:
    return ole.openstream(name).read() if ole.exists(name) else b""


@dataclass(slots=True)
class _Story:
    """A story of a file while it is read: paragraphs, rows of tables, open fields."""

    file: DocFile
    counter: Counter
    labels: dict[int, str]  # CP of a note's mark → what stands in its place
    _fields: list[bool] = field(default_factory=list)  # True in the instructions of a field
    _pieces: list[str] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _out: Lines = field(default_factory=Lines)

    def lines(self, name: str) -> list[tuple[str, Role]]:
        start, end = self.file.stories[name]
        return self.between(start, end)

    def between(self, start: int, end: int) -> list[tuple[str, Role]]:
        for part in PARAGRAPH.finditer(self.file.text, start, end):
            if not part[0]:
                continue
            self._say(part[0].rstrip("\r\x07\x0c"), part.start())
            self._end(part[0][-1], part.end() - 1)
        if self._cells:
            self._out.row(self._cells)
        text = self._taken()
        self._out.add(text)
        return self._out.pairs()

    def _say(self, text: str, at: int) -> None:
        """What is shown of a stretch: results of fields, and not their instructions."""
        done = 0
        for sign in FIELD.finditer(text):
            self._show(text[done : sign.start()], at + done)
            done = sign.end()
            if sign[0] == "\x13":
                self._fields.append(True)
            elif self._fields and sign[0] == "\x14":
                self._fields[-1] = False
            elif self._fields:
                self._fields.pop()
        self._show(text[done:], at + done)

    def _show(self, text: str, at: int) -> None:
        if text and not any(self._fields):
            if "\x02" in text:
                text = "".join(
                    self.labels.get(at + n, "") if c == "\x02" else c for n, c in enumerate(text)
                )
            self._pieces.append(text.translate(MARKS))

    def _taken(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        if any("\ud800" <= c < "\ue000" for c in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text

    def _end(self, mark: str, cp: int) -> None:
        known = self.file.paragraph(cp)
        if mark == "\x07" and known.row_end:
            self._out.row(self._cells)
            self._cells.clear()
            self._pieces.clear()
        elif mark == "\x07":
            self._cells.append(self._taken())
        elif known.in_table and mark == "\r":
            self._pieces.append("\n")
        elif mark in "\r\x0c":
            text = self._taken()
            if not text.strip():
                return
            label = self.counter.label(str(known.list_number), known.list_level)
            role: Role = "list" if label else "paragraph"
            if known.style in HEADINGS or known.outline < BODY:
                role = "heading"
            self._out.add(label + text, role)


def _around(file: DocFile) -> Iterator[tuple[str, Role]]:
    """Headers and footers by section, those that are said again only once."""
    start, end = file.stories["headers"]
    seen: set[tuple[str, Role]] = set()
    for number, (a, b) in enumerate(pairwise(file.positions(HEADERS))):
        if number < SEPARATORS or not 0 <= a < b <= end - start:
            continue
        role: Role = "footer" if number % SEPARATORS in FOOTERS else "header"
        for text, _ in _Story(file, Counter({}), {}).between(start + a, start + b):
            if (text, role) not in seen:
                seen.add((text, role))
                yield text, role
    for text, _ in _Story(file, Counter({}), {}).lines("header boxes"):
        yield text, "header"


def _labels(file: DocFile) -> dict[int, str]:
    """What stands in the text for each note: [1], [2] …, in the order of the text."""
    marks = {*file.positions(NOTE_REFERENCES, of=2)[:-1]}
    marks |= {*file.positions(ENDNOTE_REFERENCES, of=2)[:-1]}
    return {cp: f"[{number}]" for number, cp in enumerate(sorted(marks), 1)}


def _notes(file: DocFile) -> Iterator[tuple[str, Role]]:
    labels = _labels(file)
    for story, marks in (("notes", NOTE_REFERENCES), ("endnotes", ENDNOTE_REFERENCES)):
        start, end = file.stories[story]
        starts = [n for n in range(start, min(end, len(file.text))) if file.text[n] == "\x02"]
        named = [labels.get(cp, "") for cp in sorted(file.positions(marks, of=2)[:-1])]
        for number, (a, b) in enumerate(pairwise([*starts, end])):
            said = " ".join(t.strip() for t, _ in _Story(file, Counter({}), {}).between(a, b))
            label = named[number] if number < len(named) else ""
            yield f"{label} {said}".strip(), "note"
