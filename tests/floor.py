"""
How well whole pages are cleaned: the figures that must not fall.

tests/floor/pages/NAME.txt is a page as text extraction gives it, written for this project. Its
first line says what it is; noise is marked in place, and what may stay or go:

    #! family=forum genre=diary half=a truncated
    ⟦?: 搬家⟧
    今天搬家。⟦site_promo: 更多日记请上某某网⟧

Everything outside the marks is body. `test_floor.py` holds the figures against floor/floor.toml.

    python tests/floor.py [--half a] [--worst 10] [--show NAME]
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize

from cleaners import clean_text, rules

PAGES = Path(__file__).parent / "floor" / "pages"
FLOOR = Path(__file__).parent / "floor" / "floor.toml"

K = TypeVar("K")
BODY, OPEN = "body", "?"  # what must stay; what may stay or go
KINDS = frozenset(rules.KINDS) - {"encoding_damage", "page"}  # these cannot be marked
_HEAD = re.compile(r"#! family=(\w+) genre=\w+ half=([a-i])(?: truncated)?( negative)?")
_MARK = re.compile(r"⟦([^⟦⟧:]+): ([^⟦⟧]+)⟧")
_HARM = Fraction(5, 1000)  # a page without noise that loses more of its body is a false positive


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a page that is all body, all noise of one kind, or all open."""

    kind: str
    text: str

    @property
    def noise(self) -> bool:
        return self.kind in KINDS


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its gold: the pieces in their order, nothing between them."""

    name: str
    family: str
    half: str
    negative: bool
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one piece: its content characters, how many went, the words that are wrong."""

    page: Page
    kind: str
    content: int
    gone: int
    wrong: tuple[str, ...]  # noise that was kept, body that was lost

    @property
    def faults(self) -> int:
        """Content characters that should have had the other fate."""
        if self.kind == OPEN:
            return 0
        return self.gone if self.kind == BODY else self.content - self.gone


def parse(name: str, source: str) -> Page:
    """
    A written page → its text and gold.

    >>> parse("x", "#! family=forum genre=poem half=a⏎春⟦other: 广告⟧天⏎".replace("⏎", chr(10))).pieces
    (Piece(kind='body', text='春'), Piece(kind='other', text='广告'), Piece(kind='body', text='天'))
    """
    first, _, rest = source.partition("\n")
    head = _HEAD.fullmatch(first)
    if head is None:
        raise ValueError(f"{name}: the first line is {first!r}, not {_HEAD.pattern}")
    pieces: list[Piece] = []
    # split() gives what is between the marks, and the two groups of each mark
    between, *marked = _MARK.split(rest.rstrip("\n"))
    pieces.append(Piece(BODY, between))
    for kind, text, after in zip(marked[::3], marked[1::3], marked[2::3], strict=True):
        if kind != OPEN and kind not in KINDS:
            raise ValueError(f"{name}: no such kind: {kind}")
        pieces += [Piece(kind, text), Piece(BODY, after)]
    page = Page(name, head[1], head[2], bool(head[3]), tuple(p for p in pieces if p.text))
    if re.search("[⟦⟧]", page.text):
        raise ValueError(f"{name}: a mark is nested, unclosed or has no kind")
    return page


def pages() -> list[Page]:
    return [parse(path.stem, path.read_text("utf-8")) for path in sorted(PAGES.glob("*.txt"))]


def judge(page: Page) -> list[Judged]:
    """Clean a page, and compare with its gold."""
    kept = bytearray(len(page.text))
    for document in clean_text(page.text):
        for start, end in document.kept():
            kept[start:end] = b"\1" * (end - start)
        for edit in document.repairs:
            if not any(map(_is_content, edit.after)):
                kept[edit.start : edit.end] = bytes(edit.end - edit.start)
    judged: list[Judged] = []
    at = 0
    for piece in page.pieces:
        fates = list(zip(piece.text, kept[at : at + len(piece.text)], strict=True))
        at += len(piece.text)
        content = [stays for char, stays in fates if _is_content(char)]
        wrong = () if piece.kind == OPEN else _stretches(fates, stay=int(piece.noise))
        gone = len(content) - sum(content)
        judged.append(Judged(page, piece.kind, len(content), gone, tuple(wrong)))
    return judged


def _stretches(fates: Iterable[tuple[str, int]], *, stay: int) -> Iterator[str]:
    """The words that stayed, or that went."""
    for fate, run in groupby(fates, key=lambda pair: pair[1]):
        words = "".join(char for char, _ in run)
        if fate == stay and any(map(_is_content, words)):
            yield words.strip().replace("\n", "⏎")


def _is_content(char: str) -> bool:
    """Letters and digits are measured; punctuation and spaces are free to change."""
    return any(map(str.isalnum, normalize("NFKC", char)))


def recall(judged: Iterable[Judged]) -> Fraction:
    """The share of noise that went."""
    noise = [piece for piece in judged if piece.kind in KINDS]
    return _share(sum(p.gone for p in noise), sum(p.content for p in noise))


def retention(judged: Iterable[Judged]) -> Fraction:
    """The share of body that stayed."""
    body = [piece for piece in judged if piece.kind == BODY]
    return _share(sum(p.content - p.gone for p in body), sum(p.content for p in body))


def unharmed(judged: Iterable[Judged]) -> Fraction:
    """The share of pages without noise that kept their body: 1 is no false positive."""
    negatives = [of_page for page, of_page in by_page(judged).items() if page.negative]
    return _share(sum(retention(p) >= 1 - _HARM for p in negatives), len(negatives))


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(1)


