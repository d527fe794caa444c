"""What changed between two datasets: each document once, each rule's share, the largest as text."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pytest
from exchanges import an_article
from hypothesis import given
from hypothesis import strategies as st
from kept import PACK, in_this_process, keep, some_pages

from cleaners import clean_text
from cleaners.difference import MOST_PIECES, _minus, change, pieces
from cleaners.errors import UsageError
from cleaners.parse import parse_pack
from cleaners.rules import make_rules
from flows import places, release
from flows.cli import main
from flows.differences import differences
from flows.export import export
from flows.local import clean_paths
from flows.places import TablesAt
from flows.reclean import reclean
from flows.tables import Tables

FERRY = "渡口的船夫姓周，每天天不亮就把灯挂在船头，等第一个要过河的人。"
TEXT = f"渡口\n{FERRY}\n他说水有水的脾气，人顺着它，它就送人一程；人同它争，它就把人留下来。"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Four pages, cleaned with the shipped rules and then with one more."""
    data = tmp_path_factory.mktemp("difference")
    (data / "mine.toml").write_text(PACK, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        some_pages(data)
        export(data, data / "before")
        release.release(data, release.Asked(name="first"))
        done = reclean(data, pack_files=[data / "mine.toml"])
        export(data, data / "after")
        (data / "version").write_text(str(done.before))
    return data


def documents(text=TEXT, pack=PACK):
    [before] = clean_text(text)
    [after] = clean_text(text, make_rules([parse_pack(pack, "mine")]))
    return before, after


def test_a_cut_that_is_new_is_a_piece_under_its_rule():
    before, after = documents()
    found = change(before, after)
    assert (found.kind, found.size, found.columns[0]) == ("text", len(FERRY), "text")
    ours = [piece for piece in pieces(before, after) if piece.rule == "ferry-line"]
    assert [(piece.did, piece.text.strip()) for piece in ours] == [("gone", FERRY)]
    assert ours[0].after.strip().startswith("他说水有水的脾气")
    back = [piece for piece in pieces(after, before) if piece.rule == "ferry-line"]
    assert [piece.did for piece in back] == ["back"]


def test_what_does_not_count_and_what_does():
    [one] = clean_text(TEXT)
    elsewhere = replace(one.provenance, source="x", packs=(), code_version="9")
    assert change(one, replace(one, provenance=elsewhere)) is None
    assert change(one, replace(one, title="渡船")).kind == "facts"
    assert change(one, replace(one, removals=())).kind == "evidence"
    other = replace(one.provenance, raw_sha256="other")
    assert change(one, replace(one, provenance=other)).kind == "bytes"
    rewritten = replace(one, text=one.text.replace("，", ","))
    found = change(one, rewritten)
    assert (found.kind, found.size > 0) == ("text", True)
    assert {piece.did for piece in pieces(one, rewritten)} == {"gone", "back"}


SPANS = st.lists(st.integers(0, 40), max_size=16, unique=True).map(
    lambda places: list(zip(sorted(places)[::2], sorted(places)[1::2], strict=False))
)


@given(SPANS, SPANS)
def test_subtracting_spans_is_subtracting_sets(some, others):
    def points(spans):
        return {at for start, end in spans for at in range(start, end)}

    left = list(_minus(some, others))
    assert points(left) == points(some) - points(others)
    assert all(start < end for start, end in left)
    assert left == sorted(left)


def test_of_a_long_text_a_few_shortened_pieces_are_shown():
    lines = [f"第{n}行写的是渡口的事，第{n}行也就写完了。" for n in range(60)]
    [one] = clean_text("\n".join(lines))
    other = replace(one, text=one.text.replace("渡口", "村口"), original="")
    found = pieces(one, other)
    assert len(found) == MOST_PIECES
    assert [(piece.did, piece.text) for piece in found[:2]] == [("gone", "渡"), ("back", "村")]
    assert (found[0].before, found[0].after[:4]) == ("第0行写的是", "口的事，")
    half = replace(one, text="\n".join(lines[30:]), original="")
    [gone] = pieces(one, half)
    assert (gone.did, len(gone.text) < 250, gone.left_out > 0) == ("gone", True, True)


def test_two_versions_of_the_tables_and_two_folders_say_the_same(data):
    version = int((data / "version").read_text())
    tables = differences(TablesAt(data, version), TablesAt(data))
    folders = differences(data / "before", data / "after")
    for found in (tables, folders):
        assert (found.documents_before, found.documents_after) == (4, 4)
        assert dict(found.changed) == {"text": 4}
        assert (found.added, found.removed, found.moved, found.unchanged) == (0, 0, 0, 0)
        [rule] = [each for each in found.rules if each.rule == "ferry-line"]
        assert (rule.cuts_before, rule.cuts_after, rule.characters) == (0, 4, 4 * len(FERRY))
        assert [pack.partition("@")[0] for pack in found.packs[1]] == ["mine"]
        assert [each.source for each in found.largest] == [
            f"https://example.cn/a/{n}.html" for n in range(1, 5)
        ]
    assert tables.rules == folders.rules
    assert tables.largest == folders.largest


def test_a_dataset_and_itself(data):
    found = differences(data / "after", TablesAt(data))
    assert found.is_empty
    assert (found.unchanged, found.rules, found.largest) == (4, (), ())


def test_pages_that_came_went_moved_and_changed(tmp_path, monkeypatch):
    in_this_process(monkeypatch)
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("stays", "goes", "moves", "changes"):
        (raw / f"{name}.txt").write_text(f"{TEXT}{name}。", encoding="utf-8")
    clean_paths([raw], tmp_path / "before", workers=1)
    (raw / "goes.txt").unlink()
    (raw / "moves.txt").rename(raw / "moved.txt")
    (raw / "changes.txt").write_text(f"{TEXT}第二稿。", encoding="utf-8")
    (raw / "comes.txt").write_text(f"{TEXT}新来的。", encoding="utf-8")
    (raw / "empty.txt").write_text("", encoding="utf-8")
    clean_paths([raw], tmp_path / "after", workers=1)
    found = differences(tmp_path / "before", tmp_path / "after")
    assert (found.added, found.removed, found.moved, found.unchanged) == (1, 1, 1, 1)
    assert dict(found.changed) == {"bytes": 1}
    assert dict(found.examples) == {
        "added": ("file:raw/comes.txt",),
        "removed": ("file:raw/goes.txt",),
        "moved": ("file:raw/moved.txt",),
    }
    assert list(found.rejects.values()) == [(0, 1)]
    assert found.largest[0].change.kind == "bytes"


def test_what_is_meant_by_a_dataset(data, tmp_path):
    assert places.dataset("latest", data) == data / "releases" / "first"
    assert places.dataset(str(data / "releases" / "latest"), data) == data / "releases" / "first"
    assert places.dataset(f"{data}@3", data) == TablesAt(data, 3)
    assert places.dataset(str(data / "before"), data) == data / "before"
    with pytest.raises(UsageError, match="no such dataset"):
        places.dataset("nowhere", data)
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "latest").write_text("gone\n")
    with pytest.raises(UsageError, match="is not there"):
        places.dataset("latest", tmp_path)


