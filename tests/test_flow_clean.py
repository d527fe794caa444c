"""The Prefect flow for local folders gives the bytes of the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from files import epub

from flows import cli

ROOT = Path(__file__).resolve().parents[1]
STORY = "昨天夜里，长江大桥亮灯，岸边站满了看灯的人。\n某某文库整理，咨询QQ206000000\n"

SMALL_SHARDS = """
import sys
import flows.clean
flows.clean.SHARD_FILES = 4
sys.exit(flows.clean.main())
"""


def flow(folder, *arguments):
    """`python -m flows.clean` with shards of four files, at home in a temporary folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-c", SMALL_SHARDS, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "PREFECT_HOME": str(folder / "prefect-home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.prefect
def test_the_flow_writes_the_bytes_of_the_command_line(tmp_path, monkeypatch):
    """Three shards through Prefect, links and chapters asked for, and one call without it: the same dataset; no scratch left."""
    pages = tmp_path / "网页"
    pages.mkdir()
    for number in range(10):
        (pages / f"{number}.txt").write_text(f"第{number}篇\n{STORY}", encoding="utf-8")
    (pages / "空.html").write_bytes(b"")
    heads = (
        f"<h1>第{n}章 守桥</h1><p><a href='/q'>桥上</a>，{STORY.splitlines()[0]}</p>"
        for n in "一二"
    )
    book = {f"c{number}.xhtml": head for number, head in enumerate(heads)}
    (pages / "桥.epub").write_bytes(epub(book))
    dead = tmp_path / ".by-flow-shards-999999999-x"
    dead.mkdir()

    form = ("--off", "gaps", "--script", "traditional", "--format", "markdown", "--links", "--chapters")  # fmt: skip
    done = flow(tmp_path, "网页", "--out", "by-flow", *form)
    monkeypatch.chdir(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "files 12, documents 12, truncated 0, rejects 1\n"
    assert cli.main(["clean", "网页", "--out", "by-command", *form]) == 0

    def content(out):
        return {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}

    assert content(tmp_path / "by-flow") == content(tmp_path / "by-command")
    assert not list(tmp_path.glob(".by-flow-*"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["没有"], "there is no such file"), ([".", "--off", "quotes"], "'quotes'")],
)
def test_wrong_use_of_the_flow_is_told_before_prefect_starts(tmp_path, arguments, told):
    """A path or a step that does not exist: status 2, what to do, and no Prefect database."""
    done = flow(tmp_path, *arguments, "--out", "out")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "prefect-home").glob("*.db*"))


def test_only_the_flow_imports_prefect():
    """Everything else in flows/ runs where Prefect is not installed."""
    importing = {
        path.name
        for path in (ROOT / "flows").glob("*.py")
        if re.search(r"^\s*(?:from|import) prefect\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert importing == {"clean.py", "ingest.py"}
