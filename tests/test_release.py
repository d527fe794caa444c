"""Releases: the same tables give the same bytes, nothing is ever changed, nothing is left half."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from released import tables_of_samples
from shards import A, B, a_shard, of_page

from cleaners.clean import rebuild
from cleaners.document import Harvested
from cleaners.errors import DatasetError, UsageError
from cleaners.masking import MASK, MASKING, mask
from flows import commit
from flows.cli import main
from flows.dataset import check, open_release, read_documents, read_rejects, row
from flows.release import Asked, release
from flows.split import Split
from flows.tables import Tables, rows_of

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A DATA folder with tables of the samples; nobody writes into it."""
    data = tmp_path_factory.mktemp("filled")
    tables_of_samples(data)
    return data


@pytest.fixture
def data(filled, tmp_path):
    """A copy of it."""
    shutil.copytree(filled, tmp_path / "data")
    return tmp_path / "data"


def files(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def table(folder):
    return pq.read_table(next(folder.glob("documents-*.parquet")))


def test_the_same_tables_give_the_same_bytes_and_id(data, tmp_path):
    """Wherever they lie and however often; what is there already is left alone."""
    shutil.copytree(data, tmp_path / "elsewhere")
    one, other = release(data), release(tmp_path / "elsewhere")
    assert (one.id, files(one.folder)) == (other.id, files(other.folder))
    assert {"README.md", "croissant.json", "manifest.json", "rejects.parquet"} < files(
        one.folder
    ).keys()
    before = {p: p.stat().st_mtime_ns for p in one.folder.iterdir()}
    again = release(data)
    assert (again.is_new, again.id) == (False, one.id)
    assert {p: p.stat().st_mtime_ns for p in one.folder.iterdir()} == before
    assert (data / "releases" / "latest").read_text() == f"{one.id}\n"
    assert str(tmp_path) not in "".join(f.read_text() for f in one.folder.glob("*.[jm]*"))


def test_a_release_holds_what_is_current_by_url_with_its_copies(data):
    """One reader for one-off datasets and releases; the columns about copies are joined."""
    made = release(data, Asked(keep_identifiers=True))
    check(made.folder)
    stored = {one["id"]: one for one in rows_of(Tables(data).read("documents"))}
    found = list(read_documents(made.folder))
    assert [row(one)["id"] for one in found] == table(made.folder)["id"].to_pylist()
    assert {row(one)["id"]: row(one)["text"] for one in found} == {
        name: one["text"] for name, one in stored.items()
    }
    assert [one.provenance.source for one in found] == sorted(s["source"] for s in stored.values())
    assert [one.rule for one in read_rejects(made.folder)].count("not-found") == 1
    copies = [one for one in table(made.folder).to_pylist() if one["canonical"] is False]
    assert [(one["overlap"], one["source"]) for one in copies] == [
        (1.0, "https://copies.example/speech")
    ]
    assert copies[0]["duplicate_of"] in stored


def test_tables_that_nobody_has_compared_have_no_copies(tmp_path):
    """The columns are there, and null."""
    tables_of_samples(tmp_path, compared=False)
    assert table(release(tmp_path).folder)["cluster"].null_count > 10


def test_identifiers_in_evidence_are_masked_and_the_text_is_not(data):
    """Byte for byte what masking each document gives; the manifest says how."""
    plain = release(data, Asked(keep_identifiers=True))
    made = release(data)
    assert (made.manifest["release"]["masking"], plain.manifest["release"]["masking"]) == (
        MASKING,
        None,
    )
    before, after = list(read_documents(plain.folder)), list(read_documents(made.folder))
    assert [mask(one) for one in before] == after
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    assert made.manifest["counts"]["documents_with_masked_identifiers"] == changed > 1
    assert [one.text for one in before] == [one.text for one in after]
    assert all(rebuild(one) == one.text for one in after)
    for cut in (cut for one in after for cut in one.removals):
        assert not re.search(r"QQ ?\d{5}|@\w", cut.text)
    assert any(MASK in one.original for one in after)


def test_the_command_prints_the_id_and_tells_the_rest(data, capsys):
    """And needs neither NumPy nor pandas, though they are installed: Arrow is told they are not."""
    before = {"numpy", "pandas"} & sys.modules.keys()
    line = ["release", "--data", str(data), "--columns", "text, title", "--split", "a=0.5,b=0.5"]
    assert main(line) == 0
    told = capsys.readouterr()
    assert (data / "releases" / "latest").read_text() == told.out
    assert "16 documents (2 truncated), 2 rejected" in told.err
    assert main([*line, "--no-latest"]) == 0
    assert "was there already" in capsys.readouterr().err
    assert {"numpy", "pandas"} & sys.modules.keys() == before
    assert main(["release", "--data", str(data), "--split", "a=0.5"]) == 2
    assert "add to 0.5 and not to 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("train", "no name and share"),
        ("train=x", "no number"),
        ("train=nan", "no number"),
        ("train=0,test=1", "not between 0 and 1"),
        ("a=0.5,a=0.5", "names a part twice"),
        ("../a=1", "no name and share"),
    ],
)
def test_parts_that_cannot_be_say_why(said, says):
    with pytest.raises(UsageError, match=says):
        Split.parsed(said)


