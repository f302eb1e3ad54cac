"""The door for scripts and the page: ``/sandbox/…``, JSON in and out, the verbs of the Python API."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import ValidationError, validate_call

from sandbox.base.refusals import ScriptError, misuse
from sandbox.people.script import Script

SHOWN_MESSAGES = 300
HEARTBEAT = 15.0

_CHAT_VERBS = ("block", "unblock", "kick", "invite", "migrate")


def control_blueprint(sandbox: Script) -> Blueprint:
    """Routes that lead to ``sandbox``'s verbs; a ScriptError is answered 400 ``{"error": …}``."""
    door = Blueprint("control", __name__, url_prefix="/sandbox")
    _read_routes(door, sandbox)
    _people_routes(door, sandbox)
    _fault_routes(door, sandbox)
    door.register_error_handler(ScriptError, _script_error)
    return door


def _read_routes(door: Blueprint, sandbox: Script) -> None:
    @door.get("/state")
    def state() -> Response:
        return jsonify(sandbox.state(SHOWN_MESSAGES))

    @door.get("/live")
    def live() -> Response:
        cursor = request.headers.get("Last-Event-ID") or request.args.get("after", "")
        return Response(_stream(sandbox, cursor), mimetype="text/event-stream")

    @door.get("/calls")
    def calls() -> Response:
        chosen = sandbox.calls(
            *request.args.getlist("method"),
            chat_id=request.args.get("chat_id", type=int),
            after=request.args.get("after", 0, type=int),
            violations="violations" in request.args,
        )
        return jsonify([call.as_dict() for call in chosen])

    @door.delete("/calls")
    def clear_calls() -> Response:
        sandbox.clear_calls()
        return jsonify({})

    @door.get("/chats/<int(signed=True):chat_id>/messages")
    def messages(chat_id: int) -> Response:
        return jsonify(sandbox.messages(chat_id))


def _people_routes(door: Blueprint, sandbox: Script) -> None:
    @door.post("/users")
    def add_user() -> Response:
        return jsonify(_use(sandbox.add_user).wire())

    @door.post("/chats")
    def add_group() -> Response:
        return jsonify(_use(sandbox.add_group).kept())

    @door.post("/chats/<int(signed=True):chat_id>/messages")
    def say(chat_id: int) -> Response:
        return jsonify(_use(sandbox.say, chat_id))

    @door.post("/chats/<int(signed=True):chat_id>/press")
    def press(chat_id: int) -> Response:
        return jsonify(query_id=_use(sandbox.press, chat_id).id)

    @door.delete("/chats/<int(signed=True):chat_id>")
    def delete_chat(chat_id: int) -> Response:
        sandbox.delete_chat(chat_id)
        return jsonify({})

    @door.delete("/chats/<int(signed=True):chat_id>/messages/<int:message_id>")
    def delete_message(chat_id: int, message_id: int) -> Response:
        sandbox.delete_message(chat_id, message_id)
        return jsonify({})

    @door.post(f"/chats/<int(signed=True):chat_id>/<any({', '.join(_CHAT_VERBS)}):verb>")
    def change(chat_id: int, verb: str) -> Response:
        chat = getattr(sandbox, verb)(chat_id)
        return jsonify(chat.kept() if chat else {})


def _fault_routes(door: Blueprint, sandbox: Script) -> None:
    @door.get("/faults")
    def faults() -> Response:
        return jsonify(sandbox.faults())

    @door.post("/faults")
    def add_fault() -> Response:
        return jsonify(id=_use(sandbox.fault))

    @door.delete("/faults")
    def clear_faults() -> Response:
        sandbox.clear_faults()
        return jsonify({})

    @door.delete("/faults/<int:fault_id>")
    def remove_fault(fault_id: int) -> Response:
        sandbox.remove_fault(fault_id)
        return jsonify({})

    @door.put("/limits")
    def set_limits() -> Response:
        _use(sandbox.set_limits)
        return jsonify({})

    @door.post("/reset")
    def reset() -> Response:
        sandbox.reset()
        return jsonify({})


def _stream(sandbox: Script, cursor: str) -> Iterator[str]:
    """Changes after ``cursor`` as server-sent events, for ever; ``reset`` tells the page to read anew."""
    feed = sandbox.world.feed
    while not feed.closed:
        news = feed.after(cursor, HEARTBEAT)
        if news is None:
            cursor = feed.cursor
            yield f"id: {cursor}\ndata: {json.dumps({'type': 'reset'})}\n\n"
            continue
        cursor, changes = news
        for change in changes:
            yield f"data: {json.dumps(change)}\n\n"
        yield f"id: {cursor}\n:\n\n"


def _use(verb: Callable[..., Any], *places: int) -> Any:
    """Call a verb with the request's body as its named arguments, checked against its annotations."""
    try:
        return validate_call(verb)(*places, **_body())
    except ValidationError as error:
        raise misuse(error) from error


def _body() -> dict[str, Any]:
    """The JSON object of a request. Only JSON: a foreign page in the same browser can't send that unasked."""
    if not request.get_data():
        return {}
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ScriptError("send a JSON object with Content-Type: application/json")
    return body


def _script_error(error: ScriptError) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400
