"""Alerts' reasons, notices and copies are columns, and the words of closed lists are constrained

Old processes go on writing rows while these tables stand: what they don't say, triggers read out of the key and the
reason. A later migration drops the triggers, with `alert.sending_at`, which nobody reads any more.

Nothing here looks at a row on PostgreSQL, so that no lock is held for long: 0004 fills the columns and validates.
"""

import sqlalchemy as sa
from alembic import op

from migrations import spelling

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHECKS = {
    ("alert", "kind"): "new assignment status reminder escalation digest notice test",
    ("alert", "state"): "pending sending sent merged skipped unknown failed",
    ("alert", "notice"): "reply question panel missed awake chat_lost",
    (
        "alert",
        "reason_code",
    ): "rerouted unreachable chat_muted chat_stopped chat_unlinked chat_moved chat_inactive "
    "account_closed out_of_sight no_admin too_late reassigned complaint_gone digest_empty nothing_missed arrived "
    "pressed sent_by_hand sent_anew on_hold group_moved",
    (
        "alert_attempt",
        "outcome",
    ): "sent hold moved unreachable not_sent unknown unparsable gone token_refused "
    "polled_elsewhere failed edit_lost edit_refused",
    ("chat", "state"): "active muted unreachable left",
    ("chat", "state_code"): "stopped unlinked moved blocked removed",
}
COPIES = ("repeats_id", "replaces_id")
COLUMNS = {
    "alert": {
        "repeats_id": sa.Uuid(),
        "replaces_id": sa.Uuid(),
        "notice": sa.String(length=40),
        "asks_about": sa.String(length=40),
        "listing": sa.Integer(),
        "reason_code": sa.String(length=40),
    },
    "chat": {"state_code": sa.String(length=40)},
}


def upgrade() -> None:
    """Add the columns and constraints, and the triggers that fill what old processes write."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        _make_anew()
    else:
        _alter()
    for statement in spelling.triggers(sqlite=sqlite):
        op.execute(spelling.plain(statement))


def downgrade() -> None:
    """Undo it; keys and reasons say all that the columns did."""
    for statement in spelling.dropped_triggers(sqlite=op.get_bind().dialect.name == "sqlite"):
        op.execute(statement)
    for table in ("alert", "alert_attempt", "chat"):
        with op.batch_alter_table(table) as batch:
            for column in _constrained(table):
                batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
            for column in COPIES if table == "alert" else ():
                batch.drop_constraint(op.f(f"fk_alert_{column}"), type_="foreignkey")
            for column in COLUMNS.get(table, ()):
                batch.drop_column(column)


def _make_anew() -> None:
    for table in ("alert", "alert_attempt", "chat"):
        with op.batch_alter_table(table) as batch:
            for column, kind in COLUMNS.get(table, {}).items():
                batch.add_column(sa.Column(column, kind, nullable=True))
            for column in COPIES if table == "alert" else ():
                batch.create_foreign_key(op.f(f"fk_alert_{column}"), "alert", [column], ["id"])
            for column in _constrained(table):
                batch.create_check_constraint(op.f(f"ck_{table}_{column}"), _condition(table, column))


def _alter() -> None:
    for table, columns in COLUMNS.items():
        for column, kind in columns.items():
            op.add_column(table, sa.Column(column, kind, nullable=True))
    for column in COPIES:
        key = f"FOREIGN KEY ({column}) REFERENCES alert (id)"
        op.execute(f"ALTER TABLE alert ADD CONSTRAINT fk_alert_{column} {key} NOT VALID")
    for table, column in CHECKS:
        check = f"CHECK ({_condition(table, column)})"
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} {check} NOT VALID")


def _constrained(table: str) -> list[str]:
    return [column for place, column in CHECKS if place == table]


def _condition(table: str, column: str) -> str:
    words = ", ".join(f"'{word}'" for word in CHECKS[table, column].split())
    return f"{column} IN ({words})"
