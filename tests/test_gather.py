"""A whole run on the test site: what lands in archive and tables, once, whatever happens."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from testsite import site

from cleaners.errors import UsageError
from flows.archive import read, read_article, visits
from flows.export import export
from flows.fetch.exchange import Failure
from flows.gather import Options, gather, gather_all
from flows.journal import opened
from flows.run_report import under_way
from flows.sources import parse_sources
from flows.tables import Tables, rows_of

TESTS = Path(__file__).resolve().parent
SOURCES = """
[fetch]
delay = 0.0
attempts = 1
page_time = "1s"
[[source]]
name = "小报"
{more}
fresh = "{fresh}"
pages = {pages}
hosts = [".localhost", "127.0.0.1"]
allow_private = ["127.0.0.1:{port}"]
"""
LISTED = """
[[source.list]]
url = "{list}"
select = "ul.list"
links = '/a/\\d+\\.html$'
"""
# Where a document came from and what became of it; not when, nor where it lies.
WHEN_AND_WHERE = {"retrieved_at", "archive_file", "archive_offset"}


@pytest.fixture(scope="module")
def running_site():
    with site() as s:
        s.crawl_delay = 0.0
        yield s


@pytest.fixture
def s(running_site):
    running_site.forget()
    running_site.version = 1
    return running_site


def toml(s, *paths, fresh="0s", pages=20, listed=False):
    named = ", ".join(f'"{s.url(path)}"' for path in paths)
    text = SOURCES.format(
        more=f"urls = [{named}]" if paths else "", fresh=fresh, pages=pages, port=s.port
    )
    return text + (LISTED.format(list=s.url("/list/1.html")) if listed else "")


FORTY = [f"/a/{number}.html" for number in range(1, 41)]


def a_source(s, *paths, **changes):
    [source] = parse_sources(toml(s, *paths, **changes), "sources.toml", TESTS)
    return source


def ingest(source, data, **options):
    return asyncio.run(gather(source, data, Options(workers=1, **options)))


def pages(data):
    return {row["url"]: row for row in rows_of(Tables(data).read("pages"))}


def documents(data):
    return rows_of(Tables(data).read("documents"))


def what_is_known(data):
    """All that two runs over the same site have in common."""
    rows = [
        {k: v for k, v in row.items() if k not in WHEN_AND_WHERE}
        for name in ("documents", "rejects")
        for row in rows_of(Tables(data).read(name))
    ]
    states = {
        url: (row["raw_sha256"], row["document_ids"], row["reject_ids"], row["kind"])
        for url, row in pages(data).items()
    }
    return sorted(rows, key=lambda row: row["id"]), states


def test_a_run_fills_archive_and_tables(s, tmp_path):
    report = ingest(a_source(s, listed=True, pages=12), tmp_path)
    assert report.state == "completed"
    assert (report.counts["new"], report.counts["documents"]) == (12, 12)
    rows = documents(tmp_path)
    for row in rows:
        page = read(
            tmp_path / "archive", row["archive_file"], row["archive_offset"], row["raw_sha256"]
        )
        assert page.source == row["source"]
    [run] = rows_of(Tables(tmp_path).read("runs"))
    assert (run["state"], run["documents"], run["origin"]) == ("completed", 12, "小报")
    assert not [p for p in (tmp_path / "work" / "小报").iterdir() if p.name != ".lock"]
    assert export(tmp_path, tmp_path / "out").documents == 12


def test_a_second_run_over_an_unchanged_site_asks_and_gets_nothing(s, tmp_path):
    source = a_source(s, *FORTY, pages=40)
    ingest(source, tmp_path)
    first = s.sent
    s.forget()
    again = ingest(source, tmp_path)
    assert (again.counts["new"], again.counts["unchanged"], again.counts["documents"]) == (0, 40, 0)
    assert s.sent < first / 10
    pages_asked = [request for request in s.log if request.path != "/robots.txt"]
    assert all("if-none-match" in dict(request.headers) for request in pages_asked)


def test_nothing_is_asked_twice_within_freshness(s, tmp_path):
    source = a_source(s, listed=True, fresh="1d", pages=6)
    ingest(source, tmp_path)
    s.forget()
    ingest(source, tmp_path, limit=1)
    asked = [path for path in s.paths() if path.startswith("/a/")]
    assert len(asked) == 1, "the first page that was not asked before"


def test_what_changed_is_new_rows_and_what_is_gone_stays(s, tmp_path):
    source = a_source(s, "/changing.html", "/vanishing.html")
    ingest(source, tmp_path)
    before = pages(tmp_path)
    s.version = 2
    report = ingest(source, tmp_path)
    after = pages(tmp_path)
    changing, vanishing = s.url("/changing.html"), s.url("/vanishing.html")
    assert (report.counts["changed"], report.counts["gone"]) == (1, 1)
    assert after[changing]["document_ids"] != before[changing]["document_ids"]
    assert after[vanishing]["document_ids"] == before[vanishing]["document_ids"]
    assert len(documents(tmp_path)) == 3
    [reject] = rows_of(Tables(tmp_path).read("rejects"))
    assert (reject["rule"], reject["source"]) == ("not-found", vanishing)
    summary = export(tmp_path, tmp_path / "out")
    assert (summary.documents, summary.rejects) == (2, 1)


TROUBLE = {
    "/gone": ("not-found", "gone"),
    "/private/x": ("robots-forbidden", "refused"),
    "/to-private": ("host-not-allowed", "refused"),
    "/bomb/gzip": ("decompression-bomb", "failed"),
    "/drip": ("too-slow", "failed"),
    "/loop/a": ("redirect-loop", "failed"),
    "/members/1": ("login-required", "refused"),
    "/picture.png": ("not-a-document", "refused"),
}


def test_each_trouble_is_a_reject_and_in_the_archive(s, tmp_path):
    ingest(a_source(s, *TROUBLE, "/a/1.html"), tmp_path)
    known = {url: (row["rule"], row["outcome"]) for url, row in pages(tmp_path).items()}
    assert {path: known[s.url(path)] for path in TROUBLE} == TROUBLE
    rejects = {row["source"]: row["rule"] for row in rows_of(Tables(tmp_path).read("rejects"))}
    assert rejects == {s.url(path): rule for path, (rule, _) in TROUBLE.items()}
    files = {row["archive_file"] for row in rows_of(Tables(tmp_path).read("captures"))}
    archived = {v.url: v for file in files for v in visits(tmp_path / "archive", file)}
    assert {archived[s.url(path)].rule for path in TROUBLE} == {
        rule for rule, _ in TROUBLE.values()
    }
    assert not s.inner_log


def test_encodings_and_redirects_become_documents(s, tmp_path):
    paths = ["/moved/2", "/coded/br", "/coded/zstd", "/gbk-location", "/Case.html", "/case.html"]
    ingest(a_source(s, *paths), tmp_path)
    known = pages(tmp_path)
    assert all(known[s.url(path)]["document_ids"] for path in paths)
    assert known[s.url("/moved/2")]["answered"] != s.url("/moved/2")


def test_parts_become_one_document(s, tmp_path):
    first = s.url("/parts/1.html")
    source = a_source(s, "/parts/1.html", "/a/1.html")
    ingest(source, tmp_path)
    [row] = [row for row in documents(tmp_path) if row["source"] == first]
    [parts] = [fact for fact in row["metadata"] if fact["name"] == "parts"]
    assert parts["said"].split() == [s.url(f"/parts/1{n}.html") for n in ("", "_2", "_3")]
    place = row["archive_file"], row["archive_offset"], row["raw_sha256"]
    parts = read_article(tmp_path / "archive", *place)
    assert [part.source for part in parts] == [s.url(f"/parts/1{n}.html") for n in ("", "_2", "_3")]
    lines = row["text"].split("\n")
    assert len(lines) == len(set(lines)) >= 9, "what a part begins with again is there once"
    known = pages(tmp_path)
    assert known[s.url("/parts/1_2.html")]["part_of"] == first
    s.forget()
    again = ingest(source, tmp_path)
    assert (again.counts["unchanged"], again.counts["documents"]) == (2, 0)
    assert [path for path in s.paths() if "parts" in path] == [
        f"/parts/1{n}.html" for n in ("", "_2", "_3")
    ]
    assert pages(tmp_path)[first]["document_ids"] == [row["id"]]


def test_an_article_without_one_of_its_parts_is_tried_again(s, tmp_path, monkeypatch):
    async def missing(_fetcher, url, _state):
        return Failure(url, "too-slow", "30 s")

    source = a_source(s, "/parts/2.html", "/a/1.html", fresh="1d")
    with monkeypatch.context() as patch:
        patch.setattr("flows.gather.get_part", missing)
        patch.setattr("flows.pages.RETRY", timedelta(0))
        ingest(source, tmp_path)
    state = pages(tmp_path)[s.url("/parts/2.html")]
    assert (state["outcome"], state["rule"]) == ("failed", "part-missing")
    assert state["due_at"] == state["visited_at"]
    assert len(documents(tmp_path)) == 1
    ingest(source, tmp_path)
    assert len(documents(tmp_path)) == 2


def test_a_second_run_at_once_leaves_by_name_or_waits(s, tmp_path):
    source = a_source(s, "/a/1.html")
    with opened(tmp_path, source.name):
        with pytest.raises(UsageError, match="another run is working"):
            ingest(source, tmp_path)
        other = replace(source, name="另一家")
        both = asyncio.run(gather_all([source, other], tmp_path, Options(workers=1)))
    assert isinstance(both[0], UsageError)
    assert both[1].state == "completed"


CHILD = """
import asyncio, os, signal, sys
from pathlib import Path
from flows import gather, journal, run, shards, tables
from flows.archive import ArchiveWriter
from flows.sources import parse_sources
file, data, step = sys.argv[1:]

