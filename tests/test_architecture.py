"""docs/architecture.md is true: the picture, the list of rooms, and that the house has floors."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from tests.architecture import (
    ARROWS,
    BOXES,
    CALLS,
    PACKAGES,
    ROOT,
    STAGES,
    THEMES,
    list_of_rooms,
    picture,
    rooms,
)

PAGE = ROOT / "docs" / "architecture.md"
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
HERE = "<!-- rooms: made by pytest --bless -->\n"


def modules() -> dict[str, Path]:
    """Every module by its dotted name."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }


def room_of(module: str) -> str:
    return "/".join(module.split(".")[:2])


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of the project that one imports when it runs, wherever in it."""
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
        todo += ast.iter_child_nodes(node)
    return found & known.keys()


def test_no_room_imports_in_a_circle():
    """The rooms can be put on floors so that imports only go down."""
    known = modules()
    graph: dict[str, set[str]] = {}
    for module, path in known.items():
        below = {room_of(name) for name in imported(path, known)}
        graph.setdefault(room_of(module), set()).update(below - {room_of(module)})
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError and names it


def test_every_room_has_its_place():
    """A room stands under one theme, and every theme's rooms exist."""
    placed = [name for names in THEMES.values() for name in names]
    assert sorted(placed) == sorted(rooms())


def test_page_and_picture_are_drawn_from_the_code(bless):
    """Nobody has edited the list or the picture, or forgotten to draw them anew."""
    text, _, _ = PAGE.read_text("utf-8").partition(HERE)
    page = f"{text}{HERE}\n{list_of_rooms()}"
    if bless:
        PAGE.write_text(page, encoding="utf-8", newline="\n")
        PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == page, "pytest --bless"
    assert PICTURE.read_text("utf-8") == picture(), "pytest --bless"


def test_the_picture_shows_rooms_that_exist():
    """Every box in the house is a room, every arrow leads from box to box."""
    assert {box.room for box in BOXES if box.room} <= rooms().keys()
    names = {box.name for box in BOXES}
    assert {end for arrow in ARROWS for end in arrow} == names
    assert set(CALLS) <= names


def test_stages_are_drawn_in_the_order_in_which_they_are_called():
    """The stages of the picture follow on each other as in cleaners/clean.py."""
    tree = ast.parse((ROOT / "cleaners" / "clean.py").read_text("utf-8"))
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = [
        (node.lineno, node.col_offset, node.func.id)
        for name in ("_read", "clean_extracted", "_document")
        for node in ast.walk(bodies[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    # The three call each other in this order, which is not that of their lines.
    order = {name: i for i, name in enumerate(("_read", "clean_extracted", "_document"))}
    lines = {name: range(node.lineno, (node.end_lineno or 0) + 1) for name, node in bodies.items()}
    place = {
        called: (next(order[name] for name in order if line in lines[name]), line, column)
        for line, column, called in sorted(calls, reverse=True)
    }
    stages = [function for _, function, _ in STAGES]
    assert sorted(stages, key=place.__getitem__) == stages


def test_who_is_drawn_to_call_cleaning_calls_it():
    """The rooms with arrows to the cleaners import `clean`; what they hand over is named right."""
    at = {box.name: box for box in BOXES}
    for name in CALLS:
        text = (ROOT / f"{at[name].room}.py").read_text("utf-8")
        assert "from cleaners.clean import" in text
        assert "clean(" in text
