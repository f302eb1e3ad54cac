"""What can happen to a complaint, and who can have done it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class EventType(StrEnum):
    """What an event says: the `name` of its envelope (DESIGN §7)."""

    NEW_COMPLAINT = "new_complaint"
    STATUS_UPDATE = "status_update"
    ASSIGNMENT_UPDATE = "assignment_update"
    COMPLAINT_UPDATE = "complaint_update"
    COMMENT_ADDED = "comment_added"


REMOVED = "removed"
"""The name under which an event is told to who can't see its complaint any more. No event is stored so."""


class ActorKind(StrEnum):
    """What sort of somebody did it."""

    OPERATOR = "operator"
    API_CLIENT = "api_client"
    ANONYMOUS = "anonymous"
    SYSTEM = "system"


Changes = dict[str, list[Any]]
"""Each changed field with `[before, after]`, as JSON values."""


IMPORTED: Changes = {"imported": [None, True]}
"""What a complaint's first event says where it is one from before: nobody is to be told as of something new."""


def is_imported(changes: Changes) -> bool:
    """Say whether the event with these changes brought in a complaint from before."""
    return IMPORTED.items() <= changes.items()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `id` is null for `anonymous` and `system`."""

    kind: ActorKind
    id: UUID | None
    name: str


SYSTEM = Actor(ActorKind.SYSTEM, None, "Redress")
ANONYMOUS = Actor(ActorKind.ANONYMOUS, None, "Anonymous")
