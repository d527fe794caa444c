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
from itertools import accumulate

from cleaners.compare import header
from cleaners.fold import fold
from cleaners.page import EDGE, SENTENCE_ENDS, SENTENCE_MARK, Mark, Page, Part

TIMES = 3  # what stands so often is no accident
LONGEST_STAMP = 30  # characters
COPY = 40  # characters; nobody writes so long a paragraph twice
TWICE = 30  # characters; nobody writes so long a paragraph twice in a row
SENTENCE = 12  # characters; and so long a sentence
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

SENTENCE_TWICE = header(
    "sentence-twice", "other",
    "同一个长句紧接着又印了一遍，一字不差：网页里引文或链接的文字取了两次。",
    "河水一年四季都是温的，冰没有了。河水一年四季都是温的，冰没有了。", "“好！好！好！”大家一齐喊。", "短句的反复是语气",
)  # fmt: skip
LINE_TWICE = header(
    "line-twice", "other",
    "同一段话紧接着又是一段，一字不差：网页里的大字引文取了两次。",
    "（三十字以上、有句号的一段）⏎（同一段）", "月亮走，我也走，⏎月亮走，我也走，", "歌词的反复很短，没有句号",
)  # fmt: skip
COUNTERS = header(
    "lone-counters", "comment_ui",
    "两段正文中间单独一行“0 0”，是点赞和评论的计数。",
    "……船又开了。⏎0 0⏎对岸的人……", "0 1⏎1 0", "上下没有正文，是表格或矩阵",
)  # fmt: skip

LINK_CARD = header(
    "link-card", "related_links",
    "链接卡片转成 Markdown，散在几行里：方括号、图、标题、网址；是别的文章的入口。",
    "[⏎![](https://img.example.com/a.png)⏎渡口往事（二）⏎](https://example.com/b)", "[⏎![](https://img.example.com/a.png)⏎图1 渡口⏎](https://img.example.com/b.png)", "图链到它自己的大图，下面是图的说明",
)  # fmt: skip

RULES = (
    LINK_CARD,
    BREAKING_LINE,
    STAMPED_SUFFIX,
    KEYWORD_SUFFIX,
    SUMMARY_OF_BODY,
    PARAGRAPH_AGAIN,
    SENTENCE_TWICE,
    LINE_TWICE,
    COUNTERS,
)

ENDS = SENTENCE_ENDS | frozenset(":：；;)）")
TRAIL = "….。 "  # how a summary says that it goes on
LABEL = re.compile(
    r"^[\[(【（]?(?:导读|导语|摘要|内容提要|内容摘要|提要|核心提示|简介)[\])】）]?[:： 　]*"
)
NOT_A_STAMP = re.compile(
    r"[:：]$|[，。；：？！、,;?!…]|^[\W\d_]*$|^[(（]?[一二三四五六七八九十0-9]{1,3}[)）、.．]"
)
QUOTE = re.compile('[“”「」『』"]')
PICTURE = re.compile(r"!\[[^\[\]]{0,200}\]\([^()\s]{1,1000}\)")
CARD_LINK = re.compile(r"\] ?\((?:https?:)?//[^()\s]{4,1000}\)")
IMAGE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp)\)$", re.IGNORECASE)
CAPTION = re.compile("[图表] ?[0-9一二三四五六七八九十]")
CARD = 6  # lines of a card at most
CARD_TITLE = 80  # characters of its words
COUNTER = re.compile("(?:0(?: +[0-9]{1,5}){1,2}|[0-9]{1,5}(?: +[0-9]{1,5})? +0)")
KEYWORD = re.compile(r" ?(?:[A-Za-z][A-Za-z0-9+#.]{0,11}|[\u4e00-\u9fff]{2,4})")
ENDED = re.compile("[。！？!?][”」』]?(?:</[a-z]{1,6}>)+$")  # an end tag that was left behind
SITE = re.compile(r"[a-z0-9]\.[a-z]{2}", re.IGNORECASE)  # the name of a site and its domain
STOP = re.compile("[。！？!?…]")
BEHIND_STOP = re.compile(
    r"[。！？!?…](?:[”」』）)]|</[a-z]{1,6}>)?(?P<behind>[^。！？!?…”」』）)，、；：,;:\n]{1,30})$"
)


