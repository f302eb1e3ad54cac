"""Events whose routing failed are found without a look at all the others

The index is made concurrently: nobody waits for it.
"""

from alembic import op

from migrations.repeatable import make_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = "ix_event_routing_failed"


def upgrade() -> None:
    """Add the index."""
    if op.get_bind().dialect.name == "sqlite":
        _index(concurrently=False)
        return
    with op.get_context().autocommit_block():
        _index(concurrently=True)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(NAME, table_name="event")


def _index(*, concurrently: bool) -> None:
    make_index(NAME, "event", ["n"], where="routing_error IS NOT NULL", concurrently=concurrently)