@given(st.lists(st.text(max_size=8), min_size=1))
def test_a_part_is_told_by_letters_and_digits_alone(texts):
    """Blanks and marks do not move a text, and shares are what they say, nearly."""
    split = Split.parsed("train=0.9,test=0.1")
    for text in texts:
        one = {"id": "1", "cluster": None, "text": f"{text}a"}
        assert split.part_of(one) == split.part_of(one | {"text": f" {text}，a。\n"})
    many = [split.part_of({"id": "1", "cluster": f"{n}", "text": ""}) for n in range(500)]
    assert 0.85 < many.count("train") / 500 < 0.95


def test_a_condition_leaves_out_the_documents_that_do_not_meet_it(data):
    """The condition is applied to all columns, and is said in the manifest without its name."""
    made = release(data, Asked(where="truncated OR source LIKE 'https://copies.%'"))
    rows = table(made.folder).to_pylist()
    assert {one["truncated"] or "copies" in one["source"] for one in rows} == {True}
    assert 0 < len(rows) < 10
    strict = release(data, Asked(where="@lenient"))
    assert "canonical IS NOT FALSE" in strict.manifest["release"]["where"]
    assert "copies.example" not in "".join(table(strict.folder)["source"].to_pylist())


def test_columns_are_those_that_were_asked_for_and_the_id(data):
    """A reader of whole documents says which are missing."""
    made = release(data, Asked(columns=("text", "source")))
    assert table(made.folder).schema.names == ["id", "text", "source"]
    with pytest.raises(DatasetError, match="only some of the columns"):
        list(read_documents(made.folder))


def test_parts_hold_everything_once_and_copies_together(data):
    """By cluster; so the copy of a text is in the part of the text."""
    made = release(data, Asked(split=Split.parsed("train=0.5,test=0.5")))
    parts = {e["name"]: e["part"] for e in made.manifest["files"] if "part" in e}
    assert set(parts.values()) == {"train", "test"}
    found = {part: pq.read_table(made.folder / name).to_pylist() for name, part in parts.items()}
    everything = [one["id"] for some in found.values() for one in some]
    assert sorted(everything) == sorted(Tables(data).read("documents")["id"].to_pylist())
    clusters = [{one["cluster"] for one in some} for some in found.values()]
    assert all(clusters)
    assert not clusters[0] & clusters[1]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"where": "no_such = 1"}, "there is no column no_such"),
        ({"columns": ("no_such",)}, "there is no column no_such"),
        ({"name": "../x"}, "is no name of a release"),
        ({"name": "latest"}, "is no name of a release"),
        ({"source": "nobody"}, "has no pages of nobody"),
        ({"where": "length(text) < 0"}, "no document meets the condition"),
    ],
)
def test_what_cannot_be_released_says_why_and_leaves_nothing(data, asked, says):
    with pytest.raises(UsageError, match=says) as error:
        release(data, Asked(**asked))
    assert error.value.do or error.value.saw
    left = data / "releases"
    assert not left.exists() or [p.name for p in left.iterdir()] == [".lock"]


def test_a_release_is_never_changed(data):
    """Not by another release of its name, not by zhengben clean, not by other tables."""
    made = release(data, Asked(name="v1"))
    before = files(made.folder)
    assert not release(data, Asked(name="v1")).is_new
    with pytest.raises(UsageError, match="never changed"):
        release(data, Asked(name="v1", where="truncated"))
    with pytest.raises(DatasetError, match="never changed"), commit.locked(made.folder):
        pass
    (made.folder / "rejects.parquet").unlink()
    with pytest.raises(DatasetError, match="missing or cut short"):
        release(data, Asked(name="v1"))
    del before["rejects.parquet"]
    assert files(made.folder) == before


