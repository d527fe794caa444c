"""The figures of a run as rows and as Markdown: what Prefect is given to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.figures import KINDS, Figures
from flows.report import number, percent

MOST_ROWS = 20


def cuts_markdown(run: Figures) -> str:
    """What was cut, turned away and found to be incomplete, as tables in Markdown."""
    return "\n\n".join(_cuts(run)) + "\n"


def cuts_table(run: Figures) -> list[dict[str, str | int]]:
    """One row a kind of noise."""
    return [
        {
            "kind": f"{kind.name} {KINDS.get(kind.name, '')}".strip(),
            "characters": kind.characters,
            "of all text": percent(kind.characters, run.characters),
            "cuts": kind.cuts,
            "documents": kind.documents,
        }
        for kind in run.kinds
    ]


def _cuts(run: Figures) -> Iterator[str]:
    yield (
        f"{number(run.pages)} pages, {number(run.documents)} documents, {number(run.rejected)} "
        f"turned away, {number(run.truncated)} known to be incomplete; "
        f"{percent(run.removed, run.characters)} of the text was cut."
    )
    if run.kinds:
        yield "## What was cut, by kind"
        rows = cuts_table(run)
        yield rows_markdown(rows[0], (row.values() for row in rows))
        yield "## By rule"
        yield rows_markdown(
            ("rule", "why", "characters", "cuts"),
            ((r.id, r.why, number(r.characters), number(r.cuts)) for r in run.rules[:MOST_ROWS]),
        )
    if run.rejects:
        yield "## Turned away"
        yield rows_markdown(
            ("reason", "pages", "the first, why"),
            ((r.rule, number(r.pages), r.first[0][0]) for r in run.rejects[:MOST_ROWS]),
        )
    if run.hosts:
        yield "## Sources"
        yield rows_markdown(
            ("site", "documents", "turned away", "incomplete"),
            (
                (h.name, number(h.documents), number(h.rejected), number(h.truncated))
                for h in run.hosts[:MOST_ROWS]
            ),
        )


def rows_markdown(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    lines = [list(head), *([cell(str(value)) for value in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def cell(text: str) -> str:
    """Text of strangers in a table: on one line, and no markup."""
    return " ".join(text.translate(str.maketrans(dict.fromkeys("|`<>[]", " "))).split())
