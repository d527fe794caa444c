"""
What a line must have for a pattern to match in it: words, characters, ends, a length.

A thousand patterns are not run over every line. Each is read once for what any match of
it needs; one pass over a text (Aho-Corasick) finds the words of all patterns, and a
pattern is run only on lines that have what it needs. The idea is that of RE2's
FilteredRE2 and of Russ Cox, "Regular Expression Matching with a Trigram Index".

A pattern that this module cannot read needs nothing, and is always run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from math import inf
from typing import NamedTuple

Words = frozenset[str]  # one of them must be there

MOST = 24  # words that a piece may have and still be spelled out
MOST_TOGETHER = 80  # words of alternatives taken together
CLAUSES = 2  # sets of words that are looked for; a third says little that is new
FEW = 30  # characters of a set; nearly every line has one of more
LONG_ENOUGH = 2  # characters; single ones are asked for only where there are no longer words
COMMON = re.compile("[0-9A-Za-z。]$")  # and never these: most lines have one
# Asked for only where nothing else will do; the commonest comes first.
FREQUENT = ", 一我:上个人下三.的是了不在有看大学文后二小第为点说;前问四五-()/中新条期您做请这那"
# Marks that lines of text have and few labels and buttons: no Han character, no markup of lines.
TELLING = frozenset("。,:;!?、0")

CLASS = re.compile(r"\[(\^?)(\]?(?:\\[pP]\{\w+\}|\\.|\[:\w+:\]|[^\]\\])*)\]", re.DOTALL)
NO_LIST = re.compile(r"\\[0-9A-Za-z]|\[:")  # a class that names a set of characters
HAN = r"\p{Han}"
MEMBERS = re.compile(r"\\?(.)(?:-\\?(.))?", re.DOTALL)
GROUP = re.compile(r"\((?:\?(?:P?<\w+>|:))?")
ESCAPE = re.compile(
    r"\\(?:[pP](?:\{\^?\w+\}|[A-Z])|x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|.)", re.DOTALL
)
REPEAT = re.compile(r"(?:[*+?]|\{([0-9]+)(,?)([0-9]*)\})\??")
TIMES: dict[str, tuple[int, float]] = {"?": (0, 1), "*": (0, inf), "+": (1, inf)}
CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
# Blocks with all letters of a script that few lines have; a few signs of others are in them.
GREEK = frozenset(
    map(
        chr,
        chain(
            (0x2126, 0xAB65, 0x101A0),
            *(
                range(first, last + 1)
                for first, last in (
                    (0x370, 0x3FF), (0x1D26, 0x1DBF), (0x1F00, 0x1FFF),
                    (0x10140, 0x1018E), (0x1D200, 0x1D245),
                )
            ),
        ),
    )
)  # fmt: skip


class Need(NamedTuple):
    """What every match of a pattern, or of a piece of one, has."""

    exact: Words | None  # all that it can be, when that is little
    words: tuple[Words, ...] = ()  # it has one of each set
    first: Words | None = None  # what it can begin with, "" for nothing; None for anything
    last: Words | None = None  # the same for its end
    least: int = 0  # characters
    most: float = inf  # characters
    characters: tuple[Words, ...] = ()  # it has one of each set as well
    lacks: Words = frozenset()  # of `TELLING`: it has none of these


def exactly(words: Words) -> Need:
    """The need of a piece that is one of `words`."""
    lengths = [len(word) for word in words]
    first = frozenset(word[:1] for word in words)
    last = frozenset(word[-1:] for word in words)
    lacks = TELLING.difference(*words)
    return Need(words, (), first, last, min(lengths), max(lengths), (), lacks)


@cache
def _literal(character: str) -> Need:
    return exactly(frozenset([character]))


NOTHING = exactly(frozenset([""]))
CHARACTER = Need(None, (), None, None, 1, 1)
SCRIPTS = {
    HAN: CHARACTER._replace(lacks=TELLING),
    r"\p{Greek}": CHARACTER._replace(first=GREEK, last=GREEK, lacks=TELLING),
}
UNKNOWN = Need(None)


class UnreadableError(ValueError):
    """A piece of a pattern that this module has no reading for."""


def needs(pattern: str, *, whole: bool = False) -> Need:
    """
    What every match of `pattern` (RE2) needs; its most telling sets of words come first.

    `whole`: a match takes a whole line, so that its ends say as much as a frequent character; the
    end of one that goes to the end of its line does as well.

    >>> need = needs("(?:扫描|长按).{0,9}二维码")
    >>> [sorted(words) for words in need.words], sorted(need.first or ()), need.least, need.most
    ([['二维码'], ['扫描', '长按']], ['扫', '长'], 5, 14)
    """
    try:
        need, at = _alternatives(pattern, 0)
    except UnreadableError:
        return UNKNOWN
    if at < len(pattern):
        return UNKNOWN
    sets = sorted(set(_sets(need)), key=_worth, reverse=True)
    telling = [words for words in sets if min(map(len, words)) >= LONG_ENOUGH]
    rare = [words for words in sets if not any(map(COMMON.match, words))]
    asked = telling or [words for words in rare if _commonest(words) == len(FREQUENT)]
    told = (whole and _is_telling(need.first)) or (_is_telling(need.last) and ends_lines(pattern))
    if not asked and not told:
        asked = sorted(rare, key=_commonest)[-1:]
    asked = asked[:CLAUSES]
    others = {frozenset(word[0] for word in words) for words in sets if words not in asked}
    few = sorted((some for some in others if len(some) <= FEW), key=lambda some: (len(some), *some))
    return need._replace(words=tuple(map(_least, asked)), characters=tuple(few))


def _is_telling(ends: Words | None) -> bool:
    """Whether a match has to begin, or end, with one of some characters."""
    return ends is not None and "" not in ends


def ends_lines(pattern: str) -> bool:
    """
    Whether every match of a pattern goes to the end of the line.

    >>> ends_lines("[。！] ?(?:网|站)$"), ends_lines("网$|站$"), ends_lines(r"\\$")
    (True, False, False)
    """
    if not pattern.endswith("$"):
        return False
    try:
        _, at = _sequence(pattern[:-1], 0)
    except (UnreadableError, IndexError):
        return False
    return at == len(pattern) - 1


def _commonest(words: Words) -> int:
    """How far behind in `FREQUENT` the commonest of some words stands."""
    places = (FREQUENT.find(word) for word in words if len(word) == 1)
    return min((at for at in places if at >= 0), default=len(FREQUENT))


def _sets(need: Need) -> Iterator[Words]:
    """The sets of words of which a piece has one each."""
    for words in (*need.words, need.exact):
        if words and "" not in words:
            yield words


def _least(words: Words) -> Words:
    """The words without those that have another one in them."""
    return frozenset(w for w in words if not any(o != w and o in w for o in words))


def _worth(words: Words) -> tuple[int, int, list[str]]:
    """How much a set of words says: long words, and few. The words themselves settle a tie."""
    return min(map(len, words)), -len(words), sorted(words)


def _alternatives(pattern: str, at: int) -> tuple[Need, int]:
    """The alternatives from `at` on, up to the end or a closing bracket, and where that is."""
    found: list[Need] = []
    while True:
        need, at = _sequence(pattern, at)
        found.append(need)
        if at == len(pattern) or pattern[at] == ")":
            return _either(found), at
        at += 1


def _either(found: list[Need]) -> Need:
    if len(found) == 1:
        return found[0]
    exact = _together(need.exact for need in found)
    if exact is not None:
        return exactly(exact)
    words = _together(max(_sets(need), key=_worth, default=None) for need in found)
    return Need(
        None,
        () if words is None else (words,),
        _together((need.first for need in found), most=inf),
        _together((need.last for need in found), most=inf),
        min(need.least for need in found),
        max(need.most for need in found),
        (),
        frozenset.intersection(*(need.lacks for need in found)),
    )


def _together(sets: Iterable[Words | None], most: float = MOST_TOGETHER) -> Words | None:
    """All words of some sets; None when one is unknown or they are too many."""
    all_words: set[str] = set()
    for words in sets:
        if words is None:
            return None
        all_words |= words
    return frozenset(all_words) if len(all_words) <= most else None


def _sequence(pattern: str, at: int) -> tuple[Need, int]:
    """Pieces one behind the other, up to the end, a bar or a closing bracket."""
    pieces: list[Need] = []
    while at < len(pattern) and pattern[at] not in "|)":
        need, at = _piece(pattern, at)
        pieces.append(need)
    return _in_a_row(pieces), at


def _in_a_row(pieces: list[Need]) -> Need:
    if len(pieces) == 1 and pieces[0].exact is None:
        return pieces[0]
    run: Words = frozenset([""])  # what the text since the last open place can be
    closed = True  # nothing open so far: `run` is all of it
    words: list[Words] = []
    for need in pieces:
        longer = None if need.exact is None else {a + b for a in run for b in need.exact}
        if longer is not None and len(longer) <= MOST:
            run = frozenset(longer)
            continue
        closed = False
        words += (run, *need.words)
        run = need.exact or frozenset([""])
    if closed:
        return exactly(run)
    least, most = sum(need.least for need in pieces), sum(need.most for need in pieces)
    first, last = _end(n.first for n in pieces), _end(n.last for n in reversed(pieces))
    lacks = frozenset.intersection(*(need.lacks for need in pieces))
    every = tuple(w for w in (*words, run) if "" not in w)
    return Need(None, every, first, last, least, most, (), lacks)


def _end(pieces: Iterable[Words | None]) -> Words | None:
    """What pieces one behind the other can begin with, or end with when the last comes first."""
    found: set[str] = set()
    for ends in pieces:
        if ends is None:
            return None
        found |= ends
        if "" not in ends:
            return frozenset(found - {""})
    return frozenset(found)


def _piece(pattern: str, at: int) -> tuple[Need, int]:
    """One character, class or group with its repetition."""
    need, at = _atom(pattern, at)
    while m := REPEAT.match(pattern, at):
        at = m.end()
        low, comma, high = m.groups()
        if m[0][0] in TIMES:
            least, most = TIMES[m[0][0]]
        else:
            least = int(low)
            most = least if not comma else int(high) if high else inf
        need = _repeated(need, least, most)
    return need, at


def _repeated(need: Need, least: int, most: float) -> Need:
    if (least, most) == (0, 1) and need.exact is not None:
        return exactly(need.exact | {""})
    if (least, most) == (1, 1):
        return need
    first, last = (
        ends if least or ends is None else ends | {""} for ends in (need.first, need.last)
    )
    longest = need.most * most if need.most and most else 0
    words = tuple(_sets(need)) if least else ()
    return Need(None, words, first, last, need.least * least, longest, (), need.lacks)


def _atom(pattern: str, at: int) -> tuple[Need, int]:
    c = pattern[at]
    if c == "(":
        if not (m := GROUP.match(pattern, at)) or pattern.startswith("?", m.end()):
            raise UnreadableError(pattern)  # flags change what letters mean
        need, at = _alternatives(pattern, m.end())
        if at == len(pattern):
            raise UnreadableError(pattern)
        return need, at + 1
    for begins, form, read in READ:
        if c == begins:
            if not (m := form.match(pattern, at)):
                raise UnreadableError(pattern)
            return read(m), m.end()
    if c == ".":
        return CHARACTER, at + 1
    return NOTHING if c in "^$" else _literal(c), at + 1


def _class(m: re.Match[str]) -> Need:
    return _one_of(m[2], negated=bool(m[1]))


@cache
def _one_of(said: str, *, negated: bool) -> Need:
    """One character of a class, or one that is not in it."""
    named = said.replace(HAN, "")
    if NO_LIST.search(named):
        return CHARACTER
    members = chain.from_iterable(
        map(chr, range(ord(low), ord(high or low) + 1)) for low, high in MEMBERS.findall(named)
    )
    listed = frozenset(members)
    if negated:
        return CHARACTER._replace(lacks=TELLING & listed)
    if named != said or len(listed) > MOST_TOGETHER:
        return CHARACTER._replace(lacks=TELLING - listed)
    return exactly(listed)


def _escaped(m: re.Match[str]) -> Need:
    said = m[0][1:]
    if said[0] in "AzbB":
        return NOTHING
    if said in CONTROL:
        return exactly(frozenset([CONTROL[said]]))
    if said[0] == "x" and len(said) > 1:
        return exactly(frozenset([chr(int(said[1:].strip("{}"), 16))]))
    if m[0] in SCRIPTS:
        return SCRIPTS[m[0]]
    if said[0] in "pPdDsSwWC":
        return CHARACTER
    if said.isalnum():
        raise UnreadableError(said)  # \Q, \1, octal numbers
    return exactly(frozenset([said]))


READ: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], Need]], ...] = (
    ("[", CLASS, _class),
    ("\\", ESCAPE, _escaped),
)
