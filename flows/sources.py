"""
Where documents come from: a TOML file of sources, read and checked.

    [fetch]
    contact = "https://corpus.example.cn/bot"

    [[source]]
    name     = "渡口小报"
    sitemaps = ["https://news.example.cn/sitemap.xml"]
    include  = ['/a/\\d+\\.html$']
    schedule = { cron = "0 6 * * *", timezone = "Asia/Shanghai" }

What a key means stands in `FETCH`, `SOURCE`, `LIST` and `SCHEDULE` below, and is what an
error tells who wrote something else there. docs/sources.md says more.
"""

from __future__ import annotations

import ipaddress
import tomllib
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import re2
from cronsim import CronSim, CronSimError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from cleaners.errors import SourcesError
from cleaners.patterns import Pattern, compile_source, reason
from flows.fetch import guard, urls
from flows.fetch.settings import Settings, user_agent
from flows.toml_table import Table

FILE = {
    "fetch": "[fetch]: who asks, and how politely",
    "source": "[[source]]: one for each site",
}
_POLITE = {
    "delay": "seconds between an answer and the next request to its host:  delay = 2.0",
    "at_once": "requests to one host at the same time:  at_once = 1",
    "max_body": 'the largest page, with its unit:  max_body = "16 MiB"',
    "page_time": 'the longest that a page may take:  page_time = "60s"',
    "attempts": "how often a request that may do better is made:  attempts = 3",
}
FETCH = {
    "contact": 'where the owner of a site reaches you:  contact = "https://example.cn/bot"',
    "user_agent": 'leave it out, or the whole User-Agent:  user_agent = "name/1.0 (+contact)"',
    "hosts_at_once": "hosts that are asked side by side:  hosts_at_once = 16",
    **_POLITE,
}
SOURCE = {
    "name": 'a name of its own:  name = "渡口小报"',
    "urls": 'pages:  urls = ["https://example.cn/a/1.html"]',
    "sitemaps": "sitemaps or indexes of them; a robots.txt stands for those that it names:  "
    'sitemaps = ["https://example.cn/robots.txt"]',
    "feeds": 'RSS or Atom:  feeds = ["https://example.cn/feed.xml"]',
    "list": '[[source.list]] with  url = "https://example.cn/news/"',
    "hosts": 'hosts that may be asked, ".example.cn" for all below it as well:  '
    'hosts = ["example.cn", ".img.example.cn"]',
    "include": "RE2 patterns of which a URL must match one:  include = ['/a/\\d+\\.html$']",
    "exclude": "RE2 patterns of which a URL must match none:  exclude = ['/video/']",
    "pages": "pages that one run fetches at most:  pages = 1000",
    "schedule": 'schedule = { cron = "0 6 * * *", timezone = "Asia/Shanghai" }',
    "fresh": 'how long a page is not looked at again:  fresh = "1d"',
    "rules": 'rule packs beside the shipped ones:  rules = ["mine.toml"]',
    "join_parts": "whether the parts of an article become one document:  join_parts = true",
    "allow_private": "hosts and networks that are not public and may be asked:  "
    'allow_private = ["intranet.example", "10.0.0.0/8", "127.0.0.1:8080"]',
    **_POLITE,
}
LIST = {
    "url": 'the first page of the list:  url = "https://example.cn/news/"',
    "links": "RE2 pattern of the links that are articles:  links = '/a/\\d+\\.html$'",
    "select": 'CSS selector of the links that are articles:  select = "ul.list a"',
    "next": 'CSS selector of the link to the next page:  next = "a.next"',
    "follow": "RE2 pattern of links to further lists:  follow = '/section/'",
    "depth": "how many steps such links are followed:  depth = 1",
    "pages": "pages of the list that are looked at:  pages = 20",
}
SCHEDULE = {
    "cron": 'minute, hour, day, month, weekday:  cron = "0 6 * * *"',
    "timezone": 'a name of the tz database:  timezone = "Asia/Shanghai"',
}
FRESH = "1d"
PAGES = 1000
LIST_PAGES = 20
CRON_FIELDS = 5


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of links to articles, its further pages, and further lists."""

    url: str
    links: str = ""  # RE2 pattern over canonical URLs; "": all of them
    select: str = "a"  # CSS
    next: str = ""  # CSS; "": the list has one page
    follow: str = ""  # RE2; "": no further lists
    depth: int = 0
    pages: int = LIST_PAGES


@dataclass(frozen=True, slots=True)
class Schedule:
    cron: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Source:
    """One site, and all that is to be known to fetch and clean it."""

    name: str
    settings: Settings  # its allowed_hosts are the source's hosts
    urls: tuple[str, ...] = ()  # canonical, as all URLs here
    sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    lists: tuple[ListPage, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    pages: int = PAGES
    schedule: Schedule | None = None
    fresh: timedelta = timedelta(days=1)
    rules: tuple[Path, ...] = ()  # rule packs; that of the site is one of them
    join_parts: bool = True

    @property
    def starts(self) -> tuple[str, ...]:
        """All URLs that the source begins at."""
        return (*self.urls, *self.sitemaps, *self.feeds, *(each.url for each in self.lists))

    def wants(self, url: str) -> bool:
        """
        Whether a canonical URL is one of the source's pages.

        Those named in `urls` are, whatever the patterns say.
        """
        if url in self.urls:
            return True
        if not urls.is_below(urls.host_of(url), self.settings.allowed_hosts):
            return False
        if self.include and not any(matches(pattern, url) for pattern in self.include):
            return False
        return not any(matches(pattern, url) for pattern in self.exclude)


def matches(pattern: str, url: str) -> bool:
    """Whether an RE2 pattern is found in a URL."""
    return _compiled(pattern).search(url) is not None


def read_sources(path: Path) -> tuple[Source, ...]:
    """
    The sources of a TOML file. SourcesError: it cannot be read, or does not say what it means.

    Paths in it are relative to its folder.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SourcesError(str(path), f"cannot be read: {why}", do="check the path") from error
    except UnicodeDecodeError as error:
        raise SourcesError(str(path), "is not UTF-8", do="save it as UTF-8") from error
    return parse_sources(text, path.name, path.parent)


