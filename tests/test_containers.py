"""Containers: flows/containers. What is in them, under which names, and what is refused."""

import csv
import gzip
import io
import json
import os
import struct
import time
import zipfile
from datetime import UTC, datetime
from urllib.parse import unquote

import brotli
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaners.errors import UsageError
from flows.containers import codecs, lines, tables, zips
from flows.containers.expand import expand
from flows.found import Columns, Found, Unreadable
from flows.opening import open_page
from flows.read import find
from flows.survey import survey
from tests.containers import jsonl, packed, record, response, tarred, text, zipped


def opened(path, columns=Columns()):  # noqa: B008  frozen
    """What is in a file: source → text, or the rule in brackets."""
    made = {}
    for found in expand(find([path]), columns):
        page = open_page(found)
        what = f"[{page.rule}]" if isinstance(page, Unreadable) else page.page.body
        source = found.source if isinstance(page, Unreadable) else page.page.source
        assert unquote(source) not in made
        made[unquote(source)] = what
    return made


@pytest.fixture
def put(tmp_path):
    def write(name, body):
        path = tmp_path / name
        path.write_bytes(body)
        return path

    return write


# ---------------------------------------------------------------- archives


def test_members_are_read_under_their_names_whatever_the_archive_is_called(put):
    """An archive is known by its bytes; members are read like the files of a folder."""
    members = {"下/桥.txt": text(1), "b.HTML": text(2), "图.png": b"x", "__MACOSX/._a.txt": b"y"}
    for name, body in (
        ("a.zip", zipped(members)),
        ("b.txt", zipped(members)),
        ("c.tar", tarred(members)),
        ("d.tgz", tarred(members, "w:gz")),
        ("e.bin", packed(tarred(members), "zst")),
    ):
        found = opened(put(name, body))
        assert found == {f"file:{name}!下/桥.txt": text(1), f"file:{name}!b.HTML": text(2)}, name


def test_names_in_gbk_are_read_as_gbk(put):
    """Packers of Chinese Windows write names in GBK and do not say so."""
    path = put("a.zip", zipped({"讲话/一.txt".encode("gbk"): text(1), "二.txt".encode(): text(2)}))
    assert list(opened(path)) == ["file:a.zip!讲话/一.txt", "file:a.zip!二.txt"]


def test_names_that_lead_outside_are_names_only(put):
    """Nothing is unpacked under a member's name."""
    path = put("a.zip", zipped({"../../etc/x.txt": text(1), "/opt/y.txt": text(2)}))
    assert set(opened(path)) == {"file:a.zip!../../etc/x.txt", "file:a.zip!/opt/y.txt"}


def test_a_document_that_is_a_zip_is_one_page(put):
    """A .docx is left to its reader, under any name."""
    body = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", "a.txt": b"y"})
    for name in ("a.docx", "b.zip"):
        assert opened(put(name, body)) == {f"file:{name}": body}


def test_an_archive_in_an_archive_is_opened_and_no_deeper(put):
    """Whatever is packed in whatever, once."""
    inner = {"a.txt": text(1)}
    path = put(
        "o.zip",
        zipped(
            {
                "i.zip": zipped({**inner, "j.zip": zipped(inner)}),
                "k.tar.gz": tarred(inner, "w:gz"),
                "l.txt.gz": packed(text(2), "gz"),
                "m.jsonl.zst": packed(jsonl([{"text": "正文。"}]), "zst"),
                "n.zip": b"PK\x03\x04 torn",
            }
        ),
    )
    assert opened(path) == {
        "file:o.zip!i.zip!a.txt": text(1),
        "file:o.zip!i.zip!j.zip": "[nested-archive]",
        "file:o.zip!k.tar.gz!a.txt": text(1),
        "file:o.zip!l.txt.gz": text(2),
        "file:o.zip!m.jsonl.zst#1": "正文。".encode(),
        "file:o.zip!n.zip": "[broken-archive]",
    }


def test_one_packed_file_is_one_page(put):
    """x.txt.gz is x.txt."""
    for codec in ("gz", "zst"):
        path = put(f"a.html.{codec}", packed(text(1), codec))
        [found] = expand(find([path]))
        page = open_page(found)
        assert (page.page.body, page.page.content_type) == (text(1), "text/html")
        assert found.tree == "a.html"
    twice = put("b.txt.gz", packed(packed(text(1), "gz"), "gz"))
    assert opened(twice) == {"file:b.txt.gz": "[nested-archive]"}


