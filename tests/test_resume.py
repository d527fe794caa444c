"""Runs that are stopped and gone on with: flows/resume.py, and what it asks of the dataset."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cleaners import clean_text
from cleaners.errors import UsageError
from flows import cli
from flows.dataset import check
from flows.digests import Digests
from flows.resume import Entry, Journal
from flows.tally import Tally, tally_of
from tests.containers import jsonl, text

ROOT = Path(__file__).resolve().parent.parent

# Runs with small parts, which kill themselves when `NAME` was called so many times. All
# modules are loaded once: each run is a fork of the process that reads the orders.
SCRIPT = """
import json, os, sys, signal, traceback
import flows.dataset as dataset, flows.resume as journal, flows.commit as commit
import flows.local as local, flows.report, flows.progress
from cleaners import packs
from flows import cli
packs.default()
dataset.ROWS_PER_PART, journal.FLUSH_SECONDS = 40, 0.0
def run_all(items, make_work, **_):  # no worker processes: what they do is tested elsewhere
    work = make_work()
    for item in items:
        yield item, work(item)
local.run_all = run_all
def killed_by(kill):
    module, name, times = kill.split(":")
    owner = {"journal": journal.Journal, "commit": commit}[module]
    plain, left = getattr(owner, name), iter(range(int(times)))
    def counted(*arguments, **more):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(*arguments, **more)
    setattr(owner, name, counted)
def run(where, kill, arguments):
    os.chdir(where)
    os.dup2(os.open("stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    if kill:
        killed_by(kill)
    return cli.main(arguments)
for line in sys.stdin:
    child = os.fork()
    if not child:
        status = 99
        try:
            status = run(*json.loads(line))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Done(NamedTuple):
    """How a run ended: minus nine when it was killed."""

    returncode: int
    stderr: str


class Place(NamedTuple):
    """A folder to run in, and the process that makes the runs."""

    path: Path
    runs: subprocess.Popen[str]

    def __truediv__(self, name):
        return self.path / name

    def run(self, *arguments, kill=""):
        order = [str(self.path), kill, ["clean", "in", *arguments]]
        self.runs.stdin.write(json.dumps(order) + "\n")
        self.runs.stdin.flush()
        status = int(self.runs.stdout.readline())
        return Done(status, (self.path / "stderr").read_text("utf-8"))


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with files, a collection, rows and rejects, and the dataset that it gives."""
    where = tmp_path_factory.mktemp("resume")
    (where / "in").mkdir()
    for number in range(60):
        (where / "in" / f"{number:03}.txt").write_bytes(text(number))
    (where / "in" / "图.txt").write_bytes(bytes(5000))
    rows = [{"text": text(n).decode() if n % 7 else None, "id": n} for n in range(60)]
    (where / "in" / "rows.jsonl").write_bytes(jsonl(rows))
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as runs:
        made = Place(where, runs)
        done = made.run("--out", "whole")
        assert done.returncode == 0, done.stderr
        yield made


def test_a_run_that_is_killed_again_and_again_gives_the_same_bytes(place):
    """kill -9 while logging, around checkpoints, and in the middle of the commit."""
    kills = ["journal:note:25", "journal:checkpoint:0", "journal:note:30", "commit:_move:0"]
    for kill in kills:
        assert place.run("--out", "out", "--resume", kill=kill).returncode == -signal.SIGKILL
        assert not [name for name in content(place / "out") if not name.startswith(".tmp-")]
    done = place.run("--out", "out", "--resume")
    assert done.returncode == 0, done.stderr
    assert content(place / "out") == content(place / "whole")
    check(place / "out")
    assert " of them before)" in done.stderr


def test_a_run_that_was_asked_for_something_else_is_not_gone_on_with(place):
    """Changed settings or input are an error that says so, and what was done stays."""
    assert place.run("--out", "else", kill="journal:note:50").returncode == -signal.SIGKILL
    left = content(place / "else")
    done = place.run("--out", "else", "--resume", "--off", "gaps", "--links", "--chapters")
    assert done.returncode == 2
    assert "form, links, chapters changed" in done.stderr
    (place / "in" / "new.txt").write_bytes(text(7))
    try:
        done = place.run("--out", "else", "--resume")
    finally:
        (place / "in" / "new.txt").unlink()
    assert done.returncode == 2
    assert "input changed" in done.stderr
    assert content(place / "else") == left


def test_nothing_to_go_on_with_is_said(place, capsys, monkeypatch):
    """--resume in a script does no harm the first time."""
    monkeypatch.chdir(place.path)
    assert cli.main(["clean", "in/000.txt", "--out", "first", "--resume"]) == 0
    assert "no run was stopped in first" in capsys.readouterr().err


def test_a_log_gives_back_what_was_noted_and_a_torn_end_is_cut_away(tmp_path):
    """Documents and all, equal; bytes behind the last whole line are gone."""
    documents = clean_text("春日\n今天天气很好，我们去公园看花。")
    journal = Journal.begin(tmp_path, {"a": 1})
    for number in range(3):
        journal.note(Entry(f"{number}.txt", number, list(documents)))
    journal.close()
    [log] = tmp_path.glob("log-*")
    whole = log.read_bytes()
    for torn in (whole[:-5], whole + b"0badbeef [", whole[:-20] + b"\n"):
        log.write_bytes(torn)
        entries = list(Journal.resume(tmp_path, {"a": 1}).entries())
        assert [entry.results for entry in entries] == [documents] * len(entries)
        assert len(entries) >= 2
        assert whole.startswith(log.read_bytes())
    with pytest.raises(UsageError, match="a changed"):
        Journal.resume(tmp_path, {"a": 2})


def test_a_tally_survives_json():
    """What was counted before is counted once."""
    tally = Tally()
    tally.add(clean_text("春日\n来源：网络　作者：半日闲\n今天天气很好，我们去公园看花。"))
    assert tally_of(json.loads(json.dumps(tally.state()))) == tally


def test_digests_are_known_again():
    """As a set, in a fifth of the memory."""
    seen = Digests()
    digests = [os.urandom(16) for _ in range(20_000)]
    assert all(map(seen.add, digests))
    assert not any(map(seen.add, digests))
    assert len(seen) == 20_000
    assert sum(map(len, seen._tables)) < 45 * 20_000
