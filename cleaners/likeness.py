"""
Which lines at the edges of a text, and between its paragraphs, belong to the site.

Patterns know the words of sites that somebody has seen. This rule knows none by heart:
it weighs what a line looks like (place, shape, the voice it speaks in, the words it
shares with the text and with lines that are noise already) and marks it when the sum
is beyond doubt. The weights are fitted by tests/bench/fit_lines.py (logistic
regression) and stand in `cleaners.weights`, each beside the sign that it belongs to;
a removal names the signs that decided it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from cleaners.compare import SALUTATION, alike, bare_title, could_be_title, header
from cleaners.fold import fold
from cleaners.needs import needs
from cleaners.page import EDGE, SENTENCE_ENDS, SENTENCE_MARK, Mark, Page, Part
from cleaners.shapes import (
    APPEALS,
    BAR,
    CLAUSE_MARK,
    HAN,
    KEPT,
    LETTERS,
    MAYBE_STRONG,
    NARRATED,
    NO_HAN,
    NOT_PLAIN,
    OF_A_SITE,
    PLAIN_SHAPES,
    QUIET,
    QUOTED,
    SHAPES,
    STRONG_SHAPE,
)  # fmt: skip
from cleaners.voice import VOICE, Voices, voices
from cleaners.weights import BIAS, THRESHOLDS, WEIGHTS

UNLIKE = header(
    "unlike-the-text", "site_promo",
    "文章头尾和段落之间的行，用网站的口气说话，和正文没有共同的词；几个迹象加在一起才算，removal 里写着是哪几个。",
    "关于清溪 - 联系我们 - 投稿须知", "联系人：王某，电话：029-5550103", "公文自己的联系方式，办事的人要用",
)  # fmt: skip

RULES = (UNLIKE,)

REACH = 40  # lines from an edge that are looked at
LONGEST = 60  # characters; a longer line is looked at only when it is no running text
LONGEST_OF_ALL = 200  # characters
ENOUGH_TEXT = 150  # characters; with less text than this, sharing no word with it says less,
SOME_TEXT = 60  # and with less than this nothing
FEW = 2_000  # characters
TEXT_READ = 20_000  # characters of the text, from either end, whose words are compared
REACH_OF_CLEAN = 6  # the same where no rule has marked anything
MARKED_SHARE = 0.5  # of a line that marks take, for the line to count as marked
MUCH = 0.4  # of the letters of a paragraph are words of sites: it is none of the text
RUNNING_SHARE = 0.2  # the same for one to be doubted at all
NO_TITLE = 0.65  # of the letters of a title are no words of sites
FURNITURE = 0.3  # the same for a line between two paragraphs
MANY_WORDS = 3  # or so many different ones
MORE = 3  # signs that a reader is told
VERSE = 3  # lines at either end of a page without running text that are looked at
FAR = 4  # lines from the text
COLONS = (":", "：")
FULL = 20  # characters of a line that ended because the paper did
WRAPPED = 4  # lines of running text about as long that break off: the paper ended there
ROUNDS = 4  # looks at the lines, each with what the one before has found
LEANING = 0.5  # log odds from which a line is doubted, and its neighbours with it
TITLE_BEFORE_BAR = 8  # characters
WHERE = (
    "before the text",
    "after the text",
    "between the text",
    "ends a sentence",
    "is running text",
)
FIRST, LAST = "begins as one that ", "ends as one that "  # and a voice
MANY = {2: "two voices", 3: "three voices"}
# How much of a line's letters are words of sites; a line that has most has all the lower signs too.
SHARES = (
    (0.2, "some words of sites"), (0.4, "many words of sites"),
    (0.65, "mostly words of sites"), (0.9, "hardly another word than sites have"),
)  # fmt: skip
WORDS = ((3, "three words of sites"), (5, "five words of sites"), (8, "eight words of sites"))
DOUBTED = (
    (1, "a doubtful line on the page"), (3, "three doubtful lines on the page"),
    (6, "six doubtful lines on the page"),
)  # fmt: skip
# Signs that are weighed for themselves in each of these places and in sentences.
DEPENDS = {
    sign: {where: f"{sign}, {where}" for where in WHERE}
    for sign in (
        *VOICE, *(name for _, name in SHARES),
        "noise on one side", "noise on both sides", "parts set off by bars",
        "parts set off by blanks", "is in brackets", "begins with a label", "has symbols",
        "breaks off", "speaks to you", "a few characters", "a short line", "names who made it",
        "is a row of items", "asks if you like it", "begins with an appeal", "has no grammar",
        "two halves alike", "is a question", "has no word of sites", "exclaims",
        "a doubtful line on one side", "doubtful lines on both sides", "no word of the text",
    )
}  # fmt: skip


class Heard(NamedTuple):
    """One line in its folded spelling, the voices in it, and their share of its letters."""

    text: str
    voices: Voices
    share: float


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

    def heard(self, number: int) -> Heard:
        """One line as it is judged, remembered: it is asked for again and again."""
        known = self.known.get(number)
        if known is None:
            text = _folded(self.page, number)
            # Quoted words are not the voice of the line.
            found = voices(QUOTED.sub('""', text) if '"' in text or "「" in text else text)
            letters = sum(map(len, LETTERS.findall(text))) if found.characters else 0
            share = found.characters / letters if letters else 0.0
            known = self.known[number] = Heard(text, found, share)
        return known

    @cached_property
    def prose(self) -> tuple[int, int]:
        """The first and the last line of running text; (end, start) when there is none."""
        is_text = self._is_text
        first = next((n for n in self.numbers if is_text(n)), self.numbers.stop)
        last = next((n for n in reversed(self.numbers) if is_text(n)), self.numbers.start - 1)
        return first, last

    def _is_text(self, number: int) -> bool:
        return (
            number not in self.touched
            and number not in self.leaning
            and self.reads_like_text(number)
        )

    def reads_like_text(self, number: int) -> bool:
        """Whether a line has sentences or clauses, and another voice than a site's."""
        page = self.page
        if not page.is_prose(number) or not CLAUSE_MARK.search(page.text(number)):
            return False  # labels and columns: 来源:某某网  作者:某某
        return page.lines[number].end - page.lines[number].start > LONGEST_OF_ALL or (
            self.heard(number).share < MUCH
        )

    def is_asked_for(self, number: int) -> bool:
        """Whether a line without any word of sites stands below one that ends in a colon."""
        above = number - 1
        return (
            above >= self.numbers.start
            and self.page.text(above)[-1:] in COLONS
            and above not in self.marked
            and not self.heard(number).voices.names
        )

    def goes_on(self, number: int) -> bool:
        """Whether a line is full, and so goes on in the next one, as others do that are as long."""
        size = len(self.page.text(number))
        if size < FULL or not _is_cut_off(self.page.text(number)):
            return False
        broken = self.broken
        near = sum(broken[size + more] for more in range(-2, 3))
        return near > WRAPPED and 2 * broken.total() >= self.long

    @cached_property
    def broken(self) -> Counter[int]:
        """How many lines stop inside of a sentence at each length."""
        texts = map(self.page.text, self.numbers)
        return Counter(len(text) for text in texts if len(text) >= FULL and _is_cut_off(text))

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
        return "\n".join([_folded(self.page, n, LONGEST) for n in lines[:REACH] + lines[-REACH:]])

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
        lines = self.page.lines
        return Counter(
            self.page.text(n) for n in self.numbers if lines[n].end - lines[n].start <= LONGEST
        )


