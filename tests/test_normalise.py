"""The form of clean text: each step by example, and what holds for any text."""

from __future__ import annotations

import importlib.util
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import texts
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cleaners.script
from cleaners import clean_text, rebuild
from cleaners.characters import PLAIN, RADICALS
from cleaners.normalise import (
    SCRIPTS,
    STEPS,
    Form,
    convert_script,
    form_of,
    normalise,
    step_names,
)
from cleaners.script import FormError

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench"
STEP = {step.name: step.apply for step in STEPS}


@pytest.fixture(scope="module")
def convention():
    """The reference wording of the convention, where it is at hand."""
    path = BENCH / "convention.py"
    if not path.exists():
        pytest.skip("the reference convention is not beside this repository")
    spec = importlib.util.spec_from_file_location("reference_convention", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def settled(convention, text):
    """What the reference comes to when it is applied until nothing changes any more."""
    while (again := convention.normalise(text)) != text:
        text = again
    return text


# ------------------------------------------------------------------------- by example

EXAMPLES = {
    "characters": [
        ("\u200b人\u2060工\ufeff智\xad能", "人工智能", "invisible characters go"),
        ("甲\u200d乙", "甲乙", "a joiner between letters is invisible ink"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", "a joiner between emoji makes one picture"),
        ("😀\u200d\u200d😀", "😀😀", "two joiners join nothing"),
        ("⼈⼯增⻓", "人工增长", "radical forms"),
        ("\uf96f\U0002f81a", "說冬", "compatibility ideographs"),
        ("﨎﨏", "﨎﨏", "two of the twelve ordinary ones in that block"),
        ("ＡＢｃ１２％", "ABc12%", "full-width letters, digits and per cent"),
        ("Ｖ１．２", "V1.2", "a wide dot between letters or digits"),
        ("第一．甲", "第一．甲", "a wide dot beside Han"),
        ("①㎡…＝ｱ", "①㎡…＝ｱ", "nothing else is folded"),
        ("甲\r\n乙\r丙\u2028丁\x85戊\x0c己", "甲\n乙\n丙\n丁\n戊\n己", "every line break"),
        ("a\r\nb\rc\x0bd", "a\nb\nc\nd", "line breaks in ASCII text"),
        ("甲\u3000\xa0\u2003乙", "甲   乙", "every blank becomes a space"),
        ("１２３４５\u3000", "12345 ", "a text of such characters only"),
    ],
    "lines": [
        ("\n\n  甲 \n \t \n\t乙\n", "甲\n乙", "indents and empty lines"),
        ("```\n  x = 1  \n\n```\n  乙", "```\n  x = 1\n```\n乙", "code keeps its indentation"),
        ("  ```py\n  x", "```py\n  x", "a fence that nothing closes"),
        ("甲\tb\t乙", "甲\tb\t乙", "tabs between cells"),
    ],
    "spaces": [
        ("你 好 ， 世 界", "你好，世界", "no space among Han and marks"),
        ("one   two", "one two", "a run of spaces is one"),
        ("“ 你好 ” 他说", "“你好”他说", "inside quotation marks"),
        ("甲 \t \t乙 丙", "甲\t乙丙", "a tab between cells takes its spaces"),
        ("第一条 甲方应当 付款", "第一条 甲方应当付款", "an ordinal keeps its space"),
        ("小镇图书馆 居民的书房", "小镇图书馆 居民的书房", "a headline in long parts"),
        ("小镇图书馆 书房", "小镇图书馆书房", "a part of two characters makes no headline"),
        ("小镇图书馆， 居民的 书房", "小镇图书馆，居民的书房", "a sentence mark: no headline"),
        ("共6 家,在 Linux 上", "共6家,在Linux上", "Latin in a text that sets it tight"),
        ("在 2019 年和 2020 年", "在 2019 年和 2020 年", "an author who spaces"),
        ("见 http://a.example 和6家", "见 http://a.example 和6家", "around a URL"),
        ("写信到 a@b.example 或7号 楼", "写信到 a@b.example 或7号楼", "around an e-mail address"),
        ("看a@ 吧", "看a@吧", "an @ alone is no address"),
        ("是的… 他 — 来了，对", "是的…他—来了，对", "beside ellipsis and dash"),
        ("```\n甲 乙\n```\n甲 乙", "```\n甲 乙\n```\n甲乙", "not in code"),
    ],
    "punctuation": [
        ("你好,世界!真的?是:对;", "你好，世界！真的？是：对；", "marks in Chinese"),
        ("1,486人9:30到,3.5", "1,486人9:30到，3.5", "numbers stay"),
        ("I see, yes; ok?", "I see, yes; ok?", "English stays"),
        ("哈哈!!!走", "哈哈！！！走", "a run of marks widens together"),
        ("好,,,b", "好，，，b", "and from one end"),
        ("甲(a)乙", "甲（a）乙", "brackets behind Han"),
        ("a (甲) b", "a （甲） b", "brackets around Han"),
        ("f(x)和f(甲)", "f(x)和f（甲）", "never a call"),
        ("(a)甲", "（a）甲", "at the start of a line, before Han"),
        ("(a(b(甲)))", "（a（b（甲）））", "nested brackets"),
        ("甲方姓名是a( )", "甲方姓名是a（ ）", "a blank to fill in"),
        ("注: (1)甲", "注： （1）甲", "the space behind a widened mark does not part them"),
        ("甲)(乙", "甲)(乙", "brackets without partner"),
        ("他说“好”,b", "他说“好”，b", "a closing quote is passed over"),
        ("那么多人说ok!", "那么多人说ok！", "at the end of a Chinese line"),
        ("用`f(甲,乙)`,好", "用`f(甲,乙)`，好", "code keeps its marks"),
        ("```\n甲,乙\n```\n甲,乙", "```\n甲,乙\n```\n甲，乙", "code between fences as well"),
        ('"好","a"', '"好","a"', "straight quotes say nothing"),
        ("a(甲，b),c", "a（甲，b）,c", "a mark does not look at the bracket, but past it"),
    ],
    "gaps": [
        ("你好， a （b） ！", "你好，a（b）！", "beside full-width marks"),
        ("甲，   乙  。", "甲，乙。", "a run as well"),
        ("a, b", "a, b", "narrow marks keep theirs"),
        ("```\n， a\n```", "```\n， a\n```", "not in code"),
    ],
}


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [(step, before, after) for step, rows in EXAMPLES.items() for before, after, _ in rows],
    ids=[f"{step}: {why}" for step, rows in EXAMPLES.items() for *_, why in rows],
)
def test_a_step_does_what_its_example_says(step, before, after):
    """Each step turns its examples into what is expected, and leaves that alone."""
    assert STEP[step](before) == after
    assert STEP[step](after) == after


def test_every_step_has_examples_and_a_why():
    """No step is without examples, a reason and a version."""
    assert list(EXAMPLES) == [step.name for step in STEPS]
    assert all(step.why.endswith(".") and step.version >= 1 for step in STEPS)


def test_the_steps_together():
    """A dirty page comes out as one clean line a paragraph."""
    dirty = (
        "\u3000\u3000⼈⼯智能( AI )在２０２４年,　增⻓了 12％!!\r\n\r\n\u200b他说 : “ 真的? ”  \n"
    )
    assert normalise(dirty) == "人工智能（AI）在2024年，增长了12%！！\n他说：“真的？”"


# ------------------------------------------------------------------------ off and names


def without(*names):
    return Form(off=frozenset(names))


def test_a_step_that_is_off_changes_nothing():
    """`off` leaves out just the steps it names."""
    assert normalise(" 甲 乙,丙 ", without("spaces")) == "甲 乙，丙"
    assert normalise(" 甲 乙,丙 ", without("punctuation")) == "甲乙,丙"
    assert normalise(" 甲 乙,丙 ", without(*STEP)) == " 甲 乙,丙 "


def test_step_names_are_what_was_run():
    """The provenance names each step with its version, in order, without those that are off."""
    everything = tuple(f"{step.name}@{step.version}" for step in STEPS)
    assert step_names() == everything
    assert step_names(without("lines")) == tuple(
        n for n in everything if not n.startswith("lines@")
    )
    assert step_names(Form(script="simplified")) == (
        *everything,
        f"script-simplified@1+opencc-t2s-{version('opencc')}",
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"off": frozenset({"quotes", "lines"})}, r"(?s)'quotes'.*do: .*characters, lines, spaces"),
        ({"script": "japanese"}, "(?s)'japanese'.*do: simplified, traditional"),
    ],
)
def test_a_form_that_does_not_exist_is_an_error_that_names_those_that_do(wrong, told):
    """A misspelt step is not passed over silently."""
    with pytest.raises(ValueError, match=told) as caught:
        Form(**wrong)
    assert isinstance(caught.value, FormError)


