"""
From hits to marks: the conditions of a rule.

A pattern that fires is only a hit. A rule may ask for more: a place in the document,
a neighbour, a line that is not too long, a repetition, no quotation marks around it.
A hit that passes becomes a mark, grown to the clause, sentence, line or block that
has no other purpose (`reach`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleaners.matching import Hit
from cleaners.page import Mark, Page, Part
from cleaners.reach import AROUND, reach, whole_reach
from cleaners.rules import Rule
from cleaners.zones import Scanned

QUOTED = re.compile("“[^“”]*”|「[^「」]*」")
ISLAND = 0.5  # of the letters that a rule for edges takes inside of a text are words of sites
LARGEST_ISLAND = 200  # characters
# An article or item of a list, a reference, and what somebody says or quotes.
NO_ISLAND = re.compile(
    r"^(?:第[0-9一二三四五六七八九十百]+[条章节款]|[0-9]{1,3} ?[.．、)）]|[(（\[]?[0-9一二三四五六七八九十]{1,3}[)）\]、]|[①-⑳])|[“「『《]"
)
HAN_ONLY = re.compile("[\u4e00-\u9fff]+")
LONGEST_WORD = 6  # characters of a button that may be a heading: 下载说明
ALONE = 2  # lines above and below it without noise
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
        and not (rule.kind == "conversion_residue" and number in page.code)
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
    start, end = whole_reach(hit, number, page, part, frozenset())
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
