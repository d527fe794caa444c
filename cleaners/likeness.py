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

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest
from math import fsum
from typing import NamedTuple

from cleaners.chain import EDGE_OF_PAGE, Run, border, on_a_clean_page, together
from cleaners.compare import header
from cleaners.edges import LONGEST, LONGEST_OF_ALL, REACH, Edges, Letters, edges_of, grown
from cleaners.page import Mark, Page, Part
from cleaners.shapes import CLAUSE_MARK, MAYBE_STRONG, STRONG_SHAPE
from cleaners.signs import BEGINS, ENDS, FAR, HAS, RUNNING_SHARE, characters_of, is_title, signs_of
from cleaners.weights import BIAS, COUPLINGS, THRESHOLDS, TRUST, WEIGHTS

UNLIKE = header(
    "unlike-the-text", "site_promo",
    "文章头尾和段落之间的行，用网站的口气说话，和正文没有共同的词；几个迹象加在一起才算，removal 里写着是哪几个。",
    "关于清溪 - 联系我们 - 投稿须知", "联系人：王某，电话：029-5550103", "公文自己的联系方式，办事的人要用",
)  # fmt: skip

RULES = (UNLIKE,)

REACH_OF_CLEAN = 6  # the same where no rule has marked anything
FURNITURE = 0.3  # the same for a line between two paragraphs
MANY_WORDS = 3  # or so many different ones
MORE = 3  # signs that a reader is told
VERSE = 3  # lines at either end of a page without running text that are looked at
ROUNDS = 3  # looks at the lines, each with what the one before has found
NEIGHBOURS = "noise around it"
NO_TITLE = 3.0  # log odds from which a line is not even the title
LEANING = 0.0  # log odds from which a line is rather noise than text


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
    found: dict[int, Mark] = {}
    known = bool(edges.marked)
    for _ in range(ROUNDS):  # what is found once is certain the next time
        leaning: set[int] = set()
        before = len(found)
        # Without a rule as its witness, a line that is found proves nothing about others.
        found = found if known else {}
        doubts = judged(edges)
        stay = title_of(edges, doubts)
        for number, doubt in doubts.items():
            if number in stay:
                continue
            if doubt.odds >= THRESHOLDS[situation(doubt.signs)]:
                found[number] = _mark(edges, number, doubt)
                leaning.add(number)
            elif doubt.odds >= LEANING and (known or "is running text" not in doubt.signs):
                leaning.add(number)  # a paragraph of a clean page is text as long as it can be
        if len(found) == before and not edges.leaning ^ (
            leaning - found.keys() if known else leaning
        ):
            break
        edges = grown(edges, found.keys() if known else frozenset(), leaning)
    return found, edges


class Doubt(NamedTuple):
    """
    A line that may be noise: its signs, what they and its characters add up to, and that with its
    neighbours.
    """

    signs: set[str]
    own: float  # log odds, as the next
    odds: float


def judged(edges: Edges) -> dict[int, Doubt]:
    """Every line that may be noise, judged with its neighbours."""
    signs = questions(edges)
    if not signs:
        return {}
    own = {n: total(said, written(edges.letters(n))) for n, said in signs.items()}
    mass = 0.0
    numbers: list[int] = []
    odds: list[float] = []
    for run in runs(edges, sorted(signs)):
        weight, of_run = together(run, [own[n] for n in run.numbers], COUPLINGS)
        mass += weight
        numbers += run.numbers
        odds += of_run
    if not edges.marked:
        odds = on_a_clean_page(odds, mass, TRUST)
    return {n: Doubt(signs[n], own[n], one) for n, one in zip(numbers, odds, strict=True)}


def questions(edges: Edges) -> dict[int, set[str]]:
    """The signs of every line that may be noise, without its characters."""
    return {number: said for number in doubtful(edges) if (said := signs_of(edges, number))}


def title_of(edges: Edges, doubts: Mapping[int, Doubt]) -> set[int]:
    """The lines above the text that stay because they may be its title, if any would go."""
    candidates = [n for n in edges.titles if n in doubts]
    if all(doubts[n].odds < LEANING for n in candidates):
        return set()  # they stay anyway
    stay = {n for n in candidates if is_title(edges, n)}
    if not stay and candidates:
        best = min(candidates, key=lambda n: (doubts[n].odds, n))
        if doubts[best].own < NO_TITLE:
            stay.add(best)
    return stay


def runs(edges: Edges, asked: Sequence[int]) -> Iterator[Run]:
    """The lines `asked` for (in order) as runs of neighbours."""
    marked, prose = edges.marked, edges.prose
    inside = edges.numbers

    def between(above: int, below: int) -> str:
        return border(above, below, prose) if above in inside and below in inside else EDGE_OF_PAGE

    numbers: list[int] = []
    for number, following in zip_longest(asked, asked[1:]):
        numbers.append(number)
        if following != number + 1:
            around = (numbers[0] - 1, *numbers, number + 1)
            borders = tuple(between(*two) for two in pairwise(around))
            yield Run(tuple(numbers), borders, around[0] in marked, number + 1 in marked)
            numbers = []


