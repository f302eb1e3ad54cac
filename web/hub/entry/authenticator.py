"""Who is behind a connection: by the token of its handshake, by its first message, by a newer token later."""

from collections.abc import Callable
from functools import partial
from time import monotonic

from complaints.clock import utcnow
from web.hub.core.close_codes import Close
from web.hub.core.credentials import Identify, Known, Shown
from web.hub.entry.admission import Admission, OperatorCap
from web.hub.entry.recheck import Recheck
from web.hub.entry.token_batches import TRY_LATER, Answer, Reception
from web.hub.loop.context import Room
from web.hub.loop.heartbeat import Pulse
from web.hub.socket.connection import Connection, State


class Doorman:
    """Authenticates connections with the helpers' time, and welcomes them."""

    def __init__(
        self,
        room: Room,
        pulse: Pulse,
        *,
        identify: Identify,
        admission: Admission,
        cap: OperatorCap,
        recheck: Recheck,
        name_of: Callable[[Connection], str],
        gone: Callable[[Connection, Known], object],
    ) -> None:
        self._room = room
        self._pulse = pulse
        self._reception = Reception(room, identify, cap, recheck.begin)
        self._admission = admission
        self._recheck = recheck
        self._name_of = name_of
        self._gone = gone

    def authenticate(
        self, connection: Connection, shown: Shown, welcomed: Callable[[Connection], object]
    ) -> None:
        """Find out who it is; then welcome it and call `welcomed`, or close it."""
        connection.state = State.AUTHENTICATING
        connection.owner.interest_changed(connection)
        self._pulse.expect_authentication(connection)
        answered = partial(self._answered, connection, welcomed)
        is_wanted = partial(_is_open, connection)
        self._reception.ask(shown, answered, is_wanted=is_wanted, name=self._name_of(connection))

    def renew(self, connection: Connection, token: str) -> None:
        """Take a newer token of the same operator; anybody else's is a bad one."""
        if connection.renewing:
            connection.say({"type": "error", "detail": "auth: the one before is still being looked at"})
            return
        connection.renewing = True
        self._reception.ask(
            token, partial(self._renewed, connection), is_wanted=partial(_is_open, connection)
        )

    def _answered(
        self, connection: Connection, welcomed: Callable[[Connection], object], answer: Answer
    ) -> None:
        if answer.identity is None:
            self._room.loop.guard(connection, partial(connection.close, answer.refusal))
        elif connection.is_open:
            self._room.loop.guard(
                connection, partial(self._welcome, connection, welcomed, answer.identity, answer.number)
            )
        else:
            self._gone(connection, answer.identity)

    def _welcome(
        self,
        connection: Connection,
        welcomed: Callable[[Connection], object],
        identity: Known,
        number: int,
    ) -> None:
        connection.ticket = self._admission.authenticated(connection.ticket)
        connection.state = State.IDLE
        connection.cursor = self._room.tail.head
        self._know(connection, identity, number)
        self._pulse.begin(connection)
        connection.say(
            {
                "type": "welcome",
                "connection": self._name_of(connection),
                "epoch": self._room.epoch,
                "head": connection.cursor,
                "expires_in": max(0, round(connection.expires - monotonic())),
                "ping_interval": self._pulse.interval,
                "sites": None if identity.sites is None else sorted(identity.sites),
            }
        )
        if connection.is_open:
            connection.owner.interest_changed(connection)
            welcomed(connection)

    def _renewed(self, connection: Connection, answer: Answer) -> None:
        if connection.is_open:
            self._room.loop.guard(connection, partial(self._take_newer, connection, answer))

    def _take_newer(self, connection: Connection, answer: Answer) -> None:
        connection.renewing = False
        known = connection.identity
        if answer is TRY_LATER:
            connection.say({"type": "error", "detail": "auth: try again later"})
        elif answer.identity is None:
            connection.close(answer.refusal)
        elif known is None or answer.identity.operator_id != known.operator_id:
            connection.close(Close.BAD_TOKEN)
        else:
            self._recheck.settle(connection, known, answer.identity)
            self._know(connection, answer.identity, answer.number)
            self._pulse.token_renewed(connection)

    def _know(self, connection: Connection, identity: Known, number: int) -> None:
        connection.identity = identity
        self._recheck.let_in(identity.session_id, number)
        connection.expires = monotonic() + (identity.expires_at - utcnow()).total_seconds()


def _is_open(connection: Connection) -> bool:
    return connection.is_open
