"""The event as clients see it (DESIGN §7), in feeds, timelines and on sockets."""

import json
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema
from pydantic_core import core_schema

from complaints.clock import to_wire
from complaints.events.event_types import REMOVED, EventType
from complaints.events.snapshot import Instant, RemovedSnapshot, Snapshot
from complaints.models import Event

DOCUMENTED = core_schema.union_schema(
    [Snapshot.__pydantic_core_schema__, RemovedSnapshot.__pydantic_core_schema__]
)
Stored = Annotated[
    dict[str, Any],
    GetPydanticSchema(
        lambda _source, _handler: core_schema.any_schema(),
        lambda _schema, handler: handler(DOCUMENTED),
    ),
]
"""What an event keeps, a `Snapshot` or what is left of a removed one as JSON values: passed on as it was written,
be it by an older version with fewer fields.
"""


class ActorShape(BaseModel):
    """Who did something."""

    model_config = ConfigDict(frozen=True)

    kind: str
    id: UUID | None
    name: str


class Envelope(BaseModel):
    """An event; `seq` is null until it is numbered. `changes` maps each changed field to `[before, after]`."""

    model_config = ConfigDict(frozen=True)

    seq: int | None
    name: str = Field(
        description="What happened. Ignore names that you don't know.", examples=[EventType.STATUS_UPDATE]
    )
    occurred_at: Instant
    actor: ActorShape
    data: Stored
    changes: dict[str, Any]


def envelope(event: Event) -> dict[str, Any]:
    """Return the event's `Envelope` as JSON values, without looking at them again: hubs make thousands a second."""
    return {
        "seq": event.seq,
        "name": event.type,
        "occurred_at": to_wire(event.occurred_at),
        "actor": {
            "kind": event.actor_kind,
            "id": None if event.actor_id is None else str(event.actor_id),
            "name": event.actor_name,
        },
        "data": event.data,
        "changes": event.changes,
    }


def as_removed(envelope: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of an event that moved its complaint out of somebody's sight: that, and no more."""
    data = {name: envelope["data"][name] for name in RemovedSnapshot.model_fields}
    return {**envelope, "name": REMOVED, "data": data, "changes": {}}


def encode(value: Any) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
