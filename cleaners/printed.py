"""
What the paper carries and the text does not: running headers, page numbers, stamps, repeats.

No pattern tells these; the format does, or the place on the page. The readers of files
give such lines a role, and here each role is a rule. No other rule sees these lines, and
they count as nobody's neighbours: they stand in `original` to be proved, and are cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cleaners.compare import header
from cleaners.document import Line, Role
from cleaners.page import Mark
from cleaners.rules import Rule

RUNNING_HEADER = header(
    "running-header", "pagination",
    "页眉：文档里登记为页眉的文字，或者每页上边同一位置的同一行，印在纸上，不是正文。",
    "（Word 页眉里的）河湾镇史料选编", "河湾镇史料选编⏎第一章 渡口", "正文里的书名，不在页眉里",
)  # fmt: skip
RUNNING_FOOTER = header(
    "running-footer", "pagination",
    "页脚：文档里登记为页脚的文字，或者每页下边同一位置的同一行，印在纸上，不是正文。",
    "（Word 页脚里的）河湾镇文化站编印", "河湾镇文化站编印了这本书。", "叙述，不在页脚里",
)  # fmt: skip
PAGE_NUMBER = header(
    "page-number-line", "pagination",
    "每页边上单独一行的页码，一页一页地数上去。",
    "（每页下边的）12", "12⏎13", "表格里的数，不在页边",
)  # fmt: skip
STAMP = header(
    "printed-watermark", "watermark",
    "水印：文档里登记为水印的图形文字，或者斜着、每页同一位置盖在正文上的字。",
    "（斜盖在每一页上的）河湾文库", "印章上刻着“河湾文库”四个字。", "叙述，没有盖在页面上",
)  # fmt: skip
BOOK_CONTENTS = header(
    "book-contents", "navigation",
    "电子书自带的目录页，给阅读器用的，每一行都是链接。",
    "（目录页里的）第一章 渡口", "第一章 渡口⏎入冬以后，渡口停了船。", "正文里的章名",
)  # fmt: skip
BOOK_COVER = header(
    "book-cover", "other",
    "电子书的封面页，写着书名和作者，都已收进元数据。",
    "（封面页上的）河湾纪事", "他翻开《河湾纪事》，封面上是一条船。", "正文谈到封面",
)  # fmt: skip

PART_REPEAT = header(
    "part-repeat", "pagination",
    "一篇文章分成几页，每一页都重印的标题、署名、页脚，以及后一页开头与前一页结尾重叠的段落，只算一次。",
    "（第二页开头又印一遍的）渡口纪事", "他又说：“渡口还在。”⏎“渡口还在。”", "同一页里的重复是作者写的",
)  # fmt: skip

RULE_OF: Mapping[Role, Rule] = {
    "header": RUNNING_HEADER,
    "footer": RUNNING_FOOTER,
    "page_number": PAGE_NUMBER,
    "watermark": STAMP,
    "contents": BOOK_CONTENTS,
    "cover": BOOK_COVER,
    "repeat": PART_REPEAT,
}
RULES = tuple(RULE_OF.values())


def written(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that are text, without what the paper carries."""
    return tuple(line for line in lines if line.role not in RULE_OF)


def printed(lines: Iterable[Line]) -> Iterator[Mark]:
    """The marks for what the paper carries."""
    for line in lines:
        rule = RULE_OF.get(line.role)
        if rule is not None:
            yield Mark(rule, line.start, line.end)
