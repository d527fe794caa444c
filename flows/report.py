"""
The figures of a run as one HTML file that opens anywhere.

The file loads nothing and runs nothing, and says so to the browser (a
Content-Security-Policy of 'none'). Everything that comes from a page is
escaped, and characters that cannot be seen or that turn the line around are
written out: ‹U+200B›.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from cleaners.show import place
from flows.commit import disk_errors, write_durably
from flows.figures import KINDS, Figures
from flows.tally import is_share

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_THOUSAND, _TEN_THOUSAND = 1_000, 10_000


def write_report(path: Path, run: Figures) -> None:
    """
    Write the report, completely or not at all.

    DatasetError: the disk refuses.
    """
    page = _template().render(run=run, chinese=KINDS)
    with disk_errors(path):
        write_durably(path, page)


def visible(text: str) -> str:
    """
    The text with everything written out that a reader could not see.

    >>> visible("第一行\\n第\\u200b二行\\t")
    '第一行⏎\\n第‹U+200B›二行⇥'
    """
    return _UNSEEN.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return {"\n": "⏎\n", "\t": "⇥"}.get(found[0]) or f"‹U+{ord(found[0]):04X}›"


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    filters: dict[str, Callable[..., str]] = {
        "visible": visible,
        "place": place,
        "percent": percent,
        "number": number,
        "signed": _signed,
        "seconds": seconds,
        "value": value,
    }
    environment.filters.update(filters)
    source = Path(__file__).with_name("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def number(count: float) -> str:
    """A number as people write it: 12,345."""
    return f"{count:,}"


def _signed(change: int) -> str:
    return f"+{change:,}" if change > 0 else f"−{-change:,}"


def percent(part: int, whole: int) -> str:
    """A share to read: never 0.0 % for what is there, never 100.0 % for what is not all."""
    if not part:
        return "0\u202f%"
    if part == whole:
        return "100\u202f%"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f}\u202f%"


def seconds(took: float) -> str:
    """
    >>> seconds(75.2), seconds(0.0123), seconds(0.00002)
    ('75.2\\u202fs', '12\\u202fms', '0.02\\u202fms')
    """
    if took >= 1:
        return f"{took:,.1f}\u202fs"
    return f"{_THOUSAND * took:.{0 if took >= 0.01 else 2}f}\u202fms"  # noqa: PLR2004


def value(of: float, signal: str) -> str:
    """
    One value of a signal, as short as its meaning allows.

    >>> value(0.925, "han_share"), value(1412.5, "chars"), value(31622.8, "chars")
    ('0.93', '1,412', '32k')
    """
    if is_share(signal):
        return f"{of:.2f}".rstrip("0").rstrip(".") or "0"
    if of >= _TEN_THOUSAND:
        return f"{of / _THOUSAND:,.0f}k"
    return f"{of:,.0f}"
