"""Delivery: many chats at once on the process's one loop, one message at a time in each.

A worker process makes one `Dispatcher` (`make_dispatcher`, None without a bot token). Its task `deliver` calls
`dispatch_due`; `worker_shutting_down` calls `stop_claiming()`, `worker_shutdown` calls `close()`. A task that
comes while another one delivers only wakes that one: run the worker with a concurrency of two, so that one thread
delivers and one hears the pokes.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import timedelta

import structlog
from redis import Redis, RedisError

from complaints.alerts.queue.job import Job
from complaints.alerts.queue.leases import is_anything_due
from complaints.alerts.queue.prepare import take_jobs
from complaints.attachments.object_store import AttachmentStore
from complaints.db import Database
from complaints.events.wakeups import DELIVER, Poker, answer_poke
from complaints.settings import Settings
from complaints.telegram.limiter import be_born
from workers.errors import Postponed
from workers.telegram.client.telegram_client import TelegramClient
from workers.telegram.send.edit_runner import EditRunner
from workers.telegram.send.job_runner import JobRunner
from workers.telegram.send.picture_runner import PictureRunner
from workers.telegram.send.send_runner import SendRunner

DRIVE_SECONDS = 20.0
SOON_SECONDS = 1.2  # stay for a chat that rests after its last message
SHORT_PAUSE_SECONDS = 0.3  # leave for longer ones: the sweep comes back
LOOK_AGAIN_SECONDS = 0.25
FINISH_SECONDS = 25.0
MOST_WAITING = 8  # claimed, but waiting for the limiter: few, so that the most urgent is chosen late
MOST_AT_ONCE = 100  # with those whose answer is awaited: 30 a second at three seconds a round trip

log = structlog.get_logger()


def make_dispatcher(
    settings: Settings, database: Database, redis: Redis, poker: Poker, store: AttachmentStore | None
) -> "Dispatcher | None":
    """Return this process's dispatcher; None where there is no bot, so that alerts wait in the table."""
    if settings.telegram_bot_token is None:
        return None
    return Dispatcher(TelegramClient(settings), database, redis, poker, store)


def dispatch_due(dispatcher: "Dispatcher | None") -> int:
    """Deliver until nothing is due or twenty seconds have passed; return how many jobs ended.

    Where a dispatcher already runs in this process, wake it and return 0.
    """
    if dispatcher is None:
        return 0
    answer_poke(dispatcher.redis, DELIVER)
    _prepare_limiter(dispatcher.redis)
    return dispatcher.run()


def _prepare_limiter(redis: Redis) -> None:
    try:
        be_born(redis)
    except RedisError as error:
        log.warning("redis_away", error=str(error))  # then nothing is sent either


class Dispatcher:
    """Claims chats and runs their jobs. Safe to call from any thread; the work is on the client's loop."""

    def __init__(
        self,
        client: TelegramClient,
        database: Database,
        redis: Redis,
        poker: Poker,
        store: AttachmentStore | None = None,
    ) -> None:
        """`store` is where pictures lie, None where there are none."""
        self.redis = redis
        self._store = store
        self._client = client
        self._database = database
        self._poker = poker
        self._driving = threading.Lock()
        self._poked = False
        self._stopping = False
        self._changed = asyncio.Event()
        self._runners: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._settled = 0
        self._paused_until = 0.0
        self._wary = False

    def run(self) -> int:
        """Drive, or wake who drives. A poke that came while the driver was leaving makes it turn round."""
        settled = 0
        self._poked = True
        while self._poked and not self._stopping:
            if not self._driving.acquire(blocking=False):
                self._wake()
                break
            try:
                settled += self._client.submit(self._drive()).result()
            finally:
                self._driving.release()
        return settled

    def stop_claiming(self) -> None:
        """Claim no more chats; what is being sent goes on."""
        self._stopping = True
        self._wake()

    def close(self) -> None:
        """Finish what is being sent, give every lease back and close the bot."""
        self.stop_claiming()
        try:
            self._client.submit(self._finish()).result(FINISH_SECONDS)
        except FutureTimeoutError:
            log.warning("delivery_cut_short")  # the leases run out and another worker settles them
        self._client.close()

    def _wake(self) -> None:
        self._client.loop.call_soon_threadsafe(self._changed.set)

    async def _drive(self) -> int:
        before, deadline = self._settled, time.monotonic() + DRIVE_SECONDS
        while not self._stopping:
            self._poked = False
            self._changed.clear()
            if time.monotonic() > deadline:
                self._poker.poke_alerts()
                break
            if await self._fill_once():
                continue
            if not self._runners and not await self._is_due_soon():
                break
            await self._rest()
        return self._settled - before

    async def _fill_once(self) -> int:
        """Claim chats for the free places and start their jobs; return how many."""
        room = self._room()
        if room == 0 or not await asyncio.to_thread(self._is_due, 0.0):
            return 0
        jobs = await asyncio.to_thread(
            take_jobs, self._database, limit=room, pace=self._client.pace, now=self._database.now()
        )
        for job in jobs:
            self._start(job)
        return len(jobs)

    def _room(self) -> int:
        if time.monotonic() < self._paused_until:
            return 0
        if self._wary:
            return 0 if self._runners else 1
        return max(0, min(MOST_WAITING - self._waiting, MOST_AT_ONCE - len(self._runners)))

    def _start(self, job: Job) -> None:
        self._waiting += 1
        runner = asyncio.get_running_loop().create_task(self._run_job(job))
        self._runners.add(runner)
        runner.add_done_callback(self._end)

    def _end(self, runner: asyncio.Task[None]) -> None:
        self._runners.discard(runner)
        self._changed.set()
        asyncio.get_running_loop().call_later(self._client.pace.chat_interval, self._changed.set)

    async def _run_job(self, job: Job) -> None:
        left = False

        def leave_the_queue() -> None:
            nonlocal left
            if not left:
                left = True
                self._waiting -= 1
                self._changed.set()

        with structlog.contextvars.bound_contextvars(request_id=job.request_id, alert=str(job.alert_id)):
            try:
                await self._runner(job, leave_the_queue).run()
            except Postponed as postponed:
                self._pause(postponed)
            except Exception:
                log.exception("errand_lost")  # its lease runs out, then the alert is settled or tried again
            else:
                self._settled += 1
                self._wary = False
            finally:
                leave_the_queue()

    def _runner(self, job: Job, on_sending: Callable[[], None]) -> JobRunner:
        if job.pictures and self._store is not None:
            return PictureRunner(self._client, self._database, job, on_sending, self._store)
        runner = SendRunner if job.edits is None else EditRunner
        return runner(self._client, self._database, job, on_sending)

    def _pause(self, postponed: Postponed) -> None:
        if postponed.shared:
            self._paused_until = time.monotonic() + postponed.wait
            self._wary = True

    async def _is_due_soon(self) -> bool:
        if self._paused_until - time.monotonic() > SHORT_PAUSE_SECONDS:
            return False
        return await asyncio.to_thread(self._is_due, SOON_SECONDS)

    def _is_due(self, within: float) -> bool:
        with self._database.read() as session:
            return is_anything_due(session, by=self._database.now() + timedelta(seconds=within))

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _finish(self) -> None:
        while self._runners:
            await asyncio.wait(self._runners)
