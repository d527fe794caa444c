"""
Which texts may be copies of each other: those that have grams in common.

Every gram of every text is looked at, sorted by gram: texts that have one follow on each
other, and each is paired with the one of the least number among them and with the one
before it. Texts are numbered by rank, so the former is the one that the others are copies of,
if they are copies. So there are at most two pairs a gram, however many texts have it: a
phrase that stands in a hundred thousand texts costs no more than its postings.

Memory is bounded: the grams are sorted in as many goes as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute

pc: Any = pyarrow.compute  # its functions are made at run time

AT_LEAST = 2  # grams in common; one may be chance: they have 32 bits
SHARE = 10  # of the text with fewer grams a tenth: copies have about six
GRAMS_AT_ONCE = 8 << 20  # about 400 MB while they are sorted


def candidates(grams: pa.LargeBinaryArray) -> list[tuple[int, int]]:
    """
    Pairs of numbers of texts, the larger number first, sorted.

    grams  those of each text, four bytes each
    """
    lengths = pc.divide(pc.binary_length(grams), 4)
    if not pc.sum(lengths).as_py():
        return []
    goes = list(_votes(grams, lengths))
    votes = goes[0] if len(goes) == 1 else _sums(pa.concat_tables(goes))
    votes = votes.filter(pc.greater_equal(votes["n"], AT_LEAST))
    first = pc.divide(votes["pair"], len(grams))
    second = pc.subtract(votes["pair"], pc.multiply(first, len(grams)))
    fewer = pc.min_element_wise(lengths.take(first), lengths.take(second))
    enough = pc.greater_equal(pc.multiply(votes["n"], SHARE), fewer)
    pairs = pa.table({"first": first, "second": second}).filter(enough)
    pairs = pairs.sort_by([("first", "ascending"), ("second", "ascending")])
    return list(zip(pairs["first"].to_pylist(), pairs["second"].to_pylist(), strict=True))


def _sums(votes: pa.Table) -> pa.Table:
    return votes.group_by("pair").aggregate([("n", "sum")]).rename_columns(["pair", "n"])


def _votes(grams: pa.LargeBinaryArray, lengths: pa.Array) -> Iterator[pa.Table]:
    """How often each pair has a gram in common, for some grams after the others."""
    values, texts = _postings(grams, lengths)
    goes = 1 << (len(values) // GRAMS_AT_ONCE).bit_length()
    for go in range(goes):
        some, of = values, texts
        if goes > 1:
            mine = pc.equal(pc.bit_wise_and(values, goes - 1), go)
            some, of = values.filter(mine), texts.filter(mine)
        pairs = _pairs(some, of, len(grams))
        counted = pc.value_counts(pairs)
        yield pa.table({"pair": counted.field("values"), "n": counted.field("counts")})


def _postings(grams: pa.LargeBinaryArray, lengths: pa.Array) -> tuple[pa.Array, pa.Array]:
    """All grams, and for each the number of its text."""
    ends = pc.cumulative_sum(lengths.cast(pa.int64()))
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), ends])
    whole = pa.array([b"".join(grams.to_pylist())], pa.large_binary())
    values = pa.Array.from_buffers(pa.int32(), offsets[-1].as_py(), [None, whole.buffers()[2]])
    texts = pc.list_parent_indices(pa.LargeListArray.from_arrays(offsets, values))
    return values, texts.cast(pa.int32())


def _pairs(values: pa.Array, texts: pa.Array, count: int) -> pa.Array:
    """Pairs as one number each: of the text that has a gram, times `count`, and of another."""
    order = pc.array_sort_indices(values)  # stable: of one gram the texts stay in order
    values, texts = values.take(order), texts.take(order)
    edge = pa.array([True])
    begins = (
        pa.concat_arrays([edge, pc.not_equal(values[1:], values[:-1])]) if len(values) else edge[:0]
    )
    # Most grams are those of one text: gone before anything else is done with them.
    several = pc.invert(pc.and_(begins, pa.concat_arrays([begins[1:], edge[: len(begins)]])))
    begins, texts = begins.filter(several), texts.filter(several)
    least = pc.fill_null_forward(pc.if_else(begins, texts, pa.scalar(None, texts.type)))
    before = pa.concat_arrays([texts[:1], texts[:-1]])
    second = pc.and_(pc.invert(begins), pc.not_equal(before, texts))
    wide = pc.multiply(texts.cast(pa.int64()), count)
    with_least = pc.add(wide, least).filter(pc.and_(second, pc.not_equal(least, texts)))
    with_before = pc.add(wide, before).filter(pc.and_(second, pc.not_equal(least, before)))
    return pa.concat_arrays([with_least, with_before])
