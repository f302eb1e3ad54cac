"""Writing rows as the processes before 0003 did, with the columns that they knew."""

import json
import uuid
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from complaints.clock import utcnow
from complaints.db import Database
from tests.conftest import ROOT

CHAT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
OPERATOR, EVA = uuid.UUID(int=3), uuid.UUID(int=4)
COMPOSED, DECOMPOSED = "Zürich West", "Zu\u0308rich\u00a0West"
LISTED = "01a219c8-bda0-757c-8318-8c0002ead96b"
NOTICES = {
    "reply:17": ("reply", None, None),
    "ask:18:RD-7K2M9QXA": ("question", "RD-7K2M9QXA", None),
    "settings:19": ("panel", None, None),
    f"missed:{LISTED}:1": ("missed", None, 1),
    f"missed:{LISTED}:3": ("missed", None, 3),
    "awake:2026-11-26T21:00:00+00:00": ("awake", None, None),
    "unreachable:-100:2026-11-26T21:00": ("chat_lost", None, None),
}
REASONS = {
    "rerouted: Forbidden: bot was blocked by the user": "rerouted",
    "rerouted, what it stood for: the bot was blocked": "rerouted",
    "the chat can't be reached: Forbidden": "unreachable",
    "the chat can't be reached, and nobody else can be told": "unreachable",
    "the chat was muted": "chat_muted",
    "the chat is left": "chat_inactive",
    "stopped by /stop": "chat_stopped",
    "unlinked on the dashboard": "chat_unlinked",
    "this group moved to a chat that is linked already": "chat_moved",
    "the operator's account is closed": "account_closed",
    "the operator may not see this site": "out_of_sight",
    "the operator is no admin any more": "no_admin",
    "the complaint was acknowledged before the alert could be sent": "too_late",
    "the complaint is assigned to somebody else by now": "reassigned",
    "the complaint is gone": "complaint_gone",
    "nothing in it matters any more": "digest_empty",
    "nothing is missing any more": "nothing_missed",
    "the first one did arrive": "arrived",
    "its answer was lost, but somebody pressed its button": "pressed",
    "sent again by hand": "sent_by_hand",
    "the first one is sent again by hand": "sent_by_hand",
    "its message was deleted, and sent anew": "sent_anew",
    "Telegram asked to wait": "on_hold",
    "the group has a new id": "group_moved",
    "Bad Request: chat not found": None,
}
CHAT_REASONS = {
    "unlinked on the dashboard": "unlinked",
    "stopped by /stop": "stopped",
    "this group moved to a chat that is linked already": "moved",
    "the bot was blocked": "blocked",
    "the bot was removed": "removed",
    "Forbidden: bot was kicked": None,
}


def migrate(url: str, revision: str, *, down: bool = False) -> None:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    (command.downgrade if down else command.upgrade)(config, revision)


def times() -> dict[str, Any]:
    return {"created_at": utcnow(), "updated_at": utcnow()}


def put(database: Database, table: str, **values: Any) -> None:
    """Insert as an old process does: with the columns that it knows."""
    plain = {
        name: (value.hex if database.is_sqlite else value) if isinstance(value, uuid.UUID) else value
        for name, value in values.items()
    }
    if database.is_sqlite:
        plain = {name: str(value) if hasattr(value, "tzinfo") else value for name, value in plain.items()}
    places = ", ".join(f":{name}" for name in plain)
    with database.write() as session:
        session.execute(text(f"INSERT INTO {table} ({', '.join(plain)}) VALUES ({places})"), plain)


def add_chat(database: Database, chat: uuid.UUID, **values: Any) -> None:
    place = {"telegram_id": chat.int % 2**31, "thread_id": 0, "type": "private", "title": "A"}
    whose = {"operator_id": OPERATOR, "state": "active", "preferences": "{}"}
    put(database, "chat", **{"id": chat, **place, **whose, **times(), **values})


def add_alert(database: Database, key: str, *, chat: uuid.UUID = CHAT, **values: Any) -> None:
    rank = {"kind": "new", "priority": 1, "state": "sent", "attempts": 1, "created_at": utcnow()}
    moment = {"id": uuid.uuid4(), "chat_id": chat, "dedupe_key": key, "sending_at": utcnow()}
    put(database, "alert", **{**rank, **moment, **values})


def write_as_old_code(database: Database, mark: str = "") -> None:
    """Write a row of every sort; `mark` keeps the keys of two rounds apart."""
    chat = uuid.uuid4()
    add_chat(database, chat)
    for key in NOTICES:
        add_alert(database, key, kind="notice", chat=chat)
    for owed in (chat, OTHER):
        for key in ("", ":repeat", ":anew", ":anew:repeat"):
            add_alert(database, f"new:{mark}{key}", chat=owed)
    add_alert(database, f"escalation:{mark}:1:repeat", chat=OTHER)  # rerouted here without its first
    add_alert(database, f"test:{mark}:repeat-not", kind="test")
    for number, reason in enumerate(REASONS):
        add_alert(database, f"reason:{mark}:{number}", reason=reason, state="skipped")
    for reason in CHAT_REASONS:
        add_chat(database, uuid.uuid4(), state="left", state_reason=reason)


def add_complaint(database: Database, number: int, **values: Any) -> None:
    fixed = {"id": uuid.UUID(int=number), "reference": f"RD-0000000{number}", "description": "Лифт"}
    words = {"category": "noise", "severity": "high", "status": "reported", "version": 1, "extra": "{}"}
    put(database, "complaint", **{**fixed, **words, **times(), **values})


def write_as_typed(database: Database) -> None:
    """Write sites, limits, names and complaints as they were typed before 0008."""
    for name in (COMPOSED, DECOMPOSED, "North", "NORTH", "Cafe\u0301"):
        put(database, "site", name=name, created_at=utcnow())
    for number, site in enumerate((COMPOSED, DECOMPOSED, "NORTH"), start=1):
        add_complaint(database, number, site=site)
    who = {"email": "Jose\u0301@xn--bcher-kva.example.org", "name": "Jose\u0301\nAdmin", "role": "agent"}
    limits = json.dumps([DECOMPOSED, "North"])
    put(database, "operator", id=EVA, active=True, sites=limits, **who, **times())


def look(database: Database, columns: str, table: str = "alert", where: str = "1 = 1") -> list[Any]:
    with database.read() as session:
        query = f"SELECT {columns} FROM {table} WHERE {where}".replace(":", r"\:")
        return [tuple(row) for row in session.execute(text(query))]
