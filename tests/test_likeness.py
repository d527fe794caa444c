"""Lines that are marked because they are unlike the text: the signs, the vetoes, the look-alikes."""

from __future__ import annotations

import inspect
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import PROSE, TEXTS

from cleaners import clean_text, edges, likeness, shapes, signs, voice
from cleaners.likeness import RULES, UNLIKE, because, total, unlike_text
from cleaners.page import Mark, Page, Part, split_lines
from cleaners.weights import BIAS, THRESHOLDS, WEIGHTS

BODY = list(PROSE[:6])
LOOKALIKES = re.findall(
    r"(?m)^#@ (.*)\n((?:(?!#@).*\n)+)",
    (Path(__file__).parent / "lookalikes.txt").read_text("utf-8"),
)
NOISE = likeness.header("known", "site_promo", "什么", "某", "某", "某")


def marked(lines: list[str], known: tuple[str, ...] = ()) -> dict[str, Mark]:
    """The lines that are marked, when rules have marked the lines `known` already."""
    text = "\n".join(lines)
    page = Page(text, split_lines(text))
    part = Part(0, len(text))
    marks = [
        Mark(NOISE, line.start, line.end)
        for line in page.lines
        if text[line.start : line.end] in known
    ]
    return {text[m.start : m.end]: m for m in unlike_text(page, part, marks)}


def cut(text: str) -> list[str]:
    return [
        removal.text
        for found in clean_text(text)
        for removal in found.removals
        if removal.rule == UNLIKE.id
    ]


def test_the_rule_carries_the_header_of_a_row() -> None:
    """It has id, kind, why, an example and a look-alike, as rows of a pack have."""
    for rule in RULES:
        assert rule.why
        assert rule.examples
        assert rule.counterexamples[0].because


def test_there_are_enough_lookalikes() -> None:
    """The collection of texts that must stay has no less than twenty kinds of text."""
    assert len({name for name, _ in LOOKALIKES}) >= 20


@pytest.mark.parametrize(("name", "text"), [pytest.param(n, t, id=n) for n, t in LOOKALIKES])
def test_what_looks_like_a_site_and_is_text_stays(name: str, text: str) -> None:
    """Not one line of these texts is taken, with rule marks around or without."""
    assert cut(text) == [], name
    lines = text.rstrip("\n").split("\n")
    assert marked(lines) == {}
    top, end = "首页 > 某某频道 > 正文", "上一篇：没有了"
    assert marked([top, *lines, end], known=(top, end)) == {}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            "关于清溪 | 联系我们 | 免责声明 | 投稿须知 | 下载客户端", id="a foot with bars"
        ),
        pytest.param("欢迎访问清溪阅读网，请收藏本站网址", id="a welcome"),
        pytest.param("更多内容请下载清溪阅读客户端", id="an app"),
        pytest.param("清溪阅读网 版权所有 未经授权请勿转载", id="rights"),
    ],
)
def test_a_line_in_the_voice_of_a_site_is_marked_below_the_text(line: str) -> None:
    """Site voice, no word of the text, noise beside it: together that is beyond doubt."""
    known = "上一篇：没有了"
    assert line in marked([*BODY, line, known], known=(known,))


def test_a_removal_says_what_decided_it() -> None:
    """The mark names the strongest signs in words, and the score that they add up to."""
    line, known = "关于清溪 | 联系我们 | 免责声明 | 投稿须知 | 下载客户端", "上一篇：没有了"
    values = marked([*BODY, line, known], known=(known,))[line].values
    assert float(values["score"]) >= THRESHOLDS[values["where"]]
    told = values["because"].split("; ")
    assert told
    assert all(sign == likeness.NEIGHBOURS or WEIGHTS[sign] > 0 for sign in told)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("“请点击链接，登录网站，下载客户端”", id="quoted"),
        pytest.param(
            "他点击了网站的首页，登录，下载，等了一夜，最后只看见一行字：版权所有。", id="told"
        ),
    ],
)
def test_words_of_a_site_in_a_text_stay(line: str) -> None:
    """Quoted words and narrated ones are the author's, wherever they stand."""
    known = "上一篇：没有了"
    assert marked([*BODY, line, known], known=(known,)) == {}


