"""
From hits to marks: the conditions of a rule, and how far it reaches.

A pattern that fires is only a hit. A rule may ask for more: a place in the document,
a neighbour, a line that is not too long, a repetition, no quotation marks around it.
A hit that passes becomes a mark, grown to the clause, sentence, line or block that
has no other purpose.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleaners.matching import Hit
from cleaners.page import Mark, Page, Part
from cleaners.rules import Rule
from cleaners.zones import Scanned

SENTENCE_BREAK = re.compile("[。！？!；;…]|\\?(?![0-9A-Za-z&=])")
CLAUSE_BREAK = re.compile("[。！？!；;…，,]|\\?(?![0-9A-Za-z&=])")
SEAM = re.compile("[。！？!；;…，,)）】\\]]|(?=[(（【\\[])")
BRACKETED = re.compile(r"[(（][^()（）]*[)）]$")
STOP = re.compile("[。！？!?…]+[”」』）)]*")
AROUND = 300  # characters; a sentence is not looked for further than this from its hit
QUOTED = re.compile("“[^“”]*”|「[^「」]*」")
ISLAND = 0.5  # of the letters that a rule for edges takes inside of a text are words of sites
LARGEST_ISLAND = 200  # characters
# An article or item of a list, a reference, and what somebody says or quotes.
NO_ISLAND = re.compile(
    r"^(?:第[0-9一二三四五六七八九十百]+[条章节款]|[0-9]{1,3} ?[.．、)）]|[(（\[]?[0-9一二三四五六七八九十]{1,3}[)）\]、]|[①-⑳])|[“「『《]"
)
# Of the letters of a clause of a site so many are words of sites, of all clauses before it and
# behind it so few, when it was put into somebody's sentence.
CLAUSE, FEW = 0.25, 0.15
LONGEST_SENTENCE = 600  # characters, of one that is looked at clause by clause
ACCOUNT = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{4,}")
HAN = re.compile("[\u4e00-\u9fff]")
HAN_ONLY = re.compile("[\u4e00-\u9fff]+")
LONGEST_WORD = 6  # characters of a button that may be a heading: 下载说明
ALONE = 2  # lines above and below it without noise
# So many Chinese characters before a hit, with no more words of sites, are the author's.
FOREIGN, OWN = 10, 0.1
MOSTLY = 0.6  # of a hit stands in quotation marks
QUOTE_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"))


@dataclass(frozen=True, slots=True)
class Scene:
    """What the conditions of rules are judged by."""

    page: Page
    hits: Sequence[Hit]
    parts: Sequence[Part]
    hit_lines: Mapping[str, Sequence[int]]  # kind or rule id → numbers of lines with a hit
    counts: Mapping[tuple[str, str], int]  # (rule id, what it hit) → how often, where rules ask
    noisy: frozenset[int]  # lines of which hits take a good part
    families: frozenset[str] = frozenset()  # the kinds of sites that the page can be of


def scene(page: Page, scanned: Scanned) -> Scene:
    """What is known of a page before any hit is judged."""
    lines: dict[str, list[int]] = {}
    counts: dict[tuple[str, str], int] = {}
    for hit in scanned.hits:
        if hit.rule.severity == "keep":
            continue  # text is no neighbour of noise
        number = page.line_at(hit.start)
        for name in (hit.rule.kind, hit.rule.id):
            known = lines.setdefault(name, [])
            if not known or known[-1] != number:
                known.append(number)
        if hit.rule.repeats > 1:
            said = hit.rule.id, page.original[hit.start : hit.end].strip()
            counts[said] = counts.get(said, 0) + 1
    return Scene(page, scanned.hits, scanned.parts, lines, counts, scanned.noisy, scanned.families)


def mark(scene: Scene) -> list[Mark]:
    """The marks of every hit that meets its rule's conditions, in order of the text."""
    marks: list[Mark] = []
    parts = iter(scene.parts)
    part = next(parts)
    for hit in scene.hits:
        while hit.start >= part.end:
            part = next(parts, part)
            if part is scene.parts[-1]:
                break
        number = scene.page.line_at(hit.start)
        if meets(hit, number, scene, part):
            start, end = reach(hit, number, scene.page, part, scene.noisy)
            marks.append(Mark(hit.rule, start, end, hit.groups))
    return marks


