"""
Identifiers of persons in what was cut, made unreadable: telephone numbers, accounts, mail, ID numbers.

Cuts are kept as evidence, and much of what is cut are the numbers and accounts of sellers
and editors. Who publishes a dataset wants the evidence and not the numbers. Each letter and
digit of an identifier becomes █, one for one, so that all offsets stay, and `rebuild` makes
the same text: what is kept is never touched, since an office's telephone in a notice is text.

Masked are the cuts and what they harvested, the same places in `original` and in flags, and
metadata as it is printed. In cuts every number of seven digits and more counts, unless it is
a date, part of an address, or the number of a licence or a book: evidence that says a little
less does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from cleaners.document import Document, Flag, Harvested, Removal
from cleaners.fold import SEPARATORS, SPELLED_OUT, Folded, fold, tighten

MASKING = "identifiers@1"  # changes with whatever changes what is masked
MASK = "█"
LEAST = 5  # characters of an identifier that is looked for in metadata, too
FEWEST = 4  # letters and digits of one: a@b.cn
CONTEXT = 24  # characters before a cut in which its number may be announced: 微信： on a line kept

_NUMERALS = "[0-9〇零一二三四五六七八九幺]"
_GAP = f"[{re.escape(SEPARATORS.replace(',', '').replace('、', '').replace('。', ''))}]{{0,2}}"
_WORDS = (
    "微信|薇信|威信|徽信|维信|微 ?x|v ?信|[vw] ?x|wei ?xin|wechat|q ?q|扣扣|球球|企鹅|[q扣]群|q ?裙|扣号|加[微薇v扣q]|[微薇v]:"
    "|telegram|whats ?app|电报|飞信|旺旺|陌陌|抖音号?|快手号?|手机|电话|热线|座机|传真|致电|来电|tel|phone|mobile|fax"
    "|身份证|护照|银行卡|卡号|账号|帐号|收款|支付宝|邮箱|e-?mail|联系"
)
_BETWEEN = "(?:公众|平台|号码?|群|账|帐|id|同|是|为|加|搜|请|客服|老师|方式|人|咨询|[ \n:_=—>\\-()\\[\\]\"'|/~]){0,8}"

_MAIL = re.compile(
    r"[0-9a-z][-0-9a-z._+]{0,60} ?(?:@|#|\(at\)|\[at\]|\(a\)) ?[0-9a-z][-0-9a-z]{0,40}"
    r"(?: ?(?:\.|\(dot\)|点) ?[a-z][-0-9a-z]{1,20}){1,3}"
)
_ACCOUNT = re.compile(f"(?:{_WORDS}){_BETWEEN}(?P<it>[0-9a-z][-_0-9a-z]{{4,28}})")
_SPACED = f"[0-9](?:{_GAP}[0-9])"  # with what comes behind: how often
_CALLED_NUMBER = f"(?:{_SPACED}{{4,}}x?|{_NUMERALS}{{5,}})"
_CALLED = re.compile(
    f"(?:{_WORDS}){_BETWEEN}(?P<it>{_CALLED_NUMBER}(?:[、,;和或/ ]{{1,2}}{_CALLED_NUMBER})*)"
)
_NUMBER = re.compile(f"{_SPACED}{{6,}}(?:{_GAP}x)?|{_NUMERALS}{{7,}}")
_MOBILE = re.compile(f"(?<![0-9])1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])")
_CITIZEN = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{4}[0-9x](?![0-9a-z])"
)
_IN_ADDRESS = re.compile(
    r"(?:uin|qq|wx|wechat|weixin|tel|phone|mobile|mail|email)=(?P<it>[^&#\s]+)"
)
_NO_PERSON = re.compile(
    r"(?P<url>(?:https?://|www\.)[0-9a-z][-0-9a-z._~:/?#@!$&*+=%]*)"
    r"|icp ?(?:备案?|证)?(?:序号|号)?:? ?[0-9][-0-9]*|公网安备 ?[0-9]+"
    r"|(?:许可证|备案|批准文号|信用代码|统一书号|国统字|广审|经营证)[^0-9\n]{0,12}[0-9][-0-9a-z]*"
    r"|(?:索引号|文号|编号|编码|序号|订单号)[^0-9\n]{0,6}[0-9][-0-9a-z/]*"
    r"|is[bs]n[^0-9\n]{0,4}[0-9][-0-9x]*|cn ?[0-9]{2}-[0-9]{4}"
    r"|(?<![0-9])(?:19|20)[0-9]{2} ?[-./年] ?(?:1[0-2]|0?[1-9])(?: ?[-./月] ?(?:3[01]|[12][0-9]|0?[1-9]))?(?![0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2} ?[-~至] ?(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?<![0-9])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?![0-9])"
)
_DIGITS = re.compile("[0-9]+")
# Everything that may be a letter or digit in the folded view, and Chinese numerals. An identifier
# has several of them, most lines of Chinese have none.
MAYBE = re.compile(
    "[0-9A-Za-z\xb2\xb3\xb9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59"
    "\u2070-\u209c\u2460-\u24ff\u2776-\u2793\uff10-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f189"
    "〇零一二三四五六七八九幺]"
)
# Said in forms of their own, which hold no identifier of a person but digits all the same.
_FORMAL = frozenset({
    "published", "modified", "updated", "declared_url", "canonical_url", "url", "doc_number", "language",
    "licence", "keywords", "file_name",
})  # fmt: skip

ACCOUNT = "账号"  # what rules call account

Span = tuple[int, int]


def mask(document: Document) -> Document:
    """
    The document without the identifiers in its evidence; itself when there are none.

    The same document gives the same result, and a masked one gives itself.

    >>> from cleaners.clean import clean_text, rebuild
    >>> page = "同志们：\\n今天请大家来，只说一件事：把沟渠修一遍。\\n青竹文行整理，咨询QQ206000000"
    >>> [masked] = map(mask, clean_text(page))
    >>> masked.removals[-1].text
    '青竹文行整理，咨询QQ█████████'
    >>> rebuild(masked) == masked.text
    True
    """
    original, hidden = _without(document)
    base = document.segment.start
    made = replace(
        document,
        original=original,
        removals=tuple(_removal(cut, original, base) for cut in document.removals),
        flags=tuple(_flag(flag, document.original, original, base) for flag in document.flags),
        metadata={name: _fact(name, fact, hidden) for name, fact in document.metadata.items()},
    )
    return document if made == document else made


def identifiers(text: str, *, every_number: bool = True) -> list[Span]:
    """
    Where identifiers of persons stand in a text, sorted, disjoint.

    every_number  count all numbers of seven digits and more; without it those whose form or
                  whose neighbour says what they are

    >>> text = "2024-03-05 10:30 加微信：ａbc_123，电话 138-0000-0000"
    >>> [text[a:b] for a, b in identifiers(text)]
    ['ａbc_123', '138-0000-0000']
    """
    if len(MAYBE.findall(text)) < FEWEST:
        return []
    view = fold(text)
    spans = [*_said_to_be(view)]
    if SPELLED_OUT.search(view.text):  # 加★微★信
        spans += _said_to_be(tighten(view))
    for m in _NO_PERSON.finditer(view.text):
        if m["url"]:
            spans += _told(view, _IN_ADDRESS, *m.span("url"))
    plain = view._replace(text=_NO_PERSON.sub(lambda m: "\0" * len(m[0]), view.text))
    for pattern in (_MOBILE, _CITIZEN, *((_NUMBER,) if every_number else ())):
        spans += _told(plain, pattern)
    return _joined(spans)


def _said_to_be(view: Folded) -> Iterator[Span]:
    """Mail, and what a word before it says to be an account or a number."""
    for pattern in (_MAIL, _CALLED, _ACCOUNT):
        yield from _told(view, pattern)


def _told(
    view: Folded, pattern: re.Pattern[str], start: int = 0, end: int | None = None
) -> Iterator[Span]:
    """Where a pattern, or its group `it`, stands in what the view was made from."""
    which = "it" if "it" in pattern.groupindex else 0
    for m in pattern.finditer(view.text, start, len(view.text) if end is None else end):
        if not m[which].startswith(("http", "www")) and not _counts_up(m[which]):
            yield view.origin(*m.span(which))


def _counts_up(said: str) -> bool:
    """1 2 3 4 5 6 7: the numbers of pages."""
    numbers = [int(digits[:9]) for digits in _DIGITS.findall(said)]
    return len(numbers) > 1 and all(b - a == 1 for a, b in pairwise(numbers))


def _joined(spans: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out


def _without(document: Document) -> tuple[str, list[str]]:
    """`original` without the identifiers in its cuts; and these, the longest first."""
    original, hidden = document.original, set[str]()
    while True:  # what is gone may have kept its neighbour from being seen
        spans = list(_in_cuts(document, original))
        masked = _masked_at(original, spans)
        if masked == original:
            return original, sorted(hidden, key=lambda said: (-len(said), said))
        hidden |= {original[a:b] for a, b in spans if b - a >= LEAST}
        original = masked


def _in_cuts(document: Document, original: str) -> Iterator[Span]:
    """
    Identifiers within the cuts, as offsets in `original`.

    Cuts that follow on each other are read as one: 微信： may be one line and one cut, and
    the account the next.
    """
    base = document.segment.start
    for start, end in _stretches(document.removals):
        cut = max(0, start - base), end - base
        before = max(0, cut[0] - CONTEXT)
        for a, b in identifiers(original[before : cut[1]]):
            if b + before > cut[0]:
                yield max(a + before, cut[0]), b + before


def _stretches(cuts: Sequence[Removal]) -> Iterator[Span]:
    start = end = -1
    for cut in cuts:
        if cut.start > end:
            if start >= 0:
                yield start, end
            start = cut.start
        end = cut.end
    if start >= 0:
        yield start, end


def _masked_at(text: str, spans: Sequence[Span]) -> str:
    out: list[str] = []
    at = 0
    for start, end in spans:
        out += text[at:start], _hidden(text[start:end])
        at = end
    return "".join((*out, text[at:]))


def _hidden(said: str) -> str:
    """Separators stay, so that one sees what sort of thing it was."""
    return "".join(c if _stays(c) else MASK for c in said)


def _stays(c: str) -> bool:
    return not (c.isalnum() or fold(c).text.isalnum())


def _removal(cut: Removal, original: str, base: int) -> Removal:
    text = original[cut.start - base : cut.end - base]
    if text == cut.text:
        return cut
    harvest = {name: _harvest(name, value, cut.text, text) for name, value in cut.harvest.items()}
    return replace(cut, text=text, harvest=harvest)


def _harvest(name: str, value: str, cut: str, masked: str) -> str:
    """What was harvested from a cut: as it stands in the masked cut, where it stands there."""
    at = cut.find(value)
    if value and at >= 0:
        return masked[at : at + len(value)]
    return _said(name, value, every_number=True)


def _flag(flag: Flag, before: str, after: str, base: int) -> Flag:
    at = slice(flag.start - base, flag.end - base)
    return replace(flag, text=after[at]) if flag.text == before[at] else flag


def _fact(name: str, fact: Harvested, hidden: Sequence[str]) -> Harvested:
    """A fact without what was hidden in a cut, which it may have come from, and its like."""
    if name in _FORMAL or isinstance(fact.value, int):
        return fact
    said, value = fact.said, fact.value
    for one in hidden:
        said = said.replace(one, _hidden(one))
        value = value and value.replace(one, _hidden(one))
    same = said == value
    said = _said(name, said)
    value = said if same else value and _said(name, value)
    return (
        fact if (value, said) == (fact.value, fact.said) else replace(fact, value=value, said=said)
    )


def _said(name: str, text: str, *, every_number: bool = False) -> str:
    """A value with its name before it: an account is told by what it is called."""
    label = f"{ACCOUNT if name == 'account' else name}:"
    spans = identifiers(label + text, every_number=every_number)
    size = len(label)
    return _masked_at(text, [(max(0, a - size), b - size) for a, b in spans if b > size])
