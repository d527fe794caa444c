"""
Damaged characters, put right as edits on the original text.

Only damage that the characters themselves show, or that a document shows by doing it
again and again. Each kind has an id, a why, examples and look-alikes, as a rule of a
pack has; `docs/rules.md` shows them.

    forms    characters that only look right
    misread  bytes read in the wrong encoding, or out of step
    code     entities, escapes and tags
    masks    text bent against copying, or past a filter
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import itemgetter

from cleaners.document import Edit
from cleaners.repair import code, forms, masks, misread
from cleaners.repair.kind import Repair

__all__ = ["DAMAGE", "REPAIRS", "Repair", "repair"]

REPAIRS: tuple[Repair, ...] = (*forms.REPAIRS, *misread.REPAIRS, *code.REPAIRS, *masks.REPAIRS)

# One pass says whether there is anything to do; most texts end here. In a character
# class `re` walks the ranges above U+FFFF one by one, so there is one range for them.
DAMAGE = re.compile(f"[{''.join(kind.seen for kind in REPAIRS)}]")
_SEEN = tuple((kind, re.compile(f"[{kind.seen}]") if kind.seen else None) for kind in REPAIRS)


def repair(original: str) -> tuple[Edit, ...]:
    """
    The edits that put damaged characters right: sorted, disjoint.

    >>> [(e.rule, e.before, e.after) for e in repair("⽅法&nbsp;一")]
    [('radical-forms', '⽅', '方'), ('broken-entity', '&nbsp;', '\\xa0')]
    """
    signs = "".join(set(DAMAGE.findall(original)))
    found = [
        (*place, kind)
        for kind, seen in _SEEN
        if seen is None or (signs and seen.search(signs))
        for place in kind.find(original)
    ]
    return tuple(_disjoint(original, sorted(found, key=itemgetter(0)))) if found else ()


def _disjoint(text: str, found: Iterable[tuple[int, int, str, Repair]]) -> Iterator[Edit]:
    at = 0
    for start, end, after, kind in found:
        if start >= at:
            yield Edit(kind.id, start, end, text[start:end], after)
            at = end
