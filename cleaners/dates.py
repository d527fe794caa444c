"""
Printed dates as ISO 8601, no more precise than they are said.

    2024年3月5日 10:30  →  2024-03-05T10:30+08:00

A time of day has a zone, China's unless the page says another; a day has none. What no
calendar has is no date, nor are days without a year, nor the zero of some database.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
LONGEST = 40  # characters of a value that is a date and nothing else, "2024" or 1709604600000
_NUMERALS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {
    "○": 0,
    "零": 0,
    "正": 1,
    "元": 1,
}
_TENS = {"十": 10, "廿": 20, "卅": 30}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_NO_DATES = frozenset(("1970-01-01", "1900-01-01", "1899-12-30", "1899-12-31"))
_WIDE = str.maketrans(
    {chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)} | {"時": "时", "點": "点", "號": "号", "\u3000": " "}
)  # fmt: skip
_ANY_WIDE = re.compile(f"[{''.join(map(chr, _WIDE))}]")

_HAN = "〇○零一二三四五六七八九十廿卅正元"
_DAY = (
    r"(?<![\d.])(?P<year>(?:19|20)\d\d)[ \xa0]{0,2}(?P<sep>[-/.年])[ \xa0]{0,2}(?P<month>\d{1,2})"
    r"(?:[ \xa0]{0,2}[-/.月][ \xa0]{0,2}(?P<day>\d{1,2})(?!\d)[日号]?|(?P<only>月)?(?![\d./-]))"
)
_HAN_DAY = (
    rf"(?P<hyear>[{_HAN}]{{4}})年(?P<hmonth>[{_HAN}]{{1,3}})月(?:(?P<hday>[{_HAN}]{{1,4}})[日号])?"
)
_REPUBLIC = (
    rf"民[国國](?P<ryear>\d{{1,3}}|[{_HAN}百]{{1,5}})年(?P<rmonth>\d{{1,2}}|[{_HAN}]{{1,3}})月"
    rf"(?:(?P<rday>\d{{1,2}}|[{_HAN}]{{1,4}})[日号])?"
)
_ENGLISH = (
    r"\b(?:(?P<emonth>[A-Za-z]{3,9})\.? (?P<eday>\d{1,2})(?:st|nd|rd|th)?,? (?P<eyear>(?:19|20)\d\d)"
    r"|(?P<fday>\d{1,2}) (?P<fmonth>[A-Za-z]{3,9})\.?,? (?P<fyear>(?:19|20)\d\d))\b"
)
_TIME = re.compile(
    r"(?:[T \xa0,，-]{0,4}|[ (（]{0,2}(?:星期|周)[一二三四五六日天][)） ]{0,3})"
    r"(?:(?P<half>上午|下午|晚上|凌晨|早上|中午|晚) ?)?(?P<hour>\d{1,2})"
    r"(?:[:时点] ?(?P<minute>\d\d)(?!\d)分?(?:[: ]?(?P<second>[0-5]\d)(?!\d)秒?)?|时(?!\d))"
    r"(?:\.\d{1,9})?(?: ?(?P<half2>[AaPp]\.?[Mm])\b\.?)?"
    r"(?: ?(?:(?P<utc>Z|GMT|UTC)(?![+-]\d)|(?:GMT|UTC)?(?P<zone>[+-]\d\d:?\d\d)(?!\d)))?",
    re.IGNORECASE,
)
_DATE = re.compile(f"{_DAY}|{_HAN_DAY}|{_REPUBLIC}|{_ENGLISH}")
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?"
)
_STAMP = re.compile(r"1?\d{9}(?:\d{3})?")  # seconds or milliseconds since 1970, from 2001 on


def iso_date(said: str) -> str | None:
    """
    The first date in a text as ISO 8601, with its time where one is given; None without one.

    >>> iso_date("发布时间：2024年3月5日 08:07"), iso_date("２０２４年１月"), iso_date("二〇二四年三月五日")
    ('2024-03-05T08:07+08:00', '2024-01', '2024-03-05')
    >>> iso_date("2019-10-20T12:38:15.000Z"), iso_date("民國113年3月5日"), iso_date("March 5, 2024")
    ('2019-10-20T12:38:15+00:00', '2024-03-05', '2024-03-05')
    >>> iso_date("2024-13-45"), iso_date("3月5日"), iso_date("1970-01-01 08:00:00")
    (None, None, None)
    """
    text = said.translate(_WIDE) if _ANY_WIDE.search(said) else said
    whole = text.strip()
    if len(whole) <= LONGEST and whole.isdigit():
        return _digits(whole)
    for found in _DATE.finditer(text):
        read = _dated(text, found)
        if read:
            return read
    return None


def day_of(said: str) -> str:
    """
    The day in China of an ISO date, as far as it is known.

    >>> day_of("2024-03-05T20:00:00+00:00"), day_of("2024-03")
    ('2024-03-06', '2024-03')
    """
    if "T" not in said:
        return said
    if said.endswith("+08:00"):
        return said[:10]
    return datetime.fromisoformat(said).astimezone(CHINA).date().isoformat()


_AGO = re.compile(
    r"(?P<now>刚刚)|(?P<n>\d{1,3}|半) ?(?P<unit>分钟|分鐘|个?小时|個?小時|天|日|周)[之以]?前"
    r"|(?P<back>今天|昨天|昨日|前天)(?: ?(?P<hour>\d{1,2}):(?P<minute>\d\d))?"
)
_BACK = {"今天": 0, "昨天": 1, "昨日": 1, "前天": 2}


def relative_date(said: str, now: datetime) -> str | None:
    """
    What 3小时前 or 昨天 10:30 meant at a moment: a day, or a minute where one is said.

    >>> now = datetime(2024, 3, 5, 1, tzinfo=CHINA)
    >>> relative_date("3小时前", now), relative_date("昨天 10:30", now), relative_date("明天", now)
    ('2024-03-04', '2024-03-04T10:30+08:00', None)
    """
    found = _AGO.search(said)
    if not found:
        return None
    there = (now if now.tzinfo else now.replace(tzinfo=UTC)).astimezone(CHINA)
    if found["now"]:
        return there.date().isoformat()
    if found["unit"]:
        count = 0.5 if found["n"] == "半" else int(found["n"])
        hours = {"分": 1 / 60, "天": 24, "日": 24, "周": 168}.get(found["unit"][0], 1)
        return (there - timedelta(hours=count * hours)).date().isoformat()
    day = (there - timedelta(days=_BACK[found["back"]])).date().isoformat()
    if found["hour"] and int(found["hour"]) < 24 and int(found["minute"]) < 60:  # noqa: PLR2004
        return f"{day}T{int(found['hour']):02}:{found['minute']}+08:00"
    return day


def _digits(whole: str) -> str | None:
    """20240305, 202403051030, a year, or the seconds since 1970."""
    found = _COMPACT.fullmatch(whole)
    if found:
        parts = [int(g) if g else None for g in found.groups()]
        day = _day(*parts[:3])
        return day and f"{day}{_clock(parts[3], parts[4], found['second'], '')}"
    if _STAMP.fullmatch(whole):
        moment = datetime.fromtimestamp(int(whole[:10]), CHINA)
        return moment.isoformat() if len(whole) != 9 else None  # noqa: PLR2004
    return whole if re.fullmatch("(?:19|20)[0-9]{2}", whole) else None


def _dated(text: str, found: re.Match[str]) -> str | None:
    parts = _parts(found)
    day = _day(*parts)
    if not day or parts[2] is None:
        loose = found["sep"] is not None and found["sep"] != "年" and not found["only"]
        return None if loose and found[0] != text.strip() else day
    time = _TIME.match(text, found.end())
    if not time:
        return day
    hour, minute = int(time["hour"]), int(time["minute"] or 0)
    half = time["half"] or (time["half2"] or "").lower().replace(".", "")
    if half in ("下午", "晚上", "晚", "pm") and hour < 12:  # noqa: PLR2004
        hour += 12
    elif half in ("am", "凌晨") and hour == 12:  # noqa: PLR2004
        hour = 0
    zone = "+00:00" if time["utc"] else time["zone"] or ""
    if zone == "+00:00" and (hour, minute) == (16, 0) and time["second"] in (None, "00"):
        # Midnight in China, as programs write it down that know no days.
        return (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
    return f"{day}{_clock(hour, minute, time['second'], zone)}"


def _parts(found: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    """Year, month and day of a match."""
    if found["year"]:
        return int(found["year"]), int(found["month"]), int(found["day"]) if found["day"] else None
    if found["hyear"]:
        year = int("".join(str(_NUMERALS.get(c, "")) for c in found["hyear"]) or 0)
        return year, _numeral(found["hmonth"]), _numeral(found["hday"])
    if found["ryear"]:
        year = _numeral(found["ryear"])
        return year and year + 1911, _numeral(found["rmonth"]), _numeral(found["rday"])
    month = _MONTHS.get((found["emonth"] or found["fmonth"]).lower())
    return int(found["eyear"] or found["fyear"]), month, int(found["eday"] or found["fday"])


def _numeral(said: str | None) -> int | None:
    """
    >>> _numeral("二十一"), _numeral("廿一"), _numeral("一一三"), _numeral("一百一十三"), _numeral("05")
    (21, 21, 113, 113, 5)
    """
    if not said:
        return None
    if said.isdecimal():
        return int(said)
    total, last, digits = 0, None, ""
    for c in said:
        if c == "百":
            total += (last or 1) * 100
            last = None
        elif c in _TENS:
            total += _TENS[c] * (last or 1 if c == "十" else 1)
            last = None
        else:
            last = _NUMERALS.get(c, 0)
            digits += str(last)
    return int(digits) if len(digits) == len(said) else total + (last or 0)


def _day(year: int | None, month: int | None, day: int | None) -> str | None:
    if not year or not month or not 1900 <= year < 2100 or month > 12:  # noqa: PLR2004
        return None
    if day is None:
        return f"{year:04}-{month:02}"
    try:
        date(year, month, day)
    except ValueError:
        return None
    said = f"{year:04}-{month:02}-{day:02}"
    return None if said in _NO_DATES else said


def _clock(hour: int | None, minute: int | None, second: str | None, zone: str) -> str:
    """The time behind a day; nothing for midnight, which is what days without a time have."""
    if hour is None or minute is None or hour > 23 or minute > 59:  # noqa: PLR2004
        return ""
    if (hour, minute) == (0, 0) and second in (None, "00") and zone in ("", "+08:00", "+0800"):
        return ""
    zone = zone if ":" in zone or not zone else f"{zone[:3]}:{zone[3:]}"
    if not zone or zone[1:3] > "14" or zone[4:] > "59":
        zone = "+08:00"
    return f"T{hour:02}:{minute:02}{f':{second}' if second else ''}{zone}"


_IN_URL = re.compile(
    r"[/_-](?:t|art_\d+_)?(?P<year>(?:19|20)\d\d)[-/_]?(?P<month>0[1-9]|1[0-2])[-/_]?"
    r"(?P<day>0[1-9]|[12]\d|3[01])(?=[A-Z/_.-]|$)"
)
_SPLIT_URL = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>1[0-2]|0?[1-9])[/-](?P<day>[12]\d|3[01]|0?[1-9])/"
)


def url_date(url: str) -> str | None:
    """
    The day in a page's address, as news and government sites write it.

    >>> url_date("https://a.example/xw/202403/t20240305_123.html"), url_date("/2024/3/5/c1-2.html")
    ('2024-03-05', '2024-03-05')
    >>> url_date("/2024-03/05/content_1.htm"), url_date("/a/20240305A08K.html"), url_date("/p/2024.html")
    ('2024-03-05', '2024-03-05', None)
    """
    for pattern in (_SPLIT_URL, _IN_URL):
        for found in pattern.finditer(url):
            day = _day(*(int(found[name]) for name in ("year", "month", "day")))
            if day:
                return day
    return None
