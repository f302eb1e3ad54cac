"""The application factory."""

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

import dashboard
from complaints.alerts.state.alert_signals import AlertSignals
from complaints.db import Database
from complaints.events.wakeups import Enqueue, Poker
from complaints.redis_client import connect
from complaints.settings import Settings
from complaints.waits.patience import REQUEST
from web import cli, compression, public_forms
from web.api.accounts import (
    api_client_views,
    api_key_views,
    audit_views,
    operator_views,
    password_views,
    preference_views,
    sign_in_views,
)
from web.api.complaints import (
    bulk_actions,
    categories_and_sites,
    complaint_actions,
    complaint_views,
    csv_export,
    history_views,
    import_views,
    similar_views,
    stats_views,
    submission,
)
from web.api.telegram import alert_views, chat_views
from web.documents import api_docs, openapi
from web.http import access_tokens, problem_responses, rate_limits, request_hooks
from web.http.app_services import Services
from web.http.authorship import sign_as_caller
from web.limits.throttle import Throttle
from web.monitoring import health, socket_status
from web.page_words import page_words
from web.problems import problem_pages
from web.task_queue import make_enqueue
from web.upgrade import socket_route

API_PREFIX = "/api/v1"
API = (
    sign_in_views.blueprint,
    password_views.blueprint,
    preference_views.blueprint,
    submission.blueprint,
    import_views.blueprint,
    complaint_views.blueprint,
    complaint_actions.blueprint,
    bulk_actions.blueprint,
    csv_export.blueprint,
    history_views.blueprint,
    similar_views.blueprint,
    stats_views.blueprint,
    alert_views.blueprint,
    chat_views.blueprint,
    operator_views.blueprint,
    api_client_views.blueprint,
    api_key_views.blueprint,
    categories_and_sites.blueprint,
    audit_views.blueprint,
    socket_status.blueprint,
    api_docs.blueprint,
)


def create_app(settings: Settings, *, enqueue: Enqueue | None = None) -> APIFlask:
    """Return the application. Nothing connects before the first request; `enqueue` puts pokes on the broker."""
    app = APIFlask(
        "redress",
        title="Redress",
        version="1",
        spec_path=None,
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]
    )
    _correct_no_address(app)
    redis = connect(settings.redis_url)
    app.extensions["redress"] = Services(
        settings=settings,
        database=Database(
            settings.database_url,
            pool_size=settings.database_pool_size,
            patience=REQUEST,
            begun=sign_as_caller,
            committed=AlertSignals(redis).tell,
        ),
        redis=redis,
        poker=Poker(redis, enqueue or make_enqueue(settings)),
        throttle=Throttle(settings.redis_url),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for door in (request_hooks, rate_limits, problem_responses, compression, cli, socket_route):
        door.register(app)
    public_forms.register(app, settings)
    access_tokens.register(app, settings)
    _register_blueprints(app, mails=settings.mails)
    openapi.register(app)
    return app


def _correct_no_address(app: APIFlask) -> None:
    """Werkzeug would send `//path` to `/path` of whatever host the request names; nothing of ours is called so."""
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False


def _register_blueprints(app: APIFlask, *, mails: bool) -> None:
    for blueprint in API:
        app.register_blueprint(blueprint, url_prefix=API_PREFIX)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(problem_pages.blueprint)
    app.register_blueprint(dashboard.blueprint(page_words(mails=mails)))
