"""Numbers of lists as Word prints them: 3, iii, C, 三, 叁, 丙, ③."""

from __future__ import annotations

from collections.abc import Callable, Mapping

HAN = "〇一二三四五六七八九"
LEGAL = "零壹贰叁肆伍陆柒捌玖"
LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
MOST = 9999


def counted(n: int, digits: str = HAN, tens: str = "十百千") -> str:
    """
    A number in Chinese as it is said.

    >>> [counted(n) for n in (3, 10, 12, 20, 105, 110, 2024)]
    ['三', '十', '十二', '二十', '一百零五', '一百一十', '二千零二十四']
    """
    if not 0 < n <= MOST:
        return str(n)
    out, gap = "", False
    for power in (3, 2, 1, 0):
        digit = n // 10**power % 10
        if digit:
            zero = "零" if gap and out else ""
            out += zero + digits[digit] + (tens[power - 1] if power else "")
        gap = not digit
    return out.removeprefix(digits[1]) if 10 <= n < 20 and tens[0] == "十" else out  # noqa: PLR2004


def _spelled(n: int) -> str:
    return "".join(HAN[int(digit)] for digit in str(n))


def _letters(n: int) -> str:
    return chr(ord("a") + (n - 1) % 26) * min((n - 1) // 26 + 1, 20)


def _roman(n: int) -> str:
    if not 0 < n <= MOST:
        return str(n)
    out = ""
    for value, letters in ROMAN:
        out += letters * (n // value)
        n %= value
    return out


def _from(first: str, most: int) -> Callable[[int], str]:
    return lambda n: chr(ord(first) + n - 1) if 0 < n <= most else str(n)


def _of(signs: str) -> Callable[[int], str]:
    return lambda n: signs[n - 1] if 0 < n <= len(signs) else str(n)


FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimalZero": lambda n: f"{n:02}",
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerLetter": _letters,
    "decimalFullWidth": lambda n: str(n).translate({0x30 + d: 0xFF10 + d for d in range(10)}),
    "decimalEnclosedCircle": _from("①", 20),
    "decimalEnclosedCircleChinese": _from("①", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "chineseLegalSimplified": lambda n: counted(n, LEGAL, "拾佰仟"),
    "ideographLegalTraditional": lambda n: counted(n, LEGAL_TRADITIONAL, "拾佰仟"),
    "ideographDigital": _spelled,
    "japaneseDigitalTenThousand": _spelled,
    "taiwaneseDigital": _spelled,
    "ideographTraditional": _of(STEMS),
    "ideographZodiac": _of(BRANCHES),
    "ideographEnclosedCircle": _from("㊀", 10),
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
         "taiwaneseCountingThousand", "koreanCounting"), counted,
    ),
}  # fmt: skip


def printed_number(n: int, form: str) -> str:
    """
    >>> [printed_number(3, form) for form in ("decimal", "chineseCounting", "ideographTraditional")]
    ['3', '三', '丙']
    """
    return FORMATS.get(form, str)(n)
