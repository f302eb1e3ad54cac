"""The door for bots: ``/bot<token>/<method>``, with the faults that were scripted for it."""

import random
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.base.refusals import (
    NOT_MODIFIED,
    OTHER_GET_UPDATES,
    Refusal,
    bad_request,
    conflict,
    too_many_requests,
    unauthorized,
)
from sandbox.http.wsgi_server import DROP
from sandbox.methods import CANONICAL, METHODS
from sandbox.methods.params import Params, read_params
from sandbox.world.call_log import Call, CallLog
from sandbox.world.faults import Fault
from sandbox.world.world import World

BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


class BotApi:
    """Runs one call: a share of the latency, arrival, fault or method, the rest of the latency, answer.

    ``latency`` is the range of a round trip in milliseconds; a random share of it passes before arrival.
    """

    def __init__(
        self, world: World, calls: CallLog, token: str, latency: tuple[float, float], seed: int
    ) -> None:
        self._world = world
        self._calls = calls
        self._token = token
        self._latency = latency
        self._random = random.Random(seed)

    def blueprint(self) -> Blueprint:
        door = Blueprint("botapi", __name__)
        door.add_url_rule("/bot<token>/<method>", view_func=self.handle, methods=["GET", "POST"])
        door.add_url_rule("/bot<token>/test/<method>", "handle_test", self.handle, methods=["GET", "POST"])
        return door

    def handle(self, token: str, method: str) -> Response:
        params, problem = _read()
        chat_id = _number(params.values.get("chat_id"))
        method = CANONICAL.get(method.lower(), method)
        way_there, way_back = self._delays(method, chat_id)
        time.sleep(way_there)
        with self._world.lock:
            call = self._calls.open(method, chat_id, params.values)
            fault = self._world.faults.strike(method, chat_id)
            refusal, result = None, None
            if fault is None or fault.acted:
                result, refusal = self._act(token, method, params, problem, call)
        time.sleep(way_back)
        if fault is not None:
            self._world.tell_controls()
            return self._fail(fault, call)
        return self._answer(call, result, refusal)

    def _act(
        self, token: str, method: str, params: Params, problem: Refusal | None, call: Call
    ) -> tuple[Any, Refusal | None]:
        try:
            result = self._run(token, method, params, problem, call)
        except Refusal as refusal:
            call.description = refusal.description
            return None, refusal
        call.acted = True
        return result, None

    def _run(self, token: str, method: str, params: Params, problem: Refusal | None, call: Call) -> Any:
        if token != self._token:
            raise unauthorized()
        if method.lower() not in METHODS:
            raise Refusal(404, "Not Found: method not found")
        if problem:
            raise problem
        return METHODS[method.lower()](self._world, params, call)

    def _answer(self, call: Call, result: Any, refusal: Refusal | None) -> Response:
        if refusal is None:
            self._close(call, "ok", 200)
            return jsonify(ok=True, result=result)
        self._close(call, "refused", refusal.code)
        return _refuse(refusal)

    def _fail(self, fault: Fault, call: Call) -> Response:
        outcome = f"fault:{fault.kind}"
        if fault.face in {"reset_before", "reset_after", "hang"}:
            self._close(call, outcome)
            request.environ[DROP]("wait" if fault.face == "hang" else "reset")
            return Response()
        response = _spoilt(fault, call.method)
        call.description = response.get_data(as_text=True)
        self._close(call, outcome, response.status_code)
        return response

    def _close(self, call: Call, outcome: str, status: int | None = None) -> None:
        self._calls.close(call, outcome, status)
        if call.method != "getUpdates":
            self._world.feed.publish({"type": "call", "call": call.brief()})

    def _delays(self, method: str, chat_id: int | None) -> tuple[float, float]:
        with self._world.lock:
            total = self._random.uniform(*self._latency) / 1000
            total += self._world.faults.delay(method, chat_id)
            share = self._random.random()
        return total * share, total * (1 - share)


def _read() -> tuple[Params, Refusal | None]:
    try:
        return read_params(request), None
    except Refusal as refusal:
        return Params({}), refusal


def _number(value: Any) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _spoilt(fault: Fault, method: str) -> Response:
    """What a struck call is answered."""
    if fault.face == "http_502":
        return Response(BAD_GATEWAY, 502, mimetype="text/html")
    if fault.face == "broken_json":
        return Response('{"ok":true,"result":{"message_id":', 200, mimetype="application/json")
    long = "MESSAGE_TOO_LONG" if method == "editMessageText" else "message is too long"
    refusals = {
        "http_500": Refusal(500, "Internal Server Error"),
        "retry_after": too_many_requests(fault.wait_told(time.monotonic())),
        "unauthorized": unauthorized(),
        "conflict": conflict(OTHER_GET_UPDATES),
        "not_modified": bad_request(NOT_MODIFIED),
        "cannot_parse_entities": bad_request(
            "can't parse entities: Can't find end tag corresponding to start tag \"b\""
        ),
        "message_too_long": bad_request(long),
        "chat_not_found": bad_request("chat not found"),
        "refused": bad_request(fault.text),
    }
    return _refuse(refusals[fault.face])


def _refuse(refusal: Refusal) -> Response:
    response = jsonify(refusal.body())
    response.status_code = refusal.code
    return response
