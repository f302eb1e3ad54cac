"""`/settings`: a panel whose buttons change what the chat is told, for every preference, and for nobody else."""

import pytest

from complaints.alerts.messages.replies import owe_panel
from complaints.alerts.recipients.preferences import Preferences
from complaints.alerts.state.chat_state import unlink
from complaints.chats.muting import LONGEST
from complaints.clock import utcnow
from complaints.errors import Refused
from complaints.models import Chat, Site
from complaints.telegram.stored_updates import store_updates
from tools.stack import eventually
from workers.dispatch import dispatch_due
from workers.telegram.incoming.update_shapes import ButtonPress
from workers.telegram.settings.settings_buttons import press_panel
from workers.telegram.updates.consume_updates import consume_updates


@pytest.fixture
def panel(chat, ada, telegram, handle) -> int:
    """The id of the message that shows the settings of Ada's chat."""
    telegram.say(ada, "/settings")
    handle()
    return telegram.messages(ada)[-1]["message_id"]


@pytest.fixture
def press(telegram, ada, handle, panel):
    """Press these buttons of the panel, each on the page that the one before led to; return what it shows then."""

    def run(*labels: str) -> str:
        for label in labels:
            telegram.press(ada, panel, label)
            handle()
        return telegram.messages(ada)[-1]["text"]

    return run


def wishes(office, chat) -> Preferences:
    return Preferences.model_validate(office.chat(chat.id).preferences)


def said(telegram) -> list[str]:
    return [call.payload.get("text", "") for call in telegram.calls("answerCallbackQuery")]


def test_the_panel_shows_what_arrives(telegram, ada, panel):
    text = telegram.messages(ada)[-1]["text"]
    for line in (
        "Told about: new complaints, assignments",
        "Severity: all",
        "Categories: all",
        "Sites: all",
        "Quiet hours: none",
        "Time zone: UTC",
        "longer than 10 s",
        "Low severity: with a sound",
        "Muted: no",
    ):
        assert line in text


def test_kinds_are_switched_one_by_one(office, chat, press, telegram):
    press("What", "Changes of status", "✓ Assignments")
    assert wishes(office, chat).kinds == ("new", "status")
    text = press("✓ New complaints", "✓ Changes of status", "« Back")
    assert wishes(office, chat).kinds == ()
    assert "Told about: nothing" in text
    assert "Saved." in said(telegram)


def test_the_lowest_severity_is_chosen(office, chat, press):
    text = press("Severity", "High", "« Back")
    assert wishes(office, chat).minimum_severity == "high"
    assert "Severity: high and above" in text


def test_categories_are_chosen_and_none_means_all(office, chat, press):
    press("Categories", "noise", "safety")
    assert wishes(office, chat).categories == ("noise", "safety")
    press("✓ noise")
    assert wishes(office, chat).categories == ("safety",)
    press("✓ safety")
    assert wishes(office, chat).categories is None
    press("noise")
    text = press("All, and those to come", "« Back")
    assert wishes(office, chat).categories is None
    assert "Categories: all" in text


def test_sites_are_chosen_in_parts_of_a_long_list(database, office, chat, press):
    # Given more sites than fit on a page, with names of any length
    with database.write() as session:
        session.add_all(
            Site(name=f"Site {number:02} {'é' * 150}", created_at=utcnow()) for number in range(30)
        )
    # When
    press("Sites", "More ›")
    label = f"Site 25 {'é' * 150}"[:39] + "…"
    press(label)
    # Then
    assert wishes(office, chat).sites == (f"Site 25 {'é' * 150}",)
    assert "Sites" in press("‹ Before")


def test_who_is_limited_to_sites_is_offered_those(office, telegram, ada, handle):
    chat = office.link(office.hire("Ada", sites=["North <1>", "South"]), ada)
    telegram.say(ada, "/settings")
    handle()
    message = telegram.messages(ada)[-1]["message_id"]
    for label in ("Sites", "North <1>"):
        telegram.press(ada, message, label)
        handle()
    assert wishes(office, chat).sites == ("North <1>",)


def test_quiet_hours_are_set_moved_and_ended(office, chat, press):
    press("Quiet hours", "22:00–07:00", "From 21:00", "To 07:15", "✓ Critical alerts pass")
    hours = wishes(office, chat).quiet_hours
    assert (hours.start, hours.end, hours.critical_passes) == ("21:00", "07:15", False)
    assert "21:00–07:15 UTC, nothing passes" in press("« Back")
    press("Quiet hours", "Critical alerts pass", "No quiet hours")
    assert wishes(office, chat).quiet_hours is None


def test_quiet_hours_that_end_let_go_what_was_held(office, chat, ada, telegram, press):
    # Given an alert that quiet hours hold back
    held = office.submit()
    alert = office.alerts(chat)[-1]
    later = utcnow() + LONGEST
    office.prefer(chat.id, quiet_hours={"start": "22:00", "end": "07:00"})
    office.set_alert(alert.id, held=True, next_attempt_at=later)
    # When
    press("Quiet hours", "No quiet hours")
    # Then
    assert any(held.reference in message["text"] for message in telegram.messages(ada))


