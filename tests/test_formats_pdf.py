"""PDF: from places on paper to paragraphs, and what pages carry besides the text."""

from __future__ import annotations

import io
import random

import pytest
from files import GOLD, SONG, TITLE, pages, pdf
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from cleaners import Document, RawPage, Rejected, clean
from cleaners.document import Extracted
from cleaners.formats import FormatProblem, read
from cleaners.formats import pdf as reader
from cleaners.formats.numerals import counted
from cleaners.formats.pdflayout import Run, Sheet, columns, furniture

SENTENCE = (
    "渡口的石阶一共十七级，最下面的三级常年泡在水里，长着一层滑腻的青苔，老人下去洗菜都要扶着铁链。"
)
ENGLISH = (
    "The ferry stopped when the river froze over and the people of the town walked twenty miles "
    "around the bend until the bridge was built by the carpenter and his neighbours in two winters"
)


def lines(found: Extracted) -> list[tuple[str, str]]:
    return [(line.role, found.original[line.start : line.end]) for line in found.lines]


def texts(body: bytes, *roles: str) -> list[str]:
    return [text for role, text in lines(read(body, "pdf")) if not roles or role in roles]


def rows(text: str, width: int, x: float, top: float, leading: float = 18.0) -> list[tuple[float, float, str]]:  # fmt: skip
    """A text broken after so many characters, as rows below each other."""
    pieces = [text[n : n + width] for n in range(0, len(text), width)]
    return [(x, top - leading * n, piece) for n, piece in enumerate(pieces)]


def refused(body: bytes) -> Rejected:
    [found] = clean(RawPage("file:a.pdf", body))
    assert isinstance(found, Rejected)
    return found


def test_a_whole_story_over_many_pages_has_its_paragraphs_back():
    """Three copies on small pages: every paragraph is one line, whatever page it ran over."""
    found = [
        text for text in texts(pdf(3), "paragraph", "heading") if text in GOLD or text == TITLE
    ]
    story = [line for line in GOLD.splitlines() if "\t" not in line]
    assert [text for text in found if text != TITLE] == story * 3
    assert found.count(TITLE) == 3


def test_wrapped_rows_are_one_paragraph_and_short_rows_are_not():
    """Rows that end together were wrapped; the lines of a poem end where they end."""
    long = SENTENCE * 3
    wrapped = rows(long, 30, 96, 700)
    assert texts(pages([(120, 760, long[:28]), *rows(long[28:], 30, 96, 742)])) == [long]
    assert texts(pages([*wrapped, *rows(long, 30, 96, 700 - 18 * len(wrapped) - 30)])) == [
        long,
        long,
    ]
    poem = ["春眠不觉晓，", "处处闻啼鸟。", "夜来风雨声，", "花落知多少。"]
    assert texts(pages([(72, 700 - 20 * n, line) for n, line in enumerate(poem)])) == poem


def test_items_of_a_list_and_entries_of_contents_stay_apart():
    """A row that begins with its number, or ends with dots and a page, goes on in no other."""
    entries = [f"第{counted(n)}章 渡口旧事{'.' * 60} {n}" for n in range(1, 7)]
    found = texts(pages([(72, 700 - 18 * n, entry) for n, entry in enumerate(entries)]))
    assert len(found) == len(entries)


def test_two_columns_are_read_one_after_the_other():
    """Also when the file draws them row by row; what spans both columns stays where it is."""
    left, right = SENTENCE * 4, SENTENCE[::-1].replace("。", "，") * 4
    a, b = rows(left, 18, 72, 700), rows(right, 18, 310, 700)
    mixed = [run for pair in zip(a, b, strict=True) for run in pair]
    title = (72, 740, "河湾镇修桥记" * 6)
    assert texts(pages([title, *mixed])) == [title[2], left, right]
    assert texts(pages([title, *a, *b])) == [title[2], left, right]


def test_three_columns_are_columns_in_a_column():
    """Columns are looked for again within what a gutter parts."""
    runs = [
        Run(f"{c}{n}", 0, 60.0 + 170 * c, 210.0 + 170 * c, 700.0 - 15 * n, 710.0 - 15 * n, 10.0)
        for n in range(12)
        for c in range(3)
    ]
    read_so = [row[0].text[0] for block in columns(runs) for row in block]
    assert read_so == ["0"] * 12 + ["1"] * 12 + ["2"] * 12


