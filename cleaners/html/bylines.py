"""
What the short lines around a text say about it: 来源：河湾晚报　2024-03-05 10:30　记者 周渡.

Government sites say it in a table or list of pairs (发布机构 | 河湾县交通局), so a label may
stand in a block of its own, before its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from cleaners.dates import iso_date
from cleaners.html.claims import Claim, Name
from cleaners.html.page import Block, Page

HEAD_BLOCKS = 12  # lines above the text in which its facts are looked for
TAIL_LINES = 6  # lines at the text's own end
TAIL_BLOCKS = 12  # lines below it; those must have a label
MAX_FACT_LINE = 200  # characters of such a line
LONG_LABEL = 16  # characters, with the blanks in it
FEW_LETTERS = 16  # beside a date without a label

_SPACE = " \u3000\xa0\t"
_GAP = f"[{_SPACE}]{{0,4}}"
# A label, as it is printed, with or without blanks in it (来　源). The first that fits is taken.
_WHEN = "时间|日期|時間"
_PUBLISHED = (
    "发布|發布|發佈|发表|發表|刊发|刊登|公布|公開|公开|上传|上傳|录入|提交|投稿|添加|创建|生成"
)
_ABOUT = "文章|信息|稿件|新闻|本文|内容|消息|资料|来稿|数据|文件|转载|報導|新聞"
LABELS: Mapping[str, str] = {
    "published": f"(?:首次)?(?:{_PUBLISHED})(?:{_WHEN}|于|於|在)|(?:发文|發文|上网|信息)(?:{_WHEN})|{_WHEN}",
    "signed": "成文日期|印发日期|制发日期|签发日期",
    "modified": f"(?:最[后後近]|上次)?(?:更新|修改|编辑|修订)(?:{_WHEN}|于|於)?",
    "source": f"(?:{_ABOUT})?(?:来源|來源|稿源|出处|出處)(?:于|自)?|转自|摘自"
    "|(?:发布|发文)(?:单位|部门|媒体)|(?:信息)?提供(?:单位|部门)",
    "office": "(?:信息)?(?:发布|公开|制作|制发|发文|生成|公布)(?:机构|机关|主体)",
    "author": "(?:本文|原文|文章)?(?:作者|采写|撰文|撰稿人?|執筆|执笔|笔者|作家)|通讯员"
    f"|(?:本[报刊网台]|见习|实习|特约|通讯|驻站)?记者|文(?=[{_SPACE}]{{0,2}}[/／|｜:：丨])",
    "editor": "(?:本[文期]|执行|责任|值班|网络|新媒体)?(?:编辑|編輯|责编)|责任编辑|責任編輯",
    "keywords": "关键[词字]|主题词|關鍵[詞字]",
    "doc_number": "发文字号|发文文号|文号|文件编号",
    "title": "(?:信息|文件|公文)?(?:名称|标题)",
}
_LABELS = "|".join(f"(?P<{name}>{words})" for name, words in LABELS.items())
_OF_LABELS = "".join(sorted(set(re.findall("[\u4e00-\u9fff]", _LABELS))))  # one of them ends each
_BREAK = rf"[{_SPACE}|｜丨【\[（(】\])）·•,，;；/／>》]"
_MARK = r"[:：丨|｜/／]"
_LABEL = re.compile(rf"(?:^|(?<={_BREAK})|(?<=\d))(?:{_LABELS}){_GAP}{_MARK}{_GAP}")
# Labels that need no colon: 记者 周渡, 发布于 2024-03-05, 更新于…
_BARE = re.compile(
    rf"(?:^|(?<={_BREAK}))(?:(?P<author>(?:本[报刊网台]|见习|实习)?记者|作者|通讯员)[{_SPACE}]{{1,2}}"
    rf"(?=[\u4e00-\u9fff·•]{{2,4}}(?:[{_SPACE}、/／|]|$))"
    rf"|(?P<mark>(?<=[|｜ ])(?:作者(?=[\u4e00-\u9fff]{{2,4}}$)|来源(?=[^\s:：|｜]{{2,20}}[|｜])))"
    rf"|(?P<published>发[布表]于|發[布表佈]於|刊发于)(?={_GAP}(?:19|20)\d\d)"
    rf"|(?P<modified>(?:更新|编辑|修改)[于於])(?={_GAP}(?:19|20)\d\d))"
)
# 来　源：, a label stretched to the width of the others.
_SPACED = re.compile(
    rf"([来來作编编日时文])[{_SPACE}]{{1,4}}([源者辑期间号])(?=[{_SPACE}]{{0,2}}[:：])"
)
_MAYBE = re.compile(rf"[{_OF_LABELS}]{_GAP}{_MARK}|[于於]|记者|作者|来源|通讯员|评论员|撰稿人")
# 来源：河湾晚报作者：周渡; the label has words of its own before it that belong to it.
_GLUED = re.compile(
    "(?=(?:作者|编辑|责任编辑|责编|来源|记者|发布时间|发表时间|时间|日期)[:：])"  # first: it is rare
    "(?<=[\u4e00-\u9fff0-9])(?<!责任)(?<!执行)(?<!值班)(?<!网络)(?<!新媒体)(?<!本文)(?<!原文)(?<!文章)(?<!信息)(?<!稿件)"
    "(?<!新闻)(?<!内容)(?<!消息)(?<!资料)(?<!发布)(?<!发表)(?<!更新)(?<!修改)(?<!刊发)(?<!成文)(?<!上传)(?<!原)(?<!本报)"
)
# 河湾晚报记者 周渡, a line by itself.
_REPORTER = re.compile(
    rf"^[【（(]?[\u4e00-\u9fffA-Za-z·]{{0,12}}(?:记者|通讯员|评论员|撰稿人)[{_SPACE}:：/／]{{1,3}}(?P<said>[\u4e00-\u9fff·•、/／{_SPACE}]{{2,40}})[】）)]?$"
)
_WHOSE = re.compile(
    rf"^[^{_SPACE}:：]{{0,12}}(?:作者|记者|通讯员|评论员|撰稿人)[{_SPACE}:：/／]{{1,3}}"
)
# Where a value ends: at a blank, a bracket, another label, a date or a count.
_OTHER_LABELS = (
    "作者|编辑|編輯|责任|责编|记者|时间|日期|发布|发表|更新|浏览|瀏覽|阅读|閱讀|点击|點擊|访问|字号|字体|来源|來源"
    "|出处|分享|评论|打印|收藏|人气|次数|栏目|分类|标签|审核|校对|摄影|关键词"
)
_END = re.compile(
    rf"[{_SPACE}|｜,，;；。（(\[【\])）】]|(?:{_OTHER_LABELS})[数量次]{{0,2}}[{_SPACE}]{{0,2}}[:：(（\d]"
    r"|\d{4}[-年/.]|$"
)
_NAMES = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}(?:[·•][\u4e00-\u9fff]{1,8})?(?:[、/／ \u3000]{1,2}(?=[\u4e00-\u9fff·•]{2,4}(?:[、/／ \u3000|）)（(]|$)))?){1,4}"
)
_MEDIUM_AND_DATE = re.compile(
    r"^(?:原创[ \u3000])?([^\s:：,，、|]{2,20})[\s\xa0|｜·]{1,4}(?:19|20)\d\d[-/.年]"
    r"\d{1,2}[-/.月]\d{1,2}日?[\s\xa0]{0,4}[\d:：]{0,8}$"
)
_NO_MEDIUM = ("时间", "日期", "发布", "发表", "于", "更新", "收藏", "时讯", "首页", "正文")
_WHOLE_STAMP = re.compile(
    r"^\W{0,3}(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\s\xa0]{1,4}\d{1,2}[:：]\d\d(?:[:：]\d\d)?\W{0,3}$"
)
# A date in such a line is that of something else: of a session, a deadline, a law's first day.
_OTHER_DATE = re.compile(
    "通过|施行|起|截[止至]|召开|举行|举办|报名|会议|生于|逝世|有效|期间|周年|届|至今|版权|copyright|©|年度|第[^ ]{1,6}期",
    re.IGNORECASE,
)
_MAYBE_DATE = re.compile(r"(?:19|20)\d\d|[〇○零一二三四五六七八九]{2}年|民[国國]|２０")
_LETTER = re.compile("[A-Za-z\u4e00-\u9fff]")
_DATE_WORDS = re.compile("(?:19|20)[0-9]{2}|[年月日号时分秒]|星期[一二三四五六日天]|[上下]午")


def said_by_lines(page: Page, title_at: int, kept: Sequence[int], first: int) -> list[Claim]:
    """
    What the lines below the headline, above it, at the text's end and right after it say.

    `title_at` is the headline's block or -1, `kept` the blocks of the main text, `first` the
    first of them that is prose. Nothing is taken from prose, lists or links.
    """
    start = title_at if 0 <= title_at < first else first
    below = range(start + 1, min(first, start + 2 * HEAD_BLOCKS))
    above = range(start - 1, max(start - HEAD_BLOCKS, 0) - 1, -1)
    head = [*below, *above]
    tail = [i for i in kept[-TAIL_LINES:] if i not in below and i not in above]
    end = kept[-1] + 1 if kept else 0
    behind = [*tail, *range(end, min(end + TAIL_BLOCKS, len(page.blocks)))] if kept else []
    labels = {i for i in (*head, *tail) if _labels_next(page, i)}
    values = {i + 1 for i in labels}
    labels |= {i for i in behind[len(tail) :] if _labels_next(page, i)}
    stating = {i for i in (*head, *behind) if states_facts(page.blocks[i])}
    claims = [claim for i in head if i in stating for claim in _labelled(page, i, labels)]
    for i in (*head, *tail):
        if i in stating and i not in values:
            claims += _unlabelled(page.blocks[i].text, signed=i in tail)
    claims += _behind(page, behind, stating, labels)
    return claims


def _behind(
    page: Page, numbers: Sequence[int], stating: AbstractSet[int], labels: AbstractSet[int]
) -> Iterator[Claim]:
    """Below the text only labels count, and of one label only what nothing contradicts."""
    found = [claim for i in numbers if i in stating for claim in _labelled(page, i, labels)]
    stamps = [page.blocks[i].text for i in numbers[: TAIL_LINES + 3]]
    found += [Claim("published", s, "line date", "medium") for s in stamps if _WHOLE_STAMP.match(s)]
    for name in dict.fromkeys(claim.name for claim in found):
        said = [claim for claim in found if claim.name == name]
        values = {iso_date(c.said) if name == "published" else c.said for c in said}
        if len(values) == 1 or name != "published":
            yield said[0]


def states_facts(block: Block) -> bool:
    """Whether a line may be about the text: short, no sentence, not another page's link."""
    text = block.text
    return (
        len(text) <= MAX_FACT_LINE
        and block.link <= 0.6 * len(text)
        and not ("。" in text or "，" in text or "？" in text or "！" in text)
    )


