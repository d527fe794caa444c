"""Where things stand on a page: runs, what pages have in common, columns and rows."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, lt
from typing import NamedTuple

from cleaners.document import Role

MARGIN = 0.16  # of the page's height, where headers and footers stand
SAME = 4.0  # points: the same place on two pages
OFTEN = 3  # pages on which a line below or above another has to come again
SKEW = 3.0  # degrees from upright or sideways: nobody writes a text so
STAMP_SHARE = 0.6  # of the pages
FORM = 0.5  # of a page's runs come again on the others: it is a form, and they are its words
LARGE = 1.4  # of the usual size
MOST_STAMPS = 200  # different ones
SHOWN = 8  # of a stamp's pages, to be looked at
OVERLAP = 0.3  # of the smaller letters' height
DEEPEST = 4  # rows of a header or footer
LEVEL = 0.45  # of a letter's height: on one level
FEWEST = 5  # rows of a column
CROSSING = 0.2  # of the runs: titles and the like that stand across two columns
FILLED = 0.6  # of a column's width
BESIDE = 0.5  # of a column's height
NARROWEST = 4.0  # points between two columns
DEEPEST_COLUMNS = 3

_DIGIT, _ROMAN = "0-9０-９一二三四五六七八九十百千零〇", "ivxlIVXL"
# One look at a character tells for most that no number begins there: in half the time.
DIGITS = re.compile(
    f"[{_DIGIT}{_ROMAN}](?:(?<=[{_DIGIT}])[{_DIGIT}]*|(?<![a-z].)(?<=[{_ROMAN}])[{_ROMAN}]*(?![a-z]))"
)
NUMBER = re.compile(
    r"[-—–·•~～ ]{0,4}(?:第 ?)?(?P<number>[0-9０-９]{1,5}) ?页?[-—–·•~～ ]{0,4}"
    r"(?:[,，/／ ]{0,2}(?:of|共)? ?[0-9０-９]{1,5} ?页?[-—–·• ]{0,4})?",
    re.IGNORECASE,
)
VERY_EDGE = 0.07  # of the page's height, where nothing but what was printed around it stands
SMALLER = 0.9  # of the usual size
NO_LARGER = 1.05  # of the usual size, which is a rounded one
SET_OFF = 2.5  # likewise: blank between that and the text
FEWEST_BESIDE = 3  # runs of text
ADDRESS = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9./?&=%#_~:+,;!@…-]+|(?:[a-z0-9-]+\.)+(?:cn|com|net|org)", re.IGNORECASE
)  # fmt: skip
PRINTED = re.compile(r"[12][0-9]{3}[/年.-][0-9]{1,2}[/月.-][0-9]{1,2}日?[ ,，]{1,2}(?:[上下]午 ?)?[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?")  # fmt: skip
SPELLED = re.compile("第|页|[-—–·•~～/／]|of", re.IGNORECASE)


class Run(NamedTuple):
    """A piece of a row, and its place in points from the lower left corner of its page."""

    text: str
    page: int
    x0: float
    x1: float
    y0: float
    y1: float
    size: float  # height of its first letter
    angle: float = 0.0  # degrees, counterclockwise
    cells: tuple[str, ...] = ()  # of a row that was put together from several runs

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its size in points and its runs in the order of the file."""

    number: int
    width: float
    height: float
    runs: tuple[Run, ...]

    def turned(self, quarters: int) -> Sheet:
        """The page turned clockwise, so that text that stood at 90° a quarter is upright."""
        sheet = self
        for _ in range(quarters):
            runs = tuple(
                run._replace(
                    x0=run.y0, x1=run.y1, y0=sheet.width - run.x1, y1=sheet.width - run.x0,
                    angle=run.angle - 90,
                )
                for run in sheet.runs
            )  # fmt: skip
            sheet = replace(sheet, width=sheet.height, height=sheet.width, runs=runs)
        return sheet


def usual_size(sheets: Sequence[Sheet]) -> float:
    """The size in which most characters of a file are set."""
    exact: defaultdict[float, int] = defaultdict(int)
    for sheet in sheets:
        for run in sheet.runs:
            exact[run.size] += len(run.text)
    sizes: defaultdict[float, int] = defaultdict(int)
    for size, count in exact.items():
        sizes[round(size * 2) / 2] += count
    return max(sizes, key=lambda size: (sizes[size], size), default=10.0) or 10.0


def furniture(sheets: Sequence[Sheet], usual: float) -> dict[Run, Role]:
    """What pages carry besides the text: stamps, headers, footers and page numbers."""
    found: dict[Run, Role] = dict.fromkeys(_stamps(sheets, usual), "watermark")
    edges = {sheet.number: _edges(sheet, found) for sheet in sheets}
    sides: tuple[Role, Role] = ("footer", "header")
    for at, role in enumerate(sides):
        rows = {number: both[at] for number, both in edges.items()}
        found |= _margin(rows, sheets, role)
        if len(sheets) == 1 and (row := next(iter(rows[sheets[0].number]), None)):
            found |= _alone(row, sheets[0], usual, role) if row[0] not in found else {}
    return found


