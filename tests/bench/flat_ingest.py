"""
Does the memory of an ingest grow with the pages that it fetches?

    python tests/bench/flat_ingest.py [PAGES] [--rounds N] [--workers N] [--keep FOLDER]

The command line ingests PAGES URLs of the tests' site, all of one host, and so in batches
of a hundred. Every half second the memory of its process and of the processes below it is
looked up; printed is the mean over each thousand pages: resident and proportional (Pss)
of the process, Pss of all its workers together, all in MiB.

Flat: the process holds in its last tenth at most 5 % or 15 MiB more than around a fifth
of the way. Later rounds take the same folder: all pages are due again, none has changed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from testsite import site

SOURCES = """
[fetch]
delay = 0.0
at_once = 8
[[source]]
name = "渡口"
fresh = "1s"
pages = {pages}
allow_private = ["127.0.0.1:{port}"]
urls = [
{urls}
]
"""
# The command line, without the shell's script around it.
COMMAND = "import sys; from flows.cli import main; sys.exit(main(sys.argv[1:]))"
EVERY = 0.5  # seconds
STEP = 1000  # pages
SHARE, MIB = 1.05, 15.0


class Look(NamedTuple):
    """Pages that the site has answered, and MiB."""

    pages: int
    resident: float
    parent: float
    workers: float


def memory(pid: int) -> tuple[float, float]:
    """Resident and proportional MiB of a process; (0, 0) when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0, 0.0
    found = {
        line.split()[0]: int(line.split()[1]) / 1024
        for line in text.splitlines()
        if line.endswith(" kB")
    }
    return found.get("Rss:", 0.0), found.get("Pss:", 0.0)


def below(pid: int) -> Iterator[int]:
    """All processes that it has started, and those that these have."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(n) for task in tasks for n in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield child
        yield from below(child)


def watched(command: list[str], answered: Sequence[object]) -> list[Look]:
    """What the command holds while it works."""
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    looks: list[Look] = []
    while run.poll() is None:
        resident, parent = memory(run.pid)
        workers = sum(memory(pid)[1] for pid in below(run.pid))
        looks.append(Look(len(answered), resident, parent, workers))
        if len(looks) % 120 == 0:
            print(f"  {len(answered):,} pages, {resident:.0f} MiB", flush=True)
        time.sleep(EVERY)
    assert run.stderr
    print(run.stderr.read().strip().splitlines()[-1])
    assert run.returncode == 0
    return [look for look in looks if look.parent]


def mean(looks: list[Look], name: str, first: float, last: float) -> float:
    values = [getattr(look, name) for look in looks if first <= look.pages < last]
    return sum(values) / len(values) if values else float("nan")


def is_flat(looks: list[Look], pages: int) -> bool:
    """Print the figures; whether memory stays."""
    print(f"{'pages':>7} {'RSS':>7} {'Pss':>7} {'workers':>8}   MiB")
    for first in range(0, pages, STEP):
        shown = [mean(looks, name, first, first + STEP) for name in Look._fields[1:]]
        print(f"{first + STEP:7,} {shown[0]:7.1f} {shown[1]:7.1f} {shown[2]:8.1f}")
    verdict = True
    for name in ("resident", "parent"):
        early = mean(looks, name, pages * 0.15, pages * 0.25)
        late = mean(looks, name, pages * 0.9, float("inf"))
        flat = late <= max(early * SHARE, early + MIB)
        verdict &= flat
        print(
            f"{name}: {early:.1f} MiB around {pages // 5:,} pages, {late:.1f} in the last tenth, "
            f"{(late - early) * 1024 / (pages * 0.75):+.2f} KiB a page: {'flat' if flat else 'GROWS'}"
        )
    return verdict


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.add_argument("pages", nargs="?", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--workers", type=int, default=0)
    options.add_argument("--keep", type=Path, help="the DATA folder; else one that goes")
    given = options.parse_args()
    verdict = True
    with site() as s, tempfile.TemporaryDirectory(prefix="flat-ingest-") as folder:
        s.crawl_delay = 0.0
        urls = (f'  "{s.url(f"/a/{1 + n % 300}.html?n={n}")}",' for n in range(given.pages))
        text = SOURCES.format(pages=given.pages, port=s.port, urls="\n".join(urls))
        file, data = Path(folder) / "sources.toml", given.keep or Path(folder) / "data"
        file.write_text(text, encoding="utf-8")
        arguments = ["ingest", str(file), "--data", str(data), "--workers", str(given.workers)]
        for number in range(given.rounds):
            s.forget()
            began = time.monotonic()
            looks = watched([sys.executable, "-c", COMMAND, *arguments], s.times)
            seconds = time.monotonic() - began
            print(f"round {number + 1}: {seconds:.0f} s, {given.pages / seconds:.1f} pages/s")
            verdict &= is_flat(looks, given.pages)
    return 0 if verdict else 1


if __name__ == "__main__":
    sys.exit(main())
