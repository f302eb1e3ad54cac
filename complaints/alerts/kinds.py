"""The kinds of alert: one table. Whoever asks something of a kind asks here, so that a new kind is one row.

| what a row answers     | who asks                                                                     |
| ---------------------- | ---------------------------------------------------------------------------- |
| `owed_by`, `only_if`   | routing: which type of event owes it, and on what condition                  |
| `told`                 | routing and reminders: to whom it is owed                                    |
| `choice`, `by_default` | preferences, `/settings` and the page: may chats choose it, and in what words |
| `matters`              | the last look before sending: until when it is worth it                      |
| `merges`               | digests: may it go into one where a queue is too long                        |
| `when_lost`            | rerouting: what becomes of it where its chat can't be reached                |
| `follows`              | live messages: is its message edited as the complaint changes                |
| `answers`              | chats: is it sent also to a muted chat, in quiet hours, and after `/stop`    |
| `severity`             | how urgent it is, where that is not as its complaint is                      |
| `label`, `heading`     | what it is called on the page, and what its message begins with              |
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from complaints.alert_words import AlertKind
from complaints.events.event_types import EventType, is_imported
from complaints.models import Event
from complaints.words import PRIORITY, Severity

log = structlog.get_logger()


class Told(Enum):
    """Who is told."""

    WHO_CHOSE_IT = auto()
    """Every chat that chose it, the assignee's among them."""
    THE_ASSIGNEE = auto()
    """Of those who chose it, the chats of the operator who has the complaint."""
    WHO_WAS_TOLD = auto()
    """Who wants a kind that is `reminded` of."""
    THE_ADMINS = auto()
    """Whatever they chose."""
    ONE_CHAT = auto()
    """It is owed to the chat that it is about."""


class Matters(Enum):
    """Until when an alert is worth sending."""

    UNTIL_ACKNOWLEDGED = auto()
    WHILE_ASSIGNED = auto()
    ALWAYS = auto()


