"""
How much of a page's source can be parsed in linear time.

A parser looks through all open elements at nearly every tag, and copies unclosed formatting
into every new paragraph: 165 KB of that took 5 GB and 11 s in Lexbor. So the source is looked
at before it is parsed, and cut where it would become expensive. Nothing here needs the tree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

MAX_SOURCE = 20_000_000  # characters
MAX_DEPTH = 512  # open elements; Blink, too, builds no deeper tree
MAX_REOPENED = 400_000  # copies of unclosed <b id=…>, <font …> … which a parser makes
MAX_ATTRIBUTES = 5_000  # of one tag, about
LONG_TAG = 10_000  # characters without ">" in which so many could be
FEW_TAGS = 8_000  # "<"; fewer can nest as they like: the worst takes a parser 0.1 s
CHEAP_TAGS = 2_500  # fewer cannot even reopen so much that it hurts: 0.1 to 0.4 s
CHEAP_COPIES = (CHEAP_TAGS // 2) ** 2  # as many as those: half of them opened, half reopening

TOO_DEEP = "too-deep"
TOO_LARGE = "too-large"

_FORMATTING = frozenset(
    (
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    )
)
# An open one is closed by the next: they do not nest.
_SELF_CLOSING = frozenset((
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "img", "hr", "input", "meta", "link",
    "area", "base", "col", "embed", "source", "wbr", "tbody", "thead", "tfoot", "param",
))  # fmt: skip
# Both cases are written out: without flags the search is twice as fast.
_FORMATTING_NAMES = "[bisuBISU]|" + "|".join(
    form for name in sorted(_FORMATTING) if len(name) > 1 for form in (name, name.upper())
)
_MARKED = re.compile(rf"<(?:{_FORMATTING_NAMES})[\s/]")  # with attributes; a parser reopens
# three of equal ones at most, and a new <a> closes the one before
_FORMAT_TAG = re.compile(rf"</?(?:{_FORMATTING_NAMES})(?=[\s/>])")
_TAG_NAME = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]{0,20})")


class Bounded(NamedTuple):
    """The part of a source that can be parsed, and what the rest was over, if there is one."""

    text: str
    over: str = ""  # TOO_DEEP, TOO_LARGE, or nothing


def bounded(text: str) -> Bounded:
    """
    The part of a page's source that can be parsed in linear time.

    It is cut where more than `MAX_DEPTH` elements are open or `MAX_REOPENED` copies would be
    made; pages of less than `FEW_TAGS` tags may nest deeper, since it costs little there.

    >>> bounded("<p>短讯</p>")
    Bounded(text='<p>短讯</p>', over='')
    >>> bounded("<div>" * 9000).over
    'too-deep'
    """
    if len(text) > MAX_SOURCE:
        return Bounded(bounded(text[:MAX_SOURCE]).text, TOO_LARGE)
    flooded = _flooded(text)
    if flooded >= 0:
        return Bounded(bounded(text[:flooded]).text, TOO_LARGE)
    tags = text.count("<")
    if tags < CHEAP_TAGS:
        return Bounded(text)
    if tags < FEW_TAGS and (
        len(_MARKED.findall(text)) * tags < CHEAP_COPIES or _unclosed(text) * tags < MAX_REOPENED
    ):
        return Bounded(text)
    cut = _nested(text)
    return Bounded(text) if cut < 0 else Bounded(text[:cut], TOO_DEEP)


def _unclosed(text: str) -> int:
    """The most formatting elements that are open at once."""
    opened: defaultdict[str, int] = defaultdict(int)
    now = most = 0
    for tag in _FORMAT_TAG.findall(text):
        if tag[1] != "/":
            opened[tag[1:]] += 1
            now += 1
            most = max(most, now)
        elif opened[tag[2:]]:
            opened[tag[2:]] -= 1
            now -= 1
    return most


def _nested(text: str) -> int:
    """Where too many elements are open, or -1. Each name closes only what it has opened."""
    opened: defaultdict[str, int] = defaultdict(int)
    depth = formatting = reopened = 0
    for at, tag in _tags(text):
        name = tag.lstrip("/")
        if name in _FORMATTING:
            formatting += _step(tag, name, opened)
        else:
            reopened += formatting
            if name not in _SELF_CLOSING:
                depth += _step(tag, name, opened)
        if depth + formatting > MAX_DEPTH or reopened > MAX_REOPENED:
            return at
    return -1


def _step(tag: str, name: str, opened: defaultdict[str, int]) -> int:
    """What a tag adds to the open elements: nothing when it closes what is not open."""
    if tag[0] != "/":
        opened[name] += 1
        return 1
    if not opened[name]:
        return 0
    opened[name] -= 1
    return -1


def _tags(text: str) -> Iterator[tuple[int, str]]:
    """Offset and name of all tags, "/" before those that close; none from inside scripts."""
    script = ""
    for found in _TAG_NAME.finditer(text):
        tag = found.group(1).lower()
        if script:
            if tag == script:
                script = ""
        elif tag in ("script", "style"):
            script = "/" + tag
        else:
            yield found.start(), tag


def _flooded(text: str) -> int:
    """Where a tag with too many attributes begins (each is compared with all before it), or -1."""
    step = LONG_TAG * 9 // 10
    start = 0  # behind a ">"; from one step to the next there is another one, or a long stretch
    while start + LONG_TAG < len(text):
        closed = text.find(">", start + step)
        closed = len(text) if closed < 0 else closed
        if closed - start > LONG_TAG:
            opened = text.rfind(">", start, start + step) + 1 or start
            if closed - opened > LONG_TAG and not text.endswith(_RAW_ENDS, opened, closed):
                flood = _flood(text[opened:closed])
                if flood >= 0:
                    return opened + flood
        start = closed + 1
    return -1


_RAW_ENDS = ("</script", "</style")


def _flood(chunk: str) -> int:
    """Where in a stretch without ">" a tag with too many attributes begins, or -1."""
    opened = _TAG_NAME.search(chunk)
    if not opened or ("</s" in chunk and any(end in chunk for end in _RAW_ENDS)):
        return -1
    at = opened.start()
    inside = chunk[at:]
    slashes = 0 if "data:" in inside else inside.count("/")
    many = len(inside.split()) + inside.count("=") + slashes > MAX_ATTRIBUTES
    return at if many else -1
