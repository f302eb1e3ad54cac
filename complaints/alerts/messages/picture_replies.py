"""Pictures for chats: the first one follows an urgent alert as a reply, and who presses *Photos* gets an album.

Both are notices of their own, less urgent than any alert: whatever becomes of them, the alert has gone before.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alert_words import AlertKind, AlertState, NoticeSort
from complaints.alerts.messages.notices import notice_row, owe_notice
from complaints.alerts.state.alert_state import Row, insert_new
from complaints.attachments.kept_attachments import previewed
from complaints.models import Alert, Chat
from complaints.verbs.attaching import FILES_MAXIMUM
from complaints.words import PRIORITY, Severity

FOLLOWED_BY_A_PICTURE = (AlertKind.NEW, AlertKind.ESCALATION)
URGENT = PRIORITY[Severity.HIGH]
LAST = PRIORITY[Severity.LOW]
OF_PICTURES = (NoticeSort.PICTURE, NoticeSort.ALBUM)
ALBUM_MAXIMUM = 10  # Bot API: sendMediaGroup


def owe_picture_replies(session: Session, complaint_id: UUID, *, now: datetime) -> int:
    """Owe the first picture to every chat that got an urgent alert about the complaint; return how many are new.

    Called when an alert has arrived and when a picture is drawn, whichever comes last.
    """
    query = select(Alert).where(
        Alert.complaint_id == complaint_id,
        Alert.kind.in_(FOLLOWED_BY_A_PICTURE),
        Alert.state == AlertState.SENT,
        Alert.message_id.is_not(None),
        Alert.priority <= URGENT,
    )
    sent = session.scalars(query).all()
    if not sent or not previewed(session, complaint_id, most=1):
        return 0
    return insert_new(session, [_reply_row(alert, now) for alert in sent])


def owe_albums(session: Session, chat: Chat, update_id: int, complaint_id: UUID, *, now: datetime) -> int:
    """Owe the chat the complaint's pictures, once a press, ten an album; return how many pictures those are."""
    count = len(previewed(session, complaint_id, most=FILES_MAXIMUM))
    for number in range(-(-count // ALBUM_MAXIMUM)):
        key, request_id = f"{update_id}:{number}", f"telegram-{update_id}"
        sort = NoticeSort.ALBUM
        album = owe_notice(
            session, chat, sort, key, text=None, now=now, request_id=request_id, listing=number
        )
        album.complaint_id = complaint_id
    return count


def pictures_for(session: Session, alert: Alert) -> tuple[UUID, ...]:
    """Return the pictures that the notice shows now; none for any other alert."""
    if alert.complaint_id is None or not shows_pictures(alert):
        return ()
    if alert.notice == NoticeSort.PICTURE:
        return previewed(session, alert.complaint_id, most=1)
    skip = ALBUM_MAXIMUM * (alert.listing or 0)
    return previewed(session, alert.complaint_id, most=ALBUM_MAXIMUM, skip=skip)


def shows_pictures(alert: Alert) -> bool:
    """Say whether the alert is a notice that has nothing but pictures."""
    return alert.notice in OF_PICTURES


def replied_to(session: Session, alert: Alert) -> int | None:
    """Return the id of the message that the notice is a reply to."""
    if alert.replies_to_id is None:
        return None
    return session.scalar(select(Alert.message_id).where(Alert.id == alert.replies_to_id))


def _reply_row(alert: Alert, now: datetime) -> Row:
    row = notice_row(alert.chat_id, NoticeSort.PICTURE, str(alert.id), text=None, now=now)
    about = {"complaint_id": alert.complaint_id, "replies_to_id": alert.id, "request_id": alert.request_id}
    return {**row, **about, "priority": LAST}
