"""Whatever goes wrong is a problem document with the request's id."""

import re

import pytest

from tests.integration.api.people import World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
URL = "/api/v1/complaints"


def test_what_the_router_refuses_is_a_problem_too(world: World) -> None:
    assert problem_of(world.anonymous.get("/api/v1/nothing"), 404)["code"] == "not_found"
    response = world.anonymous.delete(URL)
    assert problem_of(response, 405)["code"] == "method_not_allowed"
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.own_database
def test_a_fault_of_ours_is_a_problem_without_details(world: World) -> None:
    # Given
    def fail() -> None:
        raise RuntimeError("the secret is mauve")

    world.app.add_url_rule("/api/v1/broken", view_func=fail)
    # When
    body = problem_of(world.anonymous.get("/api/v1/broken"), 500)
    # Then
    assert body["code"] == "internal"
    assert "mauve" not in str(body)


def test_a_good_request_id_is_kept_and_a_bad_one_replaced(world: World) -> None:
    assert (
        world.anonymous.get("/healthz", headers={"X-Request-ID": "a.b:c-1"}).headers["X-Request-ID"]
        == "a.b:c-1"
    )
    for bad in ("", "x" * 129, "a b", "é", "a\tb", "<script>"):
        given = world.anonymous.get("/healthz", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21,}", given)


def test_answers_of_the_api_are_not_to_be_stored_or_sniffed(world: World) -> None:
    response = world.admin.get(URL)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_with_many_faults_is_answered_with_a_few(world: World) -> None:
    body = problem_of(world.admin.post(URL, json={f"f{number}": 1 for number in range(5000)}), 422)
    assert len(body["errors"]) == 20


def test_the_body_must_be_json(world: World) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        response = world.admin.post(URL, data=b'{"description": "x"}', content_type=kind)
        assert problem_of(response, 415)["code"] == "unsupported_media_type"
    response = world.admin.post(URL, data="{}", content_type="application/json")
    assert problem_of(response, 422)["errors"][0] == {"pointer": "/description", "detail": "Field required"}
    assert (
        problem_of(world.admin.post(URL, data="{", content_type="application/json"), 400)["code"]
        == "malformed"
    )
