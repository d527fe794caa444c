"""What the comparisons with other packages share: an environment of their own, and a page's table."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path


def environment(folder: Path, packages: Sequence[str]) -> tuple[Path, dict[str, str]]:
    """The Python of an environment with the packages in it, made now or before, and all versions."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (folder / "complete").exists():
        # The pip that comes with Python 3.11 stumbles over what these ask for.
        venv.create(folder, with_pip=True, upgrade_deps=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        (folder / "complete").touch()
    said = subprocess.run(
        [python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True, text=True
    )
    return python, {each["name"].lower(): each["version"] for each in json.loads(said.stdout)}


def write_table(page: Path, name: str, table: str) -> None:
    """Put a table between the marks of its name in a page of Markdown."""
    before, begin, rest = page.read_text("utf-8").partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    if not begin or not end:
        raise SystemExit(f"{page} has no marks for {name}")
    page.write_text(f"{before}{begin}\n{table}\n{end}{after}", "utf-8")
