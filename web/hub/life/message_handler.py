"""What a client says and what the hub does about it."""

from collections import deque
from time import time

from web.hub.core.close_codes import Close
from web.hub.core.credentials import Shown
from web.hub.core.measurements import Lags
from web.hub.entry.authenticator import Doorman
from web.hub.loop.context import Room
from web.hub.loop.heartbeat import Pulse
from web.hub.presence.presence import Presence
from web.hub.relay.replay import Replayer
from web.hub.socket.client_messages import (
    Authenticate,
    ClientMessage,
    MessageRefused,
    Pong,
    Seen,
    Subscribe,
    Viewing,
    parse,
)
from web.hub.socket.connection import Connection, State
from web.hub.socket.decoder import Goodbye, Ping, Received
from web.hub.socket.frames import pong_frame


class Dialogue:
    """Hears one connection at a time, in the loop's thread."""

    def __init__(
        self,
        room: Room,
        *,
        doorman: Doorman,
        pulse: Pulse,
        replayer: Replayer,
        presence: Presence,
        seen_lags: Lags,
    ) -> None:
        self._room = room
        self._doorman = doorman
        self._pulse = pulse
        self._replayer = replayer
        self._presence = presence
        self._seen_lags = seen_lags

    def begin(self, connection: Connection, shown: Shown | None) -> None:
        """Take up a connection with what its handshake showed, or wait for its first message."""
        if shown is None:
            self._pulse.expect_authentication(connection)
        else:
            self._doorman.authenticate(connection, shown, self.hear_held)

    def hear(self, connection: Connection, received: Received) -> None:
        """React to one message; what comes while the client is being authenticated is kept for later."""
        if connection.state is State.AUTHENTICATING:
            connection.held = connection.held or deque()
            connection.held.append(received)
        elif isinstance(received, Ping):
            connection.say_frame(pong_frame(received.payload))
        elif isinstance(received, Goodbye):
            connection.answer_goodbye(received.code)
        else:
            self._hear_text(connection, received.text)

    def hear_held(self, connection: Connection) -> None:
        """React to what was kept."""
        held, connection.held = connection.held, None
        for received in held or ():
            if connection.is_open:
                self.hear(connection, received)

    def _hear_text(self, connection: Connection, text: str) -> None:
        try:
            message = parse(text)
        except MessageRefused as refusal:
            self._refuse(connection, str(refusal))
            return
        if connection.state is not State.UNAUTHENTICATED:
            self._react(connection, message)
        elif isinstance(message, Authenticate):
            self._doorman.authenticate(connection, message.token, self.hear_held)
        else:
            connection.close(Close.BAD_TOKEN)

    def _refuse(self, connection: Connection, detail: str) -> None:
        if connection.state is State.UNAUTHENTICATED:
            connection.close(Close.BAD_TOKEN)
        else:
            connection.say({"type": "error", "detail": detail})

    def _react(self, connection: Connection, message: ClientMessage) -> None:
        if isinstance(message, Subscribe):
            self._replayer.subscribe(connection, message)
            self._presence.subscribed(connection)
        elif isinstance(message, Viewing):
            self._presence.view(connection, message.complaint)
        elif isinstance(message, Pong):
            self._pulse.answered(connection)
        elif isinstance(message, Seen):
            self._count_seen(connection, message.seq)
        elif isinstance(message, Authenticate):
            self._doorman.renew(connection, message.token)

    def _count_seen(self, connection: Connection, seq: int) -> None:
        """What was replayed is old because the client was away: it says nothing of how fast events arrive."""
        replay = connection.replay
        if connection.state is State.IDLE or (replay is not None and replay.announces):
            return
        delivery = self._room.tail.get(seq)
        if delivery is not None and seq > connection.seen:
            connection.seen = seq
            self._seen_lags.observe((time() - delivery.occurred) * 1000)