def test_the_command_line_shows_text_json_and_a_page(data, tmp_path, capsys):
    page = tmp_path / "page.html"
    before, after = str(data / "before"), str(data / "after")
    assert main(["diff", before, after, "--html", str(page)]) == 0
    out = capsys.readouterr().out
    assert "changed 4 (text 4)" in out
    assert f"- ferry-line | {FERRY}" in out
    assert main(["diff", before, after, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rules"][0]["characters"] == 4 * len(FERRY)
    html = page.read_text(encoding="utf-8")
    assert FERRY in html
    assert "<style>\n:root" in html
    assert not re.search(r"(?:src|href)=|<script|url\(", html), "it loads nothing"
    assert main(["diff", before, "nowhere"]) == 2
    assert "no such dataset" in capsys.readouterr().err


def test_a_dataset_without_the_columns_is_refused(data):
    release.release(data, release.Asked(columns=("title",), name="few"), latest=False)
    with pytest.raises(UsageError, match="lacks the columns source"):
        differences(data / "releases" / "few", data / "after")


def test_two_sources_that_name_one_page_are_one_document_each(tmp_path, monkeypatch):
    in_this_process(monkeypatch)
    keep(tmp_path, an_article(1), origin="one", file="one/1.warc.gz")
    keep(tmp_path, an_article(1, "另一句。"), origin="two", file="two/1.warc.gz")
    assert differences(TablesAt(tmp_path), TablesAt(tmp_path)).unchanged == 2
    shutil.rmtree(tmp_path / "archive")
    assert Tables(tmp_path).read("documents").num_rows == 2
