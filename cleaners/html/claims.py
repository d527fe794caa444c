"""
What a page says of itself in its markup: JSON-LD, <meta>, microdata, <link>, <time>, <html lang>.

Each is a claim with its witness; which of them is believed is decided in `metadata`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from cleaners.document import Harvested, Trust
from cleaners.html.page import Page

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_JSON = 200_000  # characters of one JSON-LD script
MAX_JSON_VALUES = 2_000  # values of it that are looked at
MAX_ITEMPROPS = 200  # elements with microdata that are looked at
WECHAT = "微信公众平台"
FOOT = 30_000  # characters at a page's end in which its licence is linked
MAX_VALUE = 1_000  # characters of a claim

Name = Literal[
    "title", "author", "editor", "source", "published", "modified", "site_name", "canonical_url",
    "language", "keywords", "licence", "doc_number",
]  # fmt: skip


class Claim(NamedTuple):
    """Something that a page says of itself, before anybody has judged it."""

    name: Name
    said: str
    witness: str
    trust: Trust
    label: str = ""  # what stands before it where it is printed

    def fact(self, value: str | None, trust: Trust | None = None) -> Harvested:
        """The claim, judged."""
        return Harvested(value, self.label + self.said, self.witness, trust or self.trust)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.replace("%", " ") for name in text.split())


# Names of <meta> elements; those of the standard for government sites (ArticleTitle, PubDate,
# ContentSource …) mean there what they say. By how far they are believed, best first; % is a space.
META: tuple[tuple[Name, Trust, tuple[str, ...]], ...] = (
    ("title", "high", _names("articletitle og:title twitter:title dc.title dcterms.title "
                             "citation_title headline weibo:article:title")),
    ("published", "high", _names(
        "article:published_time og:article:published_time article:published og:published_time "
        "datepublished weibo:%article:create_at weibo:article:create_at article:create_at "
        "apub:time og:release_date og:time publish_time publishtime publish-time publishdate "
        "publish-date publish_date publishedtime firstpublishedtime pubtime ptime "
        "dc.date.issued dcterms.issued dcterms.created dc.date.created citation_date "
        "citation_publication_date sailthru.date parsely-pub-date publication_date createdate "
        "bytedance:published_time")),
    ("published", "low", _names("pubdate releasedate dc.date dcterms.date date dateupdate "
                                "contentdate")),  # often when a page was built
    ("modified", "high", _names(
        "article:modified_time og:updated_time datemodified weibo:%article:update_at "
        "weibo:article:update_at bytedance:updated_time dcterms.modified dc.date.modified "
        "lastmodified lastmodifiedtime updatetime")),
    ("source", "medium", _names("contentsource og:article:source article:source source mediaid "
                                "dc.source dcterms.source media_name sourcename")),
    ("author", "medium", _names("article:author og:article:author author dc.creator "
                                "dcterms.creator citation_author parsely-author byl")),
    ("editor", "medium", _names("contenteditor editor article:editor")),
    ("site_name", "high", _names("og:site_name sitename application-name dc.publisher "
                                 "dcterms.publisher apple-mobile-web-app-title")),
    ("canonical_url", "medium", _names("og:url twitter:url")),
    ("keywords", "high", _names("keywords news_keywords keyword dc.subject dcterms.subject")),
    ("licence", "high", _names("dcterms.license dc.rights.license license licence")),
    ("language", "medium", _names("og:locale content-language dc.language dcterms.language")),
)  # fmt: skip

_LINKED: Mapping[str, tuple[Name, Trust]] = {
    "headline": ("title", "high"),
    "title": ("title", "medium"),
    "datePublished": ("published", "high"),
    "pubDate": ("published", "high"),
    "dateCreated": ("published", "low"),
    "dateModified": ("modified", "high"),
    "upDate": ("modified", "medium"),
    "author": ("author", "medium"),
    "creator": ("author", "low"),
    "publisher": ("site_name", "low"),
    "license": ("licence", "high"),
    "keywords": ("keywords", "medium"),
    "inLanguage": ("language", "medium"),
}
# Things that are described on a page and are not what it is about.
_OTHER_THINGS = re.compile(
    r"Comment|Breadcrumb|Organization|Person|ItemList|ListItem|SearchAction|ImageObject|Rating|"
    r"VideoObject|Product|Offer|Event|WebSite|Answer|Review"
)
_OTHER_PARTS = frozenset(
    ("comment", "mentions", "itemListElement", "suggestedAnswer", "acceptedAnswer", "hasPart",
     "relatedLink", "citation", "isPartOf", "review", "image", "video", "logo")
)  # fmt: skip
_MICRODATA = frozenset(
    ("headline", "datePublished", "dateModified", "author", "license", "inLanguage", "keywords")
)
_ANY_MICRODATA = re.compile(rf"itemprop=[\"']?(?:{'|'.join(sorted(_MICRODATA))})\\b")
_WRAPPED = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*$|;\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BROKEN = re.compile(
    r'"(headline|datePublished|dateModified|pubDate|upDate)"\s{0,9}:\s{0,9}"([^"\\\n]{1,300})"'
)


def claims_of(page: Page, root: LexborNode | None, source: str) -> list[Claim]:
    """
    All claims of a page's markup: JSON-LD first, then <meta>, microdata, <link>, <time>, lang.

    `source` is the page's own text: it tells quickly what need not be looked for.
    """
    return [claim for claim in _claims(page, root, source) if 0 < len(claim.said) <= MAX_VALUE]


def _claims(page: Page, root: LexborNode | None, source: str) -> Iterator[Claim]:
    for tag, _, text in page.facts:
        if tag == "script" and len(text) <= MAX_JSON:
            yield from _linked_data(text)
    for name, trust, metas in META:
        for witness in metas:
            said = page.meta.get(witness)
            if said:
                standard = witness == "pubdate" and "articletitle" in page.meta
                yield Claim(name, said, f"meta[{witness}]", "medium" if standard else trust)
    if page.meta.get("og:site_name") == WECHAT:
        yield from _wechat(source)
    if root is not None:
        yield from _of_tree(page, root, source)
    for link in page.of("link"):
        known = _LINKS.get((link.get("rel") or "").lower())
        if known:
            yield Claim(known, (link.get("href") or "").strip(), f"link[{link['rel']}]", "high")
    yield from (
        Claim("published", time.get("datetime") or "", "time[datetime]", "low")
        for time in page.of("time")
    )


_LINKS: Mapping[str, Name] = {"canonical": "canonical_url", "license": "licence"}


def _of_tree(page: Page, root: LexborNode, source: str) -> Iterator[Claim]:
    """What has to be looked for in the tree, where the source says that it is there."""
    if page.marked and _ANY_MICRODATA.search(source):
        yield from _microdata(page.marked)
    if source.find("license", max(len(source) - FOOT, 0)) >= 0:
        link = root.css_first("a[rel~=license]")
        if link is not None:
            yield Claim(
                "licence", (link.attributes.get("href") or "").strip(), "a[license]", "high"
            )
    attributes = root.attributes
    said = attributes.get("lang") or attributes.get("xml:lang") or ""
    yield Claim("language", said.strip(), "html[lang]", "low")


def _microdata(marked: Sequence[LexborNode]) -> Iterator[Claim]:
    for node in marked[:MAX_ITEMPROPS]:
        attributes = node.attributes
        prop = attributes.get("itemprop") or ""
        if prop not in _MICRODATA or node.tag == "meta" or _of_another_thing(node):
            continue
        name, trust = _LINKED[prop]
        said = attributes.get("content") or attributes.get("datetime")
        if not said and prop == "author":
            inner = node.css_first("[itemprop=name]")
            said = inner and (inner.attributes.get("content") or inner.text())
        said = said or (attributes.get("href") if prop == "license" else None) or node.text()
        yield Claim(name, " ".join(said.split()), f"itemprop[{prop}]", trust)


_WECHAT: tuple[tuple[str, Name], ...] = (
    ("var ct", "published"),
    ("var nickname", "source"),
    ("var msg_title", "title"),
)
_SCRIPT_VALUE = re.compile(r"""\s{0,4}=\s{0,4}(?:htmlDecode\()?["']([^"'\n]{1,200})["']""")


def _wechat(source: str) -> Iterator[Claim]:
    """What the articles of WeChat keep for their script: when, by which account."""
    for variable, name in _WECHAT:
        at = source.find(variable)
        found = _SCRIPT_VALUE.match(source, at + len(variable)) if at >= 0 else None
        if found:
            yield Claim(name, found[1], f"script {variable[4:]}", "high")


def _of_another_thing(node: LexborNode) -> bool:
    """Whether microdata belongs to a comment, a product … and not to the article."""
    above = node.parent
    for _ in range(30):
        if above is None:
            return False
        kind = above.attributes.get("itemtype")
        if kind:
            return _OTHER_THINGS.search(kind) is not None
        above = above.parent
    return False


def _linked_data(text: str) -> Iterator[Claim]:
    """Claims of one JSON-LD script; of a broken one what can be read without its structure."""
    for tidy in (text, _TRAILING_COMMA.sub("", _WRAPPED.sub("", _WRAPPED.sub("", text)))):
        try:
            waiting: list[object] = [json.loads(tidy, strict=False)]
        except (ValueError, RecursionError):
            continue
        break
    else:
        for key, said in _BROKEN.findall(text):
            yield Claim(_LINKED[key][0], said.strip(), f"json-ld:{key}", "medium")
        return
    for _ in range(MAX_JSON_VALUES):
        if not waiting:
            break
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value[:MAX_JSON_VALUES]
        elif isinstance(value, dict):
            if not _OTHER_THINGS.search(str(value.get("@type") or "")):
                yield from _linked_claims(value)
            waiting += [
                v for k, v in value.items() if isinstance(v, dict | list) and k not in _OTHER_PARTS
            ]


def _linked_claims(value: Mapping[str, object]) -> Iterator[Claim]:
    for key, (name, trust) in _LINKED.items():
        said = _said(value.get(key), several="、" if name == "author" else ",")
        if said:
            yield Claim(name, said, f"json-ld:{key}", trust)


def _said(value: object, several: str, deep: int = 3) -> str:
    """A value of JSON-LD in words: a text, the name of a thing, or several of them."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@id") or value.get("url")
    if isinstance(value, list) and deep:
        return several.join(filter(None, (_said(each, several, deep - 1) for each in value[:20])))
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
