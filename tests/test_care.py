"""The care of tables: what is damaged is named, and made again; nobody loses what he reads."""

from __future__ import annotations

import json
import os
import shutil

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from kept import current, in_this_process, pages, some_pages
from shards import A, B, a_shard, of_page

from cleaners.errors import BusyError, DatasetError, UsageError
from flows import care, mend
from flows.care import Damage, Health
from flows.cli import main
from flows.export import export
from flows.journal import opened
from flows.table_columns import SCHEMAS
from flows.tables import Tables, rows_of


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    data = tmp_path_factory.mktemp("care")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        some_pages(data)
        some_pages(data, 6, file="news/2.warc.gz")
    assert list(care.damages(data)) == []
    return data


@pytest.fixture
def data(gathered, tmp_path, monkeypatch):
    in_this_process(monkeypatch)
    shutil.copytree(gathered, tmp_path / "data")
    return tmp_path / "data"


def files(data, name):
    tables = Tables(data)
    return care.files_of(tables.opened(name), tables.folder / name)


def flip(path, at):
    body = bytearray(path.read_bytes())
    body[at] ^= 4
    path.write_bytes(body)


def lose(path):
    path.unlink()


def break_log(data, name):
    for log in (data / "tables" / name / "_delta_log").glob("*.json"):
        log.write_text(log.read_text()[:50])


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("documents", "flipped"),
        ("documents", "log"),
        ("pages", "missing"),
        ("pages", "log"),
        ("rejects", "missing"),
        ("captures", "flipped"),
    ],
)
def test_a_damage_is_named_and_made_again(data, name, how):
    """A file that is gone, one flipped bit, a torn log: found, and all is as it was."""
    before = pages(data), current(data)
    [first, *_] = files(data, name)
    if how == "log":
        break_log(data, name)
    elif how == "missing":
        lose(first.path)
    else:
        flip(first.path, first.bytes // 2)
    found = list(care.damages(data))
    assert {damage.table for damage in found} == {name}
    assert found[0].file == ("" if how == "log" else first.name)
    assert mend.rebuild(data).found == tuple(found)
    assert list(care.damages(data)) == []
    assert (pages(data), current(data)) == before
    assert Tables(data).read("captures").num_rows == 10
    assert (data / "tables" / "damaged").exists() or how == "missing"


def test_rows_that_pages_name_and_documents_lack(data):
    DeltaTable(data / "tables" / "documents").delete("source LIKE '%/a/3.html'")
    [damage] = care.damages(data)
    assert "document_ids" in damage.what
    assert "https://example.cn/a/3.html" in damage.what
    with pytest.raises(DatasetError, match="does not have all rows"):
        export(data, data / "out")
    mend.rebuild(data)
    assert list(care.damages(data)) == []
    assert export(data, data / "out").documents == 6


def test_a_rebuild_that_is_killed_is_begun_again(data, monkeypatch):
    """Killed when the bad file was put aside, and its rows were not there again."""
    before = pages(data), current(data)
    lose(files(data, "pages")[0].path)
    with monkeypatch.context() as patch:
        patch.setattr(mend, "_replayed", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mend.rebuild(data)
    assert "did not end" in next(care.damages(data)).what
    mend.rebuild(data)
    assert list(care.damages(data)) == []
    assert (pages(data), current(data)) == before


def test_a_rebuild_does_not_work_beside_an_ingest(data):
    lose(files(data, "pages")[0].path)
    with opened(data, "news"), pytest.raises(BusyError):
        mend.rebuild(data)
    assert not (data / "tables" / "damaged").exists(), "nothing was touched"


def test_a_missing_archive_file_is_named_and_no_table_is_touched(data):
    before = files(data, "pages")
    lose(data / "archive" / "news" / "2.warc.gz")
    [damage] = care.damages(data)
    assert (damage.table, damage.file, damage.rows) == ("archive", "news/2.warc.gz", 2)
    mend.rebuild(data)
    assert files(data, "pages") == before


def test_what_a_table_is_like(data):
    shown = {health.table: health for health in care.shown(data)}
    assert (shown["documents"].rows, shown["documents"].files, shown["documents"].small) == (
        6,
        2,
        2,
    )
    assert shown["pages"].left == 1, "the file that the second merge has replaced"
    Tables(data).compact()
    os.truncate(files(data, "documents")[0].path, 10)
    shown = {health.table: health for health in care.shown(data)}
    assert (shown["documents"].files, shown["documents"].oldest) == (1, 0)
    [damage] = care.damages(data)
    assert "10 bytes" in damage.what


def test_the_oldest_version_is_the_oldest_of_which_all_files_are_there(data):
    old = files(data, "documents")[0].path
    Tables(data).compact()
    newest = Tables(data).opened("documents").version()
    lose(old)
    [health] = [each for each in care.shown(data) if each.table == "documents"]
    assert isinstance(health, Health)
    assert health.oldest == newest
    assert list(care.damages(data)) == []


def test_compacting_and_vacuum_never_break_a_reader(data):
    """A reader that has begun reads on, and sees what was there when it began."""
    tables = Tables(data)
    reader = tables.scan("documents", ["id"])
    seen = next(reader)["id"].to_pylist()
    handle = DeltaTable(data / "tables" / "documents").to_pyarrow_dataset()
    tables.compact()
    tables.commit(a_shard((A, of_page(A, "新的一篇。")), file="x"))
    assert tables.vacuum(24) == 0, "all of it is younger than a day"
    seen += [one for batch in reader for one in batch["id"].to_pylist()]
    assert len(seen) == len(handle.to_table()) == 6
    assert tables.read("documents").num_rows == 7


def test_vacuum_takes_what_is_old_and_what_killed_writers_have_left(data):
    left = data / "tables" / "documents" / "part-left.parquet"
    left.write_bytes(b"x")
    os.utime(left, (1, 1))
    assert Tables(data).vacuum() == 1
    assert not left.exists()
    assert list(care.damages(data)) == []


def older(schema, *names):
    """The schema of an older zhengben: without some columns, and a field of one that is left."""
    fields = [field for field in schema if field.name not in names]
    at = next(i for i, field in enumerate(fields) if field.name == "signals")
    inside = list(fields[at].type)[:-1]
    fields[at] = pa.field("signals", pa.struct(inside))
    return pa.schema(fields)


def test_tables_of_an_older_schema_are_read_exported_and_written_to(tmp_path):
    """Columns that came later are null in old rows, and in no one's way."""
    tables = Tables(tmp_path)
    tables.commit(a_shard((A, of_page(A, "第一篇。"))))
    rows = tables.read("documents")
    shutil.rmtree(tmp_path / "tables" / "documents")
    schema = older(rows.schema, "links", "flags")
    old = pa.Table.from_pylist(
        [{name: row[name] for name in schema.names} for row in rows_of(rows)], schema
    )
    write_deltalake(tmp_path / "tables" / "documents", old)
    assert tables.read("documents")["links"].null_count == 1
    tables.commit(a_shard((B, of_page(B, "第二篇。")), file="2"))
    assert DeltaTable(tmp_path / "tables" / "documents").schema().to_arrow() is not None
    assert {f.name for f in DeltaTable(tmp_path / "tables" / "documents").schema().fields} == set(
        SCHEMAS["documents"].names
    )
    assert tables.read("documents").num_rows == 2


def test_tables_with_other_types_are_refused_and_made_anew(data):
    """As when signals became a struct: nothing of it can be read as ours."""
    before = {source: row["text"] for source, row in current(data).items()}
    rows = rows_of(Tables(data).read("documents"))
    fields = [f for f in SCHEMAS["documents"] if f.name != "signals"]
    fields.append(pa.field("signals", pa.list_(pa.struct([pa.field("name", pa.string())]))))
    shutil.rmtree(data / "tables" / "documents")
    old = pa.Table.from_pylist([row | {"signals": []} for row in rows], pa.schema(fields))
    write_deltalake(data / "tables" / "documents", old)
    with pytest.raises(DatasetError, match="tables rebuild"):
        Tables(data).read("documents")
    mend.rebuild(data)
    assert {source: row["text"] for source, row in current(data).items()} == before


def test_a_table_of_a_newer_zhengben_is_refused_and_left_alone(data):
    table = DeltaTable(data / "tables" / "pages")
    table.alter.set_table_description("zhengben tables, version 99")
    before = pages_log(data)
    for use in (lambda: Tables(data).read("pages"), lambda: Tables(data).compact()):
        with pytest.raises(DatasetError, match="newer zhengben"):
            use()
    assert pages_log(data) == before


def pages_log(data):
    return sorted(path.name for path in (data / "tables" / "pages").rglob("*"))


def test_a_table_that_needs_a_newer_delta_is_refused(data):
    log = data / "tables" / "pages" / "_delta_log" / "00000000000000000000.json"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    newer = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["future"]}
    newer["writerFeatures"] = ["future"]
    lines = [{"protocol": newer} if "protocol" in line else line for line in lines]
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with pytest.raises(DatasetError, match="newer zhengben wrote it"):
        Tables(data).read("pages")


def test_foreign_folders_are_refused_and_left_alone(tmp_path):
    foreign = tmp_path / "tables" / "documents"
    foreign.mkdir(parents=True)
    (foreign / "mine.csv").write_text("a,b")
    shard = a_shard((A, of_page(A, "第一篇。")))
    with pytest.raises(DatasetError, match="no Delta table"):
        Tables(tmp_path).commit(shard)
    assert [path.name for path in foreign.iterdir()] == ["mine.csv"]
    shutil.rmtree(foreign)
    write_deltalake(foreign, pa.table({"name": ["a"]}))
    with pytest.raises(DatasetError, match="none of ours"):
        Tables(tmp_path).commit(shard)
    assert DeltaTable(foreign).to_pyarrow_table().num_rows == 1


def test_restore_brings_back_what_was_current(data):
    before, version = pages(data), Tables(data).opened("pages").version()
    shard = a_shard((A, of_page(A, "新的一篇。")), file="x")
    Tables(data).commit(shard)
    assert pages(data) != before
    mend.restore(data, version, "pages")
    assert pages(data) == before
    assert list(care.damages(data)) == []
    with pytest.raises(UsageError, match="no version 99"):
        mend.restore(data, 99, "pages")
    Tables(data).commit(shard)
    assert A in pages(data), "what comes later is added as always"


def test_the_command_line_shows_checks_and_mends(data, capsys):
    assert main(["tables", "--data", str(data)]) == 0
    assert "6 rows" in capsys.readouterr().out
    lose(files(data, "documents")[0].path)
    assert main(["tables", "show", "--data", str(data), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["tables"][1]["missing"]
    assert main(["tables", "check", "--data", str(data)]) == 1
    assert "is missing" in capsys.readouterr().out
    assert main(["tables", "rebuild", "--data", str(data)]) == 0
    assert main(["tables", "check", "--data", str(data)]) == 0
    assert "all tables are whole" in capsys.readouterr().out
    assert main(["tables", "restore", "--data", str(data)]) == 2
    assert "--table pages --version" in capsys.readouterr().err
    assert main(["tables", "check", "--data", str(data / "archive")]) == 2
    assert "has no tables" in capsys.readouterr().err


def test_damages_say_where_and_what():
    assert (
        str(Damage("pages", "a.parquet", "is missing", 7)) == "pages/a.parquet: is missing (7 rows)"
    )
