"""
What is believed of all that a page says about itself: each fact with its witness and its trust.

    markup ──claims──┐
                     ├──▶ one fact a name, the best witness first
    lines ──bylines──┘

A wrong date is worse than none. So dates that disagree are not voted on: where the markup and
the printed by-line name different days the earlier one is taken (the later is that of an
import, a template or an update), and less is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from cleaners.characters import HAN
from cleaners.dates import day_of, iso_date, relative_date, url_date
from cleaners.document import Harvested, Trust
from cleaners.fold import fold as folded_view
from cleaners.harvest import WORTHLESS
from cleaners.html.address import Address
from cleaners.html.bylines import said_by_lines, states_facts
from cleaners.html.claims import Claim, Name
from cleaners.html.page import Page
from cleaners.html.titles import fold, headline, site_of, title_of

__all__ = ["harvest", "headline"]

LONG_SOURCE = 60  # characters of no medium's name
SHORT = 80  # characters of a line that may name an author
SAMPLED, SAMPLE = 20, 400  # lines and characters of the text that tell whether it is Chinese
MANY_HAN = 0.3  # of its letters

_RANK = {"high": 0, "medium": 1, "low": 2, "none": 3}
_NO_AUTHOR = re.compile(
    "链接|来自|网络|整理|[@/]|编辑|本文|转载|声明|所有|个人|点击|查看|https?:|www\\.|\\.c(?:om|n)\\b|有限公司|下一|上一|"
    "Discuz|Comsenz|phpwind|DedeCMS|PHPCMS|WordPress|Hexo|Typecho|Joomla|Drupal|SiteServer|"
    "[Tt]eam\\b|CMS\\b|模板|admin|root|webmaster|站长|系统|默认|用户|发布者|未知|佚名",
    re.IGNORECASE,
)
_NO_KEYWORDS = re.compile("关键[词字]|keywords?", re.IGNORECASE)
_HAN_NAME = re.compile(f"[{HAN}·•]{{2,4}}")
_HAN = re.compile(f"[{HAN}]")
_LANGUAGE = re.compile(
    "([A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?(?:[-_](?P<region>[A-Za-z]{2}))?"
)


def harvest(
    page: Page,
    title_at: int,
    kept: Sequence[int],
    first: int,
    claims: Sequence[Claim] = (),
    address: Address = Address(),  # noqa: B008  frozen
    retrieved_at: datetime | None = None,
) -> dict[str, Harvested]:
    """
    All that the page says, judged.

    `title_at` is the headline's block or -1, `kept` the blocks of the main text, `first` the
    first of them that is prose, `claims` those of the markup. `retrieved_at` tells which dates
    are still to come, and what 3小时前 means.
    """
    lines = said_by_lines(page, title_at, kept, first)
    found: dict[str, Harvested] = {}
    title = title_of(page, title_at, first, [*claims, *lines])
    if title:
        found["title"] = title
    url = _canonical(claims, address)
    if url:
        found["canonical_url"] = url
    where = address.url or (str(url.value) if url else "")
    dates = _Dates(claims, lines, where, retrieved_at)
    published = dates.published() or _relative(page, title_at, first, retrieved_at)
    modified = dates.modified(published)
    found |= {n: f for n, f in (("published", published), ("modified", modified)) if f}
    for name in ("site_name", "keywords", "licence", "language", "doc_number", "editor"):
        fact = _first([claim for claim in (*claims, *lines) if claim.name == name])
        if fact:
            found[name] = fact
    if "site_name" not in found and title and (site := site_of(str(title.value), page)):
        found["site_name"] = Harvested(site, site, "title", "low")
    source = _first([claim for claim in (*lines, *claims) if claim.name == "source"])
    if source:
        found["source"] = source
    author = _author(page, [c for c in (*lines, *claims) if c.name == "author"], found)
    if author:
        found["author"] = author
    _check_language(page, kept, found)
    return found


# ------------------------------------------------------------------------------- dates


class _Dates:
    """The days on which a page says that it was published and modified."""

    def __init__(
        self,
        claims: Iterable[Claim],
        lines: Iterable[Claim],
        url: str,
        retrieved_at: datetime | None,
    ) -> None:
        self._last = retrieved_at and day_of(_moment(retrieved_at))
        self._claims = self._read(claims)
        self._lines = self._read(lines)
        self._url = url_date(url)

    def published(self) -> Harvested | None:
        """Of markup and by-line the earlier; else the address, a signature, what builds pages."""
        said = self._of(self._claims, "high") or self._of(self._claims, "medium")
        lines = [fact for name, fact in self._lines if name == "published" and fact.trust != "low"]
        labelled = [fact for fact in lines if fact.witness != "line date"]
        printed = next(iter(labelled or lines), None)
        if said and printed:
            return _of_two(said, printed)
        if said or printed:
            return said or printed
        if self._url:
            return Harvested(self._url, self._url, "url", "medium")
        return self._of(self._lines, "low") or self._of(self._claims, "low")

    def modified(self, published: Harvested | None) -> Harvested | None:
        """Nothing that was before the page was published."""
        first = day_of(str(published.value)) if published else ""
        said = [fact for name, fact in (*self._claims, *self._lines) if name == "modified"]
        later = [fact for fact in said if day_of(str(fact.value)) >= first]
        return min(later, key=lambda fact: _RANK[fact.trust], default=None)

    def _of(self, facts: Iterable[tuple[str, Harvested]], trust: Trust) -> Harvested | None:
        return next((f for name, f in facts if name == "published" and f.trust == trust), None)

    def _read(self, claims: Iterable[Claim]) -> list[tuple[str, Harvested]]:
        read: list[tuple[str, Harvested]] = []
        for claim in claims:
            if claim.name in ("published", "modified"):
                date = iso_date(claim.said)
                if date and not (self._last and day_of(date) > self._last):
                    read.append((claim.name, claim.fact(date)))
        return read


def _of_two(said: Harvested, printed: Harvested) -> Harvested:
    """What markup and by-line say together: one day, as exactly as either; or the earlier one."""
    a, b = str(said.value), str(printed.value)
    day, other = day_of(a), day_of(b)
    short = min(len(day), len(other))
    if day[:short] == other[:short]:
        return said if len(a) >= len(b) else Harvested(b, printed.said, printed.witness, said.trust)
    earlier = said if day < other else printed
    return Harvested(earlier.value, earlier.said, earlier.witness, "low")


def _moment(moment: datetime) -> str:
    return moment.isoformat() if moment.tzinfo else f"{moment.isoformat()}+00:00"


def _relative(
    page: Page, title_at: int, first: int, retrieved_at: datetime | None
) -> Harvested | None:
    """The day that a line like 3小时前 below the headline means, when the moment is known."""
    if retrieved_at is None or title_at < 0:
        return None
    for block in page.blocks[title_at + 1 : first]:
        date = relative_date(block.text, retrieved_at) if states_facts(block) else None
        if date:
            return Harvested(date, block.text, "line date", "low")
    return None


# ------------------------------------------------------------------------ names, others


def _first(claims: Iterable[Claim]) -> Harvested | None:
    """The best claim that says something; else one that says nothing, as it is said."""
    worthless: Harvested | None = None
    best: Harvested | None = None
    for claim in claims:
        value = _value(claim.name, claim.said)
        if value is None:
            worthless = worthless or claim.fact(None, "none")
        elif value and (best is None or _RANK[claim.trust] < _RANK[best.trust]):
            best = claim.fact(value)
    return best or worthless


def _value(name: Name, said: str) -> str | None:
    """What is meant; an empty text for what is no such fact, None for what says nothing."""
    said = said.strip()
    if name in ("source", "author", "editor") and WORTHLESS.fullmatch(folded_view(said).text):
        return None
    if name == "source":
        return "" if "/" in said or len(said) > LONG_SOURCE else said  # an address, a sentence
    if name in ("author", "editor"):
        return "" if said.isdigit() or _NO_AUTHOR.search(said) else said
    if name == "keywords":
        words = (word.strip() for word in re.split("[,，、;；|]", said))
        return "" if _NO_KEYWORDS.fullmatch(said) else ",".join(filter(None, words))
    return _language(said) if name == "language" else said


def _language(said: str) -> str:
    """
    A tag of BCP 47, as it is usually written; nothing for what is none.

    >>> _language("zh_cn"), _language("ZH-hans-cn"), _language("utf-8")
    ('zh-CN', 'zh-Hans-CN', '')
    """
    found = _LANGUAGE.fullmatch(said)
    if not found or found[1].lower() in ("utf", "und", "mul"):
        return ""
    script, region = found["script"], found["region"]
    parts = (found[1].lower(), script and script.title(), region and region.upper())
    return "-".join(filter(None, parts))


def _author(page: Page, claims: Sequence[Claim], found: dict[str, Harvested]) -> Harvested | None:
    """Who of these wrote it; not the site, nor the medium that is the source already."""
    if not claims:
        return None
    sites = [fold(text) for tag, _, text in page.facts if tag == "title"]
    sites += [fold(str(found[name].value)) for name in ("site_name", "source") if name in found]
    generator = fold(page.meta.get("generator", ""))
    people = [
        claim
        for claim in claims
        if (claim.witness.startswith("line") or not any(fold(claim.said) in site for site in sites))
        and not (generator and fold(claim.said) in generator)
        and (
            claim.witness != "meta[author]"
            or _HAN_NAME.fullmatch(claim.said)
            or _is_printed(page, claim.said)
        )
    ]
    return _first(people)


def _is_printed(page: Page, name: str) -> bool:
    """Whether a name stands in a short line; templates name their own maker in <meta>."""
    return any(name in block.text for block in page.blocks if len(block.text) <= SHORT)


def _canonical(claims: Iterable[Claim], address: Address) -> Harvested | None:
    """The page's own address; that of the site's front page is a common mistake, and is none."""
    for claim in sorted(
        (c for c in claims if c.name == "canonical_url"), key=lambda claim: _RANK[claim.trust]
    ):
        url = address.of(claim.said)
        if re.match(r"https?://[^/]+/[^/?]|https?://[^/]+/?\?", url) or (url == address.url != ""):
            return claim.fact(url)
    return None


def _check_language(page: Page, kept: Sequence[int], found: dict[str, Harvested]) -> None:
    """lang="en" stands in many templates; it is not believed over a text in Chinese."""
    said = found.get("language")
    if said is None or said.value is None:
        return
    sample = "".join(page.blocks[i].text for i in kept[:SAMPLED])[:SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if letters:
        han = len(_HAN.findall(sample)) > MANY_HAN * letters
        if han != str(said.value).startswith(("zh", "ja", "yue", "ko")):
            found["language"] = Harvested(None, said.said, said.witness, "none")
