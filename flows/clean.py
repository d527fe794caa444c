"""
The unattended run: a Prefect flow that cleans local folders.

    python -m flows.clean PATH… --out DIR

One task cleans one shard, ten seconds of work or more. Between tasks go paths and
counts, never pages: what a shard gave lies in a file beside DIR until the last task
writes all of it in input order. So the bytes are those of `zhengben clean`, and a
task that is run again writes its file again, complete or not at all.
"""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from flows import prefect_settings

prefect_settings.apply()

from prefect import flow, task, unmapped  # noqa: E402  reads its settings while it is imported
from prefect.artifacts import (  # noqa: E402
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402

from cleaners.errors import ZhengbenError  # noqa: E402
from cleaners.normalise import SCRIPTS, Form, step_names  # noqa: E402
from cleaners.script import Script  # noqa: E402
from flows.artifacts import cuts_markdown, cuts_table  # noqa: E402
from flows.figures import Figures  # noqa: E402
from flows.found import Columns, Found  # noqa: E402
from flows.local import (  # noqa: E402
    NO_COLUMNS,
    REPORT,
    Cleaned,
    Output,
    PackText,
    Summary,
    clean_found,
    options_of,
    read_packs,
    rules_of,
    write,
)
from flows.read import check, find  # noqa: E402
from flows.survey import columns_of, survey  # noqa: E402
from flows.texts import TEXT_FORMATS, TextFormat  # noqa: E402

SHARD_FILES = 5_000
SHARD_BYTES = 64 << 20
COUNTS = ("files", "documents", "truncated", "rejects")


# Each shard has all processors to itself, through its own worker processes.
ONE_SHARD_AT_A_TIME: Any = ThreadPoolTaskRunner(max_workers=1)  # Any: Prefect's types disagree


@flow(name="zhengben-clean", task_runner=ONE_SHARD_AT_A_TIME)
def clean_folders(
    places: list[Path],
    out: Path,
    pack_files: list[Path] | None = None,
    off: list[str] | None = None,
    script: Script = "",
    text_format: TextFormat = "text",
    workers: int = 0,
    columns: Columns = NO_COLUMNS,
    *,
    links: bool = False,
    chapters: bool = False,
) -> dict[str, int]:
    """找到文件 → 分片 → 逐片清洗 → 写成数据集与报告；回传各项数目。"""
    packs = read_packs(pack_files or [])
    form = Form(frozenset(off or ()), script)
    step_names(form)  # no scratch for a form that cannot be made here
    survey(find(places, skip=out), columns)  # nor for columns that are not there
    scratch = make_scratch(out)
    shards = plan(places, out, scratch)
    done = clean_shard.map(
        shards,
        unmapped(packs),
        unmapped(form),
        unmapped(workers),
        unmapped(columns),
        links=unmapped(links),
        chapters=unmapped(chapters),
    ).result()
    options = options_of(columns, links=links, chapters=chapters)
    return publish(done, out, scratch, text_format, packs, options)


@task(cache_policy=NO_CACHE)
def make_scratch(out: Path) -> Path:
    """A folder beside `out` for what the shards give; those of dead runs are removed."""
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in out.parent.glob(f".{out.name}-shards-*"):
        if not _is_alive(left.name.rpartition("-shards-")[2].partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f".{out.name}-shards-{os.getpid()}-", dir=out.parent))


@task(cache_policy=NO_CACHE)
def plan(places: list[Path], out: Path, scratch: Path) -> list[Path]:
    """Lists of files to clean, one a shard, in input order."""
    shards: list[Path] = []
    for number, shard in enumerate(_shards(find(places, skip=out))):
        path = scratch / f"{number:06}.found"
        _store(path, shard)
        shards.append(path)
    return shards


