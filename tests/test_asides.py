"""Brackets inside of paragraphs: a site's go, the text's stay."""

from __future__ import annotations

import pytest
from texts import PROSE

from cleaners import clean_text
from cleaners.asides import ASIDE


def cut(text: str) -> list[str]:
    return [r.text for found in clean_text(text) for r in found.removals if r.rule == ASIDE.id]


def in_a_paragraph(aside: str) -> str:
    half = len(PROSE[2]) // 2
    return "\n".join([*PROSE[:2], PROSE[2][:half] + aside + PROSE[2][half:], *PROSE[3:5]])


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param("【更多资料请关注公众号：清溪文库】", id="a call"),
        pytest.param("（本文来自清溪美文亭）", id="where it is from"),
        pytest.param("［全文下载请加扣 30020010］", id="an account"),
    ],
)
def test_what_a_site_says_in_brackets_goes(aside: str) -> None:
    """The bracket goes whole, by whatever rule, and nothing else of its paragraph."""
    [found] = clean_text(in_a_paragraph(aside))
    assert [r.text for r in found.removals] == [aside]


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param("（包括公众号、小程序）", id="a list"),
        pytest.param("（以下简称平台用户）", id="a name for it"),
        pytest.param("（他后来关注了那个公众号）", id="told"),
        pytest.param("（见附件下载页面）", id="a reference"),
        pytest.param("（选自《渡口》）", id="a book"),
    ],
)
def test_what_a_text_says_in_brackets_stays(aside: str) -> None:
    """References, lists and stories have words of sites too."""
    assert cut(in_a_paragraph(aside)) == []


def test_a_line_that_is_a_bracket_is_left_to_the_rules_for_lines() -> None:
    """Only brackets with a paragraph around them are judged here."""
    assert cut("\n".join([*PROSE[:3], "【更多资料请关注公众号：清溪文库】"])) == []
