"""The walls of the house: what may be imported, and what nobody calls."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLEANERS = sorted((ROOT / "cleaners").rglob("*.py"))
FLOWS = sorted((ROOT / "flows").rglob("*.py"))
# These are flows; all else below them runs without a server and without its second of start.
MAY_IMPORT_PREFECT = {"clean.py", "ingest.py", "prefect_settings.py"}
CALLS = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint"}
# On the standard library's shelf beside those of the contract, and as much of the world.
ALSO_FORBIDDEN = {
    "builtins", "concurrent", "ctypes", "email", "fcntl", "fileinput", "ftplib", "glob", "gzip",
    "mmap", "pickle", "platform", "secrets", "select", "selectors", "shelve", "signal", "sqlite3",
    "ssl", "sys", "urllib.request", "uuid", "webbrowser", "zipfile", "warnings",
}  # fmt: skip
# Readers of formats hand bytes in memory to libraries that would take files as well.
# PDFium is a library in C: pypdfium2 hands out its functions, which take addresses.
MAY_ALSO_IMPORT: dict[str, set[str]] = {
    "pdfpage.py": {"ctypes"},
    "zipped.py": {"io", "io.BytesIO", "zipfile", "zipfile.BadZipFile", "zipfile.ZipFile"},
    "mht.py": {
        "email", "email.message_from_bytes", "email.errors", "email.errors.HeaderParseError",
        "email.header", "email.header.decode_header", "email.message", "email.message.Message",
        "email.utils", "email.utils.parseaddr", "email.utils.parsedate_to_datetime",
    },
}  # fmt: skip


def contract() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        [only] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return only


FORBIDDEN = {str(name) for name in contract()["forbidden_modules"]}  # type: ignore[attr-defined]


def imports(tree: ast.AST) -> set[str]:
    """Every module that a file imports, wherever in it, with the names taken out of it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "."}
            found |= {f"{node.module or '.'}.{alias.name}" for alias in node.names}
    return found


def reaches(imported: set[str], forbidden: set[str]) -> set[str]:
    """Which of the imports are one of the forbidden modules or lie in one."""
    return {
        each
        for each in imported
        for wall in forbidden
        if each == wall or each.startswith(f"{wall}.")
    }


def test_the_contract_forbids_what_the_design_names() -> None:
    """The import rule is written down for every package that touches the world."""
    assert {
        "flows", "prefect", "httpx", "pyarrow", "deltalake", "os", "pathlib", "io", "socket",
        "subprocess", "time", "random", "logging", "threading",
    } <= FORBIDDEN  # fmt: skip
    assert contract()["source_modules"] == ["cleaners"]


def test_the_contract_holds() -> None:
    """import-linter reads the whole graph of imports and finds the contract kept."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 kept, 0 broken" in run.stdout


@pytest.mark.parametrize("path", CLEANERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_cleaners_touch_nothing_of_the_world(path: Path) -> None:
    """No file of the cleaners imports what the contract forbids, or asks for it by name."""
    tree = ast.parse(path.read_text("utf-8"))
    allowed = MAY_ALSO_IMPORT.get(path.name, set()) if path.parent.name == "formats" else set()
    assert not reaches(imports(tree) - allowed, FORBIDDEN | ALSO_FORBIDDEN)
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & CALLS
    assert not any(isinstance(node, ast.Global | ast.Nonlocal) for node in ast.walk(tree))


def test_only_the_packs_read_files_and_only_their_own() -> None:
    """importlib.resources is used in one place: the packs that are part of the code."""
    users = [p for p in CLEANERS if "importlib.resources" in p.read_text("utf-8")]
    assert users == [ROOT / "cleaners" / "packs" / "__init__.py"]


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.name)
def test_what_runs_without_a_server_does_not_import_prefect(path: Path) -> None:
    """Only the flows themselves know Prefect; the command line and all below it do not."""
    if path.name not in MAY_IMPORT_PREFECT:
        found = imports(ast.parse(path.read_text("utf-8")))
        assert not reaches(found, {"prefect", *(f"flows.{n[:-3]}" for n in MAY_IMPORT_PREFECT)})


def test_nothing_but_the_package_imports_the_table_of_contents() -> None:
    """`cleaners.clean` stands above all other modules: of them only `__init__` imports it."""
    users = [
        p for p in CLEANERS if reaches(imports(ast.parse(p.read_text("utf-8"))), {"cleaners.clean"})
    ]
    assert users == [ROOT / "cleaners" / "__init__.py"]


def test_walls_are_seen() -> None:
    """The check of imports sees them in every form, and no more than they are."""
    tree = ast.parse("import os.path\nfrom urllib import request\ndef f():\n    import time as t")
    assert reaches(imports(tree), {"os", "urllib.request", "time"}) == {
        "os.path",
        "urllib.request",
        "time",
    }
    assert not reaches({"osmosis", "urllib.parse"}, {"os", "urllib.request"})
