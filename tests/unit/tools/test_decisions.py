"""Every decision is in the index, under its own title."""

from tools.procfile import ROOT

DECISIONS = ROOT / "docs" / "decisions"


def test_the_index_names_every_decision_by_its_title() -> None:
    index = (DECISIONS / "README.md").read_text()
    pages = sorted(page for page in DECISIONS.glob("*.md") if page.name != "README.md")
    titles = [page.read_text().splitlines()[0].removeprefix("# ") for page in pages]
    assert [
        title for page, title in zip(pages, titles, strict=True) if f"[{title}]({page.name})" not in index
    ] == []
