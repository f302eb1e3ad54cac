"""Changing many rows while others work: a batch at a time, each committed by itself."""

import sqlalchemy as sa
from alembic import op

BATCH = 5000


def update_in_batches(table: str, statement: str, *, batch: int = BATCH) -> None:
    """Run the UPDATE of a table with a WHERE over ranges of its ids, in an autocommit block.

    It may run again where it was broken off: what is changed already should no longer fit the WHERE, or stay.
    """
    bind, last = op.get_bind(), None
    rows = sa.table(table, sa.column("id", sa.Uuid()))
    span = sa.text(f"{statement} AND id BETWEEN :first AND :last")
    span = span.bindparams(sa.bindparam("first", type_=sa.Uuid()), sa.bindparam("last", type_=sa.Uuid()))
    while True:
        some = sa.select(rows.c.id).order_by(rows.c.id).limit(batch)
        ids = bind.scalars(some if last is None else some.where(rows.c.id > last)).all()
        if not ids:
            return
        last = ids[-1]
        bind.execute(span, {"first": ids[0], "last": last})
