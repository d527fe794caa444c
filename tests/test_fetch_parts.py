"""What fetching stands on, piece by piece: addresses, URLs, codings, Retry-After."""

from __future__ import annotations

import gzip
import ipaddress
import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from testsite import pages

from flows.fetch import answers, bodies, urls
from flows.fetch.guard import Guard, allowed, is_public
from flows.fetch.trouble import Trouble

# ---------------------------------------------------------------- addresses


NOBODYS = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.9.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
    "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", NOBODYS)
def test_addresses_that_are_nobodys_website_are_refused(address):
    """Private, loopback, link-local, multicast, tunnels, documentation, mapped, reserved."""
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(Trouble, match="private-address"):
        Guard().check("site.example", 80, ["1.2.4.8", address])


@pytest.mark.parametrize("address", ["1.2.4.8", "114.114.114.114", "172.32.0.1", "2400:3200::1"])
def test_public_addresses_are_let_through(address):
    """Also those that stand next to private ones."""
    assert is_public(ipaddress.ip_address(address))
    Guard().check("site.example", 443, [address])


@pytest.mark.parametrize(
    ("entry", "host", "port", "address", "let"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1", True),
        ("127.0.0.1:8080", "127.0.0.1", 8081, "127.0.0.1", False),
        ("127.0.0.1:8080", "other.example", 8080, "127.0.0.1", True),
        ("10.1.0.0/16", "any.example", 80, "10.1.2.3", True),
        ("10.1.0.0/16", "any.example", 80, "10.2.0.1", False),
        ("intranet.example", "intranet.example", 80, "192.168.0.9", True),
        ("intranet.example", "x.intranet.example", 80, "192.168.0.9", False),
        (".intranet.example", "x.intranet.example", 80, "192.168.0.9", True),
        ("Intranet.Example:81", "intranet.example", 80, "192.168.0.9", False),
        ("[::1]:8080", "localhost", 8080, "::1", True),
        ("::1", "localhost", 80, "::1", True),
        ("fd00::/8", "localhost", 80, "fd12::1", True),
    ],
)
def test_a_source_names_what_it_lets_through(entry, host, port, address, let):
    """A host, a network, with or without a port; nothing else with it."""
    guard = Guard.letting([entry])
    if let:
        guard.check(host, port, [address])
    else:
        with pytest.raises(Trouble):
            guard.check(host, port, [address])


@pytest.mark.parametrize("entry", ["", "10.0.0.0/99", "a b", "http://a.cn", "10.0.0.1/8"])
def test_what_is_no_host_and_no_network_is_an_error(entry):
    """A typing error must not let anything through."""
    with pytest.raises(ValueError, match=r".*"):
        allowed(entry)


# ---------------------------------------------------------------- URLs


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("HTTP://Example.CN", "http://example.cn/"),
        ("https://example.cn:443/a", "https://example.cn/a"),
        ("http://example.cn:8080/a", "http://example.cn:8080/a"),
        ("http://example.cn/a/./b/../c", "http://example.cn/a/c"),
        ("http://example.cn/A/b.HTML", "http://example.cn/A/b.HTML"),
        ("http://example.cn/%d6%d0%7e%41", "http://example.cn/%D6%D0~A"),
        ("http://example.cn/中", "http://example.cn/%E4%B8%AD"),
        ("http://中文.example/", "http://xn--fiq228c.example/"),
        ("http://example.cn./a", "http://example.cn/a"),
        ("http://user:word@example.cn/a", "http://example.cn/a"),
        ("http://example.cn/a#part", "http://example.cn/a"),
        ("http://example.cn/a?", "http://example.cn/a"),
        ("http://example.cn/a?b=2&a=1", "http://example.cn/a?b=2&a=1"),
        ("http://example.cn/a?b=2&&a=1", "http://example.cn/a?b=2&a=1"),
        ("http://example.cn/a?utm_source=x&id=3&spm=a.b", "http://example.cn/a?id=3"),
        ("http://example.cn/a?UTM_Medium=x", "http://example.cn/a"),
        ("http://example.cn/a?from=singlemessage&isappinstalled=0", "http://example.cn/a"),
        ("http://example.cn/a?from=2020-01-01", "http://example.cn/a?from=2020-01-01"),
        ("http://example.cn/a;jsessionid=1F?id=3", "http://example.cn/a?id=3"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("  http://example.cn/a\n", "http://example.cn/a"),
        ("mailto:a@example.cn", None),
        ("javascript:void(0)", None),
        ("file:///etc/passwd", None),
        ("//example.cn/a", None),
        ("http://", None),
        ("", None),
        ("http://example.cn/" + "a" * 5000, None),
    ],
)
def test_a_page_has_one_url(url, form):
    """What means nothing goes; order, case of paths and foreign bytes stay."""
    assert urls.canonical(url) == form


