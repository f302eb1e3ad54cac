"""One errand: a job is sent to its chat and settled, whatever happens on the way."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from redis import RedisError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from telegram.error import TelegramError

from complaints.alerts.claims import LEASE, release
from complaints.alerts.jobs import Job
from complaints.alerts.outcomes import Failed, Hold, NotSent, Outcome, Sent, Unknown
from complaints.alerts.sending import mark_sending
from complaints.alerts.settling import settle
from complaints.clock import utcnow
from complaints.db import Database
from workers.render.alert import render
from workers.telegram.client import TelegramClient
from workers.telegram.ladder import outcome_of
from workers.telegram.limiter import Postponed, Turn
from workers.telegram.messages import send

FRESH_SECONDS = LEASE.total_seconds() / 2  # after its mark a request is written within this, or not at all
AFTER_TROUBLE_SECONDS = 1.0
RECORD_AGAIN_SECONDS = (0.1, 0.3, 1, 3, 5, 5)  # less than a lease: later, another worker settles it

log = structlog.get_logger()

T = TypeVar("T")


class LeaseLost(Exception):
    """Another worker may send to this chat now; nothing was sent."""


class Overslept(Exception):
    """The process stood still between its mark and the request (SIGSTOP, a frozen machine); nothing was sent."""


class Errand:
    """One job on its way. `on_sending` is called once the alert is marked and the request begins."""

    def __init__(
        self, client: TelegramClient, database: Database, job: Job, on_sending: Callable[[], None]
    ) -> None:
        self._client = client
        self._database = database
        self._job = job
        self._on_sending = on_sending
        self._attempt: UUID | None = None

    async def run(self) -> str | None:
        """Send and settle; return the alert's state, or None where the lease was lost.

        Raises `Postponed` where nothing may be sent now; the chat is given back then as well.
        """
        try:
            outcome = await self._send()
        except Postponed as postponed:
            await self._give_back(0.0 if postponed.shared else postponed.wait)
            raise
        except LeaseLost:
            log.warning("lease_lost")
            return None
        except SQLAlchemyError:
            await self._give_back(AFTER_TROUBLE_SECONDS)
            raise
        state = await _persist(lambda: self._record(outcome))
        self._report(outcome, state)
        return state

    async def _send(self) -> Outcome:
        try:
            return await self._request()
        except TelegramError as error:
            return outcome_of(error)
        except Overslept:
            return NotSent("the sender stood still before the request and could not be sure of its lease")
        except (Postponed, LeaseLost, RedisError, SQLAlchemyError):
            raise
        except Exception as error:
            log.exception("errand_broke")
            if self._attempt is not None:
                return Unknown(f"the answer made no sense: {error!r}")
            await self._mark()  # what we can't even write must not stand before the chat's other alerts
            return Failed(f"it could not be written: {error!r}")

    async def _request(self) -> Outcome:
        job = self._job
        message = render(job, public_url=self._client.settings.public_url, now=utcnow())
        turn = Turn(priority=job.priority, before=self._mark)
        sent = await send(self._client.bot, job.telegram_id, message, turn, thread=job.thread_id)
        return Sent(sent.message_id)

    async def _mark(self) -> None:
        def mark() -> UUID | None:
            with self._database.write() as session:
                return mark_sending(session, self._job, now=utcnow())

        began = time.monotonic()
        self._attempt = await asyncio.to_thread(mark)
        if self._attempt is None:
            raise LeaseLost
        if time.monotonic() - began > FRESH_SECONDS:
            raise Overslept
        self._on_sending()

    def _record(self, outcome: Outcome) -> str:
        if self._attempt is None:
            raise RuntimeError("an outcome without an attempt")
        now = utcnow()
        rest = outcome.seconds if isinstance(outcome, Hold) else self._client.chat_interval
        with self._database.write() as session:
            release(session, self._job.chat_id, self._job.lease, until=now + timedelta(seconds=rest))
            return settle(session, self._attempt, outcome, now=now)

    async def _give_back(self, rest: float) -> None:
        def give_back() -> None:
            with self._database.write() as session:
                until = utcnow() + timedelta(seconds=rest)
                release(session, self._job.chat_id, self._job.lease, until=until)

        await _persist(give_back)

    def _report(self, outcome: Outcome, state: str) -> None:
        if isinstance(outcome, Sent):
            lag = (utcnow() - self._job.created_at).total_seconds()
            log.info("alert_sent", message=outcome.message_id, lag=round(lag, 3))
        else:
            log.warning("alert_not_sent", outcome=outcome.word, state=state)


async def _persist(write: Callable[[], T]) -> T:
    """Run the write in a thread, again where the database is away for a moment."""
    for pause in RECORD_AGAIN_SECONDS:
        try:
            return await asyncio.to_thread(write)
        except OperationalError as error:
            log.warning("record_failed", error=str(error))
            await asyncio.sleep(pause)
    return await asyncio.to_thread(write)
