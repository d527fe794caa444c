"""Ledes that no editor signed: a maxim foreign to the text, the title in Latin letters."""

from __future__ import annotations

import pytest
from texts import PROSE

from cleaners import clean_text

MAXIM = "合理的安排让生活更加从容。"
BODY = "\n".join(PROSE[:5])
INDENTED = "\n".join(f"　　{line}" for line in PROSE[:5])
BYLINE = "来源：某某日报　　作者：半日闲　　时间：2019-03-02"
COPIED = "来源：网络　　作者：半日闲　　时间：2019-03-02"
LETTER = "亲爱的外公：\n" + BODY


def taken(text: str) -> list[tuple[str, str]]:
    """What the rules of ledes cut, as (rule, text)."""
    rules = {"unrelated-lede", "title-in-latin"}
    [document] = clean_text(text)
    return [(r.rule, r.text) for r in document.removals if r.rule in rules]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"渡口纪事\n{COPIED}\n{MAXIM}\n{BODY}", id="a source worth nothing"),
        pytest.param(f"渡口纪事\n{BYLINE}\n{MAXIM}\n{INDENTED}", id="all others are indented"),
        pytest.param(f"首页 > 范文 > 正文\n渡口纪事\n{MAXIM}\n{BODY}", id="a site of model texts"),
        pytest.param(f"渡口纪事\n{BYLINE}\n{MAXIM}\n{LETTER}", id="before a letter begins"),
        pytest.param(f"渡口纪事\nSpeech at the Ferry\n{MAXIM}\n{BODY}", id="below Latin letters"),
    ],
)
def test_a_foreign_maxim_on_a_dressed_page_goes(text: str) -> None:
    """What is always so, in words the text never uses, where something else was put there too."""
    assert ("unrelated-lede", MAXIM) in taken(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"渡口纪事\n{BYLINE}\n{MAXIM}\n{BODY}", id="nothing else was put there"),
        pytest.param(
            f"渡口纪事\n{BYLINE}\n　　{MAXIM}\n{INDENTED}", id="indented as the others are"
        ),
        pytest.param(
            f"渡口纪事\n{COPIED}\n{MAXIM}\n生活从容，合理安排。\n{BODY}", id="taken up below"
        ),
        pytest.param(
            f"渡口纪事\n{COPIED}\n那年合理的安排让生活从容。\n{BODY}", id="a time, a story"
        ),
        pytest.param(f"渡口纪事\n{MAXIM}\n{INDENTED}", id="no noise above it"),
        pytest.param(f"渡口纪事\n{COPIED}\n{PROSE[5]}\n{MAXIM}\n{BODY}", id="not the first"),
    ],
)
def test_a_maxim_of_the_author_stays(text: str) -> None:
    """Authors begin with maxims as well."""
    assert taken(text) == []


LEDE = "下面是小编为大家带来的讲话稿，希望大家喜欢。"


@pytest.mark.parametrize("echo", ["Speech at the Town Meeting", "zai-quanzhen-huiyi-de-jianghua"])
def test_the_title_again_in_latin_letters_goes_with_a_lede(echo: str) -> None:
    """In English or as an address, on a page that has an editor's words."""
    assert taken(f"在全镇会议上的讲话\n{echo}\n{LEDE}\n{BODY}") == [("title-in-latin", echo)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"我的家乡\nMy Home Town\n{BODY}", id="no editor"),
        pytest.param(
            f"我的家乡\nMy Home Town\n{LEDE}\n{BODY}\n老师说，Home 就是家。",
            id="the text says it too",
        ),
        pytest.param(f"渡口\n{LEDE}\n{BODY}\nMy Home Town", id="below the text"),
    ],
)
def test_latin_letters_of_the_author_stay(text: str) -> None:
    """A title in two languages."""
    assert taken(text) == []
