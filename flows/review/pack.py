"""
From answers to a rule pack: a wrong cut becomes a rule that keeps, a right one an example.

    wrong   [[rule]] of severity `keep`: no rule cuts a line like this any more
    right   [[example]]: the rule must go on hitting this line, or the pack does not load
    noise   [[rule]] of severity `cut` for what was missed

Numbers in a line stand for any numbers, the rest for itself. The pack is proved before it is
written, and the documents are cleaned again with it, so that what it says is what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cleaners import packs
from cleaners.clean import clean_text
from cleaners.document import Document, Removal
from cleaners.errors import RulePackError
from cleaners.fold import fold
from cleaners.page import EDGE, LINE
from cleaners.pages import PYTHON_RULES
from cleaners.parse import parse_pack
from cleaners.patterns import SPECIAL
from cleaners.repair import repair
from cleaners.rules import Reach, Rule, make_rules
from flows.look import manifest_of
from flows.review.answers import Answer
from flows.review.data import shown
from flows.rows import document_id
from flows.stored import read_documents

MADE = "# Made by zhengben review"
SHORTEST = 4  # letters and digits of missed noise inside of a line
MOST_LINES = 60  # of one wrong cut that are kept
LONGEST = 900  # characters of a line that a pattern spells out

_DIGITS = re.compile("[0-9]+")
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Example:
    """A line and why."""

    text: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A rule to be written."""

    id: str
    kind: str
    severity: str
    reach: Reach
    why: str
    patterns: tuple[str, ...]
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]
    places: tuple[tuple[int, int], ...]  # of the examples, in the document's original


@dataclass(slots=True)
class Made:
    """A pack, and what became of the answers. `left`: (answer, why nothing could be made of it)."""

    name: str
    about: str
    rows: list[Row] = field(default_factory=list)
    proofs: list[tuple[str, str]] = field(default_factory=list)  # rule, line
    wrong: int = 0  # answers that are kept by a rule
    noise: int = 0
    left: list[tuple[Answer, str]] = field(default_factory=list)

    @property
    def toml(self) -> str:
        """The pack as it is written."""
        return "\n".join([*self._head(), *map(_written, self.rows), *map(_proof, self.proofs)])

    def _head(self) -> Iterator[str]:
        yield f"{MADE}: rules of severity keep spare what was cut wrongly. Edit as you like."
        yield f"pack = {quoted(self.name)}"
        yield f"about = {quoted(self.about)}"
        yield ""


def make_pack(folder: Path, answers: Iterable[Answer], name: str) -> Made:
    """
    A pack of the answers about a dataset, proved.

    An answer of which nothing can be made, because the cut is not there or the pack would not
    do what it says, is in `left`. DatasetError: the dataset cannot be read.
    """
    by_document: dict[str, list[Answer]] = {}
    for answer in answers:
        by_document.setdefault(answer.document, []).append(answer)
    manifest_of(folder)
    made = Made(name, f"审阅 {folder.resolve().name} 时的回答：错删的行留下，漏删的行删去。")
    for document in read_documents(folder) if by_document else ():
        for answer in by_document.pop(document_id(document), ()):
            why = _take(made, document, answer)
            if why:
                made.left.append((answer, why))
    for answer in (each for some in by_document.values() for each in some):
        made.left.append((answer, "the dataset has no such document"))
    _proved(made.toml, name)
    return made


def _take(made: Made, document: Document, answer: Answer) -> str:
    """Put one answer into the pack; why not, when it cannot be."""
    if _HALF.search(answer.text):
        return "a character of it cannot be written down"
    if answer.verdict == "noise":
        row = _missed(document, answer, _free_id(made, "missed"))
        return row if isinstance(row, str) else _add(made, row, document)
    removal = next((cut for cut in document.removals if _is_meant(cut, answer)), None)
    if removal is None:
        return "the document has no such cut: the dataset was written again"
    if answer.verdict == "right":
        line = _line_hit(removal)
        if not line:
            return "no pattern hits this line alone, so there is nothing to hold the rule to"
        if (removal.rule, line) not in made.proofs:
            made.proofs.append((removal.rule, line))
        return ""
    row = _kept(document, removal, _free_id(made, f"keep-{removal.rule}"))
    return row if isinstance(row, str) else _add(made, row, document, removal)


