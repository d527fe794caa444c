"""
The README and the guides are true: what they do runs, and prints what they say it prints.

Blocks are taken in their order, in one folder that has a copy of data/samples. A block
called `toml NAME` or `text NAME` is written into a file of that name, `toml +NAME` added to
one; in a `console` block each `$ …` is run by a shell; `pycon` is a doctest. `pytest --bless`
writes the outputs of the console blocks anew. The two set-up commands are run by .ci/run.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
CHINESE = ROOT / "README.zh.md"
GUIDES = [ROOT / "docs" / name for name in ("start.md", "writing-rules.md")]
BLOCK = re.compile(
    r"^```(?P<kind>\w+)(?: (?P<name>\S+))?\n(?P<body>.*?)^```$"
    r"|^<!-- edit (?P<file>\S+): (?P<before>[^\n]*) => (?P<after>[^\n]*) -->$",
    re.MULTILINE | re.DOTALL,
)
PROGRESS = re.compile(r"(?m)^[\d,]+ .* left\n")  # which only slow machines are told
SECONDS = re.compile(r"\d+\.\d s;")  # how long it took is another matter


def run(command: str, folder: Path) -> str:
    """What a command prints, both streams, as on a terminal without colours."""
    bin_folder = os.fspath(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C",
        "COLUMNS": "100",
    }
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.stdout if done.stdout.endswith("\n") or not done.stdout else f"{done.stdout}\n"


def console(body: str, folder: Path) -> str:
    """The block with the output that its commands give today."""
    commands = [line for line in body.split("\n") if line.startswith("$ ")]
    return "".join(f"{line}\n{run(line[2:], folder)}" for line in commands)


def as_run(text: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Each console block as it is written and as it would have to be; the others are done."""
    names: dict[str, object] = {}
    for block in BLOCK.finditer(text):
        if block["file"]:
            file = folder / block["file"]
            before = file.read_text("utf-8")
            assert block["before"] in before
            file.write_text(before.replace(block["before"], block["after"]), "utf-8")
        elif block["name"]:
            added = block["name"].startswith("+")
            with (folder / block["name"].lstrip("+")).open(
                "a" if added else "w", encoding="utf-8"
            ) as file:
                file.write(block["body"])
        elif block["kind"] == "console":
            yield block["body"], console(block["body"], folder)
        elif block["kind"] == "pycon":
            test = doctest.DocTestParser().get_doctest(block["body"], names, "README", None, 0)
            result = doctest.DocTestRunner(verbose=False).run(test, clear_globs=False)
            assert result.attempted
            assert not result.failed
            names = test.globs


def _bless_chinese(text: str) -> None:
    """The blocks of the English page in the Chinese one, in their order."""
    blocks = iter([block[0] for block in BLOCK.finditer(text)])
    chinese = BLOCK.sub(lambda _: next(blocks), CHINESE.read_text("utf-8"))
    CHINESE.write_text(chinese, encoding="utf-8", newline="\n")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data" / "samples", tmp_path / "data" / "samples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", [README, *GUIDES], ids=lambda page: page.name)
def test_everything_in_it_runs(page, folder, bless):
    """Each command prints what the page says, each snippet gives what it says."""
    text = page.read_text("utf-8")
    blocks = list(as_run(text, folder))
    assert len(blocks) >= 3
    if bless:
        for written, real in blocks:
            text = text.replace(f"```console\n{written}```", f"```console\n{real}```", 1)
        page.write_text(text, encoding="utf-8", newline="\n")
        if page == README:
            _bless_chinese(text)
        return
    for written, real in blocks:
        assert SECONDS.sub("s;", written) == SECONDS.sub("s;", PROGRESS.sub("", real)), (
            "if it is right: --bless"
        )


def test_a_page_shows_no_error_but_those_that_it_explains():
    """`--bless` writes down whatever comes out; an error that nobody meant is none of the page."""
    shown = {
        page.name: re.findall(r"(?m)^.*\n    saw: ", page.read_text("utf-8"))
        for page in (README, *GUIDES)
    }
    assert {name: len(errors) for name, errors in shown.items()} == {
        "README.md": 1, "start.md": 0, "writing-rules.md": 1,
    }  # fmt: skip


def test_other_readers(folder):
    """The lines for other libraries read what `clean` writes."""
    run("zhengben clean data/samples --out data/releases/samples", folder)
    for library in ("pandas", "polars", "duckdb"):
        module = import_module(library)
        [line] = re.findall(rf"^{library}\..*$", README.read_text("utf-8"), re.MULTILINE)
        assert len(eval(line, {library: module})) > 0


def test_there_is_one_command_for_each_purpose():
    """.ci/run takes the commands from the README: one that cleans, one that tests."""
    lines = [
        m["body"].rstrip("\n")
        for m in BLOCK.finditer(README.read_text("utf-8"))
        if m["kind"] == "sh"
    ]
    assert [line.rpartition(" && ")[2] for line in lines] == [
        ".venv/bin/zhengben clean data/samples --out data/releases/samples",
        ".venv/bin/pytest",
    ]
    assert all("\n" not in line and line.startswith("python3 -m venv .venv && ") for line in lines)


def test_what_it_links_to_is_there():
    """Every file that the README points to exists."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text("utf-8"))
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_chinese_page_says_the_same():
    """README.zh.md has the same commands, snippets, links, code and sections, in the same order."""
    english, chinese = README.read_text("utf-8"), CHINESE.read_text("utf-8")
    assert [b[0] for b in BLOCK.finditer(chinese)] == [b[0] for b in BLOCK.finditer(english)]
    prose = [BLOCK.sub("", text) for text in (english, chinese)]
    marks = {
        "headings": r"(?m)^#+ ",
        "first cells": r"(?m)^\| (?!---)([^|]+) \|",
        "bullets": r"(?m)^- \*\*",
    }
    for name, pattern in marks.items():
        of_english, of_chinese = (re.findall(pattern, text) for text in prose)
        assert of_english == of_chinese, name
    links = [sorted(re.findall(r"\]\(((?!README)[^)]+)\)", text)) for text in prose]
    assert links[0] == links[1]
    codes = [set(re.findall(r"`([^`\n]+)`", text)) for text in prose]
    assert codes[0] == codes[1]
