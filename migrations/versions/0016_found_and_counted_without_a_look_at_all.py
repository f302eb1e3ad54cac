"""Complaints are found and counted without a look at all of them

Indexes for each filter and sort, and for the words of a search; tallies, with the triggers that note each change.
The release adds up what was there before (`complaints/tallies/recount.py`).
"""

import sqlalchemy as sa
import structlog
from alembic import op
from psycopg.errors import FeatureNotSupported, InsufficientPrivilege
from sqlalchemy.exc import DBAPIError

from migrations import tally_triggers, word_index
from migrations.repeatable import make_index

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

log = structlog.get_logger()

IS_OPEN = "status IN ('reported', 'acknowledged', 'in_progress', 'on_hold')"
RANK = (
    "(CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN -1 WHEN 'medium' THEN -2 WHEN 'low' THEN -3 END)"
)
DUE_AT = (
    "(CASE WHEN acknowledged_at IS NULL AND (resolve_due_at IS NULL OR ack_due_at < resolve_due_at)"
    " THEN ack_due_at ELSE resolve_due_at END)"
)
NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "'9999-01-01 00:00:00+00'::timestamptz",
}
TOOK = {
    "sqlite": "(CAST(round((julianday({}) - julianday(created_at)) * 86400000.0) AS INTEGER))",
    "postgresql": "(CAST(round(EXTRACT(EPOCH FROM ({} - created_at)) * 1000) AS BIGINT))",
}
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEWEST = ["created_at", "id"]
INDEXES: dict[str, tuple[list[str], str | None]] = {
    "ix_complaint_rank": ([RANK, *NEWEST], None),
    "ix_complaint_category_created": (["category", *NEWEST], None),
    "ix_complaint_site_created": (["site", *NEWEST], None),
    "ix_complaint_source_created": (["source", *NEWEST], "source IS NOT NULL"),
    "ix_complaint_assignee_created": (["assignee_id", *NEWEST], None),
    "ix_complaint_open_created": (NEWEST, IS_OPEN),
    "ix_complaint_open_rank": ([RANK, *NEWEST], IS_OPEN),
    "ix_complaint_open_assignee": (["assignee_id", *NEWEST], IS_OPEN),
    "ix_complaint_open_due": ([DUE_AT, "id"], IS_OPEN),
}
REPLACED = {"ix_complaint_site": "site", "ix_complaint_assignee_id": "assignee_id"}
WORDS = "ix_complaint_search_text"
STANDING = ("status", "severity")
FLAGS = ("is_assigned", "is_acknowledged", "is_dated")


def upgrade() -> None:
    """Add the tables with their triggers, then the indexes; take away those that others begin with."""
    if not sa.inspect(op.get_bind()).has_table("tally"):
        _make_tables()
        tally_triggers.make()
    if op.get_bind().dialect.name == "sqlite":
        _make_indexes(concurrently=False)
        word_index.make()
        return
    _make_extension()
    with op.get_context().autocommit_block():
        _make_indexes(concurrently=True)
        if _has_extension():
            gin = {"postgresql_using": "gin", "postgresql_ops": {"text": "gin_trgm_ops"}}
            make_index(WORDS, "complaint_search", ["text"], concurrently=True, **gin)


def downgrade() -> None:
    """Take them away. The extension stays: others may use it."""
    engine = op.get_bind().dialect.name
    for name, column in REPLACED.items():
        make_index(name, "complaint", [column])
    for name in _indexes(engine):
        op.drop_index(name, table_name="complaint")
    if engine == "sqlite":
        word_index.drop()
    else:
        op.drop_index(WORDS, table_name="complaint_search", if_exists=True)
    tally_triggers.drop()
    for table in ("tally_entry", "tally"):
        op.drop_table(table)


def _make_tables() -> None:
    op.create_table(
        "tally",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=320), nullable=False),
        *(sa.Column(name, sa.String(length=40), nullable=False) for name in STANDING),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in FLAGS),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("total_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("subject", "value", *STANDING, *FLAGS, name="pk_tally"),
    )
    op.create_table(
        "tally_entry",
        sa.Column("n", BIG, autoincrement=True, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=40), nullable=False) for name in STANDING),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=320), nullable=True),
        sa.Column("source", sa.String(length=320), nullable=True),
        sa.Column("api_client_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("is_acknowledged", sa.Boolean(), nullable=False),
        sa.Column("is_dated", sa.Boolean(), nullable=False),
        sa.Column("created_day", sa.String(length=10), nullable=False),
        sa.Column("updated_day", sa.String(length=10), nullable=False),
        sa.Column("resolved_day", sa.String(length=10), nullable=True),
        sa.Column("acknowledge_ms", BIG, nullable=True),
        sa.Column("resolve_ms", BIG, nullable=True),
        sa.PrimaryKeyConstraint("n", name="pk_tally_entry"),
    )


def _make_extension() -> None:
    """Make it where the role may and the server has it; else a search reads all texts, as it did."""
    try:
        with op.get_bind().begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        if not isinstance(error.orig, InsufficientPrivilege | FeatureNotSupported):
            raise
        log.warning("search_without_index", error=str(error.orig), hint="README: when a search is slow")


def _has_extension() -> bool:
    return op.get_bind().scalar(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")) is not None


def _make_indexes(*, concurrently: bool) -> None:
    for name, (columns, where) in _indexes(op.get_bind().dialect.name).items():
        make_index(name, "complaint", columns, where=where, concurrently=concurrently)
    for name in REPLACED:
        op.drop_index(name, table_name="complaint", if_exists=True, postgresql_concurrently=concurrently)


def _indexes(engine: str) -> dict[str, tuple[list[str], str | None]]:
    dated = {
        f"ix_complaint_{name}": ([f"(coalesce({name}_at, {NEVER[engine]}))", "id"], None)
        for name in ("ack_due", "resolve_due")
    }
    took = {
        f"ix_complaint_{end}_after": ([TOOK[engine].format(end), "created_at"], f"{end} IS NOT NULL")
        for end in ("acknowledged_at", "resolved_at")
    }
    return {**INDEXES, **dated, **took}
