"""Web pages of many kinds: their text, the replies in it, and the pages that are no document."""

from __future__ import annotations

from pathlib import Path

import pytest
from webpages import DOCUMENTS, LOOKALIKES, NO_DOCUMENTS, Case

from cleaners import RawPage, Rejected, clean
from cleaners.html import extract
from cleaners.html.classes import WHY


def body_of(page: str | bytes) -> bytes:
    return page if isinstance(page, bytes) else page.encode()


@pytest.mark.parametrize("case", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_page_gives_its_text_and_nothing_of_the_page_around_it(case: Case) -> None:
    """Every line of the text is a line of its own, and no link, row or notice is left."""
    found = extract(body_of(case.page))
    lines = found.text.split("\n")
    assert [line for line in case.body if line not in lines] == []
    assert [word for word in case.gone if word in found.text] == []
    assert found.refusal is None


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith("english")])
def test_english_pages_work_with_the_same_weights(name: str) -> None:
    """An article, news beside teasers, code and answers: the text is all that comes, in its order."""
    case = DOCUMENTS[name]
    found = extract(body_of(case.page))
    lines = found.text.split("\n")
    assert [line for line in lines if line in case.body] == list(case.body)
    around = {found.title, *case.body}
    assert len([line for line in lines if line not in around]) <= 1  # a by-line
    assert found.metadata["language"].value == "en"
    assert found.confidence > 0.3


@pytest.mark.parametrize("case", DOCUMENTS.values(), ids=DOCUMENTS)
def test_replies_are_told_from_the_first_post_and_kept(case: Case) -> None:
    """Replies and answers have the role "reply", and nothing else has it."""
    found = extract(body_of(case.page))
    replies = [
        found.original[line.start : line.end] for line in found.lines if line.role == "reply"
    ]
    assert replies == list(case.replies)


@pytest.mark.parametrize("name", NO_DOCUMENTS)
def test_a_page_that_is_no_document_is_rejected_by_name(name: str) -> None:
    """Lists, results, logins, errors, parked and hijacked sites come back with their reason."""
    rule, page = NO_DOCUMENTS[name]
    assert extract(page.encode()).refusal == (rule, WHY[rule])
    [result] = clean(RawPage("https://hewan.example/a", page.encode()))
    assert isinstance(result, Rejected)
    assert (result.rule, result.why) == (rule, WHY[rule])


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_page_that_only_looks_like_one_stays(name: str) -> None:
    """A short notice under many links, a report about gambling, an article on 404 are documents."""
    found = extract(LOOKALIKES[name].encode())
    assert found.refusal is None
    assert found.text


def test_every_reason_is_shown_by_a_page() -> None:
    """No reason without an example; limits have theirs in test_html.py."""
    shown = {rule for rule, _ in NO_DOCUMENTS.values()}
    assert shown | {"too-deep", "too-large"} == set(WHY)


def test_the_reasons_stand_in_the_documentation() -> None:
    """docs/pages.md says of each reason what the code says."""
    text = (Path(__file__).parents[1] / "docs" / "pages.md").read_text("utf-8")
    assert [name for name, why in WHY.items() if f"| `{name}` | {why} |" not in text] == []
