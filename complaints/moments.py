"""Moments that lie ahead: a lease, a rest, a pause, a token's end. None is believed without bound.

A clock that was ahead, and was set back since, or runs on another host, leaves moments that come much too late.
Each kind has a longest lifetime: what lies further ahead, by more than clocks of hosts may differ, is void.
"""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

TOLERANCE = timedelta(seconds=30)
"""How far the clocks of two hosts may differ: a lease that another one holds must not seem void."""

Instant = datetime | BindParameter[datetime]
Column = InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime]


def void_after(now: datetime, longest: timedelta) -> datetime:
    """Return the instant after which a moment is void that lasts `longest` at most."""
    return now + longest + TOLERANCE


def is_over(moment: Column, now: Instant, void: Instant) -> ColumnElement[bool]:
    """Return the condition that the moment has come, or is void: further ahead than `void`."""
    return or_(moment <= now, moment > void)


def is_ahead(moment: Column, now: Instant, void: Instant) -> ColumnElement[bool]:
    """Return the condition that the moment is still to come, and no further ahead than `void`."""
    return and_(moment > now, moment <= void)
