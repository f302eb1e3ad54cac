"""The pages of `/settings`: buttons that Telegram takes, and whose words the bot understands."""

import html
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from complaints.alerts.messages.panels import QUESTION, Panel
from complaints.alerts.recipients.preferences import Preferences
from complaints.clock import utcnow
from workers.render.base.render_context import RenderContext
from workers.render.preferences.quiet_hours_page import shift
from workers.render.preferences.settings_message import PAGES, is_page, panel_message
from workers.telegram.preferences.preference_choices import CHANGES

NOW = utcnow()
LONG = tuple(f"{number:03} " + "<é>" * 60 for number in range(150))
FULL = Preferences(
    kinds=("new", "assignment", "status"),
    categories=LONG[:100],
    sites=LONG[:100],
    time_zone="America/Argentina/ComodRivadavia",
    quiet_hours={"start": "00:07", "end": "23:59"},
    silent_low=True,
)
PLACES = [
    *PAGES,
    "sites.3",
    "sites.99",
    "categories.7",
    "zones.America.5",
    "zones.Europe.0",
    "zones.Indian.9",
]


def shown(page, preferences=FULL, **values):
    panel = Panel(
        page,
        values.get("state", "muted"),
        NOW + timedelta(days=2),
        categories=LONG,
        sites=values.get("sites", LONG),
    )
    context = RenderContext("https://redress.example.org", ZoneInfo(preferences.time_zone), NOW)
    return panel_message(panel, "Why?", preferences, context)


@pytest.mark.parametrize("page", PLACES)
@pytest.mark.parametrize("preferences", [FULL, Preferences()], ids=["full", "fresh"])
def test_telegram_takes_every_page(page, preferences):
    message = shown(page, preferences)
    buttons = [button for row in message.rows for button in row]
    assert len(html.unescape(message.text).encode("utf-16-le")) // 2 <= 4096
    assert len(buttons) <= 100
    assert all(len(row) <= 8 for row in message.rows)
    assert all(1 <= len(button.action.encode()) <= 64 for button in buttons)
    assert all(button.label.strip() for button in buttons)


@pytest.mark.parametrize("page", PLACES)
def test_the_bot_understands_every_button(page):
    for row in shown(page).rows:
        for button in row:
            _, what, value = button.action.split(":", 2)
            assert what in (*CHANGES, "mute") or (what == "page" and is_page(value)), button.action


def test_buttons_say_different_things():
    for page in PLACES:
        actions = [button.action for row in shown(page).rows for button in row]
        assert len(actions) - len(set(actions)) <= (page == "quiet"), page


def test_names_are_escaped_in_the_text():
    assert "<é>" not in shown("front").text
    assert "&lt;é&gt;" in shown("front").text


def test_a_question_asks_for_a_reply():
    message = shown(QUESTION)
    assert message.asks
    assert (message.text, message.rows) == ("Why?", ())


def test_where_no_site_is_defined_the_page_says_so():
    assert "No sites are defined" in shown("sites", Preferences(), sites=()).text


@pytest.mark.parametrize(
    "name",
    ["", "nowhere", "front\n", "sites.1234", "sites.1.2", "zones.Europe.1.", "zones./etc", "FRONT", "x" * 99],
)
def test_what_is_no_page_is_none(name):
    assert not is_page(name)


@pytest.mark.parametrize(
    ("clock", "minutes", "moved"), [("23:30", 60, "00:30"), ("00:10", -15, "23:55"), ("07:00", 15, "07:15")]
)
def test_a_time_of_day_moves_over_midnight(clock, minutes, moved):
    assert shift(clock, minutes) == moved
