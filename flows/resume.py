"""
What a run has done so far, kept in its stage so that another run can go on from there.

    OUT/.tmp-…/run.json         what the run was asked to do; a run that was asked for
                                something else may not go on with its work
    OUT/.tmp-…/checkpoint.json  how far the finished files go, and what was counted until then
    OUT/.tmp-…/log-00000.jsonl  what was cleaned since: a line for each input, in order

A checkpoint is made when a part file is finished. Who goes on keeps the finished files,
drops all others, writes again what the log holds, and cleans what comes after it. So
the bytes are those of a run that nobody stopped, and nothing is cleaned twice but
what had not reached the log: its last second.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cleaners.document import Document, Rejected
from cleaners.errors import UsageError
from flows.commit import MANIFEST, RUN, STAGE, Manifest, load, locked, write_durably
from flows.rows import document, reject_row, rejected, row

CHECKPOINT = "checkpoint.json"
LOG = "log-{:05}.jsonl"
FLUSH_SECONDS = 1.0

Run = Mapping[str, Any]
State = dict[str, Any]


class Entry(NamedTuple):
    """What one input gave."""

    key: str | None  # where it stands in a tree of texts; None: it has none there
    done: int  # bytes of input that are done with it
    results: list[Document | Rejected]


class Journal:
    """The journal in one stage. `state` is that of the last checkpoint, None before the first."""

    def __init__(self, stage: Path, state: State | None) -> None:
        self._stage = stage
        self._number = 0 if state is None else state["log"]
        self.state = state
        self._file: BinaryIO | None = None
        self._flushed = 0.0

    @classmethod
    def begin(cls, stage: Path, run: Run) -> Journal:
        write_durably(stage / RUN, json.dumps(run, ensure_ascii=True))
        return cls(stage, None)

    @classmethod
    def resume(cls, stage: Path, run: Run) -> Journal:
        """UsageError: the run that stopped was asked for something else."""
        before = _run_of(stage)
        differing = [name for name in {**run, **before} if run.get(name) != before.get(name)]
        if differing:
            raise UsageError(
                "--resume",
                f"the run that stopped was another one: {', '.join(differing)} changed",
                do="put back what changed, or run without --resume to begin anew",
            )
        checkpoint = stage / CHECKPOINT
        state = json.loads(checkpoint.read_text("utf-8")) if checkpoint.exists() else None
        return cls(stage, state)

    def entries(self) -> Iterator[Entry]:
        """What the log holds, as far as it was written; a torn end of it is cut away."""
        whole = 0
        log = self._log
        if log.exists():
            with log.open("rb") as file:
                for line in file:
                    entry = _entry(line)
                    if entry is None:
                        break
                    whole += len(line)
                    yield entry
            if log == self._log:  # else the last entry has ended a file: a checkpoint was made
                os.truncate(log, whole)

    def note(self, entry: Entry) -> None:
        """Write down what one input gave, before anything is done with it."""
        if self._file is None:
            self._file = self._log.open("ab")
        self._file.write(_line(entry))
        now = time.monotonic()
        if now - self._flushed > FLUSH_SECONDS:
            self._flushed = now
            self._file.flush()

    def checkpoint(self, state: State) -> None:
        """All that was noted stands in finished files, which are durable."""
        self.close()
        old = self._log
        self._number += 1
        write_durably(self._stage / CHECKPOINT, json.dumps(state | {"log": self._number}))
        old.unlink(missing_ok=True)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def _log(self) -> Path:
        return self._stage / LOG.format(self._number)


def finish_commit(out: Path, run: Run) -> Manifest | None:
    """The manifest, when the run that was stopped had only to move its files into place."""
    for stage in out.glob(f"{STAGE}*"):
        if (stage / MANIFEST).exists() and is_resumable(stage) and _run_of(stage) == run:
            with locked(out):
                return load(out)
    return None


def is_resumable(stage: Path) -> bool:
    return (stage / RUN).exists()


def reject_line(page: Rejected) -> bytes:
    """A reject as a line of JSON."""
    return _dumped(reject_row(page)) + b"\n"


def reject_of(line: bytes) -> Rejected:
    return rejected(_loaded(line))


def _run_of(stage: Path) -> Run:
    return json.loads((stage / RUN).read_text(encoding="utf-8"))


def _line(entry: Entry) -> bytes:
    """With a checksum in front: after a power cut a log may end in anything."""
    made = [
        {"document": row(result)}
        if isinstance(result, Document)
        else {"reject": reject_row(result)}
        for result in entry.results
    ]
    body = _dumped([entry.key, entry.done, made])
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _entry(line: bytes) -> Entry | None:
    check, _, body = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n") or check != b"%08x" % zlib.crc32(body):
        return None
    key, done, made = _loaded(body)
    return Entry(key, done, [_result(each) for each in made])


def _result(made: Mapping[str, Any]) -> Document | Rejected:
    return document(made["document"]) if "document" in made else rejected(made["reject"])


def _dumped(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, default=_written)
    return text.encode("utf-8", "surrogatepass")


def _written(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _loaded(line: bytes) -> Any:  # noqa: ANN401  JSON
    return json.loads(line, object_hook=_with_moment)


def _with_moment(made: dict[str, Any]) -> dict[str, Any]:
    moment = made.get("retrieved_at")
    if isinstance(moment, str):
        made["retrieved_at"] = datetime.fromisoformat(moment).astimezone(UTC)
    return made
