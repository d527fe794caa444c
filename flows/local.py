"""
Cleaning local files: what `zhengben clean` and the Prefect flow of flows/clean.py share.

    find ─▶ read, clean (in workers) ─▶ dataset, report

Named for what it works on. clean.py is the unattended run, cli.py the terminal;
both call the functions here and write the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from cleaners import packs
from cleaners.clean import CODE_VERSION, clean
from cleaners.document import Document, Provenance, Rejected
from cleaners.errors import RulePackError, UsageError
from cleaners.normalise import PLAIN, Form, step_names
from cleaners.parse import parse_pack
from cleaners.rules import RulePack, Rules, make_rules
from flows.read import STDIN, Found, Unreadable, find, read
from flows.texts import TextFormat
from flows.workers import Limits, Lost, attempt, run_all

if TYPE_CHECKING:
    from flows.report import Tally

IN_PROCESS_BYTES = 1 << 20  # one file up to this size is not worth a worker process
REPORT = "report.html"

PackText = tuple[str, str]  # where a rule pack comes from, and its TOML
Results = list[Document | Rejected]
Cleaned = tuple[Found, Results]


@dataclass(frozen=True, slots=True)
class Summary:
    """How far a run is, or how it ended. `total` is 0 while it is not known."""

    files: int = 0
    documents: int = 0
    truncated: int = 0
    rejects: int = 0
    total: int = 0

    def plus(self, results: Results) -> Summary:
        documents = [result for result in results if isinstance(result, Document)]
        return replace(
            self,
            files=self.files + 1,
            documents=self.documents + len(documents),
            truncated=self.truncated + sum(document.truncated for document in documents),
            rejects=self.rejects + len(results) - len(documents),
        )


def clean_paths(
    places: Sequence[Path],
    out: Path,
    *,
    pack_files: Sequence[Path] = (),
    form: Form = PLAIN,
    stdin: Found | None = None,
    workers: int = 0,
    texts: bool = True,
    text_format: TextFormat = "text",
    links: bool = False,
    limits: Limits = Limits(),  # noqa: B008  frozen
    watch: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """
    Clean files and folders into the dataset folder `out`, all or nothing.

    pack_files  rule packs beside the shipped ones
    form        of the clean texts
    stdin       what `-` stands for among `places`
    workers     processes; 0 is one for each processor that may be used
    texts       write the clean texts as files too
    text_format of these files: plain text, or Markdown
    links       find the links in the texts and where they lead
    watch       is called after each file, and first of all with the total

    UsageError, RulePackError, FormError: before anything is written.
    DatasetError: `out` cannot be used.
    """
    step_names(form)  # raises here what `clean_found` would raise too late
    pack_texts = read_packs(pack_files)
    found = partial(find_all, places, stdin=stdin, skip=out)
    summary = Summary(total=sum(1 for _ in found()))
    watch(summary)
    made = clean_found(found(), pack_texts, form, workers, limits, links=links)
    with closing(made) as cleaned:
        return write(cleaned, out, summary, texts=texts, text_format=text_format, watch=watch)


def write(
    cleaned: Iterable[Cleaned],
    out: Path,
    summary: Summary,
    *,
    texts: bool = True,
    text_format: TextFormat = "text",
    watch: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """Write what was cleaned, in this order, with the report beside it."""
    from flows.dataset import DatasetWriter  # noqa: PLC0415  pyarrow: only who writes waits for it
    from flows.report import Tally, write_report  # noqa: PLC0415  jinja2, likewise

    tally = Tally()
    with DatasetWriter(
        out, texts=texts, text_format=text_format, code_version=CODE_VERSION
    ) as dataset:
        for found, results in cleaned:
            stored = dataset.add(found.key, results)
            tally.add(stored)
            summary = summary.plus(stored)
            watch(summary)
        report = dataset.extra(REPORT)  # noqa: S610  not Django's
        write_report(report, tally, title=_title(tally))
    return summary


def clean_found(
    found: Iterable[Found],
    pack_texts: Sequence[PackText] = (),
    form: Form = PLAIN,
    workers: int = 0,
    limits: Limits = Limits(),  # noqa: B008  frozen
    *,
    links: bool = False,
) -> Generator[Cleaned]:
    """
    Each file with its documents and rejects, in the order of `found`.

    One small file is cleaned here and now, anything else in worker processes, where a
    page that crashes, hangs or eats the memory is one reject. The results are the same.

    FormError: before the first file.
    """
    step_names(form)  # a form that cannot be made here is no fault of a page
    pack_texts = tuple(pack_texts)
    rules = rules_of(pack_texts)
    on_lost = _Lost(rules)
    found = iter(found)
    first = list(islice(found, 2))
    if not first:
        return
    if len(first) == 1 and first[0].size <= IN_PROCESS_BYTES:
        result = attempt(partial(_clean_one, rules, form, links), first[0])
        yield first[0], on_lost(first[0], result) if isinstance(result, Lost) else result
        return
    pool = run_all(
        chain(first, found),
        partial(_make_work, pack_texts, form, links),
        workers=(workers or usable_processors()) if len(first) > 1 else 1,
        on_lost=on_lost,
        limits=limits,
        size=_size,
    )
    with closing(pool):
        yield from pool


def find_all(
    places: Sequence[Path], *, stdin: Found | None = None, skip: Path | None = None
) -> Iterator[Found]:
    """`find`, with standard input where `-` stands."""
    paths = [place for place in places if place != STDIN or stdin is None]
    inputs = () if stdin is None or STDIN not in places else (stdin,)
    return chain(inputs, find(paths, skip=skip))


def read_packs(files: Iterable[Path]) -> tuple[PackText, ...]:
    """The texts of rule packs. UsageError: one cannot be read; RulePackError: one is wrong."""
    texts = tuple((str(file), _pack_text(file)) for file in files)
    make_rules((*packs.shipped(), *(_proved(text, name) for name, text in texts)))
    return texts


def check_pack(file: Path) -> RulePack:
    """One pack, proved by itself and beside the shipped ones; it may be one of these, edited."""
    pack = _proved(_pack_text(file), str(file))
    make_rules((*(shipped for shipped in packs.shipped() if shipped.name != pack.name), pack))
    return pack


def usable_processors() -> int:
    """Those that this process may use, which in a container are fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def unreadable(found: Found, problem: Unreadable | Lost, rules: Rules) -> Rejected:
    """The reject of a file of which no page was cleaned."""
    provenance = Provenance(
        source=found.source,
        raw_sha256=_sha256(found) if isinstance(problem, Lost) else "",
        retrieved_at=None,
        encoding="",
        encoding_witness="",
        extractor="",
        packs=rules.for_host("").names,
        steps=(),
        code_version=CODE_VERSION,
    )
    return Rejected(problem.rule, problem.why, provenance)


