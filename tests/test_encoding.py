"""Bytes to text: the right encoding, the right witness, and honest about damage."""

from __future__ import annotations

import codecs
import gzip
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.encoding import Decoded, decode, looks_binary

SHARED = Path(__file__).resolve().parents[2] / "shared"

SIMPLIFIED = (
    "今年春天，河水比往年来得早，老人们坐在堤上说话。",
    "村口的石桥修了三回，每一回都有人捐出自家的木料。",
    "她把信折好放进抽屉，没有告诉任何人里面写了什么。",
    "学校后面是一片麦田，风一吹就像海浪一样起伏。",
    "“你明天还来吗？”孩子站在门口问，声音很轻。",
    "据统计，全县共有十二个乡镇参加了这次植树活动。",
    "实验表明：温度每升高一度，反应速度大约增加百分之八。",
    "火车慢慢离开站台，窗外的灯光连成了一条线。",
    "他翻开那本旧书，发现扉页上有祖父的名字和日期。",
    "城里的房价又涨了，许多年轻人选择搬到郊区去住。",
    "医生建议他多休息，少喝酒，每天至少步行半个小时。",
    "会议决定成立专门小组，负责调查事故发生的原因。",
)
TRADITIONAL = (
    "今年春天，河水比往年來得早，老人們坐在堤上說話。",
    "村口的石橋修了三回，每一回都有人捐出自家的木料。",
    "她把信折好放進抽屜，沒有告訴任何人裡面寫了什麼。",
    "學校後面是一片麥田，風一吹就像海浪一樣起伏。",
    "「你明天還來嗎？」孩子站在門口問，聲音很輕。",
    "據統計，全縣共有十二個鄉鎮參加了這次植樹活動。",
    "實驗表明：溫度每升高一度，反應速度大約增加百分之八。",
    "火車慢慢離開站台，窗外的燈光連成了一條線。",
    "他翻開那本舊書，發現扉頁上有祖父的名字和日期。",
    "城裡的房價又漲了，許多年輕人選擇搬到郊區去住。",
    "醫生建議他多休息，少喝酒，每天至少步行半個小時。",
    "會議決定成立專門小組，負責調查事故發生的原因。",
)
HANS, HANT = "".join(SIMPLIFIED), "".join(TRADITIONAL)

GBK_PAGE = "<html><head>{meta}<title>春天的河</title></head><body>" + HANS + "</body></html>"


def page(meta: str, encoding: str = "gb18030") -> bytes:
    return GBK_PAGE.replace("{meta}", meta).encode(encoding)


