"""The difference of two datasets, to read: on the terminal, and as one HTML file."""

from __future__ import annotations

import sys
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cleaners.difference import Piece
from cleaners.show import place
from flows.commit import disk_errors, write_durably
from flows.differences import Changed, Difference
from flows.report import visible

RULES = 20  # shown on the terminal; the page has them all
WIDTH = 100  # columns where there is no terminal
SIGNS = {"gone": "-", "back": "+"}
STYLES = {"gone": "red", "back": "green"}


def as_text(found: Difference, console: Console | None = None) -> None:
    """Print it on standard output; colours on a terminal."""
    if console is None:
        width = None if sys.stdout.isatty() else WIDTH
        console = Console(file=sys.stdout, width=width, highlight=False, soft_wrap=True)
    for line in lines(found):
        console.print(Text(line))
    if found.rules:
        console.print(_rules(found))
    for each in found.largest:
        console.print(Text(f"\n{_heading(each)}", style="bold"))
        for piece in each.pieces:
            console.print(_piece(piece))


def lines(found: Difference) -> list[str]:
    """The counts, a line each; what is nought is left out."""
    counts = f"{found.documents_before:,} documents, now {found.documents_after:,}"
    said = [f"{found.before} → {found.after}: {counts}"]
    changed = sum(found.changed.values())
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in found.changed.items())
    said.append(f"unchanged {found.unchanged:,}, changed {changed:,}{f' ({kinds})' * bool(kinds)}")
    others = {"added": found.added, "removed": found.removed, "moved": found.moved}
    for what, count in others.items():
        if count:
            sources = found.examples.get(what, ())
            more = " …" if count > len(sources) else ""
            said.append(f"{what} {count:,}: {', '.join(visible(place(s)) for s in sources)}{more}")
    if found.columns:
        said.append(
            "columns: " + ", ".join(f"{name} {count:,}" for name, count in found.columns.items())
        )
    for rule, (before, after) in found.rejects.items():
        said.append(f"rejects {rule}: {before:,}, now {after:,}")
    for sign, packs in zip("-+", found.packs, strict=True):
        said += [f"packs {sign} {', '.join(packs)}"] if packs else []
    return said


def write_page(path: Path, found: Difference) -> None:
    """
    Write it as one HTML file that loads nothing, completely or not at all.

    DatasetError: the disk refuses.
    """
    folder = Path(__file__).parent
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters.update(
        {"visible": visible, "place": place, "number": _number, "signed": _signed}
    )
    # One look for all our pages: the style is that of the report.
    report = (folder / "report.html.j2").read_text(encoding="utf-8")
    style = report.partition("<style>")[2].partition("</style>")[0]
    template = environment.from_string((folder / "difference.html.j2").read_text(encoding="utf-8"))
    most = max((abs(rule.characters) for rule in found.rules), default=0)
    with disk_errors(path):
        write_durably(
            path, template.render(found=found, lines=lines(found)[1:], style=style, most=most)
        )


def _rules(found: Difference) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left")
    table.add_column("rule")
    for name in ("characters", "now", "change", "cuts", "now", "change"):
        table.add_column(name, justify="right")
    for each in found.rules[:RULES]:
        table.add_row(
            each.rule,
            _number(each.characters_before),
            _number(each.characters_after),
            _signed(each.characters),
            _number(each.cuts_before),
            _number(each.cuts_after),
            _signed(each.cuts),
        )
    if len(found.rules) > RULES:
        table.add_row(f"… {len(found.rules) - RULES:,} more: --html, --json")
    return table


def _heading(each: Changed) -> str:
    part = f", part {each.part + 1}" if each.part else ""
    return (
        f"=== {visible(place(each.source))}{part}: {each.change.size:,} characters went or came back; "
        f"{each.characters_before:,}, now {each.characters_after:,}"
    )


def _piece(piece: Piece) -> Text:
    """A place: what stands before it, the piece under its rule, what stands after it."""
    rule = f" {piece.rule} |" if piece.rule else ""
    text = Text()
    if piece.before:
        text.append(f"  …{visible(piece.before.strip())}\n", style="dim")
    left_out = f" ({piece.left_out:,} characters are not shown)" if piece.left_out else ""
    shown = visible(piece.text.strip("\n")).replace("⏎\n", f"\n{SIGNS[piece.did]}{rule} ")
    text.append(f"{SIGNS[piece.did]}{rule} {shown}{left_out}", style=STYLES[piece.did])
    if piece.after:
        text.append(f"\n  {visible(piece.after.strip())}…", style="dim")
    return text


def _number(value: int) -> str:
    return f"{value:,}"


def _signed(value: int) -> str:
    return f"{value:+,}".replace("-", "−")
