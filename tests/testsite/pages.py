"""
The pages of 渡口小报, a newspaper that does not exist: made by code, the same every time.

Article n has a text of its own (`article(n)`) in a frame as sites print it. n says how it
is sent: n % 3 is its character set (UTF-8, GBK, Big5), n % 5 its content coding.
"""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import brotli
import opencc
from backports import zstd

ARTICLES = 300
PER_LIST = 20  # articles on a list page
CHARSETS = ("utf-8", "gbk", "big5")
CODINGS = ("", "gzip", "br", "deflate", "zstd")

PLACES = (
    "河湾镇",
    "石桥村",
    "柳林渡",
    "青石巷",
    "南塘",
    "白鹤滩",
    "竹溪",
    "老码头",
    "东门口",
    "松岗",
)
PEOPLE = (
    "沈师傅",
    "周大嫂",
    "林老师",
    "老船工",
    "吴会计",
    "邮递员小郑",
    "何奶奶",
    "木匠老徐",
    "护林员老马",
    "陈裁缝",
)
THINGS = ("渡船", "水磨", "石板路", "晒谷场", "戏台", "老槐树", "灯塔", "油坊", "吊桥", "钟楼")
SEASONS = ("开春以后", "入夏那几天", "秋收刚过", "头场雪之前", "梅雨季里", "腊月里")
OPENINGS = (
    "{season}，{place}的人都在说{thing}的事，说的人多了，{person}便找了个早晨，把来龙去脉讲了一遍。",
    "从{place}出来往西走三里，就能看见{thing}，{season}总有人特地绕到这里来看一眼。",
    "{person}在{place}住了{years}年，{thing}哪一年修、哪一年坏，问别人不如问他。",
    "{season}，{place}下了一夜的雨，第二天大家才发现{thing}比从前矮了一截。",
)
MIDDLES = (
    "{person}说，那时候修{thing}没有图纸，全凭几个老人坐在门槛上商量，商量定了就动手。",
    "石料是从{other}运来的，走水路要两天，逢着逆风就得三天，船上的人轮流烧饭、轮流守夜。",
    "账本还在，一共花了{years}块银元，{count}个工，最后一页记着谁家出了几担米，一笔也没有涂改。",
    "孩子们不管这些，放了学就往{thing}跑，书包挂在树杈上，天黑透了才肯回家。",
    "有一年发大水，{place}和{other}之间断了路，{person}划着门板过去，带回来两封信和一包盐。",
    "后来通了公路，来的人少了，{thing}空了下来，只有燕子每年按时回来，一窝也没有少过。",
    "“东西旧了不要紧，”{person}慢慢地说，“要紧的是还有人记得它原来的样子。”",
    "去年镇上请人来量过一次，量了{count}处，画成图，贴在村口的墙上，谁都可以去看。",
    "{other}的人不服气，说他们那里的{thing}还要老，两边争了一个冬天，谁也没有争赢谁。",
    "{season}总要修补一回，工钱不多，来的人却不少，干完活围着一口大锅吃面，吃到月亮升起来。",
    "县里的档案只有半页纸，写着“{thing}，{place}，年久”，年久到什么时候，没有人再往下写。",
    "{person}把工具擦干净，一件一件放回箱子里，锁上，又打开看了一遍，才背着手走回家去。",
    "水退下去以后，河滩上露出{count}根木桩，排得整整齐齐，老人认得那是最早的码头。",
    "外乡来的学生在这里住了{years}天，抄了一本子的话，走的时候说，下次要带录音的机器来。",
)
ENDINGS = (
    "天色暗下来，{place}的灯一盏一盏亮了，{thing}还在原来的地方，不声不响。",
    "临走的时候，{person}送到路口，只说了一句：“明年{season}再来，那时候好看。”",
    "如今{thing}旁边立了一块木牌，字是{person}写的，一笔一画，像他做活一样不肯马虎。",
    "这件事就说到这里，往后的事，要等{thing}自己慢慢地说了。",
)


