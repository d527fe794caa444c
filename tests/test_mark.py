"""From hits to cuts: what a rule asks for beside its pattern, and how far it reaches."""

from __future__ import annotations

import pytest
from texts import PROSE, document

from cleaners import Document, RawPage, clean, clean_text
from cleaners.document import Line
from cleaners.page import Page, split_lines
from cleaners.rules import Family, Rule, RulePack, Rules, make_rules

A, B, C, D = PROSE[:4]


def rule(rule_id: str, *pattern: str, kind: str = "other", **more: object) -> Rule:
    """A rule of its own for one test."""
    return Rule(rule_id, kind, "w", pattern, (), (), **more)  # type: ignore[arg-type]


def cuts(text: str, *rules: Rule) -> list[str]:
    """What these rules alone cut out of a text, titles and indents aside."""
    found = clean_text(text, Rules((RulePack("t", rules, "0" * 64),)))
    ids = {each.id for each in rules}
    return [cut.text.strip() for each in found for cut in each.removals if cut.rule in ids]


def only(text: str, *rules: Rule) -> Document:
    [found] = clean_text(text, Rules((RulePack("t", rules, "0" * 64),)))
    return found


# ------------------------------------------------------------------- what is prose


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("入冬以后渡口停了船，对岸的人进城要绕二十里山路才能赶上集市的", True),
        ("入冬以后渡口停了船对岸的人进城要绕二十里山路才能赶上集市的早", False),
        ("春天来了，船又开了起来。", True),
        ("“春天来了，船又开了。”", True),
        ("春天来了，船又开了起来", False),
        ("春天来了。", False),
        ("　　春天来了。　　　　　　　　", False),
        ("关于我们 | 联系我们 | 网站地图 | 版权声明 | 友情链接 | 返回首页", False),
    ],
)
def test_prose_is_told_from_labels(line: str, prose: object) -> None:
    """Long lines with marks and lines that end a sentence are prose; titles and menus are not."""
    page = Page(line, split_lines(line))
    assert page.is_prose(0) is prose


@pytest.mark.parametrize("role", ["heading", "table", "code"])
def test_what_the_page_calls_something_else_is_no_prose(role: str) -> None:
    """A heading, cell or line of code is none, however long."""
    assert not Page(A, (Line(0, len(A), role),)).is_prose(0)  # type: ignore[arg-type]
    assert Page(A, (Line(0, len(A), "list"),)).is_prose(0)


# --------------------------------------------------------------------- the place


@pytest.mark.parametrize(
    ("where", "head", "middle", "tail"),
    [
        ("anywhere", True, True, True),
        ("head", True, False, False),
        ("tail", False, False, True),
        ("edge", True, False, True),
    ],
)
def test_a_rule_cuts_where_it_looks(where: str, head: object, middle: object, tail: object) -> None:
    """Above the text, in it or below it: a hit elsewhere is no mark."""
    advert = rule("x", "广告1", where=where)
    assert bool(cuts(document(head=("河湾镇纪事", "广告1")), advert)) is head
    assert bool(cuts(document("广告1"), advert)) is middle
    assert bool(cuts(document(tail=("广告1",)), advert)) is tail


def test_without_prose_everything_is_edge() -> None:
    """A page of short lines has no middle that could protect a line."""
    assert cuts("标题\n甲\n广告\n乙", rule("x", "广告", where="edge")) == ["广告"]


def test_the_longest_line_is_counted_without_its_indent() -> None:
    """A line at most so long, blanks at its edges aside; one character more and it stays."""
    text = document("　　广告" + "好" * 6 + "  ")
    assert cuts(text, rule("x", "广告.*", longest=8)) == ["广告" + "好" * 6]
    assert cuts(text, rule("x", "广告.*", longest=7)) == []


@pytest.mark.parametrize(
    ("between", "near"), [(0, True), (1, True), (2, True), (3, False), (6, False)]
)
def test_a_neighbour_has_to_be_close(between: int, near: object) -> None:
    """Within three lines, unless the rule says otherwise, a hit of the kind must stand."""
    lines = ["水印", *["——"] * between, "广告"]
    neighbour = rule("w", "水印", kind="watermark")
    advert = rule("x", "广告", near=("watermark",))
    assert ("广告" in cuts(document(*lines), neighbour, advert)) is near
    wide = rule("x", "广告", near=("watermark",), within=between + 1)
    assert "广告" in cuts(document(*lines), neighbour, wide)


