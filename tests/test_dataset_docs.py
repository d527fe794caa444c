"""docs/dataset.md: an example of every column, and what it shows is run on a release of the samples."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from released import tables_of_samples

from flows.columns import COLUMNS, REJECT_COLUMNS, leaves_and_branches
from flows.dataset import open_release
from flows.examples import EXAMPLES
from flows.release import Asked, release
from flows.table_columns import OF_THEIR_OWN

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "dataset.md").read_text("utf-8")
QUERIES = re.findall(r"^(\d+)\. .*?\n\n```sql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
FILES = {"documents-*.parquet": COLUMNS, "rejects.parquet": REJECT_COLUMNS} | dict(OF_THEIR_OWN)
# The samples have none of these, or need not have them: what is fetched, versions, places, measures.
NOT_IN_SAMPLES = re.compile(
    r".*(start|end)$|signals\.\w+_(share|chars|confidence)$|truncation\.\w+_chars|repairs|links|blocks\[\]\.(mark|unit)|completed_by|archive_|retrieved_at"
    r"|code_version|packs|extractor|raw_sha256|id$|cluster|duplicate_of"
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    data = tmp_path_factory.mktemp("docs")
    tables_of_samples(data)
    return open_release(release(data, Asked()).folder)


def test_every_column_has_an_example_of_its_type():
    """And what consists of fields has none: its fields have them."""
    for files, columns in FILES.items():
        for path, column in leaves_and_branches(columns):
            if column.fields:
                assert path not in EXAMPLES[files]
            else:
                kept = pa.array([EXAMPLES[files][path]], column.type)[0].as_py()
                assert kept == EXAMPLES[files][path], path
    for files in ("documents-*.parquet", "rejects.parquet"):
        paths = {path for path, _ in leaves_and_branches(FILES[files])}
        assert EXAMPLES[files].keys() <= paths


def test_examples_of_documents_are_what_the_samples_give(opened):
    """But for what they do not have."""
    rows = list(opened.rows())
    for path, example in EXAMPLES["documents-*.parquet"].items():
        if NOT_IN_SAMPLES.match(path):
            continue
        found = [value for row in rows for value in at(row, path.split("."))]
        if isinstance(example, str) and example.endswith("…"):
            assert any(value.startswith(example[:-1]) for value in found), path
        elif isinstance(example, list):
            assert any(set(example) - {"…"} <= set(value) for value in found), path
        else:
            assert example in found, path


def at(value, path):
    """Every value at the path."""
    if value is None:
        return
    if not path:
        yield value
        return
    name = path[0]
    if name.endswith("[]"):
        for one in value[name[:-2]]:
            yield from at(one, path[1:])
    else:
        yield from at(value[name], path[1:])


@pytest.mark.parametrize(("number", "query"), QUERIES, ids=[number for number, _ in QUERIES])
def test_queries_run_and_find_something(opened, number, query):
    """In DuckDB, on the files of a release as they lie there."""
    [name] = opened.where("canonical AND contains(original, '青竹文行整理')").ids()
    query = query.replace("RELEASE", str(opened.folder)).replace("'ID'", f"'{name}'")
    rows = duckdb.sql(query).fetchall()
    assert rows
    assert not all(value is None for value in rows[0])
    if number == "4":
        assert [row[1] for row in rows] == [True, False]
    if number == "6":
        assert any("@" in value for row in rows for value in row[2])


def test_there_are_ten_queries():
    assert [int(number) for number, _ in QUERIES] == list(range(1, 11))


def test_the_example_of_reading_runs(opened, capsys):
    """With the release of the samples in the place of DATA/releases/latest."""
    [code] = re.findall(r"```python reading\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(code.replace("DATA/releases/latest", str(opened.folder)), names)
    assert "# " in capsys.readouterr().out
    assert names["name"] in opened.ids()
