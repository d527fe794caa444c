"""
The command line: `zhengben clean`, `explain`, `rules`, `check`; the others register theirs.

Data goes to standard output, talk to standard error. Modules that take long to
import are imported by the command that needs them: pyarrow and jinja2 by a
`clean` that writes a dataset, rich by help, errors and progress bars; Prefect never.

Exit status: 0 done, 1 the input is at fault (a filter had to reject it, a pack is
wrong), 2 wrong use, 130 and 143 stopped by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import difflib
import os
import signal
import sys
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal, NoReturn

from cyclopts import App, CycloptsError, Parameter

from cleaners import packs
from cleaners.clean import CODE_VERSION
from cleaners.document import Document, Rejected
from cleaners.errors import RulePackError, UsageError, ZhengbenError
from cleaners.normalise import Form
from cleaners.rules import RulePack
from flows import cli_data, cli_ingest, cli_sources
from flows.local import Summary, check_pack, clean_found, clean_paths, find_all, read_packs
from flows.read import STDIN, SUFFIXES, Found, standard_input
from flows.texts import TextFormat, written

OUT = Path("zhengben-out")
DONE, AT_FAULT, WRONG_USE = 0, 1, 2
SUGGESTIONS = 5
BETWEEN_DOCUMENTS = "\f\n"  # a form feed never stands in a clean text

app = App(
    name="zhengben",
    help="正本: noisy Chinese pages in, clean documents and the proof of every cut out.",
    help_epilogue="Example:\n    $ zhengben clean data/samples",
    help_format="plaintext",
    version=CODE_VERSION,
)

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
As = Annotated[TextFormat, Parameter(name="--format", show_default=False)]


@app.command(
    usage="Usage: zhengben clean [OPTIONS] PATH…",
    help_epilogue="Example:\n    $ zhengben clean data/samples --out cleaned --no-text",
)
def clean(
    *paths: Paths,
    out: Path | None = None,
    rules: PackFiles = (),
    off: StepsOff = (),
    script: Target = None,
    text_format: As = "text",
    links: Annotated[bool, Parameter(negative=())] = False,
    workers: int = 0,
    text: bool = True,
) -> int:
    """
    Clean files and folders into a dataset: Parquet, texts, manifest, report.

    Folders are read with all below them: web pages (.html .htm .xhtml .mht), texts
    (.txt .text .md), .docx .doc .wps .pdf .epub .rtf, but nothing hidden. A page that cannot be used is a row of rejects.parquet.

    `zhengben clean -` is a filter: a page on standard input, its clean text on
    standard output, documents of a collection separated by a line with a form
    feed. Of a rejected page the reason is told, and the exit status is 1.

    Parameters
    ----------
    paths
        Files and folders; `-` is standard input.
    out
        Folder of the dataset, zhengben-out unless given. A dataset in it is replaced.
    rules
        A rule pack (TOML) to use beside the shipped ones. May be given again.
    off
        Leave out a step: characters, lines, spaces, punctuation or gaps. May be given again.
    script
        Convert the clean texts with OpenCC; otherwise they stay as they are written.
    text_format
        How texts are written: text, or markdown with its headings, lists, tables and code.
    links
        Find the links in the texts: for Markdown, and the column links.
    workers
        Worker processes; 0 is one for each processor.
    text
        Write the clean texts as files too.
    """
    places = _checked("clean", paths)
    form = Form(frozenset(off), script or "")
    if places == [STDIN] and out is None:
        return _filter(rules, form, text_format, links=links)
    from flows.progress import shown  # noqa: PLC0415

    out = out or OUT
    began = time.monotonic()
    if workers < 0:
        raise UsageError("--workers", "is less than 0", saw=str(workers), do="0 is all processors")
    with shown() as watch:
        summary = clean_paths(
            places,
            out,
            pack_files=rules,
            form=form,
            stdin=_stdin(places),
            workers=workers,
            texts=text,
            text_format=text_format,
            links=links,
            watch=watch,
        )
    if not summary.files:
        _say(f"zhengben: nothing to read there; in folders only {' '.join(sorted(SUFFIXES))}")
    _say(_last_line(summary, time.monotonic() - began, out))
    return DONE


@app.command(
    usage="Usage: zhengben explain [OPTIONS] PATH…",
    help_epilogue="Example:\n    $ zhengben explain data/samples",
)
def explain(*paths: Paths, rules: PackFiles = ()) -> int:
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
    """
    from cleaners.show import show, visible  # noqa: PLC0415

    places = _checked("explain", paths)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    found = find_all(places, stdin=_stdin(places))
    several = len(places) > 1 or places[0].is_dir()
    with closing(clean_found(found, read_packs(rules))) as cleaned:
        for number, (file, results) in enumerate(cleaned):
            if several:
                sys.stdout.write(f"{chr(10) * (number > 0)}=== {visible(file.key)}\n")
            sys.stdout.write(show(results, colour=colour))
    return DONE


