"""What a source offers: sitemaps, feeds and lists of the test site, and of hostile ones."""

from __future__ import annotations

import asyncio
import gzip
import time
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from testsite import pages, site

from flows.discover import Found, discover
from flows.fetch.client import Client
from flows.fetch.exchange import Failure
from flows.fetch.fetch import Fetcher
from flows.fetch.settings import Politeness, Settings, user_agent
from flows.links import LinkPage, feed_entries
from flows.sitemaps import Listed, read_sitemap, unpacked
from flows.sources import ListPage, Source, parse_sources

QUICK = Politeness(delay=0.0, factor=0.0)
ALL = [f"/a/{n}.html" for n in range(1, 301)]


@pytest.fixture(scope="module")
def running():
    with site() as s:
        s.crawl_delay = 0.0
        yield s


@pytest.fixture
def s(running):
    running.forget()
    return running


def source(**more):
    hosts = more.pop("hosts", ())
    settings = Settings(
        user_agent(),
        allow_private=("127.0.0.1",),
        allowed_hosts=hosts or ("127.0.0.1", "site.example"),
        politeness=QUICK,
        retry_wait=0.0,
        attempts=1,
    )
    return Source("a", settings, **more)


def offers(chosen, *, transport=None, wanted=lambda _: True):
    """Everything that a source offers."""
    client = Client(chosen.settings, transport=transport) if transport else None

    async def run():
        async with (
            Fetcher(chosen.settings, client=client) as fetcher,
            aclosing(discover(chosen, fetcher, wanted)) as found,
        ):
            return [item async for item in found]

    return asyncio.run(run())


def paths(found, s):
    return [item.url.removeprefix(s.url()[:-1]) for item in found]


def mocked(contents):
    """A site of these paths; all else is missing."""

    def answer(request):
        body = contents.get(request.url.raw_path.decode())
        if callable(body):
            body = body(request)
        status = 404 if body is None else 200
        return httpx.Response(status, stream=httpx.ByteStream(body or b""))

    return httpx.MockTransport(answer)


# ---------------------------------------------------------------- the test site


def test_robots_txt_leads_to_the_sitemaps_and_these_to_all_articles(s):
    """An index, a gzipped sitemap, news and a text file: 300 articles in their order."""
    found = offers(source(sitemaps=(s.url("/robots.txt"),)))
    assert paths(found, s) == ALL
    assert {item.how for item in found} == {"sitemap"}
    assert found[0] == Found(
        s.url("/a/1.html"), "sitemap", s.url("/sitemap-1.xml.gz"), datetime(2024, 12, 1, tzinfo=UTC)
    )
    date = datetime.fromisoformat(pages.article(201).date).replace(tzinfo=UTC)
    assert found[200].lastmod == date
    assert s.paths() == [
        "/robots.txt", "/sitemap.xml", "/sitemap-1.xml.gz", "/sitemap-news.xml", "/sitemap.txt",
    ]  # fmt: skip


def test_feeds_are_read_in_their_encoding_and_without_tracking(s):
    """RSS in gb2312 and Atom, with the dates of their entries."""
    found = offers(source(feeds=(s.url("/feed.xml"), s.url("/atom.xml"))))
    assert paths(found, s) == [f"/a/{n}.html" for n in (*range(281, 301), *range(1, 11))]
    assert found[0].lastmod == datetime.fromtimestamp(1_700_000_000 + 281 * 3600, UTC)
    assert found[-1].lastmod == datetime(2024, 5, 1, tzinfo=UTC)


def test_lists_are_followed_page_by_page(s):
    """Links inside of what the selector finds, up to the pages of the list."""
    page = ListPage(
        s.url("/list/1.html"), links=r"/a/\d+", select="ul.list", next="a.next", pages=3
    )
    found = offers(source(lists=(page,)))
    assert paths(found, s) == ALL[:60]
    assert found[59].on == s.url("/list/3.html")
    whole = offers(source(lists=(replace(page, pages=99),)))
    assert paths(whole, s) == ALL


def test_a_url_is_named_once_where_it_was_first_found(s):
    """By URL list, sitemap and feed: once, and with a pattern only what it lets in."""
    chosen = source(
        urls=(s.url("/a/300.html"),),
        sitemaps=(s.url("/sitemap.txt"),),
        feeds=(s.url("/feed.xml"),),
        include=(r"/a/29\d",),
    )
    found = offers(chosen)
    assert paths(found, s) == ["/a/300.html", *(f"/a/{n}.html" for n in range(290, 300))]
    assert [item.how for item in found[:2]] == ["urls", "sitemap"]


