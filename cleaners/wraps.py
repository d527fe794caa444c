"""
Lines that end because the paper did: they become paragraphs again.

A text from a PDF, an e-book or an old forum has a line break every forty characters,
in the middle of words. One such break proves nothing: verses, addresses, titles in a
list end without a full stop as well. So a whole document is judged: many lines stop in
mid-sentence, they are about equally long, and there are commas inside them. Only then
its lines are joined, and only those that are full.

A page number or a watermark that was cut out from between two halves of a sentence
leaves a break that nobody meant; it needs no other proof.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from cleaners.characters import HAN, LINE_BREAKS
from cleaners.document import Edit, Line, Removal
from cleaners.page import EDGE, SENTENCE_MARK, Page, Part
from cleaners.repair.kind import Change
from cleaners.rules import Example

HARD_WRAP = "hard-wrap"
PAGE_BREAK = "page-break"

EDITS = (
    Change(
        id=HARD_WRAP,
        kind="layout",
        why="纸面、电子书、老论坛每行四十来个字就断一次，把词也断开；全文都这样的才接回去。",
        examples=(("镇上的老木匠说，他年轻的时候这条河年年结\n冰，孩子们在冰面上跑。", "镇上的老木匠说，他年轻的时候这条河年年结冰，孩子们在冰面上跑。"),),
        counterexamples=(
            Example("像等一个人说完他的话\n船还没有来", because="诗行，长短不齐，本来就断在这里"),
            Example("河湾县河湾镇渡口路一号院\n河湾县石桥镇码头街二十七号", because="地址，一行是一个"),
        ),
    ),
    Change(
        id=PAGE_BREAK,
        kind="layout",
        why="页码、水印落在一句话中间，删掉以后剩下一个谁也没打算要的换行。",
        examples=(("孩子们在冰面上拉\n（第3页 共7页）\n着板凳跑。", "孩子们在冰面上拉着板凳跑。"),),
        counterexamples=(
            Example("孩子们都跑了。\n第3页 共7页\n后来修了水电站。", because="前一段已经说完"),
            Example("孩子们在冰面上拉\n【此处隐藏1200字】\n温的，冰没有了。", because="中间缺了字，接不上"),
        ),
    ),
)  # fmt: skip

FEWEST = 3  # lines that stop in mid-sentence; two may be an address
SHORTEST, LONGEST = 12, 90  # characters of a wrapped line
FULL = 0.8  # of the usual length: a line that had no room left
EXACT = 2  # characters more or less: marks may not begin a line, so lines differ a little
LATE = 0.6  # of the usual length, where an indent would show a new paragraph
CLOSE = 2  # characters between a line and the next one: a line break, of whatever kind
OVERLONG = 1.45  # of the usual length: no wrapped line is so long
FEW = 2  # cut lines that may stand between two halves of a sentence
STRAY_KINDS = frozenset({"watermark", "conversion_residue", "pagination", "anti_copy_injection"})
INDENT = 20  # characters that are looked at for the number of a page
STRAY = 12  # characters; a cut line between two pieces of prose, the first at least so long

_WORD = f"{HAN}\u2e80-\u2fdf0-9A-Za-z"  # radicals are mended, but not in the text that is looked at
_OPEN = re.compile(f"[{_WORD}，、,%％+×÷=“‘《（(【·]$")
_STOP = re.compile("[。！？!?…；;](?:[”’」』）)])?$")
_ENDS = re.compile("[。！？!?…”」』；;：:）)]$")
_INSIDE = re.compile(f"[{_WORD}]$")  # in the middle of a word, for all we know
_HEADS = re.compile(
    r"""(?x)
    [(（〔【\[]?(?:[0-9０-９]{1,3}|[一二三四五六七八九十百]{1,4}|[A-Ha-h]|[ivxIVX]{1,4})
        (?:[)）〕】\]、:：]|[.．](?![0-9０-９]))        # 1. （一） A、
    | 第[0-9一二三四五六七八九十百千零〇两]{1,6}[条章节回卷集课讲编款部幕篇届步类种点项]
    | [①-⓿❶-➓㈠-㈩⒈-⒛]
    | [#>*★☆●○◆◇■□▲△▶►•·※—–=|+-]
    | (?:图|表|注|附件|附录|例|答|问|解|证明|摘要|关键词)\ ?[0-9一二三四五六七八九十]*\ ?[:：.．、]
    """
)
_MAYBE_OPEN = re.compile(f"[{_WORD}，、,%％+×÷=“‘《（(【·{EDGE}]")
_MAYBE_NUMBER = re.compile(f"[0-9{EDGE}]")
_NO_TEXT = EDGE + LINE_BREAKS + "\n"
_SENTENCE_END = re.compile("[。！？!?；;]")
_COMMA = re.compile("[，。；！？、,;!?]")
_LABEL = re.compile("[^，。；！？,;]{1,8}[:：](?![“「])")  # 老师：… in a dialogue, 地址：…
_NUMBERED = re.compile("[0-9]、")
_CHUNK = re.compile(r"([0-9]{1,3})、(?=[^\s])")


class _Row(NamedTuple):
    """A line of which something is kept, without the blanks and cuts at its edges."""

    number: int
    start: int
    end: int
    text: str
    indent: int  # blanks before it
    loose: bool  # an empty line stands before it
    after_cut: bool  # a line that was cut stands before it
    broken: bool  # and such a line may fall into a sentence
    length: int  # characters of the line as it was printed, its indent with it


def unwrap(page: Page, part: Part, cuts: Sequence[Removal]) -> Iterator[Edit]:
    """
    Edits that take out the line breaks inside sentences: sorted, and none touches a cut.

    Code, tables, lists, verses, addresses and dialogues keep their lines.
    """
    numbers = page.lines_between(part.start, part.end)
    lines = page.lines[numbers.start : numbers.stop]
    full = _may_be_full(page.original, lines, cuts)
    if not (
        full
        or _may_be_chunks(page.original, part, lines, cuts)
        or _strays(page.original, part, cuts)
    ):
        return
    rows = list(_rows(page, part, cuts))
    width = _width(rows) if full else 0
    paragraphs = _paragraphs(rows, width) if width else ""
    chunks = _chunks(rows, wrapped=width > 0)
    printed = -1  # where the printed line began: cuts may have broken it into several
    for at, (a, b) in enumerate(pairwise(rows)):
        printed = a.start - a.indent if printed < 0 else printed
        if b.number in chunks:
            yield from _join(page, cuts, a.end, b.start + chunks[b.number], PAGE_BREAK)
            continue
        if b.start < part.tail_start and _broken_by_cut(a, b, wrapped=width > 0):
            yield from _join(page, cuts, a.end, b.start, PAGE_BREAK)
            continue
        if width and _wrapped(a, b, (a.end - printed) / width, paragraphs):
            after = rows[at + 2] if at + 2 < len(rows) else None
            if _goes_on(b, after, width):
                yield from _join(page, cuts, a.end, b.start, HARD_WRAP)
        printed = -1


# Most texts are not wrapped. Three quick looks, each of which may say yes too often, spare
# them the rest.
def _may_be_full(text: str, lines: Sequence[Line], cuts: Sequence[Removal]) -> bool:
    """Whether there may be enough lines that stop in mid-sentence right above another."""
    if cuts:
        whole = {(cut.start, cut.end) for cut in cuts}
        pairs = [(a, b) for a, b in pairwise(lines) if a[:2] not in whole and b[:2] not in whole]
    else:
        pairs = pairwise(lines)
    ends = [
        text[a.end - 1]
        for a, b in pairs
        if b.start - a.end <= CLOSE
        and a.end - a.start >= SHORTEST * FULL
        and text[b.start] not in EDGE
    ]
    # A cut in the middle of a line shows an end that is not known here.
    shown = sum(cut.start > 0 and text[cut.start - 1] not in _NO_TEXT for cut in cuts)
    return len(_MAYBE_OPEN.findall("".join(ends))) + shown >= FEWEST


def _may_be_chunks(text: str, part: Part, lines: Sequence[Line], cuts: Sequence[Removal]) -> bool:
    """Whether a line may begin with the number of a page, as 2、."""
    if not _NUMBERED.search(text, part.start, part.end + INDENT):
        return False
    heads = "".join([text[line.start] for line in lines])
    return bool(
        _MAYBE_NUMBER.search(heads)
        and any(_CHUNK.match(text[a : a + INDENT].lstrip(EDGE)) for a, *_ in lines)
    ) or any(_CHUNK.match(text[cut.end : cut.end + INDENT].lstrip(EDGE)) for cut in cuts)


def _strays(text: str, part: Part, cuts: Sequence[Removal]) -> bool:
    """Whether a line was cut that may have fallen into a sentence."""
    return any(
        cut.kind in STRAY_KINDS and cut.end < part.tail_start and text[cut.end] in _NO_TEXT
        for cut in cuts
    )


def _rows(page: Page, part: Part, cuts: Sequence[Removal]) -> Iterator[_Row]:
    text = page.original
    at = gone = 0
    loose = stray = False
    below = part.start
    for number in page.lines_between(part.start, part.end):
        line = page.lines[number]
        start, end = line.start, line.end
        loose = loose or _empty_line(text, below, start)
        below = end
        while at < len(cuts) and cuts[at].end <= start:
            at += 1
        said = page.texts[number]
        indent = text.index(said[0], start) - start if said else end - start
        start += indent
        end = start + len(said)
        here, kind = at, ""  # of the cuts that take something of the line
        while here < len(cuts) and cuts[here].start < end and start < end:
            if cuts[here].start <= start:
                start = max(start, cuts[here].end)
            if cuts[here].end >= end:
                end = min(end, cuts[here].start)
            kind = cuts[here].kind
            here += 1
        if here > at:
            said = text[start:end]
            start += len(said) - len(said.lstrip(EDGE))
            end = max(start, end - (len(said) - len(said.rstrip(EDGE))))
        if start >= end:
            if kind:
                gone += 1
                stray = gone <= FEW and kind in STRAY_KINDS
            continue
        if line.role in ("paragraph", "list", "reply"):
            length = indent + end - start
            yield _Row(number, start, end, text[start:end], indent, loose, gone > 0, stray, length)
        gone = 0
        loose = stray = False


def _empty_line(text: str, start: int, end: int) -> bool:
    return text.count("\n", start, end) > 1 or text.count("\r", start, end) > 1


def _width(rows: Sequence[_Row]) -> int:
    """The usual length of the lines that were wrapped; 0 for a document without wraps."""
    open_ended = [(a, b) for a, b in pairwise(rows) if _may_go_on(a, b)]
    if len(open_ended) < FEWEST:
        return 0
    lengths = Counter(a.length for a, _ in open_ended)
    usual = max(lengths, key=lambda length: (_near(lengths, length, EXACT), length))
    if not SHORTEST <= usual <= LONGEST:
        return 0
    alike = [(a, b) for a, b in open_ended if FULL * usual <= a.length <= OVERLONG * usual]
    proven = (
        _near(lengths, usual, EXACT) >= max(FEWEST - 1, len(alike) / 2)
        and len(alike) >= FEWEST
        and len(alike) * 4 >= 3 * sum(a.length >= usual / 2 for a, _ in open_ended)
        and len(alike) * 4 >= sum(row.length >= usual * FULL for row in rows)
        and sum(row.length > 2 * usual for row in rows) * 2 <= len(alike)
        and sum(bool(_INSIDE.match(a.text[-1])) for a, _ in alike) * 5 >= len(alike) * 2
        and sum(bool(_SENTENCE_END.search(a.text + b.text[-1])) for a, b in alike) * 5 >= len(alike)
    )
    return usual if proven else 0


def _near(lengths: Counter[int], length: int, by: int) -> int:
    return sum(lengths[near] for near in range(length - by, length + by + 1))


def _may_go_on(a: _Row, b: _Row) -> bool:
    """Whether a line stops in mid-sentence and the next could take it up."""
    return (
        b.number == a.number + 1
        and not b.loose
        and not b.indent
        and bool(_OPEN.match(a.text[-1]))
        and not _HEADS.match(b.text)
        and not _LABEL.match(b.text)
    )


def _paragraphs(rows: Sequence[_Row], width: int) -> str:
    """How the document sets its paragraphs apart: "indent", "gap", or "" when it does not."""
    starts = [
        b for a, b in pairwise(rows) if len(a.text) < width * FULL and not _OPEN.match(a.text[-1])
    ]
    if sum(b.indent > 0 for b in starts) * 4 > len(starts) * 3:
        return "indent"
    return "gap" if sum(b.loose for b in starts) * 4 > len(starts) * 3 else ""


def _wrapped(a: _Row, b: _Row, filled: float, paragraphs: str) -> bool:
    """Whether the break between two neighbours is the paper's, in a document that has such."""
    if b.loose or b.indent or b.number != a.number + 1 or _HEADS.match(b.text):
        return False
    if _OPEN.match(a.text[-1]):
        if _LABEL.match(b.text) and not _INSIDE.match(a.text[-1]):
            return False
        marked = paragraphs == "indent" and (_CHUNK.match(a.text) or not _HEADS.match(a.text))
        return filled >= (LATE if marked else FULL)
    if paragraphs == "indent" and a.text[-1] in ":：" and b.text[0] in "“「":
        return filled >= LATE
    # The line ends with its sentence. Where paragraphs are marked, this one goes on.
    return bool(paragraphs and _STOP.search(a.text[-2:])) and filled >= FULL


def _goes_on(b: _Row, after: _Row | None, width: int) -> bool:
    """Whether a line reads like the rest of a paragraph: it ends a sentence, or is full, or cut."""
    if _ENDS.match(b.text[-1]) or len(b.text) >= width * FULL:
        return True
    return after is not None and (after.after_cut or bool(_CHUNK.match(after.text)))


def _broken_by_cut(a: _Row, b: _Row, *, wrapped: bool) -> bool:
    """Whether a line that was cut stood inside a sentence."""
    if not b.broken or b.loose or b.indent or not _OPEN.match(a.text[-1]):
        return False
    if _HEADS.match(b.text) or (_LABEL.match(b.text) and not _INSIDE.match(a.text[-1])):
        return False
    if not _COMMA.search(
        a.text
    ):  # 甲方：某某 is a line of its own; a short piece may be half of one
        return wrapped and ":" not in a.text and "：" not in a.text
    return wrapped or (
        len(a.text) >= STRAY and (len(b.text) >= STRAY or b.text[-1] in "。！？!?…”")
    )


def _chunks(rows: Sequence[_Row], *, wrapped: bool) -> dict[int, int]:
    """
    Page numbers that fell into sentences, as 2、 at the head of a line: line → characters.

    They count upwards, and nothing in the document is number one; a list has its 1、.
    """
    found: dict[int, int] = {}
    last = 1
    for a, b in pairwise(rows):
        number = _CHUNK.match(b.text)
        if not number:
            continue
        if int(number[1]) == 1:
            return {}
        prose = len(a.text) > 2 * STRAY or (len(a.text) >= STRAY and SENTENCE_MARK.search(a.text))
        inside = (
            not b.loose
            and not b.indent
            and bool(_OPEN.match(a.text[-1]))
            and (prose or wrapped or a.number in found)
        )
        if inside and int(number[1]) == last + 1:
            found[b.number] = number.end()
            last += 1
    return {} if rows and rows[0].text.startswith("1、") else found


def _join(page: Page, cuts: Sequence[Removal], start: int, end: int, rule: str) -> Iterator[Edit]:
    """Edits over what lies in start:end, around the cuts and the repairs there."""
    text = page.original
    first, last = text[start - 1], text[end] if end < len(text) else ""
    after = (
        " "
        if (first + last).isascii()
        and (first + last).isalnum()
        and not (first.isdigit() and last.isdigit())
        else ""
    )
    taken = sorted((*_within(cuts, start, end), *_within(page.repairs, start, end)))
    at = start
    for a, b in (*taken, (end, end)):
        if at < a:
            yield Edit(rule, at, a, text[at:a], after)
            after = ""
        at = max(at, b)


def _within(changes: Sequence[Removal | Edit], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where those of the changes (sorted, disjoint) lie that touch start:end."""
    at = bisect_left(changes, start, key=attrgetter("end"))
    while at < len(changes) and changes[at].start < end:
        if changes[at].end > start:
            yield changes[at].start, changes[at].end
        at += 1
