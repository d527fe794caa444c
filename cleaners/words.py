"""
The words that a pattern cannot match without.

A thousand patterns are not run over every line. Each is read once for the words that
any match of it must contain; one pass over a text (Aho-Corasick) finds the words of all
patterns, and a pattern is run only where its own were found. The idea is that of
RE2's FilteredRE2 and of Russ Cox, "Regular Expression Matching with a Trigram Index".

What this module does not understand it calls wordless, and a wordless pattern is always
run: a wrong answer could only be a word too many, and a property test looks for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

Words = frozenset[str]  # one of them must be there

MOST = 24  # words that a piece may have and still be spelled out
MOST_TOGETHER = 80  # words of alternatives taken together
CLAUSES = 3  # sets of words that are asked for; more would not say more
LONG_ENOUGH = 2  # characters; a single character is found in too many lines

CLASS = re.compile(
    r"\[(\^?)((?:\]|)(?:\\[pP]\{\w+\}|\\x\{\w+\}|\\.|\[:\w+:\]|[^\]\\])*)\]", re.DOTALL
)
RANGE = re.compile(r"\\|.-.|\[:")
GROUP = re.compile(r"\((?:\?(?:P?<\w+>|:))?")
ESCAPE = re.compile(
    r"\\(?:[pP](?:\{\^?\w+\}|[A-Z])|x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|.)", re.DOTALL
)
REPEAT = re.compile(r"(?:[*+?]|\{([0-9]+)(,?)([0-9]*)\})\??")
CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}


class Need(NamedTuple):
    """What a piece of a pattern must contain: all it can be, when that is little; sets of words."""

    exact: Words | None
    words: tuple[Words, ...] = ()


NOTHING = Need(frozenset([""]))
ANYTHING = Need(None)


class UnreadableError(ValueError):
    """A piece of a pattern that this module has no reading for."""


def required(pattern: str) -> tuple[Words, ...]:
    """
    Sets of words; every match of `pattern` (RE2) has at least one word of each set.

    The most telling sets come first. Empty for a pattern that needs no word.

    >>> [sorted(words) for words in required("(?:扫描|长按).{0,9}二维码")]
    [['二维码'], ['扫描', '长按']]
    >>> required("[0-9]{3,}(?:页|字)?")
    ()
    """
    try:
        need, at = _alternatives(pattern, 0)
    except UnreadableError:
        return ()
    if at < len(pattern):
        return ()
    sets = sorted({_least(words) for words in _sets(need)}, key=_worth, reverse=True)
    telling = [words for words in sets if min(map(len, words)) >= LONG_ENOUGH]
    return tuple((telling or sets)[:CLAUSES])


def _sets(need: Need) -> Iterable[Words]:
    """The sets of words of which a piece needs one each."""
    return (
        words for words in (*need.words, need.exact or NOTHING.exact) if words and "" not in words
    )


def _least(words: Words) -> Words:
    """The words without those that have another one in them."""
    return frozenset(w for w in words if not any(o != w and o in w for o in words))


def _worth(words: Words) -> tuple[int, int, list[str]]:
    """How much a set of words says: long words, and few. The words themselves settle a tie."""
    return min(map(len, words)), -len(words), sorted(words)


def _alternatives(pattern: str, at: int) -> tuple[Need, int]:
    """The alternatives from `at` on, up to the end or a closing bracket, and where that is."""
    needs: list[Need] = []
    while True:
        need, at = _sequence(pattern, at)
        needs.append(need)
        if at == len(pattern) or pattern[at] == ")":
            return _either(needs), at
        at += 1


def _either(needs: list[Need]) -> Need:
    if len(needs) == 1:
        return needs[0]
    if all(need.exact is not None for need in needs):
        exact = frozenset(chain.from_iterable(need.exact or () for need in needs))
        if len(exact) <= MOST_TOGETHER:
            return Need(exact)
    best = [max(_sets(need), key=_worth, default=None) for need in needs]
    together = frozenset(chain.from_iterable(words or () for words in best))
    known = None not in best and len(together) <= MOST_TOGETHER
    return Need(None, (together,) if known else ())


def _sequence(pattern: str, at: int) -> tuple[Need, int]:
    """Pieces one behind the other, up to the end, a bar or a closing bracket."""
    run: Words = frozenset([""])  # what the text since the last open place can be
    closed = True  # nothing open so far: `run` is all of it
    words: list[Words] = []
    while at < len(pattern) and pattern[at] not in "|)":
        need, at = _piece(pattern, at)
        longer = None if need.exact is None else {a + b for a in run for b in need.exact}
        if longer is not None and len(longer) <= MOST:
            run = frozenset(longer)
            continue
        closed = False
        words += (run, *need.words)
        run = need.exact or frozenset([""])
    if closed:
        return Need(run), at
    words.append(run)
    return Need(None, tuple(w for w in words if "" not in w)), at


def _piece(pattern: str, at: int) -> tuple[Need, int]:
    """One character, class or group with its repetition."""
    need, at = _atom(pattern, at)
    while m := REPEAT.match(pattern, at):
        at = m.end()
        low, comma, high = m.groups()
        once = low == "1" and not comma
        if m[0][0] == "?" or (low == "0" and high == "1"):
            need = Need(need.exact | {""}) if need.exact is not None else ANYTHING
        elif m[0][0] == "*" or low == "0":
            need = ANYTHING
        elif not once:
            need = Need(None, tuple(_sets(need)))
    return need, at


def _atom(pattern: str, at: int) -> tuple[Need, int]:
    c = pattern[at]
    if c == "(":
        if not (m := GROUP.match(pattern, at)) or pattern.startswith("?", m.end()):
            raise UnreadableError(pattern)  # flags change what letters mean
        need, at = _alternatives(pattern, m.end())
        return need, at + 1
    if c == "[":
        if not (m := CLASS.match(pattern, at)):
            raise UnreadableError(pattern)
        listed = not m[1] and not RANGE.search(m[2]) and len(m[2]) <= MOST
        return Need(frozenset(m[2])) if listed else ANYTHING, m.end()
    if c == "\\":
        if not (m := ESCAPE.match(pattern, at)):
            raise UnreadableError(pattern)
        return _escaped(m[0][1:]), m.end()
    if c == ".":
        return ANYTHING, at + 1
    return Need(frozenset([""])) if c in "^$" else Need(frozenset([c])), at + 1


def _escaped(said: str) -> Need:
    if said[0] in "AzbB":
        return NOTHING
    if said in CONTROL:
        return Need(frozenset([CONTROL[said]]))
    if said[0] == "x" and len(said) > 1:
        return Need(frozenset([chr(int(said[1:].strip("{}"), 16))]))
    if said[0] in "pPdDsSwWC":
        return ANYTHING
    if said.isalnum():
        raise UnreadableError(said)  # \Q, \1, octal numbers
    return Need(frozenset([said]))
