"""The words that the page is served with, so that no list of the product stands a second time in JavaScript."""

from typing import Any, NamedTuple

from complaints.alert_words import AlertState, AttemptOutcome
from complaints.alerts.kinds import KINDS


class Fact(NamedTuple):
    """How a field of a complaint stands among its details.

    `form` is `text`, `word` (as the API has it), `instant`, `due` (with the field that says when it was `done`),
    `position`, or `reporter`: each part of it by itself.
    """

    label: str
    form: str = "text"
    done: str | None = None


FACTS: dict[str, Fact] = {
    "category": Fact("Category", "word"),
    "site": Fact("Site"),
    "location": Fact("Location"),
    "position": Fact("Position", "position"),
    "created_at": Fact("Submitted", "instant"),
    "ack_due_at": Fact("Acknowledge", "due", done="acknowledged_at"),
    "resolve_due_at": Fact("Resolve", "due", done="resolved_at"),
    "reporter": Fact("Reporter", "reporter"),
    "source": Fact("Source"),
    "external_id": Fact("External id"),
}
"""The details of a complaint's page, in their order."""

SHOWN_ELSEWHERE = frozenset(
    {"reference", "subject", "description", "severity", "status", "assignee", "duplicate_of"}
    | {"acknowledged_at", "resolved_at"}  # beside when they are due
)
NOT_SHOWN = frozenset({"id", "extra", "version", "updated_at"})


OUTCOMES: dict[AttemptOutcome, str] = {
    AttemptOutcome.SENT: "Arrived",
    AttemptOutcome.HOLD: "Telegram asked to wait",
    AttemptOutcome.MOVED: "The group had moved",
    AttemptOutcome.UNREACHABLE: "The chat can’t be reached",
    AttemptOutcome.NOT_SENT: "Not sent",
    AttemptOutcome.UNKNOWN: "Maybe sent",
    AttemptOutcome.UNPARSABLE: "Telegram refused the text",
    AttemptOutcome.GONE: "The message was gone",
    AttemptOutcome.TOKEN_REFUSED: "Telegram refused the token",
    AttemptOutcome.POLLED_ELSEWHERE: "Another bot process was in the way",
    AttemptOutcome.FAILED: "Telegram refused it",
    AttemptOutcome.EDIT_LOST: "Edit lost",
    AttemptOutcome.EDIT_REFUSED: "Edit refused",
}
"""What became of one attempt."""


def page_words(*, mails: bool = False) -> dict[str, Any]:
    """Return the words by their lists: `alert_kinds` `{kind: {label, choice}}`, `alert_states`, `attempt_outcomes`
    `{outcome: words}`, `complaint_facts` `[{field, label, form, done}]`.

    `choice` is null where chats don't choose the kind. `mails` says whether mail goes out.
    """
    return {
        "mails": mails,
        "alert_kinds": {name: {"label": kind.label, "choice": kind.choice} for name, kind in KINDS.items()},
        "alert_states": list(AlertState),
        "attempt_outcomes": OUTCOMES,
        "complaint_facts": [{"field": field, **fact._asdict()} for field, fact in FACTS.items()],
    }
