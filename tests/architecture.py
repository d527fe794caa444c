"""
The picture and the list of rooms in docs/architecture.md, drawn from the code that they speak of.

    python -m tests.architecture > docs/pictures/architecture.svg

`BOXES` and `ARROWS` are the picture: every box is a room (a module or a package of the project)
and stands where the data passes; `THEMES` sorts all rooms for a newcomer. `test_architecture.py`
holds them against the code.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("cleaners", "flows")

# What a newcomer looks for, and the rooms in which it is done.
THEMES: Mapping[str, tuple[str, ...]] = {
    "What travels": ("cleaners/document", "cleaners/errors", "cleaners/page"),
    "From bytes to the text of a page": (
        "cleaners/encoding", "cleaners/html", "cleaners/formats", "cleaners/joined", "cleaners/dates",
    ),
    "The language of rules": (
        "cleaners/packs", "cleaners/parse", "cleaners/rules", "cleaners/sites", "cleaners/prove_sites",
        "cleaners/patterns", "cleaners/needs", "cleaners/matching", "cleaners/fold",
        "cleaners/variants", "cleaners/pages",
    ),
    "Marking what is no text": (
        "cleaners/zones", "cleaners/mark", "cleaners/reach", "cleaners/compare", "cleaners/ledes", "cleaners/bylines",
        "cleaners/repetition", "cleaners/insertions", "cleaners/run_in", "cleaners/leftovers", "cleaners/rare", "cleaners/asides", "cleaners/crumbs", "cleaners/menus", "cleaners/fragments",
        "cleaners/likeness", "cleaners/chain", "cleaners/sentences", "cleaners/edges",
        "cleaners/signs", "cleaners/shapes", "cleaners/possible", "cleaners/voice", "cleaners/weights", "cleaners/printed",
    ),
    "From marks to documents": (
        "cleaners/clean", "cleaners/split", "cleaners/harvest", "cleaners/cut", "cleaners/truncation",
        "cleaners/measure", "cleaners/structure", "cleaners/show", "cleaners/markdown", "cleaners/masking",
        "cleaners/difference",
    ),
    "Repair, and the form of clean text": (
        "cleaners/repair", "cleaners/wraps", "cleaners/normalise", "cleaners/characters",
        "cleaners/punctuation", "cleaners/script",
    ),
    "Files and folders": (
        "flows/local", "flows/survey", "flows/read", "flows/found", "flows/regular", "flows/containers",
        "flows/opening", "flows/workers", "flows/warm", "flows/progress", "flows/resume", "flows/single",
    ),
    "The dataset": (
        "flows/dataset", "flows/columns", "flows/examples", "flows/rows", "flows/parts", "flows/json_parts",
        "flows/texts", "flows/stored", "flows/commit", "flows/digests",
    ),
    "Releases": (
        "flows/release", "flows/releases", "flows/reading", "flows/where", "flows/filters",
        "flows/split", "flows/facts", "flows/card",
    ),
    "Looking at it": (
        "flows/tally", "flows/times", "flows/figures", "flows/report", "flows/artifacts", "flows/look", "flows/stats",
        "flows/review",
    ),
    "Fetching": (
        "flows/sources", "flows/toml_table", "flows/discover", "flows/sitemaps", "flows/links",
        "flows/fetch", "flows/archive",
    ),
    "Ingest": (
        "flows/run", "flows/gather", "flows/pages", "flows/articles", "flows/journal", "flows/shards",
        "flows/tables", "flows/table_columns", "flows/locks", "flows/current", "flows/export", "flows/run_report",
    ),
    "Care of what was gathered": (
        "flows/care", "flows/mend", "flows/reclean", "flows/again", "flows/verify", "flows/proof",
        "flows/read_back", "flows/originals", "flows/differences", "flows/difference_report", "flows/places",
    ),
    "Copies of a text": (
        "cleaners/sketch", "cleaners/overlap", "cleaners/similarity", "flows/candidates",
        "flows/duplicates",
    ),
    "Prefect": ("flows/clean", "flows/ingest", "flows/prefect_settings"),
    "The command line": (
        "flows/cli", "flows/cli_files", "flows/cli_data", "flows/cli_care", "flows/cli_copies", "flows/cli_look", "flows/cli_sources", "flows/cli_ingest",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A room in the picture; without a room, what lies outside of the house."""

    name: str
    x: int
    y: int
    says: str
    room: str = ""
    wide: int = 150