TABLE = [
    # what, body, content type, encoding, witness, text
    ("empty", b"", "", "utf-8", "utf-8 fits", ""),
    ("ascii", b"plain\r\ntext", "charset=gbk", "utf-8", "utf-8 fits", "plain\r\ntext"),
    ("one high byte", b"\x80", "", "cp1252", "best fit", "€"),
    ("utf-8 bom", "\ufeff正本".encode(), "charset=gbk", "utf-8", "bom", "正本"),
    ("two boms", "\ufeff\ufeff正本\ufeff".encode(), "", "utf-8", "bom", "正本\ufeff"),
    ("bom on GBK", codecs.BOM_UTF8 + HANS.encode("gbk"), "", "gb18030", "best fit", HANS),
    ("utf-16-le bom", b"\xff\xfe" + "正本".encode("utf-16-le"), "", "utf-16-le", "bom", "正本"),
    ("utf-16-be bom", b"\xfe\xff" + "正本".encode("utf-16-be"), "", "utf-16-be", "bom", "正本"),
    ("utf-32-le bom", "正本".encode("utf-32"), "", "utf-32-le", "bom", "正本"),
    ("gb18030 bom", "\ufeff正本".encode("gb18030"), "", "gb18030", "bom", "正本"),
    ("utf-8 said gbk", "正本清源".encode(), "charset=gbk", "utf-8", "utf-8 fits", "正本清源"),
    ("english utf-16", "To be or".encode("utf-16-be"), "", "utf-16-be", "utf-16 pattern", None),
    ("朱镕基", "朱镕基".encode("gbk"), "charset=gb2312", "gb18030", "header", "朱镕基"),
    ("镕 alone", "镕".encode("gbk"), 'charset="GB_2312-80"', "gb18030", "header", "镕"),
    (
        "堃",
        "陶喆，游本堃".encode("gbk"),
        "x; charset = x-gbk;",
        "gb18030",
        "header",
        "陶喆，游本堃",
    ),
    ("big5", "正本".encode("big5"), "charset=x-x-big5", "big5hkscs", "header", "正本"),
    ("hkscs", "佢哋喺度食嘢㗎".encode("big5hkscs"), "charset=big5", "big5hkscs", "header", None),
    ("bogus", "正本清源".encode("gbk"), "charset=rot13", "gb18030", "best fit", "正本清源"),
    ("no label", "正本清源".encode("gbk"), "charset=; charset", "gb18030", "best fit", "正本清源"),
    ("said big5", HANS.encode("gbk"), "charset=big5", "gb18030", "best fit", HANS),
    (
        "said big5, short",
        "正本清源录".encode("gbk"),
        "charset=big5",
        "gb18030",
        "best fit",
        "正本清源录",
    ),
    ("big5 like ¦P", "同".encode("big5"), "", "big5hkscs", "best fit", "同"),
    (
        "euro among Han",
        "票价".encode("gbk") + b"\x80" + "五元，很公道。".encode("gbk"),
        "",
        "gb18030",
        "best fit",
        "票价€五元，很公道。",
    ),
    ("said gbk", HANT.encode("big5"), "charset=gb2312", "big5hkscs", "best fit", HANT),
    ("said utf-8", HANS.encode("gbk"), "charset=utf-8", "gb18030", "best fit", HANS),
    ("said utf-8, short", "中".encode("gbk"), "charset=utf8", "gb18030", "best fit", "中"),
    ("server default", "中文".encode("gbk"), "charset=iso-8859-1", "gb18030", "best fit", "中文"),
    ("said utf-16", HANS.encode("gbk"), "charset=utf-16", "gb18030", "best fit", HANS),
    ("said shift_jis", HANS.encode("gbk"), "charset=shift_jis", "gb18030", "best fit", HANS),
    ("said euc-kr", HANS.encode("gbk"), "charset=euc-kr", "gb18030", "best fit", HANS),
    ("traditional in gbk", HANT.encode("gbk"), "", "gb18030", "best fit", HANT),
    ("second label", HANS.encode("gbk"), "charset=big5; charset=gbk", "gb18030", "header", HANS),
    ("shift_jis", "春の小川です".encode("cp932"), "charset=Shift_JIS", "cp932", "header", None),
    ("euc-jp", "春の小川です".encode("euc_jp"), "charset=euc-jp", "euc_jp", "header", None),
    ("euc-kr", "봄이 왔습니다".encode("cp949"), "charset=ks_c_5601-1987", "cp949", "header", None),
    ("hz", "春天 spring".encode("hz"), "charset=HZ-GB-2312", "hz", "header", "春天 spring"),
    ("hz, unsaid", b"~{4:Ll~}", "", "utf-8", "utf-8 fits", "~{4:Ll~}"),
    ("hz, broken", b"~{4:L", "charset=hz-gb-2312", "utf-8", "utf-8 fits", "~{4:L"),
    ("hz, said only", b"~ home ~", "charset=hz-gb-2312", "utf-8", "utf-8 fits", "~ home ~"),
    ("café", b"caf\xe9", "", "cp1252", "best fit", "café"),
    ("western", b"El Ni\xf1o y la se\xf1ora", "", "cp1252", "best fit", "El Niño y la señora"),
    ("straße", b"in der Hauptstra\xdfe", "", "cp1252", "best fit", "in der Hauptstraße"),
    ("quotes", b"\x93so it\x92s\x94", "charset=ISO-8859-1", "cp1252", "header", "“so it’s”"),
    ("euro in gbk", "票价".encode("gbk") + b"\x805\xd4\xaa", "", "gb18030", "best fit", "票价€5元"),
    ("user-defined", HANS.encode("gbk") + b"\xaa\xa1", "", "gb18030", "best fit", HANS + "\ue000"),
    ("NUL in utf-8", "正\0本".encode(), "", "utf-8", "utf-8 fits", "正\0本"),
]


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "witness", "text"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_table(body, content_type, encoding, witness, text):
    """Each row of the table is read by the right codec, for the right reason, with nothing lost."""
    decoded = decode(body, content_type)
    assert (decoded.encoding, decoded.witness, decoded.unreadable) == (encoding, witness, 0)
    assert decoded.text == (body.decode(encoding) if text is None else text)


