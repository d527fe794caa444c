"""
Damaged files: each reader gets so many mutants of good ones, and may only answer or refuse.

    python tests/bench/fuzz_formats.py --count 2000 [--format pdf] [--seed 1]

A mutant is the same for the same seed, format and number. An exception that is no
`FormatProblem` ends the run with its number; a crash of a library ends the process, and
the last number printed on standard error names the mutant. Prints what became of them.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import files  # noqa: E402

from cleaners import RawPage, clean  # noqa: E402
from cleaners.formats import Format, FormatProblem, read  # noqa: E402

HERE = Path(__file__).parents[1] / "formats"
MEMORY = 3 << 30  # bytes of addresses
SLOW = 10.0  # seconds of processor time for one mutant


def samples() -> dict[Format, list[bytes]]:
    return {
        "docx": [files.word()],
        "doc": [path.read_bytes() for path in sorted(HERE.glob("*.doc"))],
        "epub": [files.epub()],
        "mht": [files.mht()],
        "pdf": [files.pdf()],
        "rtf": [files.rtf()],
    }


def mutant(sample: bytes, source: random.Random) -> bytes:
    """A file that was damaged in one to four places; of a zip also inside of its members."""
    if sample.startswith(b"PK") and source.random() < 0.7:
        return inside(sample, source)
    body = bytearray(sample)
    for _ in range(source.randint(1, 4)):
        damage(body, source)
    return bytes(body)


def inside(sample: bytes, source: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(sample)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = source.choice(sorted(name for name in members if members[name]))
    body = bytearray(members[name])
    for _ in range(source.randint(1, 4)):
        damage(body, source)
    members[name] = bytes(body)
    if source.random() < 0.1:
        del members[source.choice(sorted(members))]
    return files.zipped(members)


def damage(body: bytearray, source: random.Random) -> None:
    size = max(len(body), 1)
    at = source.randrange(size)
    much = min(size - at, source.choice((1, 1, 2, 4, 8, 64, 512)))
    match source.randrange(8):
        case 0:
            body[at : at + much] = source.randbytes(much)
        case 1:
            del body[at : at + much]
        case 2:
            body[at:at] = body[at : at + much] * source.choice((1, 2, 50))
        case 3:
            del body[at:]
        case 4:
            body[at : at + much] = b"\xff" * much
        case 5:
            body[at : at + much] = bytes(much)
        case 6:
            if body:
                body[at % len(body)] ^= 1 << source.randrange(8)
        case _:
            other = source.randrange(size)
            body[at : at + much] = body[other : other + much]


def run(known: Format, originals: list[bytes], count: int, seed: int, say: Callable[[str], None]) -> Counter[str]:  # fmt: skip
    ends: Counter[str] = Counter()
    slowest = 0.0
    for number in range(count):
        source = random.Random(f"{seed}:{known}:{number}")
        body = mutant(originals[number % len(originals)], source)
        say(f"{known} {number}\n")
        began = time.process_time()
        try:
            read(body, known)
            ends["read"] += 1
        except FormatProblem as problem:
            ends[problem.rule] += 1
        if number % 10 == 0:  # all the way, whatever the damage has made of it
            assert clean(RawPage(f"file:{number}.{known}", body))
        slowest = max(slowest, time.process_time() - began)
    assert slowest < SLOW, f"{known}: {slowest:.1f} s"
    print(f"{known}: {count} mutants, slowest {slowest:.2f} s,", dict(ends.most_common()))
    return ends


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format")
    parser.add_argument("--trace", action="store_true", help="name each mutant before it is read")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    say = sys.stderr.write if asked.trace else lambda _: None
    for known, originals in samples().items():
        if asked.format in (None, known):
            run(known, originals, asked.count, asked.seed, say)


if __name__ == "__main__":
    main()
