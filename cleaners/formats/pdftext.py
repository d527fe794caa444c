"""Rows of paper to paragraphs: which row goes on in the next, also over columns and pages."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaners.document import Role
from cleaners.formats.lines import Lines
from cleaners.formats.numbering import bullet
from cleaners.formats.pdfhyphens import HYPHENS, Words, shown
from cleaners.formats.pdflayout import Run, Sheet, columns, furniture, usual_size

WORD_GAP = 0.15  # of a letter's height
CELL_GAP = 1.5
ALIKE = 0.15  # sizes that differ less are one
HEADING = 1.15  # of the usual size
LONGEST_HEADING = 60  # characters
INDENT = 0.8  # of a letter's height
HANG = 0.3  # likewise: deeper than the sign of a list
SLACK = 0.7  # likewise: marks that may not begin a row leave it short
LOOSE = 1.35  # of the usual distance between rows: a new paragraph
SELDOM = 0.1  # of the distances between rows
NOTE = 0.9  # of the usual size: notes below a page's text
FEWEST = 6  # rows that show where a column's edges are

STOP = re.compile("[。！？!?…；;：:][”’」』）)]?$")
STARTS = re.compile(
    r"[(（〔【\[]?(?:[0-9０-９]{1,3}|[一二三四五六七八九十百]{1,4}|[A-Ha-h])(?:[)）〕】\]、:：]|[.．](?![0-9０-９]))"
    r"|第[0-9一二三四五六七八九十百千零〇两]{1,6}[条章节回卷集课讲编部篇]|[①-⓿●○◆◇■□▲△►•·※]"
)
LEADER = re.compile(r"(?:[.·…‥] ?){4,}[0-9ivxIVX]{0,5}$")  # an entry of a table of contents
LEADER_ENDS, LEADER_LENGTH = ".·…‥ 0123456789ivxIVX", 13
PAUSES = "，。；：！？、,;:!?…"
CLOSING = re.compile("[，。；：！？、,.;:!?）)”’」』》】]")
LATIN = "\u2e80"  # what is beyond is written without blanks


Row = Run  # of a column: its cells as one text, and its place


class Column(NamedTuple):
    """Where a column's rows begin and end, and how far apart they stand; in points."""

    left: float
    right: float
    leading: float
    indented: bool  # its paragraphs begin with blanks, or hang


def paragraphs(sheets: Sequence[Sheet]) -> Lines:
    """The lines of a file: paragraphs with their roles, and what pages carry besides."""
    usual = usual_size(sheets)
    besides = furniture(sheets, usual)
    words = {run.text for run in besides}  # a text is found sooner than a run
    blocks: list[tuple[int, list[Row]]] = []
    carried: dict[int, list[tuple[str, Role]]] = {}
    for sheet in sheets:
        others = [run for run in sheet.runs if run.text in words and run in besides]
        carried[sheet.number] = [(shown(run.text), besides[run]) for run in others]
        text = [run for run in sheet.runs if run.text not in words or run not in besides]
        rows = [[_row(row) for row in block] for block in columns(text)]
        blocks += [(sheet.number, block) for block in rows if block]
    writer = _Writer(usual, Words([row.text for _, block in blocks for row in block]))
    left = min([row.x0 for _, block in blocks for row in block], default=0.0)
    edges = [sheets[page].width - left for page, _ in blocks]
    shapes = _shapes([block for _, block in blocks], usual, edges)
    last = -1
    for (page, block), shape in zip(blocks, shapes, strict=True):
        for number in range(last + 1, page + 1):
            writer.beside(carried[number])
        last = page
        writer.block(block, shape)
    for number in range(last + 1, len(sheets)):
        writer.beside(carried[number])
    return writer.end()


def _row(runs: Sequence[Run]) -> Row:
    if len(runs) == 1:
        [run] = runs
        return run._replace(text=_signed(run.text)) if _is_signed(run.text) else run
    cells = [runs[0].text]
    for a, b in pairwise(runs):
        gap, height = b.x0 - a.x1, max(a.size, b.size)
        if gap > CELL_GAP * height:
            cells.append(b.text)
        elif gap > WORD_GAP * height and not (cells[-1][-1] > LATIN < b.text[0]):
            cells[-1] += " " + b.text
        else:
            cells[-1] += b.text
    biggest = max(runs, key=_length)
    cells[0] = _signed(cells[0])
    return biggest._replace(
        text=" ".join(cells), x0=runs[0].x0, x1=max([run.x1 for run in runs]), cells=tuple(cells)
    )


