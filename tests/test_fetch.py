"""What comes back from sites of every kind, and what the site's own log says of us."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise

import httpx
import pytest
from testsite import Answer, pages, site

from flows.fetch.client import Client
from flows.fetch.client import resolve as look_up
from flows.fetch.clock import Clock
from flows.fetch.exchange import Exchange, Failure, Validators
from flows.fetch.fetch import NONE, Fetcher
from flows.fetch.polite import Hosts
from flows.fetch.robots import Robots
from flows.fetch.settings import Politeness, Settings, user_agent
from flows.fetch.trouble import Stopped

QUICK = Politeness(delay=0.0, factor=0.0, longest_wait=3.0, pause=0.05)


@pytest.fixture
def s():
    with site() as running:
        running.crawl_delay = 0.0
        yield running


def settings(s, **more):
    """Settings that let us ask the test site and nothing else, and that wait for little."""
    quick = {"politeness": QUICK, "page_seconds": 5.0, "retry_wait": 0.01, "max_body": 1 << 20}
    return Settings(user_agent(), **{"allow_private": (s.host,), **quick, **more})


def got(s, *paths, known=NONE, client=None, **more):
    """What `get` says of some pages, one after the other; of one page alone, not in a list."""

    async def run():
        async with Fetcher(settings(s, **more), client=client) as fetcher:
            return [await fetcher.get(s.url(path), known) for path in paths]

    results = asyncio.run(run())
    return results[0] if len(paths) == 1 else results


def failed(s, path, **more):
    failure = got(s, path, **more)
    assert isinstance(failure, Failure), failure
    return failure


class Patience:
    """A clock whose sleep takes no time; `slept` has what was asked for."""

    def __init__(self):
        self.time, self.slept = 1000.0, []

    def clock(self):
        return Clock(monotonic=lambda: self.time, sleep=self.sleep)

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


# ---------------------------------------------------------------- pages


def test_a_page_comes_with_its_bytes_as_they_were_sent(s):
    """The hop keeps the coded body and all headers; the exchange has the body decoded."""
    result = got(s, "/a/1.html")
    assert isinstance(result, Exchange)
    [hop] = result.hops
    assert result.body == pages.article_page(1)
    assert hop.body == pages.encode(pages.article_page(1), "gzip")
    assert (hop.status, hop.reason, hop.http_version, hop.ip) == (
        200, "Answer", "HTTP/1.1", "127.0.0.1",
    )  # fmt: skip
    assert (b"Content-Encoding", b"gzip") in hop.headers
    assert (b"User-Agent", user_agent().encode()) in hop.request_headers
    assert (b"Host", s.host.encode()) in hop.request_headers
    assert result.page().source == s.url("/a/1.html")
    assert result.page().body.decode("gbk").count("<p>") == 5


@pytest.mark.parametrize(
    "coding", ["gzip", "deflate", "deflate-raw", "br", "zstd", "br+gzip", "identity"]
)
def test_every_coding_is_undone(s, coding):
    """Also raw deflate under the name of deflate, and one coding over the other."""
    assert got(s, f"/coded/{coding}").body == pages.article_page(1)


def test_labels_that_are_no_codings_and_junk_behind_gzip_do_no_harm(s):
    """Browsers show `Content-Encoding: utf-8` and what a cache appended; so do we."""
    odd, junk = got(s, "/odd-coding", "/junk")
    assert odd.body == junk.body == pages.article_page(1)


def test_unchanged_pages_are_not_sent_again(s):
    """With the validators of the last visit the answer is 304; a changed page comes whole."""
    first = got(s, "/changing.html")
    again = got(s, "/changing.html", known=first.validators)
    assert again.not_modified
    assert again.body == b""
    s.version = 2
    changed = got(s, "/changing.html", known=first.validators)
    assert not changed.not_modified
    assert changed.body == pages.article_page(9000, 2)
    by_date = replace(first.validators, etag="")
    assert got(s, "/changing.html", known=by_date).not_modified


def test_validators_go_to_the_url_that_gave_them(s):
    """A tag of one URL says nothing about another."""
    known = replace(got(s, "/a/3.html").validators, url=s.url("/elsewhere.html"))
    assert not got(s, "/a/3.html", known=known).not_modified


def test_a_304_that_nobody_asked_for_is_no_page():
    """Without validators there is nothing that could be unmodified."""
    s = lambda request: response(404 if request.url.path == "/robots.txt" else 304)  # noqa: E731
    assert mocked(s).rule == "bad-status"


def test_case_in_paths_is_kept(s):
    """/Case.html and /case.html are two pages; the case of a host means nothing."""
    upper, lower = got(s, "/Case.html", "/case.html")
    assert upper.body != lower.body
    assert got(s, "/x").url == s.url("/x")


def test_a_url_is_asked_for_as_it_is_written(s):
    """No sign of it is escaped once more on the way."""
    path = "/x/%D6%D0|[1];a=b,c'(d)!~*?q={e}^f&g=%&h=/?@:$"
    hop = failed(s, path).hops[0]
    assert s.paths()[1] == hop.url.removeprefix(s.url()[:-1])
    assert "|[1];a=b,c'(d)!~*?q={e}^f&g=%&h=/?@:$" in s.paths()[1]


def test_a_page_that_is_gone_says_so(s):
    """404 and 410 are `gone`; the answer is kept."""
    s.version = 2
    for path in ("/vanishing.html", "/gone"):
        failure = failed(s, path)
        assert (failure.rule, failure.gone) == ("not-found", True)
        assert failure.hops[-1].body


# ---------------------------------------------------------------- redirects


def test_every_hop_of_a_redirect_is_kept(s):
    """The page's URL is the one that was wanted, its source the one that answered."""
    result = got(s, "/moved/3")
    assert [hop.status for hop in result.hops] == [301, 301, 301, 200]
    assert result.url == s.url("/moved/3")
    assert result.page().source == s.url("/a/1.html")


