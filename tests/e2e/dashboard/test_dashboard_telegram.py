"""Linking a chat on the page and on the phone, and what the page says of it."""

import json
import re

import httpx
import pytest
from playwright.sync_api import Page, Route, expect
from redis import Redis

from complaints.telegram.limiter import MICROSECONDS, PREFIX
from tests.e2e.dashboard.conftest import OpenPage, Submit
from tools.stack import Stack, eventually

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)

CHATS = "**/api/v1/telegram/chats?*"


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
    chat.get_by_role("button", name="Until I unmute").click()
    expect(chat.locator(".tag")).to_have_text("Muted")
    expect(chat.get_by_role("button", name="Unmute")).to_be_focused()
    chat.get_by_role("button", name="Unmute").click()
    expect(chat).to_contain_text("Active")
    chat.get_by_role("button", name="Unlink").click()
    chat.get_by_role("button", name="Unlink for good").click()

    expect(chat).to_have_count(0)


def test_a_chat_is_muted_for_a_time(open_page: OpenPage, phone: httpx.Client) -> None:
    page = open_page("/telegram")
    link(page, phone, "Alonzo")
    chat = page.locator(".chat", has_text="Alonzo")

    chat.get_by_role("button", name="Mute").click()
    expect(chat.get_by_role("button", name="1 hour")).to_be_focused()
    page.keyboard.press("Enter")

    expect(chat.locator(".tag")).to_have_text(re.compile(r"Muted until .*\d:\d\d"))
    page.reload()
    expect(chat.locator(".tag")).to_have_text(re.compile(r"Muted until .*\d:\d\d"))


def test_preferences_are_changed_and_only_what_was_changed_is_sent(
    open_page: OpenPage, stack: Stack, phone: httpx.Client, admin: httpx.Client
) -> None:
    # Given
    page = open_page("/telegram", timezone_id="Asia/Tokyo")
    telegram_id = link(page, phone, "Barbara")
    chat = page.locator(".chat", has_text="Barbara")
    asked: list[str | None] = []
    page.on("request", lambda request: asked.append(request.post_data) if request.method == "PATCH" else None)
    # When
    chat.get_by_role("button", name="Preferences").click()
    form = page.get_by_role("form", name="Preferences of Barbara")
    form.get_by_label("Changes of status").check()
    form.get_by_role("combobox", name="Severity").select_option("High and above")
    form.get_by_role("group", name="Categories").get_by_label("Only these").check()
    form.get_by_label("Noise").uncheck()
    form.get_by_role("group", name="Sites").get_by_label("Only these").check()
    form.get_by_label("One site a line").fill("North\n South, rear \n\n")
    form.get_by_label("No alerts at night").check()
    form.get_by_label("From").fill("21:30")
    form.get_by_role("button", name="Save").click()
    # Then
    expect(form).to_have_count(0)
    expect(chat.get_by_role("button", name="Preferences")).to_be_focused()
    expect(chat).to_contain_text("New complaints, assignments and changes of status · High and above")
    expect(chat).to_contain_text("Quiet 21:30–07:00 Asia/Tokyo, critical passes")
    (sent,) = asked
    names = json.loads(sent or "")["preferences"].keys()
    assert names == {"kinds", "minimum_severity", "categories", "sites", "quiet_hours", "time_zone"}
    kept = stack.chat(admin, telegram_id)
    assert kept is not None
    assert kept["preferences"]["sites"] == ["North", "South, rear"]
    assert "noise" not in kept["preferences"]["categories"]
    assert kept["preferences"]["digest_patience_seconds"] == 10


def test_a_preference_that_is_refused_is_explained_beside_it(
    open_page: OpenPage, phone: httpx.Client
) -> None:
    page = open_page("/telegram")
    link(page, phone, "Edith")
    chat = page.locator(".chat", has_text="Edith")
    chat.get_by_role("button", name="Preferences").click()

    chat.get_by_label("No alerts at night").check()
    chat.get_by_label("To", exact=True).fill("22:00")
    chat.get_by_role("button", name="Save").click()

    refusal = chat.get_by_role("group", name="Quiet hours").get_by_role("alert")
    expect(refusal).to_have_text("Quiet hours must not start and end at the same time.")
    expect(chat.get_by_label("To", exact=True)).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    expect(chat.get_by_label("To", exact=True)).to_have_value("22:00")
    chat.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("form")).to_have_count(0)
    expect(chat).not_to_contain_text("Quiet")


