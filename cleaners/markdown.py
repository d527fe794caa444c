"""
A clean document as Markdown (CommonMark, with the tables of GFM).

What a page's markup said comes back as marks: headings, lists, tables, code, captions.
Everything else is a paragraph, and in it only what Markdown would take for a mark is
escaped; Chinese text has next to nothing of that. A text that is Markdown already keeps
its marks, and gets back the empty lines that clean text does without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from cleaners.document import Document, Line, Link, TextBlock
from cleaners.normalise import FENCE
from cleaners.page import split_lines

DEEPEST = 6  # level of a heading


def markdown(document: Document) -> str:
    r"""
    The document's title and text as Markdown, without a line feed at its end.

    Links are written where the document has any: see the `links` of `cleaners.clean`.

    >>> from cleaners import RawPage, clean
    >>> page = (
    ...     "<title>渡口</title><h1>渡口</h1><p>天亮了，雾还没有散，岸上的人都在等。</p>"
    ...     "<h2>早班</h2><p>五点，*第一班*船开了，船上有十个人，都是去赶集的。</p>"
    ... )
    >>> [document] = clean(RawPage("text:", page.encode(), "text/html"))
    >>> print(markdown(document))
    # 渡口
    <BLANKLINE>
    天亮了，雾还没有散，岸上的人都在等。
    <BLANKLINE>
    ## 早班
    <BLANKLINE>
    五点，\*第一班\*船开了，船上有十个人，都是去赶集的。
    """
    lines = _lines(document)
    if _is_markdown(document):
        return _as_it_is(document, lines)
    writer = _Writer()
    if document.title and _heads(document, lines):
        lines = lines[1:]
    if document.title:
        writer.add(f"# {_heading_text(_inline(document.title))}")
    first = any(_is_heading(line.block, 1) for line in lines)
    shift = int(bool(document.title) and first)  # below the title
    for (role, _), run in groupby(lines, key=_run):
        several = list(run)
        if role == "code":
            writer.add(_code(several))
        elif role == "table":
            writer.add(_table(several))
        else:
            for line in several:
                _write_line(writer, line, shift)
    return "\n".join(writer.out)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text, what it is, and the links in it (offsets count in the line)."""

    text: str
    block: TextBlock | None = None
    links: tuple[Link, ...] = ()

    @property
    def role(self) -> str:
        return self.block.role if self.block else "paragraph"


@dataclass(slots=True)
class _Writer:
    """Lines that are written, with an empty one between two that do not belong together."""

    out: list[str] = field(default_factory=list)
    items: list[tuple[int, int, int]] = field(default_factory=list)  # open: level, unit, width
    last: dict[int, tuple[int, str]] = field(default_factory=dict)  # number and its mark, by level

    def add(self, text: str, *, close: bool = False) -> None:
        """Write `text`; `close` to the line before, as items of one list are."""
        if self.out and not close:
            self.out.append("")
        self.out.append(text)

    def leave_lists(self) -> None:
        self.items.clear()
        self.last.clear()


def _lines(document: Document) -> list[_Line]:
    """The lines of the text that are not empty; lines between fences are code."""
    blocks = {block.start: block for block in document.blocks}
    links = iter(document.links)
    link = next(links, None)
    lines: list[_Line] = []
    inside = False
    at = 0
    for text in document.text.split("\n"):
        end = at + len(text)
        block = blocks.get(at)
        if block is None:
            fence = text.strip().startswith(FENCE)
            if inside or fence:
                block = TextBlock(at, end, "code", mark=FENCE if fence else "")
            inside ^= fence
        here: list[Link] = []
        while link and link.start < end:
            here.append(Link(link.start - at, link.end - at, link.target))
            link = next(links, None)
        if text.strip():
            lines.append(_Line(text, block, tuple(here)))
        at = end + 1
    return lines


def _run(line: _Line) -> tuple[str, int]:
    """Lines that are written together: code, and the rows of one table."""
    return line.role, line.block.unit if line.block and line.role == "table" else 0