def test_gbk_bytes_in_a_location_stay_what_they_are(s):
    """A raw GBK Location is asked for byte by byte."""
    assert got(s, "/gbk-location").last.url.endswith("/%CE%C4%D5%C2/%B6%C9%BF%DA.html")


@pytest.mark.parametrize(
    ("path", "rule", "asked"),
    [
        ("/moved/12", "too-many-redirects", 11),
        ("/loop/a", "redirect-loop", 2),
        ("/self-loop", "redirect-loop", 1),
        ("/no-location", "bad-redirect", 1),
        ("/to-file", "bad-redirect", 1),
        ("/to-off-host", "host-not-allowed", 1),
        ("/members/7", "login-required", 1),
    ],
)
def test_redirects_that_lead_nowhere_have_a_name(s, path, rule, asked):
    """Loops, chains, other schemes, other hosts and doors that stay shut: what came is kept."""
    failure = failed(s, path, allowed_hosts=("127.0.0.1",))
    assert failure.rule == rule
    assert len(failure.hops) == asked
    assert len(s.paths()) == asked + 1  # robots.txt
    assert "/login" not in "".join(path.partition("?")[0] for path in s.paths())


def test_cookies_live_as_long_as_a_page(s):
    """A site that sets a cookie and sends us back gets it; the next page knows nothing of it."""
    wall, _, echo = got(s, "/cookie/wall", "/cookie/set", "/cookie/echo")
    assert [hop.status for hop in wall.hops] == [302, 200]
    assert "没有" in echo.body.decode()


# ---------------------------------------------------------------- where not to go


@pytest.mark.parametrize("path", ["/to-loopback", "/to-private", "/to-metadata", "/to-odd"])
def test_redirects_into_private_networks_are_refused(s, path):
    """Allowed is the site's own port by name, not its neighbour; nothing reaches that one."""
    failure = failed(s, path)
    assert failure.rule == "private-address"
    assert failure.hops[0].status == 302
    assert s.inner_log == []


def test_a_private_host_is_refused_unless_a_source_names_it(s):
    """Without allow_private not even robots.txt is asked for."""
    assert failed(s, "/a/1.html", allow_private=()).rule == "private-address"
    assert s.log == []


def test_a_name_that_leads_elsewhere_the_second_time_is_refused(s):
    """The address that is checked is the one that is connected to, each time anew."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1", "10.0.0.1"]])

    async def resolve(_host, _port):
        return next(answers)

    allowed = Settings(user_agent(), allow_private=("127.0.0.0/8",), politeness=QUICK)

    async def run():
        rules = []
        for _ in range(3):
            client = Client(allowed, resolve=resolve)
            async with Fetcher(allowed, client=client) as fetcher:
                result = await fetcher.get(s.url("/a/1.html", "rebinding.example"))
                rules.append(getattr(result, "rule", "page"))
        return rules

    assert asyncio.run(run()) == ["page", "private-address", "private-address"]


def test_proxy_variables_are_not_read(s, monkeypatch):
    """A proxy would ask for us, and past the guard."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{s.inner_port}")
    assert got(s, "/a/1.html").body == pages.article_page(1)
    assert s.inner_log == []


