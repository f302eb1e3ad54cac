"""Who lost their password: what the sign-in says, and where an admin's link leads."""

import httpx
from playwright.sync_api import expect

from tests.e2e.dashboard.conftest import OpenPage

NEW = "a long enough other one"


def test_without_a_mail_server_the_sign_in_says_whom_to_ask(open_page: OpenPage) -> None:
    page = open_page("/sign-in", email=None)
    expect(page.locator(".aside")).to_have_text(
        "Forgot your password? Ask an admin for a link to choose another one."
    )
    page.goto("/forgot")
    expect(page.get_by_role("status")).to_contain_text("Ask an admin")
    page.get_by_role("link", name="Back to the sign-in").click()
    expect(page.get_by_role("heading", name="Sign in to Redress")).to_be_visible()


def test_an_admin_s_link_leads_to_another_password_and_in_once(
    open_page: OpenPage, client: httpx.Client
) -> None:
    form = {
        "email": "lost@example.org",
        "name": "Lost Colleague",
        "role": "agent",
        "password": "the one before it",
    }
    lost = client.post("/operators", json=form).raise_for_status().json()
    url = client.post(f"/operators/{lost['id']}/reset").raise_for_status().json()["url"]
    for heading in ("Complaints", "Another password"):
        page = open_page(url, email=None)
        page.get_by_label("Choose a password").fill(NEW)
        page.get_by_label("The same again").fill(NEW)
        page.get_by_role("button", name="Save and sign in").click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Ask for a new one")
