"""
One part of a page while its lines are weighed: where the running text begins and ends, which
lines are noise already, and in which voice each line speaks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from operator import add
from typing import NamedTuple

from cleaners.compare import could_be_title
from cleaners.fold import fold
from cleaners.page import EDGE, SENTENCE_ENDS, SENTENCE_MARK, Mark, Page, Part
from cleaners.shapes import CLAUSE_MARK, HAN, OPENING
from cleaners.voice import LETTERS, QUOTED, SILENCE, Spoken, Voices, voices

REACH = 40  # lines from an edge that are looked at
LONGEST = 60  # characters; a longer line is looked at only when it is no running text
LONGEST_OF_ALL = 200  # characters
FEW = 2_000  # characters
TEXT_READ = 20_000  # characters of the text, from either end, whose words are compared
MARKED_SHARE = 0.5  # of a line that marks take, for the line to count as marked
MUCH = 0.4  # of the letters of a paragraph are words of sites: it is none of the text
COLONS = (":", "：")
ITEM = re.compile(r"[(（\[]?(\d{1,3})([.．、)）\]\s])")  # of a numbered list
# A section of a text, and which: 二、 （二） 3.5. Chapters are numbered on other pages, too.
SECTION = re.compile(
    r"(?P<han>[(（]?)(?P<nth>[一二三四五六七八九十]{1,3})(?P<mark>[、)）])"
    r"|(?P<above>(?:\d{1,2}[.．]){1,2})(?P<number>\d{1,2})(?![.．\d])"
)
NUMERALS = {
    tens + ones: 10 * i + n
    for i, tens in enumerate(("", "十", "二十", "三十"))
    for n, ones in enumerate(("", *"一二三四五六七八九"))
}
# What a notice says under such a heading is how its office is reached.
HOW_TO_REACH = re.compile(
    "(?:咨询|联系|查询|报名|办理|投诉|服务|获取)(?:方式|方法|渠道|途径|电话|办法)[:：]?$"
)
REACHED = 7  # lines from it on
GAP = re.compile(r"\S([ \u3000]{2,})\S")  # between two columns
ROWS = 3  # of a table whose second column begins at one place
ITEM_AWAY = 4  # lines that an item of a list may have
FULL = 20  # characters of a line that ended because the paper did
WRAPPED = 4  # lines of running text about as long that break off: the paper ended there


class Heard(NamedTuple):
    """One line in its folded spelling, the voices in it, and their share of its letters."""

    text: str
    voices: Voices
    share: float


class Letters(NamedTuple):
    """The Chinese characters of one line in its folded spelling."""

    characters: str  # in their order
    different: frozenset[str]
    pairs: frozenset[str]  # of neighbours


@dataclass(frozen=True)
class Edges:
    """What all doubtful lines of one part are judged by."""

    page: Page
    part: Part
    numbers: range
    touched: frozenset[int]  # lines of which a mark takes something
    marked: frozenset[int]  # lines of which marks take most
    leaning: frozenset[int] = frozenset()  # lines that are rather noise than text
    looks: dict[int, frozenset[str]] = field(default_factory=dict)  # known already
    known: dict[int, Heard] = field(default_factory=dict)
    spelled: dict[int, Letters] = field(default_factory=dict)

    def heard(self, number: int) -> Heard:
        """One line as it is judged, remembered: it is asked for again and again."""
        known = self.known.get(number)
        if known is None:
            known = self.known[number] = hear(self.page, number)
        return known

    def letters(self, number: int) -> Letters:
        """The Chinese characters of one line, remembered as well."""
        known = self.spelled.get(number)
        if known is None:
            known = self.spelled[number] = letters_of(self.heard(number).text)
        return known

    @cached_property
    def prose(self) -> tuple[int, int]:
        """The first and the last line of running text; (end, start) when there is none."""
        is_text = self._is_text
        first = next((n for n in self.numbers if is_text(n)), self.numbers.stop)
        last = next((n for n in reversed(self.numbers) if is_text(n)), self.numbers.start - 1)
        return first, max(last, *self.sections) if self.sections else last

    def _is_text(self, number: int) -> bool:
        return (
            number not in self.touched
            and number not in self.leaning
            and self.reads_like_text(number)
        )

    def reads_like_text(self, number: int) -> bool:
        """Whether a line has sentences or clauses, and another voice than a site's."""
        page = self.page
        if not page.is_prose(number) or not CLAUSE_MARK.search(page.texts[number]):
            return False  # labels and columns: 来源:某某网  作者:某某
        return page.lines[number].end - page.lines[number].start > LONGEST_OF_ALL or (
            self.heard(number).share < MUCH
        )

    @cached_property
    def numbered(self) -> Sequence[tuple[int, re.Match[str]]]:
        """The lines that begin as sections do."""
        match, texts = SECTION.match, self.page.texts
        return [(n, found) for n in self.numbers if (found := match(texts[n]))]

    @cached_property
    def sections(self) -> frozenset[int]:
        """Lines that begin a section: it has the number after that of one above; text has come since."""
        known: dict[tuple[str | None, ...], tuple[int, int]] = {}  # where the first is, the last
        found: list[int] = []
        for n, said in self.numbered:
            number = NUMERALS.get(said["nth"]) if said["nth"] else int(said["number"])
            if number is None or n in self.touched:
                continue
            kind = said.group("han", "mark", "above")
            first, last = known.get(kind, (n, 0))
            if last != number - 1:
                first = n
            elif any(map(self.reads_like_text, range(first, n))):
                found.append(n)
            known[kind] = first, number
        return frozenset(found)

    @cached_property
    def reached(self) -> frozenset[int]:
        """Lines below a section's heading that says how an office is reached: 五、咨询方式."""
        headings = [n for n, _ in self.numbered if HOW_TO_REACH.search(self.page.texts[n])]
        return frozenset(n for heading in headings for n in range(heading + 1, heading + REACHED))

    def is_asked_for(self, number: int) -> bool:
        """Whether a line without any word of sites stands below one that ends in a colon."""
        above = number - 1
        return (
            above >= self.numbers.start
            and self.page.texts[above][-1:] in COLONS
            and above not in self.marked
            and not self.heard(number).voices.names
        )

    def is_laid_out(self, number: int) -> bool:
        """Whether a line has its place in what the author has laid out: sections, contacts, a table."""
        if number in self.sections or number in self.reached:
            return True
        first, last = self.prose
        return first < number < last and self.in_columns(number)

    def in_columns(self, number: int) -> bool:
        """Whether a line is a row of a table that was laid out with blanks."""
        at = self._column(number)
        if not at:
            return False
        rows = 1
        for way in (-1, 1):
            n = number + way
            while n in self.numbers and rows < ROWS and self._column(n) == at:
                rows += 1
                n += way
        return rows == ROWS

    def _column(self, number: int) -> int:
        """Where the second column of a row begins, in half characters; 0 when there is none."""
        text = self.page.texts[number]
        gap = GAP.search(text)
        if gap is None or GAP.search(text, gap.end(1)):
            return 0
        return len(text[: gap.end(1)].encode("gb18030", "replace"))

    def in_a_list(self, number: int) -> bool:
        """Whether a line is an item of a numbered list, by the item before or behind it."""
        item = ITEM.match(self.page.texts[number])
        if item is None:
            return False
        others = {int(item[1]) - 1: -1, int(item[1]) + 1: 1}
        for count, way in others.items():
            for n in range(number + way, number + way * (ITEM_AWAY + 1), way):
                if n not in self.numbers or n in self.marked:
                    break
                other = ITEM.match(self.page.text(n))
                if other:
                    if int(other[1]) == count and other[2] == item[2]:
                        return True
                    break
        return False

    def goes_on(self, number: int) -> bool:
        """Whether a line is full, and so goes on in the next one, as others do that are as long."""
        text = self.page.texts[number]
        size = len(text)
        if size < FULL or not _is_cut_off(text):
            return False
        broken = self.broken
        near = sum(broken[size + more] for more in range(-2, 3))
        return near > WRAPPED and 2 * broken.total() >= self.long

    @cached_property
    def broken(self) -> Counter[int]:
        """How many lines stop inside of a sentence at each length."""
        texts = self.page.texts[self.numbers.start : self.numbers.stop]
        return Counter([len(text) for text in texts if len(text) >= FULL and _is_cut_off(text)])

    @cached_property
    def long(self) -> int:
        """How many lines are long enough to end because the paper did."""
        return sum(len(self.page.text(n)) >= FULL for n in self.numbers)

    @cached_property
    def text(self) -> str:
        """The words of the text, read from both ends."""
        start, end = self.part.start, self.part.end
        view = self.page.view
        as_printed = bool(view.runs)  # then a line is not where it is in the view
        said = self.page.original if as_printed else view.text
        middle = [
            said[line.start : line.end]
            for n in (
                self.numbers
                if end - start <= 2 * TEXT_READ
                else (
                    *self.page.lines_between(start, start + TEXT_READ),
                    *self.page.lines_between(end - TEXT_READ, end),
                )
            )
            if (line := self.page.lines[n]).end - line.start > LONGEST // 2
            and n not in self.touched
            and n not in self.leaning
        ]
        text = "\n".join(middle)[: 2 * TEXT_READ]
        return fold(text).text if as_printed else text

    @cached_property
    def pairs(self) -> Container[str]:
        """The pairs of characters in the text: in a short one, looking is faster than listing."""
        text = self.text
        if len(text) <= FEW:
            return text
        return frozenset(map("".join, pairwise(text)))

    @cached_property
    def noise(self) -> str:
        """The words of the lines that are marked, those at both ends of the part first."""
        lines = sorted(self.marked | self.leaning)
        return "\n".join([folded(self.page, n, LONGEST) for n in lines[:REACH] + lines[-REACH:]])

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The marked lines, in order."""
        return tuple(sorted(self.marked))

    @cached_property
    def titles(self) -> tuple[int, ...]:
        """The lines above the text that may be its title."""
        above = range(self.numbers.start, min(self.prose[0], self.numbers.start + REACH))
        return tuple(
            n
            for n in above
            if n not in self.touched and could_be_title(self.page.text(n).strip(EDGE))
        )

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each short line stands there."""
        lines, texts = self.page.lines, self.page.texts
        return Counter([texts[n] for n in self.numbers if lines[n].end - lines[n].start <= LONGEST])


