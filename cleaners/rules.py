"""
Rules as values, the packs that they come in, and the set of those in force.

A `Rule` is a row of a pack (`cleaners.parse` reads and proves them) or the header of a
rule that is written in Python (`cleaners.compare`). Patterns are matched against the
folded view of a text (`cleaners.fold`) by `cleaners.matching`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from cleaners.errors import RulePackError
from cleaners.fold import Folded, fold, tighten
from cleaners.matching import Hit, LinePattern, Matcher, Reading, lines_of
from cleaners.patterns import spelled
from cleaners.sites import Site

Reach = Literal["line", "sentence", "clause", "span", "head", "tail", "page"]
Severity = Literal["cut", "flag", "keep"]  # keep: no rule may cut here
Where = Literal["anywhere", "head", "tail", "edge"]
View = Literal["folded", "tight"]
Truncates = Literal["", "tail", "middle", "notice"]

KINDS = (
    "watermark",
    "trial_cutoff",
    "contact_spam",
    "site_promo",
    "copyright_disclaimer",
    "navigation",
    "related_links",
    "byline_metadata",
    "seo_filler",
    "download_prompt",
    "conversion_residue",
    "encoding_damage",
    "anti_copy_injection",
    "pagination",
    "comment_ui",
    "duplicate_title",
    "collection_heading",
    "other",
    "page",
)

HARVESTABLE = (
    "title", "author", "source", "editor", "reporter", "published", "updated", "declared_url",
    "account", "declared_chars", "shown_chars", "hidden_chars", "page_count", "pages_left",
    "file_name", "book_title", "chapter_no", "part_index", "part_count", "item_count",
    "doc_number", "issuer", "licence", "site_name", "keywords",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A line as a page prints it, and what becomes of it."""

    text: str
    harvest: Mapping[str, str] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True)
class Rule:
    """One row of a rule pack. Field order is the order on its page."""

    id: str
    kind: str
    why: str
    pattern: tuple[str, ...]  # alternatives, as written
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]
    reach: Reach = "line"
    severity: Severity = "cut"
    where: Where = "anywhere"
    near: tuple[str, ...] = ()  # kinds or ids of which one must have a hit close by
    within: int = 3  # lines that count as close by
    longest: int = 0  # the line at most this long, in characters; 0 is any length
    repeats: int = 1  # the same line or span at least so often in the document
    quoted: bool = False  # hits inside quotation marks count too
    view: View = "folded"
    family: str = ""  # only on pages of this kind of site
    truncates: Truncates = ""  # what a hit says about missing text
    since: str = ""
    pack: str = ""

    @cached_property
    def whole_line(self) -> bool:
        """Whether a pattern has to match a line from its first character to its last."""
        return self.reach not in ("sentence", "clause", "span")

    @cached_property
    def patterns(self) -> tuple[LinePattern, ...]:
        """The patterns as they are run, anchored by reach."""
        # Not joined with "|": RE2 takes two groups of one name and fills only the first.
        return tuple(LinePattern(self, spelled(p)) for p in self.pattern)

    def find(self, text: str) -> list[Hit]:
        """Where the rule's patterns fire in `text`, without its conditions on the place."""
        view = fold(text)
        view = tighten(view) if self.view == "tight" else view
        found = (
            hit
            for start, line in lines_of(view.text)
            for pattern in self.patterns
            for hit in pattern.hits(line, line.encode("utf-8", "surrogatepass"), start, view)
        )
        return sorted(found, key=lambda hit: (hit.start, -hit.end))


@dataclass(frozen=True)
class Family:
    """A kind of site, known by its own furniture: several different rules must have a hit."""

    name: str
    why: str
    signs: tuple[str, ...]  # ids of rules
    least: int = 2  # how many of them


@dataclass(frozen=True)
class RulePack:
    """The rules of one TOML text. `hosts` empty: for every page."""

    name: str
    rules: tuple[Rule, ...]
    digest: str  # SHA-256 of the text, hex
    hosts: tuple[str, ...] = ()
    off: tuple[str, ...] = ()  # ids of rules that are wrong for these hosts
    about: str = ""
    families: tuple[Family, ...] = ()
    sites: tuple[Site, ...] = ()  # how the pages of these hosts are laid out
    proofs: tuple[tuple[str, str], ...] = ()  # rules of any pack, each with a line it must hit

    def __str__(self) -> str:
        return f"{self.name}@{self.digest[:8]}"


