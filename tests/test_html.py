"""Main text and metadata of web pages: one small page for each way in which extractors fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dates import iso_date
from cleaners.html import EXTRACTOR, blocks, extract, looks_like_html
from cleaners.html.bounds import bounded

NAV = "".join(f'<li><a href="/c{i}">栏目第{i}号</a></li>' for i in range(12))
LINKS = "".join(f'<li><a href="/a{i}">另一篇报道的标题写在这里第{i}条</a></li>' for i in range(8))
FOOT = (
    "<div class=foot><p>版权所有 © 河湾晚报社 河ICP备00000000号 未经许可不得转载，违者必究。</p>"
    "<p>举报电话：000-00000000，客服邮箱见本站许可证页面。</p></div>"
)
LONG = (
    "河湾县的渡口在清晨五点开船，摆渡人老周已经干了三十一年。他说，水位低了，坐船的人反而多了。",
    "县里去年修了新桥，许多人以为渡口会停。结果赶集的老人仍旧愿意坐船，他们说桥太远，风太大。",
    "老周的儿子在省城工作，劝过他几回。他总是摇头，把缆绳又系紧了一道。",
)


def page(body: str, title: str = "渡口的清晨", head: str = "") -> str:
    """A whole page with navigation above and legal notices below."""
    return (
        f"<!doctype html><html><head><title>{title}_河湾晚报</title>{head}</head><body>"
        f"<ul class=nav>{NAV}</ul>{body}{FOOT}</body></html>"
    )


def article(*paragraphs: str, around: str = "div", name: str = "") -> str:
    return (
        f"<{around} class='{name}'>" + "".join(f"<p>{p}</p>" for p in paragraphs) + f"</{around}>"
    )


def test_a_plain_article_keeps_its_text_and_loses_the_page_around_it() -> None:
    """Navigation, lists of links and the legal foot go; headline and paragraphs stay."""
    found = extract(page(f"<h1>渡口的清晨</h1>{article(*LONG)}<ul>{LINKS}</ul>"))
    assert found.text.split("\n")[-3:] == list(LONG)
    assert "栏目" not in found.text
    assert "另一篇" not in found.text
    assert "ICP" not in found.text
    assert found.format == "html"
    assert found.confidence > 0.5


def test_a_short_body_is_found_without_any_length_threshold() -> None:
    """One sentence wins over a foot and a list that are each longer."""
    short = "昨天夜里，河湾大桥亮灯。"
    found = extract(page(f"<h1>大桥亮灯</h1><div>{short}</div><ul>{LINKS}</ul>", "大桥亮灯"))
    assert found.text.split("\n")[-1] == short
    assert "版权" not in found.text


def test_more_foreign_prose_than_body_does_not_win() -> None:
    """Comments longer than the article are left out when the headline stands above the article."""
    comments = "".join(
        f"<div class=item><a href=/u{i}>读者{i}</a><span>3天前</span>"
        f"<p>第{i}条评论，说的是我家门口的路，和这篇报道没有多少关系，只是想说一说。</p></div>"
        for i in range(9)
    )
    body = f"<h1>渡口的清晨</h1>{article(LONG[0], LONG[2])}"
    found = extract(page(f"<div>{body}</div><div class=comment-list>{comments}</div>"))
    assert LONG[0] in found.text
    assert LONG[2] in found.text
    assert "条评论" not in found.text


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" + "<br>".join(LONG) + "</div>",
        "<table><tr><td>" + "<br><br>".join(LONG) + "</td></tr></table>",
        "".join(f"<div>{line}</div>" for line in LONG),
        "".join(f"<section><span>{line}</span></section>" for line in LONG),
    ],
    ids=["br", "td", "div a line", "section and span"],
)
def test_paragraph_tags_are_not_needed(markup: str) -> None:
    """Bodies of br, td, div and section come out with one line a paragraph."""
    found = extract(page(f"<h1>渡口的清晨</h1><div>{markup}</div>"))
    assert found.text.split("\n")[-3:] == list(LONG)


def test_furniture_inside_the_container_goes_and_noise_lines_stay() -> None:
    """Related lists, share bars and pages before and after go; credits are the text stage's."""
    inside = (
        "<div class=share><a href=#>微博</a> <a href=#>空间</a></div>"
        + "".join(f"<p>{line}</p>" for line in LONG)
        + "<p>（责任编辑：河小湾）</p><h3>相关阅读</h3>"
        + f"<ul>{LINKS}</ul><p>上一篇：<a href=/1>别的文章的标题</a></p>"
    )
    found = extract(page(f"<div class=content><h1>渡口的清晨</h1>{inside}</div>"))
    lines = found.text.split("\n")
    assert lines[-4:] == [*LONG, "（责任编辑：河小湾）"]
    assert "微博" not in found.text