COLUMN = 186
TOP, MIDDLE, BOTTOM = 64, 210, 416  # of the rows, in pixels
TALL = 52
# The stages of cleaning, in the order in which cleaners/clean.py calls them.
STAGES = (
    ("encoding", "decode", "bytes → text"),
    ("html", "extract", "main text"),
    ("repair", "repair", "what is damaged"),
    ("split", "split", "collections"),
    ("zones", "scan", "ask the rules"),
    ("mark", "mark", "what is no text"),
    ("likeness", "unlike_text", "weigh what is left"),
    ("cut", "removals", "cut once"),
    ("normalise", "normalise", "one form"),
    ("harvest", "harvest", "who, when, where"),
    ("truncation", "judge", "is it whole?"),
    ("measure", "measure", "signals"),
)
BOXES = (
    Box("web", 20, TOP, "sites, feeds, lists"),
    Box("discover", 20 + COLUMN, TOP, "which pages", "flows/discover"),
    Box("fetch", 20 + 2 * COLUMN, TOP, "politely", "flows/fetch"),
    Box("archive", 20 + 3 * COLUMN, TOP, "WARC, unchanged", "flows/archive"),
    Box("shards", 20 + 4 * COLUMN, TOP, "in workers", "flows/shards"),
    Box("tables", 20 + 5 * COLUMN, TOP, "Delta", "flows/tables"),
    *(
        Box(name, 222 + i % 6 * 138, MIDDLE + i // 6 * 84, says, f"cleaners/{name}", 122)
        for i, (name, _, says) in enumerate(STAGES)
    ),
    Box("disk", 20, BOTTOM, "files, archives, rows"),
    Box("read", 20 + COLUMN, BOTTOM, "files and folders", "flows/read"),
    Box("containers", 20 + 2 * COLUMN, BOTTOM, "zip, WARC, JSONL …", "flows/containers"),
    Box("opening", 20 + 3 * COLUMN, BOTTOM, "bytes of a page", "flows/opening"),
    Box("local", 20 + 4 * COLUMN, BOTTOM, "in workers", "flows/local"),
    Box("dataset", 20 + 5 * COLUMN, BOTTOM, "Parquet, texts", "flows/dataset"),
)
ARROWS = (
    ("web", "discover"), ("discover", "fetch"), ("fetch", "archive"), ("archive", "shards"),
    ("shards", "tables"), ("disk", "read"), ("read", "containers"), ("containers", "opening"),
    ("opening", "local"), ("local", "dataset"), ("tables", "dataset"),
    *((one, other) for (one, *_), (other, *_) in itertools.pairwise(STAGES)),
)  # fmt: skip
# Who calls cleaning: the arrows between the two packages.
CALLS = ("shards", "local")
INSIDE = (166, 366)  # where the room of the cleaners begins and ends, in pixels from above

STYLE = """
text { font: 14px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; fill: #24292f }
.small { font-size: 12px; font-weight: 400; fill: #57606a }
.head { font-size: 15px; font-weight: 600 }
.room { fill: #fff; stroke: #8c959f }
.outside { fill: none; stroke: #8c959f; stroke-dasharray: 4 3 }
.flows { fill: #ddf4ff; stroke: #54aeff }
.cleaners { fill: #dafbe1; stroke: #4ac26b }
.way { stroke: #57606a; stroke-width: 1.5; fill: none; marker-end: url(#tip) }
.tip { fill: #57606a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9da7b1 }
  .room { fill: #161b22; stroke: #6e7681 } .outside { stroke: #6e7681 }
  .flows { fill: #0c2d4a; stroke: #388bfd } .cleaners { fill: #12361f; stroke: #3fb950 }
  .way { stroke: #9da7b1 } .tip { fill: #9da7b1 }
}
"""


def rooms() -> dict[str, Path]:
    """Every module of the project and every package in it, by its path without `.py`."""
    found: dict[str, Path] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).iterdir()):
            if path.suffix == ".py" and path.stem != "__init__":
                found[f"{package}/{path.stem}"] = path
            elif (path / "__init__.py").exists():
                found[f"{package}/{path.name}"] = path / "__init__.py"
    return found


