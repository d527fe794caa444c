"""Text that was bent on purpose: against copying, or to get past a filter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.repair.kind import Found, Repair, each
from cleaners.rules import Example
from cleaners.variants import SIMPLIFIED, TRADITIONAL

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
TO_SIMPLIFIED = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
_TRADITIONAL = re.compile(f"[{''.join(c for c in TRADITIONAL if c not in SIMPLIFIED)}]")
_SIMPLIFIED = re.compile(f"[{''.join(c for c in SIMPLIFIED if c not in TRADITIONAL)}]")
SAMPLE = 20_000  # characters that show which script a text is in


def _is_simplified(text: str, strange: int = 0) -> bool:
    """Whether a text is in Simplified characters, `strange` of which are known to be none."""
    sample = text[:SAMPLE]
    traditional = len(_TRADITIONAL.findall(sample)) - strange
    return traditional * 12 < len(_SIMPLIFIED.findall(sample))


# ------------------------------------------------------------------ pinyin in brackets
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_NOTED = re.compile(f"[(（](?P<say>[a-zü{_TONES}]{{1,6}})[)）]")
_TEACHING = re.compile("拼音|读音|读作|音同|生字|注音|多音字|通假|轻声|声调|念作|古音|发音")
# The first hundreds of any list of frequent characters: nobody notes how they are read.
EVERYDAY = frozenset(
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么"
    "之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很"
    "给名法间斯知世什两次使身者被高已亲其进此话常与活正感安装备信问题需业市场机电产品工程公司网务全新加入水平文化体育条"
    "件关系建设通教实单部门服量重点果数据应本价格理管车明书店路城真见听写认门红绿走远近处变"
)
_NOTES = 3  # a text with fewer may have meant them


def _pinyin(text: str) -> Iterator[Found]:
    if _TEACHING.search(text):
        return
    notes = [
        m
        for m in _NOTED.finditer(text)
        if m.start() and "\u3400" <= text[m.start() - 1] <= "\u9fff" and _TONE.search(m["say"])
    ]
    everyday = sum(TO_SIMPLIFIED.get(c := text[m.start() - 1], c) in EVERYDAY for m in notes)
    if len(notes) < _NOTES or everyday * 2 < len(notes):
        return
    strange = sum(bool(_TRADITIONAL.match(text[m.start() - 1])) for m in notes)
    simplified = _is_simplified(text, strange)
    for m in notes:
        noted = text[m.start() - 1]
        meant = TO_SIMPLIFIED.get(noted, noted) if simplified else noted
        yield m.start() - 1, m.end(), meant


_TONE = re.compile(f"[{_TONES}]")

# -------------------------------------------------------------- characters that look alike
MARTIAN = {
    "嘚": "的", "菂": "的", "鉯": "以", "莪": "我", "珴": "我", "伱": "你", "沵": "你", "迩": "你",
    "尐": "小", "吥": "不", "卟": "不", "芣": "不", "恏": "好", "哋": "地", "啝": "和",
}  # fmt: skip
_MARTIAN = re.compile(
    "嘚(?![瑟啵嘚儿吧])(?<![嘚得]嘚)|莪(?![术蒿葵])(?<![蓼菁薹]莪)|(?:(?<=“)迩(?!近)|迩(?![来近]))(?<![遐密迩]迩)|哋(?<![我你佢人等]哋)"
    "|卟(?!啉|吩)|芣(?!苢|苡)|[菂鉯珴伱沵尐吥恏啝]"
)
_OF_SLANG = re.compile("火星文|非主流|网名|脑残体")
_OFTEN = 3  # places in a text, of whatever sign


def _martian(text: str) -> Iterator[Found]:
    found = [m for m in _MARTIAN.finditer(text) if _between_words(m)]
    if len(found) >= _OFTEN and not _OF_SLANG.search(text):
        yield from ((*m.span(), MARTIAN[m[0]]) for m in found)


def _between_words(m: re.Match[str]) -> bool:
    """Whether Han characters stand on both sides, or a mark on one: no name, no list of signs."""
    text = m.string
    beside = text[max(0, m.start() - 1) : m.start()] + text[m.end() : m.end() + 1]
    return any("\u3400" <= c <= "\u9fff" for c in beside)


# What is known of one table that mirrors use. A page with other syllables has another table,
# or speaks of Korea: it is flagged (cleaners.repair.lost), not half mended.
HANGUL = {"놅": "的", "놇": "在", "그": "人", "놖": "我", "뀑": "八", "놆": "是", "놊": "不"}
_HANGUL = re.compile("[\uac00-\ud7a3]+")


def _hangul(text: str) -> Iterator[Found]:
    """Syllables of the table beside Han characters, and no others on the page."""
    found = list(_HANGUL.finditer(text))
    if len(found) >= _OFTEN and all(
        HANGUL.keys() >= set(m[0]) and _between_words(m) for m in found
    ):
        yield from ((*m.span(), "".join(HANGUL[c] for c in m[0])) for m in found)


WRONG_WORDS = {
    "勐": (("猛",), "凶勐 勇勐 迅勐 生勐 威勐 勐地 勐然 勐烈 勐兽 勐扑 勐冲 勐力 勐虎 勐将 勐涨 勐增 勐攻 勐追 勐喝 勐抬 勐吸"),
    "澹": (("淡",), "平澹 冷澹 暗澹 清澹 澹定 澹化 澹水 澹漠 澹季 澹忘"),
    "桉": (("案",), "档桉 方桉 答桉 图桉 破桉 报桉 草桉 议桉 提桉 教桉 作桉 立桉 备桉 预桉 个桉 命桉 桉件 桉子 桉情 桉发 桉例"),
    "伱": (("你",), "伱们 伱怎 伱是 伱的 伱在 伱要 伱来 伱会 伱想 伱说 伱知 伱有 伱不 伱就 伱还 伱看 伱能 伱去 伱也 伱好"),
    "楮": (("睛",), "眼楮 定楮"),
    "黒": (("黑",), "黒暗 黒色 黒夜 黒白 黒板 黒影 黒衣 漆黒 天黒 乌黒 墨黒 黝黒"),
    "髙": (("高",), "提髙 髙度 髙兴 髙级 髙中 髙考 髙速 髙大 髙低 升髙 增髙 最髙 很髙 更髙 较髙 平髙 身髙"),
}  # fmt: skip


def _wrong_words() -> tuple[re.Pattern[str], dict[str, str]]:
    meant = {
        word: word.replace(wrong, right)
        for wrong, ((right,), words) in WRONG_WORDS.items()
        for word in words.split()
    }
    return re.compile("|".join(meant)), meant


_WRONG, _RIGHT = _wrong_words()

# --------------------------------------------------------------- a sign inside of a word
# Words that filters look for. Never such as also stand for a choice (党/政, 男/女).
WORDS = """市委 省委 县委 区委 镇委 党委 政委 纪委 军委 政府 中央 书记 省长 市长 县长 局长 领导 干部 主席 总理 总统 组织
织部 常委 人大 政协 公安 警察 警方 法院 检察 司法 民事 刑事 公务 国务 军队 军区 部队 武警 特警 政治 民主 革命 起义 暴动
暴乱 游行 示威 罢工 抗议 选举 宪法 监狱 犯罪 罪犯 毒品 毒药 吸毒 贩毒 鸦片 大麻 枪支 手枪 开枪 步枪 子弹 炸药 炸弹 爆炸
凶手 杀人 杀手 杀死 尸体 血腥 暴力 恐怖 黑帮 绑架 强奸 强暴 色情 情色 欲望 情欲 性感 性爱 做爱 裸体 赤裸 内衣 内裤 衬衫
胸部 胸口 乳房 屁股 大腿 呻吟 妓女 妓院 嫖娼 卖淫 赌博 赌场 赌钱 彩票 银行 行卡 信用 现金 人民 民币 美元 贷款 微信 微博
短信 手机 邮箱 网站 网址 支付 付宝 淘宝 自杀 跳楼 堕胎 避孕 身体 护照 衬衣 亲吻 接吻 高潮 诱惑 勾引 奴隶 下体 阴谋 谋杀
迷药 春药 麻醉 政变 独立 宗教 教会 邪教 官员 贪官 贪污 腐败 行贿 受贿 鲜血 流血 血液 死亡 死人 火把 火药 匕首 刀子 毒贩"""
_PAIRS = frozenset(WORDS.split())
_FIRST = "".join({word[0] for word in _PAIRS})
_SECOND = "".join({word[1] for word in _PAIRS})
_SIGNS = "./／·•・丨|｜~～*＊#\\-＿_"
_MASKED = re.compile(f"[1-9{_SIGNS}](?<=[{_FIRST}].)(?=[{_SECOND}])")


def _masked(text: str) -> Iterator[Found]:
    done = -1
    for m in _MASKED.finditer(text):
        at, sign = m.start(), m[0]
        if at <= done or text[at - 1] + text[at + 1] not in _PAIRS:
            continue
        if sign.isdigit():
            yield at, at + 1, ""
            continue
        # 民.事.司.法: what one word of a chain proves holds for the chain.
        first = last = at
        while _single(text, first - 2, sign) and first - 2 > done:
            first -= 2
        while _single(text, last + 2, sign):
            last += 2
        for place in range(first, last + 1, 2):
            yield place, place + 1, ""
        done = last


def _single(text: str, at: int, sign: str) -> bool:
    """Whether the same sign stands at `at`, with a Han character on either side."""
    return (
        0 < at < len(text) - 1
        and text[at] == sign
        and "\u3400" <= text[at - 1] <= "\u9fff"
        and "\u3400" <= text[at + 1] <= "\u9fff"
    )


# ------------------------------------------------------------ Traditional left in Simplified
# Verbs, pronouns, particles: what no brand and no name is spelled with.
_PLAIN_WORDS = "說這個們為會時還對開過發後沒讓給問聽見間來從現點樣麼邊話種應覺"
_LEFT_OVER = re.compile(f"[{_PLAIN_WORDS}]")
_OF_SCRIPT = re.compile("繁体|简体|简化|字形|异体|古文|原文|题写|匾|碑|字体|书法")
_QUOTED = "“”‘’「」『』《》〈〉\"'"
_RARE = 0.02  # of all characters; a text with more is mixed for a reason
_LETTERS = 60  # a text with fewer characters shows nothing


def _left_over(text: str) -> Iterator[Found]:
    if len(text) < _LETTERS or not _is_simplified(text) or _OF_SCRIPT.search(text):
        return
    if len(_TRADITIONAL.findall(text)) > len(text) * _RARE:
        return
    for m in _LEFT_OVER.finditer(text):
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        alone = not _TRADITIONAL.match(before) and not _TRADITIONAL.match(after)
        if alone and before not in _QUOTED and after not in _QUOTED:
            yield *m.span(), TO_SIMPLIFIED[m[0]]


# ------------------------------------------------------------------ quotes that face away
_QUOTE = re.compile("[“”\n]")
_OPENS_AFTER = re.compile("[：:，,。！？!?；;—…\\s]")


def _quotes(text: str) -> Iterator[Found]:
    """
    A text in which the opening quotes were lost: ”…” for “…”, also for some of them.

    Looked at line by line; only where a quotation begins behind a mark and both of its
    quotes close, and none is still open.
    """
    if "”" not in text or text.count("“") >= text.count("”"):
        return
    is_open = False
    quotes = list(_QUOTE.finditer(text))
    for m, following in zip(quotes, [*quotes[1:], None], strict=True):
        if m[0] == "\n":
            continue
        if m[0] == "“":
            is_open = True
            continue
        at = m.start()
        begins = at == 0 or _OPENS_AFTER.match(text[at - 1])
        goes_on = at + 1 < len(text) and (text[at + 1].isalnum() or text[at + 1] in "《（(…—")
        if not is_open and begins and goes_on and following and following[0] == "”":
            yield at, at + 1, "“"
            is_open = True
        else:
            is_open = False


_MIXED = (
    "镇上的老木匠說，他年轻的时候这条河年年结冰，孩子们在冰面上拉着板凳跑，谁也不怕掉下去。"
    "后来修了水电站，河水一年四季都是温的，冰没有了，雾却多起来。"
)

REPAIRS = (
    Repair(
        id="pinyin-in-brackets",
        why="盗版镜像给常用字加注拼音，防止被比对；教材给生字注音，不动。",
        seen=_TONES,
        find=_pinyin,
        examples=(
            ("急需用(yòng)钱，先看(kàn)清楚，再去(qù)办。", "急需用钱，先看清楚，再去办。"),
            ("作業(yè)写完了，時(shí)间还早，你說(shuō)呢？", "作业写完了，时间还早，你说呢？"),
        ),
        counterexamples=(
            Example("沔(miǎn)水流过这里。", because="一处，给生僻字注音"),
            Example("垚(yáo)、犇(bēn)、骉(biāo)都是品字形的字。", because="生僻字"),
            Example("生字：大(dà)、小(xiǎo)、多(duō)。", because="教材"),
        ),
    ),
    Repair(
        id="martian-script",
        why="用形近、音近的怪字代替“的”“我”“你”，防止被搜索；至少三处才改。",
        seen="".join(MARTIAN),
        find=_martian,
        examples=(("莪说嘚话，伱要听。", "我说的话，你要听。"),),
        counterexamples=(
            Example("马蹄嘚嘚，他嘚瑟地走过，得嘚得嘚。", because="拟声词和方言"),
            Example("闻名遐迩的莪术，又叫蓬莪。卟啉也有用。", because="成语、药名、化学名"),
            Example("伱这个字很少见。", because="只有一处"),
        ),
    ),
    Repair(
        id="hangul-for-han",
        why="用一张固定的表把常用字换成谚文，防止复制；只改见过的几个字，别的只提示。",
        seen="".join(HANGUL),
        find=_hangul,
        examples=(("놖坐놇船头놅板上，谁也놊看。", "我坐在船头的板上，谁也不看。"),),
        counterexamples=(
            Example("한국어里的그和놖，学了不少단어。", because="讲韩文，有整个的韩文词"),
            Example("他叫그，是首尔来的。", because="只有一处"),
        ),
    ),
    Repair(
        id="wrong-word",
        why="全书把一个常用字换成形近的另一个字：勐地、眼楮、档桉。只改词，不改单字。",
        seen="".join(WRONG_WORDS),
        find=each(_WRONG, lambda m: _RIGHT[m[0]]),
        examples=(("他勐地睁开眼楮", "他猛地睁开眼睛"),),
        counterexamples=(Example("勐海县的桉树，澹台先生的楮皮纸", because="地名、树名、姓氏"),),
    ),
    Repair(
        id="masked-word",
        why="敏感词中间塞一个符号或数字，躲过滤：市.委、毒丨药、微1博。",
        seen="",
        find=_masked,
        examples=(
            ("市.委组.织部的民.事.司.法.裁.判", "市委组织部的民事司法裁判"),
            ("发了一条短8信", "发了一条短信"),
        ),
        counterexamples=(
            Example("奥古斯特·罗丹与北京/上海、一/二级", because="人名、选择"),
            Example("德·智·体，党/政/军", because="并列，不是一个词"),
        ),
    ),
    Repair(
        id="left-over-traditional",
        why="简体文章里剩下一两个繁体字，是转换表漏掉的；引文、名称里的不动。",
        seen=_PLAIN_WORDS,
        find=_left_over,
        examples=((_MIXED, _MIXED.replace("說", "说")),),
        counterexamples=(Example("書店說明", because="太短，看不出是哪一种文字"),),
    ),
    Repair(
        id="quote-direction",
        why="前引号全变成了后引号：”好。”他说。只在句首、前面没有未完的引语时改。",
        seen="",
        find=_quotes,
        examples=(("他说：”好。”\n”走吧。”", "他说：“好。”\n“走吧。”"),),
        counterexamples=(
            Example("“一、二！”他喊。", because="引号成对"),
            Example("他说的，我记得。”完了。", because="前引号在别处"),
        ),
    ),
)
