"""
Why a request gave nothing, on its way up to the fetcher, which makes a `Failure` of it.

Nothing outside of flows/fetch sees a `Trouble`: bad pages are data.
"""

from __future__ import annotations

from flows.fetch.exchange import Hop


class Trouble(Exception):  # noqa: N818  pages are in trouble, nobody made an error
    """
    A request that gave no page.

    rule         its name, as it will stand among the rejects
    why          in plain words, after the URL
    passing      whether the same request may do better in a while
    hop          what came of the answer before it failed
    gone         the server says that the page is not there any more
    retry_after  seconds that the server asked to wait
    """

    def __init__(
        self,
        rule: str,
        why: str,
        *,
        passing: bool = False,
        hop: Hop | None = None,
        gone: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{rule}: {why}")
        self.rule, self.why, self.passing = rule, why, passing
        self.hop, self.gone, self.retry_after = hop, gone, retry_after


class Stopped(Exception):  # noqa: N818  nor here
    """The run is to end, and this page was not begun."""