def test_a_line_between_two_paragraphs_needs_a_strong_sign() -> None:
    """The same words that go below the text stay in the middle of it."""
    line = "登录后查看"
    assert marked([*BODY[:3], line, *BODY[3:]]) == {}
    assert list(marked([*BODY, line])) == [line]


def test_the_only_title_is_never_taken() -> None:
    """What may be the title stays when no other line above the text could be it."""
    known = "首页 > 某某频道 > 正文"
    title = "清溪阅读网的三位会员在雪夜"
    assert marked([known, title, *BODY], known=(known,)) == {}


def test_what_has_only_words_of_sites_is_no_title() -> None:
    """A line above the text in which hardly anything is no word of sites is the site's own."""
    known = "首页 > 某某频道 > 正文"
    menu = "会员登录 免费注册 下载客户端"
    assert list(marked([known, menu, *BODY], known=(known,))) == [menu]


def test_touched_lines_are_left_to_their_rules() -> None:
    """A line of which a rule has taken something is not marked again."""
    line = "关于清溪 | 联系我们 | 免责声明 | 投稿须知 | 下载客户端"
    assert marked([*BODY, line], known=(line,)) == {}


def test_the_weights_belong_to_signs_that_exist() -> None:
    """Every weight names a voice, a shape, or a sign that the sources spell out."""
    words = " ".join(voice.VOICE.values()).split()
    source = "".join(inspect.getsource(m) for m in (edges, likeness, signs, shapes, voice))
    for sign in WEIGHTS:
        name, _, place = sign.partition(", ")
        if len(name) > 1 and name[:-1] in (signs.HAS, signs.BEGINS, signs.ENDS):
            continue
        if name[:-2] == signs.HAS and shapes.HAN.fullmatch(name[-2:]):
            continue
        if name.startswith("says "):
            assert name.removeprefix("says ") in words, sign
            continue
        for said in (signs.FIRST, signs.LAST):
            name = name.removeprefix(said)
        assert f'"{name}"' in source or name.startswith("is a "), sign
        assert place in {"", *signs.WHERE}


def test_a_sum_without_signs_is_far_from_the_threshold() -> None:
    """A line of which nothing is known stays."""
    assert total(()) == BIAS < min(THRESHOLDS.values())
    assert because(()) == ""


def test_the_order_of_signs_does_not_matter() -> None:
    """A set has another order in every run; the sum of its weights is the same number."""
    every = sorted(likeness.WEIGHTS)
    sums = {total(every[n:] + every[:n]) for n in range(len(every))}
    assert len(sums) == 1


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.data())
def test_marks_are_whole_untouched_lines(text: str, data: st.DataObject) -> None:
    """Whatever the page: marks are lines, none twice, none that was marked before."""
    page = Page(text, split_lines(text))
    if not page.lines:
        return
    chosen = data.draw(st.sets(st.sampled_from(range(len(page.lines))), max_size=4))
    marks = [Mark(NOISE, page.lines[n].start, page.lines[n].end) for n in chosen]
    found = [(m.start, m.end) for m in unlike_text(page, Part(0, len(text)), marks)]
    lines = [page.lines[n][:2] for n in range(len(page.lines)) if n not in chosen]
    assert len(set(found)) == len(found)
    assert set(found) <= set(lines)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("首页 | 登录 | 下载", id="menus"),
        pytest.param("点击下载", id="calls"),
        pytest.param("www.example.com", id="addresses"),
        pytest.param("（更多", id="brackets"),
    ],
)
def test_many_lines_take_time_in_proportion(line: str) -> None:
    """Ten times the lines take about ten times as long, and no line hangs."""

    def seconds(lines: int) -> float:
        text = "\n".join([*BODY, *[line] * lines, *BODY])
        page = Page(text, split_lines(text))
        began = time.process_time()
        list(unlike_text(page, Part(0, len(text)), ()))
        return time.process_time() - began

    assert seconds(20_000) < 25 * max(seconds(2_000), 0.01)


