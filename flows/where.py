"""
Conditions on the columns of a dataset, as `zhengben release --where` and readers give them.

    signals.han_share >= 0.5 AND NOT truncated AND source_name IN ('新华网', '人民网')
    text LIKE '%水利%' OR contains(title, '水利')
    @strict AND published BETWEEN '2023' AND '2024-12-31'

It is a part of SQL that DuckDB reads too and means the same there: comparisons, AND, OR, NOT,
LIKE, ILIKE, IN, BETWEEN, IS NULL, IS TRUE, IS FALSE, and the functions length, lower, contains
and starts_with. A row is taken when the condition is true; a comparison with null never is.
`@name` stands for a filter of flows/filters.py.

A parser of our own, because an error should say where it is, which columns there are and what
may stand there. Why not a library: docs/choices.md.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, NoReturn

import pyarrow as pa
import pyarrow.compute
from pyarrow.compute import Expression

from cleaners.errors import UsageError
from flows.filters import PRESETS

pc: Any = pyarrow.compute  # its functions are made at run time

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<text>'(?:[^']|'')*')|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<preset>@\w+)|(?P<mark><=|>=|<>|!=|==|[=<>(),])"
)
_WORDS = frozenset(
    {"AND", "OR", "NOT", "IN", "IS", "NULL", "TRUE", "FALSE", "LIKE", "ILIKE", "BETWEEN"}
)
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_NAMES = {"text": "text", "number": "a number", "truth": "true or false", "moment": "a moment"}
_NEAR = 3
DEEPEST = 50  # brackets; no reader counts that far
_ERROR_INDENT = len("    saw: ")


class _Token(NamedTuple):
    kind: str  # text, number, name, word, preset, mark or end
    said: str
    at: int  # characters from the beginning


class _Value(NamedTuple):
    """Something that can be compared."""

    expression: Any
    kind: str  # text, number, truth, moment, list or struct
    said: str
    literal: Any = None


def condition(where: str, schema: pa.Schema, *, said_by: str = "--where") -> Expression:
    """
    What an Arrow dataset or table is filtered with.

    said_by  what errors begin with: the option, or the function that was called

    UsageError: a column that `schema` does not have, a comparison of unlike things, or what
    is no condition; it says where.
    """
    return _Parser(where, schema, said_by).whole()


def spelled_out(where: str) -> str:
    """
    The same condition without names of filters, as SQL.

    >>> spelled_out("@lenient OR title = '@'").endswith(" OR title = '@'")
    True
    """
    parts: list[str] = []
    at = 0
    for token in _tokens(where):
        if token.kind == "preset":
            parts += where[at : token.at], f"({_preset(where, token)})"
            at = token.at + len(token.said)
    return "".join((*parts, where[at:]))


class _Parser:
    def __init__(self, where: str, schema: pa.Schema, said_by: str) -> None:
        self._where = where
        self._said_by = said_by
        self._schema = schema
        self._tokens = [*_tokens(where, said_by)]
        self._at = self._depth = 0

    def whole(self) -> Expression:
        made = self._either()
        if self._next.kind != "end":
            self._wrong(
                "the condition does not go on like this", "put AND or OR between conditions"
            )
        return made

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *said: str) -> bool:
        """Go on behind a word or mark, if it is the next."""
        if self._next.kind in ("word", "mark") and self._next.said in said:
            self._at += 1
            return True
        return False

    def _expect(self, said: str) -> None:
        if not self._take(said):
            self._wrong(f"{said} has to stand here", "")

    def _either(self) -> Expression:
        made = self._both()
        while self._take("OR"):
            made = made | self._both()
        return made

    def _both(self) -> Expression:
        made = self._negated()
        while self._take("AND"):
            made = made & self._negated()
        return made

    def _negated(self) -> Expression:
        negated = False
        while self._take("NOT"):
            negated = not negated
        made = self._single()
        return ~made if negated else made

    def _single(self) -> Expression:
        if self._take("("):
            self._depth += 1
            if self._depth > DEEPEST:
                self._wrong(f"more than {DEEPEST} brackets in each other", "")
            made = self._either()
            self._depth -= 1
            self._expect(")")
            return made
        if self._next.kind == "preset":
            text = _preset(self._where, self._next, self._said_by)
            self._at += 1
            return condition(text, self._schema, said_by=self._said_by)
        return self._predicate()

    def _predicate(self) -> Expression:
        began = self._next
        value = self._value()
        if self._take("IS"):
            return self._is(value)
        if self._next.said in _COMPARED and self._next.kind == "mark":
            compare = _COMPARED[self._next.said]
            self._at += 1
            return compare(value.expression, self._like_it(value, self._value()))
        negated = self._take("NOT")
        if self._take("LIKE", "ILIKE"):
            made = self._like(value, ignore_case=self._tokens[self._at - 1].said == "ILIKE")
        elif self._take("IN"):
            made = self._among(value)
        elif self._take("BETWEEN"):
            low = self._like_it(value, self._value())
            self._expect("AND")
            high = self._like_it(value, self._value())
            made = (value.expression >= low) & (value.expression <= high)
        elif negated:
            self._wrong("NOT stands before LIKE, IN or BETWEEN here", "")
        elif value.kind == "truth":
            return value.expression
        else:
            self._wrong(
                f"{value.said} is {_named(value.kind)} and no condition",
                "compare it with something: = != < <= > >= LIKE IN BETWEEN IS NULL",
                began,
            )
        return ~made if negated else made

    def _is(self, value: _Value) -> Expression:
        negated = self._take("NOT")
        if self._take("NULL"):
            made = value.expression.is_null()
        elif self._next.said in ("TRUE", "FALSE"):
            if value.kind != "truth":
                self._wrong(f"{value.said} is {_named(value.kind)}, neither true nor false", "")
            wanted = self._next.said == "TRUE"
            self._at += 1
            known = pc.coalesce(value.expression, not wanted)
            made = known if wanted else ~known
        else:
            self._wrong("IS asks for NULL, TRUE or FALSE", "compare values with =")
        return ~made if negated else made

    def _like(self, value: _Value, *, ignore_case: bool) -> Expression:
        self._must_be(value, "text", "LIKE")
        # Not Arrow's own LIKE, which misses what has a backslash between two %.
        any_of = {"%": ".*", "_": "."}
        pattern = "".join(any_of.get(c) or re.escape(c) for c in self._text())
        return pc.match_substring_regex(
            value.expression, rf"(?s)\A{pattern}\z", ignore_case=ignore_case
        )

    def _among(self, value: _Value) -> Expression:
        self._expect("(")
        values = [self._literal_of(value)]
        while self._take(","):
            values.append(self._literal_of(value))
        self._expect(")")
        found = value.expression.isin([one for one in values if one is not None])
        return pc.if_else(value.expression.is_valid(), found, pa.scalar(None, pa.bool_()))

    def _literal_of(self, value: _Value) -> Any:  # noqa: ANN401  whatever the column holds
        other = self._value()
        self._like_it(value, other)
        if other.literal is None:
            self._wrong("IN takes values, not columns", "write column = column OR …")
        return _moment(other.literal) if value.kind == "moment" else other.literal

    def _value(self) -> _Value:
        token = self._next
        self._at += 1
        if token.kind == "text":
            said = token.said[1:-1].replace("''", "'")
            return _Value(pc.scalar(said), "text", token.said, said)
        if token.kind == "number":
            number = float(token.said) if set(token.said) & set(".eE") else int(token.said)
            return _Value(pc.scalar(number), "number", token.said, number)
        if token.kind == "word" and token.said in ("TRUE", "FALSE"):
            truth = token.said == "TRUE"
            return _Value(pc.scalar(truth), "truth", token.said, truth)
        if token.kind == "name":
            called = self._next.kind == "mark" and self._next.said == "("
            return self._function(token) if called else self._column(token)
        self._at -= 1
        if token.kind == "end":
            self._wrong("the condition ends too early", "")
        return self._wrong("a column, a value or a condition has to stand here", "")

    def _function(self, token: _Token) -> _Value:
        name = token.said.lower()
        if name not in ("length", "lower", "contains", "starts_with"):
            self._wrong(
                f"there is no function {token.said}",
                "there are length, lower, contains and starts_with",
                token,
            )
        self._expect("(")
        value = self._value()
        if name == "length":
            if value.kind not in ("text", "list"):
                self._wrong(f"{value.said} is {_named(value.kind)} and has no length", "", token)
            count = pc.utf8_length if value.kind == "text" else pc.list_value_length
            made = _Value(count(value.expression), "number", f"length({value.said})")
        else:
            self._must_be(value, "text", name)
            if name == "lower":
                made = _Value(pc.utf8_lower(value.expression), "text", f"lower({value.said})")
            else:
                self._expect(",")
                match = pc.match_substring if name == "contains" else pc.starts_with
                made = _Value(match(value.expression, self._text()), "truth", name)
        self._expect(")")
        return made

    def _text(self) -> str:
        if self._next.kind != "text":
            self._wrong("text in single quotes has to stand here", "'…'")
        literal = self._value().literal
        return str(literal)

    def _column(self, token: _Token) -> _Value:
        path = token.said.split(".")
        kind: pa.DataType = pa.struct(list(self._schema))
        for depth, name in enumerate(path):
            if not pa.types.is_struct(kind):
                self._no_field(token, ".".join(path[:depth]), kind)
            names = [field.name for field in kind]
            if name not in names:
                self._no_column(token, ".".join(path[:depth]), name, names)
            kind = kind.field(name).type
        return _Value(pc.field(*path), _kind(kind), token.said)

    def _no_field(self, token: _Token, above: str, kind: pa.DataType) -> NoReturn:
        if pa.types.is_list(kind):
            self._wrong(f"{above} is a list", f"length({above}) is what can be asked of it", token)
        self._wrong(f"{above} has no fields", "", token)

    def _no_column(self, token: _Token, above: str, name: str, names: Sequence[str]) -> NoReturn:
        near = difflib.get_close_matches(name, names, _NEAR, 0.6) or names
        full = [f"{above}.{one}" if above else one for one in near]
        what = f"there is no column {token.said}"
        before = self._tokens[max(0, self._tokens.index(token) - 1)]
        if before.said in _COMPARED:
            what += f"; text stands in single quotes: '{token.said}'"
        self._wrong(
            what, f"{'perhaps' if len(near) <= _NEAR else 'there are'} {', '.join(full)}", token
        )

    def _must_be(self, value: _Value, kind: str, what: str) -> None:
        if value.kind != kind:
            self._wrong(f"{what} asks for text, and {value.said} is {_named(value.kind)}", "")

    def _like_it(self, value: _Value, other: _Value) -> Any:  # noqa: ANN401
        """The other side of a comparison, as an expression of the same kind."""
        here = self._tokens[self._at - 1]
        if value.kind in ("list", "struct") or other.kind in ("list", "struct"):
            of = value if value.kind in ("list", "struct") else other
            self._wrong(f"{of.said} is {_named(of.kind)} and cannot be compared", "", here)
        if value.kind == "moment" and other.kind == "text" and other.literal is not None:
            try:
                return pc.scalar(pa.scalar(_moment(other.literal), pa.timestamp("us", "UTC")))
            except ValueError:
                self._wrong(
                    f"{other.said} is no moment", "write '2024-03-05' or '2024-03-05T10:30'", here
                )
        if value.kind != other.kind:
            self._wrong(
                f"{value.said} is {_named(value.kind)}, and {other.said} is {_named(other.kind)}",
                "compare like with like: numbers without quotes, text in single quotes",
                here,
            )
        return other.expression

    def _wrong(self, what: str, do: str, at: _Token | None = None) -> NoReturn:
        _wrong(self._said_by, self._where, what, do, (at or self._next).at)


def _tokens(where: str, said_by: str = "--where") -> Iterator[_Token]:
    at = 0
    while at < len(where):
        m = _TOKEN.match(where, at)
        if m is None:
            quote = where[at] in "'\"‘’“”"
            do = "text stands in single quotes that are closed: '…'" if quote else ""
            _wrong(said_by, where, f"{where[at]} means nothing here", do, at)
        kind, said = str(m.lastgroup), m[0]
        if kind == "name" and said.upper() in _WORDS:
            kind, said = "word", said.upper()
        if kind != "space":
            yield _Token(kind, said, at)
        at = m.end()
    yield _Token("end", "", at)


def _preset(where: str, token: _Token, said_by: str = "--where") -> str:
    name = token.said[1:]
    if name not in PRESETS:
        _wrong(
            said_by,
            where,
            f"there is no filter {token.said}",
            f"there are @{', @'.join(PRESETS)}",
            token.at,
        )
    return PRESETS[name]


def _wrong(said_by: str, where: str, what: str, do: str, at: int) -> NoReturn:
    """The place is shown under the condition; Chinese characters are two columns wide."""
    wide = sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in where[:at])
    pointer = f"\n{' ' * (_ERROR_INDENT + wide)}^" if "\n" not in where else ""
    raise UsageError(said_by, f"{what} (character {at + 1})", saw=f"{where}{pointer}", do=do)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_string(kind):
        return "text"
    if pa.types.is_boolean(kind):
        return "truth"
    if pa.types.is_timestamp(kind):
        return "moment"
    if pa.types.is_list(kind):
        return "list"
    return "struct" if pa.types.is_struct(kind) else "number"


def _named(kind: str) -> str:
    return _NAMES.get(kind, f"a {kind}")


def _moment(said: str) -> datetime:
    made = datetime.fromisoformat(said)
    return made.replace(tzinfo=UTC) if made.tzinfo is None else made