def _add(made: Made, row: Row, document: Document, removal: Removal | None = None) -> str:
    """Add a row when it proves itself and, cleaned again, the document is as it was asked for."""
    trial = Made(made.name, made.about, [row])
    try:
        pack = parse_pack(trial.toml, made.name)
        rules = make_rules((*packs.shipped(), pack))
    except RulePackError as error:
        return error.what
    [rule] = pack.rules
    if rule.severity == "cut":
        protected = next((r.id for r in packs.default().active if _protects(r, rule)), "")
        if protected:
            return f"it would cut a line that {protected} says must stay"
    cuts = [cut for each in clean_text(document.original, rules) for cut in each.removals]
    for start, end in row.places:
        gone = sum(max(0, min(cut.end, end) - max(cut.start, start)) for cut in cuts)
        if gone != (end - start if rule.severity == "cut" else 0):
            return "cleaned again, the line would not be as you want it"
    if removal is None:
        made.noise += 1
    else:
        made.wrong += 1
    made.rows.append(row)
    return ""


def _protects(other: Rule, rule: Rule) -> bool:
    return any(rule.find(example.text) for example in other.counterexamples)


def _kept(document: Document, removal: Removal, rule_id: str) -> Row | str:
    """The rule that keeps what a removal took, line by line."""
    base = document.segment.start
    all_of_it = tuple(stretches(document.original, removal.start - base, removal.end - base))
    lines = {stretch.text: stretch for stretch in all_of_it}
    if not lines or len(lines) > MOST_LINES:
        return f"it is {len(lines)} lines: switch the rule off with [[off]], or say which line"
    if max(map(len, lines)) > LONGEST:
        return "its line is too long to be written as a pattern"
    reach: Reach = "line" if all(stretch.whole for stretch in lines.values()) else "span"
    patterns = dict.fromkeys(p for stretch in lines.values() for p in stretch.patterns())
    examples = tuple(Example(text) for text in lines)
    rule = Rule(rule_id, removal.kind, "w", tuple(patterns), (), (), reach=reach, severity="keep")
    because = f"{removal.rule} 的例子：这样的行仍然要删"
    others = [text for text in _examples_of(removal.rule) if not rule.find(text)]
    if not others:
        return f"it is just what {removal.rule} is for: to have it stay, switch the rule off"
    why = f"审阅时说 {removal.rule} 删错了，这是正文。"
    return Row(
        rule_id, removal.kind, "keep", reach, why,
        tuple(patterns), examples, (Example(others[0], because),),
        tuple((stretch.start, stretch.end) for stretch in all_of_it),
    )  # fmt: skip


