"""A model of delivery: senders that vanish, answers that are lost, floods, nights. None is lost or doubled."""

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from redis import Redis
from sqlalchemy import event

from complaints.alerts.messages.repeats import is_repeat
from complaints.alerts.outcome.apply_edit import settle_edit
from complaints.alerts.outcome.apply_outcome import settle
from complaints.alerts.outcome.outcomes import Hold, NotSent, Outcome, Sent, Unknown
from complaints.alerts.queue.job import Job
from complaints.alerts.queue.leases import LEASE, extend, release
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.alerts.queue.prepare import take_jobs
from complaints.clock import utcnow
from complaints.db import Database
from complaints.setting_values import Rate
from complaints.telegram.limiter import Pace
from complaints.words import Severity, Status
from tests.integration.office import Office

PACE = Pace.within(Rate(30, 1), Rate(1, 1), Rate(20, 60))
PERSON, GROUP = 7, -7
NIGHT = {"quiet_hours": {"start": "22:00", "end": "07:00"}}


@dataclass(frozen=True)
class Fate:
    """Whether the message arrived, and what the sender learned of it: None where it vanished first."""

    arrives: bool
    outcome: Outcome | None


ANSWERED = Fate(arrives=True, outcome=Sent(1))
FATES = st.sampled_from(
    [
        ANSWERED,
        ANSWERED,
        Fate(arrives=True, outcome=Unknown("no answer")),
        Fate(arrives=False, outcome=Unknown("no answer")),
        Fate(arrives=False, outcome=NotSent("refused")),
        Fate(arrives=False, outcome=Hold(2, everybody=False)),
        Fate(arrives=True, outcome=None),
        Fate(arrives=False, outcome=None),
    ]
)


@dataclass(frozen=True)
class Flight:
    """A request on its way, and when it was marked."""

    job: Job
    attempt: UUID | None
    fate: Fate
    began: datetime


