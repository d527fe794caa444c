"""What a kind of damage is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cleaners.rules import Example

Found = tuple[int, int, str]  # text[start:end] should have been this


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a page says of one kind of edit: why it is made, examples, and what is left alone."""

    id: str
    why: str
    kind: str = "encoding_damage"
    examples: tuple[tuple[str, str], ...]  # (before, after)
    counterexamples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair(Change):
    """One kind of damage: what it looks like and what was meant."""

    seen: str  # inside [...] of a pattern: a text without any of these has no such damage
    find: Callable[[str], Iterable[Found]]  # sorted, disjoint


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
