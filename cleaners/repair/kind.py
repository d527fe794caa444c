"""What a kind of damage is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cleaners.rules import Example

Found = tuple[int, int, str]  # text[start:end] should have been this


@dataclass(frozen=True, slots=True)
class Repair:
    """One kind of damage: what it looks like and what was meant."""

    id: str
    why: str
    seen: str  # inside [...] of a pattern: a text without any of these has no such damage
    find: Callable[[str], Iterable[Found]]  # sorted, disjoint
    examples: tuple[tuple[str, str], ...]  # (damaged, mended)
    counterexamples: tuple[Example, ...] = ()


def each(
    pattern: re.Pattern[str], mend: Callable[[re.Match[str]], str | None]
) -> Callable[[str], Iterator[Found]]:
    """A finder for damage that shows in one place; where `mend` says None all stays."""

    def find(text: str) -> Iterator[Found]:
        for m in pattern.finditer(text):
            meant = mend(m)
            if meant is not None and meant != m[0]:
                yield m.start(), m.end(), meant

    return find
