"""
Which lines at the edges of a text, and between its paragraphs, belong to the site.

Patterns know the words of sites that somebody has seen. This rule knows none by heart:
it weighs what a line looks like (place, shape, the voice it speaks in, the words it
shares with the text and with lines that are noise already) and marks it when the sum
is beyond doubt. The weights are fitted by tests/bench/fit_lines.py (logistic
regression) and stand in `cleaners.weights`, each beside the sign that it belongs to;
a removal names the signs that decided it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from cleaners.compare import SALUTATION, alike, bare_title, could_be_title, header
from cleaners.fold import fold
from cleaners.needs import needs
from cleaners.page import EDGE, SENTENCE_ENDS, SENTENCE_MARK, Mark, Page, Part
from cleaners.voice import VOICE, Voices, voices
from cleaners.weights import BIAS, THRESHOLD, WEIGHTS

UNLIKE = header(
    "unlike-the-text", "site_promo",
    "文章头尾和段落之间的行，用网站的口气说话，和正文没有共同的词；几个迹象加在一起才算，removal 里写着是哪几个。",
    "关于清溪 - 联系我们 - 投稿须知", "联系人：王某，电话：029-5550103", "公文自己的联系方式，办事的人要用",
)  # fmt: skip

RULES = (UNLIKE,)

REACH = 40  # lines from an edge that are looked at
LONGEST = 60  # characters; a longer line is looked at only when it is no running text
LONGEST_OF_ALL = 200  # characters
ENOUGH_TEXT = 150  # characters; with less text than this, sharing no word with it says nothing
FEW = 2_000  # characters
TEXT_READ = 20_000  # characters of the text, from either end, whose words are compared
REACH_OF_CLEAN = 6  # the same where no rule has marked anything
MARKED_SHARE = 0.5  # of a line that marks take, for the line to count as marked
MUCH = 0.4  # of the letters of a paragraph are words of sites: it is none of the text
RUNNING_SHARE = 0.2  # the same for one to be doubted at all
NO_TITLE = 0.65  # of the letters of a title are no words of sites
FURNITURE = 0.3  # the same for a line between two paragraphs
MANY_WORDS = 3  # or so many different ones
STRONG = 2  # voices and strong shapes that a sentence must have to be doubted
MORE = 3  # signs that a reader is told

ADDRESS = re.compile(
    r"https?:|www\.|[0-9a-z]\.(?:com|cn|net|org|cc|la|info|me|top|vip|xyz|tv|co|io|site|club|tw|hk|app|wang|ltd|pro|online|shop|tech|fun|gov|edu|example)\b"
)
SHAPES: Mapping[str, re.Pattern[str]] = {
    "has a web address": ADDRESS,
    "has a mail address": re.compile(r"[0-9a-z]@[0-9a-z]"),
    "has a long number": re.compile("[0-9]{5}"),
    "has a copyright sign": re.compile("[©®]|\\(c\\)"),
    "parts set off by bars": re.compile(r"\S ?[|·>»/]{1,2} ?\S| - .* - |\] ?\["),
    "parts set off by blanks": re.compile(r"\S {2,}\S|\S{2} \S{2,} \S{2}"),
    "quotes something": re.compile('["「『]'),
    "counts pages": re.compile("[0-9] ?/ ?[0-9]|第 ?[0-9]+ ?页|共 ?[0-9]+ ?页|[0-9]+楼"),
    "has a time of day": re.compile("[0-9]:[0-9]{2}"),
    "is a rule of signs": re.compile("[-=*━─_·.…]{4}"),
    "is in brackets": re.compile(r"^[\[({<《].*[\])}>》]$"),
    "begins with a label": re.compile(r"^[^:,.。，]{2,8}: ?\S"),
    "begins like a list item": re.compile(
        r"^(?:[(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[).、.]|[-*•●·>◆■★])"
    ),
    "is an article or chapter": re.compile("^第[0-9一二三四五六七八九十百]{1,6}[条章节回卷部编篇讲]"),
    "has a date": re.compile("[12][0-9]{3} ?[-./年] ?[0-9]{1,2}"),
    "has symbols": re.compile("[★☆●○◆◇■□▲△▼→←↑↓↗↘↙↖※♥❤♂♀|_~👉👇]"),
    "is a formula or code": re.compile(r"[=^$\\\\]|[;{}]$|[a-z]\(|--"),
    "points with arrows": re.compile(">>|<<|»|«|>$|→"),
    "is markup": re.compile(r"</?[a-z!]|&[a-z]{2,6};|\]\(|^!\[|[{}]\"|%[ds]\b"),
    "has an office number": re.compile("(?:^|[^0-9])0[0-9]{2,3}-?[0-9]{7,8}|1[3-9][0-9]{9}"),
    "names a contact person": re.compile("联系人|联系电话|联系方式|地址|邮编|传真|邮箱|电子邮件|主任|同志"),
    "is the site of an office": re.compile(
        "(?:局|厅|委|委员会|政府|法院|检察院|中心|办公室|部门|学校|大学|学院|考试院|图书馆|银行|税务|医院|社区|街道|协会)(?:的?(?:门户|官方)?(?:网站|官网|公众号|网$|微信)|报名|领取|查询)"
    ),
    "names an office": re.compile("(?:局|厅|委员会|办公室|政府|法院|党委|支部|中心|学校|大学|部|处|院|社)$"),
    "is a question": re.compile(r"\?$"),
    "is a date": re.compile("^[0-9 ]{2,6}[-./年][0-9 ]{1,4}[-./月][0-9 ]{1,4}日?$"),
    "ends like the name of a site": re.compile(
        "(?:(?<![录陆开问入览])网站|网|(?<!网)站|文库|论坛|社区|书屋|书吧|书院|百科|资讯|在线|小说|文学|贴吧|频道|门户|空间|之家|app)(?:$|[^\u4e00-\u9fff])"
    ),
    "speaks to you": re.compile("[您请亲]|你的|大家"),
    "tells a story": re.compile("[他她我]|了[,.;。]|[说道着]:|后来|时候|那[个年天]"),
    "is what an office prints": re.compile(
        "此件|公开发布|印发|抄送|附件|签字|盖章|公章|存档|注意保存|内部资料$|机密|秘密|特急|参考答案"
    ),
    "counts in brackets": re.compile(r"\([0-9]+\)"),
    "is a row of labels": re.compile(r"(?:^|[ \[(|])[^:,。 ]{2,8}: ?[^:]{0,40} [^:,。 ]{2,8}:"),
    "has an empty label": re.compile(r"[^:,。 ]{2,8}:(?: *$| +[^:,。 ]{2,8}:)"),
    "counts something": re.compile(
        r"[0-9]\+? ?(?:次|人|条|个|篇|字|分钟|楼|赞|万|页|份|元|mb|kb|%)(?![0-9年月])"
    ),
    "has stars": re.compile("[★☆⭐]{2}"),
    "begins with a sign": re.compile("^[>»→↑↓▼▲👉🔥📣☎★☆※◆●▪·•~+*]"),
    "is a number": re.compile(r"^[0-9 :./-]+$"),
}  # fmt: skip
# The shapes that a line of Chinese characters and commas alone can have.
PLAIN_SHAPES = {
    name: SHAPES[name]
    for name in (
        "begins like a list item", "is an article or chapter", "names a contact person",
        "is the site of an office", "names an office", "ends like the name of a site",
        "speaks to you", "tells a story", "is what an office prints",
    )
}  # fmt: skip
NOT_PLAIN = re.compile("[^\u4e00-\u9fff,.。、;!]")
STRONG_SHAPES = frozenset({"has a web address", "has a copyright sign", "parts set off by bars"})
WHERE = (
    "before the text",
    "after the text",
    "between the text",
    "ends a sentence",
    "is running text",
)
STRONG_SHAPE = re.compile(f"{ADDRESS.pattern}|[©®|｜·>»/]| - ", re.IGNORECASE)
MAYBE_STRONG = re.compile("[.:©®|｜·>»/]| - ")  # no strong shape is without one of these
BAR = re.compile(r"[|｜丨_]| ?[-—–] ?")
SIGNATURE = re.compile(
    "[\u4e00-\u9fff]{2,20}(?:局|厅|委|委员会|办公室|政府|法院|检察院|党委|支部|中心|学校|中学|小学|大学|学院|医院|公司|集团|协会|联合会)"
)
SAID = re.compile('["「『][^"」』]*["」』]')  # nothing but words in quotation marks
NARRATED = re.compile("[他她]|我(?:的|在|把|被|想|看|说|是|也|就|才)|[说道]着?:")
CAPTION = re.compile("^[▲△◆●]? ?(?:图片来源|图源|资料图|示意图|图 ?[0-9一二三四五六七八九十])")
CLAUSE_MARK = re.compile("[，。！？,!?；]")
TITLE_BEFORE_BAR = 8  # characters
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
LETTERS = re.compile("[a-z\u3400-\u4dbf\u4e00-\u9fff]+")
MANY = {2: "two voices", 3: "three voices"}
# How much of a line's letters are words of sites; a line that has most has all the lower signs too.
SHARES = (
    (0.2, "some words of sites"), (0.4, "many words of sites"),
    (0.65, "mostly words of sites"), (0.9, "hardly another word than sites have"),
)  # fmt: skip
WORDS = ((3, "three words of sites"), (5, "five words of sites"), (8, "eight words of sites"))
# Signs that are weighed for themselves in each of these places and in sentences.
DEPENDS = {
    sign: {where: f"{sign}, {where}" for where in WHERE}
    for sign in (
        *VOICE, *(name for _, name in SHARES),
        "noise on one side", "noise on both sides", "parts set off by bars",
        "parts set off by blanks", "is in brackets", "begins with a label", "has symbols",
    )
}  # fmt: skip


class Heard(NamedTuple):
    """One line in its folded spelling, the voices in it, and their share of its letters."""

    text: str
    voices: Voices
    share: float


@dataclass(frozen=True)
class Edges:
    """What all doubtful lines of one part are judged by."""

    page: Page
    part: Part
    numbers: range
    touched: frozenset[int]  # lines of which a mark takes something
    marked: frozenset[int]  # lines of which marks take most
    looks: dict[int, frozenset[str]] = field(default_factory=dict)  # known already
    known: dict[int, Heard] = field(default_factory=dict)

    def heard(self, number: int) -> Heard:
        """One line as it is judged, remembered: it is asked for again and again."""
        known = self.known.get(number)
        if known is None:
            text = _folded(self.page, number)
            found = voices(text)
            letters = sum(map(len, LETTERS.findall(text))) if found.characters else 0
            share = found.characters / letters if letters else 0.0
            known = self.known[number] = Heard(text, found, share)
        return known

    @cached_property
    def prose(self) -> tuple[int, int]:
        """The first and the last line of running text; (end, start) when there is none."""
        is_text = self._is_text
        first = next((n for n in self.numbers if is_text(n)), self.numbers.stop)
        last = next((n for n in reversed(self.numbers) if is_text(n)), self.numbers.start - 1)
        return first, last

    def _is_text(self, number: int) -> bool:
        return number not in self.touched and self.reads_like_text(number)

    def reads_like_text(self, number: int) -> bool:
        """Whether a line has sentences or clauses, and another voice than a site's."""
        page = self.page
        if not page.is_prose(number) or not CLAUSE_MARK.search(page.text(number)):
            return False  # labels and columns: 来源:某某网  作者:某某
        return page.lines[number].end - page.lines[number].start > LONGEST_OF_ALL or (
            self.heard(number).share < MUCH
        )

    @cached_property
    def text(self) -> str:
        """The words of the text, read from both ends."""
        start, end = self.part.start, self.part.end
        view = self.page.view
        as_printed = bool(view.runs)  # then a line is not where it is in the view
        said = self.page.original if as_printed else view.text
        middle = [
            said[line.start : line.end]
            for n in (
                self.numbers
                if end - start <= 2 * TEXT_READ
                else (
                    *self.page.lines_between(start, start + TEXT_READ),
                    *self.page.lines_between(end - TEXT_READ, end),
                )
            )
            if (line := self.page.lines[n]).end - line.start > LONGEST // 2
            and n not in self.touched
        ]
        text = "\n".join(middle)[: 2 * TEXT_READ]
        return fold(text).text if as_printed else text

    @cached_property
    def pairs(self) -> Container[str]:
        """The pairs of characters in the text: in a short one, looking is faster than listing."""
        text = self.text
        if len(text) <= FEW:
            return text
        return frozenset(map("".join, pairwise(text)))

    @cached_property
    def noise(self) -> str:
        """The words of the lines that are marked, those at both ends of the part first."""
        lines = self.order
        return "\n".join([_folded(self.page, n, LONGEST) for n in lines[:REACH] + lines[-REACH:]])

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The marked lines, in order."""
        return tuple(sorted(self.marked))

    @cached_property
    def titles(self) -> tuple[int, ...]:
        """The lines above the text that may be its title."""
        above = range(self.numbers.start, min(self.prose[0], self.numbers.start + REACH))
        return tuple(
            n
            for n in above
            if n not in self.touched and could_be_title(self.page.text(n).strip(EDGE))
        )

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each short line stands there."""
        lines = self.page.lines
        return Counter(
            self.page.text(n) for n in self.numbers if lines[n].end - lines[n].start <= LONGEST
        )


