"""What `/settings` shows: one page of a panel, as the chat's preferences are now."""

import re
from collections.abc import Callable
from dataclasses import replace

from complaints.alerts.messages.panels import QUESTION, Panel
from complaints.alerts.recipients.preferences import Preferences
from workers.render.base.message import Message, fit
from workers.render.base.render_context import RenderContext
from workers.render.preferences.choice_pages import digest_page, front, kinds_page, mute_page, severity_page
from workers.render.preferences.list_pages import categories_page, sites_page, zones_page
from workers.render.preferences.page_parts import DONE, FRONT, Screen, SettingsPage
from workers.render.preferences.quiet_hours_page import quiet_page

PAGE_NAME = re.compile(r"([a-z]{1,20})((?:\.[A-Za-z]{1,20})?(?:\.[0-9]{1,3})?)")
PAGES: dict[str, Callable[[Screen], SettingsPage]] = {
    FRONT: front,
    DONE: front,
    "kinds": kinds_page,
    "severity": severity_page,
    "categories": categories_page,
    "sites": sites_page,
    "quiet": quiet_page,
    "zones": zones_page,
    "digest": digest_page,
    "mute": mute_page,
}


def panel_message(
    panel: Panel, text: str | None, preferences: Preferences, context: RenderContext, *, plain: bool = False
) -> Message:
    """Return what the panel shows now: its question, which is the text, or its page of the settings."""
    if panel.page == QUESTION:
        return replace(fit(text or "", plain=plain), asks=True)
    name, *place = panel.page.split(".")
    page = PAGES.get(name, front)(Screen(panel, preferences, context, tuple(place)))
    return fit(f"<b>{page.heading}</b>\n{page.text}", rows=page.rows, plain=plain)


def is_page(name: str) -> bool:
    """Say whether a button may turn to what it calls a page."""
    found = PAGE_NAME.fullmatch(name)
    return found is not None and found[1] in PAGES
