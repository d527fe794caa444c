"""
How one site lays out its pages: CSS selectors that say where the text is, as rows of a pack.

A row overrides the general method of `cleaners.html` on the hosts of its pack. It proves itself
when it is read (`cleaners.prove_sites`), on an imitation of the page that it was written for;
`test_url` and `phrase` say on which page of the site it can be tried again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from cleaners.errors import RulePackError

FACTS = ("title", "published", "author", "source")


@dataclass(frozen=True, slots=True)
class Site:
    """A row [[site]] of a pack. Selectors are CSS; the first that finds something counts."""

    body: tuple[str, ...]  # the elements that hold the text; all that one selector finds
    test_url: str
    phrase: str  # stands in the text of the page at `test_url`
    page: str  # a short imitation of that page, to prove the row without a network
    exclude: tuple[str, ...] = ()  # elements that are no text; all of them go
    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    pack: str = ""

    def facts(self) -> Mapping[str, Sequence[str]]:
        """The selectors of what the page says about its text, by the name of the fact."""
        found: dict[str, Sequence[str]] = {name: getattr(self, name) for name in FACTS}
        return {name: selectors for name, selectors in found.items() if selectors}


SELECTORS = ("body", "exclude", *FACTS)
_HOW_TO = {
    "body": "name the element that holds the text:  body = ['#content']",
    "test_url": "give the address of a page that the selectors were written for",
    "phrase": "give a few words that stand in the text of that page",
    "page": "give a short imitation of that page:  page = '''<div id=content>…</div>'''",
}


def read_site(where: str, row: Mapping[str, Any], hosts: Iterable[str], pack: str) -> Site:
    """One row [[site]] as a value. Raises RulePackError: where, what, what it saw, what to do."""
    known = {field.name for field in fields(Site)} - {"pack"}
    if unknown := row.keys() - known:
        raise RulePackError(
            where,
            f"does not know the key {min(unknown)!r}",
            do=f"it knows {', '.join(sorted(known))}",
        )
    if not hosts:
        raise RulePackError(
            where, "needs the hosts of its pack", do='write  hosts = ["news.example.com"]  above'
        )
    for key, how in _HOW_TO.items():
        if not row.get(key):
            raise RulePackError(where, f"needs {key}", do=how)
    for key in ("test_url", "phrase", "page"):
        if not isinstance(row[key], str):
            raise RulePackError(where, f"{key} must be a text", saw=repr(row[key])[:60])
    body, exclude, *facts = (_selectors(where, key, row.get(key, [])) for key in SELECTORS)
    return Site(body, row["test_url"], row["phrase"], row["page"], exclude, *facts, pack=pack)


def _selectors(where: str, key: str, value: object) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(
        isinstance(one, str) and one.strip() for one in cast("list[object]", values)
    ):
        raise RulePackError(
            where,
            f"{key} must be a selector or a list of selectors",
            saw=repr(value)[:60],
            do=f"{key} = ['h1.title', '#title']",
        )
    return tuple(cast("list[str]", values))
