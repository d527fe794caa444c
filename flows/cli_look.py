"""The commands to look at a dataset: `zhengben stats` and `zhengben review`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from cleaners.errors import UsageError

Switch = Annotated[bool, Parameter(negative=(), show_default=False)]
Dataset = Annotated[Path, Parameter(name="DATASET")]
TOP = 15


def register(app: App) -> None:
    """Add the commands of this module to the command line."""
    app.command(
        stats,
        usage="Usage: zhengben stats [OPTIONS] DATASET",
        help_epilogue="Example:\n    $ zhengben stats data/releases/samples",
    )


def stats(
    dataset: Dataset,
    /,
    *,
    top: int = TOP,
    as_json: Annotated[bool, Parameter(name="--json", negative=(), show_default=False)] = False,
) -> int:
    """
    Count a dataset again: what came in and went out, cuts by kind and rule, rejects, sources.

    The figures are those of report.html. Every file is compared with its checksum first.

    Parameters
    ----------
    dataset
        A folder that `zhengben clean` or `zhengben export` has written.
    top
        Rows of long tables.
    as_json
        All figures as JSON, for programs.
    """
    from flows.look import figures_of  # noqa: PLC0415  pyarrow

    if top < 1:
        raise UsageError("--top", "is less than 1", saw=str(top), do=f"{TOP} is the default")
    run = figures_of(dataset)
    from rich.console import Console  # noqa: PLC0415  rich, likewise

    from flows.stats import show  # noqa: PLC0415

    if as_json:
        print(json.dumps(asdict(run), ensure_ascii=False, indent=2))
        return 0
    show(run, Console(highlight=False), top=top)
    return 0