def repeated(page: Page, part: Part, noisy: frozenset[int]) -> Iterator[Mark]:
    """The marks of all rules of this module for one part; `noisy` lines are not looked at."""
    numbers = [n for n in page.lines_between(part.start, part.end) if n not in noisy]
    texts = [page.text(n) for n in numbers]
    # Most texts say everything once: a quick look at all lines, or all sentences, tells.
    if len(set(texts)) < len(texts):
        yield from breaking_lines(page, numbers)
        yield from copies(page, numbers, texts)
    yield from suffixes(page, numbers, texts)
    yield from summaries(page, part, numbers, texts)
    yield from counters(page, numbers, texts, noisy)
    text = page.original[part.start : part.end]
    if "\n](" in text:
        yield from link_cards(page, part)
    sentences = text.split("。")
    long = [sentence[-SENTENCE:] for sentence in sentences if len(sentence) >= SENTENCE]
    if len(set(long)) < len(long):
        yield from sentences_twice(page, numbers)


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


def suffixes(page: Page, numbers: list[int], texts: list[str]) -> Iterator[Mark]:
    """What stands behind the last full stop of several paragraphs: one stamp, or keywords."""
    open_ended = [
        n
        for n, text in zip(numbers, texts, strict=True)
        if text[-1:] not in ENDS and not (text[-1:] == ">" and ENDED.search(text))
    ]
    if len(open_ended) < TIMES:
        return
    behind: dict[int, tuple[int, int]] = {}
    for n in open_ended:
        line = page.lines[n]
        # A full stop may be damaged: #x3002;
        if not page.repairs and not STOP.search(page.original, line.start, line.end):
            continue
        end = line.start + len(page.original[line.start : line.end].rstrip())
        tail = page.mended(max(line.start, end - LONGEST_STAMP - 12), end)[-LONGEST_STAMP - 4 :]
        found = BEHIND_STOP.search(tail)
        if found and page.original.endswith(found["behind"], line.start, end) and page.is_prose(n):
            behind[n] = (end - len(found["behind"]), end)
    if len(behind) < TIMES:
        return
    prose = sum(map(page.is_prose, numbers))
    whole = prose - sum(map(page.is_prose, open_ended))
    # Where lines are wrapped, each ends in the middle of something: that says nothing.
    if (whole + len(behind)) * 5 < prose * 4:
        return
    counts = Counter(fold(page.original[a:b]).text.strip() for a, b in behind.values())
    words = [n for n, (a, b) in behind.items() if KEYWORD.fullmatch(page.original, a, b)]
    most = sum(not SITE.search(page.original, a, b) for a, b in behind.values())
    many = len(words) >= TIMES and len(words) * 3 >= most * 2
    # On some paragraphs only: no text has Latin words there, and all its other paragraphs end well.
    latin = sum(page.original[behind[n][0] : behind[n][1]].strip().isascii() for n in words)
    many = many and (len(words) * 3 >= prose or (latin > 0 and whole + len(behind) >= prose))
    for n, (start, end) in behind.items():
        if counts[fold(page.original[start:end]).text.strip()] >= TIMES:
            yield Mark(STAMPED_SUFFIX, start, end)
        elif many and n in words:
            yield Mark(KEYWORD_SUFFIX, start, end)


def summaries(page: Page, part: Part, numbers: list[int], texts: list[str]) -> Iterator[Mark]:
    """Summaries at the head that the text below says again, word for word."""
    # One copy may be damaged, or in full width, where the other is not.
    head = (
        [page.mended(*page.lines[n][:2]).strip(EDGE) for n in numbers[:9]]
        if page.repairs
        else texts[:9]
    )
    for at, (printed, below) in enumerate(zip(head[:8], [*head[1:], ""], strict=False)):
        labelled = LABEL.match(printed)
        if not labelled and printed[:2] != below[:2]:
            continue
        said, following = (fold(t).text for t in (printed, below[: 2 * len(printed)]))
        if not labelled and said[:SUMMARY] != following[:SUMMARY]:
            continue
        bare = LABEL.sub("", said).rstrip(TRAIL)
        cut_short = _is_cut(said) and len(bare) < len(following) and following.startswith(bare)
        if len(bare) < SUMMARY or not (labelled or cut_short):
            continue
        line = page.lines[numbers[at]]
        again = bare[:SUMMARY] in following
        if again or page.original.find(bare[:SUMMARY], line.end, part.end) >= 0:
            yield Mark(SUMMARY_OF_BODY, line.start, line.end)


