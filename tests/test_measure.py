"""Signals: each measures what its column says, on texts where one can count by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.measure import NGRAM, measure
from flows.columns import SIGNALS
from flows.filters import PRESETS

ROOT = Path(__file__).parents[1]


def of(text, **more):
    return measure(text, len(text), (), **more)


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        ("江边的灯亮了，孩子们跑过桥去。", "zh", "Hans"),
        ("江邊的燈亮了，孩子們跑過橋去。", "zh", "Hant"),
        ("皇后在公里之外的台上。", "zh", None),  # what both scripts write alike
        ("江边的灯亮了，江邊的燈亮了。", "zh", "mixed"),
        ("こんにちは、今日は天気がいいですね。", "ja", None),
        ("안녕하세요, 오늘은 날씨가 좋습니다.", "ko", None),
        ("The lamps by the river are lit, and it is dark.", "en", None),
        ("Die Lampen am Fluss brennen, und es ist dunkel geworden.", None, None),
        ("3.14 — 2.72", None, None),
        ("用 ThreadPoolExecutor 时要注意异常不会抛出。", "zh", "Hans"),
    ],
)
def test_language_and_script(text, language, script):
    """Letters tell the language and single characters the script; what is not known is left out."""
    found = of(text)
    assert (found.get("language"), found.get("script")) == (language, script)


def test_characters_of_both_scripts_say_nothing():
    """A Traditional text that has 里, 后, 台 and 干 is wholly Traditional."""
    assert of("後來太后在台灣的公里碑旁，說這與他無關，不要干涉。")["hant_share"] == 1.0


def test_sentences():
    """Headings and cut lines do not end like sentences; marks inside quotes end one."""
    found = of("第一章\n他说：“走吧！”就走了。\n天黑了")
    assert found["sentence_end_share"] == round(1 / 3, 4)
    assert found["mean_sentence_chars"] == round((3 + 8 + 4 + 3) / 4, 4)
    assert of("Pi is 3.14. Yes.")["mean_sentence_chars"] == 8.0  # the blank counts


def test_lines_that_stand_twice():
    """The second copy of a line counts, by its characters; line feeds do not."""
    assert of("甲乙丙\n丁\n甲乙丙")["duplicate_line_share"] == round(3 / 7, 4)
    assert of("甲乙丙\n丁")["duplicate_line_share"] == 0


def test_runs_that_stand_twice():
    """A run that stood in the text before counts wholly, a shorter one not at all."""
    alphabet = "".join(map(chr, range(0x4E00, 0x4E00 + 50)))
    again = alphabet + "。" + alphabet[:NGRAM]
    assert of(again)["duplicate_ngram_share"] == round(NGRAM / len(again), 4)
    assert of(alphabet + "。" + alphabet[: NGRAM - 1])["duplicate_ngram_share"] == 0
    assert of("是的" * 500)["duplicate_ngram_share"] > 0.95


def test_named_filters():
    """Each asks for columns that exist, and the docs name it."""
    page = (ROOT / "docs" / "dataset.md").read_text("utf-8")
    known = {"truncated", "canonical", *(f"signals.{column.name}" for column in SIGNALS)}
    for name, expression in PRESETS.items():
        assert f"`{name}`" in page
        words = set(re.findall(r"(?<!')\b[a-z_][a-z_.]*\b(?!')", expression))
        assert words <= known, words - known


@given(st.text(alphabet="江邊灯燈。！,.\n aあ한\ufffd", max_size=60), st.floats(0, 1))
def test_shares_are_shares(text, confidence):
    """Whatever the text, every share is from 0 to 1, and lengths are not negative."""
    found = of(text, confidence=confidence)
    for name, value in found.items():
        if name.endswith("_share") or name == "extraction_confidence":
            assert 0 <= value <= 1, name
        elif isinstance(value, float | int):
            assert 0 <= value <= len(text) + 1, name