def unlike_text(page: Page, part: Part, marks: Sequence[Mark]) -> Iterator[Mark]:
    """
    Marks for whole lines of one part that are the site's, judged by many small signs.

    Only lines that no mark touches; running text, quoted words and lines between two
    paragraphs need more than those at the edges. `values` say why: `because` and `score`.
    """
    edges = edges_of(page, part, marks)
    found: dict[int, Mark] = {}
    for _ in range(2):  # what is found once is a neighbour the second time
        before = len(found)
        for number in doubtful(edges):
            signs = signs_of(edges, number)
            if signs and (weight := total(signs)) >= THRESHOLD:
                line = page.lines[number]
                values = {"because": because(signs), "score": f"{weight:.1f}"}
                found[number] = Mark(UNLIKE, line.start, line.end, values=values)
        if len(found) == before:
            break
        edges = Edges(
            page, part, edges.numbers,
            edges.touched | found.keys(), edges.marked | found.keys(), edges.looks, edges.known,
        )  # fmt: skip
    yield from (found[n] for n in sorted(found))


def total(signs: Iterable[str]) -> float:
    """How much the signs of a line speak for the site (log odds)."""
    # An exact sum: the order of a set differs from run to run.
    return fsum((BIAS, *(WEIGHTS.get(sign, 0.0) for sign in signs)))


