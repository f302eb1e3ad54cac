"""A hub in the test's own process, and peers at the other end of socket pairs: no server in between."""

import json
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from wsproto.frame_protocol import FrameProtocol, Opcode

from complaints.accounts.sessions import Identity
from complaints.clock import utcnow
from complaints.errors import TokenExpired, Unauthenticated
from tests.integration.hub.promised_messages import held_to_protocol
from tests.integration.hub.writing import Writing
from web.hub.hub import Hub
from web.hub.socket.ticket import Ticket

DEADLINE = 60.0


class Tokens:
    """Stands in for `web.upgrade.check_socket_tokens.identify`; the sessions behind the tokens are real."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._known: dict[str, Identity] = {}

    def give(self, token: str = "ada", *, sites: list[str] | None = None, lifetime: float = 900.0) -> str:
        """Make a token of a new operator; `lifetime` in seconds."""
        operator_id = self._writing.operator("agent", sites)
        self._known[token] = Identity(
            operator_id,
            self._writing.session(operator_id),
            "Ada",
            "agent",
            None if sites is None else frozenset(sites),
            utcnow() + timedelta(seconds=lifetime),
        )
        return token

    def renew(self, token: str, newer: str, **differences: Any) -> str:
        """Make a newer token of the same session; its operator may have other rights by now."""
        self._known[newer] = replace(self._known[token], **differences)
        return newer

    def holder(self, token: str) -> Identity:
        return self._known[token]

    def identify(self, tokens: Sequence[Any]) -> list[Identity | Unauthenticated]:
        return [self._identity_or_refusal(token) for token in tokens]

    def _identity_or_refusal(self, token: str) -> Identity | Unauthenticated:
        known = self._known.get(token)
        if known is None:
            return Unauthenticated("unknown")
        return TokenExpired("expired") if known.expires_at <= utcnow() else known


class Peer:
    """A client that speaks frames over a socket pair."""

    def __init__(self, hub: Hub, token: str | None = None, ticket: Ticket | None = None) -> None:
        self.hub = hub
        self.hello: dict[str, Any] = {}
        self.sock, theirs = socket.socketpair()
        self.sock.settimeout(DEADLINE)
        self.code: int | None = None
        self._frames = FrameProtocol(client=True, extensions=[])
        self._waiting: list[dict[str, Any]] = []
        self._part = ""
        hub.adopt(theirs, ticket or hub.admit("192.0.2.1", vouched=token is not None), token)

    def say(self, **message: Any) -> None:
        self.sock.sendall(self._frames.send_data(json.dumps(message)))

    def hear(self, kind: str | None = None) -> dict[str, Any]:
        """Return the next message, or the next of a kind; EOFError at the end.

        Presence comes when it likes, and only if asked for.
        """
        while True:
            while not self._waiting:
                if self.code is not None:
                    raise EOFError
                self._read()
            message = self._waiting.pop(0)
            self.hello = message if message["type"] == "welcome" else self.hello
            if message["type"] == kind or (kind is None and message["type"] != "presence"):
                return message

    def hear_seqs(self, count: int) -> list[int]:
        return [self.hear("event")["seq"] for _ in range(count)]

    def closed_with(self) -> int | None:
        while self.code is None:
            self._read()
        return self.code

    def live(self, **wish: Any) -> "Peer":
        self.say(type="subscribe", **wish)
        self.hear("live")
        return self

    def close(self) -> None:
        self.sock.close()

    def _read(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            self.code = self.code or 1006
            return
        self._frames.receive_bytes(data)
        for frame in self._frames.received_frames():
            if frame.opcode is Opcode.CLOSE:
                self.code = int(frame.payload[0])
            elif frame.opcode is Opcode.TEXT:
                self._part += frame.payload
                if frame.message_finished:
                    self._waiting.append(held_to_protocol(json.loads(self._part)))
                    self._part = ""
