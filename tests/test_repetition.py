"""What a document says again: stamps, copies and planted characters go; what is meant stays."""

from __future__ import annotations

import pytest
from texts import PROSE, document

from cleaners import clean_text
from cleaners.rare import RULES as OF_RARE
from cleaners.repetition import RULES

IDS = {rule.id for rule in (*RULES, *OF_RARE)}


def found(text: str) -> list[tuple[str, str]]:
    """The cuts and flags of this module, as (rule, text)."""
    return [
        (hit.rule, hit.text)
        for result in clean_text(text)
        for hit in (*result.removals, *result.flags)
        if hit.rule in IDS
    ]


def said(text: str) -> str:
    """The text of the one document that `text` becomes."""
    [result] = clean_text(text)
    return result.text


PLANTED = ("龘靐", "麤", "齉爨灪")


def planted(*runs: str) -> str:
    """Prose with something behind the first full stops."""
    lines = [f"{a}{run}{b}" for a, b, run in zip(PROSE[:3], PROSE[3:6], runs, strict=True)]
    return "\n".join((*lines, *PROSE[6:]))


def test_rare_characters_behind_full_stops_go() -> None:
    """Three places, other characters in each, and nowhere else in the text."""
    assert found(planted(*PLANTED)) == [("rare-behind-stop", run) for run in PLANTED]
    assert said(planted(*PLANTED)) == said(planted("", "", ""))


def test_the_same_rare_characters_behind_full_stops_go() -> None:
    """Two of them that mean nothing and stand nowhere else; three places are enough."""
    assert found(planted("龘靐", "龘靐", "龘靐")) == [("rare-behind-stop", "龘靐")] * 3


def test_keywords_behind_a_few_paragraphs_go() -> None:
    """Of many paragraphs three end so, a Latin word among them, and all others end well."""
    lines = [*PROSE, *(line.replace("，", "，又") for line in PROSE)]
    words = {1: "前端", 4: "redis", 6: "后端"}
    said = [line + words.get(n, "") for n, line in enumerate(lines)]
    assert found("\n".join(said)) == [("keyword-suffix", word) for word in words.values()]


def test_words_behind_a_few_paragraphs_stay_without_a_latin_one() -> None:
    """特此通知, a place, a name: what a letter ends with."""
    lines = [*PROSE, *(line.replace("，", "，又") for line in PROSE)]
    words = {1: "特此说明", 4: "王小满", 6: "渡口"}
    said = [line + words.get(n, "") for n, line in enumerate(lines)]
    assert found("\n".join(said)) == []


def test_counters_below_the_text_go() -> None:
    """0 0 as the last line, with a site's own words below it."""
    text = document("大家都回家去了，河上一条船也没有。") + "\n0 0\n关于我们 - 联系我们 - 投稿须知"
    assert ("lone-counters", "0 0") in found(text)


def test_the_last_row_of_numbers_stays() -> None:
    """A matrix at the end of a text, whatever stands below it."""
    text = document("矩阵如下。") + "\n1 0\n0 1\n关于我们 - 联系我们 - 投稿须知"
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(planted("龘", "", ""), id="once"),
        pytest.param(planted("龘", "龘", "龘"), id="the same each time: somebody's name"),
        pytest.param(
            planted("龘靐说好。", "龘靐走了。", "龘靐不信。"), id="somebody does something"
        ),
        pytest.param(planted("龘靐", "龘靐", ""), id="the same, twice"),
        pytest.param(planted(*PLANTED) + "\n龘靐走了，麤来了，齉爨灪也来了。", id="also elsewhere"),
        pytest.param(planted("龘读作dá。", "靐是雷声。", "爨，灶也。"), id="a dictionary"),
        pytest.param(planted("蝴蝶来了。", "蜻蜓来了。", "琵琶响了。"), id="words of two"),
        pytest.param(planted("這樣就好。", "還沒過來。", "說完了。"), id="Traditional characters"),
    ],
)
def test_rare_characters_that_are_meant_stay(text: str) -> None:
    """Names, dictionaries, rarer words."""
    assert found(text) == []


