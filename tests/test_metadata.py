"""What pages say about themselves: every way of saying it, and what only looks like it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from texts import PROSE

from cleaners.dates import day_of, iso_date, relative_date, url_date
from cleaners.document import Extracted
from cleaners.html import extract

TITLE = "河湾镇渡口纪事"
AT = datetime(2024, 3, 6, 2, 0, tzinfo=UTC)


def page(
    head: str = "", byline: str = "", tail: str = "", title: str = f"{TITLE}_河湾晚报", **more: str
) -> str:
    """An article with what is to be read in its head, below its headline and behind its text."""
    body = "".join(f"<p>{line}</p>" for line in PROSE[:5])
    h1 = more.get("h1", f"<h1>{TITLE}</h1>")
    return (
        f"<!doctype html><html {more.get('html', '')}><head><title>{title}</title>{head}</head><body>"
        "<ul class=nav><li><a href=/>首页</a><li><a href=/xw>新闻</a></ul>"
        f"<div class=main>{h1}<div class=info>{byline}</div><div class=content>{body}</div>{tail}</div>"
        f"<div class=foot>版权所有 河湾晚报社 © 2001-2031 河ICP备00000000号</div></body></html>"
    )


def meta(**said: str) -> str:
    return "".join(
        f'<meta name="{name.replace("__", ":")}" content="{value}">' for name, value in said.items()
    )


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


PIECES = (
    '<script type="application/ld+json">{"author": [[[[["a"]]]], 1, null], "datePublished": 7}</script>',
    '<script type="application/ld+json">[{"@type": ["Article"], "author": {"name": {"a": 1}}}]</script>',
    "<meta name=author content='\ud800'><meta name=date content=99999999>", "<link rel=canonical href='http://[x'>",
    "<base href='http://[x'>", "<a href='http://[x'>下一页</a>", "<a href='?page=\ud800&p=2'>下一页</a>", "作者：", "来源：",
    "发布时间：", "2024-03-05", "<table><tr><td>来源：</td><td>", "<a href=//:99999999>2</a>", "1", "2024-02-31", "三月",
    "<link rel=next href=''>", "<time datetime='x'>", "<i itemprop=author>", "<i itemprop=datePublished>",
    "<a rel=license>", "文/", "：", "<meta name=keywords content=',,,'>", "<html lang='_'>",
)  # fmt: skip
ADDRESSES = (
    "",
    "http://[x/17.html",
    "https://a.example/17.html",
    "file:a.html",
    "https://a.example:x/",
)
DAY, MINUTE = "2024-03-05", "2024-03-05T10:30+08:00"
ARTICLE = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-03-05T10:30:00+08:00"}

PUBLISHED = [
    # the head
    (page(linked(ARTICLE)), "2024-03-05T10:30:00+08:00"),
    (page(linked([{"@type": "WebSite", "datePublished": "2001-01-01"}, ARTICLE])), "2024-03-05T10:30:00+08:00"),
    (page(linked({"@graph": [{"@type": "BreadcrumbList", "itemListElement": []}, ARTICLE]})), "2024-03-05T10:30:00+08:00"),
    (page(linked({"@type": "WebPage", "mainEntity": ARTICLE})), "2024-03-05T10:30:00+08:00"),
    (page(linked({"@type": "NewsArticle", "datePublished": DAY, "comment": [{"@type": "Comment", "datePublished": "2024-03-09"}]})), DAY),
    (page(linked({"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "datePublished": "2020-02-02"}]})), None),
    (page(linked({"pubDate": "2024-03-05T10:30:00", "upDate": "2024-03-06T08:00:00"})), "2024-03-05T10:30:00+08:00"),
    (page('<script type="application/ld+json">{"headline": "他说"好"", "datePublished": "2024-03-05",}</script>'), DAY),
    (page('<script type="application/ld+json">\n//<![CDATA[\n{"datePublished": "2024-03-05",}\n//]]>\n</script>'), DAY),
    (page(f'<script type="application/ld+json">{"[" * 9000}</script>'), None),
    (page('<meta property="article:published_time" content="2024-03-05T02:30:00Z">'), "2024-03-05T02:30:00+00:00"),
    (page('<meta property="article:published_time" content="2024-03-04T16:00:00.000Z">'), DAY),
    (page(meta(publishdate="2024-03-05")), DAY),
    (page(meta(PubDate="2024-03-05 10:30")), MINUTE),
    (page(meta(PubDate="20240305")), DAY),
    (page(meta(pubtime="2024-03-05 10:30:07")), "2024-03-05T10:30:07+08:00"),
    (page(meta(firstpublishedtime="2024-03-05-10:30:00")), "2024-03-05T10:30:00+08:00"),
    (page(meta(apub__time="1709605800")), "2024-03-05T10:30:00+08:00"),
    (page(meta(**{"dcterms.issued": "2024-03-05"})), DAY),
    (page("<meta name=DC.date.issued content='5 March 2024'>"), DAY),
    (page("<meta itemprop=datePublished content='Tue, 05 Mar 2024 10:30:00 +0800'>"), "2024-03-05T10:30:00+08:00"),
    (page(byline="<span itemprop='datePublished'>2024年3月5日</span>"), DAY),
    (page(byline="<time datetime='2024-03-05T10:30+08:00'>春分前</time>"), MINUTE),
    # the page's own line
    (page(byline="发布时间：2024-03-05 10:30"), MINUTE),
    (page(byline="2024年3月5日10时30分　河湾晚报"), MINUTE),
    (page(byline="2024/3/5 10:30:07 来源：河湾晚报"), "2024-03-05T10:30:07+08:00"),
    (page(byline="来源：河湾晚报 | 发布于 2024.03.05 | 浏览次数：2031"), DAY),
    (page(byline="日期：二〇二四年三月五日"), DAY),
    (page(byline="發布日期：民國113年3月5日"), DAY),
    (page(byline="<table><tr><td>发文机关：</td><td>河湾县交通局</td></tr><tr><td>发布日期</td><td>2024-03-05</td></tr></table>"), DAY),
    (page(byline="<ul><li>发布时间</li><li>2024-03-05</li></ul>"), DAY),
    (page(tail="<div>发布日期：2024-03-05 责任编辑：林岸</div>"), DAY),
    # what disagrees: the earlier day; what agrees: the more exact
    (page(meta(publishdate="2023-11-01"), "发布时间：2024-03-05"), "2023-11-01"),
    (page('<meta property="article:published_time" content="2024-06-01T00:00:00+08:00">', "发布时间：2024-03-05 10:30"), MINUTE),
    (page(meta(publishdate="2024-03-05"), "发布时间：2024-03-05 10:30"), MINUTE),
    # what is no date of the page
    (page(meta(publishdate="1970-01-01 08:00:00")), None),
    (page(meta(publishdate="0000-00-00 00:00:00"), "发布时间：2024-03-05"), DAY),
    (page(byline="03-05 10:30"), None),
    (page(byline="3月5日"), None),
    (page(byline="3小时前"), None),
    (page(byline="（2024年3月1日县第十届人民代表大会第五次会议通过）"), None),
    (page(byline="报名截止：2024年3月5日"), None),
    (page(byline="2024年3月5日 星期二"), None),
    (page(tail="<ul><li><a href=/1>2024-03-01 别的新闻标题写在这里</a><li><a href=/2>2024-03-02 还有一条别的新闻</a></ul>"), None),
    (page(tail="<div>发布时间：2024-03-01</div><div>发布时间：2024-03-02</div>"), None),
    (page(), None),
]  # fmt: skip


@pytest.mark.parametrize(("html", "meant"), PUBLISHED)
def test_published_is_the_day_that_the_page_says_or_nothing(html: str, meant: str | None) -> None:
    """A wrong date is worse than none: lists, sessions, deadlines, zeros and footers give none."""
    assert extract(html).published == meant


def test_what_is_later_than_the_visit_is_no_date() -> None:
    """When it is known when a page was fetched, dates to come are those of something else."""
    html = page(meta(publishdate="2024-12-31"), "发布时间：2024-03-05")
    assert extract(html, retrieved_at=AT).published == DAY
    assert extract(page(meta(publishdate="2024-12-31")), retrieved_at=AT).published is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3小时前", "2024-03-06"),
        ("昨天 10:30", MINUTE),
        ("2天前", "2024-03-04"),
        ("刚刚", "2024-03-06"),
    ],
)
def test_days_ago_are_days_when_the_visit_is_known(said: str, meant: str) -> None:
    """3小时前 is counted from the moment at which the page was fetched, in China."""
    assert extract(page(byline=said), retrieved_at=AT).published == meant
    assert relative_date(said, AT) == meant
    assert extract(page(byline=said)).published is None


def test_the_address_has_a_date_when_nothing_else_has() -> None:
    """/202403/t20240305_1.html says the day; what the page prints is believed before it."""
    url = "https://a.example/xw/202403/t20240305_123.html"
    assert extract(page(), url=url).published == DAY
    assert extract(page(byline="发布时间：2024-03-04"), url=url).published == "2024-03-04"
    assert extract(page(f"<link rel=canonical href='{url}'>")).published == DAY


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2024/03/05/x.html", DAY),
        ("https://a.example/2024-03/05/content_1.htm", DAY),
        ("https://a.example/a/20240305A08K.html", DAY),
        ("https://a.example/art/2024/3/5/art_1_2.html", DAY),
        ("https://a.example/id/20240305123456.html", None),
        ("https://a.example/2024/13/05/x.html", None),
        ("https://a.example/p/2024.html", None),
    ],
)
def test_addresses_with_dates(url: str, day: str | None) -> None:
    """Only a whole day counts, and no long number that begins like one."""
    assert url_date(url) == day


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2024", "2024"),
        ("2024年3月", "2024-03"),
        ("2024-03", "2024-03"),
        ("2024-03-05 00:00:00", DAY),
        ("2024年3月5日 下午3:20", "2024-03-05T15:20+08:00"),
        ("Mar 5, 2024 3:05 PM", "2024-03-05T15:05+08:00"),
        ("2024-03-05T02:30:00.123+0000", "2024-03-05T02:30:00+00:00"),
        ("中華民國一一三年三月五日", DAY),
        ("二○二四年十二月廿一日", "2024-12-21"),
        ("1899-12-30", None),
        ("版本2.2024.3.5", None),
        ("共2024.5万元", None),
        ("2013年第2期", None),
        ("电话2024-123-4567", None),
        ("2024-02-30", None),
    ],
)
def test_dates_are_as_exact_as_they_are_said(said: str, read: str | None) -> None:
    """Year, month, day, minute or second; a time has a zone, and what is no date is none."""
    assert iso_date(said) == read


@given(st.text("0123456789年月日时-/:T Z+.二〇民國MaJunpm上下午", max_size=30))
@example("2024-03-05T10:30+25:00")
@example("2024-03-05T10:30+0899")
@example("9999999999")
def test_whatever_is_said_a_date_is_one(said: str) -> None:
    """Nothing raises, and what comes out is ISO 8601 that everybody reads."""
    read = iso_date(said)
    if read:
        assert re.fullmatch(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d(?:T.{11,14})?)?)?", read)
        assert len(read) < 10 or datetime.fromisoformat(read)
        assert day_of(read)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(ADDRESSES))
def test_nothing_that_a_page_says_raises(head: str, url: str) -> None:
    """Broken claims, addresses and pagers are no error."""
    extract(page(head, head, head), url=url, links=True, retrieved_at=AT)


TITLES = [
    (page(), TITLE),
    (page(title=f"{TITLE} - 河湾晚报", h1=""), TITLE),
    (page(title=f"{TITLE}|社会新闻|河湾晚报", h1=""), TITLE),
    (page(title=f"{TITLE}--要闻--河湾网", h1=""), TITLE),
    (page('<meta property="og:title" content="河湾镇渡口纪事_河湾晚报">', h1=""), TITLE),
    (page('<meta property="og:site_name" content="河湾晚报">', h1=f"<h1>河湾晚报</h1><h2>{TITLE}</h2>"), TITLE),
    (page(title="新闻动态--河湾县地理学会官网", h1=f"<h5>{TITLE}</h5>", byline="发布时间：2024-03-05"), TITLE),
    (page(title="河湾县人大常委会关于批准修建渡口大桥和码头的决议_河湾网",
          h1="<p>河湾县人大常委会</p><p>关于批准修建渡口大桥和码头的</p><p>决议</p>"),
     "河湾县人大常委会关于批准修建渡口大桥和码头的决议"),
    (page(meta(ArticleTitle=TITLE), title="河湾县政府门户网站", h1=""), TITLE),
    (page(h1=f"<h2><i>原创</i>{TITLE}</h2>", title=TITLE), TITLE),
]  # fmt: skip


@pytest.mark.parametrize(("html", "title"), TITLES)
def test_titles_come_without_the_site(html: str, title: str) -> None:
    """What headline, og:title and <title> share; never the site's name or a badge."""
    assert extract(html).title == title


