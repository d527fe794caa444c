"""Reading rule packs: a good one is what it says; a wrong one is a sentence for its author."""

from __future__ import annotations

import hashlib

import pytest

from cleaners import packs
from cleaners.errors import RulePackError
from cleaners.parse import parse_pack
from cleaners.patterns import NAMES
from cleaners.rules import KINDS, Example, Family, make_rules

GOOD = """
pack = "mine"
about = "河湾镇的网站"
hosts = [".example.cn"]

[[rule]]
id = "source-line"
kind = "byline_metadata"
reach = "line"
severity = "cut"
where = "edge"
near = ["watermark"]
within = 2
longest = 40
why = "出处不是正文。"
pattern = ['来源：(?P<source>{{han}}+)', '出处：(?P<source>{{han}}+)']
examples = [{ text = "来源：某某网", source = "某某网" }, { text = "出處：某某網", source = "某某網" }]
counterexamples = [{ text = "来源不明", because = "没有冒号" }]

[[off]]
id = "watermark-line"
why = "这个站没有水印"
"""


def test_a_good_pack_is_what_it_says() -> None:
    """Every field of the TOML text is in the pack and its rule, as it was written."""
    pack = parse_pack(GOOD)
    [rule] = pack.rules
    assert (pack.name, pack.about, pack.hosts) == ("mine", "河湾镇的网站", (".example.cn",))
    assert pack.off == ("watermark-line",)
    assert pack.digest == hashlib.sha256(GOOD.encode()).hexdigest()
    assert str(pack) == f"mine@{pack.digest[:8]}"
    assert (rule.id, rule.kind, rule.reach, rule.severity, rule.where, rule.pack) == (
        "source-line", "byline_metadata", "line", "cut", "edge", "mine",
    )  # fmt: skip
    assert (rule.near, rule.within, rule.longest, rule.why) == (
        ("watermark",), 2, 40, "出处不是正文。",
    )  # fmt: skip
    assert rule.pattern == ("来源：(?P<source>{{han}}+)", "出处：(?P<source>{{han}}+)")
    assert rule.examples[1] == Example("出處：某某網", {"source": "某某網"})
    assert rule.counterexamples == (Example("来源不明", {}, "没有冒号"),)


def test_what_is_not_said_has_a_default() -> None:
    """A rule needs six things; reach, place and severity are the plainest ones unless named."""
    short = """
        pack = "mine"
        [[rule]]
        id = "x"
        kind = "other"
        why = "不是正文。"
        pattern = ['甲']
        examples = [{ text = "甲" }]
        counterexamples = [{ text = "乙", because = "不是甲" }]
    """
    [rule] = parse_pack(short).rules
    assert (rule.reach, rule.severity, rule.where, rule.view) == (
        "line", "cut", "anywhere", "folded",
    )  # fmt: skip
    assert (rule.near, rule.longest, rule.repeats, rule.quoted) == ((), 0, 1, False)


def test_what_people_type_is_what_is_matched() -> None:
    """A pattern in full width, Traditional or with Chinese marks hits every spelling."""
    pack = GOOD.replace(
        "'来源：(?P<source>{{han}}+)'", "'來源【(?P<source>{{han}}+)】ＱＱ'"
    ).replace('text = "来源：某某网"', 'text = "来源[某某网]qq"')
    assert parse_pack(pack).rules[0].find("　來源［某某網］ＱＱ ")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_for_patterns_can_be_used(name: str) -> None:
    """Each {{name}} stands for a pattern that compiles and finds what it is named after."""
    samples = {
        "ws": " ", "han": "字", "digit": "７", "num": "十二", "name": "河湾镇", "dash": "—",
        "date": "2024年3月5日", "url": "http://a.example/b?c=1", "domain": "a.example-b.com.cn",
        "mail": "a@b.example", "contact": "微信", "account": "abc_123",
        "counts": " 浏览：12次", "signs": "◎",
    }  # fmt: skip
    many = "+" if name == "name" else ""
    written = "[{{signs}}]" if name == "signs" else f"{{{{{name}}}}}{many}"
    pack = (
        GOOD.replace("'来源：(?P<source>{{han}}+)'", f"'甲(?P<source>{written})乙'")
        .replace('"来源：某某网", source = "某某网"', f'"甲{samples[name]}乙", source = "{{}}"')
        .replace('"{}"', f'"{samples[name].strip()}"')
    )
    assert parse_pack(pack).rules[0].pattern[0].startswith("甲")


