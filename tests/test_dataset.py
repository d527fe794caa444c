"""The dataset on disk: equal values back, equal bytes again, and never half a dataset."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.document import (
    Copy,
    Document,
    Edit,
    Evidence,
    Flag,
    Harvested,
    Link,
    Provenance,
    Rejected,
    Removal,
    Segment,
    TextBlock,
    Truncation,
)
from cleaners.errors import DatasetError
from cleaners.measure import measure
from flows import commit, dataset, parts
from flows.columns import COLUMNS, COPIES, REJECT_COLUMNS, SIGNALS, Column
from flows.dataset import (
    REJECTS_SCHEMA,
    SCHEMA,
    DatasetWriter,
    check,
    document,
    read_documents,
    read_rejects,
    reject_row,
    rejected,
    row,
)
from flows.table_columns import TABLES
from flows.texts import text_name

ROOT = Path(__file__).resolve().parents[1]


def a_provenance(source="file:///pages/a.html", **changes):
    known = Provenance(
        source=source,
        raw_sha256="ab" * 32,
        retrieved_at=None,
        encoding="gb18030",
        encoding_witness="meta",
        extractor="html@1",
        packs=("common@ced66679",),
        steps=("spaces@1", "wraps@2"),
        code_version="0.1.0",
    )
    return replace(known, **changes)


def a_document(name="a.html", text="江边的灯亮了。", segment=None, **changes):
    original = f"来源：江城日报\n{text}"
    known = Document(
        text=text,
        title="灯",
        metadata={"source": Harvested("江城日报", "来源：江城日报", "source-line", "high")},
        truncation=None,
        segment=segment or Segment(0, 1, 0, len(original)),
        original=original,
        removals=(Removal("source-line", "line", 0, 8, original[:8], {"source": "江城日报"}),),
        repairs=(),
        flags=(),
        signals={"han_share": 0.9},
        provenance=a_provenance(f"file:///pages/{name}"),
    )
    return replace(known, **changes)


def a_reject(name="empty.html", **changes):
    return Rejected("empty-page", "没有正文", a_provenance(f"file:///pages/{name}", **changes))


def some_pages(count=30, size=1):
    """(key, results) as a run over a folder gives them: documents, collections and rejects."""
    for i in range(count):
        name = f"部分{i % 3}/{i}.html"
        if i % 7 == 3:
            yield name, [a_reject(name)]
        elif i % 7 == 5:
            kinds = [a_document(name, f"第{k}篇。" * size, Segment(k, 2, 0, 9)) for k in range(2)]
            yield name, kinds
        else:
            yield name, [a_document(name, f"第{i}夜，江边的灯亮了。" * size)]


def write(out, pages, **options):
    with DatasetWriter(out, **options) as writer:
        for key, results in pages:
            writer.add(key, results)


def contents(out):
    """Every file of a folder with its bytes, but not the lock."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != commit.LOCK
    }


# Values


