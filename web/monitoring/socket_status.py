"""How the sockets are doing: for probes, and for admins."""

from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from complaints.errors import SocketsUnavailable
from complaints.words import Role
from web.http.app_services import services
from web.http.permissions import signed_in
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("websocket", __name__, tag="Sockets")

RETRY_AFTER_SECONDS = 5
NOT_STARTED = {"status": "down", "detail": "the hub has not started in this process"}


class Lag(BaseModel):
    """Milliseconds since the write over the last minute or two; null where nothing happened."""

    p50: float | None
    p99: float | None


class Processes(BaseModel):
    """How many web processes are how; one that ends is down, one that died counts for ten seconds more."""

    ok: int
    degraded: int
    down: int


class HubHealth(BaseModel):
    """How the hub of the answering process is; `processes` is null where Redis doesn't tell of the others."""

    status: str
    detail: str
    hub: str | None = None
    stream: str | None = None
    connections: int | None = None
    head: int | None = None
    lag_ms: Lag | None = None
    processes: Processes | None = None


class HubStats(BaseModel):
    """All web processes together; `complete` is false where Redis could not be asked about the others."""

    connections: int
    connections_by_role: dict[str, int]
    sent: int
    queued_bytes: int
    slow_closes: int
    resumes: int
    resyncs: int
    head: int
    lag_ms: Lag
    screen_lag_ms: Lag
    complete: bool
    processes: list[dict[str, Any]]


@blueprint.get("/websocket/health")
@blueprint.output(HubHealth)
@blueprint.doc(summary="Whether events reach sockets", security=[], responses=[503])
def show_health() -> Any:
    """Return 200 where sockets are served (`ok`, or `degraded`: slower than it should be), else 503."""
    hub = services().hub
    health = NOT_STARTED if hub is None else hub.health()
    down = health["status"] == "down"
    return health, HTTPStatus.SERVICE_UNAVAILABLE if down else HTTPStatus.OK


@blueprint.get("/websocket/stats")
@signed_in(Role.ADMIN)
@blueprint.output(HubStats)
@refuses(SocketsUnavailable)
@blueprint.doc(summary="Connections, deliveries and lag of all processes")
def show_stats() -> Any:
    """Return the numbers of all web processes: this one's as they are, the others' at most seconds old."""
    hub = services().hub
    if hub is None:
        raise SocketsUnavailable("The hub has not started in this process.", RETRY_AFTER_SECONDS)
    return hub.stats()
