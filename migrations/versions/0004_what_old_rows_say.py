"""What old rows say in keys and reasons is in their columns, and the constraints hold for them too

On PostgreSQL every statement commits by itself, so that none holds locks for long, and all may run again where one
fails: rows are filled in batches by id, indexes are made beside readers and writers, and to validate a constraint
stops neither. On SQLite there is one writer anyway, and one transaction: one statement a table.
"""

import sqlalchemy as sa
from alembic import op

from migrations import spelling

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BATCH = 5000
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
            _fill_in_batches(table)
        _index(postgresql_concurrently=True)
        for table, names in CONSTRAINTS.items():
            for name in names:
                op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    """Undo it; what was filled goes with its columns."""
    for copy in COPIES:
        op.drop_index(f"ix_alert_{copy}", table_name="alert")


def _fill_in_batches(table: str) -> None:
    """Fill those rows of each batch that have something to fill; what is filled already stays."""
    bind, last = op.get_bind(), None
    rows = sa.table(table, sa.column("id", sa.Uuid()))
    span = sa.text(f"{spelling.plain(spelling.fill(table))} AND id BETWEEN :first AND :last")
    span = span.bindparams(sa.bindparam("first", type_=sa.Uuid()), sa.bindparam("last", type_=sa.Uuid()))
    while True:
        some = sa.select(rows.c.id).order_by(rows.c.id).limit(BATCH)
        ids = bind.scalars(some if last is None else some.where(rows.c.id > last)).all()
        if not ids:
            return
        last = ids[-1]
        bind.execute(span, {"first": ids[0], "last": last})


def _index(**options: bool) -> None:
    for copy in COPIES:
        name, condition = f"ix_alert_{copy}", sa.text(f"{copy}_id IS NOT NULL")
        op.drop_index(name, table_name="alert", if_exists=True, **options)  # one that failed halfway
        op.create_index(
            name,
            "alert",
            [f"{copy}_id"],
            unique=True,
            sqlite_where=condition,
            postgresql_where=condition,
            **options,
        )
