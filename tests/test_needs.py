"""What a line must have for a pattern to match in it."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from cleaners.needs import GREEK, UNKNOWN, ends_lines, needs
from cleaners.patterns import OPTIONS

LITERALS = st.sampled_from(["甲", "。", "乙", "丙丁", "a", "1", r"\.", r"\x{4e59}", "𠮷"])
CLASSES = st.sampled_from(
    [
        "[甲乙]",
        "[^甲]",
        "[^。,]",
        r"[^\p{Han}0]",
        "[0-2]",
        "[-a]",
        "[]1]",
        r"[\p{Han}a]",
        r"\p{Han}",
        ".",
    ]
)
REPEATS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{0,2}", "{1,}", "+?", "{0}"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Patterns made of smaller ones: in a row, as alternatives, repeated."""
    rows = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        rows.map("".join),
        st.tuples(rows, REPEATS).map(lambda pair: f"(?:{'|'.join(pair[0])}){pair[1]}"),
        inner.map(lambda pattern: f"(?P<cut>{pattern}|)"),
    )


PATTERNS = st.recursive(st.tuples(LITERALS | CLASSES, REPEATS).map("".join), larger, max_leaves=8)
LINES = st.text(st.sampled_from("甲乙丙丁a01.-]𠮷2。,"), max_size=12)


@given(PATTERNS, LINES)
def test_every_match_has_what_its_pattern_needs(pattern: str, line: str) -> None:
    """No match is without one word of each set, or shorter, longer, begun or ended otherwise."""
    need = needs(pattern)
    for m in re2.finditer(pattern, line, options=OPTIONS):
        found = str(m[0])
        assert need.exact is None or found in need.exact
        assert need.lacks.isdisjoint(found)
        assert all(any(word in found for word in words) for words in need.words)
        assert all(any(c in found for c in characters) for characters in need.characters)
        assert need.first is None or found[:1] in need.first or "" in need.first
        assert need.last is None or found[-1:] in need.last or "" in need.last
        assert need.least <= len(found) <= need.most


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?:扫描|长按)二维码", [["扫描二维码", "长按二维码"]]),
        ("加.?微信.*号码", [["微信"], ["号码"]]),
        ("本文?来自", [["本文来自", "本来自"]]),
        ("第[0-9]+页", [["页"]]),
        ("(?:群|企鹅群)号", [["群号"]]),
        ("(?P<cut>阅读|)全文", [["全文"]]),
        ("[甲乙]{2,}丙丁", [["丙丁"]]),
        ("[^。]*", []),
        ("[0-9]{5,}", []),
    ],
)
def test_the_words_of_a_pattern(pattern: str, words: list[list[str]]) -> None:
    """A pattern names the words it cannot do without, the longest first."""
    assert [sorted(each) for each in needs(pattern).words] == words


def test_a_frequent_character_is_asked_for_when_nothing_else_tells() -> None:
    """Most lines have a comma; where a line is taken whole, its first character tells more."""
    assert needs("[甲乙].?,.*").words == (frozenset("甲乙"),)
    assert needs(".+,.+").words == (frozenset(","),)
    assert needs("[我个].?,.*", whole=True).words == ()
    assert needs("[我个].?,.*").words == (frozenset("我个"),)


@pytest.mark.parametrize("pattern", ["(?i)abc", "(甲", "甲)", r"\Q甲.乙\E", "[甲"])
def test_a_pattern_that_cannot_be_read_needs_nothing(pattern: str) -> None:
    """Flags and what is no pattern at all are not guessed at: such a pattern is always run."""
    assert needs(pattern) == UNKNOWN


@given(PATTERNS, LINES)
def test_a_pattern_that_goes_to_the_end_of_the_line_matches_nowhere_else(
    pattern: str, line: str
) -> None:
    for tried in (f"{pattern}$", f"甲|{pattern}$", f"{pattern}$|乙"):
        if ends_lines(tried):
            assert all(m.end() == len(line) for m in re2.finditer(tried, line, options=OPTIONS))


def test_no_word_is_asked_for_when_the_end_of_the_line_tells() -> None:
    assert needs(r".+[,;].?\p{Greek}$").words == ()
    assert needs(r".+[,;].?\p{Greek}").words == (frozenset(",;"),)


def test_no_greek_letter_is_missing() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    assert set(re2.findall(r"\p{Greek}", every)) <= GREEK
