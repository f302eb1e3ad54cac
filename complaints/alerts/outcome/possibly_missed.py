"""Alerts that nobody knows the end of: a critical one goes once more, the others are listed to their chat.

A repeat is a second row, so that the first one keeps its history and a late answer can still settle it. The
list is one notice a chat, to which the doubtful alerts point by `digest_id` until it is sent.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from complaints.alert_words import AlertKind, AlertState, NoticeSort, Reason, ReasonCode
from complaints.alerts.messages.notices import owe_notice
from complaints.alerts.messages.picture_replies import shows_pictures
from complaints.alerts.messages.repeats import is_repeat, owe_repeat
from complaints.alerts.state.alert_state import end_all
from complaints.ids import new_id
from complaints.models import Alert, Complaint
from complaints.words import CRITICAL

COLLECT = timedelta(seconds=10)
ARRIVED = Reason("the first one did arrive", ReasonCode.ARRIVED)
LISTINGS = 3  # a list whose own answer is lost is made again, this many times in all


def become_unknown(session: Session, alert: Alert, *, now: datetime) -> None:
    """See to it that the chat learns of an alert that has just become `unknown`."""
    if shows_pictures(alert):
        return
    if is_list_of_missed(alert):
        _list_again(session, alert, now)
    elif alert.complaint_id is None and alert.kind != AlertKind.DIGEST:
        return
    elif not _owe_repeat(session, alert, now):
        alert.digest_id = _open_list(session, alert, now).id


def forget_doubts(session: Session, alert: Alert, reason: Reason = ARRIVED) -> None:
    """Take back what `become_unknown` did, as far as it has not been sent."""
    alert.digest_id = None
    query = update(Alert).where(Alert.repeats_id == alert.id, Alert.state == AlertState.PENDING)
    end_all(session, query, AlertState.SKIPPED, reason)


def is_list_of_missed(alert: Alert) -> bool:
    """Say whether the alert is a list of possibly missed ones."""
    return alert.notice == NoticeSort.MISSED


def missed_alerts(session: Session, alert: Alert) -> tuple[str, ...]:
    """Return what the list names, the most urgent first; empty for any other alert.

    An alert is named by its complaint's reference, a digest by how many alerts it stands for.
    """
    if not is_list_of_missed(alert):
        return ()
    query = (
        select(Complaint.reference)
        .join(Alert, Alert.complaint_id == Complaint.id)
        .where(Alert.digest_id == alert.id, Alert.state == AlertState.UNKNOWN)
        .order_by(Alert.priority, Alert.id)
    )
    return (*dict.fromkeys(session.scalars(query)), *_missed_digests(session, alert))


def _owe_repeat(session: Session, alert: Alert, now: datetime) -> bool:
    """Owe a critical alert once more; false for any other, and where that was done before."""
    return alert.priority == CRITICAL and not is_repeat(alert) and owe_repeat(session, alert, now=now)


def _missed_digests(session: Session, alert: Alert) -> list[str]:
    digests = select(Alert.id).where(
        Alert.digest_id == alert.id, Alert.state == AlertState.UNKNOWN, Alert.kind == AlertKind.DIGEST
    )
    query = select(func.count()).where(Alert.digest_id.in_(digests), Alert.state == AlertState.MERGED)
    counts = session.scalars(query.group_by(Alert.digest_id))
    return [f"a digest of {count} alerts" for count in counts]


def _open_list(session: Session, alert: Alert, now: datetime) -> Alert:
    waiting = select(Alert).where(
        Alert.chat_id == alert.chat_id,
        Alert.state == AlertState.PENDING,
        Alert.notice == NoticeSort.MISSED,
    )
    return session.scalar(waiting.limit(1)) or _new_list(session, alert, 1, now)


def _list_again(session: Session, lost: Alert, now: datetime) -> None:
    listing = lost.listing or 1
    if listing >= LISTINGS:
        return
    again = _new_list(session, lost, listing + 1, now)
    session.execute(update(Alert).where(Alert.digest_id == lost.id).values(digest_id=again.id))


def _new_list(session: Session, alert: Alert, listing: int, now: datetime) -> Alert:
    return owe_notice(
        session,
        alert.chat,
        NoticeSort.MISSED,
        f"{new_id()}:{listing}",
        text=None,
        now=now,
        due=now + COLLECT,
        request_id=alert.request_id,
        listing=listing,
    )
