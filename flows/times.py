"""
Where the time goes, for those who ask (`zhengben clean --times`): pages, and rules with patterns.

Times are no part of a dataset: they differ from run to run. They go into the report only,
and only when they were asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cleaners.fold import Folded
from cleaners.matching import Hit, LinePattern
from cleaners.rules import Rule, RulePack, Rules

T = TypeVar("T")

SLOWEST = 10

Spent = tuple[float, dict[str, float]]  # seconds for a page, and by rule
clock = time.thread_time  # of this thread alone: other processes do not count
quick = time.perf_counter  # for what is shorter than asking the other


@dataclass(frozen=True, slots=True)
class SlowPage:
    """How long a page took, in seconds, and how long it is, in bytes."""

    seconds: float
    source: str
    bytes: int


@dataclass(slots=True)
class Times:
    """What pages and rules took, in seconds of processor time."""

    pages: int = 0
    seconds: float = 0.0
    slowest: list[SlowPage] = field(default_factory=list)
    rules: dict[str, float] = field(default_factory=dict)

    def add(self, source: str, size: int, spent: Spent) -> None:
        """Count one page."""
        seconds, by_rule = spent
        self.pages += 1
        self.seconds += seconds
        for name, took in by_rule.items():
            self.rules[name] = self.rules.get(name, 0.0) + took
        self.slowest.append(SlowPage(seconds, source, size))
        self.slowest.sort(key=lambda page: -page.seconds)
        del self.slowest[SLOWEST:]


class Stopwatch:
    """Rules whose patterns are timed, and how long they have run."""

    def __init__(self, rules: Rules) -> None:
        self._spent: dict[str, float] = {}
        self.rules = Rules(tuple(map(self._timed_pack, rules.packs)))

    def measure(self, work: Callable[[], T]) -> tuple[T, Spent]:
        """Do the work; what it gives, and what it took."""
        self._spent.clear()
        began = clock()
        done = work()
        return done, (clock() - began, dict(self._spent))

    def _timed_pack(self, pack: RulePack) -> RulePack:
        return replace(pack, rules=tuple(map(self._timed, pack.rules)))

    def _timed(self, rule: Rule) -> Rule:
        timed = replace(rule)
        # Where the rule itself would keep its patterns once they are made.
        vars(timed)["patterns"] = tuple(
            _TimedPattern(timed, pattern.text, self._spent) for pattern in rule.patterns
        )
        return timed


@dataclass(frozen=True)
class _TimedPattern(LinePattern):
    """A pattern that adds up what it takes."""

    spent: dict[str, float] = field(default_factory=dict, compare=False)

    def hits(self, line: str, body: bytes, at: int, view: Folded) -> Sequence[Hit]:
        began = quick()
        found = super().hits(line, body, at, view)
        self.spent[self.rule.id] = self.spent.get(self.rule.id, 0.0) + quick() - began
        return found