def first_sentence(path: Path) -> str:
    """What a module says of itself: the first paragraph of its docstring, on one line."""
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())


def list_of_rooms() -> str:
    """All rooms by theme, in Markdown."""
    found = rooms()
    parts: list[str] = []
    for theme, names in THEMES.items():
        rows = "".join(
            f"| [{name}](../{found[name].relative_to(ROOT).as_posix().removesuffix('/__init__.py')}) "
            f"| {first_sentence(found[name])} |\n"
            for name in names
        )
        parts.append(f"### {theme}\n\n| | |\n| --- | --- |\n{rows}")
    return "\n".join(parts)


def picture() -> str:
    """The way of the data as SVG, light and dark."""
    return "\n".join(
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1130 506" role="img"',
            ' aria-label="The way of the data: flows around cleaners">',
            f"<style>{STYLE}</style>",
            (
                '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
                'orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>'
            ),
            '<rect class="flows" x="190" y="14" width="930" height="478" rx="10"/>',
            (
                '<text class="head" x="206" y="42">flows/ <tspan class="small">network, files, processes, '
                "tables: everything that touches the world</tspan></text>"
            ),
            (
                f'<rect class="cleaners" x="206" y="{INSIDE[0]}" width="846" '
                f'height="{INSIDE[1] - INSIDE[0]}" rx="8"/>'
            ),
            (
                f'<text class="head" x="222" y="{INSIDE[0] + 28}">cleaners/ <tspan class="small">pure functions: a '
                "RawPage in, Documents with the proof of every cut out</tspan></text>"
            ),
            *_arrows(),
            *(_box(box) for box in BOXES),
            "</svg>\n",
        )
    )


def _box(box: Box) -> str:
    middle = box.x + box.wide // 2
    label = box.room.partition("/")[2] or f"the {box.name}"
    return (
        f'<rect class="{"room" if box.room else "outside"}" x="{box.x}" y="{box.y}" width="{box.wide}" '
        f'height="{TALL}" rx="6"/>'
        f'<text x="{middle}" y="{box.y + 22}" text-anchor="middle">{escape(label)}</text>'
        f'<text class="small" x="{middle}" y="{box.y + 40}" text-anchor="middle">{escape(box.says)}</text>'
    )


def _arrows() -> Iterator[str]:
    at = {box.name: box for box in BOXES}
    for one, other in ARROWS:
        a, b = at[one], at[other]
        if a.y == b.y:  # along
            yield _way(f"M{a.x + a.wide} {a.y + TALL // 2}H{b.x - 2}")
        elif a.x == b.x:  # down, beside the cleaners
            yield _way(f"M{a.x + 135} {a.y + TALL}V{b.y - 2}")
        else:  # from the end of a row to the beginning of the next
            down, left = (a.y + TALL + b.y) // 2, b.x + b.wide // 2
            yield _way(f"M{a.x + a.wide // 2} {a.y + TALL}V{down}H{left}V{b.y - 2}")
    for name in CALLS:
        box, (first, last) = at[name], INSIDE
        x = box.x + box.wide // 2
        near, wall = (box.y + TALL, first) if box.y < first else (box.y, last)
        toward = 2 if near < wall else -2  # the tip of an arrow stands before the line
        yield _way(f"M{x - 32} {near}V{wall - toward}")
        yield _way(f"M{x + 32} {wall}V{near + toward}")
        middle = (near + wall) // 2 + 4
        yield f'<text class="small" x="{x - 40}" y="{middle}" text-anchor="end">RawPage</text>'
        yield f'<text class="small" x="{x + 40}" y="{middle}">Document</text>'


def _way(path: str) -> str:
    return f'<path class="way" d="{path}"/>'


if __name__ == "__main__":
    print(picture(), end="")
