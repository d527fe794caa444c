"""Files that are no web pages: what they are, what is read of them, and why some are refused."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path

import pytest
from files import (
    AFTER,
    AROUND,
    BEFORE,
    GOLD,
    STAMP,
    TITLE,
    W,
    epub,
    escaped,
    html,
    mht,
    open_xml,
    p,
    pages,
    pdf,
    r,
    related,
    rtf,
    txt,
    word,
    zipped,
)

from cleaners import Document, RawPage, Rejected, clean, rebuild
from cleaners.document import Extracted
from cleaners.formats import FormatProblem, read, sniff
from cleaners.formats.zipped import MAX_MEMBER

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).with_name("formats")
STORIES = {
    "txt": txt, "html": html, "mht": mht, "docx": word, "epub": epub, "rtf": rtf, "pdf": pdf,
    "doc": (HERE / "bridge.doc").read_bytes,
}  # fmt: skip


def lines(found: Extracted) -> list[tuple[str, str]]:
    return [(line.role, found.original[line.start : line.end]) for line in found.lines]


def texts(body: bytes, known: str) -> list[str]:
    return [text for _, text in lines(read(body, known))]


def cleaned(body: bytes, name: str = "a", **more) -> Document:
    [found] = clean(RawPage(f"file:{name}", body), **more)
    assert isinstance(found, Document), found
    return found


def refused(body: bytes, name: str = "a") -> Rejected:
    [found] = clean(RawPage(f"file:{name}", body))
    assert isinstance(found, Rejected), found.text
    assert found.why
    return found


# --------------------------------------------------------------------- every format


@pytest.mark.parametrize("known", STORIES)
def test_the_same_document_gives_the_same_clean_text_in_every_format(known):
    """Noise above, below and around the text goes; the distance to gold is under the limits."""
    body = STORIES[known]()
    found = cleaned(body, f"河湾.{known}")
    off = 1 - SequenceMatcher(None, found.text, GOLD, autojunk=False).ratio()
    assert off < (0.002 if known == "pdf" else 0.0005)
    assert found.title == TITLE
    assert {BEFORE, AFTER} <= {cut.text for cut in found.removals}
    assert found.metadata["site_name"].value == "河湾文库"
    assert rebuild(found) == found.text
    assert clean(RawPage(f"file:河湾.{known}", body)) == [found]


@pytest.mark.parametrize(
    ("known", "around", "stamp"),
    [("docx", 1, 1), ("doc", 1, 1), ("rtf", 1, 0), ("pdf", 2, 2)],
)
def test_headers_and_watermarks_are_removals(known, around, stamp):
    """What is printed on each page stands in the original, and is cut by a rule with a name."""
    found = cleaned(STORIES[known]())
    cuts = [(cut.rule, cut.text) for cut in found.removals]
    assert cuts.count(("running-header", AROUND)) == around
    assert cuts.count(("printed-watermark", STAMP)) == stamp
    assert STAMP in found.original or not stamp


@pytest.mark.parametrize("known", STORIES)
def test_a_file_is_known_by_its_content(known):
    """A name that lies changes nothing, and the provenance says what read the file."""
    body = STORIES[known]()
    said = "text" if known in ("txt", "html") else known
    for name in ("a.txt", "a.doc", "a.pdf", "a"):
        assert sniff(body, name) == said
    assert cleaned(body, "a.doc").text == GOLD
    extractor = cleaned(body).provenance.extractor
    assert extractor.startswith("text@" if known == "txt" else f"{known}@")


@pytest.mark.parametrize(
    ("body", "known"),
    [
        (b"", "text"),
        (zipped({"a.txt": "正文"}), "zip"),
        (zipped({"xl/workbook.xml": "<a/>"}), "xlsx"),
        (zipped({"inner.docx": word()}, how=zipfile.ZIP_STORED), "zip"),
        (b"\x1f\x8b\x08" + b"\0" * 20, "gzip"),
        (b"WARC/1.0\r\n", "warc"),
        (b"a.txt".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 300, "tar"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary"),
        ("From: 老周的信，请转交：\n他们都好。".encode(), "text"),
        ("他说：%PDF-1.4 是一种格式。".encode(), "text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_bytes_are_told_from_documents(body, known):
    """Containers, workbooks, pictures and texts are what they are."""
    assert sniff(body, "a.docx") == known


# ---------------------------------------------------------------------------- docx


def test_docx_shows_what_its_reader_sees():
    """Insertions and results of fields stay; deletions, hidden text and instructions do not."""
    field = "".join((
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        '<w:r><w:instrText> HYPERLINK "https://example.com" </w:instrText></w:r>',
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>', r("附表"),
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    ))  # fmt: skip
    body = p(
        r("见") + field + '<w:del w:id="1"><w:r><w:delText>删</w:delText></w:r></w:del>'
        f'<w:ins w:id="2">{r("添")}</w:ins>{r("藏", "<w:vanish/>")}'
        '<w:bookmarkStart w:id="3" w:name="_GoBack"/><w:bookmarkEnd w:id="3"/>'
        '<w:commentRangeStart w:id="4"/><w:r><w:commentReference w:id="4"/></w:r>'
        f'<w:moveFrom w:id="5">{r("旧处")}</w:moveFrom><w:moveTo w:id="6">{r("新处")}</w:moveTo>'
        "<w:r><w:tab/><w:noBreakHyphen/><w:softHyphen/><w:t>尾</w:t></w:r>"
    )
    assert texts(open_xml(body), "docx") == ["见附表添新处\t-尾"]


def test_docx_with_a_deleted_paragraph_mark_is_one_paragraph():
    """Where the end of a paragraph is deleted, the next one goes on."""
    gone = '<w:rPr><w:del w:id="1"/></w:rPr>'
    assert texts(open_xml(p(r("前半"), gone) + p(r("后半"))), "docx") == ["前半后半"]


NUMBERING = (
    "numbering|"
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF06C;"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="8"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def at(number: int, level: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def test_docx_numbers_are_printed_as_word_prints_them():
    """Chinese numerals, levels in each other, bullets of a font of signs, a list begun anew."""
    body = "".join((
        p(r("甲"), at(7, 0)), p(r("乙"), at(7, 1)), p(r("丙"), at(7, 1)), p(r("丁"), at(7, 2)),
        p(r("戊"), at(7, 0)), p(r("己"), at(7, 1)), p(r("庚"), at(8, 0)), p(r("辛"), at(0, 0)),
    ))  # fmt: skip
    found = open_xml(body, rels=related("numbering", "numbering"), numbering=NUMBERING)
    assert texts(found, "docx") == [
        "一、甲", "1.1 乙", "1.2 丙", "● 丁", "二、戊", "2.1 己", "五、庚", "辛",
    ]  # fmt: skip


def test_docx_styles_give_headings_and_numbers():
    """A paragraph has its role and its list from its style, or from the style's own one."""
    styles = (
        'styles|<w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/><w:pPr>'
        f'{at(7, 0)}<w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="c"><w:name w:val="caption"/><w:basedOn w:val="c"/></w:style>'
    )
    body = p(r("总则"), '<w:pStyle w:val="b"/>') + p(r("图1"), '<w:pStyle w:val="c"/>')
    rels = related("numbering", "numbering") + related("styles", "styles")
    found = read(open_xml(body, rels=rels, numbering=NUMBERING, styles=styles), "docx")
    assert lines(found) == [("heading", "一、总则"), ("caption", "图1")]