def unlike_text(page: Page, part: Part, marks: Sequence[Mark]) -> Iterator[Mark]:
    """
    Marks for whole lines of one part that are the site's, judged by many small signs.

    Only lines that no mark touches; running text, quoted words and lines between two
    paragraphs need more than those at the edges. `values` say why: `because` and `score`.
    """
    found, _ = settled(edges_of(page, part, marks))
    yield from (found[n] for n in sorted(found))


def settled(edges: Edges) -> tuple[dict[int, Mark], Edges]:
    """The marks of one part by line, and how it looks when they are made."""
    page = edges.page
    found: dict[int, Mark] = {}
    for _ in range(ROUNDS):  # what is found once is a neighbour the next time
        leaning: set[int] = set()
        before = len(found)
        for number in doubtful(edges):
            signs = signs_of(edges, number)
            if not signs:
                continue
            weight = total(signs)
            if weight >= THRESHOLDS[situation(signs)]:
                line = page.lines[number]
                values = {
                    "because": because(signs),
                    "score": f"{weight:.1f}",
                    "where": situation(signs),
                }
                found[number] = Mark(UNLIKE, line.start, line.end, values=values)
            elif weight >= LEANING:
                leaning.add(number)
        if len(found) == before and not edges.leaning ^ leaning:
            break
        edges = grown(edges, found.keys(), leaning)
    return found, edges


