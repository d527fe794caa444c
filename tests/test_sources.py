"""Files of sources: what they may say, and what is told to who says something else."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from testsite import SAMPLE, site

from cleaners.errors import SourcesError
from flows import cli
from flows.sources import FETCH, FILE, LIST, SCHEDULE, SOURCE, parse_sources, read_sources

ROOT = Path(__file__).resolve().parents[1]
WHOLE = r"""
[fetch]
contact       = "https://corpus.example.cn/bot"
hosts_at_once = 4
delay         = 3

[[source]]
name          = "渡口小报"
urls          = ["https://News.example.cn:443/a/1.html?utm_source=x#top"]
sitemaps      = "https://news.example.cn/robots.txt"
feeds         = ["https://news.example.cn/feed.xml"]
hosts         = [".example.cn"]
include       = ['/a/\d+\.html$']
exclude       = ['/a/9\d*\.html$']
pages         = 50
schedule      = { cron = "30 6 * * 1-5", timezone = "Asia/Shanghai" }
fresh         = "12h"
rules         = ["mine.toml"]
join_parts    = false
allow_private = ["10.0.0.0/8"]
delay         = 0.5
at_once       = 2
max_body      = "2 MiB"
page_time     = "90s"
attempts      = 1

[[source.list]]
url    = "https://news.example.cn/list/"
links  = '/a/'
select = "ul.list a"
next   = "a.next"
follow = '/section/'
depth  = 2
pages  = 5

[[source]]
name = "旧报"
urls = ["http://www.old.example/1.html"]
"""


@pytest.fixture
def folder(tmp_path):
    pack = (ROOT / "cleaners" / "packs" / "trial.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(pack.replace('"trial"', '"mine"', 1), "utf-8")
    return tmp_path


def test_every_key_arrives_where_it_belongs(folder):
    """One file that says all there is to say; a source's own figures go before [fetch]'s."""
    news, old = parse_sources(WHOLE, "s.toml", folder)
    settings, polite = news.settings, news.settings.politeness
    assert settings.user_agent.startswith("zhengben/")
    assert settings.user_agent.endswith(" (+https://corpus.example.cn/bot)")
    assert (settings.hosts_at_once, settings.max_body, settings.page_seconds) == (4, 2 << 20, 90.0)
    assert (polite.delay, polite.at_once, settings.attempts) == (0.5, 2, 1)
    assert settings.allow_private == ("10.0.0.0/8",)
    assert news.urls == ("https://news.example.cn/a/1.html",)
    assert news.sitemaps == ("https://news.example.cn/robots.txt",)
    assert (news.pages, news.fresh, news.join_parts) == (50, timedelta(hours=12), False)
    assert news.rules == (folder / "mine.toml",)
    assert (news.schedule.cron, news.schedule.timezone) == ("30 6 * * 1-5", "Asia/Shanghai")
    [page] = news.lists
    assert (page.select, page.next, page.depth, page.pages) == ("ul.list a", "a.next", 2, 5)
    assert old.settings.politeness.delay == 3.0
    assert old.settings.allowed_hosts == ("www.old.example", "old.example")


def test_every_key_is_in_the_file_above():
    """So that a new key gets a test."""
    for key in (FETCH.keys() - {"user_agent"}) | SOURCE.keys() | LIST.keys() | SCHEDULE.keys():
        assert key in WHOLE
    assert FILE.keys() == {"fetch", "source"}


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://news.example.cn/a/7.html", True),
        ("https://example.cn/a/7.html", True),
        ("https://news.example.cn/a/97.html", False),
        ("https://news.example.cn/b/7.html", False),
        ("https://elsewhere.cn/a/7.html", False),
    ],
)
def test_a_page_is_wanted_by_host_and_patterns(folder, url, wanted):
    """`include` lets in, `exclude` keeps out, other hosts are nobody's."""
    assert parse_sources(WHOLE, "s.toml", folder)[0].wants(url) is wanted


def test_what_is_named_is_wanted():
    """A URL that stands in `urls` needs no pattern."""
    [source] = parse_sources(
        'fetch.contact = "a@b.cn"\n[[source]]\nname = "a"\nurls = ["http://b.cn/1"]\n'
        "include = ['/x/']",
        "s.toml",
        Path(),
    )
    assert source.wants("http://b.cn/1")
    assert not source.wants("http://b.cn/2")


def test_hosts_are_written_as_urls_write_them(folder):
    """In small letters, and in ASCII."""
    toml = WHOLE.replace('[".example.cn"]', '["News.Example.CN", ".中文.example", "10.0.0.1"]')
    hosts = parse_sources(toml, "s.toml", folder)[0].settings.allowed_hosts
    assert hosts == ("news.example.cn", ".xn--fiq228c.example", "10.0.0.1")