DAMAGED = [
    ("utf-8 cut off", HANS.encode()[:-1], "", "utf-8", "utf-8 nearly fits", 1),
    ("only char cut off", b"abc \xe4\xbd", "charset=utf-8", "utf-8", "header", 1),
    ("gbk cut off", HANS.encode("gbk")[:-1], "charset=gbk", "gb18030", "header", 1),
    ("big5 cut off", HANT.encode("big5")[:-1], "", "big5hkscs", "best fit", 1),
    ("utf-16 cut off", HANS.encode("utf-16-le")[:-1], "", "utf-16-le", "utf-16 pattern", 1),
    ("bom, cut off", "\ufeff正本".encode()[:-1], "", "utf-8", "bom", 1),
    ("own U+FFFD", f"正\ufffd本{HANS}".encode() + b"\xff", "", "utf-8", "utf-8 nearly fits", 1),
    (
        "mostly U+FFFD",
        ("\ufffd" * 9 + "本").encode() + b"\xff",
        "",
        "utf-8",
        "utf-8 nearly fits",
        1,
    ),
    ("half a character", HANS.encode("gbk") + b"\xd6...<br>", "", "gb18030", "best fit", 1),
    ("foreign", "Привет, мир, как дела".encode("cp1251"), "", "gb18030", "nothing fits", None),
]


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "witness", "unreadable"),
    [row[1:] for row in DAMAGED],
    ids=[row[0] for row in DAMAGED],
)
def test_damage_is_counted(body, content_type, encoding, witness, unreadable):
    """Damage does not turn the verdict; `unreadable` counts our U+FFFD and not the page's own."""
    decoded = decode(body, content_type)
    assert (decoded.encoding, decoded.witness) == (encoding, witness)
    if unreadable is not None:
        assert decoded.unreadable == unreadable
    own = body.count("\ufffd".encode())
    assert decoded.text.count("\ufffd") == decoded.unreadable + own


def test_own_replacement_character_is_not_damage():
    """A U+FFFD that stands in a valid UTF-8 body is the page's, and nothing is unreadable."""
    assert decode("正\ufffd本".encode()) == Decoded("正\ufffd本", "utf-8", "utf-8 fits", 0)


METAS = [
    ('<meta charset="gbk">', "gb18030", "meta"),
    ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />', "gb18030", "meta"),
    ('<META httpequiv=Content-Type content="text/html;charset=GBK">', "gb18030", "meta"),
    ('<?xml version="1.0" encoding="gb2312"?>', "gb18030", "meta"),
    ("<meta charset='big5'><meta charset='gb2312'>", "gb18030", "meta"),
    ("<meta charset=utf-8>", "gb18030", "best fit"),
    ("<meta charset=big5>", "gb18030", "best fit"),
    ("<meta charset=nonsense>", "gb18030", "best fit"),
    ('<script charset="gbk" src="a.js"></script>', "gb18030", "best fit"),
    (" " * 5000 + "<meta charset=gbk>", "gb18030", "best fit"),
]


@pytest.mark.parametrize(("meta", "encoding", "witness"), METAS)
def test_declarations_in_the_page(meta, encoding, witness):
    """The page's own declaration is a witness if it fits, however it is spelt, and else is not."""
    decoded = decode(page(meta), "text/html", markup=True)
    assert (decoded.encoding, decoded.witness) == (encoding, witness)
    assert decoded.text == GBK_PAGE.replace("{meta}", meta)
    assert decode(page(meta), "text/html").witness == "best fit"


