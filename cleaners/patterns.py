"""
The language of patterns: RE2 over the folded view, with names for what RE2 lacks.

What people type is what is matched: a pattern is folded as texts are (：is `:`), and
`{{contact}}` stands for every spelling of its kind. RE2 is linear whatever the input.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import re2

from cleaners.fold import ONE_TO_ONE

# google-re2 has no types of its own that a checker could know.
Pattern: TypeAlias = Any
Match: TypeAlias = Any

# The group that says which part of a match is the hit, where what stands around it only
# has to be there: RE2 has no look-around.
CUT = "cut"

# RE2 reads \s, \d, \w and \b as ASCII: \w is not "字", and so \b finds no word in
# Chinese. Packs write these names instead.
NAMES = {
    "ws": " ",
    "han": r"\p{Han}",
    "digit": "[0-9]",
    "num": "(?:[0-9]{1,4}|[一二三四五六七八九十百零〇两]{1,5})",
    "name": r"[\p{Han}a-z0-9·]",
    "dash": "[-—_=.·。…~*#─]",
    # Of which several characters of a row stand apart; for brackets: [{{signs}}], [^{{signs}}].
    "signs": "♂♀★☆ˊˋ♡♥♠♣●○◎◇◆■□▲△※÷╱╲╳◥◤▓░✦✧✿❀♪",
    "date": (
        r"(?:19|20)[0-9]{2} ?[-./年] ?[0-9]{1,2}(?: ?[-./月] ?[0-9]{1,2} ?日?|月)?"
        r"(?:[ t]*[0-9]{1,2}[:时][0-9]{1,2}(?:[:分][0-9]{1,2}秒?)?)?"
    ),
    "url": r"(?:https?://|www\.)[0-9a-z][-0-9a-z._~:/?#@!$&*+=%]*",
    "domain": (
        r"(?:[0-9a-z][-0-9a-z]{0,40}\.){1,4}"
        r"(?:com|cn|net|org|cc|la|info|me|top|vip|xyz|tv|co|io|site|club|work|ltd|tw|hk|app|wang|pro|online|shop|tech|fun|example)(?:\.(?:cn|tw|hk))?"
    ),
    "mail": r"[0-9a-z][-0-9a-z._+]{0,60}(?:@|#|\(at\))[0-9a-z][-0-9a-z.]{1,60}",
    # Every spelling of a way to reach a private account. None of them is noise by itself.
    "contact": (
        "(?:微信|薇信|威信|徽信|维信|微 ?x|v ?信|[vw] ?x|wei ?xin|wechat|公众号|公众帐号|公众账号|q ?q|扣扣|球球|企鹅"
        "|q群|扣群|q ?裙|客服|手机|电话|邮箱|二维码|小程序|抖音|微博|网址|官网)"
    ),
    # What stands behind a by-line: 浏览次数：128 【字体：大 中 小】 打印
    "counts": (
        r"(?:[ |\[]+(?:浏览|点击|阅读|访问|评论|人气|点赞|收藏|字体|字号|打印|关闭|分享|大|中|小|次数|量|数|[0-9]+|次"
        r"|[:()\]\[])+)*"
    ),
    "account": r"[0-9a-z][-_0-9a-z ]{2,28}[0-9a-z]",
}
NAMED = re.compile(r"\{\{(\w*)\}\}")
ASCII_ONLY = re.compile(r"(?<!\\)(?:\\\\)*(\\[sdwbSDWB])")
SPECIAL = frozenset("\\.+*?()[]{}|^$-")


# What may stand before a line that a rule takes whole: quotes and lists of Markdown, ornaments.
MARKUP = " >*#◎■□●○◆◇►▶▪•※★☆→"


def spelled(pattern: str) -> str:
    """
    A pattern in the spelling of the folded view, with its names filled in.

    >>> spelled("来源：{{han}}+")
    '来源:\\\\p{Han}+'
    """
    return NAMED.sub(lambda m: NAMES.get(m[1], m[0]), _fold_pattern(pattern))


def anchored(pattern: str) -> str:
    """A pattern that has to match a line from its first character to its last, markup aside."""
    return f"^[{MARKUP}]*(?:{pattern})[ *]*$"


def _fold_pattern(pattern: str) -> str:
    """The pattern in the spelling of the folded view: what people type is what is matched."""
    return "".join(map(_fold_pattern_character, pattern))


def _fold_pattern_character(c: str) -> str:
    folded = ONE_TO_ONE.get(ord(c), c)
    # ASCII stays as it is: it is the pattern's own language (\p{Han} has a capital letter).
    if c.isascii() or folded == c:
        return c
    return "\\" + folded if folded in SPECIAL else folded


OPTIONS = re2.Options()
OPTIONS.log_errors = False  # we report the error ourselves
OPTIONS.never_nl = True  # a hit never goes beyond its line: [^。] is no line feed
OPTIONS.max_mem = 64 << 20  # bytes; one pattern's automaton


def compile_source(source: str) -> Pattern:
    return re2.compile(source, options=OPTIONS)


class Linear:
    """
    A pattern of Python's that could divide a text in more ways than can be tried, asked by RE2.

    >>> Linear("(?:[a.]+[.b]*)+$").search("." * 1000 + "c")
    False
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._compiled = compile_source(pattern)

    def search(self, text: str) -> bool:
        return self._compiled.search(text.encode("utf-8", "replace")) is not None


def reason(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode() if isinstance(first, bytes) else str(first)
