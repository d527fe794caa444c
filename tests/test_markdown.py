"""Clean documents as Markdown: a parser of Markdown reads in it what the document says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from texts import LINES, PROSE
from texts import document as plain_text

from cleaners import Document, RawPage, clean, clean_text
from cleaners.document import TextBlock
from cleaners.markdown import markdown

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKS = st.lists(
    st.sampled_from(
        ["*", "**", "_", "__", "____", "`", "``", "~", "~~", "[", "]", "](", "(", ")", "\\", "<", ">",
         "<b>", "&lt;", "&", ";", "|", "#", "# ", "- ", "+ ", "1. ", "2) ", "---", "***", "===", "[a]:",
         "![", "http://a.example/_b_c_", "https://a.example/*x*", "甲", "乙 ", "，", "。", " ", "a", "B1",
         "!", "```", "~~~", "\t", "<http://x>", "年", "[ ] "]
    ),
    min_size=1, max_size=9,
).map("".join)  # fmt: skip


def blocks_of(text: str) -> list[tuple[str, str]]:
    """What a parser sees: (kind, words) of each leaf, without marks."""
    found, kind = [], ""
    for token in PARSER.parse(text):
        if token.type == "fence":
            found.append(("code", token.content))
        elif token.type == "inline":
            found.append((kind, inline_text(token)))
        elif token.type in ("paragraph_open", "heading_open", "th_open", "td_open"):
            kind = token.tag
        elif token.nesting == 0:
            found.append((token.type, token.content))
    return found


def inline_text(token) -> str:
    kinds = {child.type for child in token.children}
    assert kinds <= {"text", "link_open", "link_close", "text_special"}, kinds
    return "".join(child.content for child in token.children)


def a_document(*lines: str, title: str | None = None, blocks=()) -> Document:
    """A document of which only text, title and blocks count."""
    [made] = clean_text(plain_text())
    return replace(made, text="\n".join(lines), title=title, blocks=tuple(blocks))


def of_page(body: str, **options) -> str:
    around = "".join(f"<p>{line}</p>" for line in PROSE[:4])
    page = f"<title>渡口</title><h1>渡口</h1><div>{around}{body}<p>{PROSE[4]}</p></div>"
    [made] = clean(RawPage("https://a.example/1", page.encode(), "text/html"), **options)
    assert isinstance(made, Document)
    text = markdown(made)
    head, tail = "\n\n".join(["# 渡口", *PROSE[:4]]), PROSE[4]
    assert text.startswith(head)
    assert text.endswith(tail)
    return text[len(head) : -len(tail)].strip("\n")


@settings(max_examples=100)
@given(st.lists(MARKS, min_size=1, max_size=4))
@example(["*甲*", "____年__月", "- - -", "[甲]: http://b", "3~5天，6~8天", "1\\. 甲"])
def test_plain_text_is_read_as_it_was_written(lines) -> None:
    """No line of a plain text is anything but a paragraph, and none loses a character."""
    lines = [words for line in lines if (words := " ".join(line.split())) and words[:3] != "```"]
    if lines:
        made = a_document(*lines)
        made = replace(made, provenance=replace(made.provenance, extractor="html@1"))
        assert blocks_of(markdown(made)) == [("p", line) for line in lines]


@settings(max_examples=100)
@given(LINES.map(lambda text: " ".join(text.replace("`", "").split())))
def test_chinese_text_is_not_cluttered(line) -> None:
    """Text and noise alike are read as they were written; without Markdown's marks nothing is added."""
    if line.isprintable() and line:
        made = a_document(line, PROSE[0])
        assert blocks_of(markdown(made)) == [("p", line), ("p", PROSE[0])]
        if not set(line) & set("*_[]<&\\~#>-+.)"):
            assert markdown(made).split("\n")[0] == line


@settings(max_examples=100)
@given(st.lists(st.lists(MARKS, min_size=2, max_size=3), min_size=1, max_size=4), st.booleans())
def test_tables_are_read_cell_by_cell(rows, head) -> None:
    """Cells come back as they were, in their columns; without a head the first row is empty."""
    rows = [[" ".join(cell.split()) or "甲" for cell in row] for row in rows]
    blocks, at = [], 0
    for number, row in enumerate(rows):
        letters = ("h" if head and not number else "c") * len(row)
        length = len("\t".join(row))
        blocks.append(TextBlock(at, at + length, "table", 0, letters, 1))
        at += length + 1
    text = markdown(a_document(*("\t".join(row) for row in rows), blocks=blocks))
    width = max(map(len, rows))
    flat = [row + [""] * (width - len(row)) for row in rows]
    if not head or len(rows) == 1:
        flat.insert(0, [""] * width)
    kinds = ["th"] * width + ["td"] * width * (len(flat) - 1)
    assert blocks_of(text) == list(zip(kinds, [cell for row in flat for cell in row], strict=True))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 12), MARKS), min_size=1, max_size=7))
