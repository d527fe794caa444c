"""Which files are found, in which order and under which name; what cannot be read."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cleaners.document import RawPage
from cleaners.errors import UsageError
from flows import read as reading
from flows.read import Found, Unreadable, find, read, standard_input


def keys(*places: Path, skip: Path | None = None) -> list[str]:
    return [found.key for found in find(places, skip=skip)]


def write(path: Path, body: bytes = "正文。\n".encode()) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def test_folders_give_text_files_in_bytewise_order_of_their_paths(tmp_path):
    """Order is that of the paths as bytes, also where a folder's name begins a file's name."""
    for name in (
        "b.html",
        "a/z.txt",
        "a.html",
        "a-b.txt",
        "B.HTM",
        "中/文.md",
        "é.text",
        "a/b/c.xhtml",
    ):
        write(tmp_path / "页" / name)
    found = keys(tmp_path / "页")
    assert found == sorted(found, key=str.encode)
    assert len(found) == 8


def test_other_suffixes_are_passed_over_unless_they_are_named(tmp_path):
    """A folder gives pages only; a file that is named itself is read whatever it is called."""
    write(tmp_path / "in" / "a.txt")
    picture = write(tmp_path / "in" / "a.png")
    assert keys(tmp_path / "in") == ["in/a.txt"]
    assert keys(picture) == ["a.png"]


def test_hidden_names_are_passed_over(tmp_path):
    """Neither hidden files nor anything in hidden folders is read."""
    for name in (".a.txt", ".git/b.txt", "c.txt"):
        write(tmp_path / "in" / name)
    assert keys(tmp_path / "in") == ["in/c.txt"]


def test_loops_of_links_end_and_each_folder_is_walked_once(tmp_path):
    """A link to a folder above, to itself, or to a sister gives nothing twice."""
    write(tmp_path / "in" / "b" / "x.txt")
    (tmp_path / "in" / "b" / "up").symlink_to("..")
    (tmp_path / "in" / "c").symlink_to("b")
    (tmp_path / "in" / "self").symlink_to("self")
    assert keys(tmp_path / "in") == ["in/b/x.txt"]


def test_a_folder_nested_deeper_than_python_recurses_is_walked(tmp_path):
    """Depth is bounded by the file system, not by the interpreter."""
    script = f"""
import os, sys
from pathlib import Path
sys.setrecursionlimit(150)
os.chdir({str(tmp_path)!r})
for _ in range(400):
    os.mkdir("d"); os.chdir("d")
open("x.txt", "w").close()
os.chdir({str(tmp_path)!r})
from flows.read import find
print(sum(1 for _ in find([Path("d")])))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_names_do_not_depend_on_where_the_folder_stands(tmp_path, monkeypatch):
    """An absolute path, a relative one, and `.` in the folder itself give the same names."""
    folder = tmp_path / "样本"
    write(folder / "a 1.html")
    write(folder / "下" / "b.txt")
    expected = ["样本/a 1.html", "样本/下/b.txt"]
    assert keys(folder) == expected
    monkeypatch.chdir(folder / "下")
    assert keys(Path("..")) == expected
    monkeypatch.chdir(folder)
    assert keys(Path()) == expected
    assert next(find([Path()])).source == "file:%E6%A0%B7%E6%9C%AC/a%201.html"


def test_arguments_of_one_name_stay_apart(tmp_path):
    """Two folders called `in` are in and in-2; the same path twice is read once."""
    write(tmp_path / "one" / "in" / "a.txt")
    write(tmp_path / "two" / "in" / "a.txt")
    assert keys(tmp_path / "one" / "in", tmp_path / "two" / "in", tmp_path / "one" / "in") == [
        "in/a.txt",
        "in-2/a.txt",
    ]


@pytest.mark.parametrize("file_first", [True, False])
def test_a_file_named_beside_its_folder_is_read_once(tmp_path, file_first):
    """`zhengben clean in in/a.txt` does not clean a.txt twice, in whatever order they are named."""
    file = write(tmp_path / "in" / "a.txt")
    write(tmp_path / "in" / "b.txt")
    places = [file, file.parent] if file_first else [file.parent, file]
    assert sorted(keys(*places)) == ["a.txt", "in/b.txt"]


def test_results_are_never_read_again(tmp_path):
    """The folder of the result is passed over, and so is any other dataset of ours."""
    write(tmp_path / "in" / "a.txt")
    write(tmp_path / "in" / "out" / "texts" / "a.txt")
    for name in ("manifest.json", "rejects.parquet", "texts/a.txt"):
        write(tmp_path / "in" / "older" / name)
    assert keys(tmp_path / "in", skip=tmp_path / "in" / "out") == ["in/a.txt"]


