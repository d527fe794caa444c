"""Crashes, hangs and hogs cost one item; order and results do not depend on the workers."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import struct
import subprocess
import sys
import time
from contextlib import closing, suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from flows import workers
from flows.workers import Limits, Lost, WorkersError, attempt, run_all

LIMITS = Limits(seconds=2.0, memory_bytes=1 << 30)


def half_a_message(pipe, body):
    os.write(pipe.fileno(), struct.pack("!i", len(body)) + bytes(body[:10]))
    os.kill(os.getpid(), signal.SIGKILL)


def work(marker, item):
    kind, number = item
    if kind == "segfault":
        ctypes.string_at(0)
    elif kind == "exit":
        os._exit(3)
    elif kind == "kill" or (kind == "killed-once" and not Path(marker).exists()):
        Path(marker or os.devnull).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "killed-while-sent":
        Connection._send_bytes = half_a_message
    elif kind == "hang":
        time.sleep(600)
    elif kind == "hog":
        return len(b"x" * (2 << 30))
    elif kind == "bug":
        return 1 // 0
    elif kind == "unpicklable":
        return lambda: None
    elif kind == "lag":
        time.sleep(0.05)
    return number * number


def make_work(marker=""):
    return partial(work, marker)


def make_nothing():
    raise ValueError("规则包坏了")


def die_at_start():
    os._exit(7)


def run(kinds, *, count=2, make=make_work, limits=LIMITS, size=lambda _: 0):
    items = [(kind, number) for number, kind in enumerate(kinds)]
    pool = run_all(
        items, make, workers=count, on_lost=lambda _, lost: lost, limits=limits, size=size
    )
    with closing(pool):
        results = list(pool)
    assert [item for item, _ in results] == items
    return [result for _, result in results]


@pytest.mark.parametrize(
    ("kind", "rule", "why"),
    [
        ("segfault", "worker-crashed", "was killed by SIGSEGV"),
        ("exit", "worker-crashed", "ended with status 3"),
        ("kill", "worker-crashed", "was killed by SIGKILL"),
        ("killed-while-sent", "worker-crashed", "was killed by SIGKILL"),
        ("hang", "worker-timeout", "more than 2 seconds"),
        ("hog", "worker-out-of-memory", "more memory"),
        ("bug", "internal-error", "ZeroDivisionError"),
        ("unpicklable", "internal-error", "pickle"),
    ],
)
def test_one_bad_item_costs_one_item(kind, rule, why):
    """Whatever kills a worker, its item is lost with the reason, and all others have results."""
    kinds = ["good"] * 40
    kinds[17] = kind
    results = run(kinds)
    lost = results[17]
    assert isinstance(lost, Lost)
    assert lost.rule == rule
    assert why in lost.why
    assert results[:17] + results[18:] == [n * n for n in range(40) if n != 17]


def test_several_bad_items_in_one_batch_cost_themselves(capfd):
    """Two crashes, two bugs and a hog in one batch of 32: five lost, 27 results."""
    kinds = ["good"] * 32
    for number, kind in ((3, "exit"), (4, "bug"), (9, "hog"), (20, "kill"), (31, "bug")):
        kinds[number] = kind
    results = run(kinds)
    assert [n for n, result in enumerate(results) if isinstance(result, Lost)] == [3, 4, 9, 20, 31]
    assert capfd.readouterr().err == ""


def test_an_item_whose_worker_was_killed_by_somebody_is_done_again(tmp_path):
    """A worker that is shot once, by an administrator or for want of memory, costs nothing."""
    results = run(["good", "killed-once", "good"], make=partial(make_work, str(tmp_path / "shot")))
    assert results == [0, 1, 4]
    assert (tmp_path / "shot").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_results_do_not_depend_on_the_number_of_workers(count):
    """One worker or three, fast items or slow ones: the same results in the same order."""
    kinds = ["lag" if n % 7 == 0 else "good" for n in range(100)]
    assert run(kinds, count=count, size=lambda _: 60_000) == [n * n for n in range(100)]


def test_no_more_is_taken_than_the_window_holds(monkeypatch):
    """While nobody takes results, items stay where they come from: memory is bounded."""
    monkeypatch.setattr(workers, "WINDOW_ITEMS", 64)
    taken = 0

    def items():
        nonlocal taken
        for taken in range(10_000):
            yield "good", taken

    with closing(run_all(items(), make_work, workers=1, on_lost=lambda _, lost: lost)) as pool:
        next(pool)
        assert taken < 200


def test_no_items_start_no_worker():
    """Nothing to do is done at once."""
    assert run([], make=make_nothing) == []


def test_work_that_cannot_be_made_is_an_error_with_its_reason():
    """A mistake that every worker would make is told once, not as a reject for each file."""
    with pytest.raises(WorkersError, match="规则包坏了"):
        run(["good"] * 3, make=make_nothing)


def test_workers_that_die_before_they_begin_are_not_started_for_ever():
    """After a few false starts the run ends with an error."""
    with pytest.raises(WorkersError, match="status 7"):
        run(["good"] * 3, make=die_at_start)


def test_an_attempt_in_this_process_is_lost_the_same_way():
    """A bug in the process of the command line itself is a `Lost` with its trace."""
    lost = attempt(make_work(), ("bug", 0))
    assert isinstance(lost, Lost)
    assert lost.rule == "internal-error"
    assert "ZeroDivisionError" in lost.trace


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


CHILD = """
import os, sys
sys.path.insert(0, {tests!r})
from contextlib import closing
from flows.workers import run_all
import test_workers