def test_a_sentence_printed_twice_is_printed_once() -> None:
    """Also when several sentences are repeated together."""
    once = "河水一年四季都是温的，冰没有了。"
    two = "船停在岸边。大家都在等对岸的人过来。"
    for again in (once, two):
        text = document(f"{PROSE[0]}{again}{again}{PROSE[5]}")
        assert found(text) == [("sentence-twice", again)]
        assert said(text) == said(document(f"{PROSE[0]}{again}{PROSE[5]}"))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("“好！好！”他连声说。好。好。", id="short"),
        pytest.param("他说：“今天不能开船过河去。今天不能开船过河去。”", id="speech"),
        pytest.param("河水一年四季都是温的。" * 3, id="three times: a refrain"),
        pytest.param("月亮走，我也走，\n月亮走，我也走，", id="verses"),
        pytest.param("啊，黄河！\n啊，黄河！", id="exclamations"),
        pytest.param("同志们：\n同志们：", id="salutations"),
    ],
)
def test_what_is_said_twice_on_purpose_stays(line: str) -> None:
    """Refrains, speech and short sentences."""
    assert found(document(line)) == []


def test_a_paragraph_printed_twice_in_a_row_is_printed_once() -> None:
    """A pull quote; further down it is only flagged, for it may be a quotation."""
    [(rule, text)] = found("\n".join((*PROSE[:3], PROSE[2], *PROSE[3:])))
    assert (rule, text) == ("line-twice", PROSE[2])
    [(rule, _)] = found("\n".join((*PROSE, PROSE[1])))
    assert rule == "paragraph-again"


def test_counters_between_paragraphs_go() -> None:
    """Likes and comments; a matrix and a score stay."""
    assert "0 0" not in said(document("0 0")).split("\n")
    for meant in ("0 1\n1 0", "3 2", "0"):
        assert ("lone-counters", meant) not in found(document(meant))
    assert found(document("0 1\n1 0")) == []


def test_a_text_without_repetition_has_no_marks() -> None:
    """Plain prose."""
    assert found(document()) == []


@pytest.mark.parametrize("times", [3, 4, 10])
def test_a_sentence_printed_often_is_left_alone(times: int) -> None:
    """What stands there three times and more is meant, or nobody knows: all of it stays."""
    assert found(document(PROSE[0] + "河水一年四季都是温的，冰没有了。" * times)) == []
    assert found(document(PROSE[0] + "船停在岸边。大家都在等对岸的人过来。" * times)) == []


CARD = "[\n\n![](https://img.example.com/a.png)\n\n渡口往事（二）\n\n](https://example.com/b)"


def test_a_link_card_over_several_lines_goes_whole() -> None:
    """Its frame, its picture and its title are one block."""
    assert ("link-card", CARD) in found(document(CARD))
    assert said(document(CARD)) == said(document())


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(CARD.replace("渡口往事（二）", "图1 渡口"), id="a caption"),
        pytest.param(CARD.replace("example.com/b)", "example.com/b.png)"), id="its own picture"),
        pytest.param("[\n1,\n2\n](x)", id="code"),
        pytest.param(CARD.replace("渡口往事（二）", PROSE[0] + PROSE[1]), id="text"),
        pytest.param(CARD.replace("![](https://img.example.com/a.png)", "渡口"), id="no picture"),
    ],
)
def test_what_only_looks_like_a_card_is_none(block: str) -> None:
    """A picture with its caption, a list of numbers, a paragraph."""
    assert "link-card" not in {rule for rule, _ in found(document(block))}


def test_a_damaged_copy_of_the_opening_is_a_summary_as_well() -> None:
    """One of the two is in full width; they are compared as they are meant."""
    opening = "入冬以后（2023年），河湾镇的渡口停了船，对岸的人进城要绕20里山路，赶集的"
    text = document(head=(opening, opening.replace("2023", "２０２３") + "日子少了一半。"))
    assert ("summary-of-body", opening) in found(text)


def test_a_tag_behind_a_damaged_full_stop_is_a_tag() -> None:
    """#x3002; is a full stop."""
    tags = ("github", "bash", "前端", "后端")
    lines = [p.rstrip("。”") + "#x3002;" + t for p, t in zip(PROSE, tags, strict=False)]
    assert [text for rule, text in found("\n".join(lines)) if rule == "keyword-suffix"] == list(
        tags
    )