texts = st.text(max_size=12)
names = st.sampled_from(["source-line", "contact", "来源"])
numbers = st.integers(0, 2**40)
maybe = st.one_of
moments = st.datetimes(
    datetime.fromisoformat("1990-01-01"),
    datetime.fromisoformat("2100-01-01"),
    timezones=st.just(timezone(timedelta(hours=8))),
)
facts = st.builds(
    Harvested,
    maybe(st.none(), texts, st.integers(-(2**70), 2**70)),
    texts,
    names,
    st.sampled_from(["high", "medium", "low", "none"]),
)
truncations = st.builds(
    Truncation,
    st.sampled_from(["tail_cut", "middle_hole", "notice_only"]),
    st.lists(st.builds(Evidence, names, numbers, numbers), max_size=2).map(tuple),
    *[maybe(st.none(), numbers)] * 3,
)
provenances = st.builds(
    Provenance,
    source=texts,
    raw_sha256=texts,
    retrieved_at=maybe(st.none(), moments),
    encoding=names,
    encoding_witness=names,
    extractor=names,
    packs=st.lists(texts, max_size=2).map(tuple),
    steps=st.lists(texts, max_size=2).map(tuple),
    code_version=texts,
    unreadable=numbers,
    archive_file=maybe(st.none(), texts),
    archive_offset=maybe(st.none(), numbers),
)
removals = st.builds(
    Removal, names, names, numbers, numbers, texts, st.dictionaries(names, texts, max_size=2)
)
documents = st.builds(
    Document,
    text=texts,
    title=maybe(st.none(), texts),
    metadata=st.dictionaries(maybe(names, st.just("author")), facts, max_size=3),
    truncation=maybe(st.none(), truncations),
    segment=st.builds(Segment, numbers, numbers, numbers, numbers, maybe(st.none(), texts)),
    original=texts,
    removals=st.lists(removals, max_size=2).map(tuple),
    repairs=st.lists(st.builds(Edit, names, numbers, numbers, texts, texts), max_size=2).map(tuple),
    flags=st.lists(st.builds(Flag, names, names, numbers, numbers, texts), max_size=2).map(tuple),
    signals=st.dictionaries(
        st.sampled_from(["chars", "han_share", "hant_share"]),
        st.floats(allow_nan=False),
        max_size=2,
    ),
    provenance=provenances,
    blocks=st.lists(
        st.builds(
            TextBlock,
            numbers,
            numbers,
            st.sampled_from(["heading", "list"]),
            numbers,
            texts,
            numbers,
        ),
        max_size=2,
    ).map(tuple),
    links=st.lists(st.builds(Link, numbers, numbers, texts), max_size=2).map(tuple),
)


def through_parquet(made, schema):
    """A row that has been to Parquet and back."""
    sink = pa.BufferOutputStream()
    array = pa.array([made], pa.struct(list(schema)))
    pq.write_table(pa.Table.from_batches([pa.RecordBatch.from_struct_array(array)]), sink)
    [back] = pq.read_table(sink.getvalue()).to_pylist()
    return back


@settings(deadline=None, max_examples=60)
@given(documents)
def test_a_document_comes_back_equal(given_document):
    """A document that went through Parquet is equal to the one that was written."""
    assert document(through_parquet(row(given_document), SCHEMA)) == given_document


def test_what_is_known_of_copies_is_beside_the_document():
    """The columns about copies are null until somebody looked; the document is the same."""
    alone, known = row(a_document()), row(a_document(), Copy("b", False, "b", None, 0.9))
    assert {name for name in alone if alone[name] != known[name]} <= {c.name for c in COPIES}
    assert [known[c.name] for c in COPIES] == ["b", False, "b", None, 0.9]
    assert {alone[c.name] for c in COPIES} == {None}
    assert document(known) == document(alone) == a_document()


def test_a_signal_without_a_column_is_an_error():
    """Nothing that was measured is dropped silently; and all that is measured has a column."""
    with pytest.raises(ValueError, match="no column for the signals odour"):
        row(a_document(signals={"odour": 1.0}))
    measured = measure("江边的灯亮了。這裡沒有。", 12, ())
    assert measured.keys() == {column.name for column in SIGNALS}


@settings(deadline=None, max_examples=30)
@given(st.builds(Rejected, texts, texts, provenances))
def test_a_reject_comes_back_equal(page):
    """So does a reject."""
    assert rejected(through_parquet(reject_row(page), REJECTS_SCHEMA)) == page


def test_equal_documents_give_equal_rows():
    """The order in which metadata and signals were found is not in the row."""
    facts = {
        "author": Harvested("王五", "文/王五", "byline"),
        "chars": Harvested(900, "900字", "x"),
    }
    back = dict(reversed(facts.items()))
    assert list(facts) != list(back)
    assert row(a_document(metadata=facts)) == row(a_document(metadata=back))


def test_flat_columns_repeat_the_metadata():
    """author, published, source_name and declared_url are the values of the metadata, as text."""
    said = {
        "author": Harvested("王五", "文/王五", "byline"),
        "published": Harvested(2024, "2024年", "date"),
        "declared_url": Harvested("https://example.cn/a", "链接", "reprint"),
        "source": Harvested(None, "来源：网络", "source-line", "none"),
    }
    made = row(a_document(metadata=said))
    flat = ("author", "published", "declared_url", "source_name")
    assert [made[name] for name in flat] == ["王五", "2024", "https://example.cn/a", None]


