"""Exchanges as fetching gives them, made here without a network."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

from flows.fetch.exchange import Exchange, Failure, Hop

BEGAN = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
ARTICLE = """<html><head><title>{title}</title></head><body><h1>{title}</h1>
<p>渡口的船夫姓周，每天天不亮就把灯挂在船头，等第一个要过河的人。</p>
<p>{line}</p><p>他说水有水的脾气，人顺着它，它就送人一程；人同它争，它就把人留下来。</p>
<p>本文由网友自行上传，文中观点仅代表作者本人。</p></body></html>"""


def a_hop(url="https://example.cn/a", body=b"<p>\xe6\xad\xa3", *, at=BEGAN, **changes):
    known = {
        "status": 200,
        "reason": "OK",
        "http_version": "HTTP/1.1",
        "request_headers": ((b"Host", b"example.cn"), (b"User-Agent", b"zhengben/0 (+mailto:a@b)")),
        "headers": ((b"Content-Type", b"text/html; charset=utf-8"), (b"ETag", b'"1"')),
        "ip": "192.0.2.7",
    }
    return Hop(url=url, body=body, at=at, **(known | changes))


def an_exchange(url="https://example.cn/a", body=b"<p>\xe6\xad\xa3", *before, **changes):
    hop = a_hop(url, body, **changes)
    coded = any(value == b"gzip" for name, value in hop.headers if name == b"Content-Encoding")
    return Exchange(url, (*before, hop), gzip.decompress(body) if coded else body)


def an_article(number: int, line="", *, at=BEGAN, site="https://example.cn", **changes):
    title = f"渡口第{number}夜"
    line = line or f"第{number}夜的月亮照着第{number}根篙，篙上刻着{number}道印子，一道也不能少。"
    page = ARTICLE.format(title=title, line=line).encode()
    return an_exchange(
        f"{site}/a/{number}.html", page, at=at + timedelta(seconds=number), **changes
    )


def not_modified(url="https://example.cn/a", at=BEGAN + timedelta(days=1)):
    return an_exchange(url, b"", status=304, reason="Not Modified", at=at)


def a_failure(url="https://example.cn/gone", rule="not-found", *, gone=True, hops=()):
    return Failure(url, rule, "the server answered 404", hops, gone=gone)
