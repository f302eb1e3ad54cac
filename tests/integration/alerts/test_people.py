"""What people do on their phones: link, stop, press. From the update to the row and back to the phone."""

import pytest

from complaints.alerts.linking import offer_link
from complaints.alerts.updates import store_updates
from complaints.clock import utcnow
from complaints.models import Operator, TelegramUpdate
from tools.stack import eventually
from workers.delivery import deliver_due
from workers.telegram.updates import consume_updates


@pytest.fixture
def receive(database, telegram):
    """Take the sandbox's updates into the table, as the bot process does."""

    def take() -> None:
        with telegram.world.lock:
            waiting = telegram.world.updates.batch(100)
            telegram.world.updates.drop_all()
        with database.write() as session:
            store_updates(session, waiting, now=utcnow())

    return take


@pytest.fixture
def handle(receive, desk, delivery):
    """Everything that follows from what people just did."""

    def run() -> None:
        receive()
        consume_updates(desk)
        deliver_due(delivery)

    return run


def offer(database, operator: Operator) -> str:
    with database.write() as session:
        made = offer_link(
            session, operator, api_url="https://api.telegram.org", username="redress_bot", now=utcnow()
        )
    assert made.deep_link == f"https://t.me/redress_bot?start={made.token}"
    return made.token


def answers(telegram) -> list[str]:
    return [call.payload["text"] for call in telegram.calls("answerCallbackQuery")]


def errors(database) -> list[str | None]:
    with database.read() as session:
        rows = session.query(TelegramUpdate).order_by(TelegramUpdate.update_id)
        assert all(row.consumed_at for row in rows)
        return [row.error for row in rows]


def test_a_token_links_the_private_chat_which_then_gets_alerts(
    database, office, ada, telegram, handle, delivery
):
    telegram.say(ada, f"/start {offer(database, office.hire('Ada'))}")
    handle()
    assert "Linked" in telegram.messages(ada)[-1]["text"]
    complaint = office.submit()
    deliver_due(delivery)
    assert complaint.reference in telegram.messages(ada)[-1]["text"]


def test_a_token_works_once(database, office, ada, telegram, handle):
    token = offer(database, office.hire("Ada"))
    ben = telegram.add_user("Ben", started=True).id
    telegram.say(ada, f"/start {token}")
    telegram.say(ben, f"/start {token}")
    handle()
    eventually(lambda: "not good any more" in telegram.messages(ben)[-1]["text"])
    assert len(office.chats()) == 1


def test_a_token_in_a_group_links_nothing(database, office, ada, telegram, handle):
    group = telegram.add_group("Team", [ada]).id
    telegram.say(group, f"/start {offer(database, office.hire('Ada'))}", user_id=ada)
    handle()
    assert office.chats() == []


def test_a_stranger_is_told_how_to_link(telegram, ada, handle, office):
    telegram.say(ada, "/start")
    handle()
    eventually(lambda: "sign in to the dashboard" in telegram.messages(ada)[-1]["text"])
    assert office.chats() == []


def test_stop_ends_the_alerts_and_start_brings_them_back(office, chat, ada, telegram, handle, delivery):
    office.submit("owed when they stopped")
    telegram.say(ada, "/stop")
    handle()
    office.submit("not wanted")
    deliver_due(delivery)
    assert office.chat(chat.id).state == "left"
    assert "No more alerts" in telegram.messages(ada)[-1]["text"]
    telegram.say(ada, "/start")
    handle()
    complaint = office.submit("wanted again")
    deliver_due(delivery)
    assert complaint.reference in telegram.messages(ada)[-1]["text"]


def test_blocking_the_bot_is_noticed_at_once(office, chat, ada, telegram, handle):
    telegram.block(ada)
    handle()
    assert office.chat(chat.id).state == "unreachable"


def test_help_tells_a_linked_chat_whose_it_is(chat, ada, telegram, handle):
    telegram.say(ada, "/help")
    handle()
    assert "alerts for Ada" in telegram.messages(ada)[-1]["text"]


@pytest.fixture
def alerted(office, chat, ada, telegram, delivery):
    """A complaint that Ada was alerted to, and the message on her phone."""
    complaint = office.submit("The lift is stuck")
    deliver_due(delivery)
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


def test_of_two_who_press_one_wins_and_the_other_is_told_who_did(office, ada, telegram, handle, alerted):
    complaint, message_id = alerted
    ben = telegram.add_user("Ben", started=True).id
    office.link(office.hire("Ben"), ben)
    group = telegram.add_group("Team", [ada, ben]).id
    office.link(office.hire("Cy"), group, kind="group")
    telegram.press(ada, message_id=message_id, button="Acknowledge")
    telegram.press(ada, message_id=message_id, button="Acknowledge", user_id=ada)
    handle()
    eventually(lambda: f"{complaint.reference} is acknowledged already, by Ada." in answers(telegram))


def test_somebody_in_a_group_who_is_not_linked_can_not_act(office, telegram, handle, delivery):
    # Given a linked group with a member who never linked
    eve = telegram.add_user("Eve", started=True).id
    group = telegram.add_group("Team", [eve]).id
    office.link(office.hire("Ada"), group, kind="group")
    complaint = office.submit()
    deliver_due(delivery)
    message = telegram.messages(group)[-1]
    # When
    telegram.press(group, message_id=message["message_id"], button="Acknowledge", user_id=eve)
    handle()
    # Then
    eventually(lambda: answers(telegram) and "Link yourself first" in answers(telegram)[0])
    assert office.complaint(complaint.id).status == "reported"


def test_a_viewer_may_look_but_not_press(office, telegram, handle, delivery):
    vic = telegram.add_user("Vic", started=True).id
    office.link(office.hire("Vic", role="viewer"), vic)
    complaint = office.submit()
    deliver_due(delivery)
    telegram.press(vic, message_id=telegram.messages(vic)[-1]["message_id"], button="Resolve")
    handle()
    eventually(lambda: answers(telegram) == ["Your role allows looking, not acting."])
    assert office.complaint(complaint.id).status == "reported"


def test_a_repeated_update_is_consumed_once(database, office, ada, telegram, desk, alerted):
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
        consume_updates(desk)
    assert office.complaint(complaint.id).version == 2
    assert errors(database) == [None]


@pytest.mark.parametrize(
    "payload",
    [
        {"message": "not an object"},
        {"message": {"message_id": 1, "chat": {"id": 10**30, "type": "private"}}},
        {"callback_query": {"id": "1", "from": {"id": 5}, "data": "ack:'; DROP TABLE chat"}},
        {"callback_query": {"id": "1", "from": {}, "data": None}},
        {"my_chat_member": []},
    ],
)
def test_a_hostile_update_is_recorded_with_its_error_and_stops_nobody(
    database, office, desk, payload, ada, chat
):
    # Given a hostile update before a good one
    good = {
        "update_id": 2,
        "message": {
            "message_id": 9,
            "from": {"id": ada, "first_name": "A\0da"},
            "chat": {"id": ada, "type": "private"},
            "text": "/stop",
        },
    }
    with database.write() as session:
        store_updates(session, [{"update_id": 1, **payload}, good], now=utcnow())
    # When
    consume_updates(desk)
    # Then
    first, second = errors(database)
    assert first
    assert second is None
    assert office.chat(chat.id).state == "left"


def test_what_has_no_update_id_is_not_even_stored(database):
    hopeless = [
        None,
        3,
        [],
        {},
        {"update_id": "7"},
        {"update_id": -1},
        {"update_id": True},
        {"update_id": 2**63},
    ]
    with database.write() as session:
        assert store_updates(session, hopeless, now=utcnow()) == 0
