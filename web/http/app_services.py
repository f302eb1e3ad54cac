"""What a web process holds for its life, and how views get at it."""

from dataclasses import dataclass
from typing import cast

from flask import current_app
from redis import Redis

from complaints.attachments.object_store import AttachmentStore
from complaints.db import Database
from complaints.events.wakeups import Poker
from complaints.settings import Settings
from complaints.upkeep.process_registry import SignOfLife
from web.http.throttle import Throttle
from web.hub.hub import Hub


@dataclass
class Services:
    """The connections of one web process.

    `attachments` is None where no files are kept; `hub` and `sign` are until a gunicorn worker has started them.
    """

    settings: Settings
    database: Database
    redis: Redis
    poker: Poker
    throttle: Throttle
    attachments: AttachmentStore | None = None
    hub: Hub | None = None
    sign: SignOfLife | None = None


def services() -> Services:
    """Return the services of the present application."""
    return cast(Services, current_app.extensions["redress"])
