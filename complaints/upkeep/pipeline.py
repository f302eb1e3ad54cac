"""The path of an event after its commit: number, publish, route, until nothing is left."""

from collections.abc import Callable

import structlog
from redis import RedisError

from complaints.alerts.triggers.routing import route_once
from complaints.db import Database
from complaints.events.event_stream import EventStream, publish_once
from complaints.events.sequencer import number_once

log = structlog.get_logger()


def run_until_done(db: Database, stream: EventStream, poke_alerts: Callable[[], None]) -> int:
    """Number, publish and route what waits; return how many steps found work.

    Publishing comes before routing, because screens wait for it, and once before numbering, because an older table
    that was restored is known by a stream that is ahead of it only until it has grown past the stream. A Redis
    that is away stops only publishing.
    """
    worked = 0
    _publish(db, stream)
    while True:
        numbered = number_once(db)
        published = _publish(db, stream)
        routed = route_once(db)
        if routed:
            poke_alerts()
        if not (numbered or published or routed):
            return worked
        worked += 1


def _publish(db: Database, stream: EventStream) -> int:
    try:
        return publish_once(db, stream)
    except RedisError as error:
        log.warning("publish_failed", error=str(error))
        return 0