def parse_sources(toml: str, where: str, folder: Path) -> tuple[Source, ...]:
    """The sources of a TOML text; `where` is how its errors begin."""
    try:
        values = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        do = "patterns go between single quotes: include = ['/a/\\d+']"
        raise SourcesError(where, f"is not TOML ({error})", do=do) from error
    file = Table(where, values, FILE)
    fetch = Table(f"{where}: [fetch]", file.get("fetch") or {}, FETCH)
    base = _base(fetch)
    rows = file.tables("source")
    if not rows:
        raise SourcesError(where, "has no source", do='begin one with  [[source]]  and  name = "…"')
    sources: list[Source] = []
    for number, row in enumerate(rows, 1):
        source = _source(where, number, row, base, folder)
        if any(other.name == source.name for other in sources):
            raise SourcesError(
                f"{where}: source {number}", "has the name of another", saw=source.name
            )
        sources.append(source)
    _contact(fetch, sources)
    return tuple(sources)


def _base(fetch: Table) -> Settings:
    """The settings that all sources begin with."""
    contact = fetch.text("contact")
    if contact and "@" not in contact and not contact.startswith(("http://", "https://")):
        raise fetch.wrong("contact", "is neither a URL nor an address for mail")
    agent = fetch.text("user_agent") or user_agent(contact)
    if not agent.isascii() or not agent.isprintable():
        raise fetch.wrong("user_agent", "has characters that no header can have", agent)
    settings = _polite(fetch, Settings(agent))
    return replace(settings, hosts_at_once=fetch.whole("hosts_at_once", settings.hosts_at_once))


def _polite(table: Table, base: Settings) -> Settings:
    """`base` with what a table says of politeness and bounds."""
    polite = base.politeness
    return replace(
        base,
        politeness=replace(
            polite,
            delay=table.number("delay", polite.delay),
            at_once=table.whole("at_once", polite.at_once),
        ),
        max_body=table.size("max_body", base.max_body),
        page_seconds=table.duration("page_time", f"{base.page_seconds}s").total_seconds(),
        attempts=table.whole("attempts", base.attempts),
    )


def _source(where: str, number: int, row: object, base: Settings, folder: Path) -> Source:
    table = Table(f"{where}: source {number}", row, SOURCE)
    name = table.text("name")
    if not name or not name.isprintable():
        raise table.wrong("name", "is missing" if not name else "has characters without a shape")
    table.where = f"{where}: {name}"
    lists = tuple(_list(table, n, each) for n, each in enumerate(table.tables("list"), 1))
    starts = {key: _urls(table, key) for key in ("urls", "sitemaps", "feeds")}
    if not lists and not any(starts.values()):
        do = f"{SOURCE['urls']}; or sitemaps, feeds, [[source.list]]"
        raise SourcesError(table.where, "has nowhere to begin", do=do)
    first = [url for some in starts.values() for url in some] + [each.url for each in lists]
    settings = replace(
        _polite(table, base),
        allowed_hosts=_hosts(table, first),
        allow_private=_private(table),
    )
    return Source(
        name=name,
        settings=settings,
        **starts,
        lists=lists,
        include=_patterns(table, "include"),
        exclude=_patterns(table, "exclude"),
        pages=table.whole("pages", PAGES),
        schedule=_schedule(table),
        fresh=table.duration("fresh", FRESH),
        rules=_packs(table, folder),
        join_parts=table.flag("join_parts", default=True),
    )


