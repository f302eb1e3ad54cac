"""Presses that mean nothing, of others, again, and of panels that are gone or lost."""

import pytest

from complaints.alerts.messages.replies import owe_panel
from complaints.alerts.state.chat_state import unlink
from complaints.clock import utcnow
from complaints.errors import Refused
from complaints.models import Chat
from complaints.telegram.stored_updates import store_updates
from tests.integration.workers.preferences.pressing import said, wishes
from tools.stack import eventually
from workers.dispatch import dispatch_due
from workers.telegram.handlers.consume_updates import consume_updates
from workers.telegram.incoming.update_shapes import ButtonPress
from workers.telegram.preferences.settings_buttons import press_panel

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


def everybody_answered(telegram, count) -> list:
    calls = telegram.calls("answerCallbackQuery")
    return calls if len(calls) == count else []


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
