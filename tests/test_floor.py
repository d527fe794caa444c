"""The floor: no figure of the written pages may fall, and none is raised by accident."""

from __future__ import annotations

from collections import Counter

import floor
import pytest


@pytest.fixture(scope="module")
def judged():
    return [piece for page in floor.pages() for piece in floor.judge(page)]


@pytest.fixture
def raise_floor(request):
    """Whether the recorded figures are to be put up first."""
    return bool(request.config.getoption("--raise-floor"))


def test_no_figure_is_under_its_floor(judged, raise_floor):
    """Recall, retention and the unharmed negatives of each half are at least what is recorded."""
    figures = floor.measure(judged)
    if raise_floor:
        before = floor.FLOOR.read_text("utf-8")
        floor.FLOOR.write_text(floor.raised(before, figures), "utf-8", newline="\n")
    fallen = [
        "\n".join([f"{half}: {name} is {figures[half][name]} %, its floor {least} %", *at_fault])
        for half, least_of in floor.recorded().items()
        for name, least in least_of.items()
        if figures[half][name] < least
        for at_fault in [floor.worst(counted(judged, half, name), 5)]
    ]
    assert not fallen, "\n".join(fallen)


def counted(judged, half, name):
    """The pieces of a half that a figure speaks of."""
    return [p for p in judged if half in {"all", p.page.half} and floor.COUNTED[name](p)]


def test_every_figure_has_a_floor(judged):
    """floor.toml has a number for each figure of each half, and no other."""
    measured = {half: set(of_half) for half, of_half in floor.measure(judged).items()}
    assert {half: set(of_half) for half, of_half in floor.recorded().items()} == measured


def test_floor_is_never_lowered_by_raising():
    """A figure that fell leaves its number as it is, and so do comments."""
    before = "[a]\nrecall = 61.2  # was 64.0: the poems came\nretention = 99.9\n"
    worse = {"a": {"recall": 50.0, "retention": 99.9}}
    better = {"a": {"recall": 70.1, "retention": 99.0}}
    assert floor.raised(before, worse) == before
    assert floor.raised(before, better) == before.replace("61.2", "70.1")


def test_pages_are_enough_and_of_all_kinds():
    """Both halves have clean and noisy pages; every kind of noise is marked somewhere."""
    pages = floor.pages()
    count = Counter((page.half, page.negative) for page in pages)
    assert min(count[half, negative] for half in "abcdefgh" for negative in (True, False)) >= 10
    assert {piece.kind for page in pages for piece in page.pieces} >= floor.KINDS
    for page in pages:
        assert page.negative != any(piece.noise for piece in page.pieces), page.name


@pytest.mark.parametrize(
    "source",
    [
        "春天\n没有第一行。",
        "#! family=forum genre=poem half=z\n没有这一半。",
        "#! family=forum genre=poem half=a\n⟦advert: 没有这一类⟧",
        "#! family=forum genre=poem half=a\n⟦other: 没有结尾",
        "#! family=forum genre=poem half=a\n⟦other: 里面⟦other: 还有⟧一层⟧",
    ],
)
def test_wrong_marks_are_refused(source):
    """A page whose marks cannot be read is an error, never a page with less noise."""
    with pytest.raises(ValueError, match="x: "):
        floor.parse("x", source)


def test_faults_are_told_in_words():
    """Noise that stays and body that goes are named, and what may stay or go is not."""
    page = floor.parse("x", "#! family=f genre=g half=a\n⟦?: 春日⟧\n花开了。\n⟦other: 某某是花⟧")
    _, body, noise = (
        floor.Judged(page, piece.kind, len(piece.text), gone, words)
        for piece, gone, words in zip(
            page.pieces, (0, 3, 0), ((), ("花开了",), ("某某是花",)), strict=False
        )
    )
    assert list(floor.faults([body, noise])) == [
        f"LOST {'body':<20} 花开了",
        f"kept {'other':<20} 某某是花",
    ]
