"""Whom Telegram makes wait for longer than a minute, as the limiter's keys and the chats' rows say it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.models import Chat
from complaints.moments import is_ahead, void_after
from complaints.telegram.limiter import LONGEST_HOLD_SECONDS, MICROSECONDS, PREFIX

HOLDS = f"{PREFIX}hold:"
OF_CHAT = "chat:"
SHORT = timedelta(minutes=1)
LONGEST = timedelta(seconds=LONGEST_HOLD_SECONDS)
SCANNED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class LongHold:
    """Until when who must wait: one of our chats, or (None) everybody, or a chat that is not linked."""

    chat_id: UUID | None
    until: datetime


def limiter_holds(redis: Redis) -> dict[str, datetime]:
    """Return until when each `chat:{telegram id}`, or `all`, is held for over a minute. Raises redis' errors."""
    seconds, microseconds = cast(Any, redis.time())
    now = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)
    keys = list(redis.scan_iter(match=f"{HOLDS}*", count=SCANNED_AT_ONCE))
    values = redis.mget(keys) if keys else []
    held = {
        (key if isinstance(key, str) else key.decode()).removeprefix(HOLDS): datetime.fromtimestamp(
            float(value) / MICROSECONDS, UTC
        )
        for key, value in zip(keys, values, strict=True)
        if value is not None
    }
    return {who: until for who, until in held.items() if now + SHORT < until <= void_after(now, LONGEST)}


def long_holds(session: Session, limited: dict[str, datetime], *, now: datetime) -> list[LongHold]:
    """Return who is held for over a minute, by the limiter or by a chat's own row; the longest first."""
    numbers = {int(who.removeprefix(OF_CHAT)): until for who, until in limited.items() if _is_chat(who)}
    in_rows = is_ahead(Chat.held_until, now + SHORT, void_after(now, LONGEST))
    rows = session.execute(
        select(Chat.id, Chat.telegram_id, Chat.held_until).where(in_rows | Chat.telegram_id.in_(numbers))
    ).all()
    known = {row.telegram_id for row in rows}
    holds = [
        LongHold(row.id, max(filter(None, (row.held_until, numbers.get(row.telegram_id))))) for row in rows
    ]
    holds += [
        LongHold(None, until)
        for who, until in limited.items()
        if not _is_chat(who) or int(who.removeprefix(OF_CHAT)) not in known
    ]
    return sorted(holds, key=lambda hold: hold.until, reverse=True)


def _is_chat(who: str) -> bool:
    return who.removeprefix(OF_CHAT).removeprefix("-").isdecimal()
