"""
The title that stands below a site's menu, in text that a whole page was copied into.

Such text begins with the site's own lines, of which some are known and many are not; the first
unknown one would be taken for the title. What tells the title from them is what stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import islice, pairwise

from cleaners.compare import DOUBLED_TITLE, LIST_MARK, OWN_FORM, could_be_title
from cleaners.crumbs import CRUMB, LONGEST
from cleaners.edges import MUCH
from cleaners.page import Mark, Page, Part
from cleaners.shapes import HAN

BESIDE = 2  # lines of noise, or short lines, at least
SHORT = 16  # characters of a title that has a comma
COMMA = frozenset("，,")
HEAD = 80  # lines in which a title is sought
MENU = 4  # lines of noise above a title, and between it and what else could be one
PARAGRAPHS = 12  # of the text, whose words a title has
COLUMN, WORD = 8, 6  # lines of so many characters: a menu, of which less has to be known
FACTS = frozenset({"byline_metadata", "download_prompt"})  # what stands right below a title
PLACE = "breadcrumb"  # 当前位置：首页 > 正文, right above a title
BAR = re.compile(" ?[_|｜]| [-—–]+ |——|-(?=[^-]*$)")  # between a title and the name of a site


def title_below_a_menu(
    page: Page, part: Part, noisy: Collection[int], marks: Sequence[Mark]
) -> tuple[int | None, list[Mark]]:
    """
    The number of the title that stands below a site's menu, and marks for what is left of that.

    Text that a page was copied into begins with the site's own lines, and not all are known.
    A title is told from those by what stands beside it: who wrote it and when, or a button of
    the article or the way to the page, and then it has words of the text.
    """
    numbers = [n for n in page.lines_between(part.start, part.end)[:HEAD] if page.text(n)]
    if at := _named_by_a_window(page, numbers, noisy):
        again, *menu = (page.lines[n] for n in numbers[:at] if n == numbers[0] or n not in noisy)
        of_menu = [Mark(CRUMB, line.start, line.end) for line in menu]
        return numbers[at], [Mark(DOUBLED_TITLE, again.start, again.end), *of_menu]
    ways = {page.line_at(m.start) for m in marks if m.rule.id == PLACE} & {*noisy}
    if not ways and sum(n in noisy for n in numbers) < BESIDE:
        return None, []
    facts = {page.line_at(m.start) for m in marks if m.rule.kind in FACTS} & {*noisy}
    buttons = {page.line_at(m.start) for m in marks if m.rule.kind == "comment_ui"} & {*noisy}
    words: set[str] | None = None  # of the text
    above: list[int] = []  # lines that nothing is known of
    menu = 0  # lines of noise above
    for at, number in enumerate(numbers[:-1]):
        if number in noisy:
            menu += 1
            continue
        text, below = page.text(number), {*numbers[at + 1 : at + 3]}
        if page.is_prose(number) or page.lines[number].role in OWN_FORM:
            break
        before = numbers[at - 1] if at else number
        if could_be_title(text) and page.text(before)[-1] not in ":：":  # else it is a value
            told = numbers[at + 1] in facts
            if (
                not told
                and (before in facts | ways or below & (facts | buttons))
                and not _is_broken(text)
            ):
                words = _pairs(_beginning(page, part, noisy)) if words is None else words
                told = not words.isdisjoint(_pairs(text))
            menu_above = _is_menu(page, above, menu, at) or (
                before in ways and words is not None and _is_foreign(page, above, text, words)
            )
            if told and not (above and menu_above):
                break  # the title of a page that begins with it
            if told:
                lines = (page.lines[n] for n in above)
                return number, [Mark(CRUMB, line.start, line.end) for line in lines]
        above.append(number)
    return None, []


def _named_by_a_window(page: Page, numbers: Sequence[int], noisy: Collection[int]) -> int:
    """
    Where in `numbers` the title stands that the first line, of a window, says before its site: 渡口_某某网.

    Between them is a menu, below it the text; 0 if it is otherwise.
    """
    first = page.text(numbers[0]) if numbers else ""
    titles = {said for bar in BAR.finditer(first) if len(said := first[: bar.start()].rstrip()) > 1}
    for at, number in enumerate(numbers[1:] if titles else (), 1):
        text = page.text(number)
        if text in titles:
            known = any(n in noisy or page.share(*page.lines[n][:2]) >= MUCH for n in numbers[1:at])
            below = any(page.is_prose(n) for n in numbers[at + 1 : at + 1 + COLUMN])
            return at if at >= MENU and known and below else 0
        if number not in noisy and not _is_of_a_menu(page, number, text):
            return 0
    return 0


def _is_foreign(page: Page, above: Sequence[int], title: str, words: set[str]) -> bool:
    """Whether short lines above a breadcrumb have less to do with the text than the title below it."""
    texts = [page.text(n) for n in above]
    said = len(words & _pairs(title))
    return len(texts) >= BESIDE and all(
        len(text) <= WORD and len(words & _pairs(text)) < said for text in texts
    )


def _is_of_a_menu(page: Page, number: int, text: str) -> bool:
    """Whether a line may be one of a menu: no sentence, nor item of a list."""
    own = page.lines[number].role in OWN_FORM or LIST_MARK.match(text)
    return len(text) <= LONGEST and not own and not page.is_prose(number)


def _is_menu(page: Page, unknown: Sequence[int], known: int, lines: int) -> bool:
    """Whether the lines above a title are a menu: enough is known of them, or all are short."""
    narrow = lines >= COLUMN and all(len(page.text(n)) <= WORD for n in unknown)
    return known >= max(MENU, len(unknown) // 2) or (narrow and known >= BESIDE)


def _is_broken(text: str) -> bool:
    """Whether a line is rather the beginning of a sentence that layout broke."""
    return len(text) > SHORT and not COMMA.isdisjoint(text)


def _beginning(page: Page, part: Part, noisy: Collection[int]) -> str:
    """The first paragraphs of a part that are not noise."""
    numbers = page.lines_between(part.start, part.end)
    said = (page.text(n) for n in numbers if n not in noisy and page.is_prose(n))
    return "\n".join(islice(said, PARAGRAPHS))


def _pairs(text: str) -> set[str]:
    """The pairs of Chinese characters that stand beside each other."""
    return {a + b for run in HAN.findall(text) for a, b in pairwise(run)}
