"""Lines judged together: the sums are those of all readings, and neighbours count."""

from __future__ import annotations

from itertools import pairwise, product
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.chain import BORDERS, Run, border, on_a_clean_page, together
from cleaners.weights import COUPLINGS, TRUST

SCORES = st.lists(st.floats(-4, 4), min_size=1, max_size=5)
BELOW = "below the text"


def readings(run: Run, scores: list[float]) -> list[tuple[tuple[bool, ...], float]]:
    """Every way to read a run, with its weight."""
    found: list[tuple[tuple[bool, ...], float]] = []
    for noise in product((False, True), repeat=len(scores)):
        weight = sum(score for score, is_noise in zip(scores, noise, strict=True) if is_noise)
        ends = (run.noise_before, *noise, run.noise_after)
        for where, (a, b) in zip(run.borders, pairwise(ends), strict=True):
            both, leaves, enters = COUPLINGS.get(where, (0.0, 0.0, 0.0))
            weight += both if a and b else leaves if a else enters if b else 0.0
        found.append((noise, weight))
    return found


@given(SCORES, st.tuples(st.booleans(), st.booleans()), st.sampled_from(BORDERS))
def test_the_odds_are_those_of_all_readings(
    scores: list[float], around: tuple[bool, bool], where: str
) -> None:
    """What goes forth and back over a run sums up what listing every reading sums up."""
    run = Run(tuple(range(len(scores))), (where,) * (len(scores) + 1), *around)
    mass, odds = together(run, scores, COUPLINGS)
    every = [(noise, exp(weight)) for noise, weight in readings(run, scores)]
    assert mass == pytest.approx(log(sum(weight for _, weight in every)))
    for i, one in enumerate(odds):
        gone = sum(weight for noise, weight in every if noise[i])
        assert one == pytest.approx(log(gone / sum(w for noise, w in every if not noise[i])))


@given(SCORES)
def test_a_clean_page_is_trusted(scores: list[float]) -> None:
    """Where no rule has found anything, the reading in which all is text weighs more."""
    run = Run(tuple(range(len(scores))), (BELOW,) * (len(scores) + 1), False, False)
    mass, odds = together(run, scores, COUPLINGS)
    every = [(n, exp(w) if any(n) else exp(TRUST)) for n, w in readings(run, scores)]
    for i, one in enumerate(on_a_clean_page(odds, mass, TRUST)):
        gone = sum(weight for noise, weight in every if noise[i])
        expected = log(gone / sum(w for noise, w in every if not noise[i]))
        assert one == pytest.approx(expected, abs=1e-6)


def test_a_weak_line_falls_with_strong_neighbours() -> None:
    """Between two lines of noise below a text a doubtful line is noise, alone it is none."""

    def middle(around: float) -> float:
        run = Run((5, 6, 7), (BELOW,) * 4, False, False)
        return together(run, [around, -0.5, around], COUPLINGS)[1][1]

    assert middle(6.0) > 0 > middle(-6.0)


def test_a_single_suspicion_needs_more_than_several() -> None:
    """On a page without known noise four suspicious lines speak for each other."""

    def first(lines: int) -> float:
        run = Run(tuple(range(lines)), (BELOW,) * (lines + 1), False, False)
        mass, odds = together(run, [2.0] * lines, COUPLINGS)
        return on_a_clean_page(odds, mass, TRUST)[0]

    assert first(4) > 2 > first(1)


def test_borders_say_where_the_text_is() -> None:
    """Each border between two lines is above, in or below the running text from 3 to 5."""
    assert [border(n, n + 1, (3, 5)) for n in range(1, 7)] == [
        "above the text", "at the beginning of the text", "between the text",
        "between the text", "at the end of the text", BELOW,
    ]  # fmt: skip
    assert border(1, 2, (9, 0)) == "beside verse"
    assert set(COUPLINGS) < set(BORDERS)