def grown(edges: Edges, found: AbstractSet[int], leaning: AbstractSet[int]) -> Edges:
    """The same part when the lines `found` are noise and those `leaning` are doubted."""
    return Edges(
        edges.page, edges.part, edges.numbers, edges.touched | found, edges.marked | found,
        frozenset(leaning - found), edges.looks, edges.known,
    )  # fmt: skip


def total(signs: Iterable[str]) -> float:
    """How much the signs of a line speak for the site (log odds)."""
    # An exact sum: the order of a set differs from run to run.
    return fsum((BIAS, *(WEIGHTS.get(sign, 0.0) for sign in signs)))


def situation(signs: Container[str]) -> str:
    """Where a line stands: what must be beyond doubt here is less so there."""
    if "the page has no other noise" in signs:
        return "on a page without noise"
    if "is running text" in signs:
        return "running text"
    if "before the text" in signs and "begins with a label" in signs:
        return "a label above the text"
    if "before the text" in signs or "after the text" in signs:
        return "outside the text"
    return "inside the text"


def because(signs: Iterable[str]) -> str:
    """The signs that weighed most, in words."""
    weighed = sorted((-WEIGHTS.get(sign, 0.0), sign) for sign in signs)
    return "; ".join(sign for weight, sign in weighed[:MORE] if weight < 0)


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


def doubtful(edges: Edges) -> Iterator[int]:
    """The numbers of the lines that may be noise at all: short, and with a first sign."""
    page, numbers = edges.page, edges.numbers
    first, last = edges.prose
    verse = first > last
    if verse:  # lists, poems, notes: nothing to tell the site from but its voice
        first, last = numbers.start + VERSE, numbers.stop - 1 - VERSE
    far = REACH if edges.marked or edges.leaning else REACH_OF_CLEAN
    head = range(numbers.start, min(first + 2, numbers.start + far, numbers.stop))
    tail = range(max(last - 1, numbers.stop - far, head.stop), numbers.stop)
    lines = page.lines
    for n in (*head, *tail):
        line = lines[n]
        if line.end - line.start <= LONGEST_OF_ALL and _is_open(edges, n):
            near = n - 1 in edges.marked or n + 1 in edges.marked
            outside = edges.marked and not verse and not first <= n <= last
            if outside or near or edges.heard(n).voices.names or _is_strong(page.text(n)):
                yield n
    for n in range(head.stop, tail.start) if edges.marked or edges.leaning else ():
        line = lines[n]
        if line.end - line.start <= LONGEST and _is_open(edges, n) and _stands_out(edges, n):
            yield n


def _stands_out(edges: Edges, number: int) -> bool:
    """Whether a line between two paragraphs sounds or looks like a site at all."""
    if _is_strong(edges.page.text(number)):
        return True
    heard = edges.heard(number)
    return heard.share >= FURNITURE or len(heard.voices.words) >= MANY_WORDS


def _is_strong(text: str) -> bool:
    return bool(MAYBE_STRONG.search(text)) and bool(STRONG_SHAPE.search(text))


def _is_open(edges: Edges, number: int) -> bool:
    """Whether a line is neither taken already nor of a kind that is never looked at."""
    role = edges.page.lines[number].role
    return (
        number not in edges.marked
        and number != edges.part.heading
        and role not in ("table", "code")
        and bool(edges.page.text(number))
        and not edges.goes_on(number)
        and not edges.is_asked_for(number)
    )


def _folded(page: Page, number: int, most: int | None = None) -> str:
    """One line, or so many characters of it, in its folded spelling, without blanks around it."""
    view = page.view
    if view.runs:
        return fold(page.text(number)[:most]).text
    line = page.lines[number]
    return view.text[line.start : line.end].strip(EDGE)[:most]