def test_a_neighbour_is_named_by_kind_or_by_id() -> None:
    """Either name will do; a rule of another name is no neighbour."""
    neighbour = rule("w", "水印", kind="watermark")
    text = document("水印", "广告")
    assert "广告" in cuts(text, neighbour, rule("x", "广告", near=("w",)))
    assert "广告" not in cuts(text, neighbour, rule("x", "广告", near=("v",)))


def test_a_line_is_not_its_own_neighbour() -> None:
    """Two lines of one kind support each other; one alone does not."""
    advert = rule("x", "广告.", kind="contact_spam", near=("contact_spam",))
    assert cuts(document("广告甲", "广告乙"), advert) == ["广告甲", "广告乙"]
    assert cuts(document("广告甲"), advert) == []


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_what_has_to_repeat_is_counted(times: int) -> None:
    """The same words so often in a document; others of the same rule do not count."""
    stamp = rule("x", "印章.", repeats=3)
    text = document("印章乙", *["印章甲", B] * times)
    assert cuts(text, stamp) == (["印章甲"] * times if times >= 3 else [])


# ----------------------------------------------------------------------- quotation


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("他说：“加微信吧。”我没有加。", False),
        ("他说：「加微信吧。」我没有加。", False),
        ("他说：『加微信吧。』我没有加。", False),
        ("他说：“好。”加微信吧。", True),
        ("他说：“好。加微信吧。", True),
        ("好”加微信“吧", True),
        ("“甲”加微信“乙”", True),
        ("他说：“甲说：‘好。’加微信吧。”", False),
    ],
)
def test_what_is_quoted_stays(line: str, cut: object) -> None:
    """A hit between quotation marks that open and close on its line is somebody's words."""
    assert bool(cuts(document(line), rule("x", "加微信", reach="span"))) is cut


def test_a_rule_may_cut_what_is_quoted() -> None:
    """`quoted` is for residue that stands inside quotation marks too."""
    line = "他说：“[书签]好。”"
    assert cuts(document(line), rule("x", r"\[书签\]", reach="span")) == []
    assert cuts(document(line), rule("x", r"\[书签\]", reach="span", quoted=True)) == ["[书签]"]


def test_quotation_marks_far_away_do_not_count() -> None:
    """A hit in the middle of a very long line is not quoted by marks at its ends."""
    line = "“" + "雾大的日子" * 80 + "加微信" + "雾大的日子" * 80 + "”"
    assert cuts(document(line), rule("x", "加微信", reach="span")) == ["加微信"]


# --------------------------------------------------------------------- how far


@pytest.mark.parametrize(
    ("line", "reach", "cut"),
    [
        ("甲乙。请加微信好吗？丙丁。", "span", "加微信"),
        ("甲乙。请加微信好吗？丙丁。", "sentence", "请加微信好吗？"),
        ("甲乙。请加微信，好吗？丙丁。", "clause", "请加微信，"),
        ("甲乙，请加微信，好吗？丙丁。", "sentence", "甲乙，请加微信，好吗？"),
        ("甲乙，请加微信", "clause", "请加微信"),
        ("请加微信。丙丁。", "sentence", "请加微信。"),
        ("甲乙……请加微信！！！丙丁。", "sentence", "请加微信！！！"),
        ("甲乙；请加微信；丙丁。", "sentence", "请加微信；"),
        ("甲乙?请加微信!丙丁。", "sentence", "请加微信!"),
        ("见a.example/?b=1请加微信。丙丁。", "sentence", "见a.example/?b=1请加微信。"),
        ("　　甲乙，请加微信，丙丁", "line", "甲乙，请加微信，丙丁"),
    ],
)
def test_a_hit_grows_to_its_unit(line: str, reach: str, cut: str) -> None:
    """A span stays as it is; a clause, sentence or line is taken whole with its own mark."""
    pattern = ".*加微信.*" if reach == "line" else "加微信"
    assert cuts(document(line), rule("x", pattern, reach=reach)) == [cut]


