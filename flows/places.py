"""
What a user means by a dataset: a folder, a release by its name, `latest`, or the tables.

    data/releases/2026-11    a folder with a manifest
    latest, 2026-11          a release below DATA/releases
    data, data@41            what is current in the tables, now or as `pages` was at a version
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cleaners.errors import UsageError
from flows.commit import MANIFEST
from flows.journal import ARCHIVE
from flows.releases import LATEST, RELEASES
from flows.tables import FOLDER

_AT = re.compile(r"^(?P<data>.+)@(?P<version>\d+)$")


@dataclass(frozen=True, slots=True)
class TablesAt:
    """The tables below a DATA folder. `version` of `pages`; None for now."""

    data: Path
    version: int | None = None

    def __str__(self) -> str:
        return str(self.data) if self.version is None else f"{self.data}@{self.version}"


Dataset = Path | TablesAt


def dataset(said: str, data: Path) -> Dataset:
    """
    What is meant.

    data  the folder whose releases have names

    UsageError: there is no such dataset.
    """
    folder = Path(said)
    at = _AT.match(said)
    if at and not folder.exists() and (Path(at["data"]) / FOLDER).is_dir():
        return TablesAt(Path(at["data"]), int(at["version"]))
    if (folder / FOLDER).is_dir() and not (folder / MANIFEST).exists():
        return TablesAt(folder)
    if folder.is_dir():
        return folder
    if folder.is_file() and folder.name == LATEST:
        return release(folder.parent, LATEST)
    if "/" not in said and (data / RELEASES / said).exists():
        return release(data / RELEASES, said)
    raise UsageError(
        said,
        "there is no such dataset",
        do=f"name a folder, a release below {data / RELEASES}, or a DATA folder with tables",
    )


def archive_of(folder: Path, data: Path) -> Path:
    """The DATA folder with the archive of a release: `data`, or the one that the release lies in."""
    own = folder.absolute().parent.parent
    is_release = folder.absolute().parent.name == RELEASES
    return own if is_release and not (data / ARCHIVE).is_dir() else data


def release(releases: Path, name: str) -> Path:
    """The folder of a release. UsageError: `latest` names none."""
    if name != LATEST or (releases / name).is_dir():
        return releases / name
    target = (releases / LATEST).read_text(encoding="utf-8", errors="replace").strip()
    folder = releases / target
    if not target or not folder.is_dir():
        raise UsageError(
            str(releases / LATEST),
            "names a release that is not there",
            saw=target,
            do="zhengben release",
        )
    return folder
