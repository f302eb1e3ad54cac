"""Every problem has a page, where its `type` leads; whatever is answered is in the table of which they are made."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from complaints import errors
from tests.integration.api.people import World, problem_of
from web.problems.problem_pages import mark_code
from web.problems.problem_types import OTHER, PROBLEM_TYPES, code_of, type_of

WEB = Path(__file__).resolve().parents[4] / "web"
ANSWERERS = ("problem", "_problem", "RequestRefusal")
"""What makes an answer of a status and a code."""
NEVER_ANSWERED = {"error", "settings"}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def below(kind: type[errors.RedressError]) -> Iterator[type[errors.RedressError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


def answered_by_hand() -> Iterator[str]:
    """Yield the code of each problem that code answers without raising anything."""
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ANSWERERS:
                code = node.args[1]
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def test_the_table_has_every_code_that_is_raised_and_no_other() -> None:
    raised = {kind.code for kind in below(errors.RedressError)} - NEVER_ANSWERED
    by_status = {code_of(status) for status in range(400, 600)}
    assert raised | set(answered_by_hand()) <= set(PROBLEM_TYPES)
    assert set(PROBLEM_TYPES) <= raised | set(answered_by_hand()) | by_status


def test_each_says_what_it_is_what_it_means_and_what_to_do() -> None:
    titles = [kind.title for kind in PROBLEM_TYPES.values()]
    assert len(set(titles)) == len(titles)
    for code, kind in PROBLEM_TYPES.items():
        assert kind.meaning, code
        assert kind.remedy, code
    assert list(PROBLEM_TYPES)[-1] == OTHER


@SQLITE
def test_the_type_of_a_problem_is_the_address_of_its_page(world: World) -> None:
    # When
    body = problem_of(world.anonymous.get("/api/v1/complaints"), 401)
    page = world.anonymous.get(body["type"])
    # Then
    assert body["type"] == "/problems/unauthenticated"
    assert body["title"] == PROBLEM_TYPES["unauthenticated"].title
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert f"<h1>{body['title']}</h1>" in page.get_data(as_text=True)


@SQLITE
def test_every_problem_has_a_page_and_stands_in_the_list(world: World) -> None:
    every = world.anonymous.get("/problems").get_data(as_text=True)
    for code in PROBLEM_TYPES:
        assert world.anonymous.get(type_of(code)).status_code == 200, code
        assert f'href="{type_of(code)}"' in every, code
    problem_of(world.anonymous.get("/problems/nobody_knows_it"), 404)


@SQLITE
def test_a_page_runs_nothing_and_its_looks_are_ours(world: World) -> None:
    page = world.anonymous.get("/problems")
    assert "script" not in page.headers["Content-Security-Policy"]
    assert "<script" not in page.get_data(as_text=True)
    style = world.anonymous.get("/problems/pages.css", buffered=True)
    assert (style.status_code, style.mimetype) == (200, "text/css")


def test_what_stands_in_backticks_is_code_and_the_rest_is_text() -> None:
    assert mark_code("`If-Match` & <b>") == "<code>If-Match</code> &amp; &lt;b&gt;"
