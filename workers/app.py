"""The Celery app: `celery -A workers.app worker …` and `… beat …`."""

import sys
from typing import Any

import structlog
from celery import Celery, signals

from complaints.errors import SettingsError
from complaints.logs import configure_logs
from complaints.settings import load_settings
from workers.runtime import Runtime, make_runtime

try:
    settings = load_settings()
except SettingsError as error:
    sys.exit(f"redress: {error}")

app = Celery(
    "redress", amqp="workers.broker:SwiftAMQP", config_source="celeryconfig", include=["workers.tasks"]
)
app.conf.broker_url = settings.broker_url


class ProcessState:
    """Where the process keeps its runtime between Celery's signals."""

    runtime: Runtime | None = None


def runtime() -> Runtime:
    """Return this worker process's runtime; made at the first call."""
    if ProcessState.runtime is None:
        ProcessState.runtime = make_runtime(settings, app)
    return ProcessState.runtime


@signals.setup_logging.connect
def _configure_logs(**_: Any) -> None:
    configure_logs(settings)


@signals.worker_init.connect
def _make_runtime(**_: Any) -> None:
    runtime()


@signals.worker_shutting_down.connect
def _stop_claiming(**_: Any) -> None:
    runtime().stop_claiming()


@signals.worker_shutdown.connect
def _close_runtime(**_: Any) -> None:
    runtime().close()


@signals.task_prerun.connect
def _bind_request(task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(
        task=task.name, request_id=(task.request.headers or {}).get("request_id")
    )


@signals.task_postrun.connect
def _unbind_request(**_: Any) -> None:
    structlog.contextvars.unbind_contextvars("task", "request_id")
