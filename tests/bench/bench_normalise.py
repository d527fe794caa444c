"""
How fast normalising is, as ratios: python tests/bench/bench_normalise.py

The unit is what the scorer calls its baseline: str.translate of eleven characters,
splitlines, strip. Needs the bench and the seeds beside the repository. The second
table says how the time grows when a hostile text becomes ten times as long.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

SHARED = Path(__file__).resolve().parents[3] / "shared"
ROUNDS = 5

HOSTILE = {
    "prose, one line": "他说过,好的(真的)。",
    "open brackets": "(",
    "closing brackets and quotes": ")”",
    "brackets and marks in chains": ": (",
    "marks": ",",
    "spaces": " ",
    "spaces and tabs": " \t",
    "address beginnings": "www.",
    "Latin and Han": "a 中",
    "backticks": "中,`",
}


def seconds(function, *arguments):
    """The best time of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        function(*arguments)
        best = min(best, time.perf_counter() - begin)
    return best


def main():
    sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(SHARED / "bench")]
    from cleaners.normalise import STEPS, normalise  # noqa: PLC0415 - after the path is set

    baseline = importlib.import_module("score").baseline
    convention = importlib.import_module("convention")
    lines = (SHARED / "bench" / "dev.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    seeds = [path.read_text("utf-8") for path in sorted((SHARED / "seeds").glob("*.txt"))]
    texts = {
        "dev, clean texts": [r["clean_text"] for r in records],
        "dev, cut": [convention.cut(r["text"], r["spans"], r["repairs"]) for r in records],
        "dev, noisy": [r["text"] for r in records],
        "seeds": seeds,
        "seeds, normalised": [normalise(seed) for seed in seeds],
    }
    print(f"{'times the baseline':24} joined  texts  " + "  ".join(s.name for s in STEPS))
    for name, documents in texts.items():
        joined = "\n".join(documents)
        unit = seconds(baseline, joined)
        singly = seconds(lambda ts: [normalise(t) for t in ts], documents)
        unit_singly = seconds(lambda ts: [baseline(t) for t in ts], documents)
        shares, text = [], joined
        for step in STEPS:
            shares.append(f"{seconds(step.apply, text) / unit:{len(step.name)}.2f}")
            text = step.apply(text)
        whole = seconds(normalise, joined) / unit
        print(f"{name:24} {whole:6.2f} {singly / unit_singly:6.2f}  " + "  ".join(shares))

    print(f"\n{'ten times the text takes':30} times the time")
    for name, piece in HOSTILE.items():
        long = "中" + piece * (200_000 // len(piece)) + ")" * 100_000 + "中"
        longer = "中" + piece * (2_000_000 // len(piece)) + ")" * 1_000_000 + "中"
        print(f"{name:30} {seconds(normalise, longer) / seconds(normalise, long):6.1f}")


if __name__ == "__main__":
    main()
