"""The tables: nothing doubled, nothing lost, whoever writes at once and whenever he is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from exchanges import BEGAN
from shards import DAY, PLACE, A, B, C, a_reject, a_shard, a_visit, of_page, the_shard

from cleaners.document import Copy
from cleaners.errors import DatasetError, UsageError
from flows.columns import COPIES
from flows.dataset import check, read_documents, read_rejects
from flows.export import export
from flows.pages import PageState, visited
from flows.rows import copy_row, row
from flows.table_columns import SCHEMAS
from flows.tables import Tables, rows_of, table_of

TESTS = Path(__file__).resolve().parent


def states(tables):
    return {r["url"]: PageState.of_row(r) for r in rows_of(tables.read("pages"))}


def ids(tables, name="documents"):
    return tables.read(name, ["id"])["id"].to_pylist()


def test_clusters_are_replaced_as_a_whole(tmp_path):
    """Of two runs only the rows of the second are there; nothing is kept of the first."""
    tables = Tables(tmp_path)
    for names in ("ab", "bc"):
        found = [{"id": name, **copy_row(Copy(name, True))} for name in names]
        tables.replace("clusters", table_of("clusters", found))
    assert sorted(tables.read("clusters")["id"].to_pylist()) == ["b", "c"]
    tables.replace("clusters", table_of("clusters", []))
    assert tables.read("clusters").num_rows == 0


def test_rows_come_back_as_they_were_put(tmp_path):
    tables = Tables(tmp_path)
    made = [of_page(A, "第一篇。"), of_page(B, "第二篇。")]
    added = tables.commit(a_shard((A, made[0]), (B, made[1]), (C, a_reject(C))))
    assert added == (2, 1)
    rows = {one["id"]: one for one in rows_of(tables.read("documents"))}
    copies = {column.name for column in COPIES}  # are in `clusters`
    assert rows == {
        row(one)["id"]: {name: said for name, said in row(one).items() if name not in copies}
        for one in made
    }
    known = states(tables)
    assert (known[A].outcome, known[C].outcome) == ("new", "gone")
    assert known[A].original.location == PLACE


def test_tables_that_were_never_written_are_empty(tmp_path):
    tables = Tables(tmp_path / "nowhere")
    assert tables.read("documents").num_rows == 0
    assert tables.read("pages", ["url"]).schema.names == ["url"]
    assert tables.shown() == []
    assert not (tmp_path / "nowhere").exists()


def test_the_same_shard_again_adds_nothing(tmp_path):
    tables = Tables(tmp_path)
    shard = a_shard((A, of_page(A, "第一篇。")), (C, a_reject(C)))
    tables.commit(shard)
    before = states(tables)
    assert tables.commit(shard) == (0, 0)
    assert len(ids(tables)) == len(ids(tables, "rejects")) == 1
    assert tables.read("captures").num_rows == 2
    assert states(tables) == before


def test_one_document_twice_in_a_shard_is_one_row(tmp_path):
    tables = Tables(tmp_path)
    one = of_page(A, "第一篇。")
    assert tables.commit(a_shard((A, one), (A, one))).documents == 1
    assert len(states(tables)) == 1


def test_a_changed_page_names_its_new_rows_and_keeps_the_old_ones(tmp_path):
    tables = Tables(tmp_path)
    old, new = of_page(A, "旧稿。"), of_page(A, "新稿。")
    tables.commit(a_shard((A, old)))
    known = states(tables)
    tables.commit(a_shard((A, new), at=BEGAN + DAY, file="news/2.warc.gz", before=known))
    assert states(tables)[A].outcome == "changed"
    assert states(tables)[A].document_ids == (row(new)["id"],)
    assert len(ids(tables)) == 2
    back = a_shard((A, old), at=BEGAN + 2 * DAY, file="news/3.warc.gz", before=states(tables))
    assert tables.commit(back).documents == 0, "the old bytes are known already"
    assert states(tables)[A].document_ids == (row(old)["id"],)


def test_an_older_state_never_takes_the_place_of_a_newer_one(tmp_path):
    tables = Tables(tmp_path)
    newer = a_shard((A, of_page(A, "新稿。")), at=BEGAN + DAY)
    tables.commit(newer)
    tables.commit(a_shard((A, of_page(A, "旧稿。")), file="news/0.warc.gz"))
    assert states(tables)[A].visited_at == BEGAN + DAY


def test_two_sources_may_ask_for_one_page(tmp_path):
    tables = Tables(tmp_path)
    one = of_page(A, "第一篇。")
    tables.commit(a_shard((A, one), origin="news"))
    tables.commit(a_shard((A, one), origin="it's", file="its/1.warc.gz"))
    assert len(ids(tables)) == 1
    assert sorted(tables.read("pages")["origin"].to_pylist()) == ["it's", "news"]


def test_a_failure_keeps_the_documents_and_counts():
    first = visited(None, a_visit(A), origin="news", fresh=DAY, raw_sha256="1", document_ids=["d"])
    failed = a_visit(A, BEGAN + DAY, rule="too-slow", why="30 s", status=0)
    second = visited(first, failed, origin="news", fresh=DAY, reject_ids=["r"])
    assert (second.outcome, second.failures, second.document_ids) == ("failed", 1, ("d",))
    assert second.due_at == BEGAN + DAY + timedelta(hours=1)
    assert visited(second, failed, origin="news", fresh=DAY) == second, "the same visit again"
    gone = replace(failed, at=BEGAN + 2 * DAY, gone=True, rule="not-found")
    third = visited(second, gone, origin="news", fresh=DAY)
    assert (third.outcome, third.due_at) == ("gone", BEGAN + 6 * DAY)
    asked = replace(failed, at=BEGAN + DAY, retry_after=7200.0)
    assert visited(first, asked, origin="news", fresh=DAY).due_at == BEGAN + DAY + DAY / 12


@pytest.mark.parametrize(
    "rule", ["forbidden", "payment-required", "withheld", "login-required", "robots-forbidden"]
)
def test_what_we_may_not_have_is_asked_for_ever_more_seldom(rule):
    """Not after an hour again, as what may pass is: nobody likes to say no every hour."""
    first = visited(None, a_visit(A, rule=rule, status=403), origin="news", fresh=DAY)
    assert (first.outcome, first.due_at) == ("refused", BEGAN + 2 * DAY)
    passing = visited(None, a_visit(A, rule="bad-certificate", status=0), origin="news", fresh=DAY)
    assert passing.outcome == "failed"


def test_a_304_keeps_what_is_known():
    first = visited(None, a_visit(A), origin="news", fresh=DAY, raw_sha256="1", document_ids=["d"])
    again = a_visit(A, BEGAN + DAY, status=304, etag="", digest="")
    second = visited(first, again, origin="news", fresh=DAY)
    assert (second.outcome, second.etag, second.changed_at) == ("unchanged", '"1"', BEGAN)
    assert (second.document_ids, second.due_at) == (("d",), BEGAN + 2 * DAY)


WRITERS = """
import sys
from pathlib import Path
from shards import *
from flows.tables import Tables
tables, mine = Tables(Path(sys.argv[1])), sys.argv[2]
for number in range(6):
    both, own = f"https://example.cn/{number}", f"https://example.cn/{mine}/{number}"
    shard = a_shard((both, of_page(both, f"两边都有{number}。")), (own, of_page(own, f"第{number}。")),
                    origin="shared" if number % 2 else mine, file=f"{mine}/{number}")
    tables.commit(shard)
