"""The arrows between the packages: who may import whom. Exit 1 names file and import."""

import ast
import sys
from collections.abc import Iterator
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


if __name__ == "__main__":
    found = faults()
    sys.exit("\n".join(found) if found else 0)
