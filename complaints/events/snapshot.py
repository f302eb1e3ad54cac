"""The complaint as lists and events show it: one list of fields, of which every other is made.

The API's answer adds the reporter to it; the CSV file, the OpenAPI document and the page's facts follow from it.
What an older version stored may lack a field that came later: give a new one a default, so that code which reads
old events goes on.
"""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from complaints.clock import to_wire
from complaints.models import Complaint
from complaints.words import Severity, Status


def _instant(value: Any) -> Any:
    return to_wire(value) if isinstance(value, datetime) else value


Instant = Annotated[str, BeforeValidator(_instant), Field(json_schema_extra={"format": "date-time"})]
"""An instant as RFC 3339 text in UTC; made of a datetime where it is given one."""


class Brief(BaseModel):
    """Somebody, by id and name."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    name: str


class Position(BaseModel):
    """A place, WGS 84, in degrees."""

    model_config = ConfigDict(frozen=True)

    lat: float
    lon: float


class Snapshot(BaseModel):
    """A complaint without its reporter; instants are RFC 3339 in UTC."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    reference: str
    subject: str | None
    description: str
    category: str
    severity: Severity
    site: str | None
    location: str | None
    position: Position | None = None
    source: str | None
    external_id: str | None
    extra: dict[str, Any]
    status: Status
    assignee: Brief | None
    duplicate_of: UUID | None
    attachment_count: int = 0
    version: int
    ack_due_at: Instant | None
    resolve_due_at: Instant | None
    acknowledged_at: Instant | None
    resolved_at: Instant | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, complaint: Complaint) -> Self:
        """Return the complaint as it is now."""
        return cls.model_validate(complaint)

    def on_wire(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return self.model_dump(mode="json")


class RemovedSnapshot(BaseModel):
    """What is told of a complaint that has left somebody's sight: which one it was, and no more."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    reference: str
    version: int
