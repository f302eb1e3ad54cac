"""Finding the alert behind a message at Telegram."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.models import Alert, Chat


def find_message(session: Session, telegram_id: int, message_id: int) -> Alert | None:
    """Return the alert that was sent as this message; ids of messages run per chat, all its topics together.

    The newest of them: a group that became a supergroup begins to count anew.
    """
    query = select(Alert).join(Chat, Chat.id == Alert.chat_id)
    query = query.where(Chat.telegram_id == telegram_id, Alert.message_id == message_id)
    return session.scalar(query.order_by(Alert.id.desc()).limit(1))
