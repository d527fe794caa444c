"""
The folder DATA/releases: who may write into it, what is there, and which is the newest.

    DATA/releases/.lock      held while a release is written (flock: a killed run lets go of it)
    DATA/releases/.tmp-…     what a run has written so far; removed by the next one if it died
    DATA/releases/ID         releases, which are never changed
    DATA/releases/latest     a file of one line, the ID of the newest
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from cleaners.errors import BusyError, DatasetError, UsageError
from flows import commit
from flows.commit import Manifest, disk_errors
from flows.locks import Busy, held

RELEASES, LATEST, LOCK, STAGE = "releases", "latest", ".lock", ".tmp-"
ID_CHARACTERS = 12  # of the digest


class Released(NamedTuple):
    """A release that is there now."""

    id: str
    folder: Path
    manifest: Manifest
    is_new: bool  # False: it was there before, and was left alone


@contextmanager
def alone(releases: Path) -> Generator[None]:
    """Be the only one who writes releases. Folders that killed runs have left are removed."""
    with ExitStack() as lock:
        with disk_errors(releases):
            releases.mkdir(parents=True, exist_ok=True)
            try:
                lock.enter_context(held(releases / LOCK))
            except Busy:
                raise BusyError(
                    str(releases), "another run is writing a release", do="wait for it"
                ) from None
            for left in releases.glob(f"{STAGE}*"):
                shutil.rmtree(left)
        yield


@contextmanager
def new_stage(releases: Path) -> Generator[Path]:
    """A folder beside the final one, which is gone afterwards unless it has moved there."""
    with disk_errors(releases):
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=releases))
        stage.chmod(0o755)  # a release is for others to read
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def refuse_foreign(releases: Path) -> None:
    """DatasetError: what we would have to replace is not ours."""
    pointer = releases / LATEST
    if pointer.is_symlink() or pointer.is_dir():
        raise DatasetError(
            str(pointer), "is not the file that names the newest release", do="move it away"
        )
    if (releases / commit.MANIFEST).exists():
        raise DatasetError(
            str(releases),
            "is itself a dataset, so no releases are written into it",
            do="move it away; zhengben clean --out writes wherever you say",
        )


def made_before(releases: Path, name: str, made_of: dict[str, Any]) -> Released | None:
    """
    The release of this name, or any, that was made of the same.

    DatasetError: the name is taken, or files of that release are gone.
    """
    for place in [releases / name] if name else sorted(releases.iterdir()):
        if not (place / commit.MANIFEST).exists():
            if name and place.exists():
                raise _no_release(place)
            continue
        manifest = commit.load(place)
        about = manifest.get("release")
        if about is None:
            if name:
                raise _no_release(place)
            continue
        said = {
            "asked": {key: about[key] for key in made_of["asked"]},
            "tables": about["tables"],
            "versions": manifest["versions"],
        }
        if said == made_of and (name or about["content"].startswith(about["id"])):
            return _whole(place, manifest)
        if name:
            raise _taken(place)
    return None


def left_alone(place: Path, name: str, content: str) -> Released:
    """The release that has the same content already."""
    manifest = commit.load(place)
    if manifest.get("release", {}).get("content") != content:
        raise _taken(place)
    return Released(name, place, _whole(place, manifest).manifest, is_new=False)


def _whole(place: Path, manifest: Manifest) -> Released:
    for entry in manifest["files"]:
        path = place / entry["name"]
        if not path.is_file() or path.stat().st_size != entry["bytes"]:
            raise DatasetError(
                str(path),
                "is missing or cut short in a release that is there already",
                do=f"remove {place.name}, or copy it from where it is whole, then run again",
            )
    return Released(place.name, place, manifest, is_new=False)


def _no_release(place: Path) -> DatasetError:
    return DatasetError(str(place), "is there and is no release", do="choose another --name")


def _taken(place: Path) -> UsageError:
    return UsageError(
        str(place),
        "is a release that was made of other tables or otherwise; a release is never changed",
        do="choose another --name, or none",
    )
