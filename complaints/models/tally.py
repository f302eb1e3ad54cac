"""Kept sums: how many complaints there are of what, so that nobody counts them all.

What the database's triggers note of every change (`migrations/tally_triggers.py`) is an entry; entries are added up
into tallies (`complaints/tallies/`). The two together are right at any moment: who reads adds what is left of the
entries.
"""

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from complaints.models.base import Base, BigInt, Line, Word

DAY_LENGTH = 10


class Tally(Base):
    """How many complaints have the `value` of a subject (`complaints/tallies/subjects.py`) and stand so.

    `total_ms` is how long all of them together took, where the subject is a duration.
    """

    __tablename__ = "tally"

    subject: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[Line] = mapped_column(primary_key=True)
    status: Mapped[Word] = mapped_column(primary_key=True)
    severity: Mapped[Word] = mapped_column(primary_key=True)
    is_assigned: Mapped[bool] = mapped_column(primary_key=True)
    is_acknowledged: Mapped[bool] = mapped_column(primary_key=True)
    is_dated: Mapped[bool] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInt)
    total_ms: Mapped[int] = mapped_column(BigInt)


class TallyEntry(Base):
    """One complaint more (`amount` 1) or less (-1) of what it was; written by triggers alone.

    `is_dated`: it is open, and something is due (`DUE_AT` of `complaints.models.complaint`). Days are UTC.
    """

    __tablename__ = "tally_entry"

    n: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=True)
    amount: Mapped[int]
    status: Mapped[Word]
    severity: Mapped[Word]
    category: Mapped[Word]
    site: Mapped[Line | None]
    source: Mapped[Line | None]
    api_client_id: Mapped[UUID | None]
    assignee_id: Mapped[UUID | None]
    is_acknowledged: Mapped[bool]
    is_dated: Mapped[bool]
    created_day: Mapped[str] = mapped_column(String(DAY_LENGTH))
    updated_day: Mapped[str] = mapped_column(String(DAY_LENGTH))
    resolved_day: Mapped[str | None] = mapped_column(String(DAY_LENGTH))
    acknowledge_ms: Mapped[int | None] = mapped_column(BigInt)
    resolve_ms: Mapped[int | None] = mapped_column(BigInt)
