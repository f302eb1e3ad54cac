"""When a complaint must be acknowledged, by its category and severity, also when they are corrected."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from complaints.alerts.triggers.reminders import remind_once
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Category, Chat, Complaint
from complaints.verbs import edit
from complaints.words import Severity
from tests.integration.office import Office

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(database: Database, redis: Redis) -> Office:
    return Office(database, redis)


def set_plan(office: Office, category: str = "general", **values: Any) -> None:
    with office.database.write() as session:
        session.execute(update(Category).where(Category.name == category).values(**values))


def told(office: Office, kind: str, chat: Chat | None = None) -> list[str]:
    return [alert.dedupe_key for alert in office.alerts(chat) if alert.kind == kind]


def change(office: Office, complaint: Complaint, **fields: Any) -> Complaint:
    with office.database.write() as session:
        row = session.get_one(Complaint, complaint.id)
        return edit(session, row, fields=fields, actor=office.actor, now=utcnow())


def since(complaint: Complaint, due: datetime | None) -> timedelta:
    assert due is not None
    return due - complaint.created_at


def test_a_complaint_is_due_as_its_category_says(office: Office) -> None:
    set_plan(office, ack_minutes={"critical": 3}, repeat_minutes=7)
    critical, low = office.submit(severity="critical"), office.submit(severity="low")
    assert since(critical, critical.ack_due_at) == 3 * MINUTE
    assert critical.remind_at == critical.ack_due_at
    assert since(low, low.ack_due_at) == timedelta(days=3)


def test_where_nobody_is_to_be_reminded_nothing_becomes_due(office: Office) -> None:
    set_plan(office, reminders=0, escalations=0)
    complaint = office.submit()
    assert complaint.ack_due_at is not None
    assert complaint.remind_at is None


def test_what_becomes_more_severe_is_due_at_once_and_counts_on(office: Office) -> None:
    # Given
    office.link(office.hire("Ada"), 1)
    complaint = office.submit(severity="low")
    old = complaint.created_at - timedelta(hours=1)
    office.set_complaint(complaint.id, created_at=old, ack_due_at=old + timedelta(days=3))
    # When
    first = change(office, complaint, severity=Severity.CRITICAL)
    # Then
    assert first.ack_due_at == first.remind_at == old + timedelta(minutes=15)
    assert remind_once(office.database) == 1
    # And when
    again = change(office, complaint, severity=Severity.HIGH)
    # Then
    assert again.remind_at is not None
    assert timedelta(minutes=59) < again.remind_at - utcnow() <= timedelta(hours=1)
    assert again.reminded == 1


def test_another_category_brings_its_own_times(office: Office) -> None:
    set_plan(office, "safety", ack_minutes={"medium": 10})
    set_plan(office, "noise", reminders=0, escalations=0)
    complaint = office.submit()
    safer = change(office, complaint, category="safety")
    assert since(complaint, safer.ack_due_at) == since(complaint, safer.remind_at) == 10 * MINUTE
    assert change(office, complaint, category="noise").remind_at is None


def test_an_acknowledged_complaint_keeps_its_time_whatever_it_becomes(office: Office) -> None:
    complaint = office.submit()
    office.acknowledge(complaint.id)
    after = change(office, complaint, severity=Severity.CRITICAL, category="safety")
    assert (after.ack_due_at, after.remind_at) == (complaint.ack_due_at, None)
