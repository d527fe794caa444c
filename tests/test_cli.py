"""What `zhengben` prints, writes and answers; run in this process where that is enough."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from urllib.parse import unquote

import pytest

import cleaners.script
from cleaners import Form, clean_text, rebuild
from cleaners.errors import ZhengbenError
from cleaners.markdown import markdown
from cleaners.normalise import step_names
from flows import cli, local
from flows.dataset import check, read_documents, read_rejects
from tests.files import epub

ROOT = Path(__file__).resolve().parents[1]
SPEECH = "全县会议讲话\n同志们：\n今天开会，研究部署下半年的工作。\n某某文库整理，咨询QQ206000000\n"
BODY = "同志们：\n今天开会，研究部署下半年的工作。\n"
STORY = "昨天夜里，长江大桥亮灯，岸边站满了看灯的人。\n孩子们数着一盏一盏的灯。\n"


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """A folder of small pages in an otherwise empty current folder."""
    folder = tmp_path / "网页"
    (folder / "下").mkdir(parents=True)
    (folder / "讲话.txt").write_text(SPEECH, encoding="gb18030")
    (folder / "下" / "桥.md").write_text(STORY, encoding="utf-8")
    (folder / "空.html").write_bytes(b"")
    (folder / "图.txt").write_bytes(bytes(range(256)) * 8)
    monkeypatch.chdir(tmp_path)
    return folder


def command(*arguments, **more):
    """`zhengben` as a child process, from wherever the test stands."""
    return [sys.executable, "-m", "flows.cli", *map(str, arguments)], {
        "env": {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"},
        "timeout": 60,
        **more,
    }


def standard_input(monkeypatch, body):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


# ---------------------------------------------------------------- clean


@pytest.mark.usefixtures("pages")
def test_clean_writes_the_whole_dataset(capsys):
    """Parquet, rejects, texts like the input's tree, manifest and report; one line at the end."""
    assert cli.main(["clean", "网页", "--out", "结果"]) == 0
    out = Path("结果")
    check(out)
    assert {name for name in content(out) if not name.startswith("texts/")} == {
        "documents-00000.parquet",
        "manifest.json",
        "rejects.parquet",
        "report.html",
        "texts.sha256",
    }
    assert (out / "texts" / "网页" / "讲话.txt").read_text("utf-8") == BODY
    assert (out / "texts" / "网页" / "下" / "桥.txt").read_text("utf-8") == STORY
    assert [d.text for d in read_documents(out)] == [STORY.rstrip("\n"), BODY.rstrip("\n")]
    assert {r.rule for r in read_rejects(out)} == {"no-text", "binary-content"}
    told = capsys.readouterr()
    assert told.out == ""
    assert re.search(
        r"(?m)^4 files: 2 documents \(0 truncated\), 2 rejected; [\d.]+ s; 结果/report.html\n",
        told.err,
    )
    assert "\nrejected: file:网页/空.html: no-text: the page has no visible text\n" in told.err


@pytest.mark.usefixtures("pages")
def test_no_text_writes_no_texts():
    """`--no-text` leaves the texts to the Parquet files."""
    assert cli.main(["clean", "网页", "--no-text"]) == 0
    assert not Path("zhengben-out", "texts").exists()
    assert Path("zhengben-out", "manifest.json").exists()


def test_bytes_do_not_depend_on_workers_or_place(pages, monkeypatch):
    """1 or 3 workers, from the folder itself or from above: the same files, byte for byte."""
    for number in range(150):
        text = f"第{number}篇\n{STORY}来源：某某日报\n"
        (pages / f"{number:03}.txt").write_text(text, encoding="utf-8")
    assert cli.main(["clean", "网页", "--out", "one", "--workers", "1"]) == 0
    assert cli.main(["clean", "网页", "--out", "three", "--workers", "3"]) == 0
    monkeypatch.chdir(pages)
    assert cli.main(["clean", ".", "--out", "../there"]) == 0
    monkeypatch.chdir(pages.parent)
    assert content(Path("one")) == content(Path("three")) == content(Path("there"))


