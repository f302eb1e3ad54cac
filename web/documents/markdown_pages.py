"""What the AsyncAPI document says, as pages to read: the socket's protocol, and the catalogue of events."""

import json
from collections.abc import Iterator
from typing import Any

from complaints.events.event_types import REMOVED, EventType
from web.documents.asyncapi import PATH, REFUSALS, schema_of_event, socket_document
from web.documents.event_catalogue import CATALOGUE
from web.documents.model_schemas import SCHEMAS
from web.documents.socket_messages import CLIENT_MESSAGES, SERVER_MESSAGES, EventMessage
from web.hub.core.resync_reasons import ResyncReason
from web.problems.problem_types import PROBLEM_TYPES, type_of

Node = dict[str, Any]
CHANGED = ("name", "changes")
SHOWN = {
    EventType.NEW_COMPLAINT: ("seq", "name", "occurred_at", "actor", "data", "changes"),
    REMOVED: ("name", "data", "changes"),
}
"""What of an event's example the page shows, where that is more than what has changed."""

MADE = "<!-- Made of the code by `make openapi`: change it there. -->"


def socket_page() -> str:
    """Return the page about the socket."""
    document = socket_document()
    return "\n".join((*_socket_lines(document), ""))


def events_page() -> str:
    """Return the catalogue of events."""
    return "\n".join((*_event_lines(socket_document()), ""))


def _socket_lines(document: Node) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    yield from ("# The socket", "", MADE, "", f"`GET {PATH}`, as [AsyncAPI 3](asyncapi.json) has it too.", "")
    yield from (document["info"]["description"], "")
    yield from ("## What a client says", "")
    for model in CLIENT_MESSAGES:
        yield from _message_lines(schemas, model.__name__)
    yield from ("## What the server says", "")
    for model in SERVER_MESSAGES:
        yield from _message_lines(schemas, model.__name__)
    yield from ("## Why `resync`", "", "| reason | what has happened |", "| --- | --- |")
    yield from (f"| `{reason}` | {reason.meaning} |" for reason in ResyncReason)
    yield from ("", "## Close codes", "", "| code | reason | what to do |", "| --- | --- | --- |")
    for code, close in document["channels"]["socket"]["x-close-codes"].items():
        yield f"| {code} | {close['reason']} | {close['remedy']} |"
    yield from (
        "",
        "## Refused before there is a socket",
        "",
        "| status | code | what to do |",
        "| --- | --- | --- |",
    )
    for name in REFUSALS:
        kind = PROBLEM_TYPES[name]
        yield f"| {kind.status} | `{name}` ({type_of(name)}) | {kind.remedy} |"


def _message_lines(schemas: Node, model: str) -> Iterator[str]:
    schema = schemas[model]
    yield from (f"### `{schema['properties']['type']['const']}`", "", schema["description"], "")
    members = {name: found for name, found in schema["properties"].items() if name != "type"}
    if members:
        yield from ("| member | type | |", "| --- | --- | --- |")
        required = schema.get("required", ())
        for name, found in members.items():
            optional = "" if name in required else " May be left out."
            yield f"| `{name}` | {_type_of(found)} | {_described(found, schemas)}{optional} |"
        yield ""
    if model == EventMessage.__name__:
        yield from ("[The catalogue](events.md) has each by its `name`.", "")
    else:
        yield from _example_lines([_type_first(example) for example in schema["examples"]])


def _event_lines(document: Node) -> Iterator[str]:
    yield from ("# Events", "", MADE, "")
    yield from (
        "One fact about one complaint each: the same in `GET /api/v1/events`, in a complaint's timeline and on",
        "[the socket](socket.md). They have one total order, `seq`, given moments after they were written. Ignore",
        "names that you don't know, and what is older than what you have (`data.version`).",
        "",
    )
    schemas = document["components"]["schemas"]
    yield from ("| member | type | |", "| --- | --- | --- |")
    for name, found in schemas["EventMessage"]["properties"].items():
        if name != "type":
            yield f"| `{name}` | {_type_of(found)} | {_described(found, schemas)} |"
    yield ""
    for name, entry in CATALOGUE.items():
        yield from (f"## `{name}`", "", entry.when, "")
        [example] = schemas[schema_of_event(name)]["examples"]
        shown = SHOWN.get(name, CHANGED)
        yield from _example_lines([{member: example[member] for member in shown}])


def _example_lines(examples: list[Any]) -> Iterator[str]:
    for example in examples:
        yield from ("```json", json.dumps(example, ensure_ascii=False, indent=2), "```", "")


def _type_first(example: Node) -> Node:
    return {"type": example["type"], **example}


def _type_of(schema: Node) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].removeprefix(SCHEMAS))
    if "anyOf" in schema:
        return " or ".join(_type_of(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"array of {_type_of(schema['items'])}"
    return str(schema.get("format", schema.get("type", "any")))


def _described(schema: Node, schemas: Node) -> str:
    return str(schema.get("description") or schemas[schema["$ref"].removeprefix(SCHEMAS)]["description"])
