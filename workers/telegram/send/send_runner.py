"""Sending a new message for an alert."""

from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from complaints.alerts.outcome.apply_outcome import settle
from complaints.alerts.outcome.outcomes import Failed, Outcome, Sent, Unknown
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.clock import utcnow
from complaints.models import Chat
from workers.render.base.message import Message
from workers.telegram.client.limiter_plugin import Turn
from workers.telegram.client.send_and_edit import send
from workers.telegram.send.job_runner import JobRunner

log = structlog.get_logger()


class SendRunner(JobRunner):
    """An alert becomes a message."""

    _attempt: UUID | None = None

    async def _request(self, message: Message, turn: Turn) -> Outcome:
        job = self._job
        sent = await send(self._client.bot, job.telegram_id, message, turn, thread=job.thread_id)
        return Sent(sent.message_id)

    def _mark_in(self, session: Session) -> bool:
        self._attempt = mark_sending(session, self._job, now=self._database.now())
        return self._attempt is not None

    def _settle_in(self, session: Session, outcome: Outcome) -> str:
        if self._attempt is None:
            raise RuntimeError("an outcome without an attempt")
        chat = session.get_one(Chat, self._job.chat_id)
        if isinstance(outcome, Sent) and chat.telegram_id != self._job.telegram_id:
            outcome = Sent(None)  # the group moved meanwhile, and leaves its messages behind
        return settle(session, self._attempt, outcome, now=self._database.now())

    async def _broke(self, error: Exception) -> Outcome:
        if self._marked:
            return Unknown(f"the answer made no sense: {error!r}")
        await self._mark()  # what we can't even write must not stand before the chat's other alerts
        return Failed(f"it could not be written: {error!r}")

    def _report(self, outcome: Outcome, state: str) -> None:
        if isinstance(outcome, Sent):
            lag = (utcnow() - self._job.created_at).total_seconds()
            log.info("alert_sent", message=outcome.message_id, lag=round(lag, 3))
        else:
            log.warning("alert_not_sent", outcome=outcome.word, state=state)
