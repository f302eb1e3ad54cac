"""What a probe is told: down where nobody is served, degraded where it is slower than it should be."""

from time import monotonic

import pytest

from tests.unit.hub.telemetry.reports import lags_of
from web.hub.core.hub_status import HubStatus
from web.hub.core.measurements import LagHistogram
from web.hub.stream.reader_state import ReaderState
from web.hub.telemetry.health_check import STALE_SECONDS, HealthCheck, HealthVerdict

LONG_AGO = monotonic() - STALE_SECONDS - 1


def state(*, well: bool = True, fresh_at: float | None = None) -> ReaderState:
    made = ReaderState()
    made.well = well
    made.fresh_at = monotonic() if fresh_at is None else fresh_at
    return made


def look(
    reader: ReaderState | None = None,
    lags: LagHistogram | None = None,
    *,
    serving: bool = True,
    lost: str | None = None,
    ticked_at: float | None = None,
) -> HealthVerdict:
    status = HubStatus(lost=lost)
    if serving:
        status.begin()
    health = HealthCheck(status, reader or state(), lags or lags_of(3))
    health.ticked_at = health.ticked_at if ticked_at is None else ticked_at
    return health.look()


def test_a_hub_that_serves_is_ok() -> None:
    assert look() == HealthVerdict("ok", "")


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (look(serving=False), "not accepting"),
        (look(lost="signals", serving=False), "its signals has died"),
        (look(ticked_at=LONG_AGO), "its loop is held up"),
    ],
)
def test_a_hub_that_can_not_serve_is_down(found: HealthVerdict, detail: str) -> None:
    assert found == HealthVerdict("down", detail)


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (look(state(well=False)), "the stream can't be read: the table is polled"),
        (look(state(fresh_at=LONG_AGO)), "the database has not answered for a while"),
        (look(lags=lags_of(3, 9_000)), "events arrive late"),
    ],
)
def test_a_hub_that_is_slower_than_it_should_be_is_degraded(found: HealthVerdict, detail: str) -> None:
    assert found == HealthVerdict("degraded", detail)


def test_everything_that_is_wrong_is_named() -> None:
    found = look(state(well=False), lost="reader")
    assert found == HealthVerdict(
        "down", "its reader has died; the stream can't be read: the table is polled"
    )
