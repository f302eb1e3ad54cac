"""Whatever the hub says in a test must be what the AsyncAPI document promises."""

import json
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from tools.documents import DOCS


@cache
def protocol() -> Any:
    """The document as it stands in the repository; another test holds that it is the present one."""
    return json.loads((DOCS / "asyncapi.json").read_text())


@cache
def validator_of(message: str) -> Draft202012Validator | None:
    """Return what looks at the message's payload; None where the document has no such message."""
    described = protocol()["components"]["messages"].get(message)
    if described is None:
        return None
    whole = {**described["payload"], "components": protocol()["components"]}
    return Draft202012Validator(whole, validate_formats=True)


def held_to_protocol(message: dict[str, Any]) -> dict[str, Any]:
    """Return the message; fails where it is none that the document has."""
    named = validator_of(f"event.{message.get('name')}") if message["type"] == "event" else None
    found = named or validator_of(message["type"])
    assert found is not None, f"no message is called {message['type']}"
    faults = [
        f"{'/'.join(map(str, fault.instance_path))}: {fault.message}" for fault in found.iter_errors(message)
    ]
    assert not faults, f"{message}: {faults}"
    return message
