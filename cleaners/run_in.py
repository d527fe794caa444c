"""
What was run into somebody's sentence: an address, an offer or a slogan with no mark around it.

    镇上的老木匠说，他年轻的时加微信moshi2060看全文候这条河年年结冰。

A pattern tells that a site speaks, and hardly where it begins: its hit is the clause or the
sentence. Where the words of the site stand together (a `Group`) and the author's are glued to
them, only they are to go. An author who sends his reader somewhere says so with a word before it
(可, 请, 在), and what an account is good for behind it (领取, 咨询).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from cleaners.compare import header
from cleaners.document import Line
from cleaners.matching import Hit
from cleaners.page import Mark, Page, Part
from cleaners.voice import VOICE, numbers_of

RUN_IN = header(
    "run-into-a-clause", "watermark",
    "网址或账号插在一句话中间，前后都没有标点，也没有叫人去的字：去掉以后句子是通的。",
    "年轻的时访问某某书屋www.example.com下载候这条河年年结冰。", "市民可登录www.example.com查询办理进度。", "前面有“可、请、在”，是作者自己叫人去的",
)  # fmt: skip
CLAUSE = header(
    "clause-of-a-site", "site_promo",
    "一句话中间插了一个分句，几乎全是网站的话，前后的分句里一个网站的词也没有。",
    "老街两旁的铺子已经陆续卸下门板，扫码进群领资料，豆浆的香气从巷口飘过来。", "她说“扫码进群领资料”，说得很快，旁边的人都没有抬头。", "有人在说，引号里的话是故事的",
)  # fmt: skip
RULES = (RUN_IN, CLAUSE)

NAME = 4  # characters between two words of a site: a name
OFFER = 10  # of what is offered before it
FEWEST = 4  # characters of a group
BESIDE, FEW = 60, 0.2  # so many characters beside it have no more words of sites
FOREIGN = 10  # Chinese characters beside it, at least
PARAGRAPH = 30  # Chinese characters beside what was run into a line
LONGEST = 600  # characters of a hit that is looked at
GOES_ON = 3  # letters and digits of a sentence that goes on
CLAUSE_HAN = range(6, 25)  # how many Chinese characters a clause has
NEARBY = 10_000  # characters: a larger text is not searched from end to end
SLOGAN, SLOGAN_WORDS = 7, 3  # characters of one, and words of sites
CLAUSE_WORDS, CLAUSE_SHARE = 2, 0.7  # different words of sites, and of its characters in them

# Kinds whose hits may be longer than what the site says.
KINDS = frozenset(("contact_spam", "site_promo", "watermark", "trial_cutoff"))
# Lawyers have clauses without a word of sites: of theirs only hits that begin in mid-clause.
INSIDE = frozenset(("copyright_disclaimer", "comment_ui", "pagination", "anti_copy_injection"))
HAN = re.compile("[\u4e00-\u9fff]")
LETTER = re.compile(r"\w")
STOP = re.compile("[。！？!?…]")
CLAUSE_END = re.compile("[，。；：！？、,;:!?…]+")
ENDS_CLAUSE = frozenset("，。；！？,;!?…")
SET_OFF = frozenset(",，。；：！？!?;: \u3000")
# A quotation, a number or a program makes no clause of a site.
NO_CLAUSE = re.compile(r"""[0-9A-Za-z“”「」『』《》"'()（）<>\[\]]""")
# An address or an account, with how it is announced in other than plain words.
ADDRESS = re.compile(
    r"(?:[+➕加]? ?(?:[vwq]x?|qq|[微薇威徽扣])[信号群]?[^\w\s]?[:： ]{0,2})?"
    r"(?:[0-9a-z](?=[0-9._:/@+~-]*[a-z])[0-9a-z._:/@+~-]{3,}(?: ?点 ?(?:com|cn|net|org|cc))?|[0-9]{5,})"
)
LATIN = re.compile("[0-9a-z][0-9a-z.]{3}")
DOMAIN = r"https?://|www\.|(?:[0-9a-z][.。]|点)(?:com|cn|net|org|cc|la|info|top|xyz|vip|example)(?![0-9a-z])"
PLAIN = re.compile(  # such a one that is nothing else
    rf"{DOMAIN}|[vwq]x ?:? ?[0-9a-z]{{5}}|(?:q群?|qq|[微薇]信?|[加➕+]v)[号:： ]{{0,2}}[0-9a-z]{{5}}"
)
SENTENCE = re.compile('[,;"“”。!?]')
# What stands before an offer when the author of the sentence makes it, and behind an account.
LEADS = frozenset("请以可迎者并再先们要想友学接或和与需您你快的")
MAY_FOLLOW = frozenset("为和我您你他她来送看聊询哦吧呀啦哟等或并邀帮谈")
FOLLOWS = re.compile(
    "即可|免费|进[群行入]|一[起对同]|获|领|取|咨|了解|备注"
    "|拉你|发[送给你]|学习|交流|购买|报[名价]|预约|索|带你|解[答锁]"
)
GOODS = (  # what is offered
    "(?:最新|全[文本部集套]|完整版?|高清|原[文图稿]|电子版|pdf|PDF|[Ww]ord|资[料源]|更多|福利|后续|答案|真题|课件|视频"
    "|源文件|大礼包|章节|番外|无删减|小说|一份)"
)
WANTED = re.compile(
    f"(?:(?:有?需要|想[要看]|获取|索取|下载|请看|查看|求)(?:{GOODS}|[的版])*|看{GOODS}(?:{GOODS}|[的版])*)$"
)
PURPOSE = re.compile(  # what an account is good for
    f"(?:即可|免费|来)?(?:看|领取?|获取|索取|要|下载|查看|阅读|学|听){GOODS}+"
)
# The small words beside which an author has a name or an address.
BEFORE = LEADS | frozenset("在是及到从向用于为把被将对让给有这那个该其每由上过说叫去以跟同来找了")
BEHIND = frozenset("的了在是和与及或上里中内等也都还就又会将有为能可以要被把让给向对来去说这那")
# Between two words of sites such a character is the author's.
BETWEEN = frozenset("的由了是把被将对从有这那个与和")


