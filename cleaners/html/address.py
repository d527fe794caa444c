"""Where a page is from, and where its links lead."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from cleaners.html.page import Page

LONGEST = 2_000  # characters of a link that is followed; browsers take no more


@dataclass(frozen=True, slots=True)
class Address:
    """
    A page's own URL, empty when it is not known, and what its relative links count from.

    >>> Address("https://a.example/x/1.html", "https://a.example/x/1.html").of("2.html#top")
    'https://a.example/x/2.html'
    """

    url: str = ""
    base: str = ""

    def of(self, href: str) -> str:
        """
        Where a link leads, without its fragment; nothing for what is no page (javascript:, #top).

        Relative when the page's URL is not known.
        """
        href = href.strip().replace("\t", "").replace("\n", "").replace("\r", "")
        if not href or href[0] == "#" or len(href) > LONGEST:
            return ""
        try:
            target = urljoin(self.base, href).partition("#")[0]
            scheme = urlsplit(target).scheme
        except ValueError:  # [ without ], a port that is none
            return ""
        return target if scheme in ("http", "https", "") else ""


def address_of(page: Page, url: str = "") -> Address:
    """The address of a page that was found at `url`; its `<base>` is followed."""
    here = Address().of(url) if url.startswith(("http://", "https://")) else ""
    bases = [said.get("href") or "" for said in page.of("base")]
    base = Address(here, here).of(bases[0]) if bases else ""
    return Address(here, base or here)