"""


def test_two_processes_write_at_once(tmp_path):
    """Both put the same six documents and six of their own: 18 rows, and no error."""
    command = [sys.executable, "-c", WRITERS, str(tmp_path)]
    runs = [subprocess.Popen([*command, name], cwd=TESTS) for name in ("one", "two")]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    tables = Tables(tmp_path)
    assert len(ids(tables)) == len(set(ids(tables))) == 18
    pages = list(
        zip(*(tables.read("pages")[c].to_pylist() for c in ("origin", "url")), strict=True)
    )
    assert len(pages) == len(set(pages)) == 3 + 6 + 12


def test_a_lost_race_is_run_again(tmp_path, monkeypatch):
    """A writer without our lock, between our look at the table and our commit."""
    tables = Tables(tmp_path)
    tables.commit(a_shard((A, of_page(A, "第一篇。"))))
    known = states(tables)
    opened, raced = Tables._open, []

    def race(self, name):
        table = opened(self, name)
        if name == "pages" and not raced and sys._getframe(1).f_code.co_name == "_merge":
            raced.append(opened(self, name).delete("true"))
        return table

    monkeypatch.setattr(Tables, "_open", race)
    again = a_shard((A, of_page(A, "新稿。")), at=BEGAN + DAY, file="news/2", before=known)
    tables.commit(again)
    assert raced
    assert states(tables)[A].visited_at == BEGAN + DAY


class Killed(BaseException):
    """As a kill ends a run: nobody catches it, nothing is tidied up."""


@pytest.mark.parametrize("step", ["documents", "rejects", "captures", "pages"])
def test_a_kill_between_two_steps_loses_and_doubles_nothing(tmp_path, monkeypatch, step):
    def kill(*_):
        raise Killed

    tables, plain = Tables(tmp_path), Tables.append

    def append(self, name, rows):
        return kill() if name == step else plain(self, name, rows)

    with monkeypatch.context() as patch:
        patch.setattr(Tables, "append", append)
        if step == "pages":
            patch.setattr(Tables, "merge_pages", kill)
        with pytest.raises(Killed):
            tables.commit(the_shard())
    assert states(tables) == {}, "nothing is current that is not whole"
    tables.commit(the_shard())
    assert len(ids(tables)) == 2
    assert len(ids(tables, "rejects")) == 1
    assert tables.read("captures").num_rows == 3
    assert len(states(tables)) == 3


KILLED = """
import os, signal, sys, threading, time
from pathlib import Path
from shards import *
from flows.tables import Tables
tables = Tables(Path(sys.argv[1]))
threading.Timer(float(sys.argv[2]), os.kill, (os.getpid(), signal.SIGKILL)).start()
while True:
    for number in range(100):
        url = f"https://example.cn/{number}"
        tables.commit(a_shard((url, of_page(url, f"第{number}篇。")), file=f"news/{number}"))
