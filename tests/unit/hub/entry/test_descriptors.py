"""Open files never run out, whatever the limit."""

import resource

from hypothesis import given
from hypothesis import strategies as st

from web.hub.entry.descriptors import FOR_THE_REST, http_connections_that_fit, sockets_that_fit


@given(limit=st.integers(600, 2_000_000), wanted=st.integers(1, 1_000_000))
def test_sockets_and_http_connections_together_leave_room_for_the_rest(limit: int, wanted: int) -> None:
    sockets, others = sockets_that_fit(wanted, limit), http_connections_that_fit(limit)
    assert 1 <= sockets <= wanted
    assert others >= 100
    assert sockets + others + FOR_THE_REST <= limit


def test_without_a_limit_everybody_gets_what_they_want() -> None:
    assert sockets_that_fit(20_000, resource.RLIM_INFINITY) == 20_000
    assert http_connections_that_fit(resource.RLIM_INFINITY) == 2000
