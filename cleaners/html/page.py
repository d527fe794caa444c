"""What the walk over a page leaves: its elements as parallel lists, and its text as blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cleaners.document import Role

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


class Block(NamedTuple):
    """One line of visible text, and where it stood."""

    text: str
    at: int  # index of the innermost block element around it
    link: int  # characters of `text` inside links
    role: Role
    links: tuple[BlockLink, ...] = ()  # only when they were asked for


# As Block(…), in half the time: most of what a page shows is a block of its own.
block_of: Callable[[tuple[str, int, int, Role, tuple[BlockLink, ...]]], Block]
block_of = partial(tuple.__new__, Block)


class BlockLink(NamedTuple):
    """A link in a block: the `start`-th to the `end`-th visible character, and which `anchor`."""

    start: int
    end: int
    anchor: int  # index into Page.anchors


@dataclass(frozen=True, slots=True)
class Page:
    """
    The block elements in document order (parallel lists; 0 is <html>) and the blocks.

    Their nodes are not kept: thousands of them would have to be held, freed, and counted by
    Python's garbage collector. The few that are asked for are found by their ids.
    """

    root: LexborNode | None = None
    parent: list[int] = field(default_factory=list)  # index of the parent; -1 for the root
    tag: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)  # class and id, as written
    node: list[int] = field(default_factory=list)  # id of the node
    blocks: list[Block] = field(default_factory=list)
    plain: list[int] = field(default_factory=list)  # the blocks that are not mostly links
    facts: list[tuple[str, Mapping[str, str | None], str]] = field(default_factory=list)
    # <link>, <base>, <title>, <time> and JSON-LD: tag, attributes, text
    meta: dict[str, str] = field(default_factory=dict)  # content by name, lower case; first wins
    anchors: list[LexborNode] = field(default_factory=list)  # each <a>
    anchored: list[int] = field(default_factory=list)  # the block in which it begins
    marked: list[LexborNode] = field(default_factory=list)  # elements with microdata
    code: dict[int, str] = field(default_factory=dict)  # class of the <code> in an element
    over: str = ""  # the limit that the page was over, if any: `bounds.TOO_DEEP`, `TOO_LARGE`
    found: dict[str, dict[int, LexborNode]] = field(default_factory=dict)  # by `says`: tag, id

    def says(self, at: int, attribute: str) -> str | None:
        """An attribute of a block element."""
        tag = self.tag[at]
        if tag not in self.found:
            nodes = self.root.css(tag) if self.root else ()
            self.found[tag] = {node.mem_id: node for node in nodes}
        return self.found[tag][self.node[at]].attributes.get(attribute)

    def end(self, at: int) -> int:
        """The index after all elements that stand in an element."""
        parent = self.parent
        for after in range(at + 1, len(parent)):
            if parent[after] < at:
                return after
        return len(parent)

    def is_in(self, at: int, above: int) -> bool:
        """Whether an element is another one, or stands in it."""
        while at > above:
            at = self.parent[at]
        return at == above

    def of(self, tag: str) -> list[Mapping[str, str | None]]:
        """The attributes of the facts of one tag."""
        return [attributes for name, attributes, _ in self.facts if name == tag]
