"""
CSV, TSV and Parquet: rows with the names of their columns at the head.

Rows are numbered from 1, without the header. They are read here, a few at a time, and
travel with their text: a field with a line feed in it, or a row in the middle of a
row group, is no place that somebody else could go to.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from cleaners.encoding import Decoded, decode
from flows.containers.codecs import RefusedError, refusing, too_large
from flows.containers.rows import BAD_ROW, of_values
from flows.containers.source import TOO_LARGE, Parts, Source
from flows.found import Columns, Found, Said, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

SAMPLE_BYTES = 1 << 20  # what the encoding and the dialect are known by
LINE_CHARACTERS = 64 << 20
ROWS_PER_READ = 64
EMPTY = 64  # bytes at most for a column without a value: the heads of its pages (measured: 40)
FRAME = 12  # bytes of a Parquet file beside data and footer: both marks, the footer's length
DELIMITERS = ",\t;|"


def csv_parts(source: Source, columns: Columns, kind: str, sample: bytes) -> Parts:
    """
    The rows of a CSV or TSV file, whose first row names the columns. Its first bytes, the
    `sample`, say in what encoding it is, and what stands between its fields.
    """
    csv.field_size_limit(LINE_CHARACTERS)  # of the whole process; the default is 128 Ki
    known, delimiter = _dialect(sample, kind)
    text = io.TextIOWrapper(source.stream, known.encoding, errors="replace", newline="")
    try:
        yield from _csv_rows(source, columns, csv.reader(_lines(text), delimiter=delimiter))
    finally:
        text.detach()  # who opened the stream closes it


def _csv_rows(source: Source, columns: Columns, rows: Iterator[list[str]]) -> Parts:
    names: list[str] | None = None
    number = 0
    while True:
        try:
            fields = next(rows, None)
        except csv.Error as error:
            number += names is not None
            yield source.part(f"#{number}", problem=Unreadable(BAD_ROW, f"it is no CSV: {error}"))
            continue
        if fields is None:
            return
        if not fields:
            continue
        if names is None:
            names = _header(fields)
            continue
        number += 1
        if any(fields[len(names) :]):
            why = f"it has {len(fields):,} fields, and the header has {len(names):,}"
            yield source.part(f"#{number}", problem=Unreadable(BAD_ROW, why))
        else:
            yield _part(source, number, dict(zip(names, fields, strict=False)), columns)


def csv_names(sample: bytes, kind: str) -> list[str]:
    """The columns of a CSV or TSV file; none when there is no header that can be read."""
    known, delimiter = _dialect(sample, kind)
    try:
        return _header(next(csv.reader(io.StringIO(known.text), delimiter=delimiter), []))
    except csv.Error:
        return []


def parquet_parts(source: Source, columns: Columns) -> Parts:
    """The rows of a Parquet file. A row group that is damaged is one reject."""
    file = _parquet(source.raw)
    names = _wanted(file.schema_arrow, columns)
    weight = source.found.size // max(1, file.metadata.num_rows)
    first = 1
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        number = first
        try:
            with refusing("broken-archive"):
                for batch in file.iter_batches(ROWS_PER_READ, row_groups=[group], columns=names):
                    for found in _batch(source, number, batch, columns, weight):
                        yield found
                        number += 1
        except RefusedError as refused:
            why = f"rows {number:,} to {first + rows - 1:,} (row group {group}): {refused}"
            problem = Unreadable("broken-archive", why)
            yield source.part(f"#{number}", problem=problem, weight=weight * rows)
        else:
            if why := _uncounted(file.metadata, group, number - first):
                problem = Unreadable("broken-archive", f"row group {group}: {why}")
                yield source.part(f"#group{group}", problem=problem, weight=0)
        first += rows
    if why := _missing(source.raw, file, first - 1):
        problem = Unreadable("broken-archive", why)
        yield source.part("#missing", problem=problem, weight=0)


def _uncounted(known: pq.FileMetaData, group: int, read: int) -> str:
    """
    What shows that a group holds other rows than the footer says.

    Its columns would say it as well, but in a damaged footer Arrow aborts the process
    when it is asked for one.
    """
    rows, size = known.row_group(group).num_rows, known.row_group(group).total_byte_size
    if read != rows:
        return f"the footer says {rows:,} rows, and there are {read:,}"
    if not rows and size > known.num_columns * EMPTY:
        return f"the footer says no rows, and {size:,} bytes of them"
    return ""


def _missing(raw: BinaryIO, file: pq.ParquetFile, rows: int) -> str:
    """What shows that the file holds more than its row groups have."""
    known = file.metadata
    if known.num_rows != rows:
        return f"the footer says {known.num_rows:,} rows, and its row groups have {rows:,}"
    data = raw.seek(0, io.SEEK_END) - known.serialized_size - FRAME
    if not rows and data > known.num_row_groups * known.num_columns * EMPTY:
        return f"the footer says that there are no rows, and {data:,} bytes stand before it"
    return ""


def parquet_names(raw: BinaryIO) -> list[str]:
    """The columns of a Parquet file. RefusedError: it is none, or has lost its footer."""
    return list(_parquet(raw).schema_arrow.names)


def _parquet(raw: BinaryIO) -> pq.ParquetFile:
    import pyarrow.parquet as pq  # noqa: PLC0415  heavy

    with refusing("broken-archive"):
        # Buffered, or a column of a row group is read whole, however large it is.
        return pq.ParquetFile(
            raw, buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True
        )


def _wanted(schema: pa.Schema, columns: Columns) -> list[str]:
    """The text, the id, and what can be kept beside them."""
    import pyarrow as pa  # noqa: PLC0415  heavy

    return [
        field.name
        for field in schema
        if field.name in (columns.text, columns.html, columns.id)
        or not (pa.types.is_nested(field.type) or pa.types.is_binary(field.type))
    ]


def _batch(
    source: Source, first: int, batch: pa.RecordBatch, columns: Columns, weight: int
) -> Iterator[Found]:
    names = batch.schema.names
    arrays = batch.columns
    for at in range(batch.num_rows):
        try:
            values = {
                name: _plain(array[at].as_py()) for name, array in zip(names, arrays, strict=True)
            }
        except (UnicodeDecodeError, OverflowError) as error:
            problem = Unreadable(BAD_ROW, f"a value in it cannot be read: {error}")
            yield source.part(f"#{first + at}", problem=problem, weight=weight)
            continue
        yield _part(source, first + at, values, columns, weight)


def _part(
    source: Source,
    number: int,
    values: Mapping[str, Any],
    columns: Columns,
    weight: int | None = None,
) -> Found:
    """A row as a page, or as the reject of one."""
    row = of_values(values, columns)
    if isinstance(row, Unreadable):
        return source.part(f"#{number}", problem=row, weight=weight)
    body, kind, name, facts = row
    if len(body) > TOO_LARGE:
        return source.part(f"#{number}", problem=too_large(TOO_LARGE), weight=weight)
    said = Said(content_type=kind, facts=facts)
    step = f"#{name or number}"
    return source.part(step, size=len(body), body=body, said=said, weight=weight)


def _plain(value: object) -> object:
    """Moments and decimals as they are written."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _dialect(sample: bytes, kind: str) -> tuple[Decoded, str]:
    """The sample decoded, as far as it has whole lines, and what stands between fields."""
    known = decode(sample[: sample.rfind(b"\n") + 1] or sample)
    if kind == "tsv":
        return known, "\t"
    header = known.text.partition("\n")[0]
    return known, max(DELIMITERS, key=lambda mark: (header.count(mark), -DELIMITERS.index(mark)))


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines; in place of one that is too long comes a field that csv is sure to refuse."""
    while line := text.readline(LINE_CHARACTERS + 1):
        if len(line) <= LINE_CHARACTERS:
            yield line
            continue
        while line and not line.endswith("\n"):
            line = text.readline(LINE_CHARACTERS + 1)
        yield "x" * (LINE_CHARACTERS + 1)


def _header(fields: Sequence[str]) -> list[str]:
    return [name.removeprefix("\ufeff").strip() for name in fields]