def test_a_host_that_does_not_exist_is_called_so():
    """And one that refuses connections likewise."""

    async def nowhere(host, port):
        return await look_up(host, port) if host == "127.0.0.1" else await look_up("a..b", port)

    plain = Settings(user_agent(), allow_private=("127.0.0.1",), politeness=QUICK, attempts=1)

    async def run():
        async with Fetcher(plain, client=Client(plain, resolve=nowhere)) as fetcher:
            return [
                (await fetcher.get(url)).rule
                for url in ("http://no.such.example/", "http://127.0.0.1:9/", "ftp://a.cn/", "x")
            ]

    assert asyncio.run(run()) == ["host-not-found", "cannot-connect", "bad-url", "bad-url"]


# ---------------------------------------------------------------- no, and why


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/unauthorized", "login-required"),
        ("/pay", "payment-required"),
        ("/forbidden", "forbidden"),
        ("/withheld", "withheld"),
        ("/picture.png", "not-a-document"),
    ],
)
def test_a_refusal_is_taken_for_one(s, path, rule):
    """It has a name, is asked for once, and nobody tries the door."""
    assert failed(s, path).rule == rule
    assert s.paths() == ["/robots.txt", path]


# ---------------------------------------------------------------- trouble


@pytest.mark.parametrize(
    ("path", "rule", "asked"),
    [
        ("/drip", "too-slow", 1),
        ("/silent", "too-slow", 1),
        ("/endless", "body-too-large", 1),
        ("/bomb/gzip", "decompression-bomb", 1),
        ("/bomb/br", "decompression-bomb", 1),
        ("/bomb/deflate", "decompression-bomb", 1),
        ("/bomb/zstd", "decompression-bomb", 1),
        ("/bomb/twice", "decompression-bomb", 1),
        ("/many-codings", "too-many-codings", 1),
        ("/broken/gzip", "broken-coding", 1),
        ("/cut/gzip", "broken-coding", 1),
        ("/cut/br", "broken-coding", 1),
        ("/cut/zstd", "broken-coding", 1),
        ("/short", "incomplete-body", 3),
        ("/no-http", "no-answer", 3),
        ("/down", "server-error", 3),
    ],
)
def test_hostile_and_broken_answers_end_with_a_name(s, path, rule, asked):
    """Within the bounds of time and bytes; what may pass is tried again."""
    # Making a bomb takes a while, so only what never ends gets little time.
    failure = failed(s, path, page_seconds=0.6 if rule == "too-slow" else 10.0)
    assert failure.rule == rule
    assert len(s.paths()) == asked + 1
    assert all(len(hop.body) <= (1 << 20) + (1 << 16) for hop in failure.hops)


def test_what_came_before_it_failed_is_kept(s):
    """The archive can show a broken body as far as it came."""
    assert failed(s, "/short").hops[-1].body == pages.article_page(1)
    assert failed(s, "/drip", page_seconds=0.3).hops[-1].body.startswith(b"<")


def test_bytes_that_were_too_many_do_not_stand_in_the_next_page(s):
    """A wrong Content-Length leaves bytes on the connection; the next page is asked anew."""
    long, after = got(s, "/long-kept", "/a/3.html")
    assert long.body == pages.article_page(1)[:-100]
    assert after.body == pages.article_page(3)


def test_what_passes_is_waited_for(s):
    """Two 503 and a page: the page."""
    assert got(s, "/flap/2").body == pages.article_page(6)
    assert s.paths() == ["/robots.txt", "/flap/2", "/flap/2", "/flap/2"]


@pytest.mark.parametrize("path", ["/busy/1", "/busy-date/2"])
def test_retry_after_is_waited_for_in_either_form(s, path):
    """Nothing is asked of the host before it is over, neither this page nor another."""
    assert got(s, path).body == pages.article_page(4)
    first, second = (request.at for request in s.log if request.path == path)
    assert second - first >= 0.95  # a date has whole seconds


def test_a_long_retry_after_leaves_the_host_alone(s):
    """Its other pages fail without being asked for, and say when to come back."""
    busy, other = got(s, "/busy-long", "/a/1.html")
    assert (busy.rule, busy.retry_after) == ("server-error", 86_400.0)
    assert other.rule == "host-paused"
    assert 86_000 < other.retry_after <= 86_400
    assert s.paths() == ["/robots.txt", "/busy-long"]


