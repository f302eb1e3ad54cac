"""How processes before 0003 spelt in keys and sentences what is columns now: read once there, and by its triggers.

The expressions are of the SQL that both engines share.
"""

NOTICES = {
    "reply": "reply:%",
    "question": "ask:%",
    "panel": "settings:%",
    "missed": "missed:%",
    "awake": "awake:%",
    "chat_lost": "unreachable:%",
}
REASONS = {
    "rerouted": ("rerouted%",),
    "unreachable": ("the chat can''t be reached%",),
    "chat_muted": ("the chat was muted",),
    "chat_stopped": ("stopped by /stop",),
    "chat_unlinked": ("unlinked on the dashboard",),
    "chat_moved": ("this group moved to a chat that is linked already",),
    "chat_inactive": ("the chat is %",),
    "account_closed": ("the operator''s account is closed",),
    "out_of_sight": ("the operator may not see this site",),
    "no_admin": ("the operator is no admin any more",),
    "too_late": ("the complaint was % before the alert could be sent",),
    "reassigned": ("the complaint is assigned to somebody else by now",),
    "complaint_gone": ("the complaint is gone",),
    "digest_empty": ("nothing in it matters any more",),
    "nothing_missed": ("nothing is missing any more",),
    "arrived": ("the first one did arrive",),
    "pressed": ("its answer was lost, but somebody pressed its button",),
    "sent_by_hand": ("sent again by hand", "the first one is sent again by hand"),
    "sent_anew": ("its message was deleted, and sent anew",),
    "on_hold": ("Telegram asked to wait",),
    "group_moved": ("the group has a new id",),
}
CHAT_REASONS = {
    "stopped": ("stopped by /stop",),
    "unlinked": ("unlinked on the dashboard",),
    "moved": ("this group moved to a chat that is linked already",),
    "blocked": ("the bot was blocked",),
    "removed": ("the bot was removed",),
}
SUFFIXES = {"repeats_id": ":repeat", "replaces_id": ":anew"}
LENGTH_OF_REFERENCE = len("RD-00000000")
PLACE_OF_LISTING = len("missed:") + len("00000000-0000-7000-8000-000000000000") + len(":") + 1


def columns(table: str, row: str) -> dict[str, str]:
    """Return an expression for each new column; `row` is what to call the row in it."""
    if table == "chat":
        return {"state_code": _code(CHAT_REASONS, f"{row}.state_reason")}
    key, is_notice = f"{row}.dedupe_key", f"{row}.kind = 'notice'"
    return {
        "notice": _notice(key, is_notice),
        "asks_about": f"CASE WHEN {is_notice} AND {key} LIKE 'ask:%'"
        f" THEN substr({key}, length({key}) - {LENGTH_OF_REFERENCE - 1}) END",
        "listing": f"CASE WHEN {is_notice} AND {key} LIKE 'missed:%'"
        f" THEN CAST(substr({key}, {PLACE_OF_LISTING}) AS INTEGER) END",
        **{column: _first(row, suffix) for column, suffix in SUFFIXES.items()},
        "reason_code": _code(REASONS, f"{row}.reason"),
    }


def plain(statement: str) -> str:
    """Return the statement as SQLAlchemy's text that has no parameters."""
    return statement.replace(":", r"\:")


def fill(table: str) -> str:
    """Return the statement that fills the rows which have something to fill; more conditions may follow."""
    said = "state_reason" if table == "chat" else "reason"
    values = ", ".join(
        f"{column} = coalesce({table}.{column}, {value})" for column, value in columns(table, table).items()
    )
    has_key = "" if table == "chat" else f" OR {_speaks('alert')}"
    return f"UPDATE {table} SET {values} WHERE ({table}.{said} IS NOT NULL{has_key})"


def triggers(*, sqlite: bool) -> list[str]:
    """Return the statements that make the triggers."""
    return [
        statement
        for table, said, code in (("alert", "reason", "reason_code"), ("chat", "state_reason", "state_code"))
        for statement in (_on_sqlite if sqlite else _on_postgresql)(table, said, code)
    ]