def _missed(document: Document, answer: Answer, rule_id: str) -> Row | str:
    """The rule that cuts what somebody has marked as noise."""
    wanted = answer.text.strip()
    at = 0
    kept: list[Stretch] = []
    base = document.segment.start
    for start, end in document.kept():
        kept += stretches(document.original, start - base, end - base)
    found = next((s for s in kept if wanted in shown(s.text)), None)
    if found is None:
        return "the text that stayed has no such words on one line"
    at = found.text.find(wanted)
    if at > 0 or (at == 0 and len(wanted) < len(found.text)):
        start = found.start + at
        found = replace(found, start=start, end=start + len(wanted), whole=False)
    if not found.whole and sum(map(str.isalnum, found.text)) < SHORTEST:
        return "so few characters would be cut in other texts as well"
    if len(found.text) > LONGEST:
        return "it is too long to be written as a pattern"
    reach: Reach = "line" if found.whole else "span"
    patterns = tuple(dict.fromkeys(found.patterns()))
    rule = Rule(rule_id, "other", "w", patterns, (), (), reach=reach)
    stays = next((s.text for s in kept if found.text not in s.text and not rule.find(s.text)), "")
    if not stays:
        return "the document has no other line to tell it from"
    return Row(
        rule_id, "other", "cut", reach, "审阅时标出的噪声，不是正文。",
        patterns, (Example(found.text),), (Example(stays, "同一篇的正文"),),
        ((found.start, found.end),),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of one line, without the blanks around it: original[start:end]."""

    original: str
    start: int
    end: int
    whole: bool  # nothing else stands on the line

    @property
    def text(self) -> str:
        return self.original[self.start : self.end]

    def patterns(self) -> Iterator[str]:
        """What hits it: as it stands, and as it stands once damaged characters are mended."""
        yield pattern_of(fold(self.text).text)
        line_start = self.original.rfind("\n", 0, self.start) + 1
        line_end = self.original.find("\n", self.end)
        line = self.original[line_start : line_end if line_end >= 0 else None]
        if edits := repair(line):
            view = fold(line, edits)
            start, end = view.towards([self.start - line_start, self.end - line_start])
            yield pattern_of(view.text[start:end].strip())


def stretches(original: str, start: int, end: int) -> Iterator[Stretch]:
    """The pieces of lines in original[start:end] that have something in them."""
    first = max(original.rfind("\n", 0, start), original.rfind("\r", 0, start)) + 1
    for m in LINE.finditer(original, first):
        if m.start() >= end:
            return
        low, high = max(m.start(), start), min(m.end(), end)
        piece = original[low:high]
        if not piece.strip(EDGE):
            continue
        low += len(piece) - len(piece.lstrip(EDGE))
        high -= len(piece) - len(piece.rstrip(EDGE))
        line = m[0].strip(EDGE)
        yield Stretch(original, low, high, whole=original[low:high] == line)


def pattern_of(text: str) -> str:
    """
    A pattern for a folded text: its numbers are any numbers, the rest stands for itself.

    >>> pattern_of("来源(12): a.b")
    '来源\\\\({{digit}}+\\\\): a\\\\.b'
    """
    parts = _DIGITS.split(text)
    return "{{digit}}+".join(
        "".join(f"\\{c}" if c in SPECIAL else c for c in part) for part in parts
    )


def _is_meant(removal: Removal, answer: Answer) -> bool:
    return (removal.rule, removal.start, removal.end) == (answer.rule, answer.start, answer.end)


def _line_hit(removal: Removal) -> str:
    """The first line of a cut that the patterns of its rule hit by themselves."""
    rule = packs.default().by_id.get(removal.rule)
    lines = (line.strip(EDGE) for line in removal.text.splitlines())
    return next((line for line in lines if rule and line and rule.find(line)), "")


def _examples_of(rule_id: str) -> Sequence[str]:
    rules: Mapping[str, Rule] = {rule.id: rule for rule in (*PYTHON_RULES, *packs.default().active)}
    rule = rules.get(rule_id)
    return [example.text for example in rule.examples] if rule else ["来源：网络"]


def _free_id(made: Made, stem: str) -> str:
    """An id that no row has yet: keep-source-line, keep-source-line-2, …"""
    taken = {row.id for row in made.rows}
    number = 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return name


def _proved(toml: str, name: str) -> None:
    make_rules((*packs.shipped(), parse_pack(toml, name)))


# ---------------------------------------------------------------- writing TOML


def quoted(text: str) -> str:
    """
    A text as TOML has it.

    >>> quoted('他说：“好”\\n\\x7f"')
    '"他说：“好”\\\\n\\\\u007F\\\\""'
    """
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(c) or _seen(c) for c in text) + '"'


def _seen(c: str) -> str:
    if c.isprintable() or c == "\u3000":
        return c
    return f"\\u{ord(c):04X}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08X}"  # noqa: PLR2004


def _literal(pattern: str) -> str:
    """A pattern between single quotes, as people write them, where that can be."""
    plain = "'" not in pattern and all(c.isprintable() for c in pattern)
    return f"'{pattern}'" if plain else quoted(pattern)


def _written(row: Row) -> str:
    lines = [
        "[[rule]]",
        f"id = {quoted(row.id)}",
        f"kind = {quoted(row.kind)}",
        f"severity = {quoted(row.severity)}",
        f"reach = {quoted(row.reach)}",
        f"why = {quoted(row.why)}",
        f"pattern = [{', '.join(map(_literal, row.patterns))}]",
        f"examples = [{', '.join(f'{{ text = {quoted(e.text)} }}' for e in row.examples)}]",
    ]
    stays = (
        f"{{ text = {quoted(e.text)}, because = {quoted(e.because)} }}" for e in row.counterexamples
    )
    return "\n".join([*lines, f"counterexamples = [{', '.join(stays)}]", ""])


def _proof(proof: tuple[str, str]) -> str:
    rule, text = proof
    return f"[[example]]\nrule = {quoted(rule)}\ntext = {quoted(text)}\n"
