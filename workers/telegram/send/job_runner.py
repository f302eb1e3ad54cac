"""Running one job: what a chat is owed is done and settled, whatever happens on the way.

JobRunner         asks, persists, gives back
├── SendRunner    a new message; from its mark on, silence means `unknown`
│   └── PictureRunner  pictures; whatever becomes of them says nothing of the chat
└── EditRunner    a message that shows an old state; to do it twice changes nothing
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import structlog
from redis import RedisError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from telegram.error import TelegramError

from complaints.alerts.messages.live_edits import is_outdated_unnoticed, mark_unnoticed
from complaints.alerts.outcome.outcomes import Hold, NotSent, Outcome, Sent
from complaints.alerts.queue.job import Job
from complaints.alerts.queue.leases import LEASE, release
from complaints.clock import utcnow
from complaints.db import Database
from complaints.upkeep.outcome_counters import count
from workers.errors import LeaseLost, Overslept, Postponed
from workers.render.alert_message import render
from workers.render.base.message import Message
from workers.telegram.client.error_mapping import outcome_of
from workers.telegram.client.limiter_plugin import Turn
from workers.telegram.client.telegram_client import TelegramClient

FRESH_SECONDS = LEASE.total_seconds() / 2  # after its mark a request is written within this, or not at all
AFTER_TROUBLE_SECONDS = 1.0
RECORD_AGAIN_SECONDS = (0.1, 0.3, 1, 3, 5, 5)  # less than a lease: later, another worker settles it

log = structlog.get_logger()

T = TypeVar("T")


class JobRunner(ABC):
    """One job on its way. `on_sending` is called once the job is marked and the request begins."""

    def __init__(
        self, client: TelegramClient, database: Database, job: Job, on_sending: Callable[[], None]
    ) -> None:
        self._client = client
        self._database = database
        self._job = job
        self._on_sending = on_sending
        self._marked = False

    @abstractmethod
    async def _request(self, message: Message, turn: Turn) -> Outcome:
        """Make the request; raises what python-telegram-bot raises."""

    @abstractmethod
    def _mark_in(self, session: Session) -> bool:
        """Make sure of the lease right before the request; false where it was lost."""

    @abstractmethod
    def _settle_in(self, session: Session, outcome: Outcome) -> str:
        """Apply the outcome; return the alert's state."""

    @abstractmethod
    async def _broke(self, error: Exception) -> Outcome:
        """Return what becomes of a job that something unforeseen ended."""

    async def run(self) -> str | None:
        """Do it and settle it; return the alert's state, or None where the lease was lost.

        Raises `Postponed` where nothing may be sent now; the chat is given back then as well.
        """
        try:
            outcome = await self._do()
        except Postponed as postponed:
            await self._give_back(0.0 if postponed.shared else postponed.wait)
            raise
        except LeaseLost:
            log.warning("lease_lost")
            await self._give_back(0.0)  # it may be held all the same: the alert was settled meanwhile
            return None
        except SQLAlchemyError:
            await self._give_back(AFTER_TROUBLE_SECONDS)
            raise
        state = await _persist(lambda: self._record(outcome))
        if isinstance(outcome, Sent):
            await _persist(self._look_again)
        self._report(outcome, state)
        age = (utcnow() - self._job.created_at).total_seconds()
        await count(self._client.redis, outcome, state, edit=self._job.edits is not None, wait=age)
        return state

    async def _do(self) -> Outcome:
        try:
            message = render(self._job, public_url=self._client.settings.public_url, now=utcnow())
            return await self._request(message, Turn(priority=self._job.priority, before=self._mark))
        except TelegramError as error:
            return outcome_of(error)
        except Overslept:
            return NotSent("the sender stood still before the request and could not be sure of its lease")
        except (Postponed, LeaseLost, RedisError, SQLAlchemyError):
            raise
        except Exception as error:
            log.exception("errand_broke")
            return await self._broke(error)

    async def _mark(self) -> None:
        def mark() -> bool:
            with self._database.write() as session:
                return self._mark_in(session)

        began = time.monotonic()
        self._marked = await asyncio.to_thread(mark)
        if not self._marked:
            raise LeaseLost
        if time.monotonic() - began > FRESH_SECONDS:
            raise Overslept
        self._on_sending()

    def _record(self, outcome: Outcome) -> str:
        rest = outcome.seconds if isinstance(outcome, Hold) else self._client.pace.chat_interval
        with self._database.write() as session:
            self._release(session, rest)
            return self._settle_in(session, outcome)

    def _look_again(self) -> None:
        """A change that was routed while the answer was being recorded saw the row as it was before."""
        with self._database.read() as session:
            missed = is_outdated_unnoticed(session, self._job.alert_id)
        if missed:
            with self._database.write() as session:
                mark_unnoticed(session, self._job.alert_id, now=self._database.now())

    async def _give_back(self, rest: float) -> None:
        def give_back() -> None:
            with self._database.write() as session:
                self._release(session, rest)

        await _persist(give_back)

    def _release(self, session: Session, rest_seconds: float) -> None:
        rest, now = timedelta(seconds=rest_seconds), self._database.now()
        release(session, self._job.chat_id, self._job.lease, rest=rest, now=now)

    @abstractmethod
    def _report(self, outcome: Outcome, state: str) -> None:
        """Log how it went."""


async def _persist(write: Callable[[], T]) -> T:
    """Run the write in a thread, again where the database is away for a moment."""
    for pause in RECORD_AGAIN_SECONDS:
        try:
            return await asyncio.to_thread(write)
        except OperationalError as error:
            log.warning("record_failed", error=str(error))
            await asyncio.sleep(pause)
    return await asyncio.to_thread(write)
