"""What callers may ask of complaints. Unknown fields are refused."""

from typing import Literal
from uuid import UUID

from pydantic import EmailStr, Field

from complaints.forms.fields import Extra, Form, Line, Prose, absent
from complaints.words import DEFAULT_CATEGORY, Severity, Status


class NewReporter(Form):
    """Who complains; never part of an event."""

    name: Line | None = None
    email: EmailStr | None = None
    phone: Line | None = None


class NewComplaint(Form):
    """A complaint to submit."""

    description: Prose
    subject: Line | None = None
    category: Line = DEFAULT_CATEGORY
    severity: Severity = Severity.MEDIUM
    site: Line | None = None
    location: Line | None = None
    reporter: NewReporter | None = None
    external_id: Line | None = None
    extra: Extra = Field(default_factory=dict)


class ComplaintPatch(Form):
    """The fields to change; what is absent stays."""

    description: Prose = absent()
    subject: Line | None = absent()
    category: Line = absent()
    severity: Severity = absent()
    site: Line | None = absent()
    location: Line | None = absent()


class StatusChange(Form):
    """The status to change to, and why."""

    status: Status
    reason: Prose | None = None
    duplicate_of: UUID | None = None


class NewComment(Form):
    """A remark to add."""

    text: Prose
    visibility: Literal["public", "internal"] = "internal"
