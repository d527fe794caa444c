"""
Fits the weights of `cleaners.likeness`: which signs tell a line of the site from the text.

    python tests/bench/fit_lines.py BENCH DOCS.jsonl... [--write] [--guard] [--score DOCS.jsonl...]

BENCH is the folder with dev.jsonl, real.jsonl and html/; DOCS are composed records of
the same form. The doubtful lines of every document, as the rules leave them, become
rows of signs with the label of the gold; a logistic regression (plain gradient steps,
L2) is fitted on them twice, the second time with what the first one found as marks.
The threshold is the lowest at which no line of a text is lost, with a margin.
Deterministic: the same files give the same weights.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from textwrap import fill
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import floor
from fit_chain import Fitted, Lines, Piece, fit, is_character, is_pair
from made_up import made_up
from texts import LOOKALIKES, document, may_end_a_text

from cleaners import clean_text, likeness, packs
from cleaners.encoding import decode
from cleaners.page import Mark, Page, Part
from cleaners.rules import Rules
from cleaners.signs import BEGINS, ENDS, HAS, characters_of

HERE = Path(__file__).resolve()
WEIGHTS = HERE.parents[2] / "cleaners" / "weights.py"
HARD = HERE.parents[1] / "lookalikes.txt"
TOP, END = "首页 > 某某频道 > 正文", "上一篇：没有了"  # noise that the rules know
MADE_UP = 2400  # pages that lines.txt is shuffled into
MARGIN = 0.2  # log odds above the worst line of a text
INDENT = " " * 8
FIRST = 2.0  # log odds from which a line counts as noise for its neighbours in the second fit
# Log odds below which no threshold goes: about where, on folds that were not fitted on, twenty
# characters of noise more would have cost one of text.
LEAST = {
    "outside the text": 1.9, "a label above the text": 2.9, "inside the text": 2.2,
    "running text": 2.7, "on a page without noise": 2.6,
    "running text on a page without noise": 3.5,
}  # fmt: skip
SLACK = 0.0003  # share of the characters of texts that the threshold may cost: gold of real pages errs, too
LEARNT, MEASURED = "acd", "befg"  # halves of the written pages
AROUND = 12  # lines of a real page above and below its text

Record = dict[str, Any]


@dataclass
class Case:
    """One part of one document as `unlike_text` sees it, with what the gold says."""

    page: Page
    part: Part
    marks: Sequence[Mark]
    record: Record
    labels: dict[int, bool] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)  # lines that may go or stay


def some_rules() -> list[Rules]:
    """
    All rules, every other pack, the rest of the packs.

    What the rules know by heart is not left for the model to learn from; a site that
    nobody has seen looks as the known ones do to somebody who has half of the packs.
    """
    shipped = packs.shipped()
    # Not make_rules: a neighbour that a rule asks for may be in the other half.
    return [Rules(shipped), Rules(shipped[::2]), Rules(shipped[1::2])]


def cases(records: Iterable[Record], rules: Rules | None = None) -> Iterator[Case]:
    """Every part of every record, as the rules leave it."""
    for record in records:
        seen: list[tuple[Page, Part, list[Mark]]] = []

        def remember(page: Page, part: Part, marks: Sequence[Mark], seen: Any = seen) -> tuple[()]:
            seen.append((page, part, list(marks)))
            return ()

        with patch("cleaners.clean.unlike_text", remember):
            clean_text(record["text"], rules)
        noise = characters((s["start"], s["end"]) for s in record["spans"])
        open_ = characters(record["ambiguous"])
        for page, part, marks in seen:
            case = Case(page, part, marks, record)
            for n in page.lines_between(part.start, part.end):
                line = page.lines[n]
                said = [i for i in range(line.start, line.end) if page.original[i].isalnum()]
                taken = sum(i in noise for i in said)
                if not said:
                    continue
                if any(i in open_ for i in said) and n > page.line_at(part.start) + 5:
                    case.open.add(n)  # further up it is the title, which has to be found
                if taken >= 0.9 * len(said):
                    case.labels[n] = True
                elif not taken or any(i in open_ for i in said):
                    case.labels[n] = False
            yield case


def characters(spans: Iterable[Iterable[int]]) -> set[int]:
    return {i for start, end in spans for i in range(start, end)}


def pieces(found: Iterable[Case], *, again: bool) -> Counter[Piece]:
    """What is judged together, with its labels; `again`: with what the model marks already."""
    counted: Counter[Piece] = Counter()
    for case in found:
        edges = likeness.edges_of(case.page, case.part, case.marks)
        if again:
            _, edges = likeness.settled(edges)
        signs = {
            n: said.union(characters_of(edges.letters(n)))
            for n, said in likeness.questions(edges).items()
        }
        asked = [n for n in sorted(signs) if n in case.labels]
        runs = [
            Lines(
                tuple((frozenset(signs[n]), case.labels[n]) for n in run.numbers),
                run.borders,
                run.noise_before,
                run.noise_after,
            )
            for run in likeness.runs(edges, asked)
        ]
        weight = case.record.get("weight", 1.0)
        if edges.marked:
            counted.update(Piece((run,), False, weight) for run in runs)
        elif runs:
            counted[Piece(tuple(runs), True, weight)] += 1
    return counted


def thresholds(found: Sequence[Case]) -> dict[str, float]:
    """
    For each situation the lowest score above which no line of a negative is lost, and no
    more than SLACK of the other texts.
    """
    lost: dict[str, list[tuple[float, int]]] = defaultdict(list)
    text = 0
    limits = dict(LEAST)
    for case in found:
        strict = case.record.get("negative") or case.record.get("hard")
        if case.record.get("rough"):
            continue
        text += sum(not noise for noise in case.labels.values()) and case.part.end - case.part.start
        edges = likeness.edges_of(case.page, case.part, case.marks)
        doubts = likeness.judged(edges)
        stay = likeness.title_of(edges, doubts)
        for n, doubt in doubts.items():
            if case.labels.get(n) is False and n not in case.open | stay:
                where = likeness.situation(doubt.signs)
                lost[where].append((doubt.odds, len(case.page.text(n))))
                if strict:
                    limits[where] = max(limits[where], doubt.odds + MARGIN)
    for where, lines in lost.items():
        room = SLACK * text / len(limits)
        for score, size in sorted(lines, reverse=True):
            room -= size
            if room < 0:
                limits[where] = max(limits[where], score + MARGIN)
                break
    return {where: round(limit, 1) for where, limit in limits.items()}


def use(fitted: Fitted, limits: dict[str, float]) -> None:
    likeness.BIAS, likeness.WEIGHTS = fitted.bias, fitted.weights  # type: ignore[misc]
    likeness.COUPLINGS, likeness.TRUST = fitted.couplings, fitted.trust  # type: ignore[misc]
    likeness.THRESHOLDS = limits  # type: ignore[misc]


def learn(found: Sequence[Case]) -> tuple[Fitted, dict[str, float]]:
    use(Fitted(0.0, {}, {}, 0.0), dict.fromkeys(LEAST, FIRST))  # whatever was fitted before
    first = pieces(found, again=False)
    use(fitted := fit(first), dict.fromkeys(LEAST, FIRST))
    use(fitted := fit(first + pieces(found, again=True)), dict.fromkeys(LEAST, 0.0))
    use(fitted, limits := thresholds(found))
    strict = [c for c in found if c.record.get("negative") or c.record.get("hard")]
    while lost := [m for c in strict for m in false_marks(c)]:
        for mark in lost:
            where = mark.values["where"]
            limits[where] = max(limits[where], float(mark.values["score"]) + 0.1)
        use(fitted, limits)
    return fitted, {where: round(limit, 1) for where, limit in limits.items()}


def false_marks(case: Case) -> Iterator[Mark]:
    """What the model takes of the text of one case, the second look with its neighbours too."""
    for mark in likeness.unlike_text(case.page, case.part, case.marks):
        number = case.page.line_at(mark.start)
        if case.labels.get(number) is False and number not in case.open:
            yield mark


def report(name: str, found: Sequence[Case], show: int = 0) -> float:
    """Recall over whole noisy lines that no rule marks, and what was lost of texts."""
    there = hit = lost = text = 0
    hits: Counter[tuple[str, str]] = Counter()
    for case in found:
        edges = likeness.edges_of(case.page, case.part, case.marks)
        left = {n for n in case.labels if n not in edges.touched and n not in case.open}
        marked = {
            case.page.line_at(m.start): m
            for m in likeness.unlike_text(case.page, case.part, case.marks)
        }
        for n in left:
            size = len(case.page.text(n))
            if case.labels[n]:
                there += size
                hit += size * (n in marked)
                if n not in marked:
                    hits["missed", case.page.text(n)[:70]] += 1
            else:
                text += size
                lost += size * (n in marked)
                if n in marked:
                    hits["LOST", case.page.text(n)[:70] + " ← " + marked[n].values["because"]] += 1
    print(
        f"{name}: {hit / (there or 1):.1%} of {there} characters in noisy lines that rules leave, {lost} of {text} characters of texts lost"
    )
    for (kind, line), times in sorted(hits.items(), key=lambda kv: (kv[0][0], -kv[1]))[:show]:
        print("   ", kind, times, line)
    return hit / (there or 1)


def read(path: Path, **more: Any) -> list[Record]:
    with path.open(encoding="utf-8") as file:
        return [{**json.loads(line), **more} for line in file]


def last_lines() -> list[Record]:
    """The look-alikes of all packs, each as the last line of a text."""
    texts_of = {line: document(tail=(line,)) for line in LOOKALIKES if may_end_a_text(line)}
    return [
        {"id": line, "text": text, "spans": [], "ambiguous": [], "hard": True, "weight": 0.5}
        for line, text in texts_of.items()
    ]


def lookalikes() -> list[Record]:
    """Texts of the project that must stay as they are."""
    texts = re.findall(r"(?m)^#@ (.*)\n((?:(?!#@).*\n)+)", HARD.read_text("utf-8"))
    dressed = [("", ""), (TOP + "\n", END + "\n")]
    return [
        {
            "id": name,
            "text": top + text + end,
            "spans": [
                {"start": 0, "end": len(top)},
                {"start": len(top + text), "end": len(top + text + end)},
            ],
            "ambiguous": [],
            "hard": True,
            "weight": 3.0,
        }
        for name, text in texts
        for top, end in dressed
    ]


def bodies(bench: Path, records: Iterable[Record]) -> list[str]:
    """Texts without noise, of which `made_up` makes pages."""
    gold = (bench / "html" / "gold.jsonl").read_text("utf-8").splitlines()
    real = ["\n".join(json.loads(line)["body"]) for line in gold]
    return [*real, *dict.fromkeys(r["clean_text"] for r in records if r.get("clean_text"))]


def excerpts(texts: Sequence[str]) -> list[Record]:
    """Pieces of texts without noise, bare and dressed with what the rules know: all must stay."""
    found: list[Record] = []
    for i, text in enumerate(texts):
        lines = [line for line in text.split("\n") if line.strip()]
        chance = Random(i)
        for bare in (True, False):
            size = chance.randint(3, 14)
            start = chance.randrange(max(1, len(lines) - size))
            piece = "\n".join(lines[start : start + size])
            top, end = ("", "") if bare else (TOP + "\n", "\n" + END)
            found.append({
                "id": f"excerpt-{i}", "text": top + piece + end, "ambiguous": [], "weight": 0.5,
                "spans": [
                    {"start": 0, "end": len(top)},
                    {"start": len(top + piece), "end": len(top + piece + end)},
                ],
            })  # fmt: skip
    return found


def written_pages(half: str) -> list[Record]:
    """The project's own pages with their noise marked; the other half is never learnt from."""
    found: list[Record] = []
    for page in floor.pages():
        if page.half == half:
            spans: list[dict[str, int]] = []
            open_: list[list[int]] = []
            at = 0
            for piece in page.pieces:
                end = at + len(piece.text)
                if piece.noise:
                    spans.append({"start": at, "end": end})
                elif piece.kind == floor.OPEN:
                    open_.append([at, end])
                at = end
            found.append({
                "id": page.name, "family": page.family, "text": page.text, "spans": spans,
                "ambiguous": open_, "negative": page.negative, "weight": 2.0,
            })  # fmt: skip
    return found


