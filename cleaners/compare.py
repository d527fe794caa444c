"""
Rules that count or compare, and so are Python and not a row of a pack.

Each carries the same header as a row: id, kind, why, examples, look-alikes. They see
a page, one of its parts and the marks of the packs, and answer with marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile

from cleaners.document import Line, Role
from cleaners.fold import fold
from cleaners.page import EDGE, SENTENCE_ENDS, Mark, Page, Part
from cleaners.rules import Example, Rule

VERSION = 1


def header(rule_id: str, kind: str, why: str, hit: str, stays: str, because: str) -> Rule:
    """The header of a rule that is written in Python: what a row of a pack would say."""
    return Rule(
        id=rule_id, kind=kind, why=why, pattern=(), examples=(Example(hit),),
        counterexamples=(Example(stays, because=because),), pack="compare", since="0.1",
    )  # fmt: skip


OWN_TITLE = header(
    "own-title", "duplicate_title",
    "文章自己的标题收进 title 字段，不在正文里再出现一次。",
    "在全县工作会议上的讲话⏎同志们：⏎今天……", "一、提高认识，统一思想⏎各单位要……", "小标题是正文的一部分",
)  # fmt: skip
DOUBLED_TITLE = header(
    "doubled-title", "duplicate_title",
    "同一个标题印了两遍（网页标题、正文标题，或者后面多了“范文”“讲话稿”），只算一次。",
    "全县工作会议讲话⏎在全县工作会议上的讲话范文", "春晓⏎春眠不觉晓", "诗的第一句和诗题有相同的字，不是同一个标题",
)  # fmt: skip
ITEM_HEADING = header(
    "item-heading", "collection_heading",
    "合集里“篇1”“第二篇”一类的标题把几篇文章隔开；拆开以后它是这一篇的标题。",
    "交流发言篇1⏎……⏎交流发言篇2", "第一篇 总则", "法规和书籍的“篇”是它自己的结构",
)  # fmt: skip
PARENT_TITLE = header(
    "collection-title", "collection_heading",
    "合集的总标题不属于其中任何一篇，收进 parent_title。",
    "交流发言材料3篇⏎交流发言材料篇1", "《论语》二十篇", "真实作品的篇数",
)  # fmt: skip
SITE_NAME = header(
    "site-name-line", "watermark",
    "一行只有站名，而同一页的水印行里也有这个名字。",
    "某某文库⏎某某文库整理，咨询QQ123456", "某某文库⏎某某文库是一座图书馆。", "没有水印，名字就是文章谈到的事物",
)  # fmt: skip
BETWEEN = header(
    "between-noise", "site_promo",
    "文章开头连成一片的推广行里，没有规则认得的短行也是推广。",
    "仅供学习 请勿外传⏎天天更新、随点随有⏎会员群：", "标题⏎副标题⏎正文", "上下都不是推广行",
)  # fmt: skip

ADDRESS_LINE = header(
    "address-below-site-name", "watermark",
    "页首的站名下面单独一行网址，再下面才是题目。",
    "某某教师专栏⏎www.example.com/jiaoshi⏎渡口的数学⏎……", "详见www.example.com/jiaoshi第三页", "正文说的网址，和话在一行",
)  # fmt: skip

RULES = (
    OWN_TITLE,
    DOUBLED_TITLE,
    ITEM_HEADING,
    PARENT_TITLE,
    SITE_NAME,
    BETWEEN,
    ADDRESS_LINE,
)

OF_TITLES = frozenset(rule.id for rule in (OWN_TITLE, DOUBLED_TITLE, ITEM_HEADING))
OWN_FORM: frozenset[Role] = frozenset({"list", "table", "code", "caption"})
# Formulas, code, items of a list, captions: short lines of a text that are no promotion.
FORMULA = re.compile(
    r"\\[A-Za-z]|^\$|^```|^[-*+] |[{};]$|^[图表] ?[0-9一二三四五六七八九十]|[^=]=[^=]|^\|"
)
HASHES = re.compile("^#{1,3} ")  # a heading of Markdown
LONGEST_TITLE = 60  # characters
SHORTEST_ALIKE = 8  # characters; shorter lines are one title only when they are equal
CLOSE = 4  # short lines of which two are one title; what comes again later is a refrain
TITLES_WITHIN = 6  # lines from the first; a title further down is a heading
UNDERLINE = re.compile("={2,}|-{3,}")  # what makes a heading of the line right above
# A page that has these says itself which of its lines are headings.
MARKDOWN = re.compile(r"^[ \u3000]*(?:#{2,6} |!\[|={3,}[ \t]*$)", re.MULTILINE)
NOT_A_TITLE = re.compile(
    r"[。；;，,:：…]$|——$|。.|^[(（]?[一二三四五六七八九十0-9]{1,3}[)）、.．]|^第[一二三四五六七八九十0-9]{1,4}条|^[-—*•·●>#|\\$]"
    r"|\]\(|^[\W_]*$|^(?:[问答甲乙]|记者|主持人|[QA])[:：]|[ \u3000][0-2]?[0-9][:：][0-5][0-9]$|^[^A-Z0-9\u0080-\uffff][\x00-\x7f]*$"  # links, rules, names of files and commands, talk
)
ADDRESS = re.compile(
    r"[\w./:?=&%-]{0,80}\.[a-z]{2,6}(?:/[\w./?=&%-]{0,80})?", re.ASCII | re.IGNORECASE
)
AGAIN = 6  # characters that a question and its other wording begin with
PART = re.compile("[(（]第? ?(?P<part_index>[0-9]{1,3}) ?/ ?(?P<part_count>[0-9]{1,3}) ?页?[)）]$")
PAGE_NUMBER = re.compile("[-—–·•/第页共 \u3000]*[0-9]{1,4}[-—–·•/第页共0-9 \u3000]*")
LIST_MARK = re.compile(
    "[(（]?[一二三四五六七八九十0-9]{1,3}[)）、.．]|第[一二三四五六七八九十0-9]{1,4}[条章节]"
)
SALUTATION = re.compile(
    r"^.{0,40}(?:同志|同事|领导|朋友|来宾|老师|同学|代表|委员|女士|先生|大家)[们好]{0,2}[:：,，!！]$"
)
SUFFIX = re.compile(
    r"(?:范文|讲话稿|发言稿|演讲稿|模板|大全|精选|最新|材料|全文|docx?|pdf|txt|[ _\-|(（].{0,12}$)+$",
    re.IGNORECASE,
)
NO_WORD = re.compile(r"\W+")
BEHIND_TITLE = re.compile(
    r"(?:(?> ?[-_|｜—–] ?[\w·]{2,12}(?:网|站|文库|论坛|社区|小说|文学|书吧|书屋|资讯|博客|门户|在线))"
    r"| ?[(（]第?[0-9]{1,3} ?/ ?[0-9]{1,3} ?页?[)）]|\.(?:docx?|pdf|pptx?|xlsx?|txt|wps))+$",
    re.IGNORECASE,
)
# Farms put the question behind the title in other words, so that it is found by them.
ASKED_AGAIN = re.compile("(?P<title>.{2,50}?) ?[(（](?P<again>[^()（）]{2,30})[)）]")
QUESTION = re.compile("怎么(?:回事|办|样)|为什么|是什么|有哪些|如何")
FILE = re.compile(r"\.(?:docx?|pdf|pptx?|xlsx?|txt|wps)$", re.IGNORECASE)
PROMOTION = frozenset({"site_promo", "contact_spam", "watermark"})
BLOCK = 3  # marked lines at least, for what stands between them to be marked too


def titles(
    page: Page, part: Part, noisy: frozenset[int], marks: Sequence[Mark], at: int | None = None
) -> tuple[list[Line], list[Mark]]:
    """
    The lines on which a part prints its title, with the marks that take them.

    `at` is the number of the line where the title is first sought, when that is known.
    """
    if part.heading is not None:
        line = page.lines[part.heading]
        return [line], [Mark(ITEM_HEADING, line.start, line.end)]
    printed: dict[int, str] = {}
    numbers = list(page.lines_between(part.start, part.end))[: TITLES_WITHIN + len(noisy)]
    for number in numbers if at is None else [n for n in numbers if n >= at]:
        if number not in noisy and not ADDRESS.fullmatch(page.text(number)):
            text = _unquoted(page, number, without(page, page.lines[number], marks).strip(EDGE))
            if len(printed) == TITLES_WITHIN or not could_be_title(text, page.lines[number].role):
                break
            printed[number] = text
    title = _title_line(page, part, printed)
    if title is None or _runs_on(page, title):
        return [], []
    same = [n for n, text in printed.items() if n == title or alike(text, printed[title])]
    lines = [page.lines[n] for n in same]
    # A title that is a heading of Markdown is part of the text's own structure: it stays.
    stays = next((n for n in same if _is_heading(page, n)), None)
    rules = [DOUBLED_TITLE if n != same[0] or stays is not None else OWN_TITLE for n in same]
    return lines, [
        Mark(rule, line.start, line.end, _besides(page, line))
        for rule, n, line in zip(rules, same, lines, strict=True)
        if n != stays
    ]


def _unquoted(page: Page, number: int, text: str) -> str:
    """A line without the mark of a quotation, when the next line says the same without one."""
    again = text[:1] in ">＞" and number + 1 < len(page.lines)
    bare = text[1:].strip(EDGE)
    return bare if again and bare and bare == page.text(number + 1) else text


def _runs_on(page: Page, number: int) -> bool:
    """Whether a line in Latin letters is a sentence that goes on in the next one."""
    following = page.text(number + 1) if number + 1 < len(page.lines) else ""
    return following[:1].islower() and page.text(number).isascii()


def _besides(page: Page, line: Line) -> tuple[tuple[str, int, int], ...]:
    """What a title tells besides: the name of a file (渡口纪事.docx), the part (第1/2页)."""
    said = page.original[line.start : line.end].rstrip(EDGE)
    if FILE.search(said):
        return (("file_name", line.start, line.start + len(said)),)
    if part := PART.search(said):
        names = ("part_index", "part_count")
        return tuple((n, line.start + part.start(n), line.start + part.end(n)) for n in names)
    return ()


def without(page: Page, line: Line, marks: Sequence[Mark]) -> str:
    """One line, mended, without what marks for cutting take of it, titles aside."""
    taken = sorted(
        (m.start, m.end)
        for m in marks
        if m.start < line.end and m.end > line.start
        and m.rule.severity == "cut" and m.rule.id not in OF_TITLES
    )  # fmt: skip
    out, at = "", line.start
    for start, end in taken:
        out += page.mended(at, start) if at < start else ""
        at = max(at, end)
    return out + page.mended(at, line.end)


def bare_title(text: str) -> str:
    """
    A printed title without what sites put behind it.

    >>> bare_title("一次拔河比赛 - 某某文秘网"), bare_title("第五十八章 纸鸢（第1/2页）")
    ('一次拔河比赛', '第五十八章 纸鸢')
    >>> bare_title("渡船漏水怎么办？（怎么回事）（渡船漏水怎么）"), bare_title("渡船（外一首）")
    ('渡船漏水怎么办？', '渡船（外一首）')
    """
    bare = BEHIND_TITLE.sub("", HASHES.sub("", text.strip(EDGE))).strip(EDGE)
    while m := ASKED_AGAIN.fullmatch(bare):
        asked, again = m["title"].rstrip("?？"), m["again"]
        first = min(len(asked), len(again), AGAIN)
        if not QUESTION.fullmatch(again) and asked[:first] != again[:first]:
            break
        bare = m["title"]
    return bare or text


def title_rank(title: str) -> tuple[bool, int]:
    """Of several printings of a title the one without 范文 or a site's name, then the shortest."""
    return bool(SUFFIX.search(title)), len(title)


