"""All complaints of a filter as one CSV file, streamed."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.snapshot import Position, Snapshot
from complaints.forms.complaint_forms import NewReporter
from complaints.queries.complaint_filters import Filters
from complaints.queries.complaint_list import list_complaints
from web.api.complaints.complaint_views import filters_of
from web.api.parameters import FilterQuery
from web.api.shapes import ComplaintShape
from web.http.app_services import services
from web.http.permissions import READING, reads

blueprint = APIBlueprint("export", __name__, tag="Complaints")
PAGE = 500
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a spreadsheet runs these
CSV = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes the file for one in the machine's own old encoding
EXAMPLE = "reference,status,…\r\nRD-7K2M9XQ4,acknowledged,…\r\n"
FILE: Any = {
    "200": {
        "description": "The file",
        "content": {CSV: {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


Row = dict[str, Any]
FIRST = ("reference", "status", "severity", "category", "site", "location", "subject", "description")
INSTANTS = ("created_at", "updated_at", "ack_due_at", "acknowledged_at", "resolve_due_at", "resolved_at")
LEFT_OUT = ("extra", "duplicate_of", "version")
APART = ("assignee", "position", "id")
REST = tuple(name for name in Snapshot.model_fields if name not in (*FIRST, *INSTANTS, *LEFT_OUT, *APART))


def _field(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]


def _part(name: str, part: str) -> Callable[[Row], Any]:
    return lambda row: (row[name] or {}).get(part)


COLUMNS: dict[str, Callable[[Row], Any]] = {
    **{name: _field(name) for name in FIRST},
    **{f"position_{part}": _part("position", part) for part in Position.model_fields},
    "assignee": _part("assignee", "name"),
    **{f"reporter_{part}": _part("reporter", part) for part in NewReporter.model_fields},
    **{name: _field(name) for name in REST},
    **{f"{name} (UTC)": _field(name) for name in INSTANTS},
    "id": _field("id"),
}


@blueprint.get("/complaints/export.csv")
@reads(*READING)
@blueprint.input(FilterQuery, location="query", arg_name="query")
@blueprint.doc(summary="Export complaints as CSV", responses=FILE)
def get_export(query: FilterQuery) -> Response:
    """Return every complaint of the filter, newest first, as CSV (RFC 4180); instants are in UTC.

    It is UTF-8 and begins with a byte order mark, by which spreadsheets know that.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    now = utcnow()
    lines = _lines(services().database, filters_of(query), now)
    first = next(lines)  # before anything is answered: a database that is away is a 503, not a file cut short
    response = Response(chain((first,), lines), content_type=CSV)
    name = f"complaints-{now:%Y%m%dT%H%M%SZ}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(database: Database, filters: Filters, now: datetime) -> Iterator[str]:
    """Yield the file a page at a time: no transaction stays open while a slow reader reads."""
    begun = BYTE_ORDER_MARK + _write([list(COLUMNS)])
    cursor, more = None, True
    while more:
        with database.read() as session:
            page = list_complaints(session, filters, sort="-created_at", cursor=cursor, limit=PAGE, now=now)
            shown = [ComplaintShape.of(row).on_wire() for row in page.rows]
            rows = [[_cell(column(row)) for column in COLUMNS.values()] for row in shown]
        if begun or rows:
            yield begun + _write(rows)
        begun = ""
        cursor, more = page.next_cursor, page.next_cursor is not None


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _write(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