def test_encrypted_members_are_rejected_one_by_one(put):
    """A password is not asked for."""
    path = put("a.zip", zipped({"a.txt": text(1), "b.txt": text(2)}, flags=1))
    assert opened(path) == {"file:a.zip!a.txt": "[encrypted]", "file:a.zip!b.txt": "[encrypted]"}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.txt.zst", "a.jsonl.gz"])
@pytest.mark.parametrize("kept", [0.3, 0.7])
def test_what_is_cut_off_is_a_reject_and_what_stands_before_is_read(put, name, kept):
    """A broken download is no end of a run."""
    members = {f"{number}.txt": os.urandom(3000).hex().encode() for number in range(4)}
    body = {
        "a.zip": lambda: zipped(members),
        "a.tar": lambda: tarred(members),
        "a.tar.gz": lambda: tarred(members, "w:gz"),
        "a.txt.zst": lambda: packed(b"".join(members.values()), "zst"),
        "a.jsonl.gz": lambda: packed(jsonl({"text": m.decode()} for m in members.values()), "gz"),
    }[name]()
    found = opened(put(name, body[: int(len(body) * kept)]))
    assert list(found.values())[-1] == "[broken-archive]"
    assert set(found.values()) <= {
        *members.values(),
        "[broken-archive]",
        b"".join(members.values()),
    }
    if name in {"a.tar", "a.tar.gz"} and kept == 0.7:
        assert members["0.txt"] in found.values()


def test_a_member_without_a_name_takes_nothing_down(put):
    """Damage can make a name empty; what else is in the zip is read."""
    body = zipped({"a.txt": text(1), "b.txt": text(2)})
    at = body.index(b"a.txt", body.index(b"PK\x01\x02"))
    nameless = body[:at].replace(b"a.txt", b"\0.txt") + body[at:].replace(b"a.txt", b"\0.txt")
    assert opened(put("a.zip", nameless))["file:a.zip!b.txt"] == text(2)


@pytest.mark.parametrize("at", [2, 60])  # of its header, and of its bytes
def test_a_damaged_archive_in_an_archive_is_one_reject(put, at):
    """Its checksum is wrong, or its header is: what stands beside it is read."""
    inner = zipped({"c.txt": os.urandom(500).hex().encode()})
    body = bytearray(zipped({"a.txt": text(1), "b.zip": inner, "d.txt": text(2)}))
    body[body.index(b"PK\x03\x04", 4) + at] ^= 0xFF
    assert opened(put("a.zip", bytes(body))) == {
        "file:a.zip!a.txt": text(1),
        "file:a.zip!b.zip": "[broken-archive]",
        "file:a.zip!d.txt": text(2),
    }


def test_a_changed_byte_in_a_member_is_found(put):
    """What a zip's checksum does not fit is not text."""
    body = bytearray(zipped({"a.txt": os.urandom(500).hex().encode(), "b.txt": text(2)}))
    body[100] ^= 0xFF
    assert opened(put("a.zip", bytes(body))) == {
        "file:a.zip!a.txt": "[broken-archive]",
        "file:a.zip!b.txt": text(2),
    }


def test_bombs_are_refused_by_what_they_say(put, monkeypatch):
    """Members that swell, overlap, or are too many or too large are not unpacked."""
    began = time.monotonic()
    swelling = zipped({"a.txt": b"\0" * (64 << 20), "b.txt": text(1)})
    assert opened(put("a.zip", swelling)) == {
        "file:a.zip!a.txt": "[archive-bomb]",
        "file:a.zip!b.txt": text(1),
    }
    same = zipped({"a.txt": text(1), "b.txt": text(2)})
    second = same.index(b"PK\x01\x02", same.index(b"PK\x01\x02") + 1)
    overlapping = bytearray(same)
    overlapping[second + 42 : second + 46] = struct.pack("<I", 0)
    assert opened(put("b.zip", bytes(overlapping))) == {"file:b.zip": "[archive-bomb]"}
    monkeypatch.setattr(zips, "MEMBERS", 1)
    assert opened(put("c.zip", same)) == {"file:c.zip": "[archive-bomb]"}
    assert time.monotonic() - began < 10


