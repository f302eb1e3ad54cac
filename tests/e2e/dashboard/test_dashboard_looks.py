"""How it looks, as far as a machine can tell: narrow screens, both themes, and nothing from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit
from tools.stack import Stack

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
READY = ".row a, .timeline li, .alert-rows, .chat, .category-times, main .nothing"
OPENED = ("Category", "Mute", "Preferences", "Make a link", "Change")
NARROW = {"width": 390, "height": 844}


@pytest.fixture(autouse=True, scope="module")
def chats(stack: Stack, admin: httpx.Client) -> Iterator[None]:
    """A chat with a long name and quiet hours, one that is muted, and one that can't be reached."""
    with stack.phone() as phone:
        linked = [stack.link_chat(admin, phone, name) for name in ("Longname" * 5, "Muted", "Lost")]
        paths = [f"/telegram/chats/{(stack.chat(admin, chat_id) or {})['id']}" for chat_id in linked]
        night = {"quiet_hours": {"start": "22:00", "end": "07:00"}, "categories": ["noise"]}
        admin.patch(paths[0], json={"preferences": night}).raise_for_status()
        admin.patch(paths[1], json={"state": "muted"}).raise_for_status()
        phone.post(f"/chats/{linked[2]}/block").raise_for_status()
        yield
    for path in paths:
        admin.delete(path).raise_for_status()


def addresses(submit: Submit) -> list[str]:
    long = submit(
        "W" * 400,
        subject="An uncommonlylongwordwithoutanyplacetobreakit " * 4,
        severity="high",
        site="S" * 60,
    )
    submit("Late", severity="critical", site="Harbour House")
    narrowed = f"/?status=open&severity=high&site={'S' * 60}&created_after=2026-01-01T00:00:00Z"
    return [
        "/",
        narrowed,
        f"/complaints/{long['reference']}",
        "/alerts?state=failed",
        "/telegram",
        "/categories",
    ]


def settled(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".connection")).to_have_text("Live")
    expect(page.locator(READY).first).to_be_visible()
    for name in OPENED:
        opener = page.locator("summary, button", has_text=re.compile(f"^{name}$"))
        if opener.count():
            opener.first.click()


def test_nothing_is_wider_than_a_telephone(open_page: OpenPage, submit: Submit) -> None:
    page = open_page("about:blank", viewport=NARROW, is_mobile=True, has_touch=True)

    for address in addresses(submit):
        settled(page, address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW["width"], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(open_page: OpenPage, submit: Submit, scheme: str) -> None:
    page = open_page("about:blank", color_scheme=scheme, reduced_motion="reduce")

    for address in addresses(submit):
        settled(page, address)
        assert page.evaluate(CONTRAST) == [], address


def test_the_themes_differ(open_page: OpenPage) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = open_page("/", color_scheme="light"), open_page("/", color_scheme="dark")

    assert light.evaluate(ground) != dark.evaluate(ground)


def test_nothing_is_loaded_from_elsewhere(open_page: OpenPage, stack: Stack, submit: Submit) -> None:
    asked: list[str] = []
    page = open_page("about:blank")

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    for address in addresses(submit):
        settled(page, address)

    assert [url for url in asked if not url.startswith((stack.url, "data:"))] == []


def test_the_list_can_be_used_with_the_keyboard_alone(page: Page, submit: Submit) -> None:
    complaint = submit("Reached by keyboard")
    expect(page.locator(".row").first).to_contain_text(complaint["reference"])
    page.locator("body").press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()

    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.row a')"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Reached by keyboard")


def test_every_page_has_its_landmarks_and_one_heading(open_page: OpenPage, submit: Submit) -> None:
    page = open_page("about:blank")

    for address in addresses(submit):
        settled(page, address)
        for role in ("banner", "navigation", "main"):
            expect(page.get_by_role(role)).to_have_count(1)  # type: ignore[arg-type]
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