def test_rows_of_cells_are_a_table():
    """Rows with wide blanks below each other have tabs; a single one is a line."""
    # Of a font that is not embedded PDFium sees no single Chinese character.
    table = [("年份", "工钱", "木料"), ("头年", "三百", "四十"), ("次年", "五百", "六十")]
    drawn = [(72 + 130 * x, 700 - 20 * y, said) for y, row in enumerate(table) for x, said in enumerate(row)]  # fmt: skip
    assert lines(read(pages(drawn), "pdf")) == [("table", "\t".join(row)) for row in table]
    assert texts(pages([(72, 700, "记录：老周"), (300, 700, "审核：老吴")])) == [
        "记录：老周 审核：老吴"
    ]


def test_english_words_are_joined_by_blanks_and_hyphens_by_what_the_text_knows():
    """A hyphen at the end of a row goes, unless the text has the word with one elsewhere."""
    parts = [
        "The neighbours built a well-known bridge of cedar and cypress over the river and the neigh-",
        "bours were proud of it because a bridge across such a river was no small matter, and the well-",
        "known carpenter said that it would stand for a hundred years unless the water came again.",
    ]
    found = texts(pages([(72, 700 - 16 * n, part) for n, part in enumerate(parts)], font="Helvetica", size=11))  # fmt: skip
    assert len(found) == 1
    assert "the neighbours were proud" in found[0]
    assert "the well-known carpenter" in found[0]


def test_hyphens_of_a_word_with_several_are_known_one_by_one():
    """The words of end-of-stream are known with either of its hyphens."""
    parts = [
        "A stream has an end-of-stream marker behind its last block, and the neighbours' manual says that an end-of-",
        "stream marker may come again where two streams were put together; a program that reads both has to go on.",
    ]
    found = texts(pages([(72, 700 - 16 * n, part) for n, part in enumerate(parts)], font="Helvetica", size=9))  # fmt: skip
    assert len(found) == 1
    assert "that an end-of-stream marker" in found[0]


@pytest.mark.parametrize("count", [2, 3, 12])
def test_running_headers_and_page_numbers_are_found_by_their_place(count):
    """The same row at the same place, digits aside; numbers that grow with the pages."""
    source = random.Random(count)
    body = []
    for number in range(count):
        text = "".join(source.sample(SENTENCE * 9, 300))
        chapter = f"第{counted(number + 1)}章 渡口旧事"
        body.append([(72, 800, chapter), *rows(text, 34, 72, 740), (290, 30, str(number + 7))])
    found = lines(read(pages(*body), "pdf"))
    assert [text for role, text in found if role == "header"] == [page[0][2] for page in body]
    assert [text for role, text in found if role == "page_number"] == [page[-1][2] for page in body]
    assert not [text for role, text in found if role in ("footer", "watermark")]


@pytest.mark.parametrize(
    ("x", "y", "row", "role"),
    [
        (290, 24, "1", "page_number"),
        (290, 24, "37", "page_number"),
        (40, 20, "https://docs.example.cn/read/88", "footer"),
        (40, 824, "www.hewan.example", "header"),
        # At the edge, but words of the text; or such words, but in the text's own place.
        (290, 24, "此致敬礼", ""),
        (40, 824, "河湾镇人民政府文件", ""),
        (40, 20, "联系电话见河湾镇网站 www.hewan.example", ""),
        (40, 20, "2024年1月5日", ""),
        (40, 824, "2024/1/5 08:30", ""),
        (40, 90, "https://docs.example.cn/read/88", ""),
        (290, 90, "37", ""),
    ],
)
def test_a_single_page_gives_up_what_printing_added(x, y, row, role):
    """Place and words have to agree: at the very edge, set off, and a number, address or moment."""
    body = rows(SENTENCE * 9, 34, 72, 740)
    found = lines(read(pages([*body, (x, y, row)]), "pdf"))
    assert (role or "paragraph", row) in [
        ("paragraph" if said not in ("page_number", "header", "footer") else said, text)
        for said, text in found
    ]