def because(signs: Iterable[str]) -> str:
    """The signs that weighed most, in words."""
    weighed = sorted((-WEIGHTS.get(sign, 0.0), sign) for sign in signs)
    return "; ".join(sign for weight, sign in weighed[:MORE] if weight < 0)


def edges_of(page: Page, part: Part, marks: Sequence[Mark]) -> Edges:
    taken: dict[int, int] = {}
    lines = page.lines
    for m in marks:
        if m.rule.severity != "cut":
            continue
        first = page.line_at(m.start)
        within = m.end <= lines[first].end  # as most marks are
        touched = (first,) if within else page.lines_between(lines[first].start, m.end)
        for n in touched:
            line = lines[n]
            taken[n] = taken.get(n, 0) + min(m.end, line.end) - max(m.start, line.start)
    marked = frozenset(
        [n for n, size in taken.items() if size >= MARKED_SHARE * len(page.texts[n])]
    )
    numbers = page.lines_between(part.start, part.end)
    return Edges(page, part, numbers, frozenset(taken), marked)


def doubtful(edges: Edges) -> Iterator[int]:
    """The numbers of the lines that may be noise at all: short, and with a first sign."""
    page, numbers = edges.page, edges.numbers
    first, last = edges.prose
    if first > last:  # lists, poems, notes: nothing to tell the site from
        return
    far = REACH if edges.marked else REACH_OF_CLEAN
    head = range(numbers.start, min(first + 2, numbers.start + far, numbers.stop))
    tail = range(max(last - 1, numbers.stop - far, head.stop), numbers.stop)
    lines = page.lines
    for n in (*head, *tail):
        line = lines[n]
        if line.end - line.start <= LONGEST_OF_ALL and _is_open(edges, n):
            near = n - 1 in edges.marked or n + 1 in edges.marked
            if near or edges.heard(n).voices.names or _is_strong(page.text(n)):
                yield n
    for n in range(head.stop, tail.start) if edges.marked else ():
        line = lines[n]
        if line.end - line.start <= LONGEST and _is_open(edges, n) and _stands_out(edges, n):
            yield n


