"""Many people and groups at once, linked in the tables: a token for each would take longer than the test."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from sqlalchemy import update
from sqlalchemy.orm import Session

from complaints.alert_words import ChatReason, ChatState
from complaints.alerts.recipients.preferences import Preferences
from complaints.clock import utcnow
from complaints.db import Database
from complaints.ids import new_id
from complaints.models import Chat, Operator


@contextmanager
def crowd(database: Database, phone: httpx.Client, *, people: int, groups: int = 0) -> Iterator[list[int]]:
    """Give Telegram's ids of chats that are linked while the block runs, groups last."""
    private = [_add_person(phone, place) for place in range(people)]
    shared = [_add_group(phone, place, private[0]) for place in range(groups)]
    chats = [*private, *shared]
    with database.write() as session:
        for telegram_id in chats:
            _link(session, telegram_id)
    try:
        yield chats
    finally:
        unlinked = update(Chat).where(Chat.telegram_id.in_(chats))
        with database.write() as session:
            session.execute(unlinked.values(state=ChatState.LEFT, state_code=ChatReason.UNLINKED))


def _add_person(phone: httpx.Client, place: int) -> int:
    answer = phone.post("/users", json={"first_name": f"Person {place}", "started": True})
    return int(answer.raise_for_status().json()["id"])


def _add_group(phone: httpx.Client, place: int, founder: int) -> int:
    answer = phone.post("/chats", json={"title": f"Group {place}", "members": [founder]})
    return int(answer.raise_for_status().json()["id"])


def _link(session: Session, telegram_id: int) -> None:
    now = utcnow()
    title = f"Chat {telegram_id}"
    operator = Operator(
        id=new_id(),
        email=f"{new_id()}@example.org",
        name=title,
        role="agent",
        sites=None,
        password_hash=None,
        active=True,
        created_at=now,
        updated_at=now,
    )
    session.add(operator)
    session.flush()
    chat = Chat(
        id=new_id(),
        telegram_id=telegram_id,
        thread_id=0,
        type="private" if telegram_id > 0 else "group",
        title=title,
        operator_id=operator.id,
        state=ChatState.ACTIVE,
        preferences=Preferences().model_dump(mode="json"),
        created_at=now,
        updated_at=now,
    )
    session.add(chat)