def edges_of(page: Page, part: Part, marks: Sequence[Mark]) -> Edges:
    taken: dict[int, int] = {}
    lines = page.lines
    for m in marks:
        if m.rule.severity != "cut":
            continue
        first = page.line_at(m.start)
        within = m.end <= lines[first].end  # as most marks are
        touched = (first,) if within else page.lines_between(lines[first].start, m.end)
        for n in touched:
            line = lines[n]
            taken[n] = taken.get(n, 0) + min(m.end, line.end) - max(m.start, line.start)
    marked = frozenset(
        [n for n, size in taken.items() if size >= MARKED_SHARE * len(page.texts[n])]
    )
    numbers = page.lines_between(part.start, part.end)
    return Edges(page, part, numbers, frozenset(taken), marked)


def grown(edges: Edges, found: AbstractSet[int], leaning: AbstractSet[int]) -> Edges:
    """The same part when the lines `found` are noise and those `leaning` are doubted."""
    return Edges(
        edges.page, edges.part, edges.numbers, edges.touched | found, edges.marked | found,
        frozenset(leaning - found), edges.looks, edges.known, edges.spelled,
    )  # fmt: skip


def said(page: Page, number: int, most: int | None = None) -> tuple[Spoken, int, int]:
    """One line, or so many characters of it, without blanks around it: a stretch of what is spoken."""
    line = page.lines[number]
    if page.view.runs:
        printed = page.texts[number][:most]
        start = page.original.index(printed, line.start)
        return page.stretch(start, start + len(printed))
    view = page.view.text
    text = view[line.start : line.end].strip(EDGE)[:most]
    start = view.index(text, line.start)
    return page.spoken, start, start + len(text)


