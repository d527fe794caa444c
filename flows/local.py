"""
Cleaning local files: what `zhengben clean` and the Prefect flow of flows/clean.py share.

    find ─▶ expand ─▶ read, clean (in workers) ─▶ dataset, report

Named for what it works on. clean.py is the unattended run, cli.py the terminal;
both call the functions here and write the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaners import packs
from cleaners.clean import CODE_VERSION, clean
from cleaners.document import Document, Provenance, RawPage, Rejected
from cleaners.errors import DatasetError, RulePackError, UsageError
from cleaners.normalise import PLAIN, Form, step_names
from cleaners.parse import parse_pack
from cleaners.rules import RulePack, Rules, make_rules
from flows.commit import load
from flows.containers.expand import expand
from flows.found import Columns, Found, Unreadable
from flows.opening import in_archive, open_page, with_facts
from flows.read import STDIN, find, read
from flows.survey import survey
from flows.tally import Tally, tally_of
from flows.texts import TextFormat
from flows.times import Spent, Stopwatch, Times
from flows.workers import Limits, Lost, attempt, run_all

if TYPE_CHECKING:
    from flows.dataset import DatasetWriter, TableFormat
    from flows.figures import Figures

IN_PROCESS_BYTES = 1 << 20  # one file up to this size is not worth a worker process
REPORT = "report.html"
COUNTED = ("files", "documents", "truncated", "rejects", "bytes")  # of a summary, in checkpoints
NO_COLUMNS = Columns()
WARM_UP = RawPage("text:", "<html><body><p>春日，天气很好。<p>来源：网络".encode())

PackText = tuple[str, str]  # where a rule pack comes from, and its TOML
Results = list[Document | Rejected]
Cleaned = tuple[Found, Results]


@dataclass(frozen=True, slots=True)
class Summary:
    """
    How far a run is, or how it ended. `total` is 0 while it is not known: nobody knows how
    many pages an archive holds before it was read; then bytes tell how far it is.
    """

    files: int = 0  # pages, where a file holds many
    documents: int = 0
    truncated: int = 0
    rejects: int = 0
    total: int = 0
    bytes: int = 0
    total_bytes: int = 0
    resumed: int = 0  # of `files`, those that were done before

    def plus(self, results: Results, done: int = 0) -> Summary:
        documents = [result for result in results if isinstance(result, Document)]
        return replace(
            self,
            files=self.files + 1,
            documents=self.documents + len(documents),
            truncated=self.truncated + sum(document.truncated for document in documents),
            rejects=self.rejects + len(results) - len(documents),
            bytes=self.bytes + done,
        )


@dataclass(frozen=True, slots=True)
class Output:
    """What is written. `texts` None: those of files and of members of archives, not of rows."""

    texts: bool | None = None
    text_format: TextFormat = "text"
    table: TableFormat = "parquet"


class _Asked(NamedTuple):
    """How each page is cleaned."""

    form: Form
    links: bool
    chapters: bool
    times: bool = False


def clean_paths(
    places: Sequence[Path],
    out: Path,
    *,
    pack_files: Sequence[Path] = (),
    form: Form = PLAIN,
    stdin: Found | None = None,
    workers: int = 0,
    links: bool = False,
    chapters: bool = False,
    columns: Columns = NO_COLUMNS,
    output: Output = Output(),
    resume: bool = False,
    limits: Limits = Limits(),  # noqa: B008  frozen
    times: Times | None = None,
    tell: Callable[[Figures], None] = lambda _: None,
    watch: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """
    Clean files and folders into the dataset folder `out`, all or nothing.

    pack_files  rule packs beside the shipped ones
    form        of the clean texts
    stdin       what `-` stands for among `places`
    workers     processes; 0 is one for each processor that may be used
    links       find the links in the texts and where they lead
    chapters    of a book, a document of each chapter
    columns     where files of rows keep text and id
    resume      go on with a run into `out` that was stopped
    times       is filled with what pages and rules take, and the report shows it
    tell        is called with the figures of the report when all is written
    watch       is called after each page, and first of all with the total

    UsageError, RulePackError, FormError: before anything is written.
    DatasetError: `out` cannot be used.
    """
    steps = step_names(form)  # raises here what `clean_found` would raise too late
    pack_texts = read_packs(pack_files)
    found = partial(find_all, places, stdin=stdin, skip=out)
    seen = survey(found(), columns)
    summary = Summary(total=0 if seen.containers else seen.files, total_bytes=seen.bytes)
    watch(summary)

    def cleaned(skip: int) -> Generator[Cleaned]:
        return clean_found(
            found(),
            pack_texts,
            form,
            workers,
            limits,
            links=links,
            chapters=chapters,
            columns=columns,
            skip=skip,
            times=times,
        )

    rules = rules_of(pack_texts)
    run = {
        "code": CODE_VERSION,
        "rules": list(rules.for_host("").names),
        "packs": [hashlib.sha256(text.encode()).hexdigest() for _, text in pack_texts],
        "form": list(steps),
        "links": links,
        "chapters": chapters,
        "columns": asdict(columns),
        "output": asdict(output),
        "input": seen.digest,
    }
    options = options_of(columns, links=links, chapters=chapters)
    more = _Beside(run, resume, rules, options, times, tell)
    return _write(cleaned, out, summary, output=output, more=more, watch=watch)


def options_of(
    columns: Columns = NO_COLUMNS, *, links: bool = False, chapters: bool = False
) -> dict[str, Any]:
    """What a manifest says of how pages were read, so that it can be done again: what is unusual."""
    said = {"links": links, "chapters": chapters, "columns": asdict(columns)}
    plain = {"links": False, "chapters": False, "columns": asdict(NO_COLUMNS)}
    return {name: value for name, value in said.items() if value != plain[name]}


def write(
    cleaned: Iterable[Cleaned],
    out: Path,
    summary: Summary,
    *,
    output: Output = Output(),
    rules: Rules | None = None,
    options: Mapping[str, Any] | None = None,
    tell: Callable[[Figures], None] = lambda _: None,
    watch: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """
    Write what was cleaned, in this order, with the report beside it.

    rules    that were in force
    options  how pages were read, as `options_of` says it
    tell     is called with the figures of the report when all is written
    """

    def after(skip: int) -> Generator[Cleaned]:
        yield from islice(cleaned, skip, None)

    more = _Beside(rules=rules or rules_of(()), options=options, tell=tell)
    return _write(after, out, summary, output=output, more=more, watch=watch)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a run knows beside its pages. With `run` it can be gone on with when it is stopped."""

    run: Mapping[str, Any] | None = None  # what was asked for
    resume: bool = False
    rules: Rules | None = None
    options: Mapping[str, Any] | None = None  # as `options_of`
    times: Times | None = None
    tell: Callable[[Figures], None] = lambda _: None


