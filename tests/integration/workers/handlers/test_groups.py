"""Groups, supergroups and topics: how they are linked, who may do what in them, and what becomes of them."""

import pytest

from complaints.alerts.state.chat_state import unlink
from complaints.chats.linking import USERNAME
from complaints.clock import utcnow
from complaints.telegram.stored_updates import store_updates
from tests.integration.workers.handlers.group_talk import last, offer, texts
from tools.stack import eventually
from workers.dispatch import dispatch_due
from workers.telegram.handlers.consume_updates import consume_updates


@pytest.mark.parametrize("kind", ["group", "supergroup"])
@pytest.mark.parametrize("command", ["/link ", "/start  ", "/LINK@Redress_Sandbox_Bot\n"])
def test_a_token_said_in_a_group_links_the_group(
    database, office, telegram, ada, handle, dispatcher, redis, kind, command
):
    # Given a group, and a token of Ada's
    redis.set(USERNAME, "redress_sandbox_bot")
    group = telegram.add_group("Night <shift>", [ada], type=kind).id
    # When
    telegram.say(group, f"{command}{offer(database, office.hire('Ada'))}", user_id=ada)
    handle()
    complaint = office.submit()
    dispatch_due(dispatcher)
    # Then
    (chat,) = office.chats()
    assert (chat.telegram_id, chat.thread_id, chat.type, chat.title) == (group, 0, kind, "Night <shift>")
    assert "now receives alerts for Ada" in texts(telegram, group)[-2]
    assert complaint.reference in last(telegram, group)


def test_a_topic_is_a_chat_of_its_own(database, office, telegram, ada, handle, dispatcher):
    # Given a supergroup with two topics
    forum = telegram.add_group("Forum", [ada], type="supergroup", topics=["Chatter", "Complaints"]).id
    # When the second is linked
    telegram.say(forum, f"/link {offer(database, office.hire('Ada'))}", user_id=ada, thread_id=3)
    handle()
    complaint = office.submit()
    dispatch_due(dispatcher)
    # Then answers and alerts go there
    assert [chat.thread_id for chat in office.chats()] == [3]
    said = [(message.get("message_thread_id"), message["text"]) for message in telegram.messages(forum)[-2:]]
    assert [thread for thread, _ in said] == [3, 3]
    assert complaint.reference in said[1][1]


def test_a_button_works_in_a_topic(office, chat, telegram, ada, handle, dispatcher):
    forum = telegram.add_group("Forum", [ada], type="supergroup", topics=["Chatter"]).id
    office.link(office.hire("Cy"), forum, kind="supergroup", thread_id=2)
    complaint = office.submit()
    dispatch_due(dispatcher)
    message = telegram.messages(forum)[-1]
    telegram.press(forum, message["message_id"], "Start", user_id=ada)
    handle()
    assert office.complaint(complaint.id).status == "in_progress"
    assert "In progress by Ada" in last(telegram, forum)


def test_a_reply_outside_of_topics_is_said_in_the_group_itself(database, office, consumer, telegram, ada):
    """Telegram gives such a reply a thread, which is no topic."""
    group = telegram.add_group("Team", [ada], type="supergroup").id
    message = {
        "message_id": 9,
        "message_thread_id": 7,
        "from": {"id": ada, "first_name": "Ada"},
        "chat": {"id": group, "type": "supergroup", "title": "Team"},
        "text": f"/link {offer(database, office.hire('Ada'))}",
    }
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "message": message}], now=utcnow())
    consume_updates(consumer)
    assert [chat.thread_id for chat in office.chats()] == [0]


def test_a_token_that_is_not_good_links_no_group(office, telegram, ada, handle):
    group = telegram.add_group("Team", [ada]).id
    telegram.say(group, "/link made-up", user_id=ada)
    handle()
    eventually(lambda: "not good any more" in last(telegram, group))
    assert office.chats() == []


def test_in_a_strange_group_the_bot_tells_how_to_link_it(office, telegram, ada, handle):
    group = telegram.add_group("Team", [ada]).id
    telegram.say(group, "/help", user_id=ada)
    handle()
    eventually(lambda: "say /link here" in last(telegram, group))