def _is_heading(block: TextBlock | None, level: int) -> bool:
    return block is not None and block.role == "heading" and block.level == level


def _heads(document: Document, lines: Sequence[_Line]) -> bool:
    """Whether the title heads the text already."""
    return bool(lines) and _bare(lines[0].text) == _bare(document.title or "")


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


# ------------------------------------------------------------------------------- lines

_ORDINAL = re.compile(r"(?:[0-9]{1,3}[、.．)）]|[（(][0-9一二三四五六七八九十]{1,3}[)）]|[①-⑳])")


def _write_line(writer: _Writer, line: _Line, shift: int) -> None:
    block, text = line.block, line.text.strip()
    if block is None or line.role not in ("heading", "list", "caption"):
        writer.leave_lists()
        writer.add(_paragraph(line))
    elif block.role == "heading":
        writer.leave_lists()
        level = min(max(block.level, 1) + shift, DEEPEST)
        writer.add(f"{'#' * level} {_heading_text(_inline(line.text, line.links))}")
    elif block.role == "caption":
        writer.leave_lists()
        writer.add(f"*{_inline(text, line.links, whole=True)}*")
    elif block.level < 1:
        writer.leave_lists()
        writer.add(_paragraph(line))
    else:
        _write_item(writer, line, block)


def _write_item(writer: _Writer, line: _Line, block: TextBlock) -> None:
    """An item of a list, or one more paragraph of an item that is open."""
    units = [unit for _, unit, _ in writer.items]
    if block.unit in units:
        del writer.items[units.index(block.unit) + 1 :]
        writer.add(" " * sum(width for *_, width in writer.items) + _paragraph(line))
        return
    inside = bool(writer.items)
    while writer.items and writer.items[-1][0] >= block.level:
        writer.items.pop()
    writer.last = {level: last for level, last in writer.last.items() if level <= block.level}
    indent = " " * sum(width for *_, width in writer.items)
    starts = block.level not in writer.last
    mark = _mark(writer, line, block)
    # A list that does not begin with 1 cannot stand close to the words above it.
    close = inside and not (starts and mark[:-1] not in ("", "1"))
    writer.add(f"{indent}{mark} {_paragraph(line)}", close=close)
    writer.items.append((block.level, block.unit, len(mark) + 1))


def _mark(writer: _Writer, line: _Line, block: TextBlock) -> str:
    """`-` or a number; a second list right behind the first gets other marks, or they are one."""
    if not block.mark[:-1].isdigit() or _ORDINAL.match(line.text):
        return "-"
    number, (last, dot) = int(block.mark[:-1]), writer.last.get(block.level, (-1, "."))
    if number <= last:
        dot = ")" if dot == "." else "."
    writer.last[block.level] = number, dot
    return f"{number}{dot}"


def _heading_text(text: str) -> str:
    """A # at the end of a heading would be taken for its closing mark."""
    return re.sub(r"(?<= )#(?=#*$)", r"\\#", text)


def _paragraph(line: _Line) -> str:
    return _at_start(_inline(line.text, line.links))


# ------------------------------------------------------------------------ code, tables


def _code(lines: Sequence[_Line]) -> str:
    """Blocks of code with their own fences, longer ones where the code has such lines itself."""
    out: list[str] = []
    content: list[_Line] = []
    opened = ""
    for line in lines:
        if line.block and line.block.mark == FENCE:
            if opened:
                out += _fenced(opened, content)
                content, opened = [], ""
            else:
                opened = line.text.strip()
        else:
            content.append(line)
            opened = opened or FENCE
    if opened:
        out += _fenced(opened, content)
    return "\n".join(out)


def _fenced(opened: str, content: Sequence[_Line]) -> list[str]:
    """`opened` is the line that opens the code: it may name the language."""
    longest = max(
        (len(m[0]) for line in content if (m := re.match("`+", line.text.strip()))), default=0
    )
    fence = "`" * max(len(FENCE), longest + 1)
    language = opened.lstrip("`").strip().replace("`", "")
    if not language and content and content[0].block:
        language = content[0].block.mark
    return [f"{fence}{language}", *(line.text for line in content), fence]


