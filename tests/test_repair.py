"""Damaged characters: what is put right, and what only looks damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from texts import PROSE, TEXTS, document

from cleaners import clean_text
from cleaners.characters import RADICALS
from cleaners.page import Page, Part, split_lines
from cleaners.pages import EDITS, repair_page
from cleaners.repair import DAMAGE, REPAIRS, Repair, lost, repair
from cleaners.rules import Example, Rule


def mended(text: str) -> str:
    """The text with its repairs made."""
    out, at = "", 0
    for edit in repair(text):
        out += text[at : edit.start] + edit.after
        at = edit.end
    return out + text[at:]


EXAMPLES = [
    pytest.param(kind.id, damaged, meant, id=f"{kind.id}-{i}")
    for kind in REPAIRS
    for i, (damaged, meant) in enumerate(kind.examples)
]
LOOKALIKES = [
    pytest.param(shown, id=f"{kind.id}-{i}")
    for kind in REPAIRS
    for i, shown in enumerate(kind.counterexamples)
]


@pytest.mark.parametrize(("rule_id", "damaged", "meant"), EXAMPLES)
def test_an_example_is_put_right_by_its_own_kind(rule_id: str, damaged: str, meant: str) -> None:
    """Each kind of damage mends its own examples, and no other kind has a hand in it."""
    assert mended(damaged) == meant
    assert {edit.rule for edit in repair(damaged)} == {rule_id}


@pytest.mark.parametrize("shown", LOOKALIKES)
def test_a_lookalike_is_left_alone(shown: Example) -> None:
    """What only looks damaged stays, and says why."""
    assert repair(shown.text) == ()
    assert shown.because


@pytest.mark.parametrize("kind", REPAIRS, ids=lambda kind: kind.id)
def test_a_kind_of_damage_says_why_and_is_looked_for(kind: Repair) -> None:
    """Each has a sentence of reason and examples that the first, quick look sees."""
    assert kind.why.endswith("。")
    assert kind.examples
    assert not kind.seen or all(DAMAGE.search(damaged) for damaged, _ in kind.examples)


CASES = [
    ("甲#x3002;乙#12289;丙", "甲。乙、丙", "entities that lost their & sign"),
    ("甲&#x4e2d;乙&amp;#20013;丙", "甲中乙中丙", "entities escaped once and twice"),
    ("甲&lt;乙&gt;&amp;", "甲<乙>&", "entities of markup"),
    ("&nbsp;&hellip;&mdash;", "\xa0…—", "entities by name"),
    ("修复 #1234; 和 #56789; 两个问题", "修复 #1234; 和 #56789; 两个问题", "numbers of tickets"),
    ("见 &copy; 与 &unknown;", "见 &copy; 与 &unknown;", "names that are not in the list"),
    ("甲x0dx0a乙_x000d_丙", "甲\n乙\n丙", "tokens of a carriage return"),
    ("第一段。\\n\\n第二段", "第一段。\n\n第二段", "line feeds that became two characters"),
    ("第一段。\\r\\n第二段\\n", "第一段。\n第二段\n", "also with \\r and at the end"),
    ("正\x00\x01文\x7f\x9f", "正文", "control characters"),
    ("正\t文\r\n本\x0b\x0c\x85源", "正\t文\r\n本\x0b\x0c\x85源", "tabs and line breaks are none"),
    ("\ud83d\ude00\ufdd0", "\ufffd\ufffd", "half characters and those that are none"),
]


@pytest.mark.parametrize(
    ("text", "meant"), [pytest.param(text, meant, id=why) for text, meant, why in CASES]
)
def test_damage_of_every_kind(text: str, meant: str) -> None:
    """Damage that is plain from the characters is put right; what it might be otherwise stays."""
    assert mended(text) == meant


def test_every_radical_is_its_ideograph() -> None:
    """All radical forms of the table are put right, in one edit for a run of them."""
    forms, meant = "".join(RADICALS), "".join(RADICALS.values())
    assert mended(forms) == meant
    assert len(repair("⼈⼯智⽅")) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("他问：“去吗？”她说：“去。”\n“那就走。”", id="quotes in order"),
        pytest.param("“第一段没有说完。\n“第二段说完了。”", id="a quotation of two paragraphs"),
        pytest.param("写着一个”七”字。", id="quotes lost inside a sentence: nobody knows which"),
        pytest.param("第3机床厂，5微米，2手机电", id="numbers before a word"),
        pytest.param("张·志·强，王/市长", id="signs between words"),
        pytest.param("学习(xué)是第一(yī)要务。", id="two notes are too few"),
        pytest.param("café, Müller, liberté « à »", id="other languages"),
        pytest.param("马蹄得嘚、得嘚，嘚瑟的人嘚嘚不休", id="the sound of hooves"),
        pytest.param(
            "写代码时用<br>换行，<b>和</b>成对，这个标签没有结尾", id="tags that are the subject"
        ),
        pytest.param("他喊“加油”，加油声四起", id="a word said again"),
    ],
)
def test_what_only_looks_damaged_stays(text: str) -> None:
    """Look-alikes of the kinds that need a whole text to tell."""
    assert mended(text) == text


def test_misread_bytes_turn_back_only_where_nothing_is_lost() -> None:
    """UTF-8 read as cp1252 comes back, also twice over; half a character does not."""
    said = "河水退了，船又开了。"
    once = said.encode().decode("latin-1")
    twice = once.encode().decode("latin-1")
    assert mended(f"甲{once}乙") == f"甲{said}乙"
    assert mended(twice) == said
    assert "河" not in mended(once[1:4])


def test_bytes_read_as_gbk_turn_back() -> None:
    """UTF-8 read as GBK comes back; the odd byte at its end is lost and shown as lost."""
    said = "渡口的船，又开了起来。大家都很高兴。"
    assert mended(said.encode().decode("gbk", "replace")).startswith(said[:-1])
    assert mended("銆与锛都是字。") == "銆与锛都是字。"


@pytest.mark.parametrize("said", PROSE)
def test_bytes_read_as_korean_turn_back(said: str) -> None:
    """GBK read as Korean comes back, a single line in a text as well."""
    misread = said.encode("gbk").decode("cp949", "replace")
    for text in (misread, document(misread)):
        assert said[:5] in mended(text) or "\ufffd" in misread[:6]
        assert "bytes-read-as-korean" in {edit.rule for edit in repair(text)}
    if "\ufffd" not in misread:
        assert mended(misread) == said


def test_behind_a_lost_byte_the_text_reads_again() -> None:
    """Wherever the byte is lost; what is gone is shown as gone, and what stays was there."""
    said = "对岸的人进城要绕二十里山路的日子比从前少了一半"
    body = said.encode("gbk")
    back = 0
    for at in range(1, len(body), 2):
        damaged = (body[:at] + body[at + 1 :] + b"\n").decode("gbk", "replace")
        if repair(damaged):
            assert mended(damaged).rstrip("\ufffd\n")[-3:] in said
            back += 1
    assert back >= 5


def test_real_korean_is_left_alone() -> None:
    """Korean words turn into common characters as well, but into no Chinese."""
    text = "겨울에는 배가 다니지 않아서 사람들은 산길로 돌아갔다. 학교에 가는 아이들은 강을 건넜다."
    assert repair(document(text)) == ()


def flags(text: str) -> list[tuple[str, str]]:
    """What cannot be put right, as (rule, text)."""
    page = Page(text, split_lines(text), repair(text))
    marks = lost.unreadable(page, Part(0, len(text)))
    return [(mark.rule.id, text[mark.start : mark.end]) for mark in marks]


@pytest.mark.parametrize("rule", lost.RULES, ids=lambda rule: rule.id)
def test_lost_characters_are_flagged(rule: Rule) -> None:
    """Each rule flags its own example and nothing in its look-alikes."""
    assert rule.severity == "flag"
    for example in rule.examples:
        assert {found for found, _ in flags(example.text)} == {rule.id}
    for example in rule.counterexamples:
        assert flags(example.text) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("春□秋实，□里填一个字。", id="a blank to fill in"),
        pytest.param("性别：□男□女　是否参加：是□否□", id="a form"),
        pytest.param("你去吗?我不去。他来不来?谁知道呢?不管他。", id="questions"),
        pytest.param("見 https://example.com/a?b=1 的說明", id="an address"),
        pytest.param("他写道：“王□□到此一游”，□表示缺字。", id="an inscription"),
        pytest.param("烫烫烫！他喊着把碗放下。", id="a cry"),
        pytest.param("안녕하세요는 한국어이다。", id="Korean"),
    ],
)
def test_what_only_looks_lost_is_not_flagged(text: str) -> None:
    """Boxes and question marks that are meant."""
    assert flags(text) == []


def test_lost_characters_of_every_kind_are_found() -> None:
    """Several in one text, each at its place."""
    assert flags("对岸锟斤拷锟斤拷的人，烫烫烫烫烫烫，\ue123。\n\uf06c 第一") == [
        ("lost-character", "锟斤拷锟斤拷"),
        ("lost-character", "烫烫烫烫烫烫"),
        ("private-use-character", "\ue123"),
        ("symbol-font-bullet", "\uf06c"),
    ]


def test_every_edit_has_a_page() -> None:
    """Also those that mend lines: what `explain` names, `rules` can show."""
    pages = {edit.id: repair_page(edit) for edit in EDITS}
    assert {"hard-wrap", "page-break", "code-fence"} <= pages.keys()
    assert all(
        f"## {name}\n" in page and "    ✓ " in page
        for name, page in pages.items()
        if name not in BARE
    )


BARE = {kind.id for kind in REPAIRS if not kind.counterexamples}


def test_traditional_text_keeps_its_characters() -> None:
    """A text in Traditional characters is not converted, whatever is noted in brackets."""
    text = "他說這個時候還沒有過來，我們開門問問。" * 12
    assert repair(text) == ()
    noted = text.replace("說", "說(shuō)")
    assert mended(noted) == text


def test_undamaged_text_has_no_repairs() -> None:
    """Plain text, code and addresses are not touched."""
    assert repair("正文 a_b #1 \\d+ https://a.example/?x=1&y=2#z C:\\dir 100% A&B") == ()


def test_a_repair_lets_rules_see_what_was_meant() -> None:
    """Noise with damage inside is still noise, and its removal quotes it as it stood there."""
    [found] = clean_text("春日#x65e5;记\n渡口的冰化了，船又开了起来，对岸的人来赶集。\n第1⻚ 共7⻚")
    assert [(cut.rule, cut.text) for cut in found.removals] == [
        ("own-title", "春日#x65e5;记"),
        ("page-number", "第1⻚ 共7⻚"),
    ]


@given(TEXTS)
def test_repairs_are_in_order_and_each_changes_something(text: str) -> None:
    """Edits are sorted, disjoint, quote the text, and write something else than they found."""
    at = 0
    for edit in repair(text):
        assert at <= edit.start < edit.end
        assert text[edit.start : edit.end] == edit.before != edit.after
        at = edit.end


@given(TEXTS)
def test_mended_text_has_no_half_and_no_control_characters(text: str) -> None:
    """After repair nothing is left that a file cannot hold."""
    after = mended(text)
    assert after.encode("utf-8").decode() == after
    assert not {edit.rule for edit in repair(after)} & {"control-characters", "lone-surrogates"}
