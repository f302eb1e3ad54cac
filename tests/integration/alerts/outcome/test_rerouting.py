"""A chat that can't be reached: its alerts go to its stand-ins, once each, and those are told so once."""

import pytest
from sqlalchemy import update

from complaints.alerts.outcome.rerouting import mark_unreachable
from complaints.clock import utcnow
from complaints.models import Alert, Chat, Complaint, Operator
from complaints.verbs import assign
from tests.integration.alerts.outcome.losing import BLOCKED, add_alert, bring_back, lose, notices, rows
from tests.integration.office import Office


@pytest.fixture
def operator(office: Office) -> Operator:
    return office.hire("Ada")


@pytest.fixture
def chat(office: Office, operator: Operator) -> Chat:
    return office.link(operator, 1)


def test_alerts_go_to_the_operators_other_chats_once_each(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    group, other = office.link(operator, -2, kind="group"), office.link(operator, 3)
    office.prefer(other.id, kinds=[])
    office.link(office.hire("Grace", "admin"), 4)
    office.submit()
    # When
    lose(office, chat)
    # Then
    (gone,) = office.alerts(chat)
    assert (gone.state, gone.reason, gone.next_attempt_at) == ("skipped", f"rerouted: {BLOCKED}", None)
    assert rows(office, group) == [("new", "pending", None)]
    assert rows(office, other) == [("new", "pending", chat.id)]
    (copy,) = (alert for alert in office.alerts(other) if alert.kind == "new")
    for field in ("complaint_id", "event_seq", "dedupe_key", "priority", "request_id", "created_at"):
        assert getattr(copy, field) == getattr(gone, field)


def test_failing_those_they_go_to_admins_who_may_see_the_site_and_are_not_muted(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    muted = office.link(operator, 2)
    office.set_chat(muted.id, state="muted")
    here = office.link(office.hire("Grace", "admin", ["North"]), 3)
    elsewhere = office.link(office.hire("Edsger", "admin", ["South"]), 4)
    quiet = office.link(office.hire("Alan", "admin"), 5)
    for admin in (here, elsewhere, quiet):
        office.prefer(admin.id, kinds=[])
    office.set_chat(quiet.id, state="muted")
    office.submit(site="North")
    # When
    lose(office, chat)
    # Then
    assert rows(office, here) == [("new", "pending", chat.id)]
    assert rows(office, elsewhere) == rows(office, quiet) == rows(office, muted) == []


def test_where_nobody_stands_in_they_fail_and_can_be_sent_again(office: Office, chat: Chat) -> None:
    office.submit()
    lose(office, chat)
    (alert,) = office.alerts(chat)
    assert (alert.state, alert.reason) == ("failed", f"the chat can't be reached: {BLOCKED}")
    office.submit()
    assert [alert.state for alert in office.alerts(chat)] == ["failed", "failed"]


def test_future_alerts_are_rerouted_until_the_chat_is_back(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    other = office.link(operator, 2)
    office.prefer(other.id, kinds=[])
    lose(office, chat)
    # When
    office.submit()
    bring_back(office, chat)
    office.submit()
    # Then
    assert rows(office, other) == [("new", "pending", chat.id)]
    assert rows(office, chat) == [("new", "pending", None)]


def test_two_lost_chats_make_one_alert_at_their_common_stand_in(office: Office, chat: Chat) -> None:
    # Given
    second = office.link(office.hire("Alan"), 2)
    admin = office.link(office.hire("Grace", "admin"), 3)
    office.prefer(admin.id, kinds=[])
    office.submit()
    # When
    lose(office, chat)
    lose(office, second)
    office.submit()
    # Then
    assert [state for _, state, _ in rows(office, admin)] == ["pending", "pending"]
    assert len(notices(office, admin)) == 2


def test_the_stand_ins_get_one_notice_not_a_flood(office: Office, operator: Operator, chat: Chat) -> None:
    # Given
    other = office.link(operator, 2)
    office.set_chat(chat.id, title="Ada & <Co>")
    for place in range(30):
        office.submit(f"no {place}")
    # When
    lose(office, chat)
    lose(office, chat, "Forbidden: again")
    # Then
    (text,) = notices(office, other)
    assert text is not None
    assert "Ada &amp; &lt;Co&gt;" in text
    assert BLOCKED in text
    assert notices(office, chat) == []


def test_topics_of_one_group_are_one_notice(office: Office, operator: Operator) -> None:
    topics = [office.link(operator, -100, kind="supergroup", thread_id=place) for place in range(3)]
    private = office.link(operator, 5)
    now = utcnow()
    with office.database.write() as session:
        for topic in topics:
            mark_unreachable(session, session.get_one(Chat, topic.id), "the bot was removed", now=now)
    assert len(notices(office, private)) == 1


def test_what_a_waiting_digest_stands_for_is_rerouted_one_by_one(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    other = office.link(operator, 2)
    office.prefer(other.id, kinds=[])
    complaints = [office.submit(f"no {place}") for place in range(3)]
    gone, waiting = (add_alert(office, chat, kind="digest", state=state) for state in ("sent", "pending"))
    with office.database.write() as session:
        session.execute(update(Alert).where(Alert.id == gone).values(next_attempt_at=None))
        for complaint, digest in zip(complaints[:2], (gone, waiting), strict=True):
            merged = update(Alert).where(Alert.complaint_id == complaint.id, Alert.chat_id == chat.id)
            session.execute(merged.values(state="merged", digest_id=digest, next_attempt_at=None))
    # When
    lose(office, chat)
    # Then
    states = {alert.complaint_id or alert.id: alert.state for alert in office.alerts(chat)}
    assert states == {
        complaints[0].id: "merged",
        complaints[1].id: "skipped",
        complaints[2].id: "skipped",
        gone: "sent",
        waiting: "skipped",
    }
    copies = [alert.complaint_id for alert in office.alerts(other) if alert.complaint_id]
    assert copies == [complaint.id for complaint in complaints[1:]]


def test_what_nobody_needs_any_more_is_not_rerouted(office: Office, operator: Operator, chat: Chat) -> None:
    # Given
    other = office.link(operator, 2)
    office.prefer(other.id, kinds=[])
    complaint = office.submit()
    office.acknowledge(complaint.id)
    # When
    lose(office, chat)
    # Then
    assert office.alerts(chat)[0].reason == "the complaint was acknowledged before the alert could be sent"
    assert rows(office, other) == []


def test_answers_and_tests_are_not_rerouted(office: Office, operator: Operator, chat: Chat) -> None:
    other = office.link(operator, 2)
    for kind in ("notice", "test"):
        add_alert(office, chat, kind=kind, text="Hello")
    lose(office, chat)
    assert [alert.state for alert in office.alerts(chat)] == ["failed", "failed"]
    assert [alert.kind for alert in office.alerts(other)] == ["notice"]


def test_an_assignment_is_rerouted_as_the_first_ones(office: Office, operator: Operator, chat: Chat) -> None:
    # Given
    admin = office.link(office.hire("Grace", "admin"), 2)
    complaint = office.submit()
    with office.database.write() as session:
        row, assignee = session.get_one(Complaint, complaint.id), session.get_one(Operator, operator.id)
        assign(session, row, assignee=assignee, actor=office.actor, now=utcnow())
    office.sequence()
    # When
    lose(office, chat)
    # Then
    assert ("assignment", "pending", chat.id) in rows(office, admin)


def test_who_has_left_stays_so_and_is_not_rerouted(office: Office, operator: Operator, chat: Chat) -> None:
    other = office.link(operator, 2)
    office.set_chat(chat.id, state="left", state_reason="unlinked on the dashboard")
    lose(office, chat)
    assert office.chat(chat.id).state == "left"
    office.submit()
    assert rows(office, chat) == []
    assert notices(office, other) == []