def test_a_hit_that_ends_its_sentence_does_not_take_the_next_one() -> None:
    """Where the pattern matched the full stop itself, the sentence is complete."""
    assert cuts(document("甲乙。这是广告。丙丁。"), rule("x", "广告。", reach="sentence")) == [
        "这是广告。"
    ]


def test_a_sentence_without_end_takes_no_long_text_along() -> None:
    """Where no mark is near, the hit itself is the unit, not a line of a thousand characters."""
    line = "船" * 500 + "加微信" + "桥" * 500
    assert cuts(document(line), rule("x", "加微信", reach="sentence")) == ["加微信"]


def test_a_tail_goes_on_to_the_end_of_the_page() -> None:
    """The line of the hit and the short lines below it go, to the last."""
    tail = ("往期推荐", "修桥的故事", "修船的故事", "关于我们")
    assert "".join(cuts(document(tail=tail), rule("x", "往期推荐", reach="tail"))) == "\n".join(
        tail
    )


def test_a_tail_stops_before_prose() -> None:
    """Running text below a block of noise is text; only what stands above it goes."""
    found = only(
        f"{A}\n{B}\n往期推荐\n修桥的故事\n{C}\n桥还在那里", rule("x", "往期推荐", reach="tail")
    )
    assert [cut.text for cut in found.removals] == ["往期推荐\n修桥的故事"]
    assert found.text == f"{A}\n{B}\n{C}\n桥还在那里"


def test_a_tail_goes_over_prose_that_is_noise_itself() -> None:
    """A long line that rules speak against does not stop a tail."""
    long = "请加微信，" + "好" * 40 + "。"
    rules = (rule("x", "往期推荐", reach="tail"), rule("y", "请加微信.*"))
    assert only(f"{A}\n{B}\n往期推荐\n{long}\n修桥的故事", *rules).text == f"{A}\n{B}"


def test_a_small_hit_does_not_make_prose_noise() -> None:
    """A paragraph in which a rule hits a word is running text still, and stops a tail."""
    rules = (rule("x", "往期推荐", reach="tail"), rule("y", "木匠", reach="span"))
    found = only(f"{A}\n往期推荐\n修桥的故事\n{B}\n修桥以后", *rules)
    assert [cut.text for cut in found.removals] == ["往期推荐\n修桥的故事", "木匠"]


def test_a_head_begins_with_the_page_and_stops_below_prose() -> None:
    """The line of the hit and the short lines above it go; running text above them stays."""
    header = rule("x", "文档简介", reach="head")
    assert only(f"首页\n下载\n文档简介\n{A}\n{B}", header).text == f"{A}\n{B}"
    assert cuts(f"{A}\n下载\n文档简介\n{B}", header) == ["下载\n文档简介"]


def test_a_flag_cuts_nothing() -> None:
    """A rule of severity `flag` is recorded with its place, and the text stays."""
    found = only(document("内部资料 注意保存"), rule("x", "内部资料.*", severity="flag"))
    assert not found.removals
    [flag] = found.flags
    assert (flag.rule, flag.text) == ("x", "内部资料 注意保存")
    assert "内部资料 注意保存" in found.text


def test_cuts_that_overlap_are_one_stretch_with_a_name_for_each_piece() -> None:
    """What several rules mark goes once; the wider hit names what both of them took."""
    found = only(
        document("甲乙丙丁戊。己庚"),
        rule("wide", "甲乙丙丁戊。", reach="span"),
        rule("narrow", "丁戊。己", reach="span"),
    )
    assert [(cut.rule, cut.text) for cut in found.removals] == [
        ("wide", "甲乙丙丁戊。"),
        ("narrow", "己"),
    ]


def test_punctuation_that_a_cut_leaves_alone_goes_with_it() -> None:
    """No line of brackets and dots stays where its words went; a full stop before it does."""
    advert = rule("x", "加微信", reach="span")
    assert cuts(document("【—加微信—】"), advert) == ["【—加微信—】"]
    for line in (
        "船开了。加微信。桥修了。",
        "加微信。船开了。桥修了。",
        "船开了。桥修了。加微信！",
    ):
        assert only(document(line), advert).text == document("船开了。桥修了。")


