"""
What a document says again and again, or twice: rules that know no words.

A site that stamps its name on every paragraph uses words that no pack has; but it uses
the same ones three times, in places where a text has no reason to. Refrains, list heads
and salutations repeat as well, so each rule asks for a second sign: a sentence that the
line breaks in two, a place behind the last full stop, a length that nobody repeats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from cleaners.compare import header
from cleaners.fold import fold
from cleaners.page import SENTENCE_ENDS, SENTENCE_MARK, Mark, Page, Part

TIMES = 3  # what stands so often is no accident
LONGEST_STAMP = 30  # characters
COPY = 40  # characters; nobody writes so long a paragraph twice
SUMMARY = 20  # characters of a summary that are found again in the text

BREAKING_LINE = header(
    "line-inside-sentences", "watermark",
    "同一行几次插在句子中间，把一句话断成两截：这是印在每一页上的水印。",
    "他推开门，⏎某某书屋⏎看见院子里……（三次）", "同志们：⏎……⏎同志们：", "称呼前面的句子都说完了",
)  # fmt: skip
STAMPED_SUFFIX = header(
    "stamped-suffix", "watermark",
    "几个段落的最后一句话后面粘着同样的几个字，没有标点。",
    "……这样就可以了。某某开发者社区（三次）", "……她笑了。（完）", "只有一次",
)  # fmt: skip
KEYWORD_SUFFIX = header(
    "keyword-suffix", "anti_copy_injection",
    "好几个段落的句号后面各粘一个词，是洗稿程序塞进去的标签。",
    "……认真听。微信⏎……要写清楚。前端⏎……就好了。bash", "……会议结束。特此通知", "只有一段这样，是公文的结语",
)  # fmt: skip
SUMMARY_OF_BODY = header(
    "summary-of-body", "seo_filler",
    "正文前面的摘要或导读是从正文里抄来的，后面还有原文。",
    "导读：石拱桥是以天然石料⏎石拱桥是以天然石料作为主要材料的桥梁。", "摘要：本文分三部分。⏎一、问题的提出", "论文自己的摘要，正文里没有这句话",
)  # fmt: skip
# Only a flag: authors quote themselves, and exams print a text again beside its questions.
PARAGRAPH_AGAIN = replace(header(
    "paragraph-again", "other",
    "整段文字又印了一遍；可能是网页拼接，也可能是作者引用，只提示，不删。",
    "（四十字以上的同一段）⏎……⏎（同一段）", "啊，黄河！⏎……⏎啊，黄河！", "诗歌的反复很短",
), severity="flag")  # fmt: skip

RULES = (BREAKING_LINE, STAMPED_SUFFIX, KEYWORD_SUFFIX, SUMMARY_OF_BODY, PARAGRAPH_AGAIN)

ENDS = SENTENCE_ENDS | frozenset(":：；;)）")
TRAIL = "….。 "  # how a summary says that it goes on
LABEL = re.compile(
    r"^[\[(【（]?(?:导读|导语|摘要|内容提要|内容摘要|提要|核心提示|简介)[\])】）]?[:： 　]*"
)
NOT_A_STAMP = re.compile(
    r"[:：]$|[，。；：？！、,;?!…]|^[\W\d_]*$|^[(（]?[一二三四五六七八九十0-9]{1,3}[)）、.．]"
)
KEYWORD = re.compile(r" ?(?:[A-Za-z][A-Za-z0-9+#.]{0,11}|[\u4e00-\u9fff]{2,4})")
BEHIND_STOP = re.compile(
    r"[。！？!?…](?:[”」』）)])?(?P<behind>[^。！？!?…”」』）)，、；：,;:\n]{1,30})$"
)


def repeated(page: Page, part: Part, noisy: frozenset[int]) -> Iterator[Mark]:
    """The marks of all rules of this module for one part; `noisy` lines are not looked at."""
    numbers = [n for n in page.lines_between(part.start, part.end) if n not in noisy]
    yield from breaking_lines(page, numbers)
    yield from suffixes(page, numbers)
    yield from summaries(page, part, numbers)
    yield from copies(page, numbers)


def breaking_lines(page: Page, numbers: list[int]) -> Iterator[Mark]:
    """Short lines that stand there three times and mostly in the middle of a sentence."""
    short = {n: page.text(n) for n in numbers if 2 <= len(page.text(n)) <= LONGEST_STAMP}  # noqa: PLR2004
    counts = Counter(short.values())
    often = {
        text for text, times in counts.items() if times >= TIMES and not NOT_A_STAMP.search(text)
    }
    breaks: Counter[str] = Counter()
    for at, n in enumerate(numbers):
        if short.get(n) in often and 0 < at < len(numbers) - 1:
            before, after = page.text(numbers[at - 1]), page.text(numbers[at + 1])
            breaks[short[n]] += _is_cut(before) and len(after) > len(short[n])
    for n, text in short.items():
        if text in often and breaks[text] * 2 > counts[text]:
            yield Mark(BREAKING_LINE, page.lines[n].start, page.lines[n].end)


def _is_cut(text: str) -> bool:
    """Whether a line of running text stops before its sentence does."""
    return (
        bool(SENTENCE_MARK.search(text))
        and text[-1] not in SENTENCE_ENDS
        and text[-1] not in ":：；;）)》"
    )


def suffixes(page: Page, numbers: list[int]) -> Iterator[Mark]:
    """What stands behind the last full stop of several paragraphs: one stamp, or keywords."""
    behind: dict[int, tuple[int, int]] = {}
    prose = whole = 0
    for n in numbers:
        if page.is_prose(n):
            prose += 1
            text = page.text(n)
            if text[-1] in ENDS:
                whole += 1
                continue
            found = BEHIND_STOP.search(text[-LONGEST_STAMP - 4 :])
            if found:
                line = page.lines[n]
                end = line.start + len(page.original[line.start : line.end].rstrip())
                behind[n] = (end - len(found["behind"]), end)
    # Where lines are wrapped, each ends in the middle of something: that says nothing.
    if (whole + len(behind)) * 5 < prose * 4:
        return
    counts = Counter(fold(page.original[a:b]).text.strip() for a, b in behind.values())
    words = [n for n, (a, b) in behind.items() if KEYWORD.fullmatch(page.original, a, b)]
    many = len(words) >= TIMES and len(words) * 3 >= prose and len(words) * 3 >= len(behind) * 2
    for n, (start, end) in behind.items():
        if counts[fold(page.original[start:end]).text.strip()] >= TIMES:
            yield Mark(STAMPED_SUFFIX, start, end)
        elif many and n in words:
            yield Mark(KEYWORD_SUFFIX, start, end)


def summaries(page: Page, part: Part, numbers: list[int]) -> Iterator[Mark]:
    """Summaries at the head that the text below says again, word for word."""
    for at, n in enumerate(numbers[:8]):
        said = page.text(n)
        labelled = LABEL.match(said)
        bare = LABEL.sub("", said).rstrip(TRAIL)
        following = page.text(numbers[at + 1]) if at + 1 < len(numbers) else ""
        cut_short = _is_cut(said) and len(bare) < len(following) and following.startswith(bare)
        if len(bare) < SUMMARY or not (labelled or cut_short):
            continue
        line = page.lines[n]
        if page.original.find(bare[:SUMMARY], line.end, part.end) >= 0:
            yield Mark(SUMMARY_OF_BODY, line.start, line.end)


def copies(page: Page, numbers: list[int]) -> Iterator[Mark]:
    """Long paragraphs that stand there already."""
    seen: set[str] = set()
    for n in numbers:
        text = page.text(n)
        if len(text) >= COPY and page.lines[n].role not in ("table", "code"):
            if text in seen:
                yield Mark(PARAGRAPH_AGAIN, page.lines[n].start, page.lines[n].end)
            seen.add(text)
