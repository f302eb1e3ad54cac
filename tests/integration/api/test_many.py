"""Many complaints at once: bulk changes, the CSV file, the figures."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from complaints.clock import utcnow
from complaints.models import Complaint, Event
from tests.integration.api.people import World, problem_of
from web.api.complaints import csv_export

BULK = "/api/v1/complaints/bulk"
EXPORT = "/api/v1/complaints/export.csv"
NEVER = "00000000-0000-7000-8000-000000000000"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_complaint_is_changed_by_itself(world: World) -> None:
    # Given
    made = [world.complaint()["id"] for _ in range(3)]
    world.admin.post(f"/api/v1/complaints/{made[1]}/status", json={"status": "resolved"})
    form = {"ids": [*made, NEVER, made[0]], "status": "rejected", "reason": "Spam", "operator_id": "me"}
    agent = world.signed_in("agent")
    # When
    results = agent.post(BULK, json=form).get_json()["results"]
    # Then
    assert [(item["id"], item["ok"]) for item in results] == [
        (made[0], True),
        (made[1], False),
        (made[2], True),
        (NEVER, False),
    ]
    assert results[1]["error"]["code"] == "transition_refused"
    assert results[1]["error"]["allowed"] == ["in_progress"]
    assert results[3]["error"]["code"] == "not_found"
    kinds = [event.type for event in world.all(Event)]
    assert kinds.count("status_update") == 3
    assert kinds.count("assignment_update") == 2


@SQLITE
def test_bulk_takes_nothing_from_others_and_can_take_back(world: World) -> None:
    # Given
    ada, bob = world.signed_in("agent"), world.signed_in("agent")
    made = world.complaint()["id"]
    ada.post(BULK, json={"ids": [made], "operator_id": "me"})
    # When
    taken = bob.post(BULK, json={"ids": [made], "operator_id": "me", "status": "resolved"}).get_json()
    # Then
    assert taken["results"][0]["error"]["code"] == "stale_version"
    row = world.all(Complaint)[0]
    assert (row.status, row.assignee_id) == ("reported", world.who(ada).id)
    # When
    form = {"ids": [made], "operator_id": "me"}
    taken = bob.post(BULK, json=form, headers={"If-Match": '"1"'}).get_json()
    # Then
    assert taken["results"][0]["error"]["code"] == "stale_version"
    # When
    bob.post(BULK, json={"ids": [made], "operator_id": None})
    # Then
    assert world.all(Complaint)[0].assignee_id is None


@SQLITE
def test_a_bulk_change_that_makes_no_sense_is_refused(world: World) -> None:
    made = world.complaint()["id"]
    wrong: list[dict[str, Any]] = [
        {"ids": [], "status": "resolved"},
        {"ids": [made] * 501, "status": "resolved"},
        {"ids": [made]},
        {"ids": [made], "reason": "x"},
        {"ids": ["RD-00000000"], "status": "resolved"},
        {"ids": [made], "operator_id": "you"},
    ]
    for form in wrong:
        problem_of(world.admin.post(BULK, json=form), 422)
    problem_of(world.signed_in("viewer").post(BULK, json={"ids": [made], "status": "resolved"}), 403)
    assert world.counts()["event"] == 1


def test_the_export_has_every_match_over_all_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    monkeypatch.setattr(csv_export, "PAGE", 2)
    made = [world.complaint(severity="high", extra={"n": n})["reference"] for n in range(5)]
    world.complaint(severity="low")
    # When
    response = world.admin.get(f"{EXPORT}?severity=high")
    # Then
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="complaints-')
    rows = read(response.get_data(as_text=True))
    assert [row["reference"] for row in rows] == made[::-1]
    assert rows[0]["created_at (UTC)"].endswith("Z")
    assert rows[0]["resolved_at (UTC)"] == ""


@SQLITE
def test_no_cell_is_a_formula(world: World) -> None:
    # Given
    texts = ["=1+1", "+49 30 1", "-2", "@SUM(A1)", "\u003dcmd|' /C calc'!A0", 'a "quoted",\nline', "＝1"]
    for text in texts:
        world.complaint(description=text, reporter={"phone": "+49 30 1"})
    # When
    rows = read(world.admin.get(EXPORT).get_data(as_text=True))
    # Then
    assert rows[0]["reporter_phone"] == "'+49 30 1"
    shown = [row["description"] for row in reversed(rows)]
    assert shown == [text if text.startswith("a") else f"'{text}" for text in texts]


@SQLITE
def test_the_export_and_the_figures_keep_to_the_sites(world: World) -> None:
    # Given
    mine = world.complaint(site="North")["reference"]
    world.complaint(site="South")
    limited = world.signed_in("viewer", sites=["North"])
    # Then
    assert [row["reference"] for row in read(limited.get(EXPORT).get_data(as_text=True))] == [mine]
    assert limited.get("/api/v1/stats").get_json()["total"] == 1
    problem_of(world.program("complaints:submit").get(EXPORT), 403)
    problem_of(world.admin.get(f"{EXPORT}?limit=5"), 422)


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
