"""
One walk over a parsed page: elements as parallel lists, and the visible text as blocks.

Nothing here judges. The tree is only read: changing a Lexbor tree while it is being
traversed ends the process, so what is not shown is skipped by a flag that children inherit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.characters import VISIBLE
from cleaners.document import Role
from cleaners.html.bounds import MAX_DEPTH, TOO_DEEP, TOO_LARGE
from cleaners.html.page import Block, BlockLink, Page, block_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_NODES = 200_000  # nodes of the tree that are walked; a long forum thread has about 20,000
MAX_FACTS = 1_000  # meta and link elements that are read

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
_BLOCK, _INLINE, _LINK, _NOTED, _UNSEEN, _BREAK, _EMPTY = range(7)
_State = tuple[int, Role, int, int] | None
_Kind = tuple[str, int, Role | None]  # a tag's name, what it is to the walk, and its role
_FACT_TAGS = frozenset(("meta", "link", "title", "script", "base"))
_TEXT = 2  # Lexbor's tag id of a text node
_KIND_OF_TAG: Mapping[str, int] = {
    **dict.fromkeys(BLOCK_TAGS, _BLOCK),
    **dict.fromkeys(UNSEEN_TAGS, _UNSEEN),
    **dict.fromkeys(("br", "hr"), _BREAK),
    "a": _LINK,
    "img": _EMPTY,
    **dict.fromkeys(("time", "code"), _NOTED),
}
_ASCII_SPACE = re.compile(r"[ \t\r\n\f\v]{2,}|[\t\r\n\f\v]")  # but a space alone
_EDGES = " \t\r\n\f\v\u00a0\u3000\u200b\ufeff"


def walk(  # noqa: C901, PLR0912, PLR0915
    root: LexborNode,
    *,
    show_hidden: bool = False,
    links: bool = False,
    excluded: AbstractSet[int] = frozenset(),
) -> Page:
    """
    Every visible block of a page, in document order, with the elements around it.

    Inline tags do not break a block; block tags and `<br>` do, whatever their names. White
    space is collapsed to single spaces (not in `<pre>`). `show_hidden` keeps `display:none`,
    `links` notes where in its block each link stands; the elements `excluded`, by node id, are
    left out.
    """
    # One long function on purpose: it runs once a node, and calls cost more than the work.
    page = Page(root)
    blocks, plain, anchors, anchored = page.blocks, page.plain, page.anchors, page.anchored
    parents, tags, names, ids = page.parent, page.tag, page.name, page.node
    known: dict[int, _Kind] = {}  # by tag id
    # The elements whose text is not shown.
    hidden = _hidden(root, page.marked, show_hidden=show_hidden) | excluded
    pieces: list[str] = []
    linked_pieces: list[tuple[int, int]] = []  # place in `pieces` and number of the link
    link, count, over = 0, 0, ""
    role: Role = "paragraph"
    at = -1
    # What children inherit: innermost block element, role, the number of the link around them,
    # from 1, or 0, and how many block elements; None where nothing is shown. Inline elements are
    # on this stack only, not in the lists.
    state: _State = (-1, "paragraph", 0, 0)
    nodes: Iterator[LexborNode] = iter((root,))
    stack: list[tuple[Iterator[LexborNode], _State]] = []
    # Half of all nodes are the only child of their parent: they come next, without a turn on the
    # stack. `inner` is what the children of the element before inherit.
    inner: _State = None
    only: LexborNode | None = None
    while True:
        if only is None:
            node = next(nodes, None)
            if node is None:
                if not stack:
                    break
                nodes, state = stack.pop()
                continue
            here = state
        else:
            node, here, only = only, inner, None
        count += 1
        if count > MAX_NODES:
            over = TOO_LARGE
            break
        tag_id = node.tag_id
        if tag_id == _TEXT:
            if here is None:
                continue
            words = node.text_content or ""
            if words.isspace() and (words.isascii() or not pieces or here[0] != at):
                continue
            if pieces:
                if here[0] != at:
                    _close(blocks, plain, pieces, at, link, role, linked_pieces)
                    link = 0
                elif (before := node.prev) is not None and (space := _gap(before, hidden, known)):
                    pieces.append(space)
            at, role, linked, _ = here
            if linked:
                link += len(words.strip())
                if links:
                    linked_pieces.append((len(pieces), linked))
            pieces.append(words)
            continue
        try:
            tag, kind, own = known[tag_id]
        except KeyError:
            tag, kind, own = _kind_of(node, known)
        if here is None or kind >= _UNSEEN:
            if pieces:
                if kind == _BREAK:
                    _close(blocks, plain, pieces, at, link, role, linked_pieces)
                    link = 0
                    continue
                if (
                    here is not None
                    and here[0] == at
                    and (before := node.prev) is not None
                    and (space := _gap(before, hidden, known))
                ):
                    pieces.append(space)
            if kind >= _EMPTY:
                continue
            if tag in _FACT_TAGS:
                _read_fact(page, node, tag)
                continue
            if kind == _UNSEEN and tag != "head":
                continue
            inner = None
        elif kind == _BLOCK:
            mem_id = node.mem_id
            if mem_id in hidden:
                inner = None
            else:
                if pieces:
                    _close(blocks, plain, pieces, at, link, role, linked_pieces)
                    link = 0
                around, above_role, linked, depth = here
                if depth > MAX_DEPTH:
                    over = TOO_DEEP
                    break
                role_inside = _role(own, above_role) if own else above_role
                inner = (len(tags), role_inside, linked, depth + 1)
                parents.append(around)
                tags.append(tag)
                ids.append(mem_id)
                said = node.attributes
                name = ""
                if said:  # class and id, without a call
                    name = said.get("class") or ""
                    if "id" in said:
                        name = f"{name} {said['id'] or ''}"
                names.append(name)
        else:
            if (
                pieces
                and here[0] == at
                and (before := node.prev) is not None
                and (space := _gap(before, hidden, known))
            ):
                pieces.append(space)
            if hidden and node.mem_id in hidden:
                inner = None
            elif kind == _LINK:
                anchors.append(node)
                anchored.append(len(blocks) + (1 if pieces and here[0] != at else 0))
                inner = (here[0], here[1], len(anchors), here[3])
            else:
                inner = here
                if kind == _NOTED:
                    _note(page, tag, node.attributes, here[0])
        child = node.first_child
        if child is not None:
            if child.next is None:
                only = child
            else:
                stack.append((nodes, state))
                state = inner
                nodes = node.iter(include_text=True, skip_empty=True)
    if pieces:
        _close(blocks, plain, pieces, at, link, role, linked_pieces)
    return replace(page, over=over) if over else page


def _kind_of(node: LexborNode, known: dict[int, _Kind]) -> _Kind:
    """What a tag is, which is `known` from now on: its name is decoded at each access."""
    tag = node.tag or "-"
    kind = _EMPTY if tag[0] in "-!" else _KIND_OF_TAG.get(tag, _INLINE)  # a comment, the doctype
    known[node.tag_id] = found = tag, kind, ROLE_OF_TAG.get(tag)
    return found


def _gap(before: LexborNode | None, hidden: AbstractSet[int], known: dict[int, _Kind]) -> str:
    """
    The white space that a node is, or that stands at the end of it. Two of three text nodes are
    white space between tags, which the walk does not visit; this asks for the few that stand
    between two pieces of one block.
    """
    while before is not None:
        tag_id = before.tag_id
        if tag_id == _TEXT:
            space = before.text_content or ""
            return space if space.isspace() and space.isascii() else ""
        tag, kind, _ = known[tag_id] if tag_id in known else _kind_of(before, known)
        if (kind >= _UNSEEN and tag != "head") or (hidden and before.mem_id in hidden):
            return ""
        before = before.last_child
    return ""


def _close(
    blocks: list[Block],
    plain: list[int],
    pieces: list[str],
    at: int,
    link: int,
    role: Role,
    linked: list[tuple[int, int]],
) -> None:
    """End the current block: one line, or the lines of a `<pre>`."""
    raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
    links = _block_links(pieces, linked) if linked else ()
    pieces.clear()
    if role == "code":
        for line in raw.split("\n"):
            kept = line.rstrip(_EDGES)
            if kept:
                if link * 2 <= len(kept):
                    plain.append(len(blocks))
                blocks.append(Block(kept, at, min(link, len(kept)), role))
        return
    kept = raw.strip(_EDGES)
    if "\n" in kept or "  " in kept or "\t" in kept or "\r" in kept:
        kept = _ASCII_SPACE.sub(" ", kept)  # no-break and ideographic spaces stay inside a line
    if kept:
        if link * 2 <= len(kept):
            plain.append(len(blocks))
        elif link > len(kept):
            link = len(kept)
        blocks.append(block_of((kept, at, link, role, links)))


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


def _role(own: Role, above: Role) -> Role:
    return above if above == "code" or (above == "heading" and own == "list") else own


def _hidden(root: LexborNode, marked: list[LexborNode], *, show_hidden: bool) -> set[int]:
    """
    The elements whose text is not shown, by node id: visibility and opacity say nothing. The
    first two of the names stand inside of words, to be seen by nobody.

    Each search goes through the whole tree, so that microdata is found (`marked`) by the same.
    """
    found: set[int] = set()
    for node in root.css(".jammer, [class*=editsection], [style*=none i], [hidden], [itemprop]"):
        attributes = node.attributes
        if "itemprop" in attributes:
            marked.append(node)
        name, style = attributes.get("class") or "", attributes.get("style") or ""
        if (
            "jammer" in name
            or "editsection" in name
            or (
                not show_hidden
                and ("hidden" in attributes or "display:none" in "".join(style.split()).lower())
            )
        ):
            found.add(node.mem_id)
    return found


def _note(page: Page, tag: str, attributes: Mapping[str, str | None], around: int) -> None:
    """Keep what a <time> says, and what <code> says of the block `around` it."""
    if tag == "time":
        page.facts.append((tag, attributes, ""))
    else:
        page.code.setdefault(around, attributes.get("class") or "")


def _read_fact(page: Page, node: LexborNode, tag: str) -> None:
    if len(page.facts) >= MAX_FACTS:
        return
    if tag == "meta" and len(page.meta) < MAX_FACTS:
        attributes = node.attributes
        content = (attributes.get("content") or "").strip()
        for key in ("property", "name", "itemprop"):
            name = attributes.get(key)
            if name and content and (name := name.strip().lower()):
                page.meta.setdefault(name, content)
    elif tag in ("link", "base"):
        page.facts.append((tag, node.attributes, ""))
    elif tag == "title" or (tag == "script" and "ld+json" in (node.attributes.get("type") or "")):
        page.facts.append((tag, {}, node.text()))


def has_password(root: LexborNode) -> bool:
    """Whether a page has a field for a password."""
    return root.css_first("input[type=password i]") is not None
