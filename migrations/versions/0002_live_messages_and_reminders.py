"""Live messages, quiet hours and reminders

On PostgreSQL the columns are one short transaction; rows are filled in batches and indexes made beside readers and
writers after it. All of it may run again where it was broken off.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.batches import update_in_batches
from migrations.repeatable import has_column, make_index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILLS = (
    (
        "alert",
        "UPDATE alert SET next_attempt_at = NULL WHERE state <> 'pending' AND next_attempt_at IS NOT NULL",
    ),
    (
        "complaint",
        "UPDATE complaint SET remind_at = ack_due_at WHERE status = 'reported' AND remind_at IS NULL",
    ),
)

Index = tuple[str, str, list[str], str | None]

REPLACED: tuple[Index, ...] = (
    ("ix_alert_due", "alert", ["next_attempt_at", "chat_id"], "state = 'pending'"),
    ("ix_alert_chat_pending", "alert", ["chat_id", "priority", "id"], "state = 'pending'"),
)
PARTIAL: tuple[Index, ...] = (
    ("ix_alert_due", "alert", ["next_attempt_at"], "next_attempt_at IS NOT NULL"),
    ("ix_alert_chat_due", "alert", ["chat_id", "priority", "id"], "next_attempt_at IS NOT NULL"),
    ("ix_alert_edit_due", "alert", ["edit_due_at"], "edit_due_at IS NOT NULL"),
    ("ix_alert_chat_edit_due", "alert", ["chat_id", "edit_due_at"], "edit_due_at IS NOT NULL"),
    ("ix_alert_message", "alert", ["chat_id", "message_id"], "message_id IS NOT NULL"),
    ("ix_alert_digest", "alert", ["digest_id"], "digest_id IS NOT NULL"),
    ("ix_chat_muted_until", "chat", ["muted_until"], None),
    ("ix_complaint_remind", "complaint", ["remind_at"], "remind_at IS NOT NULL"),
)


def upgrade() -> None:
    """Live messages, quiet hours and reminders; what is reported already gets its reminders, too."""
    if not has_column("complaint", "remind_at"):
        _add_columns()
    if op.get_bind().dialect.name == "sqlite":
        for _, fill in FILLS:
            op.execute(fill)
        _exchange(REPLACED, PARTIAL)
        return
    with op.get_context().autocommit_block():
        for table, fill in FILLS:
            update_in_batches(table, fill)
        _exchange(REPLACED, PARTIAL, concurrently=True)


def downgrade() -> None:
    """Undo it."""
    _exchange(PARTIAL, REPLACED)
    op.drop_column("complaint", "reminded")
    op.drop_column("complaint", "remind_at")
    op.drop_column("chat", "muted_until")
    for name in ("repeat_minutes", "escalations", "reminders", "ack_minutes"):
        op.drop_column("category", name)
    with op.batch_alter_table("alert") as alert:
        alert.drop_column("rerouted_from")
    op.drop_column("alert", "held")


def _add_columns() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    alert = sa.ForeignKey("chat.id", name=op.f("fk_alert_rerouted_from"))
    op.add_column("alert", sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "alert", sa.Column("rerouted_from", sa.Uuid(), alert, nullable=True), inline_references=True
    )
    op.add_column("category", sa.Column("ack_minutes", json, server_default="{}", nullable=False))
    op.add_column("category", sa.Column("reminders", sa.Integer(), server_default="2", nullable=False))
    op.add_column("category", sa.Column("escalations", sa.Integer(), server_default="1", nullable=False))
    op.add_column("category", sa.Column("repeat_minutes", sa.Integer(), nullable=True))
    op.add_column("chat", sa.Column("muted_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaint", sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaint", sa.Column("reminded", sa.Integer(), server_default="0", nullable=False))


def _exchange(old: tuple[Index, ...], new: tuple[Index, ...], *, concurrently: bool = False) -> None:
    for name, table, *_ in old:
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=concurrently)
    for name, table, columns, where in new:
        make_index(name, table, columns, where=where, concurrently=concurrently)
