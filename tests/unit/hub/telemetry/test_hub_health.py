"""What a probe is told: down where nobody is served, degraded where it is slower than it should be."""

from dataclasses import dataclass, field
from time import monotonic
from typing import cast

import pytest

from tests.unit.hub.telemetry.reports import lags_of
from web.hub.core.measurements import LagHistogram
from web.hub.stream.reader import StreamReader
from web.hub.telemetry.hub_health import STALE_SECONDS, HealthVerdict, HubHealth

LONG_AGO = monotonic() - STALE_SECONDS - 1


@dataclass
class FakeReader:
    well: bool = True
    fresh_at: float = field(default_factory=monotonic)


def look(
    reader: FakeReader | None = None,
    lags: LagHistogram | None = None,
    *,
    is_serving: bool = True,
    lost: str | None = None,
    ticked_at: float | None = None,
) -> HealthVerdict:
    health = HubHealth(
        cast(StreamReader, reader or FakeReader()),
        lags or lags_of(3),
        is_serving=lambda: is_serving,
        lost=lambda: lost,
    )
    health.ticked_at = health.ticked_at if ticked_at is None else ticked_at
    return health.look()


def test_a_hub_that_serves_is_ok() -> None:
    assert look() == HealthVerdict("ok", "")


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (look(is_serving=False), "not accepting"),
        (look(lost="signals", is_serving=False), "its signals has died"),
        (look(ticked_at=LONG_AGO), "its loop is held up"),
    ],
)
def test_a_hub_that_can_not_serve_is_down(found: HealthVerdict, detail: str) -> None:
    assert found == HealthVerdict("down", detail)


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (look(FakeReader(well=False)), "the stream can't be read: the table is polled"),
        (look(FakeReader(fresh_at=LONG_AGO)), "the database has not answered for a while"),
        (look(lags=lags_of(3, 9_000)), "events arrive late"),
    ],
)
def test_a_hub_that_is_slower_than_it_should_be_is_degraded(found: HealthVerdict, detail: str) -> None:
    assert found == HealthVerdict("degraded", detail)


def test_everything_that_is_wrong_is_named() -> None:
    found = look(FakeReader(well=False), lost="reader")
    assert found == HealthVerdict(
        "down", "its reader has died; the stream can't be read: the table is polled"
    )
