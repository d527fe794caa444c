"""The title below a site's menu, in text that a whole page was copied into."""

import pytest
from texts import PROSE

from cleaners import clean_text

TEXT = PROSE[:3]
MENU = (
    "登录 注册 手机版",
    "当前位置：首页 > 文学 > 散文",
    "设为首页 | 加入收藏 | 联系我们",
    "立即注册",
)


def text_of(*lines: str) -> str:
    """What is left of a page."""
    [found] = clean_text("\n".join(lines))
    return found.text


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
    assert text_of(*verse).split("\n")[-5:] == list(verse[1:])
    listed = ("渡口_目录", "第一节 雾", "第二节 船", "第三节 岸", "渡口", *TEXT)
    assert "第二节 船" in text_of(*listed)


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
