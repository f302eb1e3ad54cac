"""Edits at the worst moments: refused, lost, overtaken; nobody else waits for them."""

from datetime import timedelta

import pytest

from complaints.alerts.outcome.apply_edit import Edit, settle_edit
from complaints.alerts.outcome.apply_outcome import settle
from complaints.alerts.outcome.outcomes import Moved, Sent
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.alerts.queue.prepare import take_jobs
from complaints.alerts.state.chat_state import move
from complaints.clock import utcnow
from complaints.models import Chat
from complaints.words import Status
from tests.integration.alerts.messages.edited import deliver_edits, texts
from workers.dispatch import dispatch_due
from workers.telegram.send import send_runner as sending


def test_an_edit_that_changes_nothing_is_a_success(office, ada, alerted, telegram, dispatcher):
    telegram.fault("not_modified", methods=("editMessageText",), count=1)
    office.change(alerted.id, Status.ACKNOWLEDGED)
    deliver_edits(office, dispatcher)
    assert office.alert().edit_due_at is None
    assert office.alert().shown_version == 2


@pytest.mark.parametrize("kind", ["http_500", "reset_after", "broken_json", "retry_after", "reset_before"])
def test_an_edit_that_fails_for_now_is_tried_again(
    office, ada, alerted, telegram, dispatcher, deliver_until, kind, redis
):
    telegram.fault(kind, methods=("editMessageText",), count=1)
    office.change(alerted.id, Status.ACKNOWLEDGED)
    deliver_edits(office, dispatcher)
    office.let_everything_rest(redis)
    deliver_until(lambda: len(telegram.calls("editMessageText")) == 2)
    assert "Acknowledged by" in texts(telegram, ada)[0]
    assert [alert.state for alert in office.alerts()] == ["sent"]


def test_markup_that_telegram_refuses_in_an_edit_is_tried_plain(office, ada, alerted, telegram, dispatcher):
    telegram.fault("cannot_parse_entities", methods=("editMessageText",), count=1)
    office.change(alerted.id, Status.ACKNOWLEDGED)
    deliver_edits(office, dispatcher)
    deliver_edits(office, dispatcher)
    first, second = telegram.calls("editMessageText")
    assert first.payload.get("parse_mode") == "HTML"
    assert second.payload.get("parse_mode") is None
    assert "Acknowledged by" in texts(telegram, ada)[0]


def test_a_press_proves_that_a_message_arrived_whose_answer_was_lost(
    office, chat, ada, telegram, handle, dispatcher, redis
):
    # Given an alert whose answer was lost, though the message arrived
    telegram.fault("reset_after", methods=("sendMessage",), count=1)
    complaint = office.submit("Lost")
    dispatch_due(dispatcher)
    assert office.alerts(chat)[0].state == "unknown"
    # When somebody presses its button
    office.let_everything_rest(redis)
    (message,) = telegram.messages(ada)
    telegram.press(ada, message_id=message["message_id"], button="Acknowledge")
    handle()
    deliver_edits(office, dispatcher)
    # Then it is known to have arrived, follows the complaint, and is not listed as missed
    first = office.alerts(chat)[0]
    assert (first.state, first.message_id) == ("sent", message["message_id"])
    assert "Acknowledged by Ada" in texts(telegram, ada)[0]
    office.let_time_pass(20)
    dispatch_due(dispatcher)
    assert not any("Possibly missed" in text for text in texts(telegram, ada))
    assert office.complaint(complaint.id).status == "acknowledged"


def test_a_message_that_can_never_be_edited_holds_up_nobody_else(
    office, chat, ada, alerted, telegram, deliver_until, redis
):
    # Given a message whose edit always fails, and nothing else to do
    telegram.fault("http_500", methods=("editMessageText",), chat_id=ada)
    office.change(alerted.id, Status.ACKNOWLEDGED)

    def is_given_up() -> bool:
        office.let_time_pass(60)
        redis.hset("redress:circuit", "retry_at", 0)
        return office.alert().edit_due_at is None

    # When
    deliver_until(is_given_up)
    # Then every try is on record, and was no reason to make everybody wait longer
    assert [attempt.outcome for attempt in office.attempts()] == ["sent", *["edit_lost"] * 5]
    assert int(redis.hget("redress:circuit", "failures") or 0) <= 1


def test_an_edit_on_its_way_while_the_group_moves_leaves_nothing_behind(
    database, office, telegram, dispatcher
):
    # Given an edit that was taken before the group became a supergroup
    group = office.link(office.hire("Ada"), -4001, kind="group")
    complaint = office.submit()
    pace = dispatcher._client.pace
    (job,) = take_jobs(database, limit=1, pace=pace, now=utcnow())
    with database.write() as session:
        settle(session, mark_sending(session, job, now=utcnow()), Sent(5), now=utcnow())
    office.acknowledge(complaint.id)
    office.set_chat(group.id, lease_token=None, lease_expires_at=None)
    (job,) = take_jobs(database, limit=1, pace=pace, now=utcnow() + timedelta(seconds=5))
    with database.write() as session:
        move(session, session.get_one(Chat, group.id), -10077, now=utcnow())
    # When Telegram says so to the edit as well
    with database.write() as session:
        settle_edit(session, job.edit, Moved(-10077), now=utcnow())
    office.set_chat(group.id, lease_token=None, lease_expires_at=None)
    # Then no message without an id is edited
    assert take_jobs(database, limit=1, pace=pace, now=utcnow() + timedelta(seconds=60)) == []
    assert office.alert().edit_due_at is None


def test_an_edit_that_is_sent_to_where_it_is_is_given_up(database, office, chat, alerted):
    office.acknowledge(alerted.id)
    edit = Edit(office.alerts(chat)[0].id, due_at=None, version=None, plain=False)
    for _ in range(5):
        with database.write() as session:
            settle_edit(session, edit, Moved(office.chat(chat.id).telegram_id), now=utcnow())
    assert office.alerts(chat)[0].edit_due_at is None
    assert [attempt.outcome for attempt in office.attempts()] == ["sent", *["edit_lost"] * 5]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # where two can write at once
def test_a_change_that_is_routed_while_an_answer_is_recorded_is_shown(
    database, office, chat, ada, telegram, dispatcher, monkeypatch
):
    # Given a change that is routed inside the transaction that records the answer
    complaint = office.submit("racing")
    record = sending.settle

    def settle_slowly(session, *rest, **more):
        state = record(session, *rest, **more)
        session.flush()
        office.change(complaint.id, Status.ACKNOWLEDGED)
        return state

    monkeypatch.setattr(sending, "settle", settle_slowly)
    # When
    dispatch_due(dispatcher)
    monkeypatch.undo()
    deliver_edits(office, dispatcher)
    # Then
    assert "Acknowledged by" in texts(telegram, ada)[0]
