"""Jobs: what a sender takes under a lease, checked again at the last moment."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from complaints.accounts.rights import sites_of
from complaints.alert_words import AlertKind, NoticeSort, Reason, ReasonCode
from complaints.alerts.kinds import kind_of
from complaints.alerts.messages.live_edits import FOLLOWED
from complaints.alerts.messages.panels import panel_of
from complaints.alerts.messages.picture_replies import pictures_for, replied_to, shows_pictures
from complaints.alerts.messages.repeats import is_anew, is_repeat
from complaints.alerts.messages.status_origin import status_origin_of
from complaints.alerts.outcome.apply_outcome import settle_vanished, skip
from complaints.alerts.outcome.attempts import was_refused
from complaints.alerts.outcome.possibly_missed import is_list_of_missed, missed_alerts
from complaints.alerts.queue.digest_content import summary_of
from complaints.alerts.queue.digests import QueueSpeed, merge_overflow
from complaints.alerts.queue.job import Job
from complaints.alerts.queue.leases import claim_chats, edit_rank, next_work, release, vanished_alerts
from complaints.alerts.queue.quiet_hours import hold_back
from complaints.alerts.recipients.preferences import Preferences
from complaints.alerts.recipients.relevance import OUT_OF_SIGHT, chat_objects, complaint_objects, facts_of
from complaints.attachments.kept_attachments import count_pictures
from complaints.db import Database
from complaints.ids import new_id
from complaints.models import Alert, Chat, Complaint, Event, Operator
from complaints.queries.finding import may_see
from complaints.telegram.limiter import Pace

log = structlog.get_logger()

STEPS_AT_ONCE = 100
VANISHED_AT_ONCE = 100
REST_AFTER_FAULT = timedelta(minutes=1)
NOTHING_MISSED = Reason("nothing is missing any more", ReasonCode.NOTHING_MISSED)
DIGEST_EMPTY = Reason("nothing in it matters any more", ReasonCode.DIGEST_EMPTY)
PICTURES_GONE = Reason("there are no pictures any more")
COMPLAINT_GONE = Reason("the complaint is gone", ReasonCode.COMPLAINT_GONE)


def take_jobs(db: Database, *, limit: int, pace: Pace, now: datetime) -> list[Job]:
    """Settle what vanished senders left behind, claim at most `limit` chats, and return a job for each.

    On the way, what quiet hours hold back is set aside, queues that are too long become digests, and what nobody
    needs any more is skipped.
    """
    lease = new_id()
    with db.write() as session:
        for alert in vanished_alerts(session, now=now, limit=VANISHED_AT_ONCE):
            settle_vanished(session, alert, now=now)
        chats, speed = claim_chats(session, lease, limit=limit, now=now), QueueSpeed(session, pace, now)
        jobs = [_next_job_or_rest(session, chat, lease, speed, now) for chat in chats]
    return [job for job in jobs if job is not None]


def reason_to_skip(job: Job, alert: Alert, chat: Chat) -> Reason | None:
    """Return why the alert must not be sent any more, or None."""
    if is_list_of_missed(alert):
        return None if job.missed else NOTHING_MISSED
    if shows_pictures(alert):
        return _pictures_object(job, alert, chat)
    if kind_of(alert.kind).answers:
        return None
    return chat_objects(chat) or _content_objects(job, alert, chat)


def _pictures_object(job: Job, alert: Alert, chat: Chat) -> Reason | None:
    """What follows an alert goes where that would go; who asked gets it as long as they may see it."""
    if job.complaint is None or not job.pictures:
        return PICTURES_GONE
    if not may_see(sites_of(chat.operator), job.complaint.site):
        return OUT_OF_SIGHT
    return chat_objects(chat) if alert.notice == NoticeSort.PICTURE else None


def _content_objects(job: Job, alert: Alert, chat: Chat) -> Reason | None:
    if alert.kind == AlertKind.DIGEST:
        return None if job.summary else DIGEST_EMPTY
    if job.complaint is None:
        return COMPLAINT_GONE
    owner = job.owner or chat.operator
    objection = complaint_objects(facts_of(alert.kind, job.complaint, owner.id), chat)
    return None if is_anew(alert) and objection != OUT_OF_SIGHT else objection


def _next_job_or_rest(
    session: Session, chat: Chat, lease: UUID, speed: QueueSpeed, now: datetime
) -> Job | None:
    """A chat whose job can't be made is set aside for a while: it must not stop the others."""
    try:
        with session.begin_nested():
            return _next_job(session, chat, lease, speed, now)
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("job_not_made", chat=str(chat.id))
        release(session, chat.id, lease, rest=REST_AFTER_FAULT, now=now)
        return None


def _next_job(session: Session, chat: Chat, lease: UUID, speed: QueueSpeed, now: datetime) -> Job | None:
    preferences = Preferences.stored(chat.preferences)
    hold_back(session, chat, preferences, now=now)
    merge_overflow(session, chat, preferences, speed, now=now)
    for _ in range(STEPS_AT_ONCE):
        work = next_work(session, chat, now=now)
        if work is None:
            break
        alert, outdated = work
        job = _edit(session, alert, chat, lease, now) if outdated else _alert(session, alert, chat, lease)
        if job is not None:
            return job
        session.flush()
    release(session, chat.id, lease, now=now)
    return None


def _alert(session: Session, alert: Alert, chat: Chat, lease: UUID) -> Job | None:
    """Return the job that sends the alert; None where it was skipped."""
    job = _job(session, alert, chat, lease)
    reason = reason_to_skip(job, alert, chat)
    if reason is None:
        return job
    skip(alert, reason)
    return None


def _edit(session: Session, alert: Alert, chat: Chat, lease: UUID, now: datetime) -> Job | None:
    """Return the job that edits the alert's message; None where the message shows what it should."""
    job = _job(session, alert, chat, lease)
    complaint, due_at = job.complaint, alert.edit_due_at
    follows = chat.state in FOLLOWED and chat.operator.active and alert.message_id is not None
    if due_at is None or not follows or (complaint is not None and alert.shown_version == complaint.version):
        alert.edit_due_at = None
        return None
    withdrawn = complaint is not None and not may_see(sites_of(chat.operator), complaint.site)
    return replace(
        job,
        edits=alert.message_id,
        edit_due_at=due_at,
        priority=edit_rank(due_at, now),
        withdrawn=withdrawn,
    )


def _job(session: Session, alert: Alert, chat: Chat, lease: UUID) -> Job:
    about = alert.complaint_id
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
        preferences=Preferences.stored(chat.preferences),
        complaint=None if about is None else session.get(Complaint, about, populate_existing=True),
        status_origin=None if about is None else status_origin_of(session, about),
        actor=_actor(session, alert),
        owner=_owner(session, alert),
        summary=summary_of(session, alert, chat) if alert.kind == AlertKind.DIGEST else None,
        plain=was_refused(session, alert),
        repeat=is_repeat(alert),
        missed=missed_alerts(session, alert),
        panel=panel_of(session, alert, chat),
        pictures=pictures_for(session, alert),
        replies_to=replied_to(session, alert),
        picture_count=0 if about is None else count_pictures(session, about),
    )


def _actor(session: Session, alert: Alert) -> str | None:
    if alert.event_seq is None:
        return None
    return session.scalar(select(Event.actor_name).where(Event.seq == alert.event_seq))


def _owner(session: Session, alert: Alert) -> Operator | None:
    """Return whose alert it first was, where that is not this chat's operator."""
    return None if alert.rerouted_from is None else session.get_one(Chat, alert.rerouted_from).operator
