"""What old rows say in keys and reasons is in their columns, and the constraints hold for them too

On PostgreSQL every statement commits by itself, so that none holds locks for long, and all may run again where one
fails: rows are filled in batches by id, indexes are made beside readers and writers, and to validate a constraint
stops neither. On SQLite there is one writer anyway, and one transaction: one statement a table.
"""

from alembic import op

from migrations import spelling
from migrations.batches import update_in_batches
from migrations.repeatable import make_index

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COPIES = ("repeats", "replaces")
CONSTRAINTS = {
    "alert": (
        "ck_alert_kind",
        "ck_alert_state",
        "ck_alert_notice",
        "ck_alert_reason_code",
        "fk_alert_repeats_id",
        "fk_alert_replaces_id",
    ),
    "alert_attempt": ("ck_alert_attempt_outcome",),
    "chat": ("ck_chat_state", "ck_chat_state_code"),
}


def upgrade() -> None:
    """Fill, index, validate."""
    if op.get_bind().dialect.name == "sqlite":
        for table in ("alert", "chat"):
            op.execute(spelling.plain(spelling.fill(table)))
        _index()
        return
    with op.get_context().autocommit_block():
        for table in ("alert", "chat"):
            update_in_batches(table, spelling.plain(spelling.fill(table)))
        _index(concurrently=True)
        for table, names in CONSTRAINTS.items():
            for name in names:
                op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    """Undo it; what was filled goes with its columns."""
    for copy in COPIES:
        op.drop_index(f"ix_alert_{copy}", table_name="alert")


def _index(*, concurrently: bool = False) -> None:
    for copy in COPIES:
        column = f"{copy}_id"
        make_index(
            f"ix_alert_{copy}",
            "alert",
            [column],
            unique=True,
            where=f"{column} IS NOT NULL",
            concurrently=concurrently,
        )
