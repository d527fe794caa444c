"""
Two writers at once, an ingest and a re-cleaning, and kill -9 at random moments for both.

    python tests/bench/kill_writers.py [--kills 50] [--pages 100] [--seed 1]

Each round starts both on the same DATA folder and kills each at a random moment of its life.
When an ingest gets through, both are run once more undisturbed, a release is made, and all is
held against a folder that nobody disturbed: the same rows, the same current rows, `tables
check` and `verify` of tables and release clean. Then the next folder, until there were so many kills.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]

from kept import PACK  # noqa: E402
from kill_ingest import COMMAND, SOURCES  # noqa: E402
from test_gather import WHEN_AND_WHERE  # noqa: E402
from testsite import site  # noqa: E402

from flows.tables import Tables, rows_of  # noqa: E402

Process = subprocess.Popen[bytes]


def begin(*arguments: str) -> Process:
    command = [sys.executable, "-c", COMMAND, *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def said(*arguments: str) -> str:
    """What a command prints, which has to end well."""
    command = [sys.executable, "-c", COMMAND, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, (arguments, run.stdout, run.stderr)
    return run.stdout


class Both:
    """The two writers of one DATA folder."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        common = ("--data", str(self.data), "--workers", "1")
        self.ingest = ("ingest", str(folder / "sources.toml"), *common)
        self.reclean = ("reclean", "--rules", str(folder / "mine.toml"), *common)

    def disturbed(self, chance: random.Random, whole: float) -> tuple[int, bool]:
        """How many were killed, and whether the ingest got through."""
        runs = [begin(*self.ingest), begin(*self.reclean)]
        began = time.monotonic()
        until = [began + chance.uniform(whole / 4, whole * 1.2) for _ in runs]
        killed = [False, False]
        while any(run.poll() is None for run in runs):
            for number, run in enumerate(runs):
                if run.poll() is None and time.monotonic() >= until[number]:
                    run.kill()
                    run.wait()
                    killed[number] = True
            time.sleep(0.01)
        return sum(killed), not killed[0]


def content(row: dict[str, Any]) -> str:
    """All that two runs over the same site have in common."""
    left = {name: value for name, value in row.items() if name not in {"id", *WHEN_AND_WHERE}}
    return json.dumps(left, ensure_ascii=False, sort_keys=True, default=str)


def what_is_known(data: Path) -> tuple[Counter[str], dict[str, list[str]]]:
    """All rows, and of each page those that are current."""
    rows = {
        row["id"]: content(row)
        for name in ("documents", "rejects")
        for row in rows_of(Tables(data).read(name))
    }
    pages = rows_of(Tables(data).read("pages"))
    current = {
        page["url"]: [rows[one] for one in (*page["document_ids"], *page["reject_ids"])]
        for page in pages
    }
    return Counter(rows.values()), current


def proved(both: Both, folder: Path) -> int:
    """Finish both, and prove all; the rows that were made again."""
    data = ("--data", str(both.data))
    rules = ("--rules", str(folder / "mine.toml"))
    said(*both.ingest)
    said(*both.reclean)
    assert "all tables are whole" in said("tables", "check", *data)
    name = said("release", *data).strip()
    reports = [
        json.loads(said("verify", *place, *data, *rules, "--workers", "1", "--json"))
        for place in ((), (name,))
    ]
    assert all(report["clean"] for report in reports)
    left = [p.name for p in both.data.rglob("*") if p.name.endswith((".part", ".task", ".run"))]
    assert not left, left
    return reports[1]["same"]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--pages", type=int, default=100, help="a multiple of 20")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    chance = random.Random(given.seed)
    folder = Path(tempfile.mkdtemp(prefix="kill-writers-"))
    (folder / "mine.toml").write_text(PACK, encoding="utf-8")
    both = Both(folder)
    with site() as s:
        s.crawl_delay = 0.0
        text = SOURCES.format(lists=given.pages // 20, port=s.port, url=s.url("/list/1.html"))
        (folder / "sources.toml").write_text(text, encoding="utf-8")
        began = time.monotonic()
        said(*both.ingest)
        whole = time.monotonic() - began
        same = proved(both, folder)
        expected = what_is_known(both.data)
        print(f"undisturbed: {whole:.1f} s, {expected[0].total()} rows, {same} made again")
        shutil.rmtree(both.data)
        kills = datasets = rounds = 0
        while kills < given.kills:
            s.forget()
            through = False
            while not through and kills < given.kills:
                killed, through = both.disturbed(chance, whole)
                kills += killed
                rounds += 1
            same = proved(both, folder)
            assert what_is_known(both.data) == expected, "not the rows of an undisturbed run"
            datasets += 1
            print(f"{kills} kills: dataset {datasets} is right, {same} rows made again", flush=True)
            shutil.rmtree(both.data)
    print(f"{kills} kills in {rounds} rounds, {datasets} datasets: all rows exact, verify clean")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