def test_a_moment_without_a_zone_is_utc():
    """A naive retrieved_at is stored as UTC and comes back aware."""
    naive = a_document(
        provenance=a_provenance(retrieved_at=datetime.fromisoformat("2024-10-03 08:30"))
    )
    back = document(row(naive)).provenance.retrieved_at
    assert back == datetime(2024, 10, 3, 8, 30, tzinfo=UTC)


def test_ids_are_stable_and_tell_parts_and_sources_apart():
    """An id depends on bytes, part and source, and not on what the rules made of them."""
    one = a_document()
    ids = {
        row(made)["id"]
        for made in (
            one,
            replace(one, segment=Segment(1, 2, 0, 9)),
            replace(one, provenance=a_provenance("file:///b.html")),
            replace(one, provenance=replace(one.provenance, raw_sha256="cd" * 32)),
        )
    }
    assert len(ids) == 4
    assert row(replace(one, text="", removals=()))["id"] == row(one)["id"]
    assert row(one)["id"] == "63f9117a5b52ec6f8bac36ac7c46f879"


def every_type(schema):
    def inside(kind):
        yield kind
        for i in range(kind.num_fields):
            yield from inside(kind.field(i).type)

    for field in schema:
        yield from inside(field.type)


def test_the_schema_has_no_map():
    """Hugging Face datasets cannot read maps."""
    assert not any(map(pa.types.is_map, [*every_type(SCHEMA), *every_type(REJECTS_SCHEMA)]))


def test_every_column_is_described():
    """Each column and each field has a sentence."""

    def flat(columns: tuple[Column, ...]):
        for column in columns:
            yield column
            yield from flat(column.fields)

    columns = (*COLUMNS, *REJECT_COLUMNS, *(c for some in TABLES.values() for c in some))
    assert [c.name for c in flat(columns) if not c.doc.endswith(".")] == []


def test_the_page_about_columns_is_what_the_code_says():
    """docs/dataset.md is up to date: run `python -m flows.dataset docs/dataset.md` if it is not."""
    page = (ROOT / "docs" / "dataset.md").read_text(encoding="utf-8")
    assert "| `removals[].harvest[].value` | string |" in page
    assert dataset.with_columns(page) == page


# Writing and reading


def test_what_was_added_is_read_in_order(tmp_path):
    """Documents and rejects come back equal and in input order, and the manifest counts them."""
    pages = list(some_pages())
    write(tmp_path / "out", pages)
    given_results = [result for _, results in pages for result in results]
    kept = [result for result in given_results if isinstance(result, Document)]
    assert list(read_documents(tmp_path / "out")) == kept
    rejects = [result for result in given_results if isinstance(result, Rejected)]
    assert list(read_rejects(tmp_path / "out")) == rejects
    counts = check(tmp_path / "out")["counts"]
    assert (counts["pages"], counts["documents"], counts["rejects"]) == (30, len(kept), 4)
    assert counts["characters_in_original"] == sum(len(made.original) for made in kept)
    assert counts["characters_removed"] == 8 * len(kept)


def test_the_same_results_give_the_same_bytes(tmp_path, monkeypatch):
    """Bytes depend on the results and their order, not on how many `add` calls brought them."""
    monkeypatch.setattr(parts, "ROWS_PER_GROUP", 4)
    pages = list(some_pages())
    write(tmp_path / "a", pages, rows_per_part=10)
    one_by_one = ((key, [result]) for key, results in pages for result in results)
    write(tmp_path / "b", one_by_one, rows_per_part=10)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert "documents-00002.parquet" in contents(tmp_path / "a")


def test_row_groups_end_by_rows_and_by_bytes(tmp_path, monkeypatch):
    """A row group holds so many rows or bytes; a document larger than that is alone in its own."""
    monkeypatch.setattr(parts, "ROWS_PER_GROUP", 3)
    monkeypatch.setattr(parts, "BYTES_PER_GROUP", 50_000)
    sizes = [1, 1, 1, 1, 9_000, 1, 1]
    write(tmp_path, [(f"{i}", [a_document(f"{i}", "灯" * n)]) for i, n in enumerate(sizes)])
    file = pq.ParquetFile(tmp_path / "documents-00000.parquet")
    groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert groups == [3, 1, 1, 2]


