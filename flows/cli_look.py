"""The commands to look at a dataset: `zhengben stats` and `zhengben review`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from cleaners.errors import UsageError

if TYPE_CHECKING:
    from flows.review.data import Page

DONE, AT_FAULT = 0, 1
Switch = Annotated[bool, Parameter(negative=(), show_default=False)]
Dataset = Annotated[Path, Parameter(name="DATASET")]
TOP = 15
LIMIT = 2_000
PAGE, PACK, ANSWERS = Path("review.html"), Path("mine.toml"), Path("answers.jsonl")


def register(app: App) -> None:
    """Add the commands of this module to the command line."""
    app.command(
        stats,
        usage="Usage: zhengben stats [OPTIONS] DATASET",
        help_epilogue="Example:\n    $ zhengben stats data/releases/samples",
    )

    app.command(
        review,
        usage="Usage: zhengben review [OPTIONS] DATASET",
        help_epilogue="Example:\n    $ zhengben review data/releases/samples --serve",
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
        return DONE
    show(run, Console(highlight=False), top=top)
    return DONE


def review(
    dataset: Dataset,
    /,
    *,
    out: Path | None = None,
    serve: Switch = False,
    apply: Annotated[tuple[Path, ...], Parameter(negative=(), show_default=False)] = (),
    answers: Path | None = None,
    port: int = 0,
    limit: int = LIMIT,
    rule: Annotated[str, Parameter(show_default=False)] = "",
    force: Switch = False,
) -> int:
    """
    Look at cuts in a browser and say which are wrong; then make a rule pack of that.

    Writes one file that opens anywhere and loads nothing. With --serve the page is on this
    machine's loopback and saves answers as they are given. --apply turns answers into a pack that
    proves itself: what was cut wrongly is kept from then on, by `zhengben clean --rules mine.toml`.

    Parameters
    ----------
    dataset
        A folder that `zhengben clean` or `zhengben export` has written.
    out
        The page, review.html unless given; with --apply the pack, mine.toml unless given.
    serve
        Serve the page until Ctrl-C, for this machine only.
    apply
        Answers that the page has saved or downloaded. May be given again.
    answers
        Where --serve saves them: answers.jsonl unless given, which it goes on with.
    port
        For --serve; a free one unless given.
    limit
        Documents on the page, spread over the dataset.
    rule
        Only documents with a cut of this rule.
    force
        Replace the pack that --out names, though it was written by hand.
    """
    if serve and (apply or out):
        raise UsageError("--serve", "writes no page and no pack", do="leave --out and --apply out")
    if not serve and (answers or port):
        raise UsageError("--answers and --port", "are for --serve", do="add --serve")
    if limit < 1:
        raise UsageError(
            "--limit", "is less than 1", saw=str(limit), do=f"{LIMIT:,} is the default"
        )
    if apply:
        return _apply(dataset, apply, out or PACK, force=force)
    from flows.review.data import Wanted, page_of  # noqa: PLC0415  pyarrow

    page = page_of(dataset, Wanted(limit, rule))
    if rule and not page.documents:
        raise UsageError(
            rule, "has cut nothing in this dataset", do=f"zhengben stats {dataset} names the rules"
        )
    _say(f"{len(page.documents):,} of {page.total:,} documents")
    if serve:
        return _serve(dataset, page, answers or ANSWERS, port)
    from flows.review.page import write_page  # noqa: PLC0415

    write_page(out or PAGE, page)
    _say(f"{out or PAGE}: open it in a browser")
    return DONE


def _serve(dataset: Path, page: Page, file: Path, port: int) -> int:
    from flows.review.serve import Review  # noqa: PLC0415

    served = Review(page, file, port)
    print(served.url, flush=True)
    _say(f"open it in a browser; answers go into {file}; Ctrl-C ends")
    try:
        served.run()
    except KeyboardInterrupt:
        pass
    finally:
        given = served.answers
        _say(f"{len(given):,} answers in {file}")
        if given:
            _say(f"zhengben review {dataset} --apply {file} --out {PACK}")
    return DONE


def _apply(dataset: Path, files: tuple[Path, ...], out: Path, *, force: bool) -> int:
    from flows.commit import disk_errors, write_durably  # noqa: PLC0415  pyarrow, by its neighbours
    from flows.review.answers import latest, read_answers  # noqa: PLC0415
    from flows.review.pack import MADE, make_pack  # noqa: PLC0415

    if out.exists() and not force and not _begins(out, MADE):
        raise UsageError(
            str(out),
            "is there, and was not made by zhengben review",
            do="name another file, or replace it with --force",
        )
    given = latest(answer for file in files for answer in read_answers(file))
    if not given:
        raise UsageError(str(files[0]), "has no answers", do="zhengben review DATASET --serve")
    made = make_pack(dataset, given, out.stem)
    for answer, why in made.left:
        about = answer.rule or "missed noise"
        _say(f"left out: {about} in {answer.document[:8]}: {why}: {answer.text[:60]!r}")
    if not made.rows and not made.proofs:
        _say("nothing was written: no answer gives a rule or an example")
        return AT_FAULT
    with disk_errors(out):
        write_durably(out, made.toml)
    _say(
        f"{out}: {made.wrong:,} wrong cuts are kept, {made.noise:,} missed lines are cut, "
        f"{len(made.proofs):,} right cuts are examples; {len(made.left):,} answers left out"
    )
    _say(f"zhengben clean PATH --rules {out}")
    return DONE


def _begins(file: Path, text: str) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(text)) == text.encode()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
