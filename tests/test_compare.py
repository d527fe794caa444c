"""Rules that count or compare: titles, ledes, site names, and what stands between noise."""

from __future__ import annotations

import pytest
from texts import PROSE, SALUTATIONS, document

from cleaners import Document, clean_text
from cleaners.compare import RULES, alike, could_be_title
from cleaners.page import Page, split_lines

A, B, C, D = PROSE[:4]
LEDE = "下面是某某网小编给大家带来的发言稿，希望大家喜欢。"
WATERMARK = "某某文行整理，咨询QQ206000000"


def only(text: str) -> Document:
    [found] = clean_text(text)
    return found


def cut_by(found: Document, *rules: str) -> list[str]:
    return [cut.text.strip() for cut in found.removals if cut.rule in rules]


def test_each_rule_carries_the_header_of_a_row() -> None:
    """Rules in Python have id, kind, why, an example and a look-alike, as rows of a pack have."""
    for rule in RULES:
        assert rule.why
        assert rule.examples
        assert rule.counterexamples[0].because
        assert not rule.pattern


# ------------------------------------------------------------------------ titles


@pytest.mark.parametrize(
    ("head", "title", "cut"),
    [
        pytest.param(["河湾镇渡口纪事"], "河湾镇渡口纪事", 1, id="one"),
        pytest.param(["河湾镇渡口纪事", "河湾镇渡口纪事"], "河湾镇渡口纪事", 2, id="twice"),
        pytest.param(
            ["全镇冬修水利会议讲话", "在全镇冬修水利会议上的讲话范文"],
            "全镇冬修水利会议讲话",
            2,
            id="with-a-suffix",
        ),
        pytest.param(
            ["河湾镇渡口纪事范文", "河湾镇渡口纪事"], "河湾镇渡口纪事", 2, id="the-plain-one-is-it"
        ),
        pytest.param(
            ["河湾镇渡口纪事", "更新时间：2024年1月5日", "河湾镇渡口纪事"],
            "河湾镇渡口纪事",
            2,
            id="with-noise-between",
        ),
        pytest.param(["　　河湾镇渡口纪事  "], "河湾镇渡口纪事", 1, id="with-blanks"),
        pytest.param(
            ["[bookmark: _Toc1]河湾镇渡口纪事", "河湾镇渡口纪事"],
            "河湾镇渡口纪事",
            2,
            id="with-noise-in-it",
        ),
        pytest.param(["谁来修桥？"], "谁来修桥？", 1, id="a-question"),
        pytest.param(["第三十一章 雾里的船"], "第三十一章 雾里的船", 1, id="a-chapter"),
    ],
)
def test_the_title_goes_to_its_field(head: list[str], title: str, cut: int) -> None:
    """The document's own title, however often printed, is a field and not in the text."""
    found = only(document(head=tuple(head)))
    assert found.title == title
    assert len(cut_by(found, "own-title", "doubled-title")) == cut
    assert found.text == document()


@pytest.mark.parametrize(
    "line", [*SALUTATIONS, "一、提高认识", "第三条 摆渡", "- 摆渡", "摆渡，修船，"]
)
def test_what_begins_a_text_is_no_title(line: str) -> None:
    """Salutations, numbered headings, list items and pieces of sentences stay in the text."""
    found = only(document(head=(line,)))
    assert found.title is None
    assert not found.removals
    assert len(found.text.split("\n")) == len(document().split("\n")) + 1


def test_a_subtitle_that_is_not_alike_stays() -> None:
    """Only printings of the title are cut with it; another short line is text."""
    found = only(document(head=("河湾镇渡口纪事", "献给摆渡的人")))
    assert (found.title, found.text.split("\n")[0]) == ("河湾镇渡口纪事", "献给摆渡的人")


def test_short_lines_without_a_text_are_no_title() -> None:
    """A list or a note of short lines keeps its first line."""
    found = only("买米\n修桨\n还书")
    assert (found.title, found.text) == (None, "买米\n修桨\n还书")


def test_a_title_far_down_is_a_heading() -> None:
    """The same words below running text are a heading of the text, and stay."""
    found = only(f"河湾镇渡口纪事\n{A}\n河湾镇渡口纪事\n{B}")
    assert found.text == f"{A}\n河湾镇渡口纪事\n{B}"


