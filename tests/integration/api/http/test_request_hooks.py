"""One line a request in the log, and nothing in it that is nobody's business."""

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from tests.integration.api.people import World


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.app.test_client()


def test_a_request_leaves_one_line_without_its_query_string(client: FlaskClient) -> None:
    # When
    with capture_logs() as lines:
        client.get("/api/v1/complaints?q=secret&token=secret", headers={"X-Request-ID": "abc"})
    # Then
    [line] = [line for line in lines if line["event"] == "request"]
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": "/api/v1/complaints",
        "status": 401,
    }


def test_a_fault_of_ours_leaves_its_line_too(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(client.application.view_functions, "health.readyz", lambda: 1 / 0)
    # When
    with capture_logs() as lines:
        client.get("/readyz")
    # Then
    assert [line["status"] for line in lines if line["event"] == "request"] == [500]


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/static/nothing.js"])
def test_probes_and_files_are_not_logged(client: FlaskClient, path: str) -> None:
    # When
    with capture_logs() as lines:
        client.get(path)
    # Then
    assert not [line for line in lines if line["event"] == "request"]