def _labelled(page: Page, number: int, labels: AbstractSet[int]) -> Sequence[Claim]:
    """What a line says behind its labels, or one of `labels` of the value that follows it."""
    text = page.blocks[number].text
    pair = number in labels
    if pair:
        label = "".join(text.split()).rstrip(":：")
        text = f"{label}：{page.blocks[number + 1].text}"
    # Most lines say nothing.
    return list(_labelled_in(text, pair=pair)) if _MAYBE.search(text) else ()


def _labelled_in(text: str, *, pair: bool) -> Iterator[Claim]:
    text = _GLUED.sub(" ", _SPACED.sub(_unspaced, text))
    reporter = _REPORTER.match(text)
    if reporter and (claim := _claim("author", reporter["said"], "记者", whole=False)):
        yield claim
    for found in (*_LABEL.finditer(text), *_BARE.finditer(text)):
        name = found.lastgroup or ""
        if name == "mark":
            name = "author" if found[0] == "作者" else "source"
        said = text[found.end() :]
        claim = _claim(name, said, found[0], whole=pair)
        if claim:
            yield claim


def _unspaced(found: re.Match[str]) -> str:
    return found[1] + found[2]


def _labels_next(page: Page, number: int) -> bool:
    """Whether a block is a label alone and the next one its value: in one row, or one list."""
    if number + 1 >= len(page.blocks):
        return False
    block, following = page.blocks[number], page.blocks[number + 1]
    if len(block.text) > LONG_LABEL or len(following.text) > MAX_FACT_LINE:
        return False
    pair = block.text.rstrip()[-1:] in ":：" or (
        block.role in ("table", "list")
        and block.role == following.role
        and page.parent[block.at] == page.parent[following.at]
    )
    label = "".join(block.text.split()).rstrip(":：") if pair else ""
    return 2 <= len(label) <= 8 and _LABEL.fullmatch(f"{label}：") is not None  # noqa: PLR2004


