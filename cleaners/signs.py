"""
Everything that speaks for or against one line of a part, in words.

Each sign has a weight in `cleaners.weights`; what the signs of a line add up to is judged
in `cleaners.likeness`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from cleaners.compare import SALUTATION, alike, bare_title
from cleaners.edges import LONGEST, Edges, Heard, Letters, ending
from cleaners.fold import fold
from cleaners.possible import Possible
from cleaners.shapes import (
    APPEALS,
    BAR,
    CLAUSE_MARK,
    KEPT,
    NARRATED,
    NO_HAN,
    NOT_PLAIN,
    OF_A_SITE,
    PLAIN_SHAPES,
    QUIET,
    SHAPES,
)  # fmt: skip
from cleaners.voice import VOICE, voices

ENOUGH_TEXT = 150  # characters; with less text than this, sharing no word with it says less,
SOME_TEXT = 60  # and with less than this nothing
RUNNING_SHARE = 0.2  # the same for one to be doubted at all
NO_TITLE = 0.65  # of the letters of a title are no words of sites
FAR = 4  # lines from the text
TITLE_BEFORE_BAR = 8  # characters
WHERE = (
    "before the text",
    "after the text",
    "between the text",
    "ends a sentence",
    "is running text",
)
OF_SITES = {"has a web address", "has a mail address", "has a copyright sign"}
LABEL = re.compile(r"(?:^|[ \[(|,/])([^:,。 \[(|/]{1,8}):")
SALUTED = frozenset(":：,，!！")  # how a salutation ends
FIRST, LAST = "begins as one that ", "ends as one that "  # and a voice
HAS, BEGINS, ENDS = "has ", "begins with ", "ends with "  # and a character
MANY = {2: "two voices", 3: "three voices"}
# How much of a line's letters are words of sites; a line that has most has all the lower signs too.
SHARES = (
    (0.2, "some words of sites"), (0.4, "many words of sites"),
    (0.65, "mostly words of sites"), (0.9, "hardly another word than sites have"),
)  # fmt: skip
WORDS = ((3, "three words of sites"), (5, "five words of sites"), (8, "eight words of sites"))
# Signs that are weighed for themselves in each of these places and in sentences.
DEPENDS = {
    sign: {where: f"{sign}, {where}" for where in WHERE}
    for sign in (
        *VOICE, *(name for _, name in SHARES),
        "parts set off by bars",
        "parts set off by blanks", "is in brackets", "begins with a label", "has symbols",
        "breaks off", "speaks to you", "a few characters", "a short line", "names who made it",
        "is a row of items", "asks if you like it", "begins with an appeal", "has no grammar",
        "two halves alike", "is a question", "has no word of sites", "exclaims",
        "no word of the text",
    )
}  # fmt: skip

_DEPENDING = frozenset(DEPENDS)


def signs_of(edges: Edges, number: int) -> set[str]:
    """
    What speaks for or against one line, in words; nothing when it must stay. Its characters
    are not among it: see `characters_of`.
    """
    look = edges.looks.get(number)
    if look is None:
        look = edges.looks[number] = _look(edges, number)
    near = number - 1 in edges.marked or number + 1 in edges.marked
    if not look or (QUIET in look and not near):
        return set()
    first, last = edges.prose
    if first < number < last and "has no Chinese" in look and look.isdisjoint(OF_SITES):
        return set()  # a command, a formula, a line of English
    signs = {*look, *_place(edges, number)}
    # The same words say more where no text is beyond them, and other things above than below.
    depending = [DEPENDS[sign] for sign in signs & _DEPENDING]
    for where in WHERE:
        if where in signs:
            signs.update([names[where] for names in depending])
    signs.update(_words(edges, number))
    return signs


def _look(edges: Edges, number: int) -> frozenset[str]:
    """The signs of a line that do not depend on its place; none when it must stay."""
    printed = edges.page.text(number)
    heard = edges.heard(number)
    text, share = heard.text, heard.share
    running = edges.page.is_prose(number) and CLAUSE_MARK.search(printed) is not None
    in_a_list = edges.in_a_list(number)
    # A paragraph with a watermark in it loses the watermark, and no more.
    if running and (in_a_list or number in edges.touched or NARRATED.search(text)):
        return frozenset()
    if _is_kept(text) or edges.is_laid_out(number):
        return frozenset()
    if not heard.voices.names and NO_HAN.fullmatch(text) and not OF_A_SITE.search(text):
        return frozenset()
    shapes = _shapes(text)
    if "is a formula or code" in shapes and not heard.voices.names:
        return frozenset()
    if in_a_list:
        shapes.add("is an item of a list")
    if running:
        shapes.add("is running text")
        if share < RUNNING_SHARE and (len(text) > LONGEST or not shapes & APPEALS):
            shapes.add(QUIET)
    if "is a row of labels" in shapes:
        shapes.update(_labels(text))
    shapes |= heard.voices.names
    shapes.update(_voices(heard))
    shapes.update(_form(edges, number, printed))
    return frozenset(shapes)


def _voices(heard: Heard) -> Iterator[str]:
    """How many voices speak in a line, with how many and with which words."""
    names, words = heard.voices.names, heard.voices.words
    if not names:
        yield "has no word of sites"
        return
    if len(names) > 1:
        yield MANY.get(len(names), "many voices")
    for least, name in SHARES:
        if heard.share >= least:
            yield name
    for least, name in WORDS:
        if len(words) >= least:
            yield name
    for word in words:
        yield f"says {word}"
    for name in heard.voices.first:
        yield FIRST + name
    for name in heard.voices.last:
        yield LAST + name


def _shapes(text: str) -> set[str]:
    """The shapes of one line in its folded spelling."""
    names, searches, possible = _asked(plain=not NOT_PLAIN.search(text))
    return {names[i] for i in possible.of(text) if searches[i](text)}


@cache
def _asked(*, plain: bool) -> tuple[Sequence[str], Sequence[Callable[[str], object]], Possible]:
    """Shapes by their numbers: their names, how each is looked for, and which a line can have."""
    shapes = PLAIN_SHAPES if plain else SHAPES
    searches = [shape.search for shape in shapes.values()]
    return tuple(shapes), searches, Possible(shape.pattern for shape in shapes.values())


def _is_kept(text: str) -> bool:
    """Whether a line in its folded spelling is of a kind that always stays."""
    return any(KEPT[i].fullmatch(text) for i in _kept().of(text))


@cache
def _kept() -> Possible:
    return Possible(kept.pattern for kept in KEPT)


def _labels(text: str) -> Iterator[str]:
    """Whose labels a row of labels has: 浏览：12 评论：3 is a site's, 演唱：某人 专辑：某名 the text's."""
    labels = LABEL.findall(text)
    if len(labels) > 1:
        known = sum(bool(voices(label).names) for label in labels)
        yield "its labels are a site's" if 2 * known >= len(labels) else "its labels are no site's"


def characters_of(letters: Letters) -> Iterator[str]:
    """Which Chinese characters and pairs of them a line has, begins with, and ends with."""
    if letters.characters:
        yield from map(HAS.__add__, letters.different)
        yield from map(HAS.__add__, letters.pairs)
        yield BEGINS + letters.characters[0]
        yield ENDS + letters.characters[-1]


def is_title(edges: Edges, number: int) -> bool:
    """Whether a line above the text is its title: none else is left, or another says the same."""
    if edges.heard(number).share >= NO_TITLE:
        return False
    printed = edges.page.text(number)
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
    if number in edges.titles:
        yield "may be the title"
    below = number + 1
    if below < numbers.stop and below not in edges.marked and edges.reads_like_text(below):
        yield "heads a paragraph"
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
    if first < number < last:
        texts = edges.reads_like_text(number - 1) + edges.reads_like_text(number + 1)
        yield ("between no paragraphs", "beside a paragraph", "between two paragraphs")[texts]
    elif first <= last and max(first - number, number - last) >= FAR:
        yield "far from the text"
    yield "the page has noise" if marked else "the page has no other noise"
    if len(order) > 5:  # noqa: PLR2004
        yield "the page is full of noise"


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


def _form(edges: Edges, number: int, printed: str) -> Iterator[str]:
    size = len(printed)
    sizes = ((4, "a few characters"), (12, "a short line"), (30, "half a line"), (60, "a line"))
    yield next((name for most, name in sizes if size <= most), "a long line")
    yield from ending(printed)
    if printed[-1:] in SALUTED and SALUTATION.match(printed):
        yield "is a salutation"
    han = len(edges.letters(number).characters)
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


def _words(edges: Edges, number: int) -> Iterator[str]:
    """How many of the line's words (pairs of characters) the text has, and the noise has."""
    pairs = edges.letters(number).pairs
    if not pairs:
        return
    if len(edges.text) >= SOME_TEXT:
        body = edges.pairs
        share = sum(map(body.__contains__, pairs)) / len(pairs)
        if not share:
            enough = len(edges.text) >= ENOUGH_TEXT
            yield "no word of the text" if enough else "no word of a short text"
        elif share < 0.2:  # noqa: PLR2004
            yield "hardly a word of the text"
        elif share > 0.5:  # noqa: PLR2004
            yield "words of the text"
    noise = edges.noise
    if number in edges.leaning:
        said = edges.heard(number).text[:LONGEST]
        noise = noise.replace(said, "")  # a line bears no witness for itself
    share = sum(map(noise.__contains__, pairs)) / len(pairs) if noise else 0
    if share > 0.4:  # noqa: PLR2004
        yield "words of the noise"
    elif share > 0.1:  # noqa: PLR2004
        yield "a word of the noise"