def test_a_command_for_another_bot_is_none_of_ours(
    office, chat, telegram, ada, handle, redis, database, consumer
):
    redis.set(USERNAME, "redress_sandbox_bot")
    group = telegram.add_group("Team", [ada]).id
    theirs = office.link(office.chat(chat.id).operator, group, kind="group")
    person = {"from": {"id": ada, "first_name": "Ada"}, "chat": {"id": group, "type": "group"}}
    said = [
        {"update_id": n, "message": {"message_id": n, "text": text, **person}}
        for n, text in enumerate(("/stop@other_bot", "/weather", "hello"))
    ]
    with database.write() as session:
        store_updates(session, said, now=utcnow())
    consume_updates(consumer)
    assert office.chat(theirs.id).state == "active"
    assert office.alerts() == []


def test_a_flood_of_one_question_gets_one_answer(office, chat, telegram, ada, handle, dispatcher):
    group = telegram.add_group("Team", [ada]).id
    theirs = office.link(office.chat(chat.id).operator, group, kind="group")
    for _ in range(5):
        telegram.say(group, "/help", user_id=ada)
    handle()
    assert len(office.alerts(theirs)) == 1


def test_a_group_that_becomes_a_supergroup_keeps_its_alerts(office, chat, telegram, ada, handle, dispatcher):
    # Given
    group = telegram.add_group("Team", [ada]).id
    theirs = office.link(office.hire("Cy"), group, kind="group")
    office.submit("before")
    dispatch_due(dispatcher)
    # When
    moved = telegram.migrate(group).id
    handle()
    complaint = office.submit("after")
    dispatch_due(dispatcher)
    # Then
    after = office.chat(theirs.id)
    assert (after.telegram_id, after.type, after.state) == (moved, "supergroup", "active")
    assert complaint.reference in last(telegram, moved)
    telegram.press(moved, telegram.messages(moved)[-1]["message_id"], "Acknowledge", user_id=ada)
    handle()
    assert "Acknowledged by Ada" in last(telegram, moved)
    assert [alert.state for alert in office.alerts(theirs)] == ["sent", "sent"]


def test_a_migration_wakes_what_seemed_to_be_removed(office, telegram, ada, database, consumer):
    # Given that Telegram says first that the bot has left the old group
    theirs = office.link(office.hire("Cy"), -5, kind="group")
    place = {"id": -5, "type": "group", "title": "Team"}
    left = {"chat": place, "new_chat_member": {"status": "left"}}
    moved = {"message_id": 1, "chat": place, "migrate_to_chat_id": -1005}
    with database.write() as session:
        updates = [{"update_id": 1, "my_chat_member": left}, {"update_id": 2, "message": moved}]
        store_updates(session, updates, now=utcnow())
    # When
    consume_updates(consumer)
    # Then
    after = office.chat(theirs.id)
    assert (after.telegram_id, after.state) == (-1005, "active")


def test_a_bot_that_was_removed_is_removed_from_every_topic(office, telegram, ada, handle):
    forum = telegram.add_group("Forum", [ada], type="supergroup", topics=["One", "Two"]).id
    operator = office.hire("Cy")
    topics = [office.link(operator, forum, kind="supergroup", thread_id=thread) for thread in (0, 2, 3)]
    telegram.kick(forum)
    handle()
    assert {office.chat(topic.id).state for topic in topics} == {"unreachable"}


def test_an_unlinked_group_stays_silent(database, office, chat, telegram, ada, handle, dispatcher):
    # Given a group with an alert, which is then unlinked on the dashboard
    group = telegram.add_group("Team", [ada]).id
    theirs = office.link(office.hire("Cy"), group, kind="group")
    office.set_chat(chat.id, state="left", state_reason="stopped by /stop")
    complaint = office.submit()
    dispatch_due(dispatcher)
    with database.write() as session:
        unlink(session, session.merge(theirs), now=utcnow())
    before = telegram.messages(group)
    # When somebody presses, and the complaint goes on
    telegram.press(group, before[-1]["message_id"], "Resolve", user_id=ada)
    handle()
    telegram.press(group, before[-1]["message_id"], "Resolve", user_id=ada)
    handle()
    # Then the press counts, and the group sees nothing of it
    assert office.complaint(complaint.id).status == "resolved"
    assert telegram.messages(group) == before