def _of(*voices: str) -> frozenset[str]:
    return frozenset(word for voice in voices for word in VOICE[voice].split())


# Texts have these of themselves as well: at an edge, and set apart, they are the author's.
WEAK = _of("counts or dates", "leads elsewhere", "markets itself")
ASKS = _of("calls on the reader", "sells", "is a button", "asks for applause") | {"阅读"}
SITES = _of("names a site")


class Said(NamedTuple):
    """A word of sites, or an address, in the view."""

    start: int
    end: int
    word: str  # nothing for an address


class Group(NamedTuple):
    """Words of sites and addresses that stand together: where, in the original."""

    start: int
    end: int
    addressed: bool


def run_in(page: Page, line: Line, hit: Hit) -> tuple[int, int] | None:
    """
    What of a hit was run into a clause of its line: offsets into the original.

    None when nothing was, or the author's words do not show it.
    """
    low, high = max(line.start, hit.start - BESIDE), min(line.end, hit.end + BESIDE)
    inside = hit.start > line.start and _is_han(page, hit.start - 1)
    may = hit.rule.kind in KINDS or (inside and hit.rule.kind in INSIDE)
    if not may or high - low > LONGEST:
        return None
    groups = [g for g in _groups_in(page, low, high) if g.start < hit.end and g.end > hit.start]
    if len(groups) > 1:
        groups = [group for group in groups if group.addressed]
    if len(groups) != 1:
        return None
    [(a, b, addressed)] = groups
    # A hit that begins or ends in mid-clause knows where a name begins or ends.
    if inside and 0 < a - hit.start <= NAME:
        a = hit.start
    names = 0 < hit.end - b <= NAME and _is_han(page, hit.end)
    if names and not STOP.search(page.original, b, hit.end):
        b = hit.end
    if wanted := WANTED.search(page.original[max(line.start, a - OFFER) : a]):
        a -= len(wanted[0])
    if addressed and (purpose := PURPOSE.match(page.original, b)):
        b = purpose.end()
    if hit.rule.reach == "span" and a != hit.start:
        return None  # its pattern knows where it begins, and takes along what follows at most
    group = Group(a, b, addressed)
    if hit.rule.reach == "line" and _han(page, low, a) + _han(page, b, high) < PARAGRAPH:
        return None  # its pattern knows all of the line
    return (a, b) if _is_glued(page, line, group) or _is_put_before(page, line, group) else None