def test_a_host_in_trouble_gets_pauses_and_is_then_left_alone(s):
    """Each pause is twice the one before it."""
    patience = Patience()
    polite = replace(QUICK, failures=3, pause=10.0, pauses=2)

    async def run():
        chosen = settings(s, politeness=polite, attempts=1)
        async with Fetcher(chosen, clock=patience.clock()) as fetcher:
            return [(await fetcher.get(s.url(f"/down/{n}"))).rule for n in range(8)]

    assert asyncio.run(run()) == ["server-error"] * 5 + ["host-paused"] * 3
    assert patience.slept == [10.0, 20.0]


# ---------------------------------------------------------------- politeness, from the site's log


def all_of(s, urls, **more):
    async def run():
        async with Fetcher(settings(s, allow_private=("127.0.0.1", ".localhost"), **more)) as f:
            return [result async for result in f.fetch_all((url, NONE) for url in urls)]

    return asyncio.run(run())


def test_one_request_at_once_and_the_crawl_delay_kept(s):
    """Also when robots.txt asks for more than the source, and many pages are wanted at once."""
    s.crawl_delay = 0.08
    all_of(s, [s.url(f"/a/{n}.html") for n in range(1, 9)])
    assert len(s.log) == 9
    assert max(request.at_once for request in s.log) == 1
    assert min(b[0] - a[1] for a, b in pairwise(s.times)) >= 0.08


def test_the_delay_grows_with_the_answers_time():
    """A host that takes two seconds to answer rests as many times as long as the source says."""
    patience = Patience()

    async def run():
        hosts = Hosts(patience.clock())
        for _ in range(2):
            async with hosts.turn("a.cn", Politeness(delay=1.0, factor=3.0)):
                patience.time += 2.0

    asyncio.run(run())
    assert patience.slept == [6.0]


def test_a_crawl_delay_is_capped():
    """A day between two pages means a minute."""
    patience = Patience()

    async def run():
        hosts = Hosts(patience.clock())
        for _ in range(2):
            async with hosts.turn("a.cn", Politeness(), crawl_delay=86_400.0):
                pass

    asyncio.run(run())
    assert patience.slept == [60.0]


def test_hosts_do_not_wait_for_each_other(s):
    """Three hosts side by side, each with one request at once and in the order given."""
    s.crawl_delay = 0.05
    hosts = [f"{name}.localhost" for name in "abc"]
    urls = [s.url(f"/a/{n}.html", host) for n in range(1, 6) for host in hosts]
    results = all_of(s, urls)
    assert {result.url for result in results} == set(urls)
    assert max(request.at_once for request in s.log) == 1
    for host in hosts:
        asked = [r.path for r in s.log if r.host.startswith(host)]
        assert asked == ["/robots.txt", *(f"/a/{n}.html" for n in range(1, 6))]
    order = [r.host[0] for r in s.log if r.path.startswith("/a/")]
    last = {name: at for at, name in enumerate(order)}
    assert max(order.index(name) for name in "abc") < min(last.values())


def test_a_source_may_ask_for_more_at_once(s):
    """at_once = 3 on one host, and no more."""
    polite = replace(QUICK, at_once=3)
    urls = [s.url(f"/slow/{n}") for n in range(9)]
    assert len(all_of(s, urls, politeness=polite)) == 9
    assert max(request.at_once for request in s.log) == 3


def test_who_is_slow_to_take_pages_slows_fetching_down(s):
    """Not more pages are got ahead than there are hosts at once."""
    urls = [s.url(f"/a/{n}.html", f"{name}.localhost") for n in range(1, 9) for name in "abcd"]

    async def run():
        chosen = settings(s, allow_private=(".localhost",), hosts_at_once=2)
        async with (
            Fetcher(chosen) as fetcher,
            aclosing(fetcher.fetch_all((url, NONE) for url in urls)) as results,
        ):
            await anext(results)
            await asyncio.sleep(0.2)
            return sum("robots" not in path for path in s.paths())

    assert asyncio.run(run()) <= 4


def test_stop_finishes_the_page_under_way_and_begins_no_other(s):
    """Nor does it wait for a delay that is running."""
    s.crawl_delay = 30.0

    async def run():
        stop = asyncio.Event()
        async with Fetcher(settings(s), stop=stop) as fetcher:
            wanted = [(s.url(f"/slow/{n}"), NONE) for n in range(5)]
            asyncio.get_running_loop().call_later(0.1, stop.set)
            results = [result async for result in fetcher.fetch_all(wanted)]
            with pytest.raises(Stopped):
                await fetcher.get(s.url("/a/1.html"))
            return results

    assert asyncio.run(asyncio.wait_for(run(), 5)) == []
    assert s.paths() == ["/robots.txt"]


