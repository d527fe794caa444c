"""Whether text is missing: notices weighed against how the text ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from texts import PROSE, TEXTS, document

from cleaners import Document, clean_text
from cleaners.document import Evidence
from cleaners.truncation import UNFINISHED, breaks_off, stops_short

CUT_OFF = (
    "村里的三户人家合伙买了一条小船，专门在雾里摆渡，收的钱刚够买柴油，到了冬天船要上岸修理，他们就"
)


def truncation(*tail: str) -> Document:
    [found] = clean_text(document(tail=tail))
    return found


def test_a_whole_text_says_nothing() -> None:
    """Without notice and with an ending nothing is known of a truncation."""
    assert truncation().truncation is None
    assert not truncation().truncated


@pytest.mark.parametrize(
    ("tail", "kind", "rules"),
    [
        pytest.param(["……试读结束……"], "tail_cut", {"trial-end"}, id="marker"),
        pytest.param(
            [CUT_OFF, "……试读结束……"], "tail_cut", {"trial-end", UNFINISHED}, id="marker-and-end"
        ),
        pytest.param([CUT_OFF], "tail_cut", {UNFINISHED}, id="silent"),
        pytest.param(
            ["因篇幅问题不能全部显示，请点此查看更多更全内容"],
            "notice_only",
            {"length-limit-notice"},
            id="notice-on-a-whole-text",
        ),
        pytest.param(
            [CUT_OFF, "因篇幅问题不能全部显示，请点此查看更多更全内容"],
            "tail_cut",
            {"length-limit-notice", UNFINISHED},
            id="notice-on-a-broken-text",
        ),
        pytest.param(
            ["（未完，全文共5210字，当前显示1830字）"],
            "tail_cut",
            {"length-counter"},
            id="counter",
        ),
    ],
)
def test_what_is_said_is_weighed_against_how_the_text_ends(
    tail: list[str], kind: str, rules: set[str]
) -> None:
    """A marker or a broken sentence is a cut; a template's notice alone is a notice."""
    found = truncation(*tail)
    assert found.truncation
    assert found.truncation.kind == kind
    assert {e.rule for e in found.truncation.evidence} == rules
    assert found.truncated is (kind != "notice_only")


def test_an_unfinished_sentence_stays_in_the_text() -> None:
    """What is there of the last sentence is kept; the evidence points at its line."""
    found = truncation(CUT_OFF, "......试读结束......")
    assert found.text.endswith(CUT_OFF)
    text = document(tail=(CUT_OFF,))
    at = text.index(CUT_OFF, len(document()))
    assert found.truncation
    assert Evidence(UNFINISHED, at, at + len(CUT_OFF)) in found.truncation.evidence


def test_a_hole_in_the_middle_is_no_cut_of_the_tail() -> None:
    """A piece taken out of the middle is named as such, with the number of characters it had."""
    [found] = clean_text(document("---此处隐藏1204字，下载后查看---"))
    assert found.truncation
    assert (found.truncation.kind, found.truncation.hidden_chars) == ("middle_hole", 1204)
    assert found.truncated


@pytest.mark.parametrize(
    ("declared", "shown", "kind"),
    [(5210, 1830, "tail_cut"), (1000, 940, "tail_cut"), (1000, 960, "notice_only")],
)
def test_declared_counts_are_compared(declared: int, shown: int, kind: str) -> None:
    """Much fewer characters shown than declared is a cut; counts that agree are a notice."""
    found = truncation(f"（未完，全文共{declared}字，当前显示{shown}字）").truncation
    assert found
    assert (found.kind, found.declared_chars, found.shown_chars) == (kind, declared, shown)


def test_counts_that_agree_do_not_finish_a_sentence() -> None:
    """A text that breaks off is cut, whatever the page counts."""
    found = truncation(CUT_OFF, "（未完，全文共1000字，当前显示1000字）")
    assert found.truncated


@pytest.mark.parametrize(
    "line",
    [
        "谢谢大家！",
        "他说：“雾大的日子，木头不好干，活儿也就做得慢，等到春天再来取吧，一定给你做得结结实实的。”",
        "（作者单位：河湾镇水利管理站，本文写于去年冬天，写作时得到许多同志的帮助，在此一并致谢）",
        "河湾镇水利管理站，河湾镇渡口管理所，河湾镇航运合作社，河湾镇木器厂，联合整理，2024年3月5日",
        "附件：一、渡口管理办法；二、渡口船只登记表；三、渡口收费标准；四、渡口安全须知及应急预案：",
        "河湾镇渡口管理所",
        "二〇二四年三月五日",
        "记者：河湾客，摄影：渡口人，编辑：水边人，校对：山里人，审核：镇上人，监制：县里人，出品：河湾",
    ],
)
def test_a_text_may_end_without_a_full_stop(line: str) -> None:
    """Signatures, dates, quotations, brackets and short lines are endings."""
    assert not breaks_off(line)


