"""The kept blocks as lines of one text; the cells of a table's row as one line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cleaners.document import Line
from cleaners.html.blocks import Block, Page

LONG_CELL = 40  # characters; such lines, several in one cell, are text in a layout table


def lines_of(page: Page, kept: Sequence[int]) -> tuple[str, tuple[Line, ...]]:
    """The text of the blocks `kept`, and where each line stands in it."""
    texts: list[str] = []
    lines: list[Line] = []
    at = 0
    for row, group in groupby((page.blocks[i] for i in kept), key=lambda block: _row(page, block)):
        for line in _joined(page, list(group)) if row >= 0 else group:
            texts.append(line.text)
            end = at + len(line.text)
            lines.append(Line(at, end, line.role, round(line.link / len(line.text), 3)))
            at = end + 1
    return "\n".join(texts), tuple(lines)


def _joined(page: Page, blocks: list[Block]) -> list[Block]:
    """The blocks of one row: one line with tabs between cells, unless the table is layout."""
    cells = [
        list(group) for _, group in groupby(blocks, key=lambda block: _above(page, block, _CELLS))
    ]
    crowded = max(len(cell) for cell in cells) > 1
    if len(cells) == 1 or (crowded and any(len(block.text) > LONG_CELL for block in blocks)):
        layout = crowded or len(cells) == 1
        return [
            Block(
                b.text, b.at, b.link, "paragraph" if layout or len(b.text) > LONG_CELL else b.role
            )
            for b in blocks
        ]
    text = "\t".join(" ".join(block.text for block in cell) for cell in cells)
    return [Block(text, blocks[0].at, sum(block.link for block in blocks), "table")]


_CELLS = frozenset(("td", "th"))
_ROWS = frozenset(("tr",))


def _row(page: Page, block: Block) -> int:
    """Index of the row that a table's block stands in, or -1."""
    return _above(page, block, _ROWS) if block.role == "table" else -1


def _above(page: Page, block: Block, tags: frozenset[str]) -> int:
    at = block.at
    while at >= 0 and page.tag[at] not in tags:
        at = page.parent[at]
    return at
