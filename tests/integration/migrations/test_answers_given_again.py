"""Migration 0009: records may have answers, and those that stand for complaints stay what they were."""

import uuid
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import IdempotencyRecord
from tests.integration.migrations.old_code import look, migrate, put, times

COMPLAINT = uuid.UUID(int=9)
RECORD = {"scope": "operator:1", "fingerprint": "f" * 64}


def put_record(database: Database, key: str, **values: Any) -> None:
    put(database, "idempotency_record", **RECORD, key=key, created_at=utcnow(), **values)


@pytest.fixture
def before(old: Database) -> Database:
    """A complaint with its record, as 0008 has them."""
    migrate(old.url, "0008")
    words = {"category": "noise", "severity": "high", "status": "reported", "version": 1, "reminded": 0}
    said = {"reference": "RD-1", "description": "x", "extra": "{}"}
    put(old, "complaint", id=COMPLAINT, **said, **words, **times())
    put_record(old, "k-1", complaint_id=COMPLAINT)
    return old


def test_records_of_before_stay_and_old_processes_write_more(before: Database) -> None:
    # When
    migrate(before.url, "head")
    put_record(before, "k-2", complaint_id=COMPLAINT)
    # Then
    with before.read() as session:
        for key in ("k-1", "k-2"):
            record = session.get_one(IdempotencyRecord, ("operator:1", key))
            assert (record.complaint_id, record.answer) == (COMPLAINT, None)


def test_what_a_record_points_to_must_be_there_as_before(before: Database) -> None:
    migrate(before.url, "head")
    for column in ("complaint_id", "comment_id"):
        with pytest.raises(IntegrityError):
            put_record(before, "k-2", **{column: uuid.UUID(int=1)})


def test_it_can_be_undone_without_the_answers_and_done_again(before: Database) -> None:
    # Given
    migrate(before.url, "head")
    with before.write() as session:
        session.add(IdempotencyRecord(**RECORD, key="k-2", answer=b"x", created_at=utcnow()))
    before.engine.dispose()
    # When
    migrate(before.url, "0008", down=True)
    # Then
    assert look(before, "key", "idempotency_record") == [("k-1",)]
    migrate(before.url, "head")
    assert look(before, "key", "idempotency_record") == [("k-1",)]
