"""
One row and its page: which column is the text, which is its name, and the rest as facts.

The text of a row is decoded already, so nothing is guessed about its bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

from cleaners.errors import UsageError
from flows.found import Columns, Fact, Unreadable

TEXT_COLUMNS = ("text", "content", "body", "article", "raw_content", "正文", "内容", "全文")
HTML_COLUMNS = ("html", "raw_html")
FACT_CHARACTERS = 1 << 14  # of a column that is kept beside the text; longer ones are texts, too
ID_CHARACTERS = 500
BAD_ROW = "bad-row"
NO_COLUMN = "no-text-column"
TEXT_TYPE = "text/plain; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"

Row = tuple[bytes, str, str, tuple[Fact, ...]]  # body, its content type, id, facts


def choose(columns: Columns, names: Iterable[str]) -> Columns | str:
    """
    The columns to use among those that are there; or the first that is missing.

    "" says that nobody named the text's column, and none has the name of one.

    >>> choose(Columns(), ["id", "content"]), choose(Columns(text="正文"), ["id"])
    (Columns(text='content', html='', id=''), '正文')
    """
    names = list(names)
    for wanted in (columns.text, columns.html, columns.id):
        if wanted and wanted not in names:
            return wanted
    if columns.text or columns.html:
        return columns
    known = {name.strip().lower(): name for name in reversed(names)}
    text = next((known[name] for name in TEXT_COLUMNS if name in known), "")
    html = "" if text else next((known[name] for name in HTML_COLUMNS if name in known), "")
    return Columns(text, html, columns.id) if text or html else ""


def missing(where: str, column: str, names: Iterable[str]) -> UsageError:
    """The error that says which columns there are."""
    there = "、".join(str(name)[:60] for name in list(names)[:30]) or "none"
    if column:
        return UsageError(where, f"has no column {column!r}", saw=f"columns {there}")
    do = "name the one with the text: --text-column NAME, or --html-column NAME"
    return UsageError(
        where, "has no column that is the text for sure", saw=f"columns {there}", do=do
    )


def no_column(column: str, names: Iterable[str]) -> Unreadable:
    """The same as the reject of a file that nobody named himself."""
    error = missing("it", column, names)
    return Unreadable(NO_COLUMN, " ".join(str(error).split()))


def of_json(line: bytes, columns: Columns) -> Row | Unreadable:
    """A line of JSONL."""
    try:
        values = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "strict"))
    except UnicodeDecodeError as error:
        return Unreadable(BAD_ROW, f"it is not UTF-8: {error.reason} at byte {error.start}")
    except ValueError as error:
        return Unreadable(BAD_ROW, f"it is no JSON: {str(error)[:200]}")
    except RecursionError:
        return Unreadable(BAD_ROW, "it is JSON that is nested too deeply")
    if not isinstance(values, dict):
        return Unreadable(BAD_ROW, f"it is no JSON object but {type(values).__name__}")
    return of_values(cast("Mapping[str, Any]", values), columns)


def of_values(values: Mapping[str, Any], columns: Columns) -> Row | Unreadable:
    """
    A row by the names of its columns.

    >>> of_values({"text": "正文。", "id": 7, "n": None, "tags": ["a"]}, Columns("text", "", "id"))[2:]
    ('7', (('id', 7, 'column:id'),))
    """
    column, kind = (columns.text, TEXT_TYPE) if columns.text else (columns.html, HTML_TYPE)
    if column not in values:
        return Unreadable(BAD_ROW, f"it has no column {column!r}")
    text = values[column]
    if isinstance(text, bytes):
        kind = kind.partition(";")[0]  # bytes are as they came, in whatever encoding
    elif isinstance(text, str):
        text = text.encode("utf-8", "replace")
    else:
        said = "empty (null)" if text is None else f"{type(text).__name__} and no text"
        return Unreadable(BAD_ROW, f"its column {column!r} is {said}")
    name = values.get(columns.id) if columns.id else None
    facts = tuple(
        (str(key), value, f"column:{key}")
        for key, value in values.items()
        if key != column and _is_fact(value)
    )
    return text, kind, "" if name is None else str(name)[:ID_CHARACTERS], facts


def _is_fact(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return 0 < len(value) <= FACT_CHARACTERS
    return isinstance(value, bool | int)
