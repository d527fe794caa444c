"""One walk over a part of a .docx: paragraphs, tables, fields, shapes, as lines with roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from cleaners.document import Role
from cleaners.formats.lines import Lines
from cleaners.formats.numbering import BULLETS, VAL, Counter, W
from cleaners.formats.xmlpart import MAX_DEPTH, too_deep

REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

P, R, T, TBL, PPR, RPR = (W + name for name in ("p", "r", "t", "tbl", "pPr", "rPr"))
FLDCHAR, BOX, CHOICE = f"{W}fldChar", f"{W}txbxContent", f"{MC}AlternateContent"
DRAWING, PICT, OBJECT = f"{W}drawing", f"{W}pict", f"{W}object"
# Around text that is shown; what is deleted or moved away is not among them.
WRAPPERS = frozenset(
    [W + name for name in ("hyperlink", "ins", "moveTo", "smartTag", "fldSimple", "sdt", "sdtContent",
                           "customXml", "dir", "bdo", "ruby", "rubyBase", "footnote", "endnote")]
    + [MATH + name for name in ("oMath", "oMathPara")]
)  # fmt: skip
SIGNS = {
    f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-",
}  # fmt: skip
NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
OFF = frozenset(("0", "false", "off", "none"))
HEADING = re.compile(r"(?:heading|标题|標題) ?[1-9]|(?:sub)?title|标题|副标题", re.IGNORECASE)
CAPTION = re.compile("caption|题注|題注", re.IGNORECASE)
BODY_LEVEL = "9"  # an outline level that is none
STAMP = re.compile("watermark|水印", re.IGNORECASE)
ROTATION = re.compile(r"rotation:\s{0,4}(-?[0-9.]{1,12})")
RIGHT_ANGLE = 90
SIXTY_THOUSANDTHS = 60_000  # of a degree: DrawingML's unit
LONGEST_STAMP = 80  # characters of a text box that is a stamp because it is turned


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph has from its style: its role, and its place in a list."""

    role: Role = "paragraph"
    number: str = ""  # id of a list
    level: int = 0


Styles = Mapping[str, Style]
PLAIN = Style()


def styles_of(root: Element | None) -> Styles:
    """The paragraph styles by id, with what they inherit."""
    if root is None:
        return {}
    found = {each.get(f"{W}styleId", ""): each for each in root.findall(f"{W}style")}
    done: dict[str, Style] = {}
    for name, element in found.items():
        chain, at = [name], _val(element, "basedOn")
        while at in found and at not in done and at not in chain:
            chain.append(at)
            at = _val(found[at], "basedOn")
        style = done.get(at, PLAIN)
        for each in reversed(chain):
            style = done[each] = _style(found[each], style)
    return done


def _style(element: Element, above: Style) -> Style:
    name, own = _val(element, "name"), element.find(PPR)
    outline = "" if own is None else _val(own, "outlineLvl")
    role = above.role
    if HEADING.fullmatch(name) or (outline and outline != BODY_LEVEL):
        role = "heading"
    elif CAPTION.fullmatch(name):
        role = "caption"
    elif outline == BODY_LEVEL:
        role = "paragraph"
    number, level = (above.number, above.level) if own is None else _place(own, above)
    return Style(role, number, level)


def _place(properties: Element, style: Style) -> tuple[str, int]:
    """The list of a paragraph and the level in it; "" for none, "0" takes out of one."""
    numbered = properties.find(f"{W}numPr")
    if numbered is None:
        return style.number, style.level
    level = _val(numbered, "ilvl")
    return (
        _val(numbered, "numId") or style.number,
        int(level) if level.isdecimal() and len(level) == 1 else style.level,
    )


def _val(parent: Element, name: str) -> str:
    found = parent.find(W + name)
    return "" if found is None else found.get(VAL, "")


