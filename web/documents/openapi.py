"""The OpenAPI document: what APIFlask makes of the code, completed with what only the doors know."""

from collections.abc import Iterator
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel

from web.documents.model_schemas import describe_properties, flat_schemas, rename
from web.documents.operations import complete_operation
from web.documents.problem_components import FaultShape, ProblemShape, problem_answer, problem_examples
from web.http.access_tokens import ACCESS_COOKIE
from web.http.declared_headers import lines_of
from web.http.permissions import KEY

VERSION = "3.1.0"
DESCRIPTION = """Takes complaints in and makes sure that the right admins know within seconds.

Operators sign in and send `Authorization: Bearer …`; programs send `X-API-Key`, and each operation names the
scopes of which their key must have one. Bodies are JSON without unknown fields; instants are RFC 3339 in UTC. Every
error is a problem document (RFC 9457) with a stable `code`. A request may carry `X-Request-ID`; every answer does.
Lists are `{items, next_cursor}`: go on with `cursor=NEXT_CURSOR`. A POST that creates takes `Idempotency-Key`: sent
again within a day it creates nothing more, and is answered as before, with the secret that it showed.

Every operation names the problems that it may answer; [each has a page](/problems), where its `type` leads.
What can't be read as a request is refused before, with 400, 408, 413, 414, 415, 417, 431 or 501."""
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
TAGS = {
    "Complaints": "Submit, list, read, correct and act.",
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


PROBLEM_ANSWERS = "#/components/responses/"


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
    for unused in ("HTTPError", "ValidationError"):
        spec["components"]["schemas"].pop(unused, None)
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            view = views[operation["operationId"].removeprefix(f"{method}_")]
            complete_operation(operation, view, has_name="{" in path)
    lines = [one for view in views.values() for one in lines_of(view) or ()]
    return _assemble(spec, lines)


def _assemble(spec: Any, lines: list[type[BaseModel]]) -> Any:
    """Return the document with the components that its operations refer to."""
    paths, schemas = (
        rename(spec["paths"]),
        flat_schemas(spec["components"]["schemas"], ProblemShape, FaultShape, *lines),
    )
    describe_properties(schemas)
    examples = {
        name: {"value": schema["examples"][0]} for name, schema in schemas.items() if "examples" in schema
    }
    answers = {name: problem_answer(tuple(name.split(".")[1:])) for name in sorted(_answers_named(paths))}
    components = {
        **spec["components"],
        "schemas": schemas,
        "responses": answers,
        "examples": {**problem_examples(), **examples},
    }
    tags = [{"name": name, "description": description} for name, description in TAGS.items()]
    return {**spec, "tags": tags, "paths": paths, "components": components}


def _answers_named(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref", "")
        if isinstance(reference, str) and reference.startswith(PROBLEM_ANSWERS):
            yield reference.removeprefix(PROBLEM_ANSWERS)
        for child in node.values():
            yield from _answers_named(child)
