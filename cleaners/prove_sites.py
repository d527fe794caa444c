"""The proof of a row [[site]]: it finds on an imitated page, or on the real one, what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from cleaners.errors import RulePackError
from cleaners.html import extract
from cleaners.html.layout import faults
from cleaners.rules import host_matches
from cleaners.sites import SELECTORS, Site

SHORTEST = 4  # characters of a phrase


def prove_site(where: str, site: Site, hosts: Sequence[str]) -> None:
    """
    Raises RulePackError unless the selectors are CSS, the address is one of the hosts', and the
    imitated page gives a text with the phrase, and every fact that has a selector.
    """
    for key in SELECTORS:
        for selector in cast("tuple[str, ...]", getattr(site, key)):
            if problem := faults(selector):
                raise RulePackError(
                    where, f"{key} is no CSS selector ({problem})", saw=selector,
                    do="tags, #ids, .classes, [attributes], > and spaces between them",
                )  # fmt: skip
    if not host_matches(urlsplit(site.test_url).hostname or "", hosts):
        raise RulePackError(
            where, "test_url is on none of the pack's hosts", saw=site.test_url,
            do=f"an address on {', '.join(hosts)}",
        )  # fmt: skip
    if len(site.phrase) < SHORTEST:
        raise RulePackError(
            where, f"phrase needs {SHORTEST} characters or more", saw=site.phrase,
            do="words that stand on that page only",
        )  # fmt: skip
    prove_page(where, site, site.page)


def prove_page(where: str, site: Site, page: bytes | str) -> None:
    """Raises RulePackError unless a page gives what the row promises: the one at `test_url`."""
    found = extract(page, sites=[site])
    if not found.extractor.endswith(f"+{site.pack}"):
        raise RulePackError(
            where, "body finds no text", saw=", ".join(site.body),
            do="look at the page's source: scripts may have built what a browser shows",
        )  # fmt: skip
    if site.phrase not in found.text:
        raise RulePackError(
            where, "the text has no such phrase", saw=site.phrase,
            do=f"the text begins  {found.text[:60]!r}",
        )  # fmt: skip
    for name in site.facts():
        fact = found.metadata.get(name)
        if fact is None or not fact.witness.startswith("site"):
            raise RulePackError(
                where, f"{name} finds nothing", saw=", ".join(getattr(site, name)),
                do="a date is needed where published looks" if name == "published" else "",
            )  # fmt: skip
