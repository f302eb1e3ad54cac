"""The arrows between packages and rooms hold, and a tree where they do not is told of."""

from pathlib import Path

import pytest

from tools.arrows import (
    MODULES_MAXIMUM,
    Module,
    circular_rooms,
    crowded_folders,
    double_names,
    faults,
    read_modules,
    room_faults,
    unexplained_folders,
)

SAID = '"""What is here."""\n'


@pytest.fixture
def tree(tmp_path: Path) -> "Tree":
    return Tree(tmp_path)


class Tree:
    """Modules that were made up."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def write(self, path: str, text: str = "") -> None:
        target = self.base / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def read(self) -> list[Module]:
        return read_modules(self.base, "house")


def test_no_import_goes_against_an_arrow() -> None:
    assert faults() == []


def test_the_rooms_that_are_held_are_as_they_should_be() -> None:
    assert room_faults() == []


def test_arrows_that_run_in_a_circle_are_told_with_the_imports_that_tie_them(tree: Tree) -> None:
    # Given: a circle of three rooms by each way to import, and a fourth that only looks down
    tree.write("house/hall/lamp.py", "from house.kitchen import oven\n")
    tree.write("house/kitchen/oven.py", "import house.cellar.coal\n")
    tree.write("house/cellar/coal.py", "from house.hall.lamp import light\n")
    tree.write("house/roof/tile.py", "from house.hall import lamp\n")
    # When
    (found,) = circular_rooms(tree.read())
    # Then
    assert found == (
        "house/cellar, house/hall, house/kitchen: a circle: house/cellar/coal.py imports house.hall.lamp, "
        "house/hall/lamp.py imports house.kitchen.oven, house/kitchen/oven.py imports house.cellar.coal"
    )


def test_a_package_may_stand_above_its_rooms_but_not_below_them_too(tree: Tree) -> None:
    tree.write("house/door.py", "from house.hall import lamp\n")
    tree.write("house/hall/lamp.py")
    assert circular_rooms(tree.read()) == []
    tree.write("house/hall/lamp.py", "from house import door\n")
    assert "house, house/hall: a circle" in circular_rooms(tree.read())[0]


@pytest.mark.parametrize("name", ["errors", "house_errors"])
def test_errors_of_a_folder_are_a_room_of_their_own(tree: Tree, name: str) -> None:
    # Given: rooms that know their package's errors, and a package that knows its rooms
    tree.write(f"house/{name}.py")
    tree.write("house/hall/lamp.py", f"from house.{name} import Dark\n")
    tree.write("house/door.py", "from house.hall import lamp\n")
    # Then
    assert circular_rooms(tree.read()) == []


def test_a_folder_with_too_many_modules_is_told(tree: Tree) -> None:
    # Given: as many as may be, beside what says what they are
    tree.write("house/__init__.py", SAID)
    for number in range(MODULES_MAXIMUM):
        tree.write(f"house/thing_{number}.py")
    assert crowded_folders(tree.read()) == []
    # When
    tree.write("house/one_more.py")
    # Then
    assert crowded_folders(tree.read()) == ["house: 13 modules, more than 12"]


def test_a_folder_that_does_not_say_what_it_is_for_is_told(tree: Tree) -> None:
    # Given
    tree.write("house/__init__.py", SAID)
    tree.write("house/hall/__init__.py")
    tree.write("house/kitchen/oven.py")
    # Then
    assert unexplained_folders(tree.read()) == [
        "house/hall/__init__.py: no docstring says what is here",
        "house/kitchen/__init__.py: no docstring says what is here",
    ]


def test_names_of_modules_and_classes_that_stand_twice_are_told(tree: Tree) -> None:
    # Given
    tree.write("house/hall/lamp.py", "class Lamp: ...\nclass Cord: ...\n")
    tree.write("house/cellar/lamp.py", "class Box:\n    class Cord: ...\n")
    # Then
    assert double_names(tree.read()) == [
        "class Cord stands more than once: house/cellar/lamp.py, house/hall/lamp.py",
        "module lamp stands more than once: house/cellar/lamp.py, house/hall/lamp.py",
    ]


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("web/hub/hall/lamp.py", "from web.hub.cellar import coal", "a circle"),
        ("web/hub/hall/__init__.py", "", "no docstring"),
        ("workers/coal.py", "", "module coal stands more than once"),
        (f"web/hub/hall/thing_{MODULES_MAXIMUM}.py", "", "more than 12"),
    ],
)
def test_each_of_these_is_told_of_the_rooms_that_are_held(
    tree: Tree, path: str, text: str, told: str
) -> None:
    # Given: rooms that are as they should be
    for folder in ("web", "web/hub", "web/hub/hall", "web/hub/cellar", "workers"):
        tree.write(f"{folder}/__init__.py", SAID)
    tree.write("web/hub/cellar/coal.py", "from web.hub.hall import lamp")
    for name in ("lamp", *(f"thing_{number}" for number in range(1, MODULES_MAXIMUM))):
        tree.write(f"web/hub/hall/{name}.py")
    assert room_faults(tree.base) == []
    # When
    tree.write(path, text)
    # Then
    (found,) = room_faults(tree.base)
    assert told in found
