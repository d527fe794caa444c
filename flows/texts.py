"""
The clean texts as files, in a tree like the input's.

    sub/a.html  ->  texts/sub/a.txt             a page with one document
    all.html    ->  texts/all.1.txt, all.2.txt  a collection

Names come from strangers. What reaches the disk has no "..", no leading
slash, no character or name that some file system keeps for itself, is never
too long, and is given only once, also where case makes no difference.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path

FOLDER = "texts"
_LONGEST_NAME = 200  # bytes; file systems allow 255, and a number is still to come
_LONGEST_PATH = 1000  # bytes; 4,096 with the folder that it stands in
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{0,7}[A-Za-z][A-Za-z0-9]{0,7}\Z")  # not the .2 of 第1.2
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"\\|?*\u2028\u2029\ud800-\udfff]')
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)")


class TextFolder:
    """Writes texts below a folder and lists their SHA-256 in the format of `sha256sum`."""

    def __init__(self, stage: Path, listing: str) -> None:
        self._stage = stage
        self._listing = (stage / listing).open("w", encoding="utf-8", newline="\n")
        self._taken: set[bytes] = set()  # 16 bytes a name, not the name: there may be millions
        self._folders: set[Path] = set()

    def write(self, key: str, number: int | None, text: str) -> None:
        """Write `text` under the name of its input; `number` is its place in a collection."""
        path = self._stage / self._free_name(key, number)
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        body = text.encode() if text.endswith("\n") else f"{text}\n".encode()
        path.write_bytes(body)
        name = path.relative_to(self._stage).as_posix()
        self._listing.write(f"{hashlib.sha256(body).hexdigest()}  {name}\n")

    def close(self) -> None:
        self._listing.close()

    def _free_name(self, key: str, number: int | None) -> str:
        """The first name for this input that no other has; depends on the inputs before only."""
        for name in _names(key, number):
            digest = _digest(unicodedata.normalize("NFC", name).casefold())
            if digest not in self._taken:
                self._taken.add(digest)
                return f"{FOLDER}/{name}"
        raise AssertionError("names never run out")


def text_name(key: str, number: int | None = None) -> str:
    """
    The name that is tried first for an input's text, below texts/.

    >>> text_name("小说/第1.2章.html"), text_name("合集.htm", 2)
    ('小说/第1.2章.txt', '合集.2.txt')
    >>> text_name("/../../etc/CON.txt")
    '_/_/etc/_CON.txt'
    """
    return next(_names(key, number))


def _names(key: str, number: int | None) -> Iterator[str]:
    """Names for an input, most wanted first: a.txt, a.html.txt, a.html~2.txt, …"""
    *folders, last = key.split("/")
    above = [_safe(folder, is_folder=True) for folder in folders if folder not in {"", "."}]
    place = "" if number is None else f".{number}"
    whole = _safe(last or "_")
    yield _joined(above, f"{_safe(_SUFFIX.sub('', last) or last or '_')}{place}.txt")
    yield _joined(above, f"{whole}{place}.txt")
    for again in count(2):
        yield _joined(above, f"{whole}~{again}{place}.txt")


def _joined(folders: list[str], name: str) -> str:
    path = "/".join([*folders, name])
    if len(path.encode()) <= _LONGEST_PATH:
        return path
    return f"deep/{_digest(path).hex()}/{name}"


def _safe(name: str, *, is_folder: bool = False) -> str:
    """The name, or the nearest one that every file system takes."""
    safe = _UNSAFE.sub("_", name).rstrip(". ") or "_"
    if _RESERVED.match(safe):
        safe = f"_{safe}"
    if is_folder and safe.casefold().endswith(".txt"):
        safe += "_"  # files end in .txt and folders never do, so that they cannot meet
    body = safe.encode()
    if len(body) <= _LONGEST_NAME:
        return safe
    return f"{body[: _LONGEST_NAME - 17].decode(errors='ignore')}~{_digest(name).hex()[:16]}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
