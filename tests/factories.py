"""The cast of the tests: rows as the product makes them, with what a test does not care about filled in.

Each returns a row that is not yet in a session. What a test says by name stands.
"""

from typing import Any

from complaints.alert_words import ChatState
from complaints.alerts.recipients.preferences import Preferences
from complaints.clock import utcnow
from complaints.ids import new_id
from complaints.models import Chat, Operator
from complaints.words import Role


def an_operator(name: str = "Ada", role: str = Role.AGENT, **columns: Any) -> Operator:
    """Return somebody who signs in, with an address of their own and no password."""
    now = utcnow()
    defaults = {
        "id": new_id(),
        "email": f"{name.split()[0].lower()}-{new_id()}@example.org",
        "sites": None,
        "password_hash": None,
        "active": True,
        "created_at": now,
        "updated_at": now,
    }
    return Operator(name=name, role=role, **(defaults | columns))


def a_chat(operator: Operator, telegram_id: int, **columns: Any) -> Chat:
    """Return an active private chat of the operator, who is in the database by the time that it is, too."""
    now = utcnow()
    defaults = {
        "id": new_id(),
        "thread_id": 0,
        "type": "private",
        "title": operator.name,
        "state": ChatState.ACTIVE,
        "preferences": Preferences().model_dump(mode="json"),
        "created_at": now,
        "updated_at": now,
    }
    return Chat(telegram_id=telegram_id, operator_id=operator.id, **(defaults | columns))