@pytest.mark.usefixtures("pages")
def test_bytes_are_the_same_in_process_and_in_a_worker(monkeypatch):
    """One small file is cleaned without a worker, and nobody can tell from the result."""
    assert cli.main(["clean", "网页/讲话.txt", "--out", "here"]) == 0
    monkeypatch.setattr(local, "IN_PROCESS_BYTES", -1)
    assert cli.main(["clean", "网页/讲话.txt", "--out", "there"]) == 0
    assert content(Path("here")) == content(Path("there"))


@pytest.mark.usefixtures("pages")
def test_a_second_run_replaces_the_first_and_does_not_read_it():
    """Cleaning `.` twice gives the same dataset: what the first run wrote is not input."""
    assert cli.main(["clean", "."]) == 0
    first = content(Path("zhengben-out"))
    assert cli.main(["clean", "."]) == 0
    assert content(Path("zhengben-out")) == first


def test_a_folder_without_pages_is_said_to_be_one(tmp_path, monkeypatch, capsys):
    """Nothing to read is no error, but it is told what was looked for."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in", "a.png").touch()
    assert cli.main(["clean", "in"]) == 0
    assert "nothing to read there; in folders only .doc .docx" in capsys.readouterr().err


@pytest.mark.usefixtures("pages")
def test_standard_input_may_stand_beside_files(monkeypatch):
    """With `--out`, `-` is one more input: file:stdin."""
    standard_input(monkeypatch, SPEECH.encode())
    assert cli.main(["clean", "-", "--out", "out"]) == 0
    assert [d.provenance.source for d in read_documents(Path("out"))] == ["file:stdin"]


@pytest.mark.usefixtures("pages")
def test_a_bug_is_one_reject_and_one_traceback(monkeypatch, capsys):
    """An exception in cleaning is no end of the run: a reject that names it, and its trace."""

    def broken(page, _, **__):
        raise ZeroDivisionError(page.source)

    monkeypatch.setattr(local, "clean", broken)
    assert cli.main(["clean", "网页/讲话.txt", "--out", "out"]) == 0
    [reject] = read_rejects(Path("out"))
    assert reject.rule == "internal-error"
    assert "ZeroDivisionError" in reject.why
    assert reject.provenance.raw_sha256
    assert capsys.readouterr().err.count("Traceback") == 1


@pytest.mark.usefixtures("pages")
def test_user_packs_apply():
    """`--rules` adds the user's rules, and provenance says so."""
    Path("mine.toml").write_text(PACK, encoding="utf-8")
    assert cli.main(["clean", "网页/下", "--rules", "mine.toml", "--out", "out"]) == 0
    [document] = read_documents(Path("out"))
    assert document.text == "昨天夜里，长江大桥亮灯，岸边站满了看灯的人。"
    assert any(name.startswith("mine@") for name in document.provenance.packs)


def manifest(out):
    return json.loads((Path(out) / "manifest.json").read_text("utf-8"))


@pytest.mark.usefixtures("pages")
def test_the_form_is_recorded_and_proves_the_text():
    """`--off` and `--script` reach the workers; documents and manifest name the steps taken."""
    options = ["--off", "spaces", "--off", "gaps", "--script", "traditional"]
    assert cli.main(["clean", "网页", "--out", "out", *options]) == 0
    documents = list(read_documents(Path("out")))
    assert [d.text.partition("，")[0] for d in documents] == ["昨天夜裏", "同志們：\n今天開會"]
    assert documents[1].title == "全縣會議講話"
    form = Form(frozenset({"spaces", "gaps"}), "traditional")
    for found in documents:
        assert found.provenance.steps == step_names(form)
        assert rebuild(found) == found.text
    assert manifest("out")["steps"] == sorted(step_names(form))
    assert [r.provenance.steps for r in read_rejects(Path("out"))] == [(), ()]  # nothing was done


@pytest.mark.usefixtures("pages")
def test_a_run_with_another_form_leaves_nothing_of_the_one_before():
    """In the same folder the second run's dataset is what it would be in a fresh one."""
    assert cli.main(["clean", "网页", "--out", "again", "--script", "traditional"]) == 0
    assert cli.main(["clean", "网页", "--out", "again"]) == 0
    assert cli.main(["clean", "网页", "--out", "fresh"]) == 0
    assert content(Path("again")) == content(Path("fresh"))
    assert manifest("again")["steps"] == sorted(step_names())