def run_into_text(page: Page, part: Part, taken: frozenset[int]) -> Iterator[Mark]:
    """What of a site stands in sentences of a part and no rule has heard of; not on `taken` lines."""
    for n in page.lines_between(part.start, part.end):
        line = page.lines[n]
        if n in taken or not page.is_prose(n):
            continue
        spoken, first, last = page.stretch(line.start, line.end)
        if LATIN.search(spoken.text, first, last) and PLAIN.search(spoken.text, first, last):
            yield from _addresses(page, line)
        words = spoken.words(first, last)
        weak = _weak()
        strong = [(a, b) for word, a, b in words if word not in weak]
        if any(b - a <= CLAUSE_HAN[-1] for (a, _), (_, b) in pairwise(strong)):
            yield from _clauses(page, line)
        if any(b - a <= CLAUSE_HAN[-1] for (a, _), (_, b) in zip(strong, strong[2:], strict=False)):
            yield from _slogans(page, line)


def _addresses(page: Page, line: Line) -> Iterator[Mark]:
    """Addresses with no mark beside them, between words that no author parts."""
    for group in _groups_in(page, line.start, line.end):
        said = page.folded(group.start, group.end)
        plain = group.addressed and PLAIN.search(said) and not SENTENCE.search(said)
        if plain and _is_glued(page, line, group):
            before, behind = page.original[group.start - 1], page.original[group.end]
            if before not in BEFORE and behind not in BEHIND:
                yield Mark(RUN_IN, group.start, group.end)


def _slogans(page: Page, line: Line) -> Iterator[Mark]:
    """Several words of a site on end, which break a word that the text has elsewhere."""
    for group in _groups_in(page, line.start, line.end):
        start, end, _ = group
        said = page.original[start:end]
        if len(said) < SLOGAN or NO_CLAUSE.search(said) or not _is_glued(page, line, group):
            continue
        before, behind = page.original[start - 1], page.original[end]
        if (
            before not in BEFORE
            and behind not in BEHIND
            and _is_voiced(page, start, end, SLOGAN_WORDS)
            and _parts_a_word(page, start, end)
        ):
            yield Mark(RUN_IN, start, end)


def _parts_a_word(page: Page, start: int, end: int) -> bool:
    """Whether the characters beside original[start:end] are a pair in the text, not too far off."""
    pair = page.original[start - 1] + page.original[end]
    low, high = max(0, start - NEARBY), end + NEARBY
    return page.original.find(pair, low, start) >= 0 or page.original.find(pair, end, high) >= 0


