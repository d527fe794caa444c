"""
Work in processes that may die: a crash, a hang or a lack of memory costs one item.

    find ─▶ batches ─▶ worker, worker, … ─▶ results, in the order of the items

Each worker has a pipe of its own. A worker that dies, even in the middle of a
message, breaks no other's pipe and leaves no lock behind, and nothing in the
parent runs beside the one loop: no thread, no queue. (Pools whose workers share a
pipe or a lock hang when a worker is killed at the wrong moment: docs/choices.md.)

Workers are forked from a server process that has read the rules and does nothing
else ("forkserver", flows/warm.py): a fork of the parent would copy locks that other
threads hold, and a fresh interpreter for each worker costs as much as a hundred pages.
Where there is no fork, workers are spawned.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

BATCH_ITEMS = 32
BATCH_BYTES = 256 << 10
WINDOW_BYTES = 16 << 20  # of items on their way, for each worker
WINDOW_ITEMS = 2048  # likewise
START_SECONDS = 60.0
FALSE_STARTS = 3  # workers that die before they are ready, one after the other
PRELOADED = ("flows.warm",)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may cost. Memory counts addresses, and is not limited on every system."""

    seconds: float = 60.0
    memory_bytes: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Lost:
    """Why there is no result for an item."""

    rule: str  # worker-crashed, worker-timeout, worker-out-of-memory or internal-error
    why: str
    trace: str = ""  # of an internal error


class WorkersError(RuntimeError):
    """No worker process could be started."""


def run_all(
    items: Iterable[T],
    make_work: Callable[[], Callable[[T], R]],
    *,
    workers: int,
    on_lost: Callable[[T, Lost], R],
    limits: Limits = Limits(),
    size: Callable[[T], int] = lambda _: 0,
) -> Generator[tuple[T, R]]:
    """
    Each item with its result, in the order of the items.

    make_work  is called once in each worker and gives the function to call with each
               item; it is pickled, so it is a function of a module or a `partial` of one
    on_lost    makes the result of an item that has none
    size       bytes that an item stands for: small ones travel together, and only so
               many are on their way at a time

    A batch whose worker dies or takes too long is done again, its items one by one;
    an item alone is given a second chance after a death, not after a timeout.
    Close the generator to stop the workers before the end.

    WorkersError: the workers die before they begin, `make_work` among the reasons.
    """
    crew = _Crew[T, R](make_work, workers, limits)
    try:
        for job in crew.run(_batches(items, size)):
            for item, result in job.outcomes():
                yield item, on_lost(item, result) if isinstance(result, Lost) else result
    finally:
        crew.dismiss()


def attempt(work: Callable[[T], R], item: T) -> R | Lost:
    """Do the work in this process; bugs and a lack of memory become `Lost`."""
    try:
        return work(item)
    except MemoryError:
        return Lost("worker-out-of-memory", "there was not enough memory to clean it")
    except Exception as bug:  # noqa: BLE001  a page must never end a run
        why = f"a bug in zhengben: {type(bug).__name__}: {bug}; please report it with this file"
        return Lost("internal-error", why, traceback.format_exc())


# ---------------------------------------------------------------- the parent


