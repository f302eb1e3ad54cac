"""Whoever lost their password chooses another by a link, which they get by mail

Tables alone, which nobody waits for: old processes don't know them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REASONS = "'no_account', 'unusable', 'refused', 'postponed', 'no_answer', 'not_let_in', 'broken'"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name="fk_password_reset_operator_id"),
        sa.PrimaryKeyConstraint("id", name="pk_password_reset"),
        sa.UniqueConstraint("token_hash", name="uq_password_reset_token_hash"),
    )
    op.create_index("ix_password_reset_operator_id", "password_reset", ["operator_id"])
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.Column("about", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('password_reset')", name=op.f("ck_mail_kind")),
        sa.CheckConstraint("state IN ('pending', 'sent', 'skipped', 'failed')", name=op.f("ck_mail_state")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_mail_reason")),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
    )
    due = sa.text("next_attempt_at IS NOT NULL")
    op.create_index("ix_mail_due", "mail", ["next_attempt_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("ix_mail_created_at", "mail", ["created_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("mail")
    op.drop_table("password_reset")
