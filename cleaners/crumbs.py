"""
Short lines that stand in the middle of a block of noise above or below the text.

Pages print numbers, names and titles between their buttons: how many have praised, who
follows, what else there is. No pattern knows them. But where most lines around are
known to be noise, what is short and stands among them is noise as well.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence

from cleaners.compare import LIST_MARK, OWN_FORM, SALUTATION, header
from cleaners.page import SENTENCE_ENDS, Mark, Page, Part
from cleaners.shapes import SIGNATURE

CRUMB = header(
    "crumb-in-noise", "other",
    "正文上下一大片按钮、计数里，夹在两行噪声中间的短行：数目、名字、别的题目。",
    "点赞⏎12⏎收藏⏎203⏎评论⏎春天的河⏎相关推荐", "河湾县人民政府⏎2024年1月5日", "落款，上下都不是噪声",
)  # fmt: skip

RULES = (CRUMB,)

AROUND = 5  # lines up and down that are looked at
FEWEST = 6  # of these are noise
BESIDE = 2  # of these at least on either side
LONGEST = 40  # characters
COUNT = re.compile(
    r"[日一二三四五六]|[0-9][0-9.,:/·-]{0,12} ?[万千百kKwW+%°℃]?\+?|[-—·|×>»<«]{1,3}"
)
LABEL = re.compile(
    "[：:]|^[△▲◆]|^图 ?[0-9一二三四五六七八九十为]|;$"
)  # of a value, a caption, code
DATE = re.compile("(?:[12][0-9]{3}|[〇零一二三四五六七八九]{4})[年.-].{1,14}")


def crumbs(page: Page, part: Part, noisy: Collection[int]) -> Iterator[Mark]:
    """
    Marks for the crumbs of one part; `noisy` are the lines that are taken whole.

    Above the last sentence of the text only numbers are crumbs: titles and headings stand there.
    """
    if len(noisy) < FEWEST:
        return
    numbers = [n for n in page.lines_between(part.start, part.end) if page.text(n)]
    taken = [n in noisy for n in numbers]
    last = max(
        (at for at, n in enumerate(numbers) if not taken[at] and page.is_prose(n)), default=-1
    )
    if last < 0:
        return  # verse, a menu, a table: here everything is short
    texts = [page.text(n) for n in numbers]
    may_be = [
        bool(COUNT.fullmatch(text)) or (at > last and _is_crumb(page, n, text))
        for at, (n, text) in enumerate(zip(numbers, texts, strict=True))
    ]
    # A calendar, a table of figures: numbers neither speak for each other nor against.
    told = [at for at, text in enumerate(texts) if taken[at] or not COUNT.fullmatch(text)]
    for at, number in enumerate(numbers):
        if may_be[at] and not taken[at] and _is_surrounded(taken, told, at):
            taken[at] = True
            yield Mark(CRUMB, page.lines[number].start, page.lines[number].end)


def _is_surrounded(taken: Sequence[bool], told: Sequence[int], at: int) -> bool:
    """Whether most of what is around a line is noise, and some of it on either side."""
    here = bisect_left(told, at)
    beyond = bisect_right(told, at)
    above = sum(taken[n] for n in told[max(0, here - AROUND) : here])
    below = sum(taken[n] for n in told[beyond : beyond + AROUND])
    return above >= BESIDE and below >= BESIDE and above + below >= FEWEST


def _is_crumb(page: Page, number: int, text: str) -> bool:
    """Whether a line below the text may be a crumb: no sentence, signature, date, item of a list."""
    return (
        len(text) <= LONGEST
        and not page.is_prose(number)
        and text[-1] not in SENTENCE_ENDS
        and not LABEL.search(text)
        and page.lines[number].role not in OWN_FORM
        and not (SIGNATURE.fullmatch(text) or DATE.fullmatch(text))
        and not (LIST_MARK.match(text) or SALUTATION.match(text))
    )
