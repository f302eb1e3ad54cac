"""What is recorded of which table. Whoever adds what an admin changes adds its row here.

Of a column that is not named, that it changed is kept, and neither what it was nor what it is: so a new one can't
lay open a secret, nor go unnoticed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from complaints.models import ApiClient, ApiKey, Category, Chat, Invitation, Operator, PasswordReset, Site
from complaints.words import AuditAction

ALWAYS_UNNOTED = frozenset({"id", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change is about, as the trail names it."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Audited:
    """How a table's changes are told of.

    `shown` are the columns whose values are kept; `unnoted` change by themselves, or follow from others. `of` finds
    the subject. `made` is what it is called that a row was added.
    """

    of: Callable[[Session, Any], Subject]
    shown: frozenset[str]
    unnoted: frozenset[str] = frozenset()
    made: AuditAction = AuditAction.CREATED


def _operator(_session: Session, row: Operator) -> Subject:
    return Subject("operator", str(row.id), row.name)


def _operator_of(session: Session, row: Invitation | PasswordReset) -> Subject:
    return _operator(session, session.get_one(Operator, row.operator_id))


def _key(session: Session, row: ApiKey) -> Subject:
    return Subject("api_key", str(row.id), f"{session.get_one(ApiClient, row.client_id).name}: {row.prefix}")


def _chat(_session: Session, row: Chat) -> Subject:
    return Subject("chat", str(row.id), row.title)


def _named(kind: str) -> Callable[[Session, Any], Subject]:
    return lambda _session, row: Subject(kind, str(getattr(row, "id", row.name)), row.name)


_LINK = frozenset({"operator_id", "token_hash", "used_at"})
_DELIVERY = frozenset({"lease_token", "lease_expires_at", "held_until", "refusals"})
_AT_TELEGRAM = frozenset({"telegram_id", "thread_id", "type", "title", "state_reason", "operator"})

AUDITED: dict[type[Any], Audited] = {
    Operator: Audited(_operator, frozenset({"name", "role", "sites", "active"}), frozenset({"preferences"})),
    Invitation: Audited(_operator_of, frozenset({"expires_at"}), _LINK, AuditAction.INVITED),
    PasswordReset: Audited(_operator_of, frozenset({"expires_at"}), _LINK, AuditAction.RESET_OFFERED),
    ApiClient: Audited(_named("api_client"), frozenset({"name", "active"})),
    ApiKey: Audited(
        _key,
        frozenset({"scopes", "sites", "rate", "expires_at", "revoked_at", "replaced_by"}),
        frozenset({"client_id", "prefix", "key_hash", "used_at"}),
    ),
    Category: Audited(
        _named("category"),
        frozenset({"ack_minutes", "reminders", "escalations", "repeat_minutes"}),
        frozenset({"name"}),
    ),
    Site: Audited(_named("site"), frozenset(), frozenset({"name", "folded"})),
    Chat: Audited(
        _chat,
        frozenset({"operator_id", "state", "state_code", "muted_until", "preferences"}),
        _DELIVERY | _AT_TELEGRAM,
    ),
}
