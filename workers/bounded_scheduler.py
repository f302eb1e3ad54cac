"""Beat's clock: it says that it works, and puts no wake-up where enough of them wait already."""

from typing import Any

from celery.beat import Scheduler

from complaints.events.wakeups import has_room
from complaints.redis_client import connect
from complaints.upkeep.worker_heartbeat import BEAT, report_alive


class BoundedScheduler(Scheduler):  # type: ignore[misc]
    """Celery's own, which keeps its times in memory alone. The app's configuration names `redress_redis_url`."""

    def __init__(self, app: Any, **kwargs: Any) -> None:
        self._redis = connect(app.conf.redress_redis_url)
        super().__init__(app, **kwargs)

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
        """End."""
        super().close()
        self._redis.close()

    def _send(self, entry: Any, producer: Any, *, advance: bool, **kwargs: Any) -> Any:
        if has_room(self.app, producer.channel, entry.task):
            return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        if advance:
            self.reserve(entry)
        return None

    def _forget_connection(self) -> None:
        self.connection.collect()
        for kept in ("connection", "producer"):
            self.__dict__.pop(kept, None)
