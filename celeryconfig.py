"""Celery's settings, shared by who enqueues (`web`) and who works (`workers`).

Tasks are pokes: they say that there may be work, never what it is. So a lost or doubled one costs nothing, early
acknowledgement is right, and beat's sweeps are the guarantee. A sweep that waited longer than its period expires.
"""

import os

from complaints.events import wakeups as outbox

broker_url = os.environ.get("CELERY_BROKER_URL") or os.environ.get("REDIS_URL")
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_channel_error_retry = True  # Redis that takes no writes, as in a failover, is to be waited for, too
broker_connection_timeout = 2
broker_transport_options = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
}

task_serializer = "json"
accept_content = ["json"]
task_ignore_result = True
task_store_errors_even_if_ignored = False
task_default_queue = "events"
task_create_missing_queues = True
task_routes = {
    outbox.DELIVER: {"queue": "alerts"},
    outbox.SEND_MAIL: {"queue": "outbound"},
    outbox.TEND_ATTACHMENTS: {"queue": "outbound"},
}
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
worker_enable_remote_control = False
worker_cancel_long_running_tasks_on_connection_loss = False
enable_utc = True

CLEAN_UP = "workers.tasks.clean_up"


def every(seconds: float, task: str) -> dict[str, object]:
    """Return the schedule of a sweep."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 2.0)}}


beat_schedule = {
    "sequence": every(1.0, outbox.SEQUENCE),
    "deliver": every(1.0, outbox.DELIVER),
    "consume-updates": every(2.0, outbox.CONSUME_UPDATES),
    "sweep": every(2.0, outbox.SWEEP),
    "send-mail": every(5.0, outbox.SEND_MAIL),
    "tend-attachments": every(5.0, outbox.TEND_ATTACHMENTS),
    "clean-up": every(600.0, CLEAN_UP),
}
