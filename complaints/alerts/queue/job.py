"""A job: what a sender takes under a lease."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from complaints.alerts.messages.panels import Panel
from complaints.alerts.messages.status_origin import StatusOrigin
from complaints.alerts.outcome.apply_edit import Edit
from complaints.alerts.queue.digest_content import Summary
from complaints.alerts.recipients.preferences import Preferences
from complaints.models import Complaint, Operator


@dataclass(frozen=True, slots=True)
class Job:
    """One message to be sent to one chat while `lease` is held, with what its text is made of.

    `edits` is the id of the message to edit, None for a new one. `plain` wants no markup: Telegram could not use
    it. `repeat` says that it may have arrived before. `missed` are the lines of a list of possibly missed alerts.
    `actor` is who made the event happen, `owner` whose alert comes here because their own chat can't be reached.
    `withdrawn` takes a message back from who may not see its complaint any more. `panel` is what a question or
    the settings show. `pictures` is all that the message has, a reply to the message `replies_to` perhaps;
    `picture_count` is how many the complaint has that the message is about.
    """

    alert_id: UUID
    chat_id: UUID
    lease: UUID
    telegram_id: int
    thread_id: int
    kind: str
    priority: int
    created_at: datetime
    request_id: str | None
    edits: int | None = None
    edit_due_at: datetime | None = None
    text: str | None = None
    preferences: Preferences = field(default_factory=Preferences)
    complaint: Complaint | None = None
    status_origin: StatusOrigin | None = None
    actor: str | None = None
    owner: Operator | None = None
    summary: Summary | None = None
    plain: bool = False
    repeat: bool = False
    withdrawn: bool = False
    missed: tuple[str, ...] = ()
    panel: Panel | None = None
    pictures: tuple[UUID, ...] = ()
    replies_to: int | None = None
    picture_count: int = 0

    @property
    def edit(self) -> Edit:
        """What is tried where the job edits a message."""
        version = None if self.complaint is None else self.complaint.version
        return Edit(self.alert_id, self.edit_due_at, version, self.plain)