@pytest.mark.usefixtures("pages")
def test_without_opencc_nothing_is_written(monkeypatch, capsys):
    """What is missing is told with the command that installs it, before the first file."""

    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(cleaners.script, "version", missing)
    cleaners.script._version.cache_clear()
    assert cli.main(["clean", "网页", "--out", "out", "--script", "simplified"]) == 2
    assert 'do: pip install "zhengben[script]"' in capsys.readouterr().err
    assert not Path("out").exists()
    standard_input(monkeypatch, STORY.encode())
    assert cli.main(["clean", "-", "--script", "simplified"]) == 2
    assert "OpenCC" in capsys.readouterr().err


# What a folder may hold: the text that comes of it, or in brackets why it is rejected.
ODD_FILES = {
    "empty": (b"", "[no-text]"),
    "a mark of the byte order alone": (b"\xef\xbb\xbf", "[no-text]"),
    "blanks": ("\u3000 \n\t\u200b".encode(), "[nothing-left]"),
    "one character": ("好".encode(), "好"),
    "one letter": (b"a", "a"),
    "only noise": (
        "某某文库整理，咨询QQ206000000\n——试读结束——".encode(),
        "[nothing-left]",
    ),
    "only punctuation": ("。，！？……——“”\n，，，\n！".encode(), "。，！？……——“”\n，，，\n！"),
    "English": (b"The ferry stopped, and nobody\nminded: it was quiet.", None),
    "Russian": ("Зимой паром не ходил, и люди\nшли в обход двадцать вёрст.".encode(), None),
    "Korean": ("도서관은 마을 한가운데에 있다.\n아이들은 책을 읽으러 온다.".encode(), None),
    "Japanese": ("図書館は町の真ん中にある。\n子どもたちは本を読みに来る。".encode(), None),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "[binary-content]"),
    "an archive": (b"PK\x03\x04" + bytes(range(255, -1, -1)) * 8, "[broken-archive]"),
    "NULs": (b"\0" * 5000, "[binary-content]"),
    "text with NULs": ("渡口停了船，\0孩子们在冰上跑。".encode(), "[binary-content]"),
    "half a character of UTF-16": (
        b"\xed\xa0\xbd" + "渡口停了船，孩子们在冰上跑，谁也不怕。".encode(),
        "\ufffd\ufffd\ufffd渡口停了船，孩子们在冰上跑，谁也不怕。",
    ),
    "half a character as an entity": (
        "<p>渡口停了船，&#xD83D;孩子们跑。</p>".encode(),
        "渡口停了船，\ufffd孩子们跑。",
    ),
    "broken bytes": (
        "渡口停了船，孩子们在冰上跑。".encode() + b"\xff\xfe" + "谁也不怕。".encode(),
        "渡口停了船，孩子们在冰上跑。\ufffd\ufffd谁也不怕。",
    ),
    "half a unit of UTF-16": ("渡口停了船。".encode("utf-16") + b"\0", "渡口停了船。\ufffd"),
    "a long line": (
        "".join(f"渡口停了{n}天船，孩子们在冰上跑。" for n in range(20_000)).encode(),
        None,
    ),
    "a long word": (b"a" * 1_000_000, None),
}


@pytest.mark.parametrize("form", [(), ("--script", "simplified"), ("--off", "lines")])
def test_whatever_a_file_holds_is_a_document_or_a_reject(tmp_path, form):
    """No exception and no lost file: text that has no noise stays, anything else says why."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name, (body, _) in ODD_FILES.items():
        (folder / f"{name}.txt").write_bytes(body)
    assert cli.main(["clean", str(folder), "--out", str(out), *form]) == 0
    found = {unquote(d.provenance.source): d.text for d in read_documents(out)}
    found |= {unquote(r.provenance.source): f"[{r.rule}]" for r in read_rejects(out)}
    expected = {
        f"file:in/{name}.txt": body.decode() if text is None else text
        for name, (body, text) in ODD_FILES.items()
    }
    if "simplified" in form:
        expected["file:in/Japanese.txt"] = (
            "図书馆は町の真ん中にある。\n子どもたちは本を読みに来る。"
        )
    assert found == expected


PACK = """
pack = "mine"

