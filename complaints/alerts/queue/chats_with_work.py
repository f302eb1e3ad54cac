"""Which chats have work at all, however many chats and alerts there are.

Neither engine skips along an index by itself, so that a recursive query does: from one chat's entries straight to
the next chat's (PostgreSQL's wiki, "Loose indexscan"). It costs one probe for each chat that has work.
"""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union_all
from sqlalchemy.orm import aliased

from complaints.models import Alert

Condition = Callable[[type[Alert]], ColumnElement[bool]]


def is_waiting(alert: type[Alert]) -> ColumnElement[bool]:
    """Return the condition that the alert is pending, in the words of the partial indexes."""
    return alert.next_attempt_at.is_not(None)


def is_outdated(alert: type[Alert]) -> ColumnElement[bool]:
    """Return the condition that the alert's message wants an edit, now or soon."""
    return alert.edit_due_at.is_not(None)


def chats_with_alerts() -> Select[UUID]:
    """Return a query for the chats with a pending alert, due or not."""
    return _distinct_chats(is_waiting, "chats_with_alerts")


def chats_with_work() -> CompoundSelect[UUID]:
    """Return a query for the chats with a pending alert or an outdated message, due or not."""
    return union_all(chats_with_alerts(), _distinct_chats(is_outdated, "chats_with_edits"))


def _distinct_chats(condition: Condition, name: str) -> Select[UUID]:
    first, following = aliased(Alert), aliased(Alert)
    start = select(first.chat_id).where(condition(first)).order_by(first.chat_id).limit(1)
    found = select(start.scalar_subquery().label("chat_id")).cte(name, recursive=True)
    step = select(following.chat_id).where(condition(following), following.chat_id > found.c.chat_id)
    step = step.order_by(following.chat_id).limit(1).correlate(found)
    chats = found.union_all(select(step.scalar_subquery()).where(found.c.chat_id.is_not(None)))
    return select(chats.c.chat_id).where(chats.c.chat_id.is_not(None))
