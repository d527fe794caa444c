r"""
RTF: groups, control words and text in the code page of its font.

    bytes ─tokens─▶ groups with a destination ─▶ lines, headers, stamps, notes, properties

A library for RTF exists (striprtf) and gives one string: tables, headers, hidden and
deleted text, notes and properties cannot be told apart in it, and are here.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from cleaners.document import Extracted, Role
from cleaners.encoding import decode
from cleaners.formats.lines import MAX_CHARACTERS, Lines
from cleaners.formats.numbering import CLOSING, bullet
from cleaners.formats.problem import FormatProblem
from cleaners.formats.properties import properties

EXTRACTOR = "rtf@1"
MAX_GROUPS = 1000  # open at once; Word writes a few dozen

# The two bytes of a raw GBK or Big5 character come first: the second may be a brace.
TOKEN = re.compile(
    rb"""
      (?P<raw>(?:[\x81-\xfe][\x40-\x7e\x80-\xfe])+)
    | \\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?
    | (?P<hex>(?:\\'[0-9a-fA-F]{2})+)
    | \\(?P<sign>[^a-zA-Z])
    | (?P<brace>[{}])
    | (?P<text>[^\\{}\r\n\x81-\xfe]+|[\x81-\xfe])
    | [\r\n]+ | \\
    """,
    re.VERBOSE | re.DOTALL,
)
SKIPPED = re.compile(rb"[{}]|\\(?:bin([0-9]{1,10})[ ]?|.)", re.DOTALL)
STYLES_WITHIN = 1 << 20  # bytes
HEADING = re.compile(
    rb"\{\\s([0-9]{1,5})\\[^{};]{0,2000} (?:heading [1-9]|(?:sub)?title)[^{};]{0,20};\}",
    re.IGNORECASE,
)
HEX = re.compile(rb"\\'([89a-fA-F][0-9a-fA-F])(?:\\'([0-9a-fA-F]{2}))?")

CHARSETS = {
    134: "gb18030", 136: "big5hkscs", 128: "cp932", 129: "cp949", 130: "johab", 204: "cp1251",
    238: "cp1250", 161: "cp1253", 162: "cp1254", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    222: "cp874", 163: "cp1258",
}  # fmt: skip
CODE_PAGES = {
    936: "gb18030",
    54936: "gb18030",
    950: "big5hkscs",
    65001: "utf-8",
    10000: "mac_roman",
}
# Groups that hold no text; those marked \* are skipped as well, unless they are known.
NO_TEXT = frozenset(
    b"colortbl stylesheet listtable listoverridetable rsidtbl generator pict objdata datafield "
    b"themedata colorschememapping latentstyles datastore xmlnstbl filetbl revtbl fldinst "
    b"bkmkstart bkmkend atnid atnauthor annotation atnref atndate atrfstart atrfend template "
    b"falt panose tc xe formfield mmathPr objclass objname shprslt nonshppict ftnsep ftnsepc "
    b"ftncn aftnsep aftnsepc aftncn background pgdsctbl userprops docvar".split()
)
STARRED = frozenset(b"shpinst shppict ud footnote".split())  # read although they are marked \*
AROUND: dict[bytes, Role] = {
    b"header": "header", b"headerl": "header", b"headerr": "header", b"headerf": "header",
    b"footer": "footer", b"footerl": "footer", b"footerr": "footer", b"footerf": "footer",
}  # fmt: skip
FACTS = {b"title": "title", b"author": "author", b"keywords": "keywords"}
DATES = {b"creatim": "created", b"revtim": "modified"}
DATE_PARTS = (b"yr", b"mo", b"dy", b"hr", b"min")
SIGNS = {
    b"tab": "\t", b"line": "\n", b"lbr": "\n", b"softline": "\n", b"emdash": "—", b"endash": "–",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•",
    b"emspace": "\u2003", b"enspace": "\u2002", b"qmspace": " ", b"zwj": "\u200d", b"zwnj": "\u200c",
}  # fmt: skip
LAYOUT = frozenset(b"cell nestcell row nestrow pard intbl s outlinelevel".split())
PARAGRAPHS = frozenset((b"par", b"sect", b"page", b"column"))
STAMP = re.compile("watermark|水印", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside of a group, until its brace closes."""

    into: str = "text"  # where text goes: text, header, footer, note, box, label, font, a fact …
    font: int = -1
    fallback: int = 1  # characters to skip after each \u
    hidden: bool = False
    deleted: bool = False


@dataclass(slots=True)
class _Flow:
    """A stream of paragraphs: the text, a header, a note, a text box."""

    role: Role = "paragraph"
    lines: Lines = field(default_factory=Lines)
    pieces: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    label: str = ""
    in_table: bool = False
    heading: bool = False

    def end_paragraph(self) -> None:
        if self.in_table:
            self.pieces.append("\n")
            return
        text, role = "".join(self.pieces), self.role
        self.pieces.clear()
        if role == "paragraph" and text.strip():
            role = "heading" if self.heading else "list" if self.label else role
        self.lines.add(self.label + text, role)
        self.label = ""

    def end_cell(self) -> None:
        self.cells.append(self.label + "".join(self.pieces))
        self.pieces.clear()
        self.label = ""

    def end_row(self) -> None:
        self.lines.row(self.cells)
        self.cells = []

    def end(self) -> None:
        self.in_table = False
        if self.cells:
            self.end_row()
        self.end_paragraph()


def read(body: bytes) -> Extracted:
    """The text of an RTF file. FormatProblem: damaged-file, nested-too-deep or too-large."""
    return _Reader(body).read()


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self._stack = [_Group()]
        self._flows = {"text": _Flow(), "header": _Flow("header"), "footer": _Flow("footer")}
        self._open: list[_Flow] = []  # notes and boxes, the innermost last
        self._default, self._fonts = "", dict[int, str]()
        self._headings = {int(m[1]) for m in HEADING.finditer(body, 0, STYLES_WITHIN)}
        self._font_read = -1  # whose entry of the font table is read
        self._bytes = bytearray()  # of one code page, not decoded yet
        self._skip = 0  # characters that stand for a \u before them
        self._said: dict[str, list[str]] = {}
        self._notes: list[_Flow] = []
        self._boxes: list[_Flow] = []
        self._stamps: list[str] = []
        self._shape: dict[str, str] = {}
        self._starred = self._begun = False
        self._unreadable = self._characters = 0

    def read(self) -> Extracted:
        body = self._body
        at = max(body.find(b"{"), 0)
        while at < len(body):
            token = TOKEN.match(body, at)
            at = self._token(token, token.end()) if token else at + 1
            if len(self._stack) == 1:
                return self._extracted()
        raise FormatProblem(
            "damaged-file", "the file is cut off: its last brace is missing; get it again"
        )

    # ------------------------------------------------------------------ tokens

    def _token(self, token: re.Match[bytes], at: int) -> int:
        """One token, which ends at `at`; where reading goes on."""
        match token.lastgroup:
            case "word" | "number":
                return self._word(token["word"], token["number"], at)
            case "brace":
                self._brace(token["brace"] == b"{")
            case "hex":
                self._put(bytes.fromhex(token["hex"].replace(b"\\'", b"").decode()))
            case "sign":
                self._sign(token["sign"])
            case "raw" | "text":
                self._put(token[0])
            case _:
                pass
        return at

    def _brace(self, opens: bool) -> None:  # noqa: FBT001 - one of two
        self._flush()
        self._skip = 0
        if opens:
            if len(self._stack) > MAX_GROUPS:
                raise FormatProblem(
                    "nested-too-deep", f"more than {MAX_GROUPS} open braces; save the file anew"
                )
            self._stack.append(self._stack[-1])
            self._begun = True
            return
        closed = self._stack.pop()
        if closed.into != self._stack[-1].into:
            self._close(closed.into)
        self._starred = False

    def _close(self, into: str) -> None:
        """The end of a group that had a place of its own."""
        if into.startswith(("note:", "box:")):
            flow = self._open.pop()
            flow.end()
            (self._notes if into[0] == "n" else self._boxes).append(flow)
        elif into == "label":
            label = bullet("".join(self._said.pop("label", [])).strip())
            self._flow().label = label if label[-1:] in CLOSING else f"{label} "
        elif into == "shape":
            self._end_shape()
        elif into in ("header", "footer"):
            self._flows[into].end()

    def _end_shape(self) -> None:
        sign = "".join(self._said.pop("name", [])), "".join(self._said.pop("value", []))
        self._shape[sign[0]] = sign[1].strip()

    def _word(self, word: bytes, number: bytes | None, at: int) -> int:
        """One control word; where reading goes on."""
        if word == b"bin":
            return at + max(int(number or 0), 0)
        if word == b"u":
            self._unicode(int(number or 0))
            return at
        group = self._stack[-1]
        begun, self._begun = self._begun, False
        starred, self._starred = self._starred, False
        if self._skip and word != b"uc":
            self._skip -= word in SIGNS
        if (begun or starred) and (word in NO_TEXT or (starred and word not in STARRED)):
            self._flush()
            return self._skipped(at)
        into = self._destination(word) if begun or starred else ""
        if into:
            self._flush()
            self._stack[-1] = replace(group, into=into)
            return at
        value = int(number) if number else 1
        self._property(word, value, group, on=number != b"0")
        return at

    def _skipped(self, at: int) -> int:
        """Where the group ends that `at` lies in, before its brace."""
        depth = 1
        while depth:
            found = SKIPPED.search(self._body, at)
            if found is None:
                return len(self._body)
            at = found.end()
            if found[1]:
                at += int(found[1])
            elif found[0] == b"{":
                depth += 1
            elif found[0] == b"}":
                depth -= 1
        return at - 1

    def _destination(self, word: bytes) -> str:
        """Where the text of a group goes that begins with this word; "" for where it went."""
        if word in AROUND:
            return AROUND[word]
        if word in (b"footnote", b"shptxt"):
            self._open.append(_Flow("note" if word == b"footnote" else "paragraph"))
            kind = "note" if word == b"footnote" else "box"
            return f"{kind}:{len(self._open)}"  # they may lie in each other
        if word in (b"listtext", b"pntext"):
            self._said["label"] = []
            return "label"
        if (word in FACTS or word in DATES) and self._stack[-1].into == "info":
            name = FACTS.get(word) or DATES[word]
            self._said[name] = []  # a second one is the first in Unicode
            return f"fact:{name}"
        return {b"fonttbl": "fonts", b"info": "info", b"sp": "shape", b"sn": "name", b"sv": "value",
                b"shpinst": "drawn", b"shp": "shapes", b"do": "shapes", b"operator": "info"}.get(word, "")  # fmt: skip

    def _property(self, word: bytes, value: int, group: _Group, *, on: bool) -> None:
        if word in PARAGRAPHS:
            self._flush()
            self._flow().end_paragraph()
        elif word in SIGNS:
            self._say(SIGNS[word])
        elif word in LAYOUT:
            self._layout(word, value)
        elif word == b"f":
            self._flush()
            self._font_read = value
            self._stack[-1] = replace(group, font=value)
        elif word == b"uc":
            self._stack[-1] = replace(group, fallback=min(max(value if on else 0, 0), 9))
        elif word in (b"v", b"deleted", b"plain"):
            self._flush()
            hidden = {b"v": {"hidden": on}, b"deleted": {"deleted": on}}
            self._stack[-1] = replace(
                group, **hidden.get(word, {"hidden": False, "deleted": False})
            )
        elif word in (b"chftn", b"chpgn"):
            self._mark(word)
        else:
            self._page(word, value, group)

    def _layout(self, word: bytes, value: int) -> None:
        """Tables, and what a paragraph is."""
        self._flush()
        flow = self._flow()
        match word:
            case b"cell" | b"nestcell":
                flow.end_cell()
            case b"row" | b"nestrow":
                flow.end_row()
            case b"pard":
                flow.in_table = flow.heading = False
            case b"intbl":
                flow.in_table = True
            case b"s":
                flow.heading = value in self._headings
            case _:
                flow.heading = value < 9  # noqa: PLR2004 - outline levels are 0 to 8

    def _page(self, word: bytes, value: int, group: _Group) -> None:
        """Code pages, fonts and dates."""
        if word == b"ansicpg":
            self._default = _codec(value)
        elif word in (b"fcharset", b"cpg") and group.into == "fonts":
            codec = CHARSETS.get(value, "") if word == b"fcharset" else _codec(value)
            if codec:
                self._fonts[self._font_read] = codec
        elif word in DATE_PARTS and group.into.startswith("fact:"):
            glue = ("", "-", "-", "T", ":")[DATE_PARTS.index(word)]
            width = 4 if word == b"yr" else 2
            self._said.setdefault(group.into[5:], []).append(f"{glue}{value:0{width}}")

    def _mark(self, word: bytes) -> None:
        """The sign of a note, in the text and again in the note itself."""
        if word == b"chftn" and not self._open:
            self._say(f"[{len(self._notes) + 1}]")

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in b"\r\n":
            self._flush()
            self._flow().end_paragraph()
        elif sign in b"\\{}":
            self._put(sign)
        elif sign == b"~":
            self._say("\u00a0")
        elif sign == b"_":
            self._say("-")

    # ------------------------------------------------------------------ text

    def _put(self, text: bytes) -> None:
        self._begun = False
        if self._skip:
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            text = text[skipped:]
        if text and self._stack[-1].into != "fonts":
            self._bytes += text

    def _unicode(self, code: int) -> None:
        self._begun = False
        self._say(chr(code % 0x10000))
        self._skip = self._stack[-1].fallback

    def _flush(self) -> None:
        """Decode what was collected in one code page."""
        if not self._bytes:
            return
        codec = self._fonts.get(self._stack[-1].font) or self._default
        if not codec:
            codec = self._default = _guessed(self._body)
        text = self._bytes.decode(codec, "replace")
        self._unreadable += text.count("\ufffd")
        self._bytes.clear()
        self._store(text)

    def _say(self, text: str) -> None:
        self._flush()
        self._store(text)

    def _store(self, text: str) -> None:
        group = self._stack[-1]
        self._characters += len(text)
        if self._characters > MAX_CHARACTERS:
            raise FormatProblem(
                "too-large", f"more than {MAX_CHARACTERS:,} characters; split it first"
            )
        if group.hidden or group.deleted or group.into in ("info", "shapes", "drawn", "shape"):
            return
        if group.into in ("label", "name", "value"):
            self._said.setdefault(group.into, []).append(text)
        elif group.into.startswith("fact:"):
            self._said.setdefault(group.into[5:], []).append(text)
        else:
            self._flow().pieces.append(text)

    def _flow(self) -> _Flow:
        if self._open:
            return self._open[-1]
        return self._flows.get(self._stack[-1].into) or self._flows["text"]

    def _extracted(self) -> Extracted:
        for flow in self._flows.values():
            flow.end()
        art = self._shape.get("gtextUNICODE", "")
        out = Lines()
        out.extend(self._flows["header"].lines.pairs())
        if art:
            out.add(art, "watermark")
        out.extend(self._flows["text"].lines.pairs())
        for box in self._boxes:
            out.extend(box.lines.pairs())
        for number, note in enumerate(self._notes, 1):
            said = " ".join(text.strip() for text, _ in note.lines.pairs())
            out.add(f"[{number}] {said}", "note")
        out.extend(self._flows["footer"].lines.pairs())
        facts = {name: "".join(said) for name, said in self._said.items()}
        return _paired(out).extracted(
            "rtf", EXTRACTOR, properties("info", facts),
            encoding=self._default or "ascii", unreadable=self._unreadable,
        )  # fmt: skip


def _paired(lines: Lines) -> Lines:
    r"""Characters beyond U+FFFF come as two \u; here they become one."""
    out = Lines()
    for text, role in lines.pairs():
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        out.add(whole, role)
    return out


def _codec(page: int) -> str:
    name = CODE_PAGES.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _guessed(body: bytes) -> str:
    """The code page of a file that does not name one, by its bytes beyond ASCII."""
    found = b" ".join(
        bytes.fromhex((m[1] + (m[2] or b"")).decode()) for m in HEX.finditer(body[: 1 << 20])
    )
    if not found:
        return "gb18030"
    guess = decode(found).encoding
    return guess if guess in ("gb18030", "big5hkscs", "cp1252") else "cp1252"