@given(
    st.text(
        st.sampled_from('网站。,:： 0123-/[](){}|·>»★~_a.com©您他地址第页?楼次"') | st.characters(),
        max_size=30,
    )
)
def test_a_line_is_asked_for_every_shape_that_it_has(text: str) -> None:
    """What spares a line a question never spares it a shape."""
    possible = shapes.SHAPES if shapes.NOT_PLAIN.search(text) else shapes.PLAIN_SHAPES
    assert set(signs._shapes(text)) == {n for n, s in possible.items() if s.search(text)}
    assert likeness._is_strong(text) == bool(shapes.STRONG_SHAPE.search(text))


def test_a_line_below_a_colon_answers_it() -> None:
    """写作： on a slide, and what is said about it: no word of sites, no sentence."""
    known = ("某某课堂",)
    slides = [*BODY, *known, "写作：", "修改船票，积累木料", *known, "修改船票，积累木料", *known]
    text = "\n".join(slides)
    page = Page(text, split_lines(text))
    seen = edges.edges_of(page, Part(0, len(text)), ())
    asked = [page.text(n) for n in seen.numbers if seen.is_asked_for(n)]
    assert asked == ["修改船票，积累木料"]


def test_a_full_line_of_wrapped_text_is_none_of_the_sites() -> None:
    """下一步 leads elsewhere, but a line as long as the others that break off goes on below."""
    wrapped = [
        "资金要用在刀刃上，几笔修渡口的钱必须用在渡口，木匠也可以来",
        "查账。有人坐在屋里谈修桥，问他要多少木料就答不上来，这样的",
        "办法要改。河水涨了就要搬石阶，雾大了就要点灯，谁的船出了事",
        "就由谁来管。今年春天三户人家合伙买船，在雾里摆渡，收的钱刚",
        "够买柴油。后来修了水电站，河里没有冰，孩子们没有地方拉板凳",
    ]
    last = "下一步，河湾村要在汛前统筹安排木料，对岸的石桥村要同步跟"
    text = "\n".join([*wrapped, last, "进。", "下一步，请扫码下载本站的客户端，更多精彩"])
    page = Page(text, split_lines(text))
    seen = edges.edges_of(page, Part(0, len(text)), ())
    goes_on = [seen.goes_on(n) for n in range(len(page.lines))]
    assert goes_on == [True] * 6 + [False, False]


KNOWN = ("首页 > 某某频道 > 正文", "返回顶部", "上一篇：没有了")


def around(*lines: str) -> list[str]:
    """Lines at the end of a page whose rules have found noise above and below."""
    return [KNOWN[0], *BODY, *lines, *KNOWN[1:]]


@pytest.mark.parametrize(
    ("first", "second"), [("3.1　登录", "3.2　退出登录"), ("一、登录", "二、退出登录")]
)
def test_a_section_with_the_next_number_is_of_the_text(first: str, second: str) -> None:
    """The text has gone on since the one before; without that one it is a button."""
    before = [KNOWN[0], *BODY[:2], first, *BODY[2:]]
    assert second not in marked([*before, second, *KNOWN[1:]], KNOWN)
    button = second[second.index("退") :]
    assert button in marked([KNOWN[0], *BODY, button, *KNOWN[1:]], KNOWN)


def test_how_an_office_is_reached_stays_below_its_heading() -> None:
    """A site's address under another line is the site's."""
    line = "公司网站：www.example.cn（“停水公告”栏目可按小区名称查询）"
    assert line in marked(around(line), KNOWN)
    assert line not in marked(around("五、咨询方式", line), KNOWN)


def test_rows_of_a_table_that_was_laid_out_with_blanks_stay() -> None:
    """Their second column begins at one place."""
    rows = [
        "屏幕提示　　　　　　处理办法",
        "网络异常　　　　　　稍后再试",
        "第1页/共3页　　　　 点“下一页”",
    ]
    ragged = [row.replace("　", "") for row in rows]
    assert not set(rows) & set(marked([*BODY[:3], *rows, *BODY[3:]], KNOWN))
    page = Page(text := "\n".join([*BODY[:3], *rows, *ragged]), split_lines(text))
    seen = edges.edges_of(page, Part(0, len(text)), ())
    assert [seen.in_columns(n) for n in range(3, 9)] == [True] * 3 + [False] * 3
