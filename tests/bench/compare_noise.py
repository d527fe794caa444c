"""
Noise beside other cleaners of text, on the same documents, in the same run.

    python tests/bench/compare_noise.py [MORE.jsonl...] [--env DIR] [--write docs/compare.md]

The documents are the pages of tests/floor, which are the project's own, and those of any JSONL
files of the form of a bench (id, text, spans with start and end, negative). The others are
installed into an environment of their own: in DIR, where it stays, or in a temporary folder.
They are no dependency of ours, and no test runs this.

A cleaner is asked for its text alone. Text and answer are laid side by side, and of the letters and
digits of the noise it counts how many are gone, of those of the body how many are left.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from unicodedata import normalize

from peers import environment, write_table

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "jionlp", "harvesttext", "clean-text", "datatrove", "py-data-juicer",
    # what py-data-juicer asks for when it is imported or used, and not before
    "aiohttp", "ray",
)  # fmt: skip
HARM = 0.005  # of its body that a document without noise may lose


# ------------------------------------------------------------------------- the cleaners


def ours() -> Callable[[str], str]:
    clean_text = import_module("cleaners").clean_text

    def run(text: str) -> str:
        # A title is told apart from its text; here it counts as text that is kept.
        return "\n".join(
            line for document in clean_text(text) for line in (document.title or "", document.text)
        )

    return run


def jionlp() -> Callable[[str], str]:
    clean_text = import_module("jionlp").clean_text
    return lambda text: clean_text(text, remove_parentheses=False)


def harvesttext() -> Callable[[str], str]:
    return import_module("harvesttext").HarvestText().clean_text


def cleantext() -> Callable[[str], str]:
    clean = import_module("cleantext").clean
    gone = {f"replace_with_{what}": "" for what in ("url", "email", "phone_number")}
    which = {"no_urls": True, "no_emails": True, "no_phone_numbers": True}
    return lambda text: clean(text, to_ascii=False, lower=False, **which, **gone)


def datatrove() -> Callable[[str], str]:
    """The lines that C4's rules leave, with the ends of Chinese sentences beside the English."""
    filters = import_module("datatrove.pipeline.filters.c4_filters")
    document = import_module("datatrove.data").Document
    ends = (*filters.END_PUNCTUATION, *"。！？…”』」》：；")
    setattr(filters, "END_PUNCTUATION", ends)  # noqa: B010  a module has no such type
    rules = filters.C4QualityFilter(min_num_sentences=-1, min_words_per_line=-1)

    def run(text: str) -> str:
        value = document(text=text, id="")
        rules.filter(value)
        return value.text

    return run


def data_juicer() -> Callable[[str], str]:
    """Its mappers that remove something from a text, one after the other."""
    mappers = import_module("data_juicer.ops.mapper")
    names = (
        "CleanCopyrightMapper", "CleanEmailMapper", "CleanHtmlMapper", "CleanIpMapper",
        "CleanLinksMapper", "RemoveRepeatSentencesMapper",
    )  # fmt: skip
    steps = [getattr(mappers, name)() for name in names]

    def run(text: str) -> str:
        for step in steps:
            text = step.process_batched({"text": [text]})["text"][0]
        return text

    return run


CLEANERS = {
    "zhengben": ("zhengben", ours),
    "JioNLP": ("jionlp", jionlp),
    "HarvestText": ("harvesttext", harvesttext),
    "clean-text": ("clean-text", cleantext),
    "datatrove, C4’s lines": ("datatrove", datatrove),
    "Data-Juicer, its mappers": ("py-data-juicer", data_juicer),
}


def answers(name: str) -> None:
    """Run one cleaner over the texts on standard input; its answers and seconds as JSON."""
    texts = json.load(sys.stdin)
    # Some print while they are imported or used.
    out, sys.stdout = sys.stdout, sys.stderr
    clean = CLEANERS[name][1]()
    clean(texts[0])
    began = time.process_time()
    found: list[str] = []
    for text in texts:
        try:
            found.append(clean(text))
        except Exception:  # noqa: BLE001  who raises has changed nothing
            found.append(text)
    json.dump({"answers": found, "seconds": time.process_time() - began}, out)


# -------------------------------------------------------------------------- the documents


@dataclass(frozen=True, slots=True)
class Document:
    """A text, for each of its letters and digits whether it is noise, body or open (1, 0, -1)."""

    text: str
    gold: tuple[int, ...]
    negative: bool


