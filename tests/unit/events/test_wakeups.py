"""Pokes: coalesced, never lost while their work is not read, harmless when the broker is away."""

import threading

import pytest
from redis import Redis

from complaints.events.wakeups import SEQUENCE, Poker, answer_poke, flag_key, poke


class FakeBroker:
    """Records what is enqueued, or refuses it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str | None]] = []
        self.broken = False
        self.arrived = threading.Semaphore(0)

    def enqueue(self, task: str, request_id: str | None) -> None:
        if self.broken:
            self.arrived.release()
            raise ConnectionError("no broker")
        self.sent.append((task, request_id))
        self.arrived.release()


def test_pokes_are_coalesced_until_the_worker_answers(redis: Redis) -> None:
    broker = FakeBroker()
    assert poke(redis, broker.enqueue, SEQUENCE, "a")
    assert not poke(redis, broker.enqueue, SEQUENCE, "b")
    answer_poke(redis, SEQUENCE)
    assert poke(redis, broker.enqueue, SEQUENCE, "c")
    assert broker.sent == [(SEQUENCE, "a"), (SEQUENCE, "c")]


def test_a_poke_that_could_not_be_sent_leaves_no_flag(redis: Redis) -> None:
    broker = FakeBroker()
    broker.broken = True
    with pytest.raises(ConnectionError):
        poke(redis, broker.enqueue, SEQUENCE, None)
    assert redis.get(flag_key(SEQUENCE)) is None


def test_the_flag_expires_by_itself(redis: Redis) -> None:
    poke(redis, FakeBroker().enqueue, SEQUENCE, None)
    remaining = redis.pttl(flag_key(SEQUENCE))
    assert 0 < remaining <= 1000


@pytest.mark.parametrize("lifetime_ms", [3_600_000, None])
def test_a_flag_that_would_outlive_any_is_taken_over(redis: Redis, lifetime_ms: int | None) -> None:
    # Given a flag of before Redis' clock was set back by an hour
    redis.set(flag_key(SEQUENCE), b"1", px=lifetime_ms)
    # When
    broker = FakeBroker()
    sent = [poke(redis, broker.enqueue, SEQUENCE, name) for name in ("a", "b")]
    # Then
    assert sent == [True, False]
    assert 0 < redis.pttl(flag_key(SEQUENCE)) <= 1000


def test_the_poker_goes_on_after_the_broker_failed(redis: Redis) -> None:
    broker = FakeBroker()
    poker = Poker(redis, broker.enqueue)
    broker.broken = True
    poker.poke_sequencer("lost")
    assert broker.arrived.acquire(timeout=5)
    broker.broken = False
    poker.poke_updates("kept")
    assert broker.arrived.acquire(timeout=5)
    poker.close()
    assert ("workers.tasks.consume_updates", "kept") in broker.sent
