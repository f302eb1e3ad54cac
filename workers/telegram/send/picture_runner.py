"""Sending pictures: one as a reply to its alert, or an album to who asked for it."""

import asyncio
from collections.abc import Callable

from complaints.alerts.outcome.outcomes import Failed, NotSent, Outcome, Sent, Unparsable, Unreachable
from complaints.alerts.queue.job import Job
from complaints.attachments.object_store import AttachmentStore, Part
from complaints.db import Database
from complaints.errors import StoreUnavailable
from workers.render.base.message import Message
from workers.telegram.client.limiter_plugin import Turn
from workers.telegram.client.send_and_edit import send_pictures
from workers.telegram.client.telegram_client import TelegramClient
from workers.telegram.send.send_runner import SendRunner


class PictureRunner(SendRunner):
    """A notice of pictures. A chat that takes none, or a picture that Telegram can't use, is no lost chat."""

    def __init__(
        self,
        client: TelegramClient,
        database: Database,
        job: Job,
        on_sending: Callable[[], None],
        store: AttachmentStore,
    ) -> None:
        super().__init__(client, database, job, on_sending)
        self._store = store

    async def _request(self, message: Message, turn: Turn) -> Outcome:
        job = self._job
        try:
            pictures = await asyncio.to_thread(self._read)
        except StoreUnavailable:
            await self._mark()
            return NotSent("the pictures can't be read now")
        sent = await send_pictures(
            self._client.bot,
            job.telegram_id,
            pictures,
            turn,
            thread=job.thread_id,
            replies_to=job.replies_to,
        )
        return Sent(sent.message_id)

    async def _do(self) -> Outcome:
        match await super()._do():
            case Unreachable(reason) | Unparsable(reason) | Failed(reason):
                return Failed(reason)
            case outcome:
                return outcome

    def _read(self) -> list[bytes]:
        return [self._store.read_whole(one, Part.PREVIEW) for one in self._job.pictures]
