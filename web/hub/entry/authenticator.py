"""Who is behind a connection: by the token or key of its handshake, by its first message, by a newer one later."""

from collections.abc import Callable
from functools import partial
from time import monotonic

from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import Credential, Identify, SocketIdentity, end_of
from web.hub.entry.admission import Admission
from web.hub.entry.operator_cap import OperatorCap
from web.hub.entry.operator_places import OperatorPlaces
from web.hub.entry.recheck import Recheck
from web.hub.entry.token_batches import TRY_LATER, TokenBatches, TokenResult
from web.hub.loop.context import HubContext
from web.hub.loop.heartbeat import Heartbeat
from web.hub.socket.connection import Connection, ConnectionState


class Authenticator:
    """Authenticates connections in helper threads, and welcomes them."""

    def __init__(
        self,
        context: HubContext,
        heartbeat: Heartbeat,
        *,
        identify: Identify,
        admission: Admission,
        cap: OperatorCap,
        recheck: Recheck,
        places: OperatorPlaces,
    ) -> None:
        self._context = context
        self._heartbeat = heartbeat
        self._token_batches = TokenBatches(context, identify, cap, recheck.begin)
        self._admission = admission
        self._recheck = recheck
        self._places = places

    def authenticate(
        self, connection: Connection, credential: Credential, welcomed: Callable[[Connection], object]
    ) -> None:
        """Find out who it is; then welcome it and call `welcomed`, or close it."""
        connection.state = ConnectionState.AUTHENTICATING
        connection.owner.interest_changed(connection)
        self._heartbeat.expect_authentication(connection)
        answered = partial(self._answered, connection, welcomed)
        is_wanted = partial(_is_open, connection)
        self._token_batches.ask(
            credential, answered, is_wanted=is_wanted, name=self._places.name_of(connection)
        )

    def renew(self, connection: Connection, credential: Credential) -> None:
        """Take a newer token of the same operator, or key of the same API client; anybody else's is a bad one."""
        if connection.renewing:
            connection.send_message(
                {"type": "error", "detail": "auth: the one before is still being looked at"}
            )
            return
        connection.renewing = True
        self._token_batches.ask(
            credential, partial(self._renewed, connection), is_wanted=partial(_is_open, connection)
        )

    def _answered(
        self, connection: Connection, welcomed: Callable[[Connection], object], result: TokenResult
    ) -> None:
        if result.identity is None:
            self._context.loop.guard(connection, partial(connection.close, result.refusal))
        elif connection.is_open:
            self._context.loop.guard(
                connection, partial(self._welcome, connection, welcomed, result.identity, result.number)
            )
        else:
            self._places.give_up(connection, result.identity)

    def _welcome(
        self,
        connection: Connection,
        welcomed: Callable[[Connection], object],
        identity: SocketIdentity,
        number: int,
    ) -> None:
        connection.ticket = self._admission.authenticated(connection.ticket)
        connection.state = ConnectionState.IDLE
        connection.cursor = self._context.tail.head
        self._know(connection, identity, number)
        self._heartbeat.begin(connection)
        connection.send_message(
            {
                "type": "welcome",
                "connection": self._places.name_of(connection),
                "epoch": self._context.epoch,
                "head": connection.cursor,
                "expires_in": _seconds_left(connection),
                "ping_interval": self._heartbeat.interval,
                "sites": None if identity.sites is None else sorted(identity.sites),
            }
        )
        if connection.is_open:
            connection.owner.interest_changed(connection)
            welcomed(connection)

    def _renewed(self, connection: Connection, result: TokenResult) -> None:
        if connection.is_open:
            self._context.loop.guard(connection, partial(self._take_newer, connection, result))

    def _take_newer(self, connection: Connection, result: TokenResult) -> None:
        connection.renewing = False
        known = connection.identity
        if result is TRY_LATER:
            connection.send_message({"type": "error", "detail": "auth: try again later"})
        elif result.identity is None:
            connection.close(result.refusal)
        elif known is None or result.identity.holder_id != known.holder_id:
            connection.close(CloseCode.BAD_TOKEN)
        else:
            self._recheck.settle(connection, known, result.identity)
            self._know(connection, result.identity, result.number)
            self._heartbeat.token_renewed(connection)

    def _know(self, connection: Connection, identity: SocketIdentity, number: int) -> None:
        connection.identity = identity
        self._recheck.let_in(identity.session_id, number)
        connection.expires = end_of(identity)


def _seconds_left(connection: Connection) -> int | None:
    return max(0, round(connection.expires - monotonic())) if connection.expires else None


def _is_open(connection: Connection) -> bool:
    return connection.is_open
