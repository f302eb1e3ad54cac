"""Every event by the name of its envelope: when it comes, and what its `changes` are."""

from dataclasses import dataclass, field
from typing import Any

from complaints.events.event_types import REMOVED, EventType
from complaints.events.snapshot import Snapshot
from web.documents.model_schemas import WORDS
from web.documents.wire_words import OTHER, WHEN

Node = dict[str, Any]
ADA = WORDS["assignee"].example
BRIEF: Node = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
}
NOTHING: Node = {"type": "object", "maxProperties": 0}


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One name: when such an event comes, the schema of its `changes`, and an example of them and of `data`."""

    when: str
    changes: Node
    example: Node
    data: Node = field(default_factory=dict)


def _pair(before: Node, after: Node) -> Node:
    return {"type": "array", "prefixItems": [before, after], "minItems": 2, "maxItems": 2}


def _changed(required: tuple[str, ...], **fields: Node) -> Node:
    return {
        "type": "object",
        "required": list(required),
        "properties": fields,
        "additionalProperties": False,
    }


STATUS: Node = {"$ref": "#/components/schemas/Status"}
REMARK: Node = {
    "type": "object",
    "required": ["id", "visibility"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "visibility": {"enum": ["public", "internal"]},
        "text": {"type": "string", "description": "There where the comment is public."},
    },
}
NOBODY_OR_SOMEBODY: Node = {"anyOf": [BRIEF, {"type": "null"}]}
NEVER_CHANGED = ("id", "reference", "created_at", "version", "updated_at")
CORRECTED = (*(name for name in Snapshot.model_fields if name not in NEVER_CHANGED), "reporter")

AS_SUBMITTED: Node = {
    "status": "reported",
    "assignee": None,
    "version": 1,
    "acknowledged_at": None,
    "updated_at": WHEN,
}
"""What of the example is otherwise while nobody has touched it."""

CATALOGUE: dict[str, EventEntry] = {
    EventType.NEW_COMPLAINT: EventEntry("A complaint was submitted.", NOTHING, {}, AS_SUBMITTED),
    EventType.STATUS_UPDATE: EventEntry(
        "Its status has changed; with `reason`, where one was given, as `[null, reason]`.",
        _changed(
            ("status",), status=_pair(STATUS, STATUS), reason=_pair({"type": "null"}, {"type": "string"})
        ),
        {"status": ["reported", "acknowledged"]},
    ),
    EventType.ASSIGNMENT_UPDATE: EventEntry(
        "It was given to an operator, or taken back: `assignee` is `{id, name}`, null for nobody.",
        _changed(("assignee",), assignee=_pair(NOBODY_OR_SOMEBODY, NOBODY_OR_SOMEBODY)),
        {"assignee": [None, ADA]},
    ),
    EventType.COMPLAINT_UPDATE: EventEntry(
        "What it says was corrected. Of the reporter it is told that it changed, as `[null, null]`.",
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"enum": list(CORRECTED)},
            "additionalProperties": _pair({}, {}),
        },
        {"severity": ["medium", "high"], "site": [None, "North hall"]},
    ),
    EventType.COMMENT_ADDED: EventEntry(
        "Somebody wrote under it: `comment` is `{id, visibility}`, and has the `text` of a public one. The "
        "complaint itself, and its `version`, stay as they were.",
        _changed(("comment",), comment=_pair({"type": "null"}, REMARK)),
        {"comment": [None, {"id": OTHER, "visibility": "public", "text": WORDS["text"].example}]},
    ),
    REMOVED: EventEntry(
        "It has left the sites that you may see: `data` has `id`, `reference` and `version`. Forget it.",
        NOTHING,
        {},
    ),
}
