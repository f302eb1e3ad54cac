"""Signals between processes: the second thread that waits for Redis.

| channel | says |
| --- | --- |
| `redress:revoked` | the id of a session or key, or `operator:ID` or `api_client:ID`: look at them again now |
| `redress:presence` | the name of a hub: it has told anew who is there |
| `redress:alerts` | alerts that are in another state now, as `decode_changes` reads them |

A signal only makes things faster. Whoever depends on it looks by themselves now and then, and once at every (new)
subscription, since signals may have passed in between.
"""

import threading
from collections.abc import Callable, Mapping

import structlog
from redis import Redis, RedisError

log = structlog.get_logger()

LISTEN_SECONDS = 0.25
RETRY_SECONDS = 1.0

SignalHandler = Callable[[str], object]
"""Takes what was said on a channel; raises ValueError where it makes no sense."""


class SignalListener:
    """Listens in its own thread and tells what it hears."""

    def __init__(
        self, redis: Redis, *, handlers: Mapping[str, SignalHandler], subscribed: Callable[[], object]
    ) -> None:
        self._redis = redis
        self._handlers = handlers
        self._subscribed = subscribed
        self._stop = threading.Event()
        self.well = True

    def run(self) -> None:
        """Listen until stopped."""
        while not self._stop.is_set():
            try:
                self._listen()
            except RedisError as error:
                if self.well:
                    log.warning("hub_signals_wait_for_redis", error=str(error))
                self.well = False
                self._stop.wait(RETRY_SECONDS)

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()

    def _listen(self) -> None:
        with self._redis.pubsub() as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(*self._handlers)
            while not self._stop.is_set():
                message = channel.get_message(timeout=LISTEN_SECONDS)
                if message is None:
                    continue
                if message["type"] == "subscribe" and message["data"] == len(self._handlers):
                    self.well = True
                    self._subscribed()
                elif message["type"] == "message":
                    self._handle(message["channel"].decode(), message["data"].decode(errors="replace"))

    def _handle(self, channel: str, text: str) -> None:
        try:
            self._handlers[channel](text)
        except ValueError as error:
            log.warning("hub_signal_unreadable", channel=channel, error=str(error))
