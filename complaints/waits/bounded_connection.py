"""A connection to PostgreSQL that gives up where the server is there and says nothing: stopped, or out of breath.

The server's own `statement_timeout` is of no help then, and neither is TCP: the kernel goes on acknowledging.
"""

from time import monotonic
from typing import Any

import psycopg

from complaints.waits.patience import PING_SECONDS, NoAnswer, Patience


class BoundedConnection(psycopg.Connection[Any]):
    """Closes itself and raises `NoAnswer` after the patience; unbounded until it was given one."""

    patience: Patience | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Do what the generator wants of the server. SQLAlchemy's ping, in autocommit, is waited for shortly."""
        if timeout is not None or self.patience is None:
            return super().wait(gen, interval, timeout)
        bound = PING_SECONDS if self.autocommit else self.patience.silence
        began = monotonic()
        try:
            return super().wait(gen, interval, bound)
        except psycopg.OperationalError:
            if monotonic() - began < bound:
                raise
            self.close()
            raise NoAnswer(f"the database has said nothing for {bound:g} s") from None
