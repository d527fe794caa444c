"""What archive files give to the tables, made here without archive or cleaning."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from exchanges import BEGAN

from cleaners.document import Document, Harvested, Provenance, Rejected, Removal, Segment
from flows.archive import Location, Visit
from flows.pages import visited
from flows.rows import reject_id, reject_row, row
from flows.tables import Shard, table_of

DAY = timedelta(days=1)
PLACE = Location("news/1.warc.gz", 400, 90)
A, B, C = (f"https://example.cn/{name}.html" for name in "abc")


def of_page(url, text, index=0, count=1):
    original = f"来源：江城日报\n{text}"
    known = Provenance(
        url, hashlib.sha256(text.encode()).hexdigest(), BEGAN, "utf-8", "bytes", "html@1",
        ("byline@1",), ("lines@1",), "1",
    )  # fmt: skip
    return Document(
        text=text,
        title="灯",
        metadata={"source": Harvested("江城日报", "来源：江城日报", "source-line", "high")},
        truncation=None,
        segment=Segment(index, count, 0, len(original)),
        original=original,
        removals=(Removal("source-line", "line", 0, 8, original[:8], {"source": "江城日报"}),),
        repairs=(),
        flags=(),
        signals={"han_share": 0.9},
        provenance=known,
    )


def a_reject(url, rule="not-found"):
    nowhere = Provenance(url, "", BEGAN, "", "", "", (), (), "1")
    return Rejected(rule, "it is not there", nowhere)


def a_visit(url, at=BEGAN, **changes):
    known = {"status": 200, "answered": url, "etag": '"1"', "digest": "sha256:A", "location": PLACE}
    return Visit(url, at, **(known | changes))


def a_shard(*pages, at=BEGAN, origin="news", file="news/1.warc.gz", before=None):
    """Of each page its URL and its documents or rejects: what an archive file gave."""
    documents, rejects, states, captures = [], [], [], []
    for url, *results in pages:
        made = [row(r) for r in results if not isinstance(r, Rejected)]
        refused = [{"id": reject_id(r)} | reject_row(r) for r in results if isinstance(r, Rejected)]
        documents += made
        rejects += refused
        failed = {"rule": "not-found", "why": "gone", "gone": True} if refused and not made else {}
        state = visited(
            (before or {}).get(url),
            a_visit(url, at, **failed),
            origin=origin,
            fresh=DAY,
            raw_sha256=made[0]["raw_sha256"] if made else "",
            document_ids=[one["id"] for one in made],
            reject_ids=[one["id"] for one in refused],
        )
        states.append(state.row())
        captures.append({"url": url, "at": at, "kind": "response", "archive_file": file})
    names = ("documents", "rejects", "captures", "pages")
    some = (documents, rejects, captures, states)
    return Shard(**{name: table_of(name, rows) for name, rows in zip(names, some, strict=True)})


def the_shard():
    return a_shard((A, of_page(A, "第一篇。")), (B, of_page(B, "第二篇。")), (C, a_reject(C)))
