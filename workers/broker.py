"""A connection to the broker that comes back within a second of the broker.

Celery's own waits up to 30 s between tries and has no setting for it: too long for alerts.
"""

from typing import Any

from celery.app.amqp import AMQP
from kombu.connection import Connection

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 1.0


class SwiftConnection(Connection):
    """Tries again after 0.1 s, 0.3 s, … and at least every second."""

    def ensure_connection(self, errback: Any = None, max_retries: Any = None, **options: Any) -> Any:
        """Wait for the broker as kombu does, but with short waits."""
        waits = {
            "interval_start": FIRST_WAIT_SECONDS,
            "interval_step": 2 * FIRST_WAIT_SECONDS,
            "interval_max": LONGEST_WAIT_SECONDS,
        }
        return super().ensure_connection(errback, max_retries, **{**options, **waits})  # type: ignore[no-untyped-call]


class SwiftAMQP(AMQP):  # type: ignore[misc]
    """Celery's door to kombu, with the swift connection."""

    Connection = SwiftConnection
