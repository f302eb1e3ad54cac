"""The times of categories, as an admin changes them."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.dashboard.conftest import OpenPage

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)


def test_an_admin_changes_how_long_complaints_of_a_category_may_wait(
    open_page: OpenPage, admin: httpx.Client
) -> None:
    # Given
    admin.post("/categories", json={"name": "lifts"}).raise_for_status()
    page = open_page("/")
    page.get_by_role("button", name="Account of admin").click()
    page.get_by_role("link", name="Categories and times").click()
    lifts = page.locator(".category-times", has_text="Lifts")
    # When
    lifts.get_by_role("button", name="Change").click()
    lifts.get_by_label("Critical").fill("5")
    lifts.get_by_label("Remind who was told").fill("3")
    lifts.get_by_label("Pause between").fill("10")
    lifts.get_by_role("button", name="Save").click()
    # Then
    expect(lifts).to_contain_text("Critical 5 min, High 1 h, Medium 8 h, Low 3 d")
    expect(lifts).to_contain_text("Then 3 reminders and 1 escalation, 10 min apart")
    expect(lifts.get_by_role("button", name="Change")).to_be_focused()
    page.reload()
    expect(lifts).to_contain_text("Critical 5 min")
    # When
    lifts.get_by_role("button", name="Change").click()
    lifts.get_by_label("Critical").fill("")
    lifts.get_by_role("button", name="Save").click()
    # Then
    expect(lifts).to_contain_text("Critical 15 min")


def test_who_is_no_admin_is_told_so(open_page: OpenPage, kofi: str) -> None:
    page = open_page("/categories", email=kofi)

    expect(page.get_by_text("Only admins change these.")).to_be_visible()
    page.get_by_role("button", name="Account of Kofi Mensah").click()
    expect(page.get_by_role("link", name="Categories and times")).to_have_count(0)