def test_parts_end_by_bytes(tmp_path, monkeypatch):
    """A part that has reached its size is closed and the next one begun."""
    monkeypatch.setattr(parts, "ROWS_PER_GROUP", 2)
    write(tmp_path, some_pages(12, size=50), bytes_per_part=10_000, texts=False)
    files = [file for file in check(tmp_path)["files"] if file["name"].startswith("documents")]
    assert len(files) > 2


def test_a_dataset_of_nothing_can_be_read(tmp_path):
    """No input still gives files with columns, so that readers need no special case."""
    write(tmp_path, [])
    assert list(read_documents(tmp_path)) == list(read_rejects(tmp_path)) == []
    stored = pq.read_schema(tmp_path / "documents-00000.parquet")
    assert stored.equals(SCHEMA)
    assert stored.metadata[b"zhengben.schema_version"] == b"3"


def test_no_time_stamp_unless_given(tmp_path):
    """The manifest says when it was made only when it is told."""
    write(tmp_path / "a", [])
    write(tmp_path / "b", [], created="2024-10-03")
    assert "created" not in check(tmp_path / "a")
    assert check(tmp_path / "b")["created"] == "2024-10-03"


@pytest.mark.parametrize(
    "broken",
    [
        {"text": "灯\ud800"},
        {"title": "\udfff"},
        {"removals": (Removal("r", "k", 0, 1, "\ud83d"),)},
        {"segment": Segment(0, 1, 0, 2**63)},
        {"metadata": {"chars": Harvested(10**5000, "…", "w")}},
    ],
)
def test_what_arrow_cannot_hold_becomes_a_reject(tmp_path, broken):
    """Half a character or an endless number costs one document, not the run."""
    with DatasetWriter(tmp_path) as writer:
        [stored] = writer.add("bad", [a_document("bad", **broken)])
        writer.add("good", [a_document("good")])
    assert isinstance(stored, Rejected)
    assert list(read_rejects(tmp_path)) == [stored]
    assert [made.provenance.source for made in read_documents(tmp_path)] == ["file:///pages/good"]
    assert check(tmp_path)["counts"]["pages"] == 2
    assert contents(tmp_path).keys() >= {"texts/good.txt"}
    assert "texts/bad.txt" not in contents(tmp_path)


def test_a_reject_always_fits(tmp_path):
    """A reject whose own words hold half a character is stored with U+FFFD in its place."""
    write(tmp_path, [("x", [a_reject("\udce4", packs=("p\ud800",))])])
    [page] = read_rejects(tmp_path)
    assert page.provenance.source.endswith("/�")
    assert page.provenance.packs == ("p�",)


def test_the_same_input_twice_is_one_document(tmp_path):
    """Ids are unique: the second copy becomes a reject that says so."""
    write(tmp_path, [("a.html", [a_document()]), ("a.html", [a_document()])])
    assert len(list(read_documents(tmp_path))) == 1
    assert [page.rule for page in read_rejects(tmp_path)] == ["seen-before"]


def test_an_extra_file_is_part_of_the_dataset(tmp_path):
    """A file written at the place that `extra` names is committed and checked with the others."""
    with DatasetWriter(tmp_path) as writer:
        writer.extra("report.html").write_text("<!doctype html>")
    assert (tmp_path / "report.html").read_text() == "<!doctype html>"
    (tmp_path / "report.html").write_text("<!doctype HTML>")
    with pytest.raises(DatasetError, match=r"report\.html"):
        check(tmp_path)


# Texts


