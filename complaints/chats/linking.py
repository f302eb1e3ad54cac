"""Linking: a token made on the dashboard, said to the bot in a chat, makes the chat an operator's.

| key                         | type   | holds                                            |
| --------------------------- | ------ | ------------------------------------------------ |
| `redress:telegram:username` | string | the bot's name at Telegram, kept by the bot process |
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.accounts.rights import oversees
from complaints.alert_words import ChatState
from complaints.alerts.messages.live_edits import mark_chat_outdated
from complaints.alerts.queue.quiet_hours import release_held
from complaints.alerts.recipients.preferences import Preferences
from complaints.alerts.state.chat_state import find_chat, is_linked
from complaints.errors import Forbidden
from complaints.ids import digest, new_id, new_secret
from complaints.models import Chat, LinkToken, Operator
from complaints.moments import is_ahead, void_after
from complaints.setting_values import is_loopback_url
from complaints.texts.chat_text import as_said

LIFETIME = timedelta(minutes=10)
TOKEN_BYTES = 24  # 32 characters: Telegram takes 64 at most as a start parameter
USERNAME = "redress:telegram:username"
TITLE_LENGTH = 320
PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """A token to show once, what to type, and where a click does it (None until the bot's name is known).

    `group_command` is what to type in a group or topic.
    """

    token: str
    command: str
    group_command: str
    deep_link: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """Where at Telegram a chat is; `thread_id` 0 means the chat itself, not a topic in it."""

    telegram_id: int
    type: str
    title: str
    thread_id: int = 0


def offer_link(
    session: Session, operator: Operator, *, api_url: str, username: str | None, now: datetime
) -> LinkOffer:
    """Make a token that links one chat to the operator within ten minutes."""
    token = new_secret(TOKEN_BYTES)
    expires_at = now + LIFETIME
    session.add(
        LinkToken(
            id=new_id(),
            token_hash=digest(token),
            operator_id=operator.id,
            expires_at=expires_at,
            created_at=now,
        )
    )
    link = _deep_link(api_url, username, token)
    return LinkOffer(token, f"/start {token}", f"/link {token}", link, expires_at)


def link_chat(session: Session, token: str, address: ChatAddress, *, now: datetime) -> Chat | None:
    """Use the token up and make the chat its operator's; None where the token is not good (any more).

    A chat that was linked before keeps its preferences if it stays with the same operator. Raises `Forbidden` for a
    group that alerts another operator, unless an admin takes it over.
    """
    operator = _use_up(session, token, now)
    if operator is None:
        return None
    chat = find_chat(session, address.telegram_id, address.thread_id)
    if chat is not None and address.type != PRIVATE and _is_taken(chat) and not may_manage(operator, chat):
        raise Forbidden(
            f"This chat receives alerts for {as_said(chat.operator.name)}: /stop ends them first."
        )
    if chat is None:
        chat = Chat(id=new_id(), telegram_id=address.telegram_id, thread_id=address.thread_id, created_at=now)
        session.add(chat)
    if chat.operator_id != operator.id:
        chat.operator = operator
        chat.operator_id = operator.id
        chat.preferences = Preferences().model_dump(mode="json")
    chat.type = address.type
    chat.title = address.title[:TITLE_LENGTH]
    wake_up(session, chat, now=now)
    release_held(session, chat, now=now)
    return chat


def wake_up(session: Session, chat: Chat, *, now: datetime) -> None:
    """Let the chat receive alerts (again), and its messages catch up with what happened meanwhile."""
    chat.state = ChatState.ACTIVE
    chat.state_reason, chat.state_code = None, None
    chat.muted_until = None
    chat.held_until, chat.refusals = None, 0
    chat.updated_at = now
    session.flush()
    mark_chat_outdated(session, chat, now=now)


def operator_behind(session: Session, telegram_id: int) -> Operator | None:
    """Return the active operator whose private chat with the bot is linked: who acts when this person presses.

    Who stopped the alerts is still known: only unlinking on the dashboard takes the phone away from somebody.
    """
    chat = find_chat(session, telegram_id)
    if chat is None or chat.type != PRIVATE or not is_linked(chat) or not chat.operator.active:
        return None
    return chat.operator


def may_manage(operator: Operator, chat: Chat) -> bool:
    """Say whether the operator may stop, mute and tune the chat."""
    return oversees(operator, chat.operator)


def _is_taken(chat: Chat) -> bool:
    return chat.state != ChatState.LEFT and chat.operator.active


def bot_username(redis: Redis) -> str | None:
    """Return the bot's name at Telegram, as far as the bot process has told; raises `redis.RedisError`."""
    value = redis.get(USERNAME)
    return value.decode() if isinstance(value, bytes) else None


def _use_up(session: Session, token: str, now: datetime) -> Operator | None:
    """Of two that use a token at once, only one gets the row back."""
    query = update(LinkToken).where(
        LinkToken.token_hash == digest(token),
        LinkToken.used_at.is_(None),
        is_ahead(LinkToken.expires_at, now, void_after(now, LIFETIME)),
    )
    operator_id = session.scalar(query.values(used_at=now).returning(LinkToken.operator_id))
    if operator_id is None:
        return None
    return session.scalar(select(Operator).where(Operator.id == operator_id, Operator.active))


def _deep_link(api_url: str, username: str | None, token: str) -> str | None:
    """Telegram's own link, or, where the Bot API is the sandbox on this machine, its phone."""
    if is_loopback_url(api_url):
        return f"{api_url}/?start={token}"
    return None if username is None else f"https://t.me/{username}?start={token}"