def signs_of(edges: Edges, number: int) -> set[str]:
    """Everything that speaks for or against one line, in words; nothing when it must stay."""
    look = edges.looks.get(number)
    if look is None:
        look = edges.looks[number] = _look(edges, number)
    near = number - 1 in edges.marked or number + 1 in edges.marked
    if not look or (QUIET in look and not near):
        return set()
    place = set(_place(edges, number))
    # The same words say more where no text is beyond them, and other things above than below.
    signs = place | look
    for where in WHERE:
        if where in signs:
            signs.update([DEPENDS[sign][where] for sign in signs & DEPENDS.keys()])
    return signs | set(_words(edges, number))


def _look(edges: Edges, number: int) -> frozenset[str]:
    """The signs of a line that do not depend on its place; none when it must stay."""
    printed = edges.page.text(number)
    text, heard, share = edges.heard(number)
    running = edges.page.is_prose(number) and CLAUSE_MARK.search(printed)
    # A paragraph with a watermark in it loses the watermark, and no more.
    stamped = number in edges.touched
    if running and (stamped or NARRATED.search(text)):
        return frozenset()
    if any(kept.fullmatch(text) for kept in KEPT):
        return frozenset()
    if _may_be_the_title(edges, number, printed):
        return frozenset()
    shapes = set(_shapes(text))
    if running:
        shapes.add("is running text")
        if share < RUNNING_SHARE and (len(text) > LONGEST or not shapes & APPEALS):
            shapes.add(QUIET)
    if "is a formula or code" in shapes and not heard.names:
        return frozenset()
    if NO_HAN.fullmatch(text) and not heard.names and not OF_A_SITE.search(text):
        return frozenset()
    if not heard.names:
        shapes.add("has no word of sites")
    if len(heard.names) > 1:
        shapes.add(MANY.get(len(heard.names), "many voices"))
    shapes.update(name for least, name in SHARES if share >= least)
    shapes.update(name for least, name in WORDS if len(heard.words) >= least)
    shapes.update(f"says {word}" for word in heard.words)
    shapes.update(f"{FIRST}{name}" for name in heard.first)
    shapes.update(f"{LAST}{name}" for name in heard.last)
    return frozenset(heard.names | shapes | set(_form(edges, number, printed, text)))


def _shapes(text: str) -> Iterator[str]:
    """The shapes of one line in its folded spelling."""
    possible = SHAPES if NOT_PLAIN.search(text) else PLAIN_SHAPES
    characters = frozenset(text)
    for name, needed in _needed().items():
        shape = possible.get(name)
        if shape and not any(map(characters.isdisjoint, needed)) and shape.search(text):
            yield name


@cache
def _needed() -> Mapping[str, tuple[frozenset[str], ...]]:
    """For each shape, sets of characters of which a line must have one each: quickly asked."""
    read = {name: needs(shape.pattern) for name, shape in SHAPES.items()}
    return {
        name: (*need.characters, *(frozenset(w[0] for w in words) for words in need.words))
        for name, need in read.items()
    }


def _may_be_the_title(edges: Edges, number: int, printed: str) -> bool:
    """Whether nothing else is left to be the title, or another line says the same."""
    if number not in edges.titles or edges.heard(number).share >= NO_TITLE:
        return False
    others = [n for n in edges.titles if n != number]
    bare = bare_title(printed)
    # 题目｜某某网: what stands before the name of the site is a title.
    before = BAR.split(printed, maxsplit=1)[0]
    if len(before) >= TITLE_BEFORE_BAR and not voices(fold(before).text).names:
        return True
    return not others or any(alike(bare, bare_title(edges.page.text(n))) for n in others[:8])


def _place(edges: Edges, number: int) -> Iterator[str]:
    first, last = edges.prose
    numbers = edges.numbers
    yield (
        "beside verse" if first > last
        else "before the text" if number < first else "after the text" if number > last
        else "the first paragraph" if number == first
        else "the last paragraph" if number == last
        else "between the text"
    )  # fmt: skip
    from_start, from_end = number - numbers.start, numbers.stop - 1 - number
    if from_start == 0:
        yield "the first line"
    elif from_start <= 2:  # noqa: PLR2004
        yield "near the start"
    if from_end == 0:
        yield "the last line"
    elif from_end <= 2:  # noqa: PLR2004
        yield "near the end"
    if number in edges.touched:
        yield "a part is noise already"
    if number == first - 1:
        yield "right above the text"
    if number == last + 1:
        yield "right below the text"
    yield from _neighbours(edges, number)


