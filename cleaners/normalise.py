"""
The form of clean text, reached by named steps.

    characters → lines → spaces → punctuation → gaps (→ script)

The same text comes in many spellings: ，and , and ２ and 2, ⼈ and 人, with and
without blanks. Here it gets one, so that equal texts are equal strings. Nothing is
judged to be noise, and hard wraps are not joined: that was done before.

A `Form` says which steps are taken: each can be switched off by its name, and the last,
a conversion to Simplified or Traditional characters, is taken on request only. Each step
leaves its own result alone when it runs again. A step that changes what it makes of a
text gets a new version; the versions stand in the provenance of each document, and from
them comes the form with which it can be made again. Every step first asks whether the text has
any work for it, and then touches only the lines that do. All of them take linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from cleaners.characters import HAN, LINE_BREAKS, SOFT, WIDE, plain_characters
from cleaners.punctuation import widen
from cleaners.script import FormError, Script, convert, converter_name

FENCE = "```"
SCRIPTS: tuple[Script, ...] = ("simplified", "traditional")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from text to text."""

    name: str
    version: int
    apply: Callable[[str], str]
    why: str
    build: str = ""  # of a library that decides the result

    @property
    def label(self) -> str:
        """name@version, and +build for a step that has one."""
        return f"{self.name}@{self.version}{self.build and '+'}{self.build}"


@dataclass(frozen=True, slots=True)
class Form:
    """
    Which form clean text has: without the steps named in `off`, in the `script`.

    FormError (a ValueError): there is no such step or script.
    """

    off: frozenset[str] = frozenset()
    script: Script = ""  # "simplified", "traditional", or as it is written

    def __post_init__(self) -> None:
        if unknown := sorted(self.off and set(self.off).difference(_names())):
            raise FormError(
                "off",
                f"no normalisation step is called {', '.join(map(repr, unknown))}",
                do=f"name some of these: {', '.join(_names())}",
            )
        if self.script not in ("", *SCRIPTS):
            raise FormError(
                "script",
                f"there is no script {self.script!r}",
                do="simplified, traditional, or nothing: as it is written",
            )


PLAIN = Form()
"""All steps, and the script that the author chose."""


def normalise(text: str, form: Form = PLAIN) -> str:
    """
    Bring `text` to a form of clean text.

    >>> normalise("　　⼈⼯智能( AI )在２０２４年, 增⻓ 12％!!\\n\\n  完。")
    '人工智能（AI）在2024年，增长12%！！\\n完。'
    >>> normalise("增长 12％!", Form(off=frozenset({"spaces"})))
    '增长 12%！'

    Normalising twice is normalising once. One exception is known: a space that stands
    behind an address and its bracket ((邮箱x@y.example)b 座) goes in a second round only.

    FormError: the form has a script, and OpenCC is not installed.
    """
    for step in steps(form):
        text = step.apply(text)
    return text


def _names() -> list[str]:
    return [step.name for step in STEPS]


def steps(form: Form = PLAIN) -> Sequence[Step]:
    """The steps of a form, in the order in which they are taken; errors as in `normalise`."""
    if form is PLAIN or form == PLAIN:
        return STEPS
    taken = [step for step in STEPS if step.name not in form.off]
    return [*taken, _script_step(form.script)] if form.script else taken


def step_names(form: Form = PLAIN) -> tuple[str, ...]:
    """What the provenance says of a form: "name@version" of its steps, in their order."""
    taken = steps(form)
    return STEP_NAMES if taken is STEPS else tuple(step.label for step in taken)


def form_of(names: Sequence[str]) -> Form:
    """
    The form whose `step_names` these are.

    >>> form_of(["characters@1", "lines@1", "punctuation@1", "gaps@1"])
    Form(off=frozenset({'spaces'}), script='')

    FormError: this code, or the OpenCC beside it, does not have these very steps.
    """
    bare = {name.partition("@")[0] for name in names}
    scripts: list[Script] = [script for script in SCRIPTS if f"script-{script}" in bare]
    form = Form(frozenset(_names()) - bare, scripts[0] if scripts else "")
    if strange := sorted(set(names).difference(step_names(form))):
        raise FormError(
            "steps",
            "these were taken by other versions than are here",
            saw=", ".join(strange),
            do=f"install those; here are {', '.join(step_names(form))}",
        )
    return form


