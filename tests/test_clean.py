"""One page in, its documents or the reason why there is none out."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime

import pytest
from texts import DAMAGE, ELSEWHERE, LOOKALIKES, NOISE, PROSE, document

from cleaners import Document, RawPage, Rejected, clean, clean_text, packs
from cleaners.clean import CODE_VERSION
from cleaners.normalise import normalise, step_names
from cleaners.rules import Rule, RulePack, Rules, make_rules

TITLE = "河湾镇渡口纪事"
TEXT = f"{TITLE}\n{document()}\n转载请注明出处：http://www.example.cn/a/1.html"


def page(body: bytes, source: str = "file:///a.txt", content_type: str = "") -> RawPage:
    return RawPage(source, body, content_type)


def rejected(body: bytes) -> Rejected:
    [found] = clean(page(body))
    assert isinstance(found, Rejected)
    return found


def cleaned(body: bytes, **more: str) -> Document:
    [found] = clean(page(body, **more))
    assert isinstance(found, Document)
    return found


# -------------------------------------------------------------------- what is no page


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        pytest.param(b"", "no-text", id="empty"),
        pytest.param(b" \r\n\t\n", "no-text", id="blanks"),
        pytest.param("　\u200b\ufeff\n".encode(), "nothing-left", id="invisible"),
        pytest.param(b"<html><body><script>x()</script></body></html>", "no-text", id="scripts"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "binary-content", id="picture"),
        pytest.param(b"PK\x03\x04" + bytes(range(256)) * 8, "container-file", id="archive"),
        pytest.param("某某文行整理，咨询QQ206000000".encode(), "nothing-left", id="noise"),
        pytest.param("——试读结束——".encode(), "nothing-left", id="marker"),
    ],
)
def test_a_page_without_text_is_rejected_with_its_reason(body: bytes, rule: str) -> None:
    """What is no document comes back as a value: the rule, a sentence, and the provenance."""
    found = rejected(body)
    assert found.rule == rule
    assert found.why
    assert found.provenance.raw_sha256 == hashlib.sha256(body).hexdigest()
    assert found.provenance.source == "file:///a.txt"


# ------------------------------------------------------------------------- what is


def test_a_page_of_plain_text_is_one_document() -> None:
    """Title, text, harvest and cuts of a made page are all where they belong."""
    found = cleaned(TEXT.encode())
    assert found.title == TITLE
    assert found.text == document()
    assert found.metadata["declared_url"].value == "http://www.example.cn/a/1.html"
    assert [cut.rule for cut in found.removals] == ["own-title", "reprint-with-url"]
    assert (found.segment.index, found.segment.count) == (0, 1)
    assert not found.truncated


def test_a_page_of_markup_is_read_by_its_main_block() -> None:
    """HTML is told by its content type or by itself; its head fills in the metadata."""
    paragraphs = "".join(f"<p>{each}</p>" for each in PROSE)
    body = (
        f"<html><head><title>{TITLE}</title><meta name=author content=河湾客></head><body>"
        f"<ul><li><a href=/>首页</a><li><a href=/b>修船</a></ul><div>{paragraphs}</div></body></html>"
    ).encode()
    for content_type in ("text/html; charset=utf-8", ""):
        found = cleaned(body, content_type=content_type)
        assert (found.title, found.text) == (TITLE, "\n".join(PROSE))
        assert found.metadata["author"].value == "河湾客"
        assert found.provenance.extractor.startswith("html@")


def test_text_that_mentions_a_tag_is_plain_text() -> None:
    """A page about markup keeps its angle brackets."""
    text = f"{PROSE[0]}\n换行写作 <br>，段落写作 <p>，都不难记。\n{PROSE[1]}"
    assert cleaned(text.encode()).text == normalise(text)
    assert cleaned(text.encode()).provenance.extractor == "text@1"


@pytest.mark.parametrize(
    ("encoding", "content_type", "named"),
    [
        ("utf-8", "", "utf-8"),
        ("utf-8-sig", "", "utf-8"),
        ("gbk", "", "gb18030"),
        ("gbk", "text/plain; charset=gb2312", "gb18030"),
        ("gb18030", "text/plain; charset=utf-8", "gb18030"),
        ("utf-16", "", "utf-16"),
    ],
)
def test_every_encoding_gives_the_same_document(
    encoding: str, content_type: str, named: str
) -> None:
    """The text does not depend on its bytes; the provenance names the encoding and its witness."""
    found = cleaned(TEXT.encode(encoding), content_type=content_type)
    assert (found.title, found.text) == (TITLE, document())
    assert found.provenance.encoding.replace("_", "-").startswith(named)
    assert found.provenance.encoding_witness
    assert found.provenance.unreadable == 0


def test_bytes_that_cannot_be_read_are_counted() -> None:
    """A broken character costs itself, is counted, and says so in the signals."""
    body = TEXT.encode().replace("船".encode(), b"\xe8\x88", 1)
    found = cleaned(body)
    assert found.provenance.unreadable > 0
    assert "\ufffd" in found.text
    assert found.signals["unreadable_share"] > 0


def test_the_provenance_is_enough_to_make_the_document_again() -> None:
    """Source, time, digest of the bytes, packs with digests, steps and code are all named."""
    at = datetime(2024, 1, 5, 10, 20, tzinfo=UTC)
    found = clean(RawPage("http://www.example.cn/1", TEXT.encode(), retrieved_at=at))[0]
    said = found.provenance
    assert (said.source, said.retrieved_at) == ("http://www.example.cn/1", at)
    assert said.raw_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert said.steps == step_names()
    assert said.code_version == CODE_VERSION
    assert said.extractor == "text@1"
    assert said.packs[: len(packs.NAMES)] == tuple(
        f"{each.name}@{each.digest[:8]}" for each in packs.shipped()
    )
    assert all("@" in name for name in said.packs)


def test_packs_for_other_hosts_do_not_apply() -> None:
    """A site's pack is in force, and in the provenance, on pages of that site only."""
    rule = Rule("x", "other", "w", ("甲乙丙",), (), ())
    site = RulePack("site", (rule,), "0" * 64, hosts=(".b.cn",))
    rules = make_rules([*packs.shipped(), site])
    body = document("甲乙丙").encode()
    there, elsewhere = (
        clean(page(body, f"http://www.{host}.cn/1"), rules)[0] for host in ("b", "c")
    )
    assert isinstance(there, Document)
    assert isinstance(elsewhere, Document)
    assert "甲乙丙" not in there.text
    assert "甲乙丙" in elsewhere.text
    assert "site@00000000" in there.provenance.packs
    assert "site@00000000" not in elsewhere.provenance.packs


