"""
Documents into one file: `zhengben clean one.html --out one.txt`, and the filter.

The file is written beside its place and moved there when it is complete. What stands
there already is replaced only when it is the same, or with `force`; the input never is.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from cleaners.document import Document, Rejected
from cleaners.errors import UsageError
from cleaners.normalise import PLAIN, Form
from flows.commit import disk_errors
from flows.found import Columns, Found
from flows.local import NO_COLUMNS, clean_found, find_all, read_packs
from flows.survey import survey
from flows.texts import written

FileForm = Literal["text", "markdown", "jsonl"]
SUFFIXES: dict[str, FileForm] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".jsonl": "jsonl",
}
BETWEEN_DOCUMENTS = "\f\n"  # a form feed never stands in a clean text
_COMPARE = 1 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be cleaned, and how."""

    places: Sequence[Path]
    pack_files: Sequence[Path] = ()
    form: Form = PLAIN
    columns: Columns = NO_COLUMNS
    links: bool = False
    chapters: bool = False
    workers: int = 0
    stdin: Found | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How many there were."""

    documents: int
    rejects: int


Tell = Callable[[Found, Rejected], None]


def is_file_name(out: Path) -> bool:
    """Whether `--out` asks for one file: by its suffix, unless there is a folder of that name."""
    return out.suffix.lower() in SUFFIXES and not out.is_dir()


def form_of(out: Path, said: str | None) -> FileForm:
    """What a file is written as: what somebody said, else by its suffix. UsageError: Parquet."""
    if said == "parquet":
        raise UsageError("--format parquet", "is a folder", do="name one: --out cleaned")
    if said in ("text", "markdown", "jsonl"):
        return said
    return SUFFIXES.get(out.suffix.lower(), "text")


def clean_into(
    job: Job, out: Path, form: FileForm, *, force: bool = False, tell: Tell = lambda _, __: None
) -> Told:
    """
    Clean one file into the file `out`. With no document nothing is written.

    UsageError: there are several files, one is the input itself, or there is another file
    of this name already. DatasetError: the disk refuses.
    """
    _check(job.places, out)
    with disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            told = put_into(file, job, form, tell=tell)
            with disk_errors(out):
                file.flush()
                os.fsync(handle)
        if told.documents:
            _publish(part, out, force=force)
    finally:
        part.unlink(missing_ok=True)
    return told


def put_into(file: BinaryIO, job: Job, form: FileForm, *, tell: Tell) -> Told:
    """Clean, and write the documents one after the other; `tell` is called with each reject."""
    survey(find_all(job.places, stdin=job.stdin), job.columns)
    cleaned = clean_found(
        find_all(job.places, stdin=job.stdin),
        read_packs(job.pack_files),
        job.form,
        job.workers,
        links=job.links,
        chapters=job.chapters,
        columns=job.columns,
    )
    documents = rejects = 0
    with closing(cleaned):
        for page, results in cleaned:
            for result in results:
                if isinstance(result, Document):
                    file.write(_bytes(result, form, first=not documents))
                    documents += 1
                else:
                    rejects += 1
                    tell(page, result)
    return Told(documents, rejects)


def _bytes(document: Document, form: FileForm, *, first: bool) -> bytes:
    if form == "jsonl":
        from flows.rows import row  # noqa: PLC0415  pyarrow

        line = json.dumps(row(document), ensure_ascii=False, default=_moment)
        return line.encode(errors="replace") + b"\n"
    between = "" if first else BETWEEN_DOCUMENTS
    text = written(document, form).rstrip("\n")
    return f"{between}{text}\n".encode(errors="replace")


def _check(places: Sequence[Path], out: Path) -> None:
    if len(places) != 1 or places[0].is_dir():
        raise UsageError(
            f"--out {out}",
            "is one file, and there is more than one to clean",
            do=f"name a folder: --out {out.stem or 'cleaned'}",
        )
    if places[0].exists() and out.exists() and out.samefile(places[0]):
        raise UsageError(
            f"--out {out}", "is the file that is to be cleaned", do="choose another name"
        )


def _publish(part: Path, out: Path, *, force: bool) -> None:
    if os.path.lexists(out) and not force and not _same(part, out):
        raise UsageError(
            f"--out {out}", "is there already, with something else in it", do="add --force"
        )
    with disk_errors(out):
        part.chmod(0o666 & ~_umask())
        part.replace(out)


def _moment(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat().replace("+00:00", "Z")


def _same(one: Path, other: Path) -> bool:
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while chunk := first.read(_COMPARE):
            if chunk != second.read(_COMPARE):
                return False
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
