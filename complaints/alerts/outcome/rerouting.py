"""Rerouting: what a chat that can't be reached was owed goes to the fallback chats, each alert once a chat.

Reroutings wait for each other: two chats of one operator that are lost at the same moment would else each take the
other for the one that is told. A chat's row is locked before that lock is taken, never after it.
What others owe the chat meanwhile is left to the sweep.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy import Row as Found
from sqlalchemy.orm import Session

from complaints.alert_words import REASON_LENGTH, AlertState, ChatReason, ChatState, Reason, ReasonCode
from complaints.alerts import kinds
from complaints.alerts.kinds import WhenLost
from complaints.alerts.messages.repeats import copy_row, first_key
from complaints.alerts.outcome.fallback_chats import owe_copies, tell_fallback_chats
from complaints.alerts.recipients.recipients import Recipients, is_held, read_recipients
from complaints.alerts.recipients.relevance import ACCOUNT_CLOSED, complaint_objects, facts_of
from complaints.alerts.state.alert_state import Row, end
from complaints.alerts.state.chat_state import settle_pending
from complaints.db import Database
from complaints.models import Alert, Chat, Complaint
from complaints.words import CRITICAL

log = structlog.get_logger()

ADVISORY_LOCK = 0x5265_726F_7574_65
CHATS_AT_ONCE = 10
ROWS_AT_ONCE = 500


def mark_unreachable(
    session: Session, chat: Chat, reason: str, *, now: datetime, code: ChatReason | None = None
) -> int:
    """Record that the chat can't be written to, and reroute what it was owed; return how much that was.

    What nobody stands in for fails, visibly. Said again, this reroutes only what is owed by then and tells nobody a
    second time. `code` is for what the code itself knows. Who has left stays so: a chat that was unlinked must not
    come back by another reason.
    """
    session.flush()
    session.refresh(chat, with_for_update={"of": Chat, "key_share": True})
    log.warning("chat_unreachable", chat=str(chat.id), reason=reason)
    failure = _out_of_reach(reason)
    if chat.state == ChatState.LEFT:
        return settle_pending(session, chat, AlertState.FAILED, failure)
    rerouted = _lose(session, chat, reason, code, now)
    return rerouted + settle_pending(
        session, chat, AlertState.FAILED, failure, kinds=kinds.lost(WhenLost.FAILS)
    )


def reroute_stranded_once(db: Database) -> int:
    """Reroute what unreachable chats are owed all the same; return how much that was.

    It was more than one transaction should hold; or who made it had read the chats before one was lost and
    committed after; or it was sent again by hand.
    """
    now = db.now()
    pending = and_(
        Alert.chat_id == Chat.id, Alert.state == AlertState.PENDING, Alert.next_attempt_at.is_not(None)
    )
    owed = select(Alert.id).where(pending, Alert.kind.not_in(kinds.lost(WhenLost.FAILS))).correlate(Chat)
    query = select(Chat).where(Chat.state == ChatState.UNREACHABLE, owed.exists()).order_by(Chat.id)
    locked = query.limit(CHATS_AT_ONCE).with_for_update(of=Chat, skip_locked=True, key_share=True)
    with db.write() as session:
        chats = session.scalars(locked).all()
        recipients = _recipients_after_others(session, now) if chats else Recipients(())
        return sum(_reroute(session, chat, recipients, now) for chat in chats)


def reroute_held_once(db: Database) -> int:
    """Tell critical alerts elsewhere whose chat Telegram makes wait for minutes; return how many.

    Where nobody stands in for the chat that could be told sooner, its alert waits with it.
    """
    now = db.now()
    owed = select(Alert.id).where(Alert.chat_id == Chat.id, *_waiting_criticals()).correlate(Chat)
    query = select(Chat).where(Chat.state == ChatState.ACTIVE, is_held(now), owed.exists()).order_by(Chat.id)
    locked = query.limit(CHATS_AT_ONCE).with_for_update(of=Chat, skip_locked=True, key_share=True)
    with db.write() as session:
        chats = session.scalars(locked).all()
        recipients = _recipients_after_others(session, now) if chats else Recipients(())
        return sum(_reroute_criticals(session, chat, recipients, now) for chat in chats)


def _waiting_criticals() -> tuple[ColumnElement[bool], ...]:
    elsewhere = Alert.kind.in_(kinds.lost(WhenLost.GOES_ELSEWHERE))
    return Alert.state == AlertState.PENDING, Alert.priority == CRITICAL, elsewhere


def _reroute_criticals(session: Session, chat: Chat, recipients: Recipients, now: datetime) -> int:
    query = select(Alert, Complaint).join(Complaint, Complaint.id == Alert.complaint_id)
    query = query.where(Alert.chat_id == chat.id, *_waiting_criticals()).order_by(Alert.id)
    locked = query.limit(ROWS_AT_ONCE).with_for_update(of=Alert)
    reason, copies, ended = f"Telegram makes this chat wait until {chat.held_until:%H:%M:%S} UTC", [], 0
    for alert, complaint in session.execute(locked.execution_options(populate_existing=True)).all():
        origin = session.get_one(Chat, alert.rerouted_from or alert.chat_id)
        if recipients.free_fallback_chats(origin.operator_id, complaint.site):
            copies += _settle(session, alert, complaint, recipients, reason, now)
            ended += 1
    session.flush()
    owe_copies(session, copies, now=now)
    return ended


def _lose(session: Session, chat: Chat, reason: str, code: ChatReason | None, now: datetime) -> int:
    was_reachable = chat.state != ChatState.UNREACHABLE
    chat.state, chat.updated_at = ChatState.UNREACHABLE, now
    chat.state_reason, chat.state_code = reason[:REASON_LENGTH], code
    session.flush()
    recipients = _recipients_after_others(session, now)
    if was_reachable:
        tell_fallback_chats(session, chat, recipients, reason=reason, now=now)
    return _reroute(session, chat, recipients, now)


def _recipients_after_others(session: Session, now: datetime) -> Recipients:
    """Wait for other reroutings to commit, and read who can be reached now."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    return read_recipients(session, now=now)


