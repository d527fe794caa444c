"""Short lines among noise, and the title below a site's menu."""

import pytest

from cleaners import clean_text
from cleaners.crumbs import CRUMB

TEXT = (
    "入冬以后，河湾镇的渡口停了船，对岸的人进城要绕二十里山路。",
    "镇上的老木匠说，他年轻的时候这条河年年结冰，谁也不怕掉下去。",
    "后来修了水电站，河水一年四季都是温的，冰没有了，雾却多起来。",
)
BUTTONS = ("点赞 12", "收藏 203", "分享到朋友圈", "举报", "参与评论", "好文要顶 关注我 收藏该文")
MENU = (
    "登录 注册 手机版",
    "当前位置：首页 > 文学 > 散文",
    "设为首页 | 加入收藏 | 联系我们",
    "立即注册",
)


def said(*lines: str) -> tuple[str, set[str]]:
    """What is left of a page, and the names of the rules that took something."""
    [found] = clean_text("\n".join(lines))
    return found.text, {r.rule for r in found.removals}


@pytest.mark.parametrize("crumb", ["春天的河", "20331", "小林", "某某手记"])
def test_a_short_line_among_buttons_below_the_text_goes(crumb: str):
    """Nothing knows these lines; what stands around them is known."""
    text, rules = said("渡口", *TEXT, *BUTTONS[:3], crumb, *BUTTONS[3:], "Powered by WordPress")
    assert text == "\n".join(TEXT)
    assert CRUMB.id in rules or "unlike-the-text" in rules


@pytest.mark.parametrize(
    "end",
    ["河湾县人民政府", "二〇二四年一月五日", "附件：登记表", "船终于又开了。", "图为冬天的渡口"],
)
def test_what_ends_a_text_is_no_crumb(end: str):
    """A signature, a date, a label, a sentence: a site's buttons follow them."""
    text, _ = said("渡口", *TEXT, end, *BUTTONS)
    assert text.endswith(end)


def test_a_list_of_short_lines_keeps_all_of_them():
    """Without a sentence nobody can tell what is said from what is around it."""
    text, _ = said("菜单", "豆浆", "油条", "包子", "馒头", "稀饭", "咸菜")
    assert text.count("\n") >= 4


def test_the_title_is_found_below_a_menu():
    """Who wrote it and when stands below a title, and the menu above it goes."""
    [found] = clean_text("\n".join(
        ("河湾木器厂", *MENU, "成功案例", "渡口的木船", "发布日期：2019-05-06 作者：小林 点击：203", *TEXT)
    ))  # fmt: skip
    assert found.title == "渡口的木船"
    assert found.text == "\n".join(TEXT)


def test_a_heading_below_the_title_is_not_taken_for_it():
    """A menu is lines of noise; a title with a heading below it has none between."""
    [found] = clean_text("\n".join(("渡口", "一条河的冬天", "2019-05-06 来源：某某网", *TEXT)))
    assert found.title == "渡口"
    assert "一条河的冬天" in found.text


def test_a_heading_behind_a_title_with_buttons_is_not_taken_for_it():
    """Where the first line is told to be the title, no line further down is sought."""
    [found] = clean_text("\n".join(
        ("渡口", "发布日期：2019-05-06 作者：小林 点击：203", *MENU, "渡口的冬天", "分享到朋友圈", *TEXT)
    ))  # fmt: skip
    assert found.title == "渡口"
    assert "渡口的冬天" in found.text


def test_a_column_of_short_lines_is_a_menu_of_which_less_has_to_be_known():
    """Two of eight lines are known; the others are as short, and the title has the text's words."""
    column = ("社区", "企业工具", "创业", "微案例", "会议", "作文")
    [found] = clean_text(
        "\n".join((MENU[0], *column, MENU[3], "渡口往事", "文档格式：.doc", *TEXT))
    )
    assert found.title == "渡口往事"
    assert found.text == "\n".join(TEXT)


@pytest.mark.parametrize("bar", ["_", " - ", "——", "｜", " | "])
def test_the_title_of_a_window_names_the_title_below_a_menu(bar: str):
    """渡口往事_某某网, a menu of which a word is known, and 渡口往事 again: all above the text goes."""
    [found] = clean_text(
        "\n".join(
            (f"渡口往事{bar}某某网", "某某", "首页", "新随笔", "联系", "管理", "渡口往事", *TEXT)
        )
    )
    assert found.title == "渡口往事"
    assert found.text == "\n".join(TEXT)


def test_a_first_line_with_a_bar_names_nothing_in_a_poem_or_a_list():
    """Without a site's words between, and prose below, lines stay."""
    verse = ("渡口_老木匠", "雾还没有散", "船先到了岸", "渡口", "门板卸下来", "河水慢慢宽")
    assert said(*verse)[0].split("\n")[-5:] == list(verse[1:])
    listed = ("渡口_目录", "第一节 雾", "第二节 船", "第三节 岸", "渡口", *TEXT)
    assert "第二节 船" in said(*listed)[0]


def test_what_stands_below_a_breadcrumb_is_the_title_when_the_text_says_its_words():
    """Short lines above it that the text does not speak of are the menu; a title above stays one."""
    [found] = clean_text(
        "\n".join(("登录", "某某", "医生", "生活", "当前位置：首页>问答>内科", "河湾渡口记", *TEXT))
    )
    assert found.title == "河湾渡口记"
    assert found.text == "\n".join(TEXT)
    [found] = clean_text(
        "\n".join(
            ("河湾渡口", "老木匠", "设为首页 | 加入收藏", "当前位置：首页>散文", "停船", *TEXT)
        )
    )
    assert found.title == "河湾渡口"