def _clauses(page: Page, line: Line) -> Iterator[Mark]:
    """Clauses that have hardly another word than sites have, between clauses that have none."""
    text, at = page.original, line.start
    for stop in CLAUSE_END.finditer(text, line.start, line.end):
        start, end, at = at, stop.start(), stop.end()
        if stop[0] not in ENDS_CLAUSE or end - start not in CLAUSE_HAN:
            continue
        if NO_CLAUSE.search(text, start, end):
            continue
        if _is_voiced(page, start, end):
            low, high = max(line.start, start - BESIDE // 2), min(line.end, end + BESIDE // 2)
            around = ((low, start), (end, high))
            if all(_han(page, *side) >= FOREIGN and not _strong(page, *side) for side in around):
                yield Mark(CLAUSE, start, stop.end())


def _is_voiced(page: Page, start: int, end: int, least: int = CLAUSE_WORDS) -> bool:
    """Whether a clause has hardly another word than sites have, and some that texts hardly have."""
    spoken, first, last = page.stretch(start, end)
    found = spoken.words(first, last)
    said = sum(b - a for _, a, b in found)
    different = len({word for word, _, _ in found if word not in _weak()})
    letters = _han(page, start, end)
    return letters in CLAUSE_HAN and different >= least and said >= CLAUSE_SHARE * letters


# ------------------------------------------------------------------ whose words are beside it


def _is_glued(page: Page, line: Line, group: Group) -> bool:
    """Whether a sentence of the author's goes on behind a group of which no mark sets it apart."""
    a, b, addressed = group
    if not (line.start < a and b < line.end and _is_han(page, a - 1) and _is_han(page, b)):
        return False
    if addressed and FOLLOWS.match(page.original, b):
        return False
    leads = page.original[a - 1] in LEADS
    doubted = leads or (addressed and page.original[b] in MAY_FOLLOW)
    if doubted and not (addressed and _parts_a_word(page, a, b)):
        return False
    low, high = max(line.start, a - BESIDE), min(line.end, b + BESIDE)
    return (
        _han(page, low, a) + _han(page, b, high) >= FOREIGN
        and _goes_on(page, b, line.end)
        and not any(
            _strong(page, *side) >= FEW * _han(page, *side) for side in ((low, a), (b, high))
        )
    )


def _is_put_before(page: Page, line: Line, group: Group) -> bool:
    """Whether a sentence of the author's begins right behind an address that begins a clause."""
    a, b, addressed = group
    return (
        addressed
        and b < line.end
        and (a == line.start or page.original[a - 1] in SET_OFF)
        and _is_han(page, b)
        and page.original[b] not in MAY_FOLLOW
        and not FOLLOWS.match(page.original, b)
        and _han(page, b, min(line.end, b + LONGEST)) >= 2 * FOREIGN
        and _goes_on(page, b, line.end)
        and not _strong(page, b, min(line.end, b + BESIDE // 2))
    )


def _goes_on(page: Page, start: int, end: int) -> bool:
    """Whether a sentence that is worth the name ends in original[start:end]."""
    stop = STOP.search(page.original, start, min(end, start + LONGEST))
    return stop is not None and len(LETTER.findall(page.original, start, stop.start())) >= GOES_ON


def _is_han(page: Page, at: int) -> bool:
    return HAN.match(page.original, at) is not None


def _han(page: Page, start: int, end: int) -> int:
    return len(HAN.findall(page.original, start, end))


def _strong(page: Page, start: int, end: int) -> int:
    """How many characters of original[start:end] are words that texts hardly have of themselves."""
    spoken, first, last = page.stretch(start, end)
    weak = _weak()
    return sum([b - a for word, a, b in spoken.words(first, last) if word not in weak])


@cache
def _weak() -> frozenset[int]:
    """The numbers of weak words."""
    return numbers_of(WEAK)


# ------------------------------------------------------------------------------ groups


def _groups_in(page: Page, start: int, end: int) -> list[Group]:
    """What stands together in original[start:end], in order."""
    spoken, first, last = page.stretch(start, end)
    if spoken is not page.spoken:  # repaired: the view says nothing about these places
        return []
    text = spoken.text
    addresses = [Said(*m.span(), "") for m in ADDRESS.finditer(text, first, last)]
    words = [Said(a, b, text[a:b]) for _, a, b in spoken.words(first, last)]
    said = sorted([*addresses, *words], key=lambda one: (one.start, bool(one.word)))
    groups = (_trimmed(group) for group in _together(text, said))
    found = [
        Group(*page.view.origin(group[0].start, group[-1].end), not all(one.word for one in group))
        for group in groups
    ]
    return [group for group in found if group.end - group.start >= FEWEST]


def _together(text: str, said: list[Said]) -> Iterator[list[Said]]:
    """What is no further apart than a name; behind an address only what asks for something."""
    group: list[Said] = []
    for one in said:
        if not group or one.end > group[-1].end:
            if group and not _is_near(text, group[-1], one):
                yield group
                group = []
            group.append(one)
    if group:
        yield group


def _is_near(text: str, last: Said, one: Said) -> bool:
    between = text[last.end : one.start]
    if len(between) > NAME or between in BETWEEN:
        return False
    if last.word or (one.word in ASKS and not HAN.search(between)):
        return True
    return one.start > last.end and one.word in SITES  # m.example.com-到某某小说网


def _trimmed(group: list[Said]) -> list[Said]:
    """A group without the words at its edges that are the author's."""
    while len(group) > 1 and group[0].word in WEAK and group[0].end < group[1].start:
        group = group[1:]
    while len(group) > 1 and group[-1].word in WEAK and group[-2].end < group[-1].start:
        group = group[:-1]
    return group
