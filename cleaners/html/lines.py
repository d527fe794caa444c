"""
The kept blocks as lines of one text, with what the markup says about them.

The cells of a table's row are one line. Levels, marks and units are those of `Line`; they are
read here, of the few blocks that are kept, and cost the walk over the page nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from cleaners.characters import VISIBLE
from cleaners.document import Line, Link
from cleaners.html.address import Address
from cleaners.html.page import Block, BlockLink, Page

LONG_CELL = 40  # characters; such lines, several in one cell, are text in a layout table
DEEPEST = 16  # level of an item that is told from those above it
MAX_SPAN = 50  # columns of one cell that are believed

_CELLS = frozenset(("td", "th"))
_ROWS = frozenset(("tr",))
_TABLES = frozenset(("table",))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_ITEMS = frozenset(("li", "dt", "dd"))
_CODE = frozenset(("pre", "listing", "xmp"))
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_LANGUAGE = re.compile(
    r"(?:^|[\s;])(?:lang(?:uage)?-|brush:\s{0,3}|highlight-(?:source-)?|sourceCode\s)([A-Za-z][\w+#.-]{0,19})"
)
_NO_LANGUAGE = frozenset(("none", "plain", "plaintext", "text", "txt", "nohighlight"))


def lines_of(
    page: Page, kept: Sequence[int], address: Address
) -> tuple[str, tuple[Line, ...], tuple[Link, ...]]:
    """
    The text of the blocks `kept`, where each line stands in it, and the links in it.

    `address` says where the page is from, and with it where its links lead.
    """
    blocks = [page.blocks[i] for i in kept]
    structure = _Structure(page, blocks)
    texts: list[str] = []
    lines: list[Line] = []
    links: list[Link] = []
    hanging: _Hanging = {}
    at = 0
    runs = [
        (row, list(group)) for row, group in groupby(blocks, key=lambda block: _row(page, block))
    ]
    grids = _grids(page, runs)
    for row, run in runs:
        said = _joined(page, run, hanging, grids) if row >= 0 else [(b, "") for b in run]
        for block, mark in said:
            texts.append(block.text)
            end = at + len(block.text)
            density = round(block.link / len(block.text), 3) if block.link else 0.0
            lines.append(Line(at, end, block.role, density, *structure.of(block, mark)))
            if block.links:
                links += _links(page, block, at, address)
            at = end + 1
    return "\n".join(texts), tuple(lines), tuple(links)


def _links(page: Page, block: Block, at: int, address: Address) -> Iterator[Link]:
    """The links of one line, which begins at `at`."""
    places = [found.start() for found in VISIBLE.finditer(block.text)]
    for link in block.links:
        target = address.of(page.anchors[link.anchor].attributes.get("href") or "")
        if target and link.end <= len(places):
            yield Link(at + places[link.start], at + places[link.end - 1] + 1, target)


def _links_of_row(blocks: Iterable[Block]) -> Iterator[BlockLink]:
    """The links of blocks that become one line."""
    before = 0
    for block in blocks:
        for link in block.links:
            yield link._replace(start=link.start + before, end=link.end + before)
        before += len(VISIBLE.findall(block.text))


_Hanging = dict[int, dict[int, int]]


class _Structure:
    """Levels, marks and units of the lines of one page."""

    def __init__(self, page: Page, blocks: Iterable[Block]) -> None:
        self._page = page
        self._base = -1  # lists around all of the text are layout
        self._depths: dict[int, int] = {}
        self._units: dict[int, int] = {}
        self._numbers: dict[int, int] = {}
        if any(block.role == "list" for block in blocks):
            self._base = min(self._depth(block.at) for block in blocks)
            self._numbers = _item_numbers(page)

    def of(self, block: Block, row: str) -> tuple[int, str, int]:
        """(level, mark, unit) of one line; `row` is the mark of a row."""
        page, at = self._page, block.at
        if block.role == "heading":
            heading = _above(page, at, _HEADINGS)
            return (int(page.tag[heading][1]) if heading >= 0 else 0), "", 0
        if block.role == "list":
            return self._item(at)
        if block.role == "table":
            return 0, row, self._unit(_above(page, at, _TABLES))
        if block.role == "code":
            code = _above(page, at, _CODE)
            return 0, _language(page, code), self._unit(code)
        return 0, "", 0

    def _item(self, at: int) -> tuple[int, str, int]:
        item = _above(self._page, at, _ITEMS)
        level = self._depth(at) - self._base
        if item < 0 or self._page.tag[item] != "li" or level < 1:
            return 0, "", 0
        number = self._numbers.get(item)
        return min(level, DEEPEST), "-" if number is None else f"{number}.", self._unit(item)

    def _depth(self, at: int) -> int:
        """In how many lists an element stands."""
        known = self._depths.get(at)
        if known is None:
            depth, above = 0, at
            while (above := _above(self._page, above, _LISTS)) >= 0:
                depth += 1
                above = self._page.parent[above]
            known = self._depths[at] = depth
        return known

    def _unit(self, at: int) -> int:
        """The number of a table, an item or a code block: they are counted as they come."""
        return self._units.setdefault(at, len(self._units) + 1)


def _item_numbers(page: Page) -> dict[int, int]:
    """The printed number of each item of an ordered list."""
    numbers: dict[int, int] = {}
    following: dict[int, int] = {}
    for at, tag in enumerate(page.tag):
        if tag == "ol":
            following[at] = _number(page.says(at, "start"), 1)
        elif tag == "li" and (above := page.parent[at]) in following:
            numbers[at] = _number(page.says(at, "value"), following[above])
            following[above] = numbers[at] + 1
    return numbers


def _number(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else otherwise  # noqa: PLR2004


def _language(page: Page, code: int) -> str:
    """What the names of a code block say it is written in, or nothing."""
    if code < 0:
        return ""
    inner = page.code.get(code, "")
    for name in (inner, page.name[code], page.name[page.parent[code]]):
        found = _LANGUAGE.search(name)
        if found and found[1].lower() not in _NO_LANGUAGE:
            return found[1].lower()
    return ""


def _grids(page: Page, runs: Iterable[tuple[int, list[Block]]]) -> set[int]:
    """The tables that have a row with several cells of a few words."""
    return {
        _above(page, row, _TABLES)
        for row, run in runs
        if row >= 0
        and len({_above(page, block.at, _CELLS) for block in run}) > 1
        and all(len(block.text) <= LONG_CELL for block in run)
    }


def _joined(
    page: Page, blocks: list[Block], hanging: _Hanging, grids: set[int]
) -> list[tuple[Block, str]]:
    """The blocks of one row: one line with tabs between cells, unless the table is layout."""
    cells = [
        (at, list(group))
        for at, group in groupby(blocks, key=lambda block: _above(page, block.at, _CELLS))
    ]
    columns = _columns(page, [at for at, _ in cells], hanging)
    crowded = max(len(cell) for _, cell in cells) > 1
    only = blocks[0]
    if len(blocks) == 1 and len(columns) > 1 and len(only.text) <= LONG_CELL:
        in_grid = _above(page, only.at, _TABLES) in grids
        return [(only, columns)] if in_grid else [(only._replace(role="paragraph"), "")]
    if len(cells) == 1 or (crowded and any(len(block.text) > LONG_CELL for block in blocks)):
        layout = crowded or len(cells) == 1
        return [
            (b._replace(role="paragraph"), "") if layout or len(b.text) > LONG_CELL else (b, "c")
            for b in blocks
        ]
    text = "\t".join(" ".join(block.text for block in cell) for _, cell in cells)
    linked = sum(block.link for block in blocks)
    return [(Block(text, blocks[0].at, linked, "table", tuple(_links_of_row(blocks))), columns)]


def _columns(page: Page, filled: Sequence[int], hanging: _Hanging) -> str:
    """
    One letter for each column of a row: h head, c cell, - empty. `filled` are those with text.

    `hanging` are the cells that reach down into later rows, by table: column -> rows left.
    """
    row = _above(page, filled[0], _ROWS)
    above = hanging.setdefault(_above(page, row, _TABLES), {})
    head = row >= 0 and page.tag[page.parent[row]] == "thead"
    full = set(filled)
    letters: list[str] = []
    at = row + 1
    while at <= filled[-1] or (at < len(page.tag) and page.parent[at] >= row):
        if page.parent[at] == row and page.tag[at] in _CELLS:
            _pass_hanging(letters, above)
            wide = min(max(_number(page.says(at, "colspan"), 1), 1), MAX_SPAN)
            more = min(_number(page.says(at, "rowspan"), 1), MAX_SPAN * MAX_SPAN) - 1
            if more > 0:
                above |= dict.fromkeys(range(len(letters), len(letters) + wide), more)
            letter = "h" if head or page.tag[at] == "th" else "c"
            letters += [letter if at in full else "-", *"-" * (wide - 1)]
        at += 1
    _pass_hanging(letters, above)
    return "".join(letters)


def _pass_hanging(letters: list[str], above: dict[int, int]) -> None:
    """Empty columns where cells of rows above hang down."""
    while above.get(len(letters), 0) > 0:
        above[len(letters)] -= 1
        letters.append("-")


def _row(page: Page, block: Block) -> int:
    """Index of the row that a table's block stands in, or -1."""
    return _above(page, block.at, _ROWS) if block.role == "table" else -1


def _above(page: Page, at: int, tags: frozenset[str]) -> int:
    """The innermost element of these tags that is or holds the element `at`, or -1."""
    while at >= 0 and page.tag[at] not in tags:
        at = page.parent[at]
    return at
