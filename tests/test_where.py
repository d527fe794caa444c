"""Conditions: they mean in Arrow what DuckDB makes of them, and errors point at the place."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.errors import UsageError
from flows.columns import SCHEMA
from flows.filters import PRESETS
from flows.where import condition, spelled_out

ROWS = [
    {"id": "1", "text": "水利工程", "truncated": False, "canonical": None, "packs": ["a", "b"],
     "signals": {"han_share": 0.7, "chars": 4.0, "language": "zh"}, "source_name": "新华网",
     "segment": {"index": 0, "count": 1}, "retrieved_at": datetime(2024, 3, 5, 8, tzinfo=UTC)},
    {"id": "2", "text": "x'y\\z%", "truncated": True, "canonical": False, "packs": [],
     "signals": {"han_share": 0.1, "chars": 6.0}, "segment": {"index": 1, "count": 3}},
    {"id": "3", "text": "第一行\n第二行", "truncated": False, "canonical": True, "packs": ["c"],
     "signals": {"han_share": 0.9, "chars": 7.0, "language": "zh"}, "source_name": "江岸日报",
     "segment": {"index": 2, "count": 3}, "retrieved_at": datetime(2025, 1, 1, tzinfo=UTC)},
]  # fmt: skip
TABLE = pa.Table.from_pylist(ROWS, SCHEMA)
CONDITIONS = [
    "signals.han_share >= 0.5 AND NOT truncated",
    "signals.language = 'zh' OR truncated",
    "source_name IN ('新华网', 'x')",
    "source_name NOT IN ('x')",
    "source_name != '新华网'",
    "NOT source_name = '新华网'",
    "canonical IS NOT FALSE",
    "canonical IS TRUE",
    "canonical IS NOT TRUE",
    "source_name IS NULL",
    "NOT (source_name IS NOT NULL)",
    "length(packs) > 0",
    "length(text) = 6",
    "contains(text, '水')",
    "starts_with(text, '第')",
    "text LIKE '%行%'",
    "text LIKE '%\\z_'",
    "text NOT LIKE '____'",
    "text ILIKE 'X''Y%'",
    "text LIKE '第%行'",
    "lower(id) BETWEEN '2' AND '3'",
    "segment.count <> 3",
    "2 <= segment.index",
    "retrieved_at > '2024-12-31' OR id = '2'",
    "not truncated and (segment.index = 0 or segment.index = 2)",
    *PRESETS.values(),
]


@pytest.fixture(scope="module")
def asked_of_duckdb():
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("documents", TABLE)
    return lambda where: [
        found for (found,) in connection.sql(f"SELECT id FROM documents WHERE {where}").fetchall()
    ]


@pytest.mark.parametrize("where", CONDITIONS)
def test_a_condition_means_what_it_means_in_sql(asked_of_duckdb, where):
    """Nulls among it: a comparison with null is neither true nor, negated, true."""
    assert TABLE.filter(condition(where, SCHEMA))["id"].to_pylist() == asked_of_duckdb(where)


def test_names_of_filters_are_spelled_out():
    """As SQL, with brackets around; a name within quotes is text."""
    said = spelled_out("@lenient OR title = '@strict'")
    assert said == f"({PRESETS['lenient']}) OR title = '@strict'"
    named = TABLE.filter(condition("@lenient OR id = '2'", SCHEMA))
    assert named == TABLE.filter(condition(f"({PRESETS['lenient']}) OR id = '2'", SCHEMA))


@pytest.mark.parametrize(
    ("where", "says", "at"),
    [
        ("signals.han_shre >= 0.5", "there is no column signals.han_shre", 1),
        ("truncated AND nope = 1", "there is no column nope", 15),
        ("source_name = 5", "source_name is text, and 5 is a number", 15),
        ('source_name = "新华网"', '" means nothing here', 15),
        ("text", "text is text and no condition", 1),
        ("metadata.name = 'x'", "metadata is a list", 1),
        ("id.x = '1'", "id has no fields", 1),
        ("text = 'a", "' means nothing here", 8),
        ("@nope", "there is no filter @nope", 1),
        ("(truncated", r"\) has to stand here", 11),
        ("truncated truncated", "does not go on like this", 11),
        ("length(truncated) = 1", "has no length", 1),
        ("foo(text)", "there is no function foo", 1),
        ("retrieved_at > 'gestern'", "'gestern' is no moment", 16),
        ("", "ends too early", 1),
        ("id IN (text)", "IN takes values", 12),
        ("signals = 1", "signals is a struct and cannot be compared", 11),
        ("IS NULL", "has to stand here", 1),
        ("id NOT = '1'", "NOT stands before LIKE", 8),
        ("id IS 1", "IS asks for NULL, TRUE or FALSE", 7),
        ("id IS TRUE", "neither true nor false", 7),
        ("length(text) LIKE 'a'", "LIKE asks for text", 19),
        ("text LIKE id", "text in single quotes", 11),
        ("(" * 60 + "truncated", "more than 50 brackets", 52),
    ],
)
def test_errors_say_what_and_where(where, says, at):
    with pytest.raises(UsageError, match=says) as error:
        condition(where, SCHEMA)
    assert f"(character {at})" in error.value.what


def test_the_place_is_shown_below_the_condition():
    """Chinese characters are two columns wide."""
    with pytest.raises(UsageError) as error:
        condition("title = '水利' AND nope", SCHEMA)
    first, second = str(error.value).splitlines()[1:3]
    assert (first, second) == ("    saw: title = '水利' AND nope", " " * 28 + "^")


@given(st.text(alphabet="()'\"@,.<>=! \nanotrudeisl01水", max_size=40))
def test_whatever_is_asked_is_a_condition_or_an_error_of_ours(where):
    """No trace of a parser's inside ever reaches a user."""
    try:
        made = condition(where, SCHEMA)
    except UsageError:
        return
    TABLE.filter(made)
