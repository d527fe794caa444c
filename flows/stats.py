"""The figures of a dataset on a terminal: tables with bars, by rich."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.figures import KINDS, Figures, SignalFigure
from flows.report import number, percent, value, visible

BAR, NARROW_BAR, LONG_BAR = 24, 14, 40  # columns
NARROW = 90  # columns of a terminal
EIGHTHS = " ▏▎▍▌▋▊▉█"
STEPS = "▁▂▃▄▅▆▇█"
CUT, NAME, SOFT = "red", "bold", "dim"

Bar = Callable[[int, int], Text]


def show(run: Figures, console: Console, *, top: int = 15) -> None:
    """Print the figures; of long tables the `top` first rows."""

    def sized(part: int, most: int) -> Text:
        return bar(part, most, NARROW_BAR if console.width < NARROW else BAR)

    console.print(_head(run))
    for table in (_kinds, _rules, _rejects, _hosts, _signals):
        for part in table(run, sized, top):
            console.print(Padding(part, (1, 0, 0, 0)))
    if run.silent:
        silent = sum(len(names) for _, names in run.silent)
        told = f"{silent:,} of {run.in_force:,} rules left no trace; report.html names them."
        console.print(Padding(Text(told, SOFT), (1, 0, 0, 0)))


def _head(run: Figures) -> RenderableType:
    """What came in and went out, in one line and one bar."""
    some = (
        (run.pages, "pages", ""),
        (run.documents, "documents", ""),
        (run.rejected, "turned away", CUT),
        (run.truncated, "incomplete", CUT),
        (run.collections, "collections", ""),
        *([(run.copies, "copies", ""), (run.completed, "completed", "")] if run.compared else ()),
    )
    line = Text("   ").join(
        Text.assemble((number(count), f"{NAME} {style if count else ''}".strip()), f" {what}")
        for count, what, style in some
    )
    share = percent(run.removed, run.characters)
    told = Text.assemble((f" {share}", f"{NAME} {CUT}"), f" of {number(run.characters)} characters")
    return Group(line, bar(run.removed, run.characters, LONG_BAR) + told)


def _kinds(run: Figures, sized: Bar, _: int) -> Iterator[RenderableType]:
    if run.kinds:
        table = _table("What was cut, by kind", "characters", "cuts", "of all text")
        for kind in run.kinds:
            table.add_row(
                Text.assemble((visible(kind.name), NAME), (f" {KINDS.get(kind.name, '')}", SOFT)),
                sized(kind.characters, run.kinds[0].characters),
                number(kind.characters),
                number(kind.cuts),
                percent(kind.characters, run.characters),
            )
        yield table


def _rules(run: Figures, sized: Bar, top: int) -> Iterator[RenderableType]:
    if run.rules:
        table = _table("By rule", "characters", "cuts", "documents")
        for rule in run.rules[:top]:
            table.add_row(
                Text(visible(rule.id), NAME),
                sized(rule.characters, run.rules[0].characters),
                number(rule.characters),
                number(rule.cuts),
                number(rule.documents),
            )
        yield _and_more(table, len(run.rules) - top, "rules")


def _rejects(run: Figures, _: Bar, top: int) -> Iterator[RenderableType]:
    if run.rejects:
        table = _table("Turned away", "pages", bars=False)
        table.add_column("why, of the first", no_wrap=True, overflow="ellipsis", ratio=1)
        for reject in run.rejects[:top]:
            why = " ".join(visible(reject.first[0][0]).split()) if reject.first else ""
            table.add_row(
                Text(visible(reject.rule), NAME),
                number(reject.pages),
                Text(why, SOFT),
            )
        yield _and_more(table, len(run.rejects) - top, "reasons")


def _hosts(run: Figures, sized: Bar, top: int) -> Iterator[RenderableType]:
    if run.hosts:
        table = _table("Sources", "documents", "turned away", "incomplete", "cut")
        most = max(host.documents for host in run.hosts)
        for host in run.hosts[:top]:
            table.add_row(
                Text(visible(host.name), NAME),
                sized(host.documents, most),
                number(host.documents),
                number(host.rejected),
                number(host.truncated),
                percent(host.removed, host.characters),
            )
        yield _and_more(table, len(run.hosts) + run.more_hosts - top, "sources")


def _signals(run: Figures, _: Bar, __: int) -> Iterator[RenderableType]:
    if run.signals:
        table = _table("Measures", "least", "median", "most")
        for signal in run.signals:
            table.add_row(
                Text(visible(signal.name), NAME),
                Text(spark(signal), "cyan"),
                *(value(each, signal.name) for each in (signal.least, signal.middle, signal.most)),
            )
        yield table


def _table(title: str, *columns: str, bars: bool = True) -> Table:
    """Names to the left, a bar, and numbers to the right."""
    table = Table(
        title=Text(title, "bold underline"),
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style=SOFT,
    )
    table.add_column("", overflow="fold", min_width=20)
    if bars:
        table.add_column("", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _and_more(table: Table, more: int, what: str) -> RenderableType:
    return Group(table, Text(f"and {more:,} more {what}", SOFT)) if more > 0 else table


def bar(part: int, most: int, columns: int = BAR) -> Text:
    """
    A bar as long as `part` is of `most`, to the eighth of a column.

    >>> bar(1, 2, 4).plain, bar(1, 3, 4).plain, bar(0, 3, 4).plain
    ('██  ', '█▍  ', '    ')
    """
    eighths = max(1, round(8 * columns * part / most)) if part and most else 0
    whole, rest = divmod(eighths, 8)
    text = "█" * whole + (EIGHTHS[rest] if rest else "")
    return Text(f"{text:{columns}}", CUT)


def spark(signal: SignalFigure) -> str:
    """The spread of a signal in a column a bar."""
    numbers: Sequence[int] = [each.number for each in signal.bars]
    most = max(numbers)
    return "".join(
        STEPS[max(0, -(-count * len(STEPS) // most) - 1)] if count else " " for count in numbers
    )
