"""Forms of other websites submit from their visitors' browsers; other pages and other doors stay closed."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request, Response

from tests.integration.api.people import World, problem_of
from tools import chromium
from tools.environment import free_port
from web.public_forms import FORM

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SITE = "https://www.example.org"
OPENED = "Access-Control-Allow-Origin"


@pytest.fixture
def form_port() -> int:
    """Where somebody else's website is."""
    return free_port()


@pytest.fixture
def overrides(form_port: int) -> dict[str, Any]:
    origins = f"{SITE}, http://[2001:db8::1]:3000, http://127.0.0.1:{form_port}"
    return {"public_intake": True, "cors_origins": origins, "intake_rate_anonymous": "3/60"}


def ask(world: World, origin: str, path: str = "/complaints", method: str = "POST") -> TestResponse:
    """Ask as a browser does before it sends something (a preflight)."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,idempotency-key",
    }
    return world.anonymous.options(f"/api/v1{path}", headers=headers)


@pytest.mark.parametrize("origin", [SITE, "http://[2001:db8::1]:3000"])
def test_a_page_of_a_named_origin_may_submit(world: World, origin: str) -> None:
    # When, then
    permitted = ask(world, origin)
    assert permitted.headers[OPENED] == origin
    assert permitted.headers["Access-Control-Allow-Methods"] == "POST"
    assert permitted.headers["Access-Control-Allow-Headers"].lower() == "content-type, idempotency-key"
    assert int(permitted.headers["Access-Control-Max-Age"]) > 0
    # When, then
    headers = {"Origin": origin}
    stored = world.anonymous.post("/api/v1/complaints", json={"description": "x"}, headers=headers)
    refused = world.anonymous.post("/api/v1/complaints", json={"description": ""}, headers=headers)
    problem_of(refused, 422)
    for response in (stored, refused):
        assert response.headers[OPENED] == origin
        assert "Origin" in response.headers["Vary"]
        assert {"Location", "Retry-After", "RateLimit"} <= set(
            response.headers["Access-Control-Expose-Headers"].split(", ")
        )
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        f"{SITE}.evil.example",
        "https://wwwxexample.org",
        "http://www.example.org",
        f"{SITE}:8443",
        "https://example.org",
        "null",
        "*",
    ],
)
def test_a_page_of_another_may_not(world: World, origin: str) -> None:
    posted = world.anonymous.post("/api/v1/complaints", json={"description": "x"}, headers={"Origin": origin})
    assert OPENED not in ask(world, origin).headers
    assert OPENED not in posted.headers


@pytest.mark.parametrize("path", ["/auth/login", "/auth/me", "/complaints/bulk", "/complaints/x", "/events"])
def test_other_doors_are_closed_to_all(world: World, path: str) -> None:
    assert OPENED not in ask(world, SITE, path).headers


@pytest.mark.parametrize("header", ["X-API-Key", "Authorization", "X-CSRF-TOKEN"])
def test_no_page_sends_what_is_secret(world: World, header: str) -> None:
    headers = {
        "Origin": SITE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": header,
    }
    permitted = world.anonymous.options("/api/v1/complaints", headers=headers)
    assert header.lower() not in permitted.headers.get("Access-Control-Allow-Headers", "").lower()


class TestClosed:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"public_intake": False}

    def test_there_is_no_form_and_nobody_may_come_from_elsewhere(self, world: World) -> None:
        problem_of(world.anonymous.get("/form"), 404)
        assert OPENED not in ask(world, SITE).headers


@pytest.fixture
def served(world: World) -> Iterator[str]:
    """The address of the application over HTTP."""
    with serving(make_server("127.0.0.1", 0, world.app, threaded=True)) as url:
        yield url


class serving:  # noqa: N801 - used as a function
    """Serve while the block runs; gives the address."""

    def __init__(self, server: BaseWSGIServer) -> None:
        self._server = server
        self._thread = Thread(target=server.serve_forever)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def page() -> Iterator[Page]:
    """A page that may complain of nothing."""
    said: list[str] = []
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        opened = browser.new_page()
        opened.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: said.append(str(error)))
        yield opened
    assert [one for one in said if "Failed to load resource" not in one] == []


def fill(page: Page, text: str) -> None:
    page.get_by_label("What happened?").fill(text)
    page.get_by_label("Your e-mail").fill("ada@example.org")
    page.get_by_role("button").click()


def submitted(world: World) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = world.admin.get("/api/v1/complaints").get_json()["items"]
    return items


def test_our_own_form_submits_and_says_what_is_wrong(world: World, served: str, page: Page) -> None:
    page.goto(f"{served}/form")
    # When something is missing
    page.get_by_role("button").click()
    # Then it is marked
    expect(page.get_by_role("status")).to_contain_text("Please look at what is marked")
    expect(page.get_by_label("What happened?")).to_be_focused()
    # When it is there
    fill(page, "The lift is stuck")
    # Then
    expect(page.get_by_role("status")).to_contain_text("Thank you. We have it as RD-")
    [found] = submitted(world)
    assert (found["description"], found["reporter"]["email"]) == ("The lift is stuck", "ada@example.org")
    expect(page.get_by_label("What happened?")).to_have_value("")


def test_a_form_on_another_site_submits_and_loses_no_words_where_it_cannot(
    world: World, served: str, page: Page, form_port: int
) -> None:
    html = FORM.read_text().replace('data-api=""', f'data-api="{served}"')

    @Request.application
    def site(_: Request) -> Response:
        return Response(html, content_type="text/html")

    with serving(make_server("127.0.0.1", form_port, site, threaded=True)) as elsewhere:
        page.goto(elsewhere)
        # When the answer is lost on the way, once it was stored
        page.route("**/complaints", lambda route: (route.fetch(), route.abort()), times=1)
        fill(page, "The lift is stuck")
        expect(page.get_by_role("status")).to_contain_text("Not sent: there is no connection.")
        expect(page.get_by_label("What happened?")).to_have_value("The lift is stuck")
        # And it is sent again
        page.get_by_role("button").click()
        # Then it is stored once
        expect(page.get_by_role("status")).to_contain_text("Thank you")
        assert len(submitted(world)) == 1
        # When it is too much
        for number in range(2):
            fill(page, f"And again {number}")
            expect(page.get_by_role("status")).to_contain_text(
                "Thank you" if number == 0 else "Too many tries"
            )
        expect(page.get_by_label("What happened?")).to_have_value("And again 1")


def test_the_form_is_a_page_that_anybody_can_copy(world: World) -> None:
    response = world.anonymous.get("/form")
    assert response.data == Path(FORM).read_bytes()
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
