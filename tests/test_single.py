"""One file in, one file out; the formats of a dataset: flows/single.py, flows/cli_files.py."""

import json
from pathlib import Path

import pytest

from flows import cli
from flows.dataset import check
from tests.containers import jsonl, packed, text, zipped


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_bytes(text(1))


def test_one_file_becomes_one_file():
    """The suffix says what is written."""
    assert cli.main(["clean", "one.txt", "--out", "sub/a.txt"]) == 0
    assert Path("sub/a.txt").read_bytes() == text(1)
    assert cli.main(["clean", "one.txt", "--out", "a.jsonl"]) == 0
    [row] = map(json.loads, Path("a.jsonl").read_text("utf-8").splitlines())
    assert (row["text"] + "\n", row["source"]) == (text(1).decode(), "file:one.txt")
    assert cli.main(["clean", "one.txt", "--out", "a.md"]) == 0
    assert sorted(path.name for path in Path().iterdir() if path.is_file()) == [
        "a.jsonl",
        "a.md",
        "one.txt",
    ]


def test_another_file_is_not_overwritten_without_force(capsys):
    """The same is written again, another needs --force, and the input is never overwritten."""
    Path("other.txt").write_text("我的", "utf-8")
    assert cli.main(["clean", "one.txt", "--out", "other.txt"]) == 2
    assert "add --force" in capsys.readouterr().err
    assert Path("other.txt").read_text("utf-8") == "我的"
    for force in ([], ["--force"]):
        assert cli.main(["clean", "one.txt", "--out", "./one.txt", *force]) == 2
    assert cli.main(["clean", "one.txt", "--out", "other.txt", "--force"]) == 0
    assert cli.main(["clean", "one.txt", "--out", "other.txt"]) == 0
    assert Path("other.txt").read_bytes() == text(1)


def test_several_files_are_not_put_into_one(capsys):
    """A folder is needed for them."""
    Path("two.txt").write_bytes(text(2))
    assert cli.main(["clean", "one.txt", "two.txt", "--out", "a.txt"]) == 2
    assert "name a folder: --out a" in capsys.readouterr().err


def test_a_file_without_a_document_is_told_and_nothing_is_written(capsys):
    """Exit status 1, and the reason."""
    Path("empty.txt").write_bytes(b"")
    assert cli.main(["clean", "empty.txt", "--out", "a.txt"]) == 1
    assert "rejected: empty.txt: no-text" in capsys.readouterr().err
    assert not Path("a.txt").exists()


def test_containers_go_through_the_command_line(capsys):
    """An archive and a corpus beside a page: each part under its own source."""
    Path("in").mkdir()
    Path("in/a.zip").write_bytes(zipped({"讲话/一.txt".encode("gbk"): text(1)}))
    Path("in/b.jsonl.gz").write_bytes(packed(jsonl([{"title": "桥", "text": "桥很长。"}]), "gz"))
    Path("in/c.txt").write_bytes(text(3))
    assert cli.main(["clean", "in", "--out", "out", "--format", "jsonl"]) == 0
    assert "3 pages: 3 documents" in capsys.readouterr().err
    manifest = check(Path("out"))
    assert [file["name"] for file in manifest["files"]] == [
        "documents-00000.jsonl",
        "rejects.jsonl",
        "report.html",
    ]
    rows = list(map(json.loads, Path("out/documents-00000.jsonl").read_text("utf-8").splitlines()))
    assert [row["source"] for row in rows] == [
        "file:in/a.zip!%E8%AE%B2%E8%AF%9D/%E4%B8%80.txt",
        "file:in/b.jsonl.gz#1",
        "file:in/c.txt",
    ]
    assert rows[1]["title"] == "桥"
    assert rows[1]["metadata"][0]["witness"] == "column:title"
    assert cli.main(["clean", "in", "--out", "out"]) == 0
    texts = sorted(path.relative_to("out").as_posix() for path in Path("out").rglob("*.txt"))
    assert texts == ["out/texts/in/a.zip/讲话/一.txt"[4:], "texts/in/c.txt"]
    assert cli.main(["clean", "in", "--out", "out", "--format", "text"]) == 0
    assert Path("out/texts/in/b.jsonl.gz/1.txt").read_text("utf-8") == "桥很长。\n"


def test_a_column_that_is_missing_is_told_before_anything_is_written(capsys):
    """With the columns that are there."""
    Path("a.jsonl").write_bytes(jsonl([{"id": 1, "words": "正文。"}]))
    assert cli.main(["clean", "a.jsonl", "--out", "out", "--text-column", "txet"]) == 2
    assert "columns id、words" in capsys.readouterr().err
    assert cli.main(["clean", "a.jsonl", "--out", "out"]) == 2
    assert "--text-column" in capsys.readouterr().err
    assert not Path("out").exists()
