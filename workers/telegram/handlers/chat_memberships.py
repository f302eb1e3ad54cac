"""What happens to the bot in a chat: it is blocked, removed, or the group becomes a supergroup."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alert_words import ChatReason, ChatState
from complaints.alerts.outcome.rerouting import mark_unreachable
from complaints.alerts.state.chat_state import move
from complaints.chats.linking import wake_up
from complaints.models import Chat
from workers.telegram.incoming.effects import Effects
from workers.telegram.incoming.update_shapes import IncomingMessage, Membership

AWAY = ("kicked", "left")
WHY_AWAY = {ChatReason.BLOCKED: "the bot was blocked", ChatReason.REMOVED: "the bot was removed"}


def handle_membership(session: Session, membership: Membership, *, now: datetime) -> Effects:
    """Record that the bot was blocked or thrown out; being let in again wants a new `/start`."""
    if membership.new_chat_member.status not in AWAY:
        return Effects()
    code = ChatReason.BLOCKED if membership.chat.is_private else ChatReason.REMOVED
    for chat in _with_topics(session, membership.chat.id):
        if chat.state != ChatState.LEFT:
            mark_unreachable(session, chat, WHY_AWAY[code], now=now, code=code)
    return Effects(owes_message=True)


def follow_migration(session: Session, message: IncomingMessage, *, now: datetime) -> Effects:
    """Give a group and its topics the id of the supergroup that it became.

    Said twice, in either order. The old group may have said before that the bot was removed from it, or refused an
    alert because it is no more.
    """
    old = message.migrate_from_chat_id or message.chat.id
    new = message.migrate_to_chat_id or message.chat.id
    for chat in _with_topics(session, old):
        move(session, chat, new, now=now)
        if chat.state == ChatState.UNREACHABLE:
            wake_up(session, chat, now=now)
    return Effects(owes_message=True)


def _with_topics(session: Session, telegram_id: int) -> Sequence[Chat]:
    query = select(Chat).where(Chat.telegram_id == telegram_id).order_by(Chat.thread_id)
    return session.scalars(query.with_for_update(of=Chat, key_share=True)).all()