def _stands_out(edges: Edges, number: int) -> bool:
    """Whether a line between two paragraphs sounds or looks like a site at all."""
    if _is_strong(edges.page.text(number)):
        return True
    heard = edges.heard(number)
    return heard.share >= FURNITURE or len(heard.voices.words) >= MANY_WORDS


def _is_strong(text: str) -> bool:
    return bool(MAYBE_STRONG.search(text)) and bool(STRONG_SHAPE.search(text))


def _is_open(edges: Edges, number: int) -> bool:
    """Whether a line is neither taken already nor of a kind that is never looked at."""
    role = edges.page.lines[number].role
    return (
        number not in edges.marked
        and number != edges.part.heading
        and role not in ("table", "code")
        and bool(edges.page.text(number))
    )


def _folded(page: Page, number: int, most: int | None = None) -> str:
    """One line, or so many characters of it, in its folded spelling, without blanks around it."""
    view = page.view
    if view.runs:
        return fold(page.text(number)[:most]).text
    line = page.lines[number]
    return view.text[line.start : line.end].strip(EDGE)[:most]


def signs_of(edges: Edges, number: int) -> set[str]:
    """Everything that speaks for or against one line, in words; nothing when it must stay."""
    look = edges.looks.get(number)
    if look is None:
        look = edges.looks[number] = _look(edges, number)
    if not look:
        return set()
    place = set(_place(edges, number))
    # The same words say more where no text is beyond them, and other things above than below.
    signs = place | look
    for where in WHERE:
        if where in signs:
            signs.update([DEPENDS[sign][where] for sign in signs & DEPENDS.keys()])
    return signs | set(_words(edges, number))


