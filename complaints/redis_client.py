"""How every process talks to Redis: short time-outs, one retry for a connection that had gone stale.

Who was kept waiting does not try again: a Redis that hangs would cost its callers twice the time.
"""

import socket

from redis import ConnectionError as RedisConnectionError
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECT_TIMEOUT_SECONDS = 1.0
ANSWER_TIMEOUT_SECONDS = 2.0
KEEPALIVE = {
    socket.TCP_KEEPIDLE: 10,
    socket.TCP_KEEPINTVL: 5,
    socket.TCP_KEEPCNT: 3,
}  # seconds, seconds, probes


def connect(url: str, *, answer_timeout: float = ANSWER_TIMEOUT_SECONDS) -> Redis:
    """Return a client (a pool, safe to share among threads); connects at the first command.

    `answer_timeout` is in seconds and must exceed the longest blocking command of its user. A host that is gone
    without a word is noticed within half a minute, also by who only listens.
    """
    return Redis.from_url(
        url,
        protocol=2,
        socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
        socket_timeout=answer_timeout,
        socket_keepalive=True,
        socket_keepalive_options=KEEPALIVE,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )
