"""What is imported is required by name: nothing is there only because something else wants it."""

import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tools.arrows import OURS, imports
from tools.procfile import ROOT

PRODUCT = ("complaints", "web", "workers", "sandbox", "dashboard", "migrations")
AROUND = ("tools", "tests", "bench")
APART = ROOT / "bench" / "relay" / "rivals"  # they run in an environment of their own
NOT_INSTALLED = {"_typeshed"}  # for mypy alone


def required(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {
        plain(found[0])
        for line in lines
        if (found := re.match(r"[\w.-]+", line)) and not line.startswith("-")
    }


def plain(distribution: str) -> str:
    """The name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(folders: tuple[str, ...]) -> set[str]:
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    names = {name for path in files if not path.is_relative_to(APART) for _, name in imports(path)}
    return names - set(OURS) - set(sys.stdlib_module_names) - NOT_INSTALLED


@pytest.mark.parametrize(
    ("folders", "files"),
    [(PRODUCT, ("requirements.in",)), (AROUND, ("requirements.in", "requirements-dev.in"))],
)
def test_whatever_is_imported_is_required_by_name(folders: tuple[str, ...], files: tuple[str, ...]) -> None:
    given = packages_distributions()
    known = {name for file in files for name in required(file)}
    missing = {name for name in imported(folders) if not {plain(one) for one in given.get(name, ())} & known}
    assert missing == set(), f"put what gives these into {files[-1]}, then make lock"