def test_a_member_that_lies_about_its_size_is_stopped_there(put):
    """The size that is announced is the most that is unpacked."""
    body = zipped({"a.txt": b"\0" * 1_000_000})
    said = struct.pack("<I", 1_000_000)
    lie = body.replace(said, struct.pack("<I", 10))
    assert opened(put("a.zip", lie)) == {"file:a.zip!a.txt": "[broken-archive]"}


def test_a_stream_that_swells_without_end_is_a_bomb(put, monkeypatch):
    """Packed zeros are not read to their end."""
    monkeypatch.setattr(codecs, "SWELL_BYTES", 1 << 20)
    bomb = gzip.compress(b"\0" * (64 << 20))
    assert opened(put("a.jsonl.gz", bomb)) == {"file:a.jsonl.gz": "[archive-bomb]"}
    monkeypatch.setattr("flows.read.TOO_LARGE", 1 << 20)
    assert opened(put("a.txt.gz", bomb)) == {"file:a.txt.gz": "[too-large]"}


def test_a_text_of_5_gigabytes_is_refused_in_no_time(tmp_path):
    """By its size, without a look into it."""
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    began = time.monotonic()
    assert opened(path) == {"file:a.txt": "[too-large]"}
    assert time.monotonic() - began < 1


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_anywhere_is_never_an_exception(tmp_path, data):
    """Whatever byte is wrong, the other parts are read or the file is a reject."""
    name, body = data.draw(st.sampled_from(SOUND))
    broken = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        broken[at] = data.draw(st.integers(0, 255))
    path = tmp_path / name
    path.write_bytes(bytes(broken[: data.draw(st.integers(len(body) // 2, len(body)))]))
    for found in expand(find([path]), Columns(text="text")):
        open_page(found)


def _parquet(rows, **options):
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, **options)
    return out.getvalue()


ROWS = [{"text": f"正文第{number}行。", "n": number} for number in range(6)]
SOUND = [
    ("a.zip", zipped({"a.txt": text(1), "b.zip": zipped({"c.txt": text(2)})})),
    ("a.tar", tarred({"a.txt": text(1), "b.txt": text(2)})),
    ("a.tar.gz", tarred({"a.txt": text(1)}, "w:gz")),
    ("a.jsonl.zst", packed(jsonl(ROWS), "zst")),
    ("a.csv", b'n,text\n1,abc\n2,"d\ne"\n'),
    ("a.parquet", _parquet(ROWS, row_group_size=3)),
    ("a.warc", response("http://a.example/", b"<p>x", "Content-Type: text/html") * 3),
    ("a.warc.gz", packed(record("conversion", "http://a.example/", text(1)), "gz") * 3),
    ("a.mbox", b"From a\nSubject: b\n\ntext\n\nFrom c\n\ntext\n"),
]  # fmt: skip


# ---------------------------------------------------------------- WARC


def warc_of(*records, gz=False):
    return b"".join(gzip.compress(each) if gz else each for each in records)


@pytest.mark.parametrize("gz", [False, True])
def test_records_that_are_pages_come_with_where_and_when(put, gz):
    """Target and date become source and retrieved_at, and the record can be found again."""
    page = "<p>正文。</p>".encode("gbk")
    records = (
        record("warcinfo", "", b"software: x", content_type="application/warc-fields"),
        record("request", "http://a.example/1", b"", ["GET / HTTP/1.1", "Host: a.example"]),
        response("http://a.example/1", page, "Content-Type: text/html; charset=gbk"),
        response("http://a.example/2.png", b"\x89PNG", "Content-Type: image/png"),
        response("http://a.example/3", b"gone", status="404 Not Found"),
        record("revisit", "http://a.example/1", b"", ["HTTP/1.1 200 OK"]),
        record("resource", "http://a.example/4", page, content_type="text/html"),
        record("conversion", "http://a.example/5", text(5)),
    )
    path = put("a.warc.gz" if gz else "a.warc", warc_of(*records, gz=gz))
    found = list(expand(find([path])))
    pages = [open_page(each) for each in found]
    assert [each.source for each in found] == [f"http://a.example/{n}" for n in (1, 3, 4, 5)]
    assert pages[1] == Unreadable("http-status", "the server answered 404")
    first = pages[0].page
    assert (first.body, first.content_type) == (page, "text/html; charset=gbk")
    assert first.retrieved_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    sizes = [len(gzip.compress(each)) if gz else len(each) for each in records]
    assert [each.said.archive_offset for each in found] == [
        sum(sizes[:at]) for at in (2, 4, 6, 7)
    ]  # fmt: skip


def test_bodies_are_unpacked_as_their_headers_say(put):
    """Content encodings and chunks, within bounds; what is not packed stays."""
    body = text(1)
    kinds = {
        "gzip": gzip.compress(body),
        "br": brotli.compress(body),
        "deflate": __import__("zlib").compress(body),
        "zstd": packed(body, "zst"),
        "gzip, identity": body,
        "wonder": body,
    }
    records = [
        response(f"http://a.example/{n}", sent, f"Content-Encoding: {name}")
        for n, (name, sent) in enumerate(kinds.items())
    ]
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    for n, sent in ((8, chunked), (9, body)):
        records.append(response(f"http://a.example/{n}", sent, "Transfer-Encoding: chunked"))
    found = opened(put("a.warc", b"".join(records)))
    assert found.pop("http://a.example/5") == "[unknown-encoding]"
    assert list(found.values()) == [body] * 7


@pytest.mark.parametrize("gz", [False, True])
def test_a_broken_record_is_a_reject_and_the_next_is_read(put, gz):
    """False lengths, torn ends and garbage between records."""
    good = [response(f"http://a.example/{n}", text(n)) for n in range(4)]
    if gz:
        good = [gzip.compress(each) for each in good]
        broken = good[0] + good[1][:60] + b"\xff" * 20 + good[2] + good[3][:-20]
    else:
        length = b"Content-Length: %d" % len(good[1].partition(b"\r\n\r\n")[2][:-4])
        assert length in good[1]
        broken = good[0] + good[1].replace(length, b"Content-Length: 9") + good[2] + good[3][:-20]
    found = list(expand(find([put("a.warc", broken)])))
    sources = [each.source for each in found if each.problem is None]
    assert "http://a.example/0" in sources
    assert "http://a.example/2" in sources
    assert "http://a.example/3" not in sources
    assert sum(each.problem is not None for each in found) >= 2 - gz


# ---------------------------------------------------------------- rows


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.jsonl.zst", "a.data"])
def test_lines_of_json_are_rows(put, name):
    """The text is decoded already, other scalars are facts, and the number is the line's."""
    body = jsonl([{"text": "春天。", "id": 7, "tags": ["x"], "deep": {}, "score": 0.5}])
    body += b"\n" + jsonl([{"text": "夏天。", "lang": "zh"}])
    for codec in ("gz", "zst"):
        if name.endswith(codec):
            body = packed(body, codec)
    first, second = expand(find([put(name, body)]))
    page = open_page(first)
    assert (page.page.body, page.page.source) == ("春天。".encode(), f"file:{name}#1")
    assert page.facts == (("id", 7, "column:id"), ("score", 0.5, "column:score"))
    assert open_page(second).page.source == f"file:{name}#3"
    assert (first.body is None) == (name in {"a.jsonl", "a.ndjson", "a.data"})


def test_columns_that_were_named_are_used(put):
    """Text, HTML and id by the names that somebody gave."""
    path = put("a.jsonl", jsonl([{"raw": "<p>春天。</p>", "key": "甲/1", "text": "别的"}]))
    [found] = expand(find([path]), Columns(html="raw", id="key"))
    page = open_page(found)
    assert page.page.content_type == "text/html; charset=utf-8"
    assert unquote(page.page.source) == "file:a.jsonl#甲/1"
    assert ("text", "别的", "column:text") in page.facts


def test_bad_lines_are_rejects_with_their_numbers(put, monkeypatch):
    """No JSON, no object, no column, no text, too long, too deep: each by itself."""
    monkeypatch.setattr(lines, "LINE_BYTES", 5000)
    deep = b"[" * 2000 + b"]" * 2000
    rows = [
        b'{"text": "\xe6\xad\xa3\xe6\x96\x87"}',
        b"{oops",
        b"[1]",
        b'{"other": 1}',
        b'{"text": null}',
        b'{"text": 5}',
        b'{"text": "\xff"}',
        b'{"text": "' + b"a" * 9000 + b'"}',
        b'{"text": ' + deep[:4000] + b"}",
        b'{"text": "end"}',
    ]
    found = opened(put("a.jsonl", b"\n".join(rows)))
    assert [source.rpartition("#")[2] for source in found] == [str(n) for n in range(1, 11)]
    assert list(found.values())[1:-1] == ["[bad-row]"] * 6 + ["[too-large]"] + ["[bad-row]"]
    assert found["file:a.jsonl#10"] == b"end"


def test_a_line_of_a_gigabyte_is_passed_over_in_bounded_memory(tmp_path):
    """It is a reject by its length, and the next line is read."""
    import tracemalloc  # noqa: PLC0415

    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.seek(1 << 28)
        file.write(b"\n" + jsonl([{"text": "正文。"}]))
    tracemalloc.start()
    found = opened(path, Columns(text="text"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == {"file:a.jsonl#1": "[too-large]", "file:a.jsonl#2": "正文。".encode()}
    assert peak < 200 << 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_tables_of_text_are_rows(put, encoding, name, mark):
    """Any charset, any mark between fields, line feeds in quotes; rows are numbered."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=mark)
    rows.writerows([["编号", "正文"], ["1", "春天，\n来了。"], ["2", "夏天"], ["3"], [*"1234"]])
    found = opened(put(name, out.getvalue().encode(encoding)))
    assert found == {
        f"file:{name}#1": "春天，\n来了。".encode(),
        f"file:{name}#2": "夏天".encode(),
        f"file:{name}#3": "[bad-row]",
        f"file:{name}#4": "[bad-row]",
    }


def test_a_field_without_end_is_a_reject(put, monkeypatch):
    """A quote that nobody closes, a line that is too long, and NULs."""
    monkeypatch.setattr(tables, "LINE_CHARACTERS", 1000)
    body = b"id,text\n1,one\n2," + b"x" * 5000 + b"\n3,a\0b\n4,four\n"
    assert opened(put("a.csv", body)) == {
        "file:a.csv#1": b"one",
        "file:a.csv#2": "[bad-row]",
        "file:a.csv#3": b"a\0b",
        "file:a.csv#4": b"four",
    }


def test_parquet_is_read_by_row_groups_and_a_broken_one_is_a_reject(put):
    """Rows on both sides of the damage are read."""
    rows = [{"text": f"正文{n}" * 50, "when": datetime(2024, 1, 1, tzinfo=UTC)} for n in range(9)]
    body = bytearray(_parquet(rows, row_group_size=3, compression="none", use_dictionary=False))
    at = bytes(body).index("正文4".encode() * 50)
    body[at - 200 : at - 100] = b"\xff" * 100
    found = opened(put("a.parquet", bytes(body)))
    good = {f"file:a.parquet#{n + 1}": f"正文{n}".encode() * 50 for n in (0, 1, 2, 6, 7, 8)}
    assert good.items() <= found.items()
    assert "[broken-archive]" in found.values() or "[bad-row]" in found.values()
    [first, *_] = expand(find([put("b.parquet", _parquet(rows))]))
    assert first.said.facts == (("when", "2024-01-01T00:00:00+00:00", "column:when"),)


@pytest.mark.parametrize("wrong", range(1, 8))
def test_a_parquet_file_whose_footer_counts_other_rows_is_no_silence(put, wrong):
    """The file's rows, a group's and a column's values, each set to none, in every combination."""
    body = bytearray(_parquet([{"text": "渡口的石阶"}] * 3))
    footer = len(body) - 8 - int.from_bytes(body[-8:-4], "little")
    three = [n for n in range(footer, len(body) - 8) if body[n : n + 2] == b"\x16\x06"]
    assert len(three) == 3
    for bit, at in enumerate(three):
        if wrong >> bit & 1:
            body[at + 1] = 0
    assert "[broken-archive]" in opened(put("a.parquet", bytes(body))).values()


def test_a_parquet_file_without_rows_is_empty_unless_there_are_bytes(put):
    """With a group of no rows, or no group; in front of the latter, somebody's data."""
    nothing = pa.table({"text": pa.array([], pa.string()), "n": pa.array([], pa.int64())})
    grouped, bare = io.BytesIO(), io.BytesIO()
    pq.write_table(nothing, grouped, write_page_index=True, write_page_checksum=True)
    pq.ParquetWriter(bare, nothing.schema).close()
    assert opened(put("a.parquet", grouped.getvalue())) == {}
    assert opened(put("b.parquet", bare.getvalue())) == {}
    held = b"PAR1" + "渡口的石阶".encode() * 9 + bare.getvalue()[4:]
    assert opened(put("c.parquet", held)) == {"file:c.parquet#missing": "[broken-archive]"}


def test_lists_beside_the_text_are_more_values_than_rows(put):
    """That is no contradiction."""
    rows = [{"text": "甲", "tags": ["一", "二"]}, {"text": "乙", "tags": []}]
    assert opened(put("a.parquet", _parquet(rows))) == {
        "file:a.parquet#1": "甲".encode(),
        "file:a.parquet#2": "乙".encode(),
    }


def test_whatever_the_footer_of_a_parquet_file_says_is_no_exception(put):
    """Types that nobody has among them: Arrow has several kinds of errors."""
    body = _parquet(ROWS[:1])
    footer = int.from_bytes(body[-8:-4], "little")
    for at in range(len(body) - 8 - footer, len(body) - 8):
        broken = body[:at] + b"U" + body[at + 1 :]
        assert len(opened(put("a.parquet", broken), Columns(text="text"))) <= 2


def test_messages_of_a_mailbox_are_pages(put):
    """The HTML part or the plain one; what the headers say are facts."""
    body = (
        b"From li@a.example Mon Jan  1 00:00:00 2024\n"
        b"Subject: =?gbk?B?1f2xvg==?=\nFrom: =?utf-8?B?5p2O?= <li@a.example>\n"
        b"Date: Mon, 1 Jan 2024 08:00:00 +0800\n"
        b'Content-Type: multipart/alternative; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nplain\n"
        b"--b\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: base64\n\n"
        b"PHA+1f2xvjwvcD4=\n--b--\n\n"
        b"From c@a.example Tue\nSubject: two\n\n>From here on\nit is text.\n"
    )
    for name, sent in (("a.mbox", body), ("a.mbox.gz", packed(body, "gz"))):
        first, second = map(open_page, expand(find([put(name, sent)])))
        assert first.page.body == "<p>正本</p>".encode("gbk")
        assert first.page.content_type == "text/html; charset=gbk"
        assert dict(fact[:2] for fact in first.facts) == {
            "title": "正本",
            "author": "李",
            "published": "2024-01-01T08:00:00+08:00",
        }
        assert second.page.body.strip() == b"From here on\nit is text."


# ---------------------------------------------------------------- before anything is read


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.jsonl.gz"])
def test_a_missing_column_is_told_with_those_that_are_there(put, name):
    """Before anything is read, and by name."""
    rows = [{"id": "1", "words": "正文"}]
    body = {
        "a.jsonl": jsonl(rows),
        "a.csv": "id,words\n1,正文\n".encode(),
        "a.parquet": _parquet(rows),
        "a.jsonl.gz": packed(jsonl(rows), "gz"),
    }[name]
    path = put(name, body)
    for columns in (Columns(text="text"), Columns(), Columns(text="words", id="key")):
        with pytest.raises(UsageError, match="id、words"):
            survey(find([path]), columns)
    assert survey(find([path]), Columns(text="words")).containers == 1


def test_a_table_that_is_no_corpus_is_one_reject_of_its_folder(put, tmp_path):
    """Nobody asked for a column, and nobody named the file: a list among pages stops no run."""
    put("名单.csv", "姓名,电话\n李,1\n".encode())
    put("a.txt", text(1))
    assert survey(find([tmp_path]), Columns()).files == 2
    found = {name.rpartition("/")[2]: what for name, what in opened(tmp_path).items()}
    assert found == {"a.txt": text(1), "名单.csv": "[no-text-column]"}
    with pytest.raises(UsageError):
        survey(find([tmp_path]), Columns(text="text"))


def test_containers_are_cheap_to_hand_on(put):
    """Members and lines go to workers as places, not as bytes."""
    for name, body in (
        ("a.zip", zipped({"a.txt": text(1)})),
        ("a.tar", tarred({"a.txt": text(1)})),
        ("a.jsonl", jsonl([{"text": "正文。"}])),
    ):
        [found] = expand(find([put(name, body)]))
        assert isinstance(found, Found)
        assert found.body is None
        assert found.size > 0
    assert json.loads(jsonl([{"a": 1}])) == {"a": 1}
    assert zipfile.is_zipfile(put("b.zip", zipped({"a": b""})))