def test_headings_and_prose_that_sound_like_furniture_stay() -> None:
    """相关措施 is a heading of the text, and a sentence may begin with 评论 or 返回."""
    body = (
        f"<p>{LONG[0]}</p><h2>相关措施</h2><p>返回渡口。</p>"
        "<h2>更多的船</h2><p>评论他，不公平。</p>"
    )
    found = extract(page(f"<div><h1>渡口的清晨</h1>{body}</div>"))
    assert found.text.split("\n")[-4:] == ["相关措施", "返回渡口。", "更多的船", "评论他，不公平。"]


def test_links_inside_prose_stay() -> None:
    """A paragraph with a link in it keeps all its words, and its line says how much was link."""
    text = "他在<a href=/x>河湾日记</a>里写过，船到中流，人就不说话了。"
    found = extract(page(f"<h1>渡口的清晨</h1><div><p>{LONG[0]}</p><p>{text}</p></div>"))
    last = found.lines[-1]
    assert found.original[last.start : last.end] == "他在河湾日记里写过，船到中流，人就不说话了。"
    assert 0 < last.link_density < 0.5


@pytest.mark.parametrize("name", ["breadcrumb", "share-page", "comment", "sidebar ad", "footer"])
def test_an_unlikely_word_above_the_body_is_no_veto(name: str) -> None:
    """A name is a prior: the wrapper of the whole article may be called what it likes."""
    found = extract(page(f"<div class='{name}'><h1>渡口的清晨</h1>{article(*LONG)}</div>"))
    assert found.text.split("\n")[-3:] == list(LONG)


def test_wechat_visibility_hidden_is_text_and_display_none_is_not() -> None:
    """What a script will show stays; what is not laid out, anti-copy marks included, goes."""
    body = (
        '<h1>渡口的清晨</h1><div id="js_content" style="visibility: hidden; opacity:0">'
        + "".join(f"<section><span>{line}</span></section>" for line in LONG)
        + '<p style="DISPLAY : none">看不见的一句话，不应出现。</p>'
        + "<p hidden>藏起来的，也不应出现。</p>"
        + f'<p>{LONG[0][:8]}<font class="jammer">乱码乱码</font>{LONG[0][8:20]}。</p></div>'
    )
    found = extract(page(body))
    assert all(line in found.text for line in LONG)
    assert "不应出现" not in found.text
    assert "乱码" not in found.text


def test_a_page_that_hides_everything_is_shown() -> None:
    """If nothing else is visible, what display:none hides is the text."""
    found = extract(f"<div style='display:none'><p>{LONG[0]}</p></div>")
    assert found.text == LONG[0]


def test_a_forum_thread_keeps_its_posts() -> None:
    """Posts of one signature are not a list of other pages, although each has a name and a date."""
    posts = "".join(
        f"<div class=post><div class=who><a href=/u{i}>网友{i}</a></div><div class=when>2024-3-{i}"
        f" 08:00</div><div class=msg>{line}</div></div>"
        for i, line in enumerate(LONG, 1)
    )
    found = extract(page(f"<h1>渡口的清晨</h1><div class=thread>{posts}</div>"))
    assert all(line in found.text for line in LONG)


