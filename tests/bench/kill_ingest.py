"""
Kill an ingest at random moments, then let it finish: is the dataset that of an undisturbed run?

    python tests/bench/kill_ingest.py [--kills 50] [--pages 300] [--seed 1]

The site is that of the tests. Each kill is a SIGKILL for the ingest alone, at a random
moment of its life (its first quarter is imports); its workers notice and leave. When a run gets through, its data are compared,
and the next kill begins with an empty folder. The last run is never killed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from test_gather import pages, what_is_known  # noqa: E402
from testsite import site  # noqa: E402

from flows.tables import Tables, rows_of  # noqa: E402

SOURCES = """
[fetch]
delay = 0.0
[[source]]
name = "渡口"
fresh = "1d"
allow_private = ["127.0.0.1:{port}"]
[[source.list]]
url = "{url}"
select = "ul.list"
links = '/a/\\d+\\.html$'
next = "a.next"
pages = {lists}
"""
# The command line, without the shell's script around it.
COMMAND = "import sys; from flows.cli import main; sys.exit(main(sys.argv[1:]))"


def begin(folder: Path, data: Path) -> subprocess.Popen[bytes]:
    arguments = ["ingest", str(folder / "sources.toml"), "--data", str(data), "--workers", "1"]
    return subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], stderr=subprocess.DEVNULL)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--pages", type=int, default=300, help="a multiple of 20")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    chance = random.Random(given.seed)
    folder = Path(tempfile.mkdtemp(prefix="kill-ingest-"))
    with site() as s:
        s.crawl_delay = 0.0
        text = SOURCES.format(lists=given.pages // 20, port=s.port, url=s.url("/list/1.html"))
        (folder / "sources.toml").write_text(text, encoding="utf-8")
        began = time.monotonic()
        assert begin(folder, folder / "undisturbed").wait() == 0
        whole = time.monotonic() - began
        expected = what_is_known(folder / "undisturbed")
        print(f"undisturbed: {len(expected[0])} rows in {whole:.1f} s")
        kills = datasets = 0
        asked: Counter[str] = Counter()
        while True:
            s.forget()
            data = folder / "data"
            while kills < given.kills:
                began = time.monotonic()
                run = begin(folder, data)
                try:
                    assert run.wait(chance.uniform(whole / 4, whole)) == 0
                    whole = min(whole, time.monotonic() - began)
                    break
                except subprocess.TimeoutExpired:
                    run.kill()
                    run.wait()
                    kills += 1
            else:
                assert begin(folder, data).wait() == 0
            assert what_is_known(data) == expected, "the dataset is not that of an undisturbed run"
            datasets += 1
            asked += Counter(path for path in s.paths() if path.startswith("/a/"))
            left = [p.name for p in data.rglob("*") if p.name.endswith((".part", ".task", ".run"))]
            assert not left, left
            states = Counter(row["state"] for row in rows_of(Tables(data).read("runs")))
            print(f"{kills} kills, dataset {datasets} is right: {len(pages(data))} URLs, {states}")
            shutil.rmtree(data)
            if kills >= given.kills:
                break
    again = sum(asked.values()) - datasets * len([u for u in expected[1] if "/a/" in u])
    print(f"{kills} kills, {datasets} datasets; {again} pages were fetched again")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
