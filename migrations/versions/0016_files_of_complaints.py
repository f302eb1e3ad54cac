"""Complaints have files, whose bytes lie in the object store

Columns with a constant default and tables that old processes don't know: nobody waits for them.
"""

import sqlalchemy as sa
from alembic import op

from migrations.closed_words import leave_out, let_in
from migrations.repeatable import has_column

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SORTS = ("picture", "album")


def upgrade() -> None:
    """Add them."""
    if not has_column("complaint", "attachment_count"):
        op.add_column(
            "complaint", sa.Column("attachment_count", sa.Integer(), server_default="0", nullable=False)
        )
        op.add_column("alert", sa.Column("replies_to_id", sa.Uuid(), nullable=True))
        _make_tables()
    for sort in SORTS:
        let_in("alert", "notice", sort)


def downgrade() -> None:
    """Take them away; what lies in the store stays there."""
    for sort in SORTS:
        leave_out("alert", "notice", sort, instead="reply")
    op.drop_table("stray_object")
    op.drop_table("attachment")
    op.drop_column("alert", "replies_to_id")
    op.drop_column("complaint", "attachment_count")


def _make_tables() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=320), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("uploader_kind", sa.String(length=40), nullable=False),
        sa.Column("uploader_id", sa.Uuid(), nullable=True),
        sa.Column("uploader_name", sa.String(length=320), nullable=False),
        sa.Column("drawing", sa.String(length=40), nullable=True),
        sa.Column("drawing_attempts", sa.Integer(), nullable=False),
        sa.Column("next_drawing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("drawing IN ('pending', 'done', 'failed')", name=op.f("ck_attachment_drawing")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name="fk_attachment_complaint_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    due = sa.text("next_drawing_at IS NOT NULL")
    op.create_index("ix_attachment_complaint", "attachment", ["complaint_id", "id"])
    op.create_index(
        "ix_attachment_drawing_due", "attachment", ["next_drawing_at"], sqlite_where=due, postgresql_where=due
    )
    op.create_table(
        "stray_object",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stray_object"),
    )
    op.create_index("ix_stray_object_due_at", "stray_object", ["due_at"])
