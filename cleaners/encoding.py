"""
Bytes to text: which encoding, and who said so.

    byte-order mark ─▶ UTF-16 by pattern ─▶ UTF-8 ─▶ a label that fits ─▶ best fit

A label (the server's, the page's own `<meta>`) is a claim, and Chinese pages
often claim wrongly. So the bytes are asked first, and a label is believed only
if its encoding reads the bytes about as well as the best guess does. How well an
encoding reads bytes is its *fit*: the share of common characters among the
non-ASCII ones, less the broken ones. Which characters are common is not a list
of ours: the authors of GB 2312, Big5, JIS X 0208 and KS X 1001 put the common
ones into the first rows of their code tables, and Python's codecs know the rows.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

Witness = Literal[
    "bom",  # a byte-order mark
    "utf-8 fits",  # the whole body is valid UTF-8
    "utf-8 nearly fits",  # most of its non-ASCII characters are
    "utf-16 pattern",  # no mark, but every second byte is as in Chinese or English UTF-16
    "header",  # the Content-Type header, checked by fit
    "meta",  # the page's own <meta> or XML declaration, checked by fit
    "best fit",  # no label that fits
    "format",  # the file is no page, and its format says how text is written in it
    "nothing fits",  # not even the best: a damaged, foreign or binary body
]

# UTF-32 stands before UTF-16: the little-endian marks begin with the same bytes.
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    ("\ufeff".encode("gb18030"), "gb18030"),
)

# Python's codec → what pages call it, in lower case and without separators. The codec
# is always the largest that reads the same bytes: pages that say gb2312 use characters
# that gb2312 does not have (朱镕基, 喆, 堃). UTF-16 is missing on purpose: the bytes have
# said already whether they are UTF-16, and a label that was read as ASCII is wrong there.
LABELS = {
    "utf-8": "utf8 utf unicode11utf8 xunicode20utf8",
    "gb18030": "gb18030 gb180302000 gb180302005 gb180302022 gbk xgbk gb2312 xgb2312 gb231280 gb "
    "cp936 ms936 windows936 936 chinese csgb2312 csiso58gb231280 isoir58 iso58 euccn xeuccn zhcn",
    "big5hkscs": "big5 big5hkscs xxbig5 xbig5 cnbig5 csbig5 big5eten big5tw bigfive cp950 ms950 "
    "windows950 950 zhtw",
    "cp932": "shiftjis sjis xsjis mskanji csshiftjis ms932 cp932 windows31j",
    "euc_jp": "eucjp xeucjp ujis",
    "cp949": "euckr cseuckr korean ksc5601 ksc56011987 ksc56011989 ksx1001 uhc cp949 ms949 "
    "windows949",
    "cp1252": "iso88591 88591 latin1 l1 cp819 ascii usascii cp1252 windows1252 xcp1252 ansi",
    "hz": "hz hzgb hzgb2312",
    "iso2022_jp_2": "iso2022jp iso2022jp1 iso2022jp2 csiso2022jp",
    "iso2022_kr": "iso2022kr csiso2022kr",
}
CODECS = {label: codec for codec, labels in LABELS.items() for label in labels.split()}
SEVEN_BIT = frozenset({"hz", "iso2022_jp_2", "iso2022_kr"})  # these look like ASCII

CHARSET = re.compile(r"""charset\s{0,8}=\s{0,8}["']?\s{0,8}([\w.:+-]{1,40})""", re.IGNORECASE)
DECLARED = re.compile(
    r"""<\?xml\b[^>]{0,200}?\bencoding\s{0,8}=\s{0,8}["']([\w.:+-]{1,40})"""
    r"""|<meta\b[^>]{0,400}?\bcharset\s{0,8}=\s{0,8}["']?\s{0,8}([\w.:+-]{1,40})""",
    re.IGNORECASE,
)
SEPARATORS = re.compile(r"[\W_]+")
HEAD = 4096  # bytes of the page searched for a declaration

