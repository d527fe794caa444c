"""
Articles in several parts: from the first to the next, until there is none.

Each visit says in the archive which part comes next before that part is asked for. So a file
of which a task was killed in the middle of an article does not look like one that ends there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cleaners.clean import extract
from cleaners.document import RawPage
from cleaners.encoding import decode
from flows.fetch import urls
from flows.fetch.exchange import Exchange, Failure
from flows.fetch.fetch import Fetcher, Result
from flows.fetch.trouble import Stopped
from flows.pages import PageState, validators

MOST_PARTS = 60
# Without one of these words nothing leads to another part, and nothing need be extracted.
_MAYBE = re.compile("下一?[页頁]|[后後]一?[页頁]|[余餘]下|剩[余餘]|next", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """A page of an article, and the URL of the part that follows; "" for the last."""

    result: Result
    following: str


def next_part(page: RawPage) -> str:
    """The canonical URL of the part of the same article that follows a page; "" without one."""
    text = decode(page.body, page.content_type).text
    if not _MAYBE.search(text):
        return ""
    found = extract(text, page.content_type, url=page.source).next_part
    return urls.canonical(found) or "" if found else ""


class Article:
    """One article while its parts are fetched. `known` are the states of its later parts."""

    def __init__(self, fetcher: Fetcher, first: str, known: Sequence[PageState]) -> None:
        self._fetcher = fetcher
        self._known = [first, *(state.url for state in known)]
        self._seen: set[str] = set()

    async def step(self, result: Result) -> Step:
        """What follows a page of this article. Of one that did not change, what followed it before."""
        self._seen.add(result.url)
        following = ""
        if isinstance(result, Exchange) and result.not_modified:
            after = (
                self._known[self._known.index(result.url) + 1 :]
                if result.url in self._known
                else []
            )
            following = after[0] if after else ""
        elif isinstance(result, Exchange):
            following = await asyncio.to_thread(next_part, result.page())
        if following in self._seen or len(self._seen) >= MOST_PARTS or not self._may(following):
            following = ""
        return Step(result, following)

    def _may(self, url: str) -> bool:
        allowed = self._fetcher.settings.allowed_hosts
        return bool(url) and (not allowed or urls.is_below(urls.host_of(url), allowed))


async def get_part(fetcher: Fetcher, url: str, state: PageState | None) -> Result:
    """A later part. A run that is to end leaves it out, and says so: the article is not whole."""
    try:
        return await fetcher.get(url, validators(state))
    except Stopped:
        return Failure(url, "stopped", "the run ended before this part was fetched")
