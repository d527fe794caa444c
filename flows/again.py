"""
A page that was cleaned before, cleaned once more: what verifying and re-cleaning share.

The raw bytes come out of the archive, by the place and digest that a row names. Which form
a text had, and by which packs it was cleaned, stands in the row as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cleaners.clean import clean, clean_parts
from cleaners.compare import VERSION as COMPARE_VERSION
from cleaners.document import Document, RawPage, Rejected
from cleaners.normalise import PLAIN, SCRIPTS, Form, form_of, step_names
from cleaners.rules import Rules
from cleaners.script import FormError, Script
from flows.archive import read_article

Results = list[Document | Rejected]


def clean_again(
    archive: Path,
    file: str,
    offset: int,
    sha256: str,
    rules: Rules,
    form: Form = PLAIN,
    *,
    links: bool = False,
) -> Results:
    """
    What the archived page, or the article in parts, gives with these rules.

    ArchiveError: its bytes cannot be had, or are others than `sha256` says.
    """
    pages = read_article(archive, file, offset, sha256)
    results = clean_pages(pages, rules, form, links=links)
    return [
        replace(
            result,
            provenance=replace(result.provenance, archive_file=file, archive_offset=offset),
        )
        for result in results
    ]


def clean_pages(
    pages: Sequence[RawPage], rules: Rules, form: Form = PLAIN, *, links: bool = False
) -> Results:
    """One page, or the parts of an article, as ingestion cleans them."""
    if len(pages) == 1:
        return clean(pages[0], rules, form=form, links=links)
    return clean_parts(pages, rules, form=form)


def packs_for(rules: Rules) -> Callable[[str], tuple[str, ...]]:
    """What the provenance of a page says in `packs` when these rules clean it, by its source."""

    @cache
    def of_host(host: str) -> tuple[str, ...]:
        return (*rules.for_host(host).names, f"compare@{COMPARE_VERSION}")

    return lambda source: of_host(urlsplit(source).hostname or "")


@cache
def form_today(steps: tuple[str, ...]) -> Form:
    """
    The form that has the steps of these names, whatever their versions were then.

    >>> form_today(("characters@0", "lines@0", "punctuation@0", "gaps@0"))
    Form(off=frozenset({'spaces'}), script='')

    FormError: a script is converted, and OpenCC is not installed.
    """
    bare = {name.partition("@")[0] for name in steps}
    scripts: list[Script] = [script for script in SCRIPTS if f"script-{script}" in bare]
    known = step_names(Form(script=scripts[0] if scripts else ""))
    return form_of([name for name in known if name.partition("@")[0] in bare])


def can_take(steps: Iterable[str]) -> str:
    """Why these very steps cannot be taken here; "" when they can."""
    try:
        form_of(tuple(steps))
    except FormError as error:
        return f"{error.what}: {error.saw or error.do}"
    return ""