def test_stop_ends_all_that_wait_for_one_host(s):
    """Many may be under way and none is, so nobody waits for room that nobody makes."""
    s.crawl_delay = 30.0

    async def run():
        stop = asyncio.Event()
        chosen = settings(s, politeness=replace(QUICK, at_once=4), hosts_at_once=1)
        async with Fetcher(chosen, stop=stop) as fetcher:
            await fetcher.rules(s.url())
            asyncio.get_running_loop().call_later(0.05, stop.set)
            wanted = [(s.url(f"/slow/{n}"), NONE) for n in range(20)]
            return [result async for result in fetcher.fetch_all(wanted)]

    assert asyncio.run(asyncio.wait_for(run(), 5)) == []


def test_two_sources_that_meet_at_a_host_share_its_queue(s):
    """With one `Hosts` for both, the host is still asked one thing at a time, and rested."""
    s.crawl_delay = 0.06

    async def all_at_once():
        hosts, robots = Hosts(), Robots()
        many = [Fetcher(settings(s), hosts=hosts, robots=robots) for _ in range(3)]
        await asyncio.gather(*(f.get(s.url(f"/a/{n}.html")) for n, f in enumerate(many, 1)))
        for fetcher in many:
            await fetcher.__aexit__()

    asyncio.run(all_at_once())
    assert len(s.paths()) == 4
    assert max(request.at_once for request in s.log) == 1
    assert min(b[0] - a[1] for a, b in pairwise(s.times)) >= 0.06


def test_stop_while_a_page_comes_keeps_that_page(s):
    """The page under way is given out, the rest is for the next run."""

    async def run():
        stop = asyncio.Event()
        async with Fetcher(settings(s), stop=stop) as fetcher:
            stopping = asyncio.create_task(when_asked(stop))
            wanted = [(s.url(f"/slow/{n}"), NONE) for n in range(5)]
            results = [result.url async for result in fetcher.fetch_all(wanted)]
            await stopping
            return results

    async def when_asked(stop):
        while "/slow/0" not in s.paths():  # noqa: ASYNC110  the log is another thread's
            await asyncio.sleep(0.003)
        stop.set()

    assert asyncio.run(run()) == [s.url("/slow/0")]


def test_a_bug_is_not_swallowed(s, monkeypatch):
    """What is no page's fault reaches the caller."""

    async def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(Fetcher, "get", broken)
    with pytest.raises(ExceptionGroup) as caught:
        all_of(s, [s.url("/a/1.html")])
    assert caught.group_contains(ZeroDivisionError)


# ---------------------------------------------------------------- robots.txt


def test_robots_txt_is_obeyed_and_asked_for_once(s):
    """Also its wildcards, and behind the byte-order mark with which it begins."""
    results = got(s, "/private/x", "/x.php", "/a/1.html", "/a/2.html")
    assert [getattr(r, "rule", "page") for r in results] == [
        "robots-forbidden", "robots-forbidden", "page", "page",
    ]  # fmt: skip
    assert s.paths() == ["/robots.txt", "/a/1.html", "/a/2.html"]


def test_a_redirect_into_what_robots_forbids_is_not_followed():
    """Every hop is asked of robots.txt."""

    def answer(request):
        if request.url.path == "/robots.txt":
            return response(200, b"User-agent: zhengben\nDisallow: /secret")
        return response(302, Location="/secret/1")

    assert mocked(answer).rule == "robots-forbidden"


def mocked(answer, url="http://site.example/a", clock=None, **more):
    """What `get` says of a site that is a function from requests to responses."""
    chosen = Settings(user_agent(), **{"politeness": QUICK, "retry_wait": 0.001, **more})
    client = Client(chosen, transport=httpx.MockTransport(answer))

    async def run():
        async with Fetcher(chosen, client=client, clock=clock) as fetcher:
            return await fetcher.get(url)

    return asyncio.run(run())