def test_cleaning_the_result_is_wrong_use(tmp_path):
    """A path inside of the result's folder is refused, with what to do."""
    inside = write(tmp_path / "out" / "texts" / "a.txt")
    with pytest.raises(UsageError, match="raw files"):
        keys(inside, skip=tmp_path / "out")


def test_a_path_that_does_not_exist_is_wrong_use(tmp_path):
    """A misspelt path is an error of its own, before anything is read."""
    with pytest.raises(UsageError) as caught:
        keys(write(tmp_path / "a.txt"), tmp_path / "没有.txt")
    assert caught.value.where.endswith("没有.txt")


def test_the_page_is_the_bytes_and_no_time(tmp_path):
    """A page holds the file's bytes, its name as a URI, and no clock's opinion."""
    path = write(tmp_path / "in" / "a.HTML", b"<p>\xd6\xd0")
    [found] = find([tmp_path / "in"])
    page = read(found)
    assert isinstance(page, RawPage)
    assert (page.source, page.body) == ("file:in/a.HTML", path.read_bytes())
    assert (page.content_type, page.retrieved_at) == ("text/html", None)


def test_names_that_are_not_utf_8_keep_their_bytes(tmp_path):
    """A GBK file name is percent-encoded from its own bytes."""
    write(tmp_path / "in" / os.fsdecode(b"\xd6\xd0.txt"))
    [found] = find([tmp_path / "in"])
    assert found.source == "file:in/%D6%D0.txt"
    assert isinstance(read(found), RawPage)


def test_links_to_nothing_are_rejects(tmp_path):
    """A broken link in a folder says so instead of vanishing or stopping the run."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").symlink_to("nowhere")
    [found] = find([tmp_path / "in"])
    assert read(found) == Unreadable("unreadable-file", "No such file or directory")


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_special_files_are_never_opened(tmp_path, kind):
    """Opening a pipe without a writer would wait for ever; it is a reject instead."""
    path = tmp_path / "p.txt"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(path))
    else:
        path.symlink_to("/dev/zero")
    result = read(Found(path, "p.txt"))
    assert isinstance(result, Unreadable)
    assert "not a regular file" in result.why


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_without_permission_are_rejects(tmp_path):
    """What the system forbids is a reject with the system's reason."""
    path = write(tmp_path / "in" / "a.txt")
    path.chmod(0)
    assert read(Found(path, "a.txt")) == Unreadable("unreadable-file", "Permission denied")


def test_a_folder_that_cannot_be_listed_is_a_reject(tmp_path, monkeypatch):
    """The files beside it are read all the same."""
    write(tmp_path / "in" / "a" / "x.txt")
    write(tmp_path / "in" / "b.txt")
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    folder, file = find([tmp_path / "in"])
    assert (folder.key, file.key) == ("in/a", "in/b.txt")
    assert read(folder) == Unreadable(
        "unreadable-file", "the folder cannot be listed: Permission denied"
    )


def test_files_over_the_limit_are_not_read(tmp_path, monkeypatch):
    """A file at the limit is read, one byte more is a reject."""
    monkeypatch.setattr(reading, "TOO_LARGE", 1 << 20)
    at, over = write(tmp_path / "at.txt", b"x" * (1 << 20)), tmp_path / "over.txt"
    with over.open("wb") as file:
        file.truncate((1 << 20) + 1)
    assert isinstance(read(Found(at, "at.txt")), RawPage)
    result = read(Found(over, "over.txt"))
    assert isinstance(result, Unreadable)
    assert result.rule == "too-large"


def test_standard_input_is_bounded(monkeypatch):
    """Standard input is read up to the limit and rejected beyond it."""
    monkeypatch.setattr(reading, "TOO_LARGE", 10)
    small, large = standard_input(io.BytesIO(b"x" * 10)), standard_input(io.BytesIO(b"x" * 99))
    assert isinstance(read(small), RawPage)
    assert small.source == "file:stdin"
    result = read(large)
    assert isinstance(result, Unreadable)
    assert result.rule == "too-large"


def test_walking_holds_no_more_than_the_folders_on_its_path(tmp_path):
    """Walking is lazy: the first file comes before the second folder is opened."""
    write(tmp_path / "in" / "a" / "1.txt")
    write(tmp_path / "in" / "b" / "2.txt")
    walk = find([tmp_path / "in"])
    assert next(walk).key == "in/a/1.txt"
    write(tmp_path / "in" / "b" / "1.txt")
    assert [found.key for found in walk] == ["in/b/1.txt", "in/b/2.txt"]
