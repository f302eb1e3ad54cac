"""The figures."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from complaints.clock import utcnow
from complaints.models import Complaint
from tests.integration.api.people import World, problem_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_figures_add_up(world: World) -> None:
    # Given
    made = [world.complaint(severity=severity) for severity in ("low", "high", "high", "critical")]
    for body, status in zip(made, ("resolved", "acknowledged", "resolved", None), strict=True):
        if status:
            world.admin.post(f"/api/v1/complaints/{body['id']}/status", json={"status": status})
    now = utcnow()
    start = now - timedelta(hours=2)
    with world.database.write() as session:
        session.execute(update(Complaint).values(created_at=start))
        for seconds, body in zip((10, 20, 60), made[:3], strict=True):
            row = update(Complaint).where(Complaint.reference == body["reference"])
            at = start + timedelta(seconds=seconds)
            session.execute(row.values(acknowledged_at=at))
            if body is not made[1]:
                session.execute(row.values(resolved_at=at))
        late = update(Complaint).where(Complaint.reference == made[3]["reference"])
        session.execute(late.values(ack_due_at=now - timedelta(hours=1)))
    # When
    body = world.admin.get("/api/v1/stats?days=2").get_json()
    # Then
    assert (body["total"], body["open"], body["overdue"], body["unassigned"]) == (4, 2, 1, 2)
    assert body["by_status"] == {
        "reported": 1,
        "acknowledged": 1,
        "in_progress": 0,
        "on_hold": 0,
        "resolved": 2,
        "rejected": 0,
        "duplicate": 0,
    }
    assert body["by_severity"] == {"low": 1, "medium": 0, "high": 2, "critical": 1}
    assert body["time_to_acknowledge"] == {
        "count": 3,
        "mean_seconds": pytest.approx(30, abs=0.01),
        "median_seconds": pytest.approx(20, abs=0.01),
        "p90_seconds": pytest.approx(20, abs=0.01),
    }
    assert body["time_to_resolve"]["count"] == 2
    assert [day["day"] for day in body["per_day"]][-1] == str(now.date())
    assert sum(day["submitted"] for day in body["per_day"]) == 4
    assert sum(day["resolved"] for day in body["per_day"]) == 2


@SQLITE
def test_figures_of_nothing_are_nothing(world: World) -> None:
    body = world.admin.get("/api/v1/stats").get_json()
    assert body["total"] == 0
    assert body["time_to_resolve"] == {
        "count": 0,
        "mean_seconds": None,
        "median_seconds": None,
        "p90_seconds": None,
    }
    assert len(body["per_day"]) == 30
    problem_of(world.admin.get("/api/v1/stats?days=0"), 422)
