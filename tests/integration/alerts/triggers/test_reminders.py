"""Reminders and escalations: in time, to the right chats, and never more than the category says."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select, update

from complaints.alerts.triggers import reminders
from complaints.alerts.triggers.reminders import remind_once
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Alert, Category, Chat, Complaint, Operator
from complaints.verbs import assign
from tests.integration.office import Office

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(database: Database, redis: Redis) -> Office:
    return Office(database, redis)


def set_plan(office: Office, category: str = "general", **values: Any) -> None:
    with office.database.write() as session:
        session.execute(update(Category).where(Category.name == category).values(**values))


def make_due(office: Office, complaint: Complaint) -> None:
    office.set_complaint(complaint.id, remind_at=utcnow() - MINUTE)


def remind(office: Office, complaint: Complaint) -> None:
    """Let the time of the next step come, if there is one, and take it."""
    if office.complaint(complaint.id).remind_at is not None:
        make_due(office, complaint)
    remind_once(office.database)


def told(office: Office, kind: str, chat: Chat | None = None) -> list[str]:
    return [alert.dedupe_key for alert in office.alerts(chat) if alert.kind == kind]


def test_the_routed_chats_are_reminded_then_the_admins_and_then_nobody(office: Office) -> None:
    # Given
    agent = office.link(office.hire("Ada"), 1)
    admin = office.link(office.hire("Grace", "admin"), 2)
    office.prefer(admin.id, kinds=[], minimum_severity="critical")
    set_plan(office, reminders=2, escalations=1, repeat_minutes=30)
    complaint = office.submit()
    # When
    remind_once(office.database)
    assert told(office, "reminder") == []
    remind(office, complaint)
    between = office.complaint(complaint.id)
    for _ in range(5):
        remind(office, complaint)
    # Then
    assert told(office, "reminder", agent) == [f"reminder:{complaint.id}:{step}" for step in (1, 2)]
    assert told(office, "escalation", admin) == [f"escalation:{complaint.id}:3"]
    assert told(office, "reminder", admin) == told(office, "escalation", agent) == []
    assert between.remind_at is not None
    assert timedelta(minutes=29) < between.remind_at - utcnow() <= timedelta(minutes=30)
    after = office.complaint(complaint.id)
    assert (after.reminded, after.remind_at) == (3, None)
    assert (after.version, after.updated_at) == (complaint.version, complaint.updated_at)


def test_nobody_is_reminded_of_what_was_acknowledged(office: Office) -> None:
    office.link(office.hire("Ada"), 1)
    complaint = office.submit()
    office.acknowledge(complaint.id)
    assert office.complaint(complaint.id).remind_at is None
    make_due(office, complaint)
    remind_once(office.database)
    assert told(office, "reminder") == []
    assert office.complaint(complaint.id).remind_at is None


def test_who_was_given_the_complaint_is_reminded_until_it_is_acknowledged(office: Office) -> None:
    # Given
    ada = office.hire("Ada")
    chat = office.link(ada, 1)
    office.prefer(chat.id, kinds=["assignment"])
    complaint = office.submit()
    with office.database.write() as session:
        row = session.get_one(Complaint, complaint.id)
        assign(session, row, assignee=session.get_one(Operator, ada.id), actor=office.actor, now=utcnow())
    # When
    remind(office, complaint)
    # Then
    assert told(office, "reminder", chat) == [f"reminder:{complaint.id}:1"]


def test_only_admins_who_may_see_the_site_hear_of_an_escalation(office: Office) -> None:
    # Given
    set_plan(office, reminders=0, escalations=1)
    here = office.link(office.hire("Grace", "admin", ["North"]), 1)
    office.link(office.hire("Edsger", "admin", ["South"]), 2)
    muted = office.link(office.hire("Alan", "admin"), 3)
    office.set_chat(muted.id, state="muted")
    office.link(office.hire("Ada", "agent"), 4)
    # When
    complaint = office.submit(site="North")
    remind(office, complaint)
    # Then
    assert [alert.chat_id for alert in office.alerts() if alert.kind == "escalation"] == [here.id]


def test_an_escalation_that_finds_nobody_is_tried_again(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    set_plan(office, reminders=0, escalations=2)
    complaint = office.submit()
    remind(office, complaint)
    assert "escalation_finds_nobody" in capfd.readouterr().out
    after = office.complaint(complaint.id)
    assert after.reminded == 0
    assert after.remind_at is not None
    # When there is an admin to tell
    admin = office.link(office.hire("Eve", role="admin"), 9)
    remind(office, complaint)
    # Then
    assert [alert.kind for alert in office.alerts(admin)] == ["escalation"]
    assert office.complaint(complaint.id).reminded == 1


def test_an_escalation_to_an_admin_who_can_not_be_reached_stands_there_as_failed(office: Office) -> None:
    set_plan(office, reminders=0, escalations=1)
    admin = office.link(office.hire("Eve", role="admin"), 9)
    office.set_chat(admin.id, state="unreachable")
    complaint = office.submit()
    remind(office, complaint)
    assert [(alert.kind, alert.state) for alert in office.alerts(admin)] == [
        ("new", "failed"),
        ("escalation", "failed"),
    ]


def test_several_workers_at_once_remind_once(office: Office) -> None:
    # Given
    office.link(office.hire("Ada"), 1)
    set_plan(office, reminders=1, escalations=0)
    due = [office.submit(f"no {place}") for place in range(20)]
    for complaint in due:
        make_due(office, complaint)
    # When
    start, found = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        while count := remind_once(office.database):
            found.append(count)

    workers = [office.in_thread(work) for _ in range(4)]
    for worker in workers:
        worker.join()
    # Then
    assert sum(found) == 20
    assert sorted(told(office, "reminder")) == sorted(f"reminder:{complaint.id}:1" for complaint in due)
    assert remind_once(office.database) == 0


def test_a_crash_before_the_commit_leaves_neither_alert_nor_count(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    office.link(office.hire("Ada"), 1)
    complaint = office.submit()
    make_due(office, complaint)

    class Crash(BaseException):
        pass

    def insert_and_crash(*arguments: Any) -> int:
        insert(*arguments)
        raise Crash

    insert = reminders.insert_new
    monkeypatch.setattr(reminders, "insert_new", insert_and_crash)
    # When
    with pytest.raises(Crash):
        remind_once(office.database)
    # Then
    assert told(office, "reminder") == []
    assert office.complaint(complaint.id).reminded == 0
    monkeypatch.undo()
    assert remind_once(office.database) == 1
    assert told(office, "reminder") == [f"reminder:{complaint.id}:1"]


def test_a_complaint_whose_reminder_fails_keeps_nobody_waiting(office: Office) -> None:
    # Given
    office.link(office.hire("Ada"), 1)
    broken, fine = office.submit("broken"), office.submit("fine")
    office.set_complaint(broken.id, severity="unheard-of")
    for complaint in (broken, fine):
        make_due(office, complaint)
    # When
    assert remind_once(office.database) == 2
    # Then
    assert told(office, "reminder") == [f"reminder:{fine.id}:1"]
    after = office.complaint(broken.id)
    assert after.reminded == 0
    assert after.remind_at is not None
    assert after.remind_at > utcnow()


def test_a_category_that_wants_fewer_by_now_gets_no_more(office: Office) -> None:
    office.link(office.hire("Ada"), 1)
    complaint = office.submit()
    remind(office, complaint)
    set_plan(office, reminders=1, escalations=0)
    remind(office, complaint)
    assert len(told(office, "reminder")) == 1
    assert office.complaint(complaint.id).remind_at is None


def test_reminders_of_a_chat_that_can_not_be_reached_go_to_its_stand_ins(office: Office) -> None:
    # Given
    ada = office.hire("Ada")
    lost, other = office.link(ada, 1), office.link(ada, -2, kind="group")
    office.prefer(other.id, kinds=[])
    office.set_chat(lost.id, state="unreachable")
    complaint = office.submit()
    # When
    remind(office, complaint)
    # Then
    with office.database.read() as session:
        rows = session.execute(
            select(Alert.chat_id, Alert.rerouted_from).where(Alert.kind == "reminder")
        ).all()
    assert [tuple(row) for row in rows] == [(other.id, lost.id)]