def items():
    yield "tell", 0
    for n in range(1, 3):
        yield "hang", n

def main():
    pool = run_all(items(), test_workers.make_telling, workers=2, on_lost=lambda _, lost: lost, size=lambda _: 1 << 20)
    with closing(pool):
        for _, result in pool:
            os.write(1, b"%d\\n" % result)

main()
"""


def telling(item):
    kind, _ = item
    if kind == "hang":
        os.write(1, b"%d\n" % os.getpid())
        time.sleep(600)
    return os.getpid()


def make_telling():
    return telling


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks into /proc")
def test_a_server_that_still_loads_does_not_hear_ctrl_c():
    """The server of workers has the signal blocked from its first moment: one process ends by it."""
    script = CHILD.format(tests=str(Path(__file__).parent))
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    began = time.monotonic()
    while not (servers := servers_of(parent.pid)):
        assert time.monotonic() - began < 20
        time.sleep(0.001)
    blocked = re.search(
        r"^SigBlk:\s*(\w+)$", Path(f"/proc/{servers[0]}/status").read_text(), re.MULTILINE
    )
    assert int(blocked[1], 16) & 1 << signal.SIGINT - 1
    os.killpg(parent.pid, signal.SIGINT)  # as a terminal does
    _, said = parent.communicate(timeout=20)
    assert said.count("Traceback") == said.count("\nKeyboardInterrupt\n") == 1  # the parent's own


def servers_of(session):
    """The processes of a session that are servers of workers."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                line = (process / "cmdline").read_bytes()
                if int(fields[3]) == session and b"forkserver import main" in line:
                    found.append(int(process.name))
    return found


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(number):
    """After Ctrl-C, and after a kill -9 of the parent alone, the workers are gone in seconds."""
    script = CHILD.format(tests=str(Path(__file__).parent))
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    try:
        pids = {int(parent.stdout.readline()) for _ in range(3)}
    except ValueError:
        parent.kill()
        raise
    began = time.monotonic()
    parent.send_signal(number)
    parent.wait(10)
    while any(map(alive, pids)) and time.monotonic() - began < 10:
        time.sleep(0.05)
    assert not any(map(alive, pids))
    assert time.monotonic() - began < 5
    parent.stdout.close()
    parent.stderr.close()
