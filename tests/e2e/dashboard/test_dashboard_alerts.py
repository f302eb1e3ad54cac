"""What became of alerts: on the complaint's page and on the page of all alerts, and sending them again."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit
from tools.stack import Stack

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)

ALERTS_FOLLOWED_FOR_MS = 35_000


@pytest.fixture
def refusing(stack: Stack, admin: httpx.Client, phone: httpx.Client) -> Iterator[str]:
    """The title of a linked chat whose alerts fail while faults last: Telegram refuses their text."""
    title = "Lynn"
    chat_id = stack.link_chat(admin, phone, title)
    fault = {"kind": "cannot_parse_entities", "methods": ["sendMessage"], "chat_id": chat_id}
    phone.post("/faults", json=fault).raise_for_status()
    yield title
    chat = stack.chat(admin, chat_id)
    assert chat is not None
    admin.delete(f"/telegram/chats/{chat['id']}").raise_for_status()


def test_an_alert_that_failed_is_sent_again_from_its_complaint(
    open_page: OpenPage, submit: Submit, refusing: str, phone: httpx.Client, kofi: str
) -> None:
    # Given
    complaint = submit("Told twice", severity="critical")
    page = open_page(f"/complaints/{complaint['reference']}", email=kofi)
    told = page.locator(".alert", has_text=refusing)
    expect(told).to_contain_text("New complaint")
    expect(told).to_contain_text("Failed", timeout=30_000)
    # When
    told.get_by_text("2 attempts").click()
    # Then
    expect(told.locator(".tries li")).to_have_count(2)
    expect(told.locator(".tries li").first).to_contain_text("Telegram refused the text")
    # When
    phone.delete("/faults").raise_for_status()
    told.get_by_role("button", name=f"Retry the alert to {refusing}").click()
    # Then
    expect(told).to_contain_text("Sent", timeout=30_000)
    expect(told.get_by_text("3 attempts")).to_be_visible()
    expect(told.get_by_role("button")).to_have_count(0)


def test_an_alert_is_told_of_long_after_anybody_asks_for_it(
    open_page: OpenPage, submit: Submit, refusing: str, phone: httpx.Client, admin: httpx.Client
) -> None:
    # Given a page that asks for alerts no more: none is under way, and nothing has happened for long
    complaint = submit("Sent again by somebody else", severity="critical")
    page = open_page("about:blank")
    page.clock.install()
    page.goto(f"/complaints/{complaint['reference']}")
    told = page.locator(".alert", has_text=refusing)
    expect(told).to_contain_text("Failed", timeout=30_000)
    page.clock.fast_forward(ALERTS_FOLLOWED_FOR_MS)
    phone.delete("/faults").raise_for_status()
    # When
    alerts = admin.get(f"/complaints/{complaint['id']}/alerts").raise_for_status().json()["items"]
    failed = next(alert for alert in alerts if alert["chat"]["title"] == refusing)
    admin.post(f"/alerts/{failed['id']}/retry").raise_for_status()
    # Then
    expect(told).to_contain_text("Sent", timeout=30_000)


def test_the_page_of_alerts_shows_what_failed_until_it_is_sent_again(
    open_page: OpenPage, submit: Submit, refusing: str, phone: httpx.Client
) -> None:
    # Given
    complaint = submit("Listed until it arrives")
    page = open_page("/")
    page.get_by_role("link", name="Alerts").click()
    page.get_by_role("link", name="Failed", exact=True).click()
    row = page.locator(".alert", has_text=complaint["reference"]).filter(has_text=refusing)
    expect(row).to_contain_text("Failed", timeout=30_000)
    # When
    phone.delete("/faults").raise_for_status()
    row.get_by_role("button", name="Retry").click()
    # Then
    expect(row).to_have_count(0, timeout=30_000)
    page.get_by_role("link", name="Sent", exact=True).click()
    expect(row).to_contain_text("New complaint", timeout=30_000)
    # When
    row.get_by_role("link", name=complaint["reference"]).click()
    # Then
    expect(page.get_by_role("heading", level=1)).to_have_text("Listed until it arrives")


def answered(page: Page, items: list[object]) -> None:
    """Let the page's question for alerts be answered so."""
    answer = {"items": items, "next_cursor": None}
    page.route("**/api/v1/alerts?*", lambda route: route.fulfill(json=answer))


def test_without_alerts_that_need_a_look_all_is_well(open_page: OpenPage) -> None:
    page = open_page("about:blank")
    answered(page, [])

    page.goto("/alerts")

    expect(page.get_by_text("All is well.")).to_be_visible()


def test_a_viewer_is_not_led_to_alerts(open_page: OpenPage, vera: str) -> None:
    page = open_page("/", email=vera)
    expect(page.get_by_role("link", name="Telegram")).to_be_visible()
    expect(page.get_by_role("link", name="Alerts")).to_have_count(0)

    page.goto("/alerts")

    expect(page.get_by_role("alert")).to_be_visible()
