"""
What stands above a text that its author did not write: ledes of editors, and what they stole.

Sites that copy texts put a sentence before them, so that the copy looks like a text of
their own: the editor's greeting, a sentence stolen from the text, one about nothing, or
the title once more in Latin letters. A sentence alone proves little, because authors
begin with maxims as well. It must be foreign to the text, and something else must show
that the page was dressed: a lede, a source that is worth nothing, an indent it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaners.characters import HAN
from cleaners.compare import SALUTATION, header
from cleaners.harvest import WORTHLESS
from cleaners.page import EDGE, Mark, Page, Part

STOLEN = header(
    "stolen-sentence", "seo_filler",
    "导语把正文里的一句话抄到小编的话前面；后面还有它的原文。",
    "学习是基础能力。下面是小编为大家带来的发言稿。⏎……学习是基础能力。……", "他说过：学习是基础能力。", "没有导语的句子，重复是作者的修辞",
)  # fmt: skip
UNRELATED = header(
    "unrelated-lede", "seo_filler",
    "小编的导语前面垫了一句与正文无关的话，和导语是同一段。",
    "人生充满磨难。下面是小编为您推荐的发言材料。", "人生充满磨难，我们更要团结。", "没有小编的话，就是作者的开头",
)  # fmt: skip
ECHO = header(
    "title-in-latin", "duplicate_title",
    "采集站在标题下面又用英文或拼音印一遍标题；正文是中文的，别处没有这些词。",
    "在全镇会议上的讲话⏎Speech at the Town Meeting⏎【导读】……", "我的家乡⏎My Hometown", "没有采集站的导语，是作者自己的英文标题",
)  # fmt: skip

RULES = (STOLEN, UNRELATED, ECHO)

LEDES = frozenset({"editor-lede", "collected-for-you"})
LEDE_LENGTH = 400  # characters of a paragraph that is a lede and nothing else
CLAUSE = re.compile("[^。！？!?；;，,]+")
TWIN = 8  # characters; a shorter clause may well be said twice
# One or two sentences that say what is always so: they have no person, no time, no number.
MAXIM = re.compile("(?:[^。！？!?；;]{8,32}[。！!]){1,2}")
SENTENCE = re.compile("[^。！!]+")
ALWAYS = re.compile("是|可以|能|需要|[让使]|有助于|离不开|成为|才|必须|应该|胜过")
PARTICULAR = re.compile(
    "我(?!们)|他(?!人)|[她它你您咱俺请0-9二三四五六七八九十百千万两几“”「」『』（(《…这那今昨本此了]|下面|以下|一月"
)
HAN_PAIR = re.compile(f"(?=([{HAN}]{{2}}))")
FEWEST_PAIRS = 10  # pairs of characters; fewer are too few to be missed in the text below
EVERYWHERE = re.compile("[的是了就在有和与也都会能可以让更不们人]")  # pairs with these say nothing
LETTER = re.compile("(?:亲爱的|尊敬的|敬爱的)[^，。,]{1,16}[:：,，!！]?")
OF_MODELS = re.compile("范文|文秘|公文|作文|写作")  # sites of texts to copy say so above each
SOME_PROSE = 3  # paragraphs with an indent, for one without to stand out
ECHO_LINE = re.compile(
    "[A-Z][A-Za-z]*(?:[ ,:'-]{1,2}[A-Za-z0-9]+){2,14}|[a-z]{2,12}(?:-[a-z0-9]{1,12}){3,12}"
)
AT_THE_HEAD = 8  # lines
LATIN_WORD = re.compile("[A-Za-z]{4,}")


def ledes(page: Page, part: Part, marks: Sequence[Mark], noisy: frozenset[int]) -> Iterator[Mark]:
    """
    What stands in one paragraph with an editor's lede at the head of a part.

    A sentence that the text says again below was stolen from it; another one is filler.
    """
    found = [m for m in marks if m.rule.id in LEDES and part.has(m.start)]
    first_text = _first_text(page, part, noisy) if found else None
    for mark in found:
        number = page.line_at(mark.start)
        line = page.lines[number]
        below_text = first_text is not None and number > first_text
        if line.end - line.start > LEDE_LENGTH or below_text:
            continue
        # An author collects things for his readers as well, and says before why he did.
        by_editor = "编" in page.original[mark.start : mark.end]
        edited = by_editor or part.heading is not None
        for start, end in _rest(page.original, line.start, line.end, mark):
            clauses = (m[0].strip() for m in CLAUSE.finditer(page.original, start, end))
            stolen = any(
                len(clause) >= TWIN and page.original.find(clause, line.end, part.end) >= 0
                for clause in clauses
            )
            if stolen:
                yield Mark(STOLEN, start, end)
            elif start < mark.start and (edited or "我" not in page.original[start:end]):
                yield Mark(UNRELATED, start, end)  # what follows may be the text
    first = _first_text(page, part, noisy)
    if (
        first is not None
        and _is_foreign_maxim(page, part, first)
        and _is_dressed(page, part, marks, noisy, first)
    ):
        yield Mark(UNRELATED, page.lines[first].start, page.lines[first].end)


def _is_dressed(
    page: Page, part: Part, marks: Sequence[Mark], noisy: frozenset[int], first: int
) -> bool:
    """Whether something else shows that a site has put its first sentence before a text."""
    above = range(page.line_at(part.start), first)
    if any(ECHO_LINE.fullmatch(page.text(n)) for n in above if n not in noisy):
        return True
    head = [m for m in marks if part.start <= m.start < min(part.head_end, page.lines[first].start)]
    if part.heading is not None or any(
        m.rule.kind == "seo_filler" and part.start <= m.start < part.head_end for m in marks
    ):
        return True
    below = [n for n in page.lines_between(page.lines[first].end, part.end) if n not in noisy]
    if below and (LETTER.fullmatch(page.text(below[0])) or SALUTATION.match(page.text(below[0]))):
        return bool(head)
    prose = [n for n in below if page.is_prose(n)][: 3 * SOME_PROSE]
    set_apart = not _is_indented(page, first) and all(_is_indented(page, n) for n in prose)
    if set_apart and len(prose) >= SOME_PROSE:
        return bool(head)
    return any(
        OF_MODELS.search(page.original, m.start, m.end)
        or any(
            name == "source" and WORTHLESS.fullmatch(page.original[a:b].strip(EDGE))
            for name, a, b in m.groups
        )
        for m in head
    )


def _is_indented(page: Page, number: int) -> bool:
    start = page.lines[number].start
    return any(c in EDGE for c in page.original[max(start - 1, 0) : start + 1])


def _is_foreign_maxim(page: Page, part: Part, number: int) -> bool:
    """Whether a line says what is always so, in words that the text below does not have."""
    text = page.text(number)
    if not MAXIM.fullmatch(text) or PARTICULAR.search(text):
        return False
    if not all(map(ALWAYS.search, SENTENCE.findall(text))):
        return False
    said = {m[1] for m in HAN_PAIR.finditer(text)}
    end = page.lines[number].end
    again = sum(
        page.original.find(pair, end, part.end) >= 0 for pair in said if not EVERYWHERE.search(pair)
    )
    return len(said) >= FEWEST_PAIRS and again * 10 <= len(said)


def _first_text(page: Page, part: Part, noisy: frozenset[int]) -> int | None:
    """The number of the first line of running text of a part."""
    numbers = page.lines_between(part.start, part.end)
    return next((n for n in numbers if n not in noisy and page.is_prose(n)), None)


def _rest(text: str, start: int, end: int, mark: Mark) -> Iterator[tuple[int, int]]:
    """The sentences of a line that a mark does not cover, those on one side together."""
    for a, b in ((start, min(mark.start, end)), (max(mark.end, start), end)):
        if a < b and any(c.isalnum() for c in text[a:b]):
            yield a, b


def echoes(page: Page, part: Part, marks: Sequence[Mark]) -> Iterator[Mark]:
    """The title in Latin letters above a Chinese text, on a page whose head has an editor's words."""
    filled = {
        page.line_at(m.start) for m in marks if m.rule.kind == "seo_filler" and part.has(m.start)
    }
    first = page.line_at(part.start)
    filled = {n for n in filled if n < first + AT_THE_HEAD}
    if not filled:
        return
    taken = {page.line_at(m.start) for m in marks if m.rule.severity == "cut"}
    for number in page.lines_between(part.start, page.lines[max(filled)].start):
        line, text = page.lines[number], page.text(number)
        if number in taken or number == part.heading or not ECHO_LINE.fullmatch(text):
            continue
        below = page.original[line.end : part.end]
        if not any(word in below for word in LATIN_WORD.findall(text)):
            yield Mark(ECHO, line.start, line.end)
