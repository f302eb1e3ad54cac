"""Adding entries up into tallies, and counting all anew.

One process at a time does either; who changes complaints waits for neither, nor does who reads.
"""

from typing import Any

from sqlalchemy import delete, func, select, true, union_all
from sqlalchemy.orm import Session

from complaints.db import INSERTS, Database, see_one_moment
from complaints.models import Tally, TallyEntry
from complaints.tallies.subjects import STANDING, SUBJECTS, complaint_facts, count_cells, entry_facts

BATCH = 2000
KEYS = ("subject", "value", *STANDING)
SUMS = ("amount", "total_ms")
COUNTED = "counted"
"""The subject of the one row that says that all were counted once: those from before there were tallies."""


def add_up_until_done(db: Database) -> None:
    """Add up until little is left."""
    while add_up_once(db) == BATCH:
        pass


def add_up_once(db: Database) -> int:
    """Add a batch of entries up; return how many there were."""
    with db.write() as session:
        _hold(session)
        oldest = select(TallyEntry.n).order_by(TallyEntry.n).limit(BATCH).subquery()
        last = session.scalar(select(func.max(oldest.c.n)))
        if last is None:
            return 0
        batch = entry_facts(TallyEntry.n <= last)
        _add(session, union_all(*(count_cells(name, batch) for name in SUBJECTS)).subquery())
        return session.connection().execute(delete(TallyEntry).where(TallyEntry.n <= last)).rowcount


def count_anew(db: Database) -> int:
    """Set every tally right, one subject after the other; return how many were not."""
    wrong = sum(_count_anew(db, name) for name in SUBJECTS)
    with db.write() as session:
        _hold(session)
        session.execute(delete(Tally).where(Tally.amount == 0, Tally.total_ms == 0, Tally.subject != COUNTED))
        said = {"subject": COUNTED, "value": "", "status": "", "severity": "", "amount": 0, "total_ms": 0}
        flags = {name: False for name in STANDING if name.startswith("is_")}
        session.merge(Tally(**said, **flags))
    return wrong


def is_counted(session: Session) -> bool:
    """Say whether all were counted once."""
    return session.scalar(select(Tally.subject).where(Tally.subject == COUNTED)) is not None


def _count_anew(db: Database, name: str) -> int:
    """Add to the subject's tallies what is missing between them, with the entries to come, and the complaints."""
    with db.write() as session:
        _hold(session)
        kept = select(*(getattr(Tally, key) for key in (*KEYS, *SUMS))).where(Tally.subject == name)
        known = union_all(kept, count_cells(name, entry_facts())).subquery()
        less = select(*(known.c[key] for key in KEYS), *((-known.c[key]).label(key) for key in SUMS))
        both = union_all(count_cells(name, complaint_facts()), less).subquery()
        keys = [both.c[key] for key in KEYS]
        sums = [func.sum(both.c[key]).label(key) for key in SUMS]
        missing = select(*keys, *sums).group_by(*keys).having((sums[0] != 0) | (sums[1] != 0))
        rows = [dict(row) for row in session.execute(missing).mappings()]
        for row in rows:
            row |= {key: int(row[key]) for key in SUMS}
        if rows:
            session.connection().execute(_on_top(INSERTS[_engine(session)](Tally.__table__)), rows)
        return len(rows)


def _add(session: Session, cells: Any) -> None:
    """SQLite's grammar wants a WHERE before ON CONFLICT."""
    keys = [cells.c[key] for key in (*KEYS, *SUMS)]
    changed = select(*keys).where(true(), (cells.c.amount != 0) | (cells.c.total_ms != 0))
    insert = INSERTS[_engine(session)](Tally.__table__).from_select([*KEYS, *SUMS], changed)
    session.connection().execute(_on_top(insert))


def _on_top(insert: Any) -> Any:
    added = {key: Tally.__table__.c[key] + insert.excluded[key] for key in SUMS}
    return insert.on_conflict_do_update(index_elements=list(KEYS), set_=added).inline()


def _hold(session: Session) -> None:
    """Let nobody else write tallies. The lock comes before the first look, and all looks are of one moment."""
    see_one_moment(session)
    if _engine(session) == "postgresql":
        session.connection().exec_driver_sql("LOCK TABLE tally IN SHARE ROW EXCLUSIVE MODE")


def _engine(session: Session) -> str:
    return session.get_bind().dialect.name
