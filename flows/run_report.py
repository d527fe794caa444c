"""What a run has done, for people: a line, tables and Markdown, and the report as a page."""

from __future__ import annotations

from pathlib import Path

from flows.artifacts import cell, cuts_markdown, rows_markdown
from flows.commit import disk_errors
from flows.figures import Figures, figures
from flows.local import rules_of
from flows.progress import time_left
from flows.report import write_report
from flows.run import OUTCOMES, Report, Run

KEPT = 30  # pages of the last runs of a source that brought something

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


def under_way(run: Run) -> str:
    """One line while it works: how far it is, how fast, and how long it will take like this."""
    now = run.report()
    done = sum(now.counts[name] for name in OUTCOMES)
    far = f"{done:,} of {run.due:,} pages" if run.due else f"{done:,} pages"
    documents, rejects = now.counts["documents"], now.counts["rejects"]
    told = f"{now.origin}: {far}, {documents:,} document{_s(documents)}, {rejects:,} rejected"
    if not done or not now.seconds:
        return told
    told += f", {done / now.seconds:,.1f} a second"
    left = max(0, run.due - done) * now.seconds / done
    return f"{told}, {time_left(left)} left" if run.due else told


def table(done: Report) -> list[dict[str, str | int]]:
    """One row a count."""
    return [
        {"count": name, "number": done.counts[name], "meaning": meaning}
        for name, meaning in MEANING.items()
    ]


def figures_of(run: Run) -> Figures:
    """The figures of what a run has cleaned."""
    title = f"{run.source.name}, run {run.begun.run}"
    return figures(run.tally, title=title, rules=rules_of(run.recipe.packs))


def page_of(run: Run) -> Path | None:
    """Where the run's report is; None for a run that has cleaned nothing."""
    if not run.tally.pages:
        return None
    return run.data / "reports" / run.journal.name / f"{run.begun.run}.html"


def write_page(run: Run) -> Path | None:
    """
    Write the run's report, and let go of those of long ago; where it is, if there is any.

    DatasetError: the disk refuses.
    """
    page = page_of(run)
    if page is None:
        return None
    with disk_errors(page):
        page.parent.mkdir(parents=True, exist_ok=True)
        write_report(page, figures_of(run))
        for old in sorted(page.parent.glob("*.html"))[:-KEPT]:
            old.unlink(missing_ok=True)
    return page


def markdown(run: Run, done: Report) -> str:
    """The run on a page: its counts, why pages were rejected, lists that could not be had."""
    page = page_of(run)
    parts = [
        f"# {cell(done.origin)}",
        f"Run `{done.run}`, {done.state} after {done.seconds:.1f} s. {cell(done.note)}".strip(),
        rows_markdown(
            ("count", "", ""),
            ((row["count"], row["number"], row["meaning"]) for row in table(done)),
        ),
    ]
    if page:
        parts += [
            f"Report: `{cell(str(page.absolute()))}`",
            cuts_markdown(figures_of(run)).strip(),
        ]
    if run.failing:
        parts += [
            "## Lists that could not be had",
            rows_markdown(("URL", "why"), run.failing.items()),
        ]
    if run.swept:
        parts += [
            "## Runs that were killed before",
            "\n".join(f"- `{dead.run}`" for dead in run.swept),
        ]
    return "\n\n".join(parts) + "\n"


def _s(number: int) -> str:
    return "" if number == 1 else "s"
