"""An idempotency record may stand for a comment

A column without a value: no engine rewrites the table for it. Rows that there are need not be looked at first.
"""

import sqlalchemy as sa
from alembic import op

from migrations.repeatable import has_column

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = "fk_idempotency_record_comment_id"


def upgrade() -> None:
    """Add it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE idempotency_record ADD COLUMN comment_id CHAR(32) REFERENCES comment (id)")
        return
    if not has_column("idempotency_record", "comment_id"):
        op.add_column("idempotency_record", sa.Column("comment_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            NAME, "idempotency_record", "comment", ["comment_id"], ["id"], postgresql_not_valid=True
        )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE idempotency_record VALIDATE CONSTRAINT {NAME}")


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("idempotency_record") as table:
        table.drop_column("comment_id")
