"""Articles in several parts: the next part, and what is only another page."""

from __future__ import annotations

import pytest
from texts import PROSE

from cleaners.html import extract
from cleaners.html.parts import numbered

HERE = "https://a.example/xw/17.html"
LINKS = "".join(
    f"<li><a href=/n/{i}.html>另一篇报道的标题写在这里第{i}条</a></li>" for i in range(8)
)


def page(pager: str, head: str = "", *, body: str = "") -> str:
    text = body or "".join(f"<p>{line}</p>" for line in PROSE[:4])
    return (
        f"<title>渡口纪事_河湾晚报</title>{head}<ul class=nav><li><a href=/>首页</a></ul>"
        f"<div class=main><h1>渡口纪事</h1><div class=text>{text}</div>{pager}</div>"
        f"<div class=related><h3>相关阅读</h3><ul>{LINKS}</ul></div>"
    )


def parts(html: str, url: str = HERE) -> tuple[str | None, int | None, int | None]:
    found = extract(html, url=url)
    return found.next_part, found.part_index, found.part_count


def a(label: str, href: str) -> str:
    return f"<a href='{href}'>{label}</a>"


NEXT = [
    # (pager, own address, next, index, count)
    (f"<div class=page>上一页 1 {a(2, '17_2.html')} {a(3, '17_3.html')} {a('下一页', '17_2.html')}</div>",
     HERE, "https://a.example/xw/17_2.html", 1, 3),
    (f"<div class=page>{a('上一页', '17.html')} {a(1, '17.html')} 2 {a(3, '17_3.html')} {a('下一页', '17_3.html')}</div>",
     "https://a.example/xw/17_2.html", "https://a.example/xw/17_3.html", 2, 3),
    (f"<p>{a('余下全文', '17_2.html')}（1/2）</p>", HERE, "https://a.example/xw/17_2.html", 1, 2),
    (f"<p>{a('第2页', '?page=2')}</p>", HERE, "https://a.example/xw/17.html?page=2", 1, 2),
    (f"<p>{a('下一页', '/v?id=17&p=2')}</p>", "https://a.example/v?id=17", "https://a.example/v?id=17&p=2", 1, None),
    (f"<div>第1页 共4页 {a('下页', '/xw/17/2')}</div>", "https://a.example/xw/17", "https://a.example/xw/17/2", 1, 4),
    (f"<div>[1] {a('[2]', '17_1.html')} {a('>', '17_1.html')}</div>", HERE, "https://a.example/xw/17_1.html", 1, 2),
    (f"<div>{a('1', 'x7f.html')} <b>2</b> {a('3', 'q9s.html')} {a('下一页', 'q9s.html')}</div>",
     "https://a.example/xw/k2j.html", "https://a.example/xw/q9s.html", 2, 3),
    ("<div>1 2 <a onclick=\"javascript:location.href='/xw/17_2.html';\">下一页</a></div>", HERE,
     "https://a.example/xw/17_2.html", 1, None),
    (f"<ul class=pages><li>1</li><li>{a(2, '17_2.html')}</li><li>{a('下一页', '17_2.html')}</li></ul>", HERE,
     "https://a.example/xw/17_2.html", 1, 2),
    # the address is not known: form and pager have to say it
    (f"<div>1 {a(2, '17_2.html')} {a('下一页', '17_2.html')}</div>", "", "17_2.html", 1, 2),
    (f"<div>{a('下一頁', '17.html?page=2')}</div>", "", "17.html?page=2", 1, None),
]  # fmt: skip


@pytest.mark.parametrize(("pager", "own", "following", "index", "count"), NEXT)
def test_the_next_part_is_found(
    pager: str, own: str, following: str, index: int, count: int | None
) -> None:
    """By its words or its number, and by an address that differs in a number only."""
    assert parts(page(pager), own) == (following, index, count)


def test_the_last_part_knows_that_it_is_the_last() -> None:
    """Then there is no next one, but a number and a count."""
    pager = f"<div>{a('上一页', '17.html')} {a(1, '17.html')} 2 共2页</div>"
    assert parts(page(pager), "https://a.example/xw/17_2.html") == (None, 2, 2)


def test_rel_next_counts_where_the_address_agrees() -> None:
    """`<link rel=next>` is the next part, or on many blogs the next article."""
    head = "<link rel=next href='17_2.html'>"
    assert parts(page("", head))[0] == "https://a.example/xw/17_2.html"
    assert parts(page("", "<link rel=next href='18.html'>")) == (None, None, None)


def test_the_base_of_the_page_is_followed() -> None:
    """Relative links of pagers count from `<base href>`."""
    base = "<base href='https://a.example/xw/'>"
    pager = f"<div>1 {a(2, '17_2.html')} {a('下一页', '17_2.html')}</div>"
    assert (
        parts(page(pager, base), "https://a.example/xw/17.html")[0]
        == "https://a.example/xw/17_2.html"
    )


OTHER = [
    (f"<p>下一篇：{a('桥修好了', '18.html')}</p>", HERE),
    (f"<p>{a('下一篇', '18.html')}</p>", HERE),
    (f"<div>{a('上一章', '16.html')} {a('目录', './')} {a('下一章', '18.html')}</div>", HERE),
    (f"<div>{a('上一页', '16.html')} {a('目录', './')} {a('下一页', '18.html')}</div>", HERE),  # means a chapter
    (f"<div>{a('下一页', '/2024/18.html')}</div>", "https://a.example/2024/17.html"),
    (f"<div>{a('下一页', 't20240305_18.html')}</div>", "https://a.example/xw/t20240305_17.html"),
    (f"<div class=comment-page>1 {a(2, '17.html?page=2')} {a('下一页', '17.html?page=2')}</div>", HERE),
    (f"<div>共 41 条 {a('首页', 'index.html')} {a('下一页', 'index_2.html')}</div>", "https://a.example/xw/index.html"),
    (f"<div>1 {a(2, 'index_2.html')} {a('下一页', 'index_2.html')}</div>", "https://a.example/xw/"),
    (f"<div>{a('下一页', 'javascript:next()')}</div>", HERE),
    (f"<div>{a('>', '/xw/')} {a('要闻', '/xw/yw/')}</div>", HERE),
    ("", HERE),
]  # fmt: skip


@pytest.mark.parametrize(("pager", "own"), OTHER)
def test_other_pages_are_no_parts(pager: str, own: str) -> None:
    """The next article, chapter, page of comments or of a list is not the next part."""
    assert parts(page(pager), own) == (None, None, None)


def test_pages_of_a_list_are_no_parts() -> None:
    """Where nothing is text there is nothing to go on with."""
    pager = f"<div>1 {a(2, '17_2.html')} {a('下一页', '17_2.html')}</div>"
    assert parts(page(pager, body=f"<ul>{LINKS}</ul>")) == (None, None, None)


@pytest.mark.parametrize(
    ("url", "stem", "number"),
    [
        ("https://a.example/17-2.html", "https://a.example/17.html", 2),
        ("https://a.example/17/p2.html", "https://a.example/17.html", 2),
        ("https://a.example/17.html/2", "https://a.example/17", 2),
        ("https://a.example/v?id=7&pageNo=12", "https://a.example/v?id=7", 12),
        ("https://a.example/2024/17.html", "https://a.example/2024/17.html", 1),
        ("https://a.example/news/17.html", "https://a.example/news/17.html", 1),
        ("https://a.example/", "https://a.example/", 1),
    ],
)
def test_addresses_are_read_without_their_number(url: str, stem: str, number: int) -> None:
    """The forms in which sites number the parts of an article."""
    assert numbered(url) == (stem, number)