@dataclass(slots=True)
class Walk:
    """
    The lines of one part as they are met: `out`, and what was met on the way.

    printed  the part is a header or footer, where art is a watermark
    """

    styles: Styles
    counter: Counter
    printed: bool = False
    out: list[tuple[str, Role]] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)  # label, kind, id
    _fields: list[bool] = field(default_factory=list)  # open ones; True in the instructions
    _boxes: list[Element] = field(default_factory=list)  # text boxes of the paragraph
    _carried: str = ""  # of a paragraph whose end is deleted
    _depth: int = 0

    def blocks(self, parent: Element) -> None:
        """All paragraphs and tables below an element. FormatProblem: nested-too-deep."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep()
        for each in parent:
            tag = each.tag
            if tag == P:
                self._paragraph(each)
            elif tag == TBL:
                self._table(each)
            elif tag == CHOICE:
                for chosen in _chosen(each):
                    self.blocks(chosen)
            elif tag in WRAPPERS:
                self.blocks(each)
        self._depth -= 1

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find(PPR)
        style, label, gone = PLAIN, "", False
        if properties is not None:
            style = self.styles.get(_val(properties, "pStyle"), PLAIN)
            mark = properties.find(RPR)
            gone = mark is not None and mark.find(f"{W}del") is not None
        pieces: list[str] = []
        self._inline(paragraph, pieces)
        text = "".join(pieces)
        if properties is not None and (text.strip() or self._carried):
            number, level = _place(properties, style)
            label = self.counter.label(number, level) if number else ""
            outline = _val(properties, "outlineLvl")
            if outline and outline != BODY_LEVEL:
                style = Style("heading")
        if gone:
            self._carried += text
        else:
            text, self._carried = self._carried + text, ""
            if text.strip():
                role = "list" if label and style.role == "paragraph" else style.role
                self.out.append((label + text, role))
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box)

    def _table(self, table: Element) -> None:
        rows = Lines()
        for row in _through(table, f"{W}tr"):
            marks = row.find(f"{W}trPr")
            if marks is not None and marks.find(f"{W}del") is not None:
                continue
            cells: list[str] = []
            for cell in _through(row, f"{W}tc"):
                form = cell.find(f"{W}tcPr")
                merged = None if form is None else form.find(f"{W}vMerge")
                if merged is not None and merged.get(VAL, "continue") == "continue":
                    continue
                around, self.out = self.out, []
                self.blocks(cell)
                cells.append("\n".join(text for text, _ in self.out))
                self.out = around
            rows.row(cells)
        self.out += rows.pairs()

    def _inline(self, parent: Element, pieces: list[str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep()
        for each in parent:
            tag = each.tag
            if tag == R:
                self._run(each, pieces)
            elif tag in WRAPPERS:
                self._inline(each, pieces)
            elif tag == CHOICE:
                for chosen in _chosen(each):
                    self._inline(chosen, pieces)
            elif tag[: len(MATH)] == MATH:
                pieces += [t.text or "" for t in each.iter(f"{MATH}t")]
        self._depth -= 1

    def _run(self, run: Element, pieces: list[str]) -> None:
        shown = not (self._fields and any(self._fields))
        for each in run:
            tag = each.tag
            if tag == T:
                if shown and each.text:
                    pieces.append(each.text)
            elif tag == RPR:
                hidden = each.find(f"{W}vanish")
                if hidden is not None and hidden.get(VAL, "") not in OFF:
                    shown = False
            elif tag == FLDCHAR:
                self._field(each.get(f"{W}fldCharType", ""))
                shown = not any(self._fields)
            elif tag in (DRAWING, PICT, OBJECT, CHOICE):
                self._shapes(each)
            elif shown:
                self._sign(each, pieces)

    def _field(self, sign: str) -> None:
        if sign == "begin":
            self._fields.append(True)
        elif self._fields and sign == "separate":
            self._fields[-1] = False
        elif self._fields and sign == "end":
            self._fields.pop()

    def _sign(self, element: Element, pieces: list[str]) -> None:
        tag = element.tag
        if tag in SIGNS:
            pieces.append(SIGNS[tag])
        elif tag in NOTES:
            custom = element.get(f"{W}customMarkFollows", "") not in ("", *OFF)
            label = "" if custom else f"[{len(self.notes) + 1}]"
            self.notes.append((label, NOTES[tag], element.get(f"{W}id", "")))
            pieces.append(label)
        elif tag == f"{W}sym":
            code = element.get(f"{W}char", "")
            if len(code) == 4 and code.isalnum():  # noqa: PLR2004 - four hex digits
                sign = chr(int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{4}", code) else ""
                pieces.append(BULLETS.get(sign, sign))
        elif tag == f"{W}ruby":
            for base in element.iter(f"{W}rubyBase"):
                self._inline(base, pieces)

    def _shapes(self, element: Element) -> None:
        """What is drawn: text boxes wait for the end of their paragraph, stamps are put aside."""
        for shape in _chosen(element) if element.tag == CHOICE else [element]:
            turned, named = _turned(shape), _is_named(shape)
            for art in shape.iter(f"{V}textpath"):
                said = art.get("string", "").strip()
                if said and (self.printed or named or turned):
                    self.stamps.append(said)
                elif said:
                    self.out.append((said, "paragraph"))
            for box in _outer(shape, BOX):
                said = "".join(t.text or "" for t in box.iter(T)).strip()
                art = self.printed and next(shape.iter(f"{A}prstTxWarp"), None) is not None
                if said and (named or art or (turned and len(said) <= LONGEST_STAMP)):
                    self.stamps.append(said)
                elif said:
                    self._boxes.append(box)


def _chosen(alternatives: Element) -> list[Element]:
    """Of the same shape in two ways the newer one; a box must not be read twice."""
    choice = alternatives.find(f"{MC}Choice")
    fallback = alternatives.find(f"{MC}Fallback")
    if choice is not None and (fallback is None or len(choice)):
        return [choice]
    return [] if fallback is None else [fallback]


def _outer(element: Element, tag: str) -> list[Element]:
    """The elements with this tag that lie in no other such one."""
    found: list[Element] = []
    waiting = [element]
    while waiting:
        at = waiting.pop()
        if at.tag == tag:
            found.append(at)
        else:
            waiting += reversed(at)
    return found


def _through(parent: Element, tag: str) -> list[Element]:
    """The rows of a table or the cells of a row, also those in controls and tracked changes."""
    found: list[Element] = []
    waiting = list(reversed(parent))
    while waiting:
        at = waiting.pop()
        if at.tag == tag:
            found.append(at)
        elif at.tag in WRAPPERS:
            waiting += reversed(at)
    return found


def _is_named(shape: Element) -> bool:
    """Whether a shape calls itself a watermark: Word's PowerPlusWaterMarkObject, WPS's too."""
    names = [each.get("id", "") + each.get("alt", "") for each in shape.iter(f"{V}shape")]
    names += [each.get("name", "") + each.get("descr", "") for each in shape.iter(f"{WP}docPr")]
    return any(map(STAMP.search, names))


def _turned(shape: Element) -> bool:
    """Whether a shape stands at an angle that no text to be read has."""
    angles = [
        float(found[1])
        for each in shape.iter(f"{V}shape")
        if (found := ROTATION.search(each.get("style", ""))) and found[1].count(".") <= 1
        and found[1].strip("-.")
    ]  # fmt: skip
    for each in shape.iter(f"{A}xfrm"):
        said = each.get("rot", "0")
        if said.lstrip("-").isdecimal() and len(said) < 12:  # noqa: PLR2004 - a sane number
            angles.append(int(said) / SIXTY_THOUSANDTHS)
    return any(angle % RIGHT_ANGLE > 1 for angle in angles)