def _write(
    cleaned: Callable[[int], Generator[Cleaned]],
    out: Path,
    summary: Summary,
    *,
    output: Output,
    more: _Beside,
    watch: Callable[[Summary], None],
) -> Summary:
    """`cleaned` gives all of it but for so many inputs at the beginning."""
    from flows.dataset import DatasetWriter  # noqa: PLC0415  pyarrow: only who writes waits for it
    from flows.figures import figures, said  # noqa: PLC0415  for those that write a report
    from flows.report import write_report  # noqa: PLC0415  jinja2, likewise
    from flows.resume import finish_commit  # noqa: PLC0415  likewise

    run, resume = more.run, more.resume
    if resume and run is not None and (manifest := finish_commit(out, run)) is not None:
        return _of_manifest(summary, manifest["counts"])
    with DatasetWriter(
        out,
        texts=output.texts is not False,
        text_format=output.text_format,
        table=output.table,
        options=more.options,
        code_version=CODE_VERSION,
        run=run,
        resume=resume,
    ) as dataset:
        writing = _Writing(dataset, summary)
        writing.go_on()
        with closing(cleaned(dataset.items)) as fresh:
            for found, results in fresh:
                key = None if found.is_row and output.texts is None else found.tree
                writing.add(key, found.done, results)
                watch(writing.summary)
        tally = writing.tally
        dataset.says(said(tally))
        report = dataset.extra(REPORT)  # noqa: S610  not Django's
        shown = figures(
            tally,
            title=title_of(tally),
            rules=more.rules,
            before=manifest_of(out),
            times=more.times,
        )
        write_report(report, shown)
    more.tell(shown)
    return writing.summary


def _of_manifest(summary: Summary, counts: Mapping[str, int]) -> Summary:
    return replace(
        summary,
        files=counts["pages"],
        documents=counts["documents"],
        truncated=counts["truncated"],
        rejects=counts["rejects"],
        resumed=counts["pages"],
    )


class _Writing:
    """A dataset that is written, with what is counted meanwhile."""

    def __init__(self, dataset: DatasetWriter, summary: Summary) -> None:
        self._dataset = dataset
        self.summary = summary
        self.tally = Tally()

    def go_on(self) -> None:
        """Take over what a run did that was stopped, if there is one."""
        journal = self._dataset.journal
        if journal is None:
            return
        if journal.state is not None:
            more = journal.state["more"]
            self.tally = tally_of(more["tally"])
            self.summary = replace(self.summary, **more["summary"])
        for entry in journal.entries():
            self._store(entry.key, entry.done, entry.results)
        self.summary = replace(self.summary, resumed=self.summary.files)

    def add(self, key: str | None, done: int, results: Results) -> None:
        """Write what one input gave, in a way that it need not be done again."""
        self._dataset.note(key, done, results)
        self._store(key, done, results)

    def _store(self, key: str | None, done: int, results: Results) -> None:
        stored = self._dataset.add(key, results)
        self.tally.add(stored)
        self.summary = self.summary.plus(stored, done)
        if self._dataset.settled and self._dataset.journal is not None:
            counts = {name: getattr(self.summary, name) for name in COUNTED}
            self._dataset.checkpoint({"tally": self.tally.state(), "summary": counts})


