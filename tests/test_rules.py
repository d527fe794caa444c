"""Every shipped rule, and how rules are asked: packs by host, all patterns at once."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import (
    DAMAGE,
    LOOKALIKES,
    NOISE,
    PACK_RULES,
    PYTHON_RULES,
    RULES,
    TEXTS,
    document,
    may_end_a_text,
)

from cleaners import clean_text, packs
from cleaners.errors import RulePackError
from cleaners.fold import fold, tighten
from cleaners.matching import Hit
from cleaners.normalise import normalise
from cleaners.repair import REPAIRS
from cleaners.rules import (
    KINDS,
    Family,
    Rule,
    RulePack,
    Rules,
    harvest_of,
    host_matches,
    make_rules,
)

TEN = 10  # look-alikes of one test: a test each takes longer than what it asks


def rule(rule_id: str, *pattern: str, **more: object) -> Rule:
    """A rule of its own for one test."""
    return Rule(rule_id, "other", "w", pattern, (), (), **more)  # type: ignore[arg-type]


def pack(name: str, *rules: Rule, **more: object) -> RulePack:
    return RulePack(name, rules, digest="0" * 64, **more)  # type: ignore[arg-type]


# ----------------------------------------------------------------- the shipped rules


def test_every_pack_file_is_shipped() -> None:
    """Each TOML file beside the packs is in the list of packs, under its own name."""
    on_disk = {f.name for f in files("cleaners.packs").iterdir() if f.name.endswith(".toml")}
    assert on_disk == {f"{name}.toml" for name in packs.NAMES}
    assert tuple(each.name for each in packs.shipped()) == packs.NAMES
    assert all(each.about for each in packs.shipped())


def test_ids_are_unique_and_name_what_they_find() -> None:
    """No two rules, repairs included, have one id; none says what it does instead of finds."""
    ids = [rule.id for rule in (*RULES, *REPAIRS)]
    assert len(ids) == len(set(ids))
    for rule_id in ids:
        assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", rule_id), rule_id
        assert not re.match(r"(?:remove|cut|drop|strip|skip)-", rule_id), rule_id


@pytest.mark.parametrize("each", RULES, ids=lambda r: r.id)
def test_a_rule_says_why_and_shows_what_stays(each: Rule) -> None:
    """A rule has a sentence of reason, an example, and look-alikes with a reason of their own."""
    assert each.why.endswith(("。", "……"))
    assert each.kind in KINDS
    assert each.examples
    assert each.counterexamples
    assert all(e.because for e in each.counterexamples)


def test_near_names_rules_and_kinds_that_exist() -> None:
    """A neighbour that a rule asks for can be there: its name is no misspelling."""
    kinds = {each.kind for each in PACK_RULES}
    ids = {each.id for each in PACK_RULES}
    asked = {name for each in PACK_RULES for name in each.near}
    # The engine sees hits of packs only: a kind of Python rules alone would never be near.
    assert asked <= kinds | ids | {"collection_heading"}


@pytest.mark.parametrize("each", PACK_RULES, ids=lambda r: r.id)
def test_no_rule_hits_what_another_protects(each: Rule) -> None:
    """A line that somebody wrote down as "must stay" is missed by every cutting rule."""
    if each.severity == "cut":
        assert [text for text in LOOKALIKES if each.find(text)] == []


@pytest.mark.parametrize("first", range(0, len(LOOKALIKES), TEN))
def test_a_lookalike_survives_in_a_document(first: int) -> None:
    """What must stay stays in the middle of a text and, when it is short, as its last line."""
    for line in LOOKALIKES[first : first + TEN]:
        expected = normalise(line)
        assert expected in normalise("\n".join(d.text for d in clean_text(document(line))))
        if may_end_a_text(line):
            [found] = clean_text(document(tail=(line,)))
            assert found.text.endswith(expected), line


def of(rule_id: str) -> Rule:
    return next(each for each in PACK_RULES if each.id == rule_id)


@pytest.mark.parametrize("each", PACK_RULES, ids=lambda r: r.id)
def test_all_rules_at_once_find_what_one_finds_alone(each: Rule) -> None:
    """The matcher of all rules has the rule's hits on its own examples, with the same harvest."""
    for shown in each.examples:
        view = fold(shown.text)
        hits = packs.default().scan(tighten(view) if each.view == "tight" else view, each.view)
        mine = [hit for hit in hits if hit.rule is each]
        assert mine, shown.text
        assert harvest_of(mine[0], shown.text) == shown.harvest


