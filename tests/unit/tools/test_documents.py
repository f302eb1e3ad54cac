"""What the docs name is there, and a picture is of its text."""

from pathlib import Path

import pytest

from tools import diagram, documents


def test_what_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    page = tmp_path / "README.md"
    page.write_text(
        "`complaints/words.py`, `tests/unit/`, `web/*.py`, `complaints/nowhere.py`, `docs/of/no/kind/`"
    )
    for name in ("complaints/words.py", "tests/unit/test_it.py", "web/app.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    # Then
    assert documents.lost_names([page]) == [
        "README.md: there is no complaints/nowhere.py",
        "README.md: there is no docs/of/no/kind/",
    ]


def test_a_drawing_of_another_text_is_behind(tmp_path: Path) -> None:
    drawing = tmp_path / "architecture.svg"
    assert not diagram.is_current(drawing)
    drawing.write_text("<!-- of architecture.dot, sha256 0 -->")
    assert not diagram.is_current(drawing)
    drawing.write_text(f"<svg>{diagram.stamp()}</svg>")
    assert diagram.is_current(drawing)
