"""One operation of the OpenAPI document: what APIFlask knows of it, completed with what its view says."""

import inspect
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast

from web.documents.account_words import OF_PARAMETERS
from web.documents.model_schemas import SCHEMAS, plain_name
from web.documents.problem_components import name_of
from web.http.declared_headers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    RATE_LIMIT,
    RATE_LIMIT_POLICY,
    headers_answered,
    headers_taken,
    lines_of,
)
from web.http.permissions import KEY, View
from web.http.request_hooks import NDJSON
from web.problems.declared_refusals import refusals_of
from web.problems.problem_types import PROBLEM_TYPES, code_of

Node = dict[str, Any]
LIMITED = (RATE_LIMIT, RATE_LIMIT_POLICY)
WITHOUT_CONTENT = ("204", "304")
SAME_BODY = {("get_websocket_show_health", "503"): "200"}
OF_ANY = ("internal", "database_unavailable")
OF_KNOWN_CALLERS = ("unauthenticated", "token_expired", "session_revoked", "forbidden")
OF_KEYS = ("key_expired", "key_revoked", "throttled")
OF_BODIES = ("malformed", "too_large", "unsupported_media_type", "invalid")
WRITES = ("post_", "put_", "patch_")
OF_REPEATS = ("idempotency_running", "idempotency_answer_lost", "idempotency_mismatch", "invalid")


def complete_operation(operation: Node, view: View, *, has_name: bool) -> None:
    """Complete the operation in place; `has_name` says whether its path names a thing, which may not be there."""
    operation["description"] = inspect.getdoc(view)
    operation["security"] = _security(view)
    _say_lines(operation, view)
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    for kind in _kinds(operation):
        _show_example(kind)
    operation["responses"] = _responses(operation, view, has_name=has_name)
    operation["parameters"] = [_parameter(found) for found in operation["parameters"]] + [
        {"name": header.name, "in": "header", "required": required, **header.as_documented()}
        for header, required in headers_taken(view).items()
    ]


def _say_lines(operation: Node, view: View) -> None:
    """Say what a body of lines is, and its answer: OpenAPI 3.1 has no word for them, the schema is of each."""
    lines = lines_of(view)
    if lines is not None:
        taken, answered = ({NDJSON: {"schema": {"$ref": SCHEMAS + one.__name__}}} for one in lines)
        operation["requestBody"] = {"content": taken}
        operation["responses"]["200"] = {"description": "A line for each line", "content": answered}


def _kinds(operation: Node) -> Iterator[Node]:
    """Yield the media types of the body and of the answers."""
    for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from holder.get("content", {}).values()


def _show_example(kind: Node) -> None:
    reference = kind["schema"].get("$ref")
    if reference is None:
        kind.setdefault("example", {})
    else:
        name = plain_name(reference.removeprefix(SCHEMAS))
        kind["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}


def _schemes(view: View) -> tuple[str, ...]:
    """Return the security schemes that the view's decorator (`web.http.permissions`) accepts."""
    return cast(tuple[str, ...], vars(view).get("schemes", ()))


def _security(view: View) -> list[dict[str, list[str]]]:
    """Return what lets somebody in, each for itself; of a key's scopes any does."""
    scopes = vars(view).get("scopes", ())
    return [
        {scheme: list(named)} if scheme else {}
        for scheme in _schemes(view)
        for named in ([[one] for one in scopes] if scheme == KEY and scopes else [[]])
    ]


def _codes(operation: Node, view: View, *, has_name: bool) -> Iterator[str]:
    """Yield the codes of the problems that may be answered."""
    yield from OF_ANY
    schemes, taken = _schemes(view), headers_taken(view)
    names = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    yield from OF_KNOWN_CALLERS if schemes else ()
    yield from OF_KEYS if KEY in schemes else ()
    yield from ("not_found",) if has_name else ()
    yield from ("unsupported_media_type",) if operation["operationId"].startswith(WRITES) else ()
    yield from OF_BODIES if "requestBody" in operation else ()
    yield from ("invalid",) if names else ()
    yield from ("cursor_invalid",) if "cursor" in names else ()
    yield from OF_REPEATS if IDEMPOTENCY_KEY in taken else ()
    yield from ("stale_version",) if IF_MATCH in taken else ()
    yield from ("version_required",) if taken.get(IF_MATCH) else ()
    yield from (error.code for error in refusals_of(view))
    yield from (code_of(int(status)) for status in operation["responses"] if status >= "400")


def _responses(operation: Node, view: View, *, has_name: bool) -> Node:
    codes = frozenset(_codes(operation, view, has_name=has_name))
    refused: dict[str, list[str]] = {}
    for code, kind in PROBLEM_TYPES.items():
        if code in codes:
            refused.setdefault(str(kind.status), []).append(code)
    limited = LIMITED if "throttled" in codes else ()
    answered = {header.name: header.as_documented() for header in (*headers_answered(view), *limited)}
    own = {
        status: _answer(operation, status, answered)
        for status in {*operation["responses"], *_same_bodies(operation)}
        if status < "400" or (operation["operationId"], status) in SAME_BODY
    }
    problems = {
        status: {"$ref": f"#/components/responses/{name_of(tuple(found))}"}
        for status, found in refused.items()
    }
    return dict(sorted({**problems, **own}.items()))


def _same_bodies(operation: Node) -> Iterator[str]:
    yield from (status for name, status in SAME_BODY if name == operation["operationId"])


def _answer(operation: Node, status: str, headers: Node) -> Node:
    phrase = HTTPStatus(int(status)).phrase
    if status in WITHOUT_CONTENT:
        return {"description": phrase}
    same = SAME_BODY.get((operation["operationId"], status))
    if same is not None:
        return {**operation["responses"][same], "description": phrase}
    return {**operation["responses"][status], **({"headers": headers} if headers else {})}


def _parameter(parameter: Node) -> Node:
    schema = dict(_without_null(parameter["schema"]))
    name, place = parameter["name"], parameter["in"]
    usual = OF_PARAMETERS.get(name, OF_PARAMETERS["path"] if place == "path" else None)
    described = {
        "description": parameter.get("description") or schema.pop("description", usual and usual.means),
        "example": next(iter(schema.pop("examples", ())), usual and usual.example),
    }
    schema.pop("description", None)
    style = {"style": "form", "explode": True} if schema.get("type") == "array" else {}
    return {**parameter, **described, "schema": schema, **style}


def _without_null(schema: Node) -> Node:
    """Return the schema of a parameter that may be left out, but can't be null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if not kinds:
        return schema
    told = {name: schema[name] for name in ("description", "examples") if name in schema}
    return {**(kinds[0] if len(kinds) == 1 else {"anyOf": kinds}), **told}
