"""The documents say what the code says: nothing undocumented, nothing stale, nothing private."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cleaners import packs
from cleaners.pages import rules_page
from flows.cli import app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PIN = re.compile(
    r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)(?: ;[^\\]*)? \\\n((?:    --hash=\S+(?: \\)?\n?)+)",
    re.MULTILINE,
)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def files_of_the_repository() -> list[Path]:
    """What is committed, or would be by `git add .`; no test without git."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_rules_page_is_what_the_code_says(bless):
    """docs/rules.md is generated, and nobody has edited it or forgotten to make it anew."""
    page = rules_page(packs.shipped())
    if bless:
        (ROOT / "docs" / "rules.md").write_text(page, encoding="utf-8", newline="\n")
    assert read("docs/rules.md") == page, "zhengben rules --all > docs/rules.md"


def test_every_command_is_in_the_readme():
    """Each command stands in the README, with the example that ends its --help."""
    commands = [name for name in app if not name.startswith("-")]
    assert {"clean", "explain", "rules", "check"} <= set(commands)
    for name in commands:
        [example] = re.findall(r"\$ (.*)", app[name].help_epilogue)
        assert example.startswith(f"zhengben {name} ")
        assert f"`{example}`" in read("README.md"), example


def test_every_sample_is_described():
    """data/README.md has a row for each file in data/samples, and for nothing else."""
    folder = ROOT / "data" / "samples"
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(re.findall(r"^\| `([^`]+)` \|", read("data/README.md"), re.MULTILINE)) == names


def test_changelog_names_every_pack():
    """A pack that is shipped is in the changelog, under the heading for rules."""
    for part in read("CHANGELOG.md").split("\n## ")[1:]:
        assert "\n### Rules\n" in part
    rules = read("CHANGELOG.md").split("### Rules", 1)[1]
    assert [
        pack.name for pack in packs.shipped() if not re.search(rf"\b{pack.name}\b", rules)
    ] == []


def test_choices_name_the_caps_that_are_set():
    """docs/choices.md explains the very caps that pyproject.toml sets."""
    for name in ("prefect", "fastapi", "sqlalchemy"):
        [cap] = [d for d in PROJECT["dependencies"] if d.startswith(name)]
        assert f"`{cap}`" in read("docs/choices.md")


def pins(name: str) -> dict[str, tuple[str, str]]:
    return {canonicalize_name(n): (v, hashes) for n, v, hashes in PIN.findall(read(name))}


def test_constraints_hold_what_the_project_needs():
    """Both lock files pin every dependency within its range, with hashes, and agree."""
    run, test = pins("constraints.txt"), pins("constraints-test.txt")
    optional = [d for group in PROJECT["optional-dependencies"].values() for d in group]
    wanted = [(d, run) for d in PROJECT["dependencies"]] + [(d, test) for d in optional]
    for said, pinned in wanted:
        needed = Requirement(said)
        assert needed.specifier.contains(pinned[canonicalize_name(needed.name)][0]), said
    assert run.items() <= test.items()
    assert "hatchling" in run
    assert {"hatchling", "editables"} <= test.keys()
    for name, found in (("constraints.txt", run), ("constraints-test.txt", test)):
        names = {canonicalize_name(n) for n in re.findall(r"^(\w.*?)==", read(name), re.MULTILINE)}
        assert found.keys() == names
        assert len(names) > 100
        assert "://" not in read(name)


def test_nothing_of_a_machine_is_in_the_repository():
    """No file names a package index or a path of the machine that it was written on."""
    index = r"py(?:pi|thonhosted)\.org|npm(?:js|mirror)\.(?:org|com)|deb\.debian\.org"
    path = r"(?<![\w.~-])/(?:work|root)/\w"
    places = [re.escape(f"{p}/") for p in (ROOT, Path.home()) if len(p.parts) > 1]
    private = re.compile("|".join((index, path, *places)).encode())
    found = [
        f"{file.relative_to(ROOT)}: {hit[0].decode()}"
        for file in files_of_the_repository()
        for hit in private.finditer(file.read_bytes())
    ]
    assert found == []