FORMS = st.builds(Form, st.frozensets(st.sampled_from(list(STEP))), st.sampled_from(["", *SCRIPTS]))


@given(FORMS)
def test_a_form_is_known_by_its_steps(form):
    """What the provenance says of a form gives the form back."""
    assert form_of(step_names(form)) == form


@pytest.mark.parametrize(
    "strange", ["spaces@99", "wraps@2", "script-simplified@1+opencc-t2s-0.0.1", "spaces"]
)
def test_steps_of_other_versions_are_an_error(strange):
    """A text whose steps are not here is not made again some other way."""
    kept = [name for name in step_names() if not name.startswith("spaces")]
    with pytest.raises(FormError, match="other versions") as caught:
        form_of([*kept, strange])
    assert caught.value.saw == strange


@given(texts.TEXTS, FORMS)
def test_a_document_of_any_form_can_be_made_again(text, form):
    """The provenance records what was done, and from that comes the very text."""
    for found in clean_text(text, form=form):
        assert found.provenance.steps == step_names(form)
        assert rebuild(found) == found.text


# ------------------------------------------------------------------------------ script

SCRIPT_EXAMPLES = [
    ("simplified", "他後來說：「頭髮很乾淨。」", "他后来说：「头发很干净。」"),
    ("simplified", "乾隆年間的慰藉與瞭望", "乾隆年间的慰藉与瞭望"),
    ("simplified", "他慰藉乾隆的着急。", "他慰藉乾隆的着急。"),
    ("traditional", "他的头发在面条里，皇后在后面。", "他的頭髮在麪條裏，皇后在後面。"),
    ("traditional", "里约的头发", "里約的頭髮"),
    ("simplified", "`資料`的資料\n```\n資料\n```\n資料", "`資料`的资料\n```\n資料\n```\n资料"),
    ("simplified", "頭\ud83d髮\udc00\0髮\ufffe", "头\ud83d发\udc00\0发\ufffe"),
    ("simplified", "English, русский, 한국어, 123", "English, русский, 한국어, 123"),
    ("traditional", "", ""),
]


