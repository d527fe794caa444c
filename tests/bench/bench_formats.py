"""
How fast files are read, beside the bare call of a library for the same format.

    python tests/bench/bench_formats.py [FILE ...]

Processor time, in one process, best of seven, so that a busy machine matters less. `read`
is bytes to lines (cleaners.formats), `clean` is all of it. The files are made here, in the
size that people have (a speech or report of some pages); others can be named.
"""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import files  # noqa: E402
import mammoth  # noqa: E402
import olefile  # noqa: E402
import pypdfium2  # noqa: E402
from selectolax.lexbor import LexborHTMLParser  # noqa: E402
from striprtf.striprtf import rtf_to_text  # noqa: E402

from cleaners import RawPage, clean  # noqa: E402
from cleaners.formats import read, sniff  # noqa: E402

REPEATS = 7


def pdf(body: bytes) -> object:
    document = pypdfium2.PdfDocument(body)
    out: list[str] = []
    for page in document:
        text = page.get_textpage()
        out.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return out


def epub(body: bytes) -> object:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = [name for name in archive.namelist() if name.endswith("html")]
        return [LexborHTMLParser(archive.read(name)).text() for name in names]


def doc(body: bytes) -> object:
    with olefile.OleFileIO(body) as ole:
        return ole.openstream("WordDocument").read(), ole.openstream("1Table").read()


BARE: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "docx": ("mammoth, to HTML", lambda body: mammoth.convert_to_html(io.BytesIO(body))),
    "doc": ("olefile, two streams", doc),
    "pdf": ("PDFium, text of pages", pdf),
    "epub": ("zipfile, Lexbor's text", epub),
    "rtf": ("striprtf", lambda body: rtf_to_text(body.decode("latin-1"))),
    "mht": ("email, root part", lambda body: [p.get_payload(decode=True) for p in message_from_bytes(body).walk()]),
}  # fmt: skip


def best(work: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def samples() -> list[tuple[str, bytes]]:
    chapters = {f"c{n}.xhtml": files._markup() for n in range(20)}
    story = Path(__file__).parents[1] / "formats" / "bridge.doc"
    return [
        ("docx", files.word()),
        ("doc", story.read_bytes()),
        ("pdf", files.pdf(6)),
        ("epub", files.epub(chapters)),
        ("rtf", files.rtf().replace(b"\\par\n", b"\\par\n" * 2)),
        ("mht", files.mht()),
    ]


def main() -> None:
    named = [(Path(name).name, Path(name).read_bytes()) for name in sys.argv[1:]]
    print(f"{'file':14} {'KB':>7} {'bare ms':>8} {'read ms':>8} {'ratio':>6} {'clean ms':>9} {'files/s':>8} {'MB/s':>6}")  # fmt: skip
    for name, body in named or samples():
        known = sniff(body, name)
        what, bare = BARE[known]
        page = RawPage(f"file:{name}", body)
        a, b, c = (best(work) for work in (lambda: bare(body), lambda: read(body, known), lambda: clean(page)))  # noqa: B023  # fmt: skip
        print(
            f"{name[:14]:14} {len(body) / 1024:7.0f} {a * 1000:8.2f} {b * 1000:8.2f} {b / a:6.2f} "
            f"{c * 1000:9.2f} {1 / c:8.0f} {len(body) / c / 1e6:6.2f}   {what}"
        )


if __name__ == "__main__":
    main()
