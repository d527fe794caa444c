"""
One walk over a parsed page: elements as parallel lists, and the visible text as blocks.

Nothing here judges. The tree is only read: changing a Lexbor tree while it is being
traversed ends the process, so what is not shown is skipped by a flag that children inherit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from cleaners.characters import VISIBLE
from cleaners.document import Role

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_NODES = 200_000  # nodes of the tree that are walked; a long forum thread has about 20,000
MAX_DEPTH = 512  # open elements; Blink, too, builds no deeper tree
MAX_REOPENED = 400_000  # copies of unclosed <b>, <font> …, which a parser makes in each paragraph
MAX_ATTRIBUTES = 5_000  # of one tag, about
LONG_TAG = 10_000  # characters without ">" in which so many could be
MAX_FACTS = 1_000  # meta and link elements that are read
CHEAP_TAGS = 500  # below so many "<" no nesting can cost much, and the source is not scanned

UNSEEN_TAGS = _words(
    "script style noscript template svg iframe select textarea object canvas head title button "
    "input datalist audio video map math meta link base noframes noembed"
)
BLOCK_TAGS = _words(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html "
    "legend li main menu nav ol optgroup option p pre section summary table tbody td tfoot th "
    "thead tr ul listing xmp"
)
ROLE_OF_TAG: Mapping[str, Role] = {
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "li": "list",
    "dt": "list",
    "dd": "list",
    "td": "table",
    "th": "table",
    "pre": "code",
    "listing": "code",
    "xmp": "code",
    "figcaption": "caption",
    "caption": "caption",
}
_INLINE, _BLOCK, _UNSEEN, _BREAK = range(4)
_LINK, _PLAIN = 4, 5  # their attributes are not looked at
_State = tuple[int, Role, int] | None
_TOP: _State = (-1, "paragraph", 0)
_FACT_TAGS = frozenset(("meta", "link", "title", "script", "base"))
_NOTED = frozenset(("time", "code", "ol", "li", "td", "th"))
_SAYINGS = frozenset(("start", "value", "colspan", "rowspan"))
_TEXT = 2  # Lexbor's tag id of a text node
_KIND_OF_TAG: Mapping[str, int] = {
    **dict.fromkeys(BLOCK_TAGS, _BLOCK),
    **dict.fromkeys(UNSEEN_TAGS, _UNSEEN),
    **dict.fromkeys(("br", "hr"), _BREAK),
    "a": _LINK,
    **dict.fromkeys(("b", "strong", "em", "i", "u", "img", "big", "small", "sup", "sub"), _PLAIN),
}
_SELF_CLOSING = _words(  # an open one is closed by the next: they do not nest
    "p li td th tr dt dd option br img hr input meta link area base col embed source wbr "
    "tbody thead tfoot param"
)
_FORMATTING = _words("a b big code em font i nobr s small strike strong tt u")
_TAG_NAME = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]{0,20})")
_ASCII_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_EDGES = " \t\r\n\f\v\u00a0\u3000\u200b\ufeff"


class _Steps(dict[str, int]):
    """What a tag adds to the nesting; those not in it nest."""

    def __missing__(self, tag: str) -> int:
        return -1 if tag[0] == "/" else 1


_STEPS = _Steps(
    {
        slash + tag: step
        for tag in (*BLOCK_TAGS, *_FORMATTING)
        for slash, step in (("", 1), ("/", -1))
    }
    | {slash + tag: 0 for tag in _SELF_CLOSING for slash in ("", "/")}
)


@dataclass(frozen=True, slots=True)
class Block:
    """One line of visible text, and where it stood."""

    text: str
    at: int  # index of the innermost block element around it
    link: int  # characters of `text` inside links
    role: Role
    links: tuple[BlockLink, ...] = ()  # only when they were asked for


class BlockLink(NamedTuple):
    """A link in a block: the `start`-th to the `end`-th visible character, and which `anchor`."""

    start: int
    end: int
    anchor: int  # index into Page.anchors


@dataclass(frozen=True, slots=True)
class Page:
    """The block elements in document order (parallel lists; 0 is <html>) and the blocks."""

    parent: list[int] = field(default_factory=list)  # index of the parent; -1 for the root
    tag: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)  # class and id, as written
    blocks: list[Block] = field(default_factory=list)
    facts: list[tuple[str, Mapping[str, str | None], str]] = field(default_factory=list)
    # <link>, <base>, <title>, <time> and JSON-LD: tag, attributes, text
    meta: dict[str, str] = field(default_factory=dict)  # content by name, lower case; first wins
    anchors: list[tuple[LexborNode, int]] = field(default_factory=list)
    # each <a>, and the number of the block in which it begins
    said: dict[int, Mapping[str, str | None]] = field(default_factory=dict)
    # by element, what lists, cells and code say: start, value, colspan, rowspan, code
    whole: bool = True  # False: the page was larger than the limits

    def of(self, tag: str) -> list[Mapping[str, str | None]]:
        """The attributes of the facts of one tag."""
        return [attributes for name, attributes, _ in self.facts if name == tag]


def bounded(text: str) -> tuple[str, bool]:
    """
    The part of a page's source that can be parsed in linear time, and whether that is all.

    A parser looks through all open elements at nearly every tag, and copies unclosed formatting
    into every new paragraph: 165 KB of that took 5 GB and 11 s in Lexbor. The source is cut
    where more than `MAX_DEPTH` elements are open or `MAX_REOPENED` copies would be made.

    >>> bounded("<p>短讯</p>")
    ('<p>短讯</p>', True)
    >>> bounded("<div>" * 9000)[1]
    False
    """
    flooded = _flooded(text)
    if flooded >= 0:
        return bounded(text[:flooded])[0], False
    if text.count("<") < CHEAP_TAGS:
        return text, True
    depths = list(accumulate(map(_STEPS.__getitem__, _TAG_NAME.findall(text)), initial=0))
    most = max(depths) - min(depths)  # no fewer than are ever open
    if most < MAX_DEPTH and most * len(depths) < MAX_REOPENED:
        return text, True
    depth, formatting, reopened, script = 0, 0, 0, ""
    for found in _TAG_NAME.finditer(text):
        tag = found.group(1).lower()
        if script:
            if tag == script:
                script = ""
        elif tag in ("script", "style"):
            script = "/" + tag
        elif tag.lstrip("/") in _FORMATTING:
            formatting = max(formatting - 1, 0) if tag[0] == "/" else formatting + 1
        else:
            depth = max(depth + _STEPS[tag], 0)
            reopened += formatting
        if depth + formatting > MAX_DEPTH or reopened > MAX_REOPENED:
            return text[: found.start()], False
    return text, True


def _flooded(text: str) -> int:
    """Where a tag with too many attributes begins (each is compared with all before it), or -1."""
    half = LONG_TAG // 2  # so much without ">" lies on one of these steps whole
    if all(text.find(">", start, start + half) >= 0 for start in range(0, len(text) - half, half)):
        return -1
    at = 0
    for chunk in text.split(">"):
        if len(chunk) > LONG_TAG and "</script" not in chunk and "</style" not in chunk:
            opened = _TAG_NAME.search(chunk)
            inside = chunk[opened.start() :] if opened else ""
            slashes = 0 if "data:" in inside else inside.count("/")
            if len(inside.split()) + inside.count("=") + slashes > MAX_ATTRIBUTES:
                return at + (opened.start() if opened else 0)
        at += len(chunk) + 1
    return -1


def walk(  # noqa: C901, PLR0912, PLR0915
    root: LexborNode, *, show_hidden: bool = False, links: bool = False
) -> Page:
    """
    Every visible block of a page, in document order, with the elements around it.

    Inline tags do not break a block; block tags and `<br>` do, whatever their names. White
    space is collapsed to single spaces (not in `<pre>`). `show_hidden` keeps `display:none`,
    `links` notes where in its block each link stands.
    """
    # One long function on purpose: it runs once a node, and calls cost more than the work.
    page = Page()
    parents, tags, names = page.parent, page.tag, page.name
    # What a node's children inherit, by node id: innermost block element, role, the number of the
    # link around them, from 1, or 0; None where nothing is shown. Inline elements are kept here only, not in the lists.
    inherited: dict[int, _State] = {}
    known: dict[int, str] = {}  # tag id -> tag: the name is decoded anew at each access
    styles: dict[str, bool] = {}  # verdict per style attribute: they repeat
    pieces: list[str] = []
    linked_pieces: list[tuple[int, int]] = []  # place in `pieces` and number of the link
    link, count = 0, 0
    role: Role = "paragraph"
    at, state = -1, _TOP
    for count, node in enumerate(root.traverse(include_text=True)):
        tag_id = node.tag_id
        if tag_id == _TEXT:
            words = node.text_content or ""
            if not pieces and words.isspace():
                continue
            above = node.parent
            state = _TOP if above is None else inherited.get(above.mem_id, _TOP)
            if state is None:
                continue
            if state[0] != at and pieces:
                if words.isspace():
                    continue
                _close(page, pieces, at, link, role, linked_pieces)
                link = 0
            at, role, linked = state
            if linked:
                link += len(words.strip())
                if links:
                    linked_pieces.append((len(pieces), linked))
            pieces.append(words)
            continue
        tag = known.get(tag_id)
        if tag is None:
            tag = known[tag_id] = node.tag or "-"
        kind = _KIND_OF_TAG.get(tag, _INLINE)
        if kind == _BREAK:
            if pieces:
                _close(page, pieces, at, link, role, linked_pieces)
                link = 0
            continue
        if tag[0] in "-!":
            continue
        if count >= MAX_NODES:
            break
        above = node.parent
        state = _TOP if above is None else inherited.get(above.mem_id, _TOP)
        if kind == _UNSEEN or state is None:
            inherited[node.mem_id] = None
            if tag in _FACT_TAGS:
                _read_fact(page, node, tag)
            continue
        name = ""
        if kind < _LINK:
            attributes = node.attributes
            if attributes:
                name = attributes.get("class") or ""
                own_id = attributes.get("id")
                if own_id:
                    name = f"{name} {own_id}"
                if not show_hidden and _is_hidden(attributes, name, styles):
                    inherited[node.mem_id] = None
                    continue
                if tag in _NOTED:
                    _note(page, tag, attributes, state[0])
        if kind == _BLOCK:
            if pieces:
                _close(page, pieces, at, link, role, linked_pieces)
                link = 0
            around, above_role, linked = state
            state = (len(tags), _role(tag, above_role), linked)
            parents.append(around)
            tags.append(tag)
            names.append(name)
        elif kind == _LINK:
            page.anchors.append((node, len(page.blocks) + (state[0] != at and bool(pieces))))
            state = (state[0], state[1], len(page.anchors))
        inherited[node.mem_id] = state
    if pieces:
        _close(page, pieces, at, link, role, linked_pieces)
    return page if count < MAX_NODES else replace(page, whole=False)


def _close(
    page: Page, pieces: list[str], at: int, link: int, role: Role, linked: list[tuple[int, int]]
) -> None:
    """End the current block: one line, or the lines of a `<pre>`."""
    raw = "".join(pieces)
    links = _block_links(pieces, linked) if linked else ()
    pieces.clear()
    if role == "code":
        for line in raw.split("\n"):
            kept = line.rstrip(_EDGES)
            if kept:
                page.blocks.append(Block(kept, at, min(link, len(kept)), role))
        return
    kept = _collapse(raw)
    if kept:
        page.blocks.append(Block(kept, at, min(link, len(kept)), role, links))


def _block_links(pieces: Sequence[str], linked: list[tuple[int, int]]) -> tuple[BlockLink, ...]:
    """Where the links of a block stand, one for all pieces of one link; `linked` is emptied."""
    found: list[BlockLink] = []
    rank = at = 0
    for place, number in linked:
        rank += sum(len(VISIBLE.findall(piece)) for piece in pieces[at:place])
        end = rank + len(VISIBLE.findall(pieces[place]))
        if found and found[-1].anchor == number - 1 and found[-1].end == rank:
            found[-1] = found[-1]._replace(end=end)
        elif rank < end:
            found.append(BlockLink(rank, end, number - 1))
        rank, at = end, place + 1
    linked.clear()
    return tuple(found)


def _role(tag: str, above: Role) -> Role:
    own = ROLE_OF_TAG.get(tag)
    if own is None or above == "code" or (above == "heading" and own == "list"):
        return above
    return own


def _is_hidden(attributes: Mapping[str, str | None], name: str, styles: dict[str, bool]) -> bool:
    if "hidden" in attributes or "jammer" in name:
        return True
    style = attributes.get("style")
    if not style:
        return False
    verdict = styles.get(style)
    if verdict is None:
        verdict = styles[style] = "display:none" in "".join(style.split()).lower()
    return verdict


def _note(page: Page, tag: str, attributes: Mapping[str, str | None], around: int) -> None:
    """Keep what a <time> says, what <code> says of the block `around` it, or the next element."""
    if tag == "time":
        page.facts.append((tag, attributes, ""))
    elif tag == "code":
        page.said.setdefault(around, {"code": attributes.get("class")})
    elif not _SAYINGS.isdisjoint(attributes):
        page.said[len(page.tag)] = attributes


def _read_fact(page: Page, node: LexborNode, tag: str) -> None:
    if len(page.facts) >= MAX_FACTS:
        return
    if tag == "meta" and len(page.meta) < MAX_FACTS:
        attributes = node.attributes
        content = (attributes.get("content") or "").strip()
        for key in ("property", "name", "itemprop"):
            name = (attributes.get(key) or "").strip().lower()
            if name and content:
                page.meta.setdefault(name, content)
    elif tag in ("link", "base"):
        page.facts.append((tag, node.attributes, ""))
    elif tag == "title" or (tag == "script" and "ld+json" in (node.attributes.get("type") or "")):
        page.facts.append((tag, {}, node.text()))


def _collapse(text: str) -> str:
    """
    ASCII white space runs as one space; no-break and ideographic spaces stay inside a line.

    >>> _collapse('　　甲\\n  乙　丙 ')
    '甲 乙　丙'
    """
    text = text.strip(_EDGES)
    if "\n" in text or "\t" in text or "  " in text or "\r" in text:
        return _ASCII_SPACE.sub(" ", text)
    return text