@pytest.mark.parametrize(
    ("wrong", "instead", "where", "what", "do"),
    [
        ("pages         = 50", "page = 50", "渡口小报|source 1", "key 'page'", "perhaps pages"),
        ("delay         = 3", "dealy = 3", "[fetch]", "key 'dealy'", "perhaps delay"),
        ("next   = ", "nxt = ", "list 1", "key 'nxt'", "perhaps next"),
        ("timezone = ", "zone = ", "schedule", "key 'zone'", "perhaps timezone"),
        ("[fetch]", "[fetsch]", "s.toml", "key 'fetsch'", "perhaps fetch"),
        ("pages         = 50", "pages = 0", "渡口小报: pages", "no whole number", "pages = 1000"),
        ("pages         = 50", "pages = true", "渡口小报: pages", "no whole number", "1000"),
        ("delay         = 0.5", "delay = -1", "渡口小报: delay", "no number", "delay = 2.0"),
        ("delay         = 0.5", "delay = nan", "渡口小报: delay", "no number", "delay = 2.0"),
        ('"12h"', '"12 hours"', "渡口小报: fresh", "no duration", 'fresh = "1d"'),
        ('"12h"', "12", "渡口小报: fresh", "no text", 'fresh = "1d"'),
        ('"2 MiB"', '"2 MB"', "渡口小报: max_body", "no size", '"16 MiB"'),
        ("30 6 * * 1-5", "30 26 * * 1-5", "schedule: cron", "Bad hour", '"0 6 * * *"'),
        ("30 6 * * 1-5", "0 30 6 * * 1", "schedule: cron", "five fields", '"0 6 * * *"'),
        ("30 6 * * 1-5", "0 0 31 2 *", "schedule: cron", "no schedule", '"0 6 * * *"'),
        ("Asia/Shanghai", "Asia/Peking2", "schedule: timezone", "no time zone", "Asia/Shanghai"),
        ("'/a/'", "'/a/(?!b)'", "list 1: links", "no RE2 pattern", "links = "),
        (r"'/a/\d+\.html$'", "'(['", "渡口小报: include", "no RE2 pattern", "include = "),
        ('"ul.list a"', '"ul.list a["', "list 1: select", "no CSS selector", "select = "),
        ("https://news.example.cn/feed", "news.example.cn/feed", "feeds", "no URL", "feeds = "),
        ('[".example.cn"]', '["https://example.cn/"]', "hosts", "no host", "hosts = "),
        ('["10.0.0.0/8"]', '["10.0.0.0/99"]', "allow_private", "neither", "allow_private = "),
        ('["mine.toml"]', '["yours.toml"]', "rules", "not there", "rules = "),
        ("join_parts    = false", 'join_parts = "no"', "join_parts", "neither true", "true"),
        ("depth  = 2", "depth = -2", "list 1: depth", "no whole number", "depth = 1"),
        ("follow = '/section/'", "", "list 1: depth", "no `follow`", "depth = 1"),
        ('name          = "渡口小报"', "", "source 1: name", "missing", "name = "),
        ('name = "旧报"', 'name = "渡口小报"', "source 2", "name of another", ""),
        ('urls = ["http://www.old.example/1.html"]', "", "旧报", "nowhere to begin", "sitemaps"),
        ('"https://corpus.example.cn/bot"', '"我"', "contact", "neither a URL", "contact = "),
        ("[[source]]", "[[source]", "s.toml", "is not TOML", ""),
    ],
)
def test_every_mistake_is_told_with_its_key_and_what_to_write(
    folder, wrong, instead, where, what, do
):
    """Where, what was seen, and a line to copy."""
    assert wrong in WHOLE
    with pytest.raises(SourcesError) as caught:
        parse_sources(WHOLE.replace(wrong, instead, 1), "s.toml", folder)
    assert any(part in caught.value.where for part in where.split("|"))
    assert what in caught.value.what
    assert do in caught.value.do


@pytest.mark.parametrize(
    ("url", "allowed", "needed"),
    [
        ("http://example.cn/", "", True),
        ("http://example.cn/", "10.0.0.0/8", True),
        ("http://example.cn/", "other.cn", True),
        ("http://intranet.example/", "intranet.example", False),
        ("http://127.0.0.1:8765/", "127.0.0.1:8765", False),
        ("http://a.localhost:8765/", "127.0.0.0/8", False),
        ("http://10.1.2.3/", "10.0.0.0/8", False),
    ],
)
def test_who_asks_strangers_says_who_he_is(url, allowed, needed):
    """A contact is needed for every host that is not one's own by name."""
    toml = f'[[source]]\nname = "a"\nurls = ["{url}"]\n'
    toml += f'allow_private = ["{allowed}"]\n' if allowed else ""
    if not needed:
        assert len(parse_sources(toml, "s.toml", Path())) == 1
        return
    with pytest.raises(SourcesError, match="contact: is missing") as caught:
        parse_sources(toml, "s.toml", Path())
    assert "contact = " in caught.value.do


