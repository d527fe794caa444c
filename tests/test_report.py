"""The report: counts that add up, and a page that nothing from outside can change."""

from __future__ import annotations

import json
import pickle
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.document import Copy, Document, Provenance, Rejected, Removal, Segment, Truncation
from cleaners.errors import DatasetError
from cleaners.packs import default
from flows.figures import figures, said
from flows.report import visible, write_report
from flows.tally import CONTEXT, CUTS_PER_RULE, LARGEST, Tally, tally_of
from flows.times import Times

HOSTILE = (
    "</del></p></style></title><script>alert('水')</script>"
    "<img src=x onerror=alert(1)>\"'&{{ 7*7 }}"
)


def a_provenance(source):
    return Provenance(source, "ab" * 32, None, "utf-8", "bom", "html@1", (), (), "0.1.0")


def a_document(*pieces, source="file:///a.html", offset=0, truncation=None, signals=None):
    """A document of pieces: text stays, a (rule, kind, text[, harvest]) is cut."""
    original, cuts = "", []
    for piece in pieces:
        text = piece if isinstance(piece, str) else piece[2]
        if not isinstance(piece, str):
            start = offset + len(original)
            cuts.append(Removal(*piece[:2], start, start + len(text), text, *piece[3:]))
        original += text
    return Document(
        text="".join(piece for piece in pieces if isinstance(piece, str)),
        title=None,
        metadata={},
        truncation=truncation,
        segment=Segment(int(offset > 0), 1 + int(offset > 0), offset, offset + len(original)),
        original=original,
        removals=tuple(cuts),
        repairs=(),
        flags=(),
        signals=signals or {},
        provenance=a_provenance(source),
    )


def a_reject(rule="empty-page", why="没有正文", source="file:///空.html"):
    return Rejected(rule, why, a_provenance(source))


def counted(results):
    tally = Tally()
    tally.add(results)
    return tally


def page_of(tally, tmp_path, title="样本", **more):
    write_report(tmp_path / "report.html", figures(tally, title=title, **more))
    return (tmp_path / "report.html").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Names of the elements and attributes of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text = [], set(), ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def test_counts_add_up():
    """Every character that came in is counted as kept or removed, and every removal by rule."""
    source = ("source-line", "line", "来源：江城日报\n")
    credit = ("image-credit", "span", "（李四摄）")
    tally = counted(
        [
            a_document(source, "灯亮了。", credit, truncation=Truncation("tail_cut", ())),
            a_document("又亮了。", credit, truncation=Truncation("notice_only", ())),
            a_document("第二篇。", offset=9),
            a_reject(),
        ]
    )
    assert (tally.pages, tally.documents, tally.rejected, tally.truncated) == (3, 3, 1, 1)
    assert (tally.characters, tally.removed, tally.clean) == (30, 18, 12)
    assert {rule: (n.cuts, n.characters) for rule, n in tally.rules.items()} == {
        "source-line": (1, 8),
        "image-credit": (2, 10),
    }
    assert {kind: n.characters for kind, n in tally.kinds.items()} == {"line": 8, "span": 10}


def test_cuts_are_shown_where_they_stood():
    """A cut is shown with what stood before and after it, in any part of a page."""
    tally = counted([a_document("前" * 50, ("r", "k", "广告"), "后" * 50, offset=1000)])
    [cut] = tally.rules["r"].first
    assert (cut.before, cut.head, cut.after) == ("前" * CONTEXT, "广告", "后" * CONTEXT)
    assert (cut.start, cut.left_out) == (1050, 0)


def test_long_cuts_lose_their_middle():
    """Of a long cut both ends are shown, and how much is not."""
    text = "".join(chr(0x4E00 + i) for i in range(5000))
    [cut] = counted([a_document(("r", "k", text))]).largest
    assert text.startswith(cut.head)
    assert text.endswith(cut.tail)
    assert len(cut.head) + cut.left_out + len(cut.tail) == 5000
    assert len(cut.head + cut.tail) < 200


pieces = st.one_of(
    st.text("灯江\n", max_size=5),
    st.tuples(
        st.sampled_from("abc"), st.sampled_from("xy"), st.text("广告", min_size=1, max_size=9)
    ),
)
results = st.one_of(
    st.builds(
        lambda made, name: a_document(*made, source=name),
        st.lists(pieces, max_size=5),
        st.sampled_from(["1", "2", "3"]),
    ),
    st.builds(a_reject, st.sampled_from(["p", "q"]), st.text(max_size=3)),
)


