"""
How long verifying takes beside cleaning the same pages, and how much memory it needs.

    python tests/bench/bench_verify.py [--pages 1000]

The pages are those of tests/pages and tests/floor as web pages, each with a line of its own, so
that no two are the same. All is done in this process, with items and results pickled as on their way
to workers and back, and processor time is compared, so that others on the machine do not count;
best of three. Cleaning is what an ingest does with a file of its archive, commit and all.
"""

from __future__ import annotations

import argparse
import html
import pickle
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from exchanges import BEGAN, an_exchange  # noqa: E402

from flows import reclean as reclean_module  # noqa: E402
from flows import shards as shards_module  # noqa: E402
from flows import verify as verify_module  # noqa: E402
from flows.archive import ArchiveWriter  # noqa: E402
from flows.differences import differences  # noqa: E402
from flows.places import TablesAt  # noqa: E402
from flows.reclean import reclean  # noqa: E402
from flows.release import Asked, release  # noqa: E402
from flows.shards import Recipe, clean_file  # noqa: E402
from flows.tables import Tables  # noqa: E402
from flows.verify import verify  # noqa: E402

PER_FILE = 500  # pages in an archive file


def bodies() -> list[bytes]:
    """What the pages are made of: web pages as they are, texts in a frame."""
    pages = [path.read_bytes() for path in sorted((TESTS / "pages").rglob("*.html"))]
    for path in sorted((TESTS / "floor" / "pages").rglob("*.txt")):
        lines = path.read_text("utf-8").split("\n")
        inside = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())
        pages.append(f"<html><body><h1>{path.stem}</h1>{inside}</body></html>".encode())
    return pages


def archive(data: Path, count: int) -> list[str]:
    """So many pages in archive files; their names."""
    some = bodies()
    files: list[str] = []
    for begin in range(0, count, PER_FILE):
        file = f"bench/{begin:06}.warc.gz"
        with ArchiveWriter(data / "archive", file) as writer:
            for number in range(begin, min(begin + PER_FILE, count)):
                own = f"<p>这是第{number}页，同别的页不一样，所以写在这里。</p></body>".encode()
                body = some[number % len(some)].replace(b"</body>", own)
                at = BEGAN + timedelta(seconds=number)
                url = f"https://example.cn/{number}.html"
                writer.add(an_exchange(url, body, at=at), None, kind="page")
        files.append(file)
    return files


def here(
    items: Iterator[Any], make_work: Callable[[], Callable[[Any], Any]], **_: object
) -> Iterator[tuple[Any, Any]]:
    """In place of worker processes."""
    work = pickle.loads(pickle.dumps(make_work))()
    for item in items:
        yield item, pickle.loads(pickle.dumps(work(pickle.loads(pickle.dumps(item)))))


def timed(name: str, work: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    print(f"  {name}: {best:.1f} s")
    return best


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=1000)
    options.add_argument("--times", type=int, default=3)
    given = options.parse_args()
    for module in (shards_module, reclean_module, verify_module):
        module.run_all = here
    data = Path(tempfile.mkdtemp(prefix="bench-verify-"))
    files = archive(data, given.pages)

    def clean_all() -> None:
        shutil.rmtree(data / "tables", ignore_errors=True)
        for file in files:
            recipe = Recipe("bench", timedelta(days=1))
            Tables(data).commit(clean_file(data, file, recipe, workers=1))

    cleaning = timed("clean", clean_all, given.times)
    made = release(data, Asked(name="one"))
    folder = data / "releases" / made.id
    rows = made.manifest["counts"]["documents"] + made.manifest["counts"]["rejects"]

    def prove(place: Path | None) -> None:
        report = verify(place, data=data, workers=1)
        assert report.is_clean, report.findings[:3]
        assert report.same == rows == report.rows, (report.same, rows, report.rows)

    released = timed("verify a release", lambda: prove(folder), given.times)
    tables = timed("verify the tables", lambda: prove(None), given.times)
    again = timed("reclean --all", lambda: reclean(data, everything=True, workers=1), 1)
    looking = timed("diff", lambda: differences(folder, TablesAt(data)), 1)
    print(
        f"{rows} rows: verify a release at {cleaning / released:.2f} times the speed of cleaning, "
        f"the tables at {cleaning / tables:.2f}, reclean --all at {cleaning / again:.2f}, "
        f"diff at {cleaning / looking:.1f}"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MiB")
    shutil.rmtree(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
