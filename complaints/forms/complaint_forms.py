"""What callers may ask of complaints. Unknown fields are refused."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from complaints.forms.fields import Extra, Form, Instant, Line, Prose, absent, in_form
from complaints.texts.email_addresses import takes_mail
from complaints.texts.kept_form import as_line
from complaints.texts.visibility import can_be_seen
from complaints.words import DEFAULT_CATEGORY, Severity, Status

ADDRESS_MAXIMUM = 320


def _as_address(value: Any) -> Any:
    """Nothing that anybody could see is no address; what else a form may send is looked at as it came."""
    is_text = isinstance(value, str) and "\x00" not in value
    return None if is_text and not can_be_seen(value) else value


Address = Annotated[
    Annotated[str, Field(max_length=ADDRESS_MAXIMUM), in_form(as_line)] | None, BeforeValidator(_as_address)
]


class NewReporter(Form):
    """Who complains; never part of an event.

    The address is what they wrote: one that no mail server would take is no reason to refuse a complaint.
    """

    name: Line | None = None
    email: Address = None
    phone: Line | None = None

    def as_stored(self) -> dict[str, str | bool | None]:
        """Return what a complaint keeps; `email_usable` is there, and false, where no mail could be sent."""
        odd = self.email is not None and not takes_mail(self.email)
        return {**self.model_dump(), **({"email_usable": False} if odd else {})}


class NewPosition(Form):
    """Where it is, WGS 84, in degrees: north and east are positive."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class NewComplaint(Form):
    """A complaint to submit."""

    description: Prose
    subject: Line | None = None
    category: Line = DEFAULT_CATEGORY
    severity: Severity = Severity.MEDIUM
    site: Line | None = None
    location: Line | None = None
    position: NewPosition | None = None
    reporter: NewReporter | None = None
    external_id: Line | None = None
    extra: Extra = Field(default_factory=dict)


class PastComplaint(NewComplaint):
    """A complaint to submit that may be one from before: whoever gives `created_at` or `status` imports it.

    It came then, stands so, and nobody is alerted.
    """

    created_at: Instant | None = Field(
        default=None,
        description="When it came, where it is one from before.",
        examples=["2019-05-01T08:00:00Z"],
    )
    status: Status | None = Field(
        default=None, description="How it stands, where it is one from before.", examples=["resolved"]
    )

    @property
    def is_past(self) -> bool:
        """Whether it is one from before."""
        return self.created_at is not None or self.status is not None


class ImportedComplaint(PastComplaint):
    """A line of an import. By its `external_id` it is known again where the import is repeated."""

    external_id: Line = Field(description="By what it is known again.", examples=["T-2019-0412"])


class ComplaintPatch(Form):
    """The fields to change; what is absent stays. `reporter` and `extra` are replaced whole.

    `ack_due_at` null puts back what the category says. Nothing may be due before the complaint came.
    """

    description: Prose = absent()
    subject: Line | None = absent()
    category: Line = absent()
    severity: Severity = absent()
    site: Line | None = absent()
    location: Line | None = absent()
    position: NewPosition | None = absent()
    reporter: NewReporter | None = absent()
    external_id: Line | None = absent()
    extra: Extra = absent()
    ack_due_at: Instant | None = absent()
    resolve_due_at: Instant | None = absent()


class StatusChange(Form):
    """The status to change to, and why."""

    status: Status
    reason: Prose | None = None
    duplicate_of: UUID | None = None


class NewComment(Form):
    """A remark to add."""

    text: Prose
    visibility: Literal["public", "internal"] = "internal"
