"""
One request, one answer: the only module that knows httpx.

`Client.ask` gives the answer as it came over the wire, or `Trouble`. It follows no
redirect, decodes nothing, keeps no cookie and reads no proxy variable; what is checked
is the address that is connected to. httpx has no public way to check it, so the guard
goes where connections are made: into the network backend of the pool below.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import NoReturn, Self, cast

import httpcore
import httpx

from flows.fetch import urls
from flows.fetch.clock import Clock
from flows.fetch.exchange import Headers, Hop
from flows.fetch.guard import Guard
from flows.fetch.settings import Settings
from flows.fetch.trouble import Trouble

Resolve = Callable[[str, int], Awaitable[list[str]]]  # host, port → addresses

IDLE_SECONDS = 90.0  # a connection is kept as long: longer than the politest delay
ADDRESSES = 4  # of one host, tried one after the other
ACCEPTED = (
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"),
    ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.2"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
)
NO_DOCUMENT = ("image/", "video/", "audio/", "font/")  # not worth their bytes


async def resolve(host: str, port: int) -> list[str]:
    """
    The addresses of a host. Trouble `host-not-found`: it has none.

    Names below .localhost are this machine's, as RFC 6761 has it.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Trouble(
            "host-not-found",
            f"{host} has no address: {getattr(error, 'strerror', '') or error}",
            passing=getattr(error, "errno", None) == socket.EAI_AGAIN,
        ) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Client:
    """Asks hosts through the guard. An async context manager; closing it closes connections."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        resolve: Resolve = resolve,
        transport: httpx.AsyncBaseTransport | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock or Clock()
        self._http = httpx.AsyncClient(
            transport=transport or _guarded(settings, resolve, ssl_context),
            headers=[("User-Agent", settings.user_agent), *ACCEPTED],
            timeout=httpx.Timeout(
                settings.read_seconds, connect=settings.connect_seconds, pool=None
            ),
            follow_redirects=False,
            trust_env=False,
        )
        # Cookies are a page's own affair, see `Cookies`: the client's jar takes none.
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, url: str, headers: Mapping[str, str], seconds: float, largest: int) -> Hop:
        """
        GET one URL.

        seconds  until the answer has to be complete, however busily it drips
        largest  bytes of the body as it is sent

        Trouble: there is no complete answer; `hop` has what came. An error status is an answer.
        """
        target = urls.target_of(url).encode("ascii")  # httpx would escape some of it once more
        try:
            request = self._http.build_request(
                "GET", url, headers=headers, extensions={"target": target}
            )
        except httpx.InvalidURL as error:
            raise Trouble("bad-url", str(error)) from error
        answer = _Answer(url, request, self._clock, largest)
        try:
            async with asyncio.timeout(seconds):
                await self._read(request, answer)
        except TimeoutError:
            why = f"not complete after {self._settings.page_seconds:g} s (page_seconds)"
            raise Trouble("too-slow", why, hop=answer.hop(), passing=True) from None
        except httpx.HTTPError as error:
            _explain(error, answer.hop())
        hop = answer.hop()
        assert hop is not None
        return hop

    async def _read(self, request: httpx.Request, answer: _Answer) -> None:
        response = await self._http.send(request, stream=True)
        try:
            answer.take(response)
            self._check_head(response, answer)
            async for chunk in response.aiter_raw():
                answer.chunks.append(chunk)
                answer.size += len(chunk)
                if answer.size > answer.largest:
                    raise _too_large(answer)
        finally:
            await response.aclose()

    @staticmethod
    def _check_head(response: httpx.Response, answer: _Answer) -> None:
        """What the head says is not to be read is not read."""
        kind = response.headers.get("content-type", "").lower()
        if response.is_success and kind.startswith(NO_DOCUMENT):
            raise Trouble("not-a-document", f"the server calls it {kind[:80]}", hop=answer.hop())
        length = response.headers.get("content-length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > answer.largest:  # noqa: PLR2004  digits
            raise _too_large(answer)


class Cookies:
    """
    The cookies of one page and its redirects, forgotten with it.

    Some sites set one and send the reader back to the same URL; none is carried to the
    next page, so that what a page shows does not depend on those before it.
    """

    def __init__(self) -> None:
        self._jar: httpx.Cookies | None = None

    def keep(self, hop: Hop) -> None:
        if any(name.lower() == b"set-cookie" for name, _ in hop.headers):
            self._jar = self._jar or httpx.Cookies()
            request = httpx.Request("GET", hop.url)
            self._jar.extract_cookies(
                httpx.Response(hop.status, headers=list(hop.headers), request=request)
            )

    def header(self, url: str) -> dict[str, str]:
        """The Cookie header for a URL, or nothing."""
        if self._jar is None:
            return {}
        request = httpx.Request("GET", url)
        self._jar.set_cookie_header(request)
        cookie = request.headers.get("cookie")
        return {"Cookie": cookie} if cookie else {}


class _Answer:
    """What has come of an answer so far."""

    def __init__(self, url: str, request: httpx.Request, clock: Clock, largest: int) -> None:
        self.url, self.request, self.largest = url, request, largest
        self.at = clock.now()
        self.response: httpx.Response | None = None
        self.chunks: list[bytes] = []
        self.size = 0
        self.ip = ""

    def take(self, response: httpx.Response) -> None:
        """The head has come. The address is asked for now: a closed connection has none."""
        self.response = response
        stream = response.extensions.get("network_stream")
        address = stream.get_extra_info("server_addr") if stream is not None else None
        self.ip = str(address[0]) if address else ""

    def hop(self) -> Hop | None:
        """None: not even its head came."""
        response = self.response
        if response is None:
            return None
        return Hop(
            url=self.url,
            status=response.status_code,
            reason=_text(response.extensions.get("reason_phrase", b"")),
            http_version=_text(response.extensions.get("http_version", b"HTTP/1.1")),
            request_headers=_raw(self.request.headers),
            headers=_raw(response.headers),
            body=b"".join(self.chunks),
            at=self.at,
            ip=self.ip,
        )


class _GuardBackend(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, guard: Guard, resolve: Resolve) -> None:
        self._guard, self._resolve = guard, resolve
        # For type checkers it is a class without methods: httpcore imports it in a `try`.
        self._inner = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve(host, port)
        except TimeoutError:
            why = f"looking {host} up took longer than {timeout} s"
            raise Trouble("host-not-found", why, passing=True) from None
        self._guard.check(host, port, addresses)
        problem: Exception = httpcore.ConnectError("no address")
        for address in addresses[:ADDRESSES]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@cache
def _authorities() -> ssl.SSLContext:
    """certifi's; reading them takes as long as many pages."""
    return httpx.create_ssl_context(trust_env=False)


