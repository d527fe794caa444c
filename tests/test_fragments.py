"""Pieces of a stamp that OCR has read as lines."""

from __future__ import annotations

import pytest
from texts import PROSE

from cleaners import clean_text

STAMP = "河湾教育题库网"
SAID = [*PROSE[:6]]


def taken(*lines: str, stamp: str = STAMP) -> list[str]:
    """What goes as a piece of the stamp, with one line between two paragraphs each."""
    text = [f"仅供{stamp}内部学员使用", "渡口纪事", SAID[0]]
    for line, paragraph in zip(lines, SAID[1:], strict=False):
        text += [line, paragraph]
    [document] = clean_text("\n".join([*text, f"仅供{stamp}内部学员使用"]))
    return [r.text for r in document.removals if r.rule == "stamp-fragment"]


def test_pieces_of_a_stamp_go() -> None:
    """From its beginning, its middle, its end, and with a character misread."""
    pieces = ["河湾教", "湾教育题", "题库网", "湾教肓题"]
    assert taken(*pieces) == pieces


def test_two_characters_go_beside_longer_pieces() -> None:
    """Alone they are a word of anybody's."""
    assert taken("题库网", "河湾") == ["题库网"]  # the text tells of 河湾
    assert taken("湾教", "题库网") == ["湾教", "题库网"]
    assert taken("湾教") == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("教育方法", id="begins like one"),
        pytest.param("河网题教", id="its characters in another order"),
        pytest.param("老木匠", id="a word of the text"),
        pytest.param("河湾题网", id="with a gap"),
    ],
)
def test_other_short_lines_stay(line: str) -> None:
    """Headings are no pieces."""
    assert taken(line) == []


def test_a_piece_that_the_text_says_stays() -> None:
    """A heading about what the paragraphs tell."""
    assert taken("冰面上", stamp="河湾冰面上书屋") == []


def test_without_a_stamp_nothing_is_a_piece() -> None:
    """The whole must be known."""
    [document] = clean_text("渡口纪事\n" + "\n题库网\n".join(SAID))
    assert "stamp-fragment" not in {r.rule for r in document.removals}
