"""
All or nothing: how the files of a dataset change together.

    OUT/.lock            held while a run writes (flock: a killed run lets go of it); stays
    OUT/.tmp-xxxxxxxx/   what a run has written so far; nothing outside of it changes before
                         its manifest.json is complete
    OUT/manifest.json    stands only beside the complete files that it names

A commit takes the old manifest away, removes the files that only it named,
moves the new files in, and moves the new manifest in last. It can be killed at
any point: as long as the new manifest is still in its .tmp directory, the next
run calls `finish` again, which goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from cleaners.errors import DatasetError
from flows.locks import Busy, held

FORMAT = "zhengben-dataset"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
SEAL = "manifest_sha256"
LISTING = "texts.sha256"  # the texts, one a line: millions of them do not belong in a JSON file
LOCK = ".lock"
STAGE = ".tmp-"
RUN = "run.json"  # in a stage that can be gone on with: see flows/resume.py

Manifest = dict[str, Any]


@contextmanager
def locked(out: Path, keep: Callable[[Path], bool] = lambda _: False) -> Generator[Path | None]:
    """
    Be the only run that writes into `out`, which is made if it does not exist.

    Leftovers of killed runs are finished or removed first, but for the newest stage that
    the caller wants to `keep`, which is given to him.
    DatasetError: another run writes there, or `out` holds files that are not ours.
    """
    with ExitStack() as lock:
        with disk_errors(out):
            out.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(out)
            _take(lock, out)
            kept = _recover(out, keep)
        yield kept


@contextmanager
def disk_errors(where: Path) -> Generator[None]:
    """Say what to do when the disk is full, read-only or gone."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            str(where),
            "the dataset cannot be written here",
            saw=str(error),
            do="make room or choose another folder, then run again; "
            "a dataset that was complete before is still there",
        ) from error


def has_stopped_run(out: Path) -> bool:
    """Whether a run into `out` was stopped and can be gone on with."""
    return any(out.glob(f"{STAGE}*/{RUN}"))


def new_stage(out: Path) -> Path:
    """A folder beside the final names, on the same file system."""
    return Path(tempfile.mkdtemp(prefix=STAGE, dir=out))


def commit(stage: Path, out: Path, manifest: Manifest) -> None:
    """
    Put the files of `stage` that `manifest` names in the place of the old dataset.

    DatasetError: a file stands in the way that no manifest names; nothing was changed.
    """
    old = _named(out / MANIFEST, out / LISTING)
    for name in sorted(_all_names(manifest, stage / LISTING)):
        if name not in old and os.path.lexists(out / name):
            raise DatasetError(
                str(out / name),
                "stands in the way and is not part of the dataset",
                do="move it away, or choose another folder",
            )
    write_durably(stage / MANIFEST, manifest_text(manifest))
    finish(stage, out)


def manifest_text(manifest: Manifest) -> str:
    """What is written into manifest.json: the manifest, with a checksum of all that it says."""
    sealed = {**manifest, SEAL: seal_of(manifest)}
    return json.dumps(sealed, ensure_ascii=False, indent=1) + "\n"


