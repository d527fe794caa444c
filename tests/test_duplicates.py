"""`zhengben duplicates`: the tables are compared once, then what is new, and nothing is lost."""

from __future__ import annotations

import pyarrow as pa
import pytest
from exchanges import BEGAN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shards import DAY, A, B, C, a_shard, of_page
from test_similarity import prose

from cleaners.errors import DatasetError, UsageError
from flows import cli_copies, duplicates
from flows.duplicates import find_duplicates
from flows.tables import Tables

TEXT = prose(1)
CUT = TEXT[:200]


def clusters(data):
    return Tables(data).read("clusters").to_pylist()


def by_url(data):
    """The row of each page's document."""
    rows = {row["id"]: row for row in clusters(data)}
    pages = Tables(data).read("pages", ["url", "document_ids"]).to_pylist()
    return {page["url"]: rows.get(page["document_ids"][0]) for page in pages}


def put(data, *pages, **options):
    Tables(data).commit(a_shard(*((url, of_page(url, text)) for url, text in pages), **options))


def test_copies_in_the_tables(tmp_path):
    """Equal, cut and other texts; the counts say what the rows say."""
    put(tmp_path, (A, TEXT), (B, CUT), (C, prose(2)))
    found = find_duplicates(tmp_path)
    assert (found.documents, found.to_read, found.read) == (3, 3, 3)
    assert (found.clusters, found.duplicates, found.completed) == (1, 1, 1)
    rows = by_url(tmp_path)
    assert rows[B]["completed_by"] == rows[B]["duplicate_of"] == rows[A]["id"]
    assert rows[C]["canonical"]


def test_texts_are_read_once(tmp_path, monkeypatch):
    """A second run reads nothing, a third only what came since; the older text is compared."""
    put(tmp_path, (A, TEXT), (C, prose(2)))
    find_duplicates(tmp_path)
    read = []
    monkeypatch.setattr(duplicates, "sketch", lambda text: read.append(text) or real(text))
    assert find_duplicates(tmp_path).to_read == 0
    put(tmp_path, (B, CUT), file="2")
    assert find_duplicates(tmp_path).read == 1
    assert read == [CUT]
    rows = by_url(tmp_path)
    assert rows[B]["completed_by"] == rows[A]["id"]


real = duplicates.sketch


def test_superseded_documents_are_not_compared(tmp_path):
    """When a page has another text, its older one is no copy of anything any more."""
    put(tmp_path, (A, TEXT), (B, TEXT + "又一句。"))
    find_duplicates(tmp_path)
    before = {
        row["url"]: row["document_ids"]
        for row in Tables(tmp_path).read("pages", ["url", "document_ids"]).to_pylist()
    }
    put(tmp_path, (A, prose(5)), at=BEGAN + DAY, file="2")
    found = find_duplicates(tmp_path)
    assert (found.documents, found.duplicates) == (2, 0)
    assert (
        {row["id"] for row in clusters(tmp_path)}
        == {
            row["document_ids"][0]
            for row in Tables(tmp_path).read("pages", ["document_ids"]).to_pylist()
        }
        != {ids[0] for ids in before.values()}
    )


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([TEXT, CUT, TEXT[100:], prose(2), prose(2)[:150]]), min_size=2, max_size=6
    ),
    st.data(),
)
def test_in_steps_is_at_once(tmp_path_factory, texts, data):
    """Whatever came when, and in which order, the clusters are those of one run over all."""
    pages = [(f"https://example.cn/{at}", text) for at, text in enumerate(texts)]
    once, steps = tmp_path_factory.mktemp("once"), tmp_path_factory.mktemp("steps")
    put(once, *pages)
    find_duplicates(once)
    cut = data.draw(st.integers(1, len(pages) - 1))
    shuffled = data.draw(st.permutations(pages))
    for number, some in enumerate((shuffled[:cut], shuffled[cut:])):
        put(steps, *some, file=f"{number}")
        find_duplicates(steps)
    assert clusters(once) == clusters(steps)


def test_a_run_that_is_killed_is_gone_on_with(tmp_path, monkeypatch):
    """Sketches that were committed are kept, and the clusters of the last run stay until then."""
    put(tmp_path, (A, TEXT), (B, CUT))
    find_duplicates(tmp_path)
    before = clusters(tmp_path)
    put(tmp_path, *((f"https://example.cn/{n}", prose(n)) for n in range(9)), file="2")
    monkeypatch.setattr(duplicates, "ROWS_PER_COMMIT", 1)

    def killed(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(duplicates, "clusters_of", killed)
    with pytest.raises(KeyboardInterrupt):
        find_duplicates(tmp_path)
    assert clusters(tmp_path) == before
    monkeypatch.undo()
    assert find_duplicates(tmp_path).to_read == 0
    assert len(clusters(tmp_path)) == 11


def test_sketches_of_another_version_are_made_anew(tmp_path, monkeypatch):
    """A zhengben that sketches otherwise does not compare with what an older one has made."""
    put(tmp_path, (A, TEXT), (B, CUT))
    monkeypatch.setattr(duplicates, "SKETCH_VERSION", "0")
    find_duplicates(tmp_path)
    monkeypatch.undo()
    assert find_duplicates(tmp_path).read == 2
    versions = Tables(tmp_path).read("sketches", ["version"])["version"].to_pylist()
    assert versions == [duplicates.SKETCH_VERSION] * 2


def test_wrong_input(tmp_path):
    """No tables, and a table that lacks what `pages` names: an error that says so."""
    with pytest.raises(UsageError, match="has no pages"):
        find_duplicates(tmp_path)
    put(tmp_path, (A, TEXT))
    documents = Tables(tmp_path).read("documents")
    Tables(tmp_path).replace("documents", documents.slice(0, 0))
    with pytest.raises(DatasetError, match="does not have all rows"):
        find_duplicates(tmp_path)


def test_only_row_groups_with_new_rows_are_read(tmp_path):
    """`pick` gives the rows that were asked for, whatever file they are in, and each once."""
    tables = Tables(tmp_path)
    for number in range(3):
        put(
            tmp_path,
            *((f"https://example.cn/{number}{n}", prose(n)) for n in range(4)),
            file=f"{number}",
        )
    ids = tables.read("documents", ["id"])["id"].combine_chunks()
    wanted = ids.take(pa.array([1, 5, 6]))
    batches = list(tables.pick("documents", ["text", "id"], wanted, at_once=2))
    assert sorted(i for batch in batches for i in batch["id"].to_pylist()) == sorted(
        wanted.to_pylist()
    )
    assert all(batch.schema.names == ["text", "id"] for batch in batches)
    assert list(tables.pick("documents", ["id"], wanted.slice(0, 0))) == []


def test_the_command_says_what_it_found(tmp_path, capsys):
    """One line, on standard error."""
    put(tmp_path, (A, TEXT), (B, CUT))
    assert cli_copies.duplicates(data=tmp_path) == 0
    out, said = capsys.readouterr()
    assert said.startswith("2 documents (2 new): 1 are copies of 1 others, 1 of them completed")
    assert said.endswith("tables/clusters\n")
    assert out == ""
