"""The verbs and the events that they leave, on both engines."""

import pytest
from sqlalchemy import func, select

from complaints.clock import utcnow
from complaints.db import Database
from complaints.errors import Invalid, TransitionRefused
from complaints.events.event_types import ANONYMOUS, SYSTEM
from complaints.forms.complaint_forms import NewComment, NewComplaint
from complaints.models import Complaint, Event, Operator
from complaints.queries.finding import find_locked
from complaints.verbs import assign, change_status, comment, edit, submit
from complaints.words import TRANSITIONS, Severity, Status
from tests.factories import an_operator


def make_complaint(database: Database, **fields: object) -> str:
    form = NewComplaint.model_validate({"description": "The lift is stuck", **fields})
    with database.write() as session:
        return submit(session, form, actor=ANONYMOUS, now=utcnow()).reference


def make_operator(database: Database, role: str = "agent") -> Operator:
    operator = an_operator(role=role)
    with database.write() as session:
        session.add(operator)
    return operator


def events_of(database: Database, reference: str) -> list[Event]:
    with database.read() as session:
        complaint_id = session.scalars(select(Complaint.id).where(Complaint.reference == reference)).one()
        return list(
            session.scalars(select(Event).where(Event.complaint_id == complaint_id).order_by(Event.n))
        )


def test_submitting_stores_the_complaint_and_one_event_without_the_reporter(database: Database) -> None:
    # When
    reference = make_complaint(database, reporter={"name": "Bob", "email": "bob@example.org"})
    # Then
    (event,) = events_of(database, reference)
    assert event.type == "new_complaint"
    assert event.data["reference"] == reference
    assert "reporter" not in event.data
    assert "Bob" not in str(event.data)


def test_an_unknown_category_is_refused_and_nothing_is_stored(database: Database) -> None:
    with pytest.raises(Invalid) as refusal:
        make_complaint(database, category="weather")
    assert refusal.value.pointer == "/category"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == 0


@pytest.mark.parametrize("before", list(Status))
@pytest.mark.parametrize("after", list(Status))
def test_only_the_transition_table_is_allowed(renewed_sqlite_url: str, before: Status, after: Status) -> None:
    # Given
    database = Database(renewed_sqlite_url)
    reference = make_complaint(database)
    with database.write() as session:
        complaint = find_locked(session, reference, sites=None)
        complaint.status = before
    # When
    refusal = None
    try:
        with database.write() as session:
            complaint = find_locked(session, reference, sites=None)
            change_status(session, complaint, status=after, actor=SYSTEM, now=utcnow(), reason="so")
    except TransitionRefused as error:
        refusal = error
    # Then
    assert (refusal is None) == (after in TRANSITIONS[before])
    if refusal is not None:
        assert refusal.allowed == TRANSITIONS[before]
        assert len(events_of(database, reference)) == 1
    database.close()


def test_reopening_wants_a_reason(database: Database) -> None:
    reference = make_complaint(database)
    for status, reason in (
        (Status.RESOLVED, None),
        (Status.IN_PROGRESS, None),
        (Status.IN_PROGRESS, "again"),
    ):
        with database.write() as session:
            complaint = find_locked(session, reference, sites=None)
            if status is Status.IN_PROGRESS and reason is None:
                with pytest.raises(Invalid):
                    change_status(session, complaint, status=status, actor=SYSTEM, now=utcnow())
                continue
            change_status(session, complaint, status=status, actor=SYSTEM, now=utcnow(), reason=reason)
    assert [event.changes.get("status") for event in events_of(database, reference)] == [
        None,
        ["reported", "resolved"],
        ["resolved", "in_progress"],
    ]


def test_assigning_appends_who_had_it_and_who_has_it(database: Database) -> None:
    # Given
    reference, operator = make_complaint(database), make_operator(database)
    # When
    with database.write() as session:
        complaint = find_locked(session, reference, sites=None)
        assign(
            session, complaint, assignee=session.get_one(Operator, operator.id), actor=SYSTEM, now=utcnow()
        )
    # Then
    event = events_of(database, reference)[-1]
    assert event.changes == {"assignee": [None, {"id": str(operator.id), "name": "Ada"}]}
    assert event.data["assignee"] == {"id": str(operator.id), "name": "Ada"}
    assert event.data["version"] == 2


def test_viewers_are_not_assigned(database: Database) -> None:
    reference, viewer = make_complaint(database), make_operator(database, "viewer")
    with database.write() as session:
        complaint = find_locked(session, reference, sites=None)
        found = session.get_one(Operator, viewer.id)
        with pytest.raises(Invalid):
            assign(session, complaint, assignee=found, actor=SYSTEM, now=utcnow())
    assert len(events_of(database, reference)) == 1


def test_the_text_of_an_internal_comment_is_in_no_event(database: Database) -> None:
    # Given
    reference = make_complaint(database)
    # When
    for visibility in ("internal", "public"):
        with database.write() as session:
            complaint = find_locked(session, reference, sites=None)
            form = NewComment.model_validate({"text": f"words {visibility}", "visibility": visibility})
            comment(session, complaint, form, actor=SYSTEM, now=utcnow())
    # Then
    _, internal, public = events_of(database, reference)
    assert "words" not in str(internal.changes) + str(internal.data)
    assert public.changes["comment"][1]["text"] == "words public"


def test_an_edit_that_changes_nothing_leaves_no_event_and_severity_moves_the_due_time(
    database: Database,
) -> None:
    reference = make_complaint(database, severity="low")
    with database.write() as session:
        complaint = find_locked(session, reference, sites=None)
        due = complaint.ack_due_at
        edit(session, complaint, fields={"severity": Severity.LOW}, actor=SYSTEM, now=utcnow())
        assert complaint.version == 1
        edit(session, complaint, fields={"severity": Severity.CRITICAL}, actor=SYSTEM, now=utcnow())
        assert complaint.ack_due_at is not None
        assert due is not None
        assert complaint.ack_due_at < due
    assert [event.type for event in events_of(database, reference)] == ["new_complaint", "complaint_update"]
