"""What was put into sentences goes; what sentences say stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import PROSE, document

from cleaners import clean_text
from cleaners.insertions import RULES
from cleaners.run_in import RULES as RUN_IN

IDS = {rule.id for rule in (*RULES, *RUN_IN)}
LINES = (
    "清晨的雾还没有散尽，老街两旁的铺子已经陆续卸下门板，豆浆的香气从巷口飘过来，引来了赶早市的人。",
    "第二年春天，祖父把院子里的石榴树移到了南墙根下，浇足了水，又搭了一个挡风的草帘子。",
    "她把信折好放进抽屉，想了想又取出来，在空白处添了一行小字，这才重新封上，交给了邮差。",
)
PLACES = (13, 10, 8)  # in the middle of a word of each


def found(text: str) -> list[tuple[str, str]]:
    """The cuts of these modules, as (rule, text)."""
    return [(r.rule, r.text) for d in clean_text(text) for r in d.removals if r.rule in IDS]


def said(text: str) -> str:
    """The text of the one document that `text` becomes."""
    [result] = clean_text(text)
    return result.text


def with_each(stamp: str) -> str:
    """Three sentences with a stamp in the middle of each."""
    lines = [f"{line[:at]}{stamp}{line[at:]}" for line, at in zip(LINES, PLACES, strict=True)]
    return document("\n".join(lines))


STAMP = "（柳湾夜话收藏）"


def stamped(stamp: str) -> str:
    """Prose with a stamp in the middle of three words that it has elsewhere."""
    return (
        f"渡{stamp}口停了船，水{stamp}电站修好了，木{stamp}匠走了，大家都没有话说，各自回家去了。\n"
        "渡口在河边，水电站在山上，木匠的家在渡口和水电站的中间，走过去要半个钟头。\n"
    ) + "\n".join(PROSE[:3])


@pytest.mark.parametrize(
    "stamp", [STAMP, f"【{STAMP[1:-1]}】", f" {STAMP[1:-1]} ", "→柳湾夜话←", "#柳湾夜话#"]
)
def test_a_stamp_inside_of_words_goes(stamp: str):
    """In brackets or signs of any form, or between blanks."""
    assert {rule for rule, _ in found(stamped(stamp))} == {"stamp-inside-words"}
    assert said(stamped(stamp)) == said(stamped(""))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(stamped("（化名）"), id="short, and an annotation"),
        pytest.param(stamped("（以下简称乙方）"), id="an annotation"),
        pytest.param(
            document("王芳（原告代理人）说是，李强（原告代理人）说不，赵明（原告代理人）没来。"),
            id="between words",
        ),
        pytest.param(
            document("三个县（市、区直管部门）来了，五个县（市、区直管部门）没来。"), id="a unit"
        ),
    ],
)
def test_brackets_that_are_meant_stay(text: str):
    """What brackets say of the word before them."""
    assert found(text) == []


@pytest.mark.parametrize(
    "stamp",
    [
        "墨石书屋www.moshi.example.com",
        "ｗｗｗ．ｍｏｓｈｉ．ｃｏｍ",
        "墨石文库版权所有",
        "转载自墨石中文网请支持正版",
        "墨-石-书-屋",
        "vx:moshi2060",
    ],
)
def test_what_a_site_puts_into_three_sentences_goes(stamp: str):
    """No rule knows these words; nothing of the sentences goes along."""
    assert said(with_each(stamp)) == said(with_each(""))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "他在墨石书屋里买书，到墨石书屋的门口等人，从墨石书屋回家，墨石书屋是镇上的老店。",
            id="a shop with a site's name",
        ),
        pytest.param(
            "打开微信小程序，在微信小程序里点击搜索，用微信小程序付款，微信小程序的好处是方便。",
            id="how something is used",
        ),
        pytest.param(
            "把example.com解析到本机，在example.com上部署，用example.com测试，example.com的证书到期了。",
            id="a domain that is talked of",
        ),
        pytest.param(
            "内存上涨的次数由每天848次降到9次，磁盘写满的次数由每天102次降到2次，死锁的次数由每天76次降到1次。",
            id="numbers in one form",
        ),
    ],
)
def test_what_a_text_says_three_times_stays(text: str):
    """Small words and marks stand beside it."""
    assert found(document(text)) == []


def test_an_address_before_three_paragraphs_goes():
    """It runs into them without a mark."""
    lines = [f"墨石书屋www.moshi.com{line}" for line in LINES]
    text = said(document("\n".join(lines)))
    assert text == said(document("\n".join(LINES)))


OFFERS = [
    "加微信moshi2060看全文",
    "需要全套PDF请加V信ms_x2060",
    "➕VX moshi2060",
    "联系QQ206000613",
    "加V：moshi2060",
]


def around(line: int, offer: str) -> tuple[str, str, str]:
    """What stands before and behind an offer that is put into one of the lines; what is left."""
    before, behind = LINES[line][: PLACES[line]], LINES[line][PLACES[line] :]
    lines = [*LINES]
    lines[line] = f"{before}{offer}{behind}"
    return before, behind, said(document("\n".join(lines)))


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("line", range(2))
def test_an_offer_run_into_a_clause_goes_alone(offer: str, line: int):
    """Also where a rule takes whole sentences."""
    before, behind, left = around(line, offer)
    assert before + behind in left


@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_whose_place_is_in_doubt_takes_nothing_along(offer: str):
    """Of a letter that somebody writes, not all offers are known."""
    before, behind, left = around(2, offer)
    assert before in left
    assert behind in left


@pytest.mark.parametrize(
    "offer",
    [
        "需要全文的同学请加微信moshi2060领取完整版。",
        "想进群的朋友可以联系QQ206000613备注入群。",
        "加V：moshi2060获取更多资料。",
    ],
)
def test_an_offer_goes_with_its_sentence(offer: str):
    """Its own words are around the account."""
    text = said(document("\n".join((*LINES, offer))))
    assert text == said(document("\n".join(LINES)))


def test_an_address_run_into_a_clause_goes():
    """Once, and known by no rule."""
    line = f"{LINES[1][:10]}墨石书屋www.moshi.com{LINES[1][10:]}"
    text = document("\n".join((LINES[0], line)))
    assert "www" not in said(text)
    assert "祖父把院" in said(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "市民可登录www.example.com查询办理进度，也可以到镇上的窗口去问，工作人员会帮助填写表格。",
        "他把程序放在www.example.com上，谁都可以取走，改好以后再放回来，这样过了三年。",
        "我们用example.com做例子，把它解析到本机，再看浏览器里出来的是什么，一步一步地试。",
        "扫码点餐的人越来越多，老板却还是喜欢听人说话，他觉得这样才像一家店。",
    ],
)
def test_addresses_that_a_sentence_needs_stay(sentence: str):
    """A word before them sends the reader there, or a small one needs them."""
    assert found(document(sentence)) == []


@pytest.mark.parametrize("clause", ["扫码进群领资料", "未经授权不得转载", "更多精彩请关注公众号"])
def test_a_clause_of_a_site_between_others_goes(clause: str):
    """It has no other word, and its neighbours have none of these."""
    line = "清晨的雾还没有散尽，老街两旁的铺子已经陆续卸下门板，{}豆浆的香气从巷口飘过来，把赶早市的人都引了过去。"
    text = document(line.format(f"{clause}，"))
    assert said(text) == said(document(line.format("")))


@pytest.mark.parametrize(
    "sentence",
    [
        "他在声明里写明版权所有，未经授权不得转载，违者要追究法律责任，这是三年前的事情了。",
        "她说“扫码进群领资料”，说得很快，像是背过许多遍，旁边的人都没有抬头看她一眼。",
    ],
)
def test_clauses_that_belong_to_their_sentence_stay(sentence: str):
    """Their neighbours speak of the same, or somebody says it."""
    assert found(document(sentence)) == []


@given(
    st.lists(st.integers(3, 30), min_size=3, max_size=3),
    st.sampled_from(["转载自墨石网www.ms.com", STAMP]),
)
def test_a_stamp_is_all_that_goes(places: list[int], stamp: str):
    """Wherever it is put in: these rules take it, its address, or nothing."""
    lines = [f"{line[:at]}{stamp}{line[at:]}" for line, at in zip(LINES, places, strict=True)]
    gone = {text for _, text in found(document("\n".join(lines)))}
    assert gone <= {stamp, "www.ms.com", "网www.ms.com"}


@pytest.mark.parametrize(
    "left",
    ["<br/><br />", '</p><p style="text-indent:2em">', "<strong>", "</span>", "<font color=red>"],
)
def test_tags_left_in_a_sentence_go(left: str):
    """What was between them stays."""
    line = f"{LINES[1][:10]}{left}{LINES[1][10:]}"
    assert said(document("\n".join((LINES[0], line)))) == said(document("\n".join(LINES[:2])))


@pytest.mark.parametrize(
    "sentence",
    [
        "要换行就写<br/>，要分段就写<p>，浏览器看见这些标签，会把文字排成我们想要的样子。",
        "如果a<b>c成立，那么这两个条件里总有一个是多余的，证明的时候可以把它去掉，不影响结果。",
    ],
)
def test_tags_that_a_text_speaks_of_stay(sentence: str):
    """It has a word for them, or they are a formula."""
    [result] = clean_text(document(sentence))
    assert all(r.rule != "tags-in-sentences" for r in result.removals)


@pytest.mark.parametrize(
    "stamp", ["◎某◎某◎文◎学◎网◎", "小÷说◇网→某◎某◇首÷发", "{:4_112:}", "readx();"]
)
def test_what_programs_print_into_a_sentence_goes(stamp: str):
    """Once is enough: nobody writes so."""
    line = f"{LINES[1][:10]}{stamp}{LINES[1][10:]}"
    assert said(document("\n".join((LINES[0], line)))) == said(document("\n".join(LINES[:2])))
