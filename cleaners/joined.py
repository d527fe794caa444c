"""
The parts of one article, put together before any rule looks at its text.

What is printed on each part, title, by-line, foot, and the paragraphs with which a part
begins again where the one before it ended, get a role of their own (`repeat`): they stand in
`original` to be proved, are cut by the rule `part-repeat`, and no other rule sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from cleaners.document import Extracted, Line, Link

EDGE_LINES = 8  # at either end of a part that may be printed on the others as well
LONG = 80  # characters; what is longer is text, and only an overlap repeats it


def join(parts: Sequence[Extracted]) -> Extracted:
    """
    One article of its parts, in their order; facts that the first does not state are the next ones'.

    >>> from cleaners.page import split_lines
    >>> texts = "船歌⏎甲。⏎乙。⏎共两页", "船歌⏎乙。⏎丙。⏎共两页"
    >>> pages = [Extracted(t, split_lines(t)) for t in (text.replace("⏎", chr(10)) for text in texts)]
    >>> whole = join(pages)
    >>> [whole.original[line.start : line.end] for line in whole.lines if line.role == "repeat"]
    ['共两页', '船歌', '乙。']
    """
    roles = _repeats([[_text(part, line) for line in part.lines] for part in parts])
    original: list[str] = []
    lines: list[Line] = []
    at = 0
    for part, repeats in zip(parts, roles, strict=True):
        for number, line in enumerate(part.lines):
            moved = line._replace(start=line.start + at, end=line.end + at)
            lines.append(moved._replace(role="repeat") if number in repeats else moved)
        original.append(part.original)
        at += len(part.original) + 1
    metadata = {name: fact for part in reversed(parts) for name, fact in part.metadata.items()}
    return replace(
        parts[0],
        original="\n".join(original),
        lines=tuple(lines),
        metadata=metadata,
        confidence=min(part.confidence for part in parts),
        unreadable=sum(part.unreadable for part in parts),
        links=_links(parts),
        next_part=None,
        part_index=None,
        part_count=None,
    )


def _repeats(parts: Sequence[Sequence[str]]) -> list[set[int]]:
    """Of each part the numbers of the lines that repeat another part's."""
    found: list[set[int]] = [set() for _ in parts]
    head = {parts[0][n] for n in _head(parts[0])}
    foot = {parts[-1][n] for n in _foot(parts[-1])}
    for number, lines in enumerate(parts):
        if number > 0:
            found[number] |= {n for n in _head(lines) if _short(lines[n]) and lines[n] in head}
        if number < len(parts) - 1:
            found[number] |= {n for n in _foot(lines) if _short(lines[n]) and lines[n] in foot}
        if len(found[number]) == len(lines):
            found[number].clear()  # nothing but repeats is no article's part: let the rules see it
    for number, (before, after) in enumerate(pairwise(parts)):
        ended = [text for n, text in enumerate(before) if text and n not in found[number]]
        begins = [n for n, text in enumerate(after) if text and n not in found[number + 1]]
        for length in range(min(EDGE_LINES, len(ended), len(begins) - 1), 0, -1):
            if ended[-length:] == [after[n] for n in begins[:length]]:
                found[number + 1].update(begins[:length])
                break
    return found


def _head(lines: Sequence[str]) -> range:
    return range(min(EDGE_LINES, len(lines) // 2))


def _foot(lines: Sequence[str]) -> range:
    return range(len(lines) - min(EDGE_LINES, len(lines) // 2), len(lines))


def _short(text: str) -> bool:
    return 0 < len(text) <= LONG


def _links(parts: Sequence[Extracted]) -> tuple[Link, ...]:
    links: list[Link] = []
    at = 0
    for part in parts:
        moved = (link._replace(start=link.start + at, end=link.end + at) for link in part.links)
        links.extend(moved)
        at += len(part.original) + 1
    return tuple(links)


def _text(part: Extracted, line: Line) -> str:
    return "".join(part.original[line.start : line.end].split())