def test_gbk_bytes_are_decoded_before_they_are_parsed() -> None:
    """A page in GBK with a declaration that is missing, right or false gives the same text."""
    for head in ("", "<meta charset=gb2312>", "<meta charset=utf-8>"):
        body = page(f"<h1>渡口的清晨</h1>{article(*LONG)}", head=head).encode("gb18030")
        found = extract(body)
        assert found.text.split("\n")[-3:] == list(LONG), head
        assert found.title == "渡口的清晨"


def test_english_needs_no_other_weights() -> None:
    """An English page comes out with its inline white space."""
    text = (
        "The ferry leaves at five in the morning, and <b>Zhou</b> <i>has</i> worked it for thirty "
        "years. He says the water is lower, but more people come."
    )
    found = extract(f"<ul>{LINKS}</ul><h1>Ferry</h1><div><p>{text}</p><p>{text}</p></div>")
    assert "Zhou has worked" in found.text
    assert "另一篇" not in found.text


def test_lines_have_roles_and_offsets_into_original() -> None:
    """Headings, lists, code, captions and tables are told apart; cells are joined by tabs."""
    body = (
        f"<h1>渡口的清晨</h1><p>{LONG[0]}</p><h2>票价</h2>"
        "<table><tr><th>班次</th><th>票价</th></tr><tr><td>早班</td><td>两元</td></tr></table>"
        f"<ul><li>老人免票，须带证件。</li></ul><pre>if a:\n    b = 1\n</pre><p>{LONG[1]}</p>"
        "<figure><img alt='不要' src=x><figcaption>渡口，摄于去年冬天。</figcaption></figure>"
    )
    found = extract(page(f"<div>{body}</div>"))
    roles = {found.original[line.start : line.end]: line.role for line in found.lines}
    assert roles == {
        "渡口的清晨": "heading",
        LONG[0]: "paragraph",
        "票价": "heading",
        "班次\t票价": "table",
        "早班\t两元": "table",
        "老人免票，须带证件。": "list",
        "if a:": "code",
        "    b = 1": "code",
        LONG[1]: "paragraph",
        "渡口，摄于去年冬天。": "caption",
    }
    assert found.original == found.text


def test_white_space_is_collapsed_in_blocks_and_kept_in_code() -> None:
    """Source line breaks are spaces; U+3000 and NBSP stay inside a line and go at its ends."""
    found = extract("<p>　　他说，\n  走　吧，&nbsp;别&nbsp;等了。 </p>")
    assert found.original == "他说， 走　吧，\u00a0别\u00a0等了。"


def test_metadata_from_head_comes_with_witness_and_trust() -> None:
    """JSON-LD and <meta> say title, dates, site, address and keywords."""
    head = (
        '<meta property="og:title" content="渡口的清晨"><meta name=keywords content="渡口,河湾">'
        '<meta property="og:site_name" content="河湾晚报"><link rel=canonical href=https://a.test/1>'
        '<script type="application/ld+json">{"@graph":[{"headline":"渡口的清晨","datePublished":'
        '"2024-03-05T08:07:00+08:00","dateModified":"2024-03-06","author":[{"name":"周渡"}]}]}'
        "</script><script type='application/ld+json'>{broken</script>"
    )
    found = extract(page(f"<h1>渡口的清晨</h1>{article(*LONG)}", head=head))
    said = {name: (fact.value, fact.witness) for name, fact in found.metadata.items()}
    assert said == {
        "title": ("渡口的清晨", "headline"),
        "published": ("2024-03-05T08:07:00+08:00", "json-ld:datePublished"),
        "modified": ("2024-03-06", "json-ld:dateModified"),
        "author": ("周渡", "json-ld:author"),
        "site_name": ("河湾晚报", "meta[og:site_name]"),
        "canonical_url": ("https://a.test/1", "link[canonical]"),
        "keywords": ("渡口,河湾", "meta[keywords]"),
    }
    assert found.metadata["published"].trust == "high"


