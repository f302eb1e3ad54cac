"""What the hub does about what a client says."""

from collections import deque
from time import time

from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import Credential
from web.hub.core.hub_errors import MessageRefused
from web.hub.core.measurements import LagHistogram
from web.hub.entry.authenticator import Authenticator
from web.hub.loop.context import HubContext
from web.hub.loop.heartbeat import Heartbeat
from web.hub.presence.presence import Presence
from web.hub.relay.replay import Replayer
from web.hub.socket.client_messages import Authenticate, ClientMessage, Pong, Seen, Subscribe, Viewing, parse
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.decoder import CloseFrame, PingFrame, Received
from web.hub.socket.frames import pong_frame


class MessageHandler:
    """Handles one connection at a time, in the loop's thread."""

    def __init__(
        self,
        context: HubContext,
        *,
        authenticator: Authenticator,
        heartbeat: Heartbeat,
        replayer: Replayer,
        presence: Presence,
        screen_lags: LagHistogram,
    ) -> None:
        self._context = context
        self._authenticator = authenticator
        self._heartbeat = heartbeat
        self._replayer = replayer
        self._presence = presence
        self._screen_lags = screen_lags

    def begin(self, connection: Connection, credential: Credential | None) -> None:
        """Take up a connection with what its handshake showed, or wait for its first message."""
        if credential is None:
            self._heartbeat.expect_authentication(connection)
        else:
            self._authenticator.authenticate(connection, credential, self.handle_held)

    def handle(self, connection: Connection, received: Received) -> None:
        """React to one message; what comes while the client is being authenticated is kept for later."""
        if connection.state is ConnectionState.AUTHENTICATING:
            connection.held = connection.held or deque()
            connection.held.append(received)
        elif isinstance(received, PingFrame):
            connection.send_frame(pong_frame(received.payload))
        elif isinstance(received, CloseFrame):
            connection.answer_close(received.code)
        else:
            self._handle_text(connection, received.text)

    def handle_held(self, connection: Connection) -> None:
        """React to what was kept."""
        held, connection.held = connection.held, None
        for received in held or ():
            if connection.is_open:
                self.handle(connection, received)

    def _handle_text(self, connection: Connection, text: str) -> None:
        try:
            message = parse(text)
        except MessageRefused as refusal:
            self._refuse(connection, str(refusal))
            return
        if connection.state is not ConnectionState.UNAUTHENTICATED:
            self._react(connection, message)
        elif isinstance(message, Authenticate):
            self._authenticator.authenticate(connection, message.credential, self.handle_held)
        else:
            connection.close(CloseCode.BAD_TOKEN)

    def _refuse(self, connection: Connection, detail: str) -> None:
        if connection.state is ConnectionState.UNAUTHENTICATED:
            connection.close(CloseCode.BAD_TOKEN)
        else:
            connection.send_message({"type": "error", "detail": detail})

    def _react(self, connection: Connection, message: ClientMessage) -> None:
        if isinstance(message, Subscribe):
            self._replayer.subscribe(connection, message)
            self._presence.subscribed(connection)
        elif isinstance(message, Viewing):
            self._presence.view(connection, message.complaint)
        elif isinstance(message, Pong):
            self._heartbeat.answered(connection)
        elif isinstance(message, Seen):
            self._count_seen(connection, message.seq)
        elif isinstance(message, Authenticate):
            self._authenticator.renew(connection, message.credential)

    def _count_seen(self, connection: Connection, seq: int) -> None:
        """What was replayed is old because the client was away: it says nothing of how fast events arrive."""
        replay = connection.replay
        if connection.state is ConnectionState.IDLE or (replay is not None and replay.announces):
            return
        encoded = self._context.tail.get(seq)
        if encoded is not None and seq > connection.seen:
            connection.seen = seq
            self._screen_lags.observe((time() - encoded.occurred) * 1000)