def copies(page: Page, numbers: list[int], texts: list[str]) -> Iterator[Mark]:
    """Long paragraphs that stand there already; right above, they were printed twice."""
    times = Counter(texts)
    seen: set[str] = set()
    above = ""
    for n, text in zip(numbers, texts, strict=True):
        line = page.lines[n]
        if len(text) >= TWICE and line.role not in ("table", "code"):
            pulled = text == above and text[-1] in SENTENCE_ENDS and page.is_prose(n)
            if pulled and times[text] == 2:  # noqa: PLR2004 - more often it is a refrain
                yield Mark(LINE_TWICE, line.start, line.end)
            elif len(text) >= COPY and text in seen:
                yield Mark(PARAGRAPH_AGAIN, line.start, line.end)
            seen.add(text)
        above = text


def sentences_twice(page: Page, numbers: list[int]) -> Iterator[Mark]:
    """One to three sentences that stand on a line and then at once again, word for word."""
    for n in numbers:
        line = page.lines[n]
        sentences = page.original[line.start : line.end].split("。")[:-1]
        if len(set(sentences)) == len(sentences) or line.role in ("table", "code"):
            continue
        said = [sentence.strip() for sentence in sentences]
        starts = list(accumulate((len(s) + 1 for s in sentences), initial=line.start))
        at = 0
        while at < len(said) - 1:
            size = next((k for k in (1, 2, 3) if _again(said, at, k)), 0)
            times = 1
            while (
                size and said[at : at + size] == said[at + times * size : at + (times + 1) * size]
            ):
                times += 1
            if times == 2:  # noqa: PLR2004 - more often it is meant
                yield Mark(SENTENCE_TWICE, starts[at + size], starts[at + 2 * size])
            at += times * size or 1


def _again(said: list[str], at: int, size: int) -> bool:
    """Whether `size` sentences are repeated at once, and are nobody's speech."""
    first = said[at : at + size]
    return (
        first == said[at + size : at + 2 * size]
        and sum(map(len, first)) >= SENTENCE
        and not QUOTE.search("".join(first))
    )


def counters(
    page: Page, numbers: list[int], texts: list[str], noisy: frozenset[int]
) -> Iterator[Mark]:
    """A line of two or three numbers, one of them nought, alone between paragraphs and noise."""
    for at, text in enumerate(texts):
        if "0" in (text[:1], text[-1:]) and COUNTER.fullmatch(text) and at:
            number = numbers[at]
            above, below = number - 1, number + 1
            last = at + 1 == len(numbers)
            stands_alone = page.is_prose(above) or above in noisy
            # Between two paragraphs, or below the text with nothing but noise from there on.
            beside = {above, below} & noisy if last else page.is_prose(below)
            if page.lines[number].role != "table" and stands_alone and beside:
                yield Mark(COUNTERS, page.lines[number].start, page.lines[number].end)


def link_cards(page: Page, part: Part) -> Iterator[Mark]:
    """A bracket, a picture, a title and the address behind them, each on a line of its own."""
    lines = page.lines_between(part.start, part.end)
    for first in lines:
        if page.text(first) != "[":
            continue
        rest = range(first + 1, min(first + CARD, lines.stop))
        last = next((n for n in rest if page.text(n).startswith("]")), None)
        if last is None or not CARD_LINK.fullmatch(page.text(last)):
            continue
        inside = [page.text(n) for n in range(first + 1, last)]
        words = [said for said in inside if not PICTURE.fullmatch(said)]
        titled = 0 < len(words) < len(inside) and len("".join(words)) <= CARD_TITLE
        own = IMAGE.search(page.text(last)) or any(map(CAPTION.match, words))
        if titled and not own:
            yield Mark(LINK_CARD, page.lines[first].start, page.lines[last].end)
