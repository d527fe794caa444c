"""What a page says about its text, and how far it is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import TEXTS, document

from cleaners import clean_text
from cleaners.document import Edit, Harvested
from cleaners.harvest import NUMBERS, harvest, value
from cleaners.page import Mark, Page, Part, split_lines
from cleaners.rules import HARVESTABLE, Rule

RULE = Rule("x", "other", "w", ("甲",), (), ())
LATER = Rule("y", "other", "w", ("甲",), (), ())


def said(*facts: tuple[Rule, str, str], repairs: tuple[Edit, ...] = ()) -> dict[str, Harvested]:
    """What is harvested where these rules say these values one after another."""
    text = "".join(printed for _, _, printed in facts)
    marks, at = [], 0
    for rule, name, printed in facts:
        marks.append(Mark(rule, at, at + len(printed), ((name, at, at + len(printed)),)))
        at += len(printed)
    page = Page(text, split_lines(text), repairs)
    return harvest(page, Part(0, len(text)), marks, {})


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("2024-10-03", "2024-10-03"),
        ("2024年3月5日", "2024-03-05"),
        ("２０２４．３．５", "2024-03-05"),
        ("2024/1/5 08:30", "2024-01-05T08:30+08:00"),
        ("2024-01-05T08:30:59", "2024-01-05T08:30:59+08:00"),
        ("2024年1月", "2024-01"),
        ("发布于2024年1月5日 9时30分", "2024-01-05T09:30+08:00"),
        ("2024年02月29日", "2024-02-29"),
        ("2023年02月29日", None),
        ("2024-04-31", None),
        ("2024-13-01", None),
        ("2024-00-10", None),
        ("2024-10-00", None),
        ("2024-10-03 25:00", "2024-10-03"),
        ("昨天", None),
        ("", None),
        ("3月5日", None),
    ],
)
def test_a_printed_date_is_an_iso_date_or_none(printed: str, meant: str | None) -> None:
    """Dates in every spelling become ISO dates; a day that no calendar has is none."""
    assert value("published", printed, "x").value == meant


@pytest.mark.parametrize(
    "printed",
    ["网络", "来源于网络", "互联网", "本站原创", "佚名", "ＡＤＭＩＮ", "網絡", "会员上传", "网友投稿", "小编整理"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["source", "author", "editor"])
def test_a_name_that_says_nothing_is_kept_as_said_and_not_believed(name: str, printed: str) -> None:
    """来源：网络 is recorded as it is printed, without a value and without trust."""
    assert value(name, printed, "x") == Harvested(None, printed, "x", "none")


@pytest.mark.parametrize("printed", ["网络安全报", "互联网周刊", "某某日报", "无锡日报", "编辑部"])
def test_a_name_that_begins_like_nothing_is_a_name(printed: str) -> None:
    """Only whole worthless words are worthless; names that contain them are values."""
    assert value("source", printed, "x").value == printed


@pytest.mark.parametrize(
    ("printed", "meant"),
    [("5210", 5210), ("５２１０", 5210), ("①②", 12), ("若干", None), ("9" * 30, 999_999_999)],
)
def test_a_printed_number_is_a_number(printed: str, meant: int | None) -> None:
    """Counts are whole numbers in every script of digits, and never too large to store."""
    assert value("declared_chars", printed, "x").value == meant


def test_trust_differs_by_what_is_said() -> None:
    """An address is believed, an author's name little, a date that cannot be read not at all."""
    assert value("declared_url", "http://a.example/1", "x").trust == "high"
    assert value("author", "流水", "x").trust == "low"
    assert value("published", "昨天", "x").trust == "none"
    assert value("account", "abc123", "x").trust == "medium"


def test_the_first_that_says_something_is_believed() -> None:
    """A later mark is asked only while nothing worth having was said."""
    found = said(
        (RULE, "source", "网络"), (RULE, "source", "某某日报"), (LATER, "source", "某某网")
    )
    assert found["source"] == Harvested("某某日报", "某某日报", "x")


def test_what_came_with_the_page_is_believed_before_its_marks() -> None:
    """Metadata of the page stand; marks fill in what they do not say, or say to no use."""
    text = "某某日报2024-01-05"
    page = Page(text, split_lines(text))
    groups = (("source", 0, 4), ("published", 4, 14))
    known = {
        "source": Harvested("某某社", "某某社", "meta", "high"),
        "published": Harvested(None, "今天", "meta", "none"),
    }
    found = harvest(page, Part(0, len(text)), [Mark(RULE, 0, 14, groups)], known)
    assert found["source"].witness == "meta"
    assert found["published"] == Harvested("2024-01-05", "2024-01-05", "x")


