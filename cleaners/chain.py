"""
Lines are judged together: noise stands beside noise, and text beside text.

A linear chain of two states (text, noise) over neighbouring lines: each line has a score
of its own, and each border between two lines has a weight for every change of state, which
depends on where it is. Below a text, hardly anything returns to the text once noise has begun; so
a weak line falls with its strong neighbours, and a strong one is held by weak ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, inf, log, log1p
from typing import NamedTuple

# The borders between two lines, by where the running text is.
BORDERS = (
    "above the text", "at the beginning of the text", "between the text",
    "at the end of the text", "below the text", "beside verse", "at the edge of the page",
)  # fmt: skip
EDGE_OF_PAGE = BORDERS[-1]
Coupling = tuple[float, float, float]  # noise and noise, noise and text, text and noise
ALONE: Coupling = (0.0, 0.0, 0.0)
SURE = 30.0  # log odds beyond which nothing changes


class Run(NamedTuple):
    """Neighbouring lines that are in doubt, and what is certain about those around them."""

    numbers: tuple[int, ...]
    borders: tuple[str, ...]  # one more than lines
    noise_before: bool
    noise_after: bool


def border(above: int, below: int, prose: tuple[int, int]) -> str:
    """Where the border between two lines is, when the running text goes from `prose` to there."""
    first, last = prose
    if first > last:
        return "beside verse"
    if below < first:
        return "above the text"
    if above > last:
        return "below the text"
    if above < first:
        return "at the beginning of the text"
    return "at the end of the text" if below > last else "between the text"


def together(
    run: Run, scores: Sequence[float], couplings: Mapping[str, Coupling]
) -> tuple[float, list[float]]:
    """
    How much all ways to read a run weigh (the logarithm of their sum, beside 0 for the way in
    which all is text), and the log odds of each line to be noise.

    >>> run = Run((7, 8), ("below the text",) * 3, True, False)
    >>> mass, odds = together(run, [2.0, -0.5], {"below the text": (1.0, -1.0, -1.0)})
    >>> [round(one, 1) for one in odds]
    [3.9, 0.5]
    """
    borders = [couplings.get(name, ALONE) for name in run.borders]
    onwards: list[tuple[float, float]] = []
    text, noise = (-inf, 0.0) if run.noise_before else (0.0, -inf)
    for score, (both, leaves, enters) in zip(scores, borders, strict=False):
        text, noise = _sum(text, noise + leaves), _sum(text + enters, noise + both) + score
        onwards.append((text, noise))
    both, leaves, enters = borders[-1]
    ends = (enters, both) if run.noise_after else (0.0, leaves)
    mass = _sum(text + ends[0], noise + ends[1])
    odds: list[float] = []
    text, noise = ends
    for i in range(len(scores) - 1, -1, -1):
        before = onwards[i]
        odds.append(max(-SURE, min(SURE, before[1] + noise - before[0] - text)))
        both, leaves, enters = borders[i]
        text, noise = (
            _sum(text, noise + enters + scores[i]),
            _sum(text + leaves, noise + both + scores[i]),
        )
    return mass, odds[::-1]


def on_a_clean_page(odds: Sequence[float], mass: float, trust: float) -> list[float]:
    """
    The log odds where no rule has found anything: the way in which all is text weighs `trust` more.

    `mass` is the sum of those of all runs. Many lines that are a little like noise speak for each
    other; a single one has to overcome the trust in the page.
    """
    mass = max(mass, 0.0)
    found: list[float] = []
    for one in odds:
        kept = mass - log1p(exp(min(one, SURE)))  # all ways in which this line is text
        # Among them is the one in which all is text: it weighs e**trust instead of 1.
        text = max(exp(kept - mass) - exp(-mass), 0.0) + exp(trust - mass)
        found.append(one - log1p(exp(min(one, SURE))) - log(text))
    return found


def _sum(one: float, other: float) -> float:
    """The logarithm of the sum of two numbers whose logarithms these are."""
    if one < other:
        one, other = other, one
    return one if other == -inf else one + log1p(exp(other - one))
