"""
One page while it is being cleaned: its text, its lines and what rules see of it.

A `Page` lives only inside `cleaners.clean`; stages get it and answer with marks.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from cleaners.document import EMPTY, Edit, Line, Role
from cleaners.fold import LINE_BREAKS, VANISHING, Folded, fold
from cleaners.normalise import FENCE, fenced
from cleaners.rules import Rule
from cleaners.voice import Spoken

LINE = re.compile(f"[^{re.escape(LINE_BREAKS)}]+")
SENTENCE_MARK = re.compile("[，。；：！？、,;:!?]")
SENTENCE_ENDS = frozenset("。！？!?…」』”")
EDGE = " \t\xa0\u2000\u2002\u2003\u2009\u3000\u200b\u200c\u200d\u2060\ufeff\xad"
# A picture of Markdown with the words for it, or an address: their marks end no sentence.
NO_WORDS = re.compile(r"!\[[^\[\]\n]{0,200}\]\([^()\s]{0,500}\)|[A-Za-z]{3,9}://[!-'*-\[\]-~]*")
PROSE_LENGTH = 30  # characters; a line this long with a sentence mark in it is prose
NO_PROSE = frozenset({"heading", "table", "code"})  # roles
SHORT_PROSE_LENGTH = 12  # a line this long that ends a sentence is prose as well


class Mark(NamedTuple):
    """A rule says: original[start:end] is not text. `groups` are stretches to harvest."""

    rule: Rule
    start: int
    end: int
    groups: tuple[tuple[str, int, int], ...] = ()
    values: Mapping[str, str] = EMPTY


@dataclass(frozen=True)
class Page:
    """The text as it was extracted, its lines without blank ones, and its repairs."""

    original: str
    lines: tuple[Line, ...]
    repairs: tuple[Edit, ...] = ()

    @cached_property
    def view(self) -> Folded:
        return fold(self.original, self.repairs)

    def with_lines(self, lines: Iterable[Line]) -> Page:
        """The same text in other lines, with the view that is known already."""
        page = replace(self, lines=tuple(lines))
        vars(page).update(view=self.view, spoken=self.spoken)
        return page

    @cached_property
    def spoken(self) -> Spoken:
        """The view with the words of sites in it."""
        return Spoken(self.view.text)

    def stretch(self, start: int, end: int) -> tuple[Spoken, int, int]:
        """original[start:end], unrepaired, in the spelling of the view: a stretch of what is spoken."""
        if self._folds_evenly:
            return self.spoken, start, end
        place = None if self._is_repaired(start, end) else self.view.stretch(start, end)
        if place:
            return self.spoken, *place
        said = fold(self.original[start:end]).text
        return Spoken(said), 0, len(said)

    def _is_repaired(self, start: int, end: int) -> bool:
        """Whether a repair may have changed what original[start:end] is in the view."""
        if not self.repairs:
            return False
        at = bisect_left(self.repairs, start, key=attrgetter("end"))
        touched = at < len(self.repairs) and self.repairs[at].start <= end
        # A run of invisible characters stays in the view when a repair has taken some of it.
        return touched or VANISHING.match(self.original, start) is not None

    def speaks(self, start: int, end: int) -> bool:
        """Whether original[start:end] has any word of sites."""
        spoken, start, end = self.stretch(start, end)
        return spoken.speaks(start, end)

    def share(self, start: int, end: int) -> float:
        """How much of the letters of original[start:end] are words of sites."""
        spoken, start, end = self.stretch(start, end)
        return spoken.share(start, end)

    def folded(self, start: int, end: int) -> str:
        """original[start:end], unrepaired, in the spelling of the view."""
        spoken, start, end = self.stretch(start, end)
        return spoken.text[start:end]

    @cached_property
    def _folds_evenly(self) -> bool:
        """Whether each character of the view stands for the one at the same place."""
        return not self.view.runs and len(self.view.text) == len(self.original)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple([line.start for line in self.lines])

    def line_at(self, offset: int) -> int:
        """The number of the line that the character at `offset` stands in, or the one before."""
        following = bisect_right(self._starts, offset)
        return following - 1 if following else 0

    def lines_between(self, start: int, end: int) -> range:
        """The numbers of the lines that begin at or after `start` and before `end`."""
        first = bisect_right(self._starts, start - 1)
        return range(first, bisect_right(self._starts, end - 1))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The lines without the blanks and invisible characters around them."""
        original = self.original
        return tuple([original[line.start : line.end].strip(EDGE) for line in self.lines])

    @cached_property
    def roles(self) -> frozenset[Role]:
        """What its lines are: most pages have nothing but paragraphs."""
        return frozenset([line.role for line in self.lines])

    @cached_property
    def code(self) -> frozenset[int]:
        """The lines of programs: those that are said to be, and those between fences of Markdown."""
        said = [n for n, line in enumerate(self.lines) if line.role == "code"]
        if FENCE not in self.original:
            return frozenset(said)
        between = list(fenced(self.texts))
        # The last fence of an odd number has lost its other half: what is below it may be anything.
        opened = [n for n, text in enumerate(self.texts) if text.startswith(FENCE)]
        end = opened[-1] if len(opened) % 2 else len(between)
        return frozenset([*said, *(n for n in range(end) if between[n])])

    def text(self, number: int) -> str:
        """One line without the blanks and invisible characters around it."""
        return self.texts[number]

    def mended(self, start: int, end: int) -> str:
        """original[start:end] with the repairs made that lie in it."""
        if not self.repairs:
            return self.original[start:end]
        out, at = "", start
        first = bisect_left(self.repairs, start, key=lambda edit: edit.start)
        last = bisect_left(self.repairs, end, key=lambda edit: edit.start)
        for edit in self.repairs[first:last]:
            if edit.end <= end:
                out += self.original[at : edit.start] + edit.after
                at = edit.end
        return out + self.original[at:end]

    def is_prose(self, number: int) -> bool:
        """Whether a line reads like running text: sentences, not labels, titles or links."""
        return self._prose[number]

    @cached_property
    def _prose(self) -> tuple[bool, ...]:
        return tuple(
            [
                line.role not in NO_PROSE and _reads_like_prose(text)
                for line, text in zip(self.lines, self.texts, strict=True)
            ]
        )


def _reads_like_prose(text: str) -> bool:
    if "://" in text:
        text = NO_WORDS.sub("", text).strip(EDGE)
    if len(text) >= PROSE_LENGTH:
        return bool(SENTENCE_MARK.search(text))
    return len(text) >= SHORT_PROSE_LENGTH and text[-1] in SENTENCE_ENDS


def split_lines(text: str) -> tuple[Line, ...]:
    """
    The lines of a plain text that have something in them.

    >>> [line[:2] for line in split_lines("标题\\r\\n\\r\\n　　正文。")]
    [(0, 2), (6, 11)]
    """
    return tuple([Line(*m.span()) for m in LINE.finditer(text) if not m[0].isspace()])


class Part(NamedTuple):
    """A stretch of a page that becomes one document, with where its edges lie."""

    start: int
    end: int
    heading: int | None = None  # number of the line that heads it
    head_end: int = 0  # noise of the head stands before this offset
    tail_start: int = 0  # noise of the tail stands at or after this offset

    def has(self, offset: int) -> bool:
        return self.start <= offset < self.end