# ---------------------------------------------------------------- code between fences


def fenced(lines: Iterable[str]) -> Iterator[bool]:
    """For each line, whether it is code: a line of ``` opens and closes it, and belongs to it."""
    inside = False
    for line in lines:
        fence = FENCE in line and line.strip().startswith(FENCE)
        yield inside or fence
        inside ^= fence


def _each_spaced_line(text: str, change: Callable[[str], str]) -> str:
    """`text` with `change` made in the lines that have a space in them and are not code."""
    lines = text.split("\n")
    if FENCE not in text:
        return "\n".join([change(line) if " " in line else line for line in lines])
    return "\n".join(
        change(line) if " " in line and not code else line
        for line, code in zip(lines, fenced(lines), strict=True)
    )


# ------------------------------------------------------------------------------ lines


def trim_lines(text: str) -> str:
    """
    `text` without empty lines and without blanks at the edges of its lines.

    >>> trim_lines("\\n  甲 \\n\\t\\n乙\\n")
    '甲\\n乙'

    Code between fences keeps its indentation.
    """
    lines = text.split("\n")
    if FENCE not in text:
        return "\n".join([kept for line in lines if (kept := line.strip(" \t"))])
    return "\n".join(filter(None, _trimmed(lines)))


def _trimmed(lines: Sequence[str]) -> Iterator[str]:
    for line, code in zip(lines, fenced(lines), strict=True):
        if not code:
            yield line.strip(" \t")
        elif line.strip().startswith(FENCE):
            yield line.strip()
        else:
            yield line.rstrip()


# A lone joiner goes before line breaks are looked at, so it may stand inside of one.
_ANY_BREAK = re.compile(f"\r\u200d*\n|[\n{LINE_BREAKS}]")


