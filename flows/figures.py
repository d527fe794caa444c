"""
The figures of a run as one frozen value: what report, `zhengben stats` and Prefect show.

All three say the same because there is one place where it is worked out. Order and
selection are settled here, so whoever shows them only has to lay them out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cleaners.pages import EDITS, PYTHON_RULES
from cleaners.rules import Rules
from flows.tally import BINS, BINS_A_DECADE, Cut, Tally, is_share
from flows.times import SlowPage, Times

MOST_HOSTS = 25
MOST_MEDIA = 15
MOST_SLOW_RULES = 15
FEWEST_BARS = 12  # of a plot
PYTHON_PACK = "compare"

KINDS: Mapping[str, str] = {
    "watermark": "水印",
    "trial_cutoff": "试读截断",
    "contact_spam": "联系方式",
    "site_promo": "站点推广",
    "copyright_disclaimer": "版权声明",
    "navigation": "导航",
    "related_links": "相关链接",
    "byline_metadata": "署名信息",
    "seo_filler": "搜索填充",
    "download_prompt": "下载提示",
    "conversion_residue": "转换残留",
    "encoding_damage": "编码损坏",
    "anti_copy_injection": "防抄袭字",
    "pagination": "页码",
    "comment_ui": "评论界面",
    "duplicate_title": "重复标题",
    "collection_heading": "合集标题",
    "other": "其他",
    "page": "整页",
}
"""What the kinds of noise are called in Chinese."""


class Known(NamedTuple):
    """A rule that was in force."""

    pack: str
    why: str
    severity: str = "cut"


@dataclass(frozen=True, slots=True)
class Count:
    """How often something came up."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a kind or a pack of rules has taken."""

    name: str
    cuts: int
    characters: int
    documents: int


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """What one rule has taken, and the first few cuts."""

    id: str
    kind: str
    pack: str
    why: str
    cuts: int
    characters: int
    documents: int
    first: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class RejectFigure:
    """How many pages were turned away for one reason, and the first few: (why, source)."""

    rule: str
    pages: int
    first: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HostFigure:
    """What one site, or folder, has given."""

    name: str
    documents: int
    rejected: int
    truncated: int
    characters: int
    removed: int


@dataclass(frozen=True, slots=True)
class Bar:
    """So many values from `low` up to `high`, which is not among them (1 is, of a share)."""

    low: float
    high: float
    number: int


