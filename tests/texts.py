"""
Texts for the tests: noise that the rules know, look-alikes, prose, and odd characters.

`TEXTS` is a Hypothesis strategy for whole pages, made of all of them, cut and glued. The
prose is written for the project; `document` makes a plain, whole text around a line.
"""

from __future__ import annotations

from hypothesis import strategies as st

from cleaners import packs
from cleaners.document import Document, Rejected
from cleaners.pages import PYTHON_RULES
from cleaners.repair import REPAIRS
from cleaners.rules import Rule
from cleaners.variants import SIMPLIFIED, TRADITIONAL

PACK_RULES: tuple[Rule, ...] = tuple(rule for pack in packs.shipped() for rule in pack.rules)
RULES: tuple[Rule, ...] = (*PACK_RULES, *PYTHON_RULES)

TO_TRADITIONAL = str.maketrans(SIMPLIFIED, TRADITIONAL)
TO_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
LINE_BREAKS = ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")

NOISE = tuple(e.text.replace("⏎", "\n") for rule in RULES for e in rule.examples)
LOOKALIKES = tuple(e.text.replace("⏎", "\n") for rule in RULES for e in rule.counterexamples)
SHORT = 50  # characters; a look-alike this short may stand where the tail of a page stands
# These mean something in the middle of a text; below it they are what sites print there.
TAILS = frozenset({"小编精选", "点击下一页", "目录", "标题\n副标题\n正文"})
DAMAGE = tuple(damaged for kind in REPAIRS for damaged, _ in kind.examples) + tuple(
    e.text for kind in REPAIRS for e in kind.counterexamples
)

PROSE = (
    "入冬以后，河湾镇的渡口停了船，对岸的人进城要绕二十里山路，赶集的日子比从前少了一半。",
    "镇上的老木匠说，他年轻的时候这条河年年结冰，孩子们在冰面上拉着板凳跑，谁也不怕掉下去。",
    "后来修了水电站，河水一年四季都是温的，冰没有了，雾却多起来，常常到中午才散。",
    "他把刨子放下，抬头看了看天色，慢慢地说：“雾大的日子，木头不好干，活儿也就做得慢。”",
    "今年春天，村里的三户人家合伙买了一条小船，专门在雾里摆渡，收的钱刚够买柴油。",
    "有人问他们图什么，为首的那位大嫂笑着回答，河两边都是亲戚，总得有人来回走一走。",
    "到了夏天，水涨上来，码头的石阶淹了五级，孩子们就坐在第六级上洗脚、钓鱼、写作业。",
    "这样的日子过得不快也不慢，等人们想起来要修桥的时候，船已经划了整整九年。",
)
ELSEWHERE = (
    "The ferry stopped in winter, and people walked twenty miles around the bend.",
    "Зимой паром не ходил, и люди шли в обход двадцать вёрст.",
    "겨울에는 배가 다니지 않아서 사람들은 산길로 돌아갔다.",
    "عندما توقفت العبّارة سار الناس حول الجبل.",
)
TITLES = (
    "河湾镇渡口纪事",
    "在全镇冬修水利会议上的讲话",
    "全镇冬修水利会议讲话范文",
    "第三章 雾里的船",
    "关于修桥的几点意见",
)
SALUTATIONS = ("同志们：", "各位领导、各位来宾：", "亲爱的同学们,", "大家好!")
HEADINGS = (
    "渡口发言稿3篇",
    "渡口发言稿篇1",
    "渡口发言稿篇2",
    "渡口发言稿篇3",
    "第一篇：修桥",
    "第二篇：修桥",
    "篇1",
    "篇2",
    "范文1：修船",
    "范文2：修船",
    "一、提高认识，统一思想",
    "（二）抓好落实",
)
ODD = (
    "\u200b", "\u200d", "\ufeff", "\xad", "\u202e", "\ufe0f", "👨\u200d👩\u200d👧", "🅀", "𝟙", "𠮷",
    "\ud83d", "\ude00", "\x00", "\x1b", "\x7f", "\ufffe", "\ufffd", "⼈", "⻓", "①", "⑫", "❸",
    "立占", "君羊", "Ａ", "İ", "ẞ", "ﬁ", "\u3000", "\t", "\xa0", "“", "”", "「", "【", "】", "(", "）",
    "。", "!", "?", "，", "…", "&nbsp;", "#xff1a;", "x0dx0a", "\\n", "```", "|", "12345678901234567890",
    "加微信", "qq:", "http://a.example/b", "a@b.example",
)  # fmt: skip


def _variants(line: str) -> st.SearchStrategy[str]:
    """A line as it stands, in Traditional characters, full-width, or bent in one place."""
    return st.one_of(
        st.just(line),
        st.just(line.translate(TO_TRADITIONAL)),
        st.just(line.translate(TO_WIDE)),
        st.tuples(st.integers(0, len(line)), st.sampled_from(ODD)).map(
            lambda bend: line[: bend[0]] + bend[1] + line[bend[0] :]
        ),
        st.tuples(st.integers(0, len(line)), st.integers(0, len(line))).map(
            lambda cut: line[min(cut) : max(cut)]
        ),
    )


KNOWN = st.sampled_from(NOISE + LOOKALIKES)
CLEAN_LINES = st.sampled_from(PROSE + TITLES + SALUTATIONS + HEADINGS)
LINES = st.one_of(
    CLEAN_LINES,
    KNOWN,
    st.sampled_from(NOISE).flatmap(_variants),
    st.sampled_from(DAMAGE + ELSEWHERE).flatmap(_variants),
    st.lists(st.sampled_from(ODD), max_size=4).map("".join),
    st.lists(st.one_of(KNOWN, CLEAN_LINES), min_size=2, max_size=3).map("".join),
)
BREAKS = st.sampled_from(("\n", "\n", "\n", "\n\n", *LINE_BREAKS, "", " ", "\n　　"))
TEXTS = st.lists(st.tuples(LINES, BREAKS), max_size=14).map(
    lambda pieces: "".join(piece for pair in pieces for piece in pair)
)
# Without anything that `clean` could take for markup.
PLAIN_LINES = st.sampled_from([line for line in NOISE + LOOKALIKES if "<" not in line])
PLAIN_TEXTS = st.lists(st.one_of(CLEAN_LINES, PLAIN_LINES), min_size=1, max_size=12).map("\n".join)


def document(*middle: str, head: tuple[str, ...] = (), tail: tuple[str, ...] = ()) -> str:
    """Eight paragraphs of prose, with lines above, in the middle of and below them."""
    return "\n".join((*head, *PROSE[:4], *middle, *PROSE[4:], *tail))


def may_end_a_text(line: str) -> bool:
    """Whether a look-alike has to stay as the last line of a text, too."""
    return len(line) <= SHORT and line not in TAILS


def page_of(results: list[Document | Rejected]) -> list[Document]:
    return [result for result in results if isinstance(result, Document)]
