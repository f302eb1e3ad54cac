"""The OpenAPI document: what APIFlask makes of the code, completed with what only the doors know."""

from http import HTTPStatus
from typing import Any, cast

from apiflask import APIFlask
from pydantic import BaseModel, Field

from web.http.access_tokens import ACCESS_COOKIE
from web.http.declared_headers import IDEMPOTENCY_KEY, Header, headers_answered, headers_taken
from web.http.permissions import KEY, View
from web.uploads.body_limits import MULTIPART
from web.uploads.declared_bodies import JSON, bodies_taken, multipart_schema

VERSION = "3.1.0"
DESCRIPTION = """Takes complaints in and makes sure that the right admins know within seconds.

Operators sign in and send `Authorization: Bearer …`; programs send `X-API-Key`, and each operation names the
scopes of which their key must have one. Bodies are JSON without unknown fields; instants are RFC 3339 in UTC. Every
error is a problem document (RFC 9457) with a stable `code`. A request may carry `X-Request-ID`; every answer does.
Lists are `{items, next_cursor}`: go on with `cursor=NEXT_CURSOR`. A POST that creates takes `Idempotency-Key`: sent
again within a day it creates nothing more, and is answered as before, with the secret that it showed."""
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": ACCESS_COOKIE,
        "description": "Writes also carry `X-CSRF-TOKEN` with the value of the cookie `csrf_access_token`. "
        "Of an address of https the names of both begin with `__Host-`.",
    },
    KEY: {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key is `rd_`, ten characters, `_` and 42 more; the last six are the CRC-32, in base 62, "
        "of all before them. Where it has a rate of its own, 429 says in `Retry-After` how many seconds to wait.",
    },
}
SCHEMAS = "#/components/schemas/"
PROBLEM = "application/problem+json"
BODY_FAULTS = ("400", "413", "415", "422")
KEY_FAULTS = ("409", "422")
WITHOUT_CONTENT = ("204", "304")
SAME_BODY = {("get_websocket_show_health", "503"): "200"}
TAGS = {
    "Complaints": "Submit, list, read, correct and act.",
    "Attachments": "Files of complaints.",
    "Histories": "What happened, and figures.",
    "Alerts": "Who was told on Telegram, when, and every attempt.",
    "Telegram": "Chats that receive alerts.",
    "Sign-in": "Sessions of operators.",
    "Operators": "Who may sign in.",
    "API clients": "Programs that call the API, and their keys.",
    "Categories and sites": "The words to sort complaints by.",
    "Audit": "Who changed operators, keys and settings.",
    "Sockets": "How events reach dashboards.",
}


class FaultShape(BaseModel):
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901), or empty for the whole."""

    pointer: str
    detail: str


class ProblemShape(BaseModel):
    """An error (RFC 9457); `code` never changes. Some carry more: `allowed`, `current`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[FaultShape] = Field(default_factory=list)


def register(app: APIFlask) -> None:
    """Describe the app; call it when all its blueprints are registered."""
    app.description = DESCRIPTION
    app.license = {"name": "MIT", "identifier": "MIT"}
    app.security_schemes = SCHEMES
    app.config.update(
        OPENAPI_VERSION=VERSION,
        VALIDATION_ERROR_STATUS_CODE=422,
        AUTO_404_RESPONSE=False,
        AUTO_OPERATION_ID=True,
        AUTO_SERVERS=False,
    )
    for blueprint in app.blueprints.values():
        vars(blueprint).setdefault("enable_openapi", False)  # APIFlask asks plain blueprints too
    app.spec_processor(lambda spec: _complete(app, spec))


def _complete(app: APIFlask, spec: Any) -> Any:
    views = {endpoint.replace(".", "_"): view for endpoint, view in app.view_functions.items()}
    schemas = spec["components"]["schemas"]
    for shape in (ProblemShape, FaultShape):
        schemas[shape.__name__] = shape.model_json_schema(ref_template=SCHEMAS + "{model}")
    for unused in ("HTTPError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            view = views[operation["operationId"].removeprefix(f"{method}_")]
            _complete_operation(operation, view, has_name="{" in path)
    return _flatten(spec)


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


def _complete_operation(operation: dict[str, Any], view: View, *, has_name: bool) -> None:
    schemes = _schemes(view)
    operation["security"] = _security(view)
    responses = operation["responses"]
    expected = [*(("401", "403") if schemes else ()), *(("404",) if has_name else ())]
    expected += ("429",) if KEY in schemes else ()
    _add_multipart(operation, view)
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        expected += BODY_FAULTS
    if IDEMPOTENCY_KEY in headers_taken(view):
        expected += KEY_FAULTS
    for status in expected:
        responses.setdefault(status, {})
    name = operation["operationId"]
    answered = {header.name: _header(header) for header in headers_answered(view)}
    operation["responses"] = {
        status: _response(name, status, responses, answered) for status in sorted(responses)
    }
    operation["parameters"] = [_parameter(found) for found in operation["parameters"]] + [
        {"name": header.name, "in": "header", "required": required, **_header(header)}
        for header, required in headers_taken(view).items()
    ]


def _add_multipart(operation: dict[str, Any], view: View) -> None:
    if MULTIPART not in bodies_taken(view):
        return
    content = operation.setdefault("requestBody", {"content": {}})["content"]
    content[MULTIPART] = {"schema": multipart_schema(content.get(JSON, {}).get("schema"))}


def _response(name: str, status: str, responses: dict[str, Any], headers: dict[str, Any]) -> dict[str, Any]:
    phrase = HTTPStatus(int(status)).phrase
    if status in WITHOUT_CONTENT:
        return {"description": phrase}
    if (name, status) in SAME_BODY:
        return {**responses[SAME_BODY[name, status]], "description": phrase}
    if status >= "400":
        schema = {"$ref": f"{SCHEMAS}ProblemShape"}
        return {"description": phrase, "content": {PROBLEM: {"schema": schema}}}
    return {**responses[status], **({"headers": headers} if headers else {})}


def _header(header: Header) -> dict[str, Any]:
    return {"description": header.description, "schema": {"type": "string"}}


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    if parameter["in"] == "path":
        wanted = "The complaint's id or reference." if parameter["name"] == "name" else "The id."
        return {**parameter, "description": wanted}
    schema = _without_null(parameter["schema"])
    if schema.get("type") == "array":
        return {**parameter, "schema": schema, "style": "form", "explode": True}
    return {**parameter, "schema": schema}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be left out, but can't be null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if not kinds:
        return schema
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _flatten(spec: Any) -> Any:
    """Give each model one name: APIFlask repeats `Inner` as `Outer.Inner` for each `Outer`."""
    schemas: dict[str, Any] = {}
    for name, schema in sorted(_rename(spec["components"]["schemas"]).items()):
        if schemas.setdefault(_plain(name), schema) != schema:
            raise ValueError(f"two models would be called {_plain(name)}")
    components = {**spec["components"], "schemas": dict(sorted(schemas.items()))}
    tags = [{"name": name, "description": description} for name, description in TAGS.items()]
    return {**spec, "tags": tags, "paths": _rename(spec["paths"]), "components": components}


def _rename(node: Any) -> Any:
    if isinstance(node, list):
        return [_rename(item) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        return {"$ref": SCHEMAS + _plain(reference.removeprefix(SCHEMAS))}
    return {name: _rename(value) for name, value in node.items() if not _is_noise(name, value)}


def _is_noise(name: str, value: Any) -> bool:
    return name in ("title", "$defs") and not (isinstance(value, dict) and name == "title")


def _plain(name: str) -> str:
    return name.rpartition(".")[2].removesuffix("Shape")