def test_a_rule_for_the_tight_view_is_asked() -> None:
    """What is spelt with separators between its characters is found by a rule that says so."""
    assert cuts(document("加 ★微 信 abc"), rule("x", "加微信.*", view="tight"))


def test_a_rule_for_the_page_rejects_it() -> None:
    """Reach `page` says that the page is no document at all."""
    nothing = rule("x", "该页面不存在", kind="page", reach="page")
    assert clean_text(f"该页面不存在\n{A}", Rules((RulePack("t", (nothing,), "0" * 64),))) == []


# ------------------------------------------------------------------------ families


NOVEL = Family("novel", "小说站", ("next", "shelf", "error"))


def cuts_of_family(*lines: str) -> list[str]:
    """What a bold rule of a family cuts from the end of a text that has these lines below it."""
    bold = rule("bold", "记住本站", family="novel")
    signs = (rule("next", "下一章"), rule("shelf", "加入书架"), rule("error", "章节错误"))
    pack = RulePack("t", (bold, *signs), "0" * 64, families=(NOVEL,))
    [found] = clean_text(document("记住本站", tail=lines), make_rules([pack]))
    return [cut.text for cut in found.removals if cut.rule == "bold"]


def test_a_bold_rule_cuts_on_pages_of_its_family_only() -> None:
    """Two different signs make a page one of the family; one sign, twice as well, does not."""
    assert cuts_of_family("加入书架", "下一章") == ["记住本站"]
    assert cuts_of_family("下一章") == []
    assert cuts_of_family("下一章", "下一章") == []
    assert cuts_of_family() == []


def test_what_a_rule_keeps_no_rule_cuts() -> None:
    """A stretch that a `keep` rule names stays, in the middle of a cut and of a block as well."""
    block = rule("block", "往期推荐", reach="tail")
    keep = rule("keep", "修桥的故事", severity="keep")
    assert cuts(f"{A}\n{B}\n往期推荐\n修桥的故事\n修桥以后", block, keep) == [
        "往期推荐",
        "修桥以后",
    ]
    wide = rule("wide", "甲乙丙丁戊。", reach="span")
    part = rule("part", "丙丁", reach="span", severity="keep")
    found = only(document("甲乙丙丁戊。己庚"), wide, part)
    assert "丙丁己庚" in found.text
    assert not found.flags


def test_a_kept_line_is_text_in_every_way() -> None:
    """It stays inside quotation marks, keeps a page from being none, and is no rule's neighbour."""
    promo = rule("promo", "关注我们.*", kind="site_promo")
    shy = rule("shy", "一句闲话", near=("site_promo",))
    keep = rule("keep", "关注我们，一起读书", severity="keep", kind="site_promo")
    text = document(tail=("关注我们，一起读书", "一句闲话"))
    assert cuts(text, promo, shy) == ["关注我们，一起读书", "一句闲话"]
    assert cuts(text, shy, keep) == []
    assert cuts(document("他说：“关注我们，一起读书”。"), promo, keep) == []
    page = rule("none", "关注我们，一起读书", reach="page")
    assert only(text, page, keep).text.endswith("一句闲话")


# ------------------------------------------------------- inside of a text, and glued to it

FOLLOW = "点击上方蓝字关注我们"


def test_a_rule_for_edges_takes_a_line_of_sites_words_between_paragraphs() -> None:
    """What it takes there has hardly another word than sites have; at an edge that is not asked."""
    follow = rule("x", "点击上方[^。]*", where="edge")
    assert cuts(document(FOLLOW), follow) == [FOLLOW]
    assert cuts(document("点击上方那口旧钟的木匠走远了"), follow) == []
    assert cuts(document(tail=("点击上方那口旧钟的木匠走远了",)), follow) != []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("3. " + FOLLOW, id="item of a list"),
        pytest.param("第三条 " + FOLLOW, id="article of a law"),
        pytest.param(f"“{FOLLOW}”", id="quoted"),
    ],
)
def test_no_rule_for_edges_takes_items_and_quotations_of_a_text(line: str) -> None:
    """Manuals, rules of a house and reports say such things as their own."""
    assert cuts(document(line), rule("x", ".*点击上方.*", where="edge", quoted=True)) == []