# ------------------------------------------------------------------------------ stamps


def _stamps(sheets: Sequence[Sheet], usual: float) -> Iterator[Run]:
    """Text at an angle that comes again, and text that lies across other text on most pages."""
    runs = [run for sheet in sheets for run in sheet.runs]
    skewed = [run for run in runs if run.angle and SKEW < run.angle % 90 < 90 - SKEW]
    times = Counter([run.text for run in runs])
    yield from (
        run for run in skewed if times[run.text] > 1 or (len(sheets) == 1 and run.size > usual)
    )
    least = max(OFTEN, STAMP_SHARE * len(sheets))
    often = {text for text, count in times.items() if count >= least}
    if len(sheets) < OFTEN or not often:
        return
    places: dict[tuple[str, int, int], list[Run]] = defaultdict(list)
    for run in [run for run in runs if run.text in often]:
        places[run.text, round(run.x0 / SAME), round(run.y0 / SAME)].append(run)
    again = [found for found in places.values() if len(found) >= least]
    common = Counter(run.page for found in again for run in found)
    if len(again) > MOST_STAMPS or any(n > FORM * len(sheets[p].runs) for p, n in common.items()):
        return
    for found in again:
        shown = found[:SHOWN]
        across = sum(_is_across(run, sheets[run.page]) for run in shown) * 2 > len(shown)
        if across or found[0].size > LARGE * usual:
            yield from found


def _is_across(run: Run, sheet: Sheet) -> bool:
    """Whether a run lies across another one's letters."""
    level = [other for other in sheet.runs if other.y0 < run.y1 and other.y1 > run.y0]
    return any(
        other is not run
        and min(run.x1, other.x1) - max(run.x0, other.x0) > 1
        and min(run.y1, other.y1) - max(run.y0, other.y0) > OVERLAP * min(run.size, other.size)
        for other in level
    )


# ------------------------------------------------------------------ headers and footers


def _edges(sheet: Sheet, taken: Mapping[Run, Role]) -> tuple[list[list[Run]], list[list[Run]]]:
    """The rows in the lower margin and those in the upper one, each from the edge inwards."""
    low, high = 2 * MARGIN * sheet.height, 2 * (1 - MARGIN) * sheet.height  # of both edges' sum
    outer = [run for run in sheet.runs if not low < run.y0 + run.y1 < high and run not in taken]
    below = _in_rows([run for run in outer if run.y0 + run.y1 <= low])
    return below[::-1], _in_rows([run for run in outer if run.y0 + run.y1 >= high])


def _margin(
    edges: Mapping[int, list[list[Run]]], sheets: Sequence[Sheet], role: Role
) -> dict[Run, Role]:
    """
    The rows of one margin that come again at their place, from the edge inwards without a gap.

    Digits count as equal: 第三章 and 第四章 head pages of one book. The row of a page number
    has one that grows as its pages do.
    """
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    offsets: Counter[int] = Counter()
    known: dict[int, list[tuple[list[Run], tuple[str, int], int | None]]] = {}
    for page, rows in edges.items():
        known[page] = [(row, _key(row), _number(row)) for row in rows[:DEEPEST]]
        for _, key, _ in known[page]:
            places[key].add(page)
        for _, _, number in known[page][:2]:  # a rule may stand below it, or a name
            if number is not None:
                offsets[number - page] += 1
    usual = {offset for offset, times in offsets.items() if times > 1}
    found: dict[Run, Role] = {}
    for page, rows in known.items():
        for depth, (row, (text, place), number) in enumerate(rows):
            counted = number is not None and (
                number - page in usual or (len(sheets) == 1 and _is_spelled(row))
            )
            pages = set[int]().union(*(places.get((text, place + by), ()) for by in (-1, 0, 1)))
            if counted:
                found |= dict.fromkeys(row, "page_number")
            elif len(pages) >= (2 if depth == 0 or len(sheets) < OFTEN else OFTEN):
                found |= dict.fromkeys(row, role)
            else:
                break
    return found


def _alone(row: list[Run], sheet: Sheet, usual: float, role: Role) -> dict[Run, Role]:
    """
    The outermost row of a page that is the only one, if place, size and words agree.

    Nothing can come again there. So it has to stand at the very edge, far from the text and
    no larger, and to say what printing adds: a page number, an address, when it was printed.
    """
    low, high = min([run.y0 for run in row]), max([run.y1 for run in row])
    edge = VERY_EDGE * sheet.height
    others = [run for run in sheet.runs if run not in row]
    blank = min([max(run.y0 - high, low - run.y1) for run in others], default=0.0)
    if (
        (high > edge and low < sheet.height - edge)
        or len(others) < FEWEST_BESIDE
        or blank < SET_OFF * usual
        or max([run.size for run in row]) > NO_LARGER * usual
    ):
        return {}
    texts = [run.text.strip() for run in row]
    if _number(row) is not None:
        return dict.fromkeys(row, "page_number")
    if all(ADDRESS.fullmatch(text) or NUMBER.fullmatch(text) for text in texts):
        return dict.fromkeys(row, role)
    # A browser prints the moment in small letters, and the page's title beside it. A diary,
    # or the minutes of a meeting, begin with a moment in letters of the text.
    small = max([run.size for run in row]) < SMALLER * usual
    printed = PRINTED.fullmatch(texts[0]) and len(row) <= 2  # noqa: PLR2004
    return dict.fromkeys(row, role) if small and printed else {}


