"""
Reading a rule pack: TOML text in, proved rules out, or a sentence for its author.

A rule proves itself while it is read: its patterns must compile in RE2, hit each of its
own examples with the harvest written there, and miss each of its own counterexamples.
A pack that loads is a pack that passed its tests.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast, get_args

import re2

from cleaners.errors import RulePackError
from cleaners.fold import fold
from cleaners.patterns import (
    ASCII_ONLY,
    CUT,
    NAMED,
    NAMES,
    anchored,
    compile_source,
    reason,
    spelled,
)
from cleaners.prove_sites import prove_site
from cleaners.rules import (
    HARVESTABLE,
    KINDS,
    Example,
    Family,
    Reach,
    Rule,
    RulePack,
    Severity,
    Truncates,
    View,
    Where,
    harvest_of,
    unique_ids,
)
from cleaners.sites import read_site


def parse_pack(toml: str, name: str = "", *, prove: bool = True) -> RulePack:
    """
    Read one pack from its TOML text, and prove every rule in it.

    `name` is where the text comes from, for messages. `prove=False` is for texts that
    were proved before and have not changed since. Raises RulePackError, which
    says where, what, what it saw and what to do.
    """
    try:
        table = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise RulePackError(
            name or "rule pack",
            f"is not TOML ({error})",
            do="patterns go between single quotes: pattern = ['加{{contact}}']",
        ) from error
    pack = table.get("pack") or ""
    where = str(pack or name or "rule pack")
    if not isinstance(pack, str) or not pack:
        raise RulePackError(where, "has no name", do='begin it with  pack = "…"')
    _known(where, table, {"pack", "about", "hosts", *_ROWS}, "the pack's own keys")
    rules = tuple(_rule(where, row) for row in _rows(where, table, "rule"))
    for rule in rules if prove else ():
        _prove(f"{where}: {rule.id}", rule)
    hosts = _strings(where, table, "hosts")
    sites = tuple(
        read_site(f"{where}: [[site]] {number}", row, hosts, pack)
        for number, row in enumerate(_rows(where, table, "site"), 1)
    )
    for number, site in enumerate(sites if prove else (), 1):
        prove_site(f"{where}: [[site]] {number}", site, hosts)
    off = _rows(where, table, "off")
    for row in off:
        _known(f"{where}: [[off]]", row, {"id", "why"}, "id and why")
        if not row.get("id") or not row.get("why"):
            raise RulePackError(f"{where}: [[off]]", "needs an id and a why")
    proofs = tuple(_proof(where, row) for row in _rows(where, table, "example"))
    read = RulePack(
        name=pack,
        rules=rules,
        digest=hashlib.sha256(toml.encode("utf-8", "surrogatepass")).hexdigest(),
        hosts=hosts,
        off=tuple(str(row["id"]) for row in off),
        about=str(table.get("about", "")),
        families=tuple(_family(where, row) for row in _rows(where, table, "family")),
        sites=sites,
        proofs=proofs,
    )
    unique_ids([read])
    return read


_ROWS = ("rule", "off", "family", "site", "example")
_HOW_TO = {
    "id": 'name what it finds, not what it does:  id = "source-line"',
    "kind": "one of " + ", ".join(KINDS),
    "why": "say in one sentence why this is not part of the text",
    "pattern": "give a list of alternatives, one to a line",
    "examples": 'copy at least one real line:  examples = [{ text = "来源：新华网" }]',
    "counterexamples": 'find a line that looks alike and must stay:  { text = "…", because = "…" }',
}
_CHOICES = {
    "kind": KINDS,
    "reach": get_args(Reach),
    "severity": get_args(Severity),
    "where": get_args(Where),
    "view": get_args(View),
    "truncates": get_args(Truncates),
}
_NUMBERS = ("within", "longest", "repeats")
_TEXTS = ("id", "why", "since", "family")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def _rule(pack: str, row: Mapping[str, Any]) -> Rule:
    where = f"{pack}: {row.get('id') or '(no id)'}"
    own = {f.name for f in fields(Rule)} - {"pack"}
    _known(where, row, own, ", ".join(sorted(own)))
    for key, how in _HOW_TO.items():
        if not row.get(key):
            raise RulePackError(where, f"needs {key}", do=how)
    _check_values(where, row)
    return Rule(
        pack=pack,
        pattern=_strings(where, row, "pattern"),
        near=_strings(where, row, "near"),
        examples=tuple(_example(where, e) for e in _rows(where, row, "examples")),
        counterexamples=tuple(_example(where, e) for e in _rows(where, row, "counterexamples")),
        **{
            k: v
            for k, v in row.items()
            if k not in {"pattern", "near", "examples", "counterexamples"}
        },
    )


def _family(pack: str, row: Mapping[str, Any]) -> Family:
    where = f"{pack}: [[family]] {row.get('name') or '(no name)'}"
    _known(where, row, {"name", "why", "signs", "least"}, "name, why, signs and least")
    for key in ("name", "why", "signs"):
        if not row.get(key):
            raise RulePackError(where, f"needs {key}", do=_HOW_TO_KNOW[key])
    family = Family(
        str(row["name"]), str(row["why"]), _strings(where, row, "signs"), row.get("least", 2)
    )
    if type(family.least) is not int or not 2 <= family.least <= len(family.signs):  # noqa: PLR2004
        raise RulePackError(
            where, "least must be a whole number from 2 to the number of signs",
            saw=repr(family.least), do="one sign alone proves no family",
        )  # fmt: skip
    return family


_HOW_TO_KNOW = {
    "name": 'name the kind of site:  name = "novel"',
    "why": "say in one sentence what sites these are",
    "signs": 'name the rules whose hits give it away:  signs = ["next-chapter", "novel-toolbar"]',
}


def _check_values(where: str, row: Mapping[str, Any]) -> None:
    for key in _TEXTS:
        if not isinstance(row.get(key, ""), str):
            raise RulePackError(where, f"{key} must be a text", saw=repr(row[key])[:60])
    if not _ID.fullmatch(row["id"]):
        raise RulePackError(where, "an id is words of a-z and 0-9 with - between", saw=row["id"])
    for key, allowed in _CHOICES.items():
        if key in row and row[key] not in allowed:
            raise RulePackError(
                where,
                f"{key} must be one of {', '.join(filter(None, allowed))}",
                saw=repr(row[key]),
            )
    for key in _NUMBERS:
        # To Python true is a whole number; to an author it is not.
        if key in row and (type(row[key]) is not int or row[key] < 0):
            raise RulePackError(where, f"{key} must be a whole number", saw=repr(row[key]))
    if not isinstance(row.get("quoted", False), bool):
        raise RulePackError(where, "quoted must be true or false", saw=repr(row["quoted"]))


def _known(where: str, row: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := row.keys() - known:
        raise RulePackError(where, f"does not know the key {min(unknown)!r}", do=f"it knows {what}")


def _rows(where: str, table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) for row in cast("list[Any]", rows)
    ):
        raise RulePackError(where, f"{key} must be a list of tables", saw=repr(rows)[:60])
    return cast("list[Mapping[str, Any]]", rows)


def _strings(where: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = table.get(key, [])
    if not isinstance(values, list) or not all(
        isinstance(v, str) for v in cast("list[Any]", values)
    ):
        raise RulePackError(where, f"{key} must be a list of strings", saw=repr(values)[:60])
    return tuple(cast("list[str]", values))


def _example(where: str, row: Mapping[str, Any]) -> Example:
    _known(where, row, {"text", "because", *HARVESTABLE}, "text, because and what can be harvested")
    if not isinstance(row.get("text"), str) or not row["text"]:
        raise RulePackError(where, "an example needs a text", saw=repr(dict(row)))
    harvest = {k: str(v) for k, v in row.items() if k in HARVESTABLE}
    return Example(row["text"], harvest, str(row.get("because", "")))


def _proof(pack: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """A line that a rule of another pack must hit: (id of the rule, the line)."""
    where = f"{pack}: [[example]]"
    _known(where, row, {"rule", "text"}, "rule and text")
    if not all(isinstance(row.get(key), str) and row[key] for key in ("rule", "text")):
        raise RulePackError(
            where, "needs a rule and a text", do='rule = "source-line"  text = "来源：新华网"'
        )
    return row["rule"], row["text"]


# ---------------------------------------------------------------- proving a rule


def _prove(where: str, rule: Rule) -> None:
    for pattern in rule.pattern:
        _prove_pattern(where, rule, pattern)
    for example in rule.examples:
        hits = rule.find(example.text)
        if not hits:
            raise RulePackError(
                where,
                "misses its own example",
                saw=example.text,
                do=f"the patterns see it as  {fold(example.text).text}",
            )
        got = harvest_of(hits[0], example.text)
        if got != example.harvest:
            raise RulePackError(
                where,
                f"harvests {got} where its example says {dict(example.harvest)}",
                saw=example.text,
            )
    for example in rule.counterexamples:
        if not example.because:
            raise RulePackError(where, "a counterexample needs a because", saw=example.text)
        if rule.find(example.text):
            raise RulePackError(
                where, f"hits its own counterexample ({example.because})", saw=example.text
            )


def _prove_pattern(where: str, rule: Rule, pattern: str) -> None:
    if m := ASCII_ONLY.search(pattern):
        raise RulePackError(
            where,
            f"{m[1]} is ASCII only in RE2 and misses Chinese text",
            saw=pattern,
            do=f"write one of {', '.join('{{' + n + '}}' for n in NAMES)}",
        )
    for m in NAMED.finditer(pattern):
        if m[1] not in NAMES:
            raise RulePackError(
                where,
                f"does not know the name {m[0]}",
                saw=pattern,
                do=f"write one of {', '.join('{{' + n + '}}' for n in NAMES)}",
            )
    try:
        regex = compile_source((anchored if rule.whole_line else str)(spelled(pattern)))
    except re2.error as error:
        raise RulePackError(
            where,
            f"RE2 cannot read the pattern ({reason(error)})",
            saw=pattern,
            do="RE2 has no look-around and no back-references; say it with a counterexample",
        ) from error
    for group in regex.groupindex:
        if group not in (*HARVESTABLE, CUT):
            raise RulePackError(
                where,
                f"cannot harvest {group!r}",
                saw=pattern,
                do=f"use one of {', '.join((CUT, *HARVESTABLE))}",
            )
    if regex.search(""):
        raise RulePackError(
            where, "the pattern matches nothing at all, and so everywhere", saw=pattern,
            do="at least one character must be required",
        )  # fmt: skip
