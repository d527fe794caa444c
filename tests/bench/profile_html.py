"""
Where the time of `cleaners.html.extract` goes, as multiples of a bare parse and full text of the same bytes.

    python tests/bench/profile_html.py FOLDER [--passes N]

FOLDER has pages/*.html.gz. Processor time, of each page the best of N passes with a bare parse in each. A page
that is read for the ninth time is in every cache, and no garbage is collected in the best pass; the last line is all
pages one after the other, the median of N times, as a crawl meets them.
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from selectolax.lexbor import LexborHTMLParser

from cleaners import html

BARE, ALL = "bare", "all"
# By their names in `cleaners.html`; none is called by another.
STAGES = {
    "decode": "bytes and bounds",
    "bounded": "bytes and bounds",
    "LexborHTMLParser": "parse",
    "walk": "walk",
    "weigh": "weights",
    "choose": "choosing and trimming",
    "trim": "choosing and trimming",
    "find_thread": "threads",
    "claims_of": "title and facts",
    "harvest": "title and facts",
    "headline": "title and facts",
    "lines_of": "lines",
    "embedded": "scripts",
    "parts_of": "parts",
    "classify": "kinds",
}


def bare(body: bytes) -> str:
    tree = LexborHTMLParser(body)
    return tree.body.text(deep=True, separator="\n") if tree.body is not None else ""


def staged(bodies: list[bytes], passes: int) -> dict[str, float]:
    """Seconds of the processor in each stage, in all and in a bare parse, of each page the best pass."""
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str) -> Callable[..., object]:
        plain: Callable[..., object] = getattr(html, name)

        def run(*args: object, **options: object) -> object:
            start = process_time()
            result = plain(*args, **options)
            spent[STAGES[name]] += process_time() - start
            return result

        return run

    kept = {name: getattr(html, name) for name in STAGES}
    wrapped = {name: timed(name) for name in STAGES}
    total: dict[str, float] = defaultdict(float)
    for name in STAGES:
        setattr(html, name, wrapped[name])
    try:
        for body in bodies:
            least: dict[str, float] = {}
            for _ in range(passes):
                spent.clear()
                times = [process_time()]
                bare(body)
                times.append(process_time())
                html.extract(body)
                times.append(process_time())
                spent[BARE], spent[ALL] = times[1] - times[0], times[2] - times[1]
                least = {s: min(t, least.get(s, t)) for s, t in spent.items()}
            for stage, seconds in least.items():
                total[stage] += seconds
    finally:
        for name, plain in kept.items():
            setattr(html, name, plain)
    return total


def whole(bodies: list[bytes], passes: int) -> tuple[float, float]:
    """All of `extract`, each page once and right after a bare parse: by processor and by clock."""
    ratios: list[tuple[float, float]] = []
    for _ in range(passes):
        ours, theirs = [0.0, 0.0], [0.0, 0.0]
        for body in bodies:
            bare(body)
            times = [(process_time(), perf_counter())]
            bare(body)
            times.append((process_time(), perf_counter()))
            html.extract(body)
            times.append((process_time(), perf_counter()))
            for clock in (0, 1):
                theirs[clock] += times[1][clock] - times[0][clock]
                ours[clock] += times[2][clock] - times[1][clock]
        ratios.append((ours[0] / theirs[0], ours[1] / theirs[1]))
    ratios.sort()
    return ratios[len(ratios) // 2]


def main() -> None:
    args = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    args.add_argument("folder", type=Path)
    args.add_argument("--passes", type=int, default=9)
    args = args.parse_args()
    bodies = [gzip.decompress(p.read_bytes()) for p in sorted(args.folder.glob("pages/*.html.gz"))]
    spent = staged(bodies, args.passes)
    unit, all_of_it = spent.pop(BARE), spent.pop(ALL)
    for stage, seconds in sorted(spent.items(), key=lambda pair: -pair[1]):
        print(f"{seconds / unit:6.2f}  {stage}")
    print(f"{(all_of_it - sum(spent.values())) / unit:6.2f}  the rest")
    print(f"{all_of_it / unit:6.2f}  all, of each page the best pass")
    processor, clock = whole(bodies, args.passes)
    print(f"{processor:6.2f}  all, each page once ({clock:.2f} by the clock)")


if __name__ == "__main__":
    main()