def test_metadata_from_the_line_under_the_headline() -> None:
    """Date, source and author are read from the page's own line, never from prose or lists."""
    line = "<div>2024年3月5日 08:07　来源：河湾晚报　作者：周渡　编辑：林岸</div>"
    late = "<p>2019年1月2日，县里开过一次会，会上有人问：来源：谁说的？</p>"
    listed = "<ul><li><a href=/1>2001-01-01 别的新闻标题在这里</a></li></ul>"
    found = extract(page(f"{listed}<h1>渡口的清晨</h1>{line}{article(*LONG)}{late}"))
    assert (found.published, found.source, found.author) == (
        "2024-03-05T08:07+08:00",
        "河湾晚报",
        "周渡",
    )
    assert found.metadata["source"].said == "来源：河湾晚报"
    bare = extract(page(f"<h1>渡口的清晨</h1>{article(*LONG)}{late}"))
    assert bare.published is None


def test_a_worthless_source_is_kept_as_said_without_value() -> None:
    """来源：网络 names nobody."""
    found = extract(page(f"<h1>渡口的清晨</h1><div>来源：网络</div>{article(*LONG)}"))
    assert found.source is None
    assert found.metadata["source"].said == "来源：网络"
    assert found.metadata["source"].trust == "none"


def test_the_title_is_the_headline_or_the_title_element_without_its_site() -> None:
    """Without a headline in the body, the site's name is cut off <title>."""
    assert extract(page(article(*LONG))).title == "渡口的清晨"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024/3/5 8:07", "2024-03-05T08:07+08:00"),
        ("2019-09-07T13:43:45+08:00", "2019-09-07T13:43:45+08:00"),
        ("2024年02月30日，2024年3月1日", "2024-03-01"),
        ("电话 2024-123-4567", None),
        ("明天", None),
    ],
)
def test_dates_are_dates(said: str, read: str | None) -> None:
    """Dates are ISO with the precision that is known, and impossible ones are none."""
    assert iso_date(said) == read


@pytest.mark.parametrize(
    "nothing", [b"", b"   ", "", "<html></html>", "<script>var a = 1;</script>"]
)
def test_a_page_without_text_gives_no_lines(nothing: bytes | str) -> None:
    """Empty in, empty out, with confidence 0."""
    found = extract(nothing)
    assert (found.original, found.lines, found.confidence) == ("", (), 0.0)


def test_broken_markup_still_gives_its_text() -> None:
    """Unclosed and crossed tags, stray ends and NULs are no error."""
    found = extract(f"</div><p><b>{LONG[0]}<i></b></p></table><div>\0{LONG[1]}<p<a href='")
    assert LONG[0] in found.text
    assert LONG[1] in found.text.replace("\ufffd", "")


MARKUP = """
<div> </div> <p> <b> </b> <table> <tr> <td> </table> <br> <a href=x> </a> <li> <ul> <script>
</script> <!-- --> <select> <template> <svg> <title> <pre> 。 甲，乙 \0 &#x; <body> <frameset>
<math> </p> <form> <![CDATA[ ]]> 来源：甲 2024-1-1 <textarea> <h1> <font <time datetime=甲>
"""


