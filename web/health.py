"""Liveness, readiness and metrics, outside the API's prefix."""

from collections.abc import Callable
from typing import Any

import redis
from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from complaints.alive import missing_workers
from complaints.redis_client import connect
from web.services import services

blueprint = Blueprint("health", __name__)
Check = dict[str, str]
OK: Check = {"status": "ok"}


@blueprint.get("/healthz")
def healthz() -> Any:
    """Answer that the process lives."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Any:
    """Answer 503 only where intake would fail; what else is wrong makes it `degraded`."""
    checks = {
        "database": _check(_database),
        "redis": _check(_redis),
        "broker": _check(_broker),
        "telegram": _check(_telegram),
        "workers": _check(_workers),
    }
    if checks["database"]["status"] != "ok":
        return jsonify({"status": "down", "checks": checks}), 503
    fine = all(check["status"] in ("ok", "off") for check in checks.values())
    return jsonify({"status": "ok" if fine else "degraded", "checks": checks})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return this process's metrics in Prometheus' text format."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _check(probe: Callable[[], Check]) -> Check:
    try:
        return probe()
    except SQLAlchemyError as error:
        return {"status": "down", "detail": type(error).__name__}
    except RedisError as error:
        return {"status": "down", "detail": type(error).__name__}


def _database() -> Check:
    services().database.check()
    return OK


def _redis() -> Check:
    services().redis.ping()
    return OK


def _broker() -> Check:
    settings = services().settings
    if settings.broker_url == settings.redis_url:
        return _redis()
    client: redis.Redis = connect(settings.broker_url)
    try:
        client.ping()
    finally:
        client.close()
    return OK


def _telegram() -> Check:
    if services().settings.telegram_bot_token is None:
        return {"status": "off", "detail": "TELEGRAM_BOT_TOKEN is not set: alerts are off"}
    return OK


def _workers() -> Check:
    missing = missing_workers(services().redis)
    if missing:
        return {"status": "down", "detail": f"not heard of lately: {', '.join(missing)}"}
    return OK
