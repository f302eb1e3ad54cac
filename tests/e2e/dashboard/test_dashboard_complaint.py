"""One complaint: its steps, assignment and comments, as its page shows them."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit
from tools.stack import ADMIN_EMAIL

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)


def opened(open_page: OpenPage, complaint: dict[str, Any], email: str = ADMIN_EMAIL) -> Page:
    page = open_page(f"/complaints/{complaint['reference']}", email=email)
    expect(page.locator(".connection")).to_have_text("Live")
    expect(page.locator(".timeline li").first).to_be_visible()
    return page


def deaf(open_page: OpenPage, complaint: dict[str, Any]) -> Page:
    """A page that hears of nothing that happens after it was opened."""
    page = open_page("about:blank")
    page.route_web_socket("**/api/v1/websocket", lambda socket: None)
    page.route("**/api/v1/events?*", lambda route: route.abort())
    page.goto(f"/complaints/{complaint['reference']}")
    return page


def steps(page: Page) -> Locator:
    return page.get_by_role("region", name="Status").get_by_role("button")


def test_a_complaint_is_taken_from_the_list_to_its_end(page: Page, submit: Submit) -> None:
    # Given
    complaint = submit("Water through the ceiling.\nOf 4B.", subject="Water", reporter={"name": "Amara"})
    page.locator(".row a", has_text=complaint["reference"]).click()
    expect(page).to_have_url(re.compile(f"/complaints/{complaint['reference']}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Water")
    expect(page.locator(".description")).to_have_text("Water through the ceiling.\nOf 4B.")
    expect(page.get_by_text("Amara")).to_be_visible()
    # When
    steps(page).get_by_text("Acknowledge").click()
    expect(page.locator(".timeline")).to_contain_text("admin changed the status to acknowledged")
    page.get_by_role("button", name="Assign to me").click()
    expect(page.locator(".timeline")).to_contain_text("admin took this")
    page.get_by_role("button", name="Start work").click()
    page.get_by_role("button", name="Put on hold").click()
    page.get_by_label("Reason (optional)").fill("Waiting for a part")
    page.get_by_role("button", name="Put on hold").last.click()
    # Then
    expect(page.locator(".timeline")).to_contain_text("Waiting for a part")
    expect(steps(page)).to_have_text(["Resume work", "Resolve", "Reject"])


def test_reopening_wants_a_reason(open_page: OpenPage, submit: Submit, colleague: httpx.Client) -> None:
    complaint = submit("Closed too soon")
    colleague.post(f"/complaints/{complaint['id']}/status", json={"status": "resolved"}).raise_for_status()
    page = opened(open_page, complaint)
    expect(steps(page)).to_have_text(["Reopen"])

    page.get_by_role("button", name="Reopen").click()
    field = page.get_by_label("Why is it reopened?")
    expect(field).to_be_focused()
    field.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('.reason textarea').validity.valueMissing")
    field.fill("It leaks again")
    page.locator(".reason").get_by_role("button", name="Reopen").click()

    expect(page.locator(".timeline")).to_contain_text("It leaks again")
    expect(page.locator(".meta")).to_contain_text("In progress")


def test_a_refused_step_is_explained_beside_what_was_pressed(
    open_page: OpenPage, submit: Submit, colleague: httpx.Client
) -> None:
    # Given a page that has not heard of what happened since
    complaint = submit("Changed behind one's back")
    page = deaf(open_page, complaint)
    expect(steps(page).get_by_text("Acknowledge")).to_be_visible()
    colleague.post(f"/complaints/{complaint['id']}/status", json={"status": "in_progress"}).raise_for_status()
    # When
    steps(page).get_by_text("Acknowledge").click()
    # Then
    expect(page.get_by_role("alert")).to_contain_text("Allowed: on_hold, resolved, rejected, duplicate.")


def test_taking_what_somebody_has_meanwhile_taken_shows_who_has_it(
    open_page: OpenPage, submit: Submit, colleague: httpx.Client
) -> None:
    complaint = submit("Wanted by two")
    page = deaf(open_page, complaint)
    expect(page.get_by_role("button", name="Assign to me")).to_be_visible()
    colleague.put(f"/complaints/{complaint['id']}/assignee", json={"operator_id": "me"}).raise_for_status()

    page.get_by_role("button", name="Assign to me").click()

    expect(page.get_by_role("alert")).to_contain_text("Kofi Mensah has it already.")
    expect(page.get_by_role("button", name="Take over")).to_be_visible()


def test_a_comment_reaches_a_colleague_s_page_as_it_was_typed(
    open_page: OpenPage, submit: Submit, kofi: str
) -> None:
    complaint = submit("Talked about")
    mine, theirs = opened(open_page, complaint), opened(open_page, complaint, email=kofi)

    mine.get_by_placeholder("Add a comment").fill("Ask for <Marek> at the gate")
    mine.keyboard.press("Control+Enter")

    expect(theirs.locator(".timeline article")).to_contain_text("Ask for <Marek> at the gate")
    expect(theirs.locator(".timeline article")).to_contain_text("Internal")
    expect(mine.get_by_placeholder("Add a comment")).to_have_value("")
    expect(mine.locator(".timeline li")).to_have_count(2)


def test_a_viewer_looks_and_cannot_act(open_page: OpenPage, submit: Submit, vera: str) -> None:
    page = opened(open_page, submit("Only to be seen"), email=vera)

    expect(steps(page)).to_have_count(0)
    expect(page.get_by_placeholder("Add a comment")).to_have_count(0)
    expect(page.get_by_text("Assigned to nobody")).to_be_visible()


def test_a_reference_in_small_letters_finds_the_complaint(open_page: OpenPage, submit: Submit) -> None:
    complaint = submit("Read out on the telephone")

    page = open_page(f"/complaints/{complaint['reference'].lower()}")

    expect(page.get_by_role("heading", level=1)).to_have_text("Read out on the telephone")


def test_a_reference_that_does_not_exist_says_so(open_page: OpenPage) -> None:
    page = open_page("/complaints/RD-00000000")

    expect(page.get_by_role("heading", level=1)).to_have_text("No such complaint")