SOURCES = [
    ("来源：河湾晚报", "河湾晚报"),
    ("来　源：河湾晚报", "河湾晚报"),
    ("信息来源：县交通局 浏览：31", "县交通局"),
    ("来源：河湾晚报作者：周渡", "河湾晚报"),
    ("2024-03-05 10:30 来源: 河湾晚报 字号：大 中 小", "河湾晚报"),
    ("河湾晚报 2024-03-05 10:30", "河湾晚报"),
    ("转自：河湾晚报", "河湾晚报"),
    ("稿源：人民阅读网", "人民阅读网"),
    ("<table><tr><td>发布机构</td><td>河湾县交通局</td></tr></table>", "河湾县交通局"),
    ("来源： 访问量：199 发布日期：2017-05-15", None),
    ("来源：网络", None),
    ("来源：本站原创", None),
    ("发布时间 2024-03-05 10:30", None),
]


@pytest.mark.parametrize(("byline", "source"), SOURCES)
def test_sources_are_media_and_offices(byline: str, source: str | None) -> None:
    """What stands behind the label, up to the next one; nothing for what names nobody."""
    assert extract(page(byline=byline)).source == source


AUTHORS = [
    ("作者：周渡", "周渡"),
    ("作者：周渡 林岸 编辑：江心", "周渡 林岸"),
    ("文/周渡", "周渡"),
    ("文｜周渡　图｜林岸", "周渡"),
    ("【文/河湾网专栏作者 周渡】", "周渡"),
    ("本报记者 周渡", "周渡"),
    ("河湾晚报记者 周渡 林岸", "周渡 林岸"),
    ("采写：河湾晚报见习记者 周渡", "周渡"),
    ("来源：河湾晚报作者：周渡", "周渡"),
    ("发表于2014-08-24 21:30| 1164次阅读| 来源CSDN| 作者周渡", "周渡"),
    ("作者：admin", None),
    ("作者：佚名", None),
    ("查看全文 点击这里", None),
    ("正文 昨天下午", None),
    ("责任编辑：林岸", None),
    ("作者个人主页", None),
]


