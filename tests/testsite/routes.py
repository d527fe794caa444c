"""
What the test site answers, page by page.

    for a crawl      /robots.txt /sitemap.xml /feed.xml /atom.xml /list/N.html /a/N.html
                     /parts/N.html /changing.html /vanishing.html /Case.html /case.html
    ways there       /moved/N /loop/a /self-loop /many/N /gbk-location /no-location
                     /cookie/wall /members/N
    no, and why      /forbidden /unauthorized /pay /withheld /gone /captcha /login
    trouble          /busy/S /busy-date/S /busy-long /flap/N /down /slow/N /drip /silent /endless
                     /bomb/CODING /bomb/twice /short /long /long-kept /broken/gzip /cut/CODING /junk /mutant/N
    where not to go  /to-loopback /to-private /to-metadata /to-file /calendar/Y/M /private/x
    odd              /coded/CODING /cookie/set /cookie/echo /picture.png /empty /odd-coding
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from hashlib import sha256
from itertools import cycle
from urllib.parse import quote_from_bytes

from . import pages
from .server import Answer, Request

Writer = asyncio.StreamWriter
Route = Callable[..., "Answer | None"]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)
LASTMOD = "Mon, 01 Jan 2024 08:00:00 GMT"
DRIP = 0.05  # seconds between two bytes
SLOW = 0.08  # seconds until /slow/N answers
SITEMAP_PARTS = ("/sitemap-1.xml.gz", "/sitemap-news.xml", "/sitemap.txt")


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("gbk"))


class Routes:
    """All pages. What changes between requests is here: counts, the version, robots.txt."""

    def __init__(self, inner_port: int) -> None:
        self.port = 0
        self.inner_port = inner_port
        self.version = 1
        self.crawl_delay = 0.05
        self.robots: Answer | None = None
        self.counts: Counter[str] = Counter()

    async def answer(self, request: Request, writer: Writer) -> Answer | None:
        path, _, query = request.path.partition("?")
        self.counts[path] += 1
        for pattern, page in ROUTES:
            if found := re.fullmatch(pattern, path):
                return await self._given(page, request, writer, found.groups())
        return self._front(query) if path == "/" else _missing()

    async def _given(
        self, page: str, request: Request, writer: Writer, groups: tuple[str, ...]
    ) -> Answer | None:
        if page in {"drip", "silent", "endless"}:
            return await getattr(self, page)(writer)
        if page == "slow":
            await asyncio.sleep(SLOW)
            page = "article"
        found: Answer = getattr(self, page)(request, *groups)
        return found

    # ---------------------------------------------------------------- for a crawl

    def _front(self, _query: str) -> Answer:
        items = [("/list/1.html", "纪事"), ("/parts/1.html", "长谈"), ("/calendar/2024/1", "日历")]
        return Answer(body=pages.frame("首页", f"<ul>{pages.links(items)}</ul>"))

    def robots_txt(self, request: Request) -> Answer:
        if self.robots is not None:
            return self.robots
        text = (
            f"\ufeffUser-agent: *\nCrawl-delay: {self.crawl_delay}\nDisallow: /private/\n"
            f"Disallow: /*.php$\nSitemap: http://{request.host}/sitemap.xml\n"
        )
        return Answer(body=text.encode(), content_type="text/plain")

    def sitemap(self, request: Request) -> Answer:
        parts = "".join(
            f"<sitemap><loc>http://{request.host}{part}</loc><lastmod>2024-03-01</lastmod></sitemap>"
            for part in SITEMAP_PARTS
        )
        return _xml(f'<sitemapindex xmlns="{SITEMAP}">{parts}</sitemapindex>')

    def sitemap_gz(self, request: Request) -> Answer:
        urls = "".join(
            f"<url><loc>http://{request.host}/a/{n}.html</loc>"
            f"<lastmod>{pages.article(n).date}T08:00:00+08:00</lastmod></url>"
            for n in range(1, 201)
        )
        body = _xml(f'<urlset xmlns="{SITEMAP}">{urls}</urlset>').body
        return Answer(body=pages.encode(body, "gzip"), content_type="application/gzip")

    def sitemap_news(self, request: Request) -> Answer:
        urls = "".join(
            f"<url><loc>http://{request.host}/a/{n}.html</loc><news:news>"
            "<news:publication><news:name>渡口小报</news:name><news:language>zh-cn</news:language>"
            f"</news:publication><news:publication_date>{pages.article(n).date}"
            f"</news:publication_date><news:title>{pages.article(n).title}</news:title></news:news></url>"
            for n in range(201, 251)
        )
        return _xml(f'<urlset xmlns="{SITEMAP}" xmlns:news="{NEWS}">{urls}</urlset>')

    def sitemap_txt(self, request: Request) -> Answer:
        urls = [f"http://{request.host}/a/{n}.html" for n in range(251, 301)]
        return Answer(body="\n".join(urls).encode(), content_type="text/plain")

    def feed(self, request: Request) -> Answer:
        items = "".join(
            f"<item><title>{pages.article(n).title}</title>"
            f"<link>http://{request.host}/a/{n}.html?utm_source=rss</link>"
            f"<pubDate>{formatdate(1_700_000_000 + n * 3600, usegmt=True)}</pubDate></item>"
            for n in range(281, 301)
        )
        text = f'<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>渡口小报</title>{items}</channel></rss>'
        return Answer(body=text.encode("gb2312"), content_type="application/rss+xml")

    def atom(self, request: Request) -> Answer:
        items = "".join(
            f"<entry><title>{pages.article(n).title}</title>"
            f'<link href="http://{request.host}/a/{n}.html"/><updated>2024-05-01T00:00:00Z</updated></entry>'
            for n in range(1, 11)
        )
        text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>渡口小报</title>{items}</feed>'
        return Answer(body=text.encode(), content_type="application/atom+xml")

    def list_page(self, _request: Request, number: str) -> Answer:
        page, last = int(number), -(-pages.ARTICLES // pages.PER_LIST)
        if not 1 <= page <= last:
            return _missing()
        numbers = range((page - 1) * pages.PER_LIST + 1, page * pages.PER_LIST + 1)
        items = pages.links([(f"../a/{n}.html", pages.article(n).title) for n in numbers])
        turn = f'<a class="next" href="/list/{page + 1}.html">下一页</a>' if page < last else ""
        return Answer(body=pages.frame(f"纪事 第{page}页", f'<ul class="list">{items}</ul>{turn}'))

    def article(self, request: Request, number: str) -> Answer:
        n = int(number)
        if not 0 <= n <= pages.ARTICLES:
            return _missing()
        coding = pages.coding_of(n)
        if coding not in request.headers.get("accept-encoding", ""):
            coding = ""
        return _kept(request, pages.article_page(n), coding)

    def part(self, request: Request, number: str, part: str | None = None) -> Answer:
        if not 1 <= int(number) <= 20:
            return _missing()
        return _kept(request, pages.part_page(int(number), int(part or 1)))

    def changing(self, request: Request) -> Answer:
        return _kept(request, pages.article_page(9000, self.version))

    def vanishing(self, request: Request) -> Answer:
        return _kept(request, pages.article_page(9001)) if self.version < 2 else _missing()

    def case(self, request: Request, name: str) -> Answer:
        return _kept(request, pages.article_page(9004 if name == "Case" else 9007))

    # ---------------------------------------------------------------- ways there

    def moved(self, _request: Request, hops: str) -> Answer:
        left = int(hops)
        return _to(f"/moved/{left - 1}" if left > 1 else "/a/1.html", 301)

    def loop(self, _request: Request, name: str) -> Answer:
        return _to("/loop/b" if name == "a" else "/loop/a", 302)

    def self_loop(self, request: Request) -> Answer:
        return _to(request.path, 302)

    def gbk_location(self, _request: Request) -> Answer:
        return Answer(302, headers=[("Location", "/文章/渡口.html".encode("gbk"))])

    def gbk_path(self, request: Request) -> Answer:
        return _kept(request, pages.article_page(1))

    def no_location(self, _request: Request) -> Answer:
        return Answer(302)

    def cookie_set(self, _request: Request) -> Answer:
        return Answer(body=pages.frame("记号", "<p>记下了。</p>"), headers=[COOKIE])

    def cookie_echo(self, request: Request) -> Answer:
        seen = request.headers.get("cookie", "没有")
        return Answer(body=pages.frame("记号", f"<p>记号：{seen}</p>"))

    def cookie_wall(self, request: Request) -> Answer:
        if "visitor=1" in request.headers.get("cookie", ""):
            return _kept(request, pages.article_page(3))
        return Answer(302, headers=[("Location", request.path), COOKIE])

    def members(self, request: Request, _number: str) -> Answer:
        return _to(f"/login?next={request.path}", 302)

    # ---------------------------------------------------------------- no, and why

    def refused(self, _request: Request, name: str) -> Answer:
        status = {"unauthorized": 401, "pay": 402, "forbidden": 403, "gone": 410, "withheld": 451}
        return Answer(status[name], pages.frame("看不了", "<p>这一页不能给您看。</p>"))

    def login(self, _request: Request) -> Answer:
        form = '<form action="/login"><input name="user"><input type="password" name="pw"></form>'
        return Answer(body=pages.frame("会员登录", form))

    # ---------------------------------------------------------------- trouble

    def busy(self, request: Request, dated: str, seconds: str) -> Answer:
        """429 the first time, a page from the second on."""
        if self.counts[request.path] > 1:
            return Answer(body=pages.article_page(4))
        wait = formatdate(time.time() + int(seconds), usegmt=True) if dated else seconds
        return Answer(429, headers=[("Retry-After", wait)])

    def busy_long(self, _request: Request) -> Answer:
        return Answer(503, headers=[("Retry-After", "86400")])

    def flap(self, request: Request, times: str) -> Answer:
        return (
            Answer(503)
            if self.counts[request.path] <= int(times)
            else Answer(body=pages.article_page(6))
        )

    def down(self, _request: Request, _rest: str) -> Answer:
        return Answer(500)

    async def drip(self, writer: Writer) -> None:
        """A page whose bytes come one by one, for ever."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for byte in cycle(pages.article_page(1)):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(DRIP)

    async def silent(self, writer: Writer) -> None:
        """No answer at all."""
        await writer.drain()
        await asyncio.sleep(60)

    async def endless(self, writer: Writer) -> None:
        """A body that does not end, as fast as it is read."""
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        piece = "没完没了的一行字，没完没了。\n".encode() * 400
        while True:
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await writer.drain()

    def bomb(self, _request: Request, coding: str) -> Answer:
        if coding == "twice":
            return _coded(pages.encode(pages.bomb("gzip"), "gzip"), "gzip, gzip")
        return _coded(pages.bomb(coding), coding)

    def many_codings(self, _request: Request) -> Answer:
        body = pages.article_page(1)
        for _ in range(8):
            body = pages.encode(body, "gzip")
        return _coded(body, ", ".join(["gzip"] * 8))

    def coded(self, _request: Request, coding: str) -> Answer:
        body, label = pages.article_page(1), coding.replace("deflate-raw", "deflate")
        if coding == "br+gzip":
            return _coded(pages.encode(pages.encode(body, "br"), "gzip"), "br, gzip")
        return _coded(pages.encode(body, coding), label)

    def short(self, _request: Request) -> Answer:
        """Says more bytes than come."""
        return _raw(pages.article_page(1), length=99_999)

    def long(self, _request: Request) -> Answer:
        """Says fewer bytes than come."""
        body = pages.article_page(1)
        return _raw(body, length=len(body) - 100)

    def long_kept(self, request: Request) -> Answer:
        """The same, and the connection stays: what was too much stands before the next answer."""
        answer = self.long(request)
        answer.close = False
        return answer

    def broken_gzip(self, _request: Request) -> Answer:
        whole = pages.encode(pages.article_page(1), "gzip")
        return _coded(whole[:200] + bytes(50) + whole[250:], "gzip")

    def cut(self, _request: Request, coding: str) -> Answer:
        return _coded(pages.encode(pages.article_page(1), coding)[:-40], coding)

    def junk_after(self, _request: Request) -> Answer:
        return _coded(pages.encode(pages.article_page(1), "gzip") + b"\r\n<!-- cache -->", "gzip")

    def odd_coding(self, _request: Request) -> Answer:
        return _coded(pages.article_page(1), "utf-8")

    def no_http(self, _request: Request) -> Answer:
        return Answer(raw=b"SSH-2.0-OpenSSH_9.6\r\n", close=True)

    def mutant(self, _request: Request, number: str) -> Answer:
        """An answer with some of its bytes changed, doubled or left out."""
        dice = random.Random(int(number))
        body = pages.encode(pages.article_page(1), "gzip")
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
        data = bytearray(head.encode() + body)
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(head) if dice.random() < 0.8 else len(data))
            data[at : at + dice.randint(0, 2)] = dice.randbytes(dice.randint(0, 3))
        return Answer(raw=bytes(data), close=True)

    # ---------------------------------------------------------------- where not to go

    def to_loopback(self, _request: Request) -> Answer:
        return _to(f"http://127.0.0.1:{self.inner_port}/secret", 302)

    def to_elsewhere(self, _request: Request, where: str) -> Answer:
        return _to(ELSEWHERE[where], 302)

    def calendar(self, _request: Request, year: str, month: str) -> Answer:
        y, m = int(year), int(month)
        after = (y, m + 1) if m < 12 else (y + 1, 1)
        items = [
            (f"/calendar/{after[0]}/{after[1]}", "下个月"),
            *((f"/calendar/{y}/{m}?view={view}&day={m}", view) for view in ("week", "day", "list")),
        ]
        return Answer(body=pages.frame(f"日历 {y} 年 {m} 月", f"<ul>{pages.links(items)}</ul>"))

    def private(self, _request: Request, _rest: str) -> Answer:
        return Answer(body=pages.frame("私事", "<p>robots.txt 说了不要来。</p>"))

    # ---------------------------------------------------------------- odd

    def picture(self, _request: Request) -> Answer:
        return Answer(body=PICTURE, content_type="image/png")

    def empty(self, _request: Request) -> Answer:
        return Answer()