"""


def test_a_kill_in_the_middle_of_writing_leaves_tables_that_work(tmp_path):
    commands = [[sys.executable, "-c", KILLED, str(tmp_path), wait] for wait in ("0.3", "0.7")]
    runs = [subprocess.Popen(command, cwd=TESTS) for command in commands]
    assert [run.wait(timeout=60) for run in runs] == [-signal.SIGKILL] * 2
    tables = Tables(tmp_path)
    tables.commit(the_shard())
    assert len(ids(tables)) == len(set(ids(tables)))
    named = {one for state in states(tables).values() for one in state.document_ids}
    assert named <= set(ids(tables))


def test_compacting_and_vacuuming_change_no_row(tmp_path):
    tables = Tables(tmp_path)
    for number in range(4):
        url = f"https://example.cn/{number}"
        tables.commit(a_shard((url, of_page(url, f"第{number}篇。")), file=f"news/{number}"))
    before = sorted(ids(tables)), states(tables)
    counts = tables.compact()
    assert counts["documents"] == (4, 1)
    assert (sorted(ids(tables)), states(tables)) == before
    assert tables.vacuum() == 0, "readers may still be at the old files"
    with pytest.raises(UsageError, match="at least 24"):
        tables.vacuum(1)
    assert (sorted(ids(tables)), states(tables)) == before
    assert {entry["table"]: entry["rows"] for entry in tables.shown()}["documents"] == 4


def test_commits_leave_few_files_however_many_they_are(tmp_path, monkeypatch):
    """Small ones are put together on the way; every row is there, and as it was."""
    monkeypatch.setattr("flows.tables.TIDY_FILES", 3)
    tables = Tables(tmp_path)
    tables.commit(a_shard((A, of_page(A, "别家的。")), origin="other", file="other/1"))
    for number in range(6):
        url = f"https://example.cn/{number}"
        tables.commit(a_shard((url, of_page(url, f"第{number}篇。")), file=f"news/{number}"))
    shown = {entry["table"]: entry for entry in tables.shown()}
    assert {name: entry["rows"] for name, entry in shown.items()} == dict.fromkeys(shown, 7)
    assert all(entry["files"] <= 3 + 1 for entry in shown.values()), "one of the other source"
    assert len(set(ids(tables))) == 7
    assert states(tables)["https://example.cn/5"].visited_at == BEGAN


def test_an_old_table_opens_under_new_code(tmp_path):
    """A table without our newest columns: read with nulls, then written to."""
    one = of_page(A, "第一篇。")
    fields = [f for f in SCHEMAS["documents"] if f.name not in {"original", "flags", "metadata"}]
    without = pa.struct(list(SCHEMAS["documents"].field("metadata").type.value_type)[:-1])
    old = pa.schema([*fields, pa.field("metadata", pa.list_(without))])
    write_deltalake(tmp_path / "tables" / "documents", pa.Table.from_pylist([row(one)], old))
    tables = Tables(tmp_path)
    [known] = rows_of(tables.read("documents"))
    assert (known["text"], known["original"]) == (one.text, None)
    tables.commit(a_shard((A, one), (B, of_page(B, "第二篇。"))))
    assert tables.read("documents").num_rows == 2
    now = DeltaTable(tmp_path / "tables" / "documents")
    assert now.schema().to_arrow() is not None
    assert now.metadata().configuration["delta.checkpointInterval"] == "10"


FULL = """
import resource, signal, sys
from pathlib import Path
from shards import *
from flows.tables import Tables
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    Tables(Path(sys.argv[1])).commit(the_shard())
except Exception as error:
    print(error)
