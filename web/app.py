"""The application factory."""

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

import dashboard
from complaints.alerts.state.alert_signals import AlertSignals
from complaints.db import Database
from complaints.events.wakeups import Enqueue, Poker
from complaints.redis_client import connect
from complaints.settings import Settings
from web import auth, cli, errors, health, openapi, requests
from web.api import (
    actions,
    alerts,
    bulk,
    clients,
    complaints,
    docs,
    export,
    histories,
    intake,
    operators,
    sorting,
    stats,
    telegram,
)
from web.api import auth as sign_in
from web.api import websocket as socket_state
from web.enqueue import make_enqueue
from web.page_words import page_words
from web.services import Services
from web.throttle import Throttle
from web.upgrade import socket_route

API_PREFIX = "/api/v1"
API = (
    sign_in.blueprint,
    intake.blueprint,
    complaints.blueprint,
    actions.blueprint,
    bulk.blueprint,
    export.blueprint,
    histories.blueprint,
    stats.blueprint,
    alerts.blueprint,
    telegram.blueprint,
    operators.blueprint,
    clients.blueprint,
    sorting.blueprint,
    socket_state.blueprint,
    docs.blueprint,
)


def create_app(settings: Settings, *, enqueue: Enqueue | None = None) -> APIFlask:
    """Return the application. Nothing connects before the first request; `enqueue` puts pokes on the broker."""
    app = APIFlask(
        "redress",
        title="Redress",
        version="1",
        spec_path=f"{API_PREFIX}/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]
    )
    redis = connect(settings.redis_url)
    app.extensions["redress"] = Services(
        settings=settings,
        database=Database(settings.database_url, committed=AlertSignals(redis).tell),
        redis=redis,
        poker=Poker(redis, enqueue or make_enqueue(settings)),
        throttle=Throttle(settings.redis_url),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for door in (requests, errors, cli, socket_route):
        door.register(app)
    auth.register(app, settings)
    _register_blueprints(app)
    openapi.register(app)
    return app


def _register_blueprints(app: APIFlask) -> None:
    for blueprint in API:
        app.register_blueprint(blueprint, url_prefix=API_PREFIX)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(dashboard.blueprint(page_words()))
