"""Opening files, and nothing else that may have a file's name."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from flows.found import Unreadable


def open_regular(path: Path) -> BinaryIO | Unreadable:
    """A file to read from; pipes, sockets and devices are refused. OSError as of `open`."""
    if not stat.S_ISREG(path.stat().st_mode):
        return _not_regular()
    # Not blocking, in case a pipe has taken the file's place meanwhile.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(handle, "rb")
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return file
    file.close()
    return _not_regular()


def _not_regular() -> Unreadable:
    why = "not a regular file but a pipe, a socket or a device; to read a pipe: zhengben clean -"
    return Unreadable("unreadable-file", why)
