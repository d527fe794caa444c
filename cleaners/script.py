"""
From Traditional to Simplified characters and back, by OpenCC's tables of words.

Only when it is asked for: a conversion guesses (发 is 發 or 髮), and clean text is what
its author wrote. OpenCC is an optional package; nothing here needs it before the first
conversion. It knows Han characters, not languages: in Japanese it changes them as well.

OpenCC's own result is not always left alone by OpenCC: 里约 becomes 里約, and that 裏約.
So a line that comes back the same from the other script and here again is taken to be
converted already. Of the lines that are not, the result is converted until it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from cleaners.errors import ZhengbenError

Script = Literal["", "simplified", "traditional"]

CONFIGS = {"simplified": "t2s", "traditional": "s2t"}
_BACK = {"simplified": "s2t", "traditional": "t2s"}
_HALVES = re.compile("([\ud800-\udfff]+)")  # of surrogate pairs: not to be told to a C library


class FormError(ZhengbenError, ValueError):
    """A form of clean text that cannot be made here."""


def convert(text: str, script: str) -> str:
    """
    `text` with its Han characters in the script "simplified" or "traditional".

    >>> convert("他後來說：頭髮很乾淨，乾隆也這樣說。", "simplified")
    '他后来说：头发很干净，乾隆也这样说。'
    >>> convert("里约的头发", "traditional")
    '里約的頭髮'

    Converting twice is converting once. FormError: OpenCC is not installed.
    """
    there, back = _converter(CONFIGS[script]), _converter(_BACK[script])
    return "\n".join([_settled(line, there, back) for line in text.split("\n")])


def converter_name(script: str) -> str:
    """What decides the result, for the provenance: opencc-t2s-1.4.2."""
    return f"opencc-{CONFIGS[script]}-{_version()}"


def _settled(line: str, there: Callable[[str], str], back: Callable[[str], str]) -> str:
    if line.isascii():
        return line
    while (other := there(line)) != line and there(back(line)) != line:
        line = other
    return line


@cache
def _converter(config: str) -> Callable[[str], str]:
    """One conversion, with its tables in memory."""
    _version()
    from opencc import OpenCC  # noqa: PLC0415  optional, and files are read

    whole = OpenCC(config).convert

    def convert_halves_apart(text: str) -> str:
        try:
            return whole(text)
        except UnicodeEncodeError:
            pieces = _HALVES.split(text)
            pieces[::2] = map(whole, pieces[::2])
            return "".join(pieces)

    return convert_halves_apart


@cache
def _version() -> str:
    """Of the installed OpenCC. Another package brings a module of the same name, but not this."""
    try:
        return version("opencc")
    except PackageNotFoundError:
        raise FormError(
            "script",
            "converting needs OpenCC, which is not installed",
            do='pip install "zhengben[script]"',
        ) from None
