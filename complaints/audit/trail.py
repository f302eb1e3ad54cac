"""The trail: what of `AUDITED` changes in a session that somebody signed leaves an entry in the same transaction.

It is written here alone, from what the session is about to write: a new verb can't forget it. Only statements that
go past the session's objects must say what they made (`note_created`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from complaints.audit.audited import ALWAYS_UNNOTED, AUDITED, Audited
from complaints.clock import to_wire, utcnow
from complaints.events.event_types import SYSTEM, Actor, ActorKind
from complaints.ids import new_id
from complaints.models import AuditEntry, Chat, Operator
from complaints.words import AuditAction, Door

AUTHOR = "author"
PASSWORD = {"password_hash": "password"}


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes things in a session, and where they came from.

    `actor` None is somebody known by a token that they were given: it is whose account or chat is changed.
    """

    actor: Actor | None
    door: Door
    address: str | None = None
    request_id: str | None = None


def sign(session: Session, find: Callable[[], Author]) -> None:
    """Record from here on what changes in the session as this author's; `find` is asked where anything does."""
    session.info[AUTHOR] = find


def as_actor(operator: Operator) -> Actor:
    """Return the operator as who does things."""
    return Actor(ActorKind.OPERATOR, operator.id, operator.name)


def note_created(session: Session, row: Any) -> None:
    """Record that the row was made, by a statement that went past the session."""
    _record(session, row, AUDITED[type(row)].made)


@event.listens_for(Session, "before_flush")
def _record_changes(session: Session, _context: object, _instances: object) -> None:
    if AUTHOR not in session.info:
        return
    for row in [one for one in session.new if type(one) in AUDITED]:
        _record(session, row, AUDITED[type(row)].made)
    for row in [one for one in session.dirty if type(one) in AUDITED]:
        _record(session, row, AuditAction.CHANGED)
    for row in [one for one in session.deleted if type(one) in AUDITED]:
        _record(session, row, AuditAction.REMOVED)


def _record(session: Session, row: Any, action: AuditAction) -> None:
    find = session.info.get(AUTHOR)
    if find is None:
        return
    audited = AUDITED[type(row)]
    changes = dict(_changes(audited, row, action))
    if action == AuditAction.CHANGED and not changes:
        return
    author: Author = find()
    actor, subject = author.actor or _owner(session, row), audited.of(session, row)
    session.add(
        AuditEntry(
            id=new_id(),
            at=utcnow(),
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            door=author.door,
            address=author.address,
            request_id=author.request_id,
            subject_kind=subject.kind,
            subject_id=subject.id,
            subject_name=subject.name,
            action=action,
            changes=changes,
        )
    )


def _owner(session: Session, row: Any) -> Actor:
    if isinstance(row, Chat):
        row = session.get(Operator, row.operator_id)
    return as_actor(row) if isinstance(row, Operator) else SYSTEM


def _changes(audited: Audited, row: Any, action: AuditAction) -> Iterator[tuple[str, list[Any] | None]]:
    """Yield each field that is another now, with what it was and is where that is kept."""
    state = inspect(row)
    for column in state.mapper.column_attrs:
        name = column.key
        if name in ALWAYS_UNNOTED or name in audited.unnoted:
            continue
        before, after = _values(state.attrs[name], action)
        if before != after:
            kept = [before, after] if name in audited.shown else None
            yield PASSWORD.get(name, name), kept


def _values(attribute: Any, action: AuditAction) -> tuple[Any, Any]:
    if action == AuditAction.REMOVED:
        return _plain(attribute.value), None
    if action != AuditAction.CHANGED:
        return None, _plain(attribute.value)
    history = attribute.history
    if not history.has_changes():
        return None, None
    before, after = (one[0] if one else None for one in (history.deleted, history.added))
    return _plain(before), _plain(after)


def _plain(value: Any) -> Any:
    """Return the value as JSON has it."""
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