def _neighbours(edges: Edges, number: int) -> Iterator[str]:
    """What is noise already: beside a line, and between it and the edge or the text."""
    first, last = edges.prose
    marked = edges.marked
    order = edges.order
    if first <= last:
        yield from _runs(edges, number)
    near = (number - 1 in marked) + (number + 1 in marked)
    if near:
        yield "noise on one side" if near == 1 else "noise on both sides"
    doubted = edges.leaning
    near = (number - 1 in doubted) + (number + 1 in doubted)
    if near:
        yield "a doubtful line on one side" if near == 1 else "doubtful lines on both sides"
    if first < number < last:
        texts = edges.reads_like_text(number - 1) + edges.reads_like_text(number + 1)
        yield ("between no paragraphs", "beside a paragraph", "between two paragraphs")[texts]
    elif first <= last and max(first - number, number - last) >= FAR:
        yield "far from the text"
    yield "the page has noise" if marked else "the page has no other noise"
    if len(order) > 5:  # noqa: PLR2004
        yield "the page is full of noise"
    others = len(doubted) - (number in doubted)
    yield from (name for least, name in DOUBTED if others >= least)


def _runs(edges: Edges, number: int) -> Iterator[str]:
    """Whether all lines between one and the edge or the text are noise."""
    first, last = edges.prose
    from_start, from_end = number - edges.numbers.start, edges.numbers.stop - 1 - number
    order = edges.order
    if number > last and from_end and len(order) - bisect_right(order, number) == from_end:
        yield "only noise below"
    if number < first and from_start and bisect_left(order, number) == from_start:
        yield "only noise above"
    since = bisect_left(order, number) - bisect_right(order, last)
    if number > last + 1 and since == number - last - 1:
        yield "only noise since the text"
    elif number > last and since > 0:
        yield "noise since the text"
    if number < first and bisect_left(order, first) > bisect_right(order, number):
        yield "noise from here to the text"


def _form(edges: Edges, number: int, printed: str, text: str) -> Iterator[str]:
    size = len(printed)
    sizes = ((4, "a few characters"), (12, "a short line"), (30, "half a line"), (60, "a line"))
    yield next((name for most, name in sizes if size <= most), "a long line")
    yield from _ending(printed)
    if SALUTATION.match(printed):
        yield "is a salutation"
    han = sum(map(len, HAN.findall(text)))
    if not han:
        yield "has no Chinese"
    elif han * 2 < size:
        yield "has little Chinese"
    line = edges.page.lines[number]
    if line.link_density > 0.5:  # noqa: PLR2004
        yield "is mostly links"
    if line.role in ("heading", "list", "caption"):
        yield f"is a {line.role}"
    times = edges.counts[printed]
    if times > 1:
        yield "stands there twice" if times == 2 else "stands there three times"  # noqa: PLR2004


def _ending(printed: str) -> Iterator[str]:
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
    return CLAUSE_MARK.search(text) is not None and "breaks off" in _ending(text)


def _words(edges: Edges, number: int) -> Iterator[str]:
    """How many of the line's words (pairs of characters) the text has, and the noise has."""
    text = edges.heard(number).text
    pairs = {run[i : i + 2] for run in HAN.findall(text) for i in range(len(run) - 1)}
    if not pairs:
        return
    if len(edges.text) >= SOME_TEXT:
        body = edges.pairs
        share = sum(pair in body for pair in pairs) / len(pairs)
        if not share:
            enough = len(edges.text) >= ENOUGH_TEXT
            yield "no word of the text" if enough else "no word of a short text"
        elif share < 0.2:  # noqa: PLR2004
            yield "hardly a word of the text"
        elif share > 0.5:  # noqa: PLR2004
            yield "words of the text"
    noise = edges.noise
    if number in edges.leaning:
        noise = noise.replace(text[:LONGEST], "")  # a line bears no witness for itself
    share = sum(pair in noise for pair in pairs) / len(pairs) if noise else 0
    if share > 0.4:  # noqa: PLR2004
        yield "words of the noise"
    elif share > 0.1:  # noqa: PLR2004
        yield "a word of the noise"