def _list(source: Table, number: int, row: object) -> ListPage:
    table = Table(f"{source.where}: list {number}", row, LIST)
    [url] = _urls(table, "url") or [""]
    if not url:
        raise table.wrong("url", "is missing")
    for key in ("links", "follow"):
        _patterns(table, key)
    for key in ("select", "next"):
        try:
            LexborHTMLParser("").css(table.text(key) or "a")
        except SelectolaxError as error:
            raise table.wrong(key, "is no CSS selector") from error
    if "depth" in table and "follow" not in table:
        raise table.wrong("depth", "says how far, and no `follow` says where")
    return ListPage(
        url=url,
        links=table.text("links"),
        select=table.text("select") or "a",
        next=table.text("next"),
        follow=table.text("follow"),
        depth=table.whole("depth", 1 if "follow" in table else 0, least=0),
        pages=table.whole("pages", LIST_PAGES),
    )


def _urls(table: Table, key: str) -> tuple[str, ...]:
    """Canonical URLs, each once."""
    found: dict[str, None] = {}
    for text in table.texts(key):
        url = urls.canonical(text)
        if url is None:
            raise table.wrong(key, "is no URL that begins with http:// or https://", text)
        found[url] = None
    return tuple(found)


def _hosts(table: Table, first: Iterable[str]) -> tuple[str, ...]:
    """The source's hosts; unless it names them, those it begins at, with and without www."""
    named = table.texts("hosts")
    if not named:
        hosts = [urls.host_of(url) for url in first]
        return tuple(dict.fromkeys([*hosts, *(_other_name(host) for host in hosts)]))
    return tuple(_host(table, host) for host in named)


def _host(table: Table, text: str) -> str:
    """A host as URLs write it, with the dot that it may begin with."""
    dot, bare = ("." if text.startswith(".") else ""), text.removeprefix(".")
    form = urls.canonical(f"http://{bare}/")
    if form is None or any(sign in bare for sign in "/?#@") or form.count(":") > 1:
        raise table.wrong("hosts", "is no host: no scheme, no port, no path", text)
    return dot + urls.host_of(form)


def _other_name(host: str) -> str:
    """
    The host with or without www: the same site, to all who made one.

    >>> _other_name("example.cn"), _other_name("www.example.cn"), _other_name("10.0.0.1")
    ('www.example.cn', 'example.cn', '10.0.0.1')
    """
    if _is_address(host):
        return host
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _private(table: Table) -> tuple[str, ...]:
    entries = table.texts("allow_private")
    for entry in entries:
        try:
            guard.allowed(entry)
        except ValueError as error:
            raise table.wrong("allow_private", "is neither a host nor a network", entry) from error
    return entries


def _patterns(table: Table, key: str) -> tuple[str, ...]:
    patterns = table.texts(key)
    for pattern in patterns:
        try:
            _compiled(pattern)
        except re2.error as error:
            raise table.wrong(key, f"is no RE2 pattern ({reason(error)})", pattern) from error
    return patterns


def _schedule(source: Table) -> Schedule | None:
    if "schedule" not in source:
        return None
    table = Table(f"{source.where}: schedule", source.get("schedule"), SCHEDULE)
    cron, timezone = table.text("cron"), table.text("timezone", "UTC")
    if not cron:
        raise table.wrong("cron", "is missing")
    try:
        next(CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise table.wrong("cron", f"is no schedule ({str(error) or 'it never comes'})") from error
    if len(cron.split()) != CRON_FIELDS:
        raise table.wrong("cron", "has not five fields")
    try:
        zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise table.wrong("timezone", "is no time zone", timezone) from error
    return Schedule(cron, timezone)


def _packs(table: Table, folder: Path) -> tuple[Path, ...]:
    packs = tuple(folder / name for name in table.texts("rules"))
    for pack in packs:
        if not pack.is_file():
            raise table.wrong("rules", "names a file that is not there", pack)
    return packs


def _contact(fetch: Table, sources: Iterable[Source]) -> None:
    """Who asks strangers says who he is; one's own machines need not be told."""
    if fetch.text("contact") or fetch.text("user_agent"):
        return
    for source in sources:
        for url in source.starts:
            if not _is_own(url, source.settings):
                what = f"is missing, and {urls.host_of(url)} ({source.name}) is not your own"
                raise fetch.wrong("contact", what)


def _is_own(url: str, settings: Settings) -> bool:
    """Whether a host is one that the source lets through the guard by its name."""
    host = urls.host_of(url).strip("[]")
    loopback = host == "localhost" or host.endswith(".localhost")
    address = ipaddress.ip_address(
        host if _is_address(host) else "127.0.0.1" if loopback else "1.1.1.1"
    )
    entries = [guard.allowed(entry) for entry in settings.allow_private]
    return any(each.covers(host, each.port, address) for each in entries)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Pattern:
    return compile_source(pattern)