class WhenLost(Enum):
    """What becomes of a pending alert whose chat can't be reached."""

    GOES_ELSEWHERE = auto()
    ENDS_WITH_ITS_ALERTS = auto()
    """It stands for alerts that go elsewhere one by one."""
    FAILS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is so of every alert of a kind; the module's table says who asks for what.

    An event for which `only_if` raises is not routed, and keeps the error.
    """

    told: Told
    matters: Matters
    merges: bool
    when_lost: WhenLost
    follows: bool
    answers: bool
    label: str
    owed_by: EventType | None = None
    only_if: Callable[[Event], bool] | None = None
    reminded: bool = False
    choice: str | None = None
    by_default: bool = False
    severity: Severity | None = None
    heading: str | None = None
    heading_elsewhere: str | None = None
    names_actor: bool = False

    def is_owed_by(self, event: Event) -> bool:
        """Say whether the event owes alerts of this kind."""
        return self.owed_by == event.type and (self.only_if is None or self.only_if(event))

    def priority(self, severity: Severity) -> int:
        """Return how urgent an alert of this kind about such a complaint is; lower is sooner."""
        return PRIORITY[self.severity or severity]


KINDS: dict[str, Kind] = {
    AlertKind.NEW: Kind(
        owed_by=EventType.NEW_COMPLAINT,
        only_if=lambda event: not is_imported(event.changes),
        told=Told.WHO_CHOSE_IT,
        reminded=True,
        choice="new complaints",
        by_default=True,
        matters=Matters.UNTIL_ACKNOWLEDGED,
        merges=True,
        when_lost=WhenLost.GOES_ELSEWHERE,
        follows=True,
        answers=False,
        label="New complaint",
        heading="New complaint",
    ),
    AlertKind.ASSIGNMENT: Kind(
        owed_by=EventType.ASSIGNMENT_UPDATE,
        told=Told.THE_ASSIGNEE,
        reminded=True,
        choice="assignments",
        by_default=True,
        matters=Matters.WHILE_ASSIGNED,
        merges=True,
        when_lost=WhenLost.GOES_ELSEWHERE,
        follows=True,
        answers=False,
        label="Assignment",
        heading="Assigned to you",
        heading_elsewhere="Assigned",
        names_actor=True,
    ),
    AlertKind.STATUS: Kind(
        owed_by=EventType.STATUS_UPDATE,
        told=Told.WHO_CHOSE_IT,
        choice="changes of status",
        matters=Matters.ALWAYS,
        merges=True,
        when_lost=WhenLost.GOES_ELSEWHERE,
        follows=True,
        answers=False,
        label="Status",
        heading="New status",
    ),
    AlertKind.REMINDER: Kind(
        told=Told.WHO_WAS_TOLD,
        matters=Matters.UNTIL_ACKNOWLEDGED,
        merges=True,
        when_lost=WhenLost.GOES_ELSEWHERE,
        follows=True,
        answers=False,
        label="Reminder",
        heading="Still not acknowledged",
    ),
    AlertKind.ESCALATION: Kind(
        told=Told.THE_ADMINS,
        matters=Matters.UNTIL_ACKNOWLEDGED,
        merges=True,
        when_lost=WhenLost.GOES_ELSEWHERE,
        follows=True,
        answers=False,
        label="Escalation",
        heading="Escalated: nobody has acknowledged it",
    ),
    AlertKind.DIGEST: Kind(
        told=Told.ONE_CHAT,
        matters=Matters.ALWAYS,
        merges=False,
        when_lost=WhenLost.ENDS_WITH_ITS_ALERTS,
        follows=False,
        answers=False,
        label="Digest",
        severity=Severity.HIGH,
    ),
    AlertKind.NOTICE: Kind(
        told=Told.ONE_CHAT,
        matters=Matters.ALWAYS,
        merges=False,
        when_lost=WhenLost.FAILS,
        follows=False,
        answers=True,
        label="Notice",
        severity=Severity.HIGH,
    ),
    AlertKind.TEST: Kind(
        told=Told.ONE_CHAT,
        matters=Matters.ALWAYS,
        merges=False,
        when_lost=WhenLost.FAILS,
        follows=False,
        answers=True,
        label="Test",
        severity=Severity.HIGH,
    ),
}


UNLISTED = Kind(
    told=Told.ONE_CHAT,
    matters=Matters.ALWAYS,
    merges=False,
    when_lost=WhenLost.GOES_ELSEWHERE,
    follows=True,
    answers=False,
    label="Complaint",
)
"""What holds of a kind that no row tells of: a newer process wrote it, and somebody is to know all the same."""


def kind_of(name: str) -> Kind:
    """Return what is so of an alert's kind, as its row names it; the safest where this process has no such kind."""
    if name not in KINDS:
        log.warning("alert_kind_unlisted", kind=name)
    return KINDS.get(name, UNLISTED)


def owed_by(event: Event) -> list[str]:
    """Return the kinds that the event owes."""
    return [name for name, kind in KINDS.items() if kind.is_owed_by(event)]


def choices() -> dict[str, str]:
    """Return the kinds that chats choose from, with what each is about: `new complaints`."""
    return {name: kind.choice for name, kind in KINDS.items() if kind.choice is not None}


def chosen_by_default() -> tuple[str, ...]:
    """Return what a fresh chat is told."""
    return tuple(name for name in choices() if KINDS[name].by_default)


def reminded() -> list[str]:
    """Return the kinds of which who wants one is reminded."""
    return [name for name, kind in KINDS.items() if kind.reminded]


def merging() -> list[str]:
    """Return the kinds that go into digests."""
    return [name for name, kind in KINDS.items() if kind.merges]


def staying() -> list[str]:
    """Return the kinds whose messages do not follow a complaint."""
    return [name for name, kind in KINDS.items() if not kind.follows]


def answering() -> list[str]:
    """Return the kinds that answer somebody: they are sent to a chat in any state."""
    return [name for name, kind in KINDS.items() if kind.answers]


def lost(fate: WhenLost) -> list[str]:
    """Return the kinds that this becomes of where their chat can't be reached. All others go elsewhere."""
    return [name for name, kind in KINDS.items() if kind.when_lost is fate]
