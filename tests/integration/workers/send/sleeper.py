"""A sender that stops itself (SIGSTOP) right after it marked an alert; its lease lasts half a second.

`python -m tests.integration.workers.send.sleeper`, with the settings in the environment.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.alerts.queue import leases as claims
from complaints.alerts.queue.job import Job
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.db import Database
from complaints.events.wakeups import Poker
from complaints.redis_client import connect
from complaints.settings import load_settings
from workers.dispatch import dispatch_due, make_dispatcher
from workers.telegram.send import job_runner as errands
from workers.telegram.send import send_runner as sending

LEASE = timedelta(seconds=0.5)


class StoppingDatabase(Database):
    """Stops the process when the first mark has been committed."""

    stopped = False

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            yield session
        if session.info.get("marked") and not self.stopped:
            self.stopped = True
            os.kill(os.getpid(), signal.SIGSTOP)
            signal.sigwait(
                {signal.SIGCONT}
            )  # the other threads run on for an instant: nothing may reach them before the stop


def mark(session: Session, job: Job, *, now: datetime) -> UUID | None:
    session.info["marked"] = True
    return mark_sending(session, job, now=now)


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCONT})
    claims.LEASE, errands.FRESH_SECONDS, sending.mark_sending = LEASE, LEASE.total_seconds() / 2, mark
    settings = load_settings()
    redis = connect(settings.redis_url)
    poker = Poker(redis, lambda task, request_id: None)
    dispatcher = make_dispatcher(settings, StoppingDatabase(settings.database_url), redis, poker)
    dispatch_due(dispatcher)
    if dispatcher is not None:
        dispatcher.close()


if __name__ == "__main__":
    main()
