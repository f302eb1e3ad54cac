"""Clean-up: what is past its time goes, what is just inside it stays, and nothing else is touched."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from complaints.clock import utcnow
from complaints.ids import new_id
from complaints.mail.outbox import owe_mail
from complaints.models import (
    AuditEntry,
    Complaint,
    IdempotencyRecord,
    LinkToken,
    Mail,
    Operator,
    OperatorSession,
    PasswordReset,
    TelegramUpdate,
)
from complaints.upkeep.cleanup import (
    AUDIT_KEEP,
    IDEMPOTENCY_LIFETIME,
    LINK_TOKEN_KEEP,
    MAIL_KEEP,
    RESET_KEEP,
    SESSION_KEEP,
    UPDATE_LIFETIME,
    clean_up,
)
from complaints.words import MailKind

NOW = utcnow()
MOMENT = timedelta(seconds=1)


def add_record(office, then) -> None:
    complaint = office.submit()
    keep(
        office,
        IdempotencyRecord(
            scope="client",
            key=str(new_id()),
            fingerprint="0" * 64,
            complaint_id=complaint.id,
            created_at=then,
        ),
    )


def add_update(office, then) -> None:
    number = then.microsecond + int(then.timestamp())
    keep(office, TelegramUpdate(update_id=number, payload={}, received_at=then, consumed_at=then))


def add_link_token(office, then) -> None:
    token = LinkToken(
        id=new_id(), token_hash=str(new_id()), operator_id=office.hire().id, expires_at=then, created_at=then
    )
    keep(office, token)


def add_session(office, then) -> None:
    keep(
        office,
        OperatorSession(
            id=new_id(),
            operator_id=office.hire().id,
            refresh_hash=str(new_id()),
            created_at=then,
            used_at=then,
            expires_at=then,
        ),
    )


def add_mail(office, then) -> None:
    with office.database.write() as session:
        owe_mail(session, MailKind.PASSWORD_RESET, "ada@example.org", now=then)


def add_reset(office, then) -> None:
    row = PasswordReset(
        id=new_id(), operator_id=office.hire().id, token_hash=str(new_id()), expires_at=then, created_at=then
    )
    keep(office, row)


def add_entry(office, then) -> None:
    entry = AuditEntry(
        at=then,
        actor_kind="system",
        actor_name="x",
        door="command",
        subject_kind="site",
        subject_id="x",
        subject_name="x",
        action="created",
        changes={},
    )
    keep(office, entry)


def keep(office, row: Any) -> None:
    with office.database.write() as session:
        session.add(row)


def count(office, model: Any) -> int:
    with office.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def clean(office) -> None:
    with office.database.write() as session:
        clean_up(session, now=NOW)


KINDS = [
    (IdempotencyRecord, add_record, IDEMPOTENCY_LIFETIME),
    (TelegramUpdate, add_update, UPDATE_LIFETIME),
    (LinkToken, add_link_token, LINK_TOKEN_KEEP),
    (OperatorSession, add_session, SESSION_KEEP),
    (Mail, add_mail, MAIL_KEEP),
    (PasswordReset, add_reset, RESET_KEEP),
    (AuditEntry, add_entry, AUDIT_KEEP),
]


@pytest.mark.parametrize(("model", "add", "lifetime"), KINDS)
def test_what_is_past_its_time_goes_and_what_is_inside_it_stays(office, model, add, lifetime):
    # Given one of each, a moment to both sides of its time
    add(office, NOW - lifetime - MOMENT)
    add(office, NOW - lifetime + MOMENT)
    # When
    clean(office)
    # Then
    assert count(office, model) == 1
    clean(office)
    assert count(office, model) == 1


def test_an_update_that_waits_to_be_consumed_stays_however_old_it_is(office):
    keep(office, TelegramUpdate(update_id=1, payload={}, received_at=NOW - timedelta(days=365)))
    clean(office)
    assert count(office, TelegramUpdate) == 1


def test_a_session_that_was_revoked_stays_until_its_time_is_over(office):
    add_session(office, NOW + timedelta(days=1))
    with office.database.write() as session:
        session.scalars(select(OperatorSession)).one().revoked_at = NOW - timedelta(days=365)
    clean(office)
    assert count(office, OperatorSession) == 1


def test_what_other_rows_belong_to_stays(office):
    """Neither the complaint of a record nor the operator of a session goes with it."""
    add_record(office, NOW - 2 * IDEMPOTENCY_LIFETIME)
    add_session(office, NOW - 2 * SESSION_KEEP)
    clean(office)
    assert (count(office, Complaint), count(office, Operator)) == (1, 1)
