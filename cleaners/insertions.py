"""
What was put into the sentences of a text, the same again and again: stamps that no rule knows.

A site's own words, its address, or something in brackets stands in the middle of three clauses,
and that is no proof: an article about a site says its name as well. But what is put in at random
stands between any two characters, where what an author says has a mark beside it, or one of
the small words (的, 在, 了) that hold a sentence together; and it breaks words that are whole elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import add, itemgetter

from cleaners.characters import HAN
from cleaners.compare import header
from cleaners.page import Mark, Page, Part
from cleaners.rules import Rule
from cleaners.run_in import BEFORE, BEHIND, DOMAIN
from cleaners.voice import Spoken, share

STAMP_IN_SENTENCES = header(
    "stamp-inside-sentences", "watermark",
    "同一句网站的话或同一个网址几次插在句子中间，前后的字本来连在一起：这是随机插入的水印。",
    "雾散以后渡最快更新上某某书屋口又热闹了……（三次，每次插在别处）", "他在某某书屋里找到了这本书，某某书屋的老板……", "前后有“在、里、的”和标点，是句子自己的词",
)  # fmt: skip
STAMP_INSIDE = header(
    "stamp-inside-words", "watermark",
    "同一个带括号、符号或空格的短语几次插在词的中间，把文中别处完整的词切断：这是随机插入的水印。",
    "渡（柳湾夜话整理）口……（三次，切开的都是文中别处有的词）", "小明（化名）说", "括号站在词和词之间",
)  # fmt: skip
RULES = (STAMP_IN_SENTENCES, STAMP_INSIDE)

TIMES = 3  # what stands so often is no accident
SHORTEST, LONGEST = 5, 80  # characters of a stamp
# Of a stamp's letters that many are words of sites, if it has no address, when there are so many.
VOICED = {2: 0.5, 3: 0.3}
NATURAL = 0.34  # of the places beside a stamp at most are where an author's words would end
SEEN = 100  # places of a word that are looked at for what is the same around it
MOST = 50  # different stamps of one text

SIGNS = r"╱╲◎÷(\[{<《〈「『﹝→←↑↓↗↘★☆◆◇■□●○※@#~^*_|♂♀+=&©®™ -"
JOINTS = "-·_/|*.~^+╱╲◎÷★☆♂♀○●◇◆"  # the same between all characters of a stamp
CHARACTER = f"[a-z0-9{HAN}]"
BLANKS = rf"(?<= )(?:{CHARACTER} ){{4}}"  # blanks are between many
APART = re.compile(rf"([{JOINTS}]){CHARACTER}\1{CHARACTER}\1|{BLANKS}")
# An address or an account; characters spelled apart; a sign, or a blank, and what follows it. It
# begins with a class, for which `re` searches quickly, and looks back over it.
SEED = re.compile(
    rf"[a-z0-9·/.{SIGNS}](?:(?<=[a-z0-9])[a-z0-9._:/@+~·-]{{3,}}"
    rf"|(?<=([{JOINTS}]))(?:{CHARACTER}\1){{2}}|{BLANKS}"
    rf"|(?<=[{HAN}][{SIGNS}]){CHARACTER}{{2}})"
)
ADDRESS = re.compile(
    r"(?<![a-z0-9])[a-z0-9]++[._·-]*(?:\.|点|。|,)[._·-]*(?:[a-z][._·-]*){2,4}"
    r"|(?<![a-z])[a-z]{2,}+[-_0-9a-z]*[0-9]{3,}"
)
PHRASE = re.compile("[a-z]{2,}(?:[ .]+[a-z]{2,}){3}")
NUMBER = re.compile("[0-9]{5,}")
WORD = re.compile(f"[{HAN}]{{2}}")
STOPS = ",.;:!?、。…"  # one before a stamp is the author's
# That something is counted or dated, or more of it, says little.
STRONG = frozenset(
    ("calls on the reader", "speaks as a site", "names a site", "speaks of rights", "is a button")
)
# What no name or sentence begins or ends with.
NO_BEGIN, NO_END = frozenset("的了着过们性"), frozenset("第的由在从和与及或把被")
# What brackets say of the word before them, whatever the names are.
ANNOTATION = re.compile(
    "化名|原名|又名|简称|以下|另案|判刑|已故|在逃|音译|暂定|试行|原审|反诉|申请|含税|单位|[省市县镇村]|[题分]$|^[ -~]+$"
)

Span = tuple[int, int]
Place = tuple[int, int, int, int]  # a word, from where to where, and the line that it is in


def inserted(page: Page, part: Part, taken: frozenset[int]) -> Iterator[Mark]:
    """The marks of what is put into sentences of a part; lines that are `taken` are not looked at."""
    numbers = page.lines_between(part.start, part.end)
    lines = [page.lines[n] for n in numbers if n not in taken and page.is_prose(n)]
    stretches = [page.stretch(line.start, line.end) for line in lines]
    # A line that has been repaired has a text of its own, which says where nothing stands.
    spans = [(start, end) for said, start, end in stretches if said is page.spoken]
    text = page.spoken.text

    @cache
    def pairs() -> frozenset[str]:
        return frozenset(map(add, text, text[1:]))

    wholes = [_whole(text, group) for group in _groups(page.spoken, spans)]
    stamps = dict.fromkeys(text[a:b] for a, b in wholes if SHORTEST <= b - a <= LONGEST)
    for stamp in sorted(list(stamps)[:MOST], key=len, reverse=True):
        places = [at for start, end in spans for at in _places(text, stamp, start, end)]
        if rule := _put_in(text, stamp, places, pairs):
            for at in places:
                yield Mark(rule, *page.view.origin(at, at + len(stamp)))


def _groups(spoken: Spoken, spans: Sequence[Span]) -> Iterator[Sequence[Place]]:
    """The places of each word of sites, each address and each sign that is there often enough."""
    seeds: dict[str | int, list[Place]] = {}
    for start, end in spans:
        for word, a, b in spoken.words(start, end):
            seeds.setdefault(word, []).append((a, b, start, end))
        for m in SEED.finditer(spoken.text, start, end):
            seeds.setdefault(m[0], []).append((*m.span(), start, end))
    return (group[:SEEN] for group in seeds.values() if len(group) >= TIMES)


def _whole(text: str, group: Sequence[Place]) -> Span:
    """The longest stretch around a word that is the same in most of its places, at the first of these."""
    left = right = 0
    while left <= LONGEST:
        beside = [text[a - left - 1] for a, _, start, _ in group if a - left > start]
        if not (kept := _most(beside, len(group))):
            break
        left += 1
        group = [g for g in group if g[0] - left >= g[2] and text[g[0] - left] == kept]
    while right <= LONGEST:
        beside = [text[b + right] for _, b, _, end in group if b + right < end]
        if not (kept := _most(beside, len(group))):
            break
        group = [g for g in group if g[1] + right < g[3] and text[g[1] + right] == kept]
        right += 1
    a, b = group[0][0] - left, group[0][1] + right
    return b - len(text[a:b].lstrip(STOPS)), b


def _most(beside: Sequence[str], of: int) -> str:
    """The character that stands beside most of the places; nothing when it is beside too few."""
    character, count = max(Counter(beside).items(), key=itemgetter(1), default=("", 0))
    return character if count >= TIMES and count * 2 >= of else ""


def _places(text: str, stamp: str, start: int, end: int) -> Iterator[int]:
    at = text.find(stamp, start, end)
    while at >= 0:
        yield at
        at = text.find(stamp, at + len(stamp), end)


def _put_in(
    text: str, stamp: str, places: Sequence[int], pairs: Callable[[], frozenset[str]]
) -> Rule | None:
    """The rule by which it was put in; None when what stands beside it speaks for the author."""
    before = [text[at - 1 : at] for at in places]
    behind = [text[at + len(stamp) : at + len(stamp) + 1] for at in places]
    said = stamp.strip()
    if len(set(behind)) < TIMES or said[0] in NO_BEGIN or said[-1] in NO_END:
        return None
    ends = sum(_ends(character, BEHIND) for character in behind)
    if not any(map(str.isalpha, before)):  # it begins paragraphs, or clauses, and runs into them
        runs_on = ends <= NATURAL * len(places) and re.search(DOMAIN, said)
        return STAMP_IN_SENTENCES if runs_on else None
    natural = ends + sum(_ends(character, BEFORE) for character in before)
    different = len(set(before)) >= TIMES
    seldom = different and natural <= NATURAL * 2 * len(places)
    if seldom and _is_of_a_site(said):
        return STAMP_IN_SENTENCES
    joints = {a + b for a, b in zip(before, behind, strict=True) if WORD.fullmatch(a + b)}
    parted = len(joints & pairs()) if different and len(joints) >= TIMES else 0
    if parted * 2 <= len(places) or ANNOTATION.search(said):
        return None
    if not (stamp[0].isalnum() or stamp[-1].isalnum()):
        return STAMP_INSIDE
    return STAMP_IN_SENTENCES if seldom or _is_of_a_site(said) else None


def _ends(character: str, small: frozenset[str]) -> bool:
    """Whether an author's words may end beside this character."""
    return character in small or not character.isalpha()


def _is_of_a_site(said: str) -> bool:
    """
    Whether it has an address, is spelled apart or in another language, or has hardly another
    word than sites have.
    """
    if ADDRESS.search(said) or APART.search(said) or PHRASE.search(said):
        return True
    spoken = Spoken(said)
    words = spoken.different(0, len(said)) + bool(NUMBER.search(said))
    if words < min(VOICED) or share(said) < VOICED[min(words, max(VOICED))]:
        return False
    return bool(STRONG & spoken.voices(0, len(said)).names)