@pytest.mark.parametrize(("byline", "author"), AUTHORS)
def test_authors_have_names(byline: str, author: str | None) -> None:
    """作者, 记者 and 文 name people; 正文 and 全文 do not, and an editor is no author."""
    assert extract(page(byline=byline)).author == author


@pytest.mark.parametrize(
    ("head", "author"),
    [
        (linked(ARTICLE | {"author": {"@type": "Person", "name": "周渡"}}), "周渡"),
        (linked(ARTICLE | {"author": [{"name": "周渡"}, {"name": "林岸"}]}), "周渡、林岸"),
        (linked(ARTICLE | {"author": {"@type": "Organization", "name": "河湾晚报"}}), None),
        (meta(author="Discuz! Team and Comsenz UI Team"), None),
        (meta(author="河湾晚报"), None),
        (meta(author="李模板", generator="李模板 2.0"), None),
        (meta(author="nobody-on-the-page"), None),
    ],
)
def test_authors_of_the_head_are_people_of_the_page(head: str, author: str | None) -> None:
    """Not the maker of a template, nor the site itself."""
    assert extract(page(head)).author == author


def facts(found: Extracted) -> dict[str, object]:
    return {name: fact.value for name, fact in found.metadata.items()}


def test_the_fields_of_government_sites() -> None:
    """The names of the standard for government sites, and the table above a document."""
    head = meta(
        SiteName="河湾县人民政府", ArticleTitle=TITLE, PubDate="2024-03-05 10:30", ContentSource="县交通局",
        ColumnName="通知公告", Author="周渡", Keywords="渡口；通知;河湾", ContentEditor="林岸",
    )  # fmt: skip
    table = (
        "<table><tr><td>索 引 号：</td><td>000/2024-1</td><td>文　　号：</td><td>河政发〔2024〕3号</td></tr>"
        "<tr><td>发布机构：</td><td>河湾县政府办</td><td>成文日期：</td><td>2024年3月1日</td></tr></table>"
    )
    found = facts(extract(page(head, table + "<span>作者：周渡</span>")))
    assert found == {
        "title": TITLE,
        "published": MINUTE,
        "site_name": "河湾县人民政府",
        "source": "县交通局",
        "author": "周渡",
        "editor": "林岸",
        "keywords": "渡口,通知,河湾",
        "doc_number": "河政发〔2024〕3号",
    }