def test_docx_text_boxes_are_read_once_and_stamps_are_told_apart():
    """Of a shape in two ways one is read; a box that is turned, or named so, is a watermark."""
    space = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )

    def box(said: str, turn: int) -> str:
        content = f"<w:txbxContent>{p(r(said))}</w:txbxContent>"
        return (
            f'<w:r><mc:AlternateContent {space}><mc:Choice Requires="wps"><w:drawing><wps:wsp>'
            f'<wps:spPr><a:xfrm rot="{turn}"/></wps:spPr><wps:txbx>{content}</wps:txbx></wps:wsp>'
            f"</w:drawing></mc:Choice><mc:Fallback><w:pict>{content}</w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )

    body = p(r("正文一段。") + box("旁批一句", 0) + box("某某文库", 19_000_000))
    assert lines(read(open_xml(body), "docx")) == [
        ("watermark", "某某文库"), ("paragraph", "正文一段。"), ("paragraph", "旁批一句"),
    ]  # fmt: skip


def test_docx_headers_footers_and_notes_have_their_roles():
    """Each part once, however many sections use it; notes stand below the text with their number."""
    section = '<w:sectPr><w:headerReference r:id="header1"/><w:footerReference r:id="footer1"/></w:sectPr>'
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = p(r("正文。") + mark, section) + p(r("后文。")) + section
    rels = (
        related("header1", "header")
        + related("footer1", "footer")
        + related("footnotes", "footnotes")
    )
    found = open_xml(
        body, rels=rels, header1=f"hdr|{p(r('内部资料'))}", footer1=f"ftr|{p(r('第1页'))}",
        footnotes=f'footnotes|<w:footnote w:id="2">{p(r("注文。"))}</w:footnote>',
    )  # fmt: skip
    assert lines(read(found, "docx")) == [
        ("header", "内部资料"), ("paragraph", "正文。[1]"), ("paragraph", "后文。"),
        ("note", "[1] 注文。"), ("footer", "第1页"),
    ]  # fmt: skip
    assert cleaned(found).text == "正文。[1]\n后文。\n[1] 注文。"


def test_the_text_knows_its_author_better_than_the_file():
    """A by-line is believed before the property that a program wrote."""
    core = (
        '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>王五</dc:creator></c:coreProperties>'
    )
    story = GOLD.splitlines()
    for above, author in ((["桥", "来源：河湾日报　作者：李四"], "李四"), (["桥"], "王五")):
        made = open_xml("".join(p(r(text)) for text in [*above, *story]))
        with zipfile.ZipFile(BytesIO(made)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        found = cleaned(zipped({**members, "docProps/core.xml": core}))
        assert found.metadata["author"].value == author


def test_docx_tables_in_tables_controls_and_deleted_rows():
    """A row is a line with tabs; what goes on from the row above, and deleted rows, are left out."""

    def row(*cells: str, marks: str = "") -> str:
        return f"<w:tr>{marks}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    goes_on = f"<w:tcPr><w:vMerge/></w:tcPr>{p(r('旧'))}"
    inner = f"<w:tbl>{row(p(r('内一')), p(r('内二')))}</w:tbl>{p('')}"
    body = (
        f"<w:tbl>{row(p(r('甲')), p(r('乙')))}{row(goes_on, p(r('丙')), p(r('丁')))}"
        f"<w:sdt><w:sdtContent>{row(p(r('戊')), inner)}</w:sdtContent></w:sdt>"
        f"{row(p(r('删')), marks='<w:trPr><w:del/></w:trPr>')}</w:tbl>"
    )
    assert texts(open_xml(body), "docx") == ["甲\t乙", "丙\t丁", "戊\t内一\t内二"]


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (lambda: word()[:9000], "damaged-file"),
        (lambda: open_xml("", rels=related("header9", "header")).replace(b"PK\x05\x06", b"PK\x05\x07"), "damaged-file"),
        (lambda: open_xml(p(r("文")) + '<w:sectPr><w:headerReference r:id="h"/></w:sectPr>'), "missing-part"),
        (lambda: open_xml(p(r("文")), rels=related("styles", "styles")), "missing-part"),
        (lambda: zipped({"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>'}), "damaged-file"),
        (lambda: zipped({"word/document.xml": f'<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="{W}"/>'}), "entity-bomb"),
        (lambda: zipped({"word/document.xml": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16")}), "entity-bomb"),
        (lambda: zipped({"word/document.xml": b" " * (MAX_MEMBER + 1)}), "zip-bomb"),
        (lambda: zipped({f"word/{n}": b"" for n in range(20_001)}), "zip-bomb"),
        (lambda: open_xml("<w:sdt>" * 300 + "</w:sdt>" * 300), "nested-too-deep"),
        (lambda: open_xml(p("")), "no-text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_docx_that_cannot_be_read_is_refused_with_its_reason(made, rule):
    """Truncated, incomplete, explosive and empty files are rejects, each by its own name."""
    assert refused(made(), "a.docx").rule == rule


def test_names_that_lead_out_of_a_package_lead_nowhere():
    """Parts are keys of the zip; ../ in a relationship or in a spine opens no file."""
    rels = f'<Relationship Id="h" Type="{"x"}/header" Target="../../../../etc/passwd"/>'
    body = p(r("正文。")) + '<w:sectPr><w:headerReference r:id="h"/></w:sectPr>'
    assert refused(open_xml(body, rels=rels)).rule == "missing-part"
    assert refused(epub({"../../../../etc/passwd": "<p>文</p>"}, first=["OEBPS/../../../../etc/passwd"])).rule == "missing-part"  # fmt: skip


# ----------------------------------------------------------------------------- doc


def test_doc_shows_what_its_reader_sees():
    """Lists with their numerals, tracked changes, hidden text, fields, notes and empty cells."""
    assert lines(read((HERE / "marked.doc").read_bytes(), "doc")) == [
        ("list", "一、提高认识"),
        ("list", "一.1 修桥先修路。"),
        ("list", "二、统一思想"),
        ("paragraph", "留下添上的话。"),
        ("paragraph", "见附表，完。[1]"),
        ("table", "甲"),
        ("table", "丙\t丁"),
        ("paragraph", "最后一段。"),
        ("note", "[1] 注文在此。"),
        ("footer", "第1页"),
    ]


def test_doc_that_cannot_be_read_is_refused_with_its_reason():
    """Cut off, encrypted, and of another time: each says what to do."""
    body = bytearray((HERE / "bridge.doc").read_bytes())
    head = body.find(b"\xec\xa5")
    assert refused(bytes(body[:3000]), "a.doc").rule == "damaged-file"
    body[head + 0x0B] |= 1
    assert refused(bytes(body)).rule == "password-protected"
    body[head : head + 2] = b"\xdc\xa5"
    found = refused(bytes(body), "a.wps")
    assert (found.rule, ".docx" in found.why) == ("unsupported-format", True)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    assert refused(ole).rule == "unsupported-format"
    assert refused(ole + "EncryptedPackage\0".encode("utf-16-le")).rule == "password-protected"


# ----------------------------------------------------------------------------- rtf

HEAD = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset134 SimSun;}{\\f1\\fcharset0 Arial;}{\\f2\\fcharset136 MingLiU;}}"


def rich(body: str) -> bytes:
    return f"{HEAD}{body}}}".encode("latin-1")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"\\f0 {escaped('中文')}\\f1 abc", "中文abc"),
        (f"\\f0 {escaped('誠信')}。"[:-1], "誠信"),  # its second byte is a backslash
        ("\\f2 \\'a4\\'a4\\'a4\\'e5", "中文"),
        ("\\u27491?\\u26412\\'3f", "正本"),
        ("\\uc2\\u27491??\\uc0\\u26412 x", "正本x"),
        ("{\\uc0\\u27491}\\u26412?y", "正本y"),
        ("\\u-10179?\\u-8704?", "😀"),
        ("a{\\v b}c{\\deleted d}e{\\*\\unknown f}g{\\*\\bkmkstart h}", "aceg"),
        ("{\\field{\\*\\fldinst HYPERLINK}{\\fldrslt i}}j{\\pict\\bin3 }}}k}l", "ijl"),
        ("m\\~n\\_o\\-p\\{q\\\\", "m\u00a0n-op{q\\"),
    ],
)
def test_rtf_reads_text_in_the_code_page_of_its_font(body, text):
    """Bytes, \\u with its fallback, escapes; hidden and unknown groups hold no text."""
    assert texts(rich(body), "rtf") == [text]


def test_rtf_parts_have_their_roles():
    """Headers, footers, notes, boxes, art, tables and lists are told apart."""
    found = read(
        rich(
            "{\\header up\\par}{\\footerf down\\par}\\pard\\outlinelevel0 head\\par\\pard one"
            "{\\super\\chftn{\\*\\footnote \\pard{\\super\\chftn} note}}\\par"
            "{\\pntext\\'b7\\tab}item\\par\\trowd\\intbl a\\cell\\cell b\\cell\\row\\pard"
            "{\\shp{\\*\\shpinst{\\sp{\\sn gtextUNICODE}{\\sv stamp}}{\\shptxt{\\shp{\\*\\shpinst"
            "{\\shptxt inner\\par}}}box\\par}}}last\\par{\\annotation hidden}"
        ),
        "rtf",
    )
    assert lines(found) == [
        ("header", "up"), ("watermark", "stamp"), ("heading", "head"), ("paragraph", "one[1]"),
        ("list", "· item"), ("table", "a\t\tb"), ("paragraph", "last"), ("paragraph", "inner"),
        ("paragraph", "box"), ("note", "[1] note"), ("footer", "down"),
    ]  # fmt: skip


def test_rtf_without_a_code_page_is_read_by_its_bytes():
    """Files that name none are guessed as texts are."""
    body = "{\\rtf1 " + escaped("入冬以后，河湾镇的渡口停了船，赶集的人比从前少了一半。") + "}"
    assert texts(body.encode(), "rtf") == ["入冬以后，河湾镇的渡口停了船，赶集的人比从前少了一半。"]


def test_rtf_that_cannot_be_read_is_refused_with_its_reason():
    """Cut off, or nested deeper than any program writes."""
    assert refused(rtf()[:-40]).rule == "damaged-file"
    assert refused(b"{\\rtf1" + b"{" * 5000 + b"}" * 5001).rule == "nested-too-deep"


# ---------------------------------------------------------------------------- epub

CHAPTERS = {
    "%E4%B8%80.xhtml": f"<h1>第一章 渡口</h1><p>{GOLD.splitlines()[0]}<a epub:type='noteref'>1</a></p>"
    f"<aside epub:type='footnote'><p>一条注。</p></aside><p>{GOLD.splitlines()[1]}</p>",
    "b.xhtml": f"<h1>第二章 立桩</h1><p>{GOLD.splitlines()[6]}</p>",
}
MEMBERS = {"一.xhtml": CHAPTERS["%E4%B8%80.xhtml"], "b.xhtml": CHAPTERS["b.xhtml"]}


def book() -> bytes:
    """Names in the package are escaped, as they are in real books."""
    made = epub(MEMBERS)
    with zipfile.ZipFile(BytesIO(made)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    package = members["OEBPS/book.opf"].decode().replace("一.xhtml", "%E4%B8%80.xhtml")
    return zipped({**members, "OEBPS/book.opf": package})


def test_epub_is_one_document_with_its_own_title_and_its_chapters_headings():
    """Title, author and language come from the package; headings of chapters stay in the text."""
    found = cleaned(book())
    assert found.title == TITLE
    assert found.text.splitlines()[0] == "第一章 渡口"
    assert found.text.count("第二章 立桩") == 1
    said = {name: fact.value for name, fact in found.metadata.items()}
    assert (said["author"], said["language"], said["published"]) == (
        "半日闲",
        "zh-CN",
        "2024-01-12",
    )
    assert {cut.rule for cut in found.removals} == {"book-cover", "book-contents"}


def test_epub_is_a_document_a_chapter_when_asked():
    """Each chapter has its heading as the title, and the book's as the collection's."""
    found = clean(RawPage("file:a.epub", book()), chapters=True)
    assert [(d.title, d.segment.parent_title, d.segment.count) for d in found] == [
        ("第一章 渡口", TITLE, 2), ("第二章 立桩", TITLE, 2),
    ]  # fmt: skip
    assert found[0].text.splitlines()[-1] == "一条注。"
    assert [rebuild(d) for d in found] == [d.text for d in found]


def test_epub_that_cannot_be_read_is_refused_with_its_reason():
    """Without its package or a chapter, locked, or with entities to blow up."""
    assert refused(epub(first=["OEBPS/book.opf"]), "a.epub").rule == "missing-part"
    assert refused(epub(first=["OEBPS/c1.xhtml"]), "a.epub").rule == "missing-part"
    with zipfile.ZipFile(BytesIO(epub())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    space = 'xmlns:e="http://www.w3.org/2001/04/xmlenc#"'
    locked = f'<encryption {space}><e:CipherReference URI="OEBPS/c1.xhtml"/></encryption>'
    assert (
        refused(zipped({**members, "META-INF/encryption.xml": locked})).rule == "password-protected"
    )
    bomb = b'<!DOCTYPE p [<!ENTITY a "b">]>' + members["OEBPS/book.opf"]
    assert refused(zipped({**members, "OEBPS/book.opf": bomb})).rule == "entity-bomb"


# ----------------------------------------------------------------------------- mht


def test_mht_reads_the_root_part_and_says_where_it_was_saved_from():
    """The part that `start` names, in its own charset; the address goes to the metadata."""
    parts = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b; start="<two>"\r\n'
        b"Content-Location: https://example.com/p\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b"<p>frame</p>\r\n--b\r\nContent-ID: <two>\r\nContent-Transfer-Encoding: 8bit\r\n"
        b"Content-Type: text/html; charset=big5\r\n\r\n"
        + "<p>渡口停了船，兩岸的人隔著河喊話。</p>".encode("big5")
        + b"\r\n--b--\r\n"
    )
    found = read(parts, "mht")
    assert texts(parts, "mht") == ["渡口停了船，兩岸的人隔著河喊話。"]
    assert found.metadata["canonical_url"].value == "https://example.com/p"
    assert found.encoding == "big5hkscs"


def test_mail_has_an_author_and_a_date():
    """A message of an mbox is read as well; its headers say who wrote it, and when."""
    mail = (
        "From: =?gb2312?B?wM/W3A==?= <zhou@example.com>\nDate: Fri, 12 Jan 2024 08:30:00 +0800\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n桥修好了，过来看看。\n"
    ).encode()
    found = cleaned(mail, "a.eml")
    assert found.text == "桥修好了，过来看看。"
    assert found.metadata["author"].value == "老周"
    assert found.metadata["published"].value == "2024-01-12T08:30"


def test_mht_that_cannot_be_read_is_refused_with_its_reason():
    """Nothing but pictures, or messages in messages without end."""
    picture = b"MIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\nx\r\n"
    assert refused(picture, "a.mht").rule == "no-text-part"
    deep = b"".join(
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
        % (n, n)
        for n in range(500)
    )
    assert refused(deep, "a.mht").rule == "nested-too-deep"


# -------------------------------------------------------------------- the rest of the house


def test_containers_and_other_formats_say_what_they_are():
    """A container that reaches cleaning, a workbook, slides: the reason tells what to do."""
    assert refused(zipped({"a.txt": "正文"}), "a.txt").rule == "container-file"
    found = refused(zipped({"xl/workbook.xml": "<a/>"}))
    assert (found.rule, ".csv" in found.why) == ("unsupported-format", True)
    assert refused(b"\x89PNG\r\n\x1a\n" + bytes(200)).rule == "binary-content"


def test_plain_text_loads_no_reader():
    """PDFium, olefile and the rest are imported when a file needs them."""
    script = (
        "import sys; from cleaners import clean, RawPage; clean(RawPage('a', '正文一段。'.encode()));"
        "print(*sorted({'pypdfium2', 'olefile', 'xml.etree.ElementTree', 'mammoth'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_damaged_files_are_answered_or_refused():
    """Mutants of every format, some of them cleaned to the end; the full count: tests/bench."""
    script = ROOT / "tests" / "bench" / "fuzz_formats.py"
    done = subprocess.run(
        [sys.executable, script, "--count", "20"], capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("20 mutants") == len({*STORIES} - {"txt", "html"})


def test_problems_are_values_of_the_format():
    """A reader raises `FormatProblem` and nothing else; cleaning makes a reject of it."""
    with pytest.raises(FormatProblem) as raised:
        read(b"%PDF-", "pdf")
    assert raised.value.rule == "damaged-file"
    assert str(raised.value) == f"damaged-file: {raised.value.why}"
    assert pages([(72, 700, "x")]).startswith(b"%PDF")
