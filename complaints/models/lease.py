"""Leases: who alone may do a thing until when."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from complaints.models.base import Base, Word


class Lease(Base):
    """A named lease; free once `expires_at` has passed."""

    __tablename__ = "lease"

    name: Mapped[Word] = mapped_column(primary_key=True)
    holder: Mapped[Word]
    expires_at: Mapped[datetime]