@pytest.mark.parametrize(("size", "title", "found"), [(8, "桥", 2), (8, "", 1), (12, "桥", 0)])
def test_what_a_browser_prints_above_a_single_page_is_small(size, title, found):
    """The moment, and the page's title beside it; minutes of a meeting may begin so in large."""
    text = [Run(SENTENCE, 0, 72.0, 480.0, 740.0 - 18 * n, 752.0 - 18 * n, 12.0) for n in range(9)]
    above = [Run("2024/1/5 08:30", 0, 24.0, 90.0, 820.0, 820.0 + size, size)]
    above += [Run(title, 0, 290.0, 300.0, 820.0, 820.0 + size, size)] if title else []
    sheet = Sheet(0, 595.0, 842.0, (*above, *text))
    assert list(furniture([sheet], 12.0).values()) == ["header"] * found


def test_a_single_page_whose_text_runs_to_the_edge_keeps_it():
    """An address that ends a list of sources, a number that ends a column: not set off, or large."""
    body = rows(SENTENCE * 20, 34, 72, 740)[:38]
    last = body[-1][1] - 18
    for said in ("https://docs.example.cn/read/88", "37"):
        found = lines(read(pages([*body, (72, last, said)]), "pdf"))
        assert not [text for role, text in found if role in ("footer", "page_number")]


def test_a_form_keeps_its_words():
    """Labels that stand on every page at the same place, with a page of their own, are text."""
    forms = [
        [
            (72, 600 - 30 * n, label)
            for n, label in enumerate(("姓名：", "准考证号：", "考场：", "座位："))
        ]
        + [(200, 600, f"考生{number}")]
        for number in range(5)
    ]
    [found] = clean(RawPage("file:a.pdf", pages(*forms)))
    assert isinstance(found, Document)
    assert found.text.count("准考证号") == 5


def _stamped(turn: float, gray: float, count: int = 4) -> bytes:
    pages([(72, 700, "x")])  # registers the font
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for number in range(count):
        canvas.setFont(SONG, 12)
        for x, y, said in rows(SENTENCE[number:] * 5, 34, 72, 740):
            canvas.drawString(x, y, said)
        canvas.saveState()
        canvas.translate(150, 640)
        canvas.rotate(turn)
        canvas.setFillGray(gray)
        canvas.setFont(SONG, 12 if turn else 30)
        canvas.drawString(0, 0, "某某文库")
        canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("turn", [0, 30, 315])
def test_stamps_are_watermarks(turn):
    """Text at an angle, or large across the rows, at the same place on every page."""
    found = read(_stamped(turn, 0.8), "pdf")
    assert [text for role, text in lines(found) if role == "watermark"] == ["某某文库"] * 4
    assert all("文库" not in text for role, text in lines(found) if role == "paragraph")


def test_slanted_letters_are_no_stamp():
    """An italic that a program made by slanting has an angle, but its rows stand level."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for n in range(20):
        row = canvas.beginText()
        row.setTextTransform(1, 0, 0.33, 1, 72, 740 - 16 * n)
        for font, said in (("Helvetica", "The neighbours built a bridge of cedar "), ("Courier", "and cypress")):  # fmt: skip
            row.setFont(font, 11)
            row.textOut(said)
        canvas.drawText(row)
    canvas.save()
    assert {role for role, _ in lines(read(out.getvalue(), "pdf"))} == {"paragraph"}


def test_a_page_that_stands_sideways_is_turned():
    """Where most text stands at 90°, that is how the page is read."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    words = ENGLISH.split()
    for turn, shift in ((90, (A4[0], 0)), (270, (0, A4[1])), (180, A4)):
        canvas.translate(*shift)
        canvas.rotate(turn)
        for n in range(0, len(words), 8):
            canvas.drawString(96, 500 - n * 2, " ".join(words[n : n + 8]))
        canvas.showPage()
    canvas.save()
    assert " ".join(texts(out.getvalue())).split() == words * 3


