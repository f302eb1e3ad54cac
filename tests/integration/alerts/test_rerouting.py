"""A chat that can't be reached: its alerts go to its stand-ins, once each, and those are told so once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import event, update

from complaints.alerts.linking import wake_up
from complaints.alerts.rerouting import mark_unreachable, reroute_stranded_once
from complaints.clock import utcnow
from complaints.db import Database
from complaints.ids import new_id
from complaints.models import Alert, Chat, Complaint, Operator
from complaints.verbs import assign
from tests.integration.alerts.office import Office
from workers.delivery import Delivery, deliver_due
from workers.telegram.sandbox import Sandbox

BLOCKED = "Forbidden: bot was blocked by the user"


@pytest.fixture
def office(database: Database, redis: Redis) -> Office:
    return Office(database, redis)


@pytest.fixture
def operator(office: Office) -> Operator:
    return office.hire("Ada")


@pytest.fixture
def chat(office: Office, operator: Operator) -> Chat:
    return office.link(operator, 1)


def lose(office: Office, chat: Chat, reason: str = BLOCKED) -> int:
    with office.database.write() as session:
        return mark_unreachable(session, session.get_one(Chat, chat.id), reason, now=utcnow())


def bring_back(office: Office, chat: Chat) -> None:
    with office.database.write() as session:
        wake_up(session, session.get_one(Chat, chat.id), now=utcnow())


def rows(office: Office, chat: Chat) -> list[tuple[str, str, UUID | None]]:
    """Of all alerts about complaints owed to the chat: their kinds, states, and whose they first were."""
    found = office.alerts(chat)
    return [(alert.kind, alert.state, alert.rerouted_from) for alert in found if alert.complaint_id]


def notices(office: Office, chat: Chat) -> list[str | None]:
    return [alert.text for alert in office.alerts(chat) if alert.kind == "notice"]


def add_alert(office: Office, chat: Chat, **values: Any) -> UUID:
    """Owe the chat one more alert, beside what routing makes."""
    now, alert_id = utcnow(), new_id()
    defaults = {
        "id": alert_id,
        "chat_id": chat.id,
        "dedupe_key": f"test:{alert_id}",
        "priority": 1,
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }
    with office.database.write() as session:
        session.add(Alert(**(defaults | values)))
    return alert_id


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


def test_a_second_refusal_reroutes_only_what_is_owed_by_then(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    other = office.link(operator, 2)
    office.prefer(other.id, kinds=[])
    first = office.submit()
    lose(office, chat)
    add_alert(office, chat, kind="new", complaint_id=first.id)
    # When
    again = lose(office, chat)
    # Then
    assert again == 1
    assert len(rows(office, other)) == 2
    assert lose(office, chat) == 0


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


def test_what_was_rerouted_comes_back_where_the_stand_in_is_lost_too(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    other = office.link(operator, 2)
    office.prefer(other.id, kinds=[])
    office.submit()
    lose(office, chat)
    bring_back(office, chat)
    # When
    lose(office, other)
    # Then
    assert rows(office, chat) == [("new", "pending", None)]
    assert rows(office, other) == [("new", "skipped", chat.id)]


def test_who_has_left_stays_so_and_is_not_rerouted(office: Office, operator: Operator, chat: Chat) -> None:
    other = office.link(operator, 2)
    office.set_chat(chat.id, state="left", state_reason="unlinked on the dashboard")
    lose(office, chat)
    assert office.chat(chat.id).state == "left"
    office.submit()
    assert rows(office, chat) == []
    assert notices(office, other) == []


def test_alerts_made_while_the_chat_was_being_lost_are_found_by_the_sweep(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    other = office.link(operator, 2)
    office.prefer(other.id, kinds=[])
    complaint = office.submit()
    office.set_chat(chat.id, state="unreachable", state_reason=BLOCKED)
    add_alert(office, chat, kind="notice", text="Answers are sent to a chat in any state")
    assert complaint.id in {alert.complaint_id for alert in office.alerts(chat)}
    # When
    found = [reroute_stranded_once(office.database) for _ in range(2)]
    # Then
    assert found == [1, 0]
    assert rows(office, other) == [("new", "pending", chat.id)]
    assert [alert.state for alert in office.alerts(chat)] == ["skipped", "pending"]


def test_two_chats_of_one_operator_that_are_lost_at_once_lose_nothing(
    office: Office, operator: Operator, chat: Chat
) -> None:
    # Given
    second = office.link(operator, 2)
    admin = office.link(office.hire("Grace", "admin"), 3)
    office.prefer(admin.id, kinds=[])
    for place in range(10):
        office.submit(f"no {place}")
    # When
    threads = [office.in_thread(lambda lost=lost: lose(office, lost)) for lost in (chat, second)]  # type: ignore[misc]
    for thread in threads:
        thread.join()
    # Then
    assert {state for _, state, _ in rows(office, chat) + rows(office, second)} == {"skipped"}
    assert [state for _, state, _ in rows(office, admin)] == ["pending"] * 10


def test_thousands_are_rerouted_in_few_statements(office: Office, operator: Operator, chat: Chat) -> None:
    # Given
    other = office.link(operator, 2)
    office.prefer(other.id, kinds=[])
    complaint = office.submit()
    with office.database.write() as session:
        now = utcnow()
        for place in range(2000):
            session.add(
                Alert(
                    id=new_id(),
                    chat_id=chat.id,
                    complaint_id=complaint.id,
                    kind="new",
                    dedupe_key=f"many:{place}",
                    priority=1,
                    state="pending",
                    attempts=0,
                    next_attempt_at=now,
                    created_at=now - timedelta(minutes=5),
                )
            )
    statements: list[str] = []
    event.listen(office.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    # When
    rerouted = lose(office, chat)
    # Then
    assert rerouted == 2001
    assert len(rows(office, other)) == 2001
    assert len(statements) < 30


def test_who_blocks_the_bot_has_their_alert_sent_to_the_stand_in(
    office: Office, telegram: Sandbox, delivery: Delivery, chat: Chat, ada: int
) -> None:
    # Given
    grace = telegram.add_user("Grace", started=True).id
    admin = office.link(office.hire("Grace", "admin"), grace)
    office.prefer(admin.id, kinds=[])
    office.set_chat(chat.id, telegram_id=ada)
    office.submit()
    # When
    telegram.block(ada)
    deliver_due(delivery)
    # Then
    assert [state for _, state, _ in rows(office, admin)] == ["sent"]