@dataclass(slots=True, eq=False)
class _Job(Generic[T, R]):
    """Items that travel together. One that was lost is done again in parts."""

    items: tuple[T, ...]
    bulk: int
    chances: int = 2
    results: list[bytes | Lost] | None = None  # pickled until somebody wants them
    parts: list[_Job[T, R]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.results is not None or (bool(self.parts) and all(p.done for p in self.parts))

    def outcomes(self) -> Iterator[tuple[T, R | Lost]]:
        """The items with their results, once: while a result is used, its pickle is gone."""
        if self.results is not None:
            left, self.results = deque(self.results), []
            for item in self.items:
                yield item, _unpickled(left.popleft())
        for part in self.parts:
            yield from part.outcomes()

    def again(self, lost: Lost) -> list[_Job[T, R]]:
        """The jobs to do instead of this one; none when its only item has to be given up."""
        if len(self.items) > 1:
            self.parts = [_Job((item,), 0) for item in self.items]
            return self.parts
        self.chances -= 1
        if self.chances and lost.rule != "worker-timeout":
            return [self]
        self.results = [lost]
        return []


class _Worker(Generic[T, R]):
    """One process, its pipe, and the job that it is doing."""

    def __init__(self, make_work: Callable[[], Callable[[T], R]], limits: Limits) -> None:
        context = _context()
        self.connection, theirs = context.Pipe()
        with _clean_start():
            self.process = context.Process(
                target=_serve, args=(theirs, make_work, limits.memory_bytes), daemon=True
            )
            self.process.start()
        theirs.close()
        self.job: _Job[T, R] | None = None
        self.ready = False
        self.until = time.monotonic() + START_SECONDS

    def give(self, job: _Job[T, R], seconds: float) -> None:
        self.job = job
        self.until = time.monotonic() + seconds
        with suppress(OSError):  # it is dead; the loop will see its pipe closed
            self.connection.send_bytes(_pickled(job.items))

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class _Crew(Generic[T, R]):
    """All workers and the jobs on their way."""

    def __init__(
        self, make_work: Callable[[], Callable[[T], R]], workers: int, limits: Limits
    ) -> None:
        self._make_work, self._most, self._limits = make_work, workers, limits
        self._workers: list[_Worker[T, R]] = []
        self._todo: deque[_Job[T, R]] = deque()
        self._false_starts = 0

    def run(self, jobs: Iterator[_Job[T, R]]) -> Iterator[_Job[T, R]]:
        """Do all jobs; give them back in their order."""
        window: deque[_Job[T, R]] = deque()
        while True:
            self._fill(window, jobs)
            if not window:
                return
            self._hand_out()
            if window[0].done:
                yield window.popleft()  # whoever takes it may take his time, so:
                self._listen(wait_for_it=False)
            else:
                self._listen(wait_for_it=True)

    def dismiss(self) -> None:
        """End all workers at once. What they hold is memory only."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def _fill(self, window: deque[_Job[T, R]], jobs: Iterator[_Job[T, R]]) -> None:
        bulk = sum(job.bulk for job in window)
        items = sum(len(job.items) for job in window)
        while not window or (
            bulk < WINDOW_BYTES * self._most and items < WINDOW_ITEMS * self._most
        ):
            job = next(jobs, None)
            if job is None:
                return
            window.append(job)
            self._todo.append(job)
            bulk += job.bulk
            items += len(job.items)

    def _hand_out(self) -> None:
        for worker in self._workers:
            if self._todo and worker.ready and worker.job is None:
                worker.give(self._todo.popleft(), self._limits.seconds)
        starting = sum(not worker.ready for worker in self._workers)
        while len(self._workers) < self._most and starting < len(self._todo):
            with _uninterrupted():
                self._workers.append(_Worker(self._make_work, self._limits))
            starting += 1

    def _listen(self, *, wait_for_it: bool) -> None:
        """Take what happens next: an answer, a death, or a worker out of time."""
        awaited = [worker for worker in self._workers if worker.job or not worker.ready]
        until = min((worker.until for worker in awaited), default=0.0) if wait_for_it else 0.0
        connections = [worker.connection for worker in awaited]
        heard = wait(connections, max(0.0, until - time.monotonic()))
        now = time.monotonic()
        for worker in awaited:
            if worker.connection in heard:
                self._receive(worker)
            elif now > worker.until:
                self._lose(worker, _timeout(self._limits.seconds))

    def _receive(self, worker: _Worker[T, R]) -> None:
        try:
            answer = pickle.loads(worker.connection.recv_bytes())  # noqa: S301  our own worker's
        except (EOFError, OSError):
            self._lose(worker, None)
            return
        if worker.job is None:
            if answer is not None:
                raise WorkersError(f"a worker process could not begin\n{answer}")
            worker.ready = True
            self._false_starts = 0
        elif isinstance(answer, Lost):
            self._lose(worker, answer)
        else:
            worker.job.results = answer
            worker.job = None

    def _lose(self, worker: _Worker[T, R], lost: Lost | None) -> None:
        """End a worker. Its job is done again, or given up."""
        self._workers.remove(worker)
        if lost is None:
            worker.process.join(1)  # its pipe is closed: it is ending
            lost = _crash(worker.process.exitcode)
        worker.kill()
        if worker.job is not None:
            self._todo.extendleft(reversed(worker.job.again(lost)))
        elif not worker.ready:
            self._false_starts += 1
            if self._false_starts >= FALSE_STARTS:
                raise WorkersError(f"no worker process could begin: {lost.why}")


def _batches(items: Iterable[T], size: Callable[[T], int]) -> Iterator[_Job[T, Any]]:
    batch: list[T] = []
    bulk = 0
    for item in items:
        more = size(item)
        if batch and (len(batch) == BATCH_ITEMS or bulk + more > BATCH_BYTES):
            yield _Job(tuple(batch), bulk)
            batch, bulk = [], 0
        batch.append(item)
        bulk += more
    if batch:
        yield _Job(tuple(batch), bulk)


def _unpickled(result: bytes | Lost) -> Any:  # noqa: ANN401  what the worker made
    return result if isinstance(result, Lost) else pickle.loads(result)  # noqa: S301


def _crash(exitcode: int | None) -> Lost:
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            ended = f"was killed by {signal.Signals(-exitcode).name}"
            return Lost("worker-crashed", f"the process that cleaned it {ended}")
    return Lost("worker-crashed", f"the process that cleaned it ended with status {exitcode}")


def _timeout(seconds: float) -> Lost:
    return Lost("worker-timeout", f"cleaning it took more than {seconds:g} seconds")


def _context() -> Any:  # noqa: ANN401  multiprocessing has no common type for its contexts
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


@contextmanager
def _uninterrupted() -> Generator[None]:
    """
    Let Ctrl-C wait until a worker has started, and never reach what is started.

    A blocked signal stays blocked in whatever a process starts. The server of workers
    ignores this one by itself, but only after it has imported what is preloaded, and a
    worker whose parent is interrupted before it has said what to do has no way to know.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # to start it would lift the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _clean_start() -> Generator[None]:
    """
    Keep three habits of multiprocessing away from a worker that starts.

    It imports the file that the parent was started from: the command line, or Prefect
    with its second of imports. Work is found by the module that it stands in. And it
    looks for modules in the current folder first, where strangers' files may lie. And it
    lets a daemon, which each worker of Dask is, have no children, lest they outlive it:
    ours follow their parent.
    """
    main = sys.modules["__main__"]
    names = {name: vars(main)[name] for name in ("__spec__", "__file__") if name in vars(main)}
    safe = os.environ.get("PYTHONSAFEPATH")
    itself: dict[str, Any] = vars(multiprocessing.current_process())["_config"]
    daemon = itself.pop("daemon", None)
    try:
        vars(main).update(dict.fromkeys(names))
        os.environ["PYTHONSAFEPATH"] = "1"
        yield
    finally:
        if daemon is not None:
            itself["daemon"] = daemon
        vars(main).update(names)
        if safe is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = safe


# ---------------------------------------------------------------- the worker


def _serve(
    pipe: Connection, make_work: Callable[[], Callable[[Any], Any]], memory_bytes: int
) -> None:
    """The life of a worker: get ready, then a batch in, a list of results out, until the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    _die_with_parent()
    _limit_memory(memory_bytes)
    try:
        work = make_work()
    except Exception:  # noqa: BLE001  the parent raises it
        pipe.send(traceback.format_exc())
        return
    pipe.send(None)
    with suppress(EOFError, ConnectionError):  # the parent is gone, or done
        while True:
            pipe.send_bytes(_answer(work, pickle.loads(pipe.recv_bytes())))  # noqa: S301  our parent's


def _answer(work: Callable[[Any], Any], items: Iterable[Any]) -> bytes:
    """The pickled results, or a pickled `Lost` when there is no memory for them."""
    lost = Lost("worker-out-of-memory", "cleaning it needed more memory than a worker may have")
    try:
        results = [attempt(lambda item: _pickled(work(item)), item) for item in items]
        if not any(isinstance(r, Lost) and r.rule == lost.rule for r in results):
            return _pickled(results)
    except MemoryError:
        pass
    return _pickled(lost)


def _pickled(value: object) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _die_with_parent() -> None:
    """A parent that is killed cannot end its workers, and one of them may be in a long loop."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True)
        watch.start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _limit_memory(memory_bytes: int) -> None:
    """Addresses, which count whatever the program does with them. Windows has no such limit."""
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    with suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
