"""Reminders: who should know hears again of what nobody acknowledged; then the admins do.

A complaint's counter and the alerts of its step commit together, so that no crash and no second worker can make
more of them than its category says. It is no event: the complaint's version stays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alerts.kinds import KINDS, Told
from complaints.alerts.recipients.alert_subject import alert_row, subject_of_complaint
from complaints.alerts.recipients.recipients import Recipients, read_recipients
from complaints.alerts.state.alert_state import insert_new
from complaints.db import Database
from complaints.models import Complaint
from complaints.moments import void_after
from complaints.verbs.deadlines import plan_for
from complaints.waits.passing import will_pass
from complaints.words import Status

log = structlog.get_logger()

BATCH = 100
AFTER_A_FAULT = timedelta(minutes=5)


def remind_once(db: Database) -> int:
    """Take the next step for complaints whose time has come, at most a batch; return how many there were.

    One that somebody else is changing right now is left for the next time.
    """
    now = db.now()
    with db.write() as session:
        due = _due(session, now)
        recipients = read_recipients(session, now=now) if due else Recipients(())
        for complaint in due:
            _step_or_postpone(session, complaint, recipients, now)
    return len(due)


def void_reminders_once(db: Database) -> int:
    """Plan anew, from now, for complaints that a clock took in which was ahead; return for how many.

    Their next step would come as much too late. What is planned so lies no further ahead than it may, and stays.
    """
    now = db.now()
    ahead = select(Complaint).where(
        Complaint.created_at > void_after(now, timedelta()), Complaint.remind_at > Complaint.created_at
    )
    with db.read() as session:
        if session.scalar(ahead.with_only_columns(Complaint.id).limit(1)) is None:
            return 0
    locked = ahead.limit(BATCH).with_for_update(of=Complaint, skip_locked=True, key_share=True)
    with db.write() as session:
        return sum(_plan_anew(session, complaint, now) for complaint in session.scalars(locked).all())


def _plan_anew(session: Session, complaint: Complaint, now: datetime) -> bool:
    within = plan_for(session, complaint.category, complaint.severity).ack_within
    is_void = complaint.remind_at is not None and complaint.remind_at > void_after(now, within)
    if is_void:
        complaint.remind_at = now + within
    return is_void


def _due(session: Session, now: datetime) -> Sequence[Complaint]:
    query = select(Complaint).where(Complaint.remind_at <= now).order_by(Complaint.remind_at).limit(BATCH)
    return session.scalars(query.with_for_update(of=Complaint, skip_locked=True, key_share=True)).all()


def _step_or_postpone(session: Session, complaint: Complaint, recipients: Recipients, now: datetime) -> None:
    """A step that fails is not counted, and keeps nobody else waiting."""
    complaint_id = complaint.id
    try:
        with session.begin_nested():
            _step(session, complaint, recipients, now)
    except Exception as error:
        if will_pass(error):
            raise
        complaint.remind_at = now + AFTER_A_FAULT
        log.exception("reminder_failed", complaint=str(complaint_id))


def _step(session: Session, complaint: Complaint, recipients: Recipients, now: datetime) -> None:
    """An escalation for which there is no admin's chat at all is not counted: it is tried again later."""
    plan = plan_for(session, complaint.category, complaint.severity)
    complaint.remind_at = None
    if complaint.status != Status.REPORTED or complaint.reminded >= plan.steps:
        return
    step = complaint.reminded + 1
    kind, subject = plan.kind_of(step), subject_of_complaint(complaint)
    told = recipients.told(kind, subject)
    if KINDS[kind].told is Told.THE_ADMINS and not told:
        complaint.remind_at = now + plan.repeat
        log.warning("escalation_finds_nobody", complaint=str(complaint.id), site=subject.site)
        return
    complaint.reminded, complaint.remind_at = step, plan.next_due(step, now + plan.repeat)
    key = f"{kind}:{complaint.id}:{step}"
    insert_new(session, [alert_row(subject, one, kind, key, now) for one in told])
    log.info(kind, complaint=str(complaint.id), step=step, of=plan.steps, chats=len(told))