def test_decoded_text_has_no_host() -> None:
    """A text without a source gets no site's pack."""
    rule = Rule("x", "other", "w", ("甲乙丙",), (), ())
    site = RulePack("site", (rule,), "0" * 64, hosts=(".b.cn",))
    assert "甲乙丙" in clean_text(document("甲乙丙"), Rules((site,)))[0].text


def test_signals_are_numbers_about_the_text() -> None:
    """Lengths and shares are those of the clean text; what was removed is a share of the page."""
    found = cleaned(TEXT.encode())
    assert found.signals["chars"] == len(found.text)
    assert found.signals["lines"] == len(PROSE)
    assert 0.8 < found.signals["han_share"] < 0.95
    assert found.signals["hant_share"] == 0
    removed = sum(len(cut.text) for cut in found.removals)
    assert found.signals["removed_share"] == round(removed / len(TEXT), 4)


def test_the_script_of_a_text_shows_in_its_signals() -> None:
    """A text in Traditional characters has a high share of them, and keeps them."""
    text = "歲月靜好，渡口無聲。這裡的人們說話很慢，聽見風聲就收網，聽見雨聲就關窗。"
    [found] = clean_text(text)
    assert found.text == text
    assert found.signals["hant_share"] > 0.9


# ---------------------------------------------------------------- any text at all


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("甲", id="one-character"),
        pytest.param("😀", id="one-emoji"),
        pytest.param("\ud83d", id="half-a-character"),
        pytest.param("甲\ud83d乙\udc00丙。", id="lone-surrogates"),
        pytest.param("甲\x00乙\x00。", id="nul"),
        pytest.param("。，！？……", id="punctuation"),
        pytest.param("\n".join("。" * 50), id="lines-of-punctuation"),
        *(pytest.param(text, id=f"language-{i}") for i, text in enumerate(ELSEWHERE)),
        pytest.param("1,486.5\n3.14\n42", id="numbers"),
        pytest.param("def f(a, b):\n    return a[b]\n", id="code"),
        pytest.param("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |", id="table"),
    ],
)
def test_no_text_is_too_strange(text: str) -> None:
    """Whatever is given, the documents that come back hold no more than it and can be stored."""
    for found in clean_text(text):
        assert found.text.encode()
        assert found.original == text


@pytest.mark.parametrize("text", ELSEWHERE)
def test_another_language_is_left_alone(text: str) -> None:
    """Text without Chinese has nothing removed and only its blanks normalised."""
    [found] = clean_text(text)
    assert not found.removals
    assert found.text == normalise(text)


@pytest.mark.parametrize(
    "bit",
    [
        pytest.param("".join(PROSE), id="prose"),
        pytest.param("".join(NOISE), id="noise"),
        pytest.param("“加微信", id="open-quotes"),
        pytest.param("[", id="brackets"),
        pytest.param(" ", id="blanks"),
        pytest.param("a", id="letters"),
        pytest.param("&amp;#x", id="half-entities"),
    ],
)
def test_a_line_of_200_kb_is_cleaned(bit: str) -> None:
    """One line of two hundred thousand characters is no trouble, whatever it repeats."""
    text = (bit * (200_000 // len(bit) + 1))[:200_000]
    for found in clean_text(text):
        assert len(found.original) == len(text)


def test_any_order_gives_the_same_documents() -> None:
    """Pages cleaned in another order, after others or alone, are byte for byte the same."""
    texts = [document(line) for line in NOISE + LOOKALIKES + DAMAGE]
    first = [clean_text(text) for text in texts]
    order = list(range(len(texts)))
    random.Random(7).shuffle(order)
    again = {i: clean_text(texts[i]) for i in order}
    assert [again[i] for i in range(len(texts))] == first
