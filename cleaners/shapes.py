"""
What a line can look like: the shapes that `cleaners.likeness` weighs, and those that decide.

All patterns read the folded spelling of one line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cleaners.patterns import Linear

MAKERS = (  # what those who made a page did
    "文|图|诗|词|曲|编|译|诵|文字|图片|摄影|摄像|撰文|撰稿|编辑|责编|责任编辑|主编|编审|审核|审校|校对|终审|[初复一二三]审|监制|策划|统筹|出品|制作|制图|绘图|插画|"
    "封面|设计|排版|版式|视觉|剪辑|后期|录音|配乐|配音|主播|朗诵|作词|作曲|编曲|演唱|翻译|译者|字幕|供稿|供图|记者|通讯员|作者|整理|口述|记录|指导[老教]师|录入|美编|图源|来源"
)

ADDRESS = re.compile(
    r"https?:|www\.|[0-9a-z]\.(?:com|cn|net|org|cc|la|info|me|top|vip|xyz|tv|co|io|site|club|tw|hk|app|wang|ltd|pro|online|shop|tech|fun|gov|edu|example)\b"
)
SHAPES: Mapping[str, re.Pattern[str] | Linear] = {
    "has a web address": ADDRESS,
    "has a mail address": re.compile(r"[0-9a-z]@[0-9a-z]"),
    "has a long number": re.compile("[0-9]{5}"),
    "has a copyright sign": re.compile("[©®]|\\(c\\)"),
    "parts set off by bars": re.compile(r"\S ?[|·>»/]{1,2} ?\S| - .* - |\] ?\["),
    "parts set off by blanks": re.compile(
        r"\S {2,}\S|[\u4e00-\u9fff]{2} [\u4e00-\u9fff]{2,} [\u4e00-\u9fff]{2}"
    ),
    "quotes something": re.compile('["「『]'),
    "counts pages": re.compile("[0-9] ?/ ?[0-9]|第 ?[0-9]+ ?页|共 ?[0-9]+ ?页|[0-9]+楼"),
    "has a time of day": re.compile("[0-9]:[0-9]{2}"),
    "is a rule of signs": re.compile("[-=*━─_·.…]{4}"),
    "is in brackets": re.compile(r"^[\[({<《].*[\])}>》]$"),
    "begins with a label": re.compile(r"^[^:,.。，]{2,8}: ?\S"),
    "begins like a list item": re.compile(
        r"^(?:[a-d][.、]|[(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[).、.]|[-*•●·>◆■★])"
    ),
    "is an article or chapter": re.compile("^第[0-9一二三四五六七八九十百]{1,6}[条章节回卷部编篇讲]"),
    "has a date": re.compile("[12][0-9]{3} ?[-./年] ?[0-9]{1,2}"),
    "has symbols": re.compile("[★☆●○◆◇■□▲△▼→←↑↓↗↘↙↖※♥❤♂♀|_~\u2300-\u23ff\u2580-\u25ff\u2700-\u27bf]"),
    "has a pictograph": re.compile("[\U0001f000-\U0001faff\u2600-\u2604\u2607-\u26ff\u2b00-\u2bff]"),
    "is framed by signs": re.compile(r"^([^\w\s,。、;:!?\"'()《》「」『』\[\]{}<>#*+.-])(?:.*[^\s]\1| .*)$|^-{2,}[^-].*[^-]-{2,}$"),
    "is split by signs": re.compile(
        r"([\u4e00-\u9fff])([^\w\s,。、;:!?\"()])[\u4e00-\u9fff]\2[\u4e00-\u9fff](?:\2[\u4e00-\u9fff])*(?![\u4e00-\u9fff])"
    ),
    "spells a number": re.compile("[〇零一二三四五六七八九]{6}"),
    "is in brackets twice": re.compile(r"\[[^\[\]]{2,12}\].*\[[^\[\]]{2,12}\]"),
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
    "tells a story": re.compile("[^其]他|^他|[她我]|了[,.;。]|[说道着]:|后来|时候|那[个年天]"),
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
    "begins with a sign": re.compile(r"^(?:[>»→↑↓▼▲👉🔥📣☎★☆※◆●▪~]|[·•*+]{2})"),
    "is a number": re.compile(r"^[0-9 :./-]+$"),
    "names who made it": re.compile(f"(?:^|[^\u4e00-\u9fff])(?:{MAKERS}) ?[:/|｜丨]"),
    "names all who made it": re.compile(f"(?:(?:^|[^\u4e00-\u9fff])(?:{MAKERS}) ?[:/|｜丨].*){{2}}"),
    "is a row of items": Linear(
        r"^(?:[^ ,。:]{1,10}(?: ?[|｜·/、→>-] ?| {2,})){2,}[^ ,。]{1,10}$"
        "|^(?:[\u4e00-\u9fff]{2,6} ){2,}[\u4e00-\u9fff]{2,6}$"
    ),
    "names works": re.compile("《[^》]+》"),
    "has a price": re.compile("[元块](?<=[0-9].)|[￥¥]|块(?<=[一两三四五六七八九十几].)钱"),
    "hides something": re.compile(r"\*{3,}|x{3,}|[0-9]x|○{2,}"),
    "spells an address": re.compile("[a-z0-9] ?点 ?(?:com|cn|net|cc|la|tv|me|org)|\\(at\\)|#"),
    "has a handle": re.compile("[a-z][a-z0-9_-]*[0-9_]|[0-9][a-z]{2}"),
    "asks if you like it": re.compile(
        "(?:喜欢|觉得|如果|若|想|要|需要|有)[^。]{0,20}(?:请|就|别忘|记得|可以|[点扫戳加搜转发]|联系|来找|欢迎)"
    ),
    "begins with an appeal": re.compile(
        r"^[^\u4e00-\u9fff]*(?:请|想|[快来点戳扫长加搜晒猜测]|关注|下载|打开|安装|转发|分享|收藏|登录|注册|欢迎|查看|阅读|返回|进入?|了解|获取|领取?|免费|限时|记得|别)"
    ),
    "two halves alike": re.compile("^([^,。]{3,5}|[^,。]{6,8})[, ]([^,。]{3,5}|[^,。]{6,8})[。!]?$"),
    "has no grammar": re.compile("^[^的了着过是在有和就也都不把被给这那我你他她它]{8,}$"),
    "is a figure in a row": Linear(
        r"(?:[^0-9 ]{1,4} ?\(?[0-9.]+[万千k+]{0,2}\)?[ |｜·]*){2,}$"
    ),
    "tells how long ago": re.compile("(?:今天|昨天|前天|[0-9]+ ?(?:小时|分钟|天|个?月|年)前)"),
}  # fmt: skip
# The shapes that a line of Chinese characters and commas alone can have.
PLAIN_SHAPES = {
    name: SHAPES[name]
    for name in (
        "begins like a list item", "is an article or chapter", "names a contact person",
        "is the site of an office", "names an office", "ends like the name of a site",
        "speaks to you", "tells a story", "is what an office prints",
        "asks if you like it", "begins with an appeal", "two halves alike", "has no grammar",
        "tells how long ago", "spells a number", "has a price",
    )
}  # fmt: skip
NOT_PLAIN = re.compile("[^\u4e00-\u9fff,.。、;!]")
QUIET = "appeals to nobody"  # a sentence that is doubted only beside noise
APPEALS = frozenset({
    "has a web address", "has a copyright sign", "parts set off by bars", "has a mail address",
    "speaks to you", "asks if you like it", "begins with an appeal", "has a long number",
})  # fmt: skip
STRONG_SHAPE = re.compile(f"{ADDRESS.pattern}|[©®|｜·>»/]| - ", re.IGNORECASE)
MAYBE_STRONG = re.compile("[.:©®|｜·>»/]| - ")  # no strong shape is without one of these
BAR = re.compile(r"[|｜丨_]| ?[-—–] ?")
SIGNATURE = re.compile(
    "[\u4e00-\u9fff]{2,20}(?:局|厅|委|委员会|办公室|政府|法院|检察院|党委|支部|中心|学校|中学|小学|大学|学院|医院|公司|集团|协会|联合会)"
)
OPENING = re.compile('["「『《]')
REFRAIN = re.compile(r"([^ ,].{0,6}[^ ,])(?:[ ,]+\1)+")
SAID = re.compile('["「『][^"」』]*["」』]')  # nothing but words in quotation marks
NARRATED = re.compile("(?<![其吉])他|她|我(?:的|在|把|被|想|看|说|是|也|就|才)|[说道]着?:")
CAPTION = re.compile("[▲△◆●]? ?(?:图片来源|图源|资料图|示意图|图 ?[0-9一二三四五六七八九十]).*")
ROW_OF_TABLE = re.compile("\\|.*\\||.*\t.*")
CHOICES = re.compile("[a-d][.、] ?[^a-z ].*")
NO_HAN = re.compile("[^\u3400-\u9fff]*")
OF_A_SITE = re.compile(
    f"{ADDRESS.pattern}|@|©|\\(c\\)|copyright|all rights|[0-9] ?/ ?[0-9]|^[\\W0-9]+$|[<>]"
)
KEYWORDS = re.compile("关键[词字] ?:[^ ]*[;,][^ ]*|(?:中图)?分类号 ?:.*")
REFERENCE = re.compile(r"\[[0-9]{1,4}\] ?[^\[\]]{8,}")  # of a bibliography
QUOTED_ITEM = re.compile("> ?[*-] .*|#{1,6} .*")  # and headings of Markdown
SPEECH = re.compile('.*[,。!?]"[^"]{0,8}[说道问][,。].*')
EXAM = re.compile(".*(?:满分|总分|时间|时量) ?: ?[0-9]+ ?分.*")  # the head of an examination paper
TIMETABLE = re.compile("(?:[^0-9]*[0-9]{1,2}:[0-9]{2}){4,}[^0-9]*")
ELEMENT = re.compile("<[a-z/!][^<>]*>.*")  # of a page that a text is about
KEPT = (
    EXAM,
    TIMETABLE,
    ELEMENT,
    REFERENCE,
    SIGNATURE,
    SAID,
    SPEECH,
    REFRAIN,
    KEYWORDS,
    QUOTED_ITEM,
    CAPTION,
    ROW_OF_TABLE,
    CHOICES,
)
CLAUSE_MARK = re.compile("[，。！？,!?；]")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
