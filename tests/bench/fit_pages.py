"""
Fit the few numbers of main-text extraction on one half of the hosts, and score the other.

    python tests/bench/fit_pages.py BENCH [--passes 2]

BENCH is the folder that has `score_html.py` and `html/`. Hosts are dealt to two halves by their
order. Each number of `KNOBS` is tried at its values, one after the other, and the best kept; so
twice, on either half. What is told: F1 of both halves by the weights of both, and the greatest
difference that fitting on the one rather than on the other makes. It should be 0.02 at most.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from statistics import mean
from typing import Any

KNOBS: dict[tuple[str, str], tuple[float, ...]] = {
    ("weigh", "WIDE_SHARE"): (0.15, 0.2, 0.3, 0.4, 0.5),
    ("weigh", "BAD_FACTOR"): (0.0, 0.15, 0.3, 0.5),
    ("weigh", "WIDE_FACTOR"): (0.2, 0.4, 0.6, 0.8),
    ("weigh", "SHORT_PROSE"): (4, 6, 8, 12),
    ("weigh", "LONG_LABEL"): (20, 30, 40),
    ("choose", "NEAR"): (5, 10, 20, 40),
    ("trim", "SMALL_TAIL"): (0.05, 0.15, 0.3),
    ("trim", "MANY_LINKS"): (0.1, 0.2, 0.4),
    ("trim", "LONG_ITEM"): (60, 120, 200),
    ("thread", "SHARE"): (0.15, 0.25, 0.4),
}
Weights = dict[tuple[str, str], float]


def modules() -> dict[str, Any]:
    return {name: import_module(f"cleaners.html.{name}") for name, _ in KNOBS}


def use(weights: Weights) -> None:
    """Set the numbers, also where another module has imported them by name."""
    for (_, knob), value in weights.items():
        for module in MODULES.values():
            if hasattr(module, knob):
                setattr(module, knob, value)


def score(bench: Any, pages: Sequence[tuple[Any, bytes]]) -> list[float]:
    from cleaners.html import extract  # noqa: PLC0415

    return [bench.precision_recall_f1(extract(body).text, gold)[2] for gold, body in pages]


def fit(bench: Any, pages: Sequence[tuple[Any, bytes]], start: Weights, passes: int) -> Weights:
    """Coordinate search: each knob in turn, the first of equals stays."""
    best = dict(start)
    use(best)
    top = mean(score(bench, pages))
    for _ in range(passes):
        before = top
        for knob, values in KNOBS.items():
            for value in values:
                if value == best[knob]:
                    continue
                use({**best, knob: value})
                got = mean(score(bench, pages))
                if got > top + 1e-6:
                    top, best = got, {**best, knob: value}
        use(best)
        if top == before:
            break
    return best


MODULES = modules()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("bench", type=Path)
    arguments.add_argument("--passes", type=int, default=2)
    given = arguments.parse_args()
    sys.path.insert(0, str(given.bench))
    bench = importlib.import_module("score_html")
    pages = list(bench.pages())
    hosts = sorted({gold["host"] for gold, _ in pages})
    first = set(hosts[::2])
    halves = {
        "a": [page for page in pages if page[0]["host"] in first],
        "b": [page for page in pages if page[0]["host"] not in first],
    }
    shipped: Weights = {(n, knob): getattr(MODULES[n], knob) for n, knob in KNOBS}
    fitted = {"shipped": shipped}
    fitted |= {name: fit(bench, half, shipped, given.passes) for name, half in halves.items()}
    table: dict[tuple[str, str], float] = {}
    for by, weights in fitted.items():
        use(weights)
        for on, half in halves.items():
            table[by, on] = mean(score(bench, half))
        told = {key[1]: value for key, value in weights.items() if value != shipped[key]}
        print(f"{by:8} a {table[by, 'a']:.4f}  b {table[by, 'b']:.4f}  {told}")
    use(shipped)
    apart = max(abs(table["a", on] - table["b", on]) for on in halves)
    unseen = (table["a", "b"] + table["b", "a"]) / 2
    print(f"{len(hosts)} hosts, {len(halves['a'])} and {len(halves['b'])} pages")
    print(f"unseen half {unseen:.4f}; fitted here or there: {apart:.4f} apart")


if __name__ == "__main__":
    main()