def line_sources(text: str, form: Form = PLAIN) -> list[tuple[int, int]]:
    """
    For each line of `normalise(text, form)`, where in `text` the line stands that became it.

    Steps join no lines and split none: `characters` settles where lines end, `lines` drops
    those that are empty, and no later step touches a line feed.

    >>> line_sources("甲 \\r\\n\\n　　乙")
    [(0, 2), (5, 8)]
    """
    if "characters" in form.off:
        plain, breaks = text, re.compile("\n")
    else:
        plain, breaks = plain_characters(text), _ANY_BREAK
    ends = [found.span() for found in breaks.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    spans = zip(starts, [*(start for start, _ in ends), len(text)], strict=True)
    if "lines" in form.off:
        return list(spans)
    lines = plain.split("\n")
    return [span for span, line in zip(spans, _trimmed(lines), strict=True) if line]


# ----------------------------------------------------------------------------- spaces
# Patterns begin with the space itself, for which `re` searches quickly, and look back
# over it. After runs of blanks have become one space, no space is another's neighbour:
# each can be judged by the two characters beside it, and one pass judges them all.

_TOKEN = "A-Za-z0-9%$#@&+"  # noqa: S105 - what a Latin word or a number has at its edge
# A space that is not just between two printable ASCII characters, or a tab with company.
_SPACE_WORK = re.compile(r" (?:(?<=[^!-~] )|(?=[^!-~]))|\t[\t ]")
_SPACE_RUN = re.compile(" {2,}")
_CELL_EDGE = re.compile(" ?\t[ \t]*")
_LEFT_SPACED = re.compile(f" (?<=[{HAN}] )(?=[{_TOKEN}])")
_LEFT_TIGHT = re.compile(f"[{_TOKEN}](?<=[{HAN}].)")

_BESIDE_MARKS = re.compile(f" (?:(?<=[{WIDE}“‘] )|(?=[{WIDE}”’]))")
_IN_CHINESE = re.compile(f" (?:(?<=[{WIDE}“‘] )|(?=[{WIDE}”’])|(?<=[{HAN}] )(?=[{HAN}]))")
_BESIDE_SOFT = re.compile(f" (?:(?<=[{SOFT}] )(?=[{HAN}])|(?<=[{HAN}] )(?=[{SOFT}]))")
_BESIDE_LATIN = re.compile(f" (?:(?<=[{_TOKEN})] )(?=[{HAN}])|(?<=[{HAN}] )(?=[{_TOKEN}]))")
_AFTER_LATIN = re.compile(f" (?<=[{_TOKEN}] )(?=[{HAN}])")

_ORDINAL = re.compile(
    f"第[一二三四五六七八九十百千零〇两0-9]+(?:条|章|节|回|卷|集|课|讲|编|部分|款) (?=[{HAN}])"
)
# A heading of Markdown is one only with its space: ## 准备. The bench convention has no word on it.
_HEADING = re.compile("(#{1,6} ) *(?=[^ #])")
_SENTENCE_MARK = re.compile("[，。；：？！、,;:?!]")
_HEADLINE_LENGTH = 40  # characters
_HEADLINE_PART = 4  # characters

_ADDRESS_BEGINS = re.compile(rf"(?<=[{HAN}] )(?:https?://|www\.|[\w.+-]+@)")
_ADDRESS = re.compile(r"(?:https?://|www\.|[\w.+-]@).", re.DOTALL)
_NO_ADDRESS = re.compile(rf"[\s{HAN}{WIDE}]")


def tidy_spaces(text: str) -> str:
    """
    `text` with the spaces that mean something: between words, around addresses, in headlines.

    >>> tidy_spaces("第6批第7次 共 6 家  单位 ， 名单见 http://a.example 首页")
    '第6批第7次共6家单位，名单见 http://a.example 首页'
    """
    if not _SPACE_WORK.search(text):
        return text
    tidy = _tidy_line_of_spacer if _author_spaces(text) else _tidy_line
    return _each_spaced_line(text, tidy)


def _author_spaces(text: str) -> bool:
    """
    Whether the author sets Latin words and numbers apart (在 2019 年) more often than not.

    Only their left sides count: on the right side a unit or a name may belong to them.
    """
    spaced = len(_LEFT_SPACED.findall(text))
    return spaced > 0 and spaced > len(_LEFT_TIGHT.findall(text))


def _is_headline(line: str) -> bool:
    """A short line without sentence marks, in parts of some length: its spaces are meant."""
    return (
        len(line) <= _HEADLINE_LENGTH
        and not _SENTENCE_MARK.search(line)
        and min(map(len, line.split(" "))) >= _HEADLINE_PART
    )


def _tidy_chinese(line: str) -> str:
    """One space for each run of blanks, and none among Han and marks."""
    if not _SPACE_WORK.search(line):
        return line
    if "  " in line:
        line = _SPACE_RUN.sub(" ", line)
    if "\t" in line:
        line = _CELL_EDGE.sub("\t", line)
    ordinal = _ORDINAL.match(line)
    if ordinal:
        line = ordinal[0] + _IN_CHINESE.sub("", line[ordinal.end() :])
    else:
        line = (_BESIDE_MARKS if _is_headline(line) else _IN_CHINESE).sub("", line)
    return line


def _tidy_line_of_spacer(line: str) -> str:
    if heading := _HEADING.match(line):
        return heading[1] + _tidy_line_of_spacer(line[heading.end() :])
    line = _tidy_chinese(line)
    return line if " " not in line or _is_headline(line) else _BESIDE_SOFT.sub("", line)


def _tidy_line(line: str) -> str:
    if heading := _HEADING.match(line):
        return heading[1] + _tidy_line(line[heading.end() :])
    line = _tidy_chinese(line)
    if " " not in line:
        return line
    latin = _BESIDE_LATIN
    if _is_headline(line):
        latin = _AFTER_LATIN
    else:
        line = _BESIDE_SOFT.sub("", line)
    if "://" in line or "www." in line or "@" in line:
        return latin.sub(_keep_beside_address, line)
    return latin.sub("", line)


def _keep_beside_address(space: re.Match[str]) -> str:
    """A space beside a URL or e-mail address stays: without it nobody knows where that ends."""
    line, at = space.string, space.start()
    if _ADDRESS_BEGINS.match(line, at + 1):
        return " "
    word = line[line.rfind(" ", 0, at) + 1 : at]
    # Addresses hold no Han. The last piece without Han, and one character more: in
    # 邮箱a@b the piece is a@b.
    backwards = word[::-1]
    stop = _NO_ADDRESS.search(backwards)
    tail = word if stop is None else word[-stop.end() :]
    return " " if _ADDRESS.search(tail) else ""


# ------------------------------------------------------------------------ punctuation

_CODE_SPAN = re.compile("`[^`\n]+`")


def widen_punctuation(text: str) -> str:
    """
    `text` with full-width marks in Chinese context; code keeps its own.

    >>> widen_punctuation("你好,world!用`f(a, b)`:好(不好)?")
    '你好，world！用`f(a, b)`：好（不好）？'
    """
    if "`" not in text:
        return widen(text)
    # Widening keeps every position, so code can wait under a cover of Latin letters.
    code = list(_code(text))
    return _overlay(widen(_overlay(text, "x" * len(text), code)), text, code)


def _code(text: str) -> Iterator[tuple[int, int]]:
    """The lines between fences and the spans between single backticks, as (start, end)."""
    lines = text.split("\n")
    start = 0
    for line, code in zip(lines, fenced(lines), strict=True):
        if code:
            yield start, start + len(line)
        elif "`" in line:
            spans = (span.span() for span in _CODE_SPAN.finditer(line))
            yield from ((start + a, start + b) for a, b in spans)
        start += len(line) + 1


def _overlay(text: str, cover: str, where: Iterable[tuple[int, int]]) -> str:
    """`text`, with the stretches `where` taken from `cover`, which is as long."""
    parts: list[str] = []
    done = 0
    for start, end in where:
        parts += (text[done:start], cover[start:end])
        done = end
    return "".join((*parts, text[done:]))


# ------------------------------------------------------------------------------- gaps

_GAP = re.compile(f" (?:(?<=[{WIDE}] ) *+|(?<!  )(?<!# ) *+(?=[{WIDE}]))")


def close_gaps(text: str) -> str:
    """
    `text` without spaces beside full-width marks, which bring their own white.

    >>> close_gaps("你好， world （again） ！")
    '你好，world（again）！'
    """
    if not _GAP.search(text):
        return text
    if FENCE not in text:
        return _GAP.sub("", text)
    return _each_spaced_line(text, lambda line: _GAP.sub("", line))


# ----------------------------------------------------------------------------- script


def convert_script(text: str, script: Script) -> str:
    """
    `text` in Simplified or Traditional characters; code keeps its own.

    >>> convert_script("這是`f(資料)`", "simplified")
    '这是`f(資料)`'
    """
    if "`" not in text:
        return convert(text, script)
    parts: list[str] = []
    done = 0
    for start, end in _code(text):
        parts += (convert(text[done:start], script), text[start:end])
        done = end
    return "".join((*parts, convert(text[done:], script)))


def _script_step(script: Script) -> Step:
    return Step(
        f"script-{script}",
        1,
        partial(convert_script, script=script),
        "One corpus, one script, for those who ask for it: 頭髮 and 头发 are the same word.",
        converter_name(script),
    )


STEPS: tuple[Step, ...] = (
    Step(
        "characters",
        1,
        plain_characters,
        "Radicals, full-width letters, exotic blanks and invisible characters look like the"
        " plain ones, but no search finds them: ⼈⼯, ２０２４.",
    ),
    Step(
        "lines",
        1,
        trim_lines,
        "One paragraph is one line; indents and empty lines are layout. Code keeps its indents.",
    ),
    Step(
        "spaces",
        1,
        tidy_spaces,
        "Chinese is written without spaces; those left by layout and conversion cut words in"
        " two. They stay where they mean something: 第一条 甲方, in headlines, around addresses.",
    ),
    Step(
        "punctuation",
        1,
        widen_punctuation,
        "In Chinese text , and ， are the same mark; in 1,486 and in English they are not.",
    ),
    Step(
        "gaps",
        1,
        close_gaps,
        "A comma that has become ， needs no space behind it.",
    ),
)
"""The steps that are taken unless they are switched off, in their order."""

STEP_NAMES = tuple(step.label for step in STEPS)