class _Lost:
    """Makes rejects of lost files, and shows the trace of each internal error once."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._shown: set[str] = set()

    def __call__(self, found: Found, lost: Lost) -> Results:
        if lost.trace and lost.trace not in self._shown:
            self._shown.add(lost.trace)
            sys.stderr.write(f"zhengben: internal error while cleaning {found.key}\n{lost.trace}")
        return [unreadable(found, lost, self._rules)]


def _make_work(
    pack_texts: Sequence[PackText],
    form: Form,
    links: bool,  # noqa: FBT001  partial's order
) -> Callable[[Found], Results]:
    """What a worker gets ready once: the rules, and with them what to do with a file."""
    return partial(_clean_one, rules_of(pack_texts), form, links)


def _clean_one(rules: Rules, form: Form, links: bool, found: Found) -> Results:  # noqa: FBT001
    page = read(found)
    if isinstance(page, Unreadable):
        return [unreadable(found, page, rules)]
    return clean(page, rules, form=form, links=links)


def rules_of(pack_texts: Iterable[PackText]) -> Rules:
    """The shipped rules, which a worker has already, and those of the user's packs after them."""
    pack_texts = tuple(pack_texts)
    if not pack_texts:
        return packs.default()
    return make_rules((*packs.shipped(), *(parse_pack(text, name) for name, text in pack_texts)))


def _proved(text: str, name: str) -> RulePack:
    """`parse_pack`, whose errors name the file as well."""
    try:
        return parse_pack(text, name)
    except RulePackError as error:
        where = error.where if error.where.startswith(name) else f"{name}: {error.where}"
        raise RulePackError(where, error.what, saw=error.saw, do=error.do) from error


def _pack_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(
            str(file),
            "this rule pack cannot be read",
            saw=error.strerror or "",
            do="check the path",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            str(file), "this rule pack is not UTF-8", saw=str(error), do="save it as UTF-8"
        ) from error


def _size(found: Found) -> int:
    return found.size


def _sha256(found: Found) -> str:
    """Of a file that was lost: it was readable, and its reject should say which bytes it had."""
    if found.body is not None:
        return hashlib.sha256(found.body).hexdigest()
    try:
        with found.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _title(tally: Tally) -> str:
    return f"zhengben: {tally.documents:,} documents, {tally.rejected:,} rejects"
