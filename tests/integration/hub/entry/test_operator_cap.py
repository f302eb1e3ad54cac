"""An operator's places among all processes' sockets, as Redis counts them."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from complaints.redis_client import connect
from web.hub.entry.operator_cap import OperatorCap


@pytest.fixture
def cap(valkey_url: str) -> Iterator[OperatorCap]:
    """Two places for everybody."""
    with connect(valkey_url) as redis:
        yield OperatorCap(redis, limit=2)


def test_places_that_are_asked_for_together_are_given_in_their_order(cap: OperatorCap) -> None:
    ada, bob = uuid4(), uuid4()
    asked = [(ada, "1"), (bob, "2"), (ada, "3"), (ada, "4"), (bob, "5")]
    assert cap.claim(asked) == [True, True, True, False, True]
    # Then who has a place keeps it, and one that is given back is there for another
    assert cap.claim([(ada, "1"), (ada, "4")]) == [True, False]
    cap.release([(ada, "3")])
    assert cap.claim([(ada, "4"), (ada, "3")]) == [True, False]


def test_places_that_redis_has_forgotten_are_taken_again_whatever_the_limit(cap: OperatorCap) -> None:
    ada = uuid4()
    cap.renew([(ada, "1"), (ada, "2"), (ada, "3")])
    assert cap.claim([(ada, "4"), (ada, "3")]) == [False, True]
