"""Claiming and recording by hand, without a sender."""

from datetime import timedelta

from complaints.alerts.outcome.apply_outcome import settle
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.alerts.queue.prepare import take_jobs
from complaints.clock import utcnow
from complaints.setting_values import Rate
from complaints.telegram.limiter import Pace

LATER = timedelta(seconds=31)


PACE = Pace.within(Rate(30, 1), Rate(20, 1), Rate(20, 60))


def take(database, **values):
    return take_jobs(database, **{"limit": 10, "pace": PACE, "now": utcnow(), **values})


def mark(database, job, now=None):
    with database.write() as session:
        return mark_sending(session, job, now=now or utcnow())


def record(database, attempt, outcome):
    with database.write() as session:
        return settle(session, attempt, outcome, now=utcnow())
