"""Parts of one article become one text; what each part prints again is cut with its proof."""

from __future__ import annotations

from cleaners.clean import clean_parts, rebuild
from cleaners.document import RawPage

URL = "https://example.cn/a{}.html"
HEAD = "<h1>渡口的灯</h1><p>作者：周渡　来源：河湾日报</p>"
FOOT = "<p>河湾日报版权所有，未经许可不得转载</p>"
FIRST = [
    "渡口的船夫姓周，每天天不亮就把灯挂在船头，等第一个要过河的人走下石阶来。",
    "冬天水浅，船要绕过三道沙洲，撑篙的人一路不说话，只听见篙子碰着石头的声音。",
    "他的父亲也是船夫，那盏灯就是父亲留下来的，玻璃罩换过四回，灯座还是原来的。",
]
SECOND = [
    "后来修了桥，过河的人少了，他还是每天点灯，说是给认得这盏灯的人留着。",
    "镇上的孩子放学以后跑到船上写作业，他在一边补网，谁的字写歪了，他就咳一声。",
    "有一年发大水，桥断了，半个镇子的人都是坐他的船过河的，一连坐了九天九夜。",
]
THIRD = [
    "水退以后，镇上给他送来一块匾，他把匾翻过来，正好做了船上缺的那块舱板。",
    "如今灯还挂在船头，换成了电的，天一黑就亮，照着水面上一圈一圈的纹路。",
]


def a_part(number, paragraphs):
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<html><head><title>渡口的灯</title></head><body><div>{HEAD}{body}{FOOT}</div></body></html>"
    name = URL.format("" if number == 1 else f"_{number}")
    return RawPage(name, page.encode(), "text/html; charset=utf-8")


def test_three_parts_are_one_document():
    pages = [a_part(1, FIRST), a_part(2, SECOND), a_part(3, THIRD)]
    [document] = clean_parts(pages)
    assert document.text == "\n".join([*FIRST, *SECOND, *THIRD])
    assert document.title == "渡口的灯"
    assert document.provenance.source == pages[0].source
    assert document.metadata["parts"].value == 3
    assert document.metadata["parts"].said.split() == [page.source for page in pages]
    assert rebuild(document) == document.text
    repeats = [cut.text for cut in document.removals if cut.rule == "part-repeat"]
    assert repeats.count("渡口的灯") == 2


def test_a_part_that_begins_where_the_last_one_ended_is_not_read_twice():
    pages = [a_part(1, FIRST), a_part(2, [*FIRST[-2:], *SECOND])]
    [document] = clean_parts(pages)
    assert document.text == "\n".join([*FIRST, *SECOND])
    cut = [cut.text for cut in document.removals if cut.rule == "part-repeat"]
    assert set(FIRST[-2:]) <= set(cut)


def test_what_the_author_repeats_inside_of_a_part_stays():
    refrain = "灯还亮着。"
    pages = [a_part(1, [*FIRST, refrain, FIRST[0]]), a_part(2, [SECOND[0], refrain, *SECOND[1:]])]
    [document] = clean_parts(pages)
    assert document.text.count(refrain) == 2


def test_the_same_parts_give_the_same_document_and_another_order_another():
    pages = [a_part(1, FIRST), a_part(2, SECOND)]
    assert clean_parts(pages) == clean_parts(pages)
    [one], [other] = clean_parts(pages), clean_parts(pages[::-1])
    assert one.provenance.raw_sha256 != other.provenance.raw_sha256
