"""
Full-width punctuation in Chinese context.

A mark (one of , ; : ? !) is Chinese when the nearest character on its left or on
its right is Han or a full-width mark, and a pair of brackets is when it holds one
or stands right behind one. A mark that has become wide is such a neighbour itself,
so widening spreads: 哈哈!!! becomes 哈哈！！！ and 注: (1) becomes 注：（1）. The
result is where nothing more can spread; widening it again changes nothing.

Almost every mark stands right beside Han. Those are replaced in the whole text at
once; only lines with brackets or with a mark that needs a second look are judged
mark by mark. Every mark keeps its position: the text does not change its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cleaners.characters import HAN, WIDE

WIDER = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
CLOSERS = "”’》〉】〕』」）)]"  # passed over when a mark looks to its left
OPENERS = "“‘《〈【〔『「（(["  # passed over when it looks to its right
QUOTE_ENDS = "”’》】"
QUOTE_BEGINS = "“‘《【"

CHINESE = re.compile(f"[{HAN}{WIDE}]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN_RUN = re.compile("[A-Za-z]+")
_NARROW = re.compile("[,;:?!()]")
_TOKEN = re.compile("[,;:?!()（）]")
# Brackets that a mark passes over say nothing about it.
_LEFT = HAN + "".join(mark for mark in WIDE if mark not in CLOSERS)
_RIGHT = HAN + "".join(mark for mark in WIDE if mark not in OPENERS)
_BESIDE_CHINESE = {
    mark: re.compile(f"[{mark}](?:(?<=[{_LEFT}].)|(?=[{_RIGHT}]))") for mark in ",;:?!"
}
# Printable ASCII that is no blank, mark or bracket. A mark between two of these
# (1,486  9:30  http://) is never widened, nor is one with a space behind it (one, two).
_ASCII = "\"-'*+\\-./0-9<=>@-Z\\\\^-~"
_DOUBTFUL = re.compile(f"[,;:?!()](?:(?<=[()])|(?<![{_ASCII}].)|(?! ?[{_ASCII}]))")
_PLACEHOLDER = re.compile(r"_{2,}|…+|—+|\*{2,}")


def widen(text: str) -> str:
    """
    `text` with full-width marks and brackets where it is Chinese. Code must be hidden before.

    >>> widen("他问:几点了?9:30,还是10:00(见f(x))!!")
    '他问：几点了？9:30，还是10:00（见f(x)）！！'
    """
    if text.isascii() or not _NARROW.search(text):
        return text
    for mark, beside_chinese in _BESIDE_CHINESE.items():
        if mark in text:
            text = beside_chinese.sub(WIDER[mark], text)
    return _widen_doubtful(text)


def _widen_doubtful(text: str) -> str:
    """Judge the lines with marks that their next characters do not decide."""
    doubt = _DOUBTFUL.search(text)
    if not doubt:
        return text
    parts: list[str] = []
    done = 0
    while doubt:
        start = text.rfind("\n", done, doubt.start()) + 1 or done
        end = text.find("\n", doubt.end())
        end = len(text) if end < 0 else end
        parts += (text[done:start], _widen_line(text[start:end]))
        done = end
        doubt = _DOUBTFUL.search(text, end)
    parts.append(text[done:])
    return "".join(parts)


def _widen_line(line: str) -> str:
    """Full-width marks and brackets in one line, judged one by one."""
    if line.isascii():
        return line
    marks = _Marks(line)
    marks.judge_brackets()
    marks.judge_marks()
    marks.spread()
    if not marks.wide:
        return line
    # Pieces, not characters: a list of them would take a hundred bytes for each of a long line.
    parts: list[str] = []
    done = 0
    for at in sorted(marks.wide):
        parts += (line[done:at], WIDER.get(line[at], line[at]))
        done = at + 1
    parts.append(line[done:])
    return "".join(parts)


@dataclass(slots=True)
class _Pair:
    """A bracket and its partner; `end` is -1 while (or because) the partner is missing."""

    start: int
    around: _Pair | None
    end: int = -1
    holds_chinese: bool = False
    ascii_only: bool = True
    is_flat: bool = False  # no mark and no bracket inside


@dataclass(slots=True)
class _Marks:
    """
    The marks of one line, and which of them are wide.

    Each mark is judged once by what stands there. When a mark becomes wide, only
    those that look at it become wide with it: the work is linear in the line's
    length, however the marks are nested or chained.
    """

    line: str
    narrow: list[int] = field(default_factory=list)  # positions of , ; : ? !
    pairs: dict[int, _Pair] = field(default_factory=dict)  # by the position of their start
    inside: dict[int, _Pair] = field(default_factory=dict)  # position of a mark → pair around it
    wide: set[int] = field(default_factory=set)
    new: list[int] = field(default_factory=list)  # wide, and their neighbours do not know yet
    han_leads: bool | None = None

    def __post_init__(self) -> None:
        """Find the marks, and which brackets belong together."""
        line, innermost, seen = self.line, None, 0
        for token in _TOKEN.finditer(line):
            at, character = token.start(), token[0]
            if innermost:
                self.inside[at] = innermost
                if seen < at:
                    innermost.holds_chinese |= CHINESE.search(line, seen, at) is not None
                    innermost.ascii_only &= line[seen:at].isascii()
            if character in "(（":
                innermost = _Pair(at, innermost)
            elif character not in ")）":
                self.narrow.append(at)
            elif innermost:
                innermost.is_flat = seen == innermost.start + 1
                innermost = self._close(innermost, at)
            seen = at + 1

    def _close(self, pair: _Pair, end: int) -> _Pair | None:
        """What a pair holds, the pair around it holds as well."""
        pair.end = end
        self.pairs[pair.start] = pair
        around = pair.around
        if around:
            self.inside[end] = around
            wide = self.line[pair.start] == "（" or self.line[end] == "）"
            around.holds_chinese |= pair.holds_chinese or wide
            around.ascii_only &= pair.ascii_only and not wide
        else:
            self.inside.pop(end, None)
        return around

    def judge_brackets(self) -> None:
        for pair in self.pairs.values():
            if self._bracket_is_chinese(pair):
                self._widen_pair(pair)

    def _bracket_is_chinese(self, pair: _Pair) -> bool:
        line, start, end = self.line, pair.start, pair.end
        before = self._neighbour(start - 1, -1)
        if pair.holds_chinese or (before and (before in "”’" or CHINESE.match(before))):
            return True
        if not start and CHINESE.match(self._neighbour(end + 1, +1)):
            return True
        # Contents of flat pairs do not overlap: copying them all is linear.
        content = line[start + 1 : end].strip() if pair.is_flat else "()"
        if line[start] == "（" or line[end] == "）":
            chinese = True
        else:
            chinese = (not content or _PLACEHOLDER.fullmatch(content)) and self._mostly_han()
        called = content and pair.ascii_only and before.isascii() and before.isalnum()  # f(x)
        return bool(chinese and not called)

    def _neighbour(self, at: int, step: int) -> str:
        """What stands at a position; a space does not stay there when a full-width mark follows."""
        here, beyond = self._at(at), self._at(at + step)
        return beyond if here == " " and beyond and beyond in WIDE else here

    def _at(self, at: int) -> str:
        return self.line[at] if 0 <= at < len(self.line) else ""

    def judge_marks(self) -> None:
        line = self.line
        tail = len(line.rstrip(CLOSERS + " "))
        for at in self.narrow:
            left, right = self._pass_left(at - 1, CLOSERS), self._pass_right(at + 1, OPENERS)
            if (
                (left >= 0 and CHINESE.match(line, left))
                or CHINESE.match(line, right)
                or ((at + 1 >= tail or self._beside_quote(at)) and self._mostly_han())
            ):
                self._widen(at)

    def _pass_left(self, at: int, passed: str) -> int:
        """The first position, from `at` to the left, without space or one of `passed`; or -1."""
        line = self.line
        while at >= 0 and (line[at] == " " or line[at] in passed):
            at -= 1
        return at

    def _pass_right(self, at: int, passed: str) -> int:
        """The same to the right; or the length of the line."""
        line, length = self.line, len(self.line)
        while at < length and (line[at] == " " or line[at] in passed):
            at += 1
        return at

    def _beside_quote(self, at: int) -> bool:
        line, left, right = self.line, at - 1, at + 1
        while left >= 0 and line[left].isspace():
            left -= 1
        while right < len(line) and line[right].isspace():
            right += 1
        before, after = self._at(left), self._at(right)
        return (before != "" and before in QUOTE_ENDS) or (after != "" and after in QUOTE_BEGINS)

    def _mostly_han(self) -> bool:
        if self.han_leads is None:
            han, latin = _HAN_RUN.findall(self.line), _LATIN_RUN.findall(self.line)
            self.han_leads = sum(map(len, han)) > sum(map(len, latin))
        return self.han_leads

    def _widen(self, at: int) -> None:
        if at not in self.wide:
            self.wide.add(at)
            self.new.append(at)

    def _widen_pair(self, pair: _Pair) -> None:
        if pair.end >= 0:
            self._widen(pair.start)
            self._widen(pair.end)

    def spread(self) -> None:
        """Widen what looks at a mark that is wide now, and so on, until nothing more does."""
        while self.new:
            at = self.new.pop()
            # Brackets that marks pass over are no neighbours of theirs. So every stretch of
            # them is passed from one side once.
            if self.line[at] not in CLOSERS:
                self._widen_mark(self._pass_right(at + 1, CLOSERS))
            if self.line[at] not in OPENERS:
                self._widen_mark(self._pass_left(at - 1, OPENERS))
            self._widen_leaning(at)
            if at in self.inside:
                self._widen_pair(self.inside[at])

    def _widen_mark(self, at: int) -> None:
        character = self._at(at)
        if character and character in ",;:?!":
            self._widen(at)

    def _widen_leaning(self, at: int) -> None:
        """Widen the pair right behind a wide mark, and the line's first pair right before one."""
        behind = self.pairs.get(at + 2 if self._at(at + 1) == " " else at + 1)
        if behind:
            self._widen_pair(behind)
        first = self.pairs.get(0)
        if first and first.end == (at - 2 if self._at(at - 1) == " " else at - 1):
            self._widen_pair(first)