def response(status, content=b"", **headers):
    """An answer that is still to be read, as from a socket."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return httpx.Response(status, headers=named, stream=httpx.ByteStream(content))


def with_robots(*responses):
    """A site whose robots.txt answers these, the last of them for ever, and a page."""
    queue = list(responses)

    def answer(request):
        if request.url.path != "/robots.txt":
            return response(200, "页".encode())
        return (queue.pop(0) if len(queue) > 1 else queue[0])()

    return answer


LARGE = b"# \xe5\xbe\x88\xe9\x95\xbf\n" * 70_000  # 630 KB
NOTHING = b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("status", "content", "location", "rule"),
    [
        (404, b"", None, "page"),
        (401, b"", None, "page"),
        (200, b"", None, "page"),
        (200, b"<html>" + bytes(range(256)), None, "page"),
        (200, NOTHING, None, "robots-forbidden"),
        (200, b"\xef\xbb\xbf" + NOTHING, None, "robots-forbidden"),
        (200, NOTHING + LARGE, None, "robots-forbidden"),
        (200, LARGE + NOTHING, None, "page"),
        (500, b"", None, "robots-unreachable"),
        (503, b"", None, "robots-unreachable"),
        (429, b"", None, "robots-unreachable"),
        (302, b"", "/robots.txt?again", "page"),
        (302, b"", "/login", "page"),
    ],
)
def test_robots_txt_as_rfc_9309_reads_it(status, content, location, rule):
    """4xx allows everything, 5xx nothing, six redirects are no file, 500 KiB are read."""
    headers = {"Location": location} if location else {}
    site = with_robots(lambda: response(status, content, **headers))
    assert getattr(mocked(site), "rule", "page") == rule


def test_robots_txt_of_another_age():
    """A file that cannot be had any more is followed as it was; one that is had is new."""
    patience = Patience()
    chosen = Settings(user_agent(), politeness=QUICK, retry_wait=0.001)
    bad = [lambda: response(500)] * 3
    site = with_robots(lambda: response(200, NOTHING), *bad, lambda: response(404))
    client = Client(chosen, transport=httpx.MockTransport(site))

    async def run():
        async with Fetcher(chosen, client=client, clock=patience.clock()) as fetcher:
            rules = []
            for _ in range(3):
                result = await fetcher.get("http://site.example/a")
                rules.append(getattr(result, "rule", "page"))
                patience.time += 25 * 3600
            return rules

    assert asyncio.run(run()) == ["robots-forbidden", "robots-forbidden", "page"]


# ---------------------------------------------------------------- many


def test_random_hostile_answers_never_raise():
    """Whatever a server says, the answer is a page or a failure with a name."""
    dice = random.Random(7)
    names = ["Location", "Content-Encoding", "Retry-After", "Content-Type", "Set-Cookie", "ETag"]
    values = [
        "",
        "gzip",
        "br, zstd",
        "-1",
        "9" * 400,
        "http://[::1",
        "//",
        "\u00ff\u00d6",
        "a=b; c",
    ]

    def answer(request):
        if request.url.path == "/robots.txt" and dice.random() < 0.7:
            return response(404)
        headers = [
            (n.encode(), dice.choice(values).encode("latin-1")) for n in dice.choices(names, k=3)
        ]
        stream = httpx.ByteStream(dice.randbytes(40))
        return httpx.Response(dice.randint(200, 599), headers=headers, stream=stream)

    chosen = Settings(user_agent(), politeness=QUICK, retry_wait=0.0, attempts=2)
    patience = Patience()
    client = Client(chosen, transport=httpx.MockTransport(answer), clock=patience.clock())

    async def run():
        known = Validators('"a"', "Mon, 01 Jan 2024 08:00:00 GMT")
        async with Fetcher(chosen, client=client, clock=patience.clock()) as fetcher:
            for number in range(400):
                result = await fetcher.get(f"http://h{number}.example/", known)
                assert isinstance(result, Exchange) or (result.rule and result.why)

    asyncio.run(run())


def test_damaged_http_never_raises(s):
    """Answers with bytes changed, doubled or left out, on the wire."""
    paths = [f"/mutant/{n}" for n in range(120)]
    rules = Counter(
        getattr(result, "rule", "page")
        for result in got(
            s, *paths, page_seconds=1.0, attempts=1, politeness=replace(QUICK, failures=999)
        )
    )
    assert rules["page"] > 5
    assert rules["no-answer"] > 5
    assert rules.keys() <= {
        "page", "no-answer", "incomplete-body", "too-slow", "bad-status", "broken-coding", "server-error",
    }, rules  # fmt: skip


def test_robots_answers_of_the_test_site_can_be_set(s):
    """A site without robots.txt allows all of it."""
    s.robots = Answer(404)
    assert got(s, "/private/x").body
