"""gunicorn's configuration with a fault in it: an event that says `FATAL` ends the loop that delivers it."""

from typing import Any

from web.gunicorn_conf import *  # noqa: F403 - the configuration is the module's names
from web.hub.relay.fanout import Fanout
from web.hub.socket.encoded_event import EncodedEvent

FATAL = "the end of the loop"

_deliver = Fanout.deliver


def _deliver_or_die(self: Any, chunk: list[EncodedEvent]) -> None:
    if any(FATAL.encode() in delivery.frame for delivery in chunk):
        raise RuntimeError(FATAL)
    _deliver(self, chunk)


Fanout.deliver = _deliver_or_die  # type: ignore[method-assign]
