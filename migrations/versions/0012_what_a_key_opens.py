"""A key may be limited to sites, have a rate of its own, and be replaced by another; a client's own are found

Keys that are there stay as they are: every site, no rate. An old process takes a key without its limits: make
none that has any until the last of them has stopped.
"""

import sqlalchemy as sa
from alembic import op

from complaints.models.base import Json
from migrations.repeatable import has_column, make_index

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
REPLACED = "fk_api_key_replaced_by"
INDEX = "ix_complaint_client_created"
COLUMNS = ["api_client_id", "created_at", "id"]
OF_CLIENTS = "api_client_id IS NOT NULL"


def upgrade() -> None:
    """Add them. It may run again where it was broken off."""
    if not has_column("api_key", "replaced_by"):
        _add_columns()
    if op.get_bind().dialect.name == "sqlite":
        make_index(INDEX, "complaint", COLUMNS, where=OF_CLIENTS)
        return
    with op.get_context().autocommit_block():
        make_index(INDEX, "complaint", COLUMNS, where=OF_CLIENTS, concurrently=True)


def downgrade() -> None:
    """Take them away; keys that had limits are revoked, for they would open more."""
    op.drop_index(INDEX, table_name="complaint")
    limited = "CAST(sites AS TEXT) <> 'null' OR rate IS NOT NULL"  # no limit may be NULL or JSON's null
    op.execute(f"UPDATE api_key SET revoked_at = CURRENT_TIMESTAMP WHERE revoked_at IS NULL AND ({limited})")  # noqa: S608
    with op.batch_alter_table("api_key") as table:
        table.drop_constraint(op.f(REPLACED), type_="foreignkey")
        for name in ("replaced_by", "rate", "sites"):
            table.drop_column(name)


def _add_columns() -> None:
    with op.batch_alter_table("api_key") as table:
        table.add_column(sa.Column("sites", Json, nullable=True))
        table.add_column(sa.Column("rate", sa.String(40), nullable=True))
        table.add_column(sa.Column("replaced_by", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f(REPLACED), "api_key", ["replaced_by"], ["id"])