# ------------------------------------------------------------------ asking many rules


def places(hits: list[Hit]) -> set[tuple[object, ...]]:
    return {(hit.rule.id, hit.start, hit.end, hit.groups) for hit in hits}


@cache  # a matcher of all rules takes half a second to make
def everywhere() -> Rules:
    """The rules of the packs, for lines of any length."""
    rules = (replace(each, longest=0) for each in PACK_RULES if each.view == "folded")
    return Rules((pack("t", *rules),))


def asked(rules: tuple[Rule, ...], text: str) -> list[Hit]:
    return Rules((pack("t", *rules),)).scan(fold(text))


def alone(rules: tuple[Rule, ...], text: str) -> set[tuple[object, ...]]:
    return places([hit for each in rules for hit in each.find(text)])


@given(TEXTS)
def test_the_matcher_finds_what_each_rule_finds_by_itself(text: str) -> None:
    """Asking all patterns line by line gives the hits of every rule by itself."""
    rules = everywhere()
    assert places(rules.scan(fold(text))) == alone(rules.packs[0].rules, text)


WORDLESS = (
    rule("number", "[0-9]{3,}", reach="span"),
    rule("han-line", "{{han}}{2,4}"),
    rule("group", "(?P<cut>[a-z]+)[:]?(?P<account>[0-9]+)?", reach="span"),
    rule("word", "甲(?P<author>.)乙", "乙(?P<author>.)", reach="span"),
)


@given(st.text(st.sampled_from("甲乙丙abＡ１2:： \n😀𠮷\u200b\ud83d"), max_size=30))
def test_the_matcher_asks_patterns_without_words_too(text: str) -> None:
    """Patterns that need no literal word have the same hits, beyond the BMP and in surrogates."""
    assert places(asked(WORDLESS, text)) == alone(WORDLESS, text)


@given(st.text(st.sampled_from("加微信 ★-1２\n甲"), max_size=30))
def test_a_tight_view_is_matched_as_a_rule_sees_it(text: str) -> None:
    """Rules for the tight view have the same hits at once as alone, counted in the original."""
    rules = (rule("tight", "加微信(?P<account>[0-9]*)", reach="span", view="tight"),)
    found = Rules((pack("t", *rules),)).scan(tighten(fold(text)), "tight")
    assert places(found) == alone(rules, text)


def test_hits_come_in_the_order_of_the_text() -> None:
    """Hits are sorted by place, and count characters of the original."""
    text = "𠮷\u200b甲1乙 １２３\n456"
    hits = asked(WORDLESS, text)
    assert [(h.rule.id, text[h.start : h.end]) for h in hits] == [
        ("word", "甲1乙"),
        ("word", "乙 "),
        ("number", "１２３"),
        ("number", "456"),
    ]
    assert hits == sorted(hits, key=lambda hit: (hit.start, hit.end))


def test_no_rules_find_nothing() -> None:
    """An empty set of rules can be asked, and has no hits."""
    assert Rules(()).scan(fold("加微信")) == []
    assert clean_text("标题\n正文在这里。", Rules(()))[0].text == "正文在这里。"


def test_a_pattern_does_not_reach_over_a_line_break() -> None:
    """`.` and negated classes stop at the end of a line, alone and with all rules at once."""
    rules = (rule("over", "甲[^乙]*丙", reach="span"), rule("line", "甲.*"))
    assert {rule_id for rule_id, *_ in alone(rules, "甲\n丙")} == {"line"}
    assert places(asked(rules, "甲\n丙")) == alone(rules, "甲\n丙")


def test_the_group_cut_is_the_hit() -> None:
    """Of a match only the group `cut` is the hit; what stands around it has to be there."""
    [hit] = rule("x", "[。](?P<cut>完)$", reach="span").find("说完。完")
    assert (hit.start, hit.end, hit.groups) == (3, 4, ())


def test_blanks_around_a_harvest_are_not_harvested() -> None:
    """What is harvested stands in the text as it is printed, without blanks at its edges."""
    text = "来源：　某某　日报　"
    [hit] = rule("x", "来源:(?P<source>.+)").find(text)
    assert harvest_of(hit, text) == {"source": "某某　日报"}


# ------------------------------------------------------------------- packs and hosts


