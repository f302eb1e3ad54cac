"""What a worker process holds for its life: settings, database, Redis, stream, poker."""

from dataclasses import dataclass

from celery import Celery
from redis import Redis

from complaints.db import Database
from complaints.outbox import Enqueue, Poker
from complaints.redis_client import connect
from complaints.settings import Settings
from complaints.stream import EventStream


@dataclass(frozen=True)
class Runtime:
    """The connections of one process. Nothing connects before it is used."""

    settings: Settings
    database: Database
    redis: Redis
    stream: EventStream
    poker: Poker

    def close(self) -> None:
        """Send the pokes that wait and close what is open."""
        self.poker.close()
        self.redis.close()
        self.database.close()


def make_runtime(settings: Settings, celery: Celery) -> Runtime:
    """Build the process's connections from its settings."""
    redis = connect(settings.redis_url)
    return Runtime(
        settings=settings,
        database=Database(settings.database_url),
        redis=redis,
        stream=EventStream(redis),
        poker=Poker(redis, enqueue_with(celery)),
    )


def enqueue_with(celery: Celery) -> Enqueue:
    """Return how to put a task on this app's broker, without retrying: a sweep comes after all."""

    def enqueue(task: str, request_id: str | None) -> None:
        celery.send_task(task, headers={"request_id": request_id}, retry=False)

    return enqueue