def test_texts_mirror_the_input(tmp_path):
    """One document gives one text; the documents of a collection are numbered."""
    collection = [a_document("c", f"第{k}篇", Segment(k, 2, 0, 9)) for k in range(2)]
    write(tmp_path, [("小说/a.html", [a_document("a")]), ("小说/集.htm", collection)])
    found = {name: body for name, body in contents(tmp_path).items() if name.startswith("texts/")}
    assert {name: body.decode() for name, body in found.items()} == {
        "texts/小说/a.txt": "江边的灯亮了。\n",
        "texts/小说/集.1.txt": "第0篇\n",
        "texts/小说/集.2.txt": "第1篇\n",
    }


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../../b.html",
    "",
    ".",
    "..",
    "/",
    "a.html",
    "a.txt",
    "a.htm",
    "A.HTML",
    "a.txt/b.html",
    "a.txt/b/c.html",
    "a/b.html",
    "a",
    "con.html",
    "NUL",
    "a\x00b\n.html",
    "a\ud800.html",
    "C:\\windows\\x.html",
    "长" * 400 + ".html",
    "长" * 401 + ".html",
    "深/" * 3000 + "a.html",
    "深/" * 3001 + "a.html",
    "e\u0301.html",
    "\u00e9.html",
    "~.html",
    ". . .",
]


def test_hostile_keys_stay_inside_and_apart(tmp_path):
    """No key leaves texts/, none is too long, and no two share a file."""
    pages = [(key, [a_document(f"{i}", f"第{i}篇")]) for i, key in enumerate(HOSTILE)]
    write(tmp_path / "out", pages)
    files = [path for path in (tmp_path / "out" / "texts").rglob("*") if path.is_file()]
    assert sorted(path.read_text() for path in files) == sorted(
        f"第{i}篇\n" for i in range(len(HOSTILE))
    )
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert len({str(path).casefold() for path in files}) == len(HOSTILE)
    check(tmp_path / "out")


@given(st.lists(st.text(st.characters(), max_size=300), max_size=4).map("/".join))
def test_any_name_is_safe(key):
    """Whatever the key, the name is relative, short enough, and fit for strict file systems."""
    name = text_name(key)
    assert len(name.encode()) < 1300
    for part in name.split("/"):
        assert 0 < len(part.encode()) <= 255
        assert part not in {".", ".."}
        assert not set(part) & set('<>:"\\|?*\0\n')
        assert not part.endswith((".", " "))


def test_listing_is_read_by_sha256sum(tmp_path):
    """texts.sha256 is in the format of coreutils, odd names included."""
    write(tmp_path, [(key, [a_document(f"{i}")]) for i, key in enumerate(HOSTILE)])
    command = ["sha256sum", "--check", "--strict", "--quiet", "texts.sha256"]
    subprocess.run(command, cwd=tmp_path, check=True)


# All or nothing


def test_an_exception_leaves_the_old_dataset(tmp_path):
    """A run that fails changes nothing and leaves nothing behind."""
    write(tmp_path, some_pages(5))
    before = contents(tmp_path)

    def pages():
        yield "x", [a_document("x")]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(tmp_path, pages())
    assert contents(tmp_path) == before


def test_a_new_dataset_takes_the_place_of_the_old(tmp_path):
    """Files that only the old dataset had are gone, files of others stay."""
    write(tmp_path, some_pages(30), rows_per_part=5)
    (tmp_path / "notes.md").write_text("mine")
    (tmp_path / "texts" / "部分0" / "notes.txt").write_text("mine")
    write(tmp_path, some_pages(2))
    write(tmp_path.with_name("fresh"), some_pages(2))
    left = contents(tmp_path)
    assert left.pop("notes.md") == left.pop("texts/部分0/notes.txt") == b"mine"
    assert left == contents(tmp_path.with_name("fresh"))
    assert not (tmp_path / "texts" / "部分2").exists()


