"""How long the database may keep anybody, and the error of who waited in vain."""

import sqlite3
from dataclasses import dataclass

from psycopg.errors import ConnectionTimeout
from sqlalchemy.exc import OperationalError

CONNECT_SECONDS = 3
PING_SECONDS = 1.5
IDLE_SECONDS = 15


class NoAnswer(ConnectionTimeout):
    """The server took a request, and said nothing for as long as anybody waits."""


@dataclass(frozen=True, slots=True)
class Patience:
    """All in seconds; `answer` is how long one statement may take, a wait for locks included.

    The server ends what takes longer itself; `silence` later the client gives up what the server has not ended.
    A transaction in which nothing happens is ended after `IDLE_SECONDS`: whoever holds locks and hangs must not
    stop everybody.
    """

    answer: float

    @property
    def lock(self) -> float:
        """How long a lock is waited for."""
        return self.answer * 0.6

    @property
    def silence(self) -> float:
        """How long a server that may be dead is waited for."""
        return self.answer + 1


REQUEST = Patience(5.0)
"""Of who has somebody waiting for an answer."""
WORK = Patience(30.0)
"""Of who may come back later."""


def gave_up(why: str) -> OperationalError:
    """Return the error that says that the database was waited for in vain."""
    return OperationalError(None, None, TimeoutError(why))


def is_silence(error: OperationalError) -> bool:
    """Say whether nothing at all was answered: the next one will hear nothing either."""
    busy = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
    return busy or isinstance(error.orig, TimeoutError | ConnectionTimeout)
