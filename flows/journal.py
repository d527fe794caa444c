"""
What a run of a source has begun, so that a later one can finish it.

Below the folder work of DATA:

    NAME/.lock        held while a run of this source works; dies with its process
    NAME/RUN.run      a run that has begun; goes when its row is in the table `runs`
    NAME/FILE.task    an archive file that somebody writes or has written; goes when what it
                      holds is in the tables

Whoever holds the lock knows that every note he finds is a dead run's. An archive file
says all about its visits, so to finish means: save what is whole, clean it, commit it.
Nothing of it is fetched again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cleaners.errors import BusyError
from flows.archive import salvage
from flows.archive.records import SUFFIX
from flows.commit import disk_errors, sync_folder, write_durably
from flows.locks import Busy, held
from flows.texts import safe_name

ARCHIVE, WORK, LOCK = "archive", "work", ".lock"


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has begun."""

    run: str
    started_at: datetime
    note: str = ""  # what Prefect calls it


class Journal:
    """The notes of one source. Made by `opened`, by whoever holds the lock."""

    def __init__(self, data: Path, origin: str) -> None:
        self.archive = data / ARCHIVE
        self.origin = origin
        self.name = folder_name(origin)
        self.folder = data / WORK / self.name

    def begin_run(self, note: str = "") -> Begun:
        """Note that a run begins."""
        now = datetime.now(UTC)
        begun = Begun(f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}", now, note)
        said = json.dumps({"run": begun.run, "started_at": now.isoformat(), "note": note})
        with disk_errors(self.folder):
            write_durably(self.folder / f"{begun.run}.run", said)
        return begun

    def begin_file(self, run: str, number: int) -> str:
        """Note that an archive file will be written; its name below the archive's folder."""
        stem = f"{run}-{number:05}"
        with disk_errors(self.folder):
            write_durably(self.folder / f"{stem}.task", "")
        return f"{self.name}/{stem}{SUFFIX}"

    def end_file(self, file: str) -> None:
        """What the file holds is in the tables."""
        self._forget(f"{Path(file).name.removesuffix(SUFFIX)}.task")

    def end_run(self, run: str) -> None:
        """The row of the run is in the tables."""
        self._forget(f"{run}.run")

    def files_left(self) -> Iterator[str]:
        """Archive files whose visits are not, or perhaps not, in the tables; by age."""
        for note in sorted(self.folder.glob("*.task")):
            file = f"{self.name}/{note.stem}{SUFFIX}"
            if salvage(self.archive, file):
                yield file
            else:
                note.unlink()

    def runs_left(self) -> list[Begun]:
        """Runs that were killed."""
        return [_begun(note) for note in sorted(self.folder.glob("*.run"))]

    def scratch(self) -> Path:
        """A new folder for what lies between two steps. Those of dead runs go with the next run."""
        with disk_errors(self.folder):
            return Path(tempfile.mkdtemp(prefix="scratch-", dir=self.folder))

    def _forget(self, name: str) -> None:
        with disk_errors(self.folder):
            (self.folder / name).unlink(missing_ok=True)
            sync_folder(self.folder)


@contextmanager
def opened(data: Path, origin: str) -> Generator[Journal]:
    """
    Be the only one who works for this source.

    BusyError: somebody does already.
    """
    journal = Journal(data, origin)
    with ExitStack() as lock:
        with disk_errors(journal.folder):
            journal.folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.enter_context(held(journal.folder / LOCK))
            except Busy:
                raise BusyError(
                    origin,
                    "another run is working for this source",
                    do="let it finish, or give --wait",
                ) from None
            for scratch in journal.folder.glob("scratch-*"):
                shutil.rmtree(scratch)
            for part in journal.folder.glob("*.part"):  # of a note that a dying run began
                part.unlink()
        yield journal


def folder_name(origin: str) -> str:
    """
    The folder of a source; a name that no file system takes has a digest at its end.

    >>> folder_name("渡口小报"), folder_name("../a")
    ('渡口小报', '.._a~61b4c98b')
    """
    safe = safe_name(origin)
    if safe == origin and not safe.startswith("."):
        return safe
    return f"{safe}~{hashlib.sha256(origin.encode()).hexdigest()[:8]}"


def _begun(note: Path) -> Begun:
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return Begun(said["run"], datetime.fromisoformat(said["started_at"]), said["note"])
    except (ValueError, KeyError):  # written by hand, or cut by a dying disk
        return Begun(note.stem, datetime.fromtimestamp(note.stat().st_mtime, UTC))
