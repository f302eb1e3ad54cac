"""The connection: seen, lost, found again, and closed when the page is left."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit
from tools.stack import Stack, eventually

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)


def connections(client: httpx.Client) -> int:
    return int(client.get("/websocket/stats").raise_for_status().json()["connections"])


def is_numbered(client: httpx.Client, complaint_id: str) -> bool:
    events = client.get(f"/complaints/{complaint_id}/events").raise_for_status().json()["items"]
    return all(event["seq"] is not None for event in events)


def test_what_happened_while_the_server_was_away_is_there_once_it_is_back(
    page: Page, stack: Stack, submit: Submit
) -> None:
    # Given
    before = submit("Before the fall")
    expect(page.locator(".row").first).to_contain_text(before["reference"])
    # When
    stack.kill("web")
    expect(page.locator(".connection")).to_contain_text("Reconnecting")
    stack.start("web")
    stack.wait_until_ready()
    after = submit("After the fall")
    # Then
    expect(page.locator(".connection")).to_have_text("Live", timeout=40_000)
    expect(page.locator(".row", has_text=after["reference"])).to_have_count(1)
    expect(page.locator(".row", has_text=before["reference"])).to_have_count(1)


def test_what_happened_while_the_device_was_offline_is_told_in_one_notice(
    page: Page, admin: httpx.Client, submit: Submit
) -> None:
    # Given
    page.context.set_offline(True)
    expect(page.locator(".connection")).to_have_text("Offline")
    missed = [submit("Missed one"), submit("Missed two")]
    eventually(lambda: is_numbered(admin, missed[-1]["id"]), what="the number of the last event")
    # When
    page.context.set_offline(False)
    # Then

    expect(page.locator(".connection")).to_have_text("Live")
    expect(page.get_by_label("Notices")).to_contain_text(re.compile(r"Caught up\s+2 new"))
    for complaint in missed:
        expect(page.locator(".row", has_text=complaint["reference"])).to_have_count(1)


def test_a_page_that_is_left_leaves_no_connection_and_starts_anew_when_it_is_come_back_to(
    page: Page, admin: httpx.Client, submit: Submit
) -> None:
    # Given
    eventually(lambda: connections(admin) == 1, what="the page's connection, and no other's, in the stats")
    # When
    page.goto("/healthz")
    eventually(lambda: connections(admin) == 0, what="the end of the connection")
    complaint = submit("While away")
    page.go_back()
    # Then
    expect(page.locator(".connection")).to_have_text("Live")
    expect(page.locator(".row").first).to_contain_text(complaint["reference"])
    assert eventually(lambda: connections(admin) == 1, what="one connection again")


def test_the_title_counts_what_came_while_nobody_looked(open_page: OpenPage, submit: Submit) -> None:
    page = open_page("/")
    expect(page.locator(".connection")).to_have_text("Live")
    page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    submit("Unseen")

    expect(page).to_have_title("(1) Complaints · Redress")
    page.evaluate("delete document.visibilityState")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("Complaints · Redress")


def test_a_page_without_a_network_says_how_old_it_is(open_page: OpenPage) -> None:
    # Given
    page = open_page("about:blank")
    page.clock.install()
    page.goto("/")
    expect(page.locator(".connection")).to_have_text("Live")
    # When
    page.context.set_offline(True)
    expect(page.locator(".connection")).to_have_text("Offline")
    page.clock.fast_forward(60_000)
    # Then
    warnings = page.get_by_label("Warnings")
    expect(warnings).to_contain_text(re.compile(r"no network\. What is on screen is as of \d+:\d\d"))
    expect(page.locator(".connection")).to_contain_text(re.compile(r"Offline\s*as of \d+:\d\d"))
    page.context.set_offline(False)
    expect(page.locator(".connection")).to_have_text("Live")
    expect(warnings).to_have_count(0)
