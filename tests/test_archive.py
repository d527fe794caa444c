"""The archive: what came is kept as it came, other tools can read it, and damage is found."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from exchanges import BEGAN, a_failure, a_hop, an_article, an_exchange, not_modified
from fastwarc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from cleaners.document import RawPage
from cleaners.errors import ArchiveError, DatasetError
from flows.archive import (
    ArchiveWriter,
    Original,
    captures,
    payload_digest,
    read,
    salvage,
    visits,
    write,
)
from flows.archive.records import members, part_of

TESTS = Path(__file__).resolve().parent
NAME = "news/1.warc.gz"
MOVED = {"status": 301, "reason": "Moved", "headers": ((b"Location", b"/\xd6\xd0.html"),)}


def archived(folder, *exchanges, name=NAME):
    with ArchiveWriter(folder, name) as archive:
        return [archive.add(exchange) for exchange in exchanges]


def the_original(exchange, location):
    return Original(exchange.url, exchange.last.at, payload_digest(exchange.last.body), location)


def test_a_page_comes_back_as_it_was_fetched(tmp_path):
    exchanges = [an_article(number) for number in range(3)]
    places = archived(tmp_path, *exchanges)
    for exchange, place in zip(exchanges, places, strict=True):
        assert read(tmp_path, place.file, place.offset) == exchange.page()


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
def test_a_compressed_body_is_kept_compressed_and_read_plain(tmp_path, version):
    body = gzip.compress(("正本" * 500).encode())
    headers = ((b"Content-Encoding", b"gzip"), (b"Transfer-Encoding", b"chunked"))
    exchange = an_exchange("https://example.cn/z", body, headers=headers, http_version=version)
    [place] = archived(tmp_path, exchange)
    assert read(tmp_path, place.file, place.offset).body == ("正本" * 500).encode()
    with (tmp_path / NAME).open("rb") as stream:
        [raw] = [r.raw_stream.read() for r in WarcioIterator(stream) if r.rec_type == "response"]
    assert raw == body


def test_other_tools_read_our_files_and_their_digests(tmp_path):
    way = a_hop("https://example.cn/old", b"moved", **MOVED)
    archived(tmp_path, an_exchange("https://example.cn/new", b"<p>new", way), an_article(1))
    kinds = [
        "warcinfo",
        *["request", "response"] * 2,
        "metadata",
        "request",
        "response",
        "metadata",
    ]
    with (tmp_path / NAME).open("rb") as stream:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.http_headers)
            for record in WarcioIterator(stream, check_digests="raise")
            if record.content_stream().read() is not None
        ]
    assert [kind for kind, _, _ in records] == kinds
    assert records[2][1] == "https://example.cn/old"
    assert records[2][2].get_statuscode() == "301"
    fast = list(FastIterator(str(tmp_path / NAME), verify_digests=True))
    assert [str(record.record_type) for record in fast] == kinds


def test_each_hop_is_a_record_and_the_last_is_the_page(tmp_path):
    way = a_hop("https://example.cn/old", b"moved", **MOVED)
    exchange = an_exchange("https://example.cn/new", b"<p>new", way)
    archived(tmp_path, exchange)
    assert [c.status for c in captures(tmp_path, NAME)] == [301, 200]
    [visit] = visits(tmp_path, NAME)
    assert visit.page == exchange.page()
    assert (visit.url, visit.etag, visit.status) == (exchange.url, '"1"', 200)


def test_an_unchanged_page_is_a_revisit_that_leads_to_the_bytes(tmp_path):
    first = an_article(1)
    [place] = archived(tmp_path, first)
    again = not_modified(first.url)
    with ArchiveWriter(tmp_path, "news/2.warc.gz") as archive:
        revisit = archive.add(again, the_original(first, place))
    page = read(tmp_path, revisit.file, revisit.offset)
    assert (page.body, page.retrieved_at) == (first.body, again.last.at)
    [visit] = visits(tmp_path, "news/2.warc.gz")
    assert visit.not_modified
    assert visit.refers_to == (place.file, place.offset)
    [record] = [
        r for r in FastIterator(str(tmp_path / revisit.file)) if str(r.record_type) == "revisit"
    ]
    assert record.headers["WARC-Profile"].endswith("/server-not-modified")
    assert record.headers["WARC-Refers-To-Target-URI"] == first.url
    assert record.headers["WARC-Refers-To-Date"] == "2026-11-27T08:00:01.000000Z"


def test_the_same_bytes_again_are_a_revisit(tmp_path):
    first = an_article(1)
    twin = an_exchange("https://example.cn/twin", first.body, at=BEGAN + timedelta(hours=1))
    place, second = archived(tmp_path, first, twin)
    assert second.length < place.length
    assert read(tmp_path, second.file, second.offset) == twin.page()
    with ArchiveWriter(tmp_path, "news/2.warc.gz") as archive:
        third = archive.add(first, the_original(first, place))
        other = archive.add(an_article(2), the_original(first, place))
    kinds = {c.location.offset: c.kind for c in captures(tmp_path, "news/2.warc.gz")}
    assert (kinds[third.offset], kinds[other.offset]) == ("revisit", "response")


def test_a_failure_is_archived_with_what_came(tmp_path):
    hop = a_hop("https://example.cn/gone", b"not here", status=404, reason="Not Found")
    with ArchiveWriter(tmp_path, NAME) as archive:
        archive.add_failure(a_failure(hops=(hop,)), BEGAN)
        archive.add_failure(a_failure("https://away.example", "no-address", gone=False), BEGAN)
    gone, away = visits(tmp_path, NAME)
    assert (gone.rule, gone.gone, gone.status, gone.page) == ("not-found", True, 404, None)
    assert (away.rule, away.gone, away.status, away.location) == ("no-address", False, 0, None)


def test_a_local_file_is_a_resource(tmp_path):
    page = RawPage("file:samples/a.txt", "正文。".encode(), "text/plain")
    with ArchiveWriter(tmp_path, NAME) as archive:
        place = archive.add_file(page, BEGAN)
    assert read(tmp_path, place.file, place.offset) == page
    [visit] = visits(tmp_path, NAME)
    assert visit.page == page


def test_hostile_headers_stay_in_their_lines(tmp_path):
    headers = ((b"X-Evil", b"a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>forged"), (b"X\r\nY", b"\xff\0"))
    exchange = an_exchange("https://example.cn/%0d", b"<p>body", headers=headers, reason="O\r\nK")
    [place] = archived(tmp_path, exchange)
    assert read(tmp_path, place.file, place.offset).body == b"<p>body"


def test_a_torn_file_is_found_wherever_it_is_torn(tmp_path):
    archived(tmp_path, an_article(1), an_article(2))
    whole = (tmp_path / NAME).read_bytes()
    with (tmp_path / NAME).open("rb") as stream:
        ends = {end for end, closes in members(stream) if closes}
    assert max(ends) == len(whole)
    for length in {*range(1, len(whole), 97), *(end + 9 for end in ends)} - ends - {len(whole) + 9}:
        (tmp_path / NAME).write_bytes(whole[:length])
        with pytest.raises(ArchiveError):
            list(visits(tmp_path, NAME))


def test_a_flipped_bit_is_found(tmp_path):
    *_, place = archived(tmp_path, an_article(1), an_article(2))
    damaged = bytearray((tmp_path / NAME).read_bytes())
    damaged[place.offset + place.length // 2] ^= 4
    (tmp_path / NAME).write_bytes(damaged)
    with pytest.raises(ArchiveError, match="is not the record that was written"):
        read(tmp_path, place.file, place.offset)
    with pytest.raises(ArchiveError):
        list(visits(tmp_path, NAME))


def test_a_page_is_compared_with_the_digest_that_is_known(tmp_path):
    [place] = archived(tmp_path, an_article(1))
    with pytest.raises(ArchiveError, match="not the page that the tables speak of"):
        read(tmp_path, place.file, place.offset, sha256="ab" * 32)
    with pytest.raises(ArchiveError, match="is not the record that was written"):
        read(tmp_path, place.file, place.offset + 1)
    with pytest.raises(ArchiveError, match="cannot be read"):
        read(tmp_path, "news/none.warc.gz", 0)


def test_an_exception_keeps_the_visits_that_are_complete(tmp_path):
    def interrupted():
        with ArchiveWriter(tmp_path, NAME) as archive:
            archive.add(an_article(1))
            archive._hop(a_hop(), write._response(a_hop()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [visit.url for visit in visits(tmp_path, NAME)] == [an_article(1).url]
    assert [path.name for path in (tmp_path / "news").iterdir()] == ["1.warc.gz"]


def test_a_file_without_visits_is_not_left(tmp_path):
    with ArchiveWriter(tmp_path, NAME):
        pass
    assert not list((tmp_path / "news").iterdir())


KILLED = """
import os, signal, sys
from pathlib import Path
from flows.archive import ArchiveWriter
from flows.archive import write
from exchanges import an_article
with ArchiveWriter(Path(sys.argv[1]), "news/1.warc.gz") as archive:
    archive.add(an_article(1)); archive.add(an_article(2))
    archive._close = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    archive.add(an_article(3))
