"""What every request gets: an id, a body that is JSON where there is one, cautious headers, a line in the log."""

import re
from time import perf_counter
from typing import Any, NoReturn

import structlog
from flask import Flask, Request, Response, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from complaints.errors import Invalid
from complaints.ids import new_id
from web.http.app_services import services
from web.http.response_headers import cautious_headers

MAXIMUM_BODY_BYTES = 256 * 1024
NDJSON = "application/x-ndjson"
STREAMED: dict[tuple[str, str], int] = {("POST", "/api/v1/complaints/import"): 32 * 1024 * 1024}
"""How many bytes a body may have that is read line by line, by method and path; its view looks at its type."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
NO_CODING = ("", "identity")
WRITES = ("POST", "PUT", "PATCH")
PROXY_NOTICED = "redress_proxy_noticed"
NOT_LOGGED = ("/healthz", "/metrics", "/static/")

log = structlog.get_logger()


class StrictJson(DefaultJSONProvider):
    """JSON as I-JSON (RFC 7493) has it: no NaN, no name twice. What nests too deep is malformed."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse; raises ValueError for whatever is not JSON."""
        try:
            return super().loads(
                s, parse_constant=_refuse_constant, object_pairs_hook=_refuse_twins, **kwargs
            )
        except RecursionError:
            raise ValueError("nested too deep") from None


class Parameters(ImmutableMultiDict[str, str]):
    """Parameters of a query; one that was given more than once is a list, which most forms refuse."""

    def to_dict(self, flat: bool = True) -> dict[str, Any]:
        """Return the text of each parameter, or the list of its texts."""
        return {name: values[0] if flat and len(values) == 1 else values for name, values in self.lists()}


class JsonRequest(Request):
    """A request whose body is a JSON object; none at all stands for an empty one."""

    parameter_storage_class = Parameters

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """Return the object; raises BadRequest for what is not JSON and `Invalid` for JSON that is no object."""
        if not self.get_data(cache=True):
            return {}
        body = super().get_json(*args, **kwargs)
        if not isinstance(body, dict):
            raise Invalid("The body must be a JSON object.")
        return body

    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        """Say what is wrong with the text."""
        raise BadRequest(f"The body is not JSON: {e}.")


class BodyEncoded(UnsupportedMediaType):
    """A body that was compressed; the answer says which coding is taken (RFC 9110, section 15.5.16)."""

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """Return the headers of an error, and that one."""
        return [*super().get_headers(*args, **kwargs), ("Accept-Encoding", "identity")]


def register(app: Flask) -> None:
    """Hang the hooks into the app."""
    app.json = StrictJson(app)
    app.request_class = JsonRequest
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY_BYTES
    app.before_request(_name_request)
    app.before_request(_notice_proxy)
    app.before_request(_spell_bearer)
    app.before_request(_refuse_other_bodies)
    app.after_request(_finish)


def body_maximum_bytes(method: str, path: str) -> int:
    """Return how many bytes the body of such a request may have."""
    return STREAMED.get((method, path), MAXIMUM_BODY_BYTES)


def request_id_for(offered: str) -> str:
    """Return the id that the caller offers, or a new one where that is none."""
    return offered if REQUEST_ID.fullmatch(offered) else str(new_id())


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("an object has the same name twice")
    return members


def _name_request() -> None:
    g.began = perf_counter()
    g.request_id = request_id_for(request.headers.get("X-Request-ID", ""))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _spell_bearer() -> None:
    """Schemes are told apart without case (RFC 9110, 11.1); flask-jwt-extended knows one spelling."""
    scheme, space, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if space and scheme.lower() == "bearer":
        request.environ["HTTP_AUTHORIZATION"] = f"Bearer {token.strip()}"


def _refuse_other_bodies() -> None:
    has_body = bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "")
    codings = request.headers.get("Content-Encoding", "").split(",")
    if has_body and any(coding.strip().lower() not in NO_CODING for coding in codings):
        raise BodyEncoded("Send the body as it is, without Content-Encoding.")
    if (request.method, request.path) in STREAMED:
        request.max_content_length = STREAMED[request.method, request.path]
    elif has_body and request.method in WRITES and not request.is_json:
        raise UnsupportedMediaType("The body must be JSON: send Content-Type: application/json.")


def _notice_proxy() -> None:
    """Say once a process that limits take all clients for one: the proxy's address stands for each of them."""
    noticed = current_app.extensions.get(PROXY_NOTICED, False)
    if "X-Forwarded-For" in request.headers and not services().settings.trusted_proxies and not noticed:
        current_app.extensions[PROXY_NOTICED] = True
        log.warning(
            "proxy_not_trusted", hint="a proxy is in front: set TRUSTED_PROXIES to how many there are"
        )


def _finish(response: Response) -> Response:
    """Set the headers and tell of it."""
    response.headers["X-Request-ID"] = g.request_id
    for name, value in cautious_headers(https=services().settings.has_https).items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    _log(response.status_code)
    return response


def _log(status: int) -> None:
    """Tell of the request, but not its query string: that may carry what is nobody's business."""
    if not request.path.startswith(NOT_LOGGED):
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=status,
            ms=round((perf_counter() - g.began) * 1000, 1),
        )
