"""`python -m tools.picture`: makes the README's picture from the running product and a real Chromium.

Older complaints are dated back, so that the list looks like a morning's work; the newest come in while the page and
the phone watch.
"""

import base64
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from complaints.db import Database
from complaints.ids import parse_id
from complaints.models import Complaint
from tools import chromium
from tools.procfile import ROOT
from tools.stack import Stack

PICTURE = ROOT / "docs" / "images" / "redress.png"
SCALE = 1.08  # 1600 pixels wide in the end
SCREEN: ViewportSize = {"width": 1010, "height": 780}
PHONE: ViewportSize = {"width": 388, "height": 780}
PASSWORD = "correct horse battery"  # noqa: S105 - of a database that lives as long as the picture takes
PEOPLE = (("Ada Okafor", "admin"), ("Kofi Mensah", "agent"), ("Marta Lind", "agent"))
Told = tuple[str, str, str, str | None]
OLDER: tuple[tuple[int, Told, str | None, str | None], ...] = (
    # minutes ago, (subject, severity, category, site), status, who has it
    (1490, ("No hot water since Friday", "high", "maintenance", "Elm Court"), "resolved", "Marta"),
    (1210, ("Deposit not paid back", "medium", "billing", "Harbour View"), "in_progress", "Ada"),
    (980, ("Drilling before seven every day", "medium", "noise", "Mill Lane 4"), "resolved", "Kofi"),
    (470, ("Bins not emptied for two weeks", "low", "cleanliness", "Elm Court"), "acknowledged", None),
    (395, ("Intercom buzzes all night", "medium", "noise", "Harbour View"), "in_progress", "Marta"),
    (214, ("Broken glass in the playground", "high", "safety", "Northgate"), "resolved", "Kofi"),
    (131, ("Charged twice for the laundry", "low", "billing", "Northgate"), "in_progress", "Ada"),
    (88, ("Mould behind the wardrobe", "medium", "maintenance", "Elm Court"), "acknowledged", "Marta"),
    (52, ("Stairwell lights out, floors 3–5", "high", "safety", "Mill Lane 4"), "in_progress", "Kofi"),
    (27, ("Nobody answers the service desk", "low", "service", None), None, None),
    (9, ("Parcel room left unlocked", "medium", "safety", "Harbour View"), None, None),
)
NEWEST: tuple[Told, ...] = (
    ("Lift stuck between floors", "high", "maintenance", "Northgate"),
    ("Smell of gas in the cellar", "critical", "safety", "Mill Lane 4"),
)
TEXTS = {
    "Lift stuck between floors": "It stops between 2 and 3 and the alarm button stays dark. Two of us climbed out.",
    "Smell of gas in the cellar": "Strong since this morning, worst beside the boiler. The door is propped open.",
}
PAGE = """<style>
  body {{ margin: 0; padding: 27px; width: max-content; display: flex; gap: 27px;
    background: #dde6e4; }}
  img {{ display: block; border-radius: 14px; border: 1px solid #c3d0cc; }}
</style><img src="data:image/png;base64,{screen}"><img src="data:image/png;base64,{phone}">"""


