"""Roles, levels, marks and links: from a page's markup to the lines of the clean text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from texts import LINE_BREAKS, LINES, PROSE, page_of

from cleaners import Document, Form, RawPage, clean
from cleaners.characters import VISIBLE
from cleaners.clean import clean_extracted, default_rules
from cleaners.document import Extracted, Line, Link, Provenance
from cleaners.html import extract
from cleaners.normalise import SCRIPTS, line_sources, normalise

NOWHERE = Provenance("text:", "", None, "utf-8", "", "html@1", (), (), "")
FORMS = st.builds(
    Form,
    st.frozensets(st.sampled_from(["characters", "lines", "spaces", "punctuation", "gaps"])),
    st.sampled_from(["", *SCRIPTS]),
)
ROLES = st.sampled_from(["paragraph", "heading", "list", "table", "code", "caption"])
ONE_LINE = LINES.map(lambda text: text.replace("\n", ""))
# One character a line that is found again in every form of the text: no rule knows them.
TAGS = [chr(0x4DC0 + i) for i in range(64)]


def document(html: str, url: str = "https://a.example/x/1.html", *, links: bool = True) -> Document:
    [made] = clean(RawPage(url, html.encode(), "text/html; charset=utf-8"), links=links)
    assert isinstance(made, Document)
    return made


def article(inside: str) -> str:
    around = "".join(f"<p>{line}</p>" for line in PROSE[:4])
    return f"<title>渡口</title><h1>渡口</h1><div>{around}{inside}<p>{PROSE[4]}</p></div>"


def said(made: Document) -> list[tuple[str, str, int, str]]:
    return [(made.text[b.start : b.end], b.role, b.level, b.mark) for b in made.blocks]


def tagged(lines: list[tuple[str, str]]) -> Extracted:
    """Lines with their roles; each begins with a character of its own, which is its mark too."""
    text, found = "", []
    for (words, role), tag in zip(lines, TAGS, strict=False):
        found.append(Line(len(text), len(text) + len(words) + 1, role, 0.0, 1, tag, 1))  # type: ignore[arg-type]
        text += f"{tag}{words}\n"
    return Extracted(text, tuple(found), format="html")


@settings(max_examples=40)
@given(st.lists(st.tuples(ONE_LINE, ROLES), max_size=14), FORMS)
@example([(line, "list") for line in PROSE], Form())
@example([("```", "code"), (PROSE[0], "paragraph"), ("\r\u200d\n甲", "code")], Form())
def test_each_line_of_the_clean_text_has_the_role_of_the_line_it_was(lines, form) -> None:
    """Whatever was cut, repaired, joined and dropped: a line's block is that of its first character."""
    extracted = tagged(lines)
    roles = {line.mark: line.role for line in extracted.lines}
    for made in page_of(clean_extracted(extracted, default_rules(), NOWHERE, form)):
        blocks = {block.start: block for block in made.blocks}
        at = 0
        for line in made.text.split("\n"):
            block = blocks.pop(at, None)
            assert block is None or (block.start, block.end) == (at, at + len(line))
            if line[:1] in roles:
                assert (block.role if block else "paragraph") == roles[line[0]]
                assert block is None or block.mark == line[0]
            elif block and line.startswith("```") and block.mark == "```":
                assert block.role == "code"
            at += len(line) + 1
        assert not blocks


@settings(max_examples=40)
@given(st.lists(st.tuples(LINES, st.sampled_from(("\n", *LINE_BREAKS, "\r\u200d\n")))), FORMS)
def test_normalisation_says_which_line_became_which(pieces, form) -> None:
    """A line of the normalised text has as many visible characters as the line that it was."""
    text = "".join(part for piece in pieces for part in piece)
    lines = normalise(text, Form(form.off)).split("\n")
    sources = line_sources(text, form)
    if lines == [""] and not sources:
        return
    assert len(sources) == len(lines)
    for (start, end), line in zip(sources, lines, strict=True):
        assert len(VISIBLE.findall(text, start, end)) == len(VISIBLE.findall(line))
    assert all(a[1] <= b[0] for a, b in pairwise(sources))


@settings(max_examples=30)
@given(st.lists(st.tuples(ONE_LINE, ROLES), max_size=12), FORMS)
def test_links_are_found_again(lines, form) -> None:
    """The link on each line's own character is on that character in the clean text, if it is left."""
    extracted = tagged(lines)
    links = tuple(Link(line.start, line.start + 1, line.mark) for line in extracted.lines)
    extracted = Extracted(extracted.original, extracted.lines, format="html", links=links)
    for made in page_of(clean_extracted(extracted, default_rules(), NOWHERE, form)):
        assert all(made.text[a:b] == target for a, b, target in made.links)
        if not form.script:
            assert {link.target for link in made.links} == {c for c in made.text if c in TAGS}


def test_headings_keep_their_levels() -> None:
    """h2 and h4 are levels 2 and 4; what stands inside of them does not matter."""
    made = document(article("<h2><span>一、</span>老周</h2><h4>（一）早班</h4>"))
    assert said(made) == [("一、老周", "heading", 2, ""), ("（一）早班", "heading", 4, "")]


