"""Liveness, readiness and metrics, outside the API's prefix."""

from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from complaints.clock import to_wire
from complaints.errors import Forbidden, Unauthenticated
from complaints.redis_client import connect
from complaints.telegram.circuit import NO_ANSWER, TOKEN_REFUSED, current_outage
from complaints.upkeep.worker_heartbeat import missing_workers
from web.http.app_services import services
from web.http.client_address import is_loopback, peer_address
from web.monitoring.alert_metrics import registry_of

blueprint = Blueprint("health", __name__)
Check = dict[str, str]
OK: Check = {"status": "ok"}
ANSWER_TIMEOUT_SECONDS = 0.5
ALERT_METRICS = "redress_alert_metrics"
OUTAGES = {
    NO_ANSWER: "Telegram has not answered",
    TOKEN_REFUSED: "Telegram has refused TELEGRAM_BOT_TOKEN",
}


@blueprint.get("/healthz")
def healthz() -> Any:
    """Answer that the process lives."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Any:
    """Answer 503 only where intake would fail; what else is wrong makes it `degraded`."""
    checks = {
        "database": _check(_database),
        **_redis_and_what_needs_it(),
    }
    if checks["database"]["status"] != "ok":
        return jsonify({"status": "down", "checks": checks}), 503
    fine = all(check["status"] in ("ok", "off") for check in checks.values())
    return jsonify({"status": "ok" if fine else "degraded", "checks": checks})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return this process's metrics and the alerts' in Prometheus' text format, to who may read them."""
    _require_scraper()
    alerts = generate_latest(current_app.extensions[ALERT_METRICS])
    return Response(generate_latest() + alerts, content_type=CONTENT_TYPE_LATEST)


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


@blueprint.record
def _prepare_metrics(state: BlueprintSetupState) -> None:
    here = state.app.extensions["redress"]
    state.app.extensions[ALERT_METRICS] = registry_of(
        here.database, here.redis, here.settings.telegram_rate_all.count
    )


def _check(probe: Callable[[], Check]) -> Check:
    try:
        return probe()
    except (SQLAlchemyError, RedisError) as error:
        return {"status": "down", "detail": type(error).__name__}


def _database() -> Check:
    services().database.check()
    return OK


def _redis_and_what_needs_it() -> dict[str, Check]:
    """Ask each server once, so that one that hangs is waited for once."""
    settings = services().settings
    with connect(settings.redis_url, answer_timeout=ANSWER_TIMEOUT_SECONDS) as client:
        redis = _check(lambda: _ping(client))
        away = {**redis, "detail": "Redis is away"}
        found = {
            "redis": redis,
            "workers": _check(lambda: _workers(client)) if redis == OK else away,
            "telegram": _telegram(client) if redis == OK or not settings.telegram_bot_token else away,
        }
    if settings.broker_url == settings.redis_url:
        return {**found, "broker": redis}
    with connect(settings.broker_url, answer_timeout=ANSWER_TIMEOUT_SECONDS) as client:
        return {**found, "broker": _check(lambda: _ping(client))}


def _ping(client: Redis) -> Check:
    client.ping()
    return OK


def _workers(client: Redis) -> Check:
    missing = missing_workers(client)
    if missing:
        return {"status": "down", "detail": f"not heard of lately: {', '.join(missing)}"}
    return OK


def _telegram(client: Redis) -> Check:
    if services().settings.telegram_bot_token is None:
        return {"status": "off", "detail": "TELEGRAM_BOT_TOKEN is not set: alerts are off"}
    return _check(lambda: _circuit(client))


def _circuit(client: Redis) -> Check:
    outage = current_outage(client)
    if outage is None:
        return OK
    return {"status": "down", "detail": f"{OUTAGES[outage.reason]} since {to_wire(outage.since)}"}
