"""Migrations 0003 and 0004: what old processes wrote, and go on writing meanwhile, is understood."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Base
from tests.conftest import ROOT, postgres_url

CHAT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
OPERATOR = uuid.UUID(int=3)
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


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the tables of 0002, an operator and two chats."""
    if request.param == "sqlite":
        url, server, name = f"sqlite:///{tmp_path}/old.db", None, ""
    else:
        server, name = request.getfixturevalue("postgres_server"), f"old_{uuid.uuid4().hex}"
        _run(server.get_uri(), f"CREATE DATABASE {name}")
        url = postgres_url(server, name)
    migrate(url, "0002")
    database = Database(url)
    _put(database, "operator", id=OPERATOR, email="a@b.c", name="A", role="agent", active=True, **_times())
    for chat in (CHAT, OTHER):
        add_chat(database, chat)
    yield database
    database.close()
    if server is not None:
        _run(server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")


def _run(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)


def migrate(url: str, revision: str, *, down: bool = False) -> None:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    (command.downgrade if down else command.upgrade)(config, revision)


def _times() -> dict[str, Any]:
    return {"created_at": utcnow(), "updated_at": utcnow()}


def _put(database: Database, table: str, **values: Any) -> None:
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
    _put(database, "chat", **{"id": chat, **place, **whose, **_times(), **values})


def add_alert(database: Database, key: str, *, chat: uuid.UUID = CHAT, **values: Any) -> None:
    rank = {"kind": "new", "priority": 1, "state": "sent", "attempts": 1, "created_at": utcnow()}
    moment = {"id": uuid.uuid4(), "chat_id": chat, "dedupe_key": key, "sending_at": utcnow()}
    _put(database, "alert", **{**rank, **moment, **values})


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


def look(database: Database, columns: str, table: str = "alert", where: str = "1 = 1") -> list[Any]:
    with database.read() as session:
        query = f"SELECT {columns} FROM {table} WHERE {where}".replace(":", r"\:")
        return [tuple(row) for row in session.execute(text(query))]


def check(database: Database) -> None:
    notices = look(database, "dedupe_key, notice, asks_about, listing", where="kind = 'notice'")
    assert notices
    assert all(NOTICES[key] == tuple(said) for key, *said in notices)
    assert {notice for (notice,) in look(database, "notice", where="kind <> 'notice'")} == {None}
    pairs = look(
        database,
        "copy.dedupe_key, first.dedupe_key, copy.chat_id, first.chat_id",
        "alert AS copy JOIN alert AS first ON first.id = coalesce(copy.repeats_id, copy.replaces_id)",
    )
    assert pairs
    assert all(copy in (f"{first}:repeat", f"{first}:anew") for copy, first, _, _ in pairs)
    assert all(chat == first_chat for _, _, chat, first_chat in pairs)
    copies = look(database, "count(*)", where="dedupe_key LIKE 'new:%' AND dedupe_key LIKE '%:%:%'")
    assert len(pairs) == copies[0][0]
    assert look(database, "1", where="repeats_id IS NOT NULL AND dedupe_key NOT LIKE '%:repeat'") == []
    assert look(database, "1", where="replaces_id IS NOT NULL AND dedupe_key NOT LIKE '%:anew'") == []
    reasons = look(database, "reason, reason_code", where="reason IS NOT NULL")
    assert dict(reasons) == REASONS
    chats = look(database, "state_reason, state_code", "chat", "state_reason IS NOT NULL")
    assert dict(chats) == CHAT_REASONS


def test_old_rows_are_taken_along(old: Database) -> None:
    write_as_old_code(old)
    migrate(old.url, "head")
    check(old)


def test_what_old_processes_write_afterwards_is_understood(old: Database) -> None:
    # Given
    write_as_old_code(old)
    migrate(old.url, "head")
    # When
    write_as_old_code(old, "later")
    # Then
    check(old)


def test_a_change_by_an_old_process_takes_its_code_along(old: Database) -> None:
    # Given an alert whose code a new process wrote
    migrate(old.url, "head")
    add_alert(old, "new:1", state="skipped", reason="the chat was muted", reason_code="chat_muted")
    for reason, code in [*REASONS.items(), (None, None)]:
        # When an old process says something else of it
        with old.write() as session:
            session.execute(text("UPDATE alert SET reason = :reason"), {"reason": reason})
        # Then
        assert look(old, "reason_code") == [(code,)]


def test_a_code_that_a_new_process_says_stays(old: Database) -> None:
    migrate(old.url, "head")
    add_alert(old, "new:1", state="skipped", reason="in other words", reason_code="rerouted")
    with old.write() as session:
        session.execute(text("UPDATE alert SET reason = 'again other', reason_code = 'too_late'"))
    assert look(old, "reason_code") == [("too_late",)]


def test_many_rows_are_taken_along_in_batches(old: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch is a constant of the migration: with more rows than one, each is filled all the same."""
    with old.write() as session:
        series = (
            "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 5300)"
            " SELECT n FROM series"
        )
        made = "printf('%032x', n)" if old.is_sqlite else "lpad(to_hex(n), 32, '0')::uuid"
        whose = f"'{CHAT.hex}'" if old.is_sqlite else f"'{CHAT}'::uuid"
        moment = "'2026-11-26 21:00:00'" if old.is_sqlite else "now()"
        session.execute(
            text(
                "INSERT INTO alert (id, chat_id, kind, dedupe_key, priority, state, attempts, created_at)"
                f" SELECT {made}, {whose}, 'notice', 'reply\\:' || n, 1, 'sent', 1, {moment}"
                f" FROM ({series}) AS numbers".replace("::uuid", r"\:\:uuid")
            )
        )
    migrate(old.url, "head")
    assert look(old, "notice, count(*)", where="1 = 1 GROUP BY notice") == [("reply", 5300)]


def test_it_can_be_undone_and_done_again(old: Database) -> None:
    # Given
    write_as_old_code(old)
    before = sorted(map(tuple, look(old, "dedupe_key, state, reason, kind")), key=str)
    migrate(old.url, "head")
    # When
    old.engine.dispose()
    migrate(old.url, "0002", down=True)
    # Then
    assert sorted(map(tuple, look(old, "dedupe_key, state, reason, kind")), key=str) == before
    write_as_old_code(old, "again")
    migrate(old.url, "head")
    check(old)


def test_the_tables_refuse_what_the_models_refuse(old: Database) -> None:
    """Alembic's own check does not look at these constraints."""
    migrate(old.url, "head")
    inspector = inspect(old.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {
            str(one.name): set(re.findall(r"'(\w+)'", str(one.sqltext)))
            for one in table.constraints
            if hasattr(one, "sqltext")
        }
        found = {
            str(one["name"]): set(re.findall(r"'(\w+)'", one["sqltext"]))
            for one in inspector.get_check_constraints(table.name)
        }
        assert found == wanted, table.name
