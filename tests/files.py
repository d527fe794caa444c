"""
Files for the tests, made here: one document in every format, and small parts of formats.

`STORY` is the document with its noise, `GOLD` what is left of it. The same text is set as
txt, html, docx, pdf, epub, rtf and mht; tests/formats/*.doc are the .docx saved as .doc.
"""

from __future__ import annotations

import io
import quopri
import zipfile
from collections.abc import Iterable, Mapping

import docx
from docx.oxml import parse_xml
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

SONG = "STSong-Light"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"

TITLE = "河湾镇修桥记"
BEFORE = "河湾文库整理，咨询QQ206000000"
TEXT = (
    "渡口的石阶一共十七级，最下面的三级常年泡在水里，长着一层滑腻的青苔，老人下去洗菜都要扶着铁链。",
    "镇上的人说起修桥，总要从那年夏天的大水说起：水漫过第十级石阶的晚上，摆渡的船被冲走了，两岸的人隔着河喊了一夜。",
    "第二天一早，木匠铺的老周把店门板卸下来，扎成一只筏子，来回送了三趟药。",
    "一、凑钱",
    "钱是一户一户凑起来的，最多的一家出了两千元，最少的一家送来一篮鸡蛋，账本上也记着：“鸡蛋三十二个，折价十六元。”",
    "有人嫌慢，说不如等上面拨款；老周不作声，只把刨子推得更响，推出来的刨花卷成一个一个的圈，落在他的脚背上。",
    "二、立桩",
    "打桩要趁枯水，腊月里河面最窄的时候，二十几个人轮流下水，每个人只能待一刻钟，上来就钻进棚子里烤火。",
    "到了来年开春，六根桩立稳了，孩子们每天放学都要数一遍，怕夜里少了一根。",
)
ITEMS = ("桥面用杉木", "栏杆用柏木")
ROWS = (("年份", "工钱", "木料"), ("第一年", "三百元", "四十根"), ("第二年", "五百元", "六十根"))
LAST = "桥修成那天没有剪彩，老周第一个走过去，走到中间停下来，朝水里看了很久，然后挥挥手，让大家都过来。"
AFTER = "转载请注明出处：https://wenku.example.com/b/17.html"
AROUND = "河湾镇文化站史料"  # the running header
STAMP = "河湾文库"

GOLD = "\n".join((
    *TEXT, *(f"{number}. {item}" for number, item in enumerate(ITEMS, 1)),
    *("\t".join(row) for row in ROWS), LAST,
))  # fmt: skip
HEADINGS = frozenset(("一、凑钱", "二、立桩"))


def txt() -> bytes:
    return f"{TITLE}\n{BEFORE}\n{GOLD}\n{AFTER}".encode("gb18030")


def _markup() -> str:
    paragraphs = [f"<h2>{t}</h2>" if t in HEADINGS else f"<p>{t}</p>" for t in TEXT]
    items = "".join(f"<li>{number}. {item}</li>" for number, item in enumerate(ITEMS, 1))
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    return (
        f"<h1>{TITLE}</h1><p>{BEFORE}</p>{''.join(paragraphs)}<ul>{items}</ul>"
        f"<table>{rows}</table><p>{LAST}</p><p>{AFTER}</p>"
    )


def html(charset: str = "gbk") -> bytes:
    head = f"<html><head><meta charset={charset}><title>{TITLE}</title></head><body><div>"
    return f"{head}{_markup()}</div></body></html>".encode(charset)


def mht() -> bytes:
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://wenku.example.com/b/17.html\r\n"
        "Subject: =?utf-8?Q?=E4=BF=AE=E6=A1=A5?=\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----zb"\r\n\r\n\r\n'
    )
    part = 'Content-Type: text/html; charset="gbk"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    picture = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    body = quopri.encodestring(html()).replace(b"\n", b"\r\n")
    return b"".join((
        head.encode(), b"------zb\r\n", part.encode(), body, b"\r\n------zb\r\n", picture.encode(),
        b"------zb--\r\n",
    ))  # fmt: skip


WATERMARK = (
    f'<w:r xmlns:w="{W}" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
    'path="m@7,l@8,m@5,21600l@6,21600e"><v:path textpathok="t"/><v:textpath on="t" fitshape="t"/>'
    '</v:shapetype><v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" '
    'type="#_x0000_t136" style="position:absolute;width:400pt;height:100pt;rotation:315;'
    'z-index:-251658752" fillcolor="silver" stroked="f">'
    f'<v:textpath style="font-family:宋体" string="{STAMP}"/></v:shape></w:pict></w:r>'
)


