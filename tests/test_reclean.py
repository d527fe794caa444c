"""Re-cleaning: the archive through today's rules, each page once, whoever kills or works beside it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from exchanges import BEGAN, an_article, not_modified
from kept import PACK, current, in_this_process, keep, pages, some_pages

from cleaners.errors import BusyError, UsageError
from flows import reclean as module
from flows.cli import main
from flows.locks import held
from flows.reclean import Failed, reclean
from flows.tables import Tables, rows_of
from flows.verify import verify

FERRY = "渡口的船夫姓周"


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    data = tmp_path_factory.mktemp("reclean")
    (data / "mine.toml").write_text(PACK, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        some_pages(data)
    return data


@pytest.fixture
def data(gathered, tmp_path, monkeypatch):
    in_this_process(monkeypatch)
    shutil.copytree(gathered, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def mine(data):
    return [data / "mine.toml"]


def test_other_rules_give_other_rows_and_the_old_ones_stay(data, mine):
    before = current(data)
    done = reclean(data, pack_files=mine)
    assert (done.pages, done.documents, done.same, done.kept) == (4, 4, 1, 0)
    after = current(data)
    assert all(FERRY in row["text"] for row in before.values())
    assert not any(FERRY in row["text"] for row in after.values())
    everything = rows_of(Tables(data).read("documents"))
    assert len(everything) == len({row["id"] for row in everything}) == 8
    assert verify(None, data=data, pack_files=mine).is_clean


def test_what_today_s_rules_have_made_is_not_made_again(data, mine):
    assert reclean(data).pages == 0
    reclean(data, pack_files=mine)
    version = Tables(data).opened("pages").version()
    again = reclean(data, pack_files=mine)
    assert (again.pages, again.same) == (0, 5)
    everything = reclean(data, pack_files=mine, everything=True)
    assert (everything.pages, everything.documents) == (4, 0), "the same content is the same row"
    assert Tables(data).opened("pages").version() == version


def test_a_pack_is_never_left_out_by_mistake(data, mine):
    before = current(data)
    reclean(data, pack_files=mine)
    with pytest.raises(UsageError, match="lacks the pack mine, which 4 rows"):
        reclean(data)
    reclean(data, without=["mine"])
    texts = {source: row["text"] for source, row in current(data).items()}
    assert texts == {source: row["text"] for source, row in before.items()}


def test_a_run_that_is_killed_goes_on(data, mine, monkeypatch):
    """Killed before the pages name the rows: these are there once in the end."""
    with monkeypatch.context() as patch:
        patch.setattr(Tables, "point", _killed)
        with pytest.raises(KeyError):
            reclean(data, pack_files=mine)
    assert len(rows_of(Tables(data).read("documents"))) == 8
    assert all(FERRY in row["text"] for row in current(data).values())
    done = reclean(data, pack_files=mine)
    assert (done.pages, done.documents) == (4, 0)
    assert not any(FERRY in row["text"] for row in current(data).values())


def _killed(*_):
    raise KeyError


def test_ctrl_c_keeps_what_is_done(data, mine, monkeypatch):
    def stopped(items, make_work, **_):
        work = make_work()
        yield (item := next(items)), work(item)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "run_all", stopped)
        with pytest.raises(KeyboardInterrupt):
            reclean(data, pack_files=mine)
    assert sum(FERRY in row["text"] for row in current(data).values()) == 3
    assert reclean(data, pack_files=mine).pages == 3


def test_a_page_that_changed_meanwhile_keeps_its_new_rows(data, mine, monkeypatch):
    """An ingest commits other bytes, and a visit without change, while pages are cleaned again."""
    plain = Tables.point
    later = BEGAN + timedelta(days=1)
    first, second = (f"https://example.cn/a/{n}.html" for n in (1, 2))

    def point(self, rows):
        if not (data / "archive" / "news" / "2.warc.gz").exists():
            changed = an_article(1, "第一夜改了一句。", at=later)
            keep(data, changed, not_modified(second, later), file="news/2.warc.gz")
        plain(self, rows)

    monkeypatch.setattr(Tables, "point", point)
    reclean(data, pack_files=mine)
    texts = {source: row["text"] for source, row in current(data).items()}
    assert "改了一句" in texts[first]
    assert FERRY not in texts[second]
    assert pages(data)[second][3] == "unchanged"
    assert reclean(data, pack_files=mine).pages == 1
    assert FERRY not in current(data)[first]["text"]


def test_a_visit_that_was_under_way_does_not_bring_old_rows_back(data, mine):
    """An ingest read its states before, and commits after the pages name new rows."""
    states = Tables(data).read("pages")
    reclean(data, pack_files=mine)
    at = states.schema.get_field_index("visited_at")
    moved = [one + timedelta(days=1) for one in (r["visited_at"] for r in rows_of(states))]
    Tables(data).merge_pages(states.set_column(at, "visited_at", [moved]).cast(states.schema))
    assert not any(FERRY in row["text"] for row in current(data).values())
    assert {row["visited_at"] for row in rows_of(Tables(data).read("pages"))} == {*moved}


def test_a_page_without_its_bytes_keeps_its_rows_and_is_told(data, mine, capsys):
    before = current(data)
    (data / "archive" / "news" / "1.warc.gz").unlink()
    assert main(["reclean", "--data", str(data), "--rules", str(mine[0])]) == 1
    assert "4 pages keep their old rows" in capsys.readouterr().err
    assert current(data) == before


def test_a_page_on_which_a_worker_dies_keeps_its_rows(data, mine, monkeypatch):
    monkeypatch.setattr(module, "_clean_one", lambda *_: Failed("worker-timeout", "60 s"))
    assert reclean(data, pack_files=mine).kept == 4


def test_one_run_at_a_time(data, mine):
    (data / "work").mkdir(exist_ok=True)
    with held(data / "work" / module.LOCK), pytest.raises(BusyError):
        reclean(data, pack_files=mine)


def test_only_one_source(data, mine):
    keep(data, an_article(9), file="other/1.warc.gz", origin="other")
    done = reclean(data, pack_files=mine, origin="other")
    assert (done.pages, done.same) == (1, 0)
    assert sum(FERRY in row["text"] for row in current(data).values()) == 4
    with pytest.raises(UsageError, match="no pages of nobody"):
        reclean(data, origin="nobody")


def test_a_form_is_kept(data, mine):
    """Texts of another form than the usual one come back in that form."""
    steps = ["characters", "lines", "gaps"]
    rows = rows_of(Tables(data).read("documents"))
    for row in rows:
        row["steps"] = [step for step in row["steps"] if step.partition("@")[0] in steps]
    Tables(data).replace("documents", module.table_of("documents", rows))
    reclean(data, pack_files=mine)
    kept = {tuple(s.partition("@")[0] for s in row["steps"]) for row in current(data).values()}
    assert kept == {tuple(steps)}


def test_real_workers_give_the_same(gathered, tmp_path, monkeypatch):
    """Neither re-cleaning nor verifying needs this process for it."""
    monkeypatch.setattr("flows.verify.ROWS_IN_PROCESS", 0)
    shutil.copytree(gathered, tmp_path / "data")
    data = tmp_path / "data"
    done = reclean(data, pack_files=[data / "mine.toml"], workers=1)
    assert replace(done, before=None) == module.Recleaned(4, 1, 4)
    assert verify(None, data=data, pack_files=[data / "mine.toml"], workers=1).same == 4