@pytest.mark.parametrize(
    ("host", "pattern", "expected"),
    [
        ("example.cn", "example.cn", True),
        ("www.example.cn", "example.cn", False),
        ("www.example.cn", ".example.cn", True),
        ("example.cn", ".example.cn", True),
        ("badexample.cn", ".example.cn", False),
        ("", ".example.cn", False),
        ("example.cn", "", False),
    ],
)
def test_a_host_is_itself_or_with_a_dot_all_below_it(
    host: str, pattern: str, expected: object
) -> None:
    """`example.cn` is one host; `.example.cn` is that host and everything below it."""
    assert host_matches(host, [pattern]) is expected


def test_a_page_gets_the_packs_of_its_host() -> None:
    """Packs for other hosts are left out; those for every page stay, in their order."""
    everyone, site = pack("all", rule("a", "甲")), pack("site", rule("b", "乙"), hosts=(".b.cn",))
    rules = make_rules([everyone, site])
    assert [p.name for p in rules.for_host("www.b.cn").packs] == ["all", "site"]
    assert [p.name for p in rules.for_host("c.cn").packs] == ["all"]
    assert [p.name for p in rules.for_host("").packs] == ["all"]
    assert rules.for_host("b.cn") is rules


def test_a_pack_switches_off_rules_for_its_hosts_only() -> None:
    """What [[off]] names is silent on the hosts of that pack and speaks everywhere else."""
    everyone = pack("all", rule("a", "甲"), rule("b", "乙"))
    site = pack("site", off=("a",), hosts=("b.cn",))
    rules = make_rules([everyone, site])
    assert set(rules.for_host("b.cn").by_id) == {"b"}
    assert set(rules.for_host("c.cn").by_id) == {"a", "b"}
    assert [hit.rule.id for hit in rules.for_host("b.cn").scan(fold("甲\n乙"))] == ["b"]


@pytest.mark.parametrize(
    ("wrong", "where", "complaint"),
    [
        pytest.param(
            [pack("a", rule("x", "甲")), pack("b", rule("x", "乙"))],
            "b: x",
            "there is a rule of this name in a already",
            id="one-id-in-two-packs",
        ),
        pytest.param(
            [pack("a", rule("x", "甲")), pack("a", rule("y", "乙"))],
            "a",
            "there is a pack of this name already",
            id="two-packs-of-one-name",
        ),
        pytest.param(
            [pack("a", rule("x", "甲", near=("contact_spm",)))],
            "a: x",
            "near names 'contact_spm', which is no kind and no rule",
            id="near-names-nothing",
        ),
        pytest.param(
            [pack("a", rule("x", "甲")), pack("b", off=("y",))],
            "b: [[off]]",
            "there is no rule 'y' to switch off",
            id="off-names-nothing",
        ),
        pytest.param(
            [pack("a", rule("x", "甲"), families=(Family("novel", "w", ("x", "y")),))],
            "a: [[family]] novel",
            "there is no rule 'y' to know it by",
            id="sign-names-nothing",
        ),
        pytest.param(
            [pack("a", rule("x", "甲", family="novel"))],
            "a: x",
            "there is no family 'novel'",
            id="family-names-nothing",
        ),
    ],
)
def test_packs_that_do_not_go_together(wrong: list[RulePack], where: str, complaint: str) -> None:
    """Packs that clash, or name what is not there, are an error that says where and what."""
    with pytest.raises(RulePackError) as caught:
        make_rules(wrong)
    assert (caught.value.where, caught.value.what) == (where, complaint)
    assert caught.value.do


def test_near_may_name_a_rule_of_another_pack() -> None:
    """A neighbour is looked for among the rules of all packs, and among the kinds."""
    rules = [pack("a", rule("x", "甲", near=("y", "watermark"))), pack("b", rule("y", "乙"))]
    assert len(make_rules(rules).active) == 2


def test_provenance_names_packs_by_what_is_in_them() -> None:
    """A pack is recorded as name@digest, and another digest is another name."""
    first = pack("a", rule("x", "甲"))
    second = replace(first, digest="1" * 64)
    assert Rules((first,)).names == ("a@00000000",)
    assert Rules((first,)).names != Rules((second,)).names


@given(TEXTS)
def test_without_packs_only_rules_in_python_cut(text: str) -> None:
    """No pattern is asked that no pack has; what counts or compares needs none."""
    for found in clean_text(text, Rules(())):
        assert {cut.rule for cut in found.removals} <= {each.id for each in PYTHON_RULES}


def test_the_texts_for_tests_are_of_every_kind() -> None:
    """The strategies draw on each rule and each repair, so that no test is empty."""
    assert len(NOISE) >= len(RULES)
    assert len(LOOKALIKES) >= len(RULES)
    assert len(DAMAGE) >= len(REPAIRS)
