"""Sites are known however they are typed, complaints are found by any word, and old names are put into form

Names are few: those that were kept in another form are put into this one, and two sites that only their spelling
told apart become one. What complaints are found by is made in batches, by the release and by the sweep, not here.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from complaints.texts.email_addresses import as_account
from complaints.texts.folding import fold_name
from complaints.texts.kept_form import as_line
from migrations.repeatable import has_column, make_index

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMES = {"operator": ("name", "email"), "api_client": ("name",), "chat": ("title",)}
UNIQUE = ("operator.email", "api_client.name")
SITES = ("ix_complaint_site", "complaint", ["site"])


def upgrade() -> None:
    """Add the columns, put names into form, index."""
    if not has_column("site", "folded"):
        _add_tables_and_put_into_form()
    if op.get_bind().dialect.name == "sqlite":
        make_index(*SITES)
        return
    with op.get_context().autocommit_block():
        make_index(*SITES, concurrently=True)


def downgrade() -> None:
    """Take the columns away; names stay as they are."""
    op.drop_index("ix_complaint_site", table_name="complaint")
    with op.batch_alter_table("site") as site:
        site.drop_constraint("uq_site_folded", type_="unique")
        site.drop_column("folded")
    op.drop_table("complaint_search")


def _add_tables_and_put_into_form() -> None:
    op.add_column("site", sa.Column("folded", sa.Text(), nullable=True))
    op.create_table(
        "complaint_search",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name="fk_complaint_search_complaint_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("complaint_id", name="pk_complaint_search"),
    )
    for table, columns in NAMES.items():
        for column in columns:
            _put_into_form(table, column)
    _merge_sites()
    _put_limits_into_form()
    with op.batch_alter_table("site") as site:
        site.create_unique_constraint("uq_site_folded", ["folded"])


def _put_into_form(table: str, column: str) -> None:
    """Write anew what has another form, unless somebody else has that name already."""
    form = as_account if column == "email" else as_line
    rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column(column))
    value, bind = rows.c[column], op.get_bind()
    taken = set(bind.scalars(sa.select(value))) if f"{table}.{column}" in UNIQUE else set()
    for key, old in bind.execute(sa.select(rows.c.id, value)).all():
        new = form(old)
        if new and new != old and new not in taken:
            bind.execute(sa.update(rows).where(rows.c.id == key).values({column: new}))
            taken |= {new} if taken else set()


def _merge_sites() -> None:
    bind = op.get_bind()
    sites = sa.table("site", sa.column("name"), sa.column("folded"))
    complaints = sa.table("complaint", sa.column("site"))
    named = sa.select(complaints.c.site).where(complaints.c.site.is_not(None)).distinct()
    for old, new in _odd(bind.scalars(named)):
        bind.execute(sa.update(complaints).where(complaints.c.site == old).values(site=new))
    defined = set(bind.scalars(sa.select(sites.c.name)))
    for old, new in _odd(sorted(defined)):
        same = sites.c.name == old
        bind.execute(
            sa.delete(sites).where(same) if new in defined else sa.update(sites).where(same).values(name=new)
        )
        defined = defined - {old} | {new}
    known = set()
    for name in sorted(defined):
        if fold_name(name) not in known:
            bind.execute(sa.update(sites).where(sites.c.name == name).values(folded=fold_name(name)))
        known.add(fold_name(name))


def _put_limits_into_form() -> None:
    bind = op.get_bind()
    operators = sa.table("operator", sa.column("id", sa.Uuid()), sa.column("sites", sa.JSON()))
    for key, limits in bind.execute(sa.select(operators.c.id, operators.c.sites)).all():
        new = list(dict.fromkeys(as_line(site) or site for site in limits or ()))
        if limits and new != limits:
            bind.execute(sa.update(operators).where(operators.c.id == key).values(sites=new))


def _odd(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names that are not in form, each with what they become; what nobody could see stays."""
    return [(name, as_line(name)) for name in names if as_line(name) not in (name, "")]