@given(
    st.lists(
        st.sampled_from(MARKUP.split()),
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_markup_gives_lines_that_are_the_text(parts: list[str]) -> None:
    """Lines tile `original`, whatever the markup, and nothing is raised."""
    found = extract("".join(parts))
    assert found.text == found.original
    assert all(line.start < line.end for line in found.lines)
    assert extract("".join(parts)) == found


HOSTILE = """
import time
from cleaners.html import extract
sentence = "他说，船来了。"
pages = {
    "deep": "<div>" * 100_000 + sentence,
    "deep inline": "<span>" * 100_000 + sentence,
    "deep after text": f"<p>{sentence}</p>" + "<div>" * 100_000,
    "closed first": "</div>" * 100_000 + "<div>" * 100_000 + sentence,
    "wide": f"<p>{sentence}" * 250_000,
    "reopened": "<p>" + "".join(f"<b id={i}>" for i in range(500)) + f"</p><p>{sentence}" * 20_000,
    "reopened by few": "<p>" + "".join(f"<b id={i}>" for i in range(400))
    + f"</p><p>{sentence}" * 3_000,
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(50_000)) + f">{sentence}",
    "scripts": "<script>" * 100_000,
    "json": "<script type='application/ld+json'>" + "[" * 100_000 + "</script><p>" + sentence,
    "comments": "<!--" * 100_000,
    "groups": "<h1>甲</h1>" + "<div class=x><h3>a</h3></div>" * 3 + "".join(
        f"<div>" + f"<p class=c{i}>1:00</p>" * 3 + "</div>"
        for i in range(10_000)
    ),
    "siblings": f"<div class=a><h3>{sentence}</h3></div>" * 30_000,
    "closes nothing": "<div></x>" * 30_000 + sentence,
    "closes in a cell": "<div><object></div></object>" * 15_000 + sentence,
    "posts": "<h1>甲</h1>" + f"<div class=post><i>2024-1-1</i><p>{sentence}</p></div>" * 8_000,
    "one post": "<h1>甲</h1>" + f"<div class=post><p>2024-1-1</p>" * 2
    + f"<p>{sentence}<p>1楼</p>" * 8_000,
    "deep post": "<div class=post><p>2024-1-1</p></div>" + "<div class=post><p>2024-1-1</p>"
    + "<div>" * 400 + f"<p>{sentence}" * 10_000,
    "links": f"<li><a href=/>一条很长很长的标题{sentence[:3]}</a>" * 30_000,
    "assigned": "<script>" + "a={" * 200_000 + "</script>",
    "quotes": "<script>" + "content:'" * 200_000 + "</script>",
    "lists": "<script type=application/json>" + "[" * 900 + "'a'" + "]" * 900 + "</script>",
    "objects": "<script type=application/json>[" + '{"text":"%s"},' % sentence * 100_000
    + "1]</script>",
    "templates": "<template>" * 50_000 + sentence,
}
for name, text in pages.items():
    found = extract(text)
    print(f"{name}|{found.confidence}|{len(found.lines)}")
print("seconds", round(time.process_time()))
print("alive")
"""


def test_deep_and_huge_pages_neither_crash_nor_take_long() -> None:
    """In a child process: 100,000 levels, 500,000 nodes and worse end, and in time."""
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.endswith("alive\n")
    assert int(done.stdout.split()[-2]) < 30  # of the processor, not of a clock
    cut = {line.split("|")[0] for line in done.stdout.splitlines() if "|0.0|" in line}
    assert {"deep", "deep inline", "deep after text", "wide", "reopened", "attributes"} <= cut
    assert "closes nothing" in cut


FUZZ = """
import random
import sys
from cleaners.html import extract
from cleaners.parse import parse_pack
from webpages import DOCUMENTS, NO_DOCUMENTS

pages = [p if isinstance(p, str) else p.decode("utf-8", "replace") for p, *_ in DOCUMENTS.values()]
pages += [p for _, p in NO_DOCUMENTS.values()]
tags = ("<div>|</div>|<p|</table>|<table><tr>|<td>|<select>|</select>|<template>|</template>|<svg>|"
    "<a href=x>|</a>|<b id=1>|</form>|<form>|<!--|-->|<script>|</script>|<style>|<title>|<math>|"
    "<noscript>|</body>|<frameset>|<pre>|<li>|<plaintext>|&#0;|<br|>|<textarea>").split("|")
[site] = parse_pack(sys.stdin.read()).sites
for seed in range(400):
    pick = random.Random(seed)
    parts = []
    for _ in range(pick.randint(1, 12)):
        page = pick.choice(pages)
        start = pick.randrange(len(page))
        parts.append(page[start : start + pick.choice((10, 100, 2000))])
        parts.append(pick.choice(tags) * pick.choice((1, 1, 1, 3, 200)))
    text = "".join(parts)
    found = extract(text, sites=[site] if seed % 3 else [], links=seed % 2 == 0)
    assert found.text == found.original, seed
    assert found == extract(text, sites=[site] if seed % 3 else [], links=seed % 2 == 0), seed
print("alive")
"""


def test_pages_cut_and_glued_neither_crash_nor_differ() -> None:
    """In a child process: pieces of pages between broken markup, twice the same each."""
    done = subprocess.run(
        [sys.executable, "-c", FUZZ],
        input=(Path(__file__).parents[1] / "docs/sites.md").read_text("utf-8").split("```")[1][5:],
        capture_output=True, text=True, timeout=300, check=False,
        env={"PYTHONPATH": str(Path(__file__).parent), "PATH": ""},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr[-500:]


def test_a_page_over_the_limits_keeps_its_first_part_without_confidence(monkeypatch) -> None:
    """More nodes than are walked: the first ones are the text, and confidence is 0."""
    text = "<p>他说，船来了。</p>" * 600
    assert extract(text).confidence == 1
    monkeypatch.setattr(blocks, "MAX_NODES", 1000)
    found = extract(text)
    assert found.confidence == 0
    assert len(found.lines) == pytest.approx(500, abs=3)


def test_ordinary_nesting_is_not_cut() -> None:
    """Unclosed paragraphs and cells do not nest, and balanced divs are fine in any number."""
    for text in ("<p>甲" * 5000, "<div><b>甲</b></div>" * 5000, "<table><tr><td>甲</table>" * 3000):
        assert bounded(text) == (text, "")


def test_a_tag_with_too_many_attributes_is_cut_and_long_scripts_are_not() -> None:
    """Attributes are compared with each other; a long script or address is one piece of text."""
    flood = "<p " + " ".join(f"a{i}" for i in range(6000)) + ">"
    assert bounded(f"<b>甲</b>{flood}乙") == ("<b>甲</b>", "too-large")
    for text in (
        f"<script>{'var a = 1; ' * 9000}</script><p>甲",
        f"<img src='data:image/png;base64,{'A/b+' * 30_000}'><p>甲",
        f"<p>{'甲乙丙，丁。' * 20_000}</p>",
    ):
        assert bounded(text) == (text, "")


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        ("<!DOCTYPE html><title>甲</title>", True),
        ("\ufeff\n<html><body>甲", True),
        ("<p>甲</p><p>乙</p>", True),
        ("他说 <p> 是段落标签。", False),
        ("", False),
        ("x < y 且 y > z", False),
        ("<甲>是一个书名号写法", False),
    ],
)
def test_looks_like_html(text: str, is_html: bool) -> None:  # noqa: FBT001 - a table's column
    """Markup is told from text that mentions a tag."""
    assert looks_like_html(text) is is_html


def test_the_extractor_has_a_name_and_a_version() -> None:
    """Provenance needs name@version."""
    name, _, version = EXTRACTOR.partition("@")
    assert name == "html"
    assert version.isdigit()


def test_formatting_that_is_never_closed_and_says_nothing_costs_nothing() -> None:
    """Of equal <b> a parser reopens three at most: a page full of them is read whole."""
    text = "<p>甲</p><b>" * 1_200
    assert bounded(text) == (text, "")


def test_no_page_makes_more_copies_of_formatting_than_a_small_one_may() -> None:
    """200 icons among 6,000 tags are read whole, closed or not; 600 that stay open are cut."""
    icons = "".join(f"<i class=a{i}>" for i in range(200))
    for text in (icons.replace(">", "></i>"), f"<p>{icons}</p>"):
        page = text + "<p>甲</p>" * 2_500
        assert bounded(page) == (page, "")
    opened = "".join(f"<i class=a{i}>" for i in range(600))
    assert bounded(f"<p>{opened}</p>" + "<p>甲</p>" * 2_500).over == "too-deep"