def _table(lines: Sequence[_Line]) -> str:
    """Rows of GFM. Without a head the first row is an empty one, which GFM asks for."""
    rows = [_cells(line) for line in lines]
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    mark = lines[0].block.mark if lines[0].block else ""
    if len(lines) == 1 or not ("h" in mark and "c" not in mark):
        rows.insert(0, [""] * width)
    rows.insert(1, ["---"] * width)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(line: _Line) -> list[str]:
    """The cells of a row, empty ones in their places."""
    cells: list[str] = []
    at = 0
    for text in line.text.split("\t"):
        end = at + len(text)
        links = [
            Link(link.start - at, min(link.end, end) - at, link.target)
            for link in line.links
            if at <= link.start < end
        ]
        # A cell that begins like a list is none: no mark of a line works inside of a table.
        cells.append(_inline(text, links).replace("|", "\\|"))
        at = end + 1
    mark = line.block.mark if line.block else ""
    if len(mark) - mark.count("-") != len(cells):  # a cut took a cell
        return cells
    filled = iter(cells)
    return ["" if letter == "-" else next(filled) for letter in mark]


# ---------------------------------------------------------------------------- escaping

_PLAIN = re.compile(r"[^\\`*_\[\]<&~]*")
_URL = re.compile(r"https?://[!-;=?-~]+")
_START = re.compile(
    r"#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|(?:-[ \t]*){3,}$|~{3,}|`{3,}|\[[^\[\]]{1,300}\]:"
    r"|(?P<number>[0-9]{1,9})[.)](?=\s|$)"
)
_SPECIAL = re.compile(
    r"(?P<address>https?://[!-;=?-~]+)|\\(?=[!-/:-@\[-`{-~]|https?://)|[`*\[\]~]|_+|<(?=[A-Za-z/!?])"
    r"|&(?=#?[A-Za-z0-9]{1,32};)"
)


def _at_start(text: str) -> str:
    """The line, with a backslash before what would make it a heading, an item, a quotation …"""
    found = _START.match(text)
    if not found:
        return text
    at = found.end("number") if found["number"] else 0
    return f"{text[:at]}\\{text[at:]}"


def _inline(text: str, links: Sequence[Link] = (), *, whole: bool = False) -> str:
    r"""
    A line in which nothing is a mark but its links; `whole` for a line that stands in a mark.

    A single * or ~ does nothing, nor does a _ inside of a word: they stay as they are.

    >>> print(_inline("本息3*4元，_附件_，见<b>，a_b，5~8天"))
    本息3*4元，\_附件\_，见\<b>，a_b，5~8天
    """
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    if not links and not whole and _PLAIN.fullmatch(text):
        return text
    marks = _marks(text, whole=whole)
    out: list[str] = []
    at = 0
    for link in links:
        start, end = max(link.start - lead, at), min(link.end - lead, len(text))
        if start < end:
            out.append(_escaped(text, at, start, marks))
            anchor = _escaped(text, start, end, marks | {"[", "]"}, addresses=False)
            out.append(f"[{anchor}]({_target(link.target)})")
            at = end
    out.append(_escaped(text, at, len(text), marks))
    return "".join(out)


def _target(target: str) -> str:
    """A link's target, with what Markdown would stumble over as percent escapes."""
    return re.sub(r"[\s()<>\\*_`\[\]]", lambda found: f"%{ord(found[0]):02X}", target)


def _marks(text: str, *, whole: bool) -> frozenset[str]:
    """Which characters could work as marks in this line."""
    bare = _URL.sub("", text)
    least = 1 if whole else 2
    marks = {c for c in "*`~" if bare.count(c) >= least}
    if "_" in bare and (whole or len(re.findall("_+", bare)) > 1 or not bare.strip("_ ")):
        marks.add("_")
    if "](" in bare or "][" in bare or re.match(r"\[[ xX]\]\s", bare):
        marks |= {"[", "]"}
    return frozenset(marks)


