"""Reading a dataset: one reader for releases and one-off folders, and filters that can be chained."""

from __future__ import annotations

import json
import shutil

import pyarrow.compute as pc
import pytest
from released import SAMPLES, tables_of_samples

from cleaners.errors import DatasetError, UsageError
from flows.columns import COLUMNS
from flows.dataset import DatasetWriter, open_release, read_documents
from flows.local import clean_paths
from flows.release import Asked, release
from flows.split import Split


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A DATA folder with a release of the samples; nobody writes into it."""
    data = tmp_path_factory.mktemp("read")
    tables_of_samples(data)
    release(data, Asked(keep_identifiers=True))
    return data


@pytest.fixture(scope="module")
def opened(data):
    return open_release(data / "releases" / "latest")


def test_the_newest_release_is_found_from_every_side(data, opened):
    """DATA, DATA/releases, the pointer and the folder itself."""
    for place in (data, data / "releases", opened.folder, str(opened.folder)):
        assert open_release(place).folder == opened.folder
    assert opened.count() == opened.manifest["counts"]["documents"]
    assert opened.dataset.schema.names == [column.name for column in COLUMNS]


def test_filters_are_chained_and_mean_what_they_say(opened):
    """Each leaves what the same condition in Python leaves."""
    rows = list(opened.rows())
    assert opened.current().count() == len(rows)

    def same(release, wanted):
        assert release.ids() == [one["id"] for one in rows if wanted(one)]
        assert 0 < release.count() < len(rows)

    same(opened.canonical(), lambda one: one["canonical"])
    same(opened.whole(), lambda one: not one["truncated"])
    same(
        opened.of_host("news.example", "NOTES.example"),
        lambda one: "wen." not in one["source"] and "copies." not in one["source"],
    )
    same(
        opened.of_medium("江岸日报", "城南旧事网"),
        lambda one: one["source_name"] in ("江岸日报", "城南旧事网"),
    )
    same(
        opened.published("2023-03", "2024"),
        lambda one: "2023-03" <= (one["published"] or "") < "2024",
    )
    same(opened.where(pc.field("truncated")), lambda one: one["truncated"])
    chained = opened.canonical().whole().where("signals.chars >= 300").of_host("wen.example")
    same(
        chained,
        lambda one: one["canonical"] and not one["truncated"] and one["signals"]["chars"] >= 300
        and "wen.example" in one["source"],
    )  # fmt: skip
    assert chained.table("id", "title").num_columns == 2


def test_filters_read_nothing_and_tables_only_their_columns(tmp_path, opened):
    """A filter on a folder whose texts are gone is no error; reading is."""
    copied = tmp_path / "copied"
    shutil.copytree(opened.folder, copied)
    known = open_release(copied)
    next(copied.glob("documents-*")).unlink()
    asked = known.whole().canonical()
    with pytest.raises(DatasetError, match="missing"):
        asked.count()


def test_evidence_of_a_document_proves_its_row(opened):
    """The original is put together from what was kept and cut, and the text made again."""
    for row in opened.rows("id", "text", "original"):
        evidence = opened.evidence(row["id"])
        assert evidence.original() == row["original"]
        assert evidence.text() == row["text"]
    [name] = opened.where("contains(original, '青竹文行整理') AND canonical").ids()
    evidence = opened.evidence(name)
    assert "compiled-by" in [piece.rule for piece in evidence.pieces() if not piece.kept]
    assert "- compiled-by | 青竹文行整理" in str(evidence)
    assert opened.document(name) in list(opened.documents())
    assert opened.copies(name).count() == 2
    assert {row["source"][:20] for row in opened.copies(name).rows("source")} == {
        "https://copies.examp", "https://wen.example/",
    }  # fmt: skip
    assert opened.copies(opened.where("truncated").ids()[0]).count() == 1


def test_a_one_off_folder_is_read_by_the_same_reader(tmp_path):
    """What `zhengben clean` writes: no copies are known, all are current."""
    clean_paths([SAMPLES / "three-speeches.txt"], tmp_path / "out")
    found = open_release(tmp_path / "out")
    assert list(found.documents()) == list(read_documents(tmp_path / "out"))
    assert (found.count(), found.canonical().count(), found.whole().count()) == (3, 3, 3)
    assert list(found.rejects()) == []
    assert found.copies(found.ids()[1]).ids() == [found.ids()[1]]
    with DatasetWriter(tmp_path / "none"):
        pass
    assert open_release(tmp_path / "none").table("text").num_rows == 0


def test_parts_and_columns_are_read_by_their_names(data, tmp_path):
    """What a release does not have is an error that says what it has."""
    shutil.copytree(data / "tables", tmp_path / "tables")
    asked = Asked(columns=("text", "cluster"), split=Split.parsed("train=0.5,test=0.5"))
    made = open_release(release(tmp_path, asked).folder)
    assert made.part("train").count() + made.part("test").count() == made.count()
    for wrong, says in [
        (lambda: made.part("dev"), "train, test"),
        (made.whole, "there is no column truncated"),
        (lambda: made.of_medium("x"), "has no column source_name"),
        (lambda: made.table("title"), "id, text, cluster"),
        (lambda: made.row("0" * 32), "has no document"),
    ]:
        with pytest.raises(UsageError, match=says):
            wrong()
    with pytest.raises(DatasetError, match="without title, author"):
        made.documents()


def test_what_cannot_be_opened_says_why(tmp_path, opened):
    """No dataset, a pointer to nothing, a newer version, a file cut short, JSONL."""
    copied = tmp_path / "releases" / "a"
    shutil.copytree(opened.folder, copied)

    def refused(place, says):
        with pytest.raises(DatasetError, match=says) as error:
            open_release(place)
        assert error.value.do

    refused(tmp_path / "nowhere", "has no manifest.json")
    (tmp_path / "releases" / "latest").write_text("b\n")
    refused(tmp_path, "names a release that is not there")
    (tmp_path / "releases" / "latest").write_text("../../etc\n")
    refused(tmp_path, "names no release")
    manifest = json.loads((copied / "manifest.json").read_text())
    (copied / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 99}))
    refused(copied, "was written by a newer zhengben")
    (copied / "manifest.json").write_text(json.dumps(manifest))
    part = next(copied.glob("documents-*"))
    part.write_bytes(part.read_bytes()[:-1])
    refused(copied, "is not the file that was written")
    with DatasetWriter(tmp_path / "lines", table="jsonl"):
        pass
    refused(tmp_path / "lines", "holds JSONL")
