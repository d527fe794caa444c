"""Signals about a clean text, as numbers. They never decide anything by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cleaners.document import Removal
from cleaners.variants import SIMPLIFIED, TRADITIONAL

HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
MARKS = "，。、；：？！“”‘’（）《》【】…—,.;:?!()\"'-"
HANS = re.compile(f"[{''.join(sorted(set(SIMPLIFIED) - set(TRADITIONAL)))}]+")
HANT = re.compile(f"[{''.join(sorted(set(TRADITIONAL) - set(SIMPLIFIED)))}]+")


def measure(text: str, original_chars: int, removals: Sequence[Removal]) -> Mapping[str, float]:
    """
    The signals of one document; shares are of the characters of `text`, 0 to 1.

    `hant_share` is the share of Traditional among the characters that differ by script;
    `removed_share` is of `original_chars`.
    """
    chars = len(text)
    lines = text.count("\n") + 1 if text else 0
    # Most texts have nothing Traditional; then nobody has to count the Simplified.
    hant = _count(HANT, text)
    hans = _count(HANS, text) if hant else 0
    removed = sum(cut.end - cut.start for cut in removals)
    return {
        "chars": chars,
        "lines": lines,
        "mean_line_chars": _share(chars, lines),
        "han_share": _share(_count(HAN, text), chars),
        "punctuation_share": _share(sum(map(text.count, MARKS)), chars),
        "hant_share": _share(hant, hans + hant),
        "unreadable_share": _share(text.count("\ufffd"), chars),
        "removed_share": _share(removed, original_chars),
    }


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
