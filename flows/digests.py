"""A set of 16-byte digests in about 30 bytes each; a Python set takes 110."""

from __future__ import annotations

DIGEST_BYTES = 16
_SHARDS = 256  # each grows by itself, so that growing never doubles the memory
_LEAST = 16  # places in a shard


class Digests:
    """
    Digests that were seen; they must be spread evenly, as those of SHA-256 are.

    >>> from hashlib import md5
    >>> seen = Digests()
    >>> seen.add(md5(b"a").digest()), seen.add(md5(b"b").digest()), seen.add(md5(b"a").digest())
    (True, True, False)
    """

    def __init__(self) -> None:
        self._tables = [bytearray(_LEAST * DIGEST_BYTES) for _ in range(_SHARDS)]
        self._counts = [0] * _SHARDS

    def __len__(self) -> int:
        return sum(self._counts)

    def __contains__(self, digest: bytes) -> bool:
        return _place(self._tables[digest[0]], digest)[1]

    def add(self, digest: bytes) -> bool:
        """Whether the digest is new; it is known from now on."""
        shard = digest[0]
        table = self._tables[shard]
        if not _put(table, digest):
            return False
        self._counts[shard] += 1
        if self._counts[shard] * DIGEST_BYTES * 4 > len(table) * 3:
            self._tables[shard] = _grown(table)
        return True


def _put(table: bytearray, digest: bytes | bytearray) -> bool:
    at, there = _place(table, digest)
    if not there:
        table[at : at + DIGEST_BYTES] = digest
    return not there


def _place(table: bytearray, digest: bytes | bytearray) -> tuple[int, bool]:
    """
    Where a digest is, or would be put, and whether it is there.

    Open addressing with steps of one; sixteen zeros are an empty place.
    """
    size = len(table)
    at = int.from_bytes(digest[1:8], "little") * DIGEST_BYTES % size
    while (there := table[at : at + DIGEST_BYTES]) != _EMPTY:
        if there == digest:
            return at, True
        at = (at + DIGEST_BYTES) % size
    return at, False


def _grown(table: bytearray) -> bytearray:
    wider = bytearray(2 * len(table))
    for at in range(0, len(table), DIGEST_BYTES):
        digest = table[at : at + DIGEST_BYTES]
        if digest != _EMPTY:
            _put(wider, digest)
    return wider


_EMPTY = bytearray(DIGEST_BYTES)