def test_items_are_read_as_items(items) -> None:
    """Each item of a list, however nested and numbered, is one with the words that it had."""
    made = [(level, n, words) for level, n, said in items if (words := " ".join(said.split()))]
    made = [item for item in made if item[2][:3] != "```"]
    blocks, at = [], 0
    for unit, (level, number, words) in enumerate(made, 1):
        mark = f"{number}." if number else "-"
        blocks.append(TextBlock(at, at + len(words), "list", level, mark, unit))
        at += len(words) + 1
    if made:
        text = markdown(a_document(*(words for *_, words in made), blocks=blocks))
        assert blocks_of(text) == [("p", words) for *_, words in made]
        tokens = [token.type for token in PARSER.parse(text)]
        assert tokens.count("list_item_open") == len(made)


def test_headings_come_below_the_title() -> None:
    """The title is the first level; headings keep theirs, unless that would be the title's too."""
    assert of_page("<h2>一、老周</h2><h3>C #</h3>") == "## 一、老周\n\n### C \\#"
    assert of_page("<h1>一、老周</h1><h6>早班</h6>") == "## 一、老周\n\n###### 早班"


def test_lists_have_marks_and_numbers() -> None:
    """Items stand close together, nested ones under theirs, second paragraphs inside of theirs."""
    body = "<ul><li>先上老人<p>再上孩子</p><li>牲口<ol><li>牛<li>羊</ol><li>货</ul>"
    assert of_page(body) == ("- 先上老人\n\n  再上孩子\n- 牲口\n  1. 牛\n  2. 羊\n- 货")


def test_printed_numbers_are_not_doubled() -> None:
    """An ordered item whose words bring a number of their own has a plain mark."""
    assert of_page("<ol><li>1、先上老人<li>2、再上孩子</ol>") == "- 1、先上老人\n- 2、再上孩子"


def test_two_lists_stay_two() -> None:
    """A list that counts anew right behind another has other marks, or it would count on."""
    text = of_page("<ol><li>甲甲<li>乙乙</ol><ol><li>丙丙<li>丁丁</ol>")
    assert text == "1. 甲甲\n2. 乙乙\n1) 丙丙\n2) 丁丁"


def test_tables_have_their_head() -> None:
    """The head is the head, empty cells are in their columns, and | is no border of a cell."""
    body = "<table><caption>班次</caption><tr><th>班<th>时<th>价</tr><tr><td>早<td><td>a|b</tr></table>"
    assert of_page(body) == "*班次*\n\n| 班 | 时 | 价 |\n| --- | --- | --- |\n| 早 |  | a\\|b |"
    assert of_page("<table><tr><td>早<td>五点</tr></table>").startswith("|  |  |\n| --- | --- |\n|")


def test_code_stands_between_fences_with_its_language() -> None:
    """Nothing in code is escaped."""
    code = "<pre><code class=language-python>def f(a):\n    return a * b * c</code></pre>"
    assert of_page(code) == "```python\ndef f(a):\n    return a * b * c\n```"


def test_links_are_written_when_they_are_asked_for() -> None:
    """Words and target; what Markdown would stumble over in them is escaped."""
    body = "<p>详见<a href='/a_(1) b'>渡口[一]</a>，天天都有人来看。</p>"
    assert of_page(body, links=True) == (
        "详见[渡口\\[一\\]](https://a.example/a%5F%281%29%20b)，天天都有人来看。"
    )
    assert of_page(body) == "详见渡口[一]，天天都有人来看。"


def test_a_title_that_heads_the_text_is_not_doubled() -> None:
    """The title is written once, as the heading that it is."""
    assert markdown(a_document("渡口", "早上开船。", title="渡口")) == "# 渡口\n\n早上开船。"
    assert markdown(a_document("早上开船。", title="渡*口*")) == "# 渡\\*口\\*\n\n早上开船。"


MARKDOWN = """# 渡口

早上**五点**开船。

- 先上老人
  1. 男
  2. 女
- 再上孩子

| 班 | 时 |
| --- | --- |
| 早 | 五点 |

> 雾天停开。
> 请看告示。

## 船票

```sh
echo "# 两元"

echo *
```

票价见[告示](https://a.example/1)。"""


@pytest.mark.parametrize("kind", ["text/markdown", ""])
def test_markdown_stays_what_it_is(kind) -> None:
    """A text in Markdown is not escaped again; its blocks are set apart, nested items nested."""
    [made] = clean(RawPage("file:a.md", MARKDOWN.encode(), kind))
    assert isinstance(made, Document)
    expected = MARKDOWN.replace("\n\necho", "\necho")
    if kind:
        expected = expected.replace("  1.", "    1.").replace("  2.", "    2.")
        kinds = [[t.type for t in PARSER.parse(text)] for text in (expected, MARKDOWN)]
        assert kinds[0] == kinds[1]
    else:
        expected = expected.replace("  1.", "1.").replace("  2.", "2.")
    assert markdown(made) == expected


def test_an_open_fence_is_closed() -> None:
    """Code that a cut or its author left open does not swallow what may follow."""
    assert markdown(a_document("甲：", "```", "x = 1")) == "甲：\n\n```\nx = 1\n```"


def test_code_with_fences_in_it_has_longer_ones() -> None:
    """Three backticks in a page's code do not end it."""
    text = of_page("<pre>a\n  ````\nb</pre>")
    assert blocks_of(text)[0][0] == "code"
    assert text.startswith("`````\n")
