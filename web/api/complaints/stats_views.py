"""Figures for the dashboard and for reports."""

from dataclasses import asdict
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field

from complaints.clock import to_wire, utcnow
from complaints.events.snapshot import Instant
from complaints.queries.complaint_filters import Filters
from complaints.queries.complaint_stats import read_stats
from web.api.parameters import Query
from web.api.shapes import Shape
from web.http.app_services import services
from web.http.permissions import READING, caller, reads

blueprint = APIBlueprint("stats", __name__, tag="Histories")


class StatsQuery(Query):
    """How many days to look back."""

    days: Annotated[int, Field(ge=1, le=366)] = 30


class DurationsShape(Shape):
    """How long something took, in seconds; null where it never happened."""

    count: int
    mean_seconds: float | None
    median_seconds: float | None
    p90_seconds: float | None


class DayShape(Shape):
    """One day, UTC."""

    day: str
    submitted: int
    resolved: int


class StatsShape(Shape):
    """Counts of what the caller may see, as it stands; durations and days of those since `since`."""

    total: int
    open: int
    overdue: int
    unassigned: int
    by_status: dict[str, int]
    by_severity: dict[str, int]
    since: Instant
    time_to_acknowledge: DurationsShape
    time_to_resolve: DurationsShape
    per_day: list[DayShape]


@blueprint.get("/stats")
@reads(*READING)
@blueprint.input(StatsQuery, location="query", arg_name="query")
@blueprint.output(StatsShape)
@blueprint.doc(summary="Figures")
def get_stats(query: StatsQuery) -> Any:
    """Return how many complaints stand where, how long they took, and how many came in a day."""
    with services().database.read() as session:
        figures = read_stats(session, Filters(**caller().sight), days=query.days, now=utcnow())
    per_day = [{**asdict(day), "day": str(day.day)} for day in figures.per_day]
    return {**asdict(figures), "since": to_wire(figures.since), "per_day": per_day}
