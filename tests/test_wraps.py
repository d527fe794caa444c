"""Lines that the paper broke are joined; lines that were meant stay."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import PROSE

from cleaners import Document, RawPage, clean, clean_text

TITLE = "河湾镇渡口纪事"
PARAGRAPHS = ["".join(PROSE[i : i + 2]) for i in range(0, 8, 2)]


def wrapped(paragraphs: list[str], width: int, indent: str = "　　", gap: str = "\n") -> str:
    """Paragraphs with a line break every `width` characters."""
    folded = (
        "\n".join(textwrap.wrap(indent + p, width, drop_whitespace=False)) for p in paragraphs
    )
    return gap.join(folded)


def said(text: str) -> str:
    """The text of the one document that `text` becomes."""
    [found] = clean_text(text)
    return found.text


def kinds(text: str) -> set[str]:
    """The rules of the edits that were made."""
    return {edit.rule for found in clean_text(text) for edit in found.repairs}


@given(st.integers(18, 60), st.sampled_from([("　　", "\n"), ("    ", "\n"), ("", "\n\n")]))
def test_wrapped_paragraphs_become_whole(width: int, form: tuple[str, str]) -> None:
    """Whatever the width, and whether an indent or an empty line parts the paragraphs."""
    assert said(f"{TITLE}\n{wrapped(PARAGRAPHS, width, *form)}") == "\n".join(PARAGRAPHS)


def test_windows_line_ends_are_joined_as_well() -> None:
    """CR and LF go together, and the edit quotes both."""
    text = f"{TITLE}\r\n{wrapped(PARAGRAPHS, 24)}".replace("\r\n", "\n").replace("\n", "\r\n")
    [found] = clean_text(text)
    assert found.text == "\n".join(PARAGRAPHS)
    joined = [edit for edit in found.repairs if edit.rule == "hard-wrap"]
    assert joined
    assert {edit.before for edit in joined} == {"\r\n"}
    assert all(text[edit.start : edit.end] == edit.before for edit in joined)


def test_english_words_keep_a_space_between_them() -> None:
    """Between two Latin words the break was the space."""
    lines = [
        "这一段讲的是怎样使用 open",
        "source 的软件，先看说明。再看",
        "例子，最后自己动手写一写，这",
        "样就能学会。如果还是不会，就",
        "去问别人，问的时候说清楚。",
    ]
    assert "open source" in said("\n".join((TITLE, *lines)))
    assert "这样就能学会" in said("\n".join((TITLE, *lines)))


KEPT = {
    "prose": "\n".join(PROSE),
    "a modern poem": (
        "在河的这一边\n我等着雾慢慢散去\n像等一个人说完他的话\n船还没有来\n岸上的灯却亮了\n一盏又一盏\n像谁在水里写字\n写了又擦"
    ),
    "a classical poem": (
        "白日落到山后去，渡口无人船自横，\n老翁对月说往事，一半是酒一半风，\n若问此中谁最懂，河边柳树不作声，\n明朝雾散船开后，各自天涯各自行。"
    ),
    "titles in a list": (
        "全县召开冬修水利工作会议，部署今年任务\n河湾镇举行渡船安全演练，三百人参加活动\n老木匠收徒弟，手艺进了镇上的小学课堂\n"
        "水电站开放参观，孩子们第一次看见发电机\n大雾天气增多，摆渡时间调整到上午十点后\n修桥方案征求意见，两岸居民都说早该修了"
    ),
    "numbered items": (
        "一、加强领导，把修桥的责任落实到每一个人\n二、加强检查，把渡船的隐患消除在开船以前\n三、加强宣传，把安全的道理讲给每一家人听\n"
        "四、加强值守，把大雾的消息送到每一个码头"
    ),
    "a dialogue": (
        "老张：这个桥修了多少年了，你还记得不记得\n老李：记得，修了整整九年，那年你刚刚结的婚\n老张：可不是吗，我坐船去接的亲，船上挂红布\n"
        "老李：后来桥通了，船就卖给了下游的一户人家"
    ),
    "addresses": "河湾县河湾镇渡口路一号院三单元\n河湾县石桥镇码头街二十七号\n河湾县水电站职工宿舍四栋",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in KEPT.items()])
def test_lines_that_were_meant_stay(text: str) -> None:
    """Verses, lists, dialogues and addresses end without a full stop and are not joined."""
    for page in (text, f"{PROSE[0]}\n{text}\n{PROSE[1]}"):
        assert not kinds(page) & {"hard-wrap", "page-break"}


def test_a_page_number_that_fell_into_a_sentence_leaves_no_break() -> None:
    """Where it was cut, the two halves of the sentence are joined."""
    text = "\n".join((*PROSE[:3], PROSE[3][:17], "第3页 共7页", PROSE[3][17:], *PROSE[4:]))
    assert said(text) == "\n".join(PROSE)
    assert kinds(text) == {"page-break"}


def test_a_page_number_between_paragraphs_joins_nothing() -> None:
    """The paragraph before it had ended."""
    text = "\n".join((*PROSE[:4], "第3页 共7页", *PROSE[4:]))
    assert said(text) == "\n".join(PROSE)
    assert not kinds(text)


def test_a_hole_in_the_text_is_not_closed() -> None:
    """Where a notice stood for missing text, the halves do not belong together."""
    text = "\n".join((*PROSE[:3], PROSE[3][:17], "【此处隐藏1200字】", PROSE[4][9:], *PROSE[5:]))
    assert PROSE[3][:17] + PROSE[4][9:] not in said(text)


def test_chunk_numbers_go_and_lists_keep_theirs() -> None:
    """2、 in the middle of a sentence is where a viewer changed pages; a list begins with 1、."""
    cut = "\n".join((PROSE[0], PROSE[1][:20], "2、" + PROSE[1][20:], PROSE[2][:9] + PROSE[2][9:]))
    assert said(cut) == "\n".join(PROSE[:3])
    items = "1、先把船底的水舀干，再看看有没有漏的地方\n2、把缆绳解开，等人都坐稳了再撑第一篙"
    assert said(f"{PROSE[0]}\n{items}\n{PROSE[1]}").count("\n") == 3


def test_a_number_that_was_broken_is_whole_again() -> None:
    """Both halves are digits, and nothing comes between them."""
    text = "\n".join((PROSE[0], "这座桥从动工到通车，前后一共用了3", "2、0年的时间，", PROSE[1]))
    assert "用了30年的时间" in said(text)


def test_code_and_tables_keep_their_lines() -> None:
    """What a page marks as code is never joined, however it is wrapped."""
    code = wrapped(PARAGRAPHS, 30, "")
    body = f"<html><body><article><p>{PROSE[0]}</p><pre>{code}</pre><p>{PROSE[1]}</p></article></body></html>"
    [found] = clean(RawPage("https://example.com/a", body.encode()))
    assert isinstance(found, Document)
    assert {edit.rule for edit in found.repairs} == {"code-fence"}
