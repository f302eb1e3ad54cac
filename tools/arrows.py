"""The arrows between packages and between rooms: who may import whom, and what a folder must be like.

A room is a folder of a package. Exit 1 names file and import.
"""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.procfile import ROOT

OURS = (
    "complaints",
    "web",
    "workers",
    "sandbox",
    "dashboard",
    "migrations",
    "celeryconfig",
    "tools",
    "tests",
    "bench",
    "docs",
)
ALLOWED: dict[str, set[str]] = {
    "complaints": {"complaints"},
    "dashboard": {"dashboard"},
    "web": {"web", "complaints", "dashboard"},
    "workers": {"workers", "complaints", "celeryconfig"},
    "sandbox": {"sandbox"},
    "migrations": {"migrations", "complaints"},
}
FORBIDDEN: dict[str, set[str]] = {
    "complaints": {"flask", "celery", "telegram", "apiflask", "flask_sock", "flask_jwt_extended"},
    "dashboard": {"celery", "telegram", "sqlalchemy", "redis"},
    "web": {"telegram"},
    "workers": {"flask", "apiflask", "werkzeug", "flask_sock", "flask_jwt_extended"},
    "sandbox": {"celery", "telegram", "sqlalchemy", "redis"},
}
HELD = ("complaints", "web", "workers", "sandbox")
"""The packages whose rooms are held, and in which a name of a module or class stands once."""
IN_EACH_PACKAGE = ("app", "errors")
"""Modules that a package has by convention, whatever others have."""
MODULES_MAXIMUM = 12
INIT = "/__init__.py"


def faults() -> list[str]:
    """Return one line for each import that goes against an arrow."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {package} must not import {name}"
        for package, allowed in ALLOWED.items()
        for path in sorted((ROOT / package).rglob("*.py"))
        for line, name in imports(path)
        if (name in OURS and name not in allowed) or name in FORBIDDEN.get(package, ())
    ]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the top-level name of each absolute import in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.partition(".")[0]


@dataclass(frozen=True)
class Module:
    """One file of Python; `path` is relative to the tree's root."""

    path: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def room(self) -> str:
        """Its folder, or itself where it holds the errors of its folder, which the folder's neighbours may know."""
        path = Path(self.path)
        is_apart = path.stem == "errors" or path.stem.endswith("_errors")
        return self.path if is_apart else path.parent.as_posix()


def read_modules(base: Path, *folders: str) -> list[Module]:
    """Return the modules below these folders of the tree."""
    found = sorted(path for folder in folders for path in (base / folder).rglob("*.py"))
    return [Module(path.relative_to(base).as_posix(), ast.parse(path.read_text())) for path in found]


def circular_rooms(modules: list[Module]) -> list[str]:
    """Return a line for each set of rooms whose arrows run in a circle, with the imports that tie them."""
    ties = _ties(modules)
    arrows: dict[str, set[str]] = defaultdict(set)
    for start, end, _ in ties:
        arrows[start].add(end)
    return [
        f"{', '.join(circle)}: a circle: "
        + ", ".join(sorted(tie for start, end, tie in ties if {start, end} <= set(circle)))
        for circle in _circles(arrows)
    ]


def crowded_folders(modules: list[Module]) -> list[str]:
    """Return a line for each folder that holds more modules than somebody can take in at a glance."""
    counts = Counter(Path(one.path).parent.as_posix() for one in modules if not one.path.endswith(INIT))
    return [
        f"{folder}: {count} modules, more than {MODULES_MAXIMUM}"
        for folder, count in sorted(counts.items())
        if count > MODULES_MAXIMUM
    ]


def unexplained_folders(modules: list[Module]) -> list[str]:
    """Return a line for each folder that does not say in its `__init__` which question it answers."""
    explained = {one.path for one in modules if one.path.endswith(INIT) and ast.get_docstring(one.tree)}
    folders = sorted({Path(one.path).parent.as_posix() for one in modules})
    return [
        f"{folder}{INIT}: no docstring says what is here"
        for folder in folders
        if folder + INIT not in explained
    ]


def double_names(modules: list[Module]) -> list[str]:
    """Return a line for each name of a module or class that stands more than once."""
    places: dict[str, list[str]] = defaultdict(list)
    for one in modules:
        if not one.path.endswith(INIT) and Path(one.path).stem not in IN_EACH_PACKAGE:
            places[f"module {Path(one.path).stem}"].append(one.path)
        for node in ast.walk(one.tree):
            if isinstance(node, ast.ClassDef):
                places[f"class {node.name}"].append(one.path)
    return [
        f"{name} stands more than once: {', '.join(paths)}"
        for name, paths in sorted(places.items())
        if len(paths) > 1
    ]


def room_faults(base: Path = ROOT) -> list[str]:
    """Return what is wrong with the rooms: circles, crowds, silence and names that stand twice."""
    modules = read_modules(base, *HELD)
    checks = (circular_rooms, crowded_folders, unexplained_folders, double_names)
    return [fault for check in checks for fault in check(modules)]


def _ties(modules: list[Module]) -> list[tuple[str, str, str]]:
    """Return each import from room to room as (room, room, what to show); an `__init__` is nobody's target."""
    rooms = {one.name: one.room for one in modules if not one.path.endswith(INIT)}
    return [
        (one.room, rooms[target], f"{one.path} imports {target}")
        for one in modules
        for target in _targets(one.tree)
        if target in rooms and rooms[target] != one.room
    ]


def _targets(tree: ast.Module) -> Iterator[str]:
    """Yield whatever may be a module among the absolute imports: of `from a import b`, both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


def _circles(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the sets of rooms that lead to each other (strongly connected, and more than one)."""
    reach = {room: _reachable(arrows, room) for room in arrows}
    circles = {
        tuple(sorted(other for other in reach[room] if room in reach.get(other, ()))) for room in reach
    }
    return [list(circle) for circle in sorted(circles) if circle]


def _reachable(arrows: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = arrows.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


if __name__ == "__main__":
    found = [*faults(), *room_faults()]
    sys.exit("\n".join(found) if found else 0)
