"""
A TOML table that is read key by key, each with a type and a word on what to write.

Every mistake is an error with the key's name in it: a wrong type, a value that is no
duration, and above all a key that nobody knows, because a misspelt key must not become
a default.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from cleaners.errors import SourcesError

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(s|m|h|d)")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(KiB|MiB|GiB)", re.IGNORECASE)
_SIZES = {"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}


class Table:
    """
    One table of a file.

    where  how its errors begin, e.g. "sources.toml: 渡口小报"
    keys   all keys that it may have, each with what to write there
    """

    def __init__(self, where: str, values: object, keys: Mapping[str, str]) -> None:
        if not isinstance(values, dict):
            raise SourcesError(where, "is no table", saw=repr(values), do="write it as  [name]")
        self.where, self._keys = where, keys
        self._values = cast("dict[str, object]", values)
        for key in self._values:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1, 0.6)
                do = f"perhaps {near[0]}" if near else f"one of {', '.join(keys)}"
                raise SourcesError(where, f"does not know the key {key!r}", do=do)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def wrong(self, key: str, what: str, saw: object = None) -> SourcesError:
        """The error for a value, with what to write in its place."""
        seen = self._values.get(key) if saw is None else saw
        return SourcesError(
            f"{self.where}: {key}",
            what,
            saw="" if seen is None else str(seen),
            do=self._keys.get(key, ""),
        )

    def text(self, key: str, default: str = "") -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "is no text")
        return value.strip()

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        value = self._values.get(key, list(default))
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list):
            raise self.wrong(key, "is no list of texts")
        for each in (values := cast("list[object]", value)):
            if not isinstance(each, str) or not each.strip():
                raise self.wrong(key, "has something in it that is no text", each)
        return tuple(str(each).strip() for each in values)

    def whole(self, key: str, default: int, least: int = 1) -> int:
        value = self._values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, f"is no whole number from {least} up")
        return value

    def number(self, key: str, default: float) -> float:
        value = self._values.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:  # noqa: PLR2004
            raise self.wrong(key, "is no number from 0 up")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "is neither true nor false")
        return value

    def duration(self, key: str, default: str) -> timedelta:
        """A duration with its unit: "90s", "30m", "12h", "7d"."""
        found = _DURATION.fullmatch(self.text(key, default))
        if found is None:
            raise self.wrong(key, "is no duration")
        return timedelta(seconds=float(found[1]) * _UNITS[found[2]])

    def size(self, key: str, default: int) -> int:
        """Bytes, written with their unit: "16 MiB"."""
        if key not in self._values:
            return default
        found = _SIZE.fullmatch(self.text(key))
        if found is None or not (size := int(float(found[1]) * _SIZES[found[2].lower()])):
            raise self.wrong(key, "is no size")
        return size

    def tables(self, key: str) -> list[object]:
        """The tables of [[key]]."""
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "is no list of tables")
        return list(cast("list[object]", value))

    def get(self, key: str) -> object:
        return self._values.get(key)