def collection_title(
    page: Page, parts: Sequence[Part], noisy: frozenset[int]
) -> tuple[str | None, list[Mark]]:
    """The title of a whole collection, above the heading of its first item."""
    first = parts[0].heading
    if first is None:
        return None, []
    above = [n for n in range(min(first, TITLES_WITHIN)) if n not in noisy and not page.is_prose(n)]
    marks = [Mark(PARENT_TITLE, page.lines[n].start, page.lines[n].end) for n in above]
    return (page.text(above[0]) if above else None), marks


def _title_line(page: Page, part: Part, printed: Mapping[int, str]) -> int | None:
    """Which of the short lines at the head is the title: one that is repeated, else the first."""
    numbers = page.lines_between(part.start, part.end)
    if not printed or max(printed) == numbers[-1]:
        return None  # short lines and nothing else: a list, a note
    refrains = () if any(map(page.is_prose, numbers)) else _refrains(page, numbers)
    may_be = {n: text for n, text in printed.items() if page.text(n) not in refrains}
    words = [_words_of(text) for text in may_be.values()] if len(may_be) > 1 else []
    for at, (number, said) in enumerate(zip(may_be, words, strict=False)):
        if any(_are_alike(again, said) for again in words[at + 1 : at + CLOSE]):
            return number
    # Below a plain line, a heading of the third rank heads a section.
    top = (n for n in may_be if n == min(may_be) or not page.text(n).startswith("###"))
    headings = [n for n in top if _is_heading(page, n)]
    if headings or _is_markdown(page.original, part):
        return min(headings, default=None)
    # 站名 | 口号 is a site's own head line, unless it is all there is.
    return min(may_be, key=lambda n: (" | " in printed[n], n), default=None)


