"""
Main text and metadata beside other extractors, on the same pages, in the same run.

    python tests/bench/compare_html.py FOLDER [--env DIR] [--passes N] [--write docs/compare.md]

FOLDER has gold.jsonl (a line a page: id, title, published, source, body and optional, which are
lists of lines) and pages/ID.html.gz. The others are installed into an environment of their own:
in DIR, where it stays, or in a temporary folder. They are no dependency of ours, and no test
runs this.

Text is compared by its character 4-grams, without white space and Markdown's marks. What else was
found counts as noise, unless it is the page's title or optional (credits, captions, replies). Each
page is timed beside a bare parse of the same bytes in the same process.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from peers import environment, write_table
from selectolax.lexbor import LexborHTMLParser

PEERS = ("trafilatura", "readability-lxml", "resiliparse", "gne", "lxml_html_clean")
Answer = dict[str, str | None]
Page = tuple[dict[str, Any], bytes]

# ---------------------------------------------------------------------- the extractors


def ours() -> Callable[[bytes], Answer]:
    extract = import_module("cleaners.html").extract

    def run(body: bytes) -> Answer:
        found = extract(body)
        return {
            "text": found.text,
            "title": found.title,
            "published": found.published,
            "source": found.source,
        }

    return run


def trafilatura(**options: bool) -> Callable[[bytes], Answer]:
    bare_extraction = import_module("trafilatura").bare_extraction

    def run(body: bytes) -> Answer:
        found = bare_extraction(body, with_metadata=True, **options)
        said = found.as_dict() if found is not None else {}
        return {"text": said.get("text"), "title": said.get("title"), "published": said.get("date")}

    return run


def readability() -> Callable[[bytes], Answer]:
    html = import_module("lxml.html")
    document_of = import_module("readability").Document

    def run(body: bytes) -> Answer:
        document = document_of(body)
        tree = html.fromstring(document.summary())
        for block in tree.iter("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4"):
            block.tail = f"\n{block.tail or ''}"
        return {"text": tree.text_content(), "title": document.short_title()}

    return run


def resiliparse() -> Callable[[bytes], Answer]:
    extract_plain_text = import_module("resiliparse.extract.html2text").extract_plain_text
    tree_of = import_module("resiliparse.parse.html").HTMLTree

    def run(body: bytes) -> Answer:
        tree = tree_of.parse(decoded(body))
        text = extract_plain_text(tree, main_content=True, alt_texts=False)
        return {"text": text, "title": tree.title}

    return run


def gne() -> Callable[[bytes], Answer]:
    extractor = import_module("gne").GeneralNewsExtractor()

    def run(body: bytes) -> Answer:
        found = extractor.extract(decoded(body))
        return {
            "text": found["content"],
            "title": found["title"],
            "published": found["publish_time"],
        }

    return run


def decoded(body: bytes) -> str:
    """Bytes as a text, for those that take nothing else, by the best detector beside ours."""
    encoding = import_module("resiliparse.parse.encoding")
    return encoding.bytes_to_str(body, encoding.detect_encoding(body))


EXTRACTORS: dict[str, Callable[[], Callable[[bytes], Answer]]] = {
    "zhengben": ours,
    "trafilatura": trafilatura,
    "trafilatura, precision": lambda: trafilatura(favor_precision=True),
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "gne": gne,
}


# ---------------------------------------------------------------- one extractor's process


def pages(folder: Path) -> Iterator[Page]:
    for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        yield gold, gzip.decompress((folder / "pages" / f"{gold['id']}.html.gz").read_bytes())


def bare_parse(body: bytes) -> str:
    tree = LexborHTMLParser(body)
    return tree.body.text(deep=True, separator="\n") if tree.body is not None else ""


def answers(name: str, folder: Path, passes: int) -> None:
    """Run one extractor; its answers and its time as JSON on standard output."""
    extract = EXTRACTORS[name]()
    data = [body for _, body in pages(folder)]
    found: list[Answer] = []
    for body in data:
        try:
            found.append(extract(body))
        except Exception as problem:  # noqa: BLE001  who raises has found nothing
            found.append({"text": "", "error": repr(problem)[:200]})
    ratios = [one_pass(extract, data) for _ in range(passes)]
    json.dump({"answers": found, "ratio": statistics.median(ratios)}, sys.stdout)


def one_pass(extract: Callable[[bytes], Answer], data: list[bytes]) -> float:
    took = bare = 0.0
    for body in data:
        bare_parse(body)
        began = time.perf_counter()
        bare_parse(body)
        between = time.perf_counter()
        with suppress(Exception):
            extract(body)
        took, bare = took + time.perf_counter() - between, bare + between - began
    return took / bare


# ------------------------------------------------------------------------------- scores

SPACE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]+")
MARKS = re.compile(r"(?m)^[ \t]*(?:[-*+]|#{1,6})[ \t]+|\|(?:\s*:?-{3,}:?\s*(?=\|))?")
GRAM = 4


def squeezed(text: str | None) -> str:
    return SPACE.sub("", unicodedata.normalize("NFKC", MARKS.sub("", text or "")))


def grams(text: str) -> Counter[str]:
    return Counter(text[i : i + GRAM] for i in range(len(text) - GRAM + 1))


def f1(text: str | None, gold: dict[str, Any]) -> float:
    """Of the 4-grams in the lines of the gold text; those across two lines are not asked for."""
    found = grams(squeezed(text))
    body = [squeezed(line) for line in gold["body"]]
    asked: Counter[str] = Counter()
    run = ""
    for before, line in zip(["", *body], body, strict=False):
        if len(before) >= 2 * GRAM and len(line) >= 2 * GRAM:
            asked += grams(run)
            run = ""
        run += line  # short neighbours, cells and headings, stay together
    asked += grams(run)
    excused = grams("".join(body)) - asked
    edges = 0
    for line in map(squeezed, [*gold["optional"], gold["title"]]):
        excused += grams(line)
        edges += 2 * (GRAM - 1) * (len(line) > 1 and line[:12] in squeezed(text))
    hits = (found & asked).total()
    noise = max((found - asked - excused).total() - edges, 0)
    return 2 * hits / (hits + noise + asked.total()) if hits else 0.0


def day(said: str | None) -> tuple[int, ...] | None:
    found = re.search(r"((?:19|20)\d\d)\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})", said or "")
    return tuple(map(int, found.groups())) if found else None


def letters(said: str | None) -> str:
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", said or "").lower())


def score(data: list[Page], made: dict[str, Any]) -> list[str]:
    """One row of the table."""
    values = [
        f1(answer.get("text"), gold)
        for (gold, _), answer in zip(data, made["answers"], strict=True)
    ]
    row = [
        f"{statistics.mean(values):.3f}",
        f"{sum(value >= 0.99 for value in values) / len(values):.0%}",
        str(sum(value < 0.5 for value in values)),
    ]
    for name, same in (("title", letters), ("published", day), ("source", letters)):
        pairs = [
            (gold[name], answer.get(name))
            for (gold, _), answer in zip(data, made["answers"], strict=True)
            if gold[name]
        ]
        given = [(wanted, said) for wanted, said in pairs if said]
        right = sum(same(said) == same(wanted) for wanted, said in given)
        row.append(f"{right}/{len(pairs)}, {len(given) - right} wrong" if given else "-")
    return [*row, f"{made['ratio']:.1f}"]


# -------------------------------------------------------------------------------- the run


def table(folder: Path, env: Path, passes: int) -> str:
    python, versions = environment(env, (*PEERS, f"selectolax=={version('selectolax')}"))
    data = list(pages(folder))
    lines = [
        "| extractor | F1 | ≥ 0.99 | < 0.5 | title | published | source | time |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in EXTRACTORS:
        mine = name == "zhengben"
        run = subprocess.run(
            [
                sys.executable if mine else python,
                __file__,
                str(folder),
                "--run",
                name,
                "--passes",
                str(passes),
            ],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]) if mine else ""},
        )
        package = name.partition(",")[0]
        label = f"{package} {version(package) if mine else versions[package]}{name[len(package) :]}"
        lines.append(f"| {label} | {' | '.join(score(data, json.loads(run.stdout)))} |")
        print(lines[-1], file=sys.stderr)
    hosts = len({gold["host"] for gold, _ in data})
    head = (
        f"{len(data)} pages from {hosts} hosts, {datetime.now(UTC):%Y-%m-%d}, Python "
        f"{sys.version.split()[0]}, selectolax {version('selectolax')}. Time is a multiple of a bare parse."
    )
    return "\n".join((head, "", *lines, ""))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("--env", type=Path)
    options.add_argument("--passes", type=int, default=3)
    options.add_argument(
        "--write", type=Path, help="a page with two marks between which the table goes"
    )
    options.add_argument("--run", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.run:
        answers(given.run, given.folder, given.passes)
        return
    with tempfile.TemporaryDirectory() as temporary:
        made = table(given.folder.resolve(), given.env or Path(temporary), given.passes)
    print(made)
    if given.write:
        write_table(given.write, "table", made)


if __name__ == "__main__":
    main()
