"""
The guard against tuning: what the rules of one half of the sites are worth on the other.

    python tests/bench/guard.py BENCH DOCS.jsonl... [--pages] [--own]

BENCH is the folder with dev.jsonl and html/; DOCS are composed records of the same form.
The families of sites fall into two halves. A rule counts as written on a half when it
takes noise there; all others are switched off, as if nobody had seen their sites, and
the weights of the line model are fitted on that half, on real pages and on made-up ones. Then both halves are
cleaned, both ways round. The figure is the difference in recall between the half that
was seen and the one that was not. With `--own`, packs that were written from what sites print,
without a look at the bench, count as written on either half.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fit_lines import (
    LEARNT,
    MADE_UP,
    Record,
    bodies,
    cases,
    characters,
    learn,
    lookalikes,
    read,
    real_pages,
    use,
    written_pages,
)  # fmt: skip
from made_up import made_up

from cleaners import clean_text, packs
from cleaners.rules import Rules

OWN = ("platforms", "services", "stamps")  # written without the bench


def halves(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """The records of every other family, and the rest."""
    families = sorted({str(record["family"]) for record in records})
    first = set(families[::2])
    return (
        [record for record in records if str(record["family"]) in first],
        [record for record in records if str(record["family"]) not in first],
    )


def written_on(records: Sequence[Record], own: Sequence[str]) -> Rules:
    """The rules that take noise of these records, those of packs that are nobody's, and no others."""
    used: set[str] = set()
    for record in records:
        noise = characters((s["start"], s["end"]) for s in record["spans"])
        for document in clean_text(record["text"]):
            used |= {
                r.rule for r in document.removals if not noise.isdisjoint(range(r.start, r.end))
            }
    return Rules(
        tuple(
            replace(pack, rules=tuple(r for r in pack.rules if r.id in used or pack.name in own))
            for pack in packs.shipped()
        )
    )


def recall(records: Sequence[Record], rules: Rules | None) -> tuple[float, float]:
    """The shares of the noise that goes and of the text that stays, by letters and digits."""
    there = gone = text = lost = 0
    for record in records:
        said = {i for i, c in enumerate(record["text"]) if c.isalnum()}
        noise = said & characters((s["start"], s["end"]) for s in record["spans"])
        body = said - noise - characters(record["ambiguous"])
        taken = characters(
            (r.start, r.end) for d in clean_text(record["text"], rules) for r in d.removals
        )
        there += len(noise)
        gone += len(noise & taken)
        text += len(body)
        lost += len(body & taken)
    return gone / (there or 1), 1 - lost / (text or 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("docs", type=Path, nargs="+")
    parser.add_argument("--pages", action="store_true", help="learn from the written pages as well")
    parser.add_argument("--own", action="store_true", help=f"with all rules of {', '.join(OWN)}")
    args = parser.parse_args()
    records = [r for path in (args.bench / "dev.jsonl", *args.docs) for r in read(path)]
    unlabelled = [*real_pages(args.bench), *lookalikes()]
    if args.pages:
        unlabelled += [page for half in LEARNT for page in written_pages(half)]
    first, second = halves(records)
    for name, seen, unseen in (("first half", first, second), ("second half", second, first)):
        rules = written_on(seen, OWN if args.own else ())
        known = sum(len(pack.rules) for pack in rules.packs)
        made = made_up(bodies(args.bench, seen), MADE_UP)
        use(*learn([*cases([*seen, *unlabelled, *made], rules)]))
        own, other = recall(seen, rules), recall(unseen, rules)
        print(
            f"written on the {name} ({len(seen)} documents, {known} rules):"
            f" recall {own[0]:.2%} there, {other[0]:.2%} on the other ({len(unseen)} documents),"
            f" difference {100 * (own[0] - other[0]):.1f} points; retention {own[1]:.3%}, {other[1]:.3%}"
        )


if __name__ == "__main__":
    main()
