"""
By-lines by their build: a row of labels, dates and counts above the text.

Every site has labels of its own (视力保护色, 病例编号, 主播), and packs know those that somebody
has seen. A row is known by the company: one label that only by-lines have, and a date or
a second label beside it; or a date with its time of day where the page has noise already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cleaners.compare import header
from cleaners.page import Mark, Page, Part

ROW = header(
    "byline-row", "byline_metadata",
    "正文上面一行标签、日期和计数，是网页的登记栏；标签各站不同，看的是排法。",
    "时间：2019-06-20　　来源：周公屋　　人气：23507℃", "时间：2019年6月20日　地点：三楼会议室", "会议记录自己的项目",
)  # fmt: skip
POSTED = header(
    "posted-row", "byline_metadata",
    "正文上面一行名字带着几点几分，是发帖或发布的记录，页面上还有别的噪声作证。",
    "山西股友　2019-03-06 21:40", "2019年3月6日　星期三　晴", "日记的日期没有几点几分",
)  # fmt: skip
RULES = (ROW, POSTED)

LONGEST = 120  # characters of a row
TWO = 2  # labels, the by-line's own among them, and dates
REACH = 12  # lines above the text
NAMES = 24  # letters that may stand beside a date with its time of day
# Labels that stand in by-lines only, and those that may stand beside them.
OWN = re.compile(
    "(?<![\u4e00-\u9fff])(?:来源|來源|稿源|出处|发布时间|發布時間|发布日期|发表时间|更新时间|更新日期|修改时间|上传时间|提问时间|出版|浏览(?:量|次数)?|瀏覽"
    "|点击(?:数|量|次数)?|阅读(?:量|次数)?|访问(?:量|次数)|人气|人氣|评论(?:数)?|字号|字體|字体|责任编辑|責任編輯|编辑|病例编号|收录时间|录入|供稿|审核|责编)"
    "[:： ]{0,2}[:：]"
)
LABEL = re.compile("(?:^|[\\s|｜·【\\[(（])[^\\s:：，。|｜]{1,8}[:：]")
DATE = re.compile("(?:19|20)[0-9]{2} ?[-./年] ?[0-9]{1,2} ?[-./月] ?[0-9]{1,2}")
TIME = re.compile(f"{DATE.pattern}日?[ T　]{{1,3}}[0-2]?[0-9][:：][0-5][0-9]")
# What real texts print in rows of labels: minutes, exams, notices, timetables.
OFFICE = re.compile(
    "地点|地點|地址|电话|電話|联系|主持|出席|列席|记录|会议|會議|满分|滿分|分钟|班级|姓名|学校|单位|截止|报名|受理|星期"
)
COLON = re.compile("[:：]")  # neither a label nor a time of day is without one
SENTENCE = re.compile("[。！？!?；]")
CLAUSE = re.compile("[，。！？!?；;,]")
LETTER = re.compile("[A-Za-z\\u3400-\\u9fff]")


def byline_rows(
    page: Page, part: Part, marks: Sequence[Mark], taken: frozenset[int]
) -> Iterator[Mark]:
    """
    The marks for by-lines above the first paragraph of a part; `taken` lines are cut already.
    """
    noise = any(m.rule.severity == "cut" for m in marks)
    for number in _above(page, part, taken):
        line = page.lines[number]
        if line.end - line.start > LONGEST or number in taken:
            continue
        text = page.text(number)
        if not COLON.search(text) or SENTENCE.search(text) or OFFICE.search(text):
            continue
        if _is_row(text):
            yield Mark(ROW, line.start, line.end)
        elif noise and TIME.search(text) and len(LETTER.findall(text)) <= NAMES:
            yield Mark(POSTED, line.start, line.end)


def _above(page: Page, part: Part, taken: frozenset[int]) -> Iterable[int]:
    """The lines above the first paragraph, a few at most; none where there is no paragraph."""
    numbers = page.lines_between(part.start, part.end)[:REACH]
    for number in numbers:
        if number not in taken and page.is_prose(number) and CLAUSE.search(page.text(number)):
            return range(numbers.start, number)
    return ()


def _is_row(text: str) -> bool:
    """Whether a line has a label of by-lines, and a date or another label beside it."""
    return bool(OWN.search(text)) and len(DATE.findall(text)) + len(LABEL.findall(text)) >= TWO