@settings(deadline=None)
@given(st.lists(results, max_size=25), st.integers(0, 25), st.integers(0, 25))
def test_shards_merge_into_the_whole(made, first, second):
    """Tallies of shards, sent between processes and merged in order, are the tally of the whole."""
    first, second = sorted((first, second))
    merged = Tally()
    for shard in (made[:first], made[first:second], made[second:]):
        merged.merge(pickle.loads(pickle.dumps(counted(shard))))
    assert merged == counted(made)
    assert tally_of(json.loads(json.dumps(merged.state()))) == merged


def test_a_tally_stays_small():
    """Examples are bounded: a hundred times the pages does not give a larger tally."""
    made = [a_document("江" * 90, ("r", "k", "广" * 90), source=f"{i:05}") for i in range(50)]
    made += [a_reject(why="慢" * 9999)] * 50
    tally = counted(made)
    size = len(pickle.dumps(tally))
    tally.add(made * 100)
    assert len(pickle.dumps(tally)) < size + 500
    assert len(tally.rules["r"].first) == CUTS_PER_RULE
    assert len(tally.largest) == LARGEST


def test_the_page_shows_numbers_cuts_and_reasons(tmp_path):
    """Counts, share, rules, cuts in context and reasons stand in the page."""
    credit = ("image-credit", "span", "（李四摄）")
    text = Elements(
        page_of(counted([a_document("江边灯亮", credit, "了。"), a_reject()]), tmp_path)
    ).text
    for words in ("2 pages", "1 document", "45.5\u202f%", "image-credit", "（李四摄）", "江边灯亮"):
        assert words in text
    for words in ("没有正文", "file:///空.html", "empty-page", "样本"):
        assert words in text


def test_nothing_from_a_page_becomes_markup(tmp_path):
    """Hostile text in every place that a page can reach is shown, and adds no element."""

    def made(words):
        return [
            a_document(words, (words, words, words * 9), words, source=words, truncation=None),
            a_reject(words, words, words),
        ]

    harmless = Elements(page_of(counted(made("正本")), tmp_path, "正本"))
    hostile = Elements(page_of(counted(made(HOSTILE)), tmp_path, HOSTILE))
    assert "<script>alert('水')</script>" in hostile.text
    assert "49" not in hostile.text.replace("U+", "")
    assert hostile.attributes == harmless.attributes
    gaps = hostile.tags.count("span") - harmless.tags.count("span")  # of cuts that are longer
    assert sorted(hostile.tags) == sorted(harmless.tags + ["span", "bdi"] * gaps)


def test_the_page_loads_and_runs_nothing(tmp_path):
    """No script, no link, no address; and the browser is told to hold us to it."""
    page = page_of(counted([a_document("灯", ("r", "k", "https://example.cn/a"))]), tmp_path)
    found = Elements(page)
    assert not {"script", "link", "img", "iframe", "base", "form"} & set(found.tags)
    assert not {"src", "srcset", "action"} & found.attributes
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', page))
    assert not [name for name in found.attributes if name.startswith("on")]
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import", page)


def test_unseen_characters_are_written_out(tmp_path):
    """Zero-width and turning characters, half characters and NUL are named, and harm nothing."""
    odd = "灯\u200b\u202e\ud800\0亮"
    assert visible(odd) == "灯‹U+200B›‹U+202E›‹U+D800›‹U+0000›亮"
    page = page_of(counted([a_document(odd, ("r", "k", odd), source=odd)]), tmp_path, odd)
    assert "灯‹U+200B›‹U+202E›‹U+D800›‹U+0000›亮" in page


@pytest.mark.parametrize(
    "made",
    [[], [a_reject()], [a_document()], [a_document("灯")]],
    ids=["none", "reject", "empty", "clean"],
)
def test_small_runs_have_a_page_too(tmp_path, made):
    """No pages, only rejects, an empty document, nothing cut: each gives a page."""
    assert Elements(page_of(counted(made), tmp_path)).tags[-2:] == ["footer", "span"]


def test_shares_are_honest(tmp_path):
    """A little is not 0 %, and nearly all is not 100 %."""
    little = counted([a_document("灯" * 99999, ("r", "k", "广"))])
    nearly = counted([a_document("灯", ("r", "k", "广" * 99999))])
    assert "0.1\u202f%" in page_of(little, tmp_path)
    assert "99.9\u202f%" in page_of(nearly, tmp_path)


def test_the_page_stays_small(tmp_path):
    """Two hundred rules with long cuts make a page of a few hundred KB."""
    made = [
        a_document("江" * 90, (f"rule-{i % 200}", "k", "广" * 9999), "江" * 90) for i in range(800)
    ]
    page_of(counted(made), tmp_path)
    assert (tmp_path / "report.html").stat().st_size < 400_000


