"""
Rules as values, and how all of them are asked at once.

A `Rule` is a row of a pack (`cleaners.parse` reads and proves them) or the header of a
rule that is written in Python (`cleaners.compare`). Patterns are matched against the
folded view of a text (`cleaners.fold`); what fires is a `Hit`, with offsets into the
text that the view was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Literal, NamedTuple

import re2

from cleaners.errors import RulePackError
from cleaners.fold import Folded, fold, tighten
from cleaners.patterns import CUT, OPTIONS, Match, Pattern, compile_source, source

Reach = Literal["line", "sentence", "clause", "span", "head", "tail", "page"]
Severity = Literal["cut", "flag"]
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


# What a line may be longer in the view than in the page: blanks around it, ⑩ for 10.
INDENT = 20  # characters


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
    truncates: Truncates = ""  # what a hit says about missing text
    since: str = ""
    pack: str = ""

    @property
    def whole_line(self) -> bool:
        """Whether a pattern has to match a line from its first character to its last."""
        return self.reach not in ("sentence", "clause", "span")

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The patterns as RE2 gets them: folded, names filled in, anchored by reach."""
        return tuple(source(p, whole_line=self.whole_line) for p in self.pattern)

    @cached_property
    def regexes(self) -> tuple[Pattern, ...]:
        # Not joined with "|": RE2 takes two groups of one name and fills only the first.
        return tuple(compile_source(s) for s in self.sources)

    def find(self, text: str) -> list[Hit]:
        """Where the rule's patterns fire in `text`, without its conditions on the place."""
        view = fold(text)
        view = tighten(view) if self.view == "tight" else view
        body = view.text.encode("utf-8", "surrogatepass")
        found = chain.from_iterable(_hits(self, regex, body, 0, view) for regex in self.regexes)
        return sorted(found, key=lambda hit: (hit.start, -hit.end))


class Hit(NamedTuple):
    """A pattern fired at start:end of the original; `groups` are stretches of it by name."""

    rule: Rule
    start: int
    end: int
    groups: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class RulePack:
    """The rules of one TOML text. `hosts` empty: for every page."""

    name: str
    rules: tuple[Rule, ...]
    digest: str  # SHA-256 of the text, hex
    hosts: tuple[str, ...] = ()
    off: tuple[str, ...] = ()  # ids of rules that are wrong for these hosts
    about: str = ""

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

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.active}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What provenance records: name@digest of each pack, in order."""
        return tuple(map(str, self.packs))

    def for_host(self, host: str) -> Rules:
        """The packs for one host: those for every page, and its own."""
        mine = tuple(p for p in self.packs if not p.hosts or host_matches(host, p.hosts))
        return self if len(mine) == len(self.packs) else Rules(mine)

    @cached_property
    def _made(self) -> dict[tuple[View, bool], Matcher]:
        return {}

    def _matcher(self, view: View, *, edge: bool) -> Matcher:
        """For one view, the edges of a text or what is between them; made when first asked."""
        known = self._made.get((view, edge))
        if known is None:
            rules = [r for r in self.active if r.view == view and (edge or r.where == "anywhere")]
            known = self._made[view, edge] = Matcher(rules)
        return known

    def has_view(self, kind: View) -> bool:
        """Whether any rule looks at views of this kind."""
        return self._matcher(kind, edge=True).patterns > 0

    def ask(self, view: Folded, kind: View, *, edge: bool) -> list[Hit]:
        """The hits of all rules (at an edge), or of those for anywhere, in order of the text."""
        return self._matcher(kind, edge=edge).scan(view)

    def scan(self, view: Folded, kind: View = "folded") -> list[Hit]:
        """Every hit of every rule for views of this kind, in order of the text."""
        return self.ask(view, kind, edge=True)


class Matcher:
    """
    Many patterns at once, line by line.

    Most patterns need some literal word: re2.Filter says in one pass whose words a line
    has, and only they are run. The few that need none are asked all together by re2.Set.
    A rule for lines of a certain length is not asked about longer ones.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        patterns = [(rule, pattern) for rule in rules for pattern in rule.sources]
        self.patterns = len(patterns)
        self._rules = [rule for rule, _ in patterns]
        self._filter = _filter([pattern for _, pattern in patterns])
        always = (self._filter.Match(b"", True) or ()) if self._filter else ()
        self._wordless = sorted(always)
        self._worded = frozenset(range(len(patterns))) - frozenset(always)
        self._set = re2.Set.SearchSet(OPTIONS)
        for i in self._wordless:
            self._set.Add(patterns[i][1])
        self._set.Compile()

    def scan(self, view: Folded) -> list[Hit]:
        """Every hit, sorted by place, then by the order of the rules."""
        hits: list[Hit] = []
        if not self.patterns:
            return hits
        at = 0
        for line in view.text.split("\n"):
            length = len(line)
            if length and not line.isspace():
                body = line.encode("utf-8", "surrogatepass")
                for rule, regex in self._likely(body):
                    if not rule.longest or length <= rule.longest + INDENT:
                        hits += _hits(rule, regex, body, at, view)
            at += length + 1
        hits.sort(key=place)
        return hits

    def _likely(self, body: bytes) -> Iterator[tuple[Rule, Pattern]]:
        """The patterns that can hit a line; the filter has each compiled already."""
        if self._filter:
            likely = [i for i in self._filter.Match(body, True) or () if i in self._worded]
            likely += (self._wordless[i] for i in self._set.Match(body) or ())
            for i in likely:
                yield self._rules[i], self._filter.re(i)