@pytest.mark.parametrize(("script", "before", "after"), SCRIPT_EXAMPLES)
def test_a_script_is_converted_by_words(script, before, after):
    """By words, not by characters; code, halves of characters and other languages stay."""
    assert convert_script(before, script) == after
    assert convert_script(after, script) == after


HARD_WORDS = (  # of OpenCC's own tables; what it makes of them it would change again
    "里约", "哈比亚里马纳", "伙夫", "干戚", "一出声", "乾安縣", "薴", "苧麻", "么麼", "第二性徵",
    "秘金", "岳飛", "发", "干", "后", "面", "台", "著", "於", "後", "裡", "說", "头发", "，", "\n", "a",
    "`", "\ud800",
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(HARD_WORDS), max_size=12).map("".join), st.sampled_from(SCRIPTS))
def test_converting_twice_is_converting_once(text, script):
    """Also of words that OpenCC alone converts on and on."""
    once = convert_script(text, script)
    assert convert_script(once, script) == once


@pytest.mark.usefixtures("convention")
@pytest.mark.parametrize("script", SCRIPTS)
def test_gold_texts_are_converted_once(script):
    """Of lines as people write them no conversion is left to do, and lines stay lines."""
    for line in (BENCH / "dev.jsonl").read_text("utf-8").splitlines():
        text = json.loads(line)["clean_text"]
        once = convert_script(text, script)
        assert convert_script(once, script) == once
        assert once.count("\n") == text.count("\n")


def test_without_opencc_the_error_says_what_to_install(monkeypatch):
    """Text that is not converted needs no OpenCC; text that is says what is missing."""

    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(cleaners.script, "version", missing)
    cleaners.script._version.cache_clear()
    assert normalise("頭髮") == "頭髮"
    for call in (lambda: step_names(TRADITIONAL), lambda: normalise("头发", TRADITIONAL)):
        with pytest.raises(FormError, match=r'(?s)OpenCC.*pip install "zhengben\[script\]"'):
            call()


TRADITIONAL = Form(script="traditional")


# -------------------------------------------------------------------------- properties

WORDS = [
    "中",
    "文",
    "国人",
    "第一条",
    "第3章",
    "小镇图书馆",
    "居民书房",
    "〇",
    "𠮷",
    "a",
    "B",
    "12",
]
BLANKS = [" ", " ", "  ", "\t", "\u3000", "\xa0", "\n", "\r\n", "\x85", "\x1c"]
MARKS = [*',:;?!,!，。、：！？…—·+-.%$_&#"*①', "**", "__"]
BRACKETS = [*"()()（）[]“”‘’《》【】「」〖〗"]
ODD = [*"⼈⻓豈Ａ９％．\u200b\u200d😀\ufe0f\ud800", "`", "`", "\n```\n", "`a,b`"]
ADDRESSES = ["http://a", "https://b.c/", "www.b.c", "x@y", "@", "www."]

