"""gunicorn's configuration, read by path: `gunicorn -c web/gunicorn_conf.py web.wsgi:app`.

Like `web.wsgi` it reads the environment. A hub starts in every worker after the fork, so the application is never
preloaded, and workers are never recycled by count, since each recycling would cut every socket.
"""

import errno
import gc
import os
import signal
import socket
import sys
import time
from types import FrameType
from typing import Any

from prometheus_client import GC_COLLECTOR, PROCESS_COLLECTOR, REGISTRY

from complaints.errors import SettingsError
from complaints.logs import configure_logs
from complaints.redis_client import connect
from complaints.settings import load_settings
from complaints.upkeep.process_registry import SignOfLife
from web.hub.entry.descriptors import http_connections_that_fit, raise_descriptor_limit
from web.hub.hub import Hub
from web.hub.wiring import build_hub
from web.upgrade.check_socket_tokens import identifier
from web.uploads.body_limits import BodyLimits

DRAIN_RESERVE_SECONDS = 5
QUICK_DRAIN_SECONDS = 2.0
SWITCH_INTERVAL_SECONDS = 0.0005
GARBAGE_THRESHOLD = 10_000
DEATH_PAUSE_SECONDS = 1.5  # so that workers that die young are not replaced in a spin
GROUP = os.urandom(5).hex()  # drawn in the master: what its workers have in common
HUB_ANSWER_TIMEOUT_SECONDS = 1.0  # short: a hub does without Redis, and sockets wait for it when they come

try:
    settings = load_settings()
except SettingsError as error:
    sys.exit(f"redress: {error}")

bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
workers = settings.web_concurrency
worker_class = "web.serving.patient_worker.PatientWorker"
threads = 16
worker_connections = http_connections_that_fit(raise_descriptor_limit())
preload_app = False
max_requests = 0
timeout = 60
graceful_timeout = 30
keepalive = (
    90  # longer than a proxy keeps its connections (nginx 60 s): it must not send into one that just ended
)
backlog = 4096  # the kernel's own bound: thousands that come back at once need not knock twice
forwarded_allow_ips = "127.0.0.1,::1"
forwarder_headers = (
    ""  # a client could say where the application is mounted, through a proxy that passes it on
)
sendfile = False  # it would wait for who reads
control_socket_disable = True
accesslog = None
errorlog = None
logger_class = "web.log_redaction.Logger"
loglevel = settings.log_level


def on_starting(server: Any) -> None:
    """Refuse with one line what can't work."""
    if server.cfg.is_ssl:
        sys.exit(
            "redress: TLS ends at the proxy: a TLS socket can't be handed over. Start without --certfile."
        )
    if server.master_pid == 0 and "LISTEN_FDS" not in os.environ:
        for address in server.cfg.address:
            _refuse_taken_port(address)
    configure_logs(settings)


def post_worker_init(worker: Any) -> None:
    """Start the worker's hub, and drain it from SIGTERM on."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    gc.set_threshold(GARBAGE_THRESHOLD)  # each look costs, and with thousands of sockets the more
    gc.freeze()  # what was loaded stays, and need not be looked through again
    services = worker.wsgi.extensions["redress"]
    worker.https = settings.has_https
    worker.body_limits = BodyLimits(settings.attachment_max_bytes)
    redis = connect(settings.redis_url, answer_timeout=HUB_ANSWER_TIMEOUT_SECONDS)
    services.hub = build_hub(
        settings, services.database, redis, identifier(worker.wsgi), group=GROUP, lost=_end_worker
    )
    services.hub.start()
    services.sign = SignOfLife(services.redis, "web")
    services.sign.start()
    _tell_of_all_workers(services.hub)
    _drain_on_sigterm(services.hub, worker)


def worker_exit(_server: Any, worker: Any) -> None:
    """Wait for the drain: `run` ends when requests have, which may be before all sockets are closed."""
    services = worker.wsgi and worker.wsgi.extensions["redress"]
    if services and services.hub is not None:
        services.hub.drain(QUICK_DRAIN_SECONDS)
        services.hub.join(graceful_timeout - DRAIN_RESERVE_SECONDS)
        services.sign.end()


def _tell_of_all_workers(hub: Hub) -> None:
    """What only tells of the worker that happens to be scraped would jump: the hub's metrics tell of each."""
    for of_this_worker in (GC_COLLECTOR, PROCESS_COLLECTOR):
        REGISTRY.unregister(of_this_worker)
    REGISTRY.register(hub.metrics())


def _end_worker() -> None:
    """The hub is lost, in one of its threads: finish requests, and let the arbiter start another worker."""
    time.sleep(DEATH_PAUSE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _drain_on_sigterm(hub: Hub, worker: Any) -> None:
    stop_gracefully = signal.getsignal(signal.SIGTERM)

    def drain(number: int, frame: FrameType | None) -> None:
        hub.drain(graceful_timeout - DRAIN_RESERVE_SECONDS)
        if callable(stop_gracefully):
            stop_gracefully(number, frame)
        worker.method_queue.defer(_refuse_connections, worker)

    signal.signal(signal.SIGTERM, drain)
    signal.siginterrupt(signal.SIGTERM, False)


def _refuse_connections(worker: Any) -> None:
    """Close the listeners once the worker no longer polls them: who comes now is refused and can go elsewhere.

    gunicorn itself leaves them open, and whoever connects waiting, for as long as a last request takes.
    """
    if any(listener in worker.poller.get_map() for listener in worker.sockets):
        worker.method_queue.defer(_refuse_connections, worker)
        return
    for listener in worker.sockets:
        listener.close()


def _refuse_taken_port(address: Any) -> None:
    if not isinstance(address, tuple):
        return
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                raise
            sys.exit(
                f"redress: {address[0]}:{address[1]} is taken by another program. Set PORT to a free one."
            )
