"""The commands for files: `zhengben clean` and `zhengben explain`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from cleaners.document import Rejected
from cleaners.errors import UsageError
from cleaners.normalise import Form
from flows.commit import has_stopped_run
from flows.containers.kinds import PAGE_SUFFIXES
from flows.found import Found
from flows.local import Output, Summary, clean_found, clean_paths, find_all, read_packs
from flows.read import STDIN, standard_input
from flows.single import Job, clean_into, form_of, is_file_name, put_into
from flows.survey import columns_of, survey

if TYPE_CHECKING:
    from flows.figures import Figures, RejectFigure

OUT = Path("zhengben-out")
DONE, AT_FAULT = 0, 1
REASONS = 6  # for which pages were rejected, of those that a run names when it ends
GO_ON = "what is done is kept: the same command with --resume goes on from there"

Format = Literal["text", "markdown", "jsonl", "parquet"]

# `-` is a path here, so options that do not exist arrive as paths too: see _checked.
Paths = Annotated[Path, Parameter(name="PATH", allow_leading_hyphen=True)]
PackFiles = Annotated[
    tuple[Path, ...],
    Parameter(name="--rules", negative=(), show_default=False),
]
StepsOff = Annotated[
    tuple[str, ...],
    Parameter(name="--off", negative=(), show_default=False),
]
Target = Annotated[
    Literal["simplified", "traditional"] | None,
    Parameter(name="--script", show_default=False),
]
As = Annotated[Format | None, Parameter(name="--format", show_default=False)]
Column = Annotated[str, Parameter(show_default=False)]
Switch = Annotated[bool, Parameter(negative=(), show_default=False)]


def register(app: App) -> None:
    """Add the commands of this module to the command line."""
    app.command(
        clean,
        usage="Usage: zhengben clean [OPTIONS] PATH…",
        help_epilogue="Example:\n    $ zhengben clean data/samples --out cleaned --no-text",
    )
    app.command(
        explain,
        usage="Usage: zhengben explain [OPTIONS] PATH…",
        help_epilogue="Example:\n    $ zhengben explain data/samples",
    )


def clean(
    *paths: Paths,
    out: Path | None = None,
    rules: PackFiles = (),
    off: StepsOff = (),
    script: Target = None,
    output: As = None,
    links: Switch = False,
    chapters: Switch = False,
    text_column: Column = "",
    html_column: Column = "",
    id_column: Column = "",
    workers: int = 0,
    text: Annotated[bool | None, Parameter(show_default=False)] = None,
    resume: Switch = False,
    times: Switch = False,
    force: Switch = False,
) -> int:
    """
    Clean files and folders into a dataset: Parquet, texts, manifest, report.

    Folders are read with all below them, but nothing hidden: pages and texts,
    archives (zip, tar, gz, zst), WARC, mbox, and rows (jsonl, csv, tsv, parquet).
    A page that cannot be used is a row of rejects.parquet. A run that is stopped
    goes on with --resume, and nothing is cleaned twice.

    `zhengben clean -` is a filter: a page on standard input, its clean text on
    standard output, documents of a collection separated by a line with a form
    feed. Of a rejected page the reason is told, and the exit status is 1.

    Parameters
    ----------
    paths
        Files and folders; `-` is standard input.
    out
        Folder of the dataset, zhengben-out unless given; a dataset in it is replaced. For one
        file it may be a file as well: .txt, .md or .jsonl.
    rules
        A rule pack (TOML) to use beside the shipped ones. May be given again.
    off
        Leave out a step: characters, lines, spaces, punctuation or gaps. May be given again.
    script
        Convert the clean texts with OpenCC; otherwise they stay as they are written.
    output
        parquet or jsonl: only that table of documents, without texts as files. text, or
        markdown with headings, lists, tables and code: all texts as files, too, those of rows
        among them. Unless given: Parquet, and the texts of files.
    links
        Find the links in the texts: for Markdown, and the column links.
    chapters
        Of a book (EPUB), make a document of each chapter.
    text_column
        The column of rows that is cleaned; text, content and the like are found without it.
        The other columns are kept in the metadata.
    html_column
        The same, when the column holds HTML.
    id_column
        The column that names a row, in place of its number.
    workers
        Worker processes; 0 is one for each processor.
    text
        Write the clean texts as files too, or do not, whatever the format.
    resume
        Go on with the run into this folder that was stopped.
    times
        Measure the slowest pages and rules, for the report. Times differ from run to run, so its
        bytes do too; those of the data do not.
    force
        Replace the file that --out names, though it holds something else.
    """
    places = checked("clean", paths)
    if workers < 0:
        raise UsageError("--workers", "is less than 0", saw=str(workers), do="0 is all processors")
    columns = columns_of(text_column, html_column, id_column)
    form = Form(frozenset(off), script or "")
    job = Job(places, rules, form, columns, links=links, chapters=chapters, workers=workers)
    if times and ((places == [STDIN] and out is None) or (out is not None and is_file_name(out))):
        raise UsageError("--times", "is for the report of a dataset", do="add --out FOLDER")
    if places == [STDIN] and out is None:
        return _filter(job, output)
    if out is not None and is_file_name(out):
        return _into_file(job, out, output, force=force)
    if force:
        raise UsageError("--force", "is for --out FILE", do="a dataset is replaced without it")
    output_into = output_of(output, texts=text)
    return _into_folder(job, out or OUT, output_into, resume=resume, times=times)


def explain(
    *paths: Paths,
    rules: PackFiles = (),
    chapters: Switch = False,
    text_column: Column = "",
    html_column: Column = "",
    id_column: Column = "",
) -> int:
    """
    Show pages with every cut in its place, under the name of its rule.

    Also what was harvested, repaired and flagged. Colours on a terminal, unless
    NO_COLOR is set.

    Parameters
    ----------
    paths
        Files and folders; `-` is standard input.
    rules
        A rule pack (TOML) to use beside the shipped ones. May be given again.
    chapters
        Of a book (EPUB), show each chapter as a document.
    text_column
        The column of rows that is cleaned; text, content and the like are found without it.
    html_column
        The same, when the column holds HTML.
    id_column
        The column that names a row, in place of its number.
    """
    from cleaners.show import show, visible  # noqa: PLC0415

    places = checked("explain", paths)
    columns = columns_of(text_column, html_column, id_column)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    stdin = _stdin(places)
    survey(find_all(places, stdin=stdin), columns)
    found = find_all(places, stdin=stdin)
    several = len(places) > 1 or places[0].is_dir()
    packs = read_packs(rules)
    with closing(clean_found(found, packs, chapters=chapters, columns=columns)) as cleaned:
        for number, (file, results) in enumerate(cleaned):
            if several or file.within:
                sys.stdout.write(f"{chr(10) * (number > 0)}=== {visible(file.name)}\n")
            sys.stdout.write(show(results, colour=colour))
    return DONE


def output_of(output: Format | None, *, texts: bool | None) -> Output:
    """
    What a format stands for; `texts` is what somebody said beside it.

    >>> output_of("markdown", texts=None)
    Output(texts=True, text_format='markdown', table='parquet')
    >>> output_of("jsonl", texts=None).texts, output_of("jsonl", texts=True).texts
    (False, True)
    """
    match output:
        case None:
            return Output(texts)
        case "text" | "markdown":
            return Output(texts is not False, output)
        case "parquet" | "jsonl":
            return Output(texts is True, table=output)


def checked(command: str, paths: Sequence[Path]) -> list[Path]:
    """The paths; an option that we do not know would be taken for one of them."""
    if not paths:
        raise UsageError(command, "needs a file or a folder", do=f"zhengben {command} data/samples")
    for path in paths:
        if str(path).startswith("-") and path != STDIN and not os.path.lexists(path):
            raise UsageError(
                str(path), f"`{command}` has no such option", do=f"zhengben {command} --help"
            )
    return list(paths)


def _into_folder(job: Job, out: Path, output: Output, *, resume: bool, times: bool) -> int:
    """Files and folders to a dataset."""
    from flows.progress import shown  # noqa: PLC0415
    from flows.times import Times  # noqa: PLC0415

    began = time.monotonic()
    told: list[Figures] = []
    if resume and not has_stopped_run(out):
        _say(f"zhengben: no run was stopped in {out}; this one begins anew")
    with shown() as watch, _telling_how_to_go_on(out):
        summary = clean_paths(
            job.places,
            out,
            pack_files=job.pack_files,
            form=job.form,
            stdin=_stdin(job.places),
            workers=job.workers,
            links=job.links,
            chapters=job.chapters,
            columns=job.columns,
            output=output,
            resume=resume,
            times=Times() if times else None,
            tell=told.append,
            watch=watch,
        )
    if not summary.files:
        _say(
            "zhengben: nothing to read there; in folders only "
            f"{' '.join(sorted(PAGE_SUFFIXES))}, archives and rows (zhengben clean --help)"
        )
    for figures in told:
        for line in _reasons(figures.rejects):
            _say(line)
    _say(_last_line(summary, time.monotonic() - began, out))
    return DONE


def _into_file(job: Job, out: Path, output: Format | None, *, force: bool) -> int:
    """One file to one file."""
    job = replace(job, stdin=_stdin(job.places))
    told = clean_into(job, out, form_of(out, output), force=force, tell=_tell)
    what = str(out) if told.documents else "nothing was written"
    _say(f"{_count(told.documents, 'document')}, {told.rejects:,} rejected; {what}")
    return DONE if told.documents else AT_FAULT


def _filter(job: Job, output: Format | None) -> int:
    """Standard input to standard output: UTF-8 and line feeds, whatever the locale says."""
    sys.stdout.flush()
    job = replace(job, stdin=_stdin(job.places))
    told = put_into(sys.stdout.buffer, job, form_of(STDIN, output), tell=_tell)
    sys.stdout.buffer.flush()
    return AT_FAULT if told.rejects else DONE


def _tell(page: Found, reject: Rejected) -> None:
    where = "" if page.key == "stdin" else f"{page.name}: "
    _say(f"rejected: {where}{reject.rule}: {reject.why}")


@contextmanager
def _telling_how_to_go_on(out: Path) -> Generator[None]:
    """When somebody stops a run that can be gone on with."""
    try:
        yield
    except KeyboardInterrupt:
        if has_stopped_run(out):
            raise KeyboardInterrupt(GO_ON) from None
        raise


def _stdin(places: Sequence[Path]) -> Found | None:
    return standard_input(sys.stdin.buffer) if STDIN in places else None


def _reasons(rejects: Sequence[RejectFigure]) -> Iterator[str]:
    """Why pages were rejected, each reason with the first of its pages."""
    from cleaners.show import place, visible  # noqa: PLC0415  only runs with rejects need it

    for each in rejects[:REASONS]:
        why, source = each.first[0]
        where = visible(place(source))
        others = f" and {each.pages - 1:,} more" if each.pages > 1 else ""
        yield f"rejected: {where}{others}: {each.rule}: {visible(why)}"
    if (left := len(rejects) - REASONS) > 0:
        yield f"rejected for {left} more reason{'s' if left > 1 else ''}: see the report"


def _last_line(summary: Summary, seconds: float, out: Path) -> str:
    before = f" ({summary.resumed:,} of them before)" if summary.resumed else ""
    return (
        f"{_count(summary.files, 'file' if summary.total else 'page')}{before}: "
        f"{_count(summary.documents, 'document')} ({summary.truncated:,} truncated), "
        f"{summary.rejects:,} rejected; {seconds:.1f} s; {out}/report.html"
    )


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
