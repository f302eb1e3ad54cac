"""One complaint: by id or reference, its version, and corrections that name the version they were read from."""

from typing import Any

from complaints.models import Event
from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"


def spoken(reference: str) -> str:
    """Write the reference as somebody might who heard it."""
    return reference.lower().replace("0", "o").replace("1", "l")


def test_it_is_found_by_id_and_by_reference_however_written(world: World) -> None:
    made = world.complaint()
    for name in (made["id"], made["id"].upper(), made["reference"], spoken(made["reference"])):
        assert world.admin.get(f"{URL}/{name}").get_json() == made


def test_what_is_not_there_is_not_found(world: World) -> None:
    for name in ("RD-00000000", "RD-1", "x", "0" * 32, "RD-UUUUUUUU", "%20", "a" * 5000):
        assert problem_of(world.admin.get(f"{URL}/{name}"), 404)["code"] == "not_found"


def test_a_present_version_is_not_sent_again(world: World) -> None:
    # Given
    made = world.complaint()
    path = f"{URL}/{made['id']}"
    # When
    first = world.admin.get(path)
    # Then
    assert first.headers["ETag"] == '"1"'
    for tag in ('"1"', 'W/"1"', '"0", "1"', "*"):
        response = world.admin.get(path, headers={"If-None-Match": tag})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == '"1"'
    assert world.admin.get(path, headers={"If-None-Match": '"2"'}).status_code == 200


def test_a_correction_names_its_version_and_raises_it(world: World) -> None:
    # Given
    made = world.complaint(subject="Lift", site="North")
    path = f"{URL}/{made['reference']}"
    fields = {"subject": None, "description": "Still stuck", "category": "safety", "severity": "critical"}
    # When
    response = world.signed_in("agent").patch(path, json=fields, headers={"If-Match": '"1"'})
    # Then
    assert response.headers["ETag"] == '"2"'
    body = response.get_json()
    assert {name: body[name] for name in fields} == fields
    assert (body["version"], body["site"]) == (2, "North")
    assert body["ack_due_at"] < made["ack_due_at"]
    event = world.all(Event)[-1]
    assert event.changes["severity"] == ["medium", "critical"]
    assert "site" not in event.changes


def test_a_correction_without_a_version_is_refused(world: World) -> None:
    made = world.complaint()
    response = world.admin.patch(f"{URL}/{made['id']}", json={"subject": "x"})
    assert problem_of(response, 428)["code"] == "version_required"


def test_a_stale_version_is_answered_with_the_present_state(world: World) -> None:
    made = world.complaint()
    for tag in ('"2"', 'W/"1"', "garbage", '"', '""', "é", ""):
        headers = {"If-Match": tag}
        response = world.admin.patch(f"{URL}/{made['id']}", json={"subject": "x"}, headers=headers)
        body = problem_of(response, 412)
        assert body["code"] == "stale_version"
        assert body["current"] == made


def test_correcting_to_what_it_is_changes_nothing(world: World) -> None:
    made = world.complaint(subject="Lift")
    headers = {"If-Match": '"1"'}
    body = world.admin.patch(f"{URL}/{made['id']}", json={"subject": "Lift"}, headers=headers).get_json()
    assert body == made
    assert world.counts()["event"] == 1


UNCHANGEABLE: dict[str, dict[str, Any]] = {
    "": {},
    "/description": {"description": None},
    "/severity": {"severity": None},
    "/category": {"category": "weather"},
    "/status": {"status": "resolved"},
    "/version": {"version": 5},
    "/source": {"source": "x"},
}


def test_what_cannot_be_corrected_is_refused(world: World) -> None:
    made = world.complaint()
    for pointer, fields in UNCHANGEABLE.items():
        response = world.admin.patch(f"{URL}/{made['id']}", json=fields, headers={"If-Match": "*"})
        assert [fault["pointer"] for fault in problem_of(response, 422)["errors"]] == [pointer]
    assert world.counts()["event"] == 1


def test_a_viewer_and_a_program_that_reads_correct_nothing(world: World) -> None:
    path = f"{URL}/{world.complaint()['id']}"
    problem_of(world.signed_in("viewer").patch(path, json={"subject": "x"}, headers={"If-Match": "*"}), 403)
    reader = world.program("complaints:read", "comments:write")
    problem_of(reader.patch(path, json={"subject": "x"}, headers={"If-Match": "*"}), 403)