def test_a_date_of_change_stands_in_for_the_date_of_publication() -> None:
    """更新时间 is the date of a copy that prints no other, with little trust."""
    found = said((RULE, "updated", "2024-10-03"))
    assert found["modified"].value == "2024-10-03"
    assert (found["published"].value, found["published"].trust) == ("2024-10-03", "low")
    both = said((RULE, "updated", "2024-10-03"), (RULE, "published", "2024年10月1日"))
    assert both["published"].value == "2024-10-01"


def test_marks_of_another_part_say_nothing() -> None:
    """A collection's document has the facts of its own part only."""
    text = "某某日报某某网"
    page = Page(text, split_lines(text))
    marks = [Mark(RULE, 0, 4, (("source", 0, 4),)), Mark(RULE, 4, 7, (("source", 4, 7),))]
    assert harvest(page, Part(4, 7), marks, {})["source"].value == "某某网"
    assert harvest(page, Part(0, 4), marks[1:], {}) == {}


def test_a_harvest_has_its_damage_mended() -> None:
    """What was damaged on the page is a proper value: no radicals, no control characters."""
    found = said(
        (RULE, "source", "某⽇\x00报"),
        repairs=(Edit("r", 1, 2, "⽇", "日"), Edit("c", 2, 3, "\x00", "")),
    )
    assert found["source"].value == "某日报"


def test_the_order_of_marks_does_not_matter() -> None:
    """Marks are asked in the order of the text, however they come."""
    text = "某某日报某某网"
    page = Page(text, split_lines(text))
    marks = [Mark(RULE, 0, 4, (("source", 0, 4),)), Mark(LATER, 4, 7, (("source", 4, 7),))]
    whole = Part(0, 7)
    assert harvest(page, whole, marks, {}) == harvest(page, whole, marks[::-1], {})


def test_a_byline_under_the_title_is_metadata() -> None:
    """A made page's line of source, author and date is in the metadata with its witness."""
    [found] = clean_text(
        document(head=("渡口纪事", "来源：网络  作者：河湾客  更新时间：2024-10-03"))
    )
    assert found.metadata["source"] == Harvested(None, "网络", "source-line", "none")
    assert found.metadata["author"].value == "河湾客"
    assert found.metadata["published"].value == "2024-10-03"


@given(st.sampled_from(HARVESTABLE), st.text(max_size=40))
def test_any_printed_value_can_be_judged(name: str, printed: str) -> None:
    """Whatever is printed gives a value of the right type, and what was said stays beside it."""
    found = value(name, printed, "x")
    assert found.said == printed
    assert isinstance(found.value, int if name in NUMBERS else str) or found.value is None


@given(TEXTS)
def test_metadata_of_any_text_can_be_stored(text: str) -> None:
    """Values and what was said can be written as UTF-8, and numbers fit in 32 bits."""
    for document_ in clean_text(text):
        for fact in document_.metadata.values():
            assert f"{fact.value}{fact.said}".encode()
            assert not isinstance(fact.value, int) or fact.value < 2**31


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("12", 12),
        ("第十二章", 12),
        ("二十", 20),
        ("三百零五", 305),
        ("二〇三", 203),
        ("１２", 12),
        ("若干", None),
    ],
)
def test_a_number_is_read_in_chinese_numerals_too(said: str, means: int | None) -> None:
    """Chapters are counted in Chinese: 第十二章 is chapter 12."""
    assert value("chapter_no", said, "x").value == means


@pytest.mark.parametrize(
    ("dateline", "author"),
    [
        ("（记者 陈河湾）", "陈河湾"),
        ("本报讯（记者 陈河湾 通讯员 李渡）", "陈河湾"),
        ("河湾日报1月5日电（本报记者陈河湾）", "陈河湾"),
        ("（见习記者　陳河灣）", "陳河灣"),
        ("（一名记者）", None),
        ("（记者站供稿。）", None),
    ],
)
def test_a_dateline_names_the_reporter(dateline: str, author: str | None) -> None:
    """It is text and stays; who wrote the report is known from it."""
    [found] = clean_text(
        document(
            head=("河湾镇渡口停航", dateline + "入冬以后，河湾镇的渡口停了船，对岸的人要绕路。")
        )
    )
    known = found.metadata.get("author")
    assert (known.value if known else None) == author
    assert author is None or "（" in found.text.split("\n")[0]
