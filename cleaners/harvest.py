"""What the page says about its text: values from the marks, judged before they are believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cleaners.dates import iso_date
from cleaners.document import Harvested, Trust
from cleaners.fold import fold
from cleaners.page import Mark, Page, Part

NUMBERS = frozenset(
    {"declared_chars", "shown_chars", "hidden_chars", "page_count", "pages_left", "chapter_no",
     "part_index", "part_count", "item_count"}
)  # fmt: skip
DATES = {"published": "published", "updated": "modified"}
# What stands where a source or an author should, and says nothing.
WORTHLESS = re.compile(
    "(?:来源于?)?(?:网络|互联网|网上|本站|本网|网友|网友投稿|会员上传|用户上传|原创|转载|未知|佚名|不详|匿名|"
    "admin|administrator|系统管理员|管理员|编辑|小编|整理|网络整理|网友推荐|其他|无)(?:整理|收集|投稿|转载|原创|发布)?"
)
DATE = re.compile(r"([12][0-9]{3})[-./年 ]{1,2}([01]?[0-9])(?:[-./月 ]{1,2}([0-3]?[0-9]))?日?(?:[ t]*([0-2]?[0-9])[:时点]([0-5][0-9]))?")  # fmt: skip
TRUST: Mapping[str, Trust] = {"declared_url": "high", "doc_number": "high", "author": "low"}
# （记者 某某）at the head of a report is text, and tells who wrote it.
DATELINE = re.compile(
    "[(（](?:本[报网刊台])?(?:见习|首席|特约|实习|全媒体)?[记記]者[ :：\u3000]{0,2}"
    "(?P<author>[\u4e00-\u9fff·]{2,4})(?:[ 、\u3000][^()（）。]{0,30})?[)）]"
)
DATELINE_WITHIN = 60  # characters of the first line that is text
DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
# These take lines that no pattern knows: they say where, not what stands there.
WITHOUT_WORDS = frozenset({"unlike-the-text", "byline-row", "posted-row"})
LABELS = {
    "published": "发布日期 发布时间 发表时间 发表日期 发文日期 日期 时间",
    "updated": "更新时间 更新日期 修改时间",
    "source": "来源 信息来源 文章来源 稿源 出处",
    "author": "作者 撰文 文",
    "editor": "责任编辑 责编 编辑",
    "": "阅读 浏览 点击 人气 评论 次数 字号 字体 大小 分享 审核 校对 栏目 分类 标签 编号 序号 页数",
}
LABEL_OF = {word: name for name, words in LABELS.items() for word in words.split()}
_LABEL = "|".join(sorted(LABEL_OF, key=len, reverse=True))
LABELLED = re.compile(
    f"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[0-9]))(?P<label>{_LABEL})[:：] ?"
    f"(?P<said>[^:：\\s|丨]{{1,40}}?)(?=(?:{_LABEL})[:：]|[\\s|丨]|$)"
)
EDGE = " \t\u3000\xa0:：,，;；|。、-—"


def harvest(
    page: Page, part: Part, marks: Iterable[Mark], known: Mapping[str, Harvested]
) -> dict[str, Harvested]:
    """
    What the page's own metadata and the marks of one part say.

    Where several say something, what came with the page is believed first, then the
    first mark that says something worth having.
    """
    found = dict(known)
    speaking = [m for m in marks if (m.groups or m.rule.id in WITHOUT_WORDS) and part.has(m.start)]
    for mark in sorted(speaking, key=lambda m: (m.start, m.end, m.rule.id)):
        said = [(name, page.mended(a, b).strip(EDGE)) for name, a, b in mark.groups]
        if mark.rule.id in WITHOUT_WORDS:
            said += labelled(page.mended(mark.start, mark.end))
        for name, text in said:  # `values` say why a mark is there, not what the page says
            target = DATES.get(name, name)
            if text and (target not in found or found[target].value is None):
                found[target] = value(name, text, mark.rule.id)
    if "author" not in found and (said := _reporter(page, part)):
        found["author"] = Harvested(said, said, "dateline", "low")
    if "published" not in found and "modified" in found and found["modified"].value:
        # Copies print one date only and call it 更新时间.
        modified = found["modified"]
        found["published"] = Harvested(modified.value, modified.said, modified.witness, "low")
    return found


def _reporter(page: Page, part: Part) -> str | None:
    """The reporter whom the dateline of a report names."""
    numbers = page.lines_between(part.start, part.end)
    first = next((page.lines[n].start for n in numbers if page.is_prose(n)), part.end)
    named = DATELINE.search(page.original, first, first + DATELINE_WITHIN)
    return named["author"] if named else None


def labelled(text: str) -> list[tuple[str, str]]:
    """
    The values behind labels in a line, glued together or set apart.

    >>> labelled("文档序号:7670发布日期:2022/06/15阅读:984来源：某某局")
    [('published', '2022/06/15'), ('source', '某某局')]
    """
    found = [(LABEL_OF[m["label"]], m["said"].strip(EDGE)) for m in LABELLED.finditer(text)]
    said = [(name, said) for name, said in found if name and said]
    date = None if said else DATE.search(text)
    return [("published", date[0])] if date else said


def value(name: str, said: str, witness: str) -> Harvested:
    """
    One printed value, judged.

    >>> value("source", "网络", "source-line").value, value("published", "2024年3月5日", "x").value
    (None, '2024-03-05')
    """
    trust = TRUST.get(name, "medium")
    if name in NUMBERS:
        return Harvested(number(said), said, witness, trust)
    if name in DATES:
        date = iso_date(fold(said).text)
        return Harvested(date, said, witness, trust if date else "none")
    if name in ("source", "author", "editor", "account") and WORTHLESS.fullmatch(fold(said).text):
        return Harvested(None, said, witness, "none")
    return Harvested(said, said, witness, trust)


def number(said: str) -> int | None:
    """
    A printed number, in digits of any script or in Chinese numerals; None when it is none.

    >>> number("１,２００字"), number("第三十二章"), number("一百零五"), number("二〇二"), number("若干")
    (1200, 32, 105, 202, None)
    """
    folded = fold(said).text
    digits = re.sub(r"[^0-9]", "", folded)[:9]
    if digits:
        return int(digits)
    numerals = [c for c in folded[:12] if c in DIGITS or c in UNITS]
    if not numerals:
        return None
    if not any(c in UNITS for c in numerals):
        return int("".join(str(DIGITS[c]) for c in numerals))
    total = last = 0
    for c in numerals:
        if c in UNITS:
            total += (last or 1) * UNITS[c]
            last = 0
        else:
            last = DIGITS[c]
    return total + last
