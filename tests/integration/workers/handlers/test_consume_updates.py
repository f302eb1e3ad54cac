"""Updates: hostile ones, and those of one person in turn."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from complaints.clock import utcnow
from complaints.telegram.stored_updates import store_updates
from tools.stack import eventually
from workers.telegram.handlers import consume_updates as updates
from workers.telegram.handlers.consume_updates import consume_updates


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
    database, office, consumer, payload, ada, chat
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
    consume_updates(consumer)
    # Then
    first, second = office.update_errors()
    assert first
    assert second is None
    assert office.chat(chat.id).state == "left"


@pytest.mark.parametrize(
    "press",
    [
        {"id": "q", "from": {}, "data": "x"},
        {"id": "q", "from": {"id": 10**30}, "data": None},
        {"id": "q", "from": {"id": 5}, "message": {"chat": "?"}},
        {"id": "q", "from": {"id": 5}, "data": "ack:'; DROP TABLE chat"},
        {"id": "q", "from": {"id": 5}, "data": "ack:" + "0" * 4000},
        {"id": "q", "from": {"id": 5}},
    ],
)
def test_a_hostile_press_is_answered_all_the_same(database, consumer, telegram, press):
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "callback_query": press}], now=utcnow())
    consume_updates(consumer)
    (call,) = eventually(lambda: telegram.calls("answerCallbackQuery"))
    assert call.payload["callback_query_id"] == "q"
    assert 0 < len(call.payload["text"]) <= 200


@pytest.mark.parametrize(
    "message",
    [
        {"text": None},
        {"text": "/"},
        {"text": "/@"},
        {"text": "/link@redress_sandbox_bot"},
        {"text": "/link " + "x" * 4000, "chat": {"id": -5, "type": "group", "title": None}},
        {"text": "/start x", "chat": {"id": -5, "type": "channel"}},
        {"text": "/stop", "chat": {"id": -5, "type": "supergroup"}, "from": None},
        {"text": "/mute 2h", "message_thread_id": 2**53, "is_topic_message": True},
        {"text": "hello", "reply_to_message": {"message_id": -1}},
        {"text": "hello", "reply_to_message": {"message_id": 1, "text": "RD-00000000"}},
        {"migrate_to_chat_id": 0},
        {"migrate_to_chat_id": -5, "chat": {"id": -5, "type": "group"}},
        {"migrate_from_chat_id": -7, "chat": {"id": -7, "type": "supergroup"}},
    ],
)
def test_an_odd_message_breaks_nothing(database, office, consumer, chat, ada, message):
    # Given a person's chat and a group that is linked
    group = office.link(office.chat(chat.id).operator, -7, kind="group")
    usual = {"message_id": 1, "from": {"id": 5, "first_name": ""}, "chat": {"id": 5, "type": "private"}}
    # When
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "message": {**usual, **message}}], now=utcnow())
    consume_updates(consumer)
    # Then
    assert office.update_errors() == [None]
    assert {(one.telegram_id, one.state) for one in office.chats()} == {(ada, "active"), (-7, "active")}
    assert office.chat(group.id).operator_id == chat.operator_id


@pytest.mark.parametrize("query_id", [None, 5, "", "x" * 201, ["q"]])
def test_a_press_without_a_usable_id_can_not_be_answered(database, office, consumer, telegram, query_id):
    press = {"id": query_id, "from": {}, "data": "x"}
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "callback_query": press}], now=utcnow())
    consume_updates(consumer)
    consumer.close()
    assert office.update_errors() != [None]
    assert telegram.calls("answerCallbackQuery") == []


def test_a_press_that_breaks_something_of_ours_is_answered(database, office, consumer, telegram, monkeypatch):
    # Given
    def broken(*_args, **_kwargs):
        raise RuntimeError("a bug")

    monkeypatch.setattr(updates, "handle_press", broken)
    press = {"id": "q", "from": {"id": 5, "first_name": "Eve"}, "data": "x"}
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "callback_query": press}], now=utcnow())
    # When
    consume_updates(consumer)
    # Then
    (call,) = eventually(lambda: telegram.calls("answerCallbackQuery"))
    assert "went wrong on our side" in call.payload["text"]
    assert office.update_errors() == ["RuntimeError: a bug"]


def test_a_flood_of_strangers_is_answered_only_in_part(database, consumer, telegram, ada, monkeypatch):
    # Given answers that wait for their turn
    monkeypatch.setattr(updates, "MOST_ANSWERS", 2)
    person = {"from": {"id": ada, "first_name": "Ada"}, "chat": {"id": ada, "type": "private"}}
    flood = [{"update_id": n, "message": {"message_id": n, "text": "/help", **person}} for n in range(1, 20)]
    with database.write() as session:
        store_updates(session, flood, now=utcnow())
    # When
    consume_updates(consumer)
    consumer.close()
    # Then
    assert 1 <= len(telegram.calls("sendMessage")) < 19


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


def test_what_one_person_says_is_done_in_turn_though_two_workers_consume(
    database, office, chat, ada, settings, redis, poker, consumer, monkeypatch
):
    # Given a worker that has taken /stop and not yet finished
    texts = ("/stop", "/start")
    person = {"from": {"id": ada, "first_name": "Ada"}, "chat": {"id": ada, "type": "private"}}
    with database.write() as session:
        said = [
            {"update_id": n, "message": {"message_id": n, "text": t, **person}} for n, t in enumerate(texts)
        ]
        store_updates(session, said, now=utcnow())
    taken, finish = threading.Event(), threading.Event()
    handle_message = updates.handle_message

    def slowly(session, update_id, message, ours, *, now):
        if message.text == "/stop":
            taken.set()
            finish.wait(10)
        return handle_message(session, update_id, message, ours, now=now)

    monkeypatch.setattr(updates, "handle_message", slowly)
    with ThreadPoolExecutor(2) as workers:
        workers.submit(consume_updates, consumer)
        taken.wait(10)
        # When another one comes to consume
        second = workers.submit(consume_updates, consumer)
        with pytest.raises(TimeoutError):
            second.result(0.3)
        finish.set()
    # Then /start came last
    assert office.chat(chat.id).state == "active"
