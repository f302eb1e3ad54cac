"""The Flask app: the bots' door, the scripts' door, and the page."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from sandbox.base.loopback import is_loopback
from sandbox.http.bot_api import BotApi
from sandbox.http.control import control_blueprint
from sandbox.people.script import Script

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def create_app(sandbox: Script, botapi: BotApi) -> Flask:
    app = Flask(__name__, static_folder="page", static_url_path="/page")
    app.register_blueprint(botapi.blueprint())
    app.register_blueprint(control_blueprint(sandbox))
    app.add_url_rule("/", view_func=lambda: app.send_static_file("index.html"), endpoint="page")
    app.before_request(_only_this_machine)
    app.after_request(_with_headers)
    return app


def _only_this_machine() -> None:
    """Refuse names that were made to point here: a foreign page must not reach the sandbox by one."""
    if not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        abort(403)


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