def dropped_triggers(*, sqlite: bool) -> list[str]:
    """Return the statements that take the triggers away."""
    found = []
    for name, table in (
        (f"{table}_{event}", table) for table in ("alert", "chat") for event in ("insert", "update")
    ):
        found += [f"DROP TRIGGER {name}_of_old_processes{'' if sqlite else f' ON {table}'}"]
        found += [] if sqlite else [f"DROP FUNCTION {name}_of_old_processes()"]
    return found


def _on_sqlite(table: str, said: str, code: str) -> list[str]:
    values = columns(table, table)
    filled = ", ".join(f"{column} = coalesce({table}.{column}, {value})" for column, value in values.items())
    return [
        f"CREATE TRIGGER {table}_insert_of_old_processes AFTER INSERT ON {table} WHEN {_wants(table, said, code)}"
        f" BEGIN UPDATE {table} SET {filled} WHERE id = NEW.id; END",
        f"CREATE TRIGGER {table}_update_of_old_processes AFTER UPDATE OF {said} ON {table}"
        f" WHEN NEW.{said} IS NOT OLD.{said} AND NEW.{code} IS OLD.{code}"
        f" BEGIN UPDATE {table} SET {code} = {values[code]} WHERE id = NEW.id; END",
    ]


def _on_postgresql(table: str, said: str, code: str) -> list[str]:
    values = columns(table, "NEW")
    filled = " ".join(f"NEW.{column} := coalesce(NEW.{column}, {value});" for column, value in values.items())
    return [
        _function(f"{table}_insert_of_old_processes", filled),
        _function(f"{table}_update_of_old_processes", f"NEW.{code} := {values[code]};"),
        f"CREATE TRIGGER {table}_insert_of_old_processes BEFORE INSERT ON {table} FOR EACH ROW"
        f" WHEN ({_wants(table, said, code)}) EXECUTE FUNCTION {table}_insert_of_old_processes()",
        f"CREATE TRIGGER {table}_update_of_old_processes BEFORE UPDATE OF {said} ON {table} FOR EACH ROW"
        f" WHEN (NEW.{said} IS DISTINCT FROM OLD.{said} AND NEW.{code} IS NOT DISTINCT FROM OLD.{code})"
        f" EXECUTE FUNCTION {table}_update_of_old_processes()",
    ]


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$"


def _wants(table: str, said: str, code: str) -> str:
    """Return the condition that an inserted row may have something to fill: most have not."""
    unsaid = f"(NEW.{said} IS NOT NULL AND NEW.{code} IS NULL)"
    return unsaid if table == "chat" else f"{unsaid} OR {_speaks('NEW')}"


def _speaks(row: str) -> str:
    copies = " OR ".join(
        f"({row}.{column} IS NULL AND {row}.dedupe_key LIKE '%{suffix}')"
        for column, suffix in SUFFIXES.items()
    )
    return f"({row}.kind = 'notice' AND {row}.notice IS NULL) OR {copies}"


def _notice(key: str, is_notice: str) -> str:
    found = " ".join(f"WHEN {key} LIKE '{start}' THEN '{notice}'" for notice, start in NOTICES.items())
    return f"CASE WHEN NOT ({is_notice}) THEN NULL {found} END"


def _code(reasons: dict[str, tuple[str, ...]], said: str) -> str:
    found = " ".join(
        f"WHEN {said} LIKE '{sentence}' THEN '{code}'" for code, like in reasons.items() for sentence in like
    )
    return f"CASE {found} END"


def _first(row: str, suffix: str) -> str:
    stem = f"substr({row}.dedupe_key, 1, length({row}.dedupe_key) - {len(suffix)})"
    return (
        f"CASE WHEN {row}.dedupe_key LIKE '%{suffix}' THEN (SELECT original.id FROM alert AS original"
        f" WHERE original.chat_id = {row}.chat_id AND original.dedupe_key = {stem}) END"
    )
