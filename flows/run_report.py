"""What a run has done, for people: a table and a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from flows.run import OUTCOMES, Report, Run

MEANING = {
    "asked": "URLs asked for, lists and feeds among them",
    "new": "pages not known before",
    "changed": "pages with other bytes than before",
    "unchanged": "pages as they were",
    "gone": "pages that are not there any more",
    "failed": "pages that gave nothing this time",
    "refused": "pages that we may not or will not ask for",
    "documents": "documents added",
    "rejects": "rejects added",
    "bytes": "bytes of archive files",
}


def line(done: Report) -> str:
    """
    One line for a terminal.

    >>> counts = dict.fromkeys(MEANING, 0) | {"asked": 1200, "new": 31, "documents": 30, "rejects": 1}
    >>> line(Report("r", "渡口小报", "completed", "", counts, 75.2))
    '渡口小报: 1,200 asked, 31 new; 30 documents, 1 reject added; 75.2 s'
    """
    said = [f"{done.counts['asked']:,} asked"]
    said += [f"{done.counts[name]:,} {name}" for name in OUTCOMES if done.counts[name]]
    documents, rejects = done.counts["documents"], done.counts["rejects"]
    added = f"{documents:,} document{_s(documents)}, {rejects:,} reject{_s(rejects)} added"
    state = "" if done.state == "completed" else f"{done.state}; "
    return f"{done.origin}: {state}{', '.join(said)}; {added}; {done.seconds:.1f} s"


def table(done: Report) -> list[dict[str, str | int]]:
    """One row a count."""
    return [
        {"count": name, "number": done.counts[name], "meaning": meaning}
        for name, meaning in MEANING.items()
    ]


def markdown(run: Run, done: Report) -> str:
    """The run on a page: its counts, why pages were rejected, lists that could not be had."""
    parts = [
        f"# {_cell(done.origin)}",
        f"Run `{done.run}`, {done.state} after {done.seconds:.1f} s. {_cell(done.note)}".strip(),
        _table(
            ("count", "", ""),
            ((row["count"], row["number"], row["meaning"]) for row in table(done)),
        ),
    ]
    if run.rules:
        parts += ["## Rejects", _table(("rule", "pages"), run.rules.most_common())]
    if run.failing:
        parts += ["## Lists that could not be had", _table(("URL", "why"), run.failing.items())]
    if run.swept:
        parts += [
            "## Runs that were killed before",
            "\n".join(f"- `{dead.run}`" for dead in run.swept),
        ]
    return "\n\n".join(parts) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), *([_cell(str(value)) for value in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(text: str) -> str:
    """Text of strangers in a table: on one line, and no markup."""
    return " ".join(text.translate(str.maketrans(dict.fromkeys("|`<>[]", " "))).split())


def _s(number: int) -> str:
    return "" if number == 1 else "s"