def test_header_and_meta_contradict():
    """Of a header and a <meta> that contradict each other, the one that fits is believed."""
    body = page("<meta charset=gbk>")
    assert decode(body, "text/html; charset=big5", markup=True).witness == "meta"
    body = page("<meta charset=big5>")
    assert decode(body, "text/html; charset=gbk", markup=True).witness == "header"


def with_bad_bytes(body: bytes, rng: random.Random) -> bytes:
    """Three bytes replaced by what transport and careless programs leave there."""
    damaged = bytearray(body)
    for at in rng.sample(range(len(body)), 3):
        damaged[at] = rng.choice(b"\xff\xfe\x81\x20?")
    return bytes(damaged)


def with_four_byte_characters(text: str, rng: random.Random) -> bytes:
    letters = list(text)
    for at in rng.sample(range(len(letters)), max(2, len(letters) // 50)):
        letters[at] = rng.choice("𠮷䶮㙟𨭆㐂𪚥")
    return "".join(letters).encode("gb18030")


def in_ascii_html(text: str, _: random.Random) -> bytes:
    row = '<div class="row"><a href="/item?id=1" title="see the item">%s</a></div>\n'
    return (row * 8 % (("next", text[:4]) * 4)).encode("gbk")


Maker = Callable[[str, random.Random], bytes]
SETS: list[tuple[str, str, str, Maker]] = [
    ("gbk", "gb18030", HANS, lambda text, _: text.encode("gbk")),
    ("traditional in gbk", "gb18030", HANT, lambda text, _: text.encode("gbk")),
    ("gb18030 with 4 bytes", "gb18030", HANS, with_four_byte_characters),
    ("big5", "big5hkscs", HANT, lambda text, _: text.encode("big5")),
    ("utf-8", "utf-8", HANS, lambda text, _: text.encode()),
    (
        "utf-16-le with bom",
        "utf-16-le",
        HANT,
        lambda text, _: b"\xff\xfe" + text.encode("utf-16-le"),
    ),
    ("utf-16-le", "utf-16-le", HANS, lambda text, _: text.encode("utf-16-le")),
    ("utf-16-be", "utf-16-be", HANT, lambda text, _: text.encode("utf-16-be")),
    ("utf-8, 3 bad", "utf-8", HANT, lambda text, rng: with_bad_bytes(text.encode(), rng)),
    ("gbk, 3 bad", "gb18030", HANS, lambda text, rng: with_bad_bytes(text.encode("gbk"), rng)),
    ("big5, 3 bad", "big5hkscs", HANT, lambda text, rng: with_bad_bytes(text.encode("big5"), rng)),
    ("gbk in html", "gb18030", HANS, in_ascii_html),
]


DAMAGING = [make for name, _, _, make in SETS if "bad" in name]


def readable(body: bytes, encoding: str) -> str:
    return body.decode(encoding).removeprefix("\ufeff")


@pytest.mark.parametrize("size", [100, 2000], ids=["100", "2000"])
@pytest.mark.parametrize(
    ("encoding", "source", "make"), [row[1:] for row in SETS], ids=[row[0] for row in SETS]
)
def test_made_sets(encoding, source, make, size):
    """Every one of 60 samples of each kind and size is read in the encoding it was made in."""
    rng = random.Random(f"{encoding} {size}")
    letters = size // 3 if encoding == "utf-8" else size // 2
    for _ in range(60):
        start = rng.randrange(len(source))
        text = (source[start:] + source * 8)[:letters]
        body = make(text, rng)
        decoded = decode(body)
        assert decoded.encoding == encoding, (body, decoded)
        if make not in DAMAGING:
            assert (decoded.text, decoded.unreadable) == (readable(body, encoding), 0)


@pytest.mark.parametrize(
    ("text", "encoding"), [(HANS, "gb18030"), (HANT, "gb18030"), (HANT, "big5hkscs")]
)
def test_a_lost_byte_costs_one_character(text, encoding):
    """After a lost byte the pairs find back at once; a plain decoder garbles all up to ASCII."""
    body = text.encode(encoding)
    for at in range(0, len(body), 7):
        decoded = decode(body[:at] + body[at + 1 :], f"charset={encoding}")
        assert decoded.encoding == encoding
        missing = len(text) - sum(map(str.__eq__, text, decoded.text))
        behind = len(text) - sum(map(str.__eq__, reversed(text), reversed(decoded.text)))
        # Counted from both ends, at most four characters around the hole are not the text's.
        assert missing + behind <= len(text) + 4, (at, decoded.text)


def test_a_shift_without_a_broken_byte_is_seen():
    """Shifted pairs that are all valid GBK are betrayed by private-use characters among them."""
    body = HANS.encode("gbk")[1:] + b"abc"
    assert "\ufffd" not in body.decode("gb18030")
    decoded = decode(body, "charset=gbk")
    assert (decoded.text, decoded.unreadable) == ("\ufffd" + HANS[1:] + "abc", 1)


def test_realignment_leaves_good_stretches_alone():
    """One broken byte does not change a character of Japanese, symbols or names elsewhere."""
    symbols = "─────①②③ひらがなとカタカナ，ΑΒΓДЖЗ\n"
    good = symbols + "作者：陶喆、游本堃、朱镕基、龘鑫淼焱垚\n图标\ue000和\ue001\n"
    decoded = decode(HANS.encode("gbk") + b"\n" + good.encode("gb18030") + b"\xff\n")
    assert decoded.text == HANS + "\n" + good + "\ufffd\n"


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs", "utf-8", "utf-16-le"])
def test_large_bodies_are_judged_by_slices(encoding):
    """A few Chinese words far inside a large ASCII body are found and read."""
    text = "var filler = 0;\n" * 20_000 + HANT + "\n" + "var filler = 1;\n" * 50_000
    decoded = decode(text.encode(encoding))
    assert (decoded.encoding, decoded.text) == (encoding, text)
    damaged = decode(text.encode() + b"\xff") if encoding == "utf-8" else decoded
    assert (damaged.encoding, damaged.text[: len(text)]) == (encoding, text)


@settings(deadline=None)
@given(st.binary(max_size=300), st.text(max_size=60), st.booleans())
def test_any_bytes_decode(body, content_type, markup):
    """No body and no header raises, and the text can always be written as UTF-8 again."""
    decoded = decode(body, content_type, markup=markup)
    decoded.text.encode("utf-8")
    assert 0 <= decoded.unreadable <= decoded.text.count("\ufffd")
    looks_binary(body)


LABELS = st.sampled_from(
    [
        "gbk",
        "gb18030",
        "big5",
        "utf-8",
        "utf-16",
        "shift_jis",
        "euc-jp",
        "euc-kr",
        "hz-gb-2312",
        "iso-2022-jp",
        "iso-2022-kr",
        "latin1",
        "windows-1252",
        "ansi",
        "rot13",
        "hex",
    ]
)


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.lists(st.integers(0x80, 0xFF), max_size=80).map(bytes),
        st.text(alphabet="~{}\x1b$B(JAa!)C\x0e\x0f", max_size=40).map(str.encode),
    ),
    LABELS,
)
def test_any_bytes_with_a_lying_label_decode(body, label):
    """A label that is wrong for the bytes never raises, and the decoding is deterministic."""
    decoded = decode(body, f"charset={label}")
    decoded.text.encode("utf-8")
    assert decoded == decode(body, f"charset={label}")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")), LABELS)
