"""The audit trail, for admins."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy import ColumnElement, select

from complaints.clock import to_wire
from complaints.events.envelope import ActorShape
from complaints.events.snapshot import Instant
from complaints.forms.fields import Instant as GivenInstant
from complaints.models import AuditEntry
from complaints.queries.pages.paging import KeyPart, ListOrder, read_page
from complaints.words import AuditAction, Door
from web.api.parameters import PageQuery, Text
from web.api.shapes import Shape, page_on_wire
from web.http.app_services import services
from web.http.permissions import runs_the_place

blueprint = APIBlueprint("audit", __name__, tag="Audit")

NEWEST_FIRST = ListOrder("-id", (KeyPart(AuditEntry.id, UUID),))


class AuditQuery(PageQuery):
    """Who did it, what it was done to (its `id`), and between which instants."""

    actor: UUID | None = None
    subject: Text | None = None
    after: GivenInstant | None = Field(None, description="After this.", examples=["2026-01-31T12:00:00Z"])
    before: GivenInstant | None = None


class SubjectShape(Shape):
    """What was changed, by the name that it had then; the `id` of a category or site is its name."""

    kind: str
    id: str
    name: str


class AuditEntryShape(Shape):
    """One change. `changes` has each field with `[before, after]`, or null where neither is kept.

    `address` is null where nobody came over a network: by a command, or by Telegram.
    """

    id: UUID
    at: Instant
    actor: ActorShape
    door: Door
    address: str | None
    request_id: str | None
    subject: SubjectShape
    action: AuditAction
    changes: dict[str, list[Any] | None]


class AuditPage(Shape):
    """Changes, newest first."""

    items: list[AuditEntryShape]
    next_cursor: str | None


@blueprint.get("/audit")
@runs_the_place
@blueprint.input(AuditQuery, location="query", arg_name="query")
@blueprint.output(AuditPage)
@blueprint.doc(summary="Who changed what")
def list_audit(query: AuditQuery) -> Any:
    """Return who changed operators, keys, categories, sites and chats, when, and from where; kept for a year."""
    rows = select(AuditEntry).where(*_conditions(query))
    with services().database.read() as session:
        page = read_page(session, rows, NEWEST_FIRST, cursor=query.cursor, limit=query.limit)
    return page_on_wire(page, _on_wire)


def _conditions(query: AuditQuery) -> Iterator[ColumnElement[bool]]:
    if query.actor is not None:
        yield AuditEntry.actor_id == query.actor
    if query.subject is not None:
        yield AuditEntry.subject_id == query.subject
    if query.after is not None:
        yield AuditEntry.at > query.after
    if query.before is not None:
        yield AuditEntry.at < query.before


def _on_wire(row: AuditEntry) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": to_wire(row.at),
        "actor": {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name},
        "door": row.door,
        "address": row.address,
        "request_id": row.request_id,
        "subject": {"kind": row.subject_kind, "id": row.subject_id, "name": row.subject_name},
        "action": row.action,
        "changes": row.changes,
    }
