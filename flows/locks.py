"""Locks that die with their process: `flock`, and never inherited by a child."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_held: set[int] = set()


class Busy(Exception):  # noqa: N818  it is no error: who catches it waits, or says who is there
    """Another process holds the lock."""


def _let_go_in_child() -> None:
    """A worker that outlives its killed parent must not keep the lock."""
    for lock in _held:
        os.close(lock)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)


@contextmanager
def held(path: Path, *, wait: bool = False) -> Generator[int]:
    """
    Hold the lock file `path`, which is made if it does not exist and stays; its descriptor.

    Busy: another process holds it, and `wait` is not asked for.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    _held.add(lock)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Busy(str(path)) from None
        yield lock
    finally:
        _held.discard(lock)
        os.close(lock)
