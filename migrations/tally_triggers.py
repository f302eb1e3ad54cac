"""Triggers that note every change of a complaint for the tallies, whoever makes it, in its own transaction.

An entry is added, and no sum written to: nobody waits for anybody. What only says when to remind is not looked at.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

NAME = "complaint_is_tallied"
PLAIN = ("status", "severity", "category", "site", "source", "api_client_id", "assignee_id")
LOOKED_AT = (
    *PLAIN,
    "acknowledged_at",
    "resolved_at",
    "ack_due_at",
    "resolve_due_at",
    "created_at",
    "updated_at",
)
DATED = (
    "({row}.status IN ('reported', 'acknowledged', 'in_progress', 'on_hold') AND ({row}.resolve_due_at IS NOT NULL"
    " OR ({row}.acknowledged_at IS NULL AND {row}.ack_due_at IS NOT NULL)))"
)
DAY = {
    "sqlite": "substr({row}.{moment}, 1, 10)",
    "postgresql": "CAST(date({row}.{moment} AT TIME ZONE 'UTC') AS text)",
}
TOOK = {
    "sqlite": "max(0, CAST(round((julianday({row}.{end}) - julianday({row}.created_at)) * 86400000.0) AS INTEGER))",
    "postgresql": "CASE WHEN {row}.{end} IS NOT NULL THEN greatest(0,"
    " CAST(round(EXTRACT(EPOCH FROM ({row}.{end} - {row}.created_at)) * 1000) AS bigint)) END",
}


def make() -> None:
    """Make the triggers."""
    engine = op.get_bind().dialect.name
    for statement in _on_sqlite() if engine == "sqlite" else _on_postgresql():
        op.execute(sa.text(statement.replace(":", r"\:")))


def drop() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {NAME}_{event}")
        return
    for event in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER {NAME}_{event} ON complaint")
    op.execute(f"DROP FUNCTION {NAME}()")


def _on_sqlite() -> Iterator[str]:
    came, went = (_entry("sqlite", row, amount) for row, amount in (("NEW", 1), ("OLD", -1)))
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in LOOKED_AT)
    yield f"CREATE TRIGGER {NAME}_insert AFTER INSERT ON complaint BEGIN {came}; END"
    yield f"CREATE TRIGGER {NAME}_delete AFTER DELETE ON complaint BEGIN {went}; END"
    yield (
        f"CREATE TRIGGER {NAME}_update AFTER UPDATE OF {', '.join(LOOKED_AT)} ON complaint WHEN {changed}"
        f" BEGIN {went}; {came}; END"
    )


def _on_postgresql() -> Iterator[str]:
    came, went = (_entry("postgresql", row, amount) for row, amount in (("NEW", 1), ("OLD", -1)))
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in LOOKED_AT)
    yield (
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {went}; END IF; IF TG_OP <> 'DELETE' THEN {came}; END IF; RETURN NULL; END $$"
    )
    made = "ON complaint FOR EACH ROW {} EXECUTE FUNCTION " + f"{NAME}()"
    yield f"CREATE TRIGGER {NAME}_insert AFTER INSERT {made.format('')}"
    yield f"CREATE TRIGGER {NAME}_delete AFTER DELETE {made.format('')}"
    yield (
        f"CREATE TRIGGER {NAME}_update AFTER UPDATE OF {', '.join(LOOKED_AT)} {made.format(f'WHEN ({changed})')}"
    )


def _entry(engine: str, row: str, amount: int) -> str:
    values = {
        "amount": str(amount),
        **{name: f"{row}.{name}" for name in PLAIN},
        "is_acknowledged": f"{row}.acknowledged_at IS NOT NULL",
        "is_dated": DATED.format(row=row),
        **{
            f"{name}_day": DAY[engine].format(row=row, moment=f"{name}_at")
            for name in ("created", "updated", "resolved")
        },
        "acknowledge_ms": TOOK[engine].format(row=row, end="acknowledged_at"),
        "resolve_ms": TOOK[engine].format(row=row, end="resolved_at"),
    }
    names, said = ", ".join(values), ", ".join(values.values())
    return f"INSERT INTO tally_entry ({names}) VALUES ({said})"  # noqa: S608 - of constants alone
