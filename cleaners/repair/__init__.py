"""
Damaged characters, put right as edits on the original text.

Only damage that the characters themselves show, or that a document shows by doing it
again and again. Each kind has an id, a why, examples and look-alikes, as a rule of a
pack has; `docs/rules.md` shows them.

    forms   characters that only look right; bytes read in the wrong encoding
    code    entities, escapes and tags
    masks   text bent against copying, or past a filter
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import merge
from operator import attrgetter

from cleaners.document import Edit
from cleaners.repair import code, forms, masks
from cleaners.repair.kind import Repair

__all__ = ["DAMAGE", "REPAIRS", "Repair", "repair"]

REPAIRS: tuple[Repair, ...] = (*forms.REPAIRS, *code.REPAIRS, *masks.REPAIRS)

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
    first = DAMAGE.search(original)
    at = first.start() if first else len(original)
    kinds = [kind for kind, seen in _SEEN if seen is None or (first and seen.search(original, at))]
    found = merge(*(_edits(kind, original) for kind in kinds), key=attrgetter("start"))
    return tuple(_disjoint(found))


def _edits(kind: Repair, original: str) -> Iterator[Edit]:
    for start, end, after in kind.find(original):
        yield Edit(kind.id, start, end, original[start:end], after)


def _disjoint(edits: Iterator[Edit]) -> Iterator[Edit]:
    at = 0
    for edit in edits:
        if edit.start >= at:
            yield edit
            at = edit.end