FIGURES: Mapping[str, Callable[[Iterable[Judged]], Fraction]] = {
    "recall": recall,
    "retention": retention,
    "unharmed": unharmed,
}
COUNTED: Mapping[str, Callable[[Judged], bool]] = {  # the pieces that a figure speaks of
    "recall": lambda piece: piece.kind in KINDS,
    "retention": lambda piece: piece.kind == BODY,
    "unharmed": lambda piece: piece.kind == BODY and piece.page.negative,
}


def by_page(judged: Iterable[Judged]) -> Mapping[Page, list[Judged]]:
    return _grouped(judged, lambda piece: piece.page)


def _grouped(judged: Iterable[Judged], key: Callable[[Judged], K]) -> dict[K, list[Judged]]:
    groups: dict[K, list[Judged]] = defaultdict(list)
    for piece in judged:
        groups[key(piece)].append(piece)
    return groups


def measure(judged: Iterable[Judged]) -> dict[str, dict[str, float]]:
    """The figures of each half and of all, in per cent, rounded down to 0.1."""
    judged = list(judged)
    halves = {"all": judged, **_grouped(judged, lambda piece: piece.page.half)}
    return {
        half: {name: int(1000 * figure(of_half)) / 10 for name, figure in FIGURES.items()}
        for half, of_half in sorted(halves.items())
    }


def recorded() -> dict[str, dict[str, float]]:
    return tomllib.loads(FLOOR.read_text("utf-8"))


def raised(floor: str, figures: Mapping[str, Mapping[str, float]]) -> str:
    """
    The text of floor.toml with every number that is too low put up; the rest stays as it is.

    >>> print(raised("[a]  # why⏎x = 1.5⏎y = 9.0⏎".replace("⏎", chr(10)), {"a": {"x": 2.0, "y": 8.0}}))
    [a]  # why
    x = 2.0
    y = 9.0
    <BLANKLINE>
    """
    half = ""

    def line_of(line: str) -> str:
        nonlocal half
        if table := re.match(r"\[(\w+)\]", line):
            half = table[1]
        elif (row := re.match(r"(\w+) = ([\d.]+)", line)) and half in figures:
            return f"{row[1]} = {max(float(row[2]), figures[half][row[1]])}{line[row.end() :]}"
        return line

    return "".join(line_of(line) for line in floor.splitlines(keepends=True))


def worst(judged: Iterable[Judged], number: int) -> Iterator[str]:
    """The pages with the most faults, those that lost body first, and each fault in its words."""

    def weight(of_page: Iterable[Judged]) -> tuple[int, int]:
        of_page = list(of_page)
        lost = sum(piece.faults for piece in of_page if piece.kind == BODY)
        return lost, sum(piece.faults for piece in of_page) - lost

    groups = sorted(by_page(judged).items(), key=lambda group: weight(group[1]), reverse=True)
    for page, of_page in groups[:number]:
        lost, kept = weight(of_page)
        if lost or kept:
            yield f"{page.name}: {lost} characters of body lost, {kept} of noise kept"
            yield from (f"    {line}" for line in faults(of_page))


def faults(judged: Iterable[Judged], width: int = 100) -> Iterator[str]:
    """Each stretch of noise that was kept and of body that was lost."""
    for piece in judged:
        verb = "LOST" if piece.kind == BODY else "kept"
        for words in piece.wrong:
            yield f"{verb} {piece.kind:<20} {words[:width]}{'…' * (len(words) > width)}"


def summary(judged: Iterable[Judged]) -> str:
    judged = list(judged)
    return f"recall {float(recall(judged)):7.1%}   retention {float(retention(judged)):8.2%}"


def table(judged: Iterable[Judged]) -> Iterator[str]:
    """The figures by half, kind of noise and family."""
    judged = list(judged)
    for half, figures in measure(judged).items():
        yield f"{half:<22}" + "   ".join(f"{name} {value:5.1f}" for name, value in figures.items())
    yield f"\n{'kind':<22}   marks   chars  recall"
    kinds = _grouped((p for p in judged if p.kind in KINDS), lambda piece: piece.kind)
    for kind, of_kind in sorted(kinds.items(), key=lambda group: recall(group[1])):
        chars = sum(piece.content for piece in of_kind)
        yield f"{kind:<22} {len(of_kind):7} {chars:7} {float(recall(of_kind)):7.1%}"
    yield "\nfamily"
    families = _grouped(judged, lambda piece: piece.page.family)
    for family, of_family in sorted(families.items(), key=lambda group: recall(group[1])):
        yield f"{family:<22} {len(by_page(of_family)):3} pages   {summary(of_family)}"


def main() -> None:
    parser = argparse.ArgumentParser(description="How well the pages of tests/floor are cleaned.")
    parser.add_argument("--half", choices=tuple("abcdefghi"), help="only pages of this half")
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="N pages with their faults"
    )
    parser.add_argument(
        "--show", metavar="NAME", help="the faults of pages whose name has NAME in it"
    )
    options = parser.parse_args()
    chosen = [page for page in pages() if options.half in {None, page.half}]
    if options.show:
        chosen = [page for page in chosen if options.show in page.name]
    judged = [piece for page in chosen for piece in judge(page)]
    lines = [] if options.show else table(judged)
    print("\n".join([*lines, *worst(judged, len(chosen) if options.show else options.worst)]))


if __name__ == "__main__":
    main()