def _refrains(page: Page, numbers: range) -> frozenset[str]:
    """The lines that come again further below."""
    first = {page.text(n): n for n in reversed(numbers)}
    return frozenset(page.text(n) for n in numbers if n >= first[page.text(n)] + CLOSE)


def _is_markdown(text: str, part: Part) -> bool:
    """Whether a part has headings or pictures of Markdown, so that plain lines head nothing."""
    seen = any(text.find(sign, part.start, part.end) >= 0 for sign in ("## ", "![", "==="))
    return seen and bool(MARKDOWN.search(text, part.start, part.end))


def _is_heading(page: Page, number: int) -> bool:
    """Whether Markdown makes a line a heading: hashes before it, or a rule right below."""
    if HASHES.match(page.text(number)):
        return True
    if number + 1 == len(page.lines) or not UNDERLINE.fullmatch(page.text(number + 1)):
        return False
    line, below = page.lines[number : number + 2]
    return page.original.count("\n", line.end, below.start) == 1


def could_be_title(text: str, role: Role = "paragraph") -> bool:
    """
    Whether a line may be a title: short, no sentence, no list item, no salutation.

    >>> [could_be_title(t) for t in ("全县工作会议讲话", "第三十一章 拜师", "房东不退押金怎么办？")]
    [True, True, True]
    >>> [could_be_title(t) for t in ("同志们：", "一、提高认识", "今天开会。")]
    [False, False, False]
    """
    text = HASHES.sub("", text)
    if not 2 <= len(text) <= LONGEST_TITLE or role in ("list", "table", "code"):  # noqa: PLR2004
        return False
    return not NOT_A_TITLE.search(text) and not SALUTATION.match(text)


