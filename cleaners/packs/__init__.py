"""
The rule packs that are shipped: one TOML file for each kind of noise.

They are part of the code, as a module is; nothing else is ever read from disk here.
"""

from functools import cache
from importlib.resources import files

from cleaners.parse import parse_pack
from cleaners.rules import RulePack, Rules, make_rules

NAMES = (
    "trial",
    "contact",
    "promo",
    "disclaimer",
    "byline",
    "seo",
    "related",
    "navigation",
    "download",
    "conversion",
    "furniture",
    "novel",
    "forum",
    "wechat",
    "docshare",
    "markdown",
    "report",
    "lede",
    "platforms",
    "services",
    "stamps",
)


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Name and TOML text of every shipped pack, in the order they are applied."""
    return tuple(
        (name, (files("cleaners.packs") / f"{name}.toml").read_text("utf-8")) for name in NAMES
    )


@cache
def shipped() -> tuple[RulePack, ...]:
    """Every shipped pack. The tests and `zhengben check` prove them; each start need not again."""
    return tuple(parse_pack(text, name, prove=False) for name, text in texts())


@cache
def default() -> Rules:
    """The rules of the shipped packs."""
    return make_rules(shipped())
