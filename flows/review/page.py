"""
The review page as one HTML file: its look, its script and its data, and nothing from elsewhere.

A policy in the page lets the browser run this one script, named by its hash, and lets that
script put text of pages nowhere but in as text. So no page can become script, whatever is in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from flows.commit import disk_errors, write_durably
from flows.report import visible
from flows.review.data import Page

HERE = Path(__file__).parent
# In a script element these could end it, begin a comment, or be read as line ends.
ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def html(page: Page, answers: Iterable[Mapping[str, Any]] = (), *, serve: bool = False) -> str:
    """
    The page as text.

    answers  that were given before
    serve    it sends answers to where it came from, in place of offering them as a file
    """
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    data = page.state() | {"answers": list(answers), "serve": serve}
    filled = {
        "POLICY": _policy(style, script, serve=serve),
        "TITLE": escape(f"Review of {visible(page.name)}"),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES),
    }
    # Cut at the marks before anything is put in: a page may say @@DATA@@ as well.
    first, *rest = (HERE / "page.html").read_text(encoding="utf-8").split("@@")
    parts = [first]
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        parts += [filled[name], text]
    return "".join(parts)


def write_page(path: Path, page: Page) -> None:
    """Write the page, completely or not at all. DatasetError: the disk refuses."""
    with disk_errors(path):
        write_durably(path, html(page))


def _policy(style: str, script: str, *, serve: bool) -> str:
    rules = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "style-src": _hash(style),
        "img-src": "data:",  # the empty icon, so that no browser asks for one
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    if serve:
        rules["connect-src"] = "'self'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