def test_the_same_tally_gives_the_same_bytes(tmp_path):
    """The page holds no time and nothing random."""
    tally = counted([a_document("灯", ("r", "k", "广"))])
    assert page_of(tally, tmp_path) == page_of(tally, tmp_path)


def test_a_disk_that_refuses_is_told(tmp_path):
    """A report that cannot be written says so."""
    with pytest.raises(DatasetError, match="cannot be written"):
        write_report(tmp_path / "no" / "report.html", figures(Tally(), title="样本"))


WEIGHED = {"score": "2.1", "where": "outside the text", "because": "the last line"}


def test_least_certain_cuts_come_first():
    """Cuts that were weighed are listed by how near they were to staying, with the signs."""
    sure = WEIGHED | {"score": "5.0"}
    run = figures(
        counted(
            [
                a_document(
                    "灯。", ("u", "k", "甲", sure), ("u", "k", "乙", WEIGHED), ("r", "k", "丙")
                )
            ]
        ),
        title="样本",
    )
    assert [(cut.head, cut.margin, cut.because) for cut in run.closest] == [
        ("乙", 0.2, "the last line"),
        ("甲", 3.1, "the last line"),
    ]


def test_what_differs_from_the_run_before_is_told(tmp_path):
    """Counts and rules that are others than in the manifest before; nothing when none is."""
    tally = counted([a_document("灯", ("new-rule", "k", "广告"), ("same", "k", "甲"))])
    before = {"counts": {"documents": 1}, **said(counted([a_document(("same", "k", "甲"))]))}
    page = page_of(tally, tmp_path, before=before)
    rows = re.findall(
        r'<th scope="row">([^<]*)</th><td>(\d+)</td><td>(\d+)</td><td>(\S+)</td>', page
    )
    assert ("new-rule", "0", "1", "+1") in rows
    assert "same" not in [row[0] for row in rows]
    whole = {"documents": 1, "rejects": 0, "truncated": 0}
    whole |= {"characters_removed": 3, "characters_in_text": 1}
    again = page_of(tally, tmp_path, before={"counts": whole, **said(tally)})
    assert again == page_of(tally, tmp_path)


def test_rules_that_never_fired_are_named():
    """Of the rules in force those are named that left no trace: no cut, fact, flag or repair."""
    run = figures(
        counted([a_document("灯", ("trial-end", "k", "完"))]), title="样本", rules=default()
    )
    silent = {name for _, names in run.silent for name in names}
    assert {"compiled-by", "unlike-the-text", "zero-width"} & silent
    assert "trial-end" not in silent
    assert run.in_force == len(silent) + 1


def test_times_are_shown_when_they_were_taken(tmp_path):
    """Slowest pages and rules stand in the page when they were measured, else how to do it."""
    times = Times()
    times.add("file:慢.html", 1234, (1.5, {"slow-rule": 0.25}))
    page = page_of(counted([a_document("灯")]), tmp_path, times=times)
    assert {"file:慢.html", "slow-rule", "1.5\u202fs", "250\u202fms", "16.7&#8239;%"} <= set(
        re.split(r"[<>]", page)
    )
    assert "--times" in page_of(counted([a_document("灯")]), tmp_path)


def test_copies_are_counted(tmp_path):
    """Copies of fuller documents, and cut ones that a copy completes, are told where they are known."""
    tally = counted([a_document("灯", truncation=Truncation("tail_cut", ())), a_document("又")])
    assert "a copy elsewhere" not in page_of(tally, tmp_path)
    tally.add_copy(Copy("b", canonical=False, duplicate_of="b", completed_by="b"), truncated=True)
    tally.add_copy(Copy("b", canonical=True), truncated=False)
    run = figures(tally, title="样本")
    assert (run.compared, run.copies, run.completed) == (2, 1, 1)
    assert "a copy elsewhere in the dataset has what is missing" in page_of(tally, tmp_path)


def test_signals_are_plotted(tmp_path):
    """A signal's bars hold every document, and its median is one that a document could have."""
    made = [
        a_document("灯", signals={"han_share": s, "chars": c, "language": "zh"})
        for s, c in ((0, 9), (0, 90), (1, 5))
    ]
    run = figures(counted(made), title="样本")
    chars, share = run.signals
    assert [(label.name, label.number) for label in run.labels] == [("language zh", 3)]
    assert [sum(bar.number for bar in signal.bars) for signal in (chars, share)] == [3, 3]
    assert (share.least, share.middle, share.most) == (0, 0, 1)
    assert 5 <= chars.middle <= 90
    assert page_of(counted(made), tmp_path).count("<figure>") == 2
