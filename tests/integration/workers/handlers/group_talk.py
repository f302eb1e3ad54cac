"""Talking in groups: tokens to say there, and what the bot answered."""

from complaints.chats.linking import offer_link
from complaints.clock import utcnow


def offer(database, operator) -> str:
    with database.write() as session:
        return offer_link(session, operator, api_url="https://x", username=None, now=utcnow()).token


def texts(telegram, chat_id) -> list[str]:
    return [message["text"] for message in telegram.messages(chat_id) if "text" in message]


def last(telegram, chat_id) -> str:
    return texts(telegram, chat_id)[-1]
