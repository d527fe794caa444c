"""
The clean texts as files, in a tree like the input's.

    sub/a.html  ->  texts/sub/a.txt             a page with one document
    all.html    ->  texts/all.1.txt, all.2.txt  a collection

As Markdown they are called a.md, all.1.md, all.2.md.

Names come from strangers. What reaches the disk has no "..", no leading
slash, no character or name that some file system keeps for itself, is never
too long, and is given only once, also where case makes no difference.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Literal

from cleaners.document import Document
from cleaners.markdown import markdown
from flows.commit import listed
from flows.digests import Digests

FOLDER = "texts"
TextFormat = Literal["text", "markdown"]
TEXT_FORMATS: Mapping[TextFormat, str] = {"text": ".txt", "markdown": ".md"}
"""The forms in which texts are written, each with the suffix of its files."""

_LONGEST_NAME = 200  # bytes; file systems allow 255, and a number is still to come
_LONGEST_PATH = 1000  # bytes; 4,096 with the folder that it stands in
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{0,7}[A-Za-z][A-Za-z0-9]{0,7}\Z")  # not the .2 of 第1.2
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u2028\u2029\ud800-\udfff]')
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)")


def written(document: Document, form: TextFormat = "text") -> str:
    """A document as it is written into a file: its text, or Markdown. Ends in one line feed."""
    text = markdown(document) if form == "markdown" else document.text
    return text if text.endswith("\n") else f"{text}\n"


class TextFolder:
    """Writes texts below a folder and lists their SHA-256 in the format of `sha256sum`."""

    def __init__(self, stage: Path, listing: str, form: TextFormat = "text", size: int = 0) -> None:
        """`size` bytes of the listing are there already, from a run that goes on."""
        self._stage = stage
        self._form: TextFormat = form
        self._taken = Digests()  # of names, not names: there may be millions
        self._folders: set[Path] = set()
        path = stage / listing
        if size:
            os.truncate(path, size)
            for _, name in listed(path):
                self._taken.add(_folded(name.removeprefix(f"{FOLDER}/")))
        self._listing = path.open("a" if size else "w", encoding="utf-8", newline="\n")

    def write(self, key: str, document: Document) -> None:
        """Write a document under the name of its input, with its number in a collection."""
        several = document.segment.count > 1
        number = document.segment.index + 1 if several else None
        path = self._stage / self._free_name(key, number)
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        body = written(document, self._form).encode()
        path.write_bytes(body)
        name = path.relative_to(self._stage).as_posix()
        self._listing.write(f"{hashlib.sha256(body).hexdigest()}  {name}\n")

    def sync(self) -> int:
        """Make the listing durable; its size."""
        self._listing.flush()
        os.fsync(self._listing.fileno())
        return self._listing.tell()

    def close(self) -> None:
        self._listing.close()

    def _free_name(self, key: str, number: int | None) -> str:
        """The first name for this input that no other has; depends on the inputs before only."""
        for name in _names(key, number, TEXT_FORMATS[self._form]):
            if self._taken.add(_folded(name)):
                return f"{FOLDER}/{name}"
        raise AssertionError("names never run out")


def text_name(key: str, number: int | None = None, suffix: str = ".txt") -> str:
    """
    The name that is tried first for an input's text, below texts/.

    >>> text_name("小说/第1.2章.html"), text_name("合集.htm", 2)
    ('小说/第1.2章.txt', '合集.2.txt')
    >>> text_name("/../../etc/CON.txt")
    '_/_/etc/_CON.txt'
    """
    return next(_names(key, number, suffix))


def _names(key: str, number: int | None, suffix: str) -> Iterator[str]:
    """Names for an input, most wanted first: a.txt, a.html.txt, a.html~2.txt, …"""
    *folders, last = key.split("/")
    above = [safe_name(folder, no_suffix=suffix) for folder in folders if folder not in {"", "."}]
    end = suffix if number is None else f".{number}{suffix}"
    whole = safe_name(last or "_")
    yield _joined(above, f"{safe_name(_SUFFIX.sub('', last) or last or '_')}{end}")
    yield _joined(above, f"{whole}{end}")
    for again in count(2):
        yield _joined(above, f"{whole}~{again}{end}")


def _joined(folders: list[str], name: str) -> str:
    path = "/".join([*folders, name])
    if len(path.encode()) <= _LONGEST_PATH:
        return path
    return f"deep/{_digest(path).hex()}/{name}"


def safe_name(name: str, *, no_suffix: str = "") -> str:
    """The name, or the nearest one that every file system takes; `no_suffix` is not its end."""
    safe = _UNSAFE.sub("_", name).rstrip(". ") or "_"
    if _RESERVED.match(safe):
        safe = f"_{safe}"
    if no_suffix and safe.casefold().endswith(no_suffix):
        safe += "_"  # files end in .txt and folders never do, so that they cannot meet
    body = safe.encode()
    if len(body) <= _LONGEST_NAME:
        return safe
    return f"{body[: _LONGEST_NAME - 17].decode(errors='ignore')}~{_digest(name).hex()[:16]}"


def _folded(name: str) -> bytes:
    """The same for names that some file system takes for the same."""
    return _digest(unicodedata.normalize("NFC", name).casefold())


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