@dataclass(frozen=True, slots=True)
class Article:
    number: int
    title: str
    paragraphs: tuple[str, ...]
    date: str  # as it is printed

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@cache
def article(number: int, version: int = 1) -> Article:
    """Article `number` in Simplified Chinese; another version has one more paragraph."""
    dice = random.Random(number)
    place, other = dice.sample(PLACES, 2)
    thing = dice.choice(THINGS)

    def fill(sentence: str) -> str:
        return sentence.format(
            place=place,
            other=other,
            thing=thing,
            person=dice.choice(PEOPLE),
            season=dice.choice(SEASONS),
            years=dice.randint(11, 89),
            count=dice.randint(12, 480),
        )

    middles = dice.sample(MIDDLES, 8)
    paragraphs = [fill(dice.choice(OPENINGS) + middles[0])]
    paragraphs += [fill(one + two) for one, two in zip(middles[1:5:2], middles[2:6:2], strict=True)]
    paragraphs += [fill(middles[6]), fill(middles[7] + dice.choice(ENDINGS))]
    for again in range(2, version + 1):
        paragraphs.insert(-1, f"编者第{again}次添上一句：" + fill(dice.choice(ENDINGS)))
    return Article(
        number,
        f"{place}{thing}纪事之{number}",
        tuple(paragraphs),
        f"2024-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
    )


def charset_of(number: int) -> str:
    return CHARSETS[number % 3]


def coding_of(number: int) -> str:
    return CODINGS[number % 5]


def text_of(number: int, version: int = 1) -> str:
    """The text of an article as its page shows it: Traditional on Big5 pages."""
    text = article(number, version).text
    return traditional(text) if charset_of(number) == "big5" else text


def links(urls: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f'<li><a href="{url}">{name}</a></li>' for url, name in urls)


def frame(title: str, main: str, *, charset: str = "utf-8", head: str = "") -> bytes:
    """A page of the site around `main`, in its character set; Big5 pages are Traditional."""
    page = f"""<!DOCTYPE html>
<html lang="zh"><head><meta charset="{charset}"><title>{title}_渡口小报</title>{head}</head>
<body>
<div class="nav"><a href="/">首页</a> <a href="/list/1.html">纪事</a> <a href="/members/1">会员</a></div>
<div class="main"><h1>{title}</h1>
{main}
</div>
<div class="footer">渡口小报 版权所有 未经许可不得转载</div>
</body></html>
"""
    if charset == "big5":
        page = traditional(page)
    return page.encode(charset, "xmlcharrefreplace")


def article_page(number: int, version: int = 1) -> bytes:
    """The HTML of an article, before its content coding."""
    told = article(number, version)
    after = number % ARTICLES + 1
    body = "\n".join(f"<p>　　{paragraph}</p>" for paragraph in told.paragraphs)
    return frame(
        told.title,
        f'<div class="info">来源：渡口小报　发布时间：{told.date}</div>\n'
        f'<div class="content">{body}</div>\n<div class="editor">（责任编辑：秋水）</div>\n'
        f'<ul class="related"><li><a href="/a/{after}.html">下一篇：{article(after).title}</a></li></ul>',
        charset=charset_of(number),
    )


def part_page(number: int, part: int) -> bytes:
    """Part 1, 2 or 3 of a long text; each begins with the last paragraph of the part before."""
    told = [paragraph for n in range(3) for paragraph in article(1000 + 3 * number + n).paragraphs]
    size = len(told) // 3
    start = (part - 1) * size
    here = told[max(0, start - 1) : start + size if part < 3 else None]
    body = "\n".join(f"<p>　　{paragraph}</p>" for paragraph in here)
    pages = [(part_path(number, n), str(n)) for n in range(1, 4)]
    if part > 1:
        pages.insert(0, (part_path(number, part - 1), "上一页"))
    if part < 3:
        pages.append((part_path(number, part + 1), "下一页"))
    turns = " ".join(f'<a href="{url}">{name}</a>' for url, name in pages)
    return frame(
        f"渡口长谈之{number}",
        f'<div class="content">{body}</div>\n<div class="pages">{turns}</div>',
    )


def part_path(number: int, part: int) -> str:
    return f"/parts/{number}.html" if part == 1 else f"/parts/{number}_{part}.html"


def encode(body: bytes, coding: str) -> bytes:
    """`body` in a content coding; the same bytes every time."""
    if coding == "gzip":
        return gzip.compress(body, 6, mtime=0)
    if coding == "br":
        return brotli.compress(body, quality=4)
    if coding == "deflate":
        return zlib.compress(body)
    if coding == "deflate-raw":
        maker = zlib.compressobj(wbits=-15)
        return maker.compress(body) + maker.flush()
    return zstd.compress(body) if coding == "zstd" else body


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(text: str) -> str:
    return _converter().convert(text)


@cache
def bomb(coding: str, mebibytes: int = 64) -> bytes:
    """Zeros that are small on the way and large at the end."""
    return encode(bytes(mebibytes << 20), coding)