PLAIN_MIX = st.lists(st.sampled_from([*WORDS, *BLANKS, *MARKS, *BRACKETS, *ODD]), max_size=40)
DENSE_MIX = st.lists(st.sampled_from([*"中文a ,:()（）!”“》1"]), max_size=25)
# Without brackets and quotes; see test_the_one_known_exception.
ADDRESS_MIX = st.lists(st.sampled_from([*WORDS, *BLANKS, *MARKS, *ADDRESSES]), max_size=25)
MIXTURES = st.one_of(PLAIN_MIX, DENSE_MIX, ADDRESS_MIX).map("".join)
TEXTS = st.one_of(MIXTURES, st.text(st.characters(exclude_categories=())))


@settings(deadline=None, max_examples=300)
@given(TEXTS)
@example("中: (: (: (a)))")
@example("中,,,,,b")
@example("a,,,,,中")
@example("（a)(b)")
def test_normalising_twice_is_normalising_once(text):
    """The form of clean text is a fixed point."""
    once = normalise(text)
    assert normalise(once) == once


@settings(deadline=None, max_examples=100)
@given(TEXTS, st.sampled_from(STEPS))
def test_each_step_leaves_its_own_result_alone(text, step):
    """Steps are idempotent one by one, so that any of them can be switched off."""
    once = step.apply(text)
    assert step.apply(once) == once


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_widening_keeps_every_position(text):
    """The punctuation step changes widths only, never the length."""
    widened = STEP["punctuation"](text)
    assert len(widened) == len(text)
    assert widened.translate(str.maketrans("，；：？！（）", ",;:?!()")) == text.translate(
        str.maketrans("，；：？！（）", ",;:?!()")
    )


@settings(deadline=None, max_examples=500)
@given(text=MIXTURES)
@example(text="哈哈!!!")
@example(text="中文: (a)b")
@example(text="(甲),b和(a),乙")
@example(text="@ 中x@y")
def test_the_reference_comes_to_the_same(convention, text):
    """The result is where the reference convention comes to rest, Markdown's headings aside."""
    text = text.replace("#", "")
    assert normalise(text) == settled(convention, text)


def test_the_one_known_exception(convention):
    """
    A bracket behind an address, with a Latin word behind it, takes two rounds: only when the
    bracket has become wide does the address end there. The reference has the same two rounds.
    """
    text = "(邮箱x@y.example)b 座"
    once = normalise(text)
    assert once == convention.normalise(text) == "（邮箱x@y.example）b 座"
    assert normalise(once) == convention.normalise(once) == "（邮箱x@y.example）b座"


def test_the_gold_texts_come_out_as_they_are(convention):
    """Cut gold records become their clean text, and clean texts stay, character by character."""
    for line in (BENCH / "dev.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        cut = convention.cut(record["text"], record["spans"], record.get("repairs") or ())
        assert normalise(cut) == record["clean_text"], record["id"]
        assert normalise(record["clean_text"]) == record["clean_text"], record["id"]


HOSTILE = {
    "open brackets": "(" * 300_000 + "中",
    "nested brackets": "中" + "a(" * 50_000 + ")" * 50_000,
    "closing brackets": "中" + ")" * 300_000 + ",",
    "closing quotes": "”" * 300_000 + ",中",
    "marks": "a" + "," * 100_000 + "中",
    "marks and brackets that wait for each other": "中" + ": (" * 20_000 + ")" * 20_000,
    "one line": "中文 a" * 250_000,
    "spaces": "中" + " " * 1_000_000 + "中",
    "tabs and spaces": "中 a" + " \t" * 500_000 + "中",
    "beginnings of addresses": "www." * 250_000 + "中a 中",
    "a long name before @": "中 " + "a" * 1_000_000 + " 中",
    "backticks": "中,`" * 200_000,
    "fences": "```\n" * 100_000,
    "NUL": "\0 中," * 100_000,
    "lone surrogates": "\ud800,\udfff " * 100_000,
    "joiners": "\u200d" * 1_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_is_too_much(text):
    """Hostile texts of up to a megabyte come through; a quadratic step would take minutes."""
    assert normalise(text) is not None
    assert normalise(text, TRADITIONAL) is not None


def test_nul_stays():
    """NUL is no blank. (The reference uses it for itself, and turns it into a space in places.)"""
    assert normalise("甲7\0乙 a和b") == "甲7\0乙a和b"


# ------------------------------------------------------------------------------- tables


def test_plain_characters_are_plain():
    """No character becomes one that would have to change again."""
    assert not {c for plain in PLAIN.values() for c in plain} & PLAIN.keys()


def test_radicals_become_single_ideographs():
    """Each of the radicals stands for one ideograph outside the two radical blocks."""
    assert (RADICALS["⼈"], RADICALS["⻓"], len(RADICALS)) == ("人", "长", 214 + 89)
    assert all(len(meant) == 1 and meant not in RADICALS for meant in RADICALS.values())