def test_a_chat_that_cannot_be_reached_is_told_on_every_page(
    open_page: OpenPage, stack: Stack, phone: httpx.Client, admin: httpx.Client
) -> None:
    # Given
    page = open_page("/telegram")
    telegram_id = link(page, phone, "Radia")
    phone.post(f"/chats/{telegram_id}/block").raise_for_status()
    eventually(
        lambda: (stack.chat(admin, telegram_id) or {})["state"] == "unreachable", what="the chat's loss"
    )
    # When
    page.goto("/")
    # Then
    warning = page.get_by_label("Warnings")
    expect(warning).to_contain_text("Your chat “Radia” can’t be reached: the bot was blocked.")
    expect(warning).to_contain_text("Write /start to the bot")
    # When
    page.get_by_role("link", name="Telegram").click()
    page.locator(".chat", has_text="Radia").get_by_role("button", name="Unlink").click()
    page.get_by_role("button", name="Unlink for good").click()
    # Then
    expect(page.get_by_text("Radia")).to_have_count(0)


def test_a_refused_token_is_one_banner(open_page: OpenPage) -> None:
    detail = "Telegram has refused TELEGRAM_BOT_TOKEN since 2026-01-31T12:00:00.000000Z"
    page = open_page("about:blank", timezone_id="Europe/Berlin")
    answer = {"status": "degraded", "checks": {"telegram": {"status": "down", "detail": detail}}}
    page.route("**/readyz", lambda route: route.fulfill(json=answer))

    page.goto("/")

    warning = page.get_by_label("Warnings").locator("p")
    expect(warning).to_have_text(
        "Telegram alerts are not going out: Telegram has refused TELEGRAM_BOT_TOKEN since Jan 31, 1:00 PM."
    )


def test_a_silence_is_a_banner(open_page: OpenPage, redis: Redis) -> None:
    # Given a chat of nobody's that Telegram makes wait
    name, (seconds, _) = f"{PREFIX}hold:chat:999999", redis.time()
    redis.set(name, (seconds + 600) * MICROSECONDS)
    # When
    page = open_page("/")
    # Then
    warning = page.get_by_label("Warnings")
    expect(warning).to_contain_text(
        "Some Telegram alerts wait: Telegram makes wait: a chat that is not linked"
    )
    redis.delete(name)


def test_a_link_comes_as_a_button_a_picture_and_a_command(open_page: OpenPage) -> None:
    page = open_page("/telegram")

    page.get_by_role("button", name="Make a link").click()

    expect(page.get_by_role("link", name="Open Telegram")).to_have_attribute("target", "_blank")
    expect(page.locator(".command code").first).to_have_text(re.compile(r"^/start \S{32}$"))
    picture = page.get_by_alt_text("The same link as a QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0


@pytest.mark.usefixtures("chat_id")
def test_a_link_that_is_made_before_the_chats_are_known_is_not_taken_for_used(open_page: OpenPage) -> None:
    # Given
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = open_page("about:blank")
    page.route(CHATS, hold)
    page.goto("/telegram")
    # When
    with page.expect_response("**/telegram/link"):
        page.get_by_role("button", name="Make a link").click()
    for route in held:
        route.continue_()
    page.unroute(CHATS)
    # Then
    expect(page.locator(".chat", has_text="Ada").first).to_be_visible()
    expect(page.locator(".command code").first).to_be_visible()
    expect(page.get_by_text("is linked.")).to_have_count(0)


def test_a_complaint_s_page_says_who_was_told(
    open_page: OpenPage, phone: httpx.Client, submit: Submit
) -> None:
    link(open_page("/telegram"), phone, "Edsger")
    complaint = submit("Somebody must hear of this", severity="critical")

    page = open_page(f"/complaints/{complaint['reference']}")

    told = page.locator(".alert", has_text="Edsger")
    expect(told).to_contain_text("Sent", timeout=30_000)
