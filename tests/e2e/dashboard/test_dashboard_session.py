"""Signing in and out, tokens that end, sessions that are closed."""

import re
import time
from functools import partial

import httpx
import jwt
import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from tests.e2e.dashboard.conftest import CookiesOf, OpenPage, Submit, sign_in
from tools.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack, eventually

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)

ACCESS_COOKIE = "access_token_cookie"
REMEMBER_SIGNS = """() => {
  window.signs = [];
  const sign = document.querySelector(".connection");
  const changes = { attributes: true, characterData: true, subtree: true };
  new MutationObserver(() => signs.push(sign.textContent)).observe(sign, changes);
}"""


@pytest.fixture
def cookies_of(stack: Stack) -> CookiesOf:
    """A new session for each page: here sessions end."""
    return partial(sign_in, stack)


def expire_access_token(context: BrowserContext, stack: Stack, seconds: int = -60) -> None:
    """The token that the page has ends in so many seconds."""
    cookie = next(cookie for cookie in context.cookies() if cookie["name"] == ACCESS_COOKIE)
    key = stack.environment["JWT_SECRET_KEY"]
    claims = jwt.decode(cookie["value"], key, algorithms=["HS256"])
    cookie["value"] = jwt.encode({**claims, "exp": int(time.time()) + seconds}, key, algorithm="HS256")
    context.add_cookies([cookie])


def fill_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_signing_in_leads_to_what_was_asked_for(open_page: OpenPage, submit: Submit) -> None:
    complaint = submit("Bookmarked")
    page = open_page(f"/complaints/{complaint['reference']}", email=None)
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    expect(page.get_by_label("E-mail")).to_be_focused()

    fill_in(page, ADMIN_PASSWORD)

    expect(page).to_have_url(re.compile(f"/complaints/{complaint['reference']}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Bookmarked")


def test_a_wrong_password_is_said_and_can_be_mended(open_page: OpenPage) -> None:
    page = open_page("/sign-in", email=None)
    fill_in(page, "not the password")
    expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")

    fill_in(page, ADMIN_PASSWORD)

    expect(page.get_by_role("heading", level=1)).to_have_text("Complaints")


def test_an_address_of_somebody_else_is_not_followed_after_the_sign_in(
    open_page: OpenPage, stack: Stack
) -> None:
    page = open_page("/sign-in?next=https%3A%2F%2Fevil.example%2F", email=None)

    fill_in(page, ADMIN_PASSWORD)

    expect(page.get_by_role("heading", level=1)).to_have_text("Complaints")
    assert page.url == f"{stack.url}/"


def test_signing_out_ends_the_session_and_forgets_what_was_on_screen(page: Page, submit: Submit) -> None:
    complaint = submit("Not for the next one")
    expect(page.get_by_text(complaint["reference"]).first).to_be_visible()

    page.get_by_role("button", name="Account of admin").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page).to_have_url(re.compile(r"/sign-in"))
    expect(page.get_by_text(complaint["reference"])).to_have_count(0)
    page.goto("/")
    expect(page.get_by_label("Password")).to_be_visible()


def test_two_tabs_with_an_expired_token_refresh_once_and_both_go_on(page: Page, stack: Stack) -> None:
    # Given
    context = page.context
    refreshes: list[str] = []
    context.on("request", lambda request: refreshes.append(request.url) if "refresh" in request.url else None)
    expire_access_token(context, stack)
    # When both ask at once
    other = context.new_page()
    other.goto("/", wait_until="commit")
    page.reload(wait_until="commit")
    # Then neither lost the session
    for tab in (page, other):
        expect(tab.locator(".connection")).to_have_text("Live")
    assert len(refreshes) == 1


def test_a_socket_refused_for_an_expired_token_is_back_by_itself(page: Page, stack: Stack) -> None:
    expire_access_token(page.context, stack)

    page.context.set_offline(True)
    expect(page.locator(".connection")).to_have_text("Offline")
    page.context.set_offline(False)

    expect(page.locator(".connection")).to_have_text("Live")


def test_before_its_token_ends_a_page_changes_over_to_another_socket_and_stays_live(
    open_page: OpenPage, stack: Stack, submit: Submit
) -> None:
    # Given
    page = open_page("about:blank")
    expire_access_token(page.context, stack, seconds=20)
    sockets: list[WebSocket] = []

    def note(socket: WebSocket) -> None:
        sockets.append(socket)

    page.on("websocket", note)
    page.goto("/")
    expect(page.locator(".connection")).to_have_text("Live")
    page.evaluate(REMEMBER_SIGNS)
    # When
    eventually(lambda: page.wait_for_timeout(100) or len(sockets) == 2, what="the second socket")
    eventually(lambda: page.wait_for_timeout(100) or sockets[0].is_closed(), what="the first one's end")
    complaint = submit("Told by the second socket")
    # Then
    expect(page.locator(".row", has_text=complaint["reference"])).to_have_count(1)
    assert set(page.evaluate("signs")) <= {"Live"}
    assert not sockets[1].is_closed()


def test_a_closed_session_leads_to_the_sign_in(page: Page) -> None:
    sessions = page.context.request.get("/api/v1/auth/sessions").json()["items"]
    own = next(session["id"] for session in sessions if session["current"])
    csrf = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrf_access_token")

    page.context.request.delete(f"/api/v1/auth/sessions/{own}", headers={"X-CSRF-TOKEN": csrf})

    expect(page).to_have_url(re.compile(r"/sign-in"))


def test_an_invitation_leads_to_a_password_and_in(open_page: OpenPage, client: httpx.Client) -> None:
    invited = client.post(
        "/operators", json={"email": "new@example.org", "name": "New Colleague", "role": "agent"}
    ).raise_for_status()
    page = open_page(invited.json()["invitation"]["url"], email=None)
    page.get_by_label("Choose a password").fill("a long enough one")
    page.get_by_label("The same again").fill("another one")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="Welcome to Redress")).to_be_visible()

    page.get_by_label("The same again").fill("a long enough one")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Complaints")).to_be_visible()
    used_up = open_page(invited.json()["invitation"]["url"], email=None)
    used_up.get_by_label("Choose a password").fill("a long enough one")
    used_up.get_by_label("The same again").fill("a long enough one")
    used_up.keyboard.press("Enter")
    expect(used_up.get_by_role("alert")).to_contain_text("Ask for a new one")