def test_the_time_zone_is_chosen_by_region(office, chat, press):
    text = press("Time zone", "America …", "More ›", "‹ Before", "Adak")
    assert wishes(office, chat).time_zone == "America/Adak"
    assert "Now: America/Adak" in text
    press("« Regions", "Europe/Berlin")
    assert wishes(office, chat).time_zone == "Europe/Berlin"


def test_digest_patience_and_silence_are_set(office, chat, press):
    press("Digest", "5 min", "« Back")
    text = press("Low: no sound")
    assert wishes(office, chat).digest_patience_seconds == 300
    assert wishes(office, chat).silent_low is True
    assert "longer than 5 min" in text
    assert "without a sound" in text
    press("✓ Low: no sound")
    assert wishes(office, chat).silent_low is False


def test_the_chat_is_muted_and_unmuted(office, chat, press):
    assert "Muted: until" in press("Mute", "8 h")
    assert office.chat(chat.id).muted_until is not None
    press("Until /unmute")
    assert (office.chat(chat.id).state, office.chat(chat.id).muted_until) == ("muted", None)
    assert "Muted: no" in press("Not muted", "« Back")
    assert office.chat(chat.id).state == "active"


def test_done_takes_the_buttons_away(press, telegram, ada):
    assert "Told about" in press("Done")
    assert "reply_markup" not in telegram.messages(ada)[-1]


def test_every_page_goes_back_to_the_first(press, telegram, ada):
    for label in ("What", "Severity", "Categories", "Sites", "Quiet hours", "Time zone", "Digest", "Mute"):
        assert "What arrives here" in press(label, "« Back")


HOSTILE = [
    "set",
    "set:",
    "set:kind",
    "set:kind:everything.on",
    "set:kind:new.maybe",
    "set:severity:worst",
    "set:severity:",
    "set:category:0123456789ab.on",
    "set:category:all.on",
    "set:site:';DROP TABLE chat",
    "set:quiet:2500-0700",
    "set:quiet:2200-2200",
    "set:quiet:٢٢٠٠-0700",
    "set:pass:on",
    "set:zone:Mars/Olympus",
    "set:zone:../../etc/passwd",
    "set:patience:0",
    "set:patience:99999999999999999999",
    "set:patience:ten",
    "set:silent:perhaps",
    "set:mute:0",
    "set:mute:-5",
    "set:mute:43201",
    "set:mute:1e3",
    "set:page:",
    "set:page:nowhere",
    "set:page:front\n<b>",
    "set:page:sites.9999",
    "set:preferences:{}",
    "set:\N{PILE OF POO}",
]


def pressed(database, consumer, person, chat_id, message_id, data, update_id=1) -> None:
    query = {
        "id": f"query-{update_id}",
        "from": {"id": person, "first_name": "Somebody"},
        "data": data,
        "message": {"message_id": message_id, "chat": {"id": chat_id, "type": "private"}},
    }
    with database.write() as session:
        store_updates(session, [{"update_id": update_id, "callback_query": query}], now=utcnow())
    consume_updates(consumer)


def test_what_no_button_says_changes_nothing_and_is_answered(
    database, office, chat, ada, telegram, consumer, panel
):
    before = office.chat(chat.id)
    for number, data in enumerate(HOSTILE):
        pressed(database, consumer, ada, ada, panel, data, update_id=number)
        after = office.chat(chat.id)
        assert (after.preferences, after.state) == (before.preferences, before.state), data
    calls = eventually(lambda: everybody_answered(telegram, len(HOSTILE)))
    assert {call.payload["callback_query_id"] for call in calls} == {
        f"query-{n}" for n in range(len(HOSTILE))
    }
    assert all(0 < len(call.payload["text"]) <= 200 for call in calls)


def everybody_answered(telegram, count) -> list:
    calls = telegram.calls("answerCallbackQuery")
    return calls if len(calls) == count else []


def test_a_page_that_is_not_there_shows_the_nearest(
    database, office, ada, telegram, consumer, dispatcher, panel
):
    pages = ["sites.999", "zones.Nowhere.7", "zones.7", "categories.Europe.3", "kinds.3"]
    for number, page in enumerate(pages):
        pressed(database, consumer, ada, ada, panel, f"set:page:{page}", update_id=number)
        dispatch_due(dispatcher)
        assert "reply_markup" in telegram.messages(ada)[-1], page


def test_the_same_press_twice_sets_the_same(database, office, chat, ada, consumer, panel):
    for number in (1, 2, 2):
        pressed(database, consumer, ada, ada, panel, "set:silent:on", update_id=number)
    assert wishes(office, chat).silent_low is True


