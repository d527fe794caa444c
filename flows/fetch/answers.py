"""What an answer means: a page, a redirect, a refusal, or trouble that may pass."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ada_url import URL

from flows.fetch import urls
from flows.fetch.exchange import Hop
from flows.fetch.trouble import Trouble

REDIRECTS = frozenset((301, 302, 303, 307, 308))
NOT_MODIFIED = 304
NO_CONTENT = frozenset((204, 205))
GONE = frozenset((404, 410))
PASSING = frozenset((408, 425, 429, 500, 502, 503, 504, *range(520, 528)))
NAMES = {
    401: ("login-required", "the page asks for a login, and none is tried"),
    402: ("payment-required", "the page is for sale"),
    403: ("forbidden", "the server does not give it to us"),
    404: ("not-found", "there is no such page"),
    407: ("login-required", "a proxy on the way asks for a login"),
    408: ("server-error", "the server waited too long for the request"),
    410: ("not-found", "the page was removed for good"),
    425: ("server-error", "the server calls the request too early"),
    429: ("too-many-requests", "the server asks for a slower pace"),
    451: ("withheld", "the page is withheld for legal reasons"),
}
LONGEST_WAIT = 366 * 86_400.0  # seconds; no Retry-After is taken for more

_DOOR = re.compile(
    r"/(?:login|signin|sign-in|logon|passport|sso|captcha|verify|antispider|security-check)"
    r"(?:\.[a-z]{2,5})?(?:/|\Z)",
    re.IGNORECASE,
)
_DOOR_HOST = re.compile(r"(?:login|signin|passport|sso|verify|captcha)\.", re.IGNORECASE)


def header(hop: Hop, name: bytes) -> bytes:
    """All values of a header joined by commas, as HTTP has it; b"" without one."""
    return b", ".join(value for key, value in hop.headers if key.lower() == name)


def check(hop: Hop, *, conditional: bool, now: datetime) -> None:
    """
    Trouble: the answer is neither a page nor a redirect, nor a 304 that was asked for.

    conditional  whether validators were sent
    now          to count a Retry-After from
    """
    status = hop.status
    if status in REDIRECTS or (status == NOT_MODIFIED and conditional):
        return
    if 200 <= status < 300 and status not in NO_CONTENT and status != 206:  # noqa: PLR2004
        return
    rule, why = NAMES.get(status, ("", ""))
    if not rule and status >= 500:  # noqa: PLR2004
        rule, why = "server-error", "the server is in trouble"
    if status in NO_CONTENT:
        rule, why = "no-content", "the server has nothing to show"
    raise Trouble(
        rule or "bad-status",
        f"{why or 'an answer that is no page'} (status {status})",
        passing=status in PASSING,
        hop=hop,
        gone=status in GONE,
        retry_after=retry_after(header(hop, b"retry-after"), now),
    )


def retry_after(value: bytes, now: datetime) -> float | None:
    """
    Seconds that a Retry-After header asks for, in either form; None: it says nothing.

    >>> retry_after(b"120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    >>> retry_after(b"Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    60.0
    """
    text = value.decode("latin-1").strip()
    if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,9})?", text):
        return min(float(text), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT)


def target(hop: Hop) -> str:
    """Where a redirect leads. Trouble: nowhere, to no page, or to a door that stays shut."""
    where = header(hop, b"location")
    if not where:
        raise Trouble("bad-redirect", f"status {hop.status} without a Location", hop=None)
    url = urls.location(hop.url, where)
    if url is None:
        said = where[:100].decode("latin-1")
        raise Trouble("bad-redirect", f"leads to {said!a}, which is no page")
    if is_door(url) and not is_door(hop.url):
        raise Trouble("login-required", f"leads to {url}; no login or captcha is tried")
    return url


def is_door(url: str) -> bool:
    """
    Whether a URL is one of a login or a captcha.

    >>> is_door("http://passport.example.cn/?to=a"), is_door("http://example.cn/user/login.php")
    (True, True)
    >>> is_door("http://example.cn/news/verify-results-of-harvest/2.html")
    False
    """
    parsed = URL(url)
    return bool(_DOOR_HOST.match(parsed.hostname) or _DOOR.search(parsed.pathname))
