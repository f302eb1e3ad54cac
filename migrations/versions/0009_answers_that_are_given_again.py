"""An idempotency record may have an answer, and then stands for no complaint

Nothing is looked at or written anew on PostgreSQL. Old processes never look for what such a record stands for: they
find another fingerprint in it, and refuse.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    with op.batch_alter_table("idempotency_record") as table:
        table.add_column(sa.Column("answer", sa.LargeBinary(), nullable=True))
        table.alter_column("complaint_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    """Take it away, with the records that have one."""
    op.execute("DELETE FROM idempotency_record WHERE complaint_id IS NULL")
    with op.batch_alter_table("idempotency_record") as table:
        table.alter_column("complaint_id", existing_type=sa.Uuid(), nullable=False)
        table.drop_column("answer")