def test_a_title_has_its_damage_mended() -> None:
    """A damaged title is a proper one in its field."""
    assert only(document(head=("春日#x65e5;记",))).title == "春日日记"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("全镇务虚会议讲话", "在全镇务虚会上的讲话范文", True),
        ("河湾镇渡口纪事", "河湾镇渡口纪事_某某文库", True),
        ("河湾镇渡口纪事", "《河湾镇渡口纪事》", True),
        ("河湾鎮渡口紀事", "河湾镇渡口纪事", True),
        ("渡口", "渡口", True),
        ("渡口", "渡口纪事", False),
        ("春晓", "春眠不觉晓", False),
        ("河湾镇渡口纪事", "事纪口渡镇湾河", False),
        ("河湾镇渡口纪事", "山里镇木器厂沿革", False),
        ("范文", "讲话稿", False),
        ("全镇冬修水利会议讲话", "全镇春耕生产会议总结", False),
        ("河湾镇渡口", "河湾镇渡口上的老木匠和三户人家", False),
    ],
)
def test_titles_are_alike_or_not(a: str, b: str, same: object) -> None:
    """Two printings of one title share words in order; two titles with some words do not."""
    assert alike(a, b) is same
    assert alike(b, a) is same


@pytest.mark.parametrize("role", ["list", "table", "code"])
def test_cells_items_and_code_are_no_titles(role: str) -> None:
    """What the page marks as something else is not taken for its title."""
    assert could_be_title("河湾镇渡口纪事")
    assert not could_be_title("河湾镇渡口纪事", role)  # type: ignore[arg-type]


# ------------------------------------------------------------------------- ledes


def test_a_sentence_stolen_from_the_text_goes_with_its_lede() -> None:
    """The copy before the editor's words goes; the original below stays."""
    stolen = B.split("，")[0] + "。" + LEDE
    found = only(f"发言稿\n{stolen}\n{A}\n{B}\n{C}")
    assert (
        cut_by(found, "stolen-sentence") == [B.split("，")[0] + "。"] or len(B.split("，")[0]) < 8
    )
    found = only(f"发言稿\n{A}{LEDE}\n{B}\n{A}\n{C}")
    assert cut_by(found, "stolen-sentence") == [A]
    assert found.text == f"{B}\n{A}\n{C}"


def test_an_unrelated_sentence_goes_with_its_lede() -> None:
    """A filler in one paragraph with the editor's words, and nowhere below, is noise too."""
    found = only(f"发言稿\n人生路上风雨很多。{LEDE}\n{A}\n{B}")
    assert cut_by(found, "unrelated-lede") == ["人生路上风雨很多。"]
    assert found.text == f"{A}\n{B}"


def test_a_lede_below_running_text_takes_nothing_along() -> None:
    """Only at the head does a lede speak for its whole paragraph."""
    found = only(f"发言稿\n{A}\n{B}\n人生路上风雨很多。{LEDE}")
    assert not cut_by(found, "unrelated-lede", "stolen-sentence")
    assert found.text == f"{A}\n{B}\n人生路上风雨很多。"


def test_a_long_paragraph_is_no_lede() -> None:
    """A paragraph of several hundred characters is text, whatever its last sentence says."""
    long = "".join(PROSE)
    found = only(f"发言稿\n{long * 2}{LEDE}\n{A}\n{B}")
    assert not cut_by(found, "unrelated-lede", "stolen-sentence")
    assert long * 2 in found.text


def test_without_a_lede_a_repeated_sentence_stays() -> None:
    """Authors repeat themselves; only an editor's words make a copy of it."""
    text = f"{A.split('，')[0]}。\n{A}\n{B}"
    assert not cut_by(only(text), "stolen-sentence", "unrelated-lede")


def test_a_lede_that_ends_in_an_exclamation_leaves_what_follows() -> None:
    """The sentence behind the editor's words on the same line is text."""
    own = "同志们，今天我们召开冬修水利会议，研究部署下一步的工作。"
    found = only(document(head=("发言稿", "下面是某某网小编为大家带来的发言稿，希望喜欢！" + own)))
    assert own in found.text


# -------------------------------------------------------------- names and neighbours


def test_a_site_name_alone_on_its_line_goes_with_its_watermark() -> None:
    """The name that a watermark gives is noise on a line of its own, anywhere on the page."""
    found = only(f"某某文行\n渡口纪事\n{WATERMARK}\n{A}\n某某文行\n{B}\n{C}")
    assert cut_by(found, "site-name-line") == ["某某文行", "某某文行"]
    assert (found.title, found.text) == ("渡口纪事", f"{A}\n{B}\n{C}")


def test_a_name_in_a_sentence_stays() -> None:
    """The name as a word of the text, or without a watermark, is what the text talks about."""
    assert "某某文行开了十年" in only(f"渡口纪事\n{WATERMARK}\n某某文行开了十年。\n{A}").text
    assert only(f"{A}\n某某文行\n{B}").text == f"{A}\n某某文行\n{B}"


