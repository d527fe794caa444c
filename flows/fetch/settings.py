"""How pages are asked for: all figures of fetching, with their units and their reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

from cleaners.clean import CODE_VERSION

PRODUCT = "zhengben"  # the name that robots.txt may speak of


@dataclass(frozen=True, slots=True)
class Politeness:
    """What a host can expect of us. robots.txt may ask for more patience, never for less."""

    at_once: int = 1  # requests to one host under way at the same time
    delay: float = 1.0  # seconds from the end of an answer to the next request
    factor: float = 1.0  # but at least so many times as long as the last answer took
    longest_delay: float = 60.0  # seconds; a larger Crawl-delay is taken for this
    longest_wait: float = 300.0  # seconds; for a larger Retry-After the host is left alone
    failures: int = 10  # in a row that may pass; then the host gets a pause
    pause: float = 30.0  # seconds; doubled each time it did not help
    pauses: int = 3  # in a row; then the host is left alone


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Everything a `Fetcher` has to know.

    user_agent     see `user_agent`
    allow_private  hosts and networks that may be asked although they are not public:
                   "intranet.example", "127.0.0.1:8080", "10.0.0.0/8", ".localhost"
    allowed_hosts  "a.cn", or ".a.cn" for all below it as well; empty: any. Redirects too
    """

    user_agent: str
    allow_private: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    politeness: Politeness = field(default_factory=Politeness)
    max_body: int = 16 << 20  # bytes, as sent and again when decoded
    connect_seconds: float = 10.0
    read_seconds: float = 20.0  # without a single byte
    page_seconds: float = 60.0  # of answers for one page, its redirects and retries included
    redirects: int = 10
    attempts: int = 3  # for one request, when what went wrong may pass
    retry_wait: float = 1.0  # seconds before the second attempt; doubled for each after it
    retry_longest: float = 30.0  # seconds
    hosts_at_once: int = 16


def user_agent(contact: str = "") -> str:
    """
    How we call ourselves: by name, and with somebody to write to.

    >>> user_agent("https://corpus.example.cn/bot").startswith("zhengben/")
    True
    """
    return f"{PRODUCT}/{CODE_VERSION}" + (f" (+{contact})" if contact else "")
