"""Complaints have a position, and are found by it and by their sender's id

Indexes are made concurrently: nobody waits for them.
"""

import sqlalchemy as sa
from alembic import op

from migrations.repeatable import has_column, make_index

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_complaint_external_id": ["external_id"],
    "ix_complaint_position": ["latitude", "longitude"],
}


def upgrade() -> None:
    """Add the columns and the indexes."""
    if not has_column("complaint", "latitude"):
        for name in ("latitude", "longitude"):
            op.add_column("complaint", sa.Column(name, sa.Double(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _index(concurrently=False)
        return
    with op.get_context().autocommit_block():
        _index(concurrently=True)


def downgrade() -> None:
    """Take them away."""
    for name in INDEXES:
        op.drop_index(name, table_name="complaint")
    for name in ("latitude", "longitude"):
        op.drop_column("complaint", name)


def _index(*, concurrently: bool) -> None:
    for name, columns in INDEXES.items():
        make_index(name, "complaint", columns, concurrently=concurrently)