def _length(run: Run) -> int:
    return len(run.text)


def _is_signed(text: str) -> bool:
    """Whether a font of signs begins the row: it is an item of a list."""
    return "\ue000" <= text[0] <= "\uf8ff"


def _signed(text: str) -> str:
    return f"{bullet(text[0])} {text[1:].lstrip()}" if _is_signed(text) else text


# ------------------------------------------------------------------------------ columns


def _shapes(blocks: Sequence[Sequence[Row]], usual: float, edges: Sequence[float]) -> list[Column]:
    """Each block's edges; a short block has those of the blocks that begin where it does."""
    own = [_shape(block, usual, edge) for block, edge in zip(blocks, edges, strict=True)]
    shapes: list[Column] = []
    longest = max(range(len(blocks)), key=lambda n: len(blocks[n]), default=-1)
    for block, shape in zip(blocks, own, strict=True):
        near = _near(shape, [own[longest], *shapes[-FEWEST:]]) if len(block) < FEWEST else None
        shapes.append(near or shape)
    return shapes


def _near(shape: Column, known: Sequence[Column]) -> Column | None:
    """The last of the known columns that a short block may stand in."""
    for other in reversed(known):
        width = other.right - other.left
        inside = math.isinf(shape.right) or shape.right < other.right + 0.1 * width
        if abs(shape.left - other.left) < 0.2 * width and inside:
            return other
    return None


