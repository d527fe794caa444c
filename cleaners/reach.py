"""
How far the mark of a hit reaches: its own characters, its clause, sentence, line or block.

A hit is rarely all that has to go, and what is put into somebody's sentence is rarely all of it.
"""

from __future__ import annotations

import re
from itertools import pairwise

from cleaners.matching import Hit
from cleaners.page import Page, Part
from cleaners.run_in import run_in

AROUND = 300  # characters; a sentence is not looked for further than this from its hit
SENTENCE_BREAK = re.compile("[。！？!；;…]|\\?(?![0-9A-Za-z&=])")
CLAUSE_BREAK = re.compile("[。！？!；;…，,]|\\?(?![0-9A-Za-z&=])")
# Where a clause ends when it is asked whose it is: brackets are set off as well.
SEAM = re.compile("[。！？!；;…，,)）】\\]]|(?=[(（【\\[])")
BRACKETED = re.compile(r"[(（][^()（）]*[)）]$")
STOP = re.compile("[。！？!?…]+[”」』）)]*")
# Of the letters of a clause of a site so many are words of sites, of all clauses before it and
# behind it so few, when it was put into somebody's sentence.
CLAUSE, FEW = 0.25, 0.15
LONGEST_SENTENCE = 600  # characters, of one that is looked at clause by clause
ACCOUNT = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{4,}")  # or an address
HAN = re.compile("[\u4e00-\u9fff]")
# So many Chinese characters before a hit, with no more words of sites, are the author's.
FOREIGN, OWN = 10, 0.1


def reach(hit: Hit, number: int, page: Page, part: Part, noisy: frozenset[int]) -> tuple[int, int]:
    """How far the mark of a hit on the line of this number goes: offsets into the original."""
    start, end = whole_reach(hit, number, page, part, noisy)
    if hit.rule.reach in ("tail", "head") or not page.is_prose(number):
        return start, end
    return run_in(page, page.lines[number], hit) or (start, end)


def whole_reach(
    hit: Hit, number: int, page: Page, part: Part, noisy: frozenset[int]
) -> tuple[int, int]:
    """Likewise, with all of the clause that something was run into."""
    line = page.lines[number]
    match hit.rule.reach:
        case "span":
            return hit.start, hit.end
        case "sentence":
            return grow(page, line.start, line.end, hit, SENTENCE_BREAK)
        case "clause":
            return grow(page, line.start, line.end, hit, CLAUSE_BREAK)
        case "tail":
            return line.start, block_end(page, part, hit, noisy)
        case "head":
            return block_start(page, part, hit, noisy), line.end
        case _:
            last = line if hit.end <= line.end else page.lines[page.line_at(hit.end - 1)]
            start, end = line.start, last.end
            start = start if _is_lede(hit) else _behind_the_text(page, start, end)
            return (start, end) if _speaks_as_others_do(hit) else _put_inside(page, start, end)


def _is_lede(hit: Hit) -> bool:
    """Whether a rule is about what begins as anybody's words do: 光阴似箭, 岁月如梭."""
    return hit.rule.kind == "seo_filler"


def _speaks_as_others_do(hit: Hit) -> bool:
    """Whether a rule is about sentences of which clauses may have no word of sites: lawyers'."""
    return _is_lede(hit) or hit.rule.kind == "copyright_disclaimer"


def _behind_the_text(page: Page, start: int, end: int) -> int:
    """
    Where the site begins in a line that it has been glued to: behind the first sentences, when
    these have hardly a word of sites; otherwise at its start.
    """
    text, at = page.original, start
    for stop in STOP.finditer(text, start, end):
        if page.share(at, stop.end()) >= OWN:
            break
        at = stop.end()
    glued = at < end and len(HAN.findall(text, start, at)) >= FOREIGN
    return at if glued else start


def _put_inside(page: Page, start: int, end: int, *, behind: bool = False) -> tuple[int, int]:
    """
    What was put into the middle of a sentence: where the site begins and ends in original[start:end],
    when clauses before it and behind it are the author's; otherwise all of it.

    雾还没有散尽，铺子已经卸下门板，加微信领取完整版，豆浆的香气从巷口飘过来，引来了赶早市的人。

    `behind` says that the author's words before it have been left out already.
    """
    text = page.original
    if end - start > LONGEST_SENTENCE:
        return start, end
    seams = [m.end() for m in SEAM.finditer(text, start, end)]
    clauses = [*pairwise(dict.fromkeys([start, *seams, end]))]
    site = [clause for clause in clauses if _is_of_a_site(page, *clause)]
    if not site:
        return start, end
    (first, _), (_, last) = site[0], site[-1]
    around = ((start, first), (last, end))[behind:]
    if BRACKETED.match(text, first, last):  # (加群看全文): words at one side show it as well
        around = [own for own in around if own[0] < own[1]]
    return (
        (first, last) if all(_is_the_authors(page, *own, FEW) for own in around) else (start, end)
    )


def _is_the_authors(page: Page, start: int, end: int, most: float = OWN) -> bool:
    """Whether original[start:end] is some length of text with hardly a word of sites."""
    han = len(HAN.findall(page.original, start, end))
    return han >= FOREIGN and page.share(start, end) < most


def _is_of_a_site(page: Page, start: int, end: int) -> bool:
    """Whether a clause has words of sites, or something like an account or an address."""
    return bool(ACCOUNT.search(page.original, start, end)) or page.share(start, end) >= CLAUSE


def grow(page: Page, start: int, end: int, hit: Hit, breaks: re.Pattern[str]) -> tuple[int, int]:
    """
    A hit widened to the sentence or clause that it stands in.

    Where no break is near, the line's own edge ends it; where that is far as well,
    the hit stays as it is on that side, so that no long text is taken along.
    """
    text = page.original
    low, high = max(start, hit.start - AROUND), min(end, hit.end + AROUND)
    # The line's own start counts as a break, when it is in sight.
    before = [start] if low == start else [hit.start]
    before += [m.end() for m in breaks.finditer(text, low, hit.start)]
    left = before[-1]
    inside = _is_the_authors(page, left, hit.start) and not _is_lede(hit)
    if inside:
        left = hit.start  # what was put into the middle of a sentence has not the sentence's voice
    # A hit that ends with the break has its sentence already.
    after = breaks.search(text, max(hit.start, hit.end - 1), high)
    if after:
        right = after.end()
        while right < end and text[right] in "。！？!；;…":
            right += 1
    else:
        right = end if high == end else hit.end
    if _speaks_as_others_do(hit):
        return left, right
    return _put_inside(page, left, right, behind=inside)


def block_end(page: Page, part: Part, hit: Hit, noisy: frozenset[int]) -> int:
    """Where a tail ends: the part's end, or before the first prose that no rule speaks against."""
    numbers = page.lines_between(hit.start, part.end)
    end = page.lines[page.line_at(hit.start)].end
    for number in numbers:
        if page.is_prose(number) and number not in noisy:
            return end
        end = page.lines[number].end
    return end


def block_start(page: Page, part: Part, hit: Hit, noisy: frozenset[int]) -> int:
    """Where a head begins: the part's start, or after the last prose above."""
    first = page.line_at(hit.start)
    start = page.lines[first].start
    for number in range(first - 1, -1, -1):
        if page.lines[number].start < part.start or (page.is_prose(number) and number not in noisy):
            break
        start = page.lines[number].start
    return start