def test_notes_below_a_page_stand_after_the_paragraph_that_runs_over_them():
    """Small rows at the foot of a page do not break a sentence."""
    text = SENTENCE * 40
    source = rows(text, 36, 72, 780)
    per_page = 36
    pages([(72, 700, "x")])
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for first in range(0, len(source), per_page):
        canvas.setFont(SONG, 12)
        for n, (x, _, said) in enumerate(source[first : first + per_page]):
            canvas.drawString(x, 780 - 18 * n, said)
        if not first:
            canvas.setFont(SONG, 8)
            canvas.drawString(72, 60, "① 石阶是光绪年间修的，见镇志。")
        canvas.showPage()
    canvas.save()
    found = lines(read(out.getvalue(), "pdf"))
    assert found == [("paragraph", text), ("note", "① 石阶是光绪年间修的，见镇志。")]


def test_properties_of_a_pdf_have_little_trust():
    """Title, author and dates are of the file; a worthless title is none."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setTitle("Microsoft Word - 渡口.doc")
    canvas.setAuthor("Administrator")
    canvas.drawString(72, 700, ENGLISH[:60])
    canvas.save()
    facts = read(out.getvalue(), "pdf").metadata
    assert (facts["title"].value, facts["title"].trust) == ("渡口", "low")
    assert (facts["author"].value, facts["author"].trust) == (None, "none")
    assert facts["file_created"].value == "2000-01-01T00:00"


def test_pages_without_text_are_counted_and_a_file_of_them_is_refused():
    """Pictures of pages have no text layer; a header over pictures is none either."""
    assert refused(pages([], [])).rule == "no-text-layer"
    assert refused(pages(*[[(72, 800, "河湾镇史料")]] * 3)).rule == "no-text-layer"
    found = read(pages([(72, 700, SENTENCE[:20])], [], []), "pdf")
    assert found.metadata["pages_without_text"].value == 2


def test_fonts_that_do_not_say_their_characters_are_refused_or_counted():
    """Glyphs without a character become U+FFFD; where most are, the text is of no use."""
    body = pages([(72, 700, SENTENCE[:30])])
    lost = body.replace(b"/UniGB-UCS2-H", b"/Identity-H  ")
    try:
        found = read(lost, "pdf")
    except FormatProblem as problem:
        assert problem.rule in ("unmapped-glyphs", "no-text-layer")  # noqa: PT017
    else:
        assert SENTENCE[:30] not in found.original


def test_characters_beyond_the_first_plane_are_read():
    """PDFium has two halves of them, and each was a character that is lost."""
    found = read(pages([(72, 700, "𠮷野家的老板姓𠮷，"), (72, 682, "开店三十年。")]), "pdf")
    assert (found.original.count("𠮷"), found.unreadable) == (2, 0)
    assert found.original.startswith("𠮷野家的老板姓𠮷，")


def test_pdf_that_cannot_be_read_is_refused_with_its_reason(monkeypatch):
    """Cut off, encrypted, broken and endless files are rejects, each by its own name."""
    body = pdf()
    assert refused(body[: len(body) // 2]).rule == "damaged-file"
    assert refused(b"%PDF-1.7\n" + bytes(300) + b"\nstartxref\n0\n%%EOF").rule == "damaged-file"
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(72, 700, "text")
    canvas.save()
    assert refused(out.getvalue()).rule == "password-protected"
    monkeypatch.setattr(reader, "MAX_PAGES", 3)
    found = refused(pages(*[[(72, 700, "甲")]] * 4))
    assert (found.rule, "split" in found.why) == ("too-many-pages", True)


def test_a_crowded_page_is_read_in_bounded_time():
    """Ten thousand runs on one page, and a header of a thousand pieces: no step is quadratic."""
    source = random.Random(1)
    runs = tuple(
        Run(f"字{n % 50}", 0, x := source.uniform(0, 500), x + 20, y := source.uniform(0, 800), y + 10, 10.0)
        for n in range(10_000)
    )  # fmt: skip
    from cleaners.formats.pdftext import paragraphs  # noqa: PLC0415

    assert len(paragraphs([Sheet(0, 595, 842, runs)])) > 0