def clean_found(
    found: Iterable[Found],
    pack_texts: Sequence[PackText] = (),
    form: Form = PLAIN,
    workers: int = 0,
    limits: Limits = Limits(),  # noqa: B008  frozen
    *,
    links: bool = False,
    chapters: bool = False,
    columns: Columns = NO_COLUMNS,
    skip: int = 0,
    times: Times | None = None,
) -> Generator[Cleaned]:
    """
    Each page of the files with its documents and rejects, in the order of `found`.

    columns  where files of rows keep text and id
    skip     so many pages at the beginning are passed over
    times    is filled with what each page takes, and each rule

    One small file is cleaned here and now, anything else in worker processes, where a
    page that crashes, hangs or eats the memory is one reject. The results are the same.

    FormError: before the first file.
    """
    step_names(form)  # a form that cannot be made here is no fault of a page
    pack_texts = tuple(pack_texts)
    rules = rules_of(pack_texts)
    on_lost = _Lost(rules)
    asked = _Asked(form, links, chapters, times is not None)
    found = islice(expand(found, columns), skip, None)
    first = list(islice(found, 2))
    if not first:
        return
    if len(first) == 1 and first[0].size <= IN_PROCESS_BYTES:
        result = attempt(_make_work(pack_texts, asked), first[0])
        done = on_lost(first[0], result) if isinstance(result, Lost) else result
        yield first[0], _counted(first[0], done, times)
        return
    pool = run_all(
        chain(first, found),
        partial(_make_work, pack_texts, asked),
        workers=(workers or usable_processors()) if len(first) > 1 else 1,
        on_lost=on_lost,
        limits=limits,
        size=_size,
    )
    with closing(pool):
        for page, done in pool:
            yield page, _counted(page, done, times)


def _counted(found: Found, done: _Done, times: Times | None) -> Results:
    if times is not None and done.spent is not None:
        times.add(found.source, found.size, done.spent)
    return done.results


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
        retrieved_at=found.said.retrieved_at,
        encoding="",
        encoding_witness="",
        extractor="",
        packs=rules.for_host("").names,
        steps=(),
        code_version=CODE_VERSION,
    )
    return Rejected(problem.rule, problem.why, in_archive(provenance, found))


class _Lost:
    """Makes rejects of lost files, and shows the trace of each internal error once."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._shown: set[str] = set()

    def __call__(self, found: Found, lost: Lost) -> _Done:
        if lost.trace and lost.trace not in self._shown:
            self._shown.add(lost.trace)
            sys.stderr.write(f"zhengben: internal error while cleaning {found.name}\n{lost.trace}")
        return _Done([unreadable(found, lost, self._rules)])


class _Done(NamedTuple):
    """What a worker gives back of one file."""

    results: Results
    spent: Spent | None = None


def _make_work(pack_texts: Sequence[PackText], asked: _Asked) -> Callable[[Found], _Done]:
    """What a worker gets ready once: the rules, and with them what to do with a file."""
    rules = rules_of(pack_texts)
    if asked.times:
        watch = Stopwatch(rules)
        clean(WARM_UP, watch.rules)  # what is made once is no page's own time
        return partial(_clean_timed, watch, asked)
    return partial(_clean_untimed, rules, asked)


def _clean_untimed(rules: Rules, asked: _Asked, found: Found) -> _Done:
    return _Done(_clean_one(rules, asked, found))


def _clean_timed(watch: Stopwatch, asked: _Asked, found: Found) -> _Done:
    return _Done(*watch.measure(partial(_clean_one, watch.rules, asked, found)))


def _clean_one(rules: Rules, asked: _Asked, found: Found) -> Results:
    opened = open_page(found)
    if isinstance(opened, Unreadable):
        return [unreadable(found, opened, rules)]
    results = clean(opened.page, rules, form=asked.form, links=asked.links, chapters=asked.chapters)
    return [with_facts(result, found, opened.facts) for result in results]


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
    page = read(found)
    return "" if isinstance(page, Unreadable) else page.sha256


def title_of(tally: Tally) -> str:
    """What a report is called."""
    some = "" if tally.documents == 1 else "s"
    rejects = f"{tally.rejected:,} reject{'' if tally.rejected == 1 else 's'}"
    return f"zhengben: {tally.documents:,} document{some}, {rejects}"


def manifest_of(out: Path) -> Mapping[str, Any] | None:
    """The manifest of the dataset in a folder, if there is a whole one."""
    try:
        return load(out)
    except DatasetError:
        return None