PROMOTION = ("仅供学习 禁止外传", "会员群：    免费QQ群：", "现在订阅立享前3年的所有权益和资料")


def test_short_lines_between_promotion_go() -> None:
    """In a block of promotion at the head a line that no rule knows is promotion as well."""
    head = (PROMOTION[0], "自建平台 实时分享", *PROMOTION[1:], "渡口纪事")
    found = only(document(head=head))
    assert cut_by(found, "between-noise") == ["自建平台 实时分享"]
    assert (found.title, found.text) == ("渡口纪事", document())


def test_the_last_line_above_the_text_is_its_title() -> None:
    """Where no other title follows, the last unknown line of a block is spared."""
    head = (PROMOTION[0], "渡口纪事", *PROMOTION[1:])
    found = only(document(head=head))
    assert not cut_by(found, "between-noise")
    assert (found.title, found.text) == ("渡口纪事", document())


def test_text_between_promotion_stays() -> None:
    """A salutation or a sentence in the block is text; then nothing is guessed at."""
    head = (PROMOTION[0], "同志们：", "今天开会。", *PROMOTION[1:])
    found = only(document(head=head))
    assert not cut_by(found, "between-noise")
    assert "同志们：\n今天开会。" in found.text


def test_two_lines_of_promotion_are_no_block() -> None:
    """A short line between two marks alone stays: it may be the subtitle."""
    head = ("渡口纪事", PROMOTION[0], "献给摆渡的人", PROMOTION[1])
    assert "献给摆渡的人" in only(document(head=head)).text


def test_headings_inside_the_text_stay() -> None:
    """Numbered and plain headings between paragraphs are part of the text."""
    text = f"渡口纪事\n{A}\n一、冬天\n{B}\n船的来历\n{C}\n（二）夏天\n{D}"
    assert only(text).text == text.split("\n", 1)[1]


# -------------------------------------------------------- first lines that are no titles

PICTURE = "![](https://img.example.com/a.png)"


@pytest.mark.parametrize("rule", ["==", "======", "---"])
def test_a_line_with_a_rule_below_is_a_heading_and_stays(rule: str) -> None:
    """Markdown underlines its headings; the title is read from one and left where it stands."""
    found = only(f"河湾镇渡口纪事\n{rule}\n\n{document()}")
    assert (found.title, found.text.split("\n")[0]) == ("河湾镇渡口纪事", "河湾镇渡口纪事")


@pytest.mark.parametrize("below", [PICTURE, "### 渡口的来历"])
def test_a_plain_line_above_markdown_is_text(below: str) -> None:
    """A page that marks its headings has no title on a plain line: it begins in the middle."""
    found = only(f"把船拉上岸以后再看水位\n\n{below}\n\n{document()}")
    assert found.title is None
    assert "把船拉上岸以后再看水位" in found.text


@pytest.mark.parametrize(
    "line", ["怎样在河边修桥——", "rebuild_index", "$$", "\\title{", "www.example.com"]
)
def test_halves_names_and_signs_are_no_titles(line: str) -> None:
    """Half a title, the name of a command, a formula's frame and an address head nothing."""
    assert only(f"{line}\n{document()}").title is None


def test_a_refrain_is_no_title() -> None:
    """In verse a line that comes again is a refrain; the title stands above it."""
    verse = "撑船的人哟，慢些走\n河边的灯还亮着\n我有一句话\n没有说完\n"
    found = only(f"灯\n渡河谣\n{verse}{verse}")
    assert found.text.count("撑船的人哟，慢些走") == 2
    found = only(f"{verse}{verse}")
    assert found.title is None


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("渡船漏水怎么办？（怎么回事）（渡船漏水怎么）", "渡船漏水怎么办？"),
        ("榫头（榫头怎么做）", "榫头"),
        ("渡船（外一首）", "渡船（外一首）"),
    ],
)
def test_what_farms_put_behind_a_title_is_not_in_its_field(printed: str, title: str) -> None:
    """The question in other words and a site's name go; a bracket with words of its own stays."""
    assert only(document(head=(printed,))).title == title


def test_a_title_that_is_a_file_says_its_name() -> None:
    """A title printed as a file's name is harvested as one."""
    found = only(document(head=("河湾镇渡口纪事.docx", "河湾镇渡口纪事")))
    assert found.title == "河湾镇渡口纪事"
    assert found.metadata["file_name"].value == "河湾镇渡口纪事.docx"


