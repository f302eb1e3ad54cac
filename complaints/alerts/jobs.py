"""Jobs: what a sender takes under a lease, checked again at the last moment."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.rights import sites_of
from complaints.alerts.chats import ACTIVE, REPLIES
from complaints.alerts.claims import claim_chats, next_alert, release, vanished_alerts
from complaints.alerts.settling import settle_vanished, skip, was_unparsable
from complaints.alerts.standing import Standing, standing_of
from complaints.alerts.unknowns import is_list_of_missed, is_repeat, missed_references
from complaints.db import Database
from complaints.ids import new_id
from complaints.models import Alert, Chat, Complaint, Event
from complaints.preferences import Preferences
from complaints.queries.finding import may_see
from complaints.words import CLOSED, Status

SKIPS_AT_ONCE = 100
VANISHED_AT_ONCE = 100
UNTIL_ACKNOWLEDGED = ("new", "reminder", "escalation")


@dataclass(frozen=True, slots=True)
class Job:
    """One alert to be sent to one chat while `lease` is held, with what its text is made of.

    `plain` wants no markup: Telegram could not use it. `repeat` says that it may have arrived before. `missed`
    are the references that a list of possibly missed alerts names. `actor` is who made the event happen.
    """

    alert_id: UUID
    chat_id: UUID
    lease: UUID
    telegram_id: int
    thread_id: int
    kind: str
    priority: int
    created_at: datetime
    request_id: str | None
    text: str | None = None
    preferences: Preferences = field(default_factory=Preferences)
    complaint: Complaint | None = None
    standing: Standing | None = None
    actor: str | None = None
    plain: bool = False
    repeat: bool = False
    missed: tuple[str, ...] = ()


def take_jobs(db: Database, *, limit: int, now: datetime) -> list[Job]:
    """Settle what vanished senders left behind, claim at most `limit` chats, and return a job for each.

    Alerts that nobody needs any more are skipped on the way.
    """
    lease = new_id()
    with db.write() as session:
        for alert in vanished_alerts(session, now=now, limit=VANISHED_AT_ONCE):
            settle_vanished(session, alert, now=now)
        chats = claim_chats(session, lease, limit=limit, now=now)
        jobs = [_next_job(session, chat, lease, now) for chat in chats]
    return [job for job in jobs if job is not None]


def _next_job(session: Session, chat: Chat, lease: UUID, now: datetime) -> Job | None:
    for _ in range(SKIPS_AT_ONCE):
        alert = next_alert(session, chat, now=now)
        if alert is None:
            break
        job = _job(session, alert, chat, lease)
        reason = reason_to_skip(job, alert, chat)
        if reason is None:
            return job
        skip(alert, reason)
        session.flush()
    release(session, chat.id, lease, until=None)
    return None


def reason_to_skip(job: Job, alert: Alert, chat: Chat) -> str | None:
    """Return why the alert must not be sent any more, or None."""
    if is_list_of_missed(alert):
        return None if job.missed else "nothing is missing any more"
    if alert.kind in REPLIES:
        return None
    return _chat_objects(chat) or _complaint_objects(alert, chat, job.complaint)


def _chat_objects(chat: Chat) -> str | None:
    if chat.state != ACTIVE:
        return f"the chat is {chat.state}"
    if not chat.operator.active:
        return "the operator's account is closed"
    return None


def _complaint_objects(alert: Alert, chat: Chat, complaint: Complaint | None) -> str | None:
    if complaint is None:
        return None if alert.complaint_id is None else "the complaint is gone"
    status = Status(complaint.status)
    if not may_see(sites_of(chat.operator), complaint.site):
        return "the operator may not see this site"
    if alert.kind in UNTIL_ACKNOWLEDGED and status is not Status.REPORTED:
        return f"the complaint was {status} before the alert could be sent"
    if alert.kind == "assignment" and status in CLOSED:
        return f"the complaint was {status} before the alert could be sent"
    if alert.kind == "assignment" and complaint.assignee_id != chat.operator_id:
        return "the complaint is assigned to somebody else by now"
    return None


def _job(session: Session, alert: Alert, chat: Chat, lease: UUID) -> Job:
    return Job(
        alert_id=alert.id,
        chat_id=chat.id,
        lease=lease,
        telegram_id=chat.telegram_id,
        thread_id=chat.thread_id,
        kind=alert.kind,
        priority=alert.priority,
        created_at=alert.created_at,
        request_id=alert.request_id,
        text=alert.text,
        preferences=Preferences.model_validate(chat.preferences),
        complaint=None if alert.complaint_id is None else session.get(Complaint, alert.complaint_id),
        standing=None if alert.complaint_id is None else standing_of(session, alert.complaint_id),
        actor=_actor(session, alert),
        plain=was_unparsable(session, alert),
        repeat=is_repeat(alert),
        missed=missed_references(session, alert),
    )


def _actor(session: Session, alert: Alert) -> str | None:
    if alert.event_seq is None:
        return None
    return session.scalar(select(Event.actor_name).where(Event.seq == alert.event_seq))
