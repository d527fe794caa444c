"""Masking: what identifies a person in the evidence is gone, what is text stays, all offsets hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from released import cleaned_samples

from cleaners.clean import clean_text, rebuild
from cleaners.document import Document, Harvested, Removal
from cleaners.fold import ONE_TO_ONE, SEVERAL
from cleaners.masking import MASK, MAYBE, identifiers, mask

SAMPLES = [d for _, results in cleaned_samples() for d in results if isinstance(d, Document)]
SEVERAL_DIGITS = [piece for piece in SEVERAL if len(piece) == 1]  # ⑩
HEAD = "修堤的人\n天还没亮，堤上已经有人在挑土，一担接着一担，谁也不说话。\n"
HIDDEN = [
    "咨询QQ206000000",
    "加微信：abc_1234",
    "加★微★信★a b c 1 2 3 4",
    "客服微信 wx-id99 或 zhang.san@example.com",
    "电话：0578-1234567",
    "手机１３８００００００００",
    "①③⑧⓪⓪⓪⓪⓪⓪⓪⓪",
    "一三八〇〇一三八〇〇〇",
    "QQ群：12345、67890",
    "身份证110101199003074518",
    "http://wpa.example/msg?uin=12345678",
    "2024-03-05 13800000000",
    "张三＠ｅｘａｍｐｌｅ．ｃｏｍ zs＠ｅｘａｍｐｌｅ．ｃｏｍ",
]
SHOWN = [
    "2024年3月5日 10:30:22",
    "20240305",
    "2019-2024年",
    "上一页 1 2 3 4 5 6 7 8 9 10 下一页",
    "京ICP备12345678号-1 京公网安备11010502030000号",
    "ISBN 978-7-111-12345-6",
    "索引号：000014349/2024-00012",
    "https://www.example.com/2024/0305/1234567.html",
    "微信公众号：江城发布",
    "客服微信：　　　　读者QQ群：",
    "点击 12345 次，评论 678 条",
]


@pytest.mark.parametrize("said", HIDDEN)
def test_identifiers_are_found_however_they_are_spelled(said):
    assert identifiers(said)


@pytest.mark.parametrize("said", SHOWN)
def test_numbers_that_are_no_identifiers_stay(said):
    assert identifiers(said) == []


def test_what_may_be_a_letter_or_digit_is_told_before_anything_is_folded():
    """Every character whose folded form has one."""
    for code in range(0x110000):
        folded = ONE_TO_ONE.get(code, chr(code)) if code > 0x7F else chr(code).lower()
        if folded in "0123456789abcdefghijklmnopqrstuvwxyz" or chr(code) in SEVERAL_DIGITS:
            assert MAYBE.match(chr(code)), hex(code)


def cut_behind(noise, **changes):
    """A document whose last line is one cut."""
    [known] = clean_text(HEAD + "又过了一个时辰，天才亮起来，堤上的人都坐下来吃饼。")
    start = len(known.original) + 1
    original = f"{known.original}\n{noise}"
    cut = Removal("made-up", "other", start - 1, len(original), f"\n{noise}")
    return replace(
        known,
        original=original,
        removals=(*known.removals, replace(cut, **changes)),
        segment=replace(known.segment, end=len(original)),
    )


@given(
    st.lists(st.sampled_from([*HIDDEN, *SHOWN, "，", " ", "关注我们", "\n"]), max_size=6).map(
        "".join
    )
)
def test_offsets_and_text_hold_and_masking_twice_is_masking_once(noise):
    """Same length, same text, the cut is what stands at its place; and mask is a projection."""
    document = cut_behind(noise or "。")
    masked = mask(document)
    assert len(masked.original) == len(document.original)
    assert rebuild(masked) == rebuild(document)
    assert (masked.text, masked.segment) == (document.text, document.segment)
    for before, after in zip(document.removals, masked.removals, strict=True):
        assert (before.start, before.end) == (after.start, after.end)
        assert masked.original[after.start : after.end] == after.text
    assert mask(masked) is masked


@pytest.mark.parametrize(
    "document", SAMPLES, ids=lambda one: one.provenance.source.rsplit("/", 1)[1]
)
def test_of_real_documents_only_the_cuts_change(document):
    """Kept text, and so an office's telephone in its notice, is as it was."""
    masked = mask(document)
    assert rebuild(masked) == document.text == masked.text
    base = document.segment.start
    for start, end in document.kept():
        kept = slice(start - base, end - base)
        assert masked.original[kept] == document.original[kept]
    assert mask(masked) is masked


def test_an_identifier_is_gone_wherever_it_was_kept():
    """Harvest, original, flags, metadata and the cut itself; a title and dates stay."""
    number = "206000000"
    whole = next(one for one in SAMPLES if f"QQ{number}" in one.original)
    assert whole.metadata["account"].value == number
    assert number not in str(mask(whole))
    assert MASK in mask(whole).metadata["account"].said
    facts = {
        "author": Harvested("李四 13800000000", "作者：李四 13800000000", "x"),
        "qq": Harvested("12345", "12345", "column"),
        "published": Harvested("2024-03-05", "2024-03-05 10:30:22", "x"),
        "declared_url": Harvested("https://a.example/13800000000", "", "x"),
        "page_count": Harvested(13800000000, "13800000000", "x"),
        "source": Harvested(None, "网络", "x"),
    }
    masked = mask(cut_behind("加微信 abc_1234", harvest={"account": "abc_1234", "n": "ABC"}))
    assert masked.removals[-1].harvest == {"account": "███_████", "n": "ABC"}
    said = mask(replace(whole, metadata=facts)).metadata
    assert said["author"].value == f"李四 {MASK * 11}"
    assert said["qq"].said == MASK * 5
    for name in ("published", "declared_url", "page_count", "source"):
        assert said[name] == facts[name]


def test_an_identifier_that_follows_its_word_in_the_next_cut_is_found():
    """微信： may be one cut and the account the next, or stand in what is kept."""
    document = cut_behind("微信：")
    start = len(document.original)
    cut = Removal("made-up", "other", start, start + 9, "\nabc_1234")
    document = replace(
        document,
        original=f"{document.original}\nabc_1234",
        removals=(*document.removals, cut),
        segment=replace(document.segment, end=start + 9),
    )
    assert mask(document).removals[-1].text == "\n███_████"