def _escaped(
    text: str, start: int, end: int, marks: frozenset[str], *, addresses: bool = True
) -> str:
    """
    text[start:end] with backslashes. Not in addresses, of which they would become a part: one
    that could be misread goes between < and >.
    """
    out: list[str] = []
    for found in _SPECIAL.finditer(text, start):  # to the end of the line: it looks ahead
        said, at = found[0], found.start()
        if at >= end:
            break
        out.append(text[start:at])
        start = min(found.end(), end)
        if not found["address"]:
            last = said == "\\" and start == end
            out.append(f"\\{said}" if last else _backslashed(text, found, marks))
        elif addresses:
            out.append(f"<{said}>" if _SPECIAL.search(said, 1) else said)
        else:
            inside = _SPECIAL.sub(lambda mark: f"\\{mark[0]}", said[1 : start - at])
            out.append(said[0] + inside)
    out.append(text[start:end])
    return "".join(out)


def _backslashed(text: str, found: re.Match[str], marks: frozenset[str]) -> str:
    said = found[0]
    if said[0] == "_":
        works = "_" in marks and not _in_word(text, *found.span())
        return "\\_" * len(said) if works else said
    return f"\\{said}" if said in marks or said in "\\<&" else said


def _in_word(text: str, start: int, end: int) -> bool:
    """Whether letters or digits stand on both sides: then a _ is no mark."""
    if start == 0 or end == len(text) or text.startswith(("http://", "https://"), end):
        return False
    return text[start - 1].isalnum() and text[end].isalnum()


# ------------------------------------------------------------------- Markdown already

_SIGN = re.compile(r"^#{1,6} +\S|^```|\]\(https?://|\*\*[^*\s][^*\n]*\*\*", re.MULTILINE)
_SUBHEADING = re.compile(r"^#{2,6} +\S", re.MULTILINE)
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|[0-9]{1,9}[.)])(?=[ \t])")
_CLOSE = re.compile(r"(?P<item>(?:[-*+]|[0-9]{1,9}[.)])\s)|(?P<quote>>)|(?P<row>\||.*[^\s|] \| )")
_UNDERLINE = re.compile(r"=+\s*$")


def _is_markdown(document: Document) -> bool:
    """What came as Markdown; or plain text with a heading of a lower level and one more sign."""
    extractor, text = document.provenance.extractor, document.text
    return extractor.startswith("markdown@") or (
        extractor.startswith("text@")
        and _SUBHEADING.search(text) is not None
        and len(_SIGN.findall(text)) > 1
    )


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a text in Markdown; those that are items of nested lists with their level."""
    lines: list[Line] = []
    depths: list[int] = []  # indents of the items that are open
    inside = False
    for line in split_lines(text):
        said = text[line.start : line.end]
        inside ^= said.strip().startswith(FENCE)
        item = None if inside else _ITEM.match(said)
        if not item:
            if said[:1] not in " \t\u3000":
                depths.clear()
            lines.append(line)
            continue
        indent = len(item["indent"].expandtabs(4))
        while depths and depths[-1] >= indent:
            depths.pop()
        depths.append(indent)
        lines.append(line._replace(role="list", level=len(depths)))
    return tuple(lines)


def _as_it_is(document: Document, lines: Sequence[_Line]) -> str:
    """A text with marks of its own: empty lines where blocks end, nested items under theirs."""
    writer = _Writer()
    if document.title and not _heads(document, lines):
        writer.add(f"# {document.title}")
    last, inside = "", False
    for line in lines:
        fence = line.role == "code" and line.text.strip().startswith(FENCE)
        found = None if line.role == "code" else _CLOSE.match(line.text)
        kind = "code" if inside else (found.lastgroup or "" if found else "")
        close = bool(kind) and kind == last
        level = line.block.level if line.block and line.role == "list" else 1
        writer.add(
            "    " * (level - 1) + line.text,
            close=close or (last == "" and _UNDERLINE.match(line.text) is not None),
        )
        inside ^= fence
        last = "code" if inside else kind
    return "\n".join([*writer.out, FENCE] if inside else writer.out)
