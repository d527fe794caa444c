"""To look at a dataset that is there: its figures again, on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows import cli
from flows.commit import load
from flows.dataset import read_documents, read_rejects

NOISY = "河灯\n来源：网络\n{}\n下面是某某文档网小编给大家带来的交流发言材料，希望大家喜欢。\n"
BODY = (
    "入冬以后，渡口停了船，孩子们把板凳翻过来当冰车，从东岸一直滑到西岸。{}\n太阳落山，冰开始响了。"
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Three documents and a reject, cleaned with times."""
    home = tmp_path_factory.mktemp("look")
    (home / "pages").mkdir()
    for number in range(3):
        text = NOISY.format(BODY.format("又" * number))
        (home / "pages" / f"{number}.txt").write_text(text, encoding="utf-8")
    (home / "pages" / "nothing.txt").write_text(" \n", encoding="utf-8")
    out = home / "out"
    assert cli.main(["clean", str(home / "pages"), "--out", str(out), "--times", "--no-text"]) == 0
    return out


def test_stats_counts_what_is_there(dataset, capsys):
    """`stats --json` has the numbers of the manifest, and every cut by its rule."""
    assert cli.main(["stats", str(dataset), "--json"]) == 0
    run = json.loads(capsys.readouterr().out)
    manifest = load(dataset)
    assert (run["documents"], run["rejected"]) == (3, 1)
    assert run["removed"] == manifest["counts"]["characters_removed"] > 0
    assert {rule["id"]: rule["cuts"] for rule in run["rules"]} == manifest["removals_by_rule"]
    assert {r["rule"]: r["pages"] for r in run["rejects"]} == manifest["rejects_by_rule"]
    assert sum(rule["cuts"] for rule in run["rules"]) == sum(
        len(document.removals) for document in read_documents(dataset)
    )


def test_stats_are_readable_on_a_narrow_terminal(dataset, capsys, monkeypatch):
    """Tables fit into 80 columns, with a row for each rule, each reason and each signal."""
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["stats", str(dataset)]) == 0
    shown = capsys.readouterr().out
    wide = sum(len(name.encode("gbk")) for name in ("版权声明",)) // 2  # columns that count as one
    assert max(map(len, shown.split("\n"))) <= 80 + wide
    [reject] = read_rejects(dataset)
    [first, *_] = read_documents(dataset)
    for name in (reject.rule, "han_share", *(cut.rule for cut in first.removals)):
        assert name in shown
    assert "3 documents" in shown


@pytest.mark.parametrize("arguments", [["nowhere"], ["{}", "--top", "0"]])
def test_what_cannot_be_counted_is_told(dataset, arguments, capsys):
    """No folder, no rows: an error that says what to do."""
    assert cli.main(["stats", *(each.format(dataset) for each in arguments)]) == 2
    assert "do: " in capsys.readouterr().err


def test_times_go_into_the_report_and_nowhere_else(dataset, tmp_path):
    """With --times the data have the bytes that they have without."""
    pages = dataset.parent / "pages"
    assert cli.main(["clean", str(pages), "--out", str(tmp_path / "plain"), "--no-text"]) == 0
    timed, plain = load(dataset), load(tmp_path / "plain")
    assert "Slowest pages" in (dataset / "report.html").read_text("utf-8")
    assert "Slowest pages" not in (tmp_path / "plain" / "report.html").read_text("utf-8")
    for manifest in (timed, plain):
        manifest["files"] = [f for f in manifest["files"] if f["name"] != "report.html"]
        del manifest["manifest_sha256"]  # of the report's checksum, too
    assert timed == plain


def test_a_second_run_is_compared_with_the_first(dataset, tmp_path):
    """Into the folder of another run the report says what has changed, and only then."""
    pages, out = tmp_path / "pages", tmp_path / "out"
    pages.mkdir()
    first = Path(dataset.parent / "pages" / "0.txt").read_text("utf-8")
    (pages / "0.txt").write_text(first, encoding="utf-8")
    run = ["clean", str(pages), "--out", str(out)]
    assert cli.main(run) == 0
    alone = (out / "report.html").read_bytes()
    assert cli.main(run) == 0
    assert (out / "report.html").read_bytes() == alone
    (pages / "1.txt").write_text(first + "又一行，仍是正文的一部分。", encoding="utf-8")
    assert cli.main(run) == 0
    assert "Compared with the run before" in (out / "report.html").read_text("utf-8")