class Delivering(RuleBasedStateMachine):
    """Senders take jobs, begin their requests and record the answers, each step by itself and at any time."""

    def __init__(self, database: Database, redis: Redis) -> None:
        super().__init__()
        self.database = database
        self.office = Office(database, redis)
        self.now = utcnow()
        self.chats = [
            self.office.link(self.office.hire("Ada"), PERSON),
            self.office.link(self.office.hire("Ben"), GROUP, kind="group"),
        ]
        self.complaints: list[UUID] = []
        self.taken: list[tuple[Job, datetime]] = []
        self.flights: list[Flight] = []
        self.arrived: Counter[UUID] = Counter()

    @rule(severity=st.sampled_from(list(Severity)), count=st.sampled_from([1, 1, 2, 15]))
    def submit(self, severity: Severity, count: int) -> None:
        self.complaints += [self.office.submit(severity=severity).id for _ in range(count)]

    @precondition(lambda self: self.complaints)
    @rule(place=st.integers(0, 20))
    def acknowledge(self, place: int) -> None:
        complaint_id = self.complaints.pop(place % len(self.complaints))
        self.office.change(complaint_id, Status.ACKNOWLEDGED)

    @rule(quiet=st.booleans())
    def change_hours(self, quiet: bool) -> None:
        self.office.prefer(self.chats[0].id, **(NIGHT if quiet else {}))

    @rule(seconds=st.sampled_from([1, 1, 2, 2, 5, 12, 31, 40_000]))
    def let_time_pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def take(self) -> None:
        jobs = take_jobs(self.database, limit=2, pace=PACE, now=self.now)
        held = {job.chat_id for job, at in self.taken if self.now < at + LEASE} | self._in_flight()
        assert not held & {job.chat_id for job in jobs}, "two senders for one chat"
        self.taken += [(job, self.now) for job in jobs]

    @rule(fates=st.lists(FATES, min_size=4, max_size=4))
    def take_and_begin(self, fates: list[Fate]) -> None:
        self.take()
        for fate in fates[: len(self.taken)]:
            self.begin(-1, fate)

    @precondition(lambda self: self.taken)
    @rule(place=st.integers(0, 5), fate=FATES)
    def begin(self, place: int, fate: Fate) -> None:
        job, _ = self.taken.pop(place % len(self.taken))
        with self.database.write() as session:
            if job.edits is None:
                attempt = mark_sending(session, job, now=self.now)
                marked = attempt is not None
            else:
                attempt, marked = None, extend(session, job.chat_id, job.lease, now=self.now)
        if not marked:
            return
        assert job.chat_id not in self._in_flight(), "two messages in flight to one chat"
        self.arrived[job.alert_id] += fate.arrives and job.edits is None
        self.flights.append(Flight(job, attempt, fate, self.now))

    @precondition(lambda self: self.flights)
    @rule(place=st.integers(0, 5))
    def end(self, place: int) -> None:
        flight = self.flights.pop(place % len(self.flights))
        outcome = flight.fate.outcome
        if outcome is None:
            return
        with self.database.write() as session:
            job, rest = flight.job, timedelta(seconds=1)
            release(session, job.chat_id, job.lease, rest=rest, now=self.now)
            if flight.attempt is None:
                settle_edit(session, flight.job.edit, outcome, now=self.now)
            else:
                settle(session, flight.attempt, outcome, now=self.now)

    def teardown(self) -> None:
        """Whatever happened: once senders live and answers come, every alert has an end that is accounted for."""
        while self.flights:
            self.end(0)
        self.taken.clear()
        self.office.prefer(self.chats[0].id)
        idle = 0
        while idle < 2:
            self.now += timedelta(hours=12)
            self.take()
            idle = 0 if self.taken else idle + 1
            while self.taken:
                self.begin(0, ANSWERED)
            while self.flights:
                self.end(0)
        self._check_ends()

    def _in_flight(self) -> set[UUID]:
        return {flight.job.chat_id for flight in self.flights if self.now < flight.began + LEASE}

    def _check_ends(self) -> None:
        alerts = {alert.id: alert for alert in self.office.alerts()}
        repeats = {(alert.chat_id, alert.dedupe_key): alert for alert in alerts.values()}
        for alert in alerts.values():
            assert self.arrived[alert.id] <= 1, f"the same alert twice: {alert.kind}"
            assert alert.state in ("sent", "merged", "skipped", "unknown"), alert.state
            if alert.state == "sent":
                assert self.arrived[alert.id] == 1
            elif alert.state == "merged":
                assert alert.priority > 0
                assert alerts[_id(alert.digest_id)].kind == "digest"
            elif alert.state == "unknown" and alert.priority == 0 and not is_repeat(alert):
                assert (alert.chat_id, f"{alert.dedupe_key}:repeat") in repeats
            elif alert.state == "unknown" and not alert.dedupe_key.startswith("missed:"):
                assert alerts[_id(alert.digest_id)].dedupe_key.startswith("missed:")


def _hasty(url: str) -> Database:
    """Open a database that waits for no disk: the model crashes senders, not machines."""
    database = Database(url)
    event.listen(
        database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF")
    )
    return database


def _id(value: UUID | None) -> UUID:
    assert value is not None
    return value


def test_no_interleaving_loses_an_alert_or_sends_one_twice(sqlite_template: Path, redis: Redis) -> None:
    folder = Path(tempfile.mkdtemp(prefix="redress-model-"))
    opened: list[Database] = []

    def machine() -> Any:
        path = folder / f"{len(opened)}.db"
        shutil.copyfile(sqlite_template, path)
        opened.append(_hasty(f"sqlite:///{path}"))
        return Delivering(opened[-1], redis)

    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=15,
                stateful_step_count=40,
                phases=(Phase.generate,),  # to shrink what failed would take longer than a test may
            ),
        )
    finally:
        for database in opened:
            database.close()
        shutil.rmtree(folder)
