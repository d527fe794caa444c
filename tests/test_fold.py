"""The folded view: one spelling for many, and offsets that go back exactly."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from texts import LINE_BREAKS, LINES, TEXTS, TO_TRADITIONAL, TO_WIDE

from cleaners.document import Edit
from cleaners.fold import ONE_TO_ONE, SEVERAL, SPLIT, Folded, fold, tighten
from cleaners.repair import repair
from cleaners.variants import SIMPLIFIED, TRADITIONAL

SPELLINGS = [
    ("ＱＱ１２３", "qq123", "full width"),
    ("WeChat", "wechat", "case"),
    ("①②③⑨", "1239", "circled digits"),
    ("⑩⑫⑳", "101220", "circled numbers of two digits"),
    ("❶➁➌⓪", "1230", "digits in black and sans-serif circles"),
    ("𝟙𝟚𝟛𝐐𝐪", "123qq", "mathematical alphabets, beyond the BMP"),
    ("²³¹₄", "2314", "superscripts and subscripts"),
    ("٣۳३", "333", "digits of other scripts"),
    ("轉載請註明", "转载请注明", "Traditional characters"),
    ("加\u200b微\u2060信\ufeff", "加微信", "invisible characters"),
    ("立占长的君羊", "站长的群", "characters split into parts"),
    ("【打击】〔一〕", "[打击][一]", "brackets"),
    ("“好”‘的’", "\"好\"'的'", "quotation marks"),
    ("甲\u3000乙\xa0丙\t丁", "甲 乙 丙 丁", "blanks, one for one"),
    ("—－―", "---", "dashes"),
    ("一、二。三《四》", "一、二。三《四》", "Chinese marks without an ASCII twin stay"),
    ("ß𠮷😀", "ß𠮷😀", "what has no other spelling stays"),
]


@pytest.mark.parametrize(
    ("text", "view"),
    [pytest.param(text, view, id=why) for text, view, why in SPELLINGS],
)
def test_many_spellings_become_one(text: str, view: str) -> None:
    """Each spelling of a word or number is the plain one in the view."""
    assert fold(text).text == view


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_line_break_of_any_kind_is_a_line_feed(line_break: str) -> None:
    """The view has line feeds only, as many as the text has line breaks."""
    expected = "甲\n乙" if len(line_break) == 1 else "甲\n\n乙"
    assert fold(f"甲{line_break}乙").text == expected


def test_every_traditional_character_of_the_table_folds() -> None:
    """The two tables of variants have the same length, and folding is the one onto the other."""
    assert fold(TRADITIONAL).text == SIMPLIFIED
    assert fold(SIMPLIFIED).text == SIMPLIFIED


def test_every_full_width_sign_folds_to_its_ascii_twin() -> None:
    """The whole block of full-width forms is the ASCII block in small letters."""
    ascii_signs = "".join(map(chr, range(0x21, 0x7F)))
    assert fold(ascii_signs.translate(TO_WIDE)).text == ascii_signs.lower()


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        pytest.param("甲乙丙", 0, 3, "甲乙丙", id="one-for-one"),
        pytest.param("甲\u200b乙\u200b丙", 0, 1, "甲", id="vanished-at-the-edge-stays-out"),
        pytest.param("甲\u200b乙\u200b丙", 0, 3, "甲\u200b乙\u200b丙", id="vanished-inside"),
        pytest.param("\u200b甲\u200b", 0, 1, "甲", id="vanished-at-both-ends-of-the-text"),
        pytest.param("找立占长", 1, 2, "立占", id="one-from-several"),
        pytest.param("找立占长", 0, 3, "找立占长", id="around-one-from-several"),
        pytest.param("第⑫条", 1, 2, "⑫", id="first-of-several-from-one"),
        pytest.param("第⑫条", 2, 3, "⑫", id="last-of-several-from-one"),
        pytest.param("第⑫条", 1, 4, "⑫条", id="several-from-one-and-more"),
        pytest.param("⑩⑪", 1, 3, "⑩⑪", id="parts-of-two-neighbours"),
        pytest.param("😀𝟙𠮷", 1, 2, "𝟙", id="beyond-the-BMP"),
    ],
)
def test_a_stretch_of_the_view_leads_back(text: str, start: int, end: int, expected: str) -> None:
    """What stands at [start, end) of the view comes from exactly these characters."""
    a, b = fold(text).origin(start, end)
    assert text[a:b] == expected


@pytest.mark.parametrize("at", range(5))
def test_an_empty_stretch_comes_from_an_empty_stretch(at: int) -> None:
    """An offset leads to an offset, at the end of the text too."""
    view = fold("甲\u200b⑫\u200b")
    start, end = view.origin(min(at, len(view.text)), min(at, len(view.text)))
    assert start == end <= 4


def test_edits_are_made_before_the_view() -> None:
    """The view shows repaired text; offsets still count in the damaged one."""
    text = "加&nbsp;微信⼈"
    edits = [Edit("x", 1, 7, "&nbsp;", "\xa0"), Edit("x", 9, 10, "⼈", "人")]
    view = fold(text, edits)
    assert view.text == "加 微信人"
    assert view.origin(1, 2) == (1, 7)
    assert view.origin(2, 5) == (7, 10)


def test_what_an_edit_writes_is_folded_as_well() -> None:
    """An entity that stood for an invisible character or for ⑫ has no trace in the view."""
    edits = [Edit("x", 1, 8, "&#8203;", "\u200b"), Edit("x", 9, 16, "&#9323;", "⑫")]
    view = fold("加&#8203;微&#9323;信", edits)
    assert view.text == "加微12信"
    assert view.origin(0, 2) == (0, 9)
    assert view.origin(2, 3) == (9, 16)


def test_an_edit_comes_before_what_it_overlaps() -> None:
    """Where a repair begins before a vanishing character, the repair is what happens."""
    view = fold("甲\u200b乙", [Edit("x", 0, 2, "甲\u200b", "＋")])
    assert view.text == "+乙"
    assert view.origin(0, 1) == (0, 2)


def test_a_tight_view_has_no_blanks_and_separators() -> None:
    """What spammers put between characters is gone; line feeds and offsets are not."""
    text = "加 ★微\u200b.信\n１-２ ３"
    view = tighten(fold(text))
    assert view.text == "加微信\n123"
    assert view.origin(0, 3) == (0, 7)
    assert view.origin(4, 7) == (8, 13)


@given(TEXTS)
@example("\u200b")
@example("⑫" * 3)
@example("立占\u200b君羊")
def test_a_view_of_a_stretch_holds_what_the_stretch_showed(text: str) -> None:
    """Folding the part of the text that a stretch of the view came from shows it again."""
    view = fold(text)
    for start in range(0, len(view.text) + 1, 7):
        for end in range(start, len(view.text) + 1, 11):
            a, b = view.origin(start, end)
            assert 0 <= a <= b <= len(text)
            assert view.text[start:end] in fold(text[a:b]).text
    a, b = view.origin(0, len(view.text))
    assert not fold(text[:a]).text
    assert not fold(text[b:]).text


@given(TEXTS)
def test_the_way_back_goes_forward(text: str) -> None:
    """Offsets into the original never fall while those into the view rise; nothing is skipped."""
    for view in (fold(text, repair(text)), tighten(fold(text))):
        ends = [view.origin(i, i + 1) for i in range(len(view.text))]
        assert all(a < b for a, b in ends)
        assert ends == sorted(ends)


@given(st.text(st.sampled_from("正本清源，。a1（）\n")))
def test_plain_text_has_its_own_offsets(text: str) -> None:
    """Where every character stands for one, offsets in the view are offsets in the text."""
    view = fold(text)
    assert len(view.text) == len(text)
    assert view.origin(0, len(text)) == (0, len(text))


@given(TEXTS)
def test_the_view_has_the_lines_of_its_text(text: str) -> None:
    """Every line break is one line feed in the view, and nothing else makes lines."""
    assert fold(text).text.count("\n") == sum(text.count(c) for c in LINE_BREAKS if len(c) == 1)


@given(LINES)
def test_folding_a_view_changes_nothing_more(text: str) -> None:
    """A view is in its own spelling already, but for parts that came to stand together."""
    view = fold(text).text
    if not any(parts in view for parts in SPLIT):
        assert fold(view).text == view


@given(TEXTS)
def test_the_spelling_of_a_text_does_not_show_in_its_view(text: str) -> None:
    """Traditional characters and full width have the view of the plain spelling."""
    if not set(text) & set(TRADITIONAL):
        assert fold(text.translate(TO_TRADITIONAL)).text.count("\n") == fold(text).text.count("\n")
    wide = text.translate(TO_WIDE)
    assert fold(wide).text == fold(text).text


def test_the_table_maps_one_character_to_one() -> None:
    """Offsets hold because no entry of the table for str.translate is longer than one."""
    assert all(len(meant) == 1 for meant in ONE_TO_ONE.values())
    assert not set(ONE_TO_ONE) & {ord(c) for c in SEVERAL if len(c) == 1}


def test_han_that_is_not_a_variant_stays() -> None:
    """Of all ideographs the view changes the Traditional ones, and 丨, which draws a line."""
    han = "".join(c for c in map(chr, range(0x4E00, 0xA000)) if unicodedata.category(c) == "Lo")
    changed = {a for a, b in zip(han, fold(han).text, strict=True) if a != b}
    assert changed == {*TRADITIONAL, "丨"}


def test_a_view_of_nothing_is_nothing() -> None:
    """The empty text has an empty view with an offset of its own."""
    assert fold("") == Folded("", 0)
    assert fold("").origin(0, 0) == (0, 0)
