"""How web puts a poke on the broker: by the task's name, for it knows nothing of the workers."""

from celery import Celery

from complaints.events.wakeups import Enqueue, enqueue_with
from complaints.settings import Settings


def make_enqueue(settings: Settings) -> Enqueue:
    """Return how to put a task on the broker; raises what kombu raises."""
    celery = Celery("redress", config_source="celeryconfig")
    celery.conf.broker_url = settings.broker_url
    return enqueue_with(celery)
