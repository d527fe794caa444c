"""
Fits the chain of `cleaners.chain` by maximum likelihood: weights of signs, couplings, trust.

Needs numpy (not a dependency of the project): one fit goes over some 50,000 lines a few
hundred times. What is fitted is small: L2 on everything, and deterministic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from cleaners.chain import BORDERS, EDGE_OF_PAGE
from cleaners.shapes import HAN
from cleaners.signs import BEGINS, ENDS, HAS

CHARACTERS = (HAS, BEGINS, ENDS)

DECAY = 0.0001  # of L2, for each row of weight one
DECAY_OF_WORDS = (
    0.0005  # the same of a single word or character: what a line looks like carries further
)
SMALL = 0.05  # weights below are left out
RARE = 2  # different lines that a pair of characters has to be seen in
STEPS = 150
HISTORY = 12


def is_word(sign: str) -> bool:
    """Whether a sign is that a line has some word or character."""
    return sign.startswith("says ") or is_character(sign) or is_pair(sign)


def is_character(sign: str) -> bool:
    return len(sign) in {len(HAS) + 1, len(BEGINS) + 1, len(ENDS) + 1} and sign[:-1] in CHARACTERS


def is_pair(sign: str) -> bool:
    return (
        sign.startswith(HAS) and len(sign) == len(HAS) + 2 and HAN.fullmatch(sign[-2:]) is not None
    )


class Lines(NamedTuple):
    """One run with its gold: the signs and the label of each line."""

    lines: tuple[tuple[frozenset[str], bool], ...]
    borders: tuple[str, ...]
    noise_before: bool
    noise_after: bool


class Piece(NamedTuple):
    """Runs that are judged together: all of a page without known noise, or one of another."""

    runs: tuple[Lines, ...]
    clean: bool
    weight: float


@dataclass(frozen=True)
class Fitted:
    bias: float
    weights: Mapping[str, float]
    couplings: Mapping[str, tuple[float, float, float]]
    trust: float


def fit(pieces: Counter[Piece]) -> Fitted:
    """The parameters under which the gold is most likely, small ones before large ones."""
    problem = _Problem(pieces)
    best = _minimise(problem.loss, np.zeros(problem.size))
    weights = {
        n: round(float(w), 1 if is_character(n) or is_pair(n) else 2)
        for n, w in zip(problem.names, best[1:], strict=False)
        if abs(w) >= SMALL
    }
    table = best[problem.couplings : problem.couplings + 3 * len(problem.borders)].reshape(-1, 3)
    couplings = {
        b: (round(float(x), 2), round(float(y), 2), round(float(z), 2))
        for b, (x, y, z) in zip(problem.borders, table, strict=True)
    }
    return Fitted(round(float(best[0]), 2), weights, couplings, round(float(best[-1]), 2))


class _Problem:
    """The pieces as arrays, and the loss of a vector of parameters with its gradient."""

    def __init__(self, pieces: Counter[Piece]) -> None:
        ordered = sorted(
            pieces.items(),
            key=lambda kv: (
                kv[0].clean,
                kv[0].weight,
                [
                    (r.borders, r.noise_before, r.noise_after, [(sorted(s), y) for s, y in r.lines])
                    for r in kv[0].runs
                ],
            ),
        )
        every = {sign for p in pieces for r in p.runs for said, _ in r.lines for sign in said}
        pairs = {sign for sign in every if is_pair(sign)}
        # A line stands on many pages; its pairs say whether it is the same.
        lines = {said & pairs for p in pieces for r in p.runs for said, _ in r.lines}
        seen = Counter(pair for said in lines for pair in said)
        self.names = sorted(s for s in every if s not in pairs or seen[s] >= RARE)
        self.borders = [b for b in BORDERS if b != EDGE_OF_PAGE]
        at = {name: i for i, name in enumerate(self.names)}
        kind = {b: i for i, b in enumerate(self.borders)} | {EDGE_OF_PAGE: len(self.borders)}
        self.couplings = 1 + len(self.names)
        self.size = self.couplings + 3 * len(self.borders) + 1
        runs = [
            # Square roots: a host's template that stands on a hundred pages is not a hundred facts.
            (run, number, piece.weight * sqrt(times))
            for number, (piece, times) in enumerate(ordered)
            for run in piece.runs
        ]
        runs.sort(key=lambda r: -len(r[0].lines))
        self.piece = np.array([number for _, number, _ in runs])
        self.clean = np.array([piece.clean for piece, _ in ordered])
        self.weight = np.array([piece.weight * sqrt(times) for piece, times in ordered])
        self.empty = np.array(
            [not any(y for r in piece.runs for _, y in r.lines) for piece, _ in ordered]
        )
        self.lengths = np.array([len(run.lines) for run, _, _ in runs])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])[:-1]
        lines = [line for run, _, _ in runs for line in run.lines]
        self.labels = np.array([y for _, y in lines], dtype=bool)
        self.run_of = np.repeat(np.arange(len(runs)), self.lengths)
        known = [[at[s] for s in sorted(said) if s in at] for said, _ in lines]
        self.row = np.repeat(np.arange(len(lines)), list(map(len, known)))
        self.column = np.array([column for columns in known for column in columns])
        longest = int(self.lengths.max())
        self.active = [int((self.lengths > t).sum()) for t in range(longest)]
        self.kind = np.full((len(runs), longest + 1), len(self.borders))
        for i, (run, _, _) in enumerate(runs):
            self.kind[i, : len(run.borders)] = [kind[b] for b in run.borders]
        self.before = np.array([run.noise_before for run, _, _ in runs])
        self.after = np.array([run.noise_after for run, _, _ in runs])
        self.mass = float(self.weight[self.piece[self.run_of]].sum())
        words = np.array([is_word(name) for name in self.names], dtype=bool)
        decay = np.full(self.size, DECAY)
        decay[0] = 0
        decay[1 : self.couplings][words] = DECAY_OF_WORDS
        decay[-1] = 0
        self.decay = decay

    def loss(self, theta: Any) -> tuple[float, Any]:  # noqa: PLR0915 - one formula
        """Negative log likelihood for each line, with L2, and its gradient."""
        scores = (
            np.bincount(self.row, weights=theta[1 + self.column], minlength=len(self.labels))
            + theta[0]
        )
        table = np.vstack([theta[self.couplings : -1].reshape(-1, 3), np.zeros(3)])
        trust = theta[-1]
        runs, longest = len(self.lengths), len(self.active)
        low = -1e9
        fore = np.zeros((longest, runs, 2))
        state = np.where(self.before[:, None], [[low, 0.0]], [[0.0, low]])
        for t, n in enumerate(self.active):
            c = table[self.kind[:n, t]]
            s = scores[self.starts[:n] + t]
            text = np.logaddexp(state[:n, 0], state[:n, 1] + c[:, 1])
            noise = np.logaddexp(state[:n, 0] + c[:, 2], state[:n, 1] + c[:, 0]) + s
            state = np.stack([text, noise], axis=1)
            fore[t, :n] = state
        index = np.arange(runs)
        last = fore[self.lengths - 1, index]
        ends = table[self.kind[index, self.lengths]]
        back = np.where(
            self.after[:, None], ends[:, [2, 0]], np.stack([np.zeros(runs), ends[:, 1]], 1)
        )
        mass = np.logaddexp(last[:, 0] + back[:, 0], last[:, 1] + back[:, 1])

        number = len(self.weight)
        of_piece = np.bincount(self.piece, weights=mass, minlength=number)
        gold_nodes = np.where(self.labels, scores, 0.0)
        gold = np.bincount(self.piece[self.run_of], weights=gold_nodes, minlength=number)
        total = of_piece.copy()
        factor = np.ones(number)
        clean = self.clean
        big = np.maximum(of_piece[clean], 1e-12)
        others = big + np.log1p(-np.exp(-big))
        total[clean] = np.logaddexp(others, trust)
        factor[clean] = np.exp(of_piece[clean] - total[clean])
        trusted = np.zeros(number)
        trusted[clean] = np.exp(trust - total[clean])
        slope_of_trust = self.weight * (trusted - (clean & self.empty))
        value_of_trust = self.weight * np.where(clean & self.empty, trust, 0.0)

        # expectations, from the last line back
        run_weight = self.weight[self.piece]
        run_factor = (self.weight * factor)[self.piece]
        expected = np.zeros(len(scores))
        slope_table = np.zeros_like(table)
        truth = 0.0
        state = back.copy()
        final = self.kind[index, self.lengths]
        p_last = np.exp(np.clip(last[:, 1] + back[:, 1] - mass, -700, 0))
        y_last = self.labels[self.starts + self.lengths - 1]
        for after, column_noise, column_text in ((True, 0, 2), (False, 1, None)):
            chosen = self.after == after
            np.add.at(
                slope_table[:, column_noise],
                final[chosen],
                (run_factor * p_last - run_weight * y_last)[chosen],
            )
            truth += float((run_weight * table[final, column_noise] * y_last)[chosen].sum())
            if column_text is not None:
                np.add.at(
                    slope_table[:, column_text],
                    final[chosen],
                    (run_factor * (1 - p_last) - run_weight * ~y_last)[chosen],
                )
                truth += float((run_weight * table[final, column_text] * ~y_last)[chosen].sum())
        for t in range(longest - 1, -1, -1):
            n = self.active[t]
            at = self.starts[:n] + t
            here = state[:n]
            m = mass[:n]
            p = np.exp(np.clip(fore[t, :n, 1] + here[:, 1] - m, -700, 0))
            expected[at] = p
            kinds = self.kind[:n, t]
            c = table[kinds]
            s = scores[at]
            before = (
                fore[t - 1, :n]
                if t
                else np.where(self.before[:n, None], [[low, 0.0]], [[0.0, low]])
            )
            y = self.labels[at]
            y_before = self.labels[at - 1] if t else self.before[:n]
            both = np.exp(np.clip(before[:, 1] + c[:, 0] + s + here[:, 1] - m, -700, 0))
            leaves = np.exp(np.clip(before[:, 1] + c[:, 1] + here[:, 0] - m, -700, 0))
            enters = np.exp(np.clip(before[:, 0] + c[:, 2] + s + here[:, 1] - m, -700, 0))
            f, w = run_factor[:n], run_weight[:n]
            for column, chance, fact in (
                (0, both, y & y_before), (1, leaves, ~y & y_before), (2, enters, y & ~y_before),
            ):  # fmt: skip
                np.add.at(slope_table[:, column], kinds, f * chance - w * fact)
                truth += float((w * fact * c[:, column]).sum())
            state[:n] = np.stack(
                [
                    np.logaddexp(here[:, 0], here[:, 1] + c[:, 2] + s),
                    np.logaddexp(here[:, 0] + c[:, 1], here[:, 1] + c[:, 0] + s),
                ],
                axis=1,
            )
        value = float((self.weight * (total - gold)).sum()) - truth - float(value_of_trust.sum())
        by_line = run_factor[self.run_of] * expected - run_weight[self.run_of] * self.labels
        slope = np.zeros(self.size)
        slope[0] = by_line.sum()
        slope[1 : self.couplings] = np.bincount(
            self.column, weights=by_line[self.row], minlength=len(self.names)
        )
        slope[self.couplings : -1] = slope_table[:-1].ravel()
        slope[-1] = slope_of_trust.sum()
        value = value / self.mass + 0.5 * float((self.decay * theta**2).sum())
        return value, slope / self.mass + self.decay * theta


def _minimise(loss: Callable[[Any], tuple[float, Any]], theta: Any) -> Any:
    """L-BFGS with a backtracking line search."""
    value, slope = loss(theta)
    steps: list[tuple[Any, Any]] = []
    for _ in range(STEPS):
        direction = -slope
        used: list[tuple[float, Any, Any]] = []
        for s, y in reversed(steps):
            a = float(s @ direction) / float(s @ y)
            direction = direction - a * y
            used.append((a, s, y))
        if steps:
            s, y = steps[-1]
            direction = direction * (float(s @ y) / float(y @ y))
        for a, s, y in reversed(used):
            direction = direction + s * (a - float(y @ direction) / float(s @ y))
        size = 1.0 if steps else 1.0 / max(1.0, float(np.abs(slope).sum()))
        going = float(slope @ direction)
        for _ in range(25):
            there = theta + size * direction
            new, new_slope = loss(there)
            if new <= value + 1e-4 * size * going:
                break
            size /= 2
        else:
            break
        s, y = there - theta, new_slope - slope
        if float(s @ y) > 1e-12:
            steps = [*steps[-HISTORY + 1 :], (s, y)]
        done = value - new < 1e-7
        theta, value, slope = there, new, new_slope
        if done:
            break
    return theta
