"""How a process's open files are shared out among its sockets, its HTTP connections and the rest.

They must never run out: EMFILE in accept ends a gunicorn worker, and cuts every healthy socket.
"""

import resource

import structlog

log = structlog.get_logger()

HTTP_CONNECTIONS_MAXIMUM = 2000
HTTP_SHARE = 4
FOR_THE_REST = 256


def raise_descriptor_limit() -> int:
    """Raise this process's limit of open files as far as it may; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def http_connections_that_fit(limit: int) -> int:
    """Return how many connections gunicorn may accept that are not (yet) the hub's."""
    return (
        HTTP_CONNECTIONS_MAXIMUM if _is_endless(limit) else min(HTTP_CONNECTIONS_MAXIMUM, limit // HTTP_SHARE)
    )


def sockets_that_fit(wanted: int, limit: int) -> int:
    """Return how many of the sockets that are wanted the hub may own, beside everything else."""
    fitting = max(1, limit - http_connections_that_fit(limit) - FOR_THE_REST)
    if _is_endless(limit) or wanted <= fitting:
        return wanted
    log.warning("sockets_limited_by_open_files", wanted=wanted, sockets=fitting, open_files=limit)
    return fitting


def _is_endless(limit: int) -> bool:
    return limit == resource.RLIM_INFINITY