def alike(a: str, b: str) -> bool:
    """
    Whether two lines are the same title, one perhaps with 范文 or a site's name behind it.

    >>> alike("全县务虚会议讲话", "在全县务虚会上的讲话范文"), alike("春晓", "春眠不觉晓")
    (True, False)
    """
    return _are_alike(_words_of(a), _words_of(b))


def _words_of(title: str) -> str:
    """What two printings of a title are compared by."""
    return NO_WORD.sub("", SUFFIX.sub("", fold(title).text)) or title


def _are_alike(a: str, b: str) -> bool:
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    if len(short) < SHORTEST_ALIKE:
        return False
    pairs = {short[i : i + 2] for i in range(len(short) - 1)}
    shared = sum(pair in long for pair in pairs)
    # Characters in order catch 会议/会上的; pairs keep anagrams out.
    return shared >= 0.6 * len(pairs) and len(short) >= 0.55 * len(long)


def site_names(page: Page, part: Part, marks: Sequence[Mark]) -> Iterator[Mark]:
    """Lines that are nothing but the name that a watermark of the same page gives."""
    names = {
        page.original[a:b].strip()
        for mark in marks
        for name, a, b in mark.groups
        if name in ("site_name", "account") and b - a > 1
    }
    if names:
        for number in page.lines_between(part.start, part.end):
            if (
                page.lines[number].end - page.lines[number].start <= LONGEST_TITLE
                and page.text(number) in names
            ):
                yield Mark(SITE_NAME, page.lines[number].start, page.lines[number].end)


