"""Copies: what is one, what is not, which stands for all, and that order does not matter."""

from __future__ import annotations

import random
import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.overlap import compare
from cleaners.similarity import Known, rank
from cleaners.sketch import letters, sketch
from flows import candidates
from flows.duplicates import clusters_of
from flows.table_columns import SCHEMAS

HAN = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))


def prose(seed, sentences=40):
    """Sentences of random characters, three with a number."""
    chance = random.Random(seed)
    made = ["".join(chance.choices(HAN, k=chance.randint(9, 25))) for _ in range(sentences)]
    for at in chance.sample(range(sentences), 3):
        made[at] += f"{chance.randint(100, 9999)}项"
    return "，".join(made[: sentences // 2]) + "。\n" + "，".join(made[sentences // 2 :]) + "。"


def known(name, text, **more):
    return Known(name, sketch(text), **more)


def found(*documents):
    """The clusters of these documents, by id."""
    rows = [
        {
            "id": each.id,
            **{name: getattr(each.sketch, name) for name in each.sketch.__slots__},
            "truncated": each.truncated,
            "source": each.source,
            "declared_url": each.declared_url,
            "published": each.published,
        }
        for each in documents
    ]
    table = pa.Table.from_pylist(rows, SCHEMAS["sketches"])
    return {row["id"]: row for row in clusters_of(table).to_pylist()}


def test_a_document_without_copies_stands_for_itself():
    """Its cluster is its own, and nothing else is said."""
    assert found(known("a", prose(1)), known("b", prose(2)))["a"] == {
        "id": "a",
        "cluster": "a",
        "canonical": True,
        "duplicate_of": None,
        "completed_by": None,
        "overlap": None,
    }


def test_equal_letters_are_one_text():
    """Marks, blanks, lines and the case of letters make no other text; one letter does."""
    text = prose(1) + "ABC"
    other = re.sub("[，。\n]", " ", text).lower()
    clusters = found(known("a", text), known("b", other), known("c", "短。"), known("d", "短"))
    assert clusters["b"]["duplicate_of"] == "a"
    assert clusters["b"]["overlap"] == 1.0
    assert clusters["d"]["cluster"] == clusters["c"]["cluster"]
    assert sketch("短文").digest != sketch("短句").digest


def edited(text):
    """Without every sixth sentence, and with another beginning."""
    sentences = text.split("，")
    return "新的开头，" + "，".join(s for at, s in enumerate(sentences) if at % 6 != 4)


@pytest.mark.parametrize(
    ("change", "truncated", "completed"),
    [
        (edited, False, False),
        (lambda text: text + "（责任编辑：某某，阅读1024次）", False, False),
        (lambda text: text[:80], True, True),
        (lambda text: text[: len(text) // 5], True, True),
        (lambda text: text[: len(text) // 5], False, True),  # cut, and nothing said so
        (lambda text: text[len(text) * 3 // 4 :], False, False),  # the last page of it
        (lambda text: text[:200] + text[500:], True, True),  # a hole in the middle
        (lambda text: text[:200] + text[500:], False, False),  # or an editor
    ],
)
def test_copies_are_found(change, truncated, completed):
    """Edited, noted, cut, and holed copies are copies of the whole text, which completes what is cut."""
    text = prose(3)
    others = [known(f"o{seed}", prose(seed)) for seed in range(10, 14)]
    clusters = found(*others, known("a", change(text), truncated=truncated), known("w", text))
    whole, copy = sorted((clusters["a"], clusters["w"]), key=lambda row: not row["canonical"])
    assert copy["duplicate_of"] == whole["id"] == whole["cluster"] == copy["cluster"]
    assert copy["overlap"] > 0.6
    assert (copy["completed_by"] == "w") == completed
    assert sum(row["canonical"] for row in clusters.values()) == 5


def other_numbers(text):
    return re.sub(r"\d+", lambda number: str(int(number[0]) + 1), text)


@pytest.mark.parametrize(
    "change",
    [
        other_numbers,  # the same notice, a year later
        lambda text: text[300:420],  # an excerpt from its middle
        lambda text: text[:150] + prose(5),  # the same boilerplate above another text
        lambda text: prose(6) + text[-150:],  # and below
        lambda text: prose(7) + text[:300] + prose(8),
        lambda text: "好的，谢谢。" + text[:12],  # next to nothing
    ],
)
def test_what_looks_alike_is_no_copy(change):
    """Templates with other numbers, excerpts, and texts that share a part are documents of their own."""
    text = prose(4)
    clusters = found(known("a", change(text)), known("w", text))
    assert clusters["a"]["canonical"]
    assert clusters["w"]["canonical"]


def test_nothing_chains():
    """Of texts that each share three fourths with the next, no two that share nothing are together."""
    parts = [prose(seed, 10) for seed in range(20, 32)]
    clusters = found(*(known(f"{at:02}", "".join(parts[at : at + 4])) for at in range(8)))
    for row in clusters.values():
        assert row["canonical"] or row["overlap"] > 0.6
        assert abs(int(row["cluster"]) - int(row["id"])) <= 1
    assert len({row["cluster"] for row in clusters.values()}) >= 3


def test_the_fullest_stands_for_all_then_the_most_trusted_then_the_earliest():
    """Length counts before trust, a truncated text for less, and the rest decides among equals."""
    text = prose(9)
    near = text + "多一字"
    office = {"source": "https://www.example.gov.cn/1"}
    reprint = {"source": "https://a.example.cn/1", "declared_url": "https://b.example.cn/1"}
    plain = {"source": "https://c.example.cn/1"}
    assert rank(known("b", text, **office)) < rank(known("a", text, **plain))
    assert rank(known("b", text, **plain)) < rank(known("a", text, **reprint))
    assert rank(known("b", text, published="2023")) < rank(known("a", near, published="2024-01"))
    assert rank(known("b", near, published="2024")) < rank(known("a", near))
    assert rank(known("b", text + prose(2, 9))) < rank(known("a", text, **office))
    assert rank(known("b", text[:-40])) < rank(known("a", text, truncated=True))
    clusters = found(known("a", text, **plain), known("b", text, **office))
    assert clusters["a"]["duplicate_of"] == "b"


def test_what_is_truncated_completes_nothing():
    """Two truncated copies are a cluster, and nobody has what they lack."""
    text = prose(11)
    clusters = found(known("a", text[:300], truncated=True), known("b", text[:500], truncated=True))
    assert clusters["a"]["duplicate_of"] == "b"
    assert clusters["a"]["completed_by"] is None


@st.composite
def corpora(draw):
    """Some texts, and copies of them: whole, cut, edited, glued."""
    texts = [prose(seed, 12) for seed in range(4)]
    made = []
    for number in range(draw(st.integers(2, 9))):
        one, other = draw(st.sampled_from(texts)), draw(st.sampled_from(texts))
        text = draw(st.sampled_from([one, one[:100], edited(one), one + other]))
        made.append(known(f"{number}", text, truncated=draw(st.booleans())))
    return made, draw(st.permutations(made))


@given(corpora())
def test_order_does_not_matter(corpus):
    """The same documents in any order give the same clusters; each is a star."""
    made, shuffled = corpus
    clusters = found(*made)
    assert clusters == found(*shuffled)
    for row in clusters.values():
        assert clusters[row["cluster"]]["canonical"]
        assert row["canonical"] == (row["cluster"] == row["id"]) == (row["duplicate_of"] is None)
        assert row["canonical"] or 0 < row["overlap"] <= 1


def test_candidates_do_not_depend_on_how_many_grams_fit_into_memory(monkeypatch):
    """Sorted in many goes, the grams give the pairs that they give in one."""
    texts = [prose(seed % 5, 20)[: 200 + 10 * seed] for seed in range(20)]
    grams = pa.array([sketch(text).grams for text in texts], pa.large_binary())
    at_once = candidates.candidates(grams)
    assert len(at_once) > 20
    monkeypatch.setattr(candidates, "GRAMS_AT_ONCE", 50)
    assert candidates.candidates(grams) == at_once
    assert all(first > second for first, second in at_once)
    assert at_once == sorted(at_once)
    assert candidates.candidates(grams.slice(0, 0)) == candidates.candidates(grams[:1]) == []


@given(st.text(max_size=80))
def test_any_text_has_a_sketch(text):
    """Half characters, marks alone and nothing at all; a text shares all of itself with itself."""
    made = sketch(text)
    assert len(made.grams) == 4 * len(made.sizes)
    assert made.size == len(letters(text))
    assert compare(made, made).first.share == 1.0 or made.size == 0
