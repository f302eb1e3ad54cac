"""The list of complaints, as it is read, filtered, paged and kept up to date."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit
from tools.stack import eventually

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)


def row(page: Page, reference: str) -> Locator:
    return page.locator(".row", has_text=reference)


def test_a_new_complaint_appears_at_the_top_with_a_notice(page: Page, submit: Submit) -> None:
    complaint = submit("Smell of gas on the stairs", severity="critical", site="Harbour House")

    first = page.locator(".row").first
    expect(first).to_contain_text(complaint["reference"])
    expect(first).to_contain_text("Smell of gas on the stairs")
    expect(first).to_contain_text("Harbour House")
    expect(first).to_contain_text("Reported")
    expect(page.get_by_label("Notices")).to_contain_text("New critical complaint")


def test_a_row_changes_in_place_when_a_colleague_acts(
    page: Page, submit: Submit, colleague: httpx.Client
) -> None:
    # Given
    older, newer = submit("The older one"), submit("The newer one")
    expect(page.locator(".row").first).to_contain_text(newer["reference"])
    # When
    colleague.post(f"/complaints/{older['id']}/status", json={"status": "in_progress"}).raise_for_status()
    colleague.put(f"/complaints/{older['id']}/assignee", json={"operator_id": "me"}).raise_for_status()
    # Then
    expect(row(page, older["reference"])).to_contain_text("In progress")
    expect(row(page, older["reference"])).to_contain_text("Kofi Mensah")
    expect(page.get_by_label("Notices")).to_contain_text("Kofi Mensah changed the status to in progress")
    expect(page.locator(".row").first).to_contain_text(newer["reference"])


def test_what_people_typed_is_shown_as_they_typed_it(page: Page, submit: Submit) -> None:
    submit("…", subject="<img src=x onerror=alert(1)> & <b>bold</b>")

    expect(page.locator(".row").first).to_contain_text("<img src=x onerror=alert(1)> & <b>bold</b>")
    expect(page.locator(".rows img, .rows b, .toasts img")).to_have_count(0)


def test_filters_live_in_the_address(page: Page, submit: Submit, colleague: httpx.Client) -> None:
    # Given
    low, high = submit("A low one", severity="low"), submit("A high one", severity="high")
    colleague.post(f"/complaints/{high['id']}/status", json={"status": "acknowledged"}).raise_for_status()
    expect(row(page, high["reference"])).to_contain_text("Acknowledged")
    # When
    page.get_by_role("link", name="Acknowledged", exact=True).click()
    page.get_by_role("link", name="High", exact=True).click()
    # Then
    expect(page).to_have_url(re.compile(r"/\?status=acknowledged&severity=high$"))
    expect(row(page, high["reference"])).to_be_visible()
    expect(row(page, low["reference"])).to_have_count(0)
    # And a reload and the back button know them
    page.reload()
    expect(row(page, high["reference"])).to_be_visible()
    expect(page.get_by_role("link", name="High", exact=True)).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?status=acknowledged$"))
    page.get_by_role("link", name="Clear filters").click()
    expect(row(page, low["reference"])).to_be_visible()


def test_the_list_of_a_digest_shows_its_complaints_and_each_filter_can_be_taken_out(
    open_page: OpenPage, submit: Submit
) -> None:
    # Given
    earlier = submit("Before the digest", category="noise", site="Digest House")
    first, last = (submit(text, category="noise", site="Digest House") for text in ("First", "Last"))
    other = submit("Of another kind", category="billing", site="Digest House")
    span = f"created_after={earlier['created_at']}&created_before={other['created_at']}"
    # When
    page = open_page(f"/?status=reported&{span}&site=Digest+House&category=noise")
    # Then
    expect(page.locator(".row .reference")).to_have_text([last["reference"], first["reference"]])
    expect(page.locator(".chip")).to_have_count(3)
    # When
    page.get_by_role("link", name="Remove the filter Submitted").click()
    # Then
    expect(page.locator(".row .reference")).to_have_count(3)
    # When
    page.get_by_role("link", name="Remove the filter Noise").click()
    # Then
    expect(page.locator(".row .reference")).to_have_count(4)
    expect(page).to_have_url(re.compile(r"/\?status=reported&site=Digest%20House$"))


def test_categories_and_sites_are_chosen_from_lists_that_close_when_they_are_left(
    page: Page, submit: Submit
) -> None:
    # Given
    noise, other = submit("Loud", category="noise", site="Picked"), submit("Quiet", site="Unpicked")
    expect(row(page, other["reference"])).to_be_visible()
    expect(row(page, noise["reference"])).to_be_visible()
    # When
    page.locator("summary", has_text="Category").click()
    page.get_by_role("link", name="Noise", exact=True).click()
    page.keyboard.press("Escape")
    # Then
    expect(page.locator("summary", has_text="Category")).to_be_focused()
    expect(page.get_by_role("link", name="Billing", exact=True)).to_be_hidden()
    expect(row(page, other["reference"])).to_have_count(0)
    # When
    page.locator("summary", has_text="Site").click()
    page.get_by_role("link", name="Picked", exact=True).click()
    page.get_by_role("heading", level=1).click()
    # Then
    expect(page.get_by_role("link", name="Picked", exact=True)).to_be_hidden()
    expect(page.locator(".row .reference")).to_have_text([noise["reference"]])
    expect(page).to_have_url(re.compile(r"/\?category=noise&site=Picked$"))


def test_a_new_complaint_of_another_category_stays_outside(open_page: OpenPage, submit: Submit) -> None:
    page = open_page("/?category=safety")
    expect(page.locator(".connection")).to_have_text("Live")

    inside, outside = submit("Gas", category="safety"), submit("Bill", category="billing")

    expect(page.get_by_text("1 new complaint outside these filters.")).to_be_visible()
    expect(row(page, inside["reference"])).to_be_visible()
    expect(row(page, outside["reference"])).to_have_count(0)


def test_a_row_that_leaves_the_filters_stays_where_it_is_read(
    open_page: OpenPage, submit: Submit, colleague: httpx.Client
) -> None:
    complaint = submit("Soon acknowledged")
    page = open_page("/?status=reported")
    expect(page.locator(".connection")).to_have_text("Live")

    colleague.post(
        f"/complaints/{complaint['id']}/status", json={"status": "acknowledged"}
    ).raise_for_status()

    expect(row(page, complaint["reference"])).to_contain_text("Acknowledged")
    page.reload()
    expect(page.locator(".rows, .nothing")).to_be_visible()
    expect(row(page, complaint["reference"])).to_have_count(0)


def test_a_new_complaint_outside_the_filters_is_announced(open_page: OpenPage, submit: Submit) -> None:
    page = open_page("/?severity=critical")
    expect(page.locator(".connection")).to_have_text("Live")

    complaint = submit("Nothing urgent", severity="low")

    expect(page.get_by_text("1 new complaint outside these filters.")).to_be_visible()
    expect(row(page, complaint["reference"])).to_have_count(0)


def test_the_list_is_paged_and_every_complaint_comes_once(page: Page, submit: Submit) -> None:
    # Given more than a page
    for number in range(60):
        submit(f"Number {number} of many")
    page.reload()
    expect(page.locator(".row a")).to_have_count(50)
    # When
    page.get_by_role("button", name="Show more").click()
    eventually(lambda: page.locator(".row a").count() > 59, what="the second page of rows")
    # Then
    references = page.locator(".row .reference").all_inner_texts()
    assert len(references) == len(set(references))


def test_while_somebody_reads_further_down_new_ones_wait_and_nothing_moves(
    page: Page, submit: Submit
) -> None:
    # Given
    for number in range(30):
        submit(f"Number {number} to scroll past")
    page.reload()
    expect(page.locator(".row a").nth(29)).to_be_visible()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    eventually(lambda: page.evaluate("scrollY") > 300, what="the page's scrolling")
    read = page.locator(".row a").nth(20)
    before = read.bounding_box()
    # When
    newest = [submit("One that waits"), submit("Another that waits")][-1]
    # Then
    button = page.get_by_role("button", name="2 new")
    expect(button).to_be_visible()
    assert read.bounding_box() == before
    expect(page).to_have_title("(2) Complaints · Redress")
    # When asked for
    button.click()
    expect(page.locator(".row").first).to_contain_text(newest["reference"])
    expect(page).to_have_title("Complaints · Redress")


def test_a_list_that_cannot_be_read_says_so_and_can_be_tried_again(page: Page, submit: Submit) -> None:
    complaint = submit("Seen in the end")
    page.route("**/api/v1/complaints?*", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("can’t be reached")

    page.unroute("**/api/v1/complaints?*")
    page.get_by_role("button", name="Try again").click()

    expect(row(page, complaint["reference"])).to_be_visible()


def test_going_back_from_a_complaint_finds_the_list_where_it_was(page: Page, submit: Submit) -> None:
    for number in range(30):
        submit(f"Number {number} to come back to")
    page.reload()
    page.locator(".row a").nth(25).scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 0

    page.locator(".row a").nth(25).click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()

    expect(page.locator(".row a").nth(25)).to_be_visible()
    eventually(lambda: abs(page.evaluate("scrollY") - place) < 60, what="the place where it was")