@pytest.mark.parametrize("line", ["\\text { 冬修水利 }", "- 修桨", "x = 1;", "表1 水位"])
def test_formulas_items_and_captions_are_no_promotion(line: str) -> None:
    """A block of promotion takes no line along that has the form of a text's own."""
    found = only(document(head=(PROMOTION[0], line, *PROMOTION[1:], "渡口纪事")))
    assert not cut_by(found, "between-noise")


def test_a_title_above_a_byline_is_not_promotion() -> None:
    """Another line that a rule speaks for is no title instead of it."""
    head = (PROMOTION[0], "渡口纪事", *PROMOTION[1:], "作者：半日闲")
    assert only(document(head=head)).title == "渡口纪事"


def test_a_title_between_promotion_and_a_byline_stays() -> None:
    """What a rule has taken already is no short line that stands in the block."""
    head = (PROMOTION[0], "渡口纪事", "作者：半日闲 2019-03-02", *PROMOTION[1:])
    assert only(document(head=head)).title == "渡口纪事"


def test_an_address_below_the_name_of_a_site_goes() -> None:
    """Alone on its line, at the head, with nothing but noise above it."""
    address = "www.example.com/jiaoshi"
    found = only(document(head=("首页 > 教师专栏 > 正文", address, "渡口的数学")))
    assert cut_by(found, "address-below-site-name") == [address]
    assert found.title == "渡口的数学"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(
            ("首页 > 正文", "渡口的数学", "投稿请登录", "www.example.com"), id="asked for"
        ),
        pytest.param(("www.example.com/jiaoshi", "渡口的数学"), id="the first line"),
    ],
)
def test_an_address_that_the_text_gives_stays(head: tuple[str, ...]) -> None:
    """Below a line of the text, or with nothing above it."""
    assert not cut_by(only(document(head=head)), "address-below-site-name")


def test_a_title_quoted_above_itself_is_printed_once() -> None:
    """Clippers put a quotation of the title above it."""
    found = only(document(head=("> 河湾镇渡口纪事", "河湾镇渡口纪事")))
    assert found.title == "河湾镇渡口纪事"
    assert cut_by(found, "own-title", "doubled-title") == ["> 河湾镇渡口纪事", "河湾镇渡口纪事"]


def test_a_quotation_that_is_not_said_again_is_no_title() -> None:
    """A motto above a text."""
    assert (
        only(document(head=("> 雾大的日子木头不好干", "河湾镇渡口纪事"))).title
        != "雾大的日子木头不好干"
    )


def test_short_lines_without_prose_are_not_guessed_at() -> None:
    """Between promotion in a page of verse every line is short; those that rules know go alone."""
    verse = "撑船的人哟\n河边的灯还亮着"
    found = only(f"{PROMOTION[0]}\n{verse}\n{PROMOTION[1]}\n{PROMOTION[2]}\n{verse}")
    assert not cut_by(found, "between-noise")


# ---------------------------------------------------------------- ledes without an editor

MAXIM = "合理的安排让生活更加从容。"


def test_a_maxim_of_foreign_words_goes_in_a_collection() -> None:
    """An item that opens with what is always so, in words it never uses again, was given a lede."""
    items = "\n".join(f"发言稿篇{n}\n{MAXIM}\n{A}\n{B}\n{C}" for n in (1, 2))
    assert all(MAXIM not in item.text for item in clean_text(items))


def test_a_maxim_of_an_authors_own_stays() -> None:
    """Without an editor it is the author's opening; so it is where the text takes its words up."""
    assert MAXIM in only(f"渡口纪事\n{MAXIM}\n{A}\n{B}").text
    items = "\n".join(
        f"发言稿篇{n}\n{MAXIM}\n{A}\n生活从容，是因为合理的安排。" * 1 + f"\n{B}" for n in (1, 2)
    )
    assert all(MAXIM in item.text for item in clean_text(items))


def test_the_authors_reason_before_his_collection_stays() -> None:
    """我 speaks before a collection of one's own; no editor does."""
    own = "上个月我家的渡船漏了两回。"
    lede = "以下是我收集整理的修船办法，供大家参考。"
    assert own in only(f"修船\n{own}{lede}\n{A}\n{B}").text


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("![](https://img.example.com/a/渡口.png?w=640,h=480)", False),
        ("原文：https://example.com/渡口/纪事.html?a=1,2;b=3", False),
        (f"{A}![](https://img.example.com/a.png)", True),
    ],
)
def test_the_marks_in_an_address_make_no_prose(line: str, prose: object) -> None:
    """A line of a picture or an address is no sentence, whatever signs are in it."""
    assert Page(line, split_lines(line)).is_prose(0) is prose