def _claim(name: str, said: str, label: str, *, whole: bool) -> Claim | None:
    """The claim behind a label; `whole` when all of `said` is its value."""
    witness = f"line {label.strip(' :：|｜丨/／　')[:4]}"
    if name in ("published", "signed", "modified"):
        return _date(name, said[:40], label, witness)
    if name == "author":
        said = _WHOSE.sub("", said)
        names = _NAMES.match(said)
        value = (names[0] if names else _until_end(said, 0)).strip(f"{_SPACE}、/／")
        fits = 2 <= len(value) <= 30  # noqa: PLR2004
        return Claim("author", value, witness, "medium", label) if fits else None
    target: Name = "source" if name == "office" else name  # type: ignore[assignment]
    if whole:
        value = said.strip()
    elif name in ("title", "keywords", "doc_number"):
        value = re.split(f"[{_SPACE}]{{2,}}|[|｜]", said)[0].strip()
    else:
        value = _until_end(said, 1)
    if target == "source" and re.match("[^:：]{1,8}[:：]", value):
        return None  # the next label: nothing stands behind this one
    trust = "low" if name in ("office", "title") else "medium"
    limit = 200 if name in ("title", "keywords") else 40
    return Claim(target, value, witness, trust, label) if 2 <= len(value) <= limit else None  # noqa: PLR2004


