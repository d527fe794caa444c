"""
URLs in one form, so that one page has one.

Parsing is the WHATWG's (ada): lower-case hosts, no default port, `..` resolved, IDNA,
odd spellings of addresses made plain. The rest is ours: percent-escapes stay the bytes
they are (GBK too), and what only follows the reader around is dropped.
"""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes

from ada_url import URL

LONGEST = 4096  # characters

# Where the reader came from, and nothing about the page. By name or by the start of the name;
# a name that some sites use for what a page shows ("from", "ref", "id") is not among them.
TRACKING = frozenset((
    "spm", "scm", "spm_id_from", "vd_source", "share_source", "share_medium", "share_plat",
    "share_session_id", "share_tag", "share_token", "share_from", "sharefrom", "unique_k",
    "isappinstalled", "nsukey", "tdsourcetag", "bd_vid", "gdt_vid", "qz_gdt", "wfr", "fbclid",
    "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid",
    "_hsenc", "_hsmi", "hmsr", "hmpl", "hmcu", "hmkw", "hmci", "phpsessid", "jsessionid",
))  # fmt: skip
TRACKING_STARTS = ("utm_",)
# `from` may be a date or a station; these are the apps in which somebody shared a page.
SHARED_FROM = frozenset(
    ("singlemessage", "groupmessage", "timeline", "weixin", "wechat", "weibo", "qq", "qzone", "mqq")
)

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def canonical(url: str) -> str | None:
    """
    The one form of a URL; None for what is no URL of a page (javascript:, mailto:, nonsense).

    >>> canonical("HTTP://Www.Example.CN:80/a/../b.html?utm_source=rss&id=7#top")
    'http://www.example.cn/b.html?id=7'
    >>> canonical("http://example.cn/s?q=%d6%d0%b9%fa&from=timeline")
    'http://example.cn/s?q=%D6%D0%B9%FA'
    """
    parsed = _parsed(url)
    if parsed is None:
        return None
    path = _escapes(_SESSION.sub("", parsed.pathname))
    query = "&".join(_escapes(pair) for pair in parsed.search[1:].split("&") if not _tracks(pair))
    text = f"{parsed.protocol}//{parsed.host}{path}" + (f"?{query}" if query else "")
    return text if len(text) <= LONGEST else None


def absolute(base: str, link: str, encoding: str = "utf-8") -> str | None:
    """
    Where a link on the page `base` leads, without a fragment; None for no page.

    encoding  of the page: browsers write the characters of a query in it

    >>> absolute("http://example.cn/a/1.html", "?q=正本", "gbk")
    'http://example.cn/a/1.html?q=%D5%FD%B1%BE'
    """
    path, mark, query = link.strip().partition("?")
    if mark and not query.isascii():
        query, sharp, fragment = query.partition("#")
        query = _quoted(query.encode(encoding, "xmlcharrefreplace")) + sharp + fragment
    parsed = _parsed(path + mark + query, base)
    if parsed is None or len(parsed.href) > LONGEST:
        return None
    parsed.hash = ""
    return parsed.href


def location(base: str, header: bytes) -> str | None:
    """
    Where a Location header leads; its bytes are kept, whatever their encoding.

    >>> location("http://example.cn/", "/中.html".encode("gbk"))
    'http://example.cn/%D6%D0.html'
    """
    return absolute(base, _quoted(header.strip()))


def host_of(url: str) -> str:
    """
    >>> host_of("http://Example.cn:8080/a")
    'example.cn'
    """
    return URL(url).hostname


def origin_of(url: str) -> str:
    """
    >>> origin_of("http://Example.cn:80/a")
    'http://example.cn'
    """
    return URL(url).origin


def target_of(url: str) -> str:
    """
    What stands in the first line of a request.

    >>> target_of("http://example.cn/a|b?c=[1]#d")
    '/a|b?c=[1]'
    """
    parsed = URL(url)
    return parsed.pathname + parsed.search


def is_below(host: str, patterns: tuple[str, ...]) -> bool:
    """
    Whether a host is one of the patterns, or below one that begins with a dot.

    >>> is_below("news.example.cn", (".example.cn",)), is_below("bad-example.cn", (".example.cn",))
    (True, False)
    """
    return any(
        host == pattern.removeprefix(".") or (pattern.startswith(".") and host.endswith(pattern))
        for pattern in patterns
    )


def _parsed(url: str, base: str | None = None) -> URL | None:
    """The URL of a page, without user, password and the dot at the end of its host."""
    try:
        parsed = URL(url, base) if base else URL(url)
    except ValueError:
        return None
    if parsed.protocol not in {"http:", "https:"} or not parsed.hostname:
        return None
    parsed.username = parsed.password = ""
    if parsed.hostname.endswith("."):
        parsed.hostname = parsed.hostname.rstrip(".")
    return parsed


def _tracks(pair: str) -> bool:
    """Whether a `name=value` of a query is of no use to the page, or empty."""
    name, _, value = pair.lower().partition("=")
    return (
        not pair
        or name in TRACKING
        or name.startswith(TRACKING_STARTS)
        or (name == "from" and value in SHARED_FROM)
    )


def _escapes(text: str) -> str:
    """Escapes in upper case; those of letters, digits, `-._~` undone, as RFC 3986 has it."""
    return _ESCAPE.sub(_escape, text) if "%" in text else text


def _escape(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code in _UNRESERVED else found[0].upper()


def _quoted(raw: bytes) -> str:
    return quote_from_bytes(raw, safe=_ASCII)