def _guarded(
    settings: Settings, resolve: Resolve, ssl_context: ssl.SSLContext | None
) -> httpx.AsyncHTTPTransport:
    """httpx's transport over a pool whose connections the guard makes."""
    context = ssl_context or _authorities()
    transport = httpx.AsyncHTTPTransport(verify=context, trust_env=False)
    connections = settings.hosts_at_once * settings.politeness.at_once
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        ssl_context=context,
        http2=True,
        max_connections=2 * connections,
        max_keepalive_connections=connections,
        keepalive_expiry=IDLE_SECONDS,
        network_backend=_GuardBackend(Guard.letting(settings.allow_private), resolve),
    )
    return transport


def _too_large(answer: _Answer) -> Trouble:
    why = f"the body is larger than {answer.largest:,} bytes (max_body)"
    return Trouble("body-too-large", why, hop=answer.hop())


def _explain(error: Exception, hop: Hop | None) -> NoReturn:
    """Trouble with a name for what httpx raised."""
    text = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLError):
        raise Trouble("bad-certificate", f"no secure connection: {text}", hop=hop) from error
    if hop is not None and not isinstance(error, httpx.TimeoutException):
        raise Trouble("incomplete-body", text, hop=hop, passing=True) from error
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        raise Trouble("cannot-connect", text, passing=True) from error
    raise Trouble("no-answer", text, hop=hop, passing=True) from error


def _text(raw: object) -> str:
    return raw.decode("latin-1") if isinstance(raw, bytes) else ""


def _raw(headers: httpx.Headers) -> Headers:
    return tuple((bytes(name), bytes(value)) for name, value in headers.raw)
