"""The caps of one process, and the numbers that are counted."""

import pytest

from web.hub.core.hub_errors import SocketsFull, TooManyUnauthenticated
from web.hub.core.measurements import LagHistogram, percentile
from web.hub.entry.admission import Admission


def test_a_process_takes_so_many_and_no_more_until_one_goes() -> None:
    admission = Admission(sockets=2, unauthenticated_per_address=9)
    ticket = admission.admit("a", vouched=True)
    admission.admit("b")
    with pytest.raises(SocketsFull):
        admission.admit("c", vouched=True)
    admission.give_back(ticket)
    assert admission.admit("c", vouched=True)


def test_an_address_has_so_many_unknown_ones_and_known_ones_do_not_count() -> None:
    # Given
    admission = Admission(sockets=99, unauthenticated_per_address=2)
    first = admission.admit("a")
    second = admission.admit("a")
    # Then
    with pytest.raises(TooManyUnauthenticated):
        admission.admit("a")
    assert admission.admit("a", vouched=True)
    assert admission.admit("b")
    # When
    known = admission.authenticated(first)
    admission.admit("a")
    admission.give_back(known)
    # Then: giving back a known one makes no room for an unknown one
    with pytest.raises(TooManyUnauthenticated):
        admission.admit("a")
    admission.give_back(second)
    assert admission.admit("a")


def test_percentiles_are_those_of_the_last_minute_or_two() -> None:
    # Given
    lags = LagHistogram(now=0)
    for ms in range(1, 101):
        lags.observe(ms)
    lags.observe(-5)
    # Then
    assert percentile(lags.spread().recent, 0.5) == pytest.approx(50, rel=0.25)
    assert percentile(lags.spread().recent, 0.99) == pytest.approx(99, rel=0.25)
    # When
    lags.turn(now=60)
    lags.observe(1000)
    lags.turn(now=120)
    # Then
    assert percentile(lags.spread().recent, 0.5) == pytest.approx(1000, rel=0.25)
    lags.turn(now=180)
    assert percentile(lags.spread().recent, 0.5) is None
    assert sum(lags.spread().counts) == 102


def test_what_takes_for_ever_is_counted_in_the_last_bucket() -> None:
    lags = LagHistogram(now=0)
    lags.observe(10**9)
    assert percentile(lags.spread().recent, 0.5) is not None