def _date(name: str, said: str, label: str, witness: str) -> Claim | None:
    """A date right behind its label."""
    before = re.split(r"(?=(?:19|20)\d\d)", said, maxsplit=1)[0]
    if not iso_date(said) or (_LETTER.search(before) and not _BEFORE_DATE.match(before)):
        return None
    if name == "signed":
        return Claim("published", said, witness, "low", label)
    return Claim("modified" if name == "modified" else "published", said, witness, "medium", label)


_BEFORE_DATE = re.compile(rf"公元|民[国國]|[{_SPACE}]{{0,4}}[〇○零一二三四五六七八九]{{4}}年")


def _until_end(said: str, start: int) -> str:
    found = _END.search(said, start)
    return (said[: found.start()] if found else said).strip()


def _unlabelled(text: str, *, signed: bool) -> Iterator[Claim]:
    """A date alone, or a medium with a date beside it; below the text that is a signature."""
    if not _MAYBE_DATE.search(text) or not iso_date(text):
        return
    labelled = _LABEL.search(text) is not None
    few = 3 * FEW_LETTERS if labelled else FEW_LETTERS
    words = _DATE_WORDS.sub("", _LABEL.sub("", text))
    letters = len(_LETTER.findall(words))
    medium = _MEDIUM_AND_DATE.match(text)
    if medium and not medium[1].endswith(_NO_MEDIUM):
        yield Claim("source", medium[1], "line with date", "low")
    bracketed = text[0] in "(（" and text[-1] in ")）" and letters
    if signed:
        if not labelled and letters <= FEW_LETTERS // 4:
            yield Claim("published", text, "line date", "low")
        return
    read_on = "星期" in text and not labelled  # the day on which the page is read
    if letters > few or bracketed or read_on or _OTHER_DATE.search(words):
        return
    yield Claim("published", text, "line date", "medium")