@dataclass(frozen=True)
class Rules:
    """The packs that are in force, with what it takes to ask them all at once."""

    packs: tuple[RulePack, ...]

    @cached_property
    def active(self) -> tuple[Rule, ...]:
        off = {rule_id for pack in self.packs for rule_id in pack.off}
        return tuple(r for pack in self.packs for r in pack.rules if r.id not in off)

    def families_of(self, hits: Iterable[Hit]) -> frozenset[str]:
        """The kinds of sites that a page with these hits can be of."""
        seen = {hit.rule.id for hit in hits}
        signs = [family for rule_id in seen for family in self._families.get(rule_id, ())]
        return frozenset([name for name, least in signs if signs.count((name, least)) >= least])

    @cached_property
    def _families(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """For each sign, which families it speaks for, and how many signs those need."""
        found: dict[str, list[tuple[str, int]]] = {}
        for family in (family for pack in self.packs for family in pack.families):
            for sign in family.signs:
                found.setdefault(sign, []).append((family.name, family.least))
        return found

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.active}

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The layouts of pages, the packs' own order: after `for_host`, those of the host."""
        return tuple(site for pack in self.packs for site in pack.sites)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What provenance records: name@digest of each pack, in order."""
        return tuple(map(str, self.packs))

    def for_host(self, host: str) -> Rules:
        """The packs for one host: those for every page, and its own."""
        if not self._of_hosts:
            return self
        mine = tuple(p for p in self.packs if not p.hosts or host_matches(host, p.hosts))
        return self if len(mine) == len(self.packs) else Rules(mine)

    @cached_property
    def _of_hosts(self) -> bool:
        """Whether any pack is for some hosts only."""
        return any(pack.hosts for pack in self.packs)

    def reads(self, kind: View) -> bool:
        """Whether any rule looks at views of this kind."""
        return bool(self._matchers[kind].patterns)

    def reading(self, view: Folded, kind: View = "folded") -> Reading:
        """A view with the words of all patterns found in it, ready to be asked line by line."""
        return Reading(view, self._matchers[kind])

    def scan(self, view: Folded, kind: View = "folded") -> list[Hit]:
        """Every hit of every rule for views of this kind, in order of the text."""
        return self.reading(view, kind).all_hits()

    @cached_property
    def _matchers(self) -> Mapping[View, Matcher]:
        return {
            kind: Matcher([rule for rule in self.active if rule.view == kind])
            for kind in get_args(View)
        }


def make_rules(packs: Iterable[RulePack]) -> Rules:
    """
    The rules of all packs, the first to be named first.

    Raises RulePackError when two packs, or two rules, have one name, when a `near`, a family,
    an [[off]] or an [[example]] names something that no pack has, and when a rule misses an
    [[example]] of another pack.
    """
    packs = tuple(packs)
    families = frozenset(family.name for pack in packs for family in pack.families)
    for before, pack in enumerate(packs):
        if pack.name in (other.name for other in packs[:before]):
            raise RulePackError(
                pack.name,
                "there is a pack of this name already",
                do='give it a name of its own:  pack = "…"',
            )
    ids = unique_ids(packs)
    for pack in packs:
        _names_exist(pack, ids, families)
    rules = Rules(packs)
    for pack in packs:
        _proofs_hold(pack, ids, rules)
    return rules


def unique_ids(packs: Iterable[RulePack]) -> frozenset[str]:
    """The ids of all rules. Raises RulePackError when two rules have one."""
    seen: dict[str, str] = {}
    for pack in packs:
        for rule in pack.rules:
            if rule.id in seen:
                raise RulePackError(
                    f"{pack.name}: {rule.id}",
                    f"there is a rule of this name in {seen[rule.id]} already",
                    do="give it an id of its own; to replace the other one, switch it off in [[off]]",
                )
            seen[rule.id] = pack.name
    return frozenset(seen)


def _names_exist(pack: RulePack, rule_ids: frozenset[str], families: frozenset[str]) -> None:
    for family in pack.families:
        for sign in family.signs:
            if sign not in rule_ids:
                raise RulePackError(
                    f"{pack.name}: [[family]] {family.name}",
                    f"there is no rule {sign!r} to know it by",
                    do="`zhengben rules` lists the rules",
                )
    for rule in pack.rules:
        if rule.family and rule.family not in families:
            raise RulePackError(
                f"{pack.name}: {rule.id}",
                f"there is no family {rule.family!r}",
                do=f"name one of {', '.join(sorted(families)) or 'your own [[family]]'}",
            )
        for name in rule.near:
            if name not in KINDS and name not in rule_ids:
                raise RulePackError(
                    f"{pack.name}: {rule.id}",
                    f"near names {name!r}, which is no kind and no rule",
                    do=f"name a rule's id, or one of {', '.join(KINDS)}",
                )
    for rule_id in pack.off:
        if rule_id not in rule_ids:
            raise RulePackError(
                f"{pack.name}: [[off]]",
                f"there is no rule {rule_id!r} to switch off",
                do="`zhengben rules` lists the rules",
            )


def _proofs_hold(pack: RulePack, ids: frozenset[str], rules: Rules) -> None:
    """Whether the rules of other packs still hit the lines that this one says they must."""
    for rule_id, text in pack.proofs:
        where = f"{pack.name}: [[example]] {rule_id}"
        if rule_id not in ids:
            raise RulePackError(
                where, f"there is no rule {rule_id!r}", do="`zhengben rules` lists the rules"
            )
        rule = rules.by_id.get(rule_id)  # None: switched off, which is somebody's wish
        if rule and not rule.find(text):
            raise RulePackError(
                where,
                "the rule does not hit this line any more",
                saw=text,
                do="take the row out, or write a rule of your own for the line",
            )


def host_matches(host: str, patterns: Iterable[str]) -> bool:
    """`example.cn` is itself; `.example.cn` is itself and everything below it."""
    return any(
        host == p.removeprefix(".") or (p.startswith(".") and host.endswith(p)) for p in patterns
    )


def harvest_of(hit: Hit, text: str) -> dict[str, str]:
    """What a hit harvests, as it stands in `text`, without blanks around it."""
    found: dict[str, str] = {}
    for name, start, end in hit.groups:
        found.setdefault(name, text[start:end].strip(" \t\u3000\xa0"))
    return found
