"""`GET /api/v1/websocket`: where a socket of the hub begins as a request.

A request thread only looks at the handshake: is it one, is its origin ours, is a place free. After the upgrade the
socket leaves the thread; who it is and what it says is the hub's business.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import flask_sock
import structlog
from flask import Blueprint, Flask, Response, g, request

from complaints.errors import TokenExpired, Unauthenticated
from web.http.access_tokens import access_cookie
from web.http.app_services import services
from web.http.client_address import limited_address
from web.http.problem_responses import problem
from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import Credential, ShownKey
from web.hub.core.hub_errors import HandshakeInvalid, SocketsFull, TooManyUnauthenticated, Upgraded
from web.hub.hub import Hub
from web.hub.socket.frames import close_frame
from web.hub.socket.ticket import Ticket
from web.upgrade.check_socket_tokens import claims_or_refusal, identify
from web.upgrade.handover import take_over
from web.upgrade.handshake import VERSION, Upgrade

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

PATH = "/api/v1/websocket"
BEARER = "bearer"
Shown = str | ShownKey | TokenExpired | None
RETRY_AFTER_SECONDS = "5"


START_SECONDS = 2.0
STARTING = threading.BoundedSemaphore(4)
"""How many sockets wait in request threads for a hub that has just started: complaints need the other threads."""


@dataclass(frozen=True, slots=True)
class SocketEntry:
    """A handshake that may go on: its place, and what it showed."""

    hub: Hub
    ticket: Ticket
    credential: Credential | None


def register(app: Flask) -> None:
    """Add the socket's route to the app."""
    app.wsgi_app = _stop_where_upgraded(app.wsgi_app)  # type: ignore[method-assign, assignment]
    flask_sock.Server = Upgrade  # flask-sock makes one for each request, and offers no other way to say which
    blueprint = Blueprint("socket", __name__)
    blueprint.before_request(_refuse_or_admit)
    blueprint.teardown_request(_give_ticket_back)
    blueprint.register_error_handler(HandshakeInvalid, _refuse_handshake)
    flask_sock.Sock().route(PATH, bp=blueprint)(_hand_over)
    app.register_blueprint(blueprint)


def _refuse_or_admit() -> Response | None:
    """Answer a handshake that must not be; else take a place for the socket and let the upgrade happen."""
    origin = request.headers.get("Origin")
    shown, by_cookie = _shown_in_handshake()
    if origin is not None and origin not in services().settings.origins:
        return _problem(HTTPStatus.FORBIDDEN, "origin_refused", f"No sockets for pages of {origin}.")
    if by_cookie and origin is None:
        return _problem(HTTPStatus.FORBIDDEN, "origin_refused", "A cookie counts only with an Origin.")
    return _take_a_place(shown)


def _shown_in_handshake() -> tuple[Shown, bool]:
    """Return the key or the token, or that it is over, and whether a cookie says so."""
    key = request.headers.get("X-API-Key")
    if key is not None:
        return ShownKey(key), False
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == BEARER:
        return token.strip(), False
    try:
        cookie = access_cookie()
    except TokenExpired as expired:
        return expired, True
    return cookie, cookie is not None


def _take_a_place(shown: Shown) -> Response | None:
    hub = services().hub
    if hub is not None and STARTING.acquire(blocking=False):
        try:
            hub.wait_for_begin(START_SECONDS)
        finally:
            STARTING.release()
    if hub is None or not hub.accepting:
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "sockets_unavailable", "No sockets here at present.")
    try:
        g.socket_entry = _entry(hub, limited_address(), shown)
    except SocketsFull:
        return _problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "sockets_full", "As many sockets as this process may."
        )
    except TooManyUnauthenticated:
        detail = "Too many sockets from this address have not said who they are."
        return _problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_unauthenticated", detail)
    return None


def _entry(hub: Hub, address: str, shown: Shown) -> SocketEntry:
    """Take a place. Raises `SocketsFull` or `TooManyUnauthenticated`.

    Whose token or key was not looked at yet counts as unknown: the hub looks at many at once, for less than it
    costs here. Only where an address has no room for more of the unknown do we look, and let in whose it is;
    that a token was there and is over, anybody can say.
    """
    try:
        return SocketEntry(hub, hub.admit(address), shown)
    except TooManyUnauthenticated:
        known = _known(shown)
        if known is None:
            raise
        return SocketEntry(hub, hub.admit(address, vouched=True), known)


def _known(shown: Shown) -> Credential | None:
    """Return what was shown, or what was found in it, if it is or was somebody's; None else."""
    if isinstance(shown, ShownKey):
        [holder] = identify(services().database, [shown])
        return None if isinstance(holder, Unauthenticated) else shown
    claims = claims_or_refusal(shown) if isinstance(shown, str) else None
    return claims if isinstance(claims, (tuple, TokenExpired)) else None


def _hand_over(upgrade: Upgrade) -> None:
    """Give the socket to the hub. The upgrade is answered: nothing else may be raised from here on."""
    entry: SocketEntry = g.socket_entry
    try:
        sock = take_over(upgrade.sock)
    except OSError:
        log.exception("socket_not_handed_over")
        upgrade.send(close_frame(CloseCode.RESTART, CloseCode.RESTART.reason))
    else:
        entry.hub.adopt(sock, entry.ticket, entry.credential)
        del g.socket_entry
    raise Upgraded


def _stop_where_upgraded(serve: "WSGIApplication") -> "WSGIApplication":
    """Tell gunicorn, in flask-sock's way, that there is nothing to answer any more."""

    def serve_or_stop(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return serve(environ, start_response)
        except Upgraded as upgraded:
            # A frame of Flask's keeps the exception, and its trace would keep all that the handshake used.
            upgraded.__traceback__ = None
            raise StopIteration from None

    return serve_or_stop


def _give_ticket_back(_error: BaseException | None) -> None:
    entry: SocketEntry | None = g.pop("socket_entry", None)
    if entry is not None:
        entry.hub.give_back(entry.ticket)


def _refuse_handshake(error: HandshakeInvalid) -> Response:
    response = _problem(HTTPStatus.BAD_REQUEST, "handshake_invalid", f"Not a WebSocket handshake: {error}.")
    response.headers["Sec-WebSocket-Version"] = VERSION
    return response


def _problem(status: HTTPStatus, code: str, detail: str) -> Response:
    response = problem(status, code, detail)
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response
