"""Verifying: what is whole is clean; every flipped bit, lost file and changed rule is named."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exchanges import an_article
from kept import PACK, in_this_process, keep, some_pages

from cleaners.errors import UsageError
from cleaners.masking import MASK
from flows import commit, proof, release
from flows.cli import main
from flows.digests import Digests
from flows.export import export
from flows.local import Output, clean_paths
from flows.read_back import _faults
from flows.tables import Tables, rows_of
from flows.verify import verify

PAGE = "<html><body><h1>渡口</h1><p>船夫每天天不亮就把灯挂在船头，等第一个要过河的人。</p></body></html>"
SOLD = "同志们：\n今天请大家来，只说一件事：把沟渠修一遍。\n青竹文行整理，咨询QQ206000000"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Archive, tables and release; a dataset of local files; an export."""
    top = tmp_path_factory.mktemp("verify")
    (top / "mine.toml").write_text(PACK, encoding="utf-8")
    raw = top / "raw"
    raw.mkdir()
    (raw / "a.html").write_text(PAGE, encoding="utf-8")
    (raw / "b.txt").write_text(SOLD, encoding="utf-8")
    (raw / "nothing.txt").write_text("", encoding="utf-8")
    lines = [json.dumps({"id": f"第{n}条", "text": f"{SOLD}{n}"}) for n in range(3)]
    (raw / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        some_pages(top / "data")
        keep(top / "data", _sold(), file="news/2.warc.gz")
        release.release(top / "data", release.Asked(name="one"))
        export(top / "data", top / "out")
        clean_paths([raw], top / "local", workers=1)
    return top


def _sold():
    return an_article(7, line="</p><p>".join(SOLD.split("\n")))


@pytest.fixture
def top(made, tmp_path, monkeypatch):
    in_this_process(monkeypatch)
    shutil.copytree(made, tmp_path / "top")
    shutil.copytree(made / "data" / "archive", tmp_path / "whole")
    return tmp_path / "top"


def proved(top, place="data/releases/one", **options):
    return verify(top / place if place else None, data=top / "data", **options)


def rows(top):
    return rows_of(Tables(top / "data").read("documents"))


def flip(path, at=None):
    body = bytearray(path.read_bytes())
    body[len(body) // 2 if at is None else at] ^= 4
    path.write_bytes(body)


def test_what_is_whole_is_clean(top):
    """A release with masked identifiers, an export, the tables, a dataset of local files."""
    for place in ("data/releases/one", "out", ""):
        report = proved(top, place)
        assert report.is_clean, report.findings
        assert (report.rows, report.same) == (6, 5)
        assert report.skipped == Counter({"no page was fetched": 1})
    report = proved(top, "local", places=[top / "raw"])
    assert (report.kinds, report.rows, report.same) == (Counter(), 6, 6)


def test_identifiers_in_the_release_are_masked_and_verified_masked(top):
    folder = top / "data" / "releases" / "one"
    said = rows_of(pq.read_table(folder / "documents-00000.parquet", columns=["removals"]))
    cuts = [cut["text"] for row in said for cut in row["removals"]]
    assert f"青竹文行整理，咨询QQ{MASK * 9}" in cuts
    release.release(top / "data", release.Asked(name="two", keep_identifiers=True))
    assert proved(top, "data/releases/two").same == proved(top).same == 5


DAMAGES = {
    "documents-00000.parquet": {"file", "parquet"},
    "rejects.parquet": {"file"},
    "manifest.json": {"manifest"},
    "README.md": {"file"},
    "croissant.json": {"file"},
}


@pytest.mark.parametrize("name", DAMAGES)
def test_one_flipped_bit_is_found_and_named(top, name):
    flip(top / "data" / "releases" / "one" / name)
    report = proved(top)
    assert set(report.kinds) & DAMAGES[name]
    assert name in {finding.where for finding in report.findings}


def test_every_bit_of_a_manifest_counts(top):
    path = top / "out" / "manifest.json"
    whole = path.read_bytes()
    for at in range(0, len(whole), 211):
        flip(path, at)
        assert "manifest" in proved(top, "out").kinds, at
        path.write_bytes(whole)


def test_a_damaged_page_of_parquet_is_told_by_rows_and_column(top):
    path = top / "data" / "releases" / "one" / "documents-00000.parquet"
    chunk = pq.ParquetFile(path).metadata.row_group(0).column(1)
    assert chunk.path_in_schema == "text"
    flip(path, chunk.data_page_offset + chunk.total_compressed_size // 2)
    found = {finding.kind: finding for finding in proved(top).findings}
    assert "rows 1 to 5: damaged in text" in found["parquet"].what
    assert "other bytes" in found["file"].what


def test_a_flipped_bit_in_the_archive_is_told_by_its_place(top):
    """In the record of a page; and, of the tables, in any record of the archive."""
    [place] = (r["archive_offset"] for r in rows(top) if r["archive_file"].endswith("2.warc.gz"))
    flip(top / "data" / "archive" / "news" / "2.warc.gz", place + 60)
    report = proved(top)
    assert set(report.kinds) == {"archive"}
    assert f"news/2.warc.gz, byte {place:,}" in report.findings[0].what
    assert report.same == 4
    shutil.copytree(top.parent / "whole", top / "data" / "archive", dirs_exist_ok=True)
    flip(top / "data" / "archive" / "news" / "2.warc.gz", place // 2)
    assert proved(top).is_clean
    assert "news/2.warc.gz" in proved(top, "").findings[0].where


def test_a_missing_archive_is_told(top):
    (top / "data" / "archive" / "news" / "2.warc.gz").unlink()
    [finding] = proved(top).findings
    assert (finding.kind, "cannot be read" in finding.what) == ("archive", True)


def test_a_text_file_that_was_changed_or_lost(top):
    texts = sorted((top / "local" / "texts").rglob("*.txt"))
    flip(texts[0])
    texts[1].unlink()
    report = proved(top, "local", places=[top / "raw"])
    assert [finding.what for finding in report.findings] == [
        "is not the file that was written: other bytes",
        "is missing",
    ]


def test_originals_that_changed_or_are_gone(top):
    (top / "raw" / "a.html").write_text(PAGE.replace("船夫", "渔夫"), encoding="utf-8")
    (top / "raw" / "b.txt").unlink()
    report = proved(top, "local", places=[top / "raw"])
    [finding] = report.findings
    assert (finding.kind, finding.where) == ("bytes", "file:raw/a.html")
    assert report.skipped["its page is not here"] == 1
    assert report.same == 4


def test_a_row_in_a_file_that_is_shorter_now(top):
    rows = top / "raw" / "rows.jsonl"
    rows.write_text("\n".join(rows.read_text("utf-8").split("\n")[:2]), encoding="utf-8")
    [finding] = proved(top, "local", places=[top / "raw"]).findings
    assert (finding.kind, finding.what) == ("gone", "is not in its file any more")


def test_without_its_page_a_row_proves_its_text_at_least(top):
    """The originals are not there; somebody has changed a text and made the checksums anew."""
    shutil.rmtree(top / "raw")
    assert proved(top, "local").is_clean
    row = next(row for row in rows(top) if "月亮" in row["text"])
    row["text"] = row["text"].replace("月亮", "太阳")
    outcome = proof.make_work(proof.Asked(top))(proof.Item((row,), "documents", None))
    assert "does not follow" in outcome.findings[0].what


def test_other_packs_are_the_reason_that_is_named(top):
    report = proved(top, pack_files=[top / "mine.toml"])
    assert report.kinds == Counter({"packs": 5})
    first = report.findings[0]
    assert "made without mine" in first.what
    assert {"text", "removals"} <= {*first.columns}
    assert "cut now only: ferry-line" in first.what


def test_rows_of_a_pack_that_is_not_given(top):
    keep(top / "data", an_article(9), file="news/3.warc.gz", packs=(("mine.toml", PACK),))
    report = proved(top, "")
    assert report.kinds == Counter({"packs": 1})
    assert "which is not here: give it with --rules" in report.findings[0].what


def test_other_code_is_the_reason_that_is_named(top, monkeypatch):
    for place in (proof, sys.modules["cleaners.clean"]):
        monkeypatch.setattr(place, "CODE_VERSION", "9.9")
    report = proved(top)
    assert report.kinds == Counter({"code": 5})
    assert "zhengben 0" in report.findings[0].what
    assert "this is 9.9" in report.findings[0].what
    assert "all else is the same" in report.findings[0].what


def test_a_change_that_nobody_declared_is_a_row_that_differs(top, monkeypatch):
    plain = proof.clean_again

    def other(*given, **options):
        results = plain(*given, **options)
        return [proof.Rejected("no-text", "nothing", r.provenance) for r in results]

    monkeypatch.setattr(proof, "clean_again", other)
    report = proved(top)
    assert report.kinds == Counter({"row": 5})
    assert "gives the reject no-text now" in report.findings[0].what


def test_one_row_and_a_sample(top):
    ids = Tables(top / "data").read("documents", ["id"])["id"].to_pylist()
    for place in ("data/releases/one", ""):
        report = proved(top, place, row_id=ids[2])
        assert (report.rows, report.same, report.is_clean) == (1, 1, True)
        with pytest.raises(UsageError, match="is no row"):
            proved(top, place, row_id="0" * 32)
    assert proved(top, sample=2).rows in {2, 3}


def test_rows_of_jsonl_and_options_that_decide_what_is_in_them(top):
    out = top / "json"
    html = PAGE.replace("船头", '<a href="https://example.cn/x">船头</a>')
    (top / "raw" / "a.html").write_text(html, encoding="utf-8")
    clean_paths([top / "raw"], out, workers=1, links=True, output=Output(False, table="jsonl"))
    assert commit.load(out)["options"] == {"links": True}
    report = proved(top, "json", places=[top / "raw"])
    assert (report.is_clean, report.same) == (True, 6)
    flip(out / "documents-00000.jsonl", 60)
    assert "file" in proved(top, "json", places=[top / "raw"]).kinds


def test_a_release_without_the_columns_is_told(top):
    release.release(top / "data", release.Asked(columns=("text",), name="few"))
    report = proved(top, "data/releases/few")
    assert report.is_clean
    assert "lacks archive_file" in report.notes[-1]


def test_a_row_that_names_a_copy_which_is_not_there():
    rows = [{"id": "0" * 32, "source": "a", "duplicate_of": "1" * 32}]
    [finding] = _faults(pa.RecordBatch.from_pylist(rows), ["duplicate_of"], Digests())
    assert finding.kind == "copies"


def test_the_command_line_says_it_in_words_and_json(top, capsys, monkeypatch):
    monkeypatch.chdir(top)
    assert main(["verify", "latest"]) == 0
    assert "clean; 4 files" in capsys.readouterr().out
    assert main(["verify", "one", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["clean"] is True
    flip(top / "data" / "archive" / "news" / "1.warc.gz", 700)
    assert main(["verify"]) == 1
    assert "news/1.warc.gz" in capsys.readouterr().out
    assert main(["verify", "local"]) == 0, "its files are found beside it"
    assert "6 of 6 rows" in capsys.readouterr().out
    assert main(["verify", "nowhere"]) == 2
    assert "no such dataset" in capsys.readouterr().err
