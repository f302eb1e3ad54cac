"""Live messages: what a phone shows follows the complaint, whoever changed it and whatever goes wrong."""

from complaints.clock import utcnow
from complaints.events.event_types import Actor, ActorKind
from complaints.ids import new_id
from complaints.models import Complaint
from complaints.verbs import edit
from complaints.words import Status
from tests.integration.alerts.messages.edited import deliver_edits, texts
from workers.dispatch import dispatch_due


def labels(message) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def test_every_message_about_a_complaint_follows_it(office, chat, ada, alerted, telegram, dispatcher):
    # Given a second person with a message about it
    office.change(alerted.id, Status.ACKNOWLEDGED)
    # When
    deliver_edits(office, dispatcher)
    # Then the message says who did it, and when, with the buttons that fit
    (message,) = telegram.messages(ada)
    assert "Acknowledged by Anonymous, " in message["text"]
    assert f"{utcnow():%H}" in message["text"]
    assert "Acknowledge" not in labels(message)
    assert office.alert().shown_version == 2
    assert office.alert().edit_due_at is None


def test_what_a_program_did_stands_in_its_name(office, ada, alerted, telegram, dispatcher):
    office.actor = Actor(ActorKind.API_CLIENT, new_id(), "Kiosk <1>")
    office.change(alerted.id, Status.ACKNOWLEDGED)
    deliver_edits(office, dispatcher)
    assert "Acknowledged by Kiosk <1>, " in texts(telegram, ada)[0]


def test_many_changes_in_a_row_are_one_edit(office, ada, alerted, telegram, dispatcher):
    office.change(alerted.id, Status.ACKNOWLEDGED)
    office.change(alerted.id, Status.IN_PROGRESS)
    office.change(alerted.id, Status.RESOLVED)
    deliver_edits(office, dispatcher)
    assert len(telegram.calls("editMessageText")) == 1
    assert "Resolved by" in texts(telegram, ada)[0]


def test_an_edit_waits_for_the_alerts(office, chat, ada, alerted, telegram, dispatcher):
    office.change(alerted.id, Status.ACKNOWLEDGED)
    office.let_time_pass(2)
    office.submit("Another", severity="low")
    dispatch_due(dispatcher)
    methods = [call.method for call in telegram.calls("sendMessage", "editMessageText")]
    assert methods == ["sendMessage", "sendMessage", "editMessageText"]


def test_an_edit_that_has_waited_for_a_minute_goes_before_low_alerts(
    office, ada, alerted, telegram, dispatcher
):
    office.change(alerted.id, Status.ACKNOWLEDGED)
    office.let_time_pass(63)
    office.submit("Another", severity="low")
    dispatch_due(dispatcher)
    methods = [call.method for call in telegram.calls("sendMessage", "editMessageText")]
    assert methods == ["sendMessage", "editMessageText", "sendMessage"]


def test_a_deleted_message_is_sent_anew_once(office, ada, alerted, telegram, dispatcher):
    # Given a message that the person has deleted
    telegram.delete_message(ada, telegram.messages(ada)[0]["message_id"])
    # When the complaint changes
    office.change(alerted.id, Status.ACKNOWLEDGED)
    deliver_edits(office, dispatcher)
    # Then it comes again, as it stands now
    (message,) = telegram.messages(ada)
    assert "Acknowledged by" in message["text"]
    # And once only, however often that is deleted
    telegram.delete_message(ada, message["message_id"])
    office.change(alerted.id, Status.RESOLVED)
    deliver_edits(office, dispatcher)
    assert telegram.messages(ada) == []
    assert [alert.state for alert in office.alerts()] == ["sent", "sent"]


def test_a_change_while_the_alert_is_on_its_way_is_shown_afterwards(office, chat, ada, telegram, dispatcher):
    # Given a slow server, and a complaint that is acknowledged while the request is under way
    telegram.fault("latency", latency=(700, 700), count=1)
    complaint = office.submit("Slow")
    thread = office.in_thread(lambda: dispatch_due(dispatcher))
    telegram.wait_for(lambda: office.alert().state in ("sending", "sent"))
    office.change(complaint.id, Status.ACKNOWLEDGED)
    thread.join(20)
    # When
    deliver_edits(office, dispatcher)
    # Then
    assert "Acknowledged by" in texts(telegram, ada)[0]


def test_who_may_not_see_the_complaint_any_more_is_shown_nothing_of_it(
    office, telegram, dispatcher, database
):
    # Given a message to somebody who works for one site
    ben = telegram.add_user("Ben", started=True).id
    office.link(office.hire("Ben", sites=["North"]), ben)
    complaint = office.submit("A secret of the north", site="North")
    dispatch_due(dispatcher)
    # When the complaint moves to another
    with database.write() as session:
        found = session.get_one(Complaint, complaint.id)
        edit(
            session,
            found,
            fields={"site": "South", "description": "New facts"},
            actor=office.actor,
            now=utcnow(),
        )
    office.sequence()
    deliver_edits(office, dispatcher)
    # Then the message says that, and no more
    (message,) = telegram.messages(ben)
    assert complaint.reference in message["text"]
    assert "New facts" not in message["text"]
    assert "secret" not in message["text"]
    assert labels(message) == []


def test_a_chat_that_left_is_not_edited(office, chat, ada, alerted, telegram, dispatcher, database):
    office.set_chat(chat.id, state="left")
    office.change(alerted.id, Status.ACKNOWLEDGED)
    deliver_edits(office, dispatcher)
    assert telegram.calls("editMessageText") == []
    assert office.alert().edit_due_at is None
