"""
Pages that are no document: lists, results, logins, errors, parked and hijacked sites.

Structure speaks first, and words only name what it has shown, or say what a page with hardly any
prose is. Doubt is for the document: a short notice above a long list of links is a notice.
"""

from __future__ import annotations

from collections.abc import Callable

from cleaners.document import Refusal
from cleaners.html.listing import listing
from cleaners.html.messages import hijacked, message
from cleaners.html.page import Page
from cleaners.html.weigh import Weights

TEXT = 300.0  # units of prose in one stretch, more than any teaser: a text, and no question

WHY = {
    "list-page": "a list of other pages, without a text of its own",
    "tag-page": "a list of the pages under one tag, without a text of its own",
    "index-page": "an index of other pages, without a text of its own",
    "search-page": "the results of a search, without a text of its own",
    "login-page": "a form to log in, or a request to, in the place of a text",
    "error-page": "the message of an error, although the server may have said 200",
    "parked-page": "a notice of a domain's or a server's owner, in the place of a site",
    "hijacked-page": "the page's head advertises gambling or worse: somebody has put it there",
    "too-deep": "the page nests deeper than is read: what is left would be a part of it",
    "too-large": "the page is larger than is read: what is left would be a part of it",
}
"""Every reason for which a page of markup is no document."""


def refusal(rule: str) -> Refusal:
    """The refusal of that name."""
    return Refusal(rule, WHY[rule])


def classify(
    page: Page,
    weights: Weights,
    headline: int,
    has_password: Callable[[], bool],
) -> Refusal | None:
    """
    Why a page is no document; None if it may be one.

    `headline` is the block with the page's title, or -1. `has_password` says whether a password
    can be typed; it is asked only when in doubt.
    """
    rule = hijacked(page)
    if not rule and not _has_text(page, weights):
        rule = message(page, weights, has_password) or listing(page, weights, headline)
    return refusal(rule) if rule else None


def _has_text(page: Page, weights: Weights) -> bool:
    """Whether much prose stands in one place, with no link between: most pages are known by this."""
    stretch, place, last = 0.0, -1, -1
    for i in page.plain:
        if i > last + 1:  # links
            stretch = 0.0
        last = i
        if prose := weights.prose[i]:
            at = page.blocks[i].at
            here = at if page.tag[at] in _ITEMS else page.parent[at]
            stretch = stretch + prose if here == place else prose
            place = here
            if stretch >= TEXT:
                return True
    return False


_ITEMS = frozenset(("li", "dd", "td", "article"))