def _mark(edges: Edges, number: int, doubt: Doubt) -> Mark:
    line = edges.page.lines[number]
    signs = doubt.signs.union(characters_of(edges.letters(number)))
    values = {
        "because": because(signs, doubt.odds - doubt.own),
        "score": f"{doubt.odds:.1f}",
        "where": situation(doubt.signs),
    }
    return Mark(UNLIKE, line.start, line.end, values=values)


def total(signs: Iterable[str], more: Iterable[float] = ()) -> float:
    """How much the signs of a line, and what else weighs something, speak for the site (log odds)."""
    # An exact sum: the order of a set differs from run to run.
    weights = WEIGHTS
    return fsum([*[weights[sign] for sign in signs if sign in weights], *more]) + BIAS


def _weights_of(which: str) -> Mapping[str, float]:
    return {
        sign.removeprefix(which): weight
        for sign, weight in WEIGHTS.items()
        if sign.startswith(which)
    }


# A line has dozens of characters, of which most weigh nothing: these are looked up bare.
_HAS, _BEGINS, _ENDS = map(_weights_of, (HAS, BEGINS, ENDS))


def written(letters: Letters) -> list[float]:
    """What the characters of a line weigh, as `characters_of` names them."""
    if not letters.characters:
        return []
    weights = _HAS
    return [
        *[weights[one] for one in letters.different if one in weights],
        *[weights[pair] for pair in letters.pairs if pair in weights],
        _BEGINS.get(letters.characters[0], 0.0),
        _ENDS.get(letters.characters[-1], 0.0),
    ]


def situation(signs: Container[str]) -> str:
    """Where a line stands: what must be beyond doubt here is less so there."""
    clean = "the page has no other noise" in signs
    if "is running text" in signs:
        return "running text on a page without noise" if clean else "running text"
    if clean:
        return "on a page without noise"
    if "before the text" in signs and "begins with a label" in signs:
        return "a label above the text"
    if "before the text" in signs or "after the text" in signs:
        return "outside the text"
    return "inside the text"


def because(signs: Iterable[str], neighbours: float = 0.0) -> str:
    """The signs that weighed most, in words, and the neighbours, when these add more."""
    weighed = sorted((-WEIGHTS.get(sign, 0.0), sign) for sign in signs)
    weighed.append((-neighbours, NEIGHBOURS))
    return "; ".join(sign for weight, sign in sorted(weighed)[:MORE] if weight < 0)


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
    some = [
        n
        for n in (*head, *tail)
        if lines[n].end - lines[n].start <= LONGEST_OF_ALL
        and _is_open(edges, n)
        and not _appeals_to_nobody(edges, n)
    ]
    sure = {n for n in some if edges.heard(n).voices.names or _is_strong(page.texts[n])}
    beside = edges.marked or sure  # then a line without a word of sites may belong to them
    for n in some:
        outside = beside and not verse and not first <= n <= last
        if outside or n in sure or n - 1 in edges.marked or n + 1 in edges.marked:
            yield n
    known = edges.marked or edges.leaning
    for n in range(head.stop, tail.start):
        line = lines[n]
        if line.end - line.start > LONGEST or (not known and edges.reads_like_text(n)):
            continue
        if _is_open(edges, n) and (_stands_out(edges, n) or (known and _is_in_between(edges, n))):
            yield n


def _appeals_to_nobody(edges: Edges, number: int) -> bool:
    """Whether a line is a long sentence with hardly a word of sites, and no noise beside it."""
    page, text = edges.page, edges.page.texts[number]
    return (
        len(text) > LONGEST
        and page.is_prose(number)
        and edges.heard(number).share < RUNNING_SHARE
        and number - 1 not in edges.marked
        and number + 1 not in edges.marked
        and CLAUSE_MARK.search(text) is not None
    )


def _stands_out(edges: Edges, number: int) -> bool:
    """Whether a line between two paragraphs sounds or looks like a site at all."""
    if _is_strong(edges.page.texts[number]):
        return True
    heard = edges.heard(number)
    return heard.share >= FURNITURE or len(heard.voices.words) >= MANY_WORDS


def _is_in_between(edges: Edges, number: int) -> bool:
    """Whether a line inside of the text is no sentence of it, and may belong to noise around it."""
    if edges.page.is_prose(number):
        return False
    if edges.heard(number).voices.names:
        return True
    if number + 1 in edges.numbers and edges.reads_like_text(number + 1):
        return False  # it heads a paragraph
    first, last = edges.prose
    noise = edges.marked | edges.leaning
    beside = number - 1 in noise or number + 1 in noise
    return beside or number - first <= FAR or last - number <= FAR


def _is_strong(text: str) -> bool:
    return bool(MAYBE_STRONG.search(text)) and bool(STRONG_SHAPE.search(text))


def _is_open(edges: Edges, number: int) -> bool:
    """Whether a line is neither taken already nor of a kind that is never looked at."""
    role = edges.page.lines[number].role
    return (
        number not in edges.marked
        and number != edges.part.heading
        and role != "table"
        and number not in edges.page.code
        and bool(edges.page.texts[number])
        and not edges.goes_on(number)
        and not edges.is_asked_for(number)
    )
