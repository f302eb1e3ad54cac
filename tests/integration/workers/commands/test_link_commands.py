"""Commands: link, stop, start. From the update to the row and back to the phone."""

from datetime import timedelta

import pytest

from complaints.alerts.state.chat_state import unlink
from complaints.chats.linking import ChatAddress, link_chat, offer_link
from complaints.clock import utcnow
from complaints.models import LinkToken, Operator
from complaints.telegram.stored_updates import store_updates
from tools.stack import eventually
from workers.dispatch import dispatch_due
from workers.telegram.handlers.consume_updates import consume_updates


def offer(database, operator: Operator) -> str:
    with database.write() as session:
        made = offer_link(
            session, operator, api_url="https://api.telegram.org", username="redress_bot", now=utcnow()
        )
    assert made.deep_link == f"https://t.me/redress_bot?start={made.token}"
    return made.token


def test_a_token_links_the_private_chat_which_then_gets_alerts(
    database, office, ada, telegram, handle, dispatcher
):
    telegram.say(ada, f"/start {offer(database, office.hire('Ada'))}")
    handle()
    assert "Linked" in telegram.messages(ada)[-1]["text"]
    complaint = office.submit()
    dispatch_due(dispatcher)
    assert complaint.reference in telegram.messages(ada)[-1]["text"]


def test_a_token_works_once(database, office, ada, telegram, handle):
    token = offer(database, office.hire("Ada"))
    ben = telegram.add_user("Ben", started=True).id
    telegram.say(ada, f"/start {token}")
    telegram.say(ben, f"/start {token}")
    handle()
    eventually(lambda: "not good any more" in telegram.messages(ben)[-1]["text"])
    assert len(office.chats()) == 1


def test_a_stranger_is_told_how_to_link(telegram, ada, handle, office):
    telegram.say(ada, "/start")
    handle()
    eventually(lambda: "sign in to the dashboard" in telegram.messages(ada)[-1]["text"])
    assert office.chats() == []


def test_stop_ends_the_alerts_and_start_brings_them_back(office, chat, ada, telegram, handle, dispatcher):
    office.submit("owed when they stopped")
    telegram.say(ada, "/stop")
    handle()
    office.submit("not wanted")
    dispatch_due(dispatcher)
    assert office.chat(chat.id).state == "left"
    assert "No more alerts" in telegram.messages(ada)[-1]["text"]
    telegram.say(ada, "/start")
    handle()
    complaint = office.submit("wanted again")
    dispatch_due(dispatcher)
    assert complaint.reference in telegram.messages(ada)[-1]["text"]


def test_blocking_the_bot_is_noticed_at_once(office, chat, ada, telegram, handle):
    telegram.block(ada)
    handle()
    assert office.chat(chat.id).state == "unreachable"


def test_help_tells_a_linked_chat_whose_it_is(chat, ada, telegram, handle):
    telegram.say(ada, "/help")
    handle()
    assert "alerts for Ada" in telegram.messages(ada)[-1]["text"]


def test_who_was_unlinked_on_the_dashboard_comes_back_only_with_a_new_token(
    database, office, chat, ada, telegram, handle, dispatcher
):
    # Given
    with database.write() as session:
        unlink(session, session.merge(chat), now=utcnow())
    # When the phone says everything that it can, and is blocked for a while
    for text in ("/stop", "/start"):
        telegram.say(ada, text)
        handle()
    telegram.block(ada)
    handle()
    telegram.unblock(ada)
    telegram.say(ada, "/start")
    handle()
    # Then it gets nothing
    office.submit()
    assert office.chat(chat.id).state == "left"
    assert office.alerts() == []
    # When it has a new token
    telegram.say(ada, f"/start {offer(database, office.chat(chat.id).operator)}")
    handle()
    assert office.chat(chat.id).state == "active"


@pytest.mark.parametrize("argument", ["", "x" * 4000, "a b", "\ud800", "\0", "' OR 1=1 --", "<b>", "%s"])
def test_a_hostile_start_links_nothing_and_breaks_nothing(database, office, consumer, argument):
    message = {
        "message_id": 1,
        "from": {"id": 5, "first_name": "<i>" * 400},
        "chat": {"id": 5, "type": "private"},
        "text": f"/start {argument}",
    }
    offer(database, office.hire("Ada"))
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "message": message}], now=utcnow())
    consume_updates(consumer)
    assert office.chats() == []
    assert office.update_errors() == [None]


def test_a_token_is_stored_hashed_and_dies_after_ten_minutes(database, office):
    token, address = offer(database, office.hire("Ada")), ChatAddress(5, "private", "Ada")
    with database.write() as session:
        stored = session.query(LinkToken).one()
        assert token not in (stored.token_hash, str(stored.id))
        late = utcnow() + timedelta(minutes=10, seconds=1)
        assert link_chat(session, token, address, now=late) is None
        assert link_chat(session, token, address, now=utcnow()) is not None
