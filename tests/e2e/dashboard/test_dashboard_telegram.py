"""Linking a chat on the page and on the phone, and what the page says of it."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)


def link(page: Page, phone: httpx.Client, name: str) -> int:
    """Link a new phone's private chat as the page says; return the chat's Telegram id."""
    page.get_by_role("button", name="Make a link").click()
    command = page.locator(".command code").first.inner_text()
    chat_id = int(phone.post("/users", json={"first_name": name}).json()["id"])
    phone.post(f"/chats/{chat_id}/messages", json={"text": command}).raise_for_status()
    expect(page.get_by_text(f"{name} is linked.")).to_be_visible()
    return chat_id


def test_a_chat_is_linked_muted_and_unlinked(open_page: OpenPage, phone: httpx.Client) -> None:
    page = open_page("/telegram")
    link(page, phone, "Grace")
    chat = page.locator(".chat", has_text="Grace")
    expect(chat).to_contain_text("Active")

    chat.get_by_role("button", name="Mute").click()
    expect(chat).to_contain_text("Muted")
    chat.get_by_role("button", name="Unmute").click()
    expect(chat).to_contain_text("Active")
    chat.get_by_role("button", name="Unlink").click()
    chat.get_by_role("button", name="Unlink for good").click()

    expect(chat).to_have_count(0)


def test_a_link_comes_as_a_button_a_picture_and_a_command(open_page: OpenPage) -> None:
    page = open_page("/telegram")

    page.get_by_role("button", name="Make a link").click()

    expect(page.get_by_role("link", name="Open Telegram")).to_have_attribute("target", "_blank")
    expect(page.locator(".command code")).to_have_count(1)
    picture = page.get_by_alt_text("The same link as a QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0


def test_a_complaint_s_page_says_who_was_told(
    open_page: OpenPage, phone: httpx.Client, submit: Submit
) -> None:
    link(open_page("/telegram"), phone, "Edsger")
    complaint = submit("Somebody must hear of this", severity="critical")

    page = open_page(f"/complaints/{complaint['reference']}")

    told = page.locator(".alert", has_text="Edsger")
    expect(told).to_contain_text("Sent", timeout=30_000)