def meets(hit: Hit, number: int, scene: Scene, part: Part) -> bool:
    """Whether a hit, on the line of this number, has all that its rule asks for."""
    rule, page = hit.rule, scene.page
    line = page.lines[number]
    return (
        (in_place(rule, hit, part) or is_island(hit, number, page, part))
        and not (rule.where == "edge" and rule.whole_line and heads_text(number, scene))
        and (not rule.longest or len(page.text(number)) <= rule.longest)
        and (not rule.near or has_neighbour(rule, number, scene))
        and (not rule.family or rule.family in scene.families)
        and (rule.repeats <= 1 or _count(hit, scene) >= rule.repeats)
        and (
            rule.quoted
            or rule.severity == "keep"
            or not in_quotes(page.original, line.start, line.end, hit)
        )
    )


def _count(hit: Hit, scene: Scene) -> int:
    return scene.counts[hit.rule.id, scene.page.original[hit.start : hit.end].strip()]


def in_place(rule: Rule, hit: Hit, part: Part) -> bool:
    """Whether a hit stands where its rule looks for it."""
    where = rule.where
    return (
        where == "anywhere"
        or (where != "tail" and hit.start < part.head_end)
        or (where != "head" and hit.start >= part.tail_start)
    )


def is_island(hit: Hit, number: int, page: Page, part: Part) -> bool:
    """Whether what a rule for edges takes between two paragraphs has hardly another word than sites have."""
    if hit.rule.where != "edge":
        return False
    # Blocks would take the text along; a stretch of a line stands between words of the author's.
    if hit.rule.reach in ("tail", "head", "span") or hit.rule.severity == "keep":
        return False
    if NO_ISLAND.search(page.text(number)):
        return False
    start, end = reach(hit, number, page, part, frozenset())
    return end - start <= LARGEST_ISLAND and page.share(start, end) >= ISLAND


def has_neighbour(rule: Rule, number: int, scene: Scene) -> bool:
    """Whether one of the kinds or rules that `near` names has a hit on a line close by."""
    return any(_is_near(rule, number, name, scene.hit_lines.get(name, ())) for name in rule.near)


def _is_near(rule: Rule, number: int, name: str, lines: Sequence[int]) -> bool:
    """Whether one of the sorted `lines` is close by; a rule of the same kind must be on another."""
    first = bisect_left(lines, number - rule.within)
    close = lines[first : bisect_right(lines, number + rule.within)]
    return any(other != number or name != rule.kind for other in close)


def heads_text(number: int, scene: Scene) -> bool:
    """Whether a word that sites print is a heading here: a paragraph follows, no noise is around."""
    page = scene.page
    text = page.text(number)
    if len(text) > LONGEST_WORD or not HAN_ONLY.fullmatch(text) or number + 1 == len(page.lines):
        return False
    around = range(number - ALONE, number + ALONE + 1)
    return page.is_prose(number + 1) and not any(n in scene.noisy for n in around if n != number)


def in_quotes(text: str, start: int, end: int, hit: Hit) -> bool:
    """Whether a hit stands inside quotation marks that open and close on its line, or is mostly quoted."""
    if "“" in (said := text[hit.start : hit.end]) or "「" in said:
        quoted = sum(map(len, QUOTED.findall(said)))
        if quoted > MOSTLY * len(said):
            return True
    start, end = max(start, hit.start - AROUND), min(end, hit.end + AROUND)
    for opening, closing in QUOTE_PAIRS:
        opened = text.rfind(opening, start, hit.start)
        if opened >= 0 and opened > text.rfind(closing, start, hit.start):
            closes = text.find(closing, hit.end, end)
            if closes >= 0:
                return True
    return False


def reach(hit: Hit, number: int, page: Page, part: Part, noisy: frozenset[int]) -> tuple[int, int]:
    """How far the mark of a hit on the line of this number goes: offsets into the original."""
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
