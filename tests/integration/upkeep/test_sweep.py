"""The sweep: one call for everything that only the time brings about."""

from datetime import timedelta

import pytest
from redis import Redis

from celeryconfig import beat_schedule
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.wakeups import SWEEP
from complaints.upkeep.sweep import sweep_once
from tests.integration.office import Office


@pytest.fixture
def office(database: Database, redis: Redis) -> Office:
    return Office(database, redis)


def test_one_sweep_reminds_wakes_and_reroutes_until_nothing_is_left(office: Office) -> None:
    # Given
    ada, now = office.hire("Ada"), utcnow()
    lost, muted, fine = (office.link(ada, place) for place in (1, 2, 3))
    for chat in (muted, fine):
        office.prefer(chat.id, kinds=[])
    complaint = office.submit()
    office.set_chat(lost.id, state="unreachable", state_reason="the bot was blocked")
    office.set_chat(muted.id, state="muted", muted_until=now - timedelta(minutes=1))
    office.set_complaint(complaint.id, remind_at=now)
    # When
    found = [sweep_once(office.database) for _ in range(2)]
    # Then
    assert found == [3, 0]
    assert office.chat(muted.id).state == "active"
    assert {alert.kind for alert in office.alerts(fine)} == {"new", "reminder"}


def test_beat_has_it_swept() -> None:
    assert SWEEP in {entry["task"] for entry in beat_schedule.values()}
