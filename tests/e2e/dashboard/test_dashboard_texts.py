"""What people wrote, on the page: it turns nothing beside it, and stays in its box."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)

MARK = "מסמן"
TOWER = "Z" + "\u0335\u0300\u0301" * 30
LOOSE = """mark => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const loose = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const box = element.closest("bdi, [dir=auto]");
    const around = box?.closest(".headline, .place, .toast .text") ?? box;
    const clips = around && ["clip", "hidden"].includes(getComputedStyle(around).overflowY);
    const isShown = node.data.includes(mark) && !element.closest("option, .visually-hidden");
    if (isShown && !clips) loose.push(element.outerHTML);
  }
  return loose;
}"""
COUNT = "mark => document.body.textContent.split(mark).length - 1"


@pytest.fixture
def complaint(submit: Submit, admin: httpx.Client) -> dict[str, Any]:
    """A complaint in which everything that people can write is from right to left, and piled up."""
    said = f"{MARK} {TOWER} 12 (34)"
    reporter = {"name": said, "email": f"{MARK}@firma.local", "phone": f"+972 {MARK}"}
    texts = {"subject": said, "site": f"{MARK} site", "location": said, "external_id": said}
    made = submit(f"{said}\u2069\u202e\n{said}", reporter=reporter, **texts)
    admin.post(f"/complaints/{made['id']}/comments", json={"text": said}).raise_for_status()
    resolve = {"status": "resolved", "reason": said}
    admin.post(f"/complaints/{made['id']}/status", json=resolve).raise_for_status()
    return made


def is_isolated(page: Page, times: int) -> None:
    assert page.evaluate(COUNT, MARK) >= times
    assert page.evaluate(LOOSE, MARK) == []


def test_in_the_list_it_is_isolated_and_clipped(page: Page, complaint: dict[str, Any]) -> None:
    expect(page.locator(".row", has_text=complaint["reference"])).to_contain_text(MARK)
    is_isolated(page, 3)


def test_in_the_complaint_it_is_isolated_and_clipped(open_page: OpenPage, complaint: dict[str, Any]) -> None:
    page = open_page(f"/complaints/{complaint['reference']}")
    expect(page.locator(".timeline .comment")).to_contain_text(MARK)
    expect(page.locator(".facts")).to_contain_text("(not usable for mail)")
    expect(page.locator(".facts a[href^='mailto:']")).to_have_count(0)
    is_isolated(page, 10)
    assert f"\u2068{MARK}" in page.title()
