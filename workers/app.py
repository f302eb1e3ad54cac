"""The Celery app: `celery -A workers.app worker …` and `… beat …`."""

import sys
from typing import Any, ClassVar

import structlog
from celery import Celery, signals

from complaints.errors import SettingsError
from complaints.logs import configure_logs
from complaints.settings import load_settings
from complaints.upkeep.process_registry import SignOfLife
from complaints.upkeep.worker_heartbeat import WORKERS
from workers.runtime import Runtime, make_runtime

try:
    settings = load_settings()
except SettingsError as error:
    sys.exit(f"redress: {error}")

app = Celery(
    "redress", amqp="workers.broker:SwiftAMQP", config_source="celeryconfig", include=["workers.tasks"]
)
app.conf.broker_url = settings.broker_url
app.conf.redress_redis_url = settings.redis_url


class ProcessState:
    """Where the process keeps its runtime between Celery's signals."""

    runtime: Runtime | None = None
    signs: ClassVar[list[SignOfLife]] = []


def runtime() -> Runtime:
    """Return this worker process's runtime; made at the first call."""
    if ProcessState.runtime is None:
        ProcessState.runtime = make_runtime(settings, app)
    return ProcessState.runtime


@signals.setup_logging.connect
def _configure_logs(**_: Any) -> None:
    configure_logs(settings)


def give_signs_of_life(*kinds: str) -> None:
    """Say from now on that a process of these kinds lives."""
    ProcessState.signs += [SignOfLife(runtime().redis, kind) for kind in kinds]
    for sign in ProcessState.signs:
        sign.start()


def end_signs_of_life() -> None:
    """Say that it ends well."""
    for sign in ProcessState.signs:
        sign.end()
    ProcessState.signs.clear()


@signals.worker_init.connect
def _make_runtime(**_: Any) -> None:
    runtime()


@signals.celeryd_after_setup.connect
def _say_that_a_worker_lives(instance: Any, **_: Any) -> None:
    """Say it once it is known whose queues it serves."""
    give_signs_of_life(*(kind for kind in WORKERS if kind in instance.app.amqp.queues.consume_from))


@signals.worker_shutting_down.connect
def _stop_claiming(**_: Any) -> None:
    runtime().stop_claiming()


@signals.worker_shutdown.connect
def _close_runtime(**_: Any) -> None:
    end_signs_of_life()
    runtime().close()


@signals.task_prerun.connect
def _bind_request(task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(
        task=task.name, request_id=(task.request.headers or {}).get("request_id")
    )


@signals.task_postrun.connect
def _unbind_request(**_: Any) -> None:
    structlog.contextvars.unbind_contextvars("task", "request_id")
