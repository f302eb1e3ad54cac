"""Beat's clock: it says that it works, puts no wake-up where enough of them wait already, and ends between two.

Celery's own way to end raises an exception wherever the process happens to be: broken off within a command of
Redis, it waits for an answer that nobody reads, five seconds a connection.
"""

import signal
from typing import Any

import structlog
from celery import signals
from celery.beat import Scheduler, Service

from complaints.events.wakeups import has_room
from complaints.redis_client import connect
from complaints.upkeep.process_registry import SignOfLife
from complaints.upkeep.worker_heartbeat import BEAT, report_alive

log = structlog.get_logger()


class BoundedScheduler(Scheduler):  # type: ignore[misc]
    """Celery's own, which keeps its times in memory alone. The app's configuration names `redress_redis_url`."""

    def __init__(self, app: Any, **kwargs: Any) -> None:
        self._redis = connect(app.conf.redress_redis_url)
        self._sign_of_life: SignOfLife | None = None
        self._ending = False
        super().__init__(app, **kwargs)

    def setup_schedule(self) -> None:
        """Begin, and say from now on that beat lives."""
        super().setup_schedule()
        self._sign_of_life = SignOfLife(self._redis, BEAT)
        self._sign_of_life.start()

    def end_soon(self) -> None:
        """Wait for the broker no longer than for one more try. May be called by a signal's handler."""
        self._ending = True

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Send the entry's task, unless nobody has taken up those before; raises what the broker's client raises.

        Then the next connects anew: kombu gives up a connection that it lost, and its producer gets no other.
        """
        try:
            sent = self._send(entry, producer or self.producer, advance=advance, **kwargs)
        except Exception:
            self._forget_connection()
            raise
        report_alive(self._redis, BEAT)
        return sent

    def close(self) -> None:
        """End, and say so."""
        super().close()
        if self._sign_of_life is not None:
            self._sign_of_life.end()
        self._redis.close()

    def _send(self, entry: Any, producer: Any, *, advance: bool, **kwargs: Any) -> Any:
        if has_room(self.app, producer.channel, entry.task):
            return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        if advance:
            self.reserve(entry)
        return None

    def _ensure_connected(self) -> Any:
        return self.connection.ensure_connection(self._note_lost_broker)

    def _note_lost_broker(self, error: Exception, pause: float) -> None:
        if self._ending:
            raise SystemExit
        log.warning("broker_lost", error=str(error), again_in_seconds=pause)

    def _forget_connection(self) -> None:
        self.connection.collect()
        for kept in ("connection", "producer"):
            self.__dict__.pop(kept, None)


@signals.beat_init.connect
def end_between_tasks(sender: Service, **_: Any) -> None:
    """Let SIGTERM and SIGINT end beat after the task that it sends."""

    def end(*_: object) -> None:
        sender.scheduler.end_soon()
        sender.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
