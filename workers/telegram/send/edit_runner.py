"""Editing the message of an alert to what its complaint is now."""

import structlog
from sqlalchemy.orm import Session

from complaints.alerts.outcome.apply_edit import settle_edit
from complaints.alerts.outcome.outcomes import Failed, Outcome, Sent
from complaints.alerts.queue.leases import extend
from workers.render.base.message import Message
from workers.telegram.client.limiter_plugin import Turn
from workers.telegram.client.send_and_edit import edit
from workers.telegram.send.job_runner import JobRunner

log = structlog.get_logger()


class EditRunner(JobRunner):
    """A message that was sent follows its complaint."""

    async def _request(self, message: Message, turn: Turn) -> Outcome:
        job = self._job
        if job.edits is None:
            raise RuntimeError("an edit without a message")
        await edit(self._client.bot, job.telegram_id, job.edits, message, turn)
        return Sent(job.edits)

    def _mark_in(self, session: Session) -> bool:
        return extend(session, self._job.chat_id, self._job.lease, now=self._database.now())

    def _settle_in(self, session: Session, outcome: Outcome) -> str:
        return settle_edit(session, self._job.edit, outcome, now=self._database.now())

    async def _broke(self, error: Exception) -> Outcome:
        return Failed(f"it could not be edited: {error!r}")

    def _report(self, outcome: Outcome, state: str) -> None:
        if isinstance(outcome, Sent):
            log.info("message_edited", message=self._job.edits)
        else:
            log.warning("message_not_edited", outcome=outcome.word, message=self._job.edits)
