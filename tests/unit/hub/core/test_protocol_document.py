"""The AsyncAPI document has every message, close code and event that the hub knows, and no other."""

import json
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from complaints.events.event_types import REMOVED, EventType
from tools.documents import DOCS
from web.documents.asyncapi import REFUSALS, socket_document
from web.documents.event_catalogue import CATALOGUE
from web.documents.socket_messages import CLIENT_MESSAGES, type_said
from web.hub.core.close_codes import CloseCode
from web.hub.core.hub_errors import MessageRefused
from web.hub.core.resync_reasons import MEANINGS, ResyncReason
from web.hub.socket.client_messages import READERS, parse
from web.problems.problem_types import PROBLEM_TYPES

NEVER_SENT = {CloseCode.NO_STATUS, CloseCode.ABNORMAL}


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(json.dumps(socket_document()))


def payloads(document: Any) -> dict[str, Any]:
    """Return each message's schema, with what it refers to."""
    return {
        name: {**message["payload"], "components": document["components"]}
        for name, message in document["components"]["messages"].items()
    }


def test_it_has_whatever_a_client_may_say_and_nothing_else(document: Any) -> None:
    assert [type_said(model) for model in CLIENT_MESSAGES] == list(READERS)
    for name in READERS:
        for example in document["components"]["messages"][name]["examples"]:
            parse(json.dumps(example["payload"]))


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe", "after": -1},
        {"type": "subscribe", "after": "1"},
        {"type": "subscribe", "after": 2**63},
        {"type": "subscribe", "epoch": "x" * 65},
        {"type": "seen"},
        {"type": "seen", "seq": None},
        {"type": "auth", "token": 7},
    ],
    ids=str,
)
def test_what_the_hub_refuses_the_document_refuses(document: Any, message: Any) -> None:
    with pytest.raises(MessageRefused):
        parse(json.dumps(message))
    assert not Draft202012Validator(payloads(document)[message["type"]]).is_valid(message)


def test_every_example_is_one(document: Any) -> None:
    for name, schema in payloads(document).items():
        examples = document["components"]["messages"][name]["examples"]
        assert examples, name
        for example in examples:
            faults = [fault.message for fault in Draft202012Validator(schema).iter_errors(example["payload"])]
            assert not faults, name


def test_every_close_code_that_is_sent_says_what_to_do(document: Any) -> None:
    told = {int(code) for code in document["channels"]["socket"]["x-close-codes"]}
    assert told == set(CloseCode) - NEVER_SENT


def test_every_event_and_every_reason_is_in_the_catalogue(document: Any) -> None:
    assert set(CATALOGUE) == {*EventType, REMOVED}
    assert {f"event.{name}" for name in CATALOGUE} <= set(document["channels"]["socket"]["messages"])
    assert set(MEANINGS) == set(ResyncReason)


def test_each_refusal_of_a_handshake_is_a_problem_with_a_page() -> None:
    assert set(REFUSALS) <= set(PROBLEM_TYPES)


def test_every_reference_leads_somewhere(document: Any) -> None:
    def look(node: Any) -> None:
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            look(child)
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            found = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]

    look(document)


def test_the_file_in_the_repository_is_this_document(document: Any) -> None:
    assert json.loads((DOCS / "asyncapi.json").read_text()) == document
