"""The lines of a file while they are collected: a text, and where each line stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cleaners.document import Extracted, Harvested, Line, Role, Trust

MAX_CHARACTERS = 50_000_000  # of one file's text; beyond that it is refused
LONG_CELL = 40  # characters; such lines, several in one cell, are text in a layout table

# XML, RTF and PDF may say characters that no text has.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]+")


class Lines:
    """Lines one after the other; blank ones are left out."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._lines: list[Line] = []
        self._at = 0
        self.units = 0  # how many items, tables and code blocks there are

    def add(
        self, text: str, role: Role = "paragraph", level: int = 0, mark: str = "", unit: int = 0
    ) -> None:
        """One line, or several when there are line breaks in it."""
        for said in text.splitlines():
            kept = said.rstrip()
            if not kept.isprintable():
                kept = CONTROLS.sub("", kept)
            if kept:
                end = self._at + len(kept)
                self._lines.append(Line(self._at, end, role, 0.0, level, mark, unit))
                self.units = max(self.units, unit)
                self._texts.append(kept)
                self._at = end + 1

    def row(self, cells: Sequence[str]) -> None:
        """
        A table's row, each cell the lines in it: one line with tabs, unless it is layout.

        As for HTML: lines of text in several cells, or a single cell, are no table.
        """
        split = [[s for line in cell.splitlines() if (s := line.strip())] for cell in cells]
        inside = [line for cell in split for line in cell]
        crowded = any(len(cell) > 1 for cell in split)
        if len(cells) == 1 or (crowded and any(len(line) > LONG_CELL for line in inside)):
            for line in inside:
                self.add(line)
        elif inside:
            self.add("\t".join(" ".join(cell) for cell in split), "table")

    def pairs(self) -> list[tuple[str, Role]]:
        """The lines so far, each with its role."""
        return [(text, line.role) for text, line in zip(self._texts, self._lines, strict=True)]

    def extend(self, lines: Iterable[tuple[str, Role]]) -> None:
        for text, role in lines:
            self.add(text, role)

    @property
    def length(self) -> int:
        """Where in the text the next line begins."""
        return self._at

    def __len__(self) -> int:
        return len(self._lines)

    def extracted(
        self,
        known: str,
        extractor: str,
        metadata: Mapping[str, Harvested],
        *,
        encoding: str = "utf-8",
        unreadable: int = 0,
    ) -> Extracted:
        return Extracted(
            "\n".join(self._texts), tuple(self._lines), metadata, known,
            extractor=extractor, encoding=encoding, unreadable=unreadable,
        )  # fmt: skip


def said(name: str, text: str | None, witness: str, trust: Trust) -> dict[str, Harvested]:
    """A fact of a file's own properties; nothing when it is empty."""
    text = " ".join(CONTROLS.sub("", text or "").split())[:500]
    return {name: Harvested(text, text, witness, trust)} if text else {}
