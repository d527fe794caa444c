"""
Rare characters that were planted behind full stops, so that a copy can be told.

Each character alone may be somebody's name or a word of an old text. Planted ones mean
nothing: they stand behind full stops and nowhere else, in several places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import takewhile

from cleaners.characters import LINE_BREAKS
from cleaners.compare import header
from cleaners.encoding import ASCII, BIG5_LEVEL_1, GB_LEVEL_1, PUNCTUATION
from cleaners.page import EDGE, Mark, Page, Part
from cleaners.variants import SIMPLIFIED, TRADITIONAL

RARE_BEHIND_STOP = header(
    "rare-behind-stop", "anti_copy_injection",
    "好几个句号后面各塞几个谁也不用的生僻字，是防复制的暗记。",
    "他走了。龘靐明天又来。麤灪河水退了。齉爨船开了。", "龘，读作dá。靐，读作bìng。爨，读作cuàn。", "字典，生僻字后面是它的解释",
)  # fmt: skip

RULES = (RARE_BEHIND_STOP,)

TIMES = 3  # what stands so often is no accident
RUN = 4  # rare characters behind a full stop
OF_STOPS = 20  # one in so many at least has some; in a long text a few begin a sentence
BEHIND_ANY_STOP = re.compile("[。！？][”」』]?([\u3400-\u9fff]{1,4})")
DOES = re.compile("[说說道问問答笑喊叹嘆点點摇搖想看走站坐把被在是的和也又还還不没沒已就都]")
EXPLAINED = re.compile("[字读讀音念是为為，、：:（(“《]")


@cache
def usual_characters() -> frozenset[str]:
    """What sentences begin with: the common characters of both scripts, marks, blanks, nothing."""
    to_simplified = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
    simplified = {to_simplified.get(c, c) for c in BIG5_LEVEL_1}
    return (
        GB_LEVEL_1
        | BIG5_LEVEL_1
        | PUNCTUATION
        | simplified
        | ASCII
        | {"", "\n", *EDGE, *LINE_BREAKS}
    )


@cache
def rare() -> re.Pattern[str]:
    """A character that no sentence begins with, behind a full stop: most texts have none."""
    usual = "".join(sorted(usual_characters()))
    return re.compile(f"[。！？][”」』]?[^{re.escape(usual)}]")


def rare_behind_stops(page: Page, part: Part) -> Iterator[Mark]:
    """Rare characters behind full stops that the text has nowhere else: others each time, or the same."""
    if len(rare().findall(page.original, part.start, part.end)) < TIMES:
        return
    usual = usual_characters()
    others: list[tuple[int, str]] = []
    same: list[tuple[int, str]] = []
    stops = 0
    for m in BEHIND_ANY_STOP.finditer(page.original, part.start, part.end):
        stops += 1
        run = m[1][:RUN]
        if run[0] in usual:
            continue
        same.append((m.start(1), "".join(takewhile(lambda c: c not in usual, run))))
        while run[-1] in usual:
            run = run[:-1]
        if not EXPLAINED.match(page.original, m.start(1) + len(run)):
            others.append((m.start(1), run))
    everywhere = Counter(page.original[part.start : part.end])
    others = _nowhere_else(others, everywhere, usual)
    same = _nowhere_else(same, everywhere, usual)
    if len({run for _, run in others}) >= TIMES and len(others) * OF_STOPS >= stops:
        yield from (Mark(RARE_BEHIND_STOP, at, at + len(run)) for at, run in others)
    elif _is_no_name(page, same):
        yield from (Mark(RARE_BEHIND_STOP, at, at + len(run)) for at, run in same)


def _nowhere_else(
    found: list[tuple[int, str]], everywhere: Counter[str], usual: frozenset[str]
) -> list[tuple[int, str]]:
    """Those runs whose rare characters stand in such runs only."""
    behind = Counter(c for _, run in found for c in run if c not in usual)
    elsewhere = {c for c, n in behind.items() if everywhere[c] > n}
    return [(at, run) for at, run in found if elsewhere.isdisjoint(run)]


def _is_no_name(page: Page, planted: list[tuple[int, str]]) -> bool:
    """
    Whether the same rare characters behind full stops are nobody's name.

    Somebody who is named so does something there, and is met inside of sentences as well.
    """
    behind = [page.original[at + len(run) : at + len(run) + 1] for at, run in planted]
    least = TIMES if all(len(run) > 1 for _, run in planted) else TIMES + 1
    return len(planted) >= least and len(set(behind)) > 1 and not any(map(DOES.match, behind))