def _filter(patterns: Sequence[str]) -> re2.Filter | None:
    if not patterns:
        return None  # an empty one cannot be compiled
    words = re2.Filter()
    for pattern in patterns:
        words.Add(pattern, OPTIONS)
    words.Compile()
    return words


def place(hit: Hit) -> tuple[int, int]:
    """Where a hit stands, to sort by."""
    return hit.start, hit.end


def _hits(rule: Rule, regex: Pattern, body: bytes, at: int, view: Folded) -> Iterator[Hit]:
    """The hits of one pattern in `body`, which is the view from `at` on, as bytes."""
    seen_bytes = seen_chars = 0
    for m in regex.finditer(body):
        seen_chars += len(body[seen_bytes : m.start()].decode("utf-8", "surrogatepass"))
        seen_bytes = m.start()
        start = at + seen_chars
        end = start + len(m[0].decode("utf-8", "surrogatepass"))
        yield _hit(rule, m, start, end, view)


def _hit(rule: Rule, m: Match, start: int, end: int, view: Folded) -> Hit:
    """A match as a hit, counted in the text that the view was made from."""
    groups: list[tuple[str, int, int]] = []
    whole = view.origin(start, end)
    for name, index in m.re.groupindex.items():
        a, b = m.span(index)
        if a < b:
            a = start + len(m.string[m.start() : a].decode("utf-8", "surrogatepass"))
            b = a + len(m[index].decode("utf-8", "surrogatepass"))
            if name == CUT:
                whole = view.origin(a, b)
            else:
                groups.append((name, *view.origin(a, b)))
    return Hit(rule, *whole, tuple(groups))


def make_rules(packs: Iterable[RulePack]) -> Rules:
    """
    The rules of all packs, the first to be named first.

    Raises RulePackError when two packs, or two rules, have one name, and when a `near`
    or an [[off]] names something that no pack has.
    """
    packs = tuple(packs)
    for before, pack in enumerate(packs):
        if pack.name in (other.name for other in packs[:before]):
            raise RulePackError(
                pack.name,
                "there is a pack of this name already",
                do='give it a name of its own:  pack = "…"',
            )
    ids = unique_ids(packs)
    for pack in packs:
        _names_exist(pack, ids)
    return Rules(packs)


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


def _names_exist(pack: RulePack, rule_ids: frozenset[str]) -> None:
    for rule in pack.rules:
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
