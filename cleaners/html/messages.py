"""
What a page says in the place of a text: log in, not found, for sale; and what its head betrays.

Words decide here, so only pages with hardly any other prose are asked, and two signs of
different kinds are needed: its title, a short line, a password field, a way back.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cleaners.html.page import Page
from cleaners.html.weigh import Weights, is_legal

SHORT_LINE = 60.0  # units of a line that tells of an error
OTHER_PROSE = 40.0  # units; a page with more of other prose has a text
MANY_ERRORS = 5  # lines: a text about errors
OTHER_LINES = 120.0  # units of other lines that are no links: a table, a list of parts
TALK = 80.0  # units of a line that talks about an error
NOTICE = 40.0  # units of a notice in one line
TITLE_SHARE = 0.3  # of a title that has to be the message
HIJACKED = 3  # different words of gambling in a page's head
MAX_HEAD = 600  # characters of the head that are read

_TITLE_PARTS = re.compile(r"\s*(?:[_|｜»–—]|--+| - )\s*|-(?=[^-]{2,20}$)")
_LOGIN_TITLE = re.compile(
    r"^(?:用户|会员|账号|帐号|统一|系统|后台|管理员?)?(?:登[录陆入]|身份认证|注册)(?:系统|页面|中心|注册|平台)?$"
    r"|^(?:log|sign)[ -]?in\b|^(?:请先?|您?需要)登[录陆入]|^提示信息$",
    re.IGNORECASE,
)
_LOGIN_WALL = re.compile(
    r"(?:请|需要?|必须|尚未|还没有?)(?:您|先|在|完成|要|微信|扫码|注册|并|或|后){0,4}登[录陆入]"
    r"|登[录陆入](?:后|之后)?(?:才?能|才?可以?|方可|后查看|继续|即可)"
    r"|(?:log|sign) in to (?:continue|view|read|access)|无权(?:限)?(?:访问|查看|阅读)",
    re.IGNORECASE,
)
_THINGS = "(?:页面|网页|网址|文件|内容|信息|文章|帖子|主题|资源|链接|地址|商品|用户)"
_ERROR = re.compile(
    r"^\W*(?:http|error|错误|出错)?\W{0,3}(?:40[0134]|50[0234])\W{0,3}"
    r"(?:错误|页面|error|not found|forbidden|bad gateway)|"
    rf"{_THINGS}(?:已经?|可能|暂时?)?"
    r"(?:不存在|不见了|找不到|未找到|没有找到|被?删除|已失效|走丢|无法(?:访问|显示|找到|打开))"
    r"|(?:找不到|没有找到|未找到|无法(?:访问|找到|显示|打开))[您你这该此要想所访问请求查看浏览的到]{0,8}"
    rf"{_THINGS}"
    r"|\b(?:page |file )?not found\b|bad gateway|service (?:temporarily )?unavailable|"
    r"internal server error|gateway time-?out|access denied|\bforbidden\b|"
    r"服务器(?:内部)?(?:错误|繁忙|开小差|出错)|(?:系统|程序|网站|页面)(?:繁忙|发生错误|出错|异常)|"
    r"出错[了啦]|访问(?:被拒绝|出错|受限|异常|过于频繁|验证)|数据库(?:连接)?(?:错误|失败)|安全验证|"
    r"fatal error|runtime error|error establishing|whitelabel error|请求(?:被拦截|过于频繁|错误)|"
    r"参数(?:错误|有误|不正确)|非法(?:访问|请求|操作)|enable javascript|启用 ?javascript|"
    r"checking your browser|just a moment|人机验证|输入验证码",
    re.IGNORECASE,
)
_CODE = re.compile(r"^\W*(?:40[0134]|50[0234])\W*$")  # in a cell it is a number like any other
_TALK = re.compile(
    r"可能|网址|地址|链接|输入|拼写|浏览器|刷新|管理员|返回|首页|稍[后候]|重试|检查|跳转|抱歉|对不起|遗憾|"
    r"恢复|维护|服务器|验证|用户组|操作|"
    r"\b(?:sorry|requested|server|url|try again|go back|home ?page|nginx|apache|domain|log ?in)\b",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"登[录陆入]|注册|密码|帐号|账号|\b(?:log|sign) ?in\b", re.IGNORECASE)
_BACK = re.compile(
    r"返回|回到|首页|上一页|后退|秒[后钟]|跳转|刷新|重试|go back|home|try again|nginx|apache",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:通知|公告|通告|启事|说明|声明|指南|教程|方法|意见|办法|原因|函|条例)$|如何|怎么|为什么|解决"
)
_PARKED = re.compile(
    r"(?:此|本|该|您(?:所)?访问的|这个)(?:网站)?域名.{0,12}(?:出售|转让|停放|过期|到期|未绑定|未备案|未续费|待售)|"
    r"域名(?:出售|转让|停放|停靠|待售|已过期)|(?:购买|收购)(?:此|本|该)域名|"
    r"\bthis (?:domain|site|web ?page) .{0,24}(?:for sale|parked|expired|available|default)|"
    r"buy this domain|domain (?:name )?(?:is |may be )?for sale|domain (?:parking|has expired)|"
    r"parked free|welcome to nginx|^it works!?$|apache2? .{0,20}default page|"
    r"test page for .{0,20}(?:apache|nginx)|iis windows|恭喜.{0,6}(?:站点|网站)创建成功|没有找到站点|"
    r"(?:网站|空间|主机|虚拟主机)(?:已|已经)?(?:到期|过期|关闭|建设中)|"
    r"site (?:not found|under construction)|account suspended",
    re.IGNORECASE,
)
_GAMBLING = re.compile(
    r"博彩|彩票|六合彩|时时彩|快三|pk10|北京赛车|棋牌|娱乐城|百家乐|老虎机|真人(?:视讯|娱乐|荷官)|"
    r"体育投注|电子游艺|捕鱼|赌场|葡京|太阳城|皇冠(?:体育|足球)|威尼斯人|金沙|银河(?:娱乐|国际)|"
    r"bet365|必发|永利|亚博|开云|ag真人|米乐|华体会|彩金|赔率|投注|开户送|一肖|特码|成人(?:视频|影院)|"
    r"av在线|无码|情色|裸聊|约炮",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"官网|官方|下载|注册|登[录陆入]|开户|app|平台|网址|入口|手机版|充值|代理|在线|免费|首页",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"警方|公安|诈骗|骗|法院|检察|犯罪|嫌疑|打击|整治|查处|破获|被罚|判决|治理|禁止|反赌|危害|"
    r"旅游|研究|政府|研讨|福利彩票|体育彩票|中国体彩|中国福彩"
)


def hijacked(page: Page) -> str:
    """
    Whether a page's head offers gambling, several words of it, and does not report on it.

    The body may still be the old page's: such heads are shown to search engines only.
    """
    said = [text for tag, _, text in page.facts if tag == "title"][:1]
    said += [page.meta.get(name, "") for name in ("keywords", "description")]
    head = " ".join(text[:MAX_HEAD] for text in said)
    words = {word.lower() for word in _GAMBLING.findall(head)}
    if len(words) < HIJACKED or not _OFFER.search(head) or _REPORTED.search(head):
        return ""
    return "hijacked-page"


def message(page: Page, weights: Weights, has_password: Callable[[], bool]) -> str:
    """The name of the message that stands in the place of a text, or nothing."""
    title = next((" ".join(text.split()) for tag, _, text in page.facts if tag == "title"), "")
    told = [
        (block.text, units)
        for block, units in zip(page.blocks, weights.units, strict=True)
        if units <= SHORT_LINE and block.link * 2 <= len(block.text)
    ]
    lines = [text for text, _ in told]
    if _other_prose(page, weights) >= OTHER_PROSE or _other_lines(page, weights) >= OTHER_LINES:
        return ""
    notices = (text for text, units in told if units <= NOTICE)
    if _is_said(_PARKED, title) or any(map(_PARKED.search, notices)):
        return "parked-page"
    about = any(_ABOUT.search(part) for part in _TITLE_PARTS.split(title))
    errors = sum(_ERROR.search(text) is not None for text in lines)
    errors += any(block.role != "table" and _CODE.match(block.text) for block in page.blocks)
    signs = (
        _is_said(_ERROR, title),
        0 < errors < MANY_ERRORS,
        any(_BACK.search(block.text) for block in page.blocks if len(block.text) <= SHORT_LINE),
    )
    if not about and sum(signs) > 1 and (signs[0] or signs[1]):
        return "error-page"
    walled = any(map(_LOGIN_WALL.search, lines))
    titled = any(_LOGIN_TITLE.search(part) for part in _TITLE_PARTS.split(title))
    if about and not titled:
        return ""
    if (walled or titled) and (walled + titled > 1 or has_password() or _is_alone(weights)):
        return "login-page"
    return ""


def _is_said(pattern: re.Pattern[str], title: str) -> bool:
    """Whether one part of a title is little else than the message."""
    for part in _TITLE_PARTS.split(title):
        found = pattern.search(part)
        if found and len(found.group()) >= TITLE_SHARE * len(part):
            return True
    return False


def _other_prose(page: Page, weights: Weights) -> float:
    """Units of prose that neither tell of an error nor talk about it, nor are the site's own."""
    total = 0.0
    for block, prose, weight in zip(page.blocks, weights.prose, weights.weight, strict=True):
        if prose and weight > 0 and not is_legal(block.text):
            text = block.text
            if (prose <= TALK and (_TALK.search(text) or _ERROR.search(text))) or (
                prose <= NOTICE and (_PARKED.search(text) or _LOGIN.search(text))
            ):
                continue
            total += min(weight, prose)
    return total


def _other_lines(page: Page, weights: Weights) -> float:
    """Units of lines that are neither links nor prose, nor the legal notice of the site."""
    return sum(
        units
        for block, units, prose in zip(page.blocks, weights.units, weights.prose, strict=True)
        if not prose and block.link * 2 <= len(block.text) and not is_legal(block.text)
    )


def _is_alone(weights: Weights) -> bool:
    """Whether a page says hardly anything but this."""
    return sum(weights.units) - weights.sub_link[0] < SHORT_LINE + OTHER_PROSE