"""


def test_a_kill_leaves_a_temporary_file_from_which_whole_visits_are_saved(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    run = subprocess.run(command, cwd=TESTS, check=False, timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "news").iterdir()] == [".1.warc.gz.part"]
    with part_of(tmp_path / NAME).open("ab") as torn:
        torn.write(b"\x1f\x8b torn")
    assert salvage(tmp_path, NAME)
    assert [visit.page for visit in visits(tmp_path, NAME)] == [
        an_article(n).page() for n in (1, 2)
    ]
    assert salvage(tmp_path, NAME), "a second call finds the file"


def test_nothing_is_saved_where_nothing_is_whole(tmp_path):
    part = part_of(tmp_path / NAME)
    part.parent.mkdir()
    part.write_bytes(gzip.compress(b"WARC/1.1\r\n")[:-4])
    assert not salvage(tmp_path, NAME)
    assert not salvage(tmp_path, "news/never.warc.gz")
    assert not list((tmp_path / "news").iterdir())


def test_two_tasks_never_write_one_file(tmp_path):
    with ArchiveWriter(tmp_path, NAME) as archive:
        archive.add(an_article(1))
        with pytest.raises(DatasetError), ArchiveWriter(tmp_path, NAME):
            pass
    assert len(list(visits(tmp_path, NAME))) == 1