def seal_of(manifest: Manifest) -> str:
    """The SHA-256 of a manifest without its seal."""
    said = {name: value for name, value in manifest.items() if name != SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def finish(stage: Path, out: Path) -> None:
    """Carry out a commit, or what is left of it."""
    replaced = _take_old_manifest(stage, out)
    listing = stage / LISTING if (stage / LISTING).exists() else out / LISTING
    new = _named(stage / MANIFEST, listing)
    _remove(_named(replaced / MANIFEST, replaced / LISTING) - new, out)
    # The listing goes last: it is what tells a second call which texts there are.
    _move(sorted(new, key=lambda name: (name == LISTING, name)), stage, out)
    (stage / RUN).unlink(missing_ok=True)  # or somebody goes on with what is complete
    (stage / MANIFEST).replace(out / MANIFEST)
    sync_folder(out)
    shutil.rmtree(stage)


def load(out: Path) -> Manifest:
    """The manifest of a complete dataset. DatasetError: there is none, or it is not ours."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DatasetError(
            str(out),
            "has no manifest.json, so it is no complete dataset",
            do="run the command that writes it again; it goes on where a killed run stopped",
        ) from None
    except (OSError, ValueError) as error:
        raise DatasetError(
            str(out / MANIFEST),
            "cannot be read",
            saw=str(error),
            do="write the dataset again, into a new folder",
        ) from error
    if not _is_ours(manifest):
        raise DatasetError(
            str(out / MANIFEST),
            f"is not the manifest of a {FORMAT} of version {FORMAT_VERSION}",
            do="check the path; a newer zhengben may have written it",
        )
    return manifest


def listed(listing: Path) -> Iterator[tuple[str, str]]:
    """(SHA-256, name) of each line of a file in the format of `sha256sum`."""
    with listing.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            digest, _, name = line.rstrip("\n").partition("  ")
            yield digest, name


def write_durably(path: Path, text: str) -> None:
    """Write a small file: after a crash it is there completely or not at all."""
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_foreign(out: Path) -> None:
    names = {path.name for path in out.iterdir()}
    if MANIFEST in names and "release" in load(out):
        raise DatasetError(
            str(out), "is a release, which is never changed", do="choose a new or empty folder"
        )
    strangers = sorted(name for name in names if name != LOCK and not name.startswith(STAGE))
    if not strangers or _is_our_lock(out / LOCK):
        return
    if MANIFEST in names:
        load(out)  # raises when it is not ours
        return
    raise DatasetError(
        str(out),
        "holds files that no dataset of ours has written",
        saw="、".join(strangers[:3]) + (" …" if len(strangers) > 3 else ""),  # noqa: PLR2004
        do="choose a new or empty folder",
    )


def _is_our_lock(lock: Path) -> bool:
    return lock.is_file() and lock.read_text(encoding="utf-8", errors="replace") == FORMAT


def _take(lock: ExitStack, out: Path) -> None:
    try:
        descriptor = lock.enter_context(held(out / LOCK))
    except Busy:
        raise DatasetError(
            str(out),
            "another run is writing here",
            do="wait for it, or choose another folder",
        ) from None
    os.pwrite(descriptor, FORMAT.encode(), 0)


def _recover(out: Path, keep: Callable[[Path], bool]) -> Path | None:
    """We hold the lock, so every stage that is there belongs to a run that is dead."""
    kept: Path | None = None
    for stage in sorted(out.glob(f"{STAGE}*"), key=lambda path: (path.stat().st_mtime_ns, path)):
        if (stage / MANIFEST).exists():
            finish(stage, out)
        elif keep(stage):
            if kept is not None:
                shutil.rmtree(kept)
            kept = stage
        else:
            shutil.rmtree(stage)
    return kept


def _take_old_manifest(stage: Path, out: Path) -> Path:
    """Move the old manifest and its listing into the stage, both or none; a second call is free."""
    replacing, replaced = stage / "replacing", stage / "replaced"
    if replaced.exists():
        return replaced
    replacing.mkdir(exist_ok=True)
    if (out / MANIFEST).exists():
        (out / MANIFEST).replace(replacing / MANIFEST)
    if LISTING in _manifest_names(replacing / MANIFEST) and (out / LISTING).exists():
        (out / LISTING).replace(replacing / LISTING)
    replacing.replace(replaced)
    sync_folder(out)
    return replaced


def _remove(names: Iterable[str], out: Path) -> None:
    for name in names:
        (out / name).unlink(missing_ok=True)
        for folder in (out / name).parents:
            if folder == out or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def _move(names: Iterable[str], stage: Path, out: Path) -> None:
    folders = {out}
    for name in names:
        if not (stage / name).exists():
            continue  # moved by the call that was interrupted
        target = out / name
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        (stage / name).replace(target)
    for folder in folders:
        sync_folder(folder)


def _named(manifest: Path, listing: Path) -> set[str]:
    """Every file that a manifest stands for, the listed texts among them."""
    names = _manifest_names(manifest)
    if LISTING in names and listing.exists():
        names |= {name for _, name in listed(listing) if _is_inside(name)}
    return names


def _manifest_names(manifest: Path) -> set[str]:
    return _file_names(load(manifest.parent)) if manifest.exists() else set()


def _all_names(manifest: Manifest, listing: Path) -> set[str]:
    names = _file_names(manifest)
    return names | {name for _, name in listed(listing)} if LISTING in names else names


def _file_names(manifest: Manifest) -> set[str]:
    return {file["name"] for file in manifest["files"] if _is_inside(file["name"])}


def _is_ours(manifest: object) -> bool:
    return (
        isinstance(manifest, dict)
        and manifest.get("format") == FORMAT
        and manifest.get("format_version") == FORMAT_VERSION
    )


def _is_inside(name: str) -> bool:
    """Nothing that a manifest says may reach out of its own folder, or touch what is not data."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and not name.startswith((LOCK, STAGE))
