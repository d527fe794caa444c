"""The commands for files of sources: `zhengben sources check` and `zhengben sources list`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from cleaners.errors import SourcesError, UsageError

if TYPE_CHECKING:
    from flows.sources import Source

LIMIT = 20
File = Annotated[Path, Parameter(name="FILE")]
Name = Annotated[str, Parameter(name="--source", show_default=False)]

app = App(
    name="sources",
    help="Check a file of sources, or list what would be fetched.",
    help_epilogue="Example:\n    $ zhengben sources check docs/sources.toml",
)


def register(parent: App) -> None:
    """Add the commands of this module to the command line."""
    parent.command(app)


@app.command(
    usage="Usage: zhengben sources check FILE",
    help_epilogue="Example:\n    $ zhengben sources check docs/sources.toml",
)
def check(file: File, /) -> int:
    """
    Read a file of sources and its rule packs, and say what it means. Asks no host.

    Parameters
    ----------
    file
        A TOML file; docs/sources.md says what stands in it.
    """
    from flows.local import check_pack  # noqa: PLC0415
    from flows.sources import read_sources  # noqa: PLC0415  re2, selectolax, ada

    sources = read_sources(file)
    for pack in dict.fromkeys(pack for source in sources for pack in source.rules):
        check_pack(pack)
    print(f"ok: {file.name}, {len(sources)} source{'' if len(sources) == 1 else 's'}")
    for source in sources:
        print(f"  {source.name}: {_summary(source)}")
    return 0


@app.command(
    name="list",
    usage="Usage: zhengben sources list [OPTIONS] FILE",
    help_epilogue="Example:\n    $ zhengben sources list docs/sources.toml --limit 5",
)
def list_(file: File, /, *, source: Name = "", limit: int = LIMIT) -> int:
    """
    List the URLs that would be fetched, with where each was found.

    Sitemaps, feeds and list pages are fetched, as politely as an ingest does it;
    articles are not. Columns, separated by tabs: URL, what names it, when it was
    last changed, and `robots-forbidden` where robots.txt does not allow it.
    The exit status is 1 when a sitemap, feed or list could not be had.

    Parameters
    ----------
    file
        A TOML file of sources.
    source
        Only the source of this name.
    limit
        URLs of each source.
    """
    import asyncio  # noqa: PLC0415

    from flows.sources import read_sources  # noqa: PLC0415

    if limit < 1:
        raise UsageError("--limit", "is less than 1", saw=str(limit))
    chosen = chosen_sources(read_sources(file), source, file)
    failures = sum(asyncio.run(_list_all(chosen, limit)).values())
    return 1 if failures else 0


def chosen_sources(sources: Sequence[Source], name: str, file: Path) -> list[Source]:
    """The source of a name, or all without one. SourcesError: there is none."""
    chosen = [source for source in sources if name in {"", source.name}]
    if not chosen:
        names = ", ".join(source.name for source in sources)
        raise SourcesError(file.name, "has no source of this name", saw=name, do=f"one of {names}")
    return chosen


async def _list_all(sources: Sequence[Source], limit: int) -> Counter[str]:
    """Print what each source offers; how many sitemaps, feeds and lists of each failed."""
    from dataclasses import replace  # noqa: PLC0415

    from flows.discover import discover  # noqa: PLC0415
    from flows.fetch.exchange import Failure  # noqa: PLC0415
    from flows.fetch.fetch import Fetcher  # noqa: PLC0415  httpx
    from flows.fetch.polite import Hosts  # noqa: PLC0415
    from flows.fetch.robots import Robots  # noqa: PLC0415

    hosts, robots, failures = Hosts(), Robots(), Counter[str]()
    for source in sources:
        if len(sources) > 1:
            print(f"=== {source.name}", flush=True)
        async with (
            Fetcher(source.settings, hosts=hosts, robots=robots) as fetcher,
            aclosing(discover(replace(source, pages=limit), fetcher)) as found,
        ):
            async for item in found:
                if isinstance(item, Failure):
                    failures[source.name] += 1
                    _say(f"{item.url}: {item.rule}: {item.why}")
                    continue
                rules = await fetcher.rules(item.url)
                allowed = "" if rules.problem or rules.allows(item.url) else "robots-forbidden"
                problem = rules.problem.rule if rules.problem else allowed
                changed = item.lastmod.isoformat() if item.lastmod else ""
                print("\t".join((item.url, item.on or item.how, changed, problem)), flush=True)
    return failures


def _summary(source: Source) -> str:
    """What a source means, in a line."""
    counts = {
        "URL": len(source.urls),
        "sitemap": len(source.sitemaps),
        "feed": len(source.feeds),
        "list": len(source.lists),
    }
    named = [f"{n} {what}{'' if n == 1 else 's'}" for what, n in counts.items() if n]
    hosts = f"hosts {', '.join(source.settings.allowed_hosts)}"
    schedule = source.schedule
    when = f"{schedule.cron} ({schedule.timezone})" if schedule else "no schedule"
    return "; ".join((", ".join(named), hosts, f"at most {source.pages:,} pages", when))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