@dataclass(frozen=True, slots=True)
class SignalFigure:
    """How the values of one signal are spread."""

    name: str
    least: float
    middle: float  # about: the middle of the bar in which the median lies
    most: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A number that is another one than in the run before."""

    name: str
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class Versus:
    """What differs from the dataset that lay there before."""

    counts: tuple[Change, ...]
    rules: tuple[Change, ...]  # cuts
    rejects: tuple[Change, ...]  # pages
    by_rule: bool  # whether the run before had written down its rules


@dataclass(frozen=True, slots=True)
class TimeFigures:
    """What pages and rules took, in seconds of processor time."""

    pages: int
    seconds: float
    slowest: tuple[SlowPage, ...]
    rules: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """All there is to show of a run, most first, and by name where numbers are the same."""

    title: str
    pages: int
    documents: int
    rejected: int
    collections: int
    collected: int
    truncated: int
    characters: int
    removed: int
    clean: int
    compared: int
    copies: int
    completed: int
    kinds: tuple[Share, ...]
    packs: tuple[Share, ...]
    rules: tuple[RuleFigure, ...]
    rejects: tuple[RejectFigure, ...]
    truncations: tuple[Count, ...]
    incomplete: tuple[Count, ...]
    unfinished: tuple[tuple[str, str, str], ...]
    hosts: tuple[HostFigure, ...]
    more_hosts: int
    media: tuple[Count, ...]
    more_media: int
    signals: tuple[SignalFigure, ...]
    encodings: tuple[Count, ...]
    extractors: tuple[Count, ...]
    facts: tuple[Count, ...]
    labels: tuple[Count, ...]
    repairs: tuple[Count, ...]
    flags: tuple[Count, ...]
    largest: tuple[Cut, ...]
    closest: tuple[Cut, ...]
    silent: tuple[tuple[str, tuple[str, ...]], ...]  # pack, rules that left no trace
    in_force: int  # rules that can leave one; 0 when nobody knows them
    versus: Versus | None = None
    times: TimeFigures | None = None


def figures(
    tally: Tally,
    *,
    title: str,
    rules: Rules | None = None,
    before: Mapping[str, Any] | None = None,
    times: Times | None = None,
) -> Figures:
    """
    What there is to show of a tally.

    rules   that were in force; without them nobody can say which never fired
    before  the manifest of the dataset that lay there before
    times   what pages and rules took, where that was measured
    """
    known = in_force(rules) if rules else {}
    return Figures(
        title=title,
        pages=tally.pages,
        documents=tally.documents,
        rejected=tally.rejected,
        collections=tally.collections,
        collected=tally.collected,
        truncated=tally.truncated,
        characters=tally.characters,
        removed=tally.removed,
        clean=tally.clean,
        compared=tally.compared,
        copies=tally.copies,
        completed=tally.completed,
        kinds=_shares((name, t.cuts, t.characters, t.documents) for name, t in tally.kinds.items()),
        packs=_packs(tally, known),
        rules=_rules(tally, known),
        rejects=tuple(
            RejectFigure(name, each.pages, tuple(each.first))
            for name, each in sorted(tally.rejects.items(), key=lambda r: (-r[1].pages, r[0]))
        ),
        truncations=_counts(tally.truncations),
        incomplete=_counts(tally.incomplete),
        unfinished=tuple(tally.unfinished),
        hosts=_hosts(tally)[:MOST_HOSTS],
        more_hosts=max(0, len(tally.hosts) - MOST_HOSTS),
        media=_counts(tally.media)[:MOST_MEDIA],
        more_media=max(0, len(tally.media) - MOST_MEDIA),
        signals=_signals(tally),
        encodings=_counts(tally.encodings),
        extractors=_counts(tally.extractors),
        facts=_counts(tally.facts),
        labels=_counts(tally.labels),
        repairs=_counts(tally.repairs),
        flags=_counts(tally.flags),
        largest=tuple(tally.largest),
        closest=tuple(tally.closest),
        silent=_silent(tally, known),
        in_force=sum(rule.severity != "keep" for rule in known.values()),
        versus=versus(before, tally) if before else None,
        times=_times(times) if times and times.pages else None,
    )


def in_force(rules: Rules) -> dict[str, Known]:
    """Every rule by its id: those of packs, those that compare, and the repairs."""
    known = {rule.id: Known(rule.pack, rule.why, rule.severity) for rule in rules.active}
    known |= {rule.id: Known(PYTHON_PACK, rule.why, rule.severity) for rule in PYTHON_RULES}
    return known | {edit.id: Known("repair", edit.why, "repair") for edit in EDITS}


def said(tally: Tally) -> dict[str, Any]:
    """What the manifest says of a run beside its counts, for the run after it to compare with."""
    return {
        "removals_by_rule": {name: rule.cuts for name, rule in sorted(tally.rules.items())},
        "rejects_by_rule": {name: each.pages for name, each in sorted(tally.rejects.items())},
    }


def versus(before: Mapping[str, Any], tally: Tally) -> Versus | None:
    """What differs from the run whose manifest `before` is; None when nothing does."""
    counts = {
        "documents": tally.documents,
        "rejects": tally.rejected,
        "truncated": tally.truncated,
        "characters_removed": tally.removed,
        "characters_in_text": tally.clean,
    }
    now = said(tally)
    has_rules = isinstance(before.get("removals_by_rule"), dict)
    found = Versus(
        _changes(before.get("counts", {}), counts, counts),
        _changes(before["removals_by_rule"], now["removals_by_rule"]) if has_rules else (),
        _changes(before.get("rejects_by_rule", {}), now["rejects_by_rule"]) if has_rules else (),
        has_rules,
    )
    return found if found.counts or found.rules or found.rejects else None


def _changes(
    before: Mapping[str, int], now: Mapping[str, int], names: Iterable[str] = ()
) -> tuple[Change, ...]:
    changes = (
        Change(name, before.get(name, 0), now.get(name, 0))
        for name in names or before.keys() | now.keys()
    )
    changed = [change for change in changes if change.before != change.now]
    if names:
        return tuple(changed)
    return tuple(sorted(changed, key=lambda c: (-abs(c.now - c.before), c.name)))


def _shares(rows: Iterable[tuple[str, int, int, int]]) -> tuple[Share, ...]:
    return tuple(sorted((Share(*row) for row in rows), key=lambda s: (-s.characters, s.name)))


def _packs(tally: Tally, known: Mapping[str, Known]) -> tuple[Share, ...]:
    """What the rules of each pack have taken; documents are not counted by pack."""
    cuts: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for name, rule in tally.rules.items():
        pack = known[name].pack if name in known else ""
        cuts[pack] += rule.cuts
        characters[pack] += rule.characters
    return _shares((pack, cuts[pack], characters[pack], 0) for pack in cuts if pack)


def _rules(tally: Tally, known: Mapping[str, Known]) -> tuple[RuleFigure, ...]:
    unknown = Known("", "")
    made = (
        RuleFigure(
            name,
            rule.kind,
            known.get(name, unknown).pack,
            known.get(name, unknown).why,
            rule.cuts,
            rule.characters,
            rule.documents,
            tuple(rule.first),
        )
        for name, rule in tally.rules.items()
    )
    return tuple(sorted(made, key=lambda rule: (-rule.characters, rule.id)))


def _hosts(tally: Tally) -> tuple[HostFigure, ...]:
    made = (
        HostFigure(name, h.documents, h.rejected, h.truncated, h.characters, h.removed)
        for name, h in tally.hosts.items()
    )
    return tuple(sorted(made, key=lambda host: (-host.documents - host.rejected, host.name)))


def _signals(tally: Tally) -> tuple[SignalFigure, ...]:
    made: list[SignalFigure] = []
    for name, signal in sorted(tally.signals.items()):
        first, last = (0, BINS - 1) if is_share(name) else _range(signal.bins)
        bars = tuple(
            Bar(*_edges(name, at), signal.bins.get(at, 0)) for at in range(first, last + 1)
        )
        middle = min(max(_middle(bars, signal.zeros), signal.least), signal.most)
        made.append(SignalFigure(name, signal.least, middle, signal.most, bars))
    return tuple(made)


def _range(bins: Mapping[int, int]) -> tuple[int, int]:
    """The first and the last bar of a plot: those that hold something, and not too few."""
    first, last = min(bins), max(bins)
    room = max(0, FEWEST_BARS - 1 - (last - first))
    first = max(0, first - room // 2)
    return first, max(last, first + FEWEST_BARS - 1)


def _edges(signal: str, at: int) -> tuple[float, float]:
    if is_share(signal):
        return at / BINS, (at + 1) / BINS
    return (0.0 if at == 0 else 10 ** ((at - 1) / BINS_A_DECADE)), 10 ** (at / BINS_A_DECADE)


def _middle(bars: tuple[Bar, ...], zeros: int) -> float:
    half = sum(bar.number for bar in bars) / 2
    if half <= zeros:
        return 0.0
    for bar in bars:
        half -= bar.number
        if half <= 0:
            return (bar.low + bar.high) / 2
    return 0.0


def _silent(tally: Tally, known: Mapping[str, Known]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """By pack, the rules that have named no cut, flag, repair, reject, fact or truncation."""
    heard = {*tally.rules, *tally.rejects, *tally.repairs, *tally.flags, *tally.witnesses}
    left: dict[str, list[str]] = {}
    for name, rule in known.items():
        if name not in heard and rule.severity != "keep":
            left.setdefault(rule.pack, []).append(name)
    return tuple((pack, tuple(names)) for pack, names in left.items())


def _times(times: Times) -> TimeFigures:
    rules = sorted(times.rules.items(), key=lambda item: (-item[1], item[0]))
    return TimeFigures(
        times.pages, times.seconds, tuple(times.slowest), tuple(rules[:MOST_SLOW_RULES])
    )


def _counts(counts: Counter[str]) -> tuple[Count, ...]:
    made = (Count(name, number) for name, number in counts.items() if number)
    return tuple(sorted(made, key=lambda count: (-count.number, count.name)))
