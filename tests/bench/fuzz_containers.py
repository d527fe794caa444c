"""
Damaged containers: mutants of good ones are opened as `zhengben clean` does, part by part.

    python tests/bench/fuzz_containers.py --count 2000 [--name a.zip] [--seed 1] [--trace]

A mutant is the same for the same seed, name and number. An exception, a mutant that takes too
long, or one that gives parts without end, ends the run with its number; a crash of a library
ends the process, and `--trace` names the mutant before it is opened. Prints what became of
their parts: pages, and rejects by rule.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from fuzz_formats import MEMORY, SLOW, mutant  # noqa: E402

from flows.containers.expand import expand  # noqa: E402
from flows.found import Columns, Unreadable  # noqa: E402
from flows.opening import open_page  # noqa: E402
from flows.read import find  # noqa: E402
from tests.test_containers import SOUND  # noqa: E402

MOST_PARTS = 10_000  # of one mutant; the sound ones have six at most
COLUMNS = Columns(text="text")


def run(name: str, sound: bytes, folder: Path, asked: argparse.Namespace) -> None:
    ends: Counter[str] = Counter()
    slowest = 0.0
    path = folder / name
    for number in range(asked.count):
        if asked.trace:
            sys.stderr.write(f"{name} {number}\n")
        path.write_bytes(mutant(sound, random.Random(f"{asked.seed}:{name}:{number}")))
        began = time.process_time()
        try:
            parts = become(path)
        except Exception:
            sys.stderr.write(f"{name}: mutant {number} of seed {asked.seed}\n")
            raise
        slowest = max(slowest, time.process_time() - began)
        assert slowest < SLOW, f"{name} {number}: {slowest:.1f} s"
        ends += parts
    path.unlink()
    print(f"{name}: {asked.count} mutants, slowest {slowest:.2f} s,", dict(ends.most_common()))


def become(path: Path) -> Counter[str]:
    """What the parts of a file are. The folder is searched, as if nobody had named the file."""
    ends: Counter[str] = Counter()
    for found in expand(find([path.parent]), COLUMNS):
        page = open_page(found)
        ends[page.rule if isinstance(page, Unreadable) else "page"] += 1
        assert ends.total() <= MOST_PARTS
    return ends


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", help="one of " + ", ".join(name for name, _ in SOUND))
    parser.add_argument("--trace", action="store_true", help="name each mutant before it is opened")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as folder:
        for name, sound in SOUND:
            if asked.name in (None, name):
                run(name, sound, Path(folder), asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MB")


if __name__ == "__main__":
    main()