def test_the_limit_counts_what_is_wanted(s):
    """What is still fresh is passed over, so that each run gets on."""
    chosen = source(sitemaps=(s.url("/sitemap.xml"),), pages=5)
    assert paths(offers(chosen), s) == ALL[:5]
    fresh = {s.url(path) for path in ALL[:5]}
    assert paths(offers(chosen, wanted=lambda item: item.url not in fresh), s) == ALL[5:10]


def test_a_calendar_without_end_ends(s):
    """Followed lists stop at their pages, and at their depth."""
    page = ListPage(
        s.url("/calendar/2024/1"), links="/calendar/", follow="/calendar/", depth=999, pages=15
    )
    offers(source(lists=(page,)))
    assert len(s.paths()) == 1 + 15
    s.forget()
    offers(source(lists=(replace(page, depth=1, pages=99),)))
    assert len(s.paths()) == 1 + 1 + 4


def test_what_cannot_be_had_is_told_and_the_rest_goes_on(s):
    """A missing sitemap, a feed on a foreign host, a list that robots.txt forbids."""
    chosen = source(
        sitemaps=(s.url("/gone"), s.url("/sitemap.txt")),
        feeds=("http://elsewhere.example/feed",),
        lists=(ListPage(s.url("/private/list")),),
    )
    found = offers(chosen)
    assert [item.rule for item in found if isinstance(item, Failure)] == [
        "not-found", "host-not-allowed", "robots-forbidden",
    ]  # fmt: skip
    assert len(found) == 50 + 3


