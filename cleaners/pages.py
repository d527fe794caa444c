"""One rule as one page: the same text for `zhengben rules ID` and for docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaners import (
    asides,
    bylines,
    compare,
    crumbs,
    fragments,
    insertions,
    ledes,
    leftovers,
    likeness,
    printed,
    rare,
    repetition,
    run_in,
    wraps,
)
from cleaners.cut import FENCE
from cleaners.repair import REPAIRS, lost
from cleaners.repair.kind import Change
from cleaners.rules import Example, Family, Rule, RulePack
from cleaners.show import visible

FENCES = Change(
    id=FENCE,
    kind="layout",
    why="网页说是代码的几行放进 ``` 里，缩进和换行才不会被当成版面收走。",
    examples=(("for n in lines:\n    print(n)", "```\nfor n in lines:\n    print(n)\n```"),),
    counterexamples=(Example("int x;", because="网页没有说它是代码"),),
)

PYTHON_RULES: tuple[Rule, ...] = (
    *compare.RULES,
    *ledes.RULES,
    *bylines.RULES,
    *repetition.RULES,
    *insertions.RULES,
    *run_in.RULES,
    *leftovers.RULES,
    *rare.RULES,
    *fragments.RULES,
    *likeness.RULES,
    *asides.RULES,
    *crumbs.RULES,
    *lost.RULES,
    *printed.RULES,
)
"""The rules that count or compare."""

EDITS: tuple[Change, ...] = (*REPAIRS, *wraps.EDITS, FENCES)
"""Every kind of edit: repairs of characters, then of the layout."""

REACH = {
    "line": "the whole line",
    "sentence": "the sentence around the hit",
    "clause": "the clause around the hit",
    "span": "only the characters that match",
    "head": "this line and the noise above it",
    "tail": "this line and the noise below it",
    "page": "the page is no document",
}
WHERE = {
    "anywhere": "anywhere",
    "head": "above the text",
    "tail": "below the text",
    "edge": "above or below the text",
}
TRUNCATES = {
    "tail": "says that the end is missing",
    "middle": "says that a piece in the middle is missing",
    "notice": "a notice; the text itself decides whether something is missing",
}


def rule_page(rule: Rule) -> str:
    """What a rule finds, where, why, its examples (✂) and what looks alike and stays (✓)."""
    return "\n".join(
        [
            f"## {rule.id}",
            "",
            " · ".join(_facts(rule)),
            "",
            rule.why,
            "",
            *(f"    ✂ {_line(e)}{_harvested(e)}" for e in rule.examples),
            *(f"    ✓ {_line(e)}    （{e.because}）" for e in rule.counterexamples),
            "",
        ]
    )


def _facts(rule: Rule) -> Iterator[str]:
    yield rule.severity
    yield rule.kind
    if rule.pattern:
        yield REACH[rule.reach]
        yield WHERE[rule.where]
    if rule.family:
        yield f"only on pages of the family {rule.family}"
    if rule.near:
        yield f"only within {rule.within} lines of {' or '.join(rule.near)}"
    if rule.longest:
        yield f"lines of at most {rule.longest} characters"
    if rule.repeats > 1:
        yield f"only when it stands there {rule.repeats} times"
    if rule.truncates:
        yield TRUNCATES[rule.truncates]
    yield f"pack {rule.pack}"


def family_page(family: Family) -> str:
    """What sites are of a family, and what gives them away."""
    signs = ", ".join(family.signs)
    return f"**family {family.name}** · known by {family.least} of {signs}\n\n{family.why}\n"


def repair_page(repair: Change) -> str:
    """The page of a kind of edit, in the form of a rule's page."""
    return "\n".join(
        [
            f"## {repair.id}",
            "",
            f"repair · {repair.kind} · pack repair",
            "",
            repair.why,
            "",
            *(f"    ~ {visible(a)}  →  {visible(b)}" for a, b in repair.examples),
            *(f"    ✓ {_line(e)}    （{e.because}）" for e in repair.counterexamples),
            "",
        ]
    )


def rules_page(packs: Iterable[RulePack]) -> str:
    """Every rule: the packs in their order, those that compare, and the repairs."""
    out = [
        "# Rules",
        "",
        "Made by `zhengben rules --all > docs/rules.md`; do not edit by hand.",
        "✂ a line that goes, → with what it tells us; ✓ a look-alike that stays.",
        "",
    ]
    for pack in packs:
        out += [f"# {pack.name}", "", pack.about, ""]
        out += [*map(family_page, pack.families), *map(rule_page, pack.rules)]
    out += ["# compare", "", "Rules that count or compare, written in Python.", ""]
    out += map(rule_page, PYTHON_RULES)
    out += ["# repair", "", "Damaged characters and lines that are put right, as edits.", ""]
    out += map(repair_page, EDITS)
    return "\n".join(out).rstrip() + "\n"


def _line(example: Example) -> str:
    return visible(example.text)


def _harvested(example: Example) -> str:
    return "".join(f"    → {key} = {value}" for key, value in example.harvest.items())