@task(cache_policy=NO_CACHE)
def clean_shard(
    shard: Path,
    packs: Sequence[PackText],
    form: Form,
    workers: int,
    columns: Columns = NO_COLUMNS,
    *,
    links: bool = False,
    chapters: bool = False,
) -> Path:
    """One list of files in, one file of documents and rejects out."""
    done = shard.with_suffix(".cleaned")
    cleaned = clean_found(
        _load(shard), packs, form, workers, links=links, chapters=chapters, columns=columns
    )
    with closing(cleaned):
        _store(done, cleaned)
    return done


@task(cache_policy=NO_CACHE)
def publish(
    done: list[Path],
    out: Path,
    scratch: Path,
    text_format: TextFormat,
    packs: Sequence[PackText] = (),
    options: Mapping[str, Any] | None = None,
) -> dict[str, int]:
    """All shards into one dataset, in input order, with the report; then the scratch goes."""
    output = Output(text_format=text_format)
    cleaned: Iterator[Cleaned] = chain.from_iterable(map(_load, done))
    summary = write(
        cleaned,
        out,
        Summary(),
        output=output,
        rules=rules_of(packs),
        options=options,
        tell=show,
    )
    report = (out / REPORT).absolute()
    create_link_artifact(report.as_uri(), link_text=str(report), key="clean-report-page")
    shutil.rmtree(scratch)
    return {name: getattr(summary, name) for name in COUNTS}


def show(figures: Figures) -> None:
    """The figures of the report as artifacts."""
    create_table_artifact(cuts_table(figures), key="clean-cuts", description=figures.title)
    create_markdown_artifact(cuts_markdown(figures), key="clean-report")


def _shards(found: Iterator[Found]) -> Iterator[list[Found]]:
    shard: list[Found] = []
    bulk = 0
    for file in found:
        if shard and (len(shard) == SHARD_FILES or bulk + file.size > SHARD_BYTES):
            yield shard
            shard, bulk = [], 0
        shard.append(file)
        bulk += file.size
    if shard:
        yield shard


def _store(path: Path, items: Iterator[Cleaned] | Sequence[Found]) -> None:
    """One pickle after the other, so that neither side holds them all."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for item in items:
            pickle.dump(item, file, pickle.HIGHEST_PROTOCOL)
    part.replace(path)


def _load(path: Path) -> Iterator[Any]:
    with path.open("rb") as file, suppress(EOFError):
        while True:
            yield pickle.load(file)  # noqa: S301  from a folder that only this user may enter


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def main() -> int:
    """The unattended run's command line; the exit status as in flows/cli.py."""
    options = argparse.ArgumentParser(prog="python -m flows.clean", description=__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.add_argument("paths", metavar="PATH", type=Path, nargs="+", help="files and folders")
    options.add_argument("--out", type=Path, default=Path("zhengben-out"), help="the dataset")
    options.add_argument("--rules", type=Path, action="append", default=[], help="a rule pack")
    options.add_argument("--off", action="append", default=[], help="a step to leave out")
    options.add_argument(
        "--script", choices=SCRIPTS, default="", help="convert to these characters"
    )
    options.add_argument(
        "--format", choices=list(TEXT_FORMATS), default="text", help="how texts are written"
    )
    for name in ("text", "html", "id"):
        options.add_argument(f"--{name}-column", default="", help=f"the column with the {name}")
    options.add_argument("--links", action="store_true", help="find where links lead")
    options.add_argument("--chapters", action="store_true", help="of a book, each chapter")
    options.add_argument("--workers", type=int, default=0, help="processes; 0: all processors")
    given = options.parse_args()
    try:
        check(given.paths, given.out)  # a misspelt path should not take Prefect's start to be told
        step_names(Form(frozenset(given.off), given.script))  # nor a misspelt step
        columns = columns_of(given.text_column, given.html_column, given.id_column)
        counts = clean_folders(
            given.paths,
            given.out,
            given.rules,
            given.off,
            given.script,
            given.format,
            given.workers,
            columns,
            links=given.links,
            chapters=given.chapters,
        )
    except ZhengbenError as error:
        sys.stderr.write(f"zhengben: {error}\n")
        return 2
    sys.stderr.write(", ".join(f"{name} {number:,}" for name, number in counts.items()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