@app.command(
    usage="Usage: zhengben rules [ID | --all]",
    help_epilogue="Example:\n    $ zhengben rules compiled-by",
)
def rules(
    rule_id: Annotated[str, Parameter(name="ID", show_default=False)] = "",
    /,
    *,
    everything: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
) -> int:
    """
    List the shipped rules, or show one: why it is there, what it hits, what it spares.

    Parameters
    ----------
    rule_id
        The name of a rule, as `explain` and the column `removals` give it.
    everything
        The pages of all rules, as Markdown: docs/rules.md.
    """
    from cleaners.pages import EDITS, PYTHON_RULES, repair_page, rule_page, rules_page  # noqa: PLC0415
    from cleaners.repair.kind import Change  # noqa: PLC0415

    if everything:
        sys.stdout.write(rules_page(packs.shipped()))
        return DONE
    known = {rule.id: rule for rule in (*packs.default().active, *PYTHON_RULES, *EDITS)}
    if not rule_id:
        width = max(map(len, known))
        for rule in known.values():
            print(f"{rule.id:{width}}  {rule.why}")
        return DONE
    if rule_id not in known:
        raise UsageError(rule_id, "there is no such rule", do=_near(rule_id, known))
    rule = known[rule_id]
    sys.stdout.write(repair_page(rule) if isinstance(rule, Change) else rule_page(rule))
    return DONE


@app.command(
    usage="Usage: zhengben check PACK…",
    help_epilogue="Example:\n    $ zhengben check cleaners/packs/seo.toml",
)
def check(*pack_files: Annotated[Path, Parameter(name="PACK")]) -> int:
    """
    Load rule packs and prove every rule in them by its examples and counterexamples, and every
    site by its imitated page.

    Parameters
    ----------
    pack_files
        TOML files.
    """
    if not pack_files:
        raise UsageError("check", "needs a rule pack", do="zhengben check mine.toml")
    wrong = 0
    for file in pack_files:
        try:
            pack = check_pack(file)
        except RulePackError as error:
            wrong += 1
            _say(str(error))
        else:
            print(f"ok: {pack.name}, {', '.join(_counts(pack))}")
    return AT_FAULT if wrong else DONE


def _counts(pack: RulePack) -> Iterator[str]:
    """How many rules and sites a pack has, those that it has."""
    for number, name in ((len(pack.rules), "rule"), (len(pack.sites), "site")):
        if number or (name == "rule" and not pack.sites):
            yield f"{number} {name}{'' if number == 1 else 's'}"


cli_data.register(app)
cli_sources.register(app)
cli_ingest.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status. Errors of use are told without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that has no Chinese is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        with _sigterm_as_exit():
            status = app(
                sys.argv[1:] if arguments is None else arguments,
                exit_on_error=False,
                print_error=False,
                result_action="return_value",
            )
            sys.stdout.flush()
    except CycloptsError as error:
        _say(f"zhengben: {error}\n     do: zhengben --help")
        return WRONG_USE
    except ZhengbenError as error:
        _say(f"zhengben: {error}")
        return WRONG_USE
    except KeyboardInterrupt:
        _say("zhengben: stopped; nothing was changed")
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read us has seen enough. The interpreter must not flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return int(status or DONE)


@contextmanager
def _sigterm_as_exit() -> Generator[None]:
    """SIGTERM ends a run the way Ctrl-C does: workers first, nothing partial."""

    def leave(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _filter(pack_files: Sequence[Path], form: Form, text_format: TextFormat, *, links: bool) -> int:
    """Standard input to standard output."""
    found = _stdin([STDIN])
    assert found is not None
    with closing(clean_found([found], read_packs(pack_files), form, links=links)) as cleaned:
        results = [result for _, some in cleaned for result in some]
    documents = [result for result in results if isinstance(result, Document)]
    texts = [f"{written(each, text_format).rstrip(chr(10))}\n" for each in documents]
    sys.stdout.flush()
    # UTF-8 and line feeds, whatever the locale says: this is data.
    sys.stdout.buffer.write(BETWEEN_DOCUMENTS.join(texts).encode(errors="replace"))
    sys.stdout.buffer.flush()
    rejects = [result for result in results if isinstance(result, Rejected)]
    for reject in rejects:
        _say(f"rejected: {reject.rule}: {reject.why}")
    return AT_FAULT if rejects else DONE


def _checked(command: str, paths: Sequence[Path]) -> list[Path]:
    """The paths; an option that we do not know would be taken for one of them."""
    if not paths:
        raise UsageError(command, "needs a file or a folder", do=f"zhengben {command} data/samples")
    for path in paths:
        if str(path).startswith("-") and path != STDIN and not os.path.lexists(path):
            raise UsageError(
                str(path), f"`{command}` has no such option", do=f"zhengben {command} --help"
            )
    return list(paths)


def _near(name: str, known: Iterable[str]) -> str:
    """What to do about a rule that does not exist: those that are called alike."""
    near = difflib.get_close_matches(name, known := list(known), SUGGESTIONS, 0.5)
    near += [other for other in known if name in other and other not in near]
    return f"perhaps {', '.join(near[:SUGGESTIONS])}" if near else "`zhengben rules` lists them all"


def _stdin(places: Sequence[Path]) -> Found | None:
    return standard_input(sys.stdin.buffer) if STDIN in places else None


def _last_line(summary: Summary, seconds: float, out: Path) -> str:
    return (
        f"{summary.files:,} files: {summary.documents:,} documents "
        f"({summary.truncated:,} truncated), {summary.rejects:,} rejected; "
        f"{seconds:.1f} s; {out}/report.html"
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