def _look(edges: Edges, number: int) -> frozenset[str]:
    """The signs of a line that do not depend on its place; none when it must stay."""
    printed = edges.page.text(number)
    text, heard, share = edges.heard(number)
    running = edges.page.is_prose(number) and CLAUSE_MARK.search(printed)
    # A paragraph with a watermark in it loses the watermark, and no more.
    stamped = number in edges.touched
    if running and (stamped or share < RUNNING_SHARE or NARRATED.search(text)):
        return frozenset()
    if CAPTION.match(text) or SIGNATURE.fullmatch(text) or SAID.fullmatch(text):
        return frozenset()
    if _may_be_the_title(edges, number, printed):
        return frozenset()
    shapes = set(_shapes(text))
    if running:
        if len(heard.names) + len(shapes & STRONG_SHAPES) < STRONG:
            return frozenset()
        shapes.add("is running text")
    if "is a formula or code" in shapes and not heard.names:
        return frozenset()
    if len(heard.names) > 1:
        shapes.add(MANY.get(len(heard.names), "many voices"))
    shapes.update(name for least, name in SHARES if share >= least)
    shapes.update(name for least, name in WORDS if len(heard.words) >= least)
    shapes.update(f"says {word}" for word in heard.words)
    return frozenset(heard.names | shapes | set(_form(edges, number, printed, text)))


def _shapes(text: str) -> Iterator[str]:
    """The shapes of one line in its folded spelling."""
    possible = SHAPES if NOT_PLAIN.search(text) else PLAIN_SHAPES
    characters = frozenset(text)
    for name, needed in _needed().items():
        shape = possible.get(name)
        if shape and not any(map(characters.isdisjoint, needed)) and shape.search(text):
            yield name


@cache
def _needed() -> Mapping[str, tuple[frozenset[str], ...]]:
    """For each shape, sets of characters of which a line must have one each: quickly asked."""
    read = {name: needs(shape.pattern) for name, shape in SHAPES.items()}
    return {
        name: (*need.characters, *(frozenset(w[0] for w in words) for words in need.words))
        for name, need in read.items()
    }


