"""
What is known of a page between two visits, and what a visit makes of it.

    state, visit ──▶ state          a row of the table `pages`

All of it is a function of what the archive says: a visit may be put to the tables again
after a crash, and gives the state that it gave before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from flows.archive import Location, Original, Visit
from flows.fetch.exchange import Outcome, Validators
from flows.rows import Row

RETRY = timedelta(hours=1)  # after a failure that may pass; doubled for each that follows
DOUBLINGS = 6  # at most, of the time between visits
# Rules of fetching for pages that we may not or will not ask for.
REFUSED = frozenset((
    "bad-url", "forbidden", "host-not-allowed", "login-required", "not-a-document",
    "payment-required", "private-address", "robots-forbidden", "withheld",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageState:
    """A row of `pages`; see flows/table_columns.py."""

    origin: str
    url: str
    visited_at: datetime
    due_at: datetime
    first_seen: datetime
    kind: str = "page"
    outcome: Outcome = "new"
    status: int = 0
    answered: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    raw_sha256: str | None = None
    payload_digest: str | None = None
    changed_at: datetime | None = None
    failures: int = 0
    rule: str | None = None
    why: str | None = None
    document_ids: tuple[str, ...] = ()
    reject_ids: tuple[str, ...] = ()
    archive_file: str | None = None
    archive_offset: int | None = None
    archive_length: int | None = None
    part_of: str | None = None

    @classmethod
    def of_row(cls, row: Row) -> PageState:
        made = {field.name: row[field.name] for field in fields(cls)}
        made["document_ids"] = tuple(made["document_ids"] or ())
        made["reject_ids"] = tuple(made["reject_ids"] or ())
        return cls(**made)

    def row(self) -> Row:
        return asdict(self) | {
            "document_ids": list(self.document_ids),
            "reject_ids": list(self.reject_ids),
        }

    @property
    def original(self) -> Original | None:
        """The record with the bytes that the page has now."""
        if self.archive_file is None or self.archive_offset is None or self.changed_at is None:
            return None
        place = Location(self.archive_file, self.archive_offset, self.archive_length or 0)
        return Original(
            self.answered or self.url, self.changed_at, self.payload_digest or "", place
        )


def visited(
    state: PageState | None,
    visit: Visit,
    *,
    origin: str,
    fresh: timedelta,
    kind: str = "page",
    raw_sha256: str = "",
    document_ids: Sequence[str] = (),
    reject_ids: Sequence[str] = (),
) -> PageState:
    """
    The state after a visit.

    fresh         how soon a page is looked at again
    raw_sha256    of the page, when the visit brought one
    document_ids  what its bytes gave, when they are new; else what is known stays

    A page that is gone, or fails, keeps its documents: what was on it was on it. One that
    fails is tried again sooner than it is due, one that is gone ever more seldom.
    A visit that is in the state already changes nothing.
    """
    if state is not None and state.visited_at >= visit.at:
        return state
    before = state or PageState(
        origin, visit.url, visit.at, visit.at, visit.at, kind, part_of=visit.part_of or None
    )
    if visit.rule:
        return _failed(before, visit, fresh, reject_ids)
    seen = replace(
        before,
        visited_at=visit.at,
        due_at=visit.at + fresh,
        kind=kind,
        part_of=visit.part_of or None,
        status=visit.status,
        answered=visit.answered,
        # A 304 need not repeat them.
        etag=visit.etag or (before.etag if visit.not_modified else None),
        last_modified=visit.last_modified or (before.last_modified if visit.not_modified else None),
        failures=0,
        rule=None,
        why=None,
        reject_ids=before.reject_ids if before.rule is None else (),
    )
    if raw_sha256 in {"", before.raw_sha256}:
        return replace(seen, outcome="unchanged")
    return replace(
        seen,
        outcome="new" if before.raw_sha256 is None else "changed",
        raw_sha256=raw_sha256,
        payload_digest=visit.digest or None,
        changed_at=visit.at,
        document_ids=tuple(document_ids),
        reject_ids=tuple(reject_ids),
        archive_file=visit.location and visit.location.file,
        archive_offset=visit.location and visit.location.offset,
        archive_length=visit.location and visit.location.length,
    )


def _failed(
    before: PageState, visit: Visit, fresh: timedelta, reject_ids: Sequence[str]
) -> PageState:
    failures = before.failures + 1
    outcome: Outcome = "gone" if visit.gone else "refused" if visit.rule in REFUSED else "failed"
    wait = fresh * 2 ** min(failures, DOUBLINGS)
    if outcome == "failed":
        wait = min(fresh, RETRY * 2 ** min(failures - 1, DOUBLINGS))
    wait = max(wait, timedelta(seconds=visit.retry_after or 0))
    return replace(
        before,
        visited_at=visit.at,
        due_at=visit.at + wait,
        outcome=outcome,
        status=visit.status,
        failures=failures,
        rule=visit.rule,
        why=visit.why,
        reject_ids=tuple(reject_ids),
    )


def validators(state: PageState | None) -> Validators:
    """What to ask with whether a page has changed."""
    if state is None or state.original is None:
        return Validators()
    return Validators(state.etag or "", state.last_modified or "", state.answered or "")
