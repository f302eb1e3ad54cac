"""What every answer says to browsers, whatever it is an answer to; and how cookies are called."""

from http.cookies import SimpleCookie
from typing import Any

import pytest

from complaints.accounts.sessions import ACCESS_LIFETIME, REFRESH_LIFETIME
from tests.integration.api.people import PASSWORD, World, problem_of
from web.http.response_headers import HEADERS, HTTPS_HEADERS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATHS = (
    "/",
    "/favicon.ico",
    "/static/now/js/http/session.js",
    "/static/now/nothing.js",
    "/api/v1/docs",
    "/api/v1/docs/docs.js",
    "/api/v1/openapi.json",
    "/api/v1/complaints",
    "/api/v1/websocket",
    "/api/v1/nothing",
    "/healthz",
    "/metrics",
)
LOGIN = "/api/v1/auth/login"
SUBMIT = "/api/v1/complaints"
OF_HTTPS = {"public_url": "https://redress.example.org"}


@pytest.mark.parametrize("path", PATHS)
def test_every_kind_of_answer_is_cautious(world: World, path: str) -> None:
    headers = world.anonymous.get(path, buffered=True).headers
    assert {name for name in HEADERS if name not in headers} == set()
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers


@pytest.mark.own_database
def test_a_fault_of_ours_is_cautious_too(world: World) -> None:
    world.app.add_url_rule("/broken", view_func=lambda: 1 / 0)
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert set(HEADERS) <= set(world.anonymous.get("/broken").headers.keys())


@pytest.mark.parametrize(
    "path", ["//evil.example/%2e%2e", "//evil.example", "/api//v1/complaints", "//", "/healthz/"]
)
def test_no_address_is_corrected_by_sending_people_to_what_they_called_us(world: World, path: str) -> None:
    asked = {
        "PATH_INFO": path,
        "HTTP_HOST": "evil.example",
    }  # a client would take the first name for the host
    response = world.anonymous.get("/", environ_overrides=asked)
    assert response.status_code in (200, 404)
    assert "Location" not in response.headers


class TestOfHttps:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {**OF_HTTPS, "public_intake": True}

    @pytest.fixture
    def cookies(self, world: World) -> SimpleCookie:
        """What a sign-in sets."""
        world.operator("agent", email="ada@example.org", password=PASSWORD)
        form = {"email": "ada@example.org", "password": PASSWORD, "cookies": True}
        response = world.anonymous.post(LOGIN, json=form, base_url=OF_HTTPS["public_url"])
        assert response.status_code == 200
        return SimpleCookie("\r\n".join(response.headers.getlist("Set-Cookie")))

    @pytest.mark.parametrize("path", PATHS)
    def test_browsers_are_told_to_come_by_https_only(self, world: World, path: str) -> None:
        header = world.anonymous.get(path, buffered=True).headers["Strict-Transport-Security"]
        assert header == HTTPS_HEADERS["Strict-Transport-Security"]

    def test_cookies_are_this_hosts_alone(self, cookies: SimpleCookie) -> None:
        assert len(cookies) >= 4
        for name, cookie in cookies.items():
            assert name.startswith("__Host-")
            assert (cookie["path"], cookie["domain"]) == ("/", "")
            assert cookie["secure"]
            assert cookie["samesite"] == "Strict"

    def test_cookies_live_as_long_as_their_tokens(self, cookies: SimpleCookie) -> None:
        for kind, lifetime in (("access", ACCESS_LIFETIME), ("refresh", REFRESH_LIFETIME)):
            for name in (f"__Host-{kind}_token_cookie", f"__Host-csrf_{kind}_token"):
                assert cookies[name]["max-age"] == str(int(lifetime.total_seconds()))

    def test_a_session_works_refreshes_and_ends_by_them(self, world: World, cookies: SimpleCookie) -> None:
        # Given
        browser, origin = world.anonymous, OF_HTTPS["public_url"]
        assert browser.get("/api/v1/auth/me", base_url=origin).status_code == 200
        refresh = {"X-CSRF-TOKEN": cookies["__Host-csrf_refresh_token"].value}
        # When
        assert (
            browser.post("/api/v1/auth/refresh", json={}, headers=refresh, base_url=origin).status_code == 200
        )
        access = browser.get_cookie("__Host-csrf_access_token", domain="redress.example.org")
        assert access is not None
        write = {"X-CSRF-TOKEN": access.value}
        assert (
            browser.post(SUBMIT, json={"description": "x"}, headers=write, base_url=origin).status_code == 201
        )
        # Then
        assert browser.post("/api/v1/auth/logout", headers=write, base_url=origin).status_code == 204
        problem_of(browser.get("/api/v1/auth/me", base_url=origin), 401)

    def test_a_cookie_that_somebody_else_could_set_is_none(self, world: World, cookies: SimpleCookie) -> None:
        stranger, token = world.app.test_client(), cookies["__Host-access_token_cookie"].value
        stranger.set_cookie("access_token_cookie", token, domain="redress.example.org")
        problem_of(stranger.get("/api/v1/auth/me", base_url=OF_HTTPS["public_url"]), 401)

    def test_whose_token_went_with_its_time_is_not_taken_for_somebody_unknown(
        self, world: World, cookies: SimpleCookie
    ) -> None:
        # Given
        browser, origin = world.anonymous, OF_HTTPS["public_url"]
        for name in ("access_token_cookie", "csrf_access_token"):
            browser.delete_cookie(f"__Host-{name}", domain="redress.example.org")
        # When
        response = browser.post(SUBMIT, json={"description": "x"}, base_url=origin)
        # Then
        assert problem_of(response, 401)["code"] == "token_expired"
