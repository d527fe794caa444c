"""
Pages made of texts and of the lines that sites print around them (lines.txt), with their gold.

Few sites are known well, and each says the same things in its own words. These pages
shuffle the words of all: above, between and below a text stand lines of any kind, on some a
single one of them anywhere, and beside them lines of texts that look like noise. What
`fit_lines.py` learns from them is how such lines look, not which of them go together.
Deterministic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

LINES = Path(__file__).with_name("lines.txt")
PLACES = ("above the text", "between paragraphs", "below the text")
FEWEST, MOST = 3, 10  # paragraphs of a text
CLEAN, LONE = 0.12, 0.15  # of the pages: without noise, and with a single line of it anywhere
GLUED = 0.3  # of the single lines: they have none of their own


def blocks() -> dict[str, list[str]]:
    """The lines of lines.txt by place; a block of several lines is one text."""
    sections = re.findall(r"(?m)^#@ (.*)\n((?:(?!#[@ ]).*\n)+)", LINES.read_text("utf-8"))
    return {
        name: [line.replace("¶", "\n") for line in text.split("\n") if line]
        for name, text in sections
    }


def made_up(bodies: Sequence[str], number: int, *, fold: int | None = None) -> list[dict[str, Any]]:
    """
    `number` pages; `fold` 0 or 1: only of every other line.

    >>> [page] = made_up(["天晴了。⏎我们出门。⏎路很长。".replace("⏎", chr(10))], 1)
    >>> sorted(page)
    ['ambiguous', 'family', 'id', 'rough', 'spans', 'text', 'weight']
    """
    found = blocks()
    if fold is not None:
        found = {name: lines[fold::2] for name, lines in found.items()}
    return [_page(i, bodies[i % len(bodies)], found) for i in range(number)]


def _page(number: int, body: str, found: dict[str, list[str]]) -> dict[str, Any]:
    chance = Random(number)
    lines = [line for line in body.split("\n") if line.strip()]
    size = chance.randint(FEWEST, MOST)
    start = chance.randrange(max(1, len(lines) - size))
    text = [[(line, False)] for line in lines[start : start + size]]
    kind = chance.random()
    clean, lone = kind < CLEAN, CLEAN <= kind < CLEAN + LONE

    def some(place: str, most: int, share: float) -> list[list[tuple[str, bool]]]:
        if clean or lone or chance.random() > share:
            return []
        return [[(line, True)] for line in chance.sample(found[place], chance.randint(1, most))]

    above, between, below = (
        some(place, most, share)
        for place, most, share in zip(PLACES, (4, 2, 6), (0.7, 0.3, 0.85), strict=True)
    )
    own = [[(line, False)] for line in chance.sample(found["of the text"], 3)]
    if chance.random() < 0.15:
        text.insert(0, own.pop())
    if chance.random() < 0.4:
        text.append(own.pop())
    if chance.random() < 0.5:
        between.append(own.pop())
    if lone:
        line = (chance.choice(found[chance.choice(PLACES)]), True)
        at = chance.randrange(len(text))
        if chance.random() < GLUED:
            text[at].insert(chance.choice((0, 1)), line)  # before the paragraph, or behind it
        else:
            text.insert(at + 1, [line])
    for line in between:
        text.insert(chance.randint(1, max(1, len(text) - 1)), line)
    return _record(f"made-up-{number}", [*above, *text, *below])


def _record(name: str, lines: Sequence[Sequence[tuple[str, bool]]]) -> dict[str, Any]:
    spans: list[dict[str, int]] = []
    at = 0
    for line in lines:
        for piece, noise in line:
            if noise:
                spans.append({"start": at, "end": at + len(piece)})
            at += len(piece)
        at += 1
    return {
        "id": name, "family": "made up", "weight": 1.0, "rough": True, "spans": spans, "ambiguous": [],
        "text": "\n".join("".join(piece for piece, _ in line) for line in lines),
    }  # fmt: skip