@pytest.mark.parametrize(("status", "rule"), [(404, "no-sitemaps"), (500, "server-error")])
def test_a_robots_txt_without_sitemaps_is_told(status, rule):
    """Whoever relies on it should know that it gives nothing."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, stream=httpx.ByteStream(b"")))
    [failure] = offers(source(sitemaps=(f"{ROOT}/robots.txt",)), transport=transport)
    assert failure.rule.replace("robots-unreachable", "server-error") == rule


def test_the_sample_file_finds_what_it_says(s):
    """All three of its sources."""
    counts = [len(offers(each)) for each in parse_sources(s.sources(), "sample", Path())]
    assert counts == [300, 2, 60]


# ---------------------------------------------------------------- hostile ones

ROOT = "http://site.example"


@pytest.mark.parametrize(
    ("contents", "asked"),
    [
        ({"/s": b"<sitemapindex><sitemap><loc>/s</loc></sitemap></sitemapindex>"}, 1),
        ({f"/s{n}": f"<sitemap><loc>/s{n + 1}</loc></sitemap>".encode() for n in range(9)}, 4),
        ({"/s": gzip.compress(bytes(60 << 20))}, 1),
        ({"/s": b"<url><loc>http://[::1</loc></url><url><loc>javascript:1</loc></url>"}, 1),
        ({"/s": b"\xff\xfe\x00<\x00"}, 1),
    ],
    ids=["names itself", "deep", "bomb", "no URLs", "no text"],
)
def test_hostile_sitemaps_end(contents, asked):
    """Nothing is found, and few requests were made."""
    count = []
    transport = mocked(
        {path: lambda _, b=body: count.append(1) or b for path, body in contents.items()}
    )
    first = next(iter(contents))
    found = offers(source(sitemaps=(ROOT + first,)), transport=transport)
    assert not [item for item in found if isinstance(item, Found)]
    assert len(count) == asked


def test_relative_links_that_repeat_themselves_are_not_followed():
    """/a/b/a/b/a/b/: a page that answers to anything leads on for ever."""
    asked = []

    def page(request):
        asked.append(request.url.path)
        return b'<a href="b/c/">more</a><a href="?p=1">again</a>'

    def answer(request):
        body = b"" if request.url.path == "/robots.txt" else page(request)
        return httpx.Response(200, stream=httpx.ByteStream(body))

    lists = (ListPage(f"{ROOT}/a/", follow=".", depth=99, pages=500),)
    offers(source(lists=lists), transport=httpx.MockTransport(answer))
    assert 5 < len(asked) < 20


def test_one_path_with_many_queries_is_looked_at_a_few_times():
    """Filters and sort orders of one list are one list."""
    asked = []

    def answer(request):
        body = b""
        if request.url.path != "/robots.txt":
            asked.append(str(request.url))
            body = "".join(f'<a href="/l?q={len(asked)}-{n}">x</a>' for n in range(9)).encode()
        return httpx.Response(200, stream=httpx.ByteStream(body))

    lists = (ListPage(f"{ROOT}/l", follow="/l", depth=99, pages=500),)
    offers(source(lists=lists), transport=httpx.MockTransport(answer))
    assert len(asked) == 21


# ---------------------------------------------------------------- the formats


@pytest.mark.parametrize(
    ("body", "listed"),
    [
        (b"<urlset><url><loc> http://a.cn/1 </loc></url></urlset>", [Listed("http://a.cn/1")]),
        (b"<url><loc>http://a.cn/?a=1&amp;b=2</loc></url>", [Listed("http://a.cn/?a=1&b=2")]),
        (b"<url><loc>http://a.cn/?a=1&b=2</loc></url>", [Listed("http://a.cn/?a=1&b=2")]),
        (b"<url><loc><![CDATA[http://a.cn/1]]></loc></url>", [Listed("http://a.cn/1")]),
        (b"<s:url><s:loc>http://a.cn/1</s:loc></s:url>", [Listed("http://a.cn/1")]),
        (b"<url><loc>http://a.cn/1</loc><i:image><i:loc>http://a.cn/p.png</i:loc></i:image></url>",
         [Listed("http://a.cn/1")]),
        (b"<url><loc>http://a.cn/1</loc></url><url><loc>http://a.cn/2", [
            Listed("http://a.cn/1"), Listed("http://a.cn/2")]),
        ("<?xml version='1.0' encoding='gb2312'?><url><loc>http://a.cn/渡口的船</loc></url>".encode("gbk"),
         [Listed("http://a.cn/渡口的船")]),
        (b"\xef\xbb\xbfhttp://a.cn/1\r\n\r\nhttp://a.cn/2\n", [
            Listed("http://a.cn/1"), Listed("http://a.cn/2")]),
        (b"<sitemap><loc>http://a.cn/s</loc><lastmod>2024-03-01T00:00:00Z</lastmod></sitemap>",
         [Listed("http://a.cn/s", datetime(2024, 3, 1, tzinfo=UTC), is_sitemap=True)]),
        (b"<url><loc>http://a.cn/1</loc><lastmod>soon</lastmod></url>", [Listed("http://a.cn/1")]),
        (b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><url><loc>http://a.cn/&a;</loc></url>",
         [Listed("http://a.cn/&a;")]),
        (b"<url></url><loc></loc>", []),
        (b"", []),
    ],
)  # fmt: skip
def test_sitemaps_are_read_as_they_are_found_in_the_wild(body, listed):
    """With prefixes, CDATA, bare ampersands, images, cut off, in GBK, as text."""
    assert list(read_sitemap(body)) == listed


@given(st.binary(max_size=400), st.lists(st.sampled_from(
    [b"<url>", b"</url>", b"<loc>", b"<loc ", b"http://a.cn/", b"<lastmod>", b"&", b"]]>", b"\x00"]
), max_size=30))  # fmt: skip
def test_no_bytes_make_reading_raise(raw, pieces):
    """Whatever a server sends under the name of a sitemap, a feed or a list."""
    body = raw[:20] + b"".join(pieces) + raw[20:]
    list(read_sitemap(body))
    list(LinkPage("http://a.cn/", body).links("a"))


@pytest.mark.parametrize("piece", [b"<url", b"<url ", b"<loc>", b"<url><loc>x", b"<loc>&"])
def test_reading_a_sitemap_is_linear(piece):
    """Ten times the bytes take about ten times as long, whatever they are."""
    small, large = piece * 10_000, piece * 100_000
    times = []
    for body in (small, large):
        began = time.process_time()
        list(read_sitemap(body))
        times.append(time.process_time() - began)
    assert times[1] < max(40 * times[0], 1.0)


def test_feeds_do_not_reach_for_files_or_urls():
    """A body that is the name of a file is a body."""
    assert feed_entries("http://a.cn/f", b"/etc/passwd") == []
    assert feed_entries("http://a.cn/f", b"http://127.0.0.1:9/") == []


def test_links_are_those_a_browser_would_follow():
    """A base, relative links, the page's encoding in queries, fragments and schemes left out."""
    body = (
        '<html><head><meta charset="gbk"><base href="/news/"></head><body>'
        '<a href="1.html">一</a><a href="1.html#top">一</a><a href="?q=中文">搜</a>'
        '<a href="javascript:void(0)">x</a><a>没有</a><a href=" //b.cn/2 ">二</a>'
        "<p>这是一页目录，里面有几条新闻，都在渡口那一带。</p></body></html>"
    ).encode("gbk")
    assert list(LinkPage("http://a.cn/x/y.html", body).links("a")) == [
        "http://a.cn/news/1.html",
        "http://a.cn/news/?q=%D6%D0%CE%C4",
        "http://b.cn/2",
    ]


def test_unpacked_leaves_what_is_not_packed():
    """Only gzip's own first bytes are believed, not a file's name."""
    assert unpacked(b"<urlset/>") == b"<urlset/>"
    assert unpacked(gzip.compress(b"<urlset/>")) == b"<urlset/>"