# Each row: what is changed in the good pack, then where the fault is, what is said of it,
# what was seen, and a piece of what to do.
WRONG = {
    "not-toml": (
        ('why = "出处不是正文。"', "why = 出处不是正文。"),
        ("mine.toml", "is not TOML (Invalid value (at line 15, column 7))", "", "single quotes"),
    ),
    "no-name": (('pack = "mine"', ""), ("mine.toml", "has no name", "", 'pack = "…"')),
    "name-is-no-text": (('pack = "mine"', "pack = 3"), ("3", "has no name", "", 'pack = "…"')),
    "unknown-key-of-the-pack": (
        ("about =", "abuot ="),
        ("mine", "does not know the key 'abuot'", "", "the pack's own keys"),
    ),
    "unknown-key-of-a-rule": (
        ("longest =", "when = 3\nlongest ="),
        ("mine: source-line", "does not know the key 'when'", "", "longest"),
    ),
    "unknown-key-of-an-example": (
        ('source = "某某网" }', 'sorce = "某某网" }'),
        ("mine: source-line", "does not know the key 'sorce'", "", "what can be harvested"),
    ),
    "unknown-key-of-off": (
        ('why = "这个站没有水印"', 'because = "没有水印"'),
        ("mine: [[off]]", "does not know the key 'because'", "", "id and why"),
    ),
    "off-without-why": (
        ('why = "这个站没有水印"', ""),
        ("mine: [[off]]", "needs an id and a why", "", ""),
    ),
    "no-id": (
        ('id = "source-line"\n', ""),
        ("mine: (no id)", "needs id", "", "name what it finds"),
    ),
    "no-kind": (
        ('kind = "byline_metadata"\n', ""),
        ("mine: source-line", "needs kind", "", KINDS[0]),
    ),
    "no-why": (
        ('why = "出处不是正文。"', ""),
        ("mine: source-line", "needs why", "", "in one sentence"),
    ),
    "empty-why": (
        ('why = "出处不是正文。"', 'why = ""'),
        ("mine: source-line", "needs why", "", "in one sentence"),
    ),
    "why-is-a-list": (
        ('why = "出处不是正文。"', 'why = ["出处不是正文。"]'),
        ("mine: source-line", "why must be a text", "['出处不是正文。']", ""),
    ),
    "no-pattern": (
        ("pattern = ['来源：(?P<source>{{han}}+)', '出处：(?P<source>{{han}}+)']", ""),
        ("mine: source-line", "needs pattern", "", "a list of alternatives"),
    ),
    "no-examples": (
        (
            GOOD[GOOD.index("examples =") : GOOD.index("counterexamples =")],
            "",
        ),
        ("mine: source-line", "needs examples", "", "at least one real line"),
    ),
    "no-counterexamples": (
        ('counterexamples = [{ text = "来源不明", because = "没有冒号" }]', ""),
        ("mine: source-line", "needs counterexamples", "", "looks alike and must stay"),
    ),
    "id-with-capitals": (
        ('id = "source-line"', 'id = "Source_Line"'),
        ("mine: Source_Line", "an id is words of a-z and 0-9 with - between", "Source_Line", ""),
    ),
    "id-is-a-number": (
        ('id = "source-line"', "id = 7"),
        ("mine: 7", "id must be a text", "7", ""),
    ),
    "kind-unknown": (
        ('"byline_metadata"', '"byline"'),
        ("mine: source-line", f"kind must be one of {', '.join(KINDS)}", "'byline'", ""),
    ),
    "reach-unknown": (
        ('reach = "line"', 'reach = "row"'),
        (
            "mine: source-line",
            "reach must be one of line, sentence, clause, span, head, tail, page",
            "'row'",
            "",
        ),
    ),
    "severity-misspelt": (
        ('severity = "cut"', 'severity = "Cut"'),
        ("mine: source-line", "severity must be one of cut, flag, keep", "'Cut'", ""),
    ),
    "where-unknown": (
        ('where = "edge"', 'where = "top"'),
        ("mine: source-line", "where must be one of anywhere, head, tail, edge", "'top'", ""),
    ),
    "view-unknown": (
        ('where = "edge"', 'view = "raw"'),
        ("mine: source-line", "view must be one of folded, tight", "'raw'", ""),
    ),
    "truncates-unknown": (
        ('where = "edge"', 'truncates = "head"'),
        ("mine: source-line", "truncates must be one of tail, middle, notice", "'head'", ""),
    ),
    "where-is-a-list": (
        ('where = "edge"', 'where = ["edge"]'),
        ("mine: source-line", "where must be one of anywhere, head, tail, edge", "['edge']", ""),
    ),
    "number-is-a-text": (
        ("longest = 40", 'longest = "40"'),
        ("mine: source-line", "longest must be a whole number", "'40'", ""),
    ),
    "number-is-a-fraction": (
        ("within = 2", "within = 2.5"),
        ("mine: source-line", "within must be a whole number", "2.5", ""),
    ),
    "number-is-true": (
        ("longest = 40", "repeats = true"),
        ("mine: source-line", "repeats must be a whole number", "True", ""),
    ),
    "number-is-negative": (
        ("longest = 40", "longest = -1"),
        ("mine: source-line", "longest must be a whole number", "-1", ""),
    ),
    "quoted-is-a-text": (
        ("longest = 40", 'quoted = "no"'),
        ("mine: source-line", "quoted must be true or false", "'no'", ""),
    ),
    "pattern-is-one-text": (
        ("['来源：(?P<source>{{han}}+)', '出处：(?P<source>{{han}}+)']", "'来源：.+'"),
        ("mine: source-line", "pattern must be a list of strings", "'来源：.+'", ""),
    ),
    "near-is-one-text": (
        ('near = ["watermark"]', 'near = "watermark"'),
        ("mine: source-line", "near must be a list of strings", "'watermark'", ""),
    ),
    "hosts-are-one-text": (
        ('hosts = [".example.cn"]', 'hosts = ".example.cn"'),
        ("mine", "hosts must be a list of strings", "'.example.cn'", ""),
    ),
    "examples-are-texts": (
        ('[{ text = "来源不明", because = "没有冒号" }]', '["来源不明"]'),
        ("mine: source-line", "counterexamples must be a list of tables", "['来源不明']", ""),
    ),
    "rule-is-one-table": (
        ("[[rule]]", "[rule]"),
        ("mine", "rule must be a list of tables", "{'id': 'source-line'", ""),
    ),
    "example-without-text": (
        ('{ text = "来源：某某网", source = "某某网" }', '{ source = "某某网" }'),
        ("mine: source-line", "an example needs a text", "{'source': '某某网'}", ""),
    ),
    "counterexample-without-because": (
        (', because = "没有冒号"', ""),
        ("mine: source-line", "a counterexample needs a because", "来源不明", ""),
    ),
    "backslash-w": (
        ("来源：(?P<source>{{han}}+)", r"来源：(?P<source>\w+)"),
        (
            "mine: source-line",
            r"\w is ASCII only in RE2 and misses Chinese text",
            r"来源：(?P<source>\w+)",
            "{{han}}",
        ),
    ),
    "backslash-d": (
        ("来源：(?P<source>{{han}}+)", r"来源\d：(?P<source>{{han}}+)"),
        (
            "mine: source-line",
            r"\d is ASCII only in RE2 and misses Chinese text",
            r"来源\d：(?P<source>{{han}}+)",
            "{{digit}}",
        ),
    ),
    "backslash-s-in-a-class": (
        ("来源：(?P<source>{{han}}+)", r"来源[\s：](?P<source>{{han}}+)"),
        (
            "mine: source-line",
            r"\s is ASCII only in RE2 and misses Chinese text",
            r"来源[\s：](?P<source>{{han}}+)",
            "{{ws}}",
        ),
    ),
    "backslash-b-after-a-backslash": (
        ("来源：(?P<source>{{han}}+)", r"来源\\\b：(?P<source>{{han}}+)"),
        (
            "mine: source-line",
            r"\b is ASCII only in RE2 and misses Chinese text",
            r"来源\\\b：(?P<source>{{han}}+)",
            "{{han}}",
        ),
    ),
    "look-ahead": (
        ("来源：(?P<source>{{han}}+)", "来源：(?P<source>{{han}}+)(?=。)"),
        (
            "mine: source-line",
            "RE2 cannot read the pattern (invalid perl operator: (?=)",
            "来源：(?P<source>{{han}}+)(?=。)",
            "counterexample",
        ),
    ),
    "back-reference": (
        ("来源：(?P<source>{{han}}+)", r"来源：(?P<source>{{han}}+)\1"),
        (
            "mine: source-line",
            r"RE2 cannot read the pattern (invalid escape sequence: \1)",
            r"来源：(?P<source>{{han}}+)\1",
            "counterexample",
        ),
    ),
    "open-bracket": (
        ("来源：(?P<source>{{han}}+)", "来源：(?P<source>{{han}}+"),
        (
            "mine: source-line",
            "RE2 cannot read the pattern (missing ): ",
            "来源：(?P<source>{{han}}+",
            "counterexample",
        ),
    ),
    "unknown-name": (
        ("来源：(?P<source>{{han}}+)", "来源：(?P<source>{{hanzi}}+)"),
        (
            "mine: source-line",
            "does not know the name {{hanzi}}",
            "来源：(?P<source>{{hanzi}}+)",
            "{{han}}",
        ),
    ),
    "unknown-group": (
        ("来源：(?P<source>{{han}}+)", "来源：(?P<outlet>{{han}}+)"),
        ("mine: source-line", "cannot harvest 'outlet'", "来源：(?P<outlet>{{han}}+)", "source"),
    ),
    "matches-nothing": (
        ("来源：(?P<source>{{han}}+)", "(?:来源：)?(?P<source>{{han}}*)"),
        (
            "mine: source-line",
            "the pattern matches nothing at all, and so everywhere",
            "(?:来源：)?(?P<source>{{han}}*)",
            "at least one character",
        ),
    ),
    "empty-pattern": (
        ("'来源：(?P<source>{{han}}+)'", "''"),
        ("mine: source-line", "the pattern matches nothing at all, and so everywhere", "", "one"),
    ),
    "misses-its-example": (
        ('"来源：某某网", source = "某某网"', '"来源 某某网"'),
        ("mine: source-line", "misses its own example", "来源 某某网", "来源 某某网"),
    ),
    "capitals-in-a-pattern": (
        ("'来源：(?P<source>{{han}}+)'", "'QQ(?P<source>{{han}}+)'"),
        ("mine: source-line", "misses its own example", "来源：某某网", "来源:某某网"),
    ),
    "harvests-something-else": (
        ('text = "来源：某某网", source = "某某网"', 'text = "来源：某某网", source = "某某报"'),
        (
            "mine: source-line",
            "harvests {'source': '某某网'} where its example says {'source': '某某报'}",
            "来源：某某网",
            "",
        ),
    ),
    "harvests-more-than-it-says": (
        ('text = "来源：某某网", source = "某某网"', 'text = "来源：某某网"'),
        (
            "mine: source-line",
            "harvests {'source': '某某网'} where its example says {}",
            "来源：某某网",
            "",
        ),
    ),
    "hits-its-counterexample": (
        ('text = "来源不明"', 'text = "来源：不明"'),
        ("mine: source-line", "hits its own counterexample (没有冒号)", "来源：不明", ""),
    ),
}


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_pack_is_named_and_explained(
    change: tuple[str, str], said: tuple[str, str, str, str]
) -> None:
    """One mistake in a good pack is an error that says where, what, what it saw and what to do."""
    assert change[0] in GOOD
    with pytest.raises(RulePackError) as caught:
        parse_pack(GOOD.replace(*change, 1), "mine.toml")
    where, what, saw, do = said
    assert caught.value.where == where
    assert caught.value.what.startswith(what)
    assert caught.value.saw.startswith(saw)
    assert bool(caught.value.saw) >= bool(saw)
    assert do in caught.value.do
    assert str(caught.value).startswith(f"{where}: {what}")


