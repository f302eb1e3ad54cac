"""Buttons: who may press, who wins, and what the message shows then."""

import pytest

from complaints.clock import utcnow
from complaints.telegram.stored_updates import store_updates
from tools.stack import eventually
from workers.dispatch import dispatch_due
from workers.telegram.handlers.consume_updates import consume_updates


def answers(telegram) -> list[str]:
    return [call.payload["text"] for call in telegram.calls("answerCallbackQuery")]


@pytest.fixture
def alerted(office, chat, ada, telegram, dispatcher):
    """A complaint that Ada was alerted to, and the message on her phone."""
    complaint = office.submit("The lift is stuck")
    dispatch_due(dispatcher)
    return complaint, telegram.messages(ada)[-1]["message_id"]


def shown(telegram, ada, message_id) -> str:
    return next(m["text"] for m in telegram.messages(ada) if m["message_id"] == message_id)


def test_acknowledge_changes_the_complaint_the_answer_and_the_message(office, ada, telegram, handle, alerted):
    complaint, message_id = alerted
    telegram.press(ada, message_id=message_id, button="Acknowledge")
    handle()
    assert office.complaint(complaint.id).status == "acknowledged"
    eventually(lambda: answers(telegram) == [f"{complaint.reference} acknowledged."])
    eventually(lambda: "Acknowledged by Ada" in shown(telegram, ada, message_id))
    eventually(lambda: office.alerts()[0].shown_version == 2)


def test_assign_to_me_and_resolve_work_from_the_phone(office, ada, telegram, handle, alerted):
    complaint, message_id = alerted
    telegram.press(ada, message_id=message_id, button="Assign to me")
    handle()
    eventually(lambda: "assigned to Ada" in shown(telegram, ada, message_id))
    telegram.press(ada, message_id=message_id, button="Resolve")
    handle()
    eventually(lambda: "Resolved by Ada" in shown(telegram, ada, message_id))
    assert office.complaint(complaint.id).status == "resolved"


def test_start_begins_the_work(office, ada, telegram, handle, alerted):
    complaint, message_id = alerted
    telegram.press(ada, message_id=message_id, button="Start")
    handle()
    assert office.complaint(complaint.id).status == "in_progress"
    eventually(lambda: answers(telegram) == [f"{complaint.reference} is in progress."])
    eventually(lambda: "In progress by Ada" in shown(telegram, ada, message_id))


def test_of_two_who_press_one_wins_and_the_other_is_told_who_did(office, ada, telegram, handle, dispatcher):
    # Given one complaint on two phones and in a group of both
    ben = telegram.add_user("Ben", started=True).id
    group = telegram.add_group("Team", [ada, ben]).id
    for name, chat_id, kind in (("Ada", ada, "private"), ("Ben", ben, "private"), ("Cy", group, "group")):
        office.link(office.hire(name), chat_id, kind=kind)
    complaint = office.submit()
    dispatch_due(dispatcher)
    messages = {chat_id: telegram.messages(chat_id)[-1]["message_id"] for chat_id in (ada, ben, group)}
    # When both press
    telegram.press(ada, messages[ada], "Acknowledge")
    telegram.press(ben, messages[ben], "Acknowledge")
    telegram.press(group, messages[group], "Assign to me", user_id=ben)
    telegram.press(group, messages[group], "Assign to me", user_id=ada)
    handle()
    # Then
    eventually(lambda: len(answers(telegram)) == 4)
    assert set(answers(telegram)) == {
        f"{complaint.reference} acknowledged.",
        f"{complaint.reference} is acknowledged already, by Ada.",
        f"{complaint.reference} is yours.",
        f"{complaint.reference} is Ben's already.",
    }
    for chat_id, message_id in messages.items():
        assert "Acknowledged by Ada" in shown(telegram, chat_id, message_id)
        assert "assigned to Ben" in shown(telegram, chat_id, message_id)


def test_somebody_in_a_group_who_is_not_linked_can_not_act(office, telegram, handle, dispatcher):
    # Given a linked group with a member who never linked
    eve = telegram.add_user("Eve", started=True).id
    group = telegram.add_group("Team", [eve]).id
    office.link(office.hire("Ada"), group, kind="group")
    complaint = office.submit()
    dispatch_due(dispatcher)
    message = telegram.messages(group)[-1]
    # When
    telegram.press(group, message_id=message["message_id"], button="Acknowledge", user_id=eve)
    handle()
    # Then
    eventually(lambda: answers(telegram) and "Link yourself first" in answers(telegram)[0])
    assert office.complaint(complaint.id).status == "reported"


def test_a_viewer_may_look_but_not_press(office, telegram, handle, dispatcher):
    vic = telegram.add_user("Vic", started=True).id
    office.link(office.hire("Vic", role="viewer"), vic)
    complaint = office.submit()
    dispatch_due(dispatcher)
    telegram.press(vic, message_id=telegram.messages(vic)[-1]["message_id"], button="Resolve")
    handle()
    eventually(lambda: answers(telegram) == ["Your role allows looking, not acting."])
    assert office.complaint(complaint.id).status == "reported"


def test_a_forged_press_does_not_put_one_complaint_into_the_message_of_another(
    database, office, ada, telegram, consumer, alerted
):
    # Given a message about one complaint, and a second complaint
    complaint, message_id = alerted
    other = office.submit("Something else")
    forged = {
        "update_id": 5,
        "callback_query": {
            "id": "1",
            "from": {"id": ada, "first_name": "Ada"},
            "data": f"ack:{other.id}",
            "message": {"message_id": message_id, "chat": {"id": ada, "type": "private"}},
        },
    }
    # When somebody presses what the message does not offer
    with database.write() as session:
        store_updates(session, [forged], now=utcnow())
    consume_updates(consumer)
    consumer.close()
    # Then the verb is done with the presser's own rights, and the message stays as it was
    assert office.complaint(other.id).status == "acknowledged"
    assert telegram.calls("editMessageText") == []
    assert complaint.reference in shown(telegram, ada, message_id)


def test_a_press_for_a_complaint_of_another_site_finds_nothing(office, telegram, consumer, database):
    ben = telegram.add_user("Ben", started=True).id
    office.link(office.hire("Ben", sites=["North"]), ben)
    hidden = office.submit(site="South")
    press = {"id": "1", "from": {"id": ben, "first_name": "Ben"}, "data": f"resolve:{hidden.id}"}
    with database.write() as session:
        store_updates(session, [{"update_id": 6, "callback_query": press}], now=utcnow())
    consume_updates(consumer)
    assert office.complaint(hidden.id).status == "reported"


def test_a_repeated_update_is_consumed_once(database, office, ada, telegram, consumer, alerted):
    complaint, message_id = alerted
    press = {
        "update_id": 77,
        "callback_query": {
            "id": "1",
            "from": {"id": ada, "first_name": "Ada"},
            "data": f"ack:{complaint.id}",
            "message": {"message_id": message_id, "chat": {"id": ada, "type": "private"}},
        },
    }
    for _ in range(2):
        with database.write() as session:
            store_updates(session, [press, press], now=utcnow())
        consume_updates(consumer)
    assert office.complaint(complaint.id).version == 2
    assert office.update_errors() == [None]