def test_a_manifest_cannot_make_us_remove_other_files(tmp_path):
    """Names in a manifest or a listing that lead out of the folder are not followed."""
    out, victim = tmp_path / "out", tmp_path / "victim"
    victim.write_text("mine")
    write(out, some_pages(2))
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"] += [{"name": "../victim"}, {"name": str(victim)}]
    (out / "manifest.json").write_text(json.dumps(manifest))
    with (out / "texts.sha256").open("a") as listing:
        listing.write(f"{'0' * 64}  ../victim\n")
    write(out, some_pages(1))
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("name", ["thesis.docx", "manifest.json", "documents-00000.parquet"])
def test_a_folder_of_others_is_refused(tmp_path, name):
    """A folder that holds anything and was not written by us is not touched."""
    (tmp_path / name).write_text('{"name": "other"}')
    with pytest.raises(DatasetError), DatasetWriter(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_in_the_way_is_not_overwritten(tmp_path):
    """A file that no manifest names stops the commit before anything was changed."""
    write(tmp_path, some_pages(1))
    (tmp_path / "texts" / "mine.txt").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(DatasetError, match="stands in the way"):
        write(tmp_path, [("mine.html", [a_document()])])
    assert contents(tmp_path) == before


def test_two_runs_do_not_meet(tmp_path):
    """While a run writes, a second one is told so, and the first goes on."""
    with DatasetWriter(tmp_path) as writer:
        with pytest.raises(DatasetError, match="another run"), DatasetWriter(tmp_path):
            pass
        writer.add("a", [a_document()])
    assert len(list(read_documents(tmp_path))) == 1


def test_a_worker_that_outlives_its_parent_does_not_keep_the_lock(tmp_path):
    """A forked child does not hold the lock."""
    with DatasetWriter(tmp_path):
        child = os.fork()
        if child == 0:
            time.sleep(30)
            os._exit(0)
    try:
        write(tmp_path, some_pages(1))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.fixture
def no_fsync(monkeypatch):
    """A killed process loses nothing that it wrote; only a power cut would need the waiting."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


CHILD = """
import os, sys
os.fsync = lambda _: None
sys.path[:0] = {path!r}
from tests_dataset_child import some_pages, write, Path
print("ready", flush=True)
write(Path({out!r}), some_pages(400, size=20), rows_per_part=50)
"""


def started(out, tmp_path):
    """A child process that writes a dataset into `out`; returns once it begins."""
    link = tmp_path / "tests_dataset_child.py"
    if not link.exists():
        link.symlink_to(__file__)
    code = CHILD.format(path=[str(tmp_path), str(ROOT)], out=str(out))
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\n"
    return child


@pytest.mark.usefixtures("no_fsync")
def test_kill_leaves_no_partial_file_and_the_next_run_completes(tmp_path):
    """After kill -9 at any moment a final name holds a whole old or new file, or nothing."""
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    write(out, some_pages(5))
    old = contents(out)
    began = time.monotonic()
    child = started(fresh, tmp_path)
    ready = time.monotonic()
    assert child.wait() == 0
    child.stdout.close()
    span, new = time.monotonic() - ready, contents(fresh)
    assert ready - began < 60
    for share in (0.3, 0.7, 0.8, 0.9):
        child = started(out, tmp_path)
        time.sleep(span * share)
        child.kill()
        child.wait()
        child.stdout.close()
        for name, body in contents(out).items():
            if not name.startswith(".tmp-"):
                assert body in (old.get(name), new.get(name)), name
        if (out / "manifest.json").exists():
            check(out)
    write(out, some_pages(400, size=20), rows_per_part=50)
    assert contents(out) == new


class Stopped(BaseException):
    """A kill, as far as a test in the same process can have one."""


def stop_after(patch, steps):
    """Let the process take so many steps that change folders, and no more."""
    left = iter(range(steps))

    def counted(real):
        def step(*args, **options):
            if next(left, None) is None:
                raise Stopped
            return real(*args, **options)

        return step

    for name in ("replace", "unlink", "rmdir", "mkdir"):
        patch.setattr(Path, name, counted(getattr(Path, name)))


def commit_is_stopped(out, pages, steps):
    """Write a dataset, but stop after so many steps of its commit; was there one more to take?"""
    writer = DatasetWriter(out)
    writer.__enter__()
    for key, results in pages:
        writer.add(key, results)
    with pytest.MonkeyPatch.context() as patch:
        stop_after(patch, steps)
        try:
            writer.__exit__(None, None, None)
        except Stopped:
            return True
    return False


@pytest.mark.usefixtures("no_fsync")
def test_a_commit_can_stop_anywhere_and_be_finished(tmp_path):
    """Stopped after any step of a commit, the next run makes it the old dataset or the new."""
    write(tmp_path / "old", some_pages(9), rows_per_part=3)
    write(tmp_path / "new", some_pages(4))
    old, new = contents(tmp_path / "old"), contents(tmp_path / "new")
    seen = []
    stopped, steps = True, 0
    while stopped:
        out = tmp_path / f"out{steps}"
        write(out, some_pages(9), rows_per_part=3)
        stopped = commit_is_stopped(out, some_pages(4), steps)
        with commit.locked(out):
            check(out)
        assert contents(out) in (old, new), steps
        seen.append(contents(out) == new)
        steps += 1
    assert seen == sorted(seen)  # from some step on it is the new one, and stays so
    assert seen.count(False) >= 1
    assert seen.count(True) > 10


def test_leftovers_of_dead_runs_go(tmp_path):
    """A .tmp folder of a killed run is removed by the next."""
    write(tmp_path, some_pages(1))
    (tmp_path / ".tmp-dead" / "texts").mkdir(parents=True)
    write(tmp_path, some_pages(1))
    assert list(tmp_path.glob(".tmp-*")) == []


# Damage and disks


def test_missing_manifest_says_what_to_do(tmp_path):
    """A folder without a manifest is no dataset, and the message says what to do."""
    with pytest.raises(DatasetError) as caught:
        read_documents(tmp_path)
    assert "run the command" in caught.value.do


def test_missing_and_changed_files_are_found(tmp_path):
    """A lost file, a longer file and a changed text are each named."""
    write(tmp_path, some_pages(3))
    part, text = tmp_path / "rejects.parquet", tmp_path / "texts" / "部分0" / "0.txt"
    whole, words = part.read_bytes(), text.read_bytes()
    text.write_bytes(words.replace("灯".encode(), "火".encode()))
    with pytest.raises(DatasetError, match=r"0\.txt"):
        check(tmp_path)
    text.write_bytes(words)
    part.write_bytes(whole + b"\0")
    with pytest.raises(DatasetError, match="bytes where the manifest says"):
        list(read_rejects(tmp_path))
    part.unlink()
    with pytest.raises(DatasetError, match="is missing"):
        check(tmp_path)


def test_any_flipped_bit_is_found(tmp_path):
    """A bit flipped anywhere in a part is found by `check` and before a row is read."""
    write(tmp_path, some_pages(5))
    part = tmp_path / "documents-00000.parquet"
    whole = part.read_bytes()
    for at in range(4, len(whole), len(whole) // 12):
        part.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(DatasetError):
            check(tmp_path)
        with pytest.raises(DatasetError):
            next(read_documents(tmp_path))


def test_other_readers_can_find_a_flipped_bit_too(tmp_path):
    """Pages carry checksums, for readers that do not know our manifest."""
    write(tmp_path, some_pages(5))
    part = tmp_path / "documents-00000.parquet"
    whole = bytearray(part.read_bytes())
    chunk = pq.ParquetFile(part).metadata.row_group(0).column(1)
    whole[chunk.data_page_offset + chunk.total_compressed_size - 5] ^= 1
    part.write_bytes(whole)
    with pytest.raises(OSError, match="CRC"):
        pq.read_table(part, page_checksum_verification=True)


def test_a_full_disk_is_a_dataset_error(tmp_path):
    """A disk that refuses gives a message that says so, and the old dataset stays."""
    write(tmp_path, some_pages(3))
    before = contents(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(DatasetError, match="cannot be written"):
            write(tmp_path, [("big", [a_document(text=os.urandom(99_999).hex())])], texts=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert contents(tmp_path) == before


def test_a_place_that_cannot_be_is_a_dataset_error(tmp_path):
    """A folder below a file, or in a place without folders, gives a message and no traceback."""
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file" / "out", Path("/proc/zhengben")):
        with pytest.raises(DatasetError, match="cannot be written"), DatasetWriter(out):
            pass


def test_the_lock_is_a_flock(tmp_path):
    """Any program can see whether a run is going on."""
    with (
        DatasetWriter(tmp_path),
        (tmp_path / ".lock").open() as lock,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_writing_imports_no_more_than_it_needs():
    """pyarrow.dataset costs time and memory that no run here needs; NumPy and pandas likewise."""
    hidden = "sys.modules['numpy'] = None"  # Arrow imports it, where it is installed
    code = f"import sys; {hidden}; import flows.dataset, flows.report; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert {"pyarrow.dataset", "pandas", "prefect"}.isdisjoint(run.stdout.split())
    assert "pyarrow.parquet" in run.stdout.split()