FAMILY = """
[[family]]
name = "novel"
why = "小说站。"
signs = ["source-line", "shelf"]
"""


def test_a_family_is_what_the_pack_says() -> None:
    """A kind of site has a name, a reason, the rules that give it away, and how many it takes."""
    pack = parse_pack(GOOD + FAMILY)
    assert pack.families == (Family("novel", "小说站。", ("source-line", "shelf"), 2),)
    assert parse_pack(GOOD + FAMILY + "least = 2").families == pack.families


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (('name = "novel"', ""), "needs name"),
        (('why = "小说站。"', ""), "needs why"),
        (('signs = ["source-line", "shelf"]', ""), "needs signs"),
        (('["source-line", "shelf"]', '["source-line"]'), "least must be a whole number"),
        (('["source-line", "shelf"]', '["source-line", "shelf"]\nleast = 1'), "least must be"),
        (('["source-line", "shelf"]', '["source-line", "shelf"]\nleast = true'), "least must be"),
        (('why = "小说站。"', 'why = "小说站。"\nhost = "a"'), "does not know the key 'host'"),
    ],
)
def test_a_wrong_family_is_named_and_explained(change: tuple[str, str], what: str) -> None:
    """A mistake in a family says which family, what, and what to do."""
    assert change[0] in FAMILY
    with pytest.raises(RulePackError) as caught:
        parse_pack(GOOD + FAMILY.replace(*change))
    assert caught.value.where.startswith("mine: [[family]]")
    assert caught.value.what.startswith(what)
    assert caught.value.do