def addresses(page: Page, part: Part, noisy: frozenset[int]) -> Iterator[Mark]:
    """An address alone on a line at the head, below lines that are noise and nothing else."""
    numbers = page.lines_between(part.start, part.end)
    for number in numbers[: TITLES_WITHIN - 1]:
        if number in noisy:
            continue
        line = page.lines[number]
        if number > numbers.start and ADDRESS.fullmatch(page.text(number)):
            yield Mark(ADDRESS_LINE, line.start, line.end)
        return


def between(page: Page, part: Part, marks: Sequence[Mark]) -> Iterator[Mark]:
    """
    Short lines that stand in the middle of a block of promotion at the head.

    The last line above the text is spared: it is the title.
    """
    marked = sorted(
        {
            page.line_at(m.start)
            for m in marks
            if part.start <= m.start < part.head_end
            and m.rule.kind in PROMOTION
            and (m.rule.whole_line or not page.is_prose(page.line_at(m.start)))
        }
    )
    if len(marked) < BLOCK:
        return
    spoken_for = {page.line_at(m.start) for m in marks}
    gaps = [n for a, b in pairwise(marked) if b - a - 1 <= BLOCK for n in range(a + 1, b)]
    gaps = [n for n in gaps if n not in spoken_for]
    above = [n for n in page.lines_between(part.start, part.head_end) if n < marked[0]]
    gaps = [*above[-BLOCK:], *gaps]
    again = Counter(page.text(n) for n in page.lines_between(part.start, part.end)) if gaps else {}
    if not gaps or any(again[page.text(n)] > 1 or _reads_like_text(page, n) for n in gaps):
        return
    below = page.lines_between(page.lines[gaps[-1]].end, part.end)
    above_text = list(takewhile(lambda n: n in spoken_for or not page.is_prose(n), below))
    if len(above_text) == len(below):
        return  # verse, a menu, a table: here everything is short
    titled = any(n not in spoken_for and _may_head(page, n) for n in above_text)
    for n in gaps if titled else gaps[:-1]:
        yield Mark(BETWEEN, page.lines[n].start, page.lines[n].end)


def _may_head(page: Page, number: int) -> bool:
    """Whether a line may be a title, and not the first half of a line that a page number broke."""
    broken = number + 1 < len(page.lines) and PAGE_NUMBER.fullmatch(page.text(number + 1))
    return could_be_title(page.text(number)) and not broken


def _reads_like_text(page: Page, number: int) -> bool:
    text = page.text(number)
    if page.lines[number].role in OWN_FORM or FORMULA.search(text):
        return True
    ends = text[-1:] in SENTENCE_ENDS or bool(LIST_MARK.match(text))
    return page.is_prose(number) or ends or bool(SALUTATION.match(text))
