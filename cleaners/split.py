"""
A collection page into its documents.

范文 pages glue three to forty texts together under numbered headings that repeat
the page's own title: 交流发言篇1, 交流发言篇2; 第一篇：…, 第二篇：…. They are told
from the numbered sections of one text by that: they share their words, their
numbers follow on each other, and each has running text of its own below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleaners.fold import fold
from cleaners.page import Page, Part

LONGEST_HEADING = 60  # characters
FEWEST_CHARACTERS = 80  # of an item; what is shorter is a list, not a collection of texts

NUMERALS = "零一二三四五六七八九"
NUMBER = "[0-9]{1,3}|[一二三四五六七八九十百零]{1,5}"
HEADING = re.compile(
    rf"^[\[(<《]?(?:"
    rf"(?P<stem>[^。！？;:]{{2,50}}?)[ :_\-(]{{0,2}}(?:第? ?(?P<after>{NUMBER}) ?[篇则]|[篇之] ?(?P<last>{NUMBER}))\)?"
    rf"|第 ?(?P<first>{NUMBER}) ?[篇则][:、. ]{{0,2}}(?P<rest>[^。！？;]{{0,50}})"
    rf"|[篇] ?(?P<bare>{NUMBER})(?:[:、. ]{{1,2}}(?P<tail>[^。！？;]{{0,50}}))?"
    rf"|范文 ?(?P<sample>{NUMBER})(?:[:、. ]{{1,2}}(?P<about>[^。！？;]{{0,50}}))?"
    rf")[\])>》:]{{0,2}}$"
)  # fmt: skip
COUNT = re.compile(rf"^(?P<title>.{{2,50}}?)[ (\[]{{0,2}}(?:精选|通用|合集|集锦|汇编|优质|实用|热门|推荐|最新|优秀|经典|共|[0-9]{{4}})*[ ]?(?P<count>{NUMBER}) ?[篇则份]\s?(?:合集|汇编|精选|通用)?[)\]]{{0,2}}$")  # fmt: skip


FORMS = (
    ("after", "stem", ""),
    ("last", "stem", ""),
    ("first", "", "rest"),
    ("bare", "", "tail"),
    ("sample", "", "about"),
)
PLAIN = re.compile(rf"[ (]?({NUMBER})\)?")
COUNT_WITHIN = 6  # lines from the first, for a title that counts its items
# A heading has its number beside its word; most texts have no such place at all. The pattern
# begins with a character of the word, for which `re` searches quickly, and looks back over it.
_DIGIT = r"[\d一二三四五六七八九十①-⑳]"
NUMBERED = re.compile(
    rf"[篇则之范](?:(?<=[篇则之])[ \u3000]?{_DIGIT}|(?<={_DIGIT}[篇则])|(?<={_DIGIT}[ \u3000][篇则])"
    r"|(?<=范)文[ \u3000]?[\d一二三四五六七八九十])"
)
TRIGGER = re.compile("[篇则份]|范文")  # no heading is without one of these


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that could head an item: its number in the page, its own number, its words."""

    line: int
    ordinal: int
    stem: str  # what every heading of its run shares
    form: str
    words: str = ""  # what may differ from item to item


