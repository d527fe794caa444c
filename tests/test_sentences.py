"""Sentences of a site behind or before those of a paragraph are lines of their own."""

from __future__ import annotations

import pytest

from cleaners.page import Page, Part, split_lines
from cleaners.sentences import apart

TITLE = "渡口"
OWN = "入冬以后，河湾镇的渡口停了船，对岸的人进城要绕二十里山路。"
FOREIGN = "下面是某某小编为大家整理的范文，欢迎大家收藏分享。"


def pieces(*lines: str) -> list[str]:
    text = "\n".join(lines)
    page, _ = apart(Page(text, split_lines(text)), [Part(0, len(text))])
    return [text[line.start : line.end] for line in page.lines]


@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param(FOREIGN, id="words of sites"),
        pytest.param("——某某书屋", id="set off, without an end"),
        pytest.param("（某某县供图）", id="a credit in brackets"),
    ],
)
def test_the_last_sentence_of_a_paragraph_is_looked_at_by_itself(foreign: str) -> None:
    """What is glued behind the last stop is a line, and so is what stands before it."""
    assert pieces(TITLE, OWN + foreign) == [TITLE, OWN, foreign]


def test_the_first_sentence_is_looked_at_by_itself() -> None:
    """The same before a paragraph."""
    assert pieces(FOREIGN + OWN, OWN) == [FOREIGN, OWN, OWN]


@pytest.mark.parametrize("foreign", [FOREIGN, "【加入收藏，方便下次阅读】"])
def test_what_stands_between_two_sentences_is_looked_at_by_itself(foreign: str) -> None:
    """A sentence of a site, or its words in square brackets, in the middle of a paragraph."""
    assert pieces(TITLE, OWN + foreign + OWN) == [TITLE, OWN, foreign, OWN]


def test_a_paragraph_of_thousands_of_characters_is_one_line() -> None:
    """Time and pieces would grow with its square, and nobody writes such paragraphs."""
    line = (OWN + FOREIGN) * 50
    assert pieces(TITLE, line) == [TITLE, line]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(OWN + OWN, id="one voice"),
        pytest.param(FOREIGN + FOREIGN, id="nothing but the site's"),
        pytest.param("他念道：“渡口停了船，对岸的人绕路走了。欢迎大家收藏分享！”", id="quoted"),
        pytest.param("走。" + FOREIGN, id="too little of its own"),
    ],
)
def test_a_paragraph_in_one_voice_is_one_line(line: str) -> None:
    """No seam inside of quoted words, nor where nothing of the text would be left."""
    assert pieces(TITLE, line) == [TITLE, line]


def test_the_heading_of_a_part_is_found_again() -> None:
    """Lines get other numbers below a paragraph that was divided, and offsets stay."""
    text = "\n".join([OWN + FOREIGN, TITLE, OWN])
    page, [part] = apart(Page(text, split_lines(text)), [Part(0, len(text), heading=1)])
    assert part.heading == 2
    assert page.text(part.heading) == TITLE
    assert "".join(text[line.start : line.end] for line in page.lines) == text.replace("\n", "")