def killing(owner, name, after=0):
    plain, calls = getattr(owner, name), []
    def kill(*arguments, **named):
        calls.append(1)
        if len(calls) > after:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(*arguments, **named)
    setattr(owner, name, kill)

if __name__ == "__main__":
    if step == "fetching":
        killing(ArchiveWriter, "_hop", 7)
    elif step == "cleaning":
        killing(gather, "clean_file", 1)
    elif step == "committing":
        killing(tables.Tables, "merge_pages", 1)
    elif step == "ending":
        killing(journal.Journal, "end_file", 1)
    [source] = parse_sources(Path(file).read_text(), "x", Path(file).parent)
    [report] = asyncio.run(gather.gather_all([source], Path(data), gather.Options(workers=1)))
    print(report.state, report.counts["documents"], flush=True)
"""


def child(tmp_path, text, data, step, **options):
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", CHILD, str(tmp_path / "sources.toml"), str(data), step]
    return subprocess.Popen(command, cwd=TESTS, text=True, stdout=subprocess.PIPE, **options)


@pytest.fixture(scope="module")
def undisturbed(running_site, tmp_path_factory):
    data = tmp_path_factory.mktemp("undisturbed")
    ingest(a_source(running_site, listed=True, fresh="1d"), data)
    return what_is_known(data)


@pytest.mark.parametrize("step", ["fetching", "committing"])
def test_a_kill_loses_and_doubles_nothing(s, tmp_path, undisturbed, step):
    data = tmp_path / "data"
    text = toml(s, listed=True, fresh="1d")
    killed = child(tmp_path, text, data, step)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    fetched = [path for path in s.paths() if path.startswith("/a/")]
    s.forget()
    [source] = parse_sources(text, "sources.toml", TESTS)
    ingest(source, data)
    assert what_is_known(data) == undisturbed
    again = set(fetched) & {path for path in s.paths() if path.startswith("/a/")}
    assert len(again) <= 1, "only the page that was on its way is fetched again"
    states = {row["state"] for row in rows_of(Tables(data).read("runs"))}
    assert states == {"killed", "completed"}


def test_sigterm_finishes_the_page_and_leaves(s, tmp_path):
    data = tmp_path / "data"
    text = toml(s, *(f"/slow/{n}" for n in range(40)), fresh="1d", pages=40)
    run = child(tmp_path, text, data, "never")
    while len(s.log) < 5:
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(signal.SIGTERM)
    out, _ = run.communicate(timeout=30)
    state, count = out.split()
    assert state == "stopped"
    assert 3 <= int(count) < 40
    assert int(count) == len([path for path in s.paths() if path.startswith("/slow/")])
    assert len(documents(data)) == int(count)


def test_a_full_disk_is_an_error_and_a_later_run_completes(s, tmp_path, undisturbed):
    data = tmp_path / "data"
    text = toml(s, listed=True, fresh="1d")
    code = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    last = 'print(report.state, report.counts["documents"], flush=True)'
    script = code + CHILD.replace(last, "print(report)")
    command = [sys.executable, "-c", script, str(tmp_path / "sources.toml"), str(data), "never"]
    run = subprocess.run(
        command, cwd=TESTS, capture_output=True, text=True, timeout=60, check=False
    )
    assert "make room" in run.stdout
    [source] = parse_sources(text, "sources.toml", TESTS)
    ingest(source, data)
    assert what_is_known(data) == undisturbed


def test_a_run_tells_how_far_it_is(s, tmp_path):
    """While it works a line has pages, rejects, rate and what is left; in the end there is a page."""
    told = []
    source = a_source(s, listed=True, pages=6)
    asyncio.run(
        gather(source, tmp_path, Options(workers=1), watch=lambda run: told.append(under_way(run)))
    )
    assert re.search(r"6 of 6 pages, 6 documents, 0 rejected, [\d.]+ a second, 0 s left", told[-1])
    [page] = (tmp_path / "reports").rglob("*.html")
    assert "6 documents" in page.read_text("utf-8")