def folded(page: Page, number: int, most: int | None = None) -> str:
    """One line, or so many characters of it, in its folded spelling, without blanks around it."""
    spoken, start, end = said(page, number, most)
    return spoken.text[start:end]


def hear(page: Page, number: int) -> Heard:
    """One line with the voices in it; quoted words are not the voice of the line."""
    spoken, start, end = said(page, number)
    text = spoken.text[start:end]
    found = spoken.voices(start, end)
    if found.characters and OPENING.search(text):
        found = voices(QUOTED.sub('""', text))
    if not found.characters:
        return Heard(text, SILENCE, 0.0)
    letters = sum(map(len, LETTERS.findall(text)))
    return Heard(text, found, found.characters / letters if letters else 0.0)


def letters_of(text: str) -> Letters:
    """
    The Chinese characters of a text.

    >>> letters = letters_of("来源: 河湾网")
    >>> letters.characters, sorted(letters.pairs)
    ('来源河湾网', ['来源', '河湾', '湾网'])
    """
    runs = HAN.findall(text)
    characters = "".join(runs)
    pairs = frozenset([pair for run in runs for pair in map(add, run, run[1:])])
    return Letters(characters, frozenset(characters), pairs)


def ending(printed: str) -> Iterator[str]:
    """How a line ends."""
    if printed[-1:] in SENTENCE_ENDS:
        yield "ends a sentence"
        if printed[-1:] in "！!":
            yield "exclaims"
    elif printed[-1:] in "~～^":
        yield "exclaims"
    elif printed[-1:] in ":：,，、；;":
        yield "goes on below"
    elif SENTENCE_MARK.search(printed):
        yield "breaks off"


def _is_cut_off(text: str) -> bool:
    """Whether a line with clauses stops inside of one."""
    return (
        text[-1:] not in SENTENCE_ENDS
        and CLAUSE_MARK.search(text) is not None
        and "breaks off" in ending(text)
    )
