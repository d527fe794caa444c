"""
Which of many patterns of `re` a line can match at all, told by the characters that it has.

What `cleaners.matching` does for the patterns of rules, for those that stand in Python: a
line has few different characters, and most patterns need one that it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cleaners.needs import Words, needs

LOOKING_AROUND = re.compile(r"\(\?<?[!=][^()]*\)")


class Possible:
    """
    Patterns by their numbers, and which of them a line has the characters for.

    A pattern that needs a character of each of several sets has a bit in as many columns; a
    character's number has the bits of all sets that it is in.

    >>> possible = Possible(["[0-9]:[0-9]", "页$", ".*"])
    >>> list(possible.of("第3页")), list(possible.of("12:30"))
    ([1, 2], [0, 2])
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        every = [tuple(_sets(pattern)) for pattern in patterns]
        self._columns = max(map(len, every), default=0)
        self._size = len(every)
        self._bits: dict[str, int] = {}
        self._given = 0  # in these columns a pattern asks for nothing
        for i, sets in enumerate(every):
            for column in range(self._columns):
                bit = 1 << (i + column * self._size)
                if column >= len(sets):
                    self._given |= bit
                for character in sets[column] if column < len(sets) else ():
                    self._bits[character] = self._bits.get(character, 0) | bit

    def of(self, text: str) -> Iterator[int]:
        """The numbers of the patterns for which `text` has all that they need, in order."""
        columns, bits = self._given, self._bits
        for character in bits.keys() & text:
            columns |= bits[character]
        likely = (1 << self._size) - 1
        for column in range(self._columns):
            likely &= columns >> column * self._size
        while likely:
            lowest = likely & -likely
            likely ^= lowest
            yield lowest.bit_length() - 1


def _sets(pattern: str) -> Iterator[Words]:
    """The sets of characters of which a line must have one each: of words their ends."""
    need = needs(LOOKING_AROUND.sub("", pattern))  # which only asks for more
    yield from need.characters
    for words in need.words:
        yield from (frozenset(word[0] for word in words), frozenset(word[-1] for word in words))