def test_valid_utf8_round_trips(text, label):
    """A valid UTF-8 body is its own text, whatever a label says, but for the mark at its start."""
    if label in {"hz-gb-2312", "iso-2022-jp", "iso-2022-kr"}:
        label = "gbk"  # seven-bit labels may rightly change how ASCII is read
    decoded = decode(text.encode(), f"charset={label}")
    if text.startswith("\ufeff") or not text.encode().startswith((b"\xfe\xff", b"\xff\xfe")):
        assert decoded.text == text.lstrip("\ufeff")
        assert (decoded.encoding, decoded.unreadable) == ("utf-8", 0)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(range(len(SIMPLIFIED))), min_size=2, max_size=8),
    st.sampled_from(
        [
            (SIMPLIFIED, "gb18030"),
            (TRADITIONAL, "gb18030"),
            (TRADITIONAL, "big5hkscs"),
            (SIMPLIFIED, "utf-16-le"),
            (TRADITIONAL, "utf-16-be"),
            (SIMPLIFIED, "utf-8"),
        ]
    ),
    st.one_of(st.just(""), LABELS),
    st.sampled_from(["", "\n", "\r\n", " "]),
)
def test_chinese_text_comes_back(order, how, label, between):
    """Two sentences are enough to be read right in any encoding, under any label."""
    sentences, encoding = how
    text = between.join(sentences[i] for i in order)
    decoded = decode(text.encode(encoding), f"text/html; charset={label}")
    assert (decoded.text, decoded.encoding, decoded.unreadable) == (text, encoding, 0)


