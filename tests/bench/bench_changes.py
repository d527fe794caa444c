"""
How much a copy may be changed and still be found.

    python -m tests.bench.bench_changes FOLDER

FOLDER is what `compose.py --format jsonl --bank-share 0` has written. Of a thousand of its texts
of 600 to 6,000 characters, 400 are changed in one way after the other and compared with all.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from cleaners.similarity import Known, rank, stars
from cleaners.sketch import sketch
from flows.candidates import candidates
from tests.bench.bench_copies import records

TEXTS, CHANGED = 1_000, 400
LEAST, MOST = 600, 6_000
chance = random.Random(5)


def noise(share: float, letters: str) -> Callable[[str], str]:
    return lambda text: "".join(
        chance.choice(letters) if chance.random() < share else each for each in text
    )


def first(share: float) -> Callable[[str], str]:
    return lambda text: text[: int(len(text) * share)]


def last(share: float) -> Callable[[str], str]:
    return lambda text: text[-int(len(text) * share) :]


def middle(share: float) -> Callable[[str], str]:
    return lambda text: text[int(len(text) * (1 - share) / 2) :][: int(len(text) * share)]


def hole(share: float) -> Callable[[str], str]:
    return lambda text: (
        text[: int(len(text) * 0.3)] + text[int(len(text) * 0.3) + int(len(text) * share) :]
    )


def other_numbers(text: str) -> str:
    return re.sub(r"\d+", lambda _: str(chance.randint(1, 9999)), text)


def one_other_number(text: str) -> str:
    places = list(re.finditer(r"\d+", text))
    if not places:
        return text
    place = chance.choice(places)
    return f"{text[: place.start()]}{chance.randint(1, 9999)}{text[place.end() :]}"


def main() -> None:
    texts = [
        record["clean_text"]
        for record in records(Path(sys.argv[1]))
        if record["dup_of"] is None and LEAST < len(record["clean_text"]) < MOST
    ][:TEXTS]
    letters = "".join(texts[:200])
    whole = [Known(f"w{at}", sketch(text)) for at, text in enumerate(texts)]
    ways: dict[str, tuple[Callable[[str], str], bool]] = {}
    for share in (0.01, 0.02, 0.03, 0.05):
        ways[f"{share:.0%} of the characters are others"] = noise(share, letters), False
    for share in (0.1, 0.2, 0.3, 0.5):
        ways[f"the first {share:.0%}"] = first(share), False
        ways[f"the first {share:.0%}, known to be truncated"] = first(share), True
        ways[f"the last {share:.0%}"] = last(share), False
        ways[f"{share:.0%} from the middle"] = middle(share), False
        ways[f"{share:.0%} missing in the middle, known to be truncated"] = hole(share), True
    ways["all numbers are others"] = other_numbers, False
    ways["one number is another"] = one_other_number, False
    for name, (change, truncated) in ways.items():
        copies = [Known(f"c{at}", sketch(change(texts[at])), truncated) for at in range(CHANGED)]
        distinct = {each.sketch.digest: each for each in (*copies, *whole)}
        known = sorted(distinct.values(), key=rank)
        grams = pa.array([each.sketch.grams for each in known], pa.large_binary())
        found = {
            known[number].id: (known[centre].id, copy)
            for number, centre, copy in stars(candidates(grams), known.__getitem__)
        }
        together = completed = 0
        for at in range(CHANGED):
            mine, theirs = found.get(f"c{at}"), found.get(f"w{at}")
            same = distinct[copies[at].sketch.digest].id == f"w{at}"  # nothing was changed
            together += same or (mine or ("",))[0] == f"w{at}" or (theirs or ("",))[0] == f"c{at}"
            completed += mine is not None and mine[1].completed_by == f"w{at}"
        wrong = sum(name[1:] != centre[1:] for name, (centre, _) in found.items())
        print(
            f"{name}: found {together / CHANGED:.1%}, completed {completed / CHANGED:.1%}, "
            f"wrong pairs {wrong}"
        )


if __name__ == "__main__":
    main()
