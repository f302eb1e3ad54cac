"""Liveness, readiness and metrics, outside the API's prefix."""

from hmac import compare_digest
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from complaints.errors import Forbidden, Unauthenticated
from web.http.app_services import services
from web.http.client_address import is_loopback, peer_address
from web.monitoring.alert_metrics import registry_of
from web.monitoring.readiness import Readiness
from web.monitoring.readiness_metrics import ReadinessCollector
from web.monitoring.throttle_metrics import ThrottleCollector

blueprint = Blueprint("health", __name__)
OUR_METRICS = "redress_metrics"


@blueprint.get("/healthz")
def healthz() -> Any:
    """Answer that the process lives."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Any:
    """Answer 503 only where intake would fail; what else is wrong makes it `degraded`."""
    found = Readiness(services().settings, services().database).look()
    return jsonify(found.on_wire()), 503 if found.status == "down" else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return this process's metrics and the deployment's in Prometheus' text format, to who may have them."""
    _require_scraper()
    ours = generate_latest(current_app.extensions[OUR_METRICS])
    return Response(generate_latest() + ours, content_type=CONTENT_TYPE_LATEST)


@blueprint.record
def _prepare_metrics(state: BlueprintSetupState) -> None:
    here = state.app.extensions["redress"]
    permitted = here.settings.telegram_rate_all.count
    others = (
        ReadinessCollector(Readiness(here.settings, here.database)),
        ThrottleCollector(),
    )
    state.app.extensions[OUR_METRICS] = registry_of(here.database, here.redis, permitted, *others)


def _require_scraper() -> None:
    """Let in who has METRICS_TOKEN; without one, in production, only this machine itself."""
    settings = services().settings
    if settings.metrics_token is not None:
        wanted = f"Bearer {settings.metrics_token.get_secret_value()}"
        if not compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode()):
            raise Unauthenticated("Send METRICS_TOKEN as a bearer token.")
    elif settings.env == "production" and not _is_from_here():
        raise Forbidden("Set METRICS_TOKEN to read metrics from another machine.")


def _is_from_here() -> bool:
    """Whoever comes through a proxy is not, wherever the proxy is."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return not forwarded and is_loopback(peer_address())