def test_two_rules_of_one_name_are_an_error() -> None:
    """A pack in which an id stands twice says which one."""
    with pytest.raises(RulePackError) as caught:
        parse_pack(GOOD + GOOD[GOOD.index("[[rule]]") : GOOD.index("[[off]]")])
    assert caught.value.where == "mine: source-line"
    assert caught.value.what == "there is a rule of this name in mine already"


def test_a_pack_without_rules_may_only_switch_off() -> None:
    """A site's pack can do nothing but silence a rule."""
    pack = parse_pack('pack = "quiet"\n[[off]]\nid = "page-number"\nwhy = "页码是正文的一部分"')
    assert (pack.rules, pack.off) == ((), ("page-number",))


@pytest.mark.parametrize(("name", "toml"), packs.texts(), ids=[name for name, _ in packs.texts()])
def test_every_shipped_pack_proves_itself(name: str, toml: str) -> None:
    """What is shipped is not proved at each start, so it is proved here."""
    assert parse_pack(toml, name).rules


PROOF = 'pack = "mine"\n[[example]]\nrule = "{}"\ntext = "{}"\n'


def test_a_pack_holds_other_rules_to_examples() -> None:
    """An [[example]] of a shipped rule is proved when the packs come together, unless it is off."""
    good = parse_pack(PROOF.format("compiled-by", "河湾文库整理，咨询QQ206000000"))
    assert make_rules((*packs.shipped(), good)).packs[-1].proofs == good.proofs
    text = PROOF.format("compiled-by", "河湾文库")
    with pytest.raises(RulePackError, match="does not hit this line any more"):
        make_rules((*packs.shipped(), parse_pack(text)))
    off = parse_pack(f'{text}[[off]]\nid = "compiled-by"\nwhy = "不要"\n')
    make_rules((*packs.shipped(), off))


@pytest.mark.parametrize(
    ("toml", "what"),
    [
        (PROOF.format("no-such-rule", "甲"), "there is no rule 'no-such-rule'"),
        (PROOF.format("compiled-by", ""), "needs a rule and a text"),
        (PROOF.format("compiled-by", "甲") + "because = 'x'", "does not know the key 'because'"),
    ],
)
def test_a_wrong_example_is_told(toml: str, what: str) -> None:
    """A rule that nobody has, an empty line, an unknown key: each is named."""
    with pytest.raises(RulePackError, match=what):
        make_rules((*packs.shipped(), parse_pack(toml)))