class Studio:
    """The product with a morning behind it, seen by Ada on a page and a phone."""

    def __init__(self, stack: Stack, browser: Browser) -> None:
        self.stack, self.browser = stack, browser
        admin = stack.sign_in()
        self.colleagues = {name.split()[0]: self._join(admin, name, role) for name, role in PEOPLE}
        self.ada = self.colleagues["Ada"]
        self.portal = self._let_in(admin, "Tenants portal")

    def picture(self) -> bytes:
        """Return the PNG."""
        self._live_through_a_morning()
        screen, phone = self._open_page(), self._open_phone()
        lift, gas = NEWEST
        self._submit(lift)
        phone.get_by_role("button", name="Acknowledge").click()
        expect(phone.locator(".bubble", has_text=lift[0])).to_contain_text("Acknowledged by Ada Okafor")
        expect(screen.locator(".row", has_text=lift[0])).to_contain_text("Acknowledged")
        expect(phone.locator(".toast")).to_have_count(0)
        phone.mouse.move(0, 0)
        while screen.locator(".toast button").count():
            screen.locator(".toast button").last.click()
            screen.wait_for_timeout(400)
        self._submit(gas)
        expect(phone.locator(".bubble", has_text=gas[0])).to_be_visible()
        expect(screen.locator(".row")).to_have_count(len(OLDER) + len(NEWEST))
        return self._beside(screen.screenshot(animations="disabled"), phone.screenshot())

    def _join(self, admin: httpx.Client, name: str, role: str) -> httpx.Client:
        email = f"{name.split()[0].lower()}@example.org"
        form = {"email": email, "name": name, "role": role, "password": PASSWORD}
        admin.post("/operators", json=form).raise_for_status()
        client = httpx.Client(base_url=admin.base_url, timeout=10)
        answer = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    def _let_in(self, admin: httpx.Client, name: str) -> httpx.Client:
        client = admin.post("/api-clients", json={"name": name}).raise_for_status().json()
        key = admin.post(f"/api-clients/{client['id']}/keys", json={}).raise_for_status().json()["key"]
        return httpx.Client(base_url=admin.base_url, headers={"X-API-Key": key}, timeout=10)

    def _submit(self, told: Told) -> dict[str, Any]:
        subject, severity, category, site = told
        form = {"description": subject, "severity": severity, "category": category, "site": site}
        if subject in TEXTS:
            form |= {"subject": subject, "description": TEXTS[subject]}
        answer = self.portal.post("/complaints", json=form)
        return dict(answer.raise_for_status().json())

    def _live_through_a_morning(self) -> None:
        database = Database(self.stack.environment["DATABASE_URL"])
        for minutes, told, status, owner in OLDER:
            complaint = self._submit(told)
            client = self.colleagues[owner or "Ada"]
            if owner:
                client.put(f"/complaints/{complaint['id']}/assignee", json={"operator_id": "me"})
            if status:
                path = f"/complaints/{complaint['id']}/status"
                client.post(path, json={"status": status}).raise_for_status()
            with database.write() as session:
                row = session.get_one(Complaint, parse_id(complaint["id"]))
                row.created_at -= timedelta(minutes=minutes)
        database.close()

    def _new_page(self, size: ViewportSize) -> Page:
        return self.browser.new_page(viewport=size, device_scale_factor=SCALE, base_url=self.stack.url)

    def _open_page(self) -> Page:
        page = self._new_page(SCREEN)
        page.goto("/")
        page.get_by_label("E-mail").fill("ada@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".connection")).to_have_text("Live")
        return page

    def _open_phone(self) -> Page:
        with self.stack.phone() as scripting:
            chat_id = self.stack.link_chat(self.ada, scripting)
        page = self._new_page(PHONE)
        page.goto(f"{self.stack.telegram_url}/#user={chat_id}&chat={chat_id}")
        expect(page.locator(".bubble", has_text="Linked.")).to_be_visible()
        return page

    def _beside(self, screen: bytes, phone: bytes) -> bytes:
        page = self.browser.new_page(viewport={"width": 1600, "height": 900})
        pictures = {
            name: base64.b64encode(png).decode() for name, png in (("screen", screen), ("phone", phone))
        }
        page.set_content(PAGE.format(**pictures))
        return page.screenshot(full_page=True)


def main() -> None:
    """Write the picture."""
    if chromium.find() is None:
        sys.exit(chromium.HOW)
    expect.set_options(timeout=20_000)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        chromium.launch(playwright, "--hide-scrollbars") as browser,
    ):
        stack = Stack(Path(folder), PUBLIC_URL="http://redress.example.org")
        stack.environment["ALLOWED_ORIGINS"] = stack.url
        PICTURE.parent.mkdir(exist_ok=True)
        with stack:
            PICTURE.write_bytes(Studio(stack, browser).picture())


if __name__ == "__main__":
    main()
