"""Who else is here: for people's comfort, and gone with the connection."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)

VIEWERS = ".viewers"


def opened(open_page: OpenPage, path: str, **options: str) -> Page:
    page = open_page(path, **options)
    expect(page.locator(".connection")).to_have_text("Live")
    return page


def test_who_opens_a_complaint_that_somebody_looks_at_is_told_and_tells(
    open_page: OpenPage, submit: Submit, kofi: str
) -> None:
    # Given
    path = f"/complaints/{submit('Looked at by two')['reference']}"
    mine = opened(open_page, path)
    expect(mine.locator(VIEWERS)).to_have_count(0)
    # When
    theirs = opened(open_page, path, email=kofi)
    # Then
    expect(mine.locator(VIEWERS)).to_have_text("KMKofi Mensah is looking at this too")
    expect(theirs.locator(VIEWERS)).to_contain_text("admin is looking at this too")
    # When the colleague leaves
    theirs.get_by_role("link", name="Complaints").first.click()
    # Then
    expect(mine.locator(VIEWERS)).to_have_count(0)


def test_who_is_online_is_counted_in_the_header_and_named_where_it_is_asked(
    open_page: OpenPage, kofi: str
) -> None:
    page = opened(open_page, "/")
    colleague = opened(open_page, "/", email=kofi)
    online = page.get_by_role("button", name="2 online")

    online.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("Kofi Mensah")
    expect(page.get_by_role("tooltip")).to_contain_text("admin (you)")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()
    online.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    colleague.close()

    expect(online).to_have_count(0)


def test_without_a_connection_nobody_is_said_to_be_here(
    open_page: OpenPage, submit: Submit, kofi: str
) -> None:
    path = f"/complaints/{submit('Looked at by two, then by nobody knows')['reference']}"
    page, _ = opened(open_page, path), opened(open_page, path, email=kofi)
    expect(page.locator(VIEWERS)).to_have_count(1)
    expect(page.locator(".online")).to_have_count(1)

    page.context.set_offline(True)

    expect(page.locator(VIEWERS)).to_have_count(0)
    expect(page.locator(".online")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator(VIEWERS)).to_have_count(1)
