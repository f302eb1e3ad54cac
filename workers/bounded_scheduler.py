"""Beat's clock: it says that it works, and puts no wake-up where enough of them wait already."""

from typing import Any

from celery.beat import Scheduler
from kombu.exceptions import OperationalError
from redis import RedisError

from complaints.events.wakeups import has_room
from complaints.redis_client import connect
from complaints.upkeep.worker_heartbeat import BEAT, report_alive


class BoundedScheduler(Scheduler):  # type: ignore[misc]
    """Celery's own, which keeps its times in memory alone. The app's configuration names `redress_redis_url`."""

    def __init__(self, app: Any, **kwargs: Any) -> None:
        self._redis = connect(app.conf.redress_redis_url)
        super().__init__(app, **kwargs)

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Send the entry's task, unless nobody has taken up those before."""
        report_alive(self._redis, BEAT)
        if self._has_room(entry, producer or self.producer):
            return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        if advance:
            self.reserve(entry)
        return None

    def close(self) -> None:
        """End."""
        super().close()
        self._redis.close()

    def _has_room(self, entry: Any, producer: Any) -> bool:
        try:
            return has_room(self.app, producer.channel, entry.task)
        except (OperationalError, RedisError, OSError):
            return True  # sending meets the same, and knows how to connect again