def test_the_card_shows_what_pages_say_as_text(tmp_path):
    """A medium's name cannot break out of its cell; figures are those of the manifest."""
    said = Harvested("| [x](javascript:1)\n# <b>`x`</b>", "x", "source-line", "high")
    page = replace(of_page(A, "第一篇。"), metadata={"source": said, "licence": said})
    Tables(tmp_path).commit(a_shard((A, page), (B, of_page(B, "第二篇。"))))
    made = release(tmp_path)
    told = (made.folder / "README.md").read_text()
    cell = r"| \| \[x\](javascript:1) \# \<b\>\`x\`\</b\> | 1 |"
    assert told.count(cell) == 2
    assert "| Documents | 2 |" in told
    assert "| … cut | 16 (66.7 %) |" in told
    assert made.manifest["counts"]["characters_removed"] == 16
    assert told.count("\n---\n") == 1  # the front matter's end


def test_what_is_not_ours_is_not_touched(data):
    """A folder of the name, a folder called latest, a dataset where releases should be."""
    releases = data / "releases"
    (releases / "v1").mkdir(parents=True)
    (releases / "v1" / "mine.txt").write_text("mine")
    with pytest.raises(DatasetError, match="is no release"):
        release(data, Asked(name="v1"))
    (releases / "latest").mkdir()
    with pytest.raises(DatasetError, match="not the file that names"):
        release(data)
    (releases / "latest").rmdir()
    (releases / "manifest.json").write_text("{}")
    with pytest.raises(DatasetError, match="is itself a dataset"):
        release(data)
    assert (releases / "v1" / "mine.txt").read_text() == "mine"


def test_a_release_is_read_by_what_people_have(data, tmp_path):
    """pandas, Polars, DuckDB, PyArrow, Hugging Face datasets and Croissant, without zhengben."""
    made = release(data, Asked(split=Split.parsed("train=0.7,test=0.3")))
    run = subprocess.run(
        [sys.executable, "-P", ROOT / "tests" / "readers.py", made.folder],
        env=os.environ | {"HF_HOME": str(tmp_path)}, capture_output=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    first = min(open_release(made.folder).documents(), key=lambda one: one.provenance.source)
    wanted = [16, first.text, first.signals["han_share"]]
    names = ("pyarrow", "duckdb", "polars", "pandas", "datasets", "mlcroissant")
    assert json.loads(run.stdout) == dict.fromkeys(names, wanted)


MOMENTS = ["fsync of a part", "the card", "croissant", "the manifest", "the rename", "latest"]


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("moment", "how"), [*zip(MOMENTS, [KeyboardInterrupt, FULL] * 3, strict=True)]
)
def test_a_release_that_dies_leaves_the_old_one(data, monkeypatch, moment, how):
    """Whenever: the old `latest`, no half folder; and the next run completes."""
    old = release(data, Asked(where="truncated"))
    write, rename = commit.write_durably, Path.replace

    def dying(path, text):
        if path.name == {"the card": "README.md", "croissant": "croissant.json",
                         "the manifest": "manifest.json", "latest": "latest"}.get(moment):  # fmt: skip
            raise how
        write(path, text)

    def no_rename(path, target):
        if moment == "the rename" and path.name.startswith(".tmp-"):
            raise how
        return rename(path, target)

    def no_part(self):
        if moment == "fsync of a part":
            raise how
        return end_part(self)

    from flows.parts import Parts  # noqa: PLC0415

    end_part = Parts._end_part
    with monkeypatch.context() as broken:
        broken.setattr(commit, "write_durably", dying)
        broken.setattr(Path, "replace", no_rename)
        broken.setattr(Parts, "_end_part", no_part)
        with pytest.raises(
            KeyboardInterrupt if how is KeyboardInterrupt else DatasetError
        ) as error:
            release(data)
    if how is not KeyboardInterrupt:
        assert error.value.do
        assert "No space" in error.value.saw
    releases = data / "releases"
    assert (releases / "latest").read_text() == f"{old.id}\n"
    for folder in releases.iterdir():
        if folder.is_dir():
            assert not folder.name.startswith(".tmp-")
            check(folder)
    new = release(data)
    assert (releases / "latest").read_text() == f"{new.id}\n" != f"{old.id}\n"
    check(new.folder)


def test_what_a_killed_run_has_left_is_removed(data):
    """A kill runs no `finally`: its folder is there until the next release."""
    left = data / "releases" / ".tmp-dead"
    left.mkdir(parents=True)
    (left / "documents-00000.parquet").write_bytes(b"half")
    release(data)
    assert not left.exists()
