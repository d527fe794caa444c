"""What a release holds, counted while it is written: the figures of its card and its manifest."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from flows.columns import SIGNALS
from flows.rows import Row

NUMBERS = [column.name for column in SIGNALS if column.name not in ("language", "script")]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(slots=True)
class Cuts:
    """What one rule or kind has taken."""

    cuts: int = 0
    characters: int = 0
    documents: int = 0


@dataclass(slots=True)
class Facts:
    """Counts over the rows of a release. Small, but for eight bytes of each signal."""

    pages: int = 0  # that gave anything
    documents: int = 0
    rejects: int = 0
    masked: int = 0  # documents in whose evidence identifiers were made unreadable
    original: int = 0  # characters
    removed: int = 0
    text: int = 0
    compared: int = 0  # documents that were looked at for copies
    duplicates: int = 0  # of these, those that are not canonical
    newest: datetime | None = None  # retrieved_at
    parts: Counter[str] = field(default_factory=Counter)
    truncations: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, Cuts] = field(default_factory=dict)
    rules: dict[str, Cuts] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)  # of rejects
    hosts: Counter[str] = field(default_factory=Counter)
    media: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)
    signals: dict[str, array[float]] = field(
        default_factory=lambda: {name: array("d") for name in NUMBERS}
    )
    packs: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    code_versions: set[str] = field(default_factory=set)

    @property
    def truncated(self) -> int:
        """Documents of which text is missing."""
        return self.truncations.total() - self.truncations["notice_only"]

    def counts(self) -> dict[str, int]:
        """The counts of the manifest."""
        return {
            "pages": self.pages,
            "documents": self.documents,
            "rejects": self.rejects,
            "truncated": self.truncated,
            "characters_in_original": self.original,
            "characters_removed": self.removed,
            "characters_in_text": self.text,
            "documents_with_masked_identifiers": self.masked,
        }

    def add_reject(self, made: Row) -> None:
        self.rejects += 1
        self.reasons[made["rule"]] += 1

    def add(self, made: Row, *, part: str, is_masked: bool) -> None:
        """Count a row of `documents`."""
        self.documents += 1
        self.masked += is_masked
        self.original += len(made["original"])
        self.text += len(made["text"])
        self.compared += made["cluster"] is not None
        self.duplicates += made["canonical"] is False
        if part:
            self.parts[part] += 1
        if made["truncation"] is not None:
            self.truncations[made["truncation"]["kind"]] += 1
        if (at := made["retrieved_at"]) is not None:
            self.newest = max(at, self.newest or at)
        self._add_said(made)
        self._add_cuts(made["removals"])
        self.packs.update(made["packs"])
        self.steps.update(made["steps"])
        self.code_versions.add(made["code_version"])

    def quantiles(self, name: str) -> list[float] | None:
        """Of a signal, those of `QUANTILES`; None when no document has it."""
        values = sorted(self.signals[name])
        return [values[round(q * (len(values) - 1))] for q in QUANTILES] if values else None

    def _add_said(self, made: Row) -> None:
        self.hosts[_host(made["source"])] += 1
        self.media[made["source_name"] or ""] += 1
        self.years[(made["published"] or "")[:4]] += 1
        said = {fact["name"]: fact["value"] for fact in made["metadata"]}
        self.licences[said.get("licence") or ""] += 1
        signals = made["signals"]
        self.languages[signals["language"] or ""] += 1
        self.scripts[signals["script"] or ""] += 1
        for name in NUMBERS:
            if signals[name] is not None:
                self.signals[name].append(signals[name])

    def _add_cuts(self, removals: list[Row]) -> None:
        for which, by in (("kind", self.kinds), ("rule", self.rules)):
            for name in {cut[which] for cut in removals}:
                by.setdefault(name, Cuts()).documents += 1
            for cut in removals:
                known = by[cut[which]]
                known.cuts += 1
                known.characters += cut["end"] - cut["start"]
        self.removed += sum(cut["end"] - cut["start"] for cut in removals)


def _host(source: str) -> str:
    try:
        return urlsplit(source).hostname or ""
    except ValueError:  # http://[
        return ""
