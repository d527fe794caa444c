"""
The test site: a newspaper on loopback that does all that sites do, good and bad.

    from testsite import site

    with site() as s:
        s.url("/a/7.html")        # http://127.0.0.1:PORT/a/7.html
        s.log                     # every request: at, path, headers, host, at_once
        s.paths()                 # their paths alone
        s.inner_log               # what reached the neighbour that nobody may ask; stays empty
        s.version = 2             # /changing.html is another, /vanishing.html is gone
        s.sources()               # a sources.toml for it

`python -m tests.testsite` serves it until Ctrl-C, to play with. Names below `.localhost`
lead to the loopback address too, so http://b.localhost:PORT/ is another host of the same
site. routes.py lists the pages.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .routes import Routes
from .server import Answer, Request, Server

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "sources-loopback.toml"
SAMPLE_PORT = 8765

__all__ = ["SAMPLE", "SAMPLE_PORT", "Answer", "Request", "Site", "site"]


class Site:
    """The running site. Change `version`, `crawl_delay`, `robots` as a test needs it."""

    def __init__(self, port: int = 0) -> None:
        self._inner = Server(_secret)
        self._routes = Routes(self._inner.port)
        self._server = Server(self._routes.answer, port)
        self._routes.port = self.port = self._server.port

    def close(self) -> None:
        self._server.close()
        self._inner.close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def host(self) -> str:
        """`127.0.0.1:PORT`: what a source allows by name, and no other port with it."""
        return f"127.0.0.1:{self.port}"

    @property
    def inner_port(self) -> int:
        return self._inner.port

    @property
    def log(self) -> list[Request]:
        return self._server.log

    @property
    def inner_log(self) -> list[Request]:
        return self._inner.log

    @property
    def times(self) -> list[tuple[float, float, str]]:
        """When each answer began and ended (time.monotonic()), and its path."""
        return self._server.times

    @property
    def sent(self) -> int:
        """Bytes of all answers, heads and bodies."""
        return self._server.sent

    def paths(self) -> list[str]:
        return [request.path for request in self.log]

    def forget(self) -> None:
        """Empty the log, and begin all that counts (503 twice, 429 once) from the start."""
        self._server.log.clear()
        self._server.times.clear()
        self._server.sent = 0
        self._routes.counts.clear()

    @property
    def version(self) -> int:
        """1 at first; from 2 on /changing.html is another page and /vanishing.html is gone."""
        return self._routes.version

    @version.setter
    def version(self, value: int) -> None:
        self._routes.version = value

    @property
    def crawl_delay(self) -> float:
        """What robots.txt asks for, in seconds."""
        return self._routes.crawl_delay

    @crawl_delay.setter
    def crawl_delay(self, value: float) -> None:
        self._routes.crawl_delay = value

    @property
    def robots(self) -> Answer | None:
        """What /robots.txt answers instead of its own text."""
        return self._routes.robots

    @robots.setter
    def robots(self, value: Answer | None) -> None:
        self._routes.robots = value

    def sources(self) -> str:
        """The sample file of sources for this site (TOML), with the port that it has."""
        return SAMPLE.read_text("utf-8").replace(str(SAMPLE_PORT), str(self.port))


@contextmanager
def site(port: int = 0) -> Generator[Site]:
    """The test site, as long as the block runs."""
    running = Site(port)
    try:
        yield running
    finally:
        running.close()


async def _secret(_request: Request, _writer: object) -> Answer:
    return Answer(body="内部系统，外人莫入。".encode())
