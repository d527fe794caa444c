"""
Five real documents that stand beside the repository: every item of noise gone, no body lost.

The documents are not ours to copy. What stands here are line numbers, short words that
name the noise, and digests of the bodies, made from the same line numbers by hand. Where
the documents are missing, these tests are skipped.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from texts import page_of

from cleaners import Document, RawPage, clean, clean_text, rebuild
from cleaners.document import Harvested

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
FILES = {path.name[:3]: path for path in sorted(SEEDS.glob("*.txt"))}

pytestmark = pytest.mark.skipif(len(FILES) != 5, reason="the seed documents are not here")

HAN = re.compile("[\u3400-\u9fff]")
WORDS = re.compile(r"\w{4,}")

# Of each document: lines of body (blank ones not counted), Han characters, their SHA-256.
BODIES = {
    "000": [(19, 2286, "6dfa09280cec777c")],
    "001": [(10, 2886, "beee4ac88058f38f")],
    "002": [(22, 6789, "bc2b45a8e864ca3a")],
    "003": [(9, 1883, "8c8c3cd7505eb382")],
    "004": [
        (39, 3452, "4cc1c9b89d1c443f"),
        (29, 3624, "8859ee4285c67f05"),
        (23, 3523, "6ff8ef710874bc54"),
    ],
}

# Seed, number of the line, a word of it that no body has; "" for a word that bodies have too.
NOISE = [
    ("000", 2, "范文"),
    ("000", 23, "试读结束"),
    ("000", 25, "加微信"),
    ("000", 27, "可搜索"),
    ("000", 29, "自发贡献"),
    ("000", 29, "本站仅提供"),
    ("000", 29, "一经查实"),
    ("000", 30, "注明出处"),
    ("001", 0, "禁止外传"),
    ("001", 1, ""),
    ("001", 2, "自建平台"),
    ("001", 3, ""),
    ("001", 4, "立享"),
    ("001", 6, "倒卖"),
    ("001", 7, "举报成功"),
    ("001", 8, "会员群"),
    ("001", 29, "咨询QQ"),
    ("002", 22, "篇幅"),
    ("003", 0, "bookmark"),
    ("003", 1, "更新时间"),
    ("004", 2, "小编"),
    ("004", 98, "推荐访问"),
]


def lines(seed: str) -> list[str]:
    return FILES[seed].read_text("utf-8").split("\n")


def cleaned(seed: str) -> list[Document]:
    return clean_text(FILES[seed].read_text("utf-8"))


def body(seed: str) -> str:
    return "\n".join(found.text for found in cleaned(seed))


@pytest.mark.parametrize("seed", BODIES)
def test_no_han_character_of_a_body_is_lost_and_none_of_noise_is_left(seed: str) -> None:
    """The Han characters of each clean text are those of the lines of body, and no others."""
    found = cleaned(seed)
    made = [
        (len(d.text.split("\n")), len(han), hashlib.sha256(han.encode()).hexdigest()[:16])
        for d in found
        for han in ["".join(HAN.findall(d.text))]
    ]
    assert made == BODIES[seed]


@pytest.mark.parametrize(("seed", "number", "word"), NOISE)
def test_an_item_of_noise_is_gone(seed: str, number: int, word: str) -> None:
    """The line is in no clean text, nor is the word that names it, nor its own long words."""
    line = lines(seed)[number]
    assert word in line
    assert not word or word not in body(seed)
    left = body(seed).split("\n")
    assert line.strip() not in left
    if number > 2:  # above, lines of noise say words of the title, which bodies say too
        others = "\n".join(each for i, each in enumerate(lines(seed)) if i != number)
        own = [each for each in WORDS.findall(line) if each not in others]
        assert not [each for each in own if each in body(seed)]


@pytest.mark.parametrize("seed", FILES)
def test_ledes_and_watermarks_are_gone_wherever_they_stand(seed: str) -> None:
    """No clean text has an editor, an account, an address, a domain or a marker left in it."""
    assert not re.search(
        r"小编|QQ|微信|@|https?:|www\.|\.com|[a-z0-9]{6,}|bookmark|试读|点此", body(seed)
    )


@pytest.mark.parametrize("seed", FILES)
def test_no_stump_is_left_of_a_cut(seed: str) -> None:
    """Every line that is left is, but for its spelling, a line of the page or ends one."""
    pages = ["".join(HAN.findall(line)) for line in lines(seed)]
    for line in body(seed).split("\n"):
        han = "".join(HAN.findall(line))
        assert han
        assert any(each.endswith(han) for each in pages)


@pytest.mark.parametrize("seed", FILES)
def test_the_evidence_of_a_seed_is_whole(seed: str) -> None:
    """Texts rebuild from their removals, and bytes give what decoded text gives."""
    for found in cleaned(seed):
        assert rebuild(found) == found.text
    page = RawPage(f"file:{seed}", FILES[seed].read_bytes())
    assert [d.text for d in page_of(clean(page))] == [d.text for d in cleaned(seed)]


def test_what_is_truncated() -> None:
    """The trial copy is cut, the notice under a whole text is only a notice, the rest is whole."""
    kinds = {
        seed: [d.truncation and d.truncation.kind for d in cleaned(seed)] for seed in sorted(FILES)
    }
    assert kinds == {
        "000": ["tail_cut"],
        "001": [None],
        "002": ["notice_only"],
        "003": [None],
        "004": [None, None, None],
    }
    assert [d.truncated for d in (*cleaned("000"), *cleaned("002"))] == [True, False]


def test_titles_are_fields() -> None:
    """Titles are what the page prints, in their fields and out of the texts."""
    assert cleaned("000")[0].title == lines("000")[0]
    assert cleaned("001")[0].title == lines("001")[15]
    assert cleaned("002")[0].title is None
    assert cleaned("003")[0].title == lines("003")[2].strip()
    assert [d.title for d in cleaned("004")] == [lines("004")[i] for i in (1, 42, 73)]
    for seed in FILES:
        for found in cleaned(seed):
            assert found.title is None or found.title not in found.text


def test_a_collection_is_three_documents() -> None:
    """The fifth seed has three parts that know their place and the collection's title."""
    found = cleaned("004")
    assert [(d.segment.index, d.segment.count) for d in found] == [(0, 3), (1, 3), (2, 3)]
    assert {d.segment.parent_title for d in found} == {lines("004")[0]}
    assert "stolen-sentence" in {cut.rule for cut in found[0].removals}


def test_a_byline_is_metadata() -> None:
    """The fourth seed names an author and a date; its source says nothing, and says so."""
    metadata = cleaned("003")[0].metadata
    assert metadata["source"] == Harvested(None, "网络", "source-line", "none")
    assert metadata["author"].value
    assert metadata["published"].value == "2024-10-03"


def test_a_reprint_line_gives_its_address() -> None:
    """The address under the first seed is harvested with high trust."""
    declared = cleaned("000")[0].metadata["declared_url"]
    assert declared.trust == "high"
    assert str(declared.value).startswith("https://")
    assert lines("000")[30].endswith(str(declared.value))