def _reroute(session: Session, chat: Chat, recipients: Recipients, now: datetime) -> int:
    """A digest ends when all that it stands for has been rerouted."""
    copies: list[Row] = []
    owed = _owed(session, chat)
    digests = _digests(session, chat) if len(owed) < ROWS_AT_ONCE else ()
    for alert, complaint in owed:
        copies += _settle(session, alert, complaint, recipients, chat.state_reason or "", now)
    for digest in digests:
        _end(digest, AlertState.SKIPPED, _rerouted(f", what it stood for: {chat.state_reason}"))
    session.flush()
    owe_copies(session, copies, now=now)
    return len(owed) + len(digests)


def _owed(session: Session, chat: Chat) -> Sequence[Found[Alert, Complaint]]:
    """Return what the chat is owed about complaints, be it on its own or in a digest that has not gone."""
    ending = Alert.kind.in_(kinds.lost(WhenLost.ENDS_WITH_ITS_ALERTS))
    waiting = select(Alert.id).where(Alert.chat_id == chat.id, ending, Alert.state == AlertState.PENDING)
    merged = and_(Alert.state == AlertState.MERGED, Alert.digest_id.in_(waiting))
    query = select(Alert, Complaint).join(Complaint, Complaint.id == Alert.complaint_id)
    query = query.where(
        Alert.chat_id == chat.id,
        Alert.kind.not_in([*kinds.lost(WhenLost.FAILS), *kinds.lost(WhenLost.ENDS_WITH_ITS_ALERTS)]),
        or_(Alert.state == AlertState.PENDING, merged),
    )
    locked = query.order_by(Alert.id).limit(ROWS_AT_ONCE).with_for_update(of=Alert)
    return session.execute(locked.execution_options(populate_existing=True)).all()


def _digests(session: Session, chat: Chat) -> Sequence[Alert]:
    ending = Alert.kind.in_(kinds.lost(WhenLost.ENDS_WITH_ITS_ALERTS))
    query = select(Alert).where(Alert.chat_id == chat.id, ending, Alert.state == AlertState.PENDING)
    return session.scalars(query.with_for_update(of=Alert)).all()


def _settle(
    session: Session, alert: Alert, complaint: Complaint, recipients: Recipients, reason: str, now: datetime
) -> list[Row]:
    """End the alert here, and return its copies for the fallback chats: those of whose alert it first was."""
    origin = session.get_one(Chat, alert.rerouted_from or alert.chat_id)
    objection = _objection(alert, complaint, origin)
    if objection is not None:
        _end(alert, AlertState.SKIPPED, objection)
        return []
    fallback_chats = recipients.fallback_chats(origin.operator_id, complaint.site)
    if not fallback_chats:
        _end(alert, AlertState.FAILED, _out_of_reach(reason))
        return []
    _end(alert, AlertState.SKIPPED, _rerouted(f": {reason}"))
    return [_copy(session, alert, candidate.chat_id, origin, now) for candidate in fallback_chats]


def _objection(alert: Alert, complaint: Complaint, origin: Chat) -> Reason | None:
    if not origin.operator.active:
        return ACCOUNT_CLOSED
    return complaint_objects(facts_of(alert.kind, complaint, origin.operator_id), origin)


def _end(alert: Alert, state: AlertState, reason: Reason) -> None:
    """What ends here belongs to no digest any more."""
    end(alert, state, reason)
    alert.digest_id = None


def _copy(session: Session, alert: Alert, chat_id: UUID, origin: Chat, now: datetime) -> Row:
    """A fallback chat has seen neither the alert that may have arrived nor the message that was deleted."""
    row = copy_row(alert, first_key(session, alert), now=now)
    return {**row, "chat_id": chat_id, "rerouted_from": origin.id, "created_at": alert.created_at}


def _out_of_reach(reason: str) -> Reason:
    return Reason(f"the chat can't be reached: {reason}", ReasonCode.UNREACHABLE)


def _rerouted(more: str) -> Reason:
    return Reason(f"rerouted{more}", ReasonCode.REROUTED)
