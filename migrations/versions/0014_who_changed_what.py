"""Who changed what is kept, and what an operator prefers

A table and a column that may be null, without a look at any row. What old processes change leaves no entry.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ACTIONS = "'created', 'changed', 'removed', 'invited', 'reset_offered'"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=320), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.Column("request_id", sa.String(length=320), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=320), nullable=False),
        sa.Column("subject_name", sa.String(length=320), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.CheckConstraint("door IN ('api', 'telegram', 'command')", name=op.f("ck_audit_entry_door")),
        sa.CheckConstraint(f"action IN ({ACTIONS})", name=op.f("ck_audit_entry_action")),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    for column in ("at", "actor_id", "subject_id"):
        op.create_index(f"ix_audit_entry_{column}", "audit_entry", [column])
    op.add_column("operator", sa.Column("preferences", JSON, nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("operator", "preferences")
    op.drop_table("audit_entry")