def test_files_that_cannot_be_read_are_errors_that_say_so(tmp_path):
    """No file, a folder, and one in GBK."""
    gbk = tmp_path / "gbk.toml"
    gbk.write_bytes('name = "正本"'.encode("gbk"))
    for path, what in (
        (tmp_path / "no.toml", "cannot be read"),
        (tmp_path, "cannot be read"),
        (gbk, "UTF-8"),
    ):
        with pytest.raises(SourcesError, match=what):
            read_sources(path)


@pytest.mark.parametrize("path", [SAMPLE, ROOT / "docs" / "sources.toml"], ids=lambda p: p.name)
def test_the_sample_files_are_right(path):
    """Those that the documentation points to."""
    assert read_sources(path)


def test_every_key_and_every_failure_is_documented():
    """docs/sources.md knows all keys, and all names that fetching gives to trouble."""
    documented = (ROOT / "docs" / "sources.md").read_text("utf-8")
    code = "".join(p.read_text("utf-8") for p in (ROOT / "flows" / "fetch").glob("*.py"))
    rules = set(
        re.findall(r"""(?:Trouble\(|Failure\(url, |rule, why = |: \()\s*"([a-z-]+)",""", code)
    )
    assert {"too-slow", "not-found", "server-error", "bad-url", "redirect-loop"} < rules
    for name in rules | FETCH.keys() | SOURCE.keys() - {"list"} | LIST.keys():
        assert f"`{name}`" in documented, name


# ---------------------------------------------------------------- the commands


def test_check_says_what_a_file_means(tmp_path, capsys):
    """A line for each source; a mistake is status 2."""
    assert cli.main(["sources", "check", str(SAMPLE)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "ok: sources-loopback.toml, 3 sources"
    assert told[1].startswith(
        "  渡口小报: 1 sitemap, 1 feed; hosts 127.0.0.1; at most 1,000 pages; "
    )
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[[source]]\nnmae = 'a'", "utf-8")
    assert cli.main(["sources", "check", str(wrong)]) == 2
    assert "perhaps name" in capsys.readouterr().err


def test_check_proves_the_rule_packs(folder, capsys):
    """A pack of a source that does not prove itself is told of before anything is fetched."""
    (folder / "mine.toml").write_text('pack = "mine"\n[[rule]]\nid = "x"', "utf-8")
    (folder / "s.toml").write_text(WHOLE, "utf-8")
    assert cli.main(["sources", "check", str(folder / "s.toml")]) == 2
    assert "mine" in capsys.readouterr().err


def test_list_shows_what_would_be_fetched(tmp_path, capsys):
    """URLs with where they were found, and what robots.txt forbids; no article is asked for."""
    with site() as s:
        s.crawl_delay = 0.0
        file = tmp_path / "sources.toml"
        extra = f'[[source]]\nname = "私"\nurls = ["{s.url("/private/1")}"]\nallow_private = ["{s.host}"]\n'
        file.write_text(s.sources().replace("delay = 0.05", "delay = 0.0") + extra, "utf-8")
        assert cli.main(["sources", "list", str(file), "--limit", "2"]) == 0
        assert not [path for path in s.paths() if path.startswith(("/a/", "/parts/", "/private/"))]
        told = capsys.readouterr().out.splitlines()
        assert told[1].split("\t") == [
            s.url("/a/1.html"), s.url("/sitemap-1.xml.gz"), "2024-12-01T00:00:00+00:00", "",
        ]  # fmt: skip
        assert told[-1].split("\t") == [s.url("/private/1"), "urls", "", "robots-forbidden"]
        s.forget()
        assert cli.main(["sources", "list", str(file), "--source", "渡口长谈"]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 2
        assert cli.main(["sources", "list", str(file), "--source", "没有"]) == 2
        assert "one of 渡口小报" in capsys.readouterr().err


def test_list_tells_of_what_could_not_be_had(tmp_path, capsys):
    """A sitemap that is gone is a line on standard error, and status 1."""
    with site() as s:
        file = tmp_path / "sources.toml"
        file.write_text(
            f'fetch.delay = 0\n[[source]]\nname = "a"\nsitemaps = ["{s.url("/gone")}"]\nallow_private = ["{s.host}"]',
            "utf-8",
        )
        assert cli.main(["sources", "list", str(file)]) == 1
    assert "/gone: not-found" in capsys.readouterr().err


def test_checking_sources_is_quick_to_begin():
    """Neither httpx nor Prefect nor pyarrow is imported to read a file."""
    code = (
        "import sys; from flows import cli; cli.main(['sources', 'check', sys.argv[1]]);"
        "print(sorted({'httpx', 'prefect', 'pyarrow', 'numpy', 'feedparser'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(SAMPLE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told.stdout.splitlines()[-1] == "[]"
