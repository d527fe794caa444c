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

from collections.abc import Container, Iterable, Iterator, Sequence
from math import fsum

from cleaners.compare import header
from cleaners.edges import LONGEST, LONGEST_OF_ALL, REACH, Edges, edges_of, grown
from cleaners.page import Mark, Page, Part
from cleaners.shapes import MAYBE_STRONG, STRONG_SHAPE
from cleaners.signs import signs_of
from cleaners.weights import BIAS, THRESHOLDS, WEIGHTS

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
ROUNDS = 4  # looks at the lines, each with what the one before has found
LEANING = 0.5  # log odds from which a line is doubted, and its neighbours with it


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
