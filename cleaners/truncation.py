"""
Whether text is missing, and how we know.

A notice proves nothing by itself: 因篇幅问题不能全部显示 stands under whole texts too. It is
weighed against the text: does the last sentence end, and do the counts that the page
declares agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cleaners.document import Evidence, Harvested, Line, Role, Truncation, TruncationKind
from cleaners.page import SENTENCE_MARK, Mark, Part
from cleaners.rules import Truncates

UNFINISHED = "unfinished-sentence"
LONG = 40  # characters; a last line this long that does not end a sentence was cut
SHORT = 12  # characters; so was one this long in which an earlier sentence ends
INNER_END = re.compile("[。！？；]")
SHOWN_SHARE = 0.95  # of the declared characters; fewer are shown: text is missing
ENDS = re.compile(r"[。！？!?…～~][”’」』\"'）)》】\]]*\s*$|[”」』）)》】\]]\s*$|[.．:：;；]\s*$")
# A signature, a date, a place: a text may end with these and have no full stop.
SIGNED = re.compile(
    r"(?:[0-9〇零一二三四五六七八九十]{1,4}[年月日号时分]|[年月日])\s*$|^\W*(?:作者|记者|文|图|编辑)"
)


def judge(
    part: Part, marks: Sequence[Mark], text: str, last: Line | None, found: Mapping[str, Harvested]
) -> Truncation | None:
    """
    What the marks, the end of the clean text and the declared counts say together.

    `last` is the last line of the page of which something is left in `text`.
    """
    speaking = [m for m in marks if m.rule.truncates and part.has(m.start)]
    unfinished = last if last and breaks_off(text[text.rfind("\n") + 1 :], last.role) else None
    counts = {
        name: _count(found, name) for name in ("declared_chars", "shown_chars", "hidden_chars")
    }
    says: set[Truncates] = {m.rule.truncates for m in speaking}
    if _agree(counts):
        says = {"notice" if each == "tail" else each for each in says}
    if unfinished:
        says.add("tail")
    kind = _kind(frozenset(says), counts)
    if kind is None:
        return None
    evidence = {Evidence(m.rule.id, m.start, m.end) for m in speaking}
    if unfinished and kind == "tail_cut":
        evidence.add(Evidence(UNFINISHED, unfinished.start, unfinished.end))
    return Truncation(
        kind, tuple(sorted(evidence, key=lambda e: (e.start, e.end, e.rule))), **counts
    )


def _agree(counts: Mapping[str, int | None]) -> bool:
    """Whether as many characters are shown as are declared, or nearly."""
    declared, shown = counts["declared_chars"], counts["shown_chars"]
    return declared is not None and shown is not None and shown >= declared * SHOWN_SHARE


def _kind(says: frozenset[Truncates], counts: Mapping[str, int | None]) -> TruncationKind | None:
    declared, shown = counts["declared_chars"], counts["shown_chars"]
    if declared and shown and shown < declared * SHOWN_SHARE:
        return "tail_cut"
    if "middle" in says:
        return "middle_hole"
    if "tail" in says:
        return "tail_cut"
    return "notice_only" if says else None


def breaks_off(line: str, role: Role = "paragraph") -> bool:
    """
    Whether a document's last line stops in mid-sentence.

    Short lines, signatures, dates, tables and code may end without a full stop.

    >>> breaks_off("组工干部如果连自身都不能端正思想，对组织安排推三阻四，工作上推诿扯皮，生活上贪图享受，对组织的")
    True
    >>> breaks_off("工作中也有不足。一是科研")
    True
    >>> breaks_off("某某县人民政府办公室 2024年3月5日"), breaks_off("谢谢大家！")
    (False, False)
    """
    if role in ("table", "code", "list", "heading") or ENDS.search(line) or SIGNED.search(line):
        return False
    if len(line) >= LONG:
        return bool(SENTENCE_MARK.search(line))
    return len(line) >= SHORT and (line[-1] in "，、," or bool(INNER_END.search(line)))


def _count(found: Mapping[str, Harvested], name: str) -> int | None:
    value = found[name].value if name in found else None
    return value if isinstance(value, int) else None