COOKIE = ("Set-Cookie", "visitor=1; Path=/")
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
ELSEWHERE = {
    "private": "http://10.0.0.1/admin",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "odd": "http://0x7f.1/",
    "file": "file:///etc/passwd",
    "off-host": "http://elsewhere.localhost/",
}
ROUTES = (
    (r"/robots\.txt", "robots_txt"),
    (r"/sitemap\.xml", "sitemap"),
    (r"/sitemap-1\.xml\.gz", "sitemap_gz"),
    (r"/sitemap-news\.xml", "sitemap_news"),
    (r"/sitemap\.txt", "sitemap_txt"),
    (r"/feed\.xml", "feed"),
    (r"/atom\.xml", "atom"),
    (r"/list/(\d+)\.html", "list_page"),
    (r"/a/(\d+)\.html", "article"),
    (r"/parts/(\d+)(?:_([23]))?\.html", "part"),
    (r"/changing\.html", "changing"),
    (r"/vanishing\.html", "vanishing"),
    (r"/(Case|case)\.html", "case"),
    (r"/moved/(\d+)", "moved"),
    (r"/loop/([ab])", "loop"),
    (r"/self-loop", "self_loop"),
    (r"/gbk-location", "gbk_location"),
    (f"/{_quoted('文章')}/{_quoted('渡口')}\\.html", "gbk_path"),
    (r"/no-location", "no_location"),
    (r"/cookie/set", "cookie_set"),
    (r"/cookie/echo", "cookie_echo"),
    (r"/cookie/wall", "cookie_wall"),
    (r"/members/(\d+)", "members"),
    (r"/(unauthorized|pay|forbidden|gone|withheld)", "refused"),
    (r"/login|/captcha", "login"),
    (r"/busy(-date)?/(\d+)", "busy"),
    (r"/busy-long", "busy_long"),
    (r"/flap/(\d+)", "flap"),
    (r"/down(/.*)?", "down"),
    (r"/drip", "drip"),
    (r"/silent", "silent"),
    (r"/slow/(\d+)", "slow"),
    (r"/endless", "endless"),
    (r"/bomb/(gzip|br|deflate|zstd|twice)", "bomb"),
    (r"/many-codings", "many_codings"),
    (r"/coded/([a-z+-]+)", "coded"),
    (r"/short", "short"),
    (r"/long", "long"),
    (r"/long-kept", "long_kept"),
    (r"/broken/gzip", "broken_gzip"),
    (r"/cut/([a-z]+)", "cut"),
    (r"/junk", "junk_after"),
    (r"/odd-coding", "odd_coding"),
    (r"/no-http", "no_http"),
    (r"/mutant/(\d+)", "mutant"),
    (r"/to-loopback", "to_loopback"),
    (r"/to-(private|metadata|odd|file|off-host)", "to_elsewhere"),
    (r"/calendar/(\d+)/(\d+)", "calendar"),
    (r"/private/(.*)", "private"),
    (r"/picture\.png", "picture"),
    (r"/empty", "empty"),
)


def _missing() -> Answer:
    return Answer(404, pages.frame("找不到", "<p>这一页不在了。</p>"))


def _to(where: str, status: int) -> Answer:
    return Answer(status, headers=[("Location", where)])


def _xml(text: str) -> Answer:
    return Answer(
        body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(),
        content_type="application/xml",
    )


def _coded(body: bytes, coding: str) -> Answer:
    return Answer(body=body, headers=[("Content-Encoding", coding)])


def _raw(body: bytes, length: int) -> Answer:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n"
    return Answer(raw=head.encode() + body, close=True)


def _kept(request: Request, body: bytes, coding: str = "") -> Answer:
    """A page with validators, or 304 to who has it already."""
    tag = f'"{sha256(body).hexdigest()[:16]}"'
    headers: list[tuple[str, str | bytes]] = [("ETag", tag), ("Last-Modified", LASTMOD)]
    known = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since")
    if known == tag or (known is None and since == LASTMOD):
        return Answer(304, headers=headers)
    if coding:
        headers.append(("Content-Encoding", coding))
    return Answer(body=pages.encode(body, coding), headers=headers)
