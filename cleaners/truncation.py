"""
Whether text is missing, and how we know.

A notice proves nothing by itself: 因篇幅问题不能全部显示 stands under whole texts too. It is
weighed against the text: does the last sentence end, and do the counts that the page
declares agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cleaners.document import Evidence, Harvested, Line, Role, Truncation, TruncationKind
from cleaners.fold import fold
from cleaners.page import SENTENCE_MARK, Mark, Part
from cleaners.rules import Truncates
from cleaners.voice import voices

UNFINISHED = "unfinished-sentence"
LONG = 40  # characters; a last line this long that does not end a sentence was cut
SHORT = 12  # characters; so was one this long in which an earlier sentence ends
TINY = 3  # characters; a rest this long is judged together with the line that runs on into it
RUNS_ON = 20  # characters; a line this long without an end goes on in the next one
SENTENCES = 3  # sentences a text has to end before its last line is expected to end one too
INNER_END = re.compile("[。！？；]")
INNER_MARK = re.compile("[，。！？；]")
# Words that ask for more to come, at the end of a short line or at its beginning.
ASKS_FOR_MORE = re.compile(
    "[，、][^，。]{0,8}(?:为了?|把|被|和|与|及|从|向|将|并且?|而|或|由|因为?|但是?|且)$"
    # No sentence ends with one of these, comma or not.
    "|^[^，。：]{7,}(?:只|把|被|从|向|将|让|与|及|和|最|很|并|而|或|这|那|每|(?<![可所难足加予得])以)$"
)
BEGUN = re.compile(
    "^(?:为了|由于|因为|虽然|尽管|随着|只要|只有|除了|无论|不管|根据|按照|通过)[^，。：]{4,}$"
    "|^[^，。：]{2,12}(?:要|应当|应该|必须|已经|正在)[^，。：]{4,}$"
)
WISH = re.compile("[您你祝愿谢]|希望|让我们|一起")
ABOVE = 8  # lines; where all of them end their sentences, a short last one does as well
OF_SITE = 4  # one in so many characters at least are a site's words
SHOWN_SHARE = 0.95  # of the declared characters; fewer are shown: text is missing
ENDS = re.compile(
    r"_{2,}\s*$|[。！？!?…～~][”’」』\"'）)》】\]]*\s*$|[”」』）)》】\]]\s*$|[.．:：;；]\s*$"
)
# A signature, a date, a place: a text may end with these and have no full stop.
LABELLED = re.compile("^.{1,8}[:：]|^[（(]?[一二三四五六七八九十0-9]{1,3}[)）、.．]")
DOTS = re.compile(r"\n[….]+\s*$")  # a last line that says only that more is to come
LAST = 4000  # characters of a text that are looked at
LISTED = re.compile("^[^，。]{2,8}[:：](?![“「])")
SIGNED = re.compile(
    r"(?:[0-9〇零一二三四五六七八九十]{1,4}[年月日号时分]|[年月日])\s*$|^\W*(?:作者|记者|[文图]\W|编辑)"
    # A telephone number or an address ends a line; so does a tag glued behind the full stop.
    r"|[0-9][-0-9]{5,}\s*$|[。！？][A-Za-z][A-Za-z0-9/_-]{1,30}$|[A-Za-z0-9]\.[A-Za-z]{2,8}(?:/[!-~]{0,200})?$"
)


def judge(
    part: Part, marks: Sequence[Mark], text: str, last: Line | None, found: Mapping[str, Harvested]
) -> Truncation | None:
    """
    What the marks, the end of the clean text and the declared counts say together.

    `last` is the last line of the page of which something is left in `text`.
    """
    speaking = [m for m in marks if m.rule.truncates and part.has(m.start)]
    unfinished = last if last and stops_short(text, last.role, noticed=bool(speaking)) else None
    counts = {
        name: _count(found, name) for name in ("declared_chars", "shown_chars", "hidden_chars")
    }
    says: set[Truncates] = {m.rule.truncates for m in speaking}
    if _agree(counts):
        says = {"notice" if each == "tail" else each for each in says}
    if unfinished:
        says.add("tail")
    kind = _kind(frozenset(says), counts)
    if kind is None:
        return None
    evidence = {Evidence(m.rule.id, m.start, m.end) for m in speaking}
    if unfinished and kind == "tail_cut":
        evidence.add(Evidence(UNFINISHED, unfinished.start, unfinished.end))
    return Truncation(
        kind, tuple(sorted(evidence, key=lambda e: (e.start, e.end, e.rule))), **counts
    )


def _agree(counts: Mapping[str, int | None]) -> bool:
    """Whether as many characters are shown as are declared, or nearly."""
    declared, shown = counts["declared_chars"], counts["shown_chars"]
    return declared is not None and shown is not None and shown >= declared * SHOWN_SHARE


def _kind(says: frozenset[Truncates], counts: Mapping[str, int | None]) -> TruncationKind | None:
    declared, shown = counts["declared_chars"], counts["shown_chars"]
    if declared and shown and shown < declared * SHOWN_SHARE:
        return "tail_cut"
    if "middle" in says:
        return "middle_hole"
    if "tail" in says:
        return "tail_cut"
    return "notice_only" if says else None


def stops_short(text: str, role: Role = "paragraph", *, noticed: bool = False) -> bool:
    """
    Whether a clean text stops in mid-sentence, as its last lines and its other lines show.

    `noticed`: the page says that there is more; then a last line without any mark is
    enough. A last line that stands under an unfinished one is read together with it.

    >>> whole = "他来了。大家很高兴。谁也没有说话。"
    >>> stops_short(whole + "\\n经手的事情有八件，差错两件，都已")
    True
    >>> stops_short("床前明月光，疑是地上霜\\n举头望明月，低头思故乡")
    False
    >>> stops_short(whole + "\\n前天我又到村里去看"), stops_short(whole + "\\n前天我又到村里去看", noticed=True)
    (False, True)
    """
    *above, line = DOTS.sub("", text[-LAST:]).rsplit("\n", 2)[-2:]
    return _stops(text, line, "".join(above), role, noticed=noticed) and not is_of_site(line)


def _stops(text: str, line: str, above: str, role: Role, *, noticed: bool) -> bool:
    """Whether the last line of a text stops short, whoever says it."""
    if breaks_off(line, role):
        return True
    if role in ("table", "code", "list", "heading") or ENDS.search(line) or SIGNED.search(line):
        return False
    listed = not noticed and LISTED.match(line)  # 词条标签：纺织品，手工艺
    if listed or len(INNER_END.findall(text[-2000:])) < SENTENCES:
        return False  # verse, lists and labels have no full stops
    run_over = len(line) >= TINY and any(map(str.isalpha, line)) and runs_on(above)
    if run_over and not is_of_site(above):
        return True
    if ASKS_FOR_MORE.search(line) or is_begun(text):
        return True
    return (len(line) >= SHORT and bool(INNER_MARK.search(line))) or (
        noticed
        and len(line) >= SHORT // 2
        and (not LABELLED.search(line) or bool(INNER_END.search(line)))
    )


def is_of_site(line: str) -> bool:
    """
    Whether a line is full of what sites say, and so is no end of the text.

    >>> is_of_site("下载某某客户端，看更多精彩"), is_of_site("他把船撑得又慢又稳，")
    (True, False)
    """
    heard = voices(fold(line).text)
    return len(heard.names) > 1 and heard.characters * OF_SITE >= len(line)


def is_begun(text: str) -> bool:
    """
    Whether the last line is a clause that wants another, under lines that all end theirs.

    >>> above = "他来了。大家很高兴，谁也没有说话，只有水声。\\n"
    >>> is_begun(above + "为了做好基层治理"), is_begun(above + "各单位要明确一名负责同志")
    (True, True)
    >>> is_begun(above + "基层治理的几点思考"), is_begun(above + "祝大家新年快乐")
    (False, False)
    """
    *above, line = text.rsplit("\n", ABOVE)[-ABOVE:]
    if len(line) > LONG or not BEGUN.match(line) or WISH.search(line) or LABELLED.match(line):
        return False
    long = [said for said in above if len(said) >= RUNS_ON]
    return bool(long) and all(map(ENDS.search, long)) and not voices(fold(line).text).names


def runs_on(line: str) -> bool:
    """Whether a line of running text goes on in the next one."""
    ended = ENDS.search(line) or SIGNED.search(line)
    return len(line) >= RUNS_ON and bool(INNER_MARK.search(line)) and not ended


def breaks_off(line: str, role: Role = "paragraph") -> bool:
    """
    Whether a document's last line stops in mid-sentence.

    Short lines, signatures, dates, tables and code may end without a full stop.

    >>> breaks_off("组工干部如果连自身都不能端正思想，对组织安排推三阻四，工作上推诿扯皮，生活上贪图享受，对组织的")
    True
    >>> breaks_off("工作中也有不足。一是科研")
    True
    >>> breaks_off("某某县人民政府办公室 2024年3月5日"), breaks_off("谢谢大家！")
    (False, False)
    """
    if role in ("table", "code", "list", "heading") or ENDS.search(line) or SIGNED.search(line):
        return False
    if len(line) >= LONG:
        return bool(SENTENCE_MARK.search(line))
    return len(line) >= SHORT and (line[-1] in "，、," or bool(INNER_END.search(line)))


def _count(found: Mapping[str, Harvested], name: str) -> int | None:
    value = found[name].value if name in found else None
    return value if isinstance(value, int) else None
