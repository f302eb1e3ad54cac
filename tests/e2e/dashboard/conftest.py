"""The dashboard in a real Chromium, before the whole running product.

Whatever a page prints as an error, or its policy refuses, fails the test that opened it.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from complaints.accounts.passwords import hash_password
from complaints.db import Database
from complaints.words import Role
from tests.factories import an_operator
from tools import chromium
from tools.stack import ADMIN_EMAIL, ADMIN_PASSWORD, PLAIN, Stack

EXPECTED = "Failed to load resource"  # an answer of 400 or above, or a server that was stopped by the test
WIDE = {"width": 1280, "height": 800}

Submit = Callable[..., dict[str, Any]]
OpenPage = Callable[..., Page]
CookiesOf = Callable[[str], list[Any]]


@pytest.fixture(scope="session")
def browser(stack: Stack) -> Iterator[Browser]:
    """One for all pages; it ends with the stack: Playwright leaves a running loop in the thread until then."""
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright, chromium.launch(playwright) as opened:
        yield opened


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What pages complained of while the test ran; nothing, when it ends."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture(scope="session")
def cookies_of(stack: Stack) -> CookiesOf:
    """`cookies_of(email)`: the cookies of one session for all tests, for a sign-in is slow on purpose."""
    return functools.cache(functools.partial(sign_in, stack))


@pytest.fixture
def open_page(browser: Browser, stack: Stack, faults: list[str], cookies_of: CookiesOf) -> Iterator[OpenPage]:
    """`open_page(path, email=…, **context)`: a page in a browser of its own, signed in unless `email` is None."""
    contexts: list[BrowserContext] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: note(said.type, said.text))

    def note(kind: str, text: str) -> None:
        if kind == "error" and EXPECTED not in text and "WebSocket connection" not in text:
            faults.append(text)

    def open_one(path: str = "/", *, email: str | None = ADMIN_EMAIL, **options: Any) -> Page:
        context = browser.new_context(base_url=stack.url, **{"viewport": WIDE, **options})
        contexts.append(context)
        context.on("page", watch)
        page = context.new_page()
        if email is not None:
            context.add_cookies(cookies_of(email))
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The list, signed in as the first admin, live."""
    page = open_page("/")
    expect(page.locator(".connection")).to_have_text("Live")
    return page


@pytest.fixture(scope="session")
def admin(stack: Stack) -> Iterator[httpx.Client]:
    """The API, signed in as the first admin."""
    with closing(stack.sign_in()) as client:
        yield client


@pytest.fixture
def submit(admin: httpx.Client) -> Submit:
    """`submit(description, **fields)`: a complaint, submitted by the first admin."""

    def submit_one(description: str, **fields: Any) -> dict[str, Any]:
        answer = admin.post("/complaints", json={"description": description, **fields})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return submit_one


@pytest.fixture(scope="session")
def kofi(stack: Stack) -> str:
    """The e-mail of an agent."""
    return add_operator(stack, "Kofi Mensah", Role.AGENT)


@pytest.fixture(scope="session")
def vera(stack: Stack) -> str:
    """The e-mail of a viewer."""
    return add_operator(stack, "Vera Lind", Role.VIEWER)


@pytest.fixture(scope="session")
def colleague(stack: Stack, kofi: str) -> Iterator[httpx.Client]:
    """The API, signed in as the agent."""
    with httpx.Client(base_url=f"{stack.url}/api/v1", timeout=10, verify=PLAIN) as client:
        answer = client.post("/auth/login", json={"email": kofi, "password": ADMIN_PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def sign_in(stack: Stack, email: str) -> list[Any]:
    """Return the cookies of a new session."""
    credentials = {"email": email, "password": ADMIN_PASSWORD, "cookies": True}
    answer = httpx.post(f"{stack.url}/api/v1/auth/login", json=credentials, verify=PLAIN).raise_for_status()
    return [
        {"name": cookie.name, "value": cookie.value or "", "domain": "127.0.0.1", "path": cookie.path}
        for cookie in answer.cookies.jar
    ]


def add_operator(stack: Stack, name: str, role: Role) -> str:
    """Return the e-mail of a new operator, whose password is the admin's."""
    email = f"{name.split()[0].lower()}@example.org"
    database = Database(stack.environment["DATABASE_URL"])
    try:
        with database.write() as session:
            password_hash = hash_password(ADMIN_PASSWORD)
            session.add(an_operator(name, role, email=email, password_hash=password_hash))
    finally:
        database.close()
    return email