def word() -> bytes:
    """The story as .docx: header, watermark, list and table are Word's own."""
    document = docx.Document()
    document.core_properties.author, document.core_properties.title = "lenovo", "文档1"
    header = document.sections[0].header.paragraphs[0]
    header.text = AROUND
    header._p.append(parse_xml(WATERMARK))
    document.add_heading(TITLE, 0)
    document.add_paragraph(BEFORE)
    for text in TEXT:
        if text in HEADINGS:
            document.add_heading(text, 2)
        else:
            document.add_paragraph(text)
    for item in ITEMS:
        document.add_paragraph(item, style="List Number")
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for number, row in enumerate(ROWS):
        for cell, said in zip(table.rows[number].cells, row, strict=True):
            cell.text = said
    document.add_paragraph(LAST)
    document.add_paragraph(AFTER)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def epub(chapters: Mapping[str, str] | None = None, *, first: Iterable[str] = ()) -> bytes:
    """A book of chapters (name → markup of the body), with a cover and contents before them."""
    names = chapters or {"c1.xhtml": _markup()}
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(names)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{TITLE}</dc:title><dc:creator>半日闲</dc:creator>"
        "<dc:language>zh-CN</dc:language><dc:date>2024-01-12</dc:date></metadata><manifest>"
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        '<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>'
        f'{items}</manifest><spine><itemref idref="cover"/><itemref idref="nav"/>{spine}</spine>'
        '<guide><reference type="cover" href="cover.xhtml"/></guide></package>'
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
            "</rootfiles></container>"
        ),
        "OEBPS/book.opf": package,
        "OEBPS/cover.xhtml": f"<html><body><p>{TITLE} 封面</p></body></html>",
        "OEBPS/nav.xhtml": '<html><body><nav epub:type="toc"><a href="c1">目录项</a></nav></body></html>',
        **{
            f"OEBPS/{name}": f"<html><head><title/></head><body>{body}</body></html>"
            for name, body in names.items()
        },
    }
    return zipped({name: body for name, body in members.items() if name not in set(first)})


def zipped(members: Mapping[str, str | bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def escaped(text: str) -> str:
    r"""Text in the code page 936, as \'d6\'d0."""
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\{}" else f"\\'{byte:02x}"
        for byte in text.encode("gbk")
    )


def rtf() -> bytes:
    lines = [f"\\pard\\outlinelevel0 {escaped(TITLE)}\\par\\pard {escaped(BEFORE)}\\par"]
    lines += [f"{escaped(text)}\\par" for text in TEXT]
    lines += [
        f"{{\\listtext {number}.\\tab}}{escaped(item)}\\par" for number, item in enumerate(ITEMS, 1)
    ]
    for row in ROWS:
        cells = "".join(f"{escaped(cell)}\\cell " for cell in row)
        lines.append(f"\\trowd\\pard\\intbl {cells}\\row")
    lines += [f"\\pard {escaped(LAST)}\\par", f"{escaped(AFTER)}\\par"]
    head = (
        "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 \\'cb\\'ce\\'cc\\'e5;}}"
        f"{{\\info{{\\author lenovo}}{{\\title {escaped('文档1')}}}}}{{\\header {escaped(AROUND)}\\par}}\n"
    )
    return (head + "\n".join(lines) + "}").encode("ascii")


def pdf(copies: int = 1) -> bytes:
    """The story on pages with a running header, page numbers and a stamp across each."""
    _with_song()
    body = ParagraphStyle("body", fontName=SONG, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")  # fmt: skip
    head = ParagraphStyle("head", parent=body, fontSize=18, leading=28, alignment=1, firstLineIndent=0)  # fmt: skip
    flow: list[object] = []
    for _ in range(copies):
        flow += [Paragraph(TITLE, head), Paragraph(BEFORE, body)]
        flow += [Paragraph(text, body) for text in TEXT]
        flow += [Paragraph(f"{number}. {item}", body) for number, item in enumerate(ITEMS, 1)]
        flow.append(Table(ROWS, colWidths=100, style=[("FONT", (0, 0), (-1, -1), SONG, 12)]))
        flow += [Paragraph(LAST, body), Paragraph(AFTER, body)]
    out = io.BytesIO()
    # Small pages, so that paragraphs run over their edges.
    SimpleDocTemplate(out, pagesize=(A4[0], 400), topMargin=70, bottomMargin=60, invariant=1).build(
        flow, onFirstPage=_printed, onLaterPages=_printed
    )
    return out.getvalue()


def _printed(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont(SONG, 9)
    canvas.drawString(72, 370, AROUND)
    canvas.drawCentredString(A4[0] / 2, 25, f"- {document.page} -")
    canvas.translate(A4[0] / 2, 200)
    canvas.rotate(35)
    canvas.setFont(SONG, 44)
    canvas.setFillGray(0.8)
    canvas.drawCentredString(0, 0, STAMP)
    canvas.restoreState()


def _with_song() -> None:
    if SONG not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(SONG))


def pages(*drawn: Iterable[tuple[float, float, str]], size: float = 12, font: str = SONG) -> bytes:
    """A PDF of pages on which texts are drawn at x, y."""
    _with_song()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for texts in drawn:
        canvas.setFont(font, size)
        for x, y, said in texts:
            canvas.drawString(x, y, said)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def open_xml(body: str, *, rels: str = "", **parts: str) -> bytes:
    """A .docx by hand: what stands in w:body, relationships of it, and parts by their name."""
    space = f'xmlns:w="{W}" xmlns:r="{R}"'
    members = {
        "_rels/.rels": (
            f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="a" Target="word/document.xml" '
            f'Type="{R}/officeDocument"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}">{rels}</Relationships>',
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}.xml": f"<w:{root} {space}>{inside}</w:{root}>"
           for name, both in parts.items() for root, inside in (both.split("|", 1),)},
    }  # fmt: skip
    return zipped(members)


def related(name: str, kind: str) -> str:
    return f'<Relationship Id="{name}" Target="{name}.xml" Type="{R}/{kind}"/>'


def p(inside: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def r(text: str, properties: str = "") -> str:
    kept = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{kept}<w:t xml:space="preserve">{text}</w:t></w:r>'
