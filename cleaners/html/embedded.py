"""
The text of a page that a script would show: in its JSON, its templates, its text areas.

Asked only when the page itself shows hardly any prose. What is found are strings, some of them
markup, and lists of small objects that are the blocks of an editor. Each is weighed as a page is,
and more so when it stands beside the page's title or under a key like `content`; less in what
are comments or other articles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from cleaners.html.blocks import walk
from cleaners.html.bounds import bounded
from cleaners.html.metadata import fold
from cleaners.html.page import Page
from cleaners.html.weigh import weigh

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_SCRIPT = 4_000_000  # characters of one script that are read
MAX_SCRIPTS = 200  # scripts that are looked at
MAX_VALUES = 100_000  # values of one piece of JSON that are looked at
MAX_BLOCKS = 5_000  # of one list
MAX_TITLE = 200  # characters
MAX_ASSIGNED = 300  # values of one script that are tried
MAX_NESTED = 12  # levels below a block of an editor
MAX_TRIED = 12  # candidates that are parsed
SHORTEST = 30  # characters of a string that may be a text
ENOUGH = 12.0  # units of prose
WIDEST = 1.5  # units of a character, at most
LITTLE = 40.0  # units of prose on the page that are no text in themselves
MUCH_MORE = 5.0  # times the page's own prose, when that is no part of what is found
MORE = 1.5  # times, when it is
SAMPLE = 12  # letters by which a teaser is known
LONGEST_CUT = 40  # characters at the end of a text in which `_CUT` finds all it can find
TITLED, KEYED, FOREIGN = 3.0, 1.5, 0.1  # what a title beside it, its key, and a bad key are worth

_ASSIGNED = re.compile(r"[=(](?:(?<==)|(?<=\bJSON\.parse\()|(?<=\bpush\())\s{0,20}(?=[\[{\"'])")
_KEYED = re.compile(
    r"""["']?\b(?:content|articleBody|article_content|contentHtml|html|body|text|detail|description)\b["']?"""
    r"""\s{0,9}[:=]\s{0,9}(?=["'`])"""
)
_LITERAL = re.compile(
    r""""[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\]*(?:\\.[^`\\]*)*`""", re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\n", "t": "\t", "b": "", "f": "", "v": "", "0": "", "\n": ""}
_GOOD_KEY = re.compile(
    r"content|article|body|html|detail|zhengwen|neirong|paragraph|blocks|nodes|story", re.IGNORECASE
)
_BAD_KEY = re.compile(
    r"comment|reply|replies|relat|recommend|hot|feed|rank|side|nav|menu|footer|copyright|config|i18n|"
    r"locale|message|agreement|privacy|ads?$|banner|seo|style|css",
    re.IGNORECASE,
)
_TEXT_KEYS = frozenset(
    [
        "text",
        "content",
        "value",
        "p",
        "html",
        "body",
        "insert",
        "data",
        "paragraph",
        "children",
        "nodes",
        "blocks",
        "items",
    ]
)
_OWN_TITLE = frozenset(("title", "url", "author", "user", "username", "nickname", "link", "href"))
_MARKUP = re.compile(
    r"<(?:p|br|div|span|section|h[1-6]|img|ul|ol|li|table|strong|b|a|blockquote)\b"
)


_ESCAPED = re.compile(r"&(?:amp;){0,2}lt;")
_CUT = re.compile(
    r"(?:(?:…|\.\.\.)\W{0,3}|[^\n]{20,}[^\s\W])(?:(?:展开|阅读|查看|点击|更多|全文){1,3}\W{0,3})?$|"
    r"(?:展开|阅读|查看)(?:更多|全文)\W{0,3}$"
)


class _Candidate(NamedTuple):
    """A string that may be the text, and what its place is worth."""

    text: str
    worth: float


class _Found(NamedTuple):
    """A candidate as a page."""

    page: Page
    prose: float  # units


def embedded(
    root: LexborNode, title: str, shown: str, prose: float, *, headed: bool
) -> Page | None:
    """
    The page's text as a page of its own, if a script holds it and the page does not show it.

    `shown` is the text that the page shows, `prose` how many units of it are prose, `headed`
    whether it shows its headline: then only a text that is cut off sends us to the scripts.
    """
    is_cut = _CUT.search(shown[-LONGEST_CUT:]) is not None
    if prose >= LITTLE and headed and not is_cut:
        return None
    folded = fold(title)
    candidates = [
        *_of_json(root, folded),
        *(_Candidate(text, 1.0) for text in _of_markup(root)),
    ]
    candidates = [found for found in candidates if len(found.text) >= SHORTEST]
    candidates.sort(key=lambda found: -len(found.text) * found.worth)
    best, most, worth = None, 0.0, 0.0
    for candidate in candidates[:MAX_TRIED]:
        if WIDEST * len(candidate.text) * candidate.worth <= most:
            break  # nothing shorter can be better
        found = _as_page(candidate.text)
        if found and found.prose * candidate.worth > most:
            best, most, worth = found, found.prose * candidate.worth, candidate.worth
    if best is None or best.prose < ENOUGH:
        return None
    if prose < LITTLE:
        return best.page
    text = fold(" ".join(block.text for block in best.page.blocks))
    teaser = fold(shown)[:SAMPLE] in text and is_cut and best.prose > MORE * prose
    foreign = (
        worth >= TITLED and best.prose > MUCH_MORE * prose and fold(shown)[:SAMPLE] not in text
    )
    return best.page if teaser or foreign else None


def _as_page(text: str) -> _Found | None:
    """A string as a page: markup, markup in entities (once or twice), or lines of text."""
    for _ in range(3):
        if _MARKUP.search(text) or not _ESCAPED.search(text):
            break
        text = unescape(text)
    if not _MARKUP.search(text):
        text = "".join(f"<p>{escape(line)}</p>" for line in unescape(text).split("\n"))
    source, over = bounded(text)
    root = LexborHTMLParser(f"<body><article class=content>{source}</article>").root
    if root is None or over:
        return None
    page = walk(root)
    return _Found(page, sum(weigh(page).prose)) if page.blocks else None


def _of_markup(root: LexborNode) -> Iterator[str]:
    """What stands in templates, for browsers without scripts, and in text areas."""
    for fragment in root.template_fragments()[:MAX_SCRIPTS]:
        yield fragment.inner_html or fragment.html or ""
    for node in root.css(
        "noscript, textarea, script[type*=template i], script[type='text/html' i]"
    ):
        yield (node.inner_html or "") if node.tag == "noscript" else node.text()


def _of_json(root: LexborNode, title: str) -> Iterator[_Candidate]:
    """The strings and lists of blocks of all scripts."""
    for node in root.css("script")[:MAX_SCRIPTS]:
        kind = (node.attributes.get("type") or "").lower()
        text = node.text()
        if not SHORTEST <= len(text) <= MAX_SCRIPT or "template" in kind or "html" in kind:
            continue
        if "json" in kind:
            yield from _texts_of(_read(text), title)
            continue
        read = False
        for found in _values(text):
            read = True
            yield from _texts_of(found, title)
        if not read:
            yield from _literals(text)


def _read(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _values(script: str) -> Iterator[object]:
    """The objects and lists that a script assigns, as far as they are JSON."""
    decoder = json.JSONDecoder(strict=False)
    end = 0
    for assigned in islice(_ASSIGNED.finditer(script), MAX_ASSIGNED):
        at = assigned.end()
        if at < end:
            continue
        try:
            value, end = decoder.raw_decode(script, at)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, str):
            value = _read(value) if value[:1] in "[{" else None
        if isinstance(value, dict | list):
            yield value


def _literals(script: str) -> Iterator[_Candidate]:
    """The strings that a script, which is no JSON, gives to keys like `content`."""
    end = 0
    for keyed in islice(_KEYED.finditer(script), MAX_ASSIGNED):
        if keyed.end() < end:
            continue
        found = _LITERAL.match(script, keyed.end())
        if found:
            end = found.end()
            yield _Candidate(_unquoted(found.group()[1:-1]), KEYED)


def _unquoted(literal: str) -> str:
    def plain(found: re.Match[str]) -> str:
        code = found.group(1) or found.group(2)
        return chr(int(code, 16)) if code else _PLAIN_ESCAPES.get(found[3], found[3])

    text = _ESCAPE.sub(plain, literal)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _texts_of(value: object, title: str) -> Iterator[_Candidate]:
    """Every long string of a piece of JSON, and every list of blocks, with its worth."""
    waiting: list[tuple[object, float, str]] = [(value, 1.0, "")]
    for _ in range(MAX_VALUES):
        if not waiting:
            return
        found, worth, key = waiting.pop()
        if _BAD_KEY.search(key):
            worth *= FOREIGN
        if isinstance(found, str):
            yield _Candidate(found, worth * (KEYED if _GOOD_KEY.search(key) else 1.0))
        elif isinstance(found, dict):
            if title and worth >= 1 and any(_is_title(v, title) for v in found.values()):
                worth = TITLED
            waiting.extend((inner, worth, str(name)) for name, inner in found.items())
        elif isinstance(found, list):
            blocks = [_block_text(item, 0) for item in found[:MAX_BLOCKS]]
            own = sum(isinstance(item, dict) and not _OWN_TITLE.isdisjoint(item) for item in found)
            text = "\n".join(block for block in blocks if block)
            if own * 2 <= len(found) and len(text) >= SHORTEST:
                yield _Candidate(text, worth * (KEYED if _GOOD_KEY.search(key) else 1.0))
            waiting.extend((inner, worth, key) for inner in found)


def _is_title(value: object, title: str) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TITLE and fold(value) == title


def _block_text(item: object, level: int) -> str:
    """The text of one block of an editor: of its text keys, in order."""
    if isinstance(item, str):
        return item
    if level > MAX_NESTED:
        return ""
    if isinstance(item, list):
        return "".join(_block_text(inner, level + 1) for inner in item[:MAX_BLOCKS])
    if isinstance(item, dict):
        return "".join(
            _block_text(inner, level + 1) for key, inner in item.items() if key in _TEXT_KEYS
        )
    return ""
