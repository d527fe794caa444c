"""Collections into their documents, and everything that only looks like a collection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import HEADINGS, PROSE, TITLES, TO_TRADITIONAL, TO_WIDE

from cleaners import clean_text
from cleaners.page import Page, split_lines
from cleaners.split import declared, heading, numeral, split

BODY = "\n".join(PROSE[:3])


def page(text: str) -> Page:
    return Page(text, split_lines(text))


def collection(*headings: str, title: str = "修船发言稿3篇") -> str:
    """A page with a title and a body of prose under each heading."""
    return "\n".join([title, *(f"{each}\n{BODY}" for each in headings)])


COLLECTIONS = [
    ("after", ["修船发言稿篇1", "修船发言稿篇2", "修船发言稿篇3"]),
    ("han-numbers", ["修船发言稿篇一", "修船发言稿篇二"]),
    ("with-a-blank", ["修船发言稿 篇1", "修船发言稿 篇2"]),
    ("with-a-colon", ["修船发言稿：篇1", "修船发言稿：篇2"]),
    ("in-brackets", ["【修船发言稿（篇1）】", "【修船发言稿（篇2）】"]),
    ("with-ordinals", ["修船发言稿 第1篇", "修船发言稿 第2篇"]),
    ("first", ["第一篇：修船发言稿", "第二篇：修船发言稿"]),
    ("the-words-of-the-title", ["修船发言稿1", "修船发言稿2"]),
    ("bare", ["篇1：修船", "篇2：修船"]),
    ("sample", ["范文1：修船", "范文2：修船"]),
    (
        "ten",
        [
            f"修船发言稿篇{n}"
            for n in ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
        ],
    ),
    ("full-width", [f"修船发言稿篇{n}" for n in "１２３"]),
    ("circled", [f"修船发言稿篇{n}" for n in "①②③"]),
    ("traditional", ["修船發言稿篇1", "修船發言稿篇2"]),
]


@pytest.mark.parametrize(
    "headings", [pytest.param(headings, id=name) for name, headings in COLLECTIONS]
)
def test_numbered_headings_of_one_form_split_a_page(headings: list[str]) -> None:
    """Each item is a document with its own heading as title; the page's title is the parent."""
    found = clean_text(collection(*headings))
    assert [d.segment.index for d in found] == list(range(len(headings)))
    assert {d.segment.count for d in found} == {len(headings)}
    assert {d.segment.parent_title for d in found} == {"修船发言稿3篇"}
    assert [d.text for d in found] == [BODY] * len(headings)
    assert [[c.rule for c in d.removals][-1] for d in found] == ["item-heading"] * len(found)


def test_what_stands_above_the_first_item_belongs_to_it() -> None:
    """The first part begins with the page, each further one with its heading."""
    text = collection("修船发言稿篇1", "修船发言稿篇2")
    first, second = split(page(text))
    assert (first.start, first.end) == (0, second.start)
    assert text[second.start :].startswith("修船发言稿篇2")
    assert second.end == len(text)


WHOLE = [
    ("one-heading", ["修船发言稿篇1"]),
    ("not-from-one", ["修船发言稿篇2", "修船发言稿篇3"]),
    ("different-words", ["修船发言稿篇1", "修桥发言稿篇2"]),
    ("sections", ["一、修船的由来", "二、修船的办法"]),
    ("parts-of-a-law", ["第一篇 总则", "第二篇 物权"]),
    ("parts-of-a-book", ["第一篇 少年", "第二篇 中年", "第三篇 老年"]),
    ("in-a-sentence", ["我读了他的修船发言稿篇1。", "我读了他的修船发言稿篇2。"]),
    ("chapters", ["第一章 少年", "第二章 中年"]),
    ("long", ["修船发言稿" * 12 + "篇1", "修船发言稿" * 12 + "篇2"]),
]


@pytest.mark.parametrize("headings", [pytest.param(h, id=name) for name, h in WHOLE])
def test_the_sections_of_one_text_stay_together(headings: list[str]) -> None:
    """Headings that do not share their words, or number the parts of a work, split nothing."""
    assert len(split(page(collection(*headings, title="修船")))) == 1


def test_a_page_that_counts_its_items_is_a_collection() -> None:
    """第一篇 splits where the page's title says how many there are, with titles of their own."""
    items = ["第一篇：修船的由来", "第二篇：修桥的由来"]
    assert len(split(page(collection(*items, title="渡口作文")))) == 1
    assert len(split(page(collection(*items, title="渡口作文(精选2篇)")))) == 2


def test_a_table_of_contents_is_no_collection() -> None:
    """Headings without running text of their own below them do not split a page."""
    text = "修船发言稿3篇\n修船发言稿篇1\n修船发言稿篇2\n修船发言稿篇3\n" + BODY
    assert len(split(page(text))) == 1


def test_items_of_a_line_each_are_a_list() -> None:
    """What has a sentence under each heading is a list of sayings, not a collection of texts."""
    short = "\n".join(f"修船发言稿篇{n}\n{PROSE[n]}" for n in (1, 2, 3))
    assert len(split(page(short))) == 1


def test_headings_listed_first_do_not_hide_the_items() -> None:
    """A heading that is out of its turn is passed over; the run goes on with the next number."""
    text = collection("修船发言稿篇1", "修船发言稿篇3", "修船发言稿篇2")
    assert [p.start for p in split(page(text))][1:] == [text.index("修船发言稿篇2")]


@pytest.mark.parametrize(
    ("line", "ordinal", "stem"),
    [
        ("修船发言稿篇12", 12, "修船发言稿"),
        ("修船发言稿（篇十二）", 12, "修船发言稿"),
        ("第二十一篇：修船", 21, ""),
        ("《修船》之三", None, None),
        ("修船之 篇三", 3, "修船之"),
        ("篇章", None, None),
        ("这一篇", None, None),
        ("修船", None, None),
    ],
)
def test_a_heading_is_told_by_its_form(line: str, ordinal: int | None, stem: str | None) -> None:
    """A heading has a number in either script and the words that its run shares."""
    found = heading(line, 0)
    assert (found and found.ordinal, found and found.stem) == (ordinal, stem)


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("修船发言稿3篇", 3),
        ("修船发言稿（精选十二篇）", 12),
        ("修船发言稿 通用5篇", 5),
        ("2024年修船发言稿(共８篇)", 8),
        ("修船发言稿3份", 3),
        ("修船发言稿", None),
        ("修船三章", None),
    ],
)
def test_a_title_counts_its_items(title: str, count: int | None) -> None:
    """The number of items is read from the page's title, in either script."""
    found = declared(page(f"{title}\n{BODY}"))
    assert (found and found[1]) == count


@given(st.integers(1, 199))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    """Chinese numerals up to 199 are the numbers that they spell."""
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    spelt = "一百" if hundreds else ""
    if tens:
        spelt += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        spelt += "零"
    assert numeral(spelt + (digits[ones] if ones else "")) == numeral(str(number)) == number


@given(st.lists(st.sampled_from(HEADINGS + PROSE + TITLES), max_size=20))
def test_parts_follow_on_each_other_without_gaps(lines: list[str]) -> None:
    """The parts cover the page, each begins where the one before it ends, and each has a text."""
    text = "\n".join(lines)
    for shown in (text, text.translate(TO_TRADITIONAL), text.translate(TO_WIDE)):
        parts = split(page(shown))
        assert [p.start for p in parts] == [0, *(p.end for p in parts[:-1])]
        assert parts[-1].end == len(shown)
        assert all(p.start < p.end for p in parts) or not shown
