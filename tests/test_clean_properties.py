"""What must hold for any text at all, whatever the rules."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from texts import (
    DAMAGE,
    LINES,
    NOISE,
    PACK_RULES,
    PLAIN_TEXTS,
    PROSE,
    RULES,
    TEXTS,
    document,
    page_of,
)

from cleaners import Document, RawPage, Rejected, clean, clean_text, rebuild
from cleaners.clean import clean_extracted, default_rules
from cleaners.document import Extracted, Provenance
from cleaners.normalise import normalise
from cleaners.page import split_lines
from cleaners.rules import Rule, Rules

NOWHERE = Provenance("text:", "", None, "utf-8", "", "text@1", (), (), "")
# Two cuts on one line with a blank between them; both once reached for it.
TOUCHING = (
    "欢迎来到某某文库！ | 帮助中心下面是某某文档网小编给大家带来的发言稿，希望大家喜欢。\n",
    "下面是某某文档网小编给大家带来的发言稿，希望大家喜欢。 山高水长，人来人往。\n",
)
KINDS = {rule.id: rule.kind for rule in RULES}


def cleaned(text: str, rules: Rules | None = None) -> list[Document | Rejected]:
    """All that becomes of a text, what is rejected too."""
    return clean_extracted(Extracted(text, split_lines(text)), rules or default_rules(), NOWHERE)


@given(TEXTS)
@example("")
@example("\n")
@example("来源：某某网")
@example("甲")
def test_segments_follow_on_each_other_without_gaps(text: str) -> None:
    """The parts of a page are numbered in order, and nothing stands between or outside them."""
    results = cleaned(text)
    documents = page_of(results)
    for index, result in enumerate(results):
        if isinstance(result, Document):
            assert (result.segment.index, result.segment.count) == (index, len(results))
            assert result.original == text[result.segment.start : result.segment.end]
    if len(documents) == len(results) > 0:
        assert documents[0].segment.start == 0
        assert documents[-1].segment.end == len(text)
        for a, b in pairwise(documents):
            assert a.segment.end == b.segment.start


@given(TEXTS)
@example("\ud83d来源：某某网\n\x00")
@example(TOUCHING[0] + PROSE[0])
@example(TOUCHING[1] + PROSE[0])
def test_kept_text_and_removals_are_the_original(text: str) -> None:
    """What was kept and what was cut, put back in order, is the text as it came."""
    for found in page_of(cleaned(text)):
        kept = [(a, b, text[a:b]) for a, b in found.kept()]
        cut = [(r.start, r.end, r.text) for r in found.removals]
        assert "".join(piece for *_, piece in sorted(kept + cut)) == found.original


@given(TEXTS)
@example(TOUCHING[0] + PROSE[0])
@example(TOUCHING[1] + PROSE[0])
def test_removals_are_in_order_and_say_what_stood_there(text: str) -> None:
    """Removals are sorted, disjoint, not empty, inside their segment, and quote the text."""
    for found in page_of(cleaned(text)):
        at = found.segment.start
        for cut in found.removals:
            assert at <= cut.start < cut.end <= found.segment.end
            assert text[cut.start : cut.end] == cut.text
            at = cut.end


@given(TEXTS)
def test_repairs_stand_outside_removals_and_say_what_stood_there(text: str) -> None:
    """Repairs are sorted, disjoint, in no removal, and quote the text that they change."""
    for found in page_of(cleaned(text)):
        at = found.segment.start
        for edit in found.repairs:
            assert at <= edit.start < edit.end <= found.segment.end
            assert text[edit.start : edit.end] == edit.before != edit.after
            at = edit.end
            assert not any(c.start < edit.end and edit.start < c.end for c in found.removals)


@given(TEXTS)
def test_the_evidence_is_the_edit(text: str) -> None:
    """The clean text can be made again from the original, the repairs and the removals."""
    for found in page_of(cleaned(text)):
        assert rebuild(found) == found.text


@given(TEXTS)
def test_every_removal_names_a_rule_and_its_kind(text: str) -> None:
    """Each removal and flag carries the id and the kind of a rule that exists."""
    for found in page_of(cleaned(text)):
        for cut in (*found.removals, *found.flags):
            assert KINDS[cut.rule] == cut.kind


@given(TEXTS)
def test_a_harvest_is_part_of_what_its_page_says(text: str) -> None:
    """Removals harvest words of the page and invent none; a scored one says why beside them."""
    reasons, beside = {"because", "score"}, {"where"}
    for found in page_of(cleaned(text)):
        for cut in found.removals:
            assert cut.harvest.keys() >= reasons or not cut.harvest.keys() & reasons
            for name, value in cut.harvest.items():
                assert name in reasons | beside or value in text


@given(TEXTS)
def test_the_order_of_rules_changes_nothing(text: str) -> None:
    """Packs and rules from last to first give the same documents, whoever is asked first."""
    assert cleaned(text, turned()) == cleaned(text)


@cache
def turned() -> Rules:
    packs = reversed(default_rules().packs)
    return Rules(tuple(replace(p, rules=p.rules[::-1]) for p in packs))


@given(TEXTS, TEXTS)
def test_what_was_cleaned_before_changes_nothing(text: str, other: str) -> None:
    """The same text gives equal documents again, also after other texts."""
    first = clean_text(text)
    clean_text(other)
    assert clean_text(text) == first


@given(TEXTS)
@example("".join(map(chr, range(0x20))) + "甲\x7f\x80\x9f乙")
@example("甲\ud83d\ude00乙。\udfff")
@example("甲\ufffe\uffff乙\ufdd0")
def test_clean_text_holds_no_surrogates_and_no_control_characters(text: str) -> None:
    """Clean text can be written to any file: no half characters, only line feeds and tabs."""
    for found in clean_text(text):
        assert found.text.encode("utf-8")
        bad = {c for c in found.text if unicodedata.category(c) in ("Cc", "Cs")}
        assert bad <= {"\n", "\t"}


@given(TEXTS)
def test_no_document_is_empty(text: str) -> None:
    """A document has text; where nothing is left there is a reason instead."""
    for result in cleaned(text):
        if isinstance(result, Document):
            assert result.text.strip()
        else:
            assert result.rule in ("no-text", "nothing-left")
            assert result.why


@given(PLAIN_TEXTS)
def test_decoded_text_and_its_bytes_give_the_same_documents(text: str) -> None:
    """`clean_text` of a text and `clean` of its UTF-8 bytes agree."""
    assert [d.text for d in page_of(clean(RawPage("file:a.txt", text.encode())))] == [
        d.text for d in clean_text(text)
    ]


@given(TEXTS)
def test_what_a_cut_leaves_of_a_line_is_text(text: str) -> None:
    """No cut leaves a line of which only punctuation remains: a stump."""
    for found in page_of(cleaned(text)):
        left = _left_of_cut_lines(found, text)
        assert all(any(map(str.isalnum, rest)) or len(rest) > 40 for rest in left if rest)


def _left_of_cut_lines(found: Document, text: str) -> list[str]:
    """What is left, blanks aside, of every line of which something was cut."""
    left: list[str] = []
    for line in split_lines(text):
        touching = [c for c in found.removals if c.start < line.end and line.start < c.end]
        if touching:
            rest, at = "", line.start
            for cut in touching:
                rest += text[at : cut.start]
                at = max(at, cut.end)
            left.append((rest + text[at : line.end]).strip())
    return left


@given(st.lists(st.one_of(LINES, st.sampled_from(PROSE)), max_size=14))
def test_prose_stays(lines: list[str]) -> None:
    """A line of plain prose survives, whatever stands above and below it."""
    left = "\n".join(found.text for found in clean_text("\n".join(lines))).split("\n")
    assert {line for line in lines if line in PROSE} <= set(left)


WHOLE = [
    rule
    for rule in PACK_RULES
    if rule.reach in ("line", "sentence", "head", "tail") and rule.severity == "cut"
]


@pytest.mark.parametrize("rule", WHOLE, ids=lambda rule: rule.id)
def test_a_line_of_noise_goes_whole_or_stays_whole(rule: Rule) -> None:
    """An example as a line of its own above or below a text leaves no piece of itself."""
    plain = clean_text(document())[0].text.split("\n")
    for line in (shown.text for shown in rule.examples):
        for place in ("head", "tail"):
            [found] = clean_text(document(**{place: (line,)}))
            rest = [each for each in found.text.split("\n") if each not in plain]
            assert rest in ([], normalise(line).split("\n")), (place, line)


@given(st.sampled_from(NOISE + DAMAGE), st.integers(0, 2000))
def test_any_line_can_be_cut_anywhere(line: str, at: int) -> None:
    """A copy that breaks off at any character is cleaned as well, and loses nothing."""
    text = document(line)[:at]
    for found in page_of(cleaned(text)):
        assert rebuild(found) == found.text


# Whole pages of one or two signs again and again, each with an end of its own. A pattern that can
# divide such a line in many ways asks for all of them, which is more than a life is long.
PUMPED = """
import itertools
from cleaners import clean_text
from cleaners.compare import BEHIND_TITLE
signs = ".:-_/|·( 网1a中"
for unit in [*signs, *map("".join, itertools.permutations(signs, 2))]:
    line = unit * 60
    clean_text(f"{line}\\n{line}a.org/\\n社{line}。\\n上一条，{line}!")
    BEHIND_TITLE.sub("", f"社{line}。")
"""


def test_lines_of_the_same_signs_end() -> None:
    """No pattern takes more than a moment for them: they are cleaned, all 200 in a moment."""
    subprocess.run(
        [sys.executable, "-c", PUMPED], check=True, timeout=60, cwd=Path(__file__).parents[1]
    )
