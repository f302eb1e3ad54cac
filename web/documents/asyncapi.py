"""The socket's protocol as an AsyncAPI 3 document, made of what the hub knows: messages, close codes, events."""

from typing import Any

from web.documents.event_catalogue import CATALOGUE, EventEntry
from web.documents.model_schemas import SCHEMAS, describe_properties, example_of, flat_schemas
from web.documents.openapi import SCHEMES
from web.documents.socket_messages import CLIENT_MESSAGES, SERVER_MESSAGES, type_said
from web.hub.core.close_codes import CloseCode

Node = dict[str, Any]
VERSION = "3.0.0"
PATH = "/api/v1/websocket"
CHANNEL = {"$ref": "#/channels/socket"}
DESCRIPTION = """Events as they happen, to dashboards and programs.

Show who you are in the handshake (`Authorization`, `X-API-Key`, or the cookie with the page's `Origin`), or in a
first message `auth`. After `welcome` say `subscribe`; answer every `ping` with `pong`; keep the `seq` of the last
event that you have dealt with, and subscribe after it when you come back. Ignore messages and names that you don't
know, and an event whose `data.version` is older than what you have. A token in the address is ignored."""
EVENT = "event"
REPLIES = {"auth": ("welcome",), "subscribe": ("live", "resync")}
REFUSALS = (
    "handshake_invalid",
    "origin_refused",
    "too_many_unauthenticated",
    "sockets_unavailable",
    "sockets_full",
)
"""How a handshake is refused, before there is a socket: problems by their codes."""


def socket_document() -> Node:
    """Return the document."""
    schemas = flat_schemas({}, *CLIENT_MESSAGES, *SERVER_MESSAGES)
    describe_properties(schemas)
    schemas |= {
        schema_of_event(name): _event_schema(name, entry, schemas) for name, entry in CATALOGUE.items()
    }
    said = {type_said(model): model.__name__ for model in (*CLIENT_MESSAGES, *SERVER_MESSAGES)}
    messages = {name: _message(name, model, schemas) for name, model in said.items()}
    messages |= {
        f"{EVENT}.{name}": _message(EVENT, schema_of_event(name), schemas, title=f"{EVENT}: {name}")
        for name in CATALOGUE
    }
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Redress, the socket",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "deployment": {
                "host": "{host}",
                "protocol": "wss",
                "description": "Your deployment.",
                "variables": {"host": {"default": "redress.example.org", "description": "Its host."}},
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in SCHEMES],
            }
        },
        "channels": {"socket": _channel(messages)},
        "operations": _operations(messages),
        "components": {"messages": messages, "schemas": schemas, "securitySchemes": _schemes()},
    }


def schema_of_event(name: str) -> str:
    """Return what the document calls the schema of events of this name."""
    return "".join(word.capitalize() for word in name.split("_")) + "Event"


def _event_schema(name: str, entry: EventEntry, schemas: Node) -> Node:
    data = "RemovedSnapshot" if "removed" in name else "Snapshot"
    own = {
        "type": "object",
        "properties": {"name": {"const": name}, "changes": entry.changes, "data": {"$ref": SCHEMAS + data}},
    }
    example = {
        **schemas["EventMessage"]["examples"][0],
        "name": name,
        "data": {**example_of(schemas[data], schemas), **entry.data},
        "changes": entry.example,
    }
    return {
        "description": entry.when,
        "allOf": [{"$ref": f"{SCHEMAS}EventMessage"}, own],
        "examples": [example],
    }


def _message(name: str, schema: str, schemas: Node, title: str = "") -> Node:
    return {
        "name": name,
        "title": title or name,
        "summary": schemas[schema]["description"],
        "payload": {"$ref": SCHEMAS + schema},
        "examples": [{"payload": example} for example in schemas[schema]["examples"]],
    }


def _channel(messages: Node) -> Node:
    shown = {
        "Authorization": {"type": "string", "description": "`Bearer …`"},
        "X-API-Key": {"type": "string", "description": "A key with the scope `events:read`."},
        "Origin": {"type": "string", "description": "The page's; a cookie without it counts for nothing."},
    }
    return {
        "address": PATH,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "ws": {
                "method": "GET",
                "headers": {"type": "object", "properties": shown},
                "bindingVersion": "0.1.0",
            }
        },
        "x-close-codes": {
            str(int(code)): {"reason": code.reason, "remedy": code.remedy}
            for code in CloseCode
            if code.remedy
        },
        "x-refusals": list(REFUSALS),
    }


def _operations(messages: Node) -> Node:
    """What clients say is received, what the server says is sent: the document speaks for the server."""
    clients = [type_said(model) for model in CLIENT_MESSAGES]
    return {
        **{f"receive-{name}": _operation("receive", name) for name in clients},
        **{f"send-{name}": _operation("send", name) for name in messages if name not in clients},
    }


def _operation(action: str, name: str) -> Node:
    operation = {"action": action, "channel": CHANNEL, "messages": [_in_channel(name)]}
    replies = [_in_channel(reply) for reply in REPLIES.get(name, ())] if action == "receive" else []
    return {**operation, "reply": {"channel": CHANNEL, "messages": replies}} if replies else operation


def _in_channel(name: str) -> Node:
    return {"$ref": f"#/channels/socket/messages/{name}"}


def _schemes() -> Node:
    """AsyncAPI has a name of its own for a key that travels by HTTP."""
    return {
        name: {**scheme, "type": "httpApiKey" if scheme["type"] == "apiKey" else scheme["type"]}
        for name, scheme in SCHEMES.items()
    }