@pytest.mark.parametrize("role", ["table", "code", "list", "heading"])
def test_what_is_no_running_text_does_not_break_off(role: str) -> None:
    """Cells, code, list items and headings have no sentence to finish."""
    assert breaks_off(CUT_OFF)
    assert not breaks_off(CUT_OFF, role)  # type: ignore[arg-type]


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_paragraph_cut_short_breaks_off(cut: int) -> None:
    """A long paragraph without its last characters is seen to stop in mid-sentence."""
    assert breaks_off((PROSE[0] + PROSE[1])[:-cut])
    assert not breaks_off(PROSE[0] + PROSE[1])


@pytest.mark.parametrize("mark", "，、,")
def test_a_line_that_ends_in_a_comma_breaks_off(mark: str) -> None:
    """A comma is no ending, however short the line is; a name or a salutation may be."""
    assert breaks_off(f"专门在雾里摆渡的三户人家{mark}")
    assert not breaks_off(f"同志们{mark}")


@given(TEXTS)
def test_the_evidence_lies_in_the_document(text: str) -> None:
    """Evidence of a truncation points into the document's own part of the page, in order."""
    for found in clean_text(text):
        if found.truncation:
            assert found.truncation.evidence
            spans = [(e.start, e.end) for e in found.truncation.evidence]
            assert spans == sorted(spans)
            for start, end in spans:
                assert found.segment.start <= start < end <= found.segment.end


WHOLE = "他来了。大家很高兴。谁也没有说话，只是看着。"


@pytest.mark.parametrize(
    ("last", "noticed", "cut"),
    [
        ("经手的事情有八件，差错两件，都已", False, True),
        ("前天我又到村里去看", False, False),
        ("前天我又到村里去看", True, True),
        ("值班电话，029-5550066", False, False),
        ("联系人：王老师", True, False),
        ("问题解决了，多谢各位。github", False, False),
    ],
)
def test_a_last_line_is_judged_by_the_lines_above_it(last: str, noticed: bool, cut: bool) -> None:  # noqa: FBT001
    """In a text of whole sentences a last line with a comma and no end was cut; a label was not."""
    assert stops_short(f"{WHOLE}\n{last}", noticed=noticed) is cut


def test_a_short_rest_is_read_with_the_line_that_runs_on_into_it() -> None:
    """A hard-wrapped last sentence is unfinished even when its last line has four characters."""
    wrapped = f"{WHOLE}\n边做边念口诀，两臂摆起来，身体蹲下来，用力蹬\n地像弹"
    assert stops_short(wrapped)
    assert not stops_short("床前明月光，疑是地上霜\n举头望明月，低头思故乡")


@pytest.mark.parametrize(
    ("last", "stops"),
    [
        ("为了做好渡口的防冰工作", True),
        ("各村要明确一名摆渡的船工", True),
        ("11月份，为", True),
        ("图书管理员教给我一个办法，叫作从小处做起，用了", True),
        ("渡口防冰的几点思考", False),
        ("祝大家都要平平安安过个好年", False),
        ("词条标签：渡口，摆渡，木船", False),
        ("下载某某客户端，看更多精彩内容，", False),
        ("船工的日记见 https://example.com/a/b，原件在 www.example.com", False),
        ("河水退了。lamp/bamboo-clock", False),
    ],
)
def test_a_short_last_line_stops_short_or_not(last: str, stops: object) -> None:
    """A clause that wants another was cut; a label, a wish, an address, a site's words were not."""
    assert stops_short(f"{document()}\n{last}") is stops


def test_dots_on_a_line_of_their_own_hide_no_unfinished_sentence() -> None:
    """What stands above them is the last line."""
    assert stops_short(f"{document()}\n他没有再问，把船撑得又慢又稳，\n……")
    assert not stops_short(f"{document()}\n他没有再问。\n……")


def test_a_numbered_heading_that_has_begun_its_text_stops_short() -> None:
    """四、其他事项。对档案管: with a notice, the sentence behind the heading is looked at."""
    assert stops_short(f"{document()}\n四、其他事项。对渡", noticed=True)
    assert not stops_short(f"{document()}\n四、其他事项", noticed=True)
