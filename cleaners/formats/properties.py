"""
What a file says of itself: the properties that programs write beside the text.

Nobody reads them, so they are often wrong: a title of the template, the name under which
somebody registered his copy of Word. They are kept, with little trust.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cleaners.document import Harvested, Trust
from cleaners.formats.lines import said

NO_TITLE = re.compile(
    r"(?:microsoft word|powerpoint|excel|wps)?[ \-—]{0,4}(?:新建)? ?(?:microsoft word)? ?"
    r"(?:文档|文件|演示文稿|document|untitled|无标题|未命名|untitled document|标题|title|no title)"
    r"[ (（]{0,2}[0-9]{0,4}[)）]?(?:\.docx?|\.wps|\.rtf)?|\(?(?:anonymous|unspecified)\)?|第?[ 0-9]{1,4}章?|[\W_]*",
    re.IGNORECASE,
)
BEFORE_TITLE = re.compile(r"^microsoft (?:word|powerpoint) ?- ?", re.IGNORECASE)
BEHIND_TITLE = re.compile(r"\.(?:docx?|wps|rtf|pdf|txt|indd|tex)$", re.IGNORECASE)
# Names of installations, not of people.
NO_AUTHOR = re.compile(
    r"(?:微软|微軟|windows|office|word|wps|雨林木风|深度|番茄花园|联想|电脑公司|lenovo|dell|hp|asus|acer|"
    r"thinkpad|user|admin|administrator|system|owner|pc|guest|test|unknown|python-docx|mammoth|apache poi|"
    r"\(?(?:anonymous|unspecified)\)?|匿名|佚名|用户|中国用户|管理员|系统管理员)(?:用户|中国|系统|公司|office|user)*[ \-_.0-9]*|[\W_0-9]*",
    re.IGNORECASE,
)
FIRST_YEAR = "1980"  # what is older is a clock that was never set
ISO = re.compile(r"([12][0-9]{3})-([01][0-9])(?:-([0-3][0-9])(?:T([0-2][0-9]:[0-5][0-9]))?)?")


def properties(
    witness: str, facts: Mapping[str, str | None], trust: Trust = "low"
) -> dict[str, Harvested]:
    """
    The title, author, keywords, created and modified of a file, as far as they are given.

    Dates come as ISO dates, and are those of the file, not of the text.

    >>> properties("core.xml", {"title": "文档1"})["title"].value
    >>> properties("core.xml", {"title": "Microsoft Word - 渡口.doc"})["title"].value
    '渡口'
    """
    title = BEFORE_TITLE.sub("", " ".join((facts.get("title") or "").split()))
    return {
        **_judged(said("title", BEHIND_TITLE.sub("", title), f"{witness}:title", trust), NO_TITLE),
        **_judged(said("author", facts.get("author"), f"{witness}:author", trust), NO_AUTHOR),
        **said("keywords", facts.get("keywords"), f"{witness}:keywords", trust),
        **_date("file_created", facts.get("created"), f"{witness}:created"),
        **_date("file_modified", facts.get("modified"), f"{witness}:modified"),
    }


def _judged(facts: dict[str, Harvested], worthless: re.Pattern[str]) -> dict[str, Harvested]:
    return {
        name: Harvested(None, fact.said, fact.witness, "none")
        if worthless.fullmatch(fact.said)
        else fact
        for name, fact in facts.items()
    }


def _date(name: str, written: str | None, witness: str) -> dict[str, Harvested]:
    date = ISO.match(written or "")
    if not date or not written or date[0] < FIRST_YEAR:
        return {}
    return {name: Harvested(date[0], written[:40], witness, "medium")}