def real_pages(bench: Path) -> Iterator[Record]:
    """The lines of real pages around their text: what sites really say there."""
    for line in (bench / "html" / "gold.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        body = gzip.decompress((bench / "html" / "pages" / f"{gold['id']}.html.gz").read_bytes())
        text = decode(body, "text/html", markup=True).text
        text = re.sub(r"(?is)<(script|style|noscript)\b.*?</\1>|<!--.*?-->", "", text)
        text = re.sub(
            r"(?i)</?(?:p|div|li|ul|h\d|td|tr|br|table|dl|dd|dt|section|article|nav|footer)\b[^>]*>",
            "\n",
            text,
        )
        lines = [
            re.sub(r"\s+", " ", html.unescape(s)).strip()
            for s in re.sub("<[^>]*>", " ", text).split("\n")
        ]
        lines = [s for s in lines if s]
        squeezed = {part: re.sub(r"\s", "", "".join(gold[part])) for part in ("body", "optional")}
        is_body = [len(s) > 1 and re.sub(r"\s", "", s) in squeezed["body"] for s in lines]
        long = [i for i, s in enumerate(lines) if is_body[i] and len(s) > 20]
        if not long:
            continue
        first, last = max(0, long[0] - AROUND), long[-1] + AROUND + 1
        spans, open_, at = [], [], 0
        for s, inside in zip(lines[first:last], is_body[first:last], strict=True):
            if re.sub(r"\s", "", s) in squeezed["optional"]:
                open_.append([at, at + len(s)])
            elif not inside:
                spans.append({"start": at, "end": at + len(s)})
            at += len(s) + 1
        yield {
            "id": gold["id"],
            "text": "\n".join(lines[first:last]),
            "spans": spans,
            "ambiguous": open_,
            "weight": 0.7,
            "rough": True,  # its gold is the main text, and calls much else noise
        }


HEADER = '''"""
What each sign of a line weighs: log odds, positive for the site, negative for the text.

Made by tests/bench/fit_lines.py; do not edit by hand, fit again.
"""

from __future__ import annotations

from collections.abc import Mapping

'''


def written(fitted: Fitted, limits: dict[str, float]) -> str:
    least = "".join(f'    "{where}": {limit},\n' for where, limit in limits.items())
    couplings = "".join(f'    "{where}": {three},\n' for where, three in fitted.couplings.items())
    weighed = sorted(fitted.weights.items(), key=lambda kv: (-kv[1], kv[0]))
    table = "".join(
        f'    "{n}": {w},\n' for n, w in weighed if not is_character(n) and not is_pair(n)
    )
    pairs: dict[float, list[str]] = defaultdict(list)
    for name, weight in weighed:
        if weight and is_pair(name):
            pairs[weight].append(name[-2:])
    rows_of_pairs = "".join(
        f'    {weight}: """\n{fill(" ".join(those), 110, initial_indent=INDENT, subsequent_indent=INDENT)}\n    """,\n'
        for weight, those in pairs.items()
    )
    characters = ""
    for prefix in (HAS, BEGINS, ENDS):
        of_weight: dict[float, str] = defaultdict(str)
        for name, weight in weighed:
            if weight and is_character(name) and name[:-1] == prefix:
                of_weight[weight] += name[-1]
        rows = "".join(f'        {weight}: "{those}",\n' for weight, those in of_weight.items())
        characters += f'    "{prefix}": {{\n{rows}    }},\n'
    return (
        f"{HEADER}BIAS = {fitted.bias}\n"
        f"TRUST = {fitted.trust}  # in a page on which no rule has found anything\n"
        "# Borders between two lines: noise and noise, noise and text, text and noise.\n"
        f"COUPLINGS: Mapping[str, tuple[float, float, float]] = {{\n{couplings}}}\n"
        f"THRESHOLDS: Mapping[str, float] = {{\n{least}}}\n"
        "# Characters that a line has, begins with or ends with, by what they weigh.\n"
        f"CHARACTERS: Mapping[str, Mapping[float, str]] = {{\n{characters}}}\n"
        "# Pairs of characters that a line has, by what they weigh.\n"
        f"PAIRS: Mapping[float, str] = {{\n{rows_of_pairs}}}\n"
        f"_SIGNS: Mapping[str, float] = {{\n{table}}}\n"
        f"{FOOTER}"
    )


FOOTER = """WEIGHTS: Mapping[str, float] = {
    **_SIGNS,
    **{
        which + character: weight
        for which, of_weight in CHARACTERS.items()
        for weight, characters in of_weight.items()
        for character in characters
    },
    **{f"has {pair}": weight for weight, pairs in PAIRS.items() for pair in pairs.split()},
}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("docs", type=Path, nargs="+")
    parser.add_argument("--score", type=Path, nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--guard", action="store_true")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    sources = {
        "dev": read(args.bench / "dev.jsonl"),
        "real": read(args.bench / "real.jsonl", weight=2.0),
        "pages": list(real_pages(args.bench)),
        "look-alikes": [*lookalikes(), *last_lines()],
        "written pages": [p for half in LEARNT for p in written_pages(half)],
        "written pages, not learnt from": [p for half in MEASURED for p in written_pages(half)],
        **{f"composed {i + 1}": read(path) for i, path in enumerate(args.docs)},
    }
    composed = [r for name, records in sources.items() if "composed" in name for r in records]
    texts = bodies(args.bench, [*sources["dev"], *composed])
    sources["made up"] = made_up(texts, MADE_UP)
    sources["excerpts"] = excerpts(texts)
    sets = {
        name + packs_used: list(cases(records, rules))
        for rules, packs_used in zip(
            some_rules(), ("", ", half of the packs", ", other half"), strict=True
        )
        for name, records in sources.items()
    }
    everything = [
        case for name, found in sets.items() if "not learnt" not in name for case in found
    ]
    fitted, limits = learn(everything)
    for name, found in sets.items():
        report(name, found, 0 if "not learnt" in name else args.show)  # nobody is to read those
    for path in args.score:
        for i, rules in enumerate(some_rules()):
            report(
                f"not seen: {path.parent.name}, rules {i}",
                list(cases(read(path), rules)),
                args.show,
            )
    print(f"bias {fitted.bias}, trust {fitted.trust}, thresholds {limits}")
    for where, three in fitted.couplings.items():
        print(f"{where:30} {three}")
    if args.write:
        WEIGHTS.write_text(written(fitted, limits), encoding="utf-8")
    if args.guard:
        guard(everything)


def guard(everything: Sequence[Case]) -> None:
    """Fit on half of the families and genres, score on the other half, both ways."""
    names = sorted({family(case) for case in everything})
    for seed in (0, 1):
        ours = set(names[seed::2])
        learn([c for c in everything if family(c) in ours or c.record.get("hard")])
        inside = report("  own half", [c for c in everything if family(c) in ours])
        outside = report("other half", [c for c in everything if family(c) not in ours])
        print(f"difference: {inside - outside:.1%}")


def family(case: Case) -> str:
    """What the halves of the guard are made of."""
    record = case.record
    return str(record.get("family") or record.get("genre") or record["id"])


if __name__ == "__main__":
    main()
