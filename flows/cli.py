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
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

from cyclopts import App, CycloptsError, Parameter

from cleaners import packs
from cleaners.clean import CODE_VERSION
from cleaners.errors import RulePackError, UsageError, ZhengbenError
from cleaners.rules import RulePack
from flows import cli_care, cli_copies, cli_data, cli_files, cli_ingest, cli_look, cli_sources
from flows.local import check_pack

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
    suppress_keyboard_interrupt=False,  # main says what is kept, and how to go on
)


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


cli_files.register(app)
cli_look.register(app)
cli_data.register(app)
cli_care.register(app)
cli_copies.register(app)
cli_sources.register(app)
cli_ingest.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status. Errors of use are told without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that has no Chinese is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        with _sigterm_as_exit(), _hidden("numpy", "pandas"):
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
    except KeyboardInterrupt as stop:
        _say(f"zhengben: stopped; {stop.args[0] if stop.args else 'nothing was changed'}")
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


@contextmanager
def _hidden(*names: str) -> Generator[None]:
    """
    Packages that nobody here needs, as if they were not installed.

    Arrow imports them, where they are, only to ask whether a list is an array of theirs:
    twice the time of a small run, and 70 MB.
    """
    finder = _Hiding(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Hiding(MetaPathFinder):
    """Finds some packages before all others do, and says that they are not there."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:  # noqa: ARG002  importlib's
        if fullname in self._names:
            raise ModuleNotFoundError(fullname, name=fullname)


def _near(name: str, known: Iterable[str]) -> str:
    """What to do about a rule that does not exist: those that are called alike."""
    near = difflib.get_close_matches(name, known := list(known), SUGGESTIONS, 0.5)
    near += [other for other in known if name in other and other not in near]
    return f"perhaps {', '.join(near[:SUGGESTIONS])}" if near else "`zhengben rules` lists them all"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