def test_the_panel_of_another_chat_is_changed_only_by_who_manages_it(
    database, office, chat, ada, telegram, handle, consumer
):
    # Given a group of Cy's with its panel, Ada, an admin, and a stranger in it
    cy, boss, eve = (telegram.add_user(name, started=True).id for name in ("Cy", "Boss", "Eve"))
    operator = office.hire("Cy")
    office.link(operator, cy)
    office.link(office.hire("Boss", role="admin"), boss)
    group = telegram.add_group("Team", [cy, ada, boss, eve]).id
    theirs = office.link(operator, group, kind="group")
    telegram.say(group, "/settings", user_id=cy)
    handle()
    message = telegram.messages(group)[-1]["message_id"]
    # When those press who may not
    for number, person in enumerate((ada, eve)):
        pressed(database, consumer, person, group, message, "set:silent:on", update_id=number)
    refused = eventually(lambda: said(telegram) if len(said(telegram)) == 2 else [])
    # Then they are told so
    assert wishes(office, theirs).silent_low is False
    assert any("Only Cy, whose alerts arrive here, or an admin" in text for text in refused)
    assert any("Link yourself first" in text for text in refused)
    # When an admin presses
    pressed(database, consumer, boss, group, message, "set:silent:on", update_id=3)
    # Then it counts, and nobody else's chat was touched
    assert wishes(office, theirs).silent_low is True
    assert wishes(office, chat).silent_low is False


def test_an_alert_is_no_panel(database, office, chat, ada, telegram, consumer, dispatcher):
    office.submit()
    dispatch_due(dispatcher)
    message = telegram.messages(ada)[-1]["message_id"]
    pressed(database, consumer, ada, ada, message, "set:silent:on")
    assert wishes(office, chat).silent_low is False
    assert eventually(lambda: said(telegram)) == ["This button means nothing to me any more."]


def test_the_panel_of_a_stopped_chat_asks_to_start_first(
    database, office, chat, ada, telegram, handle, consumer, panel
):
    telegram.say(ada, "/stop")
    handle()
    pressed(database, consumer, ada, ada, panel, "set:silent:on", update_id=10**9)
    assert eventually(lambda: said(telegram)) == [
        "No alerts arrive here at present. /start brings them back."
    ]
    assert wishes(office, chat).silent_low is False


def test_the_panel_of_an_unlinked_chat_means_nothing(database, office, chat, ada, telegram, consumer, panel):
    with database.write() as session:
        unlink(session, session.merge(chat), now=utcnow())
    pressed(database, consumer, ada, ada, panel, "set:silent:on")
    assert eventually(lambda: said(telegram)) == ["This button means nothing to me any more."]


def test_a_panel_whose_answer_was_lost_is_known_by_the_press(
    database, office, chat, ada, telegram, consumer, panel
):
    lost = office.alerts(chat)[-1]
    office.set_alert(lost.id, state="unknown", message_id=None)
    pressed(database, consumer, ada, ada, panel, "set:silent:on")
    assert wishes(office, chat).silent_low is True
    assert office.alerts(chat)[-1].message_id == panel


def test_a_lost_panel_is_not_taken_for_that_of_another_topic(
    database, office, telegram, ada, handle, consumer
):
    # Given two topics of Ada's, of which the second has a panel that nobody knows the end of
    forum = telegram.add_group("Forum", [ada], type="supergroup", topics=["One", "Two"]).id
    operator = office.hire("Ada")
    office.link(operator, ada)
    one, two = (office.link(operator, forum, kind="supergroup", thread_id=thread) for thread in (2, 3))
    telegram.say(forum, "/settings", user_id=ada, thread_id=3)
    handle()
    office.set_alert(office.alerts(two)[-1].id, state="unknown", message_id=None)
    # When a message that nobody knows is pressed in the first
    query = {
        "id": "query",
        "from": {"id": ada, "first_name": "Ada"},
        "data": "set:silent:on",
        "message": {
            "message_id": 777,
            "message_thread_id": 2,
            "is_topic_message": True,
            "chat": {"id": forum, "type": "supergroup"},
        },
    }
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "callback_query": query}], now=utcnow())
    consume_updates(consumer)
    # Then nothing changes
    assert (wishes(office, one).silent_low, wishes(office, two).silent_low) == (False, False)


def test_a_category_that_is_gone_can_be_let_go(office, chat, press):
    office.prefer(chat.id, categories=["bygone", "noise"])
    press("Categories", "safety")
    assert wishes(office, chat).categories == ("bygone", "noise", "safety")
    press("✓ bygone")
    assert wishes(office, chat).categories == ("noise", "safety")


def test_who_may_not_press_proves_nothing_about_a_panel_whose_answer_was_lost(database, office):
    # Given a group's panel whose answer was lost, and somebody who does not manage the group
    group, eve = office.link(office.hire("Ada"), -77, kind="group"), office.hire("Eve")
    with database.write() as session:
        owe_panel(session, session.get_one(Chat, group.id), 5, page="", now=utcnow())
    office.set_alert(office.alert().id, state="unknown", next_attempt_at=None)
    message = {"message_id": 4242, "chat": {"id": -77, "type": "group"}}
    press = ButtonPress.model_validate({"id": "1", "from": {"id": 9}, "message": message})
    # When
    with database.write() as session, pytest.raises(Refused):
        press_panel(session, press, "page:", eve, now=utcnow())
    # Then
    assert (office.alert().state, office.alert().message_id) == ("unknown", None)