def letters(text: str) -> str:
    """Letters and digits in one width and case; the rest is free to change."""
    return "".join(filter(str.isalnum, normalize("NFKC", text).lower()))


def pages_of_our_own() -> Iterator[tuple[str, Document]]:
    sys.path.insert(0, str(ROOT))
    floor = import_module("tests.floor")
    for page in floor.pages():
        gold = [
            -1 if piece.kind == floor.OPEN else int(piece.noise)
            for piece in page.pieces
            for _ in letters(piece.text)
        ]
        yield f"our pages, {page.half}", Document(page.text, tuple(gold), page.negative)


def of_a_bench(path: Path) -> Iterator[tuple[str, Document]]:
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        text: str = record["text"]
        kinds = [0] * len(text)
        for span in record.get("ambiguous", ()):
            begin, end = (span["start"], span["end"]) if isinstance(span, dict) else span[:2]
            kinds[begin:end] = [-1] * (end - begin)
        for span in record["spans"]:
            kinds[span["start"] : span["end"]] = [1] * (span["end"] - span["start"])
        gold = [kind for char, kind in zip(text, kinds, strict=True) for _ in letters(char)]
        yield path.stem, Document(text, tuple(gold), bool(record.get("negative")))


def fates(document: Document, answer: str) -> list[tuple[int, bool]]:
    """For each letter of the text what it is, and whether the answer has it."""
    said, kept = letters(document.text), letters(answer)
    left = bytearray(len(said))
    for begin, _, size in SequenceMatcher(None, said, kept, autojunk=False).get_matching_blocks():
        left[begin : begin + size] = b"\1" * size
    # normalize() of a whole text may join what it leaves apart letter by letter
    return list(zip(document.gold, map(bool, left), strict=False))


def row(documents: Sequence[Document], found: Sequence[str]) -> str:
    gone = noise = left = body = unharmed = 0
    for document, answer in zip(documents, found, strict=True):
        of_it = fates(document, answer)
        lost = sum(kind == 0 and not stays for kind, stays in of_it)
        mine = sum(kind == 0 for kind, _ in of_it)
        noise += sum(kind == 1 for kind, _ in of_it)
        gone += sum(kind == 1 and not stays for kind, stays in of_it)
        body, left = body + mine, left + mine - lost
        unharmed += document.negative and lost <= HARM * mine
    negatives = sum(document.negative for document in documents)
    return f"{gone / noise:.1%} · {left / body:.2%} · {unharmed}/{negatives}"


# ----------------------------------------------------------------------------- the run


def table(more: Sequence[Path], env: Path) -> str:
    python, versions = environment(env, PACKAGES)
    sets: dict[str, list[Document]] = {}
    for name, document in (*pages_of_our_own(), *(r for path in more for r in of_a_bench(path))):
        sets.setdefault(name, []).append(document)
    every = [document for documents in sets.values() for document in documents]
    texts = json.dumps([document.text for document in every])
    lines = [
        f"| cleaner | {' | '.join(sets)} | time |",
        f"|---|{'---:|' * (len(sets) + 1)}",
    ]
    unit = 0.0
    for name, (package, _) in CLEANERS.items():
        mine = package == "zhengben"
        run = subprocess.run(
            [sys.executable if mine else python, __file__, "--run", name],
            input=texts,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT) if mine else ""},
        )
        made = json.loads(run.stdout)
        unit = unit or made["seconds"]
        of_set = iter(made["answers"])
        cells = [row(documents, [next(of_set) for _ in documents]) for documents in sets.values()]
        label = f"{name.partition(',')[0]} {version(package) if mine else versions[package]}"
        label += "".join(name.partition(",")[1:])
        lines.append(f"| {label} | {' | '.join(cells)} | {made['seconds'] / unit:.2f} |")
        print(lines[-1], file=sys.stderr)
    sizes = ", ".join(f"{name}: {len(documents)}" for name, documents in sets.items())
    head = (
        f"{sizes} documents, {datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}. "
        "In each cell: noise gone, body kept, documents without noise that were left unharmed. "
        "Time is a multiple of ours."
    )
    return "\n".join((head, "", *lines, ""))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("more", type=Path, nargs="*")
    options.add_argument("--env", type=Path)
    options.add_argument("--write", type=Path, help="the page with the marks of this table")
    options.add_argument("--run", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.run:
        answers(given.run)
        return
    with tempfile.TemporaryDirectory() as temporary:
        made = table(given.more, given.env or Path(temporary))
    print(made)
    if given.write:
        write_table(given.write, "noise", made)


if __name__ == "__main__":
    main()
