"""Rows of labels and dates above a text, by their build."""

from __future__ import annotations

import pytest
from texts import PROSE, document

from cleaners import Document, clean_text
from cleaners.bylines import RULES

TITLE = "河湾镇渡口纪事"
IDS = {rule.id for rule in RULES}


def only(*head: str, tail: tuple[str, ...] = ()) -> Document:
    [found] = clean_text(document(head=(TITLE, *head), tail=tail))
    return found


@pytest.mark.parametrize(
    "row",
    [
        "视力保护色：　来源：某某局　　病例热度：23507℃",
        "发布时间：2022-11-26　字号：[大][中][小]　来源：　",
        "主播：阿澈　　提问时间：2019-10-07 06:32",
    ],
)
def test_a_row_of_labels_goes_whatever_else_it_counts(row: str) -> None:
    """One label that only by-lines have and a second label or a date: the row is the site's."""
    assert row not in only(row).text


@pytest.mark.parametrize(
    "row",
    [
        "时间：2019年6月20日　地点：三楼会议室",
        "申请编号：　　　　申请日期：　　年　　月　　日",
        "时间：60分钟　满分：100分",
        "2019年3月6日　星期三　晴",
    ],
)
def test_what_minutes_forms_exams_and_diaries_print_stays(row: str) -> None:
    """Rows of labels that belong to a text have labels of another kind, or no time of day."""
    assert row.replace("　", "") in only(row).text.replace(" ", "")


def test_a_name_with_a_time_of_day_needs_noise_beside_it() -> None:
    """It goes on a page that has other noise, and tells when the text was published."""
    row = "行走的蘑菇 (武汉)　LV.26　2019-03-06 21:40"
    assert "行走的蘑菇" in only(row).text
    found = only(row, tail=("上一篇：没有了", "下一篇：修桥"))
    assert "行走的蘑菇" not in found.text
    assert found.metadata["published"].value == "2019-03-06T21:40+08:00"


def test_rows_inside_a_text_stay() -> None:
    """Below the first paragraph a row of labels may be a table of the author's."""
    row = "来源：河水　　浏览：无"
    [found] = clean_text("\n".join((TITLE, *PROSE[:3], row, *PROSE[3:])))
    assert not IDS & {removal.rule for removal in found.removals}
