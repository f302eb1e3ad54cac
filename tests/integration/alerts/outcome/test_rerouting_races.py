"""Rerouting at the worst moments: twice, all at once, while alerts are being made; nothing is lost or doubled."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import event

from complaints.alerts.outcome.rerouting import reroute_stranded_once
from complaints.clock import utcnow
from complaints.ids import new_id
from complaints.models import Alert, Chat, Operator
from sandbox import Sandbox
from tests.integration.alerts.outcome.losing import BLOCKED, add_alert, bring_back, lose, rows
from tests.integration.office import Office
from workers.dispatch import Dispatcher, dispatch_due


@pytest.fixture
def operator(office: Office) -> Operator:
    return office.hire("Ada")


@pytest.fixture
def chat(office: Office, operator: Operator) -> Chat:
    return office.link(operator, 1)


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
    threads = [office.in_thread(partial(lose, office, lost)) for lost in (chat, second)]
    for thread in threads:
        thread.join()
    # Then
    assert {state for _, state, _ in rows(office, chat) + rows(office, second)} == {"skipped"}
    assert [state for _, state, _ in rows(office, admin)] == ["pending"] * 10


@pytest.mark.own_database
def test_thousands_are_rerouted_in_few_statements_and_short_transactions(
    office: Office, operator: Operator, chat: Chat
) -> None:
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
    rounds = [lose(office, chat)]
    while rounds[-1]:
        rounds.append(reroute_stranded_once(office.database))
    # Then
    assert sum(rounds) == 2001
    assert max(rounds) == 500
    assert len(rows(office, other)) == 2001
    assert len(statements) < 100


def test_who_blocks_the_bot_has_their_alert_sent_to_the_stand_in(
    office: Office, telegram: Sandbox, dispatcher: Dispatcher, chat: Chat, ada: int
) -> None:
    # Given
    grace = telegram.add_user("Grace", started=True).id
    admin = office.link(office.hire("Grace", "admin"), grace)
    office.prefer(admin.id, kinds=[])
    office.set_chat(chat.id, telegram_id=ada)
    office.submit()
    # When
    telegram.block(ada)
    dispatch_due(dispatcher)
    # Then
    assert [state for _, state, _ in rows(office, admin)] == ["sent"]


def test_alerts_survive_that_nearly_everybody_is_lost_at_once(office: Office) -> None:
    # Given
    admins = [office.hire(f"Admin {place}", "admin") for place in range(4)]
    chats = [office.link(admin, 10 * place + at) for place, admin in enumerate(admins, 1) for at in (1, 2)]
    for place in range(10):
        office.submit(f"no {place}")
    *lost, last = chats
    # When
    threads = [office.in_thread(partial(lose, office, one)) for one in lost]
    for place in range(5):
        office.submit(f"meanwhile {place}")
    for thread in threads:
        thread.join()
    while reroute_stranded_once(office.database):
        pass
    # Then
    owed = [alert for alert in office.alerts(last) if alert.complaint_id and alert.state == "pending"]
    assert len({alert.complaint_id for alert in owed}) == len(owed) == 15
    assert not [state for one in lost for _, state, _ in rows(office, one) if state != "skipped"]
