"""Each sentence in js/**/*.spec.js is one test."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

SPECS = Path(__file__).parent / "js"
SENTENCE = re.compile(r'^  (?:async )?"([^"]+)"\(', re.MULTILINE)
FILES = sorted(path.relative_to(SPECS).as_posix() for path in SPECS.rglob("*.spec.js"))
SENTENCES = [(name, sentence) for name in FILES for sentence in SENTENCE.findall((SPECS / name).read_text())]


@pytest.mark.parametrize(("name", "sentence"), SENTENCES)
def test_module(page: Page, name: str, sentence: str) -> None:
    page.evaluate(
        "async ([name, sentence]) => (await import(`/spec/${name}`)).specs[sentence]()", [name, sentence]
    )


@pytest.mark.parametrize("name", FILES)
def test_every_sentence_of_a_spec_is_found(page: Page, name: str) -> None:
    written = page.evaluate("async (name) => Object.keys((await import(`/spec/${name}`)).specs)", name)

    assert written == [sentence for file, sentence in SENTENCES if file == name]