def split(page: Page) -> tuple[Part, ...]:
    """
    The parts of a page, in order, without gaps: one, or one for each item of a collection.

    What stands above the first heading belongs to the first part.
    """
    whole = (Part(0, len(page.original)),)
    headings = item_headings(page)
    if len(headings) < 2 or not is_collection(page, headings):  # noqa: PLR2004 - two are several
        return whole
    starts = [0, *(page.lines[h.line].start for h in headings[1:])]
    ends = [*starts[1:], len(page.original)]
    sizes = sorted(
        sum(len(page.text(n)) for n in page.lines_between(page.lines[h.line].end, end))
        for h, end in zip(headings, ends, strict=True)
    )
    if sizes[len(sizes) // 2] < FEWEST_CHARACTERS or sizes[0] == 0:
        return whole
    return tuple(Part(s, e, h.line) for s, e, h in zip(starts, ends, headings, strict=True))


def by_chapter(page: Page, starts: Sequence[int]) -> tuple[Part, ...]:
    """
    The parts of a book whose chapters begin at `starts`, without gaps.

    What stands above the first chapter (cover, contents) belongs to it.
    """
    ends = [*starts[1:], len(page.original)]
    parts: list[Part] = []
    for start, end in zip(starts, ends, strict=True):
        numbers = page.lines_between(start, end)
        if numbers:
            first = numbers[0]
            heading = first if page.lines[first].role == "heading" else None
            parts.append(Part(start if parts else 0, end, heading))
    return tuple(parts)


def is_collection(page: Page, headings: Sequence[Heading]) -> bool:
    """
    Whether numbered headings belong to texts of their own.

    篇1 with the same words before it does by itself. 第一篇 also numbers the parts of a
    book or a law: there the page has to count its items, or the items share a title.
    """
    if headings[0].stem:
        return True
    words = {h.words for h in headings}
    return declared(page) is not None or (len(words) == 1 and "" not in words)


def declared(page: Page) -> tuple[str, int] | None:
    """The words and the number of items of a title at the head: 讲话稿(精选3篇) is (讲话稿, 3)."""
    for number in range(min(len(page.lines), COUNT_WITHIN)):
        text = page.text(number)
        if len(text) <= LONGEST_HEADING and TRIGGER.search(text):
            m = COUNT.match(fold(text).text)
            if m:
                return m["title"].strip(), numeral(m["count"])
    return None


def item_headings(page: Page) -> list[Heading]:
    """The longest run of headings of one form whose numbers follow on each other from 1."""
    count = declared(page)
    if not count and not NUMBERED.search(page.original):
        return []
    words = count[0] if count else None
    forms: dict[tuple[str, str], list[Heading]] = {}
    for number, line in enumerate(page.lines):
        if line.end - line.start <= LONGEST_HEADING + 20:
            found = heading(page.text(number), number, words)
            if found:
                forms.setdefault((found.form, found.stem), []).append(found)
    runs = [run for group in forms.values() if len(run := _consecutive(group)) > 1]
    return max(runs, key=lambda run: (len(run), -run[0].line), default=[])


def heading(text: str, line: int, words: str | None = None) -> Heading | None:
    """
    A line as an item's heading, or None; `words` are those of the page's counted title.

    >>> heading("交流发言材料篇2", 7)
    Heading(line=7, ordinal=2, stem='交流发言材料', form='last', words='')
    >>> heading("个人总结2", 7), heading("个人总结2", 7, "个人总结")
    (None, Heading(line=7, ordinal=2, stem='个人总结', form='plain', words=''))
    """
    if words is None and not TRIGGER.search(text):
        return None
    folded = fold(text).text
    if words and folded.startswith(words) and (m := PLAIN.fullmatch(folded, len(words))):
        return Heading(line, numeral(m[1]), words, "plain")
    m = HEADING.match(folded) if len(folded) <= LONGEST_HEADING else None
    for form, stem, about in FORMS if m else ():
        if m and m[form]:
            given = [(m[name] or "").strip() if name else "" for name in (stem, about)]
            return Heading(line, numeral(m[form]), given[0], form, given[1])
    return None


def _consecutive(headings: Sequence[Heading]) -> list[Heading]:
    """The run 1, 2, 3 … among the headings of one form, from its first 1 on."""
    run: list[Heading] = []
    for found in headings:
        if found.ordinal == len(run) + 1:
            run.append(found)
    return run if all(a.line < b.line for a, b in pairwise(run)) else []


def numeral(digits: str) -> int:
    """
    A number up to 999 in either script; 0 when it is none.

    >>> numeral("12"), numeral("十二"), numeral("二十"), numeral("一百零三")
    (12, 12, 20, 103)
    """
    if digits.isdecimal():
        return int(digits)
    total = unit = 0
    for c in digits:
        if c in "十百":
            total += (unit or 1) * (10 if c == "十" else 100)
            unit = 0
        else:
            unit = NUMERALS.find(c)
    return total + max(unit, 0)
