"""A complaint whose texts change is no longer found by what it said, whoever changed them

Processes from before 0008 correct complaints while a release goes on, and know nothing of `complaint_search`. The
database takes the row away itself; who knows of it makes it anew in the same transaction, and else the sweep does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAME = "complaint_texts_change"
TEXTS = ("subject", "description", "site", "location", "external_id", "reporter")
FORGET = "BEGIN DELETE FROM complaint_search WHERE complaint_id = NEW.id;"


def upgrade() -> None:
    """Make the trigger."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in TEXTS)
    trigger = f"CREATE TRIGGER {NAME} AFTER UPDATE OF {', '.join(TEXTS)} ON complaint FOR EACH ROW WHEN"
    if sqlite:
        op.execute(sa.text(f"{trigger} {changed} {FORGET} END"))
        return
    body = f"{FORGET} RETURN NULL; END"
    op.execute(sa.text(f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
    op.execute(sa.text(f"{trigger} ({changed}) EXECUTE FUNCTION {NAME}()"))


def downgrade() -> None:
    """Take it away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {NAME}")
        return
    op.execute(f"DROP TRIGGER {NAME} ON complaint")
    op.execute(f"DROP FUNCTION {NAME}()")
