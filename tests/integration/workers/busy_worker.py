"""A worker with one hand, on the product's connection to the broker, whose tasks end when they are told to."""

import time
from pathlib import Path

from celery import Celery

app = Celery("busy", amqp="workers.broker:SwiftAMQP", config_source="celeryconfig")


@app.task(name="busy.work")
def work(begun: str, may_end: str) -> None:
    """Make the file `begun`; end once the file `may_end` is there."""
    Path(begun).touch()
    while not Path(may_end).exists():
        time.sleep(0.01)
