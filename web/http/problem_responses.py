"""Every error as RFC 9457 `application/problem+json`, with a stable `code` and the request's id."""

from typing import Any

import structlog
from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, g, json
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from complaints import errors
from web.problems.problem_types import PROBLEM_TYPES, code_of, type_of

log = structlog.get_logger()

Fault = dict[str, str]
FAULTS_MAXIMUM = 20
POINTER_MAXIMUM = 200
RETRY_AFTER_SECONDS = "5"
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)


def register(app: APIFlask) -> None:
    """Make every error of the app a problem document."""
    app.register_error_handler(errors.RedressError, _refusal)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(HTTPError, _api_error)


def problem(
    status: int, code: str, detail: str, faults: list[Fault] | None = None, **members: Any
) -> Response:
    """Return a problem document; `members` are added to it as they are."""
    body = problem_document(status, code, detail, request_id=g.get("request_id"), faults=faults)
    return Response(json.dumps({**body, **members}), status, content_type="application/problem+json")


def problem_document(
    status: int, code: str, detail: str, *, request_id: str | None, faults: list[Fault] | None = None
) -> dict[str, Any]:
    """Return what a problem's body says."""
    return {
        "type": type_of(code),
        "title": PROBLEM_TYPES[code].title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "errors": faults or [],
    }


def faults_of(error: ValidationError) -> tuple[str, list[Fault]]:
    """Return what is wrong with what breaks a schema, in a sentence and field by field."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [_fault(fault) for fault in found[:FAULTS_MAXIMUM]]
    return _summary(faults[0], len(found)), faults


def _refusal(error: errors.RedressError) -> Response:
    status = PROBLEM_TYPES[error.code].status
    faults: list[Fault] | None = None
    members: dict[str, Any] = {}
    if isinstance(error, errors.Invalid):
        faults = [{"pointer": error.pointer, "detail": error.detail}]
    if isinstance(error, errors.TransitionRefused):
        members["allowed"] = list(error.allowed)
    if isinstance(error, errors.StaleVersion):
        members["current"] = error.current
    response = problem(status, error.code, error.detail, faults, **members)
    if isinstance(error, errors.Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="redress"'
    if isinstance(error, errors.Later):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]
    response = problem(status, code_of(status), error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _api_error(error: HTTPError) -> Response:
    """Answer APIFlask's own errors: a body or query that breaks its schema, above all."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        detail, faults = faults_of(cause)
        return problem(422, "invalid", detail, faults)
    return problem(error.status_code, code_of(error.status_code), error.message or "")


def _database_away(error: Exception) -> Response:
    log.error("database_away", exc_info=error)
    response = problem(503, "database_unavailable", "The database can't be reached. Try again.")
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _unexpected(error: Exception) -> Response:
    log.exception("request_failed", exc_info=error)
    return problem(500, "internal", "Something went wrong on our side. It was logged with this request's id.")


def _fault(fault: Any) -> Fault:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in fault["loc"])
    detail = fault["msg"].removeprefix("Value error, ")
    return {"pointer": _storable(pointer)[:POINTER_MAXIMUM], "detail": _storable(detail)}


def _storable(text: str) -> str:
    """Return the text without lone surrogates, which UTF-8 can't carry."""
    return text.encode(errors="replace").decode()


def _summary(first: Fault, count: int) -> str:
    more = f" And {count - 1} more." if count > 1 else ""
    return f"{first['pointer'] or 'The body'}: {first['detail']}.{more}"
