"""The folders of the page's modules: few files each, every name once, and imports that run one way."""

import re
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

from dashboard.assets import STATIC

ROOT = STATIC / "js"
SPECS = Path(__file__).parent / "js"
MOST_FILES = 12
IMPORT = re.compile(r'from "(\.[^"]+)"')
BELOW_VIEWS = {"text", "routing", "store", "http"}
PAGES = {f"views/{name}" for name in ("account", "alerts", "categories", "complaint", "list", "telegram")}
ALLOWED: dict[str, set[str]] = {
    "timing": set(),
    "text": set(),
    "routing": {"text"},
    "store": {"text", "routing"},
    "http": {"text"},
    "live": {"timing", "http", "store"},
    "loading": {"http", "routing", "text"},
    "views/shared": {"text"},
    "views/frame": BELOW_VIEWS | {"views/shared"},
    **{page: BELOW_VIEWS | {"views/shared"} for page in PAGES},
    "views/complaint": BELOW_VIEWS | {"views/shared", "views/alerts"},
    "views": BELOW_VIEWS | {"views/shared", "views/frame"} | PAGES,
}
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.js"))


def folder_of(module: str) -> str:
    return PurePosixPath(module).parent.as_posix()


def imported_folders(module: str) -> set[str]:
    """The folders that a module imports from, its own left out."""
    specifiers = IMPORT.findall((ROOT / module).read_text())
    found = {
        (ROOT / module).parent.joinpath(specifier).resolve().relative_to(ROOT) for specifier in specifiers
    }
    return {folder_of(path.as_posix()) for path in found} - {folder_of(module)}


def test_every_folder_is_known() -> None:
    assert {folder_of(module) for module in MODULES} == {".", *ALLOWED}


@pytest.mark.parametrize("module", [module for module in MODULES if module != "main.js"])
def test_imports_go_along_the_arrows_only(module: str) -> None:
    assert imported_folders(module) <= ALLOWED[folder_of(module)]


def test_the_arrows_run_one_way() -> None:
    reached: set[str] = set()
    while free := {folder for folder, allowed in ALLOWED.items() if allowed <= reached} - reached:
        reached |= free

    assert reached == ALLOWED.keys()


def test_a_folder_holds_at_most_a_dozen_files() -> None:
    assert max(Counter(map(folder_of, MODULES)).values()) <= MOST_FILES


def test_a_file_s_name_stands_once() -> None:
    names = Counter(PurePosixPath(module).name for module in MODULES)

    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "spec", sorted(path.relative_to(SPECS).as_posix() for path in SPECS.rglob("*.spec.js"))
)
def test_a_spec_stands_where_its_module_stands(spec: str) -> None:
    assert f"{spec.partition('.')[0]}.js" in MODULES
