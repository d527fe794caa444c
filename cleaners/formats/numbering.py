"""The labels that Word prints before the paragraphs of lists: 一、 (二) 1.1 ● …"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from cleaners.formats.numerals import printed_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
LEVELS = 9
PLACE = re.compile("%([1-9])")
# Bullets of Wingdings and Symbol, which have the private use area as their code.
BULLETS = {
    "\uf06c": "●", "\uf06e": "■", "\uf075": "◆", "\uf0a7": "▪", "\uf0a8": "◻", "\uf0b7": "•",
    "\uf0d8": "➢", "\uf0fc": "✓", "\uf0fe": "☑", "\uf0e8": "→", "\uf076": "❖", "\uf09f": "•",
}  # fmt: skip
CLOSING = "、，。：；）】》」』．"  # after these nobody prints a blank


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: 第%1条 with the form and the first of its numbers."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    legal: bool = False  # numbers of all levels in Arabic digits
    glued: bool = False  # nothing between the label and the text


@dataclass(frozen=True, slots=True)
class NumberedList:
    abstract: str
    levels: Mapping[int, Level]
    restarts: Mapping[int, int]  # level → number with which this list begins anew


@dataclass(slots=True)
class Counter:
    """The lists of a document while it is read from its beginning."""

    lists: Mapping[str, NumberedList]
    _at: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, number: str, level: int) -> str:
        """The label of the next paragraph of a list, with the blank behind it; "" for none."""
        of = self.lists.get(number)
        if of is None or level not in of.levels:
            return ""
        at = self._at.setdefault(of.abstract, {})
        if level in of.restarts and (number, level) not in self._begun:
            self._begun.add((number, level))
            at[level] = of.restarts[level] - 1
        for above in range(level):
            at.setdefault(above, of.levels[above].start if above in of.levels else 1)
        own = of.levels[level]
        at[level] = at.get(level, own.start - 1) + 1
        for below in [k for k in at if k > level]:
            del at[below]
        return _printed(of, own, at)


def bullet(sign: str) -> str:
    """
    The sign of a list in Unicode, where a font of signs has a code of its own for it.

    >>> bullet("\uf06c"), bullet("\uf123"), bullet("—")
    ('●', '•', '—')
    """
    known = BULLETS.get(sign, sign)
    return "•" if "\ue000" <= known[:1] <= "\uf8ff" else known


def _printed(of: NumberedList, own: Level, at: Mapping[int, int]) -> str:
    if own.form == "none" or not own.text:
        return ""
    if own.form == "bullet":
        return bullet(own.text) + " "

    def number(place: re.Match[str]) -> str:
        level = int(place[1]) - 1
        form = "decimal" if own.legal else of.levels.get(level, own).form
        return printed_number(at.get(level, 1), form)

    label = PLACE.sub(number, own.text)
    return label if own.glued or label[-1:] in CLOSING else f"{label} "


def counter(numbering: Element | None) -> Counter:
    """The lists that numbering.xml defines, none of them begun."""
    if numbering is None:
        return Counter({})
    abstract = {
        each.get(f"{W}abstractNumId", ""): _levels(each)
        for each in numbering.findall(f"{W}abstractNum")
    }
    lists: dict[str, NumberedList] = {}
    for each in numbering.findall(f"{W}num"):
        of = _value(each, "abstractNumId")
        levels, restarts = dict(abstract.get(of, {})), dict[int, int]()
        for override in each.findall(f"{W}lvlOverride"):
            level = _number(override.get(f"{W}ilvl"), 0)
            levels.update(_levels(override))
            start = override.find(f"{W}startOverride")
            if start is not None:
                restarts[level] = _number(start.get(VAL), 1)
        lists[each.get(f"{W}numId", "")] = NumberedList(of, levels, restarts)
    return Counter(lists)


def _levels(parent: Element) -> dict[int, Level]:
    return {
        _number(each.get(f"{W}ilvl"), 0): Level(
            _form(each),
            _value(each, "lvlText"),
            _number(_value(each, "start"), 1),
            each.find(f"{W}isLgl") is not None,
            _value(each, "suff") == "nothing",
        )
        for each in parent.findall(f"{W}lvl")[:LEVELS]
    }


def _form(level: Element) -> str:
    return next(
        (each.get(VAL, "") for each in level.iter(f"{W}numFmt") if each.get(VAL) != "custom"),
        "decimal",
    )


def _value(parent: Element, name: str) -> str:
    found = parent.find(W + name)
    return "" if found is None else found.get(VAL, "")


def _number(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 9 else otherwise  # noqa: PLR2004
