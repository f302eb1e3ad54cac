"""Signing in with cookies: HttpOnly tokens, and the CSRF token that every write then carries."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.integration.api.people import PASSWORD, World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def browser(world: World) -> FlaskClient:
    """A browser that signed in with cookies."""
    world.operator("agent", email="ada@example.org", password=PASSWORD)
    form = {"email": "ada@example.org", "password": PASSWORD, "cookies": True}
    response = world.anonymous.post("/api/v1/auth/login", json=form)
    assert "access_token" not in response.get_json()
    assert "refresh_token" not in response.get_json()
    return world.anonymous


def csrf(browser: FlaskClient, kind: str = "access") -> dict[str, str]:
    cookie = browser.get_cookie(f"csrf_{kind}_token")
    assert cookie is not None
    return {"X-CSRF-TOKEN": cookie.value}


def token_cookies(browser: FlaskClient) -> Any:
    access = browser.get_cookie("access_token_cookie")
    refresh = browser.get_cookie("refresh_token_cookie", path="/api/v1/auth")
    return access, refresh


def test_the_tokens_are_out_of_reach_of_scripts_and_of_other_sites(browser: FlaskClient) -> None:
    for cookie in token_cookies(browser):
        assert cookie.http_only
        assert cookie.same_site == "Strict"
    assert not browser.get_cookie("csrf_access_token").http_only  # type: ignore[union-attr]


def test_reading_wants_the_cookie_only(browser: FlaskClient) -> None:
    assert browser.get("/api/v1/auth/me").get_json()["email"] == "ada@example.org"


def test_a_write_without_the_csrf_token_is_refused_and_nothing_is_stored(
    browser: FlaskClient, world: World
) -> None:
    before = world.counts()
    for headers in ({}, {"X-CSRF-TOKEN": "guess"}, csrf(browser, "refresh")):
        response = browser.post("/api/v1/complaints", json={"description": "x"}, headers=headers)
        assert problem_of(response, 403)["code"] == "forbidden"
    assert world.counts() == before


def test_a_write_with_the_csrf_token_is_done(browser: FlaskClient) -> None:
    response = browser.post("/api/v1/complaints", json={"description": "x"}, headers=csrf(browser))
    assert response.status_code == 201


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_refreshing_by_cookie_rotates_both(browser: FlaskClient, body: bytes) -> None:
    # Given
    before = [cookie.value for cookie in token_cookies(browser)]
    # When
    response = browser.post(
        "/api/v1/auth/refresh",
        data=body,
        content_type="application/json",
        headers=csrf(browser, "refresh"),
    )
    # Then
    assert response.status_code == 200
    assert "access_token" not in response.get_json()
    after = [cookie.value for cookie in token_cookies(browser)]
    assert not set(before) & set(after)
    assert browser.get("/api/v1/auth/me").status_code == 200


def test_refreshing_by_cookie_wants_its_own_csrf_token(browser: FlaskClient) -> None:
    problem_of(browser.post("/api/v1/auth/refresh", json={}), 403)
    problem_of(browser.post("/api/v1/auth/refresh", json={}, headers=csrf(browser)), 403)


def test_signing_out_forgets_the_cookies(browser: FlaskClient) -> None:
    assert browser.post("/api/v1/auth/logout", headers=csrf(browser)).status_code == 204
    assert token_cookies(browser) == (None, None)
    problem_of(browser.get("/api/v1/auth/me"), 401)