SLICE = 16_384  # bytes; a few of them stand for a large body
UTF8_NEAR = 0.2  # fit; 6 of 10 non-ASCII characters are readable
UTF16_NEAR = 0.7  # share of ASCII and common Chinese
UTF16_LEAST = 16  # bytes; in fewer, other text without NULs may look like UTF-16 by chance
LABEL_OUTWEIGHS = 2.0  # a label is believed against this many common characters at most
CLEAR = 0.85  # fit that only an undamaged body in the right encoding has
HOPELESS = 0.25  # a guess with less than this fit is called "nothing fits"

REPLACEMENT = "\ufffd"
EURO = b"\x80"  # in Windows' code page 936; no codec of Python's reads it
ESCAPED = re.compile("[\udc80-\udcff]")  # a byte that `surrogateescape` carried through
STRETCH = re.compile(rb"[\x80-\xff]{8,}")
WELL = 0.75  # of its characters are common: a stretch that is not shifted
LEFT_OUT = -2.5  # in common characters: what leaving a byte out must gain
PRIVATE = re.compile("[\ue000-\uf8ff]")  # in Chinese double-byte text a sign of shifted pairs
NON_ASCII = re.compile(rb"[\x80-\xff]")
ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
ACCENTED = re.compile(rb"[A-Za-z]{2}[\xc0-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\xc0-\xff][a-z]{2}")
HIGH = bytes(range(0x80, 0x100))
SAFE = re.compile(rb"[\x00-\x2f]")  # never the second half of a character
CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r\f\v\x1a\x1b"})
MAGIC = re.compile(
    rb"""
      PK(?:\x03\x04|\x05\x06)             # zip, docx, xlsx, epub, jar
    | \s{0,16}%PDF-\d                     # pdf
    | \x89PNG\r\n | \xff\xd8\xff | GIF8[79]a[^\x00]{0,8}\x00 | RIFF.{4}WEBP | BM.{4}\x00{4}
    | \xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1    # OLE: doc, xls, ppt
    | \x1f\x8b | BZh\d1AY | \xfd7zXZ\x00 | \x28\xb5\x2f\xfd | 7z\xbc\xaf\x27\x1c | Rar!\x1a\x07
    | \x7fELF | OggS\x00 | ID3[\x02-\x04] | \x00\x00..ftyp
    """,
    re.VERBOSE | re.DOTALL,
)


def _rows(codec: str, rows: Iterable[int], columns: Iterable[int]) -> frozenset[str]:
    """The characters that a two-byte code table has in these rows."""
    columns = tuple(columns)
    cells = (bytes((row, column)) for row in rows for column in columns)
    return frozenset("".join(cell.decode(codec, "ignore") for cell in cells))


