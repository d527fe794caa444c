"""
Whole pages: what becomes of them, as people read it.

tests/pages/SLUG/ has a page, a note.md that says what the page is for, and expected.txt:
what `zhengben explain` prints, with the clean texts below, and as Markdown where there is structure. tests/pages/samples/ has the same
for data/samples. `pytest --bless` rewrites all of them; the diff is the review.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaners import Document, Rejected, clean, rebuild
from cleaners.markdown import markdown
from cleaners.show import show
from flows.read import Found, Unreadable, find, read

PAGES = Path(__file__).parent / "pages"
SAMPLES = Path(__file__).parents[1] / "data" / "samples"
GOLDENS = PAGES / "samples"

# Pages whose expected.txt was written by hand and says what should be, not what is. Each
# fails as long as its fault is there; when it passes, take it from this list.
FAULTS: dict[str, str] = {}

SLUGS = sorted(path.parent.name for path in PAGES.glob("*/page.*"))
FILES = list(find([SAMPLES]))


def golden(results: list[Document | Rejected]) -> str:
    """What people see of a page, and the texts that readers of the dataset get."""
    documents = [result for result in results if isinstance(result, Document)]
    texts = [f"===== text\n{document.text}\n" for document in documents]
    marked = [
        f"===== markdown\n{markdown(document)}\n" for document in documents if document.blocks
    ]
    return "\n".join([show(results), *texts, *marked])


def cleaned(found: Found) -> list[Document | Rejected]:
    page = read(found)
    assert not isinstance(page, Unreadable)
    return clean(page)


def compare(path: Path, text: str, *, bless: bool) -> None:
    if bless:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    assert text == expected, f"{path} differs; if the new one is right: pytest --bless"


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param(slug, marks=pytest.mark.xfail(reason=FAULTS[slug], strict=True))
        if slug in FAULTS
        else slug
        for slug in SLUGS
    ],
)
def test_page(slug, bless):
    """A page gives the documents that its expected.txt shows."""
    [page] = (PAGES / slug).glob("page.*")
    results = cleaned(Found(page, f"{slug}/{page.name}"))
    compare(PAGES / slug / "expected.txt", golden(results), bless=bless and slug not in FAULTS)


@pytest.mark.parametrize("found", FILES, ids=[found.key for found in FILES])
def test_sample(found, bless):
    """A file of data/samples gives the documents that its golden shows."""
    name = f"{Path(found.key).relative_to('samples').as_posix().replace('/', '.')}.expected.txt"
    compare(GOLDENS / name, golden(cleaned(found)), bless=bless)


def test_nothing_else_lies_there():
    """Each page has its note and its golden, and no golden has outlived its sample."""
    assert len(SLUGS) == len(set(SLUGS)) >= 12
    for slug in SLUGS:
        names = {path.name for path in (PAGES / slug).iterdir()}
        assert names - {"page.txt", "page.html"} == {"note.md", "expected.txt"}, slug
        assert (PAGES / slug / "note.md").read_text("utf-8").rstrip().endswith(".")
    assert len(list(GOLDENS.iterdir())) == len(FILES)
    assert set(FAULTS) <= set(SLUGS)


def test_every_golden_can_be_rebuilt():
    """The text of every page here follows from its original, repairs and removals."""
    pages = [Found(page, page.name) for page in sorted(PAGES.glob("*/page.*"))]
    for found in [*pages, *FILES]:
        for result in cleaned(found):
            if isinstance(result, Document):
                assert rebuild(result) == result.text, found.key


def test_hidden_and_empty_samples():
    """The samples have what a folder of strangers has: hidden, empty and broken files, a subfolder."""
    keys = {found.key for found in FILES}
    assert (SAMPLES / ".draft.html").exists()
    assert not any(Path(key).name.startswith(".") for key in keys)
    assert {"samples/empty.txt", "samples/broken.txt", "samples/公文/汛期值班通知.html"} <= keys


def test_samples_are_in_the_encodings_they_are_for():
    """What the samples are there to show about encodings is in their bytes."""
    gbk = (SAMPLES / "watchmaker-gbk.html").read_bytes()
    assert b"charset=gb2312" in gbk
    assert "镕喆" in gbk.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        gbk.decode("gb2312")
    big5 = (SAMPLES / "cobbler-big5.html").read_bytes()
    assert "嘅" in big5.decode("big5hkscs")
    with pytest.raises(UnicodeDecodeError):
        big5.decode("big5")
    assert (SAMPLES / "lotus-root.txt").read_bytes().startswith(b"\xff\xfe")
    assert b"\r\n" in (SAMPLES / "watermarked-speech.txt").read_bytes()
