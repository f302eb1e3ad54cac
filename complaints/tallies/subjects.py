"""What is tallied: one table of subjects, by which complaints, entries and tallies are counted alike.

| subject               | its values                                           |
| --------------------- | ---------------------------------------------------- |
| `all`                 | one, which is empty                                  |
| `category`, `site`, … | what complaints have; who has none is not counted    |
| `created`, …          | days, UTC                                            |
| `acknowledge`, …      | the day it came, and within which span (`bounds_of`)  |
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    select,
)

from complaints.models import Complaint, TallyEntry
from complaints.models.index_terms import DUE_AT, IS_OPEN, milliseconds_between
from complaints.models.tally import DAY_LENGTH

STANDING = ("status", "severity", "is_assigned", "is_acknowledged", "is_dated")
NO_STANDING = (*(cast(literal(""), String),) * 2, *(false(),) * 3)
DIGITS_FROM = 10
"""What is added to the number of digits, so that it has two digits itself, and spans sort as texts."""
LEADING_DIGITS = 2
SPAN_FROM = DAY_LENGTH + 2
"""Where the span begins in a value of `acknowledge` and `resolve`, counted from 1: after the day and a space."""


@dataclass(frozen=True, slots=True)
class TallySubject:
    """What is counted by: a column of the facts, or a duration by the day that it began."""

    column: str | None = None
    duration: str | None = None


SUBJECTS: dict[str, TallySubject] = {
    "all": TallySubject(),
    "category": TallySubject("category"),
    "site": TallySubject("site"),
    "source": TallySubject("source"),
    "client": TallySubject("api_client_id"),
    "assignee": TallySubject("assignee_id"),
    "created": TallySubject("created_day"),
    "updated": TallySubject("updated_day"),
    "resolved": TallySubject("resolved_day"),
    "acknowledge": TallySubject("created_day", "acknowledge_ms"),
    "resolve": TallySubject("created_day", "resolve_ms"),
}


def complaint_facts() -> Subquery:
    """Return every complaint as the triggers would note it that it came."""
    is_dated: ColumnElement[bool] = literal_column(f"({IS_OPEN} AND ({DUE_AT}) IS NOT NULL)")
    query = select(
        literal(1).label("amount"),
        Complaint.status,
        Complaint.severity,
        Complaint.category,
        Complaint.site,
        Complaint.source,
        Complaint.api_client_id,
        Complaint.assignee_id,
        Complaint.acknowledged_at.is_not(None).label("is_acknowledged"),
        case((is_dated, True), else_=False).label("is_dated"),
        _day(Complaint.created_at).label("created_day"),
        _day(Complaint.updated_at).label("updated_day"),
        _day(Complaint.resolved_at).label("resolved_day"),
        _took(Complaint.acknowledged_at).label("acknowledge_ms"),
        _took(Complaint.resolved_at).label("resolve_ms"),
    )
    return query.subquery("facts")


def entry_facts(*conditions: ColumnElement[bool]) -> Subquery:
    """Return the entries that are not added up yet."""
    return select(TallyEntry.__table__).where(*conditions).subquery("entries")


def count_cells(name: str, facts: Subquery) -> Select[Any]:
    """Return the query that counts the facts by the subject: rows as those of `tally`."""
    rows = _fact_rows(SUBJECTS[name], facts)
    keys = [rows.c[key] for key in ("value", *STANDING)]
    sums = [cast(func.sum(rows.c[key]), BigInteger).label(key) for key in ("amount", "total_ms")]
    return select(cast(literal(name), String).label("subject"), *keys, *sums).group_by(*keys)


def bounds_of(span: str) -> tuple[int, int]:
    """Return from how many milliseconds to fewer than how many it is."""
    leading = span[len(str(DIGITS_FROM)) :]
    unit = 10 ** (int(span.removesuffix(leading)) - DIGITS_FROM - len(leading))
    return int(leading) * unit, (int(leading) + 1) * unit


def _fact_rows(subject: TallySubject, facts: Subquery) -> Subquery:
    known = facts.c
    value: Any = literal("") if subject.column is None else known[subject.column]
    keys: Any = (
        known.status,
        known.severity,
        known.assignee_id.is_not(None),
        known.is_acknowledged,
        known.is_dated,
    )
    total: Any = literal(0)
    if subject.duration is not None:
        took = known[subject.duration]
        value, keys, total = value + " " + _span(took), NO_STANDING, known.amount * took
    needed = [known[one].is_not(None) for one in (subject.column, subject.duration) if one is not None]
    columns = [one.label(name) for one, name in zip(keys, STANDING, strict=True)]
    query = select(cast(value, String).label("value"), *columns, known.amount, total.label("total_ms"))
    return query.where(*needed).subquery()


def _span(took: ColumnElement[int]) -> ColumnElement[str]:
    """Return the number of digits and the first two of them: a span is a tenth of what it begins with at most."""
    digits = cast(took, String)
    return cast(func.length(digits) + DIGITS_FROM, String) + func.substr(digits, 1, LEADING_DIGITS)


def _day(moment: Any) -> ColumnElement[str]:
    """Return the day, UTC: sessions are on both engines (`complaints.db`)."""
    return cast(func.date(moment), String)


def _took(end: Any) -> ColumnElement[int]:
    """Return how long it took; clocks that disagree make it nothing, not less."""
    took = milliseconds_between(Complaint.created_at, end)
    return case((took < 0, 0), else_=took)
