"""Rows [[site]] of packs: selectors that say where a site's pages have their text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleaners import Document, RawPage, clean, packs
from cleaners.errors import RulePackError
from cleaners.html import EXTRACTOR, extract
from cleaners.parse import parse_pack
from cleaners.prove_sites import prove_page
from cleaners.rules import make_rules
from flows import cli

DOC = (Path(__file__).parents[1] / "docs" / "sites.md").read_text("utf-8")
[PACK] = re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)
PAGE = (
    "<title>渡口的清晨_河湾网</title><h1>渡口的清晨</h1><div class=info>2024-11-06 08:10</div>"
    "<div class=lead><p>河湾县有三个渡口，最老的一个在城关镇，已经开了七十年。</p></div>"
    "<div id=zoom style='display:none'><p>摆渡人老周说，船还在。</p>"
    "<ul><li><a href=/1>看船</a></ul><p class=tool>分享到</p></div>"
)


def cleaned(source: str, pack: str = PACK, page: str = PAGE) -> Document:
    rules = make_rules((*packs.shipped(), parse_pack(pack)))
    [document] = clean(RawPage(source, page.encode()), rules)
    assert isinstance(document, Document)
    return document


def test_the_document_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pack of docs/sites.md proves itself, and the errors there are those that are printed."""
    monkeypatch.chdir(tmp_path)
    Path("hewan.toml").write_text(PACK, "utf-8")
    assert cli.main(["check", "hewan.toml"]) == 0
    assert capsys.readouterr().out == "ok: hewan, 1 site\n"
    Path("hewan.toml").write_text(PACK.replace("#zoom", "#zoon"), "utf-8")
    assert cli.main(["check", "hewan.toml"]) == 1
    assert capsys.readouterr().err in DOC


def test_a_row_overrides_the_general_method_on_its_hosts() -> None:
    """All of the body is kept, hidden or not, but what is excluded; facts that are not found stay."""
    document = cleaned("https://news.hewan.example/a.html")
    assert document.text == "摆渡人老周说，船还在。\n看船"
    assert document.title == "渡口的清晨"
    assert document.metadata["published"].witness == "site:hewan"
    assert document.provenance.extractor == f"{EXTRACTOR}+hewan"
    assert document.provenance.packs[-2].startswith("hewan@")


def test_other_hosts_and_pages_without_the_body_go_the_general_way() -> None:
    """The row is not asked, or finds nothing."""
    assert cleaned("https://other.example/a.html").provenance.extractor == EXTRACTOR
    page = PAGE.replace("id=zoom style='display:none'", "id=main")
    document = cleaned("https://hewan.example/a.html", page=page)
    assert document.provenance.extractor == EXTRACTOR
    assert "船还在" in document.text


def test_no_list_is_rejected_where_a_row_found_its_body() -> None:
    """The row says that this is the text."""
    links = "".join(f"<li><a href=/{i}>河湾县第{i}批公示名单之一览</a></li>" for i in range(9))
    page = f"<title>名单列表</title><ul id=zoom>{links}</ul>"
    [site] = parse_pack(PACK).sites
    assert extract(page).refusal is not None
    found = extract(page, sites=[site])
    assert found.refusal is None
    assert len(found.lines) == 9


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('hosts = [".hewan.example"]', "", "needs the hosts of its pack"),
        ("'#zoom'", "'#zoom >'", "body is no CSS selector"),
        ("'#zoom'", "3", "body must be a selector or a list of selectors"),
        ("'#zoom'", "''", "needs body"),
        ("['.tool', '.xg']", "['.tool', '']", "exclude must be a selector"),
        ("news.hewan.example", "hewan.test", "test_url is on none of the pack's hosts"),
        ('"摆渡人老周"', '"周"', "phrase needs 4 characters or more"),
        ('"摆渡人老周"', '"摆渡人老王"', "the text has no such phrase"),
        ("'.info'", "'.infos'", "published finds nothing"),
        ("2024-11-06", "11-06", "published finds nothing"),
        ("exclude ", "excluded", "does not know the key 'excluded'"),
    ],
)
def test_a_wrong_row_tells_its_author_what_is_wrong(old: str, new: str, told: str) -> None:
    """The pack, the row, what it saw and what to do."""
    assert old in PACK
    with pytest.raises(RulePackError, match=re.escape(told)) as error:
        parse_pack(PACK.replace(old, new))
    assert error.value.where == "hewan: [[site]] 1"


def test_a_row_can_be_tried_on_the_page_itself() -> None:
    """What was promised of the imitation is asked of a page that was fetched."""
    [site] = parse_pack(PACK).sites
    prove_page("hewan", site, site.page.encode("gb18030"))
    with pytest.raises(RulePackError, match="no such phrase"):
        prove_page("hewan", site, PAGE.replace("老周", "老王"))