def test_licence_language_and_address() -> None:
    """rel=license, lang and the canonical URL, resolved; the front page is nobody's address."""
    head = "<link rel=canonical href='/a/1.html'><meta property='og:locale' content='zh_CN'>"
    tail = "<a rel='license' href='https://creativecommons.org/licenses/by/4.0/'>CC</a>"
    found = extract(page(head, tail=tail, html="lang=en"), url="https://a.example/x?id=1")
    assert facts(found) == {
        "title": TITLE,
        "canonical_url": "https://a.example/a/1.html",
        "language": "zh-CN",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "site_name": "河湾晚报",
    }
    front = extract(page("<link rel=canonical href='https://a.example/'>", html="lang=en-US"))
    assert "canonical_url" not in front.metadata
    assert front.metadata["language"].value is None


def test_what_was_modified_was_published_before() -> None:
    """更新时间 is no publication, and a date before it is no modification."""
    found = facts(extract(page(byline="发布时间：2024-03-05　更新时间：2024-03-07")))
    assert (found["published"], found["modified"]) == ("2024-03-05", "2024-03-07")
    found = facts(extract(page(byline="发布时间：2024-03-05　更新时间：2023-03-07")))
    assert "modified" not in found


def test_articles_of_wechat_say_it_to_their_script() -> None:
    """The account and the moment stand in variables."""
    script = '<script>var nickname = htmlDecode("河湾读书"); var ct = "1709605800";</script>'
    head = '<meta property="og:site_name" content="微信公众平台">'
    found = extract(page(head + script))
    assert (found.source, found.published) == ("河湾读书", "2024-03-05T10:30:00+08:00")


def test_each_fact_has_its_witness() -> None:
    """Who said it, as it is printed, and how far it is believed."""
    found = extract(page(meta(publishdate="2024-03-05"), "来源：河湾晚报　2023-01-01")).metadata
    assert found["published"].witness == "line date"
    assert found["published"].trust == "low"
    assert (found["source"].said, found["source"].witness) == ("来源：河湾晚报", "line 来源")