[[rule]]
id = "counting-children"
kind = "other"
why = "测试用：数灯的孩子不是正文。"
pattern = ['孩子们数着一盏一盏的灯。']
examples = [{ text = "孩子们数着一盏一盏的灯。" }]
counterexamples = [{ text = "孩子们数着一盏一盏的灯，睡着了。", because = "没有写完" }]
"""


# ---------------------------------------------------------------- the filter


@pytest.mark.usefixtures("pages")
def test_the_filter_gives_clean_text_and_nothing_else():
    """Raw GBK in, clean UTF-8 out, no dataset, also where the locale knows no Chinese."""
    line, options = command("clean", "-")
    options["env"] |= {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        line, input=SPEECH.encode("gbk"), capture_output=True, check=False, **options
    )
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, BODY, b"")
    assert not Path("zhengben-out").exists()


def test_the_filter_converts_when_it_is_asked_to(monkeypatch, capsysbinary):
    """Traditional stays Traditional, unless `--script` says otherwise; `--off` works as well."""
    for options, expected in (
        ([], "頭髮很乾淨，真的。\n"),
        (["--script", "simplified"], "头发很干净，真的。\n"),
        (["--script", "simplified", "--off", "punctuation"], "头发很干净,真的。\n"),
    ):
        standard_input(monkeypatch, "頭髮很乾淨,真的。".encode())
        assert cli.main(["clean", "-", *options]) == 0
        assert capsysbinary.readouterr().out.decode() == expected


PAGE = f"""<title>灯</title><h1>灯</h1><h2>一、桥上</h2><p>{STORY.split("。", maxsplit=1)[0]}，一直亮到天明。</p>
<ul><li>看灯的人从<a href="/q">桥</a>上走过，一个接着一个。<li>*守桥*的人说，明天还亮，后天也亮。</ul><p>大家就散了，各自回家。</p>"""


def test_the_filter_writes_markdown_when_it_is_asked_to(monkeypatch, capsysbinary):
    """Title, headings and lists have their marks, what looks like a mark is escaped; `--links`."""
    for options, bridge in ((), "桥"), (("--links",), "[桥](/q)"):
        standard_input(monkeypatch, PAGE.encode())
        assert cli.main(["clean", "-", "--format", "markdown", *options]) == 0
        assert capsysbinary.readouterr().out.decode() == (
            f"# 灯\n\n## 一、桥上\n\n{STORY.split('。', maxsplit=1)[0]}，一直亮到天明。\n\n"
            f"- 看灯的人从{bridge}上走过，一个接着一个。\n"
            "- \\*守桥\\*的人说，明天还亮，后天也亮。\n\n大家就散了，各自回家。\n"
        )


def test_the_texts_of_a_dataset_may_be_markdown(tmp_path, monkeypatch):
    """`--format markdown`: texts/….md, and the rows can say the same again."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "甲.md").mkdir()
    (tmp_path / "甲.md" / "灯.html").write_text(PAGE, encoding="utf-8")
    assert cli.main(["clean", "甲.md", "--links", "--format", "markdown", "--out", "out"]) == 0
    check(Path("out"))
    [document] = read_documents(Path("out"))
    written = (tmp_path / "out" / "texts" / "甲.md_" / "灯.md").read_text("utf-8")
    assert written == markdown(document) + "\n"
    assert "[桥](/q)" in written


def test_a_book_is_a_document_a_chapter_when_asked(tmp_path, monkeypatch):
    """`--chapters`, in this process and in workers; without it a book is one document."""
    monkeypatch.chdir(tmp_path)
    chapters = {
        f"c{n}.xhtml": f"<h1>第{n}章 守桥</h1><p>{STORY.splitlines()[0]}</p>" for n in (1, 2)
    }
    (tmp_path / "桥.epub").write_bytes(epub(chapters))
    (tmp_path / "灯.txt").write_text(STORY, encoding="utf-8")
    for paths, expected in (["桥.epub"], 2), (["桥.epub", "灯.txt"], 3):
        assert cli.main(["clean", *paths, "--chapters", "--out", "out"]) == 0
        documents = list(read_documents(Path("out")))
        assert [d.title for d in documents][:2] == ["第1章 守桥", "第2章 守桥"]
        assert len(documents) == expected
    assert cli.main(["clean", "桥.epub", "--out", "out"]) == 0
    assert len(list(read_documents(Path("out")))) == 1
    assert cli.main(["clean", "桥.epub", "--chapters", "--out", "book.md"]) == 0
    assert Path("book.md").read_text("utf-8").count("# 第") == 2


