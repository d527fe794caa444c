"""Short lines among noise."""

import pytest
from texts import PROSE

from cleaners import clean_text
from cleaners.crumbs import CRUMB

TEXT = PROSE[:3]
BUTTONS = ("点赞 12", "收藏 203", "分享到朋友圈", "举报", "参与评论", "好文要顶 关注我 收藏该文")


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
