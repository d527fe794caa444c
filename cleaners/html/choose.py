"""Which element holds the text: the subtree with the greatest sum of weights."""

from __future__ import annotations

from dataclasses import dataclass

from cleaners.html.page import Page
from cleaners.html.weigh import Weights

NEAR = 20  # labels between headline and text after which half the bonus is left


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen element, and how far it stands out (0 to 1)."""

    at: int
    confidence: float


def choose(page: Page, weights: Weights, headline: int = -1) -> Choice:
    """
    The maximum-sum subtree. No length threshold anywhere, so that short texts have a chance.

    `headline` is the index of the block with the page's title, or -1: prose above it counts
    for less.
    """
    total = len(page.tag)
    score = [0.0] * total
    places = [block.at for block in page.blocks]
    for at, weight in zip(places, _seen_from(headline, weights.weight), strict=True):
        score[at] += weight
    parents = page.parent
    for at in range(total - 1, 0, -1):
        own = score[at]
        if own:
            score[parents[at]] += own
    most = max(score)
    best = total - 1 - score[::-1].index(most)  # of equals the innermost
    others = score[: max(best, 1)] + score[page.end(best) :]
    above = page.parent[best]
    while above >= 0:  # what is around it is no rival
        others[above] = 0.0
        above = page.parent[above]
    rival = max(others)
    if score[best] <= 0:  # nothing reads like text: all of it, for what it is worth
        return Choice(0, 0.0)
    return Choice(best, max(0.0, 1 - max(rival, 0.0) / score[best]))


def _seen_from(headline: int, weights: list[float]) -> list[float]:
    """The weights of the blocks when the headline is known: prose near below it counts double."""
    if headline < 0:
        return weights
    seen = [weight * 0.3 if weight > 0 else weight for weight in weights[:headline]]
    gap = 0 if weights[headline] > 0 else -1  # labels since the headline, which is none itself
    for weight in weights[headline:]:
        if weight > 0:
            seen.append(weight * (1 + NEAR / (NEAR + gap)))
        else:
            gap += 1
            seen.append(weight)
    return seen