BINARY = [
    b"PK\x03\x04\x14\x00\x06\x00",
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    gzip.compress(b"text"),
    bytes(range(256)) * 4,
    bytes(100),
    random.Random(1).randbytes(4000),
]
TEXTUAL = [
    b"",
    b"\n",
    b"GIF89a is the second version of the format.",
    "PDF是一种文件格式，BMP也是，PK是什么？".encode(),
    "正\0本清源，".encode() * 40,
    *(HANS.encode(encoding) for encoding in ("gbk", "utf-8", "utf-16", "utf-16-be", "utf-32")),
    "To be, or not to be\r\n".encode("utf-16-le"),
]


@pytest.mark.parametrize("body", BINARY, ids=range(len(BINARY)))
def test_binary_is_seen(body):
    """Archives, PDFs, images, Office files and byte soup are seen to be no text."""
    assert looks_binary(body)


@pytest.mark.parametrize("body", TEXTUAL[:4] + TEXTUAL[5:], ids=range(len(TEXTUAL) - 1))
def test_text_is_not_binary(body):
    """Text in any encoding, and text that speaks of file formats, is not taken for binary."""
    assert not looks_binary(body)


def test_a_stray_nul_is_not_binary():
    """One NUL in a page of text is damage; NULs all over the page are not text."""
    assert not looks_binary((HANS + "\0").encode())
    assert looks_binary(TEXTUAL[4])


def test_time_is_linear():
    """Ten times the body costs about ten times the time, also for hostile bytes."""

    def seconds(body: bytes) -> float:
        start = time.process_time()
        decode(body, "charset=" + " " * 2000, markup=True)
        return time.process_time() - start

    hostile = bytes(random.Random(4).choices(range(0x81, 0xFF), k=40_000))
    shifted = HANS.encode("gbk") * 60 + b"\xd6"
    for body in (hostile, shifted, b"<meta " * 7000 + b"\xd6"):
        small = min(seconds(body * 2) for _ in range(3))
        assert seconds(body * 20) < 30 * small + 0.05


def pages() -> list[Path]:
    return sorted((SHARED / "bench" / "html" / "pages").glob("*.gz"))


@pytest.mark.skipif(not pages(), reason="the shared benchmark pages are not here")
def test_real_pages():
    """Real pages are read as they are and as GBK or UTF-16 copies, whose labels then lie."""
    for file in pages()[::3]:
        body = gzip.decompress(file.read_bytes())
        decoded = decode(body, markup=True)
        assert decoded.unreadable * 1000 <= len(decoded.text), file.name
        assert not looks_binary(body), file.name
        for encoding in ("gb18030", "utf-16-le"):
            copy = decode(decoded.text.encode(encoding), markup=True)
            assert copy.encoding == encoding or copy.text.isascii(), file.name
            assert copy.text == decoded.text, file.name