def _may_be_the_title(edges: Edges, number: int, printed: str) -> bool:
    """Whether nothing else is left to be the title, or another line says the same."""
    if number not in edges.titles or edges.heard(number).share >= NO_TITLE:
        return False
    others = [n for n in edges.titles if n != number]
    bare = bare_title(printed)
    # 题目｜某某网: what stands before the name of the site is a title.
    before = BAR.split(printed, maxsplit=1)[0]
    if len(before) >= TITLE_BEFORE_BAR and not voices(fold(before).text).names:
        return True
    return not others or any(alike(bare, bare_title(edges.page.text(n))) for n in others[:8])


def _place(edges: Edges, number: int) -> Iterator[str]:
    first, last = edges.prose
    numbers = edges.numbers
    yield (
        "before the text" if number < first else "after the text" if number > last
        else "the first paragraph" if number == first
        else "the last paragraph" if number == last
        else "between the text"
    )  # fmt: skip
    from_start, from_end = number - numbers.start, numbers.stop - 1 - number
    if from_start == 0:
        yield "the first line"
    elif from_start <= 2:  # noqa: PLR2004
        yield "near the start"
    if from_end == 0:
        yield "the last line"
    elif from_end <= 2:  # noqa: PLR2004
        yield "near the end"
    if number in edges.touched:
        yield "a part is noise already"
    if number == first - 1:
        yield "right above the text"
    if number == last + 1:
        yield "right below the text"
    yield from _neighbours(edges, number)


def _neighbours(edges: Edges, number: int) -> Iterator[str]:
    """What is noise already: beside a line, and between it and the edge or the text."""
    first, last = edges.prose
    numbers, marked = edges.numbers, edges.marked
    from_start, from_end = number - numbers.start, numbers.stop - 1 - number
    order = edges.order
    below_text = bisect_left(order, number) - bisect_right(order, last)
    below = len(order) - bisect_right(order, number)
    if number > last and from_end and below == from_end:
        yield "only noise below"
    above = bisect_left(order, number)
    if number < first and from_start and above == from_start:
        yield "only noise above"
    if number > last + 1 and below_text == number - last - 1:
        yield "only noise since the text"
    near = (number - 1 in marked) + (number + 1 in marked)
    if near:
        yield "noise on one side" if near == 1 else "noise on both sides"
    yield "the page has noise" if marked else "the page has no other noise"
    if len(order) > 5:  # noqa: PLR2004
        yield "the page is full of noise"


def _form(edges: Edges, number: int, printed: str, text: str) -> Iterator[str]:
    size = len(printed)
    sizes = ((4, "a few characters"), (12, "a short line"), (30, "half a line"), (60, "a line"))
    yield next((name for most, name in sizes if size <= most), "a long line")
    if printed[-1:] in SENTENCE_ENDS:
        yield "ends a sentence"
    elif printed[-1:] in ":：,，、；;":
        yield "goes on below"
    elif SENTENCE_MARK.search(printed):
        yield "breaks off"
    if SALUTATION.match(printed):
        yield "is a salutation"
    han = sum(map(len, HAN.findall(text)))
    if not han:
        yield "has no Chinese"
    elif han * 2 < size:
        yield "has little Chinese"
    line = edges.page.lines[number]
    if line.link_density > 0.5:  # noqa: PLR2004
        yield "is mostly links"
    if line.role in ("heading", "list", "caption"):
        yield f"is a {line.role}"
    times = edges.counts[printed]
    if times > 1:
        yield "stands there twice" if times == 2 else "stands there three times"  # noqa: PLR2004


def _words(edges: Edges, number: int) -> Iterator[str]:
    """How many of the line's words (pairs of characters) the text has, and the noise has."""
    text = edges.heard(number).text
    pairs = {run[i : i + 2] for run in HAN.findall(text) for i in range(len(run) - 1)}
    if not pairs:
        return
    if len(edges.text) >= ENOUGH_TEXT:
        body = edges.pairs
        share = sum(pair in body for pair in pairs) / len(pairs)
        if not share:
            yield "no word of the text"
        elif share < 0.2:  # noqa: PLR2004
            yield "hardly a word of the text"
        elif share > 0.5:  # noqa: PLR2004
            yield "words of the text"
    share = sum(pair in edges.noise for pair in pairs) / len(pairs) if edges.marked else 0
    if share > 0.4:  # noqa: PLR2004
        yield "words of the noise"
    elif share > 0.1:  # noqa: PLR2004
        yield "a word of the noise"