_EUC = range(0xA1, 0xFF)
_BIG5 = (*range(0x40, 0x7F), *_EUC)
GB_LEVEL_1 = _rows("gb2312", range(0xB0, 0xD8), _EUC)  # 3755 characters, by pinyin
BIG5_LEVEL_1 = _rows("big5", range(0xA4, 0xC6), _BIG5) | _rows("big5", [0xC6], range(0x40, 0x7F))
# Punctuation and full-width forms that both tables have: ，。！？：；（）「」“”——……
PUNCTUATION = _rows("gb18030", (0xA1, 0xA3), _EUC) & _rows("big5hkscs", (0xA1, 0xA2, 0xA3), _BIG5)
JAPANESE = _rows("euc_jp", (0xA4, 0xA5, *range(0xB0, 0xD0)), _EUC)  # kana, level 1
KOREAN = _rows("euc_kr", range(0xB0, 0xC9), _EUC)  # hangul
ASCII = frozenset("\t\n\r") | {chr(code) for code in range(0x20, 0x7F)}
CHINESE = GB_LEVEL_1 | BIG5_LEVEL_1 | PUNCTUATION
SYMBOLS = _rows("gb18030", range(0xA1, 0xAA), _EUC)  # kana, numerals, box drawing …
PAIRS = {
    codec: frozenset(c.encode(codec, "ignore") for c in CHINESE | SYMBOLS if not PRIVATE.match(c))
    for codec in ("gb18030", "big5hkscs")
}
COMMON = {"cp932": (JAPANESE,), "euc_jp": (JAPANESE,), "iso2022_jp_2": (JAPANESE,)} | {
    "cp949": (KOREAN,),
    "iso2022_kr": (KOREAN,),
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """
    A body as text. `unreadable` counts the U+FFFD that decoding put into `text`;
    a U+FFFD that stood in the body, validly encoded, is the page's own and not counted.
    """

    text: str
    encoding: str  # Python's name of the codec that read it
    witness: Witness
    unreadable: int = 0  # characters


def decode(body: bytes, content_type: str = "", *, markup: bool = False) -> Decoded:
    """
    Decode a body of any bytes whatever; it never raises.

    Asked in this order: a byte-order mark; UTF-16 and UTF-8 by the bytes alone;
    the `charset` of `content_type` and, with `markup`, the declarations in the
    first 4096 bytes, each checked by fit; last, what fits best of GB18030,
    Big5-HKSCS and Windows-1252. The mark is taken off the text, nothing else is
    changed: line breaks, NULs and U+FEFF inside the text stay.

    >>> decode("朱镕基".encode("gb18030"), "text/html; charset=gb2312")
    Decoded(text='朱镕基', encoding='gb18030', witness='header', unreadable=0)

    UTF-8 is asked before the labels because it alone can prove itself: Chinese
    GBK almost never reads as UTF-8, while UTF-8 often reads as GBK, wrongly.

    >>> "正本".encode("utf-8").decode("gbk")
    '姝ｆ湰'
    >>> decode("正本".encode("utf-8"), "text/html; charset=gbk").text
    '正本'

    Damage is counted, and does not turn the verdict. In GBK and Big5 a lost byte costs
    one character, not all up to the next ASCII one (`_realigned`):

    >>> decode("天气很好，我们去公".encode("gbk") + b"\\xd4")
    Decoded(text='天气很好，我们去公�', encoding='gb18030', witness='best fit', unreadable=1)

    Characters of GBK's user-defined areas come out as private use characters
    (U+E000 and following), which are readable in this sense, and not counted.
    """
    rest, marked = _without_bom(body)
    if marked is not None and marked != "utf-8":
        return _read(rest, marked, "bom")
    if b"\0" in rest and (utf16 := _utf16(rest)):  # ASCII in UTF-16 is valid UTF-8, too
        return _read(rest, utf16, "utf-16 pattern")
    try:
        text = rest.decode("utf-8")
    except UnicodeDecodeError as error:
        encoding, witness = _weigh(rest, error.start, content_type, markup=markup)
        return _read(rest, encoding, "bom" if encoding == marked else witness)
    if text.isascii() and (escaped := _seven_bit(rest, content_type, markup=markup)):
        return escaped
    return Decoded(text.lstrip("\ufeff"), "utf-8", "bom" if marked else "utf-8 fits")


def looks_binary(body: bytes) -> bool:
    r"""
    Whether a body is no text at all: it begins like a zip, a PDF, an image, an OLE
    file, an archive …, or it is strewn with control bytes and is no UTF-16 or UTF-32.

    >>> looks_binary(b"PK\x03\x04..."), looks_binary("正本清源".encode("utf-16-le") * 4)
    (True, False)
    """
    if MAGIC.match(body):
        return True
    rest, marked = _without_bom(body)
    if marked is not None and marked.startswith(("utf-16", "utf-32")):
        return False
    sample = b"".join(_slices(rest))
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    return controls * 50 > len(sample) and _utf16(rest) is None


def _without_bom(body: bytes) -> tuple[bytes, str | None]:
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return body[len(bom) :], encoding
    return body, None


def _read(body: bytes, encoding: str, witness: Witness) -> Decoded:
    realign = encoding in PAIRS and witness != "nothing fits"
    with suppress(UnicodeDecodeError):
        text = body.decode(encoding)
        if not (realign and PRIVATE.search(text)):
            return Decoded(text.lstrip("\ufeff"), encoding, witness)
    text, unreadable = _read_broken(_realigned(body, encoding) if realign else body, encoding)
    return Decoded(text.lstrip("\ufeff"), encoding, witness, unreadable)


def _read_broken(body: bytes, encoding: str) -> tuple[str, int]:
    """The text with U+FFFD for what cannot be read, and how many of them are ours."""
    if encoding.startswith("utf"):
        text = body.decode(encoding, "replace")
        own = body.decode(encoding, "ignore").count(REPLACEMENT)
        return text, text.count(REPLACEMENT) - own
    text = body.decode(encoding, "surrogateescape")
    if encoding == "gb18030":
        text = text.replace("\udc80", "€")
    return ESCAPED.subn(REPLACEMENT, text)


def _realigned(body: bytes, codec: str) -> bytes:
    """
    A body with 0xFF in the place of broken characters, and of bytes that lost their other half.

    In GBK and Big5 one lost byte shifts all that follow up to the next ASCII
    character, and most of the shifted pairs are characters, too. Each damaged
    stretch is divided anew so that most pairs are common characters (Viterbi's
    algorithm, two states: the byte ends a pair, or is left out).
    """
    pairs = PAIRS[codec]
    return STRETCH.sub(lambda match: _divided(match[0], codec, pairs), body)


def _divided(stretch: bytes, codec: str, pairs: frozenset[bytes]) -> bytes:
    with suppress(UnicodeDecodeError):
        text = stretch.decode(codec)
        common = sum(map(CHINESE.__contains__, text))
        if common >= WELL * len(text) and not PRIVATE.search(text):
            return stretch
    two_ago, one_ago = 0.0, LEFT_OUT  # the best value of the stretch up to there
    paired = bytearray(2)  # by end: whether the best way there ends in a pair
    for end in range(2, len(stretch) + 1):
        pair = two_ago + (stretch[end - 2 : end] in pairs)
        alone = one_ago + LEFT_OUT
        paired.append(pair >= alone)
        two_ago, one_ago = one_ago, max(pair, alone)
    # The last byte may be the first half of a pair whose second half is ASCII.
    end = len(stretch) - (two_ago > one_ago)
    backwards = bytearray(stretch[end:])
    while end > 0:
        start = end - 1 - paired[end]
        piece = stretch[start:end]
        readable = (
            piece in pairs or piece == EURO or (paired[end] and piece.decode(codec, "ignore"))
        )
        backwards += piece[::-1] if readable else b"\xff"
        end = start
    return bytes(reversed(backwards))


def _weigh(body: bytes, evidence: int, content_type: str, *, markup: bool) -> tuple[str, Witness]:
    """The encoding of bytes that are not valid UTF-8: at offset `evidence` they show it."""
    if utf16 := _utf16(body):
        return utf16, "utf-16 pattern"
    sample = _sample(body, evidence)
    fits = {codec: _fit(sample, codec) for codec in _guesses(sample)}
    if max(fits.values()) < CLEAR:  # perhaps shifted by lost bytes
        fits |= {codec: _fit(_realigned(sample, codec), codec) for codec in PAIRS}
    best = max(fits, key=lambda codec: fits[codec])  # of equals, the first
    utf8 = fits["utf-8"] = _fit(sample, "utf-8")
    if utf8 >= UTF8_NEAR and utf8 > fits[best]:
        return "utf-8", "utf-8 nearly fits"
    characters = _high_bytes(sample) / 2
    for codec, witness in _labels(body, content_type, markup=markup):
        if codec in SEVEN_BIT:
            continue
        fit = fits[codec] if codec in fits else _fit(sample, codec)
        if fit >= 0 and (fits[best] - fit) * characters < LABEL_OUTWEIGHS:
            return codec, witness
    return best, "best fit" if fits[best] >= HOPELESS else "nothing fits"


def _guesses(sample: bytes) -> tuple[str, ...]:
    chinese = ("gb18030", "big5hkscs")
    return ("cp1252", *chinese) if ACCENTED.search(sample) else (*chinese, "cp1252")


def _fit(sample: bytes, codec: str) -> float:
    """How well a codec reads a sample: 1 for common characters only, 0 and less for none."""
    if codec == "cp1252":
        return _fit_western(sample)
    seen = _characters(sample, codec)
    total = seen.total()
    if not total:  # an unfinished character is all there is
        return 0.0
    if codec == "utf-8":  # any valid sequence of several bytes speaks for it
        broken = seen[REPLACEMENT] - sample.count(REPLACEMENT.encode())
        return 1 - 2 * broken / total
    punctuation = sum(n for c, n in seen.items() if c in PUNCTUATION)
    # The most by one table, not by all together: text is simplified or traditional, while
    # misread bytes are a bit of everything.
    tables = COMMON.get(codec, (GB_LEVEL_1, BIG5_LEVEL_1))
    common = max(sum(n for c, n in seen.items() if c in table) for table in tables)
    broken = sum(n for c, n in seen.items() if c == REPLACEMENT or "\ue000" <= c < "\uf900")
    return (punctuation + common - broken) / total


def _fit_western(sample: bytes) -> float:
    """Letters with accents stand among ASCII letters; Chinese bytes stand together."""
    high = _high_bytes(sample)
    return (2 * len(ALONE.findall(sample)) / high - 1) if high else 0.0


def _high_bytes(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, HIGH))


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark, if nearly all is ASCII or common Chinese in one byte order."""
    if len(body) < UTF16_LEAST and b"\0" not in body:
        return None
    for codec in ("utf-16-le", "utf-16-be"):
        seen = Counter("".join(piece.decode(codec, "replace") for piece in _slices(body)))
        expected = sum(n for c, n in seen.items() if c in ASCII or c in CHINESE)
        if expected >= UTF16_NEAR * seen.total() > 0:
            return codec
    return None


def _seven_bit(body: bytes, content_type: str, *, markup: bool) -> Decoded | None:
    """HZ and ISO-2022 hide in ASCII: only a label names them, and they must read without fault."""
    for codec, witness in _labels(body, content_type, markup=markup):
        if codec in SEVEN_BIT:
            try:
                text = body.decode(codec)
            except UnicodeDecodeError:
                continue
            if _fit(body[: 4 * SLICE], codec) >= HOPELESS:
                return Decoded(text, codec, witness)
    return None


def _labels(body: bytes, content_type: str, *, markup: bool) -> list[tuple[str, Witness]]:
    """What the header and the page say, in order, as codecs. Unknown labels are left out."""
    said: dict[Witness, list[str]] = {"header": CHARSET.findall(content_type)}
    if markup:
        head = body[:HEAD].decode("latin-1")
        said["meta"] = [m[1] or m[2] for m in DECLARED.finditer(head)]
    return [
        (codec, witness)
        for witness, labels in said.items()
        for label in labels
        if (codec := CODECS.get(SEPARATORS.sub("", label).lower()))
    ]


def _characters(sample: bytes, codec: str) -> Counter[str]:
    """The non-ASCII characters of a sample, counted. An unfinished one at its end is left out."""
    text = codecs.getincrementaldecoder(codec)("replace").decode(sample)
    seen = Counter(text)
    for c in [c for c in seen if c.isascii()]:
        del seen[c]
    return seen


def _sample(body: bytes, evidence: int) -> bytes:
    """
    All of a small body; five slices of a large one, among them one at its first
    non-ASCII byte and one at offset `evidence`, so that the few Chinese words of
    a large script are not missed.
    """
    if len(body) <= 4 * SLICE:
        return body
    beginning, *others = _slices(body)
    first = NON_ASCII.search(body, 0, evidence)
    shown = {first.start() if first else evidence, evidence}
    pieces = [body[at : at + SLICE] for at in (_word_start(body, at) for at in sorted(shown))]
    return b"\n".join([beginning, *map(_from_whole, others), *pieces])


def _word_start(body: bytes, at: int) -> int:
    least = max(0, at - SLICE)
    before = max(body.rfind(end, least, at) for end in (b"\n", b" ", b">"))
    return before + 1 if before >= 0 else at


def _slices(body: bytes) -> tuple[bytes, ...]:
    """All of a small body; beginning, middle and end of a large one, at even offsets."""
    if len(body) <= 4 * SLICE:
        return (body,)
    starts = (0, len(body) // 2 & ~1, (len(body) - SLICE) & ~1)
    return tuple(body[start : start + SLICE] for start in starts)


def _from_whole(piece: bytes) -> bytes:
    """A slice without the half character that it may begin with."""
    safe = SAFE.search(piece)
    return piece[safe.end() :] if safe else piece