def test_lists_keep_their_nesting_and_their_numbers() -> None:
    """Items have a level and a mark; `start` and `value` count; a second line is of the same item."""
    made = document(
        article(
            "<ul><li>先上老人<p>再上孩子</p><li>牲口<ol start=3><li>牛<li value=7>羊<li>鹅</ol></ul>"
        )
    )
    assert said(made) == [
        ("先上老人", "list", 1, "-"),
        ("再上孩子", "list", 1, "-"),
        ("牲口", "list", 1, "-"),
        ("牛", "list", 2, "3."),
        ("羊", "list", 2, "7."),
        ("鹅", "list", 2, "8."),
    ]
    units = [block.unit for block in made.blocks]
    assert units[0] == units[1]
    assert len(set(units)) == 5


def test_a_list_around_the_whole_text_is_no_list() -> None:
    """Pages that are laid out as lists have level 0 where nothing is nested deeper."""
    inside = "".join(f"<p>{line}</p>" for line in PROSE)
    made = document(f"<title>渡口</title><ul><li><h1>渡口</h1>{inside}<ul><li>甲乙</ul></li></ul>")
    assert {level for _, role, level, _ in said(made) if role == "list"} == {0, 1}


def test_rows_know_their_head_and_their_empty_cells() -> None:
    """A letter a column: th is h, empty cells and those that others reach over are -."""
    made = document(
        article(
            "<table><tr><th>班<th>时<th>价</tr><tr><td rowspan=2>早<td>五点<td></tr>"
            "<tr><td>六点<td>两元</tr><tr><td colspan=2>停开<td>免费</tr></table>"
        )
    )
    assert said(made) == [
        ("班\t时\t价", "table", 0, "hhh"),
        ("早\t五点", "table", 0, "cc-"),
        ("六点\t两元", "table", 0, "-cc"),
        ("停开\t免费", "table", 0, "c-c"),
    ]
    assert len({block.unit for block in made.blocks}) == 1


def test_a_row_with_one_cell_of_several_belongs_to_its_table() -> None:
    """What others reach over or leave empty is no paragraph between two tables."""
    made = document(
        article(
            "<table><tr><td rowspan=2>早<td>五点</tr><tr><td>六点</tr><tr><td colspan=2>雾天停开</tr></table>"
        )
    )
    assert [mark for *_, mark in said(made)] == ["cc", "-c", "c-"]


@pytest.mark.parametrize(
    ("markup", "language"),
    [
        ('<pre><code class="language-python hljs">a = 1\nb = 2</code></pre>', "python"),
        ('<pre class="brush: js;">a = 1\nb = 2</pre>', "js"),
        ('<div class="highlight-source-rust"><pre>a = 1\nb = 2</pre></div>', "rust"),
        ('<pre class="lang-C++">a = 1\nb = 2</pre>', "c++"),
        ('<pre class="language-plaintext">a = 1\nb = 2</pre>', ""),
        ("<pre>a = 1\nb = 2</pre>", ""),
    ],
)
def test_code_knows_its_language(markup, language) -> None:
    """Where a page names the language of its code, the lines carry it; fences are known as such."""
    made = document(article(markup))
    assert said(made) == [
        ("```", "code", 0, "```"),
        ("a = 1", "code", 0, language),
        ("b = 2", "code", 0, language),
        ("```", "code", 0, "```"),
    ]


def test_links_are_there_when_they_are_asked_for() -> None:
    """Links have absolute targets, each at its words, whatever normalisation did before them."""
    line = "详见 ( <a href='../y/2.html#c'>渡口 <b>的</b> 历史</a> ) , 或者 <a href=javascript:x()>这里</a>"
    made = document(article(f"<p>{line}，还有<a href='//b.example/'>那里</a>，都说得很清楚。</p>"))
    assert [(made.text[a:b], target) for a, b, target in made.links] == [
        ("渡口的历史", "https://a.example/y/2.html"),
        ("那里", "https://b.example/"),
    ]
    assert document(article(f"<p>{line}。</p>"), links=False).links == ()


def test_links_follow_the_base_of_the_page() -> None:
    """`<base href>` says what relative links count from; without any URL they stay relative."""
    page = article("<p>船期见<a href='a/1.html'>告示</a>，天天都有人来看。</p>")
    [link] = extract(f"<base href='https://b.example/z/'>{page}", links=True).links
    assert link.target == "https://b.example/z/a/1.html"
    [link] = extract(page, links=True).links
    assert link.target == "a/1.html"


def test_links_stand_in_cells() -> None:
    """A link in a table's row is where its cell is."""
    table = "<table><tr><td>甲县</td><td>乙 <a href=/1>附件</a></td></tr></table>"
    made = document(article(table))
    [(start, end, target)] = made.links
    assert (made.text[start:end], target) == ("附件", "https://a.example/1")
