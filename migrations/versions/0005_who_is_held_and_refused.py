"""Until when Telegram makes a chat wait, and how often it refused it in a row for what nobody knows

Columns without a value or with a constant one: no engine rewrites the table for them.
"""

import sqlalchemy as sa
from alembic import op

from complaints.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both."""
    op.add_column("chat", sa.Column("held_until", UtcDateTime(), nullable=True))
    op.add_column("chat", sa.Column("refusals", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("chat", "refusals")
    op.drop_column("chat", "held_until")
