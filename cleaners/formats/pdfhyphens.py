"""Hyphens that end rows of paper: whether the word has one, or the row's end made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

HYPHENS = "-\xad\x02\ufffe"  # also PDFium's own signs for one at the end of a row
LONGEST = 40  # letters of half a word
SHORT = 200_000  # characters that are searched for a word sooner than their words are listed
WORD = re.compile("[a-z]+(?:-[a-z]+)?")
LETTERS = re.compile("[A-Za-z]+")


class Words:
    """
    The words of a file's rows, which tell whether a word is written with a hyphen.

    They are listed only if they have to be: that is a tenth of a file's time.
    """

    def __init__(self, rows: Sequence[str]) -> None:
        self._rows = rows

    @cached_property
    def _hyphened(self) -> frozenset[str]:
        halves = [
            (LETTERS.match(a[: -LONGEST - 1 : -1]), LETTERS.match(b))
            for a, b in pairwise("\n".join(self._rows).split("-"))
        ]
        return frozenset(f"{a[0][::-1]}-{b[0]}".lower() for a, b in halves if a and b)

    @cached_property
    def _text(self) -> str:
        return "\n".join(self._rows).lower()

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(WORD.findall(self._text))

    def joined(self, text: str, row: str) -> str:
        """
        A row that ends in a hyphen, as it goes on in the next one: without it, unless it is known.

        >>> Words(["the neigh-", "bours of a well-known"]).joined("the neigh-", "bours of")
        'the neigh'
        >>> Words(["a well-", "known", "of a well-known"]).joined("a well-", "known")
        'a well-'
        """
        left, right = LETTERS.match(text[-2 : -LONGEST - 1 : -1]), LETTERS.match(row)
        if left is None or right is None:
            return shown(text)
        if text[-1] == "\xad":
            return text[:-1]
        before, behind = left[0][::-1].lower(), right[0].lower()
        hyphened = f"{before}-{behind}" in self._hyphened and not self._has(before + behind)
        return text[:-1] + ("-" if hyphened or not right[0][0].islower() else "")

    def _has(self, word: str) -> bool:
        if len(self._text) < SHORT and word not in self._text:
            return False
        return word in self._all


def shown(text: str) -> str:
    """A text with hyphens for the signs of hyphens."""
    return text.replace("\x02", "-").replace("\xad", "-").replace("\ufffe", "-")