def _key(row: Sequence[Run]) -> tuple[str, int]:
    said = "".join([run.text for run in row])
    return DIGITS.sub("#", "".join(said.split())), round(row[0].middle / SAME)


def _number(row: Sequence[Run]) -> int | None:
    found = NUMBER.fullmatch(" ".join([run.text for run in row]).strip())
    return int(found["number"]) if found else None


def _is_spelled(row: Sequence[Run]) -> bool:
    """Whether a number says that it is a page's: 第1页, - 1 -."""
    return bool(SPELLED.search("".join(run.text for run in row)))


# ---------------------------------------------------------------------- columns and rows


def _in_rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of one column as rows from the top, each from left to right."""
    depths = [-run.y0 - run.y1 for run in runs]
    if not all(map(lt, depths, depths[1:])):  # most pages are drawn from the top
        order = sorted(zip(depths, [run.x0 for run in runs], range(len(runs)), strict=True))
        runs, depths = [runs[n] for _, _, n in order], [depth for depth, _, _ in order]
    rows: list[list[Run]] = []
    begun, room = -math.inf, 0.0
    for depth, run in zip(depths, runs, strict=True):
        below, least = depth - begun, 2 * LEVEL * run.size
        if below < room or below < least:
            rows[-1].append(run)
        else:
            rows.append([run])
            begun, room = depth, least
    for row in rows:
        if len(row) > 1:
            row.sort(key=_left)
    return rows


_left = attrgetter("x0")


def columns(runs: Sequence[Run], depth: int = 0) -> Iterator[list[list[Run]]]:
    """The rows of a page's text, column after column, as they are to be read."""
    gutter = _gutter(runs) if depth < DEEPEST_COLUMNS else None
    if gutter is None:
        yield _in_rows(runs)
        return
    sides: tuple[list[Run], list[Run]] = ([], [])
    for row in _in_rows(runs):
        crossing = [run for run in row if run.x0 < gutter < run.x1]
        if crossing:  # it stands above both columns, or below
            for side in sides:
                if side:
                    yield from columns(side, depth + 1)
            sides = ([], [])
            yield [row]
        else:
            for run in row:
                sides[run.x0 > gutter].append(run)
    for side in sides:
        if side:
            yield from columns(side, depth + 1)


def _gutter(runs: Sequence[Run]) -> float | None:
    """Where the blank between two columns of text lies; None where there is one column."""
    if len(runs) < 2 * FEWEST:
        return None
    spans = [(run.x0, run.x1) for run in runs]
    left, right = min(spans)[0], max([b for _, b in spans])
    low, high = left + 0.25 * (right - left), left + 0.75 * (right - left)
    if len([1 for a, b in spans if a < low and b > high]) > CROSSING * len(runs):
        return None
    at = _emptiest(spans, low, high)
    if at is None:
        return None
    sides = [run for run in runs if run.x1 <= at], [run for run in runs if run.x0 >= at]
    crossing = len(runs) - len(sides[0]) - len(sides[1])
    if crossing > CROSSING * len(runs) or min(map(len, sides)) < FEWEST:
        return None
    for side, width in zip(sides, (at - left, right - at), strict=True):
        # Cells of a table are short; rows of a column fill it.
        rows = _in_rows(side)
        full = sum([sum([run.x1 - run.x0 for run in row]) > FILLED * width for row in rows])
        if full * 2 < len(rows):
            return None
    tops = [max([run.y1 for run in side]) for side in sides]
    ends = [min([run.y0 for run in side]) for side in sides]
    beside = min(tops) - max(ends)
    return at if beside > BESIDE * min(tops[0] - ends[0], tops[1] - ends[1]) else None


def _emptiest(spans: Sequence[tuple[float, float]], low: float, high: float) -> float | None:
    """The middle of the widest stretch between `low` and `high` that fewest spans cross."""
    steps = [(a, 1) for a, _ in spans if low < a < high]
    steps += [(b, -1) for _, b in spans if low < b < high]
    over = len([1 for a, b in spans if a <= low < b])
    at, fewest, widest, middle = low, len(spans) + 1, 0.0, 0.0
    for following, step in [*sorted(steps), (high, 0)]:
        width = following - at
        if width > NARROWEST and (over < fewest or (over == fewest and width > widest)):
            fewest, widest, middle = over, width, (at + following) / 2
        over += step
        at = following
    return middle if fewest <= len(spans) else None