"""


def test_a_full_disk_is_a_clear_error_and_a_later_run_completes(tmp_path):
    command = [sys.executable, "-c", FULL, str(tmp_path)]
    run = subprocess.run(
        command, check=False, cwd=TESTS, timeout=60, capture_output=True, text=True
    )
    assert "make room" in run.stdout
    assert run.returncode == 0
    tables = Tables(tmp_path)
    tables.commit(the_shard())
    assert len(ids(tables)) == 2


def exported(data, out, **options):
    export(data, out, **options)
    check(out)
    return list(read_documents(out)), list(read_rejects(out))


def test_export_is_what_is_current_in_the_order_of_urls(tmp_path):
    tables = Tables(tmp_path)
    old, new, other = of_page(B, "旧稿。"), of_page(B, "新稿。"), of_page(A, "另一篇。")
    tables.commit(a_shard((B, old), (C, a_reject(C))))
    tables.commit(a_shard((B, new), (A, other), at=BEGAN + DAY, file="2", before=states(tables)))
    documents, rejects = exported(tmp_path, tmp_path / "out")
    assert documents == [other, new]
    assert rejects == [a_reject(C)]
    texts = sorted(p.relative_to(tmp_path / "out").as_posix() for p in tmp_path.rglob("*.txt"))
    assert texts == ["texts/example.cn/a.txt", "texts/example.cn/b.txt"]


def test_export_does_not_depend_on_how_the_tables_were_filled(tmp_path, monkeypatch):
    pages = [
        (f"https://example.cn/{n}", of_page(f"https://example.cn/{n}", f"第{n}篇。"))
        for n in range(9)
    ]
    Tables(tmp_path / "once").commit(a_shard(*pages))
    for number, page in enumerate(reversed(pages)):
        Tables(tmp_path / "many").commit(a_shard(page, file=f"{number}"))
    Tables(tmp_path / "many").compact()
    exported(tmp_path / "once", tmp_path / "out-once")
    monkeypatch.setattr("flows.current.BUCKET_BYTES", 4096)
    exported(tmp_path / "many", tmp_path / "out-many")
    manifests = [
        (tmp_path / name / "manifest.json").read_text() for name in ("out-once", "out-many")
    ]
    assert manifests[0] == manifests[1]
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")], "no scratch is left"


def test_export_of_one_source_and_of_none(tmp_path):
    tables = Tables(tmp_path)
    with pytest.raises(UsageError, match="zhengben ingest"):
        export(tmp_path, tmp_path / "out")
    tables.commit(a_shard((A, of_page(A, "第一篇。")), origin="one"))
    tables.commit(a_shard((B, of_page(B, "第二篇。")), origin="two", file="2"))
    documents, _ = exported(tmp_path, tmp_path / "out", origin="two")
    assert [one.provenance.source for one in documents] == [B]
    with pytest.raises(UsageError, match=r"one\|two"):
        export(tmp_path, tmp_path / "out", origin="three")


def test_a_row_that_is_missing_is_an_error_and_no_dataset(tmp_path):
    tables = Tables(tmp_path)
    tables.commit(a_shard((A, of_page(A, "第一篇。"))))
    DeltaTable(tmp_path / "tables" / "documents").delete("true")
    with pytest.raises(DatasetError, match="does not have all rows"):
        export(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
