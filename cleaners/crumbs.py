"""
Short lines that stand in the middle of a block of noise above or below the text, and the title there.

Pages print numbers, names and titles between their buttons: how many have praised, who
follows, what else there is. No pattern knows them. But where most lines around are
known to be noise, what is short and stands among them is noise as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from cleaners.compare import LIST_MARK, OWN_FORM, SALUTATION, could_be_title, header
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
HEAD = 80  # lines in which a title is sought
MENU = 4  # lines of noise above a title, and between it and what else could be one
FACTS = frozenset({"byline_metadata", "download_prompt"})  # what stands right below a title
COUNT = re.compile(r"[0-9][0-9.,:/·-]{0,12} ?[万千百kKwW+%°℃]?\+?|[-—·|×>»<«*]{1,3}")
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
    for at, number in enumerate(numbers):
        if taken[at] or not _is_surrounded(taken, at):
            continue
        text = page.text(number)
        if COUNT.fullmatch(text) if at < last else _is_crumb(page, number, text):
            yield Mark(CRUMB, page.lines[number].start, page.lines[number].end)


def _is_surrounded(taken: Sequence[bool], at: int) -> bool:
    """Whether most of what is around a line is noise, and some of it on either side."""
    above, below = sum(taken[max(0, at - AROUND) : at]), sum(taken[at + 1 : at + 1 + AROUND])
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


def title_below_a_menu(
    page: Page, part: Part, noisy: Collection[int], marks: Sequence[Mark]
) -> tuple[int | None, list[Mark]]:
    """
    The number of the title that stands below a site's menu, and marks for what is left of that.

    Text that a page was copied into begins with the site's own lines, and not all are known.
    A title is told from those by what follows it: who wrote it and when.
    """
    numbers = [n for n in page.lines_between(part.start, part.end)[:HEAD] if page.text(n)]
    facts = {page.line_at(m.start) for m in marks if m.rule.kind in FACTS}
    above: list[int] = []  # lines that nothing is known of
    for at, (number, following) in enumerate(pairwise(numbers)):
        text = page.text(number)
        if number in noisy:
            continue
        if page.is_prose(number) or page.lines[number].role in OWN_FORM:
            break
        told = following in facts and following in noisy  # who wrote it, and when
        value = at > 0 and page.text(numbers[at - 1])[-1] in ":："  # of the label above it
        if told and above and not value and could_be_title(text):
            menu = [n for n in numbers if above[0] < n < number and n in noisy]
            if len(menu) >= max(MENU, len(above) // 2):
                lines = (page.lines[n] for n in above)
                return number, [Mark(CRUMB, line.start, line.end) for line in lines]
        above.append(number)
    return None, []
