"""
Parts of a release for training and testing: which document falls where.

Copies of one text never fall into different parts: the part is told by the cluster of a document
when somebody has looked for copies, and by its letters and digits otherwise. It is told by
nothing else, so a document without copies stays in its part when a release grows.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from cleaners.errors import UsageError
from flows.rows import Row

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NO_LETTERS = re.compile(r"[\W_]+")
_WHOLE = 1_000_000  # what the shares have to add to, in millionths


@dataclass(frozen=True, slots=True)
class Split:
    """
    Names of parts with their shares, in order; without any, there is one part without a name.

    >>> Split.parsed("train=0.98,test=0.02").shares
    (('train', 980000), ('test', 20000))
    """

    shares: tuple[tuple[str, int], ...] = ()  # in millionths

    @classmethod
    def parsed(cls, said: str) -> Split:
        """UsageError: a name twice, no name, no share, or shares that do not add to 1."""
        if not said.strip():
            return cls()
        shares = tuple(_share(said, part) for part in said.split(","))
        total = sum(share for _, share in shares)
        if len({name for name, _ in shares}) < len(shares):
            raise _wrong(said, "names a part twice")
        if total != _WHOLE:
            raise _wrong(said, f"has shares that add to {total / _WHOLE:g} and not to 1")
        return cls(shares)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.shares) or ("",)

    def said(self) -> dict[str, float]:
        """As the manifest says it."""
        return {name: share / _WHOLE for name, share in self.shares}

    def part_of(self, row: Row) -> str:
        """The part that a document falls into."""
        if not self.shares:
            return ""
        at = int.from_bytes(_digest(row)[:8]) * _WHOLE >> 64
        for name, share in self.shares:
            if at < share:
                return name
            at -= share
        raise AssertionError


def _digest(row: Row) -> bytes:
    """Spread evenly, and the same for copies."""
    of = row["cluster"] or _NO_LETTERS.sub("", row["text"]) or row["id"]
    return hashlib.sha256(of.encode()).digest()


def _share(said: str, part: str) -> tuple[str, int]:
    name, equals, share = (piece.strip() for piece in part.partition("="))
    if not equals or not _NAME.fullmatch(name):
        raise _wrong(said, f"has no name and share in {part.strip()!r}")
    try:
        millionths = round(float(share) * _WHOLE)
    except (ValueError, OverflowError):
        raise _wrong(said, f"has no number behind {name}=") from None
    if not 0 < millionths <= _WHOLE:
        raise _wrong(said, f"has a share that is not between 0 and 1 behind {name}=")
    return name, millionths


def _wrong(said: str, what: str) -> UsageError:
    return UsageError("--split", what, saw=said, do="--split train=0.98,test=0.02")