def test_explain_shows_a_book_or_its_chapters(tmp_path, monkeypatch, capsys):
    """With `--chapters` each has its own title."""
    monkeypatch.chdir(tmp_path)
    heads = (f"<h1>第{n}章 守桥</h1><p>{STORY.splitlines()[0]}</p>" for n in (1, 2))
    book = {f"c{number}.xhtml": head for number, head in enumerate(heads)}
    (tmp_path / "桥.epub").write_bytes(epub(book))
    assert cli.main(["explain", "桥.epub"]) == 0
    assert "# title = 第1章" not in capsys.readouterr().out
    assert cli.main(["explain", "桥.epub", "--chapters"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("# title = 第1章 守桥") < shown.index("# title = 第2章 守桥")


def test_the_filter_tells_rejects_apart(monkeypatch, capsys):
    """Of an empty page nothing is printed; the reason is told, and the status is 1."""
    standard_input(monkeypatch, b"")
    assert cli.main(["clean", "-"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "rejected: no-text: the page has no visible text\n")


def test_several_documents_are_separated_by_a_form_feed(monkeypatch, capsysbinary):
    """A collection's documents can be told apart on standard output."""
    documents = [*clean_text(STORY), *clean_text(SPEECH)]
    monkeypatch.setattr(local, "clean", lambda *_, **__: documents)
    standard_input(monkeypatch, STORY.encode())
    assert cli.main(["clean", "-"]) == 0
    assert capsysbinary.readouterr().out.decode() == f"{STORY}\f\n{BODY}"


# ---------------------------------------------------------------- explain, rules, check


@pytest.mark.usefixtures("pages")
def test_explain_shows_cuts_under_their_rules(capsys):
    """Each cut stands in its place under its rule's name, without colours in a pipe."""
    assert cli.main(["explain", "网页/讲话.txt"]) == 0
    shown = capsys.readouterr().out
    assert "- compiled-by | 某某文库整理，咨询QQ206000000\n" in shown
    assert "# title = 全县会议讲话\n" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(("no_colour", "expected"), [("", True), ("1", False)])
@pytest.mark.usefixtures("pages")
def test_colours_are_for_terminals_without_no_color(monkeypatch, capsys, no_colour, expected):
    """On a terminal explain is coloured, unless NO_COLOR is set."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", no_colour)
    assert cli.main(["explain", "网页/讲话.txt"]) == 0
    assert ("\x1b[" in capsys.readouterr().out) is expected


@pytest.mark.usefixtures("pages")
def test_explain_names_each_file_of_a_folder(capsys):
    """Of several files it is said which is which; a rejected one shows its reason."""
    assert cli.main(["explain", "网页"]) == 0
    shown = capsys.readouterr().out
    assert re.findall(r"^=== (.*)$", shown, re.MULTILINE) == [
        "网页/下/桥.md",
        "网页/图.txt",
        "网页/空.html",
        "网页/讲话.txt",
    ]
    assert "! rejected | no-text" in shown


def test_rules_lists_every_rule_and_shows_one(capsys):
    """Every listed rule, repairs and comparing rules among them, has a page."""
    assert cli.main(["rules"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert len(names) == len(set(names)) > 20
    for name in (names[0], names[-1], "own-title"):
        assert cli.main(["rules", name]) == 0
        assert capsys.readouterr().out.startswith(f"## {name}\n")


def test_an_unknown_rule_is_wrong_use_with_its_neighbours(capsys):
    """A misspelt id exits with 2 and names the rules that are called alike."""
    assert cli.main(["rules", "compild-by"]) == 2
    assert "compiled-by" in capsys.readouterr().err


@pytest.mark.usefixtures("pages")
def test_check_proves_packs(capsys):
    """A right pack is ok, a wrong one says where, what and what to do, and the status is 1."""
    Path("mine.toml").write_text(PACK, encoding="utf-8")
    assert cli.main(["check", "mine.toml"]) == 0
    assert capsys.readouterr().out == "ok: mine, 1 rule\n"
    Path("wrong.toml").write_text(PACK.replace("。']", "']"), encoding="utf-8")
    assert cli.main(["check", "wrong.toml", "mine.toml"]) == 1
    told = capsys.readouterr()
    assert told.out == "ok: mine, 1 rule\n"
    assert told.err.startswith("wrong.toml: mine: counting-children: ")


def test_shipped_packs_pass_their_own_check(capsys):
    """A pack of ours that is being edited is checked in the place of the shipped one."""
    files = sorted(map(str, (ROOT / "cleaners" / "packs").glob("*.toml")))
    assert cli.main(["check", *files]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(files)


# ---------------------------------------------------------------- wrong use


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["clean"], "needs a file or a folder"),
        (["clean", "没有"], "there is no such file"),
        (["clean", "网页", "--nope"], "no such option"),
        (["clean", "网页", "--workers", "many"], "--workers"),
        (["clean", "网页", "--workers", "-1"], "less than 0"),
        (["clean", "网页", "--off", "quotes"], "'quotes'"),
        (["clean", "网页", "--script", "japanese"], "--script"),
        (["clean", "网页", "--rules", "没有.toml"], "cannot be read"),
        (["clean", "网页", "--rules", "网页/讲话.txt"], "UTF-8"),
        (["clean", "网页", "--rules", "网页/下/桥.md"], "TOML"),
        (["clean", "网页", "--out", "网页"], "where the result is written"),
        (["clean", "网页", "--out", "foreign"], "foreign"),
        (["clean", "网页", "--out", "网页/讲话.txt/x"], "cannot be written"),
        (["explain"], "needs a file or a folder"),
        (["check"], "needs a rule pack"),
        (["wash"], "Unknown command"),
    ],
)
@pytest.mark.usefixtures("pages")
def test_wrong_use_says_what_to_do_and_exits_with_2(capsys, arguments, told):
    """Where, what and what to do; no traceback, and nothing is written."""
    Path("foreign").mkdir()
    Path("foreign", "mine.txt").write_text("mine")
    assert cli.main(arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "     do: " in said
    assert "Traceback" not in said
    assert content(Path("foreign")) == {"mine.txt": b"mine"}
    assert not Path("zhengben-out", "manifest.json").exists()


def test_every_error_of_ours_exits_with_2(monkeypatch, capsys):
    """Whatever error of the tree a command raises, it is told and not thrown."""

    def raising(*_, **__):
        raise ZhengbenError("某处", "坏了", do="重来")

    monkeypatch.setattr(cli, "check_pack", raising)
    assert cli.main(["check", "x.toml"]) == 2
    assert capsys.readouterr().err == "zhengben: 某处: 坏了\n     do: 重来\n"


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("name", ["", "clean", "explain", "rules", "check"])
def test_help_ends_with_an_example_that_runs(name, tmp_path, monkeypatch, capsys):
    """The last line of each help is a command, and it works in a checkout."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "data" / "samples", "data/samples")
    shutil.copytree(ROOT / "cleaners" / "packs", "cleaners/packs")
    assert cli.main([*name.split(), "--help"]) == 0
    last = capsys.readouterr().out.rstrip().splitlines()[-1].strip()
    assert last.startswith(f"$ zhengben {name}".rstrip())
    assert cli.main(shlex.split(last)[2:]) == 0
    told = capsys.readouterr()
    assert told.out or "documents" in told.err


def test_version_is_the_installed_one(capsys):
    """`--version` prints the version that provenance records."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == cli.CODE_VERSION


# ---------------------------------------------------------------- as a process

HEAVY = (
    "prefect httpx pandas numpy pyarrow pyarrow.compute pyarrow.dataset jinja2 rich rich.progress "
    "docstring_parser"
)


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["clean", "网页/讲话.txt"], {"pyarrow", "jinja2"}),
        (["clean", "-"], set()),
        (["explain", "网页/讲话.txt"], set()),
        (["rules"], set()),
        (["--help"], {"rich", "docstring_parser"}),
    ],
)
@pytest.mark.usefixtures("pages")
def test_commands_import_no_more_than_they_need(arguments, needed):
    """Heavy modules are imported by the commands that use them, Prefect by none."""
    script = (
        "import sys; from flows.cli import main; main(sys.argv[1:]);"
        f"print(len(sys.modules), *(set(sys.modules) & set({HEAVY.split()!r})), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        input=STORY.encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    count, *heavy = done.stderr.decode().splitlines()[-1].split()
    assert set(heavy) == needed
    assert int(count) < 460


@pytest.mark.usefixtures("pages")
def test_modules_of_the_current_folder_are_not_imported():
    """Pages may lie beside strangers' Python files; no worker may run these."""
    for name in ("selectors", "signal", "flows", "cleaners", "pickle"):
        Path(f"{name}.py").write_text("open('ran', 'w').close()\n")
    line, options = command("clean", "网页")
    line[1:3] = ["-P", "-m", "flows.cli"]
    done = subprocess.run(line, capture_output=True, check=False, **options)
    assert done.returncode == 0, done.stderr.decode()
    assert not Path("ran").exists()


@pytest.mark.usefixtures("pages")
def test_a_closed_pipe_is_quiet():
    """`zhengben rules --all | head -1` ends without a word."""
    line, options = command("rules", "--all")
    options.pop("timeout")
    child = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait(20) == 0


@pytest.fixture
def many(pages):
    """A hundred small files, and one at the end that takes long enough to be stopped in."""
    for number in range(100):
        (pages / f"{number:04}.txt").write_text(f"第{number}篇\n{STORY}", encoding="utf-8")
    (pages / "龙.txt").write_text(STORY * 200_000, encoding="utf-8")
    return pages


def started(*arguments):
    """A run that has begun to write, and what it does."""
    line, options = command(*arguments)
    options.pop("timeout")
    options["env"].pop("PYTHONWARNINGS")  # a file may be open where the signal strikes
    child = subprocess.Popen(
        line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, **options
    )
    began = time.monotonic()
    while not list(Path("out").glob(".tmp-*/texts/*/0*.txt")):
        assert child.poll() is None
        assert time.monotonic() - began < 30
        time.sleep(0.01)
    return child


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_stopped_run_leaves_nothing_partial_and_the_next_completes(many, number, status):
    """Ctrl-C, SIGTERM and kill -9 in the middle: no file under a final name, then a whole run."""
    child = started("clean", "网页", "--out", "out")
    began = time.monotonic()
    if number == signal.SIGINT:
        os.killpg(child.pid, number)  # a terminal sends it to the workers as well
    else:
        child.send_signal(number)
    assert child.wait(20) == status
    assert time.monotonic() - began < 5
    assert child.stderr is not None
    said = child.stderr.read()
    assert b"Traceback" not in said
    assert number != signal.SIGINT or b"zhengben: stopped; " in said
    child.stderr.close()
    assert not [name for name in content(Path("out")) if not name.startswith(".tmp-")]
    (many / "龙.txt").unlink()
    assert cli.main(["clean", "网页", "--out", "out"]) == 0
    manifest = json.loads(Path("out", "manifest.json").read_text("utf-8"))
    assert manifest["counts"]["documents"] == 102
    assert not list(Path("out").glob(".tmp-*"))


@pytest.mark.usefixtures("pages")
def test_progress_is_plain_lines_without_a_terminal(monkeypatch, capsys):
    """Without a terminal a line every few seconds says how far the run is."""
    monkeypatch.setattr("flows.progress.LINE_SECONDS", 0.0)
    assert cli.main(["clean", "网页", "--out", "out"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "0 of 4 files, 0 rejected"
    assert lines[-4].startswith("4 of 4 files, 2 rejected, ")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.usefixtures("pages")
def test_progress_is_a_bar_on_a_terminal():
    """On a terminal there is a bar on standard error, and it is gone at the end."""
    import pty  # noqa: PLC0415  not on Windows

    ours, theirs = pty.openpty()
    line, options = command("clean", "网页", "--out", "out")
    options["env"] |= {"TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=theirs, check=False, **options)
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "4 of 4 files" in shown
    assert shown.rstrip().endswith("report.html")