def _shape(rows: Sequence[Row], usual: float, edge: float) -> Column:
    """The edges of a column; `edge` is where a page's margin on the right begins, about."""
    text = [row for row in rows if abs(row.size - usual) < ALIKE * usual] or list(rows)
    if not text:
        return Column(0.0, 0.0, usual, indented=False)
    begins, levels = [row.x0 for row in text], [row.y0 for row in text]
    lefts = Counter(map(round, begins))
    least = max(2, len(text) // 10) if len(text) >= FEWEST else 1
    left = min((x for x, n in lefts.items() if n >= least), default=min(lefts))
    rights = sorted([row.x1 for row in text])
    right = rights[min(len(rights) - 1, len(rights) * 9 // 10)]
    # Rows that were wrapped end together, or at the margin, and anywhere in a sentence.
    last = [row.text[-1] for row in text]
    slack = usual * (1 if sum([sign > LATIN for sign in last]) * 2 > len(text) else 5)
    full = [sign for sign, row in zip(last, text, strict=True) if row.x1 > right - slack]
    verses = sum([sign in PAUSES for sign in full]) * 10 > len(full) * 9
    if verses or (len(full) * 2 <= len(text) and right < edge - 3 * usual):
        right = math.inf
    near, far = INDENT * usual, 4 * usual
    gaps = Counter([round(a - b) for a, b in pairwise(levels) if 0 < a - b < far])
    seldom = gaps.total() * SELDOM  # the nearest that is no accident: paragraphs stand further off
    leading = min((gap for gap, n in gaps.items() if n > seldom), default=round(1.5 * usual))
    inside = len([1 for x in begins if near < x - left < far])
    return Column(left, right, leading, 0 < inside * 10 >= len(text))


# --------------------------------------------------------------------------- paragraphs


class _Writer:
    """Collects rows into paragraphs; what pages carry waits until a paragraph ends."""

    def __init__(self, usual: float, words: Words) -> None:
        self._words = words
        self._usual, self._large = usual, HEADING * usual
        self._lines = Lines()
        self._said: list[str] = []  # the rows of the open paragraph
        self._role: Role = "paragraph"
        self._last: Row | None = None
        self._shape: Column | None = None
        self._waiting: list[tuple[str, Role]] = []

    def beside(self, lines: Sequence[tuple[str, Role]]) -> None:
        self._waiting += lines
        if not self._said:
            self._flush()

    def block(self, rows: Sequence[Row], shape: Column) -> None:
        tables = _tables(rows)
        notes = _notes(rows, self._usual)
        for number, row in enumerate(rows):
            if number in tables:
                self._close()
                self._lines.row([shown(cell) for cell in row.cells])
            elif number >= notes:
                self._note(row, first=number == notes)
            else:
                self._add(row, shape, first=number == 0)

    def end(self) -> Lines:
        self._close()
        self._flush()
        return self._lines

    def _add(self, row: Row, shape: Column, *, first: bool) -> None:
        role: Role = "paragraph"
        if row.size > self._large and len(row.text) <= LONGEST_HEADING:
            role = "heading"
        last = self._last
        if last and role == self._role and self._goes_on(last, row, shape, first=first):
            self._said += self._glued(self._said.pop(), row.text)
        else:
            self._close()
            self._said, self._role = [row.text], role
        self._last, self._shape = row, shape

    def _note(self, row: Row, *, first: bool) -> None:
        """Rows of notes below a page's text, over which a paragraph may go on."""
        if first or STARTS.match(row.text) or not self._waiting:
            self._waiting.append((row.text, "note"))
        else:
            text, role = self._waiting[-1]
            self._waiting[-1] = ("".join(self._glued(text, row.text)), role)

    def _goes_on(self, a: Row, b: Row, shape: Column, *, first: bool) -> bool:
        """Whether row `b` belongs to the paragraph that row `a` ends so far."""
        alike = a.size == b.size or abs(a.size - b.size) < ALIKE * max(a.size, b.size)
        if not alike or _is_entry(a.text):
            return False
        distance = a.y0 - b.y0
        if self._role == "heading":
            centred = abs((a.x0 + a.x1) - (b.x0 + b.x1)) < 2 * a.size
            return not first and distance < 2 * a.size and (centred or _is_full(a, b, self._shape))
        apart = distance > LOOSE * shape.leading and (not first or a.page == b.page)
        if apart or not _is_full(a, b, self._shape):
            return False
        if b.x0 - shape.left > INDENT * b.size:
            return self._hangs(a, b, shape)
        # Where paragraphs are indented, this one goes on; elsewhere the words have to tell.
        if shape.indented or not STOP.search(a.text[-2:]):
            return True
        return not (first or STARTS.match(b.text))

    def _hangs(self, a: Row, b: Row, shape: Column) -> bool:
        """Whether a row with blanks before it is the rest of a list's item, or of a quotation."""
        indent, before = b.x0 - shape.left, a.x0 - (self._shape or shape).left
        deeper = indent > before + HANG * b.size and bool(STARTS.match(self._said[0]))
        return deeper or (len(self._said) > 1 and abs(indent - before) < INDENT * b.size)

    def _glued(self, text: str, row: str) -> tuple[str, ...]:
        """Two rows with what stands between them, and without the hyphen that a row's end made."""
        if text[-1] in HYPHENS:
            return self._words.joined(text, row), row
        return (text, row) if text[-1] > LATIN or row[0] > LATIN else (text, " ", row)

    def _close(self) -> None:
        if self._said:
            self._said[-1] = shown(self._said[-1])
            self._lines.add("".join(self._said), self._role)
        self._said, self._last = [], None
        self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._lines.extend(self._waiting)
            self._waiting = []


def _is_entry(text: str) -> bool:
    """Whether it is a row of a table of contents: dots, and a page's number."""
    return text[-1] in LEADER_ENDS and LEADER.search(text[-LEADER_LENGTH:]) is not None


def _is_full(a: Row, b: Row, shape: Column | None) -> bool:
    """Whether the first word of the next row had no room in this one."""
    if shape is None or math.isinf(shape.right):
        return False
    left = shape.right - SLACK * a.size - a.x1
    if left < 0:
        return True
    if b.text[0] > LATIN:
        room = a.size * (1 + len(CLOSING.findall(b.text[1:3])))
    else:
        word = b.text.split(" ", 1)[0]
        room = (b.x1 - b.x0) * (len(word) + 1) / max(len(b.text), 1)
    return room > left


def _tables(rows: Sequence[Row]) -> frozenset[int]:
    """The rows with several cells that stand below each other."""
    several = [n for n, row in enumerate(rows) if len(row.cells) > 1]
    return frozenset(n for pair in pairwise(several) if pair[1] == pair[0] + 1 for n in pair)


def _notes(rows: Sequence[Row], usual: float) -> int:
    """Where small rows begin that end a column's text below larger ones."""
    at = len(rows)
    while at and rows[at - 1].size < NOTE * usual and len(rows[at - 1].cells) <= 1:
        at -= 1
    return at or len(rows)
