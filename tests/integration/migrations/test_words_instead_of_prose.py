"""Migrations 0003 and 0004: what old processes wrote, and go on writing meanwhile, is understood."""

import re

import pytest
from sqlalchemy import inspect, text

from complaints.db import Database
from complaints.models import Base
from tests.integration.migrations.old_code import (
    CHAT,
    CHAT_REASONS,
    NOTICES,
    REASONS,
    add_alert,
    look,
    migrate,
    write_as_old_code,
)


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
