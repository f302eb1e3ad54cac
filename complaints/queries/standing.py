"""How many complaints of a filter stand how: by the tallies where one of their subjects fits, else by a look.

A tally knows how many have something due, not when: of those, what is not due yet is counted, by its index, and
left out. That is what the next days bring, however many there are in all.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Session

from complaints.models import Complaint
from complaints.queries.complaint_filters import (
    UNASSIGNED,
    Filters,
    all_conditions,
    conditions,
    due_at,
    is_due,
    is_open,
)
from complaints.queries.pages.page_walk import unindexed
from complaints.tallies.reading import Condition, read_standing
from complaints.words import OPEN

DAY = timedelta(days=1)


class Standing(NamedTuple):
    """How a complaint stands."""

    status: str
    severity: str
    is_assigned: bool
    is_acknowledged: bool

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return self.status in OPEN


class Standings(NamedTuple):
    """How many stand how; and of those that are overdue."""

    all: Counter[Standing]
    overdue: Counter[Standing]


OF_A_ROW = (
    Complaint.status,
    Complaint.severity,
    Complaint.assignee_id.is_not(None),
    Complaint.acknowledged_at.is_not(None),
)
IS_DATED = is_open & due_at.is_not(None)
Numbers = dict[bool, Counter[Standing]]
"""How many stand how, by whether they are open and have something due."""


def count_meant(session: Session, filters: Filters, now: datetime) -> int:
    """Count exactly what the filters mean, and nothing of how it stands."""
    subject = _subject(filters)
    if subject is None or filters.overdue is not None or filters.due_before is not None:
        return count_standings(session, filters, now).all.total()
    numbers = _tallied(session, filters, now, *subject)
    return numbers[True].total() + numbers[False].total()


def count_standings(session: Session, filters: Filters, now: datetime) -> Standings:
    """Count exactly what the filters mean, the names of their sites known."""
    whenever = replace(filters, overdue=None, due_before=None)
    subject = _subject(whenever)
    if subject is None:
        return _look_at_all(session, filters, now)
    numbers = _tallied(session, whenever, now, *subject)

    def due(before: datetime) -> Counter[Standing]:
        later = _look(session, [due_at >= before, is_open], conditions(whenever, now))
        return numbers[True] - later[True]

    meant = numbers[True] + numbers[False] if filters.due_before is None else due(filters.due_before)
    overdue = due(now if filters.due_before is None else min(now, filters.due_before))
    if filters.overdue is None:
        return Standings(meant, overdue)
    return Standings(overdue, overdue) if filters.overdue else Standings(meant - overdue, Counter())


def _subject(filters: Filters) -> tuple[str, Condition] | None:
    """Return the one subject that the filters are about, and its values; None where there is none such."""
    if filters.text or filters.near or filters.reference or filters.external_id:
        return None
    asked = set(filters.site) if filters.site else filters.sites
    sites = asked if asked is None or filters.sites is None else asked & filters.sites
    assignee = None if filters.assignee == UNASSIGNED else filters.assignee
    wanted: list[tuple[str, Condition]] = [
        *_of_values("category", filters.category),
        *_of_values("source", filters.source),
        *([] if sites is None else [("site", lambda value: value.in_(sorted(sites)))]),
        *_of_id("client", filters.submitted_by),
        *_of_id("assignee", assignee),
        *_of_days("created", filters.created_after, filters.created_before),
        *_of_days("updated", filters.updated_after, filters.updated_before),
    ]
    if len(wanted) > 1:
        return None
    return wanted[0] if wanted else ("all", lambda value: value == "")


def _of_values(name: str, values: Sequence[str]) -> Iterator[tuple[str, Condition]]:
    if values:
        yield name, lambda value: value.in_(list(values))


def _of_id(name: str, identifier: Any) -> Iterator[tuple[str, Condition]]:
    if identifier is not None:
        yield name, lambda value: value == cast(literal(identifier, Uuid), String)


def _of_days(name: str, after: datetime | None, before: datetime | None) -> Iterator[tuple[str, Condition]]:
    """Yield the days that lie wholly between."""
    first, end = _whole_days(after, before)
    if after is not None or before is not None:
        yield (
            name,
            lambda value: and_(
                true() if first is None else value >= str(first), true() if end is None else value < str(end)
            ),
        )


def _whole_days(after: datetime | None, before: datetime | None) -> tuple[date | None, date | None]:
    first = None if after is None else after.astimezone(UTC).date() + DAY
    return first, None if before is None else before.astimezone(UTC).date()


def _tallied(session: Session, filters: Filters, now: datetime, subject: str, wanted: Condition) -> Numbers:
    numbers: Numbers = {True: Counter(), False: Counter()}
    for row in read_standing(session, subject, wanted):
        standing = Standing(row.status, row.severity, row.is_assigned, row.is_acknowledged)
        if _is_meant(filters, standing):
            numbers[row.is_dated][standing] += row.amount
    for edge in _edges(filters):
        for is_dated, counted in _look(session, edge, conditions(filters, now)).items():
            numbers[is_dated] += counted
    return numbers


def _is_meant(filters: Filters, standing: Standing) -> bool:
    return (
        (not filters.status or standing.status in filters.status)
        and (not filters.severity or standing.severity in filters.severity)
        and not (filters.assignee == UNASSIGNED and standing.is_assigned)
    )


def _edges(filters: Filters) -> Iterator[list[ColumnElement[bool]]]:
    """Yield the conditions of what lies in a day of which only a part is meant."""
    for column, after, before in (
        (Complaint.created_at, filters.created_after, filters.created_before),
        (Complaint.updated_at, filters.updated_after, filters.updated_before),
    ):
        first, end = _whole_days(after, before)
        if first is not None and end is not None and first >= end:
            yield [column > after, column < before]
            continue
        if first is not None:
            yield [column > after, column < _midnight(first)]
        if end is not None:
            yield [column >= _midnight(end), column < before]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _look(
    session: Session,
    indexed: Sequence[ColumnElement[bool]],
    others: Sequence[ColumnElement[bool]],
) -> Numbers:
    numbers: Numbers = {True: Counter(), False: Counter()}
    columns = [*OF_A_ROW, case((IS_DATED, True), else_=False)]
    query = select(*columns, func.count()).where(*indexed, *map(unindexed, others))
    for *standing, is_dated, amount in session.execute(query.group_by(*_places(columns))):
        numbers[is_dated][Standing(*standing)] = amount
    return numbers


def _look_at_all(session: Session, filters: Filters, now: datetime) -> Standings:
    first, *others = all_conditions(session, filters, now)
    counted, overdue = Counter[Standing](), Counter[Standing]()
    columns = [*OF_A_ROW, func.count(), func.count(case((is_due(now), 1)))]
    query = select(*columns).where(first, *map(unindexed, others))
    for *standing, amount, late in session.execute(query.group_by(*_places(OF_A_ROW))):
        counted[Standing(*standing)] = amount
        overdue[Standing(*standing)] = late
    return Standings(counted, overdue)


def _places(columns: Sequence[Any]) -> list[Any]:
    """Return what to group by: terms with parameters are no two alike to PostgreSQL, places are."""
    return [literal_column(str(place)) for place in range(1, len(columns) + 1)]
