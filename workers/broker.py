"""A connection to the broker that comes back within a second of the broker, and always comes back.

Celery's own waits up to 30 s between tries and has no setting for it: too long for alerts. And kombu counts a
message whose acknowledgement failed as under way for ever: a worker that held as many as it may when Redis went
away would never read again, nor even see that its connection is lost.
"""

from typing import Any

from celery.app.amqp import AMQP
from kombu.connection import Connection
from kombu.transport import redis, virtual

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 1.0


class SwiftQoS(redis.QoS):
    """No longer counts a message once it is answered, whether or not Redis hears of that.

    What Redis did not hear of, it gives out again, which costs nothing.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge the message. Raises the errors of Redis."""
        self._uncount(delivery_tag)
        super().ack(delivery_tag)  # type: ignore[no-untyped-call]

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Refuse the message. Raises the errors of Redis."""
        self._uncount(delivery_tag)
        super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]

    def _uncount(self, delivery_tag: str) -> None:
        virtual.QoS.ack(self, delivery_tag)  # type: ignore[no-untyped-call]


class SwiftChannel(redis.Channel):
    """Counts as `SwiftQoS` does."""

    QoS = SwiftQoS


class SwiftTransport(redis.Transport):
    """Has swift channels."""

    Channel = SwiftChannel


class SwiftConnection(Connection):
    """Tries again after 0.1 s, 0.3 s, … and at least every second."""

    def get_transport_cls(self) -> type[SwiftTransport]:
        """Return the transport; the settings allow none but Redis."""
        return SwiftTransport

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
