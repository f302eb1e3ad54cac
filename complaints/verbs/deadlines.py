"""Plans: by when a complaint must be acknowledged, and who is told how often where nobody does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from complaints.alert_words import AlertKind
from complaints.models import Category, Complaint
from complaints.words import ACK_WITHIN, Severity

USUAL_REMINDERS, USUAL_ESCALATIONS = 2, 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a category says about complaints of one severity. Steps count from 1: reminders, then escalations."""

    ack_within: timedelta
    repeat: timedelta
    reminders: int
    escalations: int

    @property
    def steps(self) -> int:
        """Return how many steps there are in all."""
        return self.reminders + self.escalations

    def kind_of(self, step: int) -> AlertKind:
        """Return what kind of alert the step is."""
        return AlertKind.REMINDER if step <= self.reminders else AlertKind.ESCALATION

    def next_due(self, done: int, at: datetime) -> datetime | None:
        """Return `at` where a step is left after those that are done, else None."""
        return at if done < self.steps else None


def plan_for(session: Session, category: str, severity: str) -> Plan:
    """Return what the category says now; the usual where there is no such category any more."""
    row, usual = session.get(Category, category), ACK_WITHIN[Severity(severity)]
    if row is None:
        return Plan(usual, usual, USUAL_REMINDERS, USUAL_ESCALATIONS)
    minutes = row.ack_minutes.get(severity)
    within = usual if minutes is None else timedelta(minutes=minutes)
    repeat = within if row.repeat_minutes is None else timedelta(minutes=row.repeat_minutes)
    return Plan(within, repeat, row.reminders, row.escalations)


def usual_deadline(session: Session, complaint: Complaint, *, category: str, severity: str) -> datetime:
    """Return by when the complaint must be acknowledged if it is of this category and severity."""
    return complaint.created_at + plan_for(session, category, severity).ack_within


def set_deadline(
    session: Session, complaint: Complaint, *, now: datetime, ack_due_at: datetime | None = None
) -> None:
    """Set when the unacknowledged complaint is due, and its next step: by its category and severity as they are.

    `ack_due_at` is what somebody says instead. Steps that were taken count: a complaint that became more urgent is
    not reminded of from the start.
    """
    plan = plan_for(session, complaint.category, complaint.severity)
    complaint.ack_due_at = ack_due_at or complaint.created_at + plan.ack_within
    due = max(complaint.ack_due_at, now + plan.repeat) if complaint.reminded else complaint.ack_due_at
    complaint.remind_at = plan.next_due(complaint.reminded, due)