@pytest.mark.parametrize("where", ["edge", "anywhere"])
def test_what_is_glued_to_a_paragraph_goes_without_it(where: str) -> None:
    """A rule for lines takes the sentence that was put behind those of the author."""
    assert cuts(document(B + FOLLOW), rule("x", ".*点击上方.*", where=where)) == [FOLLOW]


def test_a_lede_goes_with_what_anybody_could_say() -> None:
    """Such a rule takes its line from the start."""
    lede = "光阴似箭，日月如梭，一年又过去了。下面是某某小编整理的范文"
    assert cuts(document(head=(lede,)), rule("x", ".*下面是.*", kind="seo_filler")) == [lede]


def test_a_sentence_that_was_broken_into_keeps_its_beginning() -> None:
    """What stands before a hit in its sentence, without a word of sites, is the author's."""
    line = "镇上的老木匠说他年轻的时候最新网址：www.example.com这条河年年结冰。"
    found = cuts(document(line), rule("x", "最新网址", reach="sentence"))
    assert found == [line[line.index("最新") :]]


OFFERS = [
    "加微信xk2931领取完整版，",
    "（更多资源请加QQ群：83920112）",
    "更多精彩内容请关注微信公众号：悦读时光，",
]


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("number", range(3))
def test_an_offer_put_into_a_sentence_goes_and_leaves_the_sentence(offer: str, number: int) -> None:
    """Clauses before it and behind it without words of sites are the author's, on any line."""
    lines = [
        "清晨的雾还没有散尽，老街两旁的铺子已经陆续卸下门板，|豆浆的香气飘过来，引来了赶早市的人。",
        "她把信折好放进抽屉，想了想又取出来，|在末尾添了一行小字，这才重新封上，交给了邮差。",
        "第二年春天，他把石榴树移到了南墙根下，|浇足了水，又搭了一个挡风的草帘子。",
    ]
    dirty = [line.replace("|", offer if n == number else "") for n, line in enumerate(lines)]
    [document] = clean_text("\n".join(dirty))
    assert document.text.split("\n") == [line.replace("|", "") for line in lines]


def test_a_bracket_before_a_sentence_goes_without_it() -> None:
    """（更多资源请加QQ群：…） and what follows it are two things."""
    [document] = clean_text(f"{A}\n{B}（更多资源请加QQ群：83920112）{C}\n{D}")
    assert document.text == f"{A}\n{B}{C}\n{D}"


WORD = rule("word", "下载说明|相关推荐", where="edge")


def test_a_word_of_sites_above_a_paragraph_is_its_heading() -> None:
    """下载说明 is what sites print, and what heads a section of a manual."""
    assert cuts(f"渡口\n下载说明\n{A}\n{B}\n{C}", WORD) == []
    assert cuts(f"渡口\n{A}\n{B}\n{C}\n下载说明\n{D}", WORD) == []


def test_a_word_of_sites_among_noise_or_with_nothing_below_is_none() -> None:
    """A heading has something to head, and no other noise beside it."""
    assert cuts(f"渡口\n{A}\n{B}\n{C}\n下载说明", WORD) == ["下载说明"]
    assert cuts(f"渡口\n相关推荐\n下载说明\n{A}\n{B}\n{C}", WORD) == ["相关推荐", "下载说明"]


SCRIPT = rule("script", r"[a-z]+\(\);?", kind="conversion_residue", where="edge")
CALL = "foo();"


def test_a_program_on_a_page_is_no_residue() -> None:
    """<pre> says what is code, and so do fences; the same call by itself is what a page left."""
    fenced = f"```python\n{CALL}\n```"
    assert cuts(f"{A}\n{B}\n{fenced}", SCRIPT) == []
    assert cuts(f"{A}\n{B}\n{CALL}", SCRIPT) == [CALL]
    assert cuts(f"{A}\n{B}\n```\n{CALL}", SCRIPT) == [CALL]  # of which the half is lost
    page = f"<title>题</title><h1>题</h1><p>{A}<pre><code>{CALL}\nprint(1)</code></pre><p>{B}"
    [found] = clean(RawPage("file:a.html", page.encode()))
    assert isinstance(found, Document)
    assert f"```\n{CALL}\nprint(1)\n```" in found.text
    assert A in found.text