@given(st.text(max_size=60), st.binary(max_size=20))
@example("a?from=qq&b;jsessionid=/%25%41", b"\xd6\xd0")
def test_the_form_of_a_url_is_its_own_form(text, raw):
    """Whatever the URL, making it canonical twice is making it so once, and it is ASCII."""
    for url in (f"http://example.cn/{text}", urls.location("http://example.cn/", raw) or ""):
        form = urls.canonical(url)
        if form is not None:
            assert urls.canonical(form) == form
            assert form.isascii()


@pytest.mark.parametrize(
    ("link", "encoding", "leads"),
    [
        ("2.html", "utf-8", "http://example.cn/a/2.html"),
        ("../list?q=中文", "gbk", "http://example.cn/list?q=%D6%D0%CE%C4"),
        ("/文.html?q=文#文", "gbk", "http://example.cn/%E6%96%87.html?q=%CE%C4"),
        ("?p=2", "utf-8", "http://example.cn/a/1.html?p=2"),
        ("//b.cn/x", "utf-8", "http://b.cn/x"),
        ("javascript:history.back()", "utf-8", None),
        ("tel:10086", "utf-8", None),
    ],
)
def test_links_lead_where_a_browser_goes(link, encoding, leads):
    """A query is written in the encoding of its page, a path in UTF-8."""
    assert urls.absolute("http://example.cn/a/1.html", link, encoding) == leads


# ---------------------------------------------------------------- codings


@given(st.binary(max_size=3000), st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_any_body_comes_back(body, coding):
    """Whatever was coded is decoded to the same bytes."""
    assert bodies.decode(pages.encode(body, coding), coding, 1 << 20) == body


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]))
def test_any_bytes_decode_or_have_a_name_for_why_not(body, codings):
    """Random bytes under any label raise nothing but Trouble."""
    try:
        bodies.decode(body, codings, 1 << 20)
    except Trouble as trouble:
        assert trouble.rule == "broken-coding"  # noqa: PT017


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_large_body_comes_whole_and_one_byte_more_does_not(coding):
    """The limit counts decoded bytes exactly."""
    body = bytes(range(256)) * 2048
    coded = pages.encode(body, coding)
    assert bodies.decode(coded, coding, len(body)) == body
    with pytest.raises(Trouble, match="decompression-bomb"):
        bodies.decode(coded, coding, len(body) - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_every_stream_that_ends_too_early_is_seen(coding):
    """Cut anywhere, half a page is no page."""
    coded = pages.encode(pages.article_page(1), coding)
    for end in range(1, len(coded), 37):
        with pytest.raises(Trouble, match="broken-coding"):
            bodies.decode(coded[:end], coding, 1 << 20)


def test_a_file_of_many_gzip_members_is_read_and_a_million_are_not():
    """Members are legal; half a million empty ones end at once."""
    two = gzip.compress("正".encode()) + gzip.compress("本".encode())
    assert bodies.decode(two, "gzip", 100).decode() == "正本"
    began = time.process_time()
    with pytest.raises(Trouble, match="decompression-bomb"):
        bodies.decode(gzip.compress(b"") * 500_000, "gzip", 1 << 20)
    assert time.process_time() - began < 1


def test_codings_that_nobody_asked_for_are_named():
    """A real coding that we do not have; an empty body is empty in any coding."""
    with pytest.raises(Trouble, match="unknown-coding"):
        bodies.decode(b"x", "compress", 10)
    assert bodies.decode(b"", "gzip", 10) == b""
    assert bodies.decode(b"x", "identity, none", 10) == b"x"


# ---------------------------------------------------------------- Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0.0),
        (b" 7 ", 7.0),
        (b"1.5", 1.5),
        (b"999999999999", answers.LONGEST_WAIT),
        (b"Thu, 01 Jan 2026 00:02:00 GMT", 120.0),
        (b"Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
        (b"", None),
        (b"-5", None),
        (b"soon", None),
        (b"\xff\xfe", None),
        (b"9" * 400, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    """Seconds or a date; nonsense says nothing."""
    assert answers.retry_after(value, datetime(2026, 1, 1, tzinfo=UTC)) == seconds
